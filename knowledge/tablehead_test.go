package knowledge

import (
	"strings"
	"testing"
)

func TestATableThatStartsInTheMiddle(t *testing.T) {
	dir := folderWith(t, map[string]string{
		"teams.yaml": "organisations:\n  - {id: gds, name: GDS}\n", "glossary.yaml": "terms: []\n",
		"sources.yaml":         "sources:\n  - {name: docs, organisation: gds, folder: docs, visibility: staff}\n",
		"docs/tables/_send.md": "\n**Bad request**|\n`too long`|Shorten it.|\n`eagle missing`|Name the eagle.|\n\nAlso look at the log.",
	})
	documents, _ := readAll(t, mustOpen(t, dir))
	d := documents["docs/tables/_send.md"]
	want := "Bad request\ntoo long | Shorten it.\neagle missing | Name the eagle.\n\nAlso look at the log."
	if d.Title != "Tables: Send" || len(d.Passages) != 1 || d.Passages[0].Text != want || d.Passages[0].Line != 2 {
		t.Errorf("%s: %v", d.Title, d.Passages)
	}
	for text, columns := range map[string]int{
		"a|b|\nc|d|\n": 2, "| a | b |\n| c | d |": 2, "a|\nb|c|d|\n": 3, // rows
		"a|b|\n": 0, "a|b\nc|d\n": 0, "| a | b |\n|---|---|\n| c | d |\n": 0, "a|b|\n---|---|\nc|d|\n": 0, "Words\n\na|b|\nc|d|\n": 0, "": 0,
		strings.Repeat(strings.Repeat("a|", maxColumns+1)+"\n", 2): 0,
	} {
		if got := rowsAtStart(text); got != columns {
			t.Errorf("%q: %d columns, want %d", text, got, columns)
		}
	}
}

func TestLinesLeadToAHeadingUnderAnother(t *testing.T) {
	d := Document{Passages: []Passage{
		{Headings: []string{"Send", "Method"}}, {Headings: []string{"Send", "Errors"}}, {Headings: []string{"Fetch", "Errors"}}, {Headings: []string{"Fetch", "Errors", "Rare"}}, {Headings: []string{"Sort", "Errors", "Rare"}},
	}}
	for heading, want := range map[string]int{
		"Errors": 1, "Fetch › Errors": 2, "fetch › errors": 2, "Sort › Errors": 4, "Sort › Errors › Rare": 4, "Send": 0, "Errors › Rare": 3, "Fetch › Method": -1, "Fetch › Rare": -1, "Keep": -1,
	} {
		if got := d.section(heading); got != want {
			t.Errorf("%s leads to %d, not %d", heading, got, want)
		}
	}
}
