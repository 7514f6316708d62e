package knowledge

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// folderWith makes a knowledge folder that holds the files given, by path.
func folderWith(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		place := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// mustOpen opens a knowledge folder.
func mustOpen(t testing.TB, dir string) *Base {
	t.Helper()
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readAll reads every file of a knowledge folder: documents by path, and all problems.
func readAll(t testing.TB, b *Base) (map[string]Document, []Problem) {
	t.Helper()
	files, problems := b.Files(context.Background())
	documents := map[string]Document{}
	for _, f := range files {
		d, found, err := b.Read(context.Background(), f)
		problems = append(problems, found...)
		if err != nil && !errors.Is(err, ErrSkipped) {
			t.Fatalf("read %s: %v", f.Path, err)
		}
		if err == nil {
			documents[f.Path] = d
		}
	}
	return documents, problems
}

func TestOpenSaysWhatToDo(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(folderWith(t, map[string]string{"a.md": "x"}), "a.md")
	for name, dir := range map[string]string{"no folder": filepath.Join(empty, "none"), "an empty folder": empty, "a file": file} {
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), ":") || !strings.Contains(err.Error(), "knowledge folder") {
			t.Errorf("%s: %v does not say what to do", name, err)
		}
	}
}

func TestOpenReadsWhatShips(t *testing.T) {
	b := mustOpen(t, "")
	for _, p := range b.Problems {
		t.Errorf("%s:%d: %s", p.Path, p.Line, p.Reason)
	}
	_, problems := readAll(t, b)
	for _, p := range problems {
		t.Errorf("%s:%d: %s", p.Path, p.Line, p.Reason)
	}
}

func TestReadsAPage(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{
		"teams.yaml":          "organisations:\n  - {id: gds, name: Government Digital Service}\n",
		"guidance/gds/one.md": "---\ntitle: One page\nurl: https://a.example/one\nlast_reviewed_on: 2025-01-31\nreview_in: 6 months\n---\n\nFirst words.\n\n## A heading\n\nMore *words*:\n\n- one\n- two\n",
	}))
	documents, problems := readAll(t, b)
	if len(problems)+len(b.Problems) > 0 {
		t.Errorf("unexpected problems %v %v", b.Problems, problems)
	}
	d := documents["guidance/gds/one.md"]
	if d.Title != "One page" || d.Organisation != "gds" || d.Visibility != "public" || d.ReviewDue.Format("2006-01-02") != "2025-07-31" {
		t.Errorf("document is %+v", d)
	}
	if len(d.Passages) != 2 {
		t.Fatalf("passages are %+v", d.Passages)
	}
	p := d.Passages[1]
	if p.Text != "More words:\n\n- one\n- two" || p.URL != "https://a.example/one#a-heading" || p.Line != 10 || p.Headings[0] != "A heading" {
		t.Errorf("passage is %+v", p)
	}
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
