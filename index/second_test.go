package index

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// TestThePairsOfAQuestionAreItsOwn has what was said before repeat a pair of words until it weighs as much as
// one of the question: the share of pairs that stand side by side is of those of the question alone.
func TestThePairsOfAQuestionAreItsOwn(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Cookies", "Ask for a colour palette before a cookie banner is shown.")}))
	said := Turn{ByUser: true, Text: strings.Repeat("colour palette and palette of colour. ", 4)}
	for _, turns := range [][]Turn{nil, {said}} {
		_, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: "and that banner cookie?", Turns: turns}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if seen.Pairs != 0 {
			t.Errorf("after %d turns %.2f of its pairs stand side by side, want none", len(turns), seen.Pairs)
		}
	}
}

// TestPairsCountWherePassagesAreLookedAt: both pages have the same words as often and as near, but only in one do
// they stand side by side every time; the other comes first by path.
func TestPairsCountWherePassagesAreLookedAt(t *testing.T) {
	docs := map[string]knowledge.Document{
		"a.md": page("One", "Cookie banner rules. Then a cookie of every banner is told of in the rest."),
		"z.md": page("Two", "Cookie banner rules. Then every cookie banner is told of in the rest of a."),
	}
	i, _ := built(t, fake(docs))
	if got := paths(t, i, access.Audience{}, "cookie banner"); len(got) != 2 || got[0] != "z.md" {
		t.Errorf("found %v", got)
	}
}

// TestAPassageOfHardlyAnyWordsComesAfterOneThatSaysSomething: a heading with nothing under it is short, and
// would come first for that.
func TestAPassageOfHardlyAnyWordsComesAfterOneThatSaysSomething(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"a.md": page("Tickets", "# Traffic ticket\nPDF"),
		"z.md": page("Tickets", "# Traffic ticket\nPay a traffic ticket online, by letter or at an office, within fifteen days of getting one from an officer of the state police, county, city, town or village."),
	}))
	if got := paths(t, i, access.Audience{}, "traffic ticket"); len(got) != 2 || got[0] != "z.md" {
		t.Errorf("found %v", got)
	}
}

// TestPairsOfHeadingsCountByHowMuchOfThemIsAsked: a title that is what is asked counts in full, one of which half is so by
// half, and any heading in full under a title that is; where they meet each other or the text nothing stands side by side.
func TestPairsOfHeadingsCountByHowMuchOfThemIsAsked(t *testing.T) {
	tests := []struct {
		path string
		doc  knowledge.Document
		want float64 // of the title that is asked
	}{
		{"title.md", page("Cookie banner", "It shows once."), 1},
		{"half.md", page("Cookie banner wording rules", "It shows once."), .5},
		{"heading.md", page("Rules", "# Cookie banner\nIt shows once."), 1},
		{"below.md", page("Cookie", "# Cookie banner wording rules\nIt shows once."), 1},
		{"text.md", page("Rules", "A cookie banner shows once."), 0},
		{"apart.md", page("Cookie", "# Banner\nIt shows once."), 0},
		{"meets.md", page("Rules", "# Cookie\nBanner of all."), 0},
	}
	docs := map[string]knowledge.Document{}
	for _, test := range tests {
		docs[test.path] = test.doc
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	_, l := preparedIn(t, s, "cookie banner")
	got := map[string]float64{}
	for slot := range s.docOf {
		got[s.docs[s.docOf[slot]].Document.Path] = s.lookThrough(l, slot).headPairs * s.looks[slot].headAsked
	}
	full := l.pairs[0].worth / (1 + ranking.K1)
	for _, test := range tests {
		if math.Abs(got[test.path]-full*test.want) > 1e-9 {
			t.Errorf("%s: %v, want %v of %v", test.path, got[test.path], test.want, full)
		}
	}
	scored := func(weight float64) float64 {
		s := searching(t, i, access.Audience{})
		s.weights.HeadPair = weight
		_, l := preparedIn(t, s, "cookie banner")
		s.lookAgain(l, Question{})
		return best(s.scratch.score)
	}
	if with, without := scored(1), scored(0); with-without < full*ranking.Bare {
		t.Errorf("the best scores %v with pairs of headings and %v without", with, without)
	}
}

// TestMorePagesAreLikelyThanLookedAt: the best passages are read again, and the pages of the next ones put together too.
func TestMorePagesAreLikelyThanLookedAt(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for n := range secondLook + 10 {
		docs[fmt.Sprintf("%02d.md", n)] = page("Kettle", "Boil the kettle twice.")
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	_, l := preparedIn(t, s, "kettle")
	s.lookAgain(l, Question{})
	if len(s.looks) != secondLook || len(s.scratch.likely) != secondLook+10 {
		t.Errorf("%d are looked at and %d likely", len(s.looks), len(s.scratch.likely))
	}
}
