package index

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"liaison/knowledge"
)

// partlyAsked is a source of which some pages have lost what people would ask for them, as new ones have none yet.
type partlyAsked struct {
	Source
	lost int // of a hundred
}

func (p partlyAsked) loses(path string) bool { return int(hash32(path)%100) < p.lost }

func (p partlyAsked) Read(ctx context.Context, file File) (knowledge.Document, []knowledge.Problem, bool, error) {
	doc, problems, ok, err := p.Source.Read(ctx, file)
	if p.loses(doc.Path) {
		doc.AskedAs = nil
		for i := range doc.Passages {
			doc.Passages[i].AskedAs = nil
		}
	}
	return doc, problems, ok, err
}

// TestNewPagesAreFoundAmongAskedOnes takes the lines of 40 of 100 real pages away and asks for those, and for the
// others. What is found is written down, so that a change shows.
func TestNewPagesAreFoundAmongAskedOnes(t *testing.T) {
	if testing.Short() {
		t.Skip("left out with -short: it indexes the whole corpus")
	}
	folder := testdata(t)
	base, err := knowledge.Open(filepath.Join(folder, "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	source := partlyAsked{Knowledge(base), 40}
	dir := t.TempDir()
	if _, err := Build(t.Context(), source, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	i, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	type tally struct{ asked, first, five int }
	var lost, kept tally
	for _, name := range []string{"gov_questions", "gov_issue_questions", "gov_everyday"} {
		report, err := Evaluate(t.Context(), EvalOptions{Questions: filepath.Join(folder, "eval", "gov", name+".jsonl"), Index: i, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range report.Results {
			n := 0
			for path := range q.Relevant {
				if source.loses(path) {
					n++
				}
			}
			to := &tally{}
			switch n {
			case len(q.Relevant):
				to = &lost
			case 0:
				to = &kept
			}
			to.asked++
			to.first += int(success(q.Ranking, q.Relevant, 1))
			to.five += int(success(q.Ranking, q.Relevant, 5))
		}
	}
	t.Logf("of pages without lines, first and among five: %+v; of others: %+v", lost, kept)
	if lost.five < 18 || lost.first < 12 || kept.first < 48 || kept.five < 64 { // without a guess: 9 and 4, 51 and 67
		t.Errorf("fewer are found: %+v of pages without lines, %+v of others", lost, kept)
	}
}
