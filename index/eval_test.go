package index

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
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

// TestARunIsReadAsItWasWritten, whatever its names hold; and names without spaces stand in it as they are.
func TestARunIsReadAsItWasWritten(t *testing.T) {
	for _, name := range []string{"a b", "a  b", " a", "a\tb", "a%20b", "50% of b", "a\u00a0b", "caf\u00e9 b"} {
		var run strings.Builder
		judged := []QueryResult{{ID: name, Ranking: []string{name, "plain"}, Scores: []float64{2, 1}, Relevant: map[string]float64{name: 1}}}
		if err := writeRun(&run, judged); err != nil {
			t.Fatal(err)
		}
		read, err := ReadRun(strings.NewReader(run.String()), judged)
		if err != nil || !slices.Equal(read[0].Ranking, judged[0].Ranking) {
			t.Errorf("%q is read as %+v, %v", run.String(), read, err)
		}
	}
	var run strings.Builder
	if err := writeRun(&run, []QueryResult{{ID: "q", Ranking: []string{"https://x.example/a%20b"}, Scores: []float64{1}}}); err != nil || run.String() != "q Q0 https://x.example/a%20b 1 1 liaison\n" {
		t.Errorf("%q, %v", run.String(), err)
	}
	if err := writeRun(&run, []QueryResult{{}}); err == nil {
		t.Error("a question without an id is written, which cannot be read")
	}
}

// TestRunsOfOtherTools are read by rank, else by score, and a document counts once.
func TestRunsOfOtherTools(t *testing.T) {
	judged := []QueryResult{{ID: "q", Relevant: map[string]float64{"a": 1}}}
	for name, lines := range map[string]string{
		"by rank":            "q Q0 b 2 9 t\nq Q0 c 3 8 t\nq Q0 a 1 7 t\n",
		"all ranks alike":    "q Q0 b 0 2 t\nq Q0 c 0 1 t\nq Q0 a 0 3 t\n",
		"no ranks":           "q Q0 b - 2 t\nq Q0 c - 1 t\nq Q0 a - 3 t\n",
		"as written":         "q Q0 a 1 1 t\nq Q0 b 1 1 t\nq Q0 c 1 1 t\n",
		"a document twice":   "q Q0 a 1 4 t\nq Q0 b 2 3 t\nq Q0 a 3 2 t\nq Q0 c 4 1 t\n",
		"a byte order mark":  "\ufeffq Q0 a 1 3 t\nq Q0 b 2 2 t\n\nq Q0 c 3 1 t\n",
		"between two others": "x Q0 c 1 3 t\nq Q0 a 1 3 t\nx Q0 b 2 2 t\nq Q0 b 2 2 t\nq Q0 c 3 1 t\n",
	} {
		read, err := ReadRun(strings.NewReader(lines), judged)
		if err != nil || strings.Join(read[0].Ranking, " ") != "a b c" || read[0].NDCG10 != 1 {
			t.Errorf("%s: %+v, %v", name, read, err)
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

// small is a collection that can be judged, with some files in the place of its own.
func small(t *testing.T, instead map[string]string) string {
	files := map[string]string{
		"corpus.jsonl":  "{\"_id\": \"a\", \"text\": \"Secrets live in the store.\"}\n{\"_id\": \"b\", \"text\": \"Lunch is at noon.\"}\n",
		"queries.jsonl": "{\"_id\": \"q\", \"text\": \"where do secrets live\"}\n{\"_id\": \"r\", \"text\": \"when is lunch\"}\n",
		"qrels.tsv":     "query-id\tcorpus-id\tscore\nq\ta\t1\nr\tb\t1\n",
	}
	for name, text := range instead {
		files[name] = text
	}
	return collection(t, files)
}

// besides are the options of a small collection with the files that are judged beside it.
func besides(folder string, instead map[string]string) EvalOptions {
	o := EvalOptions{Folder: folder}
	for name, to := range map[string]*string{"unanswerable": &o.Unanswerable, "answers": &o.Answers, "turns": &o.FollowUps, "run": &o.Against} {
		if _, ok := instead[name]; ok {
			*to = filepath.Join(folder, name)
		}
	}
	return o
}

// TestWhatCannotBeJudgedIsAnError, with its file and line: figures of nothing would look like those of a bad search.
func TestWhatCannotBeJudgedIsAnError(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"queries.jsonl", "", "queries.jsonl holds no questions"},
		{"qrels.tsv", "", `no page is named as right for any of the 2 questions, such as "q" in line 1: name it in qrels.tsv`},
		{"qrels.tsv", "x\ta\t1\n", "nothing can be judged"},
		{"qrels.tsv", "q\ta\t0\n", "nothing can be judged"},
		{"qrels.tsv", "q\tx\t1\nq\tw\t1\n", `qrels.tsv: 2 of 2 judgments name a page that is not here (the first is "w"): nothing can be judged`},
		{"qrels.tsv", "q\ta\t1\nq\tb\tNaN\n", "qrels.tsv line 2: NaN is no grade"},
		{"qrels.tsv", "q\ta\tInf\n", "qrels.tsv line 1: Inf is no grade"},
		{"queries.jsonl", "{\"_id\": \"q\", \"text\": \"a\"}\n{\"_id\": \"r\", \"txt\": \"b\"}\n", "queries.jsonl line 2: the question has no text"},
		{"queries.jsonl", "{\"_id\": \"q\", \"text\": \"a\"}\n\n{\"_id\": \"q\", \"text\": \"b\"}\n", `queries.jsonl line 3: the id "q" is that of line 1, too`},
		{"queries.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n", "queries.jsonl line 2: there is no id, as in line 1"},
		{"queries.jsonl", "{\"_id\": 7, \"text\": \"a\"}\n", `queries.jsonl line 1: "_id" is a number: expected a text, in quotes`},
		{"queries.jsonl", "7\n", "queries.jsonl line 1: this is no object (number)"},
		{"queries.jsonl", "{\"_id\":\n", "queries.jsonl line 1: this is no JSON"},
		{"corpus.jsonl", "{\"_id\": \"a\", \"text\": \"b\"}\n{\"_id\": \"a\", \"text\": \"c\"}\n", `corpus.jsonl line 2: the id "a" is that of line 1, too`},
		{"unanswerable", "", "unanswerable holds no questions"},
		{"unanswerable", "{\"txt\": \"a\"}", "unanswerable line 1: the question has no text"},
		{"answers", "", "answers holds no right sentences"},
		{"answers", "{\"_id\": \"x\", \"text\": \"b\"}\n", `answers: 1 of 1 right sentences are of a question that is not asked here (the first is "x"): nothing can be judged`},
		{"answers", "{\"_id\": \"q\", \"txt\": \"b\"}\n", "answers line 1: the right sentence is missing"},
		{"answers", "{\"_id\": \"q\", \"text\": \"b\"}\n{\"_id\": \"q\", \"text\": \"c\"}\n", `answers line 2: the id "q" is that of line 1, too`},
		{"turns", "{\"_id\": \"t\", \"history_latest_first\": [\"user:lunch\"], \"doc\": \"b\"}\n", "turns holds no turn that follows another one"},
		{"turns", "{\"_id\": \"t\", \"history_latest_first\": [\"user:when?\", \"user:lunch\"], \"doc\": \"x\"}\n", `turns: 1 of 1 turns name a document that is not here (the first is "x"): nothing can be judged`},
		{"turns", "{\"_id\": \"t\", \"history\": [\"user:when?\", \"user:lunch\"], \"doc\": \"b\"}\n", "turns line 1: the turn says nothing"},
		{"turns", "{\"_id\": \"t\", \"history_latest_first\": [\"when?\", \"user:lunch\"], \"doc\": \"b\"}\n", "turns line 1: every entry"},
		{"run", "q Q0 a 1 NaN tool\n", "run: line 1 of the run to compare with: expected"},
	} {
		instead := map[string]string{c.file: c.text}
		if _, err := Evaluate(t.Context(), besides(small(t, instead), instead)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %q: got %v, want %s", c.file, c.text, err, c.want)
		}
	}
}

// TestWhatIsPassedOverIsSaid: what is left of half a collection is judged.
func TestWhatIsPassedOverIsSaid(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"qrels.tsv", "q\ta\t1\n", `1 of 2 questions are not judged, as no page is named as right for them (the first is "r", in line 2)`},
		{"qrels.tsv", "q\ta\t1\nr\tx\t1\n", `qrels.tsv: 1 of 2 judgments name a page that is not here (the first is "x"): it counts as not found`},
		{"answers", "{\"_id\": \"x\", \"text\": \"b\"}\n{\"_id\": \"q\", \"text\": \"secrets\"}\n", `answers: 1 of 2 right sentences are of a question that is not asked here (the first is "x"): they are passed over`},
		{"turns", "{\"_id\": \"t\", \"history_latest_first\": [\"user:when?\", \"user:lunch\"], \"doc\": \"x\"}\n{\"_id\": \"u\", \"history_latest_first\": [\"user:when?\", \"user:lunch\"], \"doc\": \"b\"}\n", `turns: 1 of 2 turns name a document that is not here (the first is "x"): it counts as not found`},
		{"run", "q Q0 a 1 1 tool\n", "run: the run to compare with answers 1 of 2 questions; it counts as finding nothing for the others"},
	} {
		instead := map[string]string{c.file: c.text}
		report, err := Evaluate(t.Context(), besides(small(t, instead), instead))
		if err != nil || len(report.Warnings) != 1 || !strings.HasSuffix(report.Warnings[0], c.want) {
			t.Errorf("%s of %q: got %q, %v, want %s", c.file, c.text, report.Warnings, err, c.want)
		}
	}
	if report, err := Evaluate(t.Context(), EvalOptions{Folder: small(t, nil)}); err != nil || report.Warnings != nil {
		t.Errorf("of a sound collection: %q, %v", report.Warnings, err)
	}
}

// TestAnAbsenceTellsNothingHidden: a page that an audience may not see is for it as one that is not there.
func TestAnAbsenceTellsNothingHidden(t *testing.T) {
	secret := page("Secret", "The plan.")
	secret.Visibility = access.Staff
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Open", "Text."), "b.md": secret}))
	folder := collection(t, map[string]string{"q.jsonl": "{\"id\": \"1\", \"text\": \"text\", \"relevant\": [\"a.md\", \"b.md\"]}\n"})
	for name, c := range map[string]struct {
		who      access.Audience
		warnings int
	}{"public": {access.Audience{}, 1}, "staff": {access.StaffOf(), 0}} {
		report, err := Evaluate(t.Context(), EvalOptions{Questions: filepath.Join(folder, "q.jsonl"), Index: i, Audience: c.who})
		if err != nil || len(report.Warnings) != c.warnings {
			t.Errorf("%s: %q, %v", name, report.Warnings, err)
		}
	}
}

func TestMissingFilesAreNamedWithTheForm(t *testing.T) {
	for _, name := range []string{"corpus.jsonl", "queries.jsonl", "qrels.tsv"} {
		folder := small(t, nil)
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Evaluate(t.Context(), EvalOptions{Folder: folder}); err == nil || !strings.HasSuffix(err.Error(), "has no "+name+": a folder in BEIR form holds corpus.jsonl, queries.jsonl and qrels.tsv") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestQuestionsInYAML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"- {id: one, text: a, relevant: [p.md]}\n", "p.md"},
		{"\ufeffquestions:\n  - {id: one, text: a, relevant: p.md, style: typo}\n", "p.md"},
		{"questions: 5\n", "line 1: expected a list of questions"},
		{"{}\n", "line 1: expected a list of questions"},
		{"- one\n", "line 1: expected a question"},
		{"- id: one\n  text: a\n  relevant: {p.md: 1}\n", "line 3: expected a text here"},
		{"questions:\n  - id: one\n    text: [a]\n", "line 3: expected a text here"},
		{"- id: one\n  text: a\n- id: two\n  txt: b\n", "line 3: the question has no text"},
		{"- id: one\n  text: a: b\n", "line 2: mapping values"},
	} {
		questions, err := decodeQuestions([]byte(c.text))
		got := fmt.Sprint(err)
		if err == nil {
			got = strings.Join(questions[0].Relevant, " ")
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%q: got %s, want %s", c.text, got, c.want)
		}
	}
}

// TestLines: editors write byte order marks, and a line may be too long to read.
func TestLines(t *testing.T) {
	folder := small(t, map[string]string{"marked": "\ufeff{}\n", "long": ""})
	if err := EachLine(filepath.Join(folder, "marked"), func(line []byte) error {
		if string(line) != "{}" {
			t.Errorf("the line is %q", line)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	long := filepath.Join(folder, "long")
	if err := os.Truncate(long, maxLine+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{long: "long line 1: it is longer than 64 MB", filepath.Join(folder, "none"): "there is no file ", folder: "read " + folder + ": "} {
		if err := EachLine(path, func([]byte) error { return nil }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestEveryMeanHasItsInterval, as JSON holds them.
func TestEveryMeanHasItsInterval(t *testing.T) {
	files := map[string]string{
		"answers":       "{\"_id\": \"q\", \"text\": \"secrets live in the store\"}\n",
		"turns":         "{\"_id\": \"t\", \"history_latest_first\": [\"user:when?\", \"user:lunch\"], \"doc\": \"b\"}\n",
		"unanswerable":  "{\"text\": \"who breeds alpacas\", \"unanswerable\": \"off_topic\"}\n",
		"queries.jsonl": "{\"_id\": \"q\", \"text\": \"where do secrets live\", \"style\": [\"plain\"]}\n{\"_id\": \"r\", \"text\": \"alpacas\"}\n",
	}
	r, err := Evaluate(t.Context(), besides(small(t, files), files))
	if err != nil {
		t.Fatal(err)
	}
	half, whole := [2]float64{0, 1}, [2]float64{1, 1}
	for name, c := range map[string]struct{ got, want any }{
		"report": {r.Intervals, map[string][2]float64{"ndcg@10": half, "success@1": half, "success@5": half, "mrr@10": half, "recall@100": half, surestName: whole}},
		"bands":  {r.BandIntervals, map[Band][2]float64{BandAnswer: half, BandNone: half}},
		"style":  {r.ByStyle[0].Intervals, map[string][2]float64{"ndcg@10": whole, "success@1": whole, "success@5": whole}},
		"none":   {r.Unanswerable[0].Intervals, map[Band][2]float64{BandNone: whole}},
		"answer": {r.Answers.Intervals, map[string][2]float64{"top": whole, "right_passage": whole}},
		"turns":  {r.FollowUps.Intervals, map[string][2]float64{"ndcg@10": whole, "success@1": whole, "recall@100": whole}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
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

// TestJunkIsNoBetterThanWrong: a grade below 0 takes nothing from the others.
func TestJunkIsNoBetterThanWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qrels.tsv")
	if err := os.WriteFile(path, []byte("q\ta\t2\nq\tb\t-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readQrels(path)
	if want := (map[string]map[string]float64{"q": {"a": 2, "b": 0}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
}
