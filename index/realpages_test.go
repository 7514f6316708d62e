package index

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
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

// TestRealPagesOfWhichSomeAreNew takes the lines of 40 of 100 real pages away.
func TestRealPagesOfWhichSomeAreNew(t *testing.T) {
	if testing.Short() {
		t.Skip("left out with -short: it indexes the whole corpus")
	}
	base, err := knowledge.Open(filepath.Join(testdata(t), "corpus"))
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
	t.Run("new ones are found among the others", func(t *testing.T) { newPagesAreFound(t, i, source) })
	t.Run("the first ten are those of all", func(t *testing.T) { firstTenAreOfAll(t, i) })
	t.Run("questions are heard in messages", func(t *testing.T) { questionsAreHeard(t, i) })
	t.Run("pasted texts", func(t *testing.T) { pastedTexts(t, i, source) })
}

// firstTenAreOfAll: to put only the likely pages together changes nothing of the first ten, to the last bit, nor of how
// sure it is.
func firstTenAreOfAll(t *testing.T, i *Index) {
	for _, q := range realQuestions(t) {
		var firstOf [2][]string
		for n, limit := range []int{10, mostPages} { // five times as many are put together: all there are
			results, _, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: q, Limit: limit}, 0)
			if err != nil {
				t.Fatal(err)
			}
			firstOf[n] = append(firstOf[n], fmt.Sprintf("%s %b", results.Band, results.Confidence))
			for _, hit := range results.Hits[:min(10, len(results.Hits))] {
				firstOf[n] = append(firstOf[n], fmt.Sprintf("%s %b", hit.Document.Path, hit.Score))
			}
		}
		if !slices.Equal(firstOf[0], firstOf[1]) {
			t.Errorf("%q finds\n%s\nof the likely pages, and of all\n%s", q, strings.Join(firstOf[0], "\n"), strings.Join(firstOf[1], "\n"))
		}
	}
}

// newPagesAreFound asks for pages without lines, and for the others. What is found is written down, so that a change
// shows.
func newPagesAreFound(t *testing.T, i *Index, source partlyAsked) {
	type tally struct{ asked, first, five int }
	var lost, kept tally
	for _, name := range []string{"gov_questions", "gov_issue_questions", "gov_everyday"} {
		report, err := Evaluate(t.Context(), EvalOptions{Questions: filepath.Join(testdata(t), "eval", "gov", name+".jsonl"), Index: i, Now: time.Now})
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
