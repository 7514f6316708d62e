package knowledge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// placed are problems as "file:line: reason", for comparing by what they start with and hold.
func placed(problems []Problem) []string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s:%d:%v: %s", p.Path, p.Line, p.Skipped, p.Reason))
	}
	return lines
}

// checkProblems checks that each problem is the one wanted: "file:line:skipped" and words of its reason.
func checkProblems(t *testing.T, problems []Problem, want ...[2]string) {
	t.Helper()
	got := placed(problems)
	if len(got) != len(want) {
		t.Fatalf("problems are\n%s", strings.Join(got, "\n"))
	}
	for i, w := range want {
		if !strings.HasPrefix(got[i], w[0]+":") || !strings.Contains(got[i], w[1]) {
			t.Errorf("problem %d is %q, want %q with %q", i, got[i], w[0], w[1])
		}
	}
}

func TestTeams(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{"guidance/gds/a.md": "A.", "teams.yaml": `organisations:
  - id: gds
    name: Government Digital Service
    short: GDS
    aliases: [the digital service]
    country: GB
    zone: Europe/London
    holidays: england-and-wales
    about: Builds
      services.
    covers: [accessibility]
    contacts:
      - {text: "#gds", url: https://a.example}
      - x@example.gov.uk
    founded: 2011
    renamed:
      - {name: Old name, until: 2025-01-20}
    source: https://a.example
  - id: old
    name: Old team
    kind: team
    parent: gds
    until: 2025-03-01
    successor: gds
`}))
	checkProblems(t, b.Problems)
	want := []Organisation{{
		ID: "gds", Name: "Government Digital Service", Short: "GDS", Aliases: []string{"the digital service"}, Kind: "organisation", Country: "gb",
		Zone: "Europe/London", Holidays: "england-and-wales", About: "Builds services.", Covers: []string{"accessibility"},
		Contacts: []Contact{{"#gds", "https://a.example"}, {"x@example.gov.uk", "mailto:x@example.gov.uk"}},
		Founded:  date(2011, 1, 1), Renamed: []Renaming{{"Old name", date(2025, 1, 20)}}, Source: "https://a.example",
	}, {ID: "old", Name: "Old team", Kind: "team", Parent: "gds", Until: date(2025, 3, 1), Successor: "gds"}}
	if diff := cmp.Diff(want, b.Organisations); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInTeamsAreNamed(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{"guidance/gds/a.md": "A.", "teams.yaml": `organisations:
  - id: gds
    name: Government Digital Service
    founded: once
    colour: red
  - id: GDS
    name: Capitals
  - id: gds
    name: Again
  - name: No id
  - id: nameless
  - id: far
    name: Far
    zone: Moon/Base
  - just a text
  - id: [list]
    name: x
  - id: child
    name: Child
    parent: nobody
other: 1
`}))
	checkProblems(t, b.Problems,
		[2]string{"teams.yaml:0:false", `"nobody"`}, [2]string{"teams.yaml:4:false", "is not a date"}, [2]string{"teams.yaml:5:false", `"colour"`},
		[2]string{"teams.yaml:6:true", "needs an id"}, [2]string{"teams.yaml:8:true", "two organisations"}, [2]string{"teams.yaml:10:true", "needs an id"},
		[2]string{"teams.yaml:11:true", "needs a name"}, [2]string{"teams.yaml:12:true", "Europe/London"}, [2]string{"teams.yaml:15:true", "entry with keys"},
		[2]string{"teams.yaml:16:true", "cannot be understood"}, [2]string{"teams.yaml:21:false", `"other"`})
	if len(b.Organisations) != 2 {
		t.Errorf("organisations are %+v", b.Organisations)
	}
}

func TestGlossary(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{"guidance/gds/a.md": "A.", "teams.yaml": "organisations: [{id: gds, name: GDS}]", "glossary.yaml": `terms:
  - term: ATO
    aliases: [authority to operate]
    meaning: Leave to run a system.
    nearest: [{term: assurance, note: not one step}]
    source: https://a.example
  - term: Beta
    meanings: [{organisation: gds, text: A phase.}]
    visibility: org:gds
  - term: ato
    meaning: Again.
  - term: Secret
    meaning: x
    visibility: everyone
  - term: Empty
  - aliases: [x]
    meaning: y
protected: [IT, who]
spellings:
  - [organise, organize]
  - [one]
`}))
	checkProblems(t, b.Problems, [2]string{"glossary.yaml:10:true", "twice"}, [2]string{"glossary.yaml:12:true", "unclear"}, [2]string{"glossary.yaml:15:true", "needs a meaning"},
		[2]string{"glossary.yaml:16:true", "needs a term"}, [2]string{"glossary.yaml:21:true", "pair"})
	want := []Term{
		{Term: "ATO", Aliases: []string{"authority to operate"}, Meanings: []Meaning{{"", "Leave to run a system."}}, Nearest: []Equivalent{{"assurance", "not one step"}}, Source: "https://a.example", Visibility: "public"},
		{Term: "Beta", Meanings: []Meaning{{"gds", "A phase."}}, Visibility: "org:gds"},
	}
	if diff := cmp.Diff(want, b.Terms); diff != "" {
		t.Error(diff)
	}
	if !cmp.Equal(b.Protected, []string{"IT", "who"}) || !cmp.Equal(b.Spellings, [][2]string{{"organise", "organize"}}) {
		t.Errorf("protected %v, spellings %v", b.Protected, b.Spellings)
	}
}

func TestPeople(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{
		"guidance/gds/a.md": "A.", "teams.yaml": "organisations: [{id: gds, name: GDS}]", "people/README.md": "How.",
		"people/a.md": "---\nname: Ada Example\norganisation: gds\nrole: Developer\nskills: [Go, tests]\nhelps_with: reviews\nzone: Europe/London\ncontact: \"#dev\"\nconsent: asked in chat, 1 May 2026\nreach: staff\nexample: true\n---\nLikes *plain* words.\n",
		"people/b.md": "---\nname: Bea Example\norganisation: gds\n---\n",
		"people/c.md": "---\nname: Cy Example\norganisation: gds\nreach: everyone\n---\n",
		"people/d.md": "Just text.",
		"people/e.md": "---\nname: E\norganisation: gds\nzone: Moon\nmood: good\nconsent: false\n---\n",
	}))
	checkProblems(t, b.Problems, [2]string{"people/c.md:4:true", "unclear"}, [2]string{"people/d.md:1:true", "front matter"},
		[2]string{"people/e.md:4:false", "Moon"}, [2]string{"people/e.md:5:false", "mood"})
	want := []Person{
		{Path: "people/a.md", Name: "Ada Example", Organisation: "gds", Role: "Developer", Skills: []string{"Go", "tests"}, HelpsWith: []string{"reviews"}, Zone: "Europe/London",
			Contact: "#dev", Consent: "asked in chat, 1 May 2026", Reach: "staff", Example: true, Text: "Likes plain words."},
		{Path: "people/b.md", Name: "Bea Example", Organisation: "gds", Reach: "org:gds"},
		{Path: "people/e.md", Name: "E", Organisation: "gds", Reach: "org:gds"},
	}
	if diff := cmp.Diff(want, b.People); diff != "" {
		t.Error(diff)
	}
}

func TestQuestions(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{"guidance/gds/a.md": "A.", "questions.yaml": `questions:
  - {id: q1, text: "Where?", relevant: [guidance/gds/a.md], answer_quote: here, style: paraphrase}
  - {id: q2, text: "Why?", unanswerable: true, style: [a, b]}
  - {id: q2, text: "Again?", unanswerable: true}
  - {id: q3, text: "Neither?"}
  - {id: q4, text: "Both?", relevant: [x], unanswerable: true}
  - {id: q5, relevant: [x]}
`}))
	checkProblems(t, b.Problems, [2]string{"questions.yaml:4:true", "id of its own"}, [2]string{"questions.yaml:5:true", "relevant:"},
		[2]string{"questions.yaml:6:true", "leave one"}, [2]string{"questions.yaml:7:true", "needs a text"})
	want := []Question{{ID: "q1", Text: "Where?", Relevant: []string{"guidance/gds/a.md"}, AnswerQuote: "here", Style: []string{"paraphrase"}}, {ID: "q2", Text: "Why?", Unanswerable: true, Style: []string{"a", "b"}}}
	if diff := cmp.Diff(want, b.Questions); diff != "" {
		t.Error(diff)
	}
}

// A slip of the finger must not pass for a file that holds nothing: there is no base at all then.
func TestVocabularyThatIsNoYAML(t *testing.T) {
	for name, text := range map[string]string{
		"broken": "KEY: [", "indented wrongly": "KEY:\n  - id: a\n   name: b\n", "a list": "- a", "an alias": "KEY: &a [*a]",
		"twice": "KEY: []\nKEY: []", "not a list": "KEY: 1", "not UTF-8": "\xff", "another key": "KEYS: []",
	} {
		for file, key := range map[string]string{"teams.yaml": "organisations", "glossary.yaml": "terms", "sources.yaml": "sources"} {
			dir := folderWith(t, map[string]string{"guidance/gds/a.md": "A.", file: strings.ReplaceAll(text, "KEY", key)})
			_, err := Open(dir)
			var broken *BrokenError
			if !errors.As(err, &broken) || len(broken.Problems) != 1 || broken.Problems[0].Path != file || !strings.Contains(err.Error(), filepath.Join(dir, file)) {
				t.Errorf("%s in %s: %v", name, file, err)
			}
		}
	}
}

func TestTheLineOfASlipIsNamed(t *testing.T) {
	many := strings.Repeat("  - {id: x, name: X}\n", 300)
	for text, line := range map[string]int{
		"organisations:\n  - {id: exd}\n  - {id: gds, name: [}\n  - {id: usx}\n":     3,
		"organisations:\n" + many + "  - id: b\n   name: c\n" + many:                 303,
		"organisations:\n  - id: a\n    name: x: y\n":                                3,
		"organisations:\n  - id: a\n\tname: x\n":                                     3,
		"organisations:\n  - aliases: [a,\n     b]\n    id: a\n  id: b\n  - id: c\n": 5,
	} {
		_, err := Open(folderWith(t, map[string]string{"guidance/gds/a.md": "A.", "teams.yaml": text}))
		var broken *BrokenError
		if !errors.As(err, &broken) || broken.Problems[0].Line != line {
			t.Errorf("%v, want line %d", err, line)
		}
	}
}

func TestAllThatIsBrokenIsNamedAtOnce(t *testing.T) {
	_, err := Open(folderWith(t, map[string]string{"guidance/gds/a.md": "A.", "teams.yaml": "organisations:\n  - id: [", "glossary.yaml": "terms: no"}))
	var broken *BrokenError
	if !errors.As(err, &broken) || len(broken.Problems) != 2 || broken.Problems[1].Line == 0 {
		t.Errorf("got %v", err)
	}
}

func TestSources(t *testing.T) {
	outside := folderWith(t, map[string]string{"docs/index.md": "# Home\n\nText.", "docs/b.html.md.erb": "# B\n\nText.", "README.md": "No.", "docs/LICENCE.md": "No.", "docs/_part.md": "# P\n\nText."})
	old := folderWith(t, map[string]string{"docs/index.md": "# Home\n\nText.", "docs/other.md": "No."})
	dir := folderWith(t, map[string]string{
		"teams.yaml": "organisations: [{id: gds, name: GDS}]", "inside/a.md": "# A\n\n## One & two\n\nText.", "inside/p.md": "---\npermalink: /there/\n---\n# P\n\nText.",
		"sources.yaml": fmt.Sprintf(`sources:
  - {name: in, organisation: gds, folder: inside, url: "https://a.example/sub/", visibility: staff, contact: "#in", owner: In team, licence: OGL}
  - {name: out, organisation: gds, folder: %q, root: docs, url: "https://b.example/", origin: "https://github.com/o/n/tree/abc", visibility: public, exclude: ["LICEN*"]}
  - {name: old, organisation: gds, folder: %q, root: docs, include: ["index.*"], url: "https://c.example/", origin: "https://github.com/o/n/tree/abc", visibility: "org:gds", status: archived}
  - {name: unclear, organisation: gds, folder: inside, visibility: all}
  - {name: silent, organisation: gds, folder: inside}
  - {name: gone, organisation: gds, folder: nowhere, visibility: public}
  - {name: in, organisation: gds, folder: inside, visibility: public}
`, outside, old),
	})
	b := mustOpen(t, dir)
	checkProblems(t, b.Problems, [2]string{"sources.yaml:5:true", "unclear"}, [2]string{"sources.yaml:6:true", "who may see it"}, [2]string{"sources.yaml:8:true", "two sources"})
	documents, problems := readAll(t, b)
	checkProblems(t, problems, [2]string{"nowhere:0:true", "correct its folder"})
	got := map[string]string{}
	for path, d := range documents {
		got[path] = fmt.Sprint(d.URL, " ", d.Visibility, " ", d.Archived, " ", d.Owner, d.Contacts)
	}
	want := map[string]string{
		"inside/a.md":            "https://a.example/sub/a staff false In team[{#in }]",
		"inside/p.md":            "https://a.example/there/ staff false In team[{#in }]",
		"out/docs/index.md":      "https://b.example/ public false []",
		"out/docs/b.html.md.erb": "https://b.example/b.html public false []",
		"out/docs/_part.md":      "https://github.com/o/n/blob/abc/docs/_part.md public false []",
		"old/docs/index.md":      "https://github.com/o/n/blob/abc/docs/index.md org:gds true []",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPageURLs(t *testing.T) {
	site := Source{URL: "https://a.example/docs/", Root: "src"}
	code := Source{URL: "https://github.com/o/n/blob/abc/", Archived: true, Origin: "https://github.com/o/n/tree/ab"}
	for _, test := range []struct {
		source            Source
		within, own, want string
	}{
		{site, "src/a/b.html.md.erb", "", "https://a.example/docs/a/b.html"},
		{site, "src/a/index.html.md", "", "https://a.example/docs/a/"},
		{site, "src/a/b.md", "", "https://a.example/docs/a/b"},
		{site, "src/rotating.credentials.html.md", "", "https://a.example/docs/rotating.credentials.html"},
		{site, "src/index.md", "", "https://a.example/docs/"},
		{site, "src/a b.md", "", "https://a.example/docs/a%20b"},
		{site, "src/b.md", "/x/y/", "https://a.example/x/y/"},
		{site, "src/b.md", "x", "https://a.example/x"},
		{site, "src/b.md", "../../x", "https://a.example/x"},
		{site, "src/b.md", "http://b.example/x", "https://b.example/x"},
		{site, "src/b.md", "javascript://x", ""},
		{code, "src/b.html.md.erb", "/x/", "https://github.com/o/n/blob/abc/src/b.html.md.erb"},
		{Source{}, "b.md", "https://b.example/x", "https://b.example/x"},
		{Source{}, "b.md", "/x", ""},
		{Source{}, "b.md", "", ""},
		{Source{Origin: "https://github.com/o/n/tree/ab"}, "b.md", "", "https://github.com/o/n/blob/ab/b.md"},
	} {
		if got := test.source.pageURL(test.within, test.own); got != test.want {
			t.Errorf("%s (%s): %q, want %q", test.within, test.own, got, test.want)
		}
	}
}

// A page that tells in its own words what a public source says links to that source, without anchors.
func TestRetoldPagesLinkToTheirSource(t *testing.T) {
	for _, header := range []string{"source: https://a.example/x", "source: https://a.example/x\nurl: https://a.example/x"} {
		d, _ := readText(t, "a.md", "---\ntitle: T\n"+header+"\n---\n## Mine\n\nText.\n\n## Source\n\n[X](https://a.example/x).\n")
		if d.URL != "https://a.example/x" || d.Passages[0].URL != d.URL || d.Passages[0].Line < 5 || len(d.Passages) != 1 {
			t.Errorf("%q gives %q, %+v", header, d.URL, d.Passages)
		}
	}
	d, _ := readText(t, "a.md", "---\ntitle: T\nsource: https://a.example/x\nurl: https://b.example/y\n---\n## Mine\n\nText.\n\n## Source\n\nX.\n")
	if d.Passages[0].URL != "https://b.example/y#mine" || len(d.Passages) != 2 {
		t.Errorf("a page published elsewhere links to %q", d.Passages[0].URL)
	}
}

// The hash tells whether a page must be read again: it follows the text and what sources.yaml says.
func TestDigestFollowsTextAndSource(t *testing.T) {
	source := "sources: [{name: in, organisation: gds, folder: inside, visibility: public, owner: %s}]"
	dir := folderWith(t, map[string]string{"inside/a.md": "One.", "sources.yaml": fmt.Sprintf(source, "a")})
	digest := func() string {
		t.Helper()
		b := mustOpen(t, dir)
		files, _ := b.Files(t.Context())
		d, _, err := b.Read(t.Context(), files[0])
		must(t, err)
		alone, err := b.Digest(files[0])
		must(t, err)
		if alone != d.Hash {
			t.Errorf("digest %s is not the document's hash %s", alone, d.Hash)
		}
		return alone
	}
	first := digest()
	if digest() != first {
		t.Error("the same page has two digests")
	}
	must(t, os.WriteFile(filepath.Join(dir, "sources.yaml"), fmt.Appendf(nil, source, "b"), 0o600))
	second := digest()
	must(t, os.WriteFile(filepath.Join(dir, "inside/a.md"), []byte("Two."), 0o600))
	if third := digest(); first == second || second == third {
		t.Error("a change left the digest as it was")
	}
}
