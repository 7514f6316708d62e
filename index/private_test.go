package index

import (
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/knowledge"
)

// What an evaluation counts must not tell how much there is that its audience may not see.
func TestEvaluationCountsWhatItsAudienceMaySee(t *testing.T) {
	secret := page("Secret", "One.", "Two.")
	secret.Visibility = access.Staff
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Open", "Text."), "b.md": secret}))
	e := &evaluation{EvalOptions: EvalOptions{Index: i, Now: time.Now}}
	for name, c := range map[string]struct {
		who                 access.Audience
		documents, passages int
	}{"public": {access.Audience{}, 1, 1}, "staff": {access.StaffOf(), 2, 3}} {
		e.Audience = c.who
		if r, err := e.run(t.Context()); err != nil || r.Documents != c.documents || r.Passages != c.passages {
			t.Errorf("%s: %d documents and %d passages (%v), want %d and %d", name, r.Documents, r.Passages, err, c.documents, c.passages)
		}
	}
}
