package index

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liaison/knowledge"
)

var fit = flag.String("fit", "", "what to fit anew on the data of LIAISON_TESTDATA: fusion, sound, and the confidence with asked lines, asked, and without, plain; commas between")

// TestFit writes what is fitted, fusion.json, sound.txt and confidence.json: go test ./index -run TestFit -fit plain,asked -v
// -timeout 30m. Fit the confidence once more after the fusion, as it sees what that finds. Judge what it wrote before it
// is taken (package doc): a model that is no better stays as it was.
func TestFit(t *testing.T) {
	if *fit == "" {
		t.Skip("fitted numbers are kept; -fit fits them anew")
	}
	for part := range strings.SplitSeq(*fit, ",") {
		if !slices.Contains([]string{"fusion", "sound", "plain", "asked"}, part) {
			t.Fatalf("-fit %s: name fusion, sound, plain or asked", part)
		}
	}
	eval := filepath.Join(testdata(t), "eval")
	cache := filepath.Join(os.TempDir(), "liaison-fit")
	corpus, ours := knowledgeIndex(t, filepath.Join(testdata(t), "corpus"), cache), knowledgeIndex(t, filepath.Join("..", "knowledge"), cache)
	gov := func(name string) string { return filepath.Join(eval, "gov", name+".jsonl") }
	wants := func(part string) bool { return slices.Contains(strings.Split(*fit, ","), part) }
	written := func(name string) string { return filepath.Join("testdata", "fit", name+".jsonl") }
	o := fitOptions{Log: os.Stdout, Cache: cache, Alike: [][]string{{"gov", "ours", "cv"}, {"doc2dial", "orsharc", "mtrag"}}, Knowledge: []judgedKnowledge{
		{Name: "gov everyday", Index: corpus, Questions: []string{gov("gov_everyday")}},
		{Name: "gov", Index: corpus, Questions: []string{gov("gov_questions"), gov("gov_issue_questions")}},
		{Name: "typed", Index: corpus, Questions: []string{written("questions")}},
		{Name: "ours", Index: ours, Questions: []string{filepath.Join("..", "knowledge", "questions.yaml")}, Weight: .25},
	}, Aside: []string{written("aside")}, AtWork: []string{written("atwork")}, Typed: []string{written("questions")}}
	for _, set := range []string{"cv_faq", "doc2dial_doc", "doc2dial_passage", "gov_faq_headings", "gov_faq_pages", "mtrag_pool", "orsharc", "scifact"} {
		o.Folders = append(o.Folders, filepath.Join(eval, set))
	}
	if wants("fusion") {
		writeFitted(t, "fusion.json", o, learnFusion)
	}
	if wants("sound") {
		writeFitted(t, "sound.txt", o, learnSound)
	}
	if o.Plain, o.Asked = wants("plain"), wants("asked"); o.Plain || o.Asked {
		writeFitted(t, "confidence.json", o, learnConfidence)
	}
}

func TestASearchThatFailsEndsTheFit(t *testing.T) {
	i, _ := built(t, spread(3, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, q := range map[string]judged{"answerable": {ID: "a", Text: "a word"}, "unanswerable": {ID: "u", Text: "a word", Unanswerable: true}} {
		c := collectionOf{name: name, evaluation: &evaluation{EvalOptions: EvalOptions{Index: i}, queries: []judged{q}, qrels: map[string]map[string]float64{"a": {"x/1.md": 1}}}}
		if _, err := c.examples(ctx, fitOptions{}, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func knowledgeIndex(t *testing.T, folder, cache string) *Index {
	base, err := knowledge.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	dir := Dir(cache, base.Root+folder)
	if _, err := Build(t.Context(), Knowledge(base), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	i, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i
}

func writeFitted(t *testing.T, file string, o fitOptions, fitted func(context.Context, fitOptions, io.Writer) error) {
	var data bytes.Buffer
	if err := fitted(t.Context(), o, &data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestMessagesTeachWhatIsHere: one about something else is not, one such as people ask at work is, whatever answers; and that
// is asked of knowledge only.
func TestMessagesTeachWhatIsHere(t *testing.T) {
	i, _ := built(t, wordy())
	dir := t.TempDir()
	write := func(name, line string) []string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{path}
	}
	o := fitOptions{Aside: write("aside.jsonl", `{"text": "who won the giraffe race"}`), AtWork: write("atwork.jsonl", `{"text": "may I order a laptop"}`)}
	for folder, want := range map[bool]string{false: "false/false true/true", true: "false/false"} {
		c := collectionOf{"some", &evaluation{EvalOptions: EvalOptions{Index: i}}, 4, folder}
		examples, err := c.examples(t.Context(), o, &messageCounts{})
		var got []string
		weight := 0.
		for _, e := range examples {
			got = append(got, fmt.Sprintf("%v/%v", e.here, e.unsure))
			weight += e.weight
		}
		if err != nil || strings.Join(got, " ") != want || weight != float64(4*len(examples)) {
			t.Errorf("of a folder %v: %s, weighing %v, want %s (%v)", folder, got, weight, want, err)
		}
		var log strings.Builder
		describe(confidence.Asked, examples, 0, 0, &log)
		if !strings.Contains(log.String(), "off topic refused 0.00 of 1; answerable refused 0.000 of 0; right ones answered 0.00 of 0; wrong ones answered 0.00 of 0;") {
			t.Errorf("of what nobody knows an answer to, answers are counted: %s", &log)
		}
	}
	if _, err := (collectionOf{name: "some", evaluation: &evaluation{EvalOptions: EvalOptions{Index: i}}}).examples(t.Context(), fitOptions{Aside: []string{filepath.Join(dir, "none")}}, &messageCounts{}); err == nil {
		t.Error("a file of messages that is not there is no error")
	}
}
