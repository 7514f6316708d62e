package index

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"liaison/knowledge"
)

var fit = flag.Bool("fit", false, "fit fusion.json and confidence.json anew on the data of LIAISON_TESTDATA")

// TestFit writes the fitted numbers: go test ./index -run TestFit -fit -v -timeout 30m. Run it once
// more after the fusion changed, since the confidence sees what the fusion finds. Judge what it wrote before it is taken
// (package doc): a model that is no better stays as it was.
func TestFit(t *testing.T) {
	if !*fit {
		t.Skip("fitted numbers are kept; -fit fits them anew")
	}
	eval := filepath.Join(testdata(t), "eval")
	cache := filepath.Join(os.TempDir(), "liaison-fit")
	corpus, ours := knowledgeIndex(t, filepath.Join(testdata(t), "corpus"), cache), knowledgeIndex(t, filepath.Join("..", "knowledge"), cache)
	gov := func(name string) string { return filepath.Join(eval, "gov", name+".jsonl") }
	o := FitOptions{Log: os.Stdout, Cache: cache, Plain: true, Asked: true, Alike: [][]string{{"gov", "ours", "cv"}, {"doc2dial", "orsharc", "mtrag"}}, Knowledge: []JudgedKnowledge{
		{Name: "gov everyday", Index: corpus, Questions: []string{gov("gov_everyday")}},
		{Name: "gov", Index: corpus, Questions: []string{gov("gov_questions"), gov("gov_issue_questions")}},
		{Name: "ours", Index: ours, Questions: []string{filepath.Join("..", "knowledge", "questions.yaml")}, Weight: .25},
	}}
	for _, set := range []string{"cv_faq", "doc2dial_doc", "doc2dial_passage", "gov_faq_headings", "gov_faq_pages", "mtrag_pool", "orsharc", "scifact"} {
		o.Folders = append(o.Folders, filepath.Join(eval, set))
	}
	var data bytes.Buffer
	if err := FitFusion(t.Context(), o, &data); err != nil {
		t.Fatal(err)
	}
	writeFitted(t, "fusion.json", data.Bytes())
	data.Reset()
	if err := Fit(t.Context(), o, &data); err != nil {
		t.Fatal(err)
	}
	writeFitted(t, "confidence.json", data.Bytes())
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

func writeFitted(t *testing.T, file string, data []byte) {
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
