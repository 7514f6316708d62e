package ask

import (
	"testing"

	"liaison/index"
	"liaison/knowledge"
)

// TestWhatASectionIsWorth holds each thing that counts against another section that differs in it alone.
func TestWhatASectionIsWorth(t *testing.T) {
	costs := index.Hit{Passage: knowledge.Passage{Text: "It costs £40 a day."}}
	free := index.Hit{Passage: knowledge.Passage{Text: "It costs what it costs."}}
	half := index.Match{Held: .6}
	for name, c := range map[string]struct {
		text        string
		better, not section
	}{
		"never shown before shown twice ago": {"the badge", section{match: half}, section{match: half, shown: 2}},
		"shown twice ago before just shown":  {"the badge", section{match: half, shown: 2}, section{match: half, shown: 1}},
		"a price for how much":               {"how much is it", section{hit: costs, theme: 1}, section{hit: free, theme: 1}},
		"its own pages for what leans on it": {"who signs it", section{match: half, theme: .5}, section{match: index.Match{Held: .9}}},
	} {
		wanted := wantedBy(c.text)
		c.better.judge(wanted)
		c.not.judge(wanted)
		if c.better.worth <= c.not.worth {
			t.Errorf("%s: %v, and the other %v", name, c.better.worth, c.not.worth)
		}
	}
	other := section{match: index.Match{Held: .9}}
	if other.judge(wantedBy("who signs it")); other.speaks {
		t.Error("a page of another subject speaks of “it”")
	}
}
