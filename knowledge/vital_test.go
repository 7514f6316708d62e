package knowledge

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoSources = `# Where else to read
sources:
  - name: handbook      # ours
    organisation: gds
    folder: handbook
    visibility: public

  - name: plans
    organisation: gds
    folder: plans
    visibility: public
    exclude:
      - "draft*"
`

// brokenWith opens a folder that was sound, after its file was replaced by a text that cannot be understood.
func brokenWith(t *testing.T, file, text string) (*Base, error) {
	t.Helper()
	dir := folderWith(t, map[string]string{
		"teams.yaml":        "organisations:\n  - {id: gds, name: GDS}\n",
		"glossary.yaml":     "terms:\n  - term: ATO\n    meaning: A decision.\n  - term: Eagle\n    meaning: The duty officer.\n",
		"sources.yaml":      twoSources,
		"handbook/a.md":     "# A\n\nWords.\n",
		"plans/b.md":        "# B\n\nWords.\n",
		"guidance/gds/c.md": "# C\n\nWords.\n",
	})
	last := mustOpen(t, dir).Vital()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.As(err, new(*BrokenError)) {
		t.Fatalf("a broken %s opens by itself: %v", file, err)
	}
	return OpenOver(dir, last)
}

func sourcesOf(b *Base) string {
	var names []string
	for _, s := range b.Sources {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

// SECURITY: what somebody was changing when sources.yaml broke may be who may see a source.
func TestASourceThatWasBeingChangedWhenItsFileBrokeIsLeftOut(t *testing.T) {
	after := func(line, with string) string { return strings.Replace(twoSources, line, with, 1) }
	slip := "  - : bad: [\n"
	for name, c := range map[string]struct{ text, want string }{
		"a new entry at the end":              {twoSources + slip, "handbook plans"},
		"a new entry before the others":       {after("  - name: handbook", slip+"  - name: handbook"), "handbook plans"},
		"other line ends and spaces behind":   {strings.ReplaceAll(twoSources, "\n", " \r\n") + slip, "handbook plans"},
		"a comment between entries":           {after("\n  - name: plans", "\n  # soon\n  - name: plans") + slip, "handbook plans"},
		"a narrowing with a slip in it":       {after("visibility: public\n\n", "visibility: [staff\n\n"), "plans"},
		"a narrowing, and the slip elsewhere": {after("visibility: public\n    exclude", "visibility: staff\n    exclude") + slip, "handbook"},
		"a line more":                         {after("visibility: public\n\n", "visibility: public\n    visibility: staff\n\n") + slip, "plans"},
		"a line more, too far to the left":    {after("visibility: public\n\n", "visibility: public\n  visibility: staff\n\n"), ""},
		"a line more at the margin":           {after("visibility: public\n\n", "visibility: public\nvisibility: staff\n\n") + slip, ""},
		"a line more behind a blank one":      {after("visibility: public\n\n", "visibility: public\n\n    exclude: [a]\n") + slip, "plans"},
		"another pattern to leave out":        {after("draft*", "*") + slip, "handbook"},
		"a pattern less":                      {after("    exclude:\n      - \"draft*\"\n", "") + slip, "handbook"},
		"an entry taken away":                 {twoSources[:strings.Index(twoSources, "  - name: plans")] + slip, "handbook"},
		"entries put behind a mark":           {strings.ReplaceAll(twoSources, "    visibility", "#   visibility") + slip, ""},
		"everything moved to the right":       {strings.ReplaceAll(twoSources, "\n ", "\n   ") + "     - : bad: [\n", ""},
	} {
		b, err := brokenWith(t, sourcesFile, c.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := sourcesOf(b); got != c.want {
			t.Errorf("%s: %q stay, want %q", name, got, c.want)
		}
		if grave := b.Problems[len(b.Problems)-1]; !grave.Grave || grave.Path != sourcesFile || !strings.Contains(grave.Reason, "left out") {
			t.Errorf("%s: said of it: %v", name, b.Problems)
		}
	}
	for name, text := range map[string]string{
		"another key":   strings.Replace(twoSources, "sources:", "source:", 1),
		"no text":       "\xff\xfe" + twoSources,
		"only the slip": "sources: [\n",
	} {
		if b, err := brokenWith(t, sourcesFile, text); err == nil {
			t.Errorf("%s: opened with %q", name, sourcesOf(b))
		}
	}
}

func TestGlossaryAndTeamsStandAsTheyWereWhileTheyAreBroken(t *testing.T) {
	b, err := brokenWith(t, glossaryFile, "terms:\n  - term: ATO\n    meaning: A decision.\n  - term: Eagle\n    visibility: [staff\n    meaning: The duty officer.\n")
	if err != nil || len(b.Terms) != 1 || b.Terms[0].Term != "ATO" {
		t.Errorf("a term that was being narrowed: %v, %v", b.Terms, err)
	}
	b, err = brokenWith(t, teamsFile, "organisations: [")
	if err != nil || len(b.Organisations) != 1 || len(b.Sources) != 2 {
		t.Fatalf("broken teams: %d organisations, %d sources, %v", len(b.Organisations), len(b.Sources), err)
	}
	if again := b.Vital()[teamsFile]; string(again) != "organisations:\n  - {id: gds, name: GDS}\n" {
		t.Errorf("kept for the next time: %q", again)
	}
	if b, err := OpenOver(folderWith(t, map[string]string{"teams.yaml": "organisations: ["}), nil); err == nil {
		t.Errorf("with nothing kept: %v", b.Organisations)
	}
}
