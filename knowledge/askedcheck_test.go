package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found checks a folder and returns what was found, a line each, without the reasons.
func found(t testing.TB, dir, source string) ([]string, AskedReport) {
	t.Helper()
	report, err := mustOpen(t, dir).CheckAsked(t.Context(), source, nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range report.Findings {
		lines = append(lines, fmt.Sprintf("%s %s:%d", f.Kind, f.Path, f.Line))
	}
	return lines, report
}

func TestCheckFindsWhatAPersonShouldLookAt(t *testing.T) {
	files := map[string]string{
		"teams.yaml": "organisations: []\n", "glossary.yaml": "terms: []\n",
		"guidance/exd/none.md":    "# Booking a room\n\nAsk reception.\n",
		"guidance/exd/nothing.md": "# Index\n\nSee the pages below.\n",
		"guidance/exd/empty.md":   "---\ntitle: Navigation\n---\n",
		"guidance/exd/good.md":    "# Lost passes\n\n## Replace a pass\n\nTell security the same day.\n",
		"guidance/exd/copies.md":  "# Claiming train tickets\n\nSend the receipt.\n",
		"guidance/exd/same.md":    "# Leave policy\n\n## Holiday allowance\n\nTwenty-five days.\n",
		"guidance/exd/drafted.md": "# Fire drill\n\nLeave by the stairs.\n",
		"asked/guidance.yaml": `pages:
  exd/nothing.md: {hash: x, asked: []}
  exd/good.md:
    hash: GOOD
    asked: [can't get into the building, left my badge on the bus]
    sections:
      Replace a pass: [who do I tell when it's gone]
      Find a pass: [has anybody handed in mine]
  exd/copies.md:
    asked: [claim for train tickets, money back for the bus, get my money back for a bus]
  exd/same.md:
    asked: [what is the leave policy, holiday allowance please, leave allowance, how many days off have I got]
  exd/drafted.md: {draft: true, hash: DRAFT, asked: [what is that noise]}
  exd/moved.md: {asked: [where is it]}
  exd/broken.md: {asked: oops}
`,
	}
	for name, path := range map[string]string{"GOOD": "good", "DRAFT": "drafted"} {
		files["asked/guidance.yaml"] = strings.Replace(files["asked/guidance.yaml"], name, fmt.Sprintf("%q", PageHash([]byte(files["guidance/exd/"+path+".md"]))), 1)
	}
	got, report := found(t, folderWith(t, files), "")
	want := []string{
		"changed guidance/exd/copies.md:0", "changed guidance/exd/nothing.md:0", "changed guidance/exd/same.md:0",
		"copy guidance/exd/copies.md:0", "copy guidance/exd/copies.md:0", "copy guidance/exd/same.md:0",
		"draft guidance/exd/drafted.md:0",
		"gone asked/guidance.yaml:14",
		"missing guidance/exd/none.md:0",
		"no-heading guidance/exd/good.md:0",
		"same-words guidance/exd/same.md:0",
		"unread asked/guidance.yaml:15",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("found:\n%s\n%+v", diff, report.Findings)
	}
	if report.Pages != 6 || report.Covered != 3 || report.Nothing != 1 || report.Lines != 11 || report.Sections != 1 {
		t.Errorf("the report is %+v", report)
	}
}

func TestCheckKeepsToTheSourceThatIsNamed(t *testing.T) {
	dir := gdsWayFolder(t, "pages:\n  source/gone.md: {asked: [one]}\n")
	if got, _ := found(t, dir, "gds-way"); !slices.Contains(got, "gone asked/gds-way.yaml:2") {
		t.Errorf("found %q", got)
	}
	_, err := mustOpen(t, dir).CheckAsked(t.Context(), "gdsway", nil)
	if err == nil || !strings.Contains(err.Error(), "gds-way") {
		t.Errorf("the error is %v", err)
	}
}

// TestShippedPacks keeps the packs that ship in good order, as far as that can be told without the pages.
func TestShippedPacks(t *testing.T) {
	entries, err := shipped.ReadDir(askedFolder)
	if err != nil || len(entries) < 27 {
		t.Fatalf("%d packs ship (%v)", len(entries), err)
	}
	b := &Base{}
	for _, entry := range entries {
		pack, drafts := Pack{}, Pack{}
		file := askedFolder + "/" + entry.Name()
		b.addPack(pack, drafts, shipped, file, true)
		if len(pack) == 0 || len(drafts) > 0 {
			t.Errorf("%s has %d pages and %d drafts", file, len(pack), len(drafts))
		}
		for path, page := range pack {
			if len(page.Hash) != 16 {
				t.Errorf("%s: %s has the hash %q", file, path, page.Hash)
			}
			if reasons := (askedWords{}).copies(page.Lines()); len(reasons) > 0 {
				t.Errorf("%s: %s: %s", file, path, strings.Join(reasons, "; "))
			}
		}
	}
	if len(b.Problems) > 0 {
		t.Errorf("problems %v", b.Problems)
	}
}

// TestTheKnowledgeThatShipsHasLines also keeps those of its own pages in good order.
func TestTheKnowledgeThatShipsHasLines(t *testing.T) {
	report, err := mustOpen(t, "").CheckAsked(t.Context(), "", nil)
	if err != nil || report.Pages == 0 || len(report.Findings) > 0 {
		t.Errorf("%d pages (%v); found %+v", report.Pages, err, report.Findings)
	}
}

// TestShippedPacksAgainstTheirPages reads the real documents: every entry has its page, in the version
// it was written for, and every page with text its lines.
func TestShippedPacksAgainstTheirPages(t *testing.T) {
	if testing.Short() {
		t.Skip("all pages and lines take a minute under the race detector, and nothing here runs beside anything else")
	}
	report, err := mustOpen(t, corpusFolder(t)).CheckAsked(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%s: %s: %s", f.Kind, f.Path, f.Reason)
	}
	if report.Pages < 2000 || report.Covered < report.Pages*95/100 || report.Lines < 12_000 {
		t.Errorf("the report is %d pages, %d with lines, %d lines", report.Pages, report.Covered, report.Lines)
	}
}
