package index

import (
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
