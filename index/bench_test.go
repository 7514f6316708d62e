package index

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func realQuestions(b testing.TB) []string {
	var out []string
	for _, name := range []string{"gov_questions", "gov_issue_questions", "gov_everyday"} {
		err := EachLine(filepath.Join(testdata(b), "eval", "gov", name+".jsonl"), func(line []byte) error {
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

// parted spreads a source over partitions, public and organisations, by path.
type parted struct {
	Source
	partitions int
	edition    int // of the one file that changes
	changing   string
}

func (p *parted) Files(ctx context.Context) ([]File, []knowledge.Problem, error) {
	files, problems, err := p.Source.Files(ctx)
	for i := range files {
		if files[i].Path == p.changing {
			files[i].Digest += fmt.Sprint(p.edition)
		}
	}
	return files, problems, err
}

func (p *parted) Read(ctx context.Context, file File) (knowledge.Document, []knowledge.Problem, bool, error) {
	doc, problems, ok, err := p.Source.Read(ctx, file)
	if at := int(hash32(file.Path)) % p.partitions; at > 0 {
		doc.Visibility = access.Organisation(organisations[at-1])
	}
	if file.Path == p.changing && len(doc.Passages) > 0 {
		doc.Passages[0].Text += fmt.Sprintf(" edition%d", p.edition)
	}
	return doc, problems, ok, err
}

// BenchmarkSearchPartitions times searches over the same corpus in 1, 2, 4 and 8 partitions.
func BenchmarkSearchPartitions(b *testing.B) {
	base, err := knowledge.Open(filepath.Join(testdata(b), "corpus"))
	if err != nil {
		b.Fatal(err)
	}
	questions, who := realQuestions(b), access.StaffOf(organisations...)
	for _, n := range []int{1, 2, 4, 8} {
		dir := filepath.Join(b.TempDir(), "index")
		if _, err := Build(b.Context(), &parted{Source: Knowledge(base), partitions: n}, dir, Options{}); err != nil {
			b.Fatal(err)
		}
		i, err := Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		for _, q := range questions {
			if _, err := i.Search(b.Context(), who, Question{Text: q}); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			at := 0
			for b.Loop() {
				if _, err := i.Search(b.Context(), who, Question{Text: questions[at%len(questions)]}); err != nil {
					b.Fatal(err)
				}
				at++
			}
		})
		i.Close()
	}
}

// BenchmarkOneChangedFile times a reindex after one file of the real corpus changed, until a search
// sees it.
func BenchmarkOneChangedFile(b *testing.B) {
	base, err := knowledge.Open(filepath.Join(testdata(b), "corpus"))
	if err != nil {
		b.Fatal(err)
	}
	source := &parted{Source: Knowledge(base), partitions: 1, changing: "gds/gds-way/source/standards/storing-credentials.html.md.erb"}
	dir := filepath.Join(b.TempDir(), "index")
	if _, err := Build(b.Context(), source, dir, Options{}); err != nil {
		b.Fatal(err)
	}
	i, err := Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer i.Close()
	for b.Loop() {
		source.edition++
		if _, err := Build(b.Context(), source, dir, Options{}); err != nil {
			b.Fatal(err)
		}
		if got := paths(b, i, access.Audience{}, fmt.Sprintf("edition%d", source.edition)); len(got) == 0 {
			b.Fatal("the change is not visible")
		}
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

// hostileKinds are questions that are dear to answer: long, of common words, of unknown ones, of
// slips, of parts that join, within a long conversation.
func hostileKinds(questions []string) map[string]Question {
	all := strings.Join(questions, " ")
	var slips, keys []string
	for _, w := range strings.Fields(all) {
		if len(w) > 7 {
			slips = append(slips, w[:3]+w[4:])
		}
		keys = append(keys, w+"-x_"+w)
	}
	turn := Turn{ByUser: true, Text: all}
	return map[string]Question{
		"long":     {Text: all},
		"common":   {Text: strings.Repeat("user service team data page content design test code government ", 40)},
		"unknown":  {Text: strings.Repeat("xqzvw jfkwq zzyxw qwvxz ", 100)},
		"slips":    {Text: strings.Join(slips, " ")},
		"compound": {Text: strings.Join(keys, " ")},
		"talk":     {Text: questions[0], Turns: []Turn{turn, turn, turn, turn, turn, turn, turn, turn}},
	}
}

// BenchmarkHostile times questions that are dear to answer beside normal ones ("normal").
func BenchmarkHostile(b *testing.B) {
	i, questions := realIndex(b), realQuestions(b)
	kinds := hostileKinds(questions)
	for _, q := range questions {
		if _, err := i.Search(b.Context(), access.Audience{}, Question{Text: q}); err != nil {
			b.Fatal(err)
		}
	}
	run := func(name string, next func(n int) Question) {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				if _, err := i.Search(b.Context(), access.Audience{}, next(n)); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
	run("normal", func(n int) Question { return Question{Text: questions[n%len(questions)]} })
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		run(name, func(int) Question { return kinds[name] })
	}
}
