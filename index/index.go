package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"liaison/bot/access"
	"liaison/knowledge"
)

// Question is what to look for.
type Question struct {
	Text  string
	Turns []Turn // what was said before in the same conversation, oldest first
	About string // the question of those that Text goes on with, when that is known: it counts as much as Text; see Match.About
	Limit int    // documents wanted; 0 means 10
	// Organisations, when there are any, keeps only their documents. What is looked for is not changed.
	Organisations []string
	AllPassages   bool // fill Also of every hit, not only of the first five: twice the reading
	Explain       bool // fill Hit.Why

	without map[string]float64                 // documents left out, for learning what a missing page looks like
	watch   func(path string, k kind, p parts) // told of every document scored, for learning
}

// wants reports whether documents of an organisation are asked for.
func (q Question) wants(organisation string) bool {
	return len(q.Organisations) == 0 || slices.Contains(q.Organisations, organisation)
}

// Turn is one earlier message of the conversation.
type Turn struct {
	ByUser  bool // a person's; otherwise Liaison's own answer
	ByAsker bool // of the very person who asks now; nothing here depends on it
	Text    string
}

// Band says what may be done with what was found.
type Band string

const (
	BandAnswer Band = "answer" // show it as the answer
	BandMaybe  Band = "maybe"  // show it as "this may help"
	BandNone   Band = "none"   // show none of it: say honestly that nothing was found
)

// Results is what a search found.
type Results struct {
	Hits       []Hit // distinct documents, best first; may be filled in any band
	Band       Band
	Confidence float64 // probability, 0 to 1, that the first hit answers
	// Reason says in a sentence why Band is BandNone: nothing close, several readings, out of scope.
	Reason string
	// Added says what was looked for besides the words typed and stands in the first hits, for "also
	// searched for …".
	Added []string
	// Documents is how many documents were searched: of the organisations asked for, and permitted.
	Documents int
	// NewSubject says that the question was taken as a change of subject, and Turns left out of it.
	NewSubject bool
}

// Hit is one document found, with the passage of it that fits best.
type Hit struct {
	Document knowledge.Document  // without its Passages
	Passage  knowledge.Passage   // the best one
	Also     []knowledge.Passage // the next best of the same document, at most two, of the first five hits; see Question.AllPassages
	Fits     []Match             // how Passage fits the question, then each of Also
	Snippet  string              // the sentences of Passage that answer, as written: about 360 characters, of the first hit 480, of a list more; see room
	Matched  []string            // words of the snippet that the question asked for, as they stand there
	Beside   *Excerpt            // of the first hit: what the first of Also says, where Snippet leaves room for it; else nil
	About    float64             // share of the words of Question.About that stand in the document, rare ones weighing more; 0 when there are none
	Score    float64
	Why      []string // with Question.Explain: why it ranked here, in words
}

// Excerpt is what is shown of a passage.
type Excerpt struct {
	Passage knowledge.Passage
	Snippet string   // the sentences of Passage that answer, as written
	Matched []string // words of the snippet that the question asked for, as they stand there
}

// Match is how much a passage, with its title and headings, speaks of what the question itself asks, whatever
// was said before it: shares from 0 to 1, rare words weighing more.
type Match struct {
	Held   float64 // of its words that stand there
	Headed float64 // of its words that stand in the title or headings
	About  float64 // of the words of Question.About that stand there; 0 when there are none
	Near   float64 // of its neighbouring words: 1 side by side, ½ two words apart; 0 when it has but one word
}

// Searcher finds. *Index implements it; so may a test's fake.
type Searcher interface {
	// Search returns what the audience may see, best first. It is safe for concurrent use. No text of
	// a question is an error; errors are ctx's, or damage to the index.
	Search(ctx context.Context, who access.Audience, q Question) (Results, error)
}

// Index is the published index of one knowledge folder. It moves to a new generation by itself, and is
// safe for concurrent use.
type Index struct {
	dir     string
	current atomic.Pointer[generation]
	loading sync.Mutex
	seen    atomic.Pointer[os.FileInfo] // CURRENT as it was when the generation was loaded
	damage  atomic.Pointer[[]error]
	closed  atomic.Bool
	running chan struct{} // one place for each search that may run at a time
}

var _ Searcher = (*Index)(nil)

// Status describes what an Index serves.
type Status struct {
	Generation string
	Built      time.Time // UTC
	Folder     string    // the knowledge folder it was built from
	Documents  int
	Passages   int
	Sources    []SourceCount
	// Damage says what was found wrong on disk and put aside; when it is not empty, build the index anew.
	Damage []error
}

// Open opens the newest sound generation of the index in dir (see Dir). With none it returns ErrNone or
// ErrDamaged: call Build, then Open again.
func Open(ctx context.Context, dir string) (*Index, error) {
	i := &Index{dir: dir, running: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if err := i.load(ctx); err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	return i, nil
}

// load moves to the newest sound generation. The one before it is closed when its last search ends.
func (i *Index) load(ctx context.Context) error {
	pointer, _ := os.Stat(filepath.Join(i.dir, currentFile))
	next, damage, err := latestSound(ctx, i.dir)
	if err != nil {
		return err
	}
	i.seen.Store(&pointer)
	i.damage.Store(&damage)
	if last := i.current.Swap(next); last != nil {
		last.release() //nolint:errcheck // it was only read
	}
	return nil
}

// refresh moves to a newly published generation. Whoever sees it first loads it; meanwhile the others
// search the old one, unless they wait.
func (i *Index) refresh(ctx context.Context, wait bool) error {
	pointer, err := os.Stat(filepath.Join(i.dir, currentFile))
	if err != nil || samePointer(*i.seen.Load(), pointer) {
		return nil // a folder that went away takes nothing from what is open
	}
	if wait {
		i.loading.Lock()
	} else if !i.loading.TryLock() {
		return nil
	}
	defer i.loading.Unlock()
	if samePointer(*i.seen.Load(), pointer) || i.closed.Load() {
		return nil
	}
	return i.load(ctx)
}

// samePointer reports whether CURRENT was not replaced in between.
func samePointer(a, b os.FileInfo) bool {
	return a != nil && os.SameFile(a, b) && a.ModTime().Equal(b.ModTime())
}

// use returns the current generation, held until it is released.
func (i *Index) use() (*generation, error) {
	for !i.closed.Load() {
		if g := i.current.Load(); g != nil && g.acquire() {
			return g, nil
		}
	}
	return nil, errors.New("the index is closed")
}

// Close ends the use of the index. Searches under way finish.
func (i *Index) Close() error {
	i.loading.Lock()
	defer i.loading.Unlock()
	if i.closed.Swap(true) {
		return nil
	}
	if last := i.current.Swap(nil); last != nil {
		return last.release()
	}
	return nil
}

// Status returns what is served now, after moving to the newest generation.
func (i *Index) Status(ctx context.Context) (Status, error) {
	if err := i.refresh(ctx, true); err != nil {
		return Status{}, err
	}
	g, err := i.use()
	if err != nil {
		return Status{}, err
	}
	defer g.release() //nolint:errcheck // it was only read
	out := Status{Generation: g.name, Built: g.manifest.Built, Folder: g.manifest.Folder, Sources: g.manifest.Sources, Damage: *i.damage.Load()}
	for _, p := range g.manifest.Partitions {
		out.Documents += p.Documents
		out.Passages += p.Passages
	}
	return out, nil
}

// Search implements Searcher.
func (i *Index) Search(ctx context.Context, who access.Audience, q Question) (Results, error) {
	results, _, err := i.searchInto(ctx, who, q, q.Limit)
	return results, err
}

// searchInto is Search, reading passages for the first hits only, detailed of them, and telling what
// the models of confidence saw.
func (i *Index) searchInto(ctx context.Context, who access.Audience, q Question, detailed int) (Results, features, error) {
	// More searches at a time than cores make each slower and none faster: they wait, until their deadline.
	select {
	case i.running <- struct{}{}:
		defer func() { <-i.running }()
	case <-ctx.Done():
		return Results{}, features{}, ctx.Err()
	}
	if err := i.refresh(ctx, false); err != nil {
		return Results{}, features{}, fmt.Errorf("move to the new index: %w", err)
	}
	for {
		g, err := i.use()
		if err != nil {
			return Results{}, features{}, err
		}
		out, seen, err := g.search(ctx, who, q, detailed)
		if !errors.Is(err, errBroke) {
			return out, seen, cmp.Or(err, g.release())
		}
		if sound := i.blameDisk(ctx, g, err); sound != nil {
			return Results{}, features{}, sound
		}
	}
}

// errBroke marks a search that panicked: by a mistake of this package, or by damage on the disk.
var errBroke = errors.New("the search broke off")

// blameDisk looks for the cause of a search that broke off. Only when the files of its generation are
// not as they were written, it puts that aside, moves to the one before and returns nil: ask again. A
// question that breaks a search over sound files is that question's error alone, and the index stays.
func (i *Index) blameDisk(ctx context.Context, g *generation, why error) error {
	defer g.release() //nolint:errcheck // it was only read
	i.loading.Lock()  // one reads the files again, not every search that breaks
	defer i.loading.Unlock()
	if i.current.Load() != g {
		return nil // another search was first
	}
	if _, err := os.Stat(g.dir); errors.Is(err, fs.ErrNotExist) {
		return why // replaced and cleared away meanwhile
	}
	_, err := checkManifest(ctx, g.dir)
	if !errors.Is(err, ErrDamaged) {
		return cmp.Or(ctx.Err(), why)
	}
	why = errors.Join(why, err)
	if err := quarantine(i.dir, g.name); err != nil {
		return errors.Join(why, err)
	}
	if err := i.load(ctx); err != nil {
		return errors.Join(why, err)
	}
	damage := append([]error{why}, *i.damage.Load()...)
	i.damage.Store(&damage)
	return nil
}

// search answers from one generation. Only the first hits, detailed of them, hold a passage and a
// snippet. Damage under an open index comes as a fault or a panic of the code that reads it, and so
// does a mistake in this package: either ends this search with errBroke, not the program. The panic's
// own words may hold the question and are not told; where it happened is.
func (g *generation) search(ctx context.Context, who access.Audience, q Question, detailed int) (out Results, seen features, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if caught := recover(); caught != nil {
			out, err = Results{}, fmt.Errorf("%w with %T at %s", errBroke, caught, whereItPanicked())
		}
	}()
	if q.Limit <= 0 {
		q.Limit, detailed = 10, 10
	}
	if beforeSearch != nil {
		beforeSearch(q)
	}
	s, err := newSearch(g, who)
	if err != nil {
		return Results{}, seen, err
	}
	if out.Documents = s.documentsOf(q); out.Documents == 0 {
		s.done()
		return Results{Band: BandNone, Reason: "I have no pages of theirs."}, seen, nil
	}
	words := g.lexicon.borrow()
	query, err := s.prepare(ctx, words, q)
	if err != nil {
		return Results{}, seen, err
	}
	if err := s.scoreTerms(ctx, query); err != nil {
		return Results{}, seen, err
	}
	lens := s.newLens(query)
	s.lookAgain(lens, q)
	wanted := q.Limit
	q.Limit = max(wanted, judgedHits)
	s.gatherDocs(q, max(mostPages, 5*min(q.Limit, len(s.docs))))
	if err := s.lookAtLines(words, lens); err != nil {
		return Results{}, seen, err
	}
	ranked := s.rank(q, lens)
	seen = s.features(words, query, lens, ranked[:min(judgedHits, len(ranked))])
	ranked = ranked[:min(wanted, len(ranked))]
	if out.Hits, err = s.show(words, lens, query, ranked, q, detailed); err != nil {
		return Results{}, seen, err
	}
	if err = s.judgeAbout(ctx, query, ranked, out.Hits); err != nil {
		return Results{}, seen, err
	}
	out.Added, out.NewSubject = words.helped(query.added, out.Hits[:min(detailed, len(out.Hits), shownHits)]), query.newSubject
	confidence.of(seen).judge(&out, query, seen)
	if query.withTurns {
		out.temper(seen.Cover)
	}
	if len(ranked) > 0 && query.tells() {
		out.temper(s.coverOwn(query, lens, ranked[0]))
	}
	g.lexicon.giveBack(words)
	s.done() // after a failure the working memory is not used again
	return out, seen, nil
}

// show puts together what is told of the documents found, with passages and snippets for the first of them, detailed.
func (s *search) show(words *reader, l *lens, query *query, ranked []found, q Question, detailed int) ([]Hit, error) {
	for i := range ranked[:min(detailed, len(ranked), shownHits)] {
		if err := s.choose(l, &ranked[i]); err != nil {
			return nil, err
		}
	}
	hits, err := s.hits(l, ranked, detailed, q.AllPassages)
	if err != nil {
		return nil, err
	}
	for i := range hits[:min(detailed, len(hits))] {
		hit := &hits[i]
		switch {
		case i == 0:
			hit.Snippet, hit.Matched = words.snippet(hit.Passage.Text, query, firstRoom)
			hit.Beside = words.beside(*hit, query)
		case i < shownHits:
			hit.Snippet, hit.Matched = words.snippet(hit.Passage.Text, query, otherRoom)
		default:
			hit.Snippet = lead(hit.Passage.Text)
		}
		if q.Explain {
			if hit.Why, err = s.explain(query, ranked[i]); err != nil {
				return nil, err
			}
		}
	}
	return hits, nil
}

// temper keeps an answer found with the help of earlier turns, or of what is told besides the question, from being surer
// than the question's own words make it: cover is the share of them, by idf, that stands in the first hit (here, within
// ten messages of other matters: of near misses .53 are answered without, .15 with; of answers .63 are right, and .69).
func (r *Results) temper(cover float64) {
	r.Confidence *= (1 + cover) / 2
	if r.Band == BandAnswer && cover < .5 {
		r.Band = BandMaybe
	}
}

// judgedHits is how many of the best documents tell how sure the first is, however many are asked for.
const judgedHits = 10

// shownHits is how many hits people see at once: only for these the words that answer are looked for in
// their passages, which costs as much as finding them.
const shownHits = 3

// helped returns the additions that stand in what is shown: the others only puzzle people.
func (r *reader) helped(added []addition, shown []Hit) []string {
	if len(added) == 0 {
		return nil
	}
	stands := map[string]bool{}
	for _, hit := range shown {
		for _, text := range append(slices.Clone(hit.Passage.Headings), hit.Document.Title, hit.Passage.Text) {
			for _, w := range r.read(text) {
				stands[w.term] = true
			}
		}
	}
	var out []string
	for _, a := range added {
		if !slices.ContainsFunc(a.terms, func(t string) bool { return !stands[t] }) {
			out = append(out, a.text)
		}
	}
	return out
}

// beforeSearch, when set by a test, is called by every search.
var beforeSearch func(Question)

// whereItPanicked returns the function and line of a panic that is being recovered from.
func whereItPanicked() string {
	var calls [32]uintptr
	frames := runtime.CallersFrames(calls[:runtime.Callers(3, calls[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") || !more {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
	}
}
