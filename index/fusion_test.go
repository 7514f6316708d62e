package index

import (
	"fmt"
	"io"
	"math"
	"testing"

	"liaison/bot/access"
)

func TestLinesOfASectionLeadToIt(t *testing.T) {
	source := guidance()
	doc := page("Time off", "# Holidays\nHolidays are booked with the calendar. Everybody books holidays.", "# Sickness\nTell the office by ten.", "# Holidays carried over\nHolidays lapse in April.")
	doc.Passages[1].AskedAs = []string{"woke up feeling rotten, who do I ring"}
	source.docs["d/leave.md"] = doc
	i, _ := built(t, source)
	for _, text := range []string{"feeling rotten, who do I ring", "rotten when I woke up"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text, Explain: true})
		if err != nil || len(results.Hits) == 0 {
			t.Fatal(results, err)
		}
		hit := results.Hits[0]
		if hit.Document.Path != "d/leave.md" || hit.Passage.Headings[0] != "Sickness" {
			t.Errorf("%q leads to %s, %v", text, hit.Document.Path, hit.Passage)
		}
		if len(hit.Why) < 2 || hit.Why[1] != `decided by what people would ask: "woke up feeling rotten, who do I ring"` {
			t.Errorf("it is explained as %q", hit.Why)
		}
	}
}

func TestWithoutLinesTheTextOrders(t *testing.T) {
	for _, k := range []kind{{}, {1, 1}, {0, 1}, {1, 0}} {
		weights := fused.weigh(k)
		for i, w := range weights {
			if w < 0 || i == 0 && w < leastText {
				t.Errorf("for a question like %v %s counts %v", k, partNames[i], w)
			}
		}
		if (parts{text: .2}).score(weights) >= (parts{text: .3}).score(weights) {
			t.Errorf("for a question like %v less text is more", k)
		}
	}
}

// TestFusionLearnsTheKind has questions whose right page is best by text when it covers them, and by
// lines when it does not.
func TestFusionLearnsTheKind(t *testing.T) {
	var questions []listed
	for i := range 60 {
		k := kind{covered: float64(i%2) * .9, words: .5}
		q := listed{group: "made", weight: 1, kind: k}
		for j := range 10 {
			text, line := float64(j)/10, float64(9-j)/10
			q.docs = append(q.docs, listedDocument{parts{text: text, line: line}, j == 9*(i%2)})
		}
		questions = append(questions, q)
	}
	f := fitFusion(questions)
	for _, q := range questions {
		if q.rank(f) != 0 {
			t.Fatalf("a question like %v ranks its page %d under %+v", q.kind, q.rank(f)+1, f)
		}
	}
	crossValidate(questions, io.Discard)
	for name, p := range f.Parts {
		if math.IsNaN(p.Always + p.Covered + p.Words) {
			t.Error(fmt.Sprint(name, " has no number"))
		}
	}
}
