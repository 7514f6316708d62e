package index

import (
	"testing"

	"liaison/bot/access"
)

// TestWordsAlikeInALineCount finds the page whose line says nearly the same word, of two whose lines hold
// the others alike.
func TestWordsAlikeInALineCount(t *testing.T) {
	source := guidance()
	first, second := page("Rotas", "Who works when is agreed by the week."), page("Bookings", "Who sits where is agreed by the day.")
	first.AskedAs = []string{"my dashboards went blank this morning"}
	second.AskedAs = []string{"my keyboards went blank this morning"}
	source.docs["d/first.md"], source.docs["d/second.md"] = first, second
	i, _ := built(t, source)
	for question, want := range map[string]string{"dashboardless went blank": "d/first.md", "keyboardist went blank": "d/second.md"} {
		if got := paths(t, i, access.Audience{}, question); len(got) == 0 || got[0] != want {
			t.Errorf("%q found %v, not %s first", question, got, want)
		}
	}
}
