package index

import (
	"math"
	"slices"
	"strings"
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

// TestCompanyCountsByRarity: a pair weighs as the commoner of its words, and of many words the rarest are paired.
func TestCompanyCountsByRarity(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for name, text := range map[string]string{
		"a": "lemur zebra", "b": "lemur tapir", "c": "tapir otter", "d": "tapir", "e": "otter", "f": "otter", "g": "gnu",
	} {
		docs[name+".md"] = knowledge.Document{Title: name, Passages: []knowledge.Passage{{Text: text}}, AskedAs: []string{"gnu"}}
	}
	for _, word := range strings.Fields("adder bison camel dingo eland finch gecko heron") {
		docs[word+".md"] = knowledge.Document{Title: "One", Passages: []knowledge.Passage{{Text: word}}}
	}
	i, _ := built(t, fake(docs))
	of := func(n int) float64 { return idf(len(docs), n) }
	search := func(text string) company {
		s := searching(t, i, access.Audience{})
		q, l := preparedIn(t, s, text)
		return s.company(q, l)
	}
	for text, want := range map[string]float64{
		"zebra lemur tapir":       (of(2) + of(3)) / (of(2) + of(3) + of(3)), // zebra and tapir do not meet
		"tapir lemur zebra":       (of(2) + of(3)) / (of(2) + of(3) + of(3)),
		"zebra zebra lemur tapir": (of(2) + of(3)) / (of(2) + of(3) + of(3)), // asked twice is asked
		"zebra lemur gnat":        of(2) / (of(2) + of(1) + of(2)),           // what stands nowhere keeps no company
		"zebra":                   0,
		"lemur tapir adder bison camel dingo eland finch gecko heron": 0, // the rarest eight do not meet
	} {
		if got := search(text).passages; math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: together by %v, want %v", text, got, want)
		}
	}
	texts, lines := float64(len(docs)+1), 8.
	want := (of(1)*(math.Log(7.5/lines)-math.Log(1.5/texts)) + of(3)*(math.Log(.5/lines)-math.Log(3.5/texts))) / (of(1) + of(3))
	if got := search("gnu tapir gnat").asked; math.Abs(got-want) > 1e-9 {
		t.Errorf("asked by %v oftener, want %v", got, want)
	}
}
