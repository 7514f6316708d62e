package index

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// TestKnowledgeFolder builds from real files: what cannot be read is named every time, costs nothing
// the second time, and comes in when it is mended.
func TestKnowledgeFolder(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, "guidance", "gds", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("keys.md", "---\ntitle: Keys\n---\n# Keys\n\nKeep API keys in the secret store.\n")
	write("secret.md", "---\ntitle: Plans\nvisibility: org:gds\n---\nThe canarybird flies in May.\n")
	write("unclear.md", "---\ntitle: Odd\nvisibility: everyone\n---\nKeys for everyone.\n")
	write("broken.md", "# Broken \xff\xfe\n")
	dir := t.TempDir()
	build := func() Receipt {
		t.Helper()
		base, err := knowledge.Open(root)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := Build(t.Context(), Knowledge(base), dir, Options{Folder: base.Root})
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
	first := build()
	var skipped []string
	for _, p := range first.Skipped() {
		skipped = append(skipped, filepath.Base(p.Path))
	}
	slices.Sort(skipped)
	if !slices.Equal(skipped, []string{"broken.md", "unclear.md"}) || first.Documents != 2 {
		t.Fatalf("skipped %v, indexed %d documents", skipped, first.Documents)
	}
	if again := build(); again.Generation != first.Generation || again.Unchanged != 4 || len(again.Skipped()) != 2 {
		t.Errorf("the second build made %s with %d problems", again.Generation, len(again.Skipped()))
	}
	i, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	if got := paths(t, i, access.Audience{}, "canarybird"); len(got) > 0 {
		t.Errorf("the public sees %v", got)
	}
	write("broken.md", "# Mended\n\nThe canarybird is public now.\n")
	if mended := build(); len(mended.Skipped()) != 1 || len(mended.Changed) != 1 {
		t.Errorf("after mending: %+v", mended)
	}
	if got := paths(t, i, access.Audience{}, "canarybird"); len(got) != 1 || !strings.HasSuffix(got[0], "broken.md") {
		t.Errorf("after mending found %v", got)
	}
}
