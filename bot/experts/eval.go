package experts

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/bot/access"
	"liaison/index"
	"liaison/knowledge"
)

// The files of a folder of judged questions about people.
const (
	docsFile    = "docs.jsonl"
	peopleFile  = "people.jsonl"
	queriesFile = "queries.jsonl"
	qrelsFile   = "qrels.tsv"
)

// IsPeopleFolder reports whether a folder holds judged questions about people rather than about pages.
func IsPeopleFolder(dir string) bool {
	for _, name := range []string{docsFile, peopleFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

// EvalOptions says what to judge.
type EvalOptions struct {
	// Folder holds docs.jsonl (_id, title, text, people, and date where known), people.jsonl (id, name,
	// evidence), queries.jsonl (_id, text) and qrels.tsv (query, person, score).
	Folder string
	// HoldOut asks, in the place of the questions, for the people of every document by its title, of an index
	// that holds neither that document nor the other ones of its part, of Parts: more questions about the same
	// people, none of them chosen. (To leave each out of the votes alone would not do: the search would be
	// sure of what it found.)
	HoldOut  bool
	Run      io.Writer // when set, the ranking as a TREC run
	Progress func(done, total int)
}

// Report is what Evaluate found.
type Report struct {
	Name      string `json:"name"`
	Documents int    `json:"documents"`
	People    int    `json:"people"`
	Queries   int    `json:"queries"`
	Figures
	// Popularity names those of most evidence, whatever is asked: what a ranking has to beat.
	Popularity Figures `json:"popularity"`
	// PlainVotes adds up the scores of the first 30 documents.
	PlainVotes Figures `json:"plain_votes"`
}

// Figures are means over questions, each from 0 to 1.
type Figures struct {
	Hit1   float64 `json:"hit@1"`
	Hit5   float64 `json:"hit@5"`
	NDCG10 float64 `json:"ndcg@10"`
	MRR10  float64 `json:"mrr@10"`
}

// plainDepth is how many documents vote in PlainVotes.
const plainDepth = 30

// Parts is how many parts the documents are held out in.
const Parts = 3

// Evaluate judges the ranking of people with the search and the votes that answer "who knows".
func Evaluate(ctx context.Context, o EvalOptions) (Report, error) {
	parts := 1
	if o.HoldOut {
		parts = Parts
	}
	var r Report
	for part := range parts {
		s, err := readSet(o.Folder)
		if err == nil && o.HoldOut {
			s.holdOut(part)
		} else if err == nil {
			err = s.readQuestions(o.Folder)
		}
		if err == nil {
			err = s.evaluate(ctx, o, &r)
		}
		if err != nil {
			return Report{}, fmt.Errorf("judge %s: %w", o.Folder, err)
		}
	}
	for _, f := range []*Figures{&r.Figures, &r.Popularity, &r.PlainVotes} {
		f.over(r.Queries)
	}
	return r, nil
}

// evaluate builds an index of a set, and adds what is found in it to a report.
func (s *set) evaluate(ctx context.Context, o EvalOptions, r *Report) error {
	r.Name, r.Documents, r.People = s.name, len(s.docs), len(s.people)
	dir, err := os.MkdirTemp("", "liaison-people-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if _, err := index.Build(ctx, s, dir, index.Options{Folder: o.Folder, Progress: o.Progress}); err != nil {
		return err
	}
	opened, err := index.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }() // it was only read
	return s.judge(ctx, opened, o.Run, r)
}

// judge asks every question and adds up how each went.
func (s *set) judge(ctx context.Context, search index.Searcher, run io.Writer, r *Report) error {
	var out bytes.Buffer
	for _, q := range s.queries {
		relevant := s.qrels[q.ID]
		if len(relevant) == 0 {
			continue
		}
		r.Queries++
		results, err := search.Search(ctx, access.Audience{}, index.Question{Text: q.Text, Limit: depth, AllPassages: true})
		if err != nil {
			return fmt.Errorf("ask %s: %w", q.ID, err)
		}
		votes := s.votes(results.Hits)
		lead := leadOf(votes)
		ranked := s.ranked(count(votes, lead, s.now), newTopic(q.Text, results.Added), lead)
		r.add(ids(ranked), relevant)
		r.Popularity.add(ids(s.ranked(nil, nil, 0)), relevant)
		r.PlainVotes.add(ids(s.ranked(plain(votes), nil, 0)), relevant)
		for i, p := range ranked[:min(len(ranked), depth)] {
			fmt.Fprintf(&out, "%s Q0 %s %d %s liaison\n", q.ID, p.id, i+1, strconv.FormatFloat(p.score, 'f', 8, 64))
		}
	}
	if run != nil {
		if _, err := out.WriteTo(run); err != nil {
			return fmt.Errorf("write the run: %w", err)
		}
	}
	return nil
}

// votes makes votes of the documents found.
func (s *set) votes(hits []index.Hit) []vote {
	votes := make([]vote, len(hits))
	for i, hit := range hits {
		d := s.docs[hit.Document.Path]
		votes[i] = vote{score: hit.Score, date: d.date, authors: s.authors[d.ID], mentioned: d.mentioned}
	}
	return votes
}

// plain counts the votes of the first documents by their scores alone.
func plain(votes []vote) []standing {
	sums := map[string]float64{}
	for _, v := range votes[:min(len(votes), plainDepth)] {
		for _, id := range v.authors {
			sums[id] += v.score
		}
	}
	var all []standing
	for id, score := range sums {
		all = append(all, standing{id: id, score: score})
	}
	return all
}

// ranked puts everybody in order: by what the votes say, then by how much evidence there is of them, then
// by id. With a topic, channels gain by their names, and by how many pages name them, as places do.
func (s *set) ranked(standings []standing, t topic, lead float64) []standing {
	scores := map[string]float64{}
	for _, one := range standings {
		scores[one.id] = one.score
	}
	most := 0
	for _, p := range s.people {
		most = max(most, len(p.Evidence))
	}
	var all []standing
	for _, p := range s.people {
		evidence := len(p.Evidence)
		// A run is read by its scores alone, so that the order of equals must be in them.
		score := scores[p.ID] + float64(evidence)*1e-6
		if strings.HasPrefix(p.Name, "#") && evidence > 0 && t != nil {
			score += namedFor*s.rarity.named(t, p.Name) + door(evidence, most, lead)
		}
		all = append(all, standing{id: p.ID, score: score})
	}
	slices.SortFunc(all, byScore)
	return all
}

func ids(all []standing) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.id
	}
	return out
}

// add adds the figures of one question.
func (f *Figures) add(ranking []string, relevant map[string]float64) {
	right := func(id string) bool { return relevant[id] > 0 }
	if first := slices.IndexFunc(ranking, right); first >= 0 {
		if first < 1 {
			f.Hit1++
		}
		if first < 5 {
			f.Hit5++
		}
		if first < 10 {
			f.MRR10 += 1 / float64(first+1)
		}
	}
	var gain, ideal float64
	for i, id := range ranking[:min(10, len(ranking))] {
		gain += relevant[id] / math.Log2(float64(i)+2)
	}
	var grades []float64
	for _, grade := range relevant {
		grades = append(grades, grade)
	}
	slices.SortFunc(grades, func(a, b float64) int { return cmp.Compare(b, a) })
	for i, grade := range grades[:min(10, len(grades))] {
		ideal += grade / math.Log2(float64(i)+2)
	}
	if ideal > 0 {
		f.NDCG10 += gain / ideal
	}
}

func (f *Figures) over(questions int) {
	n := float64(max(questions, 1))
	f.Hit1, f.Hit5, f.NDCG10, f.MRR10 = f.Hit1/n, f.Hit5/n, f.NDCG10/n, f.MRR10/n
}

// set is a folder of judged questions about people. It is what an index is built from.
type set struct {
	name    string
	files   []index.File
	docs    map[string]*document
	people  []known
	authors map[string][]string // by document
	queries []question
	qrels   map[string]map[string]float64
	rarity  rarity
	now     time.Time // of the newest document, so that figures do not change with the day
}

type document struct {
	ID        string          `json:"_id"`
	Title     string          `json:"title"`
	Text      string          `json:"text"`
	Date      json.RawMessage `json:"date"`
	date      time.Time
	mentioned []string
}

type known struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Evidence []string `json:"evidence"`
}

type question struct {
	ID   string `json:"_id"`
	Text string `json:"text"`
}

func readSet(folder string) (*set, error) {
	s := &set{name: filepath.Base(filepath.Clean(folder)), docs: map[string]*document{}, authors: map[string][]string{}, qrels: map[string]map[string]float64{}}
	if err := s.readPeople(filepath.Join(folder, peopleFile)); err != nil {
		return nil, err
	}
	return s, s.readDocs(filepath.Join(folder, docsFile))
}

func (s *set) readQuestions(folder string) error {
	if err := index.EachLine(filepath.Join(folder, queriesFile), func(line []byte) error {
		var q question
		err := json.Unmarshal(line, &q)
		s.queries = append(s.queries, q)
		return err
	}); err != nil {
		return err
	}
	return s.readQrels(filepath.Join(folder, qrelsFile))
}

func (s *set) readPeople(path string) error {
	var channels []string
	err := index.EachLine(path, func(line []byte) error {
		var p known
		if err := json.Unmarshal(line, &p); err != nil {
			return err
		}
		if p.ID == "" {
			return errors.New("the person has no id")
		}
		s.people = append(s.people, p)
		for _, id := range p.Evidence {
			s.authors[id] = append(s.authors[id], p.ID)
		}
		if strings.HasPrefix(p.Name, "#") {
			channels = append(channels, p.Name)
		}
		return nil
	})
	s.rarity = rarityOf(new(phraser).read(channels...))
	return err
}

func (s *set) readDocs(path string) error {
	called := newNames()
	for _, p := range s.people {
		called.add(p.Name, p.ID)
	}
	return index.EachLine(path, func(line []byte) error {
		var d document
		if err := json.Unmarshal(line, &d); err != nil {
			return err
		}
		if d.ID == "" {
			return errors.New("the document has no _id")
		}
		d.date = day(d.Date)
		d.mentioned = called.in(d.Title + "\n" + d.Text)
		if d.date.After(s.now) {
			s.now = d.date
		}
		s.docs[d.ID] = &d
		s.files = append(s.files, index.File{Path: d.ID, Digest: d.ID})
		return nil
	})
}

// day reads a date as sets have it: "2016-06-15", "20160615", 20160615; zero for anything else.
func day(raw json.RawMessage) time.Time {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, string(raw))
	if len(digits) < 8 {
		return time.Time{}
	}
	t, err := time.Parse("20060102", digits[:8])
	if err != nil {
		return time.Time{}
	}
	return t
}

// holdOut takes one part of the documents out of the set and makes a question of each one's title, whose
// answer is its people, as far as other evidence of them remains: two documents or more, as in the questions
// that were chosen. A title that names its author ("Weekly snippet robert") asks nothing.
func (s *set) holdOut(part int) {
	var kept []index.File
	held := map[string]bool{}
	for i, f := range s.files {
		if i%Parts == part {
			held[f.Path] = true
		} else {
			kept = append(kept, f)
		}
	}
	s.files = kept
	evidence := map[string]int{}
	for i, p := range s.people {
		s.people[i].Evidence = slices.DeleteFunc(p.Evidence, func(id string) bool { return held[id] })
		evidence[p.ID] = len(s.people[i].Evidence)
	}
	for _, id := range slices.Sorted(maps.Keys(held)) {
		d := s.docs[id]
		relevant := map[string]float64{}
		for _, person := range s.authors[id] {
			if evidence[person] >= 2 && !slices.Contains(nameWords(d.Title), strings.ToLower(person)) {
				relevant[person] = 1
			}
		}
		s.queries = append(s.queries, question{ID: "without " + id, Text: d.Title})
		s.qrels["without "+id] = relevant
	}
}

func (s *set) readQrels(path string) error {
	first := true
	return index.EachLine(path, func(line []byte) error {
		cells := strings.Split(strings.TrimSpace(string(line)), "\t")
		header := first
		first = false
		if len(cells) < 3 {
			return errors.New("expected query id, person id and score, parted by tabs")
		}
		grade, err := strconv.ParseFloat(cells[len(cells)-1], 64)
		if err != nil {
			if header {
				return nil
			}
			return fmt.Errorf("the score %q is no number", cells[len(cells)-1])
		}
		if s.qrels[cells[0]] == nil {
			s.qrels[cells[0]] = map[string]float64{}
		}
		s.qrels[cells[0]][cells[len(cells)-2]] = grade
		return nil
	})
}

var _ index.Source = (*set)(nil)

// Files implements index.Source.
func (s *set) Files(context.Context) ([]index.File, []knowledge.Problem, error) {
	return s.files, nil, nil
}

// Read implements index.Source. A document is parted at its lines into passages of the usual size.
func (s *set) Read(_ context.Context, f index.File) (knowledge.Document, []knowledge.Problem, bool, error) {
	d := s.docs[f.Path]
	doc := knowledge.Document{Path: d.ID, Title: d.Title, Visibility: access.Public, Published: d.date, Hash: d.ID}
	var piece strings.Builder
	for _, line := range strings.SplitAfter(cmp.Or(d.Text, d.Title), "\n") {
		if piece.Len() > 0 && piece.Len()+len(line) > knowledge.MaxPassage {
			doc.Passages = append(doc.Passages, knowledge.Passage{Text: piece.String()})
			piece.Reset()
		}
		piece.WriteString(line)
	}
	doc.Passages = append(doc.Passages, knowledge.Passage{Text: piece.String()})
	return doc, nil, true, nil
}

// Organisations implements index.Source, as do those below: such a folder has no vocabulary.
func (s *set) Organisations() []knowledge.Organisation { return nil }

// Terms implements index.Source.
func (s *set) Terms() []knowledge.Term { return nil }

// Protected implements index.Source.
func (s *set) Protected() []string { return nil }

// Spellings implements index.Source.
func (s *set) Spellings() [][2]string { return nil }
