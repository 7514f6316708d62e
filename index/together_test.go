package index

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liaison/bot/access"
	"liaison/knowledge"
)

func TestListsMeetWhereTheyHaveASlotInCommon(t *testing.T) {
	slots := rapid.SliceOfNDistinct(rapid.Uint32Range(0, 60), 0, 40, rapid.ID)
	list := func(t *rapid.T, name string) []impact {
		var out []impact
		for _, slot := range slices.Sorted(slices.Values(slots.Draw(t, name))) {
			out = append(out, impact{slot: slot})
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := list(t, "a"), list(t, "b")
		want := slices.ContainsFunc(a, func(i impact) bool { return slices.Contains(b, i) })
		if meet(a, b) != want || meet(b, a) != want {
			t.Fatalf("%v and %v meet: %v, want %v", a, b, !want, want)
		}
	})
}

// TestWhatStandsTogetherIsSeen: the words of a question about something else stand here too, but not together.
func TestWhatStandsTogetherIsSeen(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for name, text := range map[string]string{"backlog": "Keep the backlog short.", "novels": "Novels are lent by the library.", "retro": "A retrospective empties the backlog."} {
		docs[name+".md"] = knowledge.Document{Title: name, Passages: []knowledge.Passage{{Text: text}}, AskedAs: []string{"who lends " + name}}
	}
	i, _ := built(t, fake(docs))
	for text, want := range map[string]struct{ together, lines bool }{
		"backlog of novels":             {},
		"retrospective of the backlog":  {together: true},
		"who empties the library":       {},
		"lending the backlog":           {lines: true},
		"retro":                         {},
		"giraffes and the zebra beside": {},
	} {
		_, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1)
		if err != nil || seen.Together > 0 != want.together || seen.LineTogether > 0 != want.lines {
			t.Errorf("%q: together in passages %v, in lines %v (%v)", text, seen.Together, seen.LineTogether, err)
		}
	}
	_, text, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: "library"}, 1)
	_, lines, err2 := i.searchInto(t.Context(), access.Audience{}, Question{Text: "lends"}, 1)
	if err != nil || err2 != nil || text.AskedMore >= 0 || lines.AskedMore <= text.AskedMore {
		t.Errorf("a word of texts is asked %v oftener, one of lines %v (%v, %v)", text.AskedMore, lines.AskedMore, err, err2)
	}
}
