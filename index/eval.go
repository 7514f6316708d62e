package index

import (
	"bufio"
	"bytes"
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
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3" // questions.yaml

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

// Report is what Evaluate found. Figures are shares from 0 to 1 unless said.
type Report struct {
	Name           string                `json:"name"`
	Documents      int                   `json:"documents"`
	Passages       int                   `json:"passages"`
	Queries        int                   `json:"queries"`
	NDCG10         float64               `json:"ndcg@10"`
	Success1       float64               `json:"success@1"`
	Success5       float64               `json:"success@5"`
	MRR10          float64               `json:"mrr@10"`
	Recall100      float64               `json:"recall@100"`
	Intervals      map[string][2]float64 `json:"intervals_95,omitempty"`
	ByStyle        []StyleReport         `json:"by_style,omitempty"`
	Bands          map[Band]float64      `json:"bands,omitempty"`        // of the answerable questions
	Unanswerable   []BandReport          `json:"unanswerable,omitempty"` // of those that nothing answers, by kind
	PrecisionTop30 float64               `json:"precision@1_of_most_confident_30%"`
	Answers        *AnswerReport         `json:"answers,omitempty"`
	FollowUps      *FollowUpReport       `json:"follow_ups,omitempty"`
	PerSecond      float64               `json:"queries_per_second"`
	P50            float64               `json:"p50_ms"`
	P99            float64               `json:"p99_ms"`
	Against        *Comparison           `json:"against,omitempty"` // the run compared with, then this one
	Results        []QueryResult         `json:"-"`
}

// StyleReport is Success for one style of question.
type StyleReport struct {
	Style    string  `json:"style"`
	Queries  int     `json:"queries"`
	NDCG10   float64 `json:"ndcg@10"`
	Success1 float64 `json:"success@1"`
	Success5 float64 `json:"success@5"`
}

// BandReport is how often each band was given.
type BandReport struct {
	Kind    string           `json:"kind"` // "off_topic", "near_miss", … as the questions say; "" when they do not
	Queries int              `json:"queries"`
	Bands   map[Band]float64 `json:"bands"`
}

// AnswerReport is how often the text shown, with the headings above it, holds at least half of the words of the
// right sentences.
type AnswerReport struct {
	Queries      int     `json:"queries"`
	RightPassage float64 `json:"right_passage"` // when the passage shown is right
	RightQueries int     `json:"right_passage_queries"`
	Top          float64 `json:"top"` // for the first result, whatever it is
}

// FollowUpReport judges questions with turns before them, by document.
type FollowUpReport struct {
	Queries   int     `json:"queries"`
	NDCG10    float64 `json:"ndcg@10"`
	Success1  float64 `json:"success@1"`
	Recall100 float64 `json:"recall@100"`
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

// judged is a question with its judgments, as files hold it.
type judged struct {
	ID           string   `json:"_id" yaml:"id"`
	OtherID      string   `json:"id" yaml:"-"`
	Text         string   `json:"text" yaml:"text"`
	Scenario     string   `json:"scenario" yaml:"-"` // what the asker tells of themselves with it, as in OR-ShARC
	Relevant     []string `json:"relevant" yaml:"relevant"`
	Unanswerable any      `json:"unanswerable" yaml:"unanswerable"`
	AnswerQuote  string   `json:"answer_quote" yaml:"answer_quote"`
	Style        []string `json:"style" yaml:"style"`
}

func (j judged) id() string { return cmp.Or(j.ID, j.OtherID) }

// asked returns all that is said with the question.
func (j judged) asked() string { return strings.TrimSpace(j.Text + " " + j.Scenario) }

// answerable reports whether the knowledge can answer: the mark may be a reason or just true.
func (j judged) answerable() bool {
	switch mark := j.Unanswerable.(type) {
	case bool:
		return !mark
	case string:
		return mark == "" || mark == "false"
	}
	return true
}

// Evaluate judges retrieval with the search that answers people.
func Evaluate(ctx context.Context, o EvalOptions) (Report, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &evaluation{EvalOptions: o}
	defer e.close()
	if o.Folder != "" {
		if err := e.openFolder(ctx); err != nil {
			return Report{}, fmt.Errorf("judge %s: %w", o.Folder, err)
		}
	} else if err := e.readQuestions(); err != nil {
		return Report{}, fmt.Errorf("judge %s: %w", o.Questions, err)
	}
	return e.run(ctx)
}

// evaluation is one run of Evaluate.
type evaluation struct {
	EvalOptions
	name    string
	queries []judged
	qrels   map[string]map[string]float64
	remove  string // temporary folder of the index
	sample  int    // when not 0, about how many documents of the collection to take
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

func (e *evaluation) openFolder(ctx context.Context) error {
	e.name = filepath.Base(e.Folder)
	if err := EachLine(filepath.Join(e.Folder, "queries.jsonl"), func(line []byte) error {
		var q judged
		err := json.Unmarshal(line, &q)
		e.queries = append(e.queries, q)
		return err
	}); err != nil {
		return err
	}
	var err error
	if e.qrels, err = readQrels(filepath.Join(e.Folder, "qrels.tsv")); err != nil {
		return err
	}
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
		return err
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

func (e *evaluation) readQuestions() error {
	e.name = filepath.Base(e.Questions)
	e.qrels = map[string]map[string]float64{}
	data, err := os.ReadFile(e.Questions)
	if err != nil {
		return err
	}
	if ext := filepath.Ext(e.Questions); ext == ".yaml" || ext == ".yml" {
		err = decodeQuestions(data, &e.queries)
	} else {
		err = EachLine(e.Questions, func(line []byte) error {
			var q judged
			err := json.Unmarshal(line, &q)
			e.queries = append(e.queries, q)
			return err
		})
	}
	if err != nil {
		return err
	}
	for _, q := range e.queries {
		e.qrels[q.id()] = map[string]float64{}
		for _, path := range q.Relevant {
			e.qrels[q.id()][path] = 1
		}
	}
	return nil
}

// decodeQuestions reads questions.yaml: a list, alone or under the key questions.
func decodeQuestions(data []byte, into *[]judged) error {
	var wrapped struct {
		Questions []judged `yaml:"questions"`
	}
	if err := yaml.Unmarshal(data, &wrapped); err == nil && wrapped.Questions != nil {
		*into = wrapped.Questions
		return nil
	}
	return yaml.Unmarshal(data, into)
}

// EachLine calls do for every line of a file that is not empty. An error names the file and the line.
func EachLine(path string, do func(line []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := do(lines.Bytes()); err != nil {
			return fmt.Errorf("%s line %d: %w", path, n, err)
		}
	}
	return lines.Err()
}

// readQrels reads judgments: a header, then query id, corpus id and grade, parted by tabs.
func readQrels(path string) (map[string]map[string]float64, error) {
	out := map[string]map[string]float64{}
	first := true
	err := EachLine(path, func(line []byte) error {
		cells := strings.Split(strings.TrimRight(string(line), "\r"), "\t")
		grade, err := 0., error(nil)
		if len(cells) >= 3 {
			grade, err = strconv.ParseFloat(cells[len(cells)-1], 64)
		}
		if header := first; len(cells) < 3 || err != nil {
			first = false
			if header {
				return nil
			}
			return errors.New("expected query id, corpus id and grade, parted by tabs")
		}
		first = false
		doc := cells[len(cells)-2]
		if out[cells[0]] == nil {
			out[cells[0]] = map[string]float64{}
		}
		out[cells[0]][doc] = grade
		return nil
	})
	return out, err
}

// run asks every judged question and sums up.
func (e *evaluation) run(ctx context.Context) (Report, error) {
	r := Report{Name: e.name, Bands: map[Band]float64{}}
	var err error
	if r.Documents, r.Passages, err = e.Index.count(ctx, e.Audience); err != nil {
		return Report{}, err
	}
	var refused []judged
	started := e.Now()
	for _, q := range e.queries {
		switch {
		case !q.answerable():
			refused = append(refused, q)
			continue
		case len(e.qrels[q.id()]) == 0:
			continue
		}
		result, err := e.ask(ctx, q, nil)
		if err != nil {
			return r, err
		}
		r.Results = append(r.Results, result)
	}
	r.summarise(e.Now().Sub(started))
	if e.Run != nil && e.FollowUps == "" {
		if err := writeRun(e.Run, r.Results); err != nil {
			return r, err
		}
	}
	if e.Against != "" {
		file, err := os.Open(e.Against)
		if err != nil {
			return r, err
		}
		defer file.Close()
		before, err := ReadRun(file, r.Results)
		if err != nil {
			return r, fmt.Errorf("%s: %w", e.Against, err)
		}
		difference := Compare(before, r.Results)
		r.Against = &difference
	}
	if e.Unanswerable != "" {
		if err := EachLine(e.Unanswerable, func(line []byte) error {
			var q judged
			err := json.Unmarshal(line, &q)
			refused = append(refused, q)
			return err
		}); err != nil {
			return r, err
		}
	}
	if len(refused) > 0 {
		if r.Unanswerable, err = e.askAll(ctx, refused); err != nil {
			return r, err
		}
	}
	if err := e.judgeAnswers(&r); err != nil {
		return r, err
	}
	if e.FollowUps != "" {
		return r, e.judgeFollowUps(ctx, &r)
	}
	return r, nil
}

// count returns how many documents and passages an audience may see, after moving to the newest generation.
func (i *Index) count(ctx context.Context, who access.Audience) (documents, passages int, err error) {
	if err := i.refresh(ctx, true); err != nil {
		return 0, 0, err
	}
	g, err := i.use()
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = g.release() }() // only read: nothing can be lost
	for _, p := range g.permitted(who) {
		documents += len(p.docs)
		passages += p.passages
	}
	return documents, passages, nil
}

// judgeDepth is how many documents a judged search returns: Recall@100 needs them.
const judgeDepth = 100

func (e *evaluation) ask(ctx context.Context, q judged, turns []Turn) (QueryResult, error) {
	before := e.Now()
	results, _, err := e.Index.searchInto(ctx, e.Audience, Question{Text: q.asked(), Turns: turns, Limit: judgeDepth}, 10)
	out := QueryResult{ID: q.id(), Text: q.Text, Relevant: e.qrels[q.id()], Style: q.Style, Took: e.Now().Sub(before)}
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

func (e *evaluation) askAll(ctx context.Context, questions []judged) ([]BandReport, error) {
	byKind := map[string][]judged{}
	for _, q := range questions {
		kind, _ := q.Unanswerable.(string)
		byKind[kind] = append(byKind[kind], q)
	}
	var out []BandReport
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		report := BandReport{Kind: kind, Queries: len(byKind[kind]), Bands: map[Band]float64{}}
		for _, q := range byKind[kind] {
			result, err := e.ask(ctx, q, nil)
			if err != nil {
				return nil, err
			}
			report.Bands[result.Band] += 1 / float64(report.Queries)
		}
		out = append(out, report)
	}
	return out, nil
}

// summarise fills the figures from the results.
func (r *Report) summarise(took time.Duration) {
	n := float64(len(r.Results))
	r.Queries = len(r.Results)
	if n == 0 {
		return
	}
	var times []time.Duration
	byStyle := map[string]*StyleReport{}
	for _, q := range r.Results {
		s1, s5 := success(q.Ranking, q.Relevant, 1), success(q.Ranking, q.Relevant, 5)
		r.NDCG10 += q.NDCG10 / n
		r.Success1 += s1 / n
		r.Success5 += s5 / n
		r.MRR10 += reciprocal(q.Ranking, q.Relevant, 10) / n
		r.Recall100 += recall(q.Ranking, q.Relevant, 100) / n
		r.Bands[q.Band] += 1 / n
		times = append(times, q.Took)
		for _, style := range q.Style {
			if byStyle[style] == nil {
				byStyle[style] = &StyleReport{Style: style}
			}
			s := byStyle[style]
			s.Queries++
			s.NDCG10, s.Success1, s.Success5 = s.NDCG10+q.NDCG10, s.Success1+s1, s.Success5+s5
		}
	}
	for _, s := range byStyle {
		s.NDCG10, s.Success1, s.Success5 = s.NDCG10/float64(s.Queries), s.Success1/float64(s.Queries), s.Success5/float64(s.Queries)
		r.ByStyle = append(r.ByStyle, *s)
	}
	slices.SortFunc(r.ByStyle, func(a, b StyleReport) int { return strings.Compare(a.Style, b.Style) })
	slices.Sort(times)
	r.P50, r.P99 = milliseconds(times[len(times)/2]), milliseconds(times[min(len(times)-1, len(times)*99/100)])
	r.PerSecond = n / max(took.Seconds(), 1e-9)
	r.PrecisionTop30 = precisionOfConfident(r.Results, .3)
	r.intervals()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// precisionOfConfident returns how often the first document is right in the most confident share.
func precisionOfConfident(results []QueryResult, share float64) float64 {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b QueryResult) int { return cmp.Compare(b.Confidence, a.Confidence) })
	sorted = sorted[:max(1, int(math.Round(share*float64(len(sorted)))))]
	right := 0.
	for _, q := range sorted {
		right += success(q.Ranking, q.Relevant, 1)
	}
	return right / float64(len(sorted))
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

// writeRun writes a TREC run: query, Q0, document, rank, score, name.
func writeRun(to io.Writer, results []QueryResult) error {
	out := bufio.NewWriter(to)
	for _, q := range results {
		for i, doc := range q.Ranking {
			fmt.Fprintf(out, "%s Q0 %s %d %s liaison\n", q.ID, doc, i+1, strconv.FormatFloat(q.Scores[i], 'g', 8, 64))
		}
	}
	return out.Flush()
}

// judgeAnswers compares the text shown with the right sentences, from the answers file or the questions.
func (e *evaluation) judgeAnswers(r *Report) error {
	right := map[string]string{}
	for _, q := range e.queries {
		if q.AnswerQuote != "" {
			right[q.id()] = q.AnswerQuote
		}
	}
	if e.Answers != "" {
		if err := EachLine(e.Answers, func(line []byte) error {
			var q judged
			err := json.Unmarshal(line, &q)
			right[q.id()] = cmp.Or(q.AnswerQuote, q.Text)
			return err
		}); err != nil {
			return err
		}
	}
	if len(right) == 0 {
		return nil
	}
	out := AnswerReport{}
	for _, q := range r.Results {
		quote, ok := right[q.ID]
		if !ok || len(q.Ranking) == 0 {
			continue
		}
		out.Queries++
		shown := share(quote, q.shown) >= .5
		if shown {
			out.Top++
		}
		if q.Relevant[q.Ranking[0]] > 0 && share(quote, q.topPassage.Text) >= .5 {
			out.RightQueries++
			if shown {
				out.RightPassage++
			}
		}
	}
	out.Top /= max(float64(out.Queries), 1)
	out.RightPassage /= max(float64(out.RightQueries), 1)
	r.Answers = &out
	return nil
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

// conversation is a line of turns.jsonl.
type conversation struct {
	ID      string   `json:"_id"`
	History []string `json:"history_latest_first"` // the question itself first; "user:…" or "agent:…"
	Doc     string   `json:"doc"`
}

func (e *evaluation) judgeFollowUps(ctx context.Context, r *Report) error {
	var results []QueryResult
	err := EachLine(e.FollowUps, func(line []byte) error {
		var c conversation
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		if len(c.History) < 2 {
			return nil // a first turn follows nothing
		}
		var turns []Turn
		for _, said := range slices.Backward(c.History[1:]) {
			who, text, _ := strings.Cut(said, ":")
			turns = append(turns, Turn{ByUser: who == "user", Text: text})
		}
		_, text, _ := strings.Cut(c.History[0], ":")
		e.qrels[c.ID] = map[string]float64{c.Doc: 1}
		result, err := e.ask(ctx, judged{ID: c.ID, Text: text}, turns)
		results = append(results, result)
		return err
	})
	if err != nil {
		return err
	}
	n := float64(max(len(results), 1))
	out := FollowUpReport{Queries: len(results)}
	for _, q := range results {
		out.NDCG10 += q.NDCG10 / n
		out.Success1 += success(q.Ranking, q.Relevant, 1) / n
		out.Recall100 += recall(q.Ranking, q.Relevant, 100) / n
	}
	r.FollowUps = &out
	if e.Run != nil {
		return writeRun(e.Run, results)
	}
	return nil
}

// corpus is corpus.jsonl as a Source.
type corpus struct {
	files []File
	docs  map[string]knowledge.Document
}

func readCorpus(path string) (*corpus, error) {
	c := &corpus{docs: map[string]knowledge.Document{}}
	err := EachLine(path, func(line []byte) error {
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
		digest := hashBytes(line)
		c.files = append(c.files, File{Path: raw.ID, Digest: digest})
		c.docs[raw.ID] = beirDocument(raw.ID, raw.Title, raw.Text, digest)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: a folder in BEIR form holds corpus.jsonl, queries.jsonl and qrels.tsv", err)
	}
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
