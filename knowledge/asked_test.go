package knowledge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const askedPage = `---
title: Paying people back
visibility: staff
asked_as: [who pays my hotel]
---

Send the form.

## Taxis and trains ###

Keep the ticket.

## The manager's part

### Large sums

Two people sign.
`

// askedFolderWith makes a folder with one page of its own and the packs given by name.
func askedFolderWith(t testing.TB, packs map[string]string) string {
	t.Helper()
	files := map[string]string{"teams.yaml": "organisations: []\n", "glossary.yaml": "terms: []\n", "guidance/exd/expenses.md": askedPage}
	for name, text := range packs {
		files["asked/"+name+".yaml"] = text
	}
	return folderWith(t, files)
}

// readAsked reads the page of askedFolderWith.
func readAsked(t testing.TB, dir string) (Document, []Problem, *Base) {
	t.Helper()
	b := mustOpen(t, dir)
	documents, problems := readAll(t, b)
	return documents["guidance/exd/expenses.md"], problems, b
}

func ownPackFor(lines string) map[string]string {
	return map[string]string{"guidance": "pages:\n  exd/expenses.md:\n    hash: " + fmt.Sprintf("%q", PageHash([]byte(askedPage))) + "\n" + lines}
}

func TestLinesComeFromThePageAndFromThePack(t *testing.T) {
	dir := askedFolderWith(t, ownPackFor(`    asked:
      - I'm out of pocket after a trip
      - 404
    sections:
      taxis and trains:
        - lost my receipt for the cab
      "The manager’s part":
        - does my boss have to approve it
      Nowhere:
        - what about lunch
`))
	d, problems, b := readAsked(t, dir)
	if len(problems)+len(b.Problems) > 0 {
		t.Errorf("problems %v %v", problems, b.Problems)
	}
	want := []string{"who pays my hotel", "I'm out of pocket after a trip", "404", "what about lunch"}
	if diff := cmp.Diff(want, d.AskedAs); diff != "" {
		t.Errorf("lines of the page:\n%s", diff)
	}
	got := map[string][]string{}
	for _, p := range d.Passages {
		got[strings.Join(p.Headings, " > ")] = p.AskedAs
		for _, line := range append(want, "lost my receipt for the cab") {
			if strings.Contains(p.Text, line) {
				t.Errorf("the line %q is in the text of a passage", line)
			}
		}
	}
	if diff := cmp.Diff(map[string][]string{
		"": nil, "Taxis and trains": {"lost my receipt for the cab"}, "The manager's part > Large sums": {"does my boss have to approve it"},
	}, got); diff != "" {
		t.Errorf("lines of passages:\n%s", diff)
	}
	if d.Visibility != "staff" {
		t.Errorf("the lines stand in a document of visibility %s", d.Visibility)
	}
}

func TestLinesOfAChangedPageStayAndAreMarked(t *testing.T) {
	d, problems, _ := readAsked(t, askedFolderWith(t, map[string]string{"guidance": "pages:\n  exd/expenses.md: {hash: 0123456789abcdef, asked: [old line]}\n"}))
	if !slices.Contains(d.AskedAs, "old line") {
		t.Errorf("the lines are %q", d.AskedAs)
	}
	if len(problems) != 1 || problems[0].Skipped || !strings.Contains(problems[0].Reason, "asked/guidance.yaml") {
		t.Errorf("problems are %v", problems)
	}
}

// gdsWayFolder makes a folder whose source lies beside it and is named like a pack that ships. It has
// one page that the pack knows.
func gdsWayFolder(t testing.TB, own string) string {
	files := map[string]string{
		"k/teams.yaml": "organisations: []\n", "k/glossary.yaml": "terms: []\n",
		"k/sources.yaml":                     "sources:\n  - {name: gds-way, organisation: gds, folder: ../elsewhere, visibility: public}\n",
		"elsewhere/source/index.html.md.erb": "# Ways of working\n\nText.\n",
	}
	if own != "" {
		files["k/asked/gds-way.yaml"] = own
	}
	return filepath.Join(folderWith(t, files), "k")
}

const gdsWayPage = "gds-way/source/index.html.md.erb"

func TestASourceNamedLikeAShippedPackUsesIt(t *testing.T) {
	documents, _ := readAll(t, mustOpen(t, gdsWayFolder(t, "")))
	if n := len(documents[gdsWayPage].AskedAs); n < 3 {
		t.Errorf("the page has %d lines of the pack that ships", n)
	}
}

func TestTheFoldersOwnPackStandsInsteadOfTheShippedOne(t *testing.T) {
	shipped, _ := readAll(t, mustOpen(t, gdsWayFolder(t, "")))
	for name, c := range map[string]struct {
		own  string
		want []string
	}{
		"other lines":                  {"pages:\n  source/index.html.md.erb: {asked: [ours]}\n", []string{"ours"}},
		"nothing to ask":               {"pages:\n  source/index.html.md.erb: {asked: []}\n", nil},
		"another page":                 {"pages:\n  source/other.md: {asked: [ours]}\n", shipped[gdsWayPage].AskedAs},
		"a draft, not read yet":        {"pages:\n  source/index.html.md.erb: {draft: true, asked: [drafted]}\n", shipped[gdsWayPage].AskedAs},
		"a draft, and lines before it": {"pages:\n  source/index.html.md.erb: {draft: true, asked: [drafted], before: {asked: [ours]}}\n", []string{"ours"}},
		"a draft that was accepted":    {"pages:\n  source/index.html.md.erb: {asked: [drafted], before: {asked: [ours]}}\n", []string{"drafted"}},
		"no pages":                     {"pages:\n", shipped[gdsWayPage].AskedAs},
	} {
		t.Run(name, func(t *testing.T) {
			b := mustOpen(t, gdsWayFolder(t, c.own))
			documents, _ := readAll(t, b)
			if diff := cmp.Diff(c.want, documents[gdsWayPage].AskedAs); diff != "" || len(b.Problems) > 0 {
				t.Errorf("lines:\n%s\nproblems %v", diff, b.Problems)
			}
		})
	}
}

func TestABadPackSaysWhereAndHarmsOnlyItself(t *testing.T) {
	many := "pages:\n  exd/expenses.md:\n    asked:\n" + strings.Repeat("      - a line of its own\n", maxLines+1)
	for name, c := range map[string]struct {
		pack   string
		line   int
		reason string
		lines  []string // that are used all the same
	}{
		"no YAML":                {"pages:\n  - [\n", 2, "cannot be understood", nil},
		"a list of pages":        {"pages:\n  - exd/expenses.md\n", 2, "should hold the paths of pages", nil},
		"a page without keys":    {"pages:\n  exd/expenses.md: hello\n", 2, "should be an entry with keys", nil},
		"lines that are no list": {"pages:\n  exd/expenses.md:\n    asked: hello\n", 3, "start every line with a hyphen", nil},
		"a colon":                {"pages:\n  exd/expenses.md:\n    asked:\n      - fine\n      - error: it says no\n", 5, "put quotation marks round it", nil},
		"an empty line":          {"pages:\n  exd/expenses.md:\n    asked:\n      - fine\n      -\n", 5, "a line is empty", []string{"fine"}},
		"a novel":                {"pages:\n  exd/expenses.md:\n    asked:\n      - fine\n      - " + strings.Repeat("word ", 100) + "\n", 5, "longer than 300", []string{"fine"}},
		"too many lines":         {many, 2, "151 lines", nil},
		"the same page twice":    {"pages:\n  exd/expenses.md: {asked: [fine]}\n  exd/expenses.md: {asked: [other]}\n", 3, "twice", []string{"fine"}},
		"the same key twice":     {"pages:\n  exd/expenses.md:\n    asked: [one]\n    asked: [two]\n", 0, "already defined", nil},
		"an unclear draft":       {"pages:\n  exd/expenses.md: {draft: perhaps, asked: [fine]}\n", 2, "another kind", nil},
		"an unknown key":         {"pages:\n  exd/expenses.md:\n    asks: [one]\n    asked: [fine]\n", 3, `does not know the key "asks"`, []string{"fine"}},
		"an alias":               {"pages:\n  a: &x {asked: [one]}\n  b: *x\n", 3, "alias", nil},
		"not UTF-8":              {"pages: \xff\n", 0, "UTF-8", nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, b := readAsked(t, askedFolderWith(t, map[string]string{"guidance": c.pack}))
			if len(b.Problems) != 1 || b.Problems[0].Path != "asked/guidance.yaml" || !strings.Contains(b.Problems[0].Reason, c.reason) || c.line > 0 && b.Problems[0].Line != c.line {
				t.Errorf("problems are %+v, want line %d: %s", b.Problems, c.line, c.reason)
			}
			if diff := cmp.Diff(append([]string{"who pays my hotel"}, c.lines...), d.AskedAs); diff != "" {
				t.Errorf("lines:\n%s", diff)
			}
		})
	}
}

func TestTheDigestChangesWithTheLines(t *testing.T) {
	seen := map[string]string{}
	for _, lines := range []string{
		"", "    asked: [one, two]\n", "    asked: [two, one]\n", "    asked: [one]\n    sections: {Taxis and trains: [two]}\n",
		"    asked: [one]\n    sections: {Large sums: [two]}\n", "    asked: ['one\" \"two']\n",
	} {
		dir := askedFolderWith(t, ownPackFor(lines))
		b := mustOpen(t, dir)
		files, _ := b.Files(context.Background())
		digest, err := b.Digest(files[0])
		d, _, _ := readAsked(t, dir)
		if err != nil || digest != d.Hash {
			t.Errorf("the digest is %s, the document's %s (%v)", digest, d.Hash, err)
		}
		// the folder's place is part of the digest; what is compared is the part that the lines decide
		key := b.askedKey(files[0])
		if other, twice := seen[key]; twice {
			t.Errorf("%q and %q have one digest", lines, other)
		}
		seen[key] = lines
	}
}

func TestTheDigestOfOneFolder(t *testing.T) {
	dir := askedFolderWith(t, ownPackFor("    asked: [one]\n"))
	digest := func() string {
		b := mustOpen(t, dir)
		files, _ := b.Files(context.Background())
		digest, err := b.Digest(files[0])
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	before := digest()
	if digest() != before {
		t.Error("the digest changes by itself")
	}
	pack := filepath.Join(dir, "asked/guidance.yaml")
	if err := os.WriteFile(pack, []byte(ownPackFor("    asked: [two]\n")["guidance"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if digest() == before {
		t.Error("the digest does not change with the lines")
	}
	if err := os.WriteFile(pack, []byte(ownPackFor("    asked: [two]\n    draft: true\n    before: {hash: " + PageHash([]byte(askedPage)) + ", asked: [one]}\n")["guidance"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if digest() != before {
		t.Error("a draft that nobody has read changes the digest")
	}
}

// FuzzPack reads packs of every shape, and puts drafts into them.
func FuzzPack(f *testing.F) {
	f.Add("pages:\n  exd/expenses.md: {hash: x, asked: [one], sections: {Large sums: [two]}, draft: true, before: {asked: [three]}}\n")
	f.Add("# ours\npages:\n  other.md:\n    asked:\n      - one # a remark\n")
	f.Add("pages: {a: {asked: [[x]]}}")
	f.Add("# nothing\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			t.Skip("long files are slow to try")
		}
		b, pack, drafts := &Base{}, Pack{}, Pack{}
		b.addPackText(pack, drafts, "asked/guidance.yaml", []byte(text), false)
		for _, found := range []Pack{pack, drafts} {
			for path, page := range found {
				for _, line := range page.Lines() {
					if line == "" || line != tidy(line) || len([]rune(line)) > maxAsked {
						t.Errorf("%s has the line %q", path, line)
					}
				}
			}
		}
		p, lines := AskedPage{Within: "exd/expenses.md", Hash: "0123456789abcdef"}, []string{"a drafted line: really"}
		written, err := withDraft([]byte(text), p, lines)
		if err != nil || sameBut([]byte(text), written, p.Within, lines) != nil {
			return
		}
		if twice, err := withDraft(written, p, lines); err != nil || string(twice) != string(written) {
			t.Errorf("the same draft again changes the file (%v):\n%s\n%s", err, written, twice)
		}
	})
}
