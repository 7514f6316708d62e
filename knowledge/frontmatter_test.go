package knowledge

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/bot/access"
)

// readText reads one page of guidance of gds.
func readText(t testing.TB, name, text string) (Document, []Problem) {
	t.Helper()
	b := &Base{Root: folderWith(t, map[string]string{"guidance/gds/" + name: text})}
	b.walked = []Source{{Folder: b.locate(guidance), Visibility: access.Public, prefix: "guidance/"}}
	files, problems := b.Files(context.Background())
	if len(files) != 1 {
		t.Fatalf("files %v, problems %v", files, problems)
	}
	d, problems, err := b.Read(context.Background(), files[0])
	if err != nil && !errors.Is(err, ErrSkipped) {
		t.Fatal(err)
	}
	return d, problems
}

func TestVisibilityIsNeverWidened(t *testing.T) {
	long := strings.Repeat("tags: ", maxHeader)
	for name, test := range map[string]struct {
		header string
		want   access.Visibility // "" is left out
	}{
		"none given":                   {"---\ntitle: A\n---\n", "public"},
		"no header":                    {"", "public"},
		"empty header":                 {"---\n---\n", "public"},
		"given":                        {"---\nvisibility: staff\n---\n", "staff"},
		"an organisation's":            {"---\nvisibility: org:gds\n---\n", "org:gds"},
		"quoted":                       {"---\n\"visibility\": 'org:gds'\n---\n", "org:gds"},
		"in a flow":                    {"---\n{title: a, visibility: staff}\n---\n", "staff"},
		"behind blank lines":           {"\n \n---\nvisibility: staff\n---\n", "staff"},
		"ended by dots":                {"---\nvisibility: staff\n...\n", "staff"},
		"a comment is no visibility":   {"---\n# visibility: staff\ntitle: a\n---\n", "public"},
		"prose is no visibility":       {"---\ndescription: better visibility of costs\n---\n", "public"},
		"unknown word":                 {"---\nvisibility: everyone\n---\n", ""},
		"capitals":                     {"---\nvisibility: Staff\n---\n", ""},
		"key in capitals":              {"---\nVisibility: staff\n---\n", ""},
		"key with a hidden letter":     {"---\nvisi\u200bbility: staff\n---\n", "staff"},
		"key with an escape":           {"---\n\"visib\\u0069lity\": staff\n---\n", "staff"},
		"key misspelt":                 {"---\nvisiblity: staff\n---\n", ""},
		"empty":                        {"---\nvisibility:\n---\n", ""},
		"a list":                       {"---\nvisibility: [staff, public]\n---\n", ""},
		"a map":                        {"---\nvisibility: {org: gds}\n---\n", ""},
		"a number":                     {"---\nvisibility: 1\n---\n", ""},
		"an alias":                     {"---\na: &a public\nvisibility: *a\n---\n", ""},
		"a merge":                      {"---\na: &a\n  visibility: staff\n<<: *a\n---\n", ""},
		"twice":                        {"---\nvisibility: public\nvisibility: staff\n---\n", ""},
		"below another key":            {"---\nmeta:\n  visibility: staff\n---\n", ""},
		"swallowed by a text":          {"---\nsummary: |\n  one\n  visibility: staff\n---\n", ""},
		"two organisations":            {"---\nvisibility: org:gds org:usds\n---\n", ""},
		"with a tab":                   {"---\n\tvisibility: staff\n---\n", ""},
		"header not YAML":              {"---\ntitle: a: b\nvisibility: staff\n---\n", ""},
		"header not YAML, harmless":    {"---\ntitle: a: b\n---\n", "public"},
		"header never ends":            {"---\nvisibility: staff\n\nText.\n", ""},
		"a rule, no header":            {"---\n\nText.\n", "public"},
		"header without its start":     {"visibility: staff\n---\n", ""},
		"second header":                {"---\ntitle: a\n---\n---\nvisibility: staff\n---\n", ""},
		"hyphens with odd space":       {"---\u00a0\nvisibility: staff\n---\n", ""},
		"in a comment of HTML":         {"<!-- ---\nvisibility: staff\n--- -->\n", ""},
		"TOML":                         {"+++\nvisibility = \"staff\"\n+++\n", ""},
		"a list for a header":          {"---\n- visibility: staff\n---\n", ""},
		"longer than may be":           {"---\nvisibility: staff\n" + long + "\n---\n", ""},
		"longer than may be, harmless": {"---\n" + long + "\n---\n", "public"},
		"laughing aliases":             {laughs() + "visibility: staff\n---\n", "staff"},
		"deep":                         {"---\na: " + strings.Repeat("[", 9000) + "\nvisibility: staff\n---\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, problems := readText(t, "a.md", test.header+"\nText.\n")
			if d.Visibility != test.want {
				t.Errorf("read as %q, want %q (%v)", d.Visibility, test.want, problems)
			}
			if test.want == "" && (len(problems) != 1 || !problems[0].Skipped || problems[0].Line == 0 || !strings.Contains(problems[0].Reason, "unclear")) {
				t.Errorf("problems are %+v", problems)
			}
		})
	}
}

// A visibility that is written in another way than the front matter asks for is reported, never overlooked.
func TestStrayVisibilityIsReported(t *testing.T) {
	for name, head := range map[string]string{
		"lost hyphens, a comment first":        "# who may see this page\ntitle: X\nvisibility: staff\n",
		"four hyphens, a comment first":        "----\n# who may see this page\nvisibility: org:gds\n----\n",
		"hyphens made dashes, a comment first": "—-\n# about\nvisibility: org:gds\n—-\n",
		"below the title":                      "# Title\n---\nvisibility: staff\n---\n",
		"below the title, misspelt":            "# Title\n---\nvisability: staff\n---\n",
		"below a heading of HTML":              "<h1>Title</h1>\n---\nvisibility: staff\n---\n",
		"below the title in a comment":         "# Title\n\n<!-- visibility: staff -->\n",
		"below the title, in TOML":             "# Title\n+++\nvisibility = \"staff\"\n+++\n",
		"below a block of code":                "```\ncode\n```\nvisibility: staff\n",
		"below a block of code with a fence":   "````\n```\n````\nvisibility: staff\n```\ncode\n```\n",
		"below code of one line":               "# T\n\n```code```\nvisibility: staff\n",
		"JSON":                                 "{\"title\": \"x\", \"visibility\": \"staff\"}\n",
		"JSON over lines":                      "{\n  \"title\": \"x\", \"visibility\": \"staff\"\n}\n",
		"a flow without hyphens":               "{title: x, visibility: staff}\n",
		"JSON below the title":                 "# T\n\n{\"title\": \"x\", \"visibility\": \"staff\"}\n",
		"misspelt without hyphens":             "title: X\nvisability: staff\n",
		"misspelt, header never ends":          "---\nvisability: staff\n",
		"misspelt, header not YAML":            "---\ntitle: a: b\nvisbility: staff\n---\n",
		"another key, header not YAML":         "---\ntitle: a: b\nprivate: true\n---\n",
		"a merge of a flow":                    "---\nbase: &b {visibility: staff}\n<<: *b\n---\n",
		"a merge of something":                 "---\nbase: &b {title: a}\n<<: *b\n---\n",
		"in a flow below another key":          "---\nmeta: {title: a, visibility: staff}\n---\n",
		"visible_to":                           "---\nvisible_to: staff\n---\n",
		"visible-to":                           "---\nVisible-To: [org:gds]\n---\n",
		"visible":                              "---\nvisible: staff\n---\n",
		"access":                               "---\naccess: internal\n---\n",
		"private":                              "---\nprivate: true\n---\n",
		"reach":                                "---\nreach: org:gds\n---\n",
		"audience":                             "---\naudience: staff\n---\n",
	} {
		t.Run(name, func(t *testing.T) {
			d, problems := readText(t, "a.md", head+"\nText.\n")
			if d.Path != "" || len(problems) != 1 || !problems[0].Skipped || problems[0].Line == 0 || !strings.Contains(problems[0].Reason, "unclear") {
				t.Errorf("read as %q, problems %+v", d.Visibility, problems)
			}
		})
	}
}

// Pages that speak of the visibility of other things are read.
func TestOtherVisibilityIsRead(t *testing.T) {
	for name, test := range map[string]struct{ file, text string }{
		"a style sheet":       {"a.html", "<style>\n.a {\nvisibility: hidden;\n}\n</style>\n<h1>T</h1>\n<style>\nvisibility: collapse\n</style>\n"},
		"code":                {"a.md", "# T\n\n```yaml\n---\nvisibility: staff\n---\n```\n\n~~~\nvisibility: staff\n~~~\n\n    visibility: staff\n"},
		"a rule of style":     {"a.md", "# T\n\nvisibility: hidden;\n"},
		"a list":              {"a.md", "# Make a repository\n\n- Name: yours\n- Visibility: public\n* **Visibility:** Private\n1. Visibility: public\n"},
		"prose":               {"a.md", "# T\n\nThe visibility of costs: it matters.\n\nSet `visibility: staff` and \"visibility\": \"staff\".\n"},
		"another label":       {"a.md", "# T\n\nViability: low. Vision: high.\n\nVisits: 3\n"},
		"far below":           {"a.md", "# T\n\n" + strings.Repeat("Words of a text.\n", 1000) + "visibility: staff\n"},
		"not private":         {"a.md", "---\nprivate: false\nvisible: true\naudience: developers\naccess: open\n---\n"},
		"audiences":           {"a.md", "---\naudience:\n  primary: designers, staff\n---\n"},
		"visibility is given": {"a.md", "---\nvisibility: public\naudience: staff\n---\n"},
		"tags of a template":  {"a.md", "# T\n\n{% set visibility = 1 %}\n{{ visibility: 2 }}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if d, problems := readText(t, test.file, test.text+"\nText.\n"); d.Visibility != "public" || len(d.Passages) == 0 {
				t.Errorf("read as %q, problems %+v", d.Visibility, problems)
			}
		})
	}
}

// laughs is a header whose aliases would grow to gigabytes when written out.
func laughs() string {
	text := "---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := range 9 {
		last, next := string(rune('0'+i)), string(rune('1'+i))
		text += "a" + next + ": &a" + next + " [" + strings.TrimSuffix(strings.Repeat("*a"+last+",", 9), ",") + "]\n"
	}
	return text
}

func TestHeaderIsKept(t *testing.T) {
	d, problems := readText(t, "2020-02-03-a.md", `---
title: The *title* of <b>it</b>
owner: Payments team
owner_slack: "#pay"
contact:
  - x@example.gov.uk
  - text: Office hours
    url: http://example.gov.uk/hours
questions:
  - admins-github
applies_to: all services
tags: one, two
keywords: [three]
asked_as:
  - How do I pay?
authors: [a, b]
lang: en
licence: OGL v3.0
last_reviewed_on: 2025-01-31
review_in: 1 year
---
Text.
`)
	if len(problems) > 0 {
		t.Errorf("problems %+v", problems)
	}
	want := Document{
		Path: "guidance/gds/2020-02-03-a.md", Title: "The title of it", Organisation: "gds", Visibility: "public", Owner: "Payments team",
		Contacts: []Contact{{"x@example.gov.uk", "mailto:x@example.gov.uk"}, {"Office hours", "https://example.gov.uk/hours"}, {"#admins-github", ""}, {"#pay", ""}},
		Licence:  "OGL v3.0", AppliesTo: []string{"all services"}, Tags: []string{"one", "two", "three"}, AskedAs: []string{"How do I pay?"},
		Authors: []string{"a", "b"}, Lang: "en", Published: date(2020, 2, 3), Reviewed: date(2025, 1, 31), ReviewDue: date(2026, 1, 31),
		Passages: []Passage{{Line: 22, Text: "Text."}},
	}
	d.Hash = ""
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
}

// TestAPageIsArchivedByItsHeader, or by a layout for archived pages.
func TestAPageIsArchivedByItsHeader(t *testing.T) {
	for header, want := range map[string]bool{
		"status: archived": true, "layout: layout-archived.njk": true, "layout: archived": true,
		"layout: layout.njk": false, "title: Archived things": false,
	} {
		d, problems := readText(t, "a.md", "---\n"+header+"\n---\n# Page\n\nText.\n")
		if d.Archived != want || len(problems) > 0 {
			t.Errorf("%s: archived %v, want %v (%+v)", header, d.Archived, want, problems)
		}
	}
}

// Odd values of keys that are understood leave a note, and the page is read.
func TestOddValuesAreNoted(t *testing.T) {
	d, problems := readText(t, "a.md", `---
title: [a, list]
status: draft
tags: {a: b}
last_reviewed_on: soon
review_in: a while
audience:
  primary: designers
title: Twice
unknown: {deep: [1]}
---
# Real title

Text.
`)
	if d.Title != "Real title" || len(d.Passages) != 1 {
		t.Errorf("read %+v", d)
	}
	lines := map[int]bool{}
	for _, p := range problems {
		lines[p.Line] = true
		if p.Skipped || p.Path != "guidance/gds/a.md" {
			t.Errorf("problem %+v", p)
		}
	}
	if want := map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true, 8: true, 9: true}; !cmp.Equal(want, lines) {
		t.Errorf("notes on lines %v, want %v: %+v", lines, want, problems)
	}
}

func TestDatesAndPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"2025-02-18": "2025-02-18", "2016-03-18 13:50:00 -5": "2016-03-18", "2016-03-18 9:50:00 -5": "2016-03-18",
		"2019-01-02T03:04:05-05:00": "2019-01-02", "2018-05-06T00:00:00.000Z": "2018-05-06", "18 February 2025": "2025-02-18",
		"yyyy-mm-dd": "", "": "", "2025-13-01": "", "no": "", "1": "",
	} {
		day, ok := parseDate(text, false)
		if got := day.Format("2006-01-02"); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %s (%v), want %q", text, got, ok, want)
		}
	}
	if day, _ := parseDate("2011", true); day != date(2011, 1, 1) {
		t.Errorf("a year alone is %v", day)
	}
}

// FuzzHeader: whatever stands before it, a visibility in a header is kept or the page is left out.
func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"", "title: a", "a: |", "a: 'x", "- b", "{", "? x", "a: &a", "<<: *a", "%YAML 1.2", "# x", "\"", "[", "a:\n  - b\n ", "!!map", "a: \\", "\u2028", "x: >-\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, before string) {
		text, problem := decode([]byte("---\n" + before + "\nvisibility: org:gds\n---\nText.\n"))
		if problem != nil {
			return
		}
		for line := range strings.Lines(strings.TrimPrefix(text, "---\n")) {
			if headerEnd.MatchString(strings.TrimSuffix(line, "\n")) && !strings.HasSuffix(text, line+"Text.\n") {
				return // the header ended before
			}
		}
		h, _, _, skip := parseHeader(text)
		if skip != nil {
			return
		}
		v, skip := h.visibility(access.Public)
		if skip == nil && v != "org:gds" && !strings.Contains(before, "visibility") {
			t.Errorf("%q is read as %q", text, v)
		}
	})
}
