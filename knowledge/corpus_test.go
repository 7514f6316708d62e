package knowledge

import (
	"context"
	"errors"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// corpusFolder returns where the organisations' real documents lie.
func corpusFolder(t testing.TB) string {
	t.Helper()
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		t.Skip("LIAISON_TESTDATA is not set: the real documents were not read; set it to the folder that holds corpus/")
	}
	return filepath.Join(data, "corpus")
}

// readCorpus reads the real documents with two readers at once.
func readCorpus(t testing.TB, dir string) (documents map[string]Document, problems []Problem) {
	t.Helper()
	b := mustOpen(t, dir)
	files, problems := b.Files(context.Background())
	documents = make(map[string]Document, len(files))
	var lock sync.Mutex
	var readers sync.WaitGroup
	next := make(chan File)
	for range 2 {
		readers.Go(func() {
			for f := range next {
				d, found, err := b.Read(context.Background(), f)
				lock.Lock()
				problems = append(problems, found...)
				if err == nil {
					documents[d.Path] = d
				} else if !errors.Is(err, ErrSkipped) {
					t.Errorf("%s: %v", f.Path, err)
				}
				lock.Unlock()
			}
		})
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	readers.Wait()
	return documents, problems
}

// left are what the passages of the real documents must not hold outside code; hint is what every match
// holds, which is faster to look for.
var left = map[string]struct {
	hint    string
	pattern *regexp.Regexp
}{
	"ERB":               {"%", regexp.MustCompile(`<%|%>`)},
	"Liquid":            {"%", regexp.MustCompile(`\{%|%\}`)},
	"Nunjucks":          {"{", regexp.MustCompile(`\{\{|\}\}`)},
	"kramdown":          {"{", regexp.MustCompile(`\{:[^}]*\}|\{[.#][\w-]+[^}]*\}`)},
	"front matter":      {"", regexp.MustCompile(`(?m)^---\s*$|^(?:layout|permalink|redirect_from|last_reviewed_on|owner_slack|eleventyNavigation): `)},
	"HTML":              {"<", regexp.MustCompile(`(?i)</?(?:div|p|span|section|article|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]|a|img|br|hr|strong|em|script|style|iframe|nav|form|input|button|label|figure|details|summary|sup|blockquote)(?:\s[^<>]*)?/?>`)},
	"comment":           {"<", regexp.MustCompile(`<!--`)},
	"MDX":               {"<", regexp.MustCompile(`</?(?:Summary|ProcessList|MultiStep|ExternalResources|Assessment)\b`)},
	"module":            {"", regexp.MustCompile(`(?m)^(?:import \S+ from|export (?:const|default)) `)},
	"Markdown link":     {"](", regexp.MustCompile(`\]\((?:https?:|/|#)[^)\s]*\)`)},
	"contents":          {"TOC", regexp.MustCompile(`\[\[?_?TOC_?\]?\]`)},
	"zero width":        {"", regexp.MustCompile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")},
	"shortcode":         {"", regexp.MustCompile(`slack_channel "|image_with_class|RunRakeTask|warning_text`)},
	"empty punctuation": {"", regexp.MustCompile(`(?m)^[|>*_-]+$`)},
}

var codeElements = regexp.MustCompile(`(?s)<(?:code|kbd|pre)[^>]*>(.*?)</(?:code|kbd|pre)>`)

// prose returns what of a passage is not code on its page: without blocks of code, and without what the
// file writes as code within a line.
func prose(passage string, codes []string) string {
	passage = codeIn.ReplaceAllString(passage, "")
	for _, code := range codes {
		passage = strings.ReplaceAll(passage, code, "")
	}
	return passage
}

// codesIn returns what a file writes as code within a line, longest first.
func codesIn(source string) []string {
	source = rawTag.ReplaceAllString(source, "")
	var codes []string
	add := func(code string) {
		if code = tidy(code); strings.ContainsAny(code, "<>{}[*-#_") {
			codes = append(codes, code)
		}
	}
	for _, m := range codeElements.FindAllStringSubmatch(source, -1) {
		add(html.UnescapeString(m[1]))
	}
	document := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader([]byte(source)))
	err := ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if span, ok := node.(*ast.CodeSpan); ok && entering {
			code := ""
			for child := span.FirstChild(); child != nil; child = child.NextSibling() {
				code += string(child.(*ast.Text).Value([]byte(source)))
			}
			add(code)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		panic(err)
	}
	slices.SortFunc(codes, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(codes)
}

func TestRealDocuments(t *testing.T) {
	dir := corpusFolder(t)
	documents, problems := readCorpus(t, dir)
	t.Run("come out clean", func(t *testing.T) { checkClean(t, dir, documents, problems) })
	t.Run("are known", func(t *testing.T) { checkKnown(t, documents) })
}

// checkClean checks every passage of the real documents, and how many there are.
func checkClean(t *testing.T, dir string, documents map[string]Document, problems []Problem) {
	sources, passages, bare := map[string]int{}, 0, 0
	for path, d := range documents {
		sources[d.Source]++
		checkPassages(t, d)
		var codes []string
		if len(d.Passages) == 0 {
			bare++
		}
		if d.Title == "" || strings.ContainsAny(d.Title, "<>{}\n") || d.Hash == "" || !strings.HasPrefix(d.URL, "https://") {
			t.Errorf("%s: title %q, url %q", path, d.Title, d.URL)
		}
		passages += len(d.Passages)
		for _, p := range d.Passages {
			words := prose(p.Text, codes)
			for name, tag := range left {
				if !strings.Contains(words, tag.hint) {
					continue
				}
				if codes == nil && tag.pattern.MatchString(words) { // code within a line may show tags
					data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
					must(t, err)
					codes = codesIn(string(data))
					words = prose(p.Text, codes)
				}
				if found := tag.pattern.FindString(words); found != "" {
					t.Errorf("%s:%d: %s is left: %q", path, p.Line, name, found)
				}
			}
			if !saysSomething(p.Text) || slices.Contains(p.Headings, "") || !strings.HasPrefix(p.URL, d.URL) {
				t.Errorf("%s:%d: headings %q, url %q, text %.60q", path, p.Line, p.Headings, p.URL, p.Text)
			}
		}
	}
	skipped := 0
	for _, p := range problems {
		if p.Skipped {
			skipped++
			t.Logf("skipped %s:%d: %s", p.Path, p.Line, p.Reason)
		}
	}
	t.Logf("%d documents of %d sources, %d passages; %d without text, %d skipped", len(documents), len(sources), passages, bare, skipped)
	if len(sources) != 27 || len(documents) < 2400 || passages < 15_000 || bare > len(documents)/20 || skipped > 5 {
		t.Errorf("%d sources, %d documents, %d passages, %d without text, %d skipped", len(sources), len(documents), passages, bare, skipped)
	}
}

// checkKnown checks what was looked up by eye in the sources and on their sites.
func checkKnown(t *testing.T, documents map[string]Document) {
	for _, want := range []struct {
		path, title, url, organisation, reviewed, due, contact string
		archived                                               bool
		heading, anchor, words                                 string
	}{
		{"gds/gds-way/source/standards/storing-credentials.html.md.erb", "How to store credentials", "https://gds-way.digital.cabinet-office.gov.uk/standards/storing-credentials.html", "gds", "2025-02-18", "2025-08-18", "", false,
			"Team credentials", "#team-credentials", "Make sure you configure the repo as internal or ideally private"},
		{"18f/handbook/pages/tools/google-meet.md", "Google Meet", "https://handbook.tts.gsa.gov/tools/google-meet", "tts", "", "", "#it-issues", false, "Rules", "#rules", "Abide by the TTS Code of Conduct."},
		{"gds/govuk-design-system/src/components/details/index.md", "Details", "https://design-system.service.gov.uk/components/details/", "gds", "", "", "", false, "When to use this component", "#when-to-use-this-component", "Use the details component to make a page easier to scan"},
		{"18f/guides/content/methods/about.md", "About", "https://github.com/18F/guides/blob/debc24b34f23686194d9fe42e391859d569bd39a/content/methods/about.md", "18f", "", "", "", true, "Using the 18F Methods", "#using-the-18f-methods", "The four phases are Discover, Decide, Make, Validate."},
		{"usds/techfar-hub/tech-far-hub/content/resources/learning-center/agency-maturity-for-agile.mdx", "Agency Maturity for Agile", "https://techfarhub.usds.gov/tech-far-hub/content/resources/learning-center/agency-maturity-for-agile", "usds", "", "", "", false, "Why does it matter?", "#why-does-it-matter", "An organization that has never worked with these kinds of services"},
		{"usds/website/_reports_to_congress/2017/fall/13_completed.md", "Completed Projects", "https://www.usds.gov/report-to-congress/2017/fall/completed/", "usds", "", "", "", false, "Department of Defense", "#department-of-defense", "used by hundreds of NATO military and civilian advisors"},
		{"gds/pay-tech-docs/source/api_reference/refund_status_reference/index.html.md.erb", "Check the status of a refund API reference", "https://docs.payments.service.gov.uk/api_reference/refund_status_reference/", "gds", "2023-06-22", "2024-06-22", "", false, "", "", "You can use this endpoint to get details about an individual refund."},
		{"pif/pif-website/about/index.html", "About Us", "https://presidentialinnovationfellows.gov/about/", "pif", "", "", "", false, "What we do", "#what-we-do", "Hand-in-hand with federal agency leaders"},
	} {
		d := documents[want.path]
		if d.Title != want.title || d.URL != want.url || d.Organisation != want.organisation || d.Archived != want.archived || d.Visibility != "public" {
			t.Errorf("%s: %q %s %s %v", want.path, d.Title, d.URL, d.Organisation, d.Archived)
		}
		if want.reviewed != "" && (d.Reviewed.Format("2006-01-02") != want.reviewed || d.ReviewDue.Format("2006-01-02") != want.due) {
			t.Errorf("%s: reviewed %v, due %v", want.path, d.Reviewed, d.ReviewDue)
		}
		if want.contact != "" && (len(d.Contacts) == 0 || d.Contacts[0].Text != want.contact) {
			t.Errorf("%s: contacts %v", want.path, d.Contacts)
		}
		if !slices.ContainsFunc(d.Passages, func(p Passage) bool {
			last := ""
			if len(p.Headings) > 0 {
				last = p.Headings[len(p.Headings)-1]
			}
			return strings.Contains(p.Text, want.words) && last == want.heading && p.URL == want.url+want.anchor
		}) {
			t.Errorf("%s: no passage below %q at %q says %q", want.path, want.heading, want.anchor, want.words)
		}
	}
	if post := documents["18f/blog/content/posts/2016-03-18-18f-year-two-by-the-numbers.md"]; post.Published.Format("2006-01-02") != "2016-03-18" || !slices.Contains(post.Authors, "boone") {
		t.Errorf("post is of %v by %v", post.Published, post.Authors)
	}
}

// BenchmarkReadRealDocuments reads all real documents with two readers.
func BenchmarkReadRealDocuments(b *testing.B) {
	for b.Loop() {
		documents, _ := readCorpus(b, corpusFolder(b))
		b.ReportMetric(float64(len(documents)), "documents")
	}
}
