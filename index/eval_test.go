package index

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/knowledge"

	"github.com/google/go-cmp/cmp" // shows a changed ranking as a diff
)

var update = flag.Bool("update", false, "write golden files anew")

// TestPinnedEval judges a small collection of our own. A change of ranking shows as a diff of
// testdata/eval/golden.txt, question by question; what is missed stays in it.
func TestPinnedEval(t *testing.T) {
	folder := filepath.Join("testdata", "eval")
	report, err := Evaluate(t.Context(), EvalOptions{Folder: folder, Cache: t.TempDir(), Unanswerable: filepath.Join(folder, "unanswerable.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, q := range report.Results {
		rank := "missed"
		for i, doc := range q.Ranking[:min(10, len(q.Ranking))] {
			if q.Relevant[doc] > 0 {
				rank = fmt.Sprint(i + 1)
				break
			}
		}
		fmt.Fprintf(&b, "%-6s %-6s %s\n", rank, q.Band, q.Text)
	}
	fmt.Fprintf(&b, "\nnDCG@10 %.3f  Success@1 %.3f  Success@5 %.3f\n", report.NDCG10, report.Success1, report.Success5)
	for _, u := range report.Unanswerable {
		fmt.Fprintf(&b, "%s: none %.2f, maybe %.2f, answer %.2f\n", u.Kind, u.Bands[BandNone], u.Bands[BandMaybe], u.Bands[BandAnswer])
	}
	golden := filepath.Join(folder, "golden.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the ranking changed; if it is for the better, run go test ./index -run Pinned -update (-was +is):\n%s", diff)
	}
}

func TestMeasures(t *testing.T) {
	ranking := []string{"x", "a", "y", "b"}
	relevant := map[string]float64{"a": 2, "b": 1, "c": 0}
	for name, c := range map[string]struct{ got, want float64 }{
		"nDCG@10":  {ndcg(ranking, relevant, 10), (2/math.Log2(3) + 1/math.Log2(5)) / (2 + 1/math.Log2(3))},
		"nDCG@1":   {ndcg(ranking, relevant, 1), 0},
		"success1": {success(ranking, relevant, 1), 0},
		"success2": {success(ranking, relevant, 2), 1},
		"rr":       {reciprocal(ranking, relevant, 10), .5},
		"recall2":  {recall(ranking, relevant, 2), .5},
		"recall4":  {recall(ranking, relevant, 4), 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
}

func TestRunAndQuestionForms(t *testing.T) {
	folder := t.TempDir()
	yaml := filepath.Join(folder, "questions.yaml")
	if err := os.WriteFile(yaml, []byte("questions:\n  - id: one\n    text: where do api keys go\n    relevant: [a/secrets.md]\n    answer_quote: Keep API keys in the secret store\n    style: [literal]\n  - id: two\n    text: tell me a joke\n    unanswerable: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	i, _ := built(t, guidance())
	var run strings.Builder
	tick := time.Unix(0, 0)
	report, err := Evaluate(t.Context(), EvalOptions{Questions: yaml, Index: i, Run: &run, Now: func() time.Time { tick = tick.Add(time.Millisecond); return tick }})
	if err != nil {
		t.Fatal(err)
	}
	if report.Queries != 1 || report.Success1 != 1 || report.P50 != 1 || len(report.ByStyle) != 1 || report.Answers.RightPassage != 1 || report.Unanswerable[0].Queries != 1 {
		t.Errorf("%+v", report)
	}
	if !strings.HasPrefix(run.String(), "one Q0 a/secrets.md 1 ") {
		t.Errorf("the run is %q", run.String())
	}
}

// TestARunNamesFilesWithSpaces, as it was written.
func TestARunNamesFilesWithSpaces(t *testing.T) {
	var run strings.Builder
	judged := []QueryResult{{ID: "one", Ranking: []string{"a/other.md", "a/Keys and secrets.md"}, Scores: []float64{2, 1}, Relevant: map[string]float64{"a/Keys and secrets.md": 1}}}
	if err := writeRun(&run, judged); err != nil {
		t.Fatal(err)
	}
	read, err := ReadRun(strings.NewReader(run.String()), judged)
	if err != nil || len(read) != 1 || !slices.Equal(read[0].Ranking, judged[0].Ranking) {
		t.Errorf("%q is read as %+v, %v", run.String(), read, err)
	}
	for _, line := range []string{"one Q0 a/other.md 1 2.0 my tool", "one Q0 a/other.md first 2.0 tool", "one Q0 a/other.md 1 high tool", "one Q0 a/other.md 1 2.0"} {
		if read, err := ReadRun(strings.NewReader(line+"\n"), judged); err == nil || !strings.Contains(err.Error(), "line 1 ") {
			t.Errorf("%q is read as %+v, %v", line, read, err)
		}
	}
}

// TestHeadingsAreShownToo: people see where a text stands, so that counts as shown.
func TestHeadingsAreShownToo(t *testing.T) {
	hit := Hit{Document: knowledge.Document{Title: "Leave"}, Passage: knowledge.Passage{Headings: []string{"Sickness"}}, Snippet: "Ring by ten."}
	if got := share("sickness leave: ring by ten", shownOf(hit)); got != 1 {
		t.Errorf("%v of it is shown", got)
	}
}

func TestBrokenCollectionsAreNamed(t *testing.T) {
	for file, content := range map[string]string{
		"corpus.jsonl":  "{\"title\": \"no id\"}\n",
		"queries.jsonl": "not json\n",
		"qrels.tsv":     "query-id\tcorpus-id\tscore\nonly\ttwo\n",
	} {
		files := map[string]string{"corpus.jsonl": "{\"_id\": \"a\", \"text\": \"b\"}\n", "queries.jsonl": "{\"_id\": \"q\", \"text\": \"b\"}\n", "qrels.tsv": "q\ta\t1\n"}
		files[file] = content
		folder := collection(t, files)
		if _, err := Evaluate(t.Context(), EvalOptions{Folder: folder, Cache: t.TempDir()}); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s broken: %v", file, err)
		}
	}
}

// collection writes a judged collection.
func collection(t *testing.T, files map[string]string) string {
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestTheScenarioOfAQuestionIsAskedWithIt: the question alone cannot tell the two rules apart.
func TestTheScenarioOfAQuestionIsAskedWithIt(t *testing.T) {
	folder := collection(t, map[string]string{
		"corpus.jsonl":  "{\"_id\": \"a\", \"text\": \"You get the tax credit if you work in Wales.\"}\n{\"_id\": \"b\", \"text\": \"You get the tax credit if you care for a child.\"}\n",
		"queries.jsonl": "{\"_id\": \"q\", \"text\": \"Do I get the tax credit?\", \"scenario\": \"I care for my child.\"}\n",
		"qrels.tsv":     "q\tb\t1\n",
	})
	if report, err := Evaluate(t.Context(), EvalOptions{Folder: folder, Cache: t.TempDir()}); err != nil || report.Success1 != 1 {
		t.Errorf("Success@1 %v: %v", report.Success1, err)
	}
}

func TestCompareTellsNoiseFromChange(t *testing.T) {
	var a, b, c []QueryResult
	for i := range 60 {
		id := fmt.Sprint(i)
		a = append(a, QueryResult{ID: id, NDCG10: float64(i%3) / 2})
		b = append(b, QueryResult{ID: id, NDCG10: float64((i+1)%3) / 2})
		c = append(c, QueryResult{ID: id, NDCG10: min(1, float64(i%3)/2+.2)})
	}
	if same := Compare(a, b); same.P < .2 {
		t.Errorf("the same questions in another order differ with p = %v", same.P)
	}
	if better := Compare(a, c); better.P > .01 || better.Difference <= 0 || better.Interval[0] <= 0 || better.Interval[1] < better.Difference || math.Abs(better.Before-.5) > 1e-9 {
		t.Errorf("a better run is not seen: %+v", better)
	}
	if got := slices.Contains([]int{60}, Compare(a, c).Queries); !got {
		t.Error("not all questions were compared")
	}
}
