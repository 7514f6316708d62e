package index

import (
	"slices"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

func TestPartOfPage(t *testing.T) {
	for path, want := range map[string]struct {
		page  string
		place int
		ok    bool
	}{
		"dmv:000#12":         {"dmv:000", 12, true},
		"a/README.md#1":      {"a/README.md", 1, true},
		"a/README.md":        {"a/README.md", 0, false},
		"a/c#.md":            {"a/c#.md", 0, false},
		"a/README.md#":       {"a/README.md#", 0, false},
		"a/README.md#-1":     {"a/README.md#-1", 0, false},
		"a/README.md#part-1": {"a/README.md#part-1", 0, false},
	} {
		page, place, ok := partOfPage(path)
		if ok != want.ok || ok && (page != want.page || place != want.place) {
			t.Errorf("%s is part %d of %s, %v; want %+v", path, place, page, ok, want)
		}
	}
}

// TestPartsOfAPageKnowTheirPage finds the part of the page that is about the question as a whole, though
// the parts themselves read alike.
func TestPartsOfAPageKnowTheirPage(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"a#0": page("", "About plates and how they are registered."),
		"a#1": page("", "Send the form and wait for ten days."),
		"b#0": page("", "About fishing and where it is allowed."),
		"b#1": page("", "Send the form and wait for ten days."),
	}))
	for question, want := range map[string]string{"which form for plates": "a#1", "which form for fishing": "b#1"} {
		got := paths(t, i, access.Audience{}, question)
		if mine, other := slices.Index(got, want), slices.Index(got, map[string]string{"a#1": "b#1", "b#1": "a#1"}[want]); mine < 0 || other >= 0 && other < mine {
			t.Errorf("%q found %v, not %s before the same words of the other page", question, got, want)
		}
	}
}

// TestTheOpeningOfAPageComesFirst lets the first part of a page stand before another that fits as well.
func TestTheOpeningOfAPageComesFirst(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"page#10": page("", "Renewing a passport takes three weeks."),
		"page#2":  page("", "Renewing a passport takes three weeks."),
		"other":   page("", "Nothing of the kind."),
	}))
	if got := paths(t, i, access.Audience{}, "renewing a passport"); len(got) < 2 || got[0] != "page#2" {
		t.Errorf("found %v, not the opening first", got)
	}
}
