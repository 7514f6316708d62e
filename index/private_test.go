package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// breaking is a context that breaks whatever asks it, as a fault of code beneath would.
type breaking struct{ context.Context }

func (breaking) Err() error            { panic("the words of a question") }
func (breaking) Done() <-chan struct{} { panic("the words of a question") }

// What a panic carries may be text of a question or of a page: it must not reach an error, and so the log.
func TestPanicsCarryNoText(t *testing.T) {
	i, dir := built(t, fake(map[string]knowledge.Document{"a.md": page("Open", "Text.")}))
	g, err := i.use()
	if err != nil {
		t.Fatal(err)
	}
	defer g.release()
	_, _, searching := g.search(breaking{t.Context()}, access.Audience{}, Question{Text: "text"}, 1)
	_, loading := loadGeneration(breaking{t.Context()}, filepath.Join(dir, g.name))
	for name, err := range map[string]error{"search": searching, "load": loading} {
		if err == nil || errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "words") { // our fault is no damage
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocumentsAreOnlyForTheOwner(t *testing.T) {
	dir := t.TempDir()
	if err := writeDocuments(dir, []record{{Document: page("Secret")}}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, documentsFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s is %v (%v), want it readable by its owner alone", documentsFile, info.Mode(), err)
	}
}

// What is written aside before it is renamed stays in the folder of the index: the machine's folder for
// temporary files may be another's to read, and on another disk.
func TestNothingIsWrittenOutsideTheIndex(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", elsewhere)
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(elsewhere, past, past); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"JSON": writeJSON(filepath.Join(dir, vocabularyFile), vocabulary{}), "seal": seal(dir, manifest{}), "publish": publish(dir, "00000001"),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if info, err := os.Stat(elsewhere); err != nil || !info.ModTime().Equal(past) {
		t.Errorf("something was written to TMPDIR at %v (%v)", info.ModTime(), err)
	}
}
