package index

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// testdata returns the folder of real data, or skips: the project passes its tests without it.
func testdata(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("LIAISON_TESTDATA")
	if folder == "" {
		t.Skip("LIAISON_TESTDATA is not set: name the folder that holds corpus/ and eval/ to run this on real documents")
	}
	return folder
}

// realIndex builds the index of the real corpus once for all benchmarks.
func realIndex(b *testing.B) *Index {
	base, err := knowledge.Open(filepath.Join(testdata(b), "corpus"))
	if err != nil {
		b.Fatal(err)
	}
	dir := Dir(filepath.Join(os.TempDir(), "liaison-bench"), base.Root)
	if _, err := Build(b.Context(), Knowledge(base), dir, Options{}); err != nil {
		b.Fatal(err)
	}
	i, err := Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { i.Close() })
	return i
}

func realQuestions(b *testing.B) []string {
	var out []string
	for _, name := range []string{"gov_questions", "gov_issue_questions", "gov_everyday"} {
		err := eachLine(filepath.Join(testdata(b), "eval", "gov", name+".jsonl"), func(line []byte) error {
			var q judged
			err := json.Unmarshal(line, &q)
			out = append(out, q.Text)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return out
}

// BenchmarkSearch times whole searches, ten documents each, over the real corpus.
func BenchmarkSearch(b *testing.B) {
	i, questions := realIndex(b), realQuestions(b)
	n := 0
	for _, q := range questions {
		if _, err := i.Search(b.Context(), access.Audience{}, Question{Text: q}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := i.Search(b.Context(), access.Audience{}, Question{Text: questions[n%len(questions)]}); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// BenchmarkBuild times a full index of the real corpus, reading included.
func BenchmarkBuild(b *testing.B) {
	base, err := knowledge.Open(filepath.Join(testdata(b), "corpus"))
	if err != nil {
		b.Fatal(err)
	}
	passages := 0
	for b.Loop() {
		receipt, err := Build(context.Background(), Knowledge(base), filepath.Join(b.TempDir(), "new"), Options{})
		if err != nil {
			b.Fatal(err)
		}
		passages += receipt.Passages
	}
	b.ReportMetric(float64(passages)/b.Elapsed().Seconds(), "passages/s")
}
