package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// shelf is a knowledge folder with one source beside it, and its index.
type shelf struct {
	t         *testing.T
	root, dir string
	fresh     bool
}

const handbook = "  - {name: handbook, organisation: gds, folder: ../handbook, visibility: public}\n"

func newShelf(t *testing.T) *shelf {
	top := t.TempDir()
	s := &shelf{t: t, root: filepath.Join(top, "knowledge"), dir: t.TempDir()}
	s.write("teams.yaml", "organisations:\n  - {id: gds, name: GDS}\n")
	s.write("glossary.yaml", "terms: []\n")
	s.write("sources.yaml", "sources:\n"+handbook)
	s.write("guidance/gds/lunch.md", "# Lunch\n\nLunch is at noon.\n")
	s.write("../handbook/keys.md", "# Keys\n\nThe canarybird guards the keys.\n")
	s.write("../handbook/plans.md", "---\nvisibility: org:gds\n---\n# Plans\n\nThe canarybird flies in May.\n")
	s.write("../handbook/unclear.md", "---\nvisibility: everyone\n---\n# Unclear\n\nThe canarybird sings.\n")
	s.build()
	return s
}

func (s *shelf) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// move moves a folder beside the knowledge folder.
func (s *shelf) move(from, to string) {
	s.t.Helper()
	if err := os.Rename(filepath.Join(s.root, "..", from), filepath.Join(s.root, "..", to)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) build() Receipt {
	s.t.Helper()
	base, err := knowledge.Open(s.root)
	if err != nil {
		s.t.Fatal(err)
	}
	receipt, err := Build(s.t.Context(), Knowledge(base), s.dir, Options{Fresh: s.fresh})
	if err != nil {
		s.t.Fatal(err)
	}
	return receipt
}

// finds returns how many pages about the bird somebody sees.
func (s *shelf) finds(who access.Audience) int {
	s.t.Helper()
	i, err := Open(s.t.Context(), s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	defer i.Close()
	found, err := i.Search(s.t.Context(), who, Question{Text: "canarybird"})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(found.Hits)
}

func (s *shelf) expect(name string, receipt Receipt, toPublic, toStaff int, words ...string) {
	s.t.Helper()
	if public, staff := s.finds(access.Audience{}), s.finds(access.StaffOf("gds")); public != toPublic || staff != toStaff {
		s.t.Errorf("%s: %d pages to everybody, %d to their staff; want %d and %d", name, public, staff, toPublic, toStaff)
	}
	said := ""
	for _, p := range receipt.Grave() {
		said += p.Path + ": " + p.Reason + "\n"
	}
	if len(words) == 0 && said != "" {
		s.t.Errorf("%s: says %s", name, said)
	}
	for _, w := range words {
		if !strings.Contains(said, w) {
			s.t.Errorf("%s: says %q, without %q", name, said, w)
		}
	}
}

const kept = "its 2 pages answer as they were last read"

func TestASourceThatVanishesKeepsItsPages(t *testing.T) {
	s := newShelf(t)
	s.move("handbook", "elsewhere")
	receipt := s.build()
	s.expect("vanished", receipt, 1, 2, `"handbook" cannot be opened`, kept)
	if len(receipt.Removed) > 0 || receipt.Unchanged != 4 || len(receipt.Skipped()) != 1 {
		t.Errorf("the receipt: %d removed, %d unchanged, %d left out", len(receipt.Removed), receipt.Unchanged, len(receipt.Skipped()))
	}
	if again := s.build(); again.Generation != receipt.Generation {
		t.Error("nothing changed, and a new index was made")
	}
	s.write("guidance/gds/bird.md", "# Bird\n\nThe canarybird eats.\n")
	s.expect("while another page comes", s.build(), 2, 3, kept)
	s.write("glossary.yaml", "terms:\n  - {term: canarybird, meaning: A bird.}\n")
	s.expect("with other words", s.build(), 2, 3, kept)
	s.fresh = true
	receipt = s.build()
	s.expect("built afresh", receipt, 2, 3, kept)
	if receipt.Documents != 4 {
		t.Errorf("built afresh, the index holds %d pages, not 4", receipt.Documents)
	}
	s.fresh = false

	s.move("elsewhere", "handbook")
	s.write("../handbook/keys.md", "# Keys\n\nKeys hang in the hall.\n")
	if err := os.Remove(filepath.Join(s.root, "../handbook/plans.md")); err != nil {
		t.Fatal(err)
	}
	s.expect("back, with a page less", s.build(), 1, 1)
}

// SECURITY: what is unclear, or was narrowed while nobody could look, is not served.
func TestAVanishedSourceIsLeftOutWhenWhoMaySeeItHasChanged(t *testing.T) {
	gone := "its pages are left out"
	for name, c := range map[string]struct {
		sources, teams  string
		toPublic, toGDS int
		words           []string
	}{
		"narrowed":          {sources: strings.Replace(handbook, "public", "staff", 1), words: []string{gone}},
		"widened":           {sources: strings.Replace(handbook, "public", "org:gds", 1), words: []string{gone}},
		"unclear":           {sources: strings.Replace(handbook, "public", "pubic", 1), words: []string{"sources.yaml: source handbook: who may see it is unclear"}},
		"with an exclusion": {sources: strings.Replace(handbook, "}", ", exclude: [\"keys*\"]}", 1), words: []string{gone}},
		"taken out":         {sources: "\n"},
		"named twice, for others": {
			sources: handbook + "  - {name: private, organisation: gds, folder: ../handbook, visibility: staff}\n", words: []string{gone},
		},
		"beside another for the same people": {
			sources: handbook + "  - {name: more, organisation: gds, folder: guidance/gds, visibility: public}\n", toPublic: 1, toGDS: 2, words: []string{kept},
		},
		"of an organisation that is no longer known": {
			sources: handbook, teams: "organisations:\n  - {id: usds, name: USDS}\n", toPublic: 1, toGDS: 1, words: []string{"its 1 page answers"},
		},
	} {
		s := newShelf(t)
		s.move("handbook", "elsewhere")
		s.expect(name+", before", s.build(), 1, 2, kept)
		s.write("sources.yaml", "sources:\n"+c.sources)
		if c.teams != "" {
			s.write("teams.yaml", c.teams)
		}
		s.expect(name, s.build(), c.toPublic, c.toGDS, c.words...)
	}
}

// Files that were deleted never answer again; that a whole source is empty is said.
func TestASourceThatIsEmptyIsNamed(t *testing.T) {
	s := newShelf(t)
	s.move("handbook", "elsewhere")
	if err := os.Mkdir(filepath.Join(s.root, "../handbook"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.expect("empty", s.build(), 0, 0, `"handbook" holds nothing to read`)
	s.write("../handbook/keys.md", "# Keys\n\nThe canarybird is back.\n")
	s.expect("one page", s.build(), 1, 1)
}

func TestAFileThatAnotherSourceHasInstead(t *testing.T) {
	s := newShelf(t)
	s.move("handbook", "elsewhere")
	s.write("handbook/keys.md", "# Keys\n\nThe canarybird has moved.\n") // its path is that of a page which is away
	s.write("sources.yaml", "sources:\n"+handbook+"  - {name: inside, organisation: gds, folder: handbook, visibility: public}\n")
	receipt := s.build()
	s.expect("another's", receipt, 1, 2, "its 1 page answers as it was last read")
	if receipt.Documents != 3 {
		t.Errorf("the index holds %d pages, not 3", receipt.Documents)
	}
}

// SECURITY: an older index than the last may show more than the last did.
func TestAVanishedSourceIsLeftOutWhenTheLastIndexIsDamaged(t *testing.T) {
	s := newShelf(t)
	s.write("../handbook/keys.md", "---\nvisibility: org:gds\n---\n# Keys\n\nThe canarybird guards the keys.\n")
	last := s.build()
	s.expect("narrowed", last, 0, 2)
	s.move("handbook", "elsewhere")
	if err := os.WriteFile(filepath.Join(s.dir, last.Generation, vocabularyFile), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.expect("damaged", s.build(), 0, 0, "its pages are left out")
}

// leaving is a knowledge folder of which something goes when its files are listed.
type leaving struct {
	*folder
	leave func()
}

func (l *leaving) Files(ctx context.Context) ([]File, []knowledge.Problem, error) {
	defer l.leave()
	return l.folder.Files(ctx)
}

// A folder that goes while it is read takes nothing with it: the build fails, and the old index serves.
func TestASourceThatVanishesWhileItIsReadStopsTheBuild(t *testing.T) {
	s := newShelf(t)
	s.write("../handbook/new.md", "# New\n\nThe canarybird is new.\n")
	base, err := knowledge.Open(s.root)
	if err != nil {
		t.Fatal(err)
	}
	from := &leaving{&folder{base: base}, func() { s.move("handbook", "elsewhere") }}
	if _, err := Build(t.Context(), from, s.dir, Options{}); !errors.Is(err, ErrVanished) {
		t.Errorf("it went before it was read: %v", err)
	}
	if n := s.finds(access.StaffOf("gds")); n != 2 {
		t.Errorf("%d pages are left, not 2", n)
	}
	gone := from.base.Absent()
	for name, f := range map[string]*folder{"it went": {absent: gone}, "it came": {}} {
		said := []knowledge.Problem{gone[0].Problem}
		if name == "it went" {
			said = nil
		}
		if !f.moved(said) {
			t.Errorf("%s while the files were listed, and nobody noticed", name)
		}
	}
	if (&folder{absent: gone}).moved([]knowledge.Problem{gone[0].Problem, {Path: "x.md", Skipped: true}}) {
		t.Error("it is away all the time, and every build fails")
	}
}
