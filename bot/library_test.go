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

func TestTheLibraryServesWhatItHasWhenItCannotBuild(t *testing.T) {
	c := shelves(t, map[string]string{"guidance/gds/page.md": "# Secrets\n\nSecrets live in the store.\n", "teams.yaml": "organisations:\n  - {id: gds, name: GDS}\n", "glossary.yaml": "terms:\n  - {term: ATO, meaning: A decision.}\n"})
	l, err := openLibrary(t.Context(), c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	for file, text := range map[string]string{"teams.yaml": "organisations: [", "glossary.yaml": "terms: {a: b}"} {
		path := filepath.Join(c.knowledge, file)
		was, _ := os.ReadFile(path)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Reindex(t.Context(), nil); err == nil || !strings.Contains(err.Error(), path+":1") {
			t.Errorf("a reindex with a broken %s: %v", file, err)
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
