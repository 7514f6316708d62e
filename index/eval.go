package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"liaison/bot/access"
	"liaison/knowledge"
)

// EvalOptions says what to judge. Either Folder, or Questions with Index, is set.
type EvalOptions struct {
	Folder       string // a folder in BEIR form: corpus.jsonl, queries.jsonl, qrels.tsv
	Questions    string // a file of judged questions: JSON lines, or questions.yaml
	Index        *Index // for Questions: the index of the knowledge they are about
	Audience     access.Audience
	Unanswerable string    // a file of questions that nothing answers (JSON lines)
	Answers      string    // a file of right sentences by question id (JSON lines)
	FollowUps    string    // a file of conversations (turns.jsonl), judged by document
	Run          io.Writer // when set, the ranking as a TREC run
	Against      string    // a TREC run to compare with, question by question
	Cache        string    // folder to keep the index of a BEIR corpus in; "" is a temporary one
	Now          func() time.Time
	Progress     func(done, total int)
}

// QueryResult is how one question went.
type QueryResult struct {
	ID         string
	Text       string
	Ranking    []string // documents, best first
	Scores     []float64
	Relevant   map[string]float64
	Style      []string
	Band       Band
	Confidence float64
	NDCG10     float64
	Took       time.Duration
	shown      string
	topPassage knowledge.Passage
}

// Evaluate judges retrieval with the search that answers people.
func Evaluate(ctx context.Context, o EvalOptions) (Report, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &evaluation{EvalOptions: o}
	defer e.close()
	if err := e.prepare(ctx); err != nil {
		return Report{}, err
	}
	return e.run(ctx)
}

// evaluation is one run of Evaluate.
type evaluation struct {
	EvalOptions
	name    string
	queries []judged
	qrels   map[string]map[string]float64
	asked   []judged          // of queries, those with a right page
	refused []judged          // what nothing answers, of queries and of Unanswerable
	right   map[string]string // right sentences, by question id
	turns   []followUp
	before  map[string][]string // rankings of the run to compare with
	notes   []string            // for Report.Warnings
	remove  string              // temporary folder of the index
	sample  int                 // when not 0, about how many documents of the collection to take
	opened  bool
}

func (e *evaluation) close() {
	if e.opened {
		e.Index.Close() //nolint:errcheck // it was only read
	}
	if e.remove != "" {
		os.RemoveAll(e.remove) //nolint:errcheck // a temporary folder
	}
}

// openFolder reads a folder in BEIR form and builds its index.
func (e *evaluation) openFolder(ctx context.Context) error {
	if err := e.readFolder(); err != nil {
		return err
	}
	return e.buildFolder(ctx)
}

func (e *evaluation) readFolder() (err error) {
	e.name = filepath.Base(e.Folder)
	if err := checkFolder(e.Folder); err != nil {
		return err
	}
	if e.queries, err = readJudged(filepath.Join(e.Folder, "queries.jsonl")); err != nil {
		return err
	}
	e.qrels, err = readQrels(filepath.Join(e.Folder, "qrels.tsv"))
	return err
}

// checkFolder says what a folder lacks to be in BEIR form.
func checkFolder(folder string) error {
	const form = "a folder in BEIR form holds corpus.jsonl, queries.jsonl and qrels.tsv"
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s: %s", folder, form)
	}
	for _, name := range []string{"corpus.jsonl", "queries.jsonl", "qrels.tsv"} {
		if _, err := os.Stat(filepath.Join(folder, name)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s has no %s: %s", folder, name, form)
		}
	}
	return nil
}

func (e *evaluation) buildFolder(ctx context.Context) (err error) {
	dir := e.Cache
	if dir == "" {
		if dir, err = os.MkdirTemp("", "liaison-eval-"); err != nil {
			return err
		}
		e.remove = dir
	}
	source, err := readCorpus(filepath.Join(e.Folder, "corpus.jsonl"))
	if err != nil {
		return err
	}
	dir = Dir(dir, fmt.Sprint(e.Folder, e.sample))
	if e.sample > 0 {
		e.shrink(source)
	}
	if _, err := Build(ctx, source, dir, Options{Folder: e.Folder, Progress: e.Progress, Now: e.Now}); err != nil {
		return fmt.Errorf("judge %s: %w", e.Folder, err)
	}
	e.Index, err = Open(ctx, dir)
	e.opened = err == nil
	return err
}

// shrink leaves about sample documents of a collection, half of them answers, and only the questions
// that these answer: small collections are surer of less.
func (e *evaluation) shrink(c *corpus) {
	wanted := map[string]bool{}
	var kept []judged
	for _, q := range e.queries {
		relevant := e.qrels[q.id()]
		if len(wanted)+len(relevant) > e.sample/2 || len(relevant) == 0 {
			continue
		}
		kept = append(kept, q)
		for doc := range relevant {
			wanted[doc] = true
		}
	}
	every := max(1, 2*len(c.files)/e.sample)
	n := 0
	c.files = slices.DeleteFunc(c.files, func(f File) bool {
		n++
		return !wanted[f.Path] && n%every != 0
	})
	e.queries = kept
}

// run asks every judged question and sums up.
func (e *evaluation) run(ctx context.Context) (r Report, err error) {
	r = Report{Name: e.name, Bands: map[Band]float64{}}
	if r.Documents, r.Passages, err = e.Index.count(ctx, e.Audience); err != nil {
		return Report{}, err
	}
	started := e.Now()
	for _, q := range e.asked {
		result, err := e.ask(ctx, q, e.qrels[q.id()], nil)
		if err != nil {
			return r, err
		}
		r.Results = append(r.Results, result)
	}
	r.summarise(e.Now().Sub(started))
	if err := e.compare(&r); err != nil {
		return r, err
	}
	if r.Unanswerable, err = e.askAll(ctx, e.refused); err != nil {
		return r, err
	}
	if r.Answers = judgeAnswers(r.Results, e.right); r.Answers == nil && len(e.right) > 0 {
		e.note("no question with a right sentence found a page, so that no text was shown to compare it with")
	}
	ranked := r.Results
	if e.FollowUps != "" {
		if ranked, err = e.judgeFollowUps(ctx, &r); err != nil {
			return r, err
		}
	}
	r.Warnings = e.notes
	if e.Run != nil {
		return r, writeRun(e.Run, ranked)
	}
	return r, nil
}

// compare sets the results beside those of the run to compare with.
func (e *evaluation) compare(r *Report) error {
	if e.Against == "" {
		return nil
	}
	before, unanswered, err := judgeRun(e.before, r.Results)
	if err != nil {
		return fmt.Errorf("%s: %w", e.Against, err)
	}
	if unanswered > 0 {
		e.note("%s: the run to compare with answers %d of %d questions; it counts as finding nothing for the others", e.Against, len(before)-unanswered, len(before))
	}
	difference := Compare(before, r.Results)
	r.Against = &difference
	return nil
}

// count returns how many documents and passages an audience may see.
func (i *Index) count(ctx context.Context, who access.Audience) (documents, passages int, err error) {
	err = i.eachPart(ctx, who, func(p *partition) {
		documents += len(p.docs)
		passages += p.passages
	})
	return documents, passages, err
}

// eachPart calls do for every part that an audience may see, after moving to the newest generation.
func (i *Index) eachPart(ctx context.Context, who access.Audience, do func(*partition)) error {
	if err := i.refresh(ctx, true); err != nil {
		return err
	}
	g, err := i.use()
	if err != nil {
		return err
	}
	defer func() { _ = g.release() }() // only read: nothing can be lost
	for _, p := range g.permitted(who) {
		do(p)
	}
	return nil
}

// judgeDepth is how many documents a judged search returns: Recall@100 needs them.
const judgeDepth = 100

func (e *evaluation) ask(ctx context.Context, q judged, relevant map[string]float64, turns []Turn) (QueryResult, error) {
	before := e.Now()
	results, _, err := e.Index.searchInto(ctx, e.Audience, Question{Text: q.asked(), Turns: turns, Limit: judgeDepth}, 10)
	out := QueryResult{ID: q.id(), Text: q.Text, Relevant: relevant, Style: q.Style, Took: e.Now().Sub(before)}
	if err != nil {
		return out, fmt.Errorf("ask %s: %w", q.id(), err)
	}
	out.Band, out.Confidence = results.Band, results.Confidence
	for i, hit := range results.Hits {
		out.Ranking = append(out.Ranking, hit.Document.Path)
		out.Scores = append(out.Scores, hit.Score)
		if i == 0 {
			out.shown, out.topPassage = shownOf(hit), hit.Passage
		}
	}
	out.NDCG10 = ndcg(out.Ranking, out.Relevant, 10)
	return out, nil
}

// shownOf returns the text of a hit as people see it: where it stands, and what it says.
func shownOf(hit Hit) string {
	out := hit.Document.Title + "\n" + strings.Join(hit.Passage.Headings, "\n") + "\n" + hit.Snippet
	if hit.Beside != nil {
		out += "\n" + strings.Join(hit.Beside.Passage.Headings, "\n") + "\n" + hit.Beside.Snippet
	}
	return out
}

// askAll asks what nothing answers, by the kinds that the questions name.
func (e *evaluation) askAll(ctx context.Context, questions []judged) ([]BandReport, error) {
	byKind := map[string][]QueryResult{}
	for _, q := range questions {
		result, err := e.ask(ctx, q, nil, nil)
		if err != nil {
			return nil, err
		}
		kind, _ := q.Unanswerable.(string)
		byKind[kind] = append(byKind[kind], result)
	}
	var out []BandReport
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		bands, within := shares(byKind[kind])
		out = append(out, BandReport{Kind: kind, Queries: len(byKind[kind]), Bands: bands, Intervals: within})
	}
	return out, nil
}

// ndcg is the discounted gain of the first k against the best possible; a gain is its grade (linear).
func ndcg(ranking []string, relevant map[string]float64, k int) float64 {
	gain := 0.
	for i, doc := range ranking[:min(k, len(ranking))] {
		gain += relevant[doc] / math.Log2(float64(i)+2)
	}
	var grades []float64
	for _, grade := range relevant {
		grades = append(grades, grade)
	}
	slices.SortFunc(grades, func(a, b float64) int { return cmp.Compare(b, a) })
	ideal := 0.
	for i, grade := range grades[:min(k, len(grades))] {
		ideal += grade / math.Log2(float64(i)+2)
	}
	if ideal == 0 {
		return 0
	}
	return gain / ideal
}

func success(ranking []string, relevant map[string]float64, k int) float64 {
	for _, doc := range ranking[:min(k, len(ranking))] {
		if relevant[doc] > 0 {
			return 1
		}
	}
	return 0
}

func reciprocal(ranking []string, relevant map[string]float64, k int) float64 {
	for i, doc := range ranking[:min(k, len(ranking))] {
		if relevant[doc] > 0 {
			return 1 / float64(i+1)
		}
	}
	return 0
}

func recall(ranking []string, relevant map[string]float64, k int) float64 {
	all, got := 0., 0.
	for _, grade := range relevant {
		if grade > 0 {
			all++
		}
	}
	for _, doc := range ranking[:min(k, len(ranking))] {
		if relevant[doc] > 0 {
			got++
		}
	}
	return got / max(all, 1)
}

// judgeAnswers compares the text shown with the right sentences, nil when no question has one.
func judgeAnswers(results []QueryResult, right map[string]string) *AnswerReport {
	var top, ofRight []float64
	for _, q := range results {
		quote, ok := right[q.ID]
		if !ok || len(q.Ranking) == 0 {
			continue
		}
		shown := one(share(quote, q.shown) >= .5)
		top = append(top, shown)
		if q.Relevant[q.Ranking[0]] > 0 && share(quote, q.topPassage.Text) >= .5 {
			ofRight = append(ofRight, shown)
		}
	}
	if len(top) == 0 {
		return nil
	}
	out := &AnswerReport{Queries: len(top), RightQueries: len(ofRight), Intervals: map[string][2]float64{}}
	out.Top, out.Intervals["top"] = mean(top)
	if len(ofRight) > 0 {
		out.RightPassage, out.Intervals["right_passage"] = mean(ofRight)
	}
	return out
}

// share returns which share of the words of quote stand in text, each as often as there.
func share(quote, text string) float64 {
	has := map[string]int{}
	for _, w := range plainWords(text) {
		has[w]++
	}
	want, got := 0, 0
	for _, w := range plainWords(quote) {
		want++
		if has[w] > 0 {
			has[w]--
			got++
		}
	}
	if want == 0 {
		return 1
	}
	return float64(got) / float64(want)
}

func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !isWordRune(c) })
}

// judgeFollowUps asks the turns of conversations, and returns how each went.
func (e *evaluation) judgeFollowUps(ctx context.Context, r *Report) ([]QueryResult, error) {
	var results []QueryResult
	for _, f := range e.turns {
		result, err := e.ask(ctx, f.judged, map[string]float64{f.doc: 1}, f.turns)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	r.FollowUps = followUpReport(results)
	return results, nil
}

// corpus is corpus.jsonl as a Source.
type corpus struct {
	files []File
	docs  map[string]knowledge.Document
}

func readCorpus(path string) (*corpus, error) {
	c := &corpus{docs: map[string]knowledge.Document{}}
	seen := lineOf{}
	err := eachLine(path, func(n int, line []byte) error {
		var raw struct {
			ID    string `json:"_id"`
			Title string `json:"title"`
			Text  string `json:"text"`
		}
		if err := json.Unmarshal(line, &raw); err != nil {
			return err
		}
		if raw.ID == "" {
			return errors.New("the document has no _id")
		}
		if err := seen.add(raw.ID, n); err != nil {
			return err
		}
		digest := hashBytes(line)
		c.files = append(c.files, File{Path: raw.ID, Digest: digest})
		c.docs[raw.ID] = beirDocument(raw.ID, raw.Title, raw.Text, digest)
		return nil
	})
	return c, err
}

// beirDocument makes a document of one line of a corpus. A title like "Page / Section" is a heading path.
func beirDocument(id, title, text, digest string) knowledge.Document {
	doc := knowledge.Document{Path: id, Visibility: access.Public, Hash: digest}
	headings := strings.Split(title, " / ")
	doc.Title = headings[0]
	for _, part := range splitText(text, 1200) {
		doc.Passages = append(doc.Passages, knowledge.Passage{Headings: headings[1:], Text: part})
	}
	return doc
}

// splitText cuts a text at blank lines, else at line ends, else at sentences, into pieces of at most
// about size characters.
func splitText(text string, size int) []string {
	if len(text) <= size {
		return []string{text}
	}
	var pieces []string
	for _, paragraph := range strings.SplitAfter(text, "\n") {
		if len(paragraph) <= size {
			pieces = append(pieces, paragraph)
		} else {
			pieces = append(pieces, sentences(paragraph)...)
		}
	}
	var out []string
	var piece strings.Builder
	for _, p := range pieces {
		if piece.Len() > 0 && piece.Len()+len(p) > size {
			out = append(out, piece.String())
			piece.Reset()
		}
		piece.WriteString(p)
	}
	return append(out, piece.String())
}

func (c *corpus) Files(context.Context) ([]File, []knowledge.Problem, error) {
	return c.files, nil, nil
}

func (c *corpus) Read(_ context.Context, file File) (knowledge.Document, []knowledge.Problem, bool, error) {
	return c.docs[file.Path], nil, true, nil
}

func (c *corpus) Organisations() []knowledge.Organisation { return nil }
func (c *corpus) Terms() []knowledge.Term                 { return nil }
func (c *corpus) Protected() []string                     { return nil }
func (c *corpus) Spellings() [][2]string                  { return nil }
