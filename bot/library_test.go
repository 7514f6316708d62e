package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/index"
)

// shelves is a knowledge folder of a test.
func shelves(t *testing.T, files map[string]string) config {
	t.Helper()
	c := config{knowledge: filepath.Join(t.TempDir(), "knowledge"), data: t.TempDir()}
	for name, text := range files {
		path := filepath.Join(c.knowledge, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestLatestIsNewestFirstAndOnlyWhatMayBeSeen(t *testing.T) {
	dated := func(date, visibility, title string) string {
		return "---\nlast_reviewed_on: " + date + "\nvisibility: " + visibility + "\n---\n# " + title + "\n\nWords.\n"
	}
	c := shelves(t, map[string]string{
		"teams.yaml":            "organisations:\n  - {id: gds, name: GDS, country: gb}\n  - {id: usds, name: USDS, country: us}\n",
		"glossary.yaml":         "terms: []\n",
		"guidance/usds/old.md":  dated("2025-01-01", "public", "Old"),
		"guidance/usds/new.md":  dated("2026-01-01", "public", "New"),
		"guidance/usds/mine.md": dated("2026-02-01", "org:usds", "Mine"),
		"guidance/gds/here.md":  dated("2026-03-01", "public", "Here"),
		"guidance/usds/none.md": "# Undated\n\nWords.\n",
	})
	l, err := openLibrary(t.Context(), c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	titles := func(who access.Audience, notCountry string, most int) string {
		var list []string
		for _, d := range l.Latest(t.Context(), who, notCountry, most) {
			list = append(list, d.Title)
		}
		return strings.Join(list, ", ")
	}
	for _, c := range []struct{ name, got, want string }{
		{"from across the Atlantic", titles(access.Audience{}, "gb", 5), "New, Old"},
		{"to a member", titles(access.StaffOf("usds"), "gb", 5), "Mine, New, Old"},
		{"at most", titles(access.Audience{}, "", 2), "Here, New"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

// What a person changes in a page takes effect, also while a file beside it is broken: a page that is
// narrowed or deleted then must not answer from the index as it was.
func TestPagesAreNarrowedWhileTheGlossaryIsBroken(t *testing.T) {
	c := shelves(t, map[string]string{"guidance/gds/a.md": "# A\n\nThe canarybird sings.\n", "guidance/gds/b.md": "# B\n\nThe canarybird flies.\n", "teams.yaml": "organisations:\n  - {id: gds, name: GDS}\n", "glossary.yaml": "terms: []\n"})
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(c.knowledge, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	open := func() *library {
		t.Helper()
		l, err := openLibrary(t.Context(), c, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.close)
		return l
	}
	running := open()
	write("glossary.yaml", "terms: []\n  - : bad: [")
	write("guidance/gds/a.md", "---\nvisibility: org:gds\n---\n# A\n\nThe canarybird sings.\n")
	if err := os.Remove(filepath.Join(c.knowledge, "guidance/gds/b.md")); err != nil {
		t.Fatal(err)
	}
	running.renew(t.Context())
	for name, l := range map[string]*library{"the one that runs": running, "a new start": open()} {
		found, err := l.Search(t.Context(), access.Audience{}, index.Question{Text: "canarybird"})
		if err != nil || len(found.Hits) != 0 {
			t.Errorf("%s shows everybody %d pages, %v", name, len(found.Hits), err)
		}
		if found, err = l.Search(t.Context(), access.StaffOf("gds"), index.Question{Text: "canarybird"}); err != nil || len(found.Hits) != 1 {
			t.Errorf("%s shows their staff %d pages, %v", name, len(found.Hits), err)
		}
	}
}

// What is grave is logged when it begins and when it ends, and not at every look.
func TestWhatIsGraveIsLoggedOnce(t *testing.T) {
	c := shelves(t, map[string]string{
		"guidance/gds/a.md": "# A\n\nWords.\n", "teams.yaml": "organisations:\n  - {id: gds, name: GDS}\n", "glossary.yaml": "terms: []\n",
		"sources.yaml": "sources:\n  - {name: handbook, organisation: gds, folder: handbook, visibility: public}\n", "handbook/b.md": "# B\n\nWords.\n",
	})
	var said strings.Builder
	l, err := openLibrary(t.Context(), c, slog.New(slog.NewTextHandler(&said, nil)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	here, away := filepath.Join(c.knowledge, "handbook"), filepath.Join(c.knowledge, "..", "away")
	for _, move := range [][2]string{{here, away}, {away, here}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			t.Fatal(err)
		}
		l.renew(t.Context())
		l.renew(t.Context())
	}
	for _, words := range []string{"its 1 page answers as it was last read", "all of the knowledge can be read again"} {
		if n := strings.Count(said.String(), words); n != 1 {
			t.Errorf("%q is said %d times in:\n%s", words, n, said.String())
		}
	}
}

func TestTheLibraryServesWhatItHasWhenItCannotBuild(t *testing.T) {
	c := shelves(t, map[string]string{"guidance/gds/page.md": "# Secrets\n\nSecrets live in the store.\n", "teams.yaml": "organisations:\n  - {id: gds, name: GDS}\n", "glossary.yaml": "terms:\n  - {term: ATO, meaning: A decision.}\n"})
	l, err := openLibrary(t.Context(), c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	for file, text := range map[string]string{"teams.yaml": "organisations: [", "glossary.yaml": "terms:\n  - {term: ATO, meaning: A decision.}\n  - : bad: ["} {
		path := filepath.Join(c.knowledge, file)
		was, _ := os.ReadFile(path)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		receipt, err := l.Reindex(t.Context(), nil)
		if err != nil || len(receipt.Grave) != 1 || receipt.Grave[0].Path != file || receipt.Grave[0].Line == 0 {
			t.Errorf("a reindex with a broken %s: %v, %v", file, receipt.Grave, err)
		}
		if state, err := l.State(t.Context()); err != nil || len(state.Grave) != 1 {
			t.Errorf("the status with a broken %s: %v, %v", file, state.Grave, err)
		}
		if words := l.vocabulary(); len(words.Organisations) != 1 || len(words.Terms) != 1 {
			t.Errorf("a broken %s leaves %d organisations and %d terms", file, len(words.Organisations), len(words.Terms))
		}
		if err := os.WriteFile(path, was, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(c.knowledge); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Reindex(t.Context(), nil); err == nil {
		t.Error("a reindex without a knowledge folder succeeds")
	}
	found, err := l.Search(t.Context(), access.Audience{}, index.Question{Text: "where do secrets live?"})
	if err != nil || len(found.Hits) != 1 {
		t.Errorf("after a reindex that failed: %d hits, %v", len(found.Hits), err)
	}
}

func TestAPageThatIsNotPublishedIsNoFileToLookAt(t *testing.T) {
	c := shelves(t, map[string]string{
		"guidance/gds/a.md": "---\npublished: false\n---\n# A\n\nWords.\n", "guidance/gds/b.md": "---\nvisibility: everyone\n---\n# B\n\nWords.\n",
		"teams.yaml": "organisations:\n  - {id: gds, name: GDS}\n", "glossary.yaml": "terms: []\n",
	})
	l, err := openLibrary(t.Context(), c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	if state, err := l.State(t.Context()); err != nil || state.KnowledgeProblems != 1 {
		t.Errorf("%d files to look at, not the unclear one alone (%v)", state.KnowledgeProblems, err)
	}
}
