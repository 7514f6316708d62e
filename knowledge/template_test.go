package knowledge

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textIn reads a page and returns its passages one after another, each heading path before it.
func textIn(t testing.TB, name, text string) string {
	t.Helper()
	d, problems := readText(t, name, text)
	for _, p := range problems {
		if p.Skipped {
			t.Fatalf("left out: %+v", p)
		}
	}
	var parts []string
	for _, p := range d.Passages {
		path := strings.Join(p.Headings, " > ")
		if path != "" {
			path = "[" + path + "] "
		}
		parts = append(parts, path+p.Text)
	}
	return strings.Join(parts, "\n===\n")
}

type sample struct{ name, file, text, want string }

func checkSamples(t *testing.T, samples []sample) {
	t.Helper()
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			if got := textIn(t, s.file, s.text); got != s.want {
				t.Errorf("read as %q\nwant    %q", got, s.want)
			}
		})
	}
}

func TestERB(t *testing.T) {
	checkSamples(t, []sample{
		{"title", "a.html.md.erb", "---\ntitle: Keys\n---\n# <%= current_page.data.title %>\n\nKeep them.", "Keep them."},
		{"partial", "a.html.md.erb", "<%= partial 'documentation/keys' %>\n\nText.", "Text."},
		{"warning", "a.html.md.erb", "<%= warning_text('Keep <a href=\"/x\">your keys</a> to yourself at all times') %>", "Keep your keys to yourself at all times"},
		{"warning with an apostrophe", "a.html.md.erb", "<%= warning_text('You'll need two keys for this.')%>", "You'll need two keys for this."},
		{"link", "a.html.md.erb", "See <%= link_to 'the list', '/list.html' %>.", "See the list."},
		{"image", "a.html.md.erb", "A.\n\n<%= image_tag \"x.png\", { :alt => 'A box' } %>\n\nB.", "A.\n\nB."},
		{"condition", "a.html.md.erb", "<% if x %>\nOne.\n<% else %>\nTwo.\n<% end %>", "One.\n\nTwo."},
		{"loop over data", "a.html.md.erb", "Before.\n\n<% data.each do |d| %>\n## <%= d.name %>\n\nAll of <%= d.text %>.\n<% end %>\n\nAfter.", "Before.\n\nAfter."},
		{"sidebar", "a.html.md.erb", "<% content_for :sidebar do %>\n- [Home](/)\n<% end %>\nText.", "Text."},
		{"in code", "a.html.md.erb", "```\nx <%= y %>\nz <%%= w %>\n```", "```\nx \nz <%= w %>\n```"},
		{"in code of another generator", "a.html.md", "```\nx <%= y %>\n```", "```\nx <%= y %>\n```"},
		{"over lines", "a.html.md.erb", "<%=\n  partial(\n    'x') %>\n\nText.", "Text."},
		{"never closed", "a.html.md.erb", "A <%= b\n\nText.", "A = b\n\nText."},
	})
}

func TestLiquidAndNunjucks(t *testing.T) {
	checkSamples(t, []sample{
		{"variables", "a.md", "---\ntitle: Keys\n---\n{{ page.title }} of {{ title | upcase }} and {{ site.name }}.", "Keys of Keys and ."},
		{"link targets", "a.md", "See [one]({{ \"/one/\" | url }}), [two]({% page \"/two\" %}), [three]({{ site.baseurl }}/three){:target=\"_blank\"}.", "See one, two, three."},
		{"attributes of elements", "a.md", "<p>See <a href=\"{{ '/one/' | url }}\">one</a>.</p>", "See one."},
		{"comment", "a.md", "A. {# hidden #}\n\n{% comment %}\nhidden\n{% endcomment %}\n\nB.", "A.\n\nB."},
		{"include", "a.md", "{% include 'box.html' path: \"a.svg\" %}\n\nText.", "Text."},
		{"include that quotes", "a.md", "{% include \"quote.html\",\n  quote: \"We did not know where to start.\",\n  name: \"A Person\"\n%}", "We did not know where to start."},
		{"alert", "a.md", "{% alert \"info\" %}\nKeep this safe.\n{% endalert %}", "Keep this safe."},
		{"loop over data", "a.md", "A.\n\n{% for p in posts %}\n- {{ p.title }} by us\n{% endfor %}\n\nB.", "A.\n\nB."},
		{"loop without data", "a.md", "{% for i in (1..2) %}\nText.\n{% endfor %}", "Text."},
		{"raw", "a.md", "Write `{% raw %}{{ x }}{% endraw %}` there.", "Write {{ x }} there."},
		{"highlight", "a.md", "A:\n\n{% highlight css %}\na { b: c }\n{% endhighlight %}\n\nB.", "A:\n\n```\na { b: c }\n```\n\nB."},
		{"capture", "a.md", "{% capture body %}\nText *here*.\n{% endcapture %}\n{{ body | markdownify }}", "Text here."},
		{"macro", "a.md", "{% from \"x.njk\" import example %}\n\nA.\n\n{{ example({ group: \"a\", b: {c: 1}}) }}\n\nB.", "A.\n\nB."},
		{"macro with a sentence", "a.md", "{{ govukWarningText({ text: \"You can be fined up to five pounds.\" }) }}", "You can be fined up to five pounds."},
		{"call", "a.md", "{% call govukInsetText() %}\nIt takes a week.\n{% endcall %}", "It takes a week."},
		{"call that heads its body", "a.md", "# A\n\n{% call(o) options(\"Configure the head of the whole page\") %}\n{%- call add(o, 'lang', 'Variable') -%}\nSet the language.\n{%- endcall %}\n{% endcall %}", "[Configure the head of the whole page] lang: Set the language."},
		{"channel", "a.md", "Ask in {% slack_channel \"admins\" %} or {% slack_channel \"dev\" \"our channel\" %}.", "Ask in #admins or our channel (#dev)."},
		{"person", "a.md", "Ask {{ \"noah\" | team_link }}.", "Ask noah."},
		{"attribute lists", "a.md", "{:.intro}\nText{: .x}.\n\n* TOC\n{:toc}\n\nMore.", "Text.\n\nMore."},
		{"never closed", "a.md", "A {{ b and {% c\n\nText.", "A b and c\n\nText."},
		{"image", "a.md", "{% image \"a.png\" \"Box\" %}\n\n{% image \"b.png\" \"Two people read a large map.\" %}", "Two people read a large map."},
		{"condition", "a.md", "{% if a %}One.{% endif %}", "One."},
	})
}

func TestMDX(t *testing.T) {
	checkSamples(t, []sample{
		{"modules", "a.mdx", "import A from './a'\nexport const x = {\n  a: 1 }\n\nText.", "Text."},
		{"components", "a.mdx", "<Summary>\n- One\n- Two\n</Summary>\n## Next\n\nText.<Icon name=\"x\" />", "- One\n- Two\n===\nText."},
		{"comments", "a.mdx", "A.{/* hidden\nhere */}\n\nB.", "A.\n\nB."},
		{"a heading prop", "a.mdx", "<Box\n  heading=\"More\"\n  to=\"/x\">\n\nText.\n\n</Box>", "Text."},
	})
}

var (
	codeIn   = regexp.MustCompile("(?s)```\n.*?\n```")
	tagsLeft = regexp.MustCompile(`<%|%>|\{%|\{\{|\{:`)
	// markupLeft finds what CommonMark takes for a tag; anything else between < and > is text, such as "<a /r_>".
	markupLeft = regexp.MustCompile("(?i)<(?:" + tagNames + ")(?:\\s+[a-z_:][\\w.:-]*(?:\\s*=\\s*(?:[^\\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?)*\\s*/?>|</(?:" + tagNames + ")\\s*>")
)

const tagNames = "div|p|span|section|ul|ol|li|table|tr|td|th|h[1-6]|a|img|br|script|style|iframe|nav|form"

// shown returns the bones of what a browser shows of Markdown as text. Tags that are spelt there, as by "<div</b>>",
// which closes a tag within what looks like one, are no markup.
func shown(t *testing.T, source string) string {
	t.Helper()
	var rendered bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(source), &rendered); err != nil {
		t.Fatal(err)
	}
	page, err := xhtml.Parse(&rendered)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for node := range page.Descendants() {
		if node.Type == xhtml.TextNode && node.Parent.DataAtom != atom.Script && node.Parent.DataAtom != atom.Style {
			said.WriteString(node.Data)
		}
	}
	return bones(said.String())
}

// bones returns what makes a tag of a text: without its spaces, and without marks that the reading of it takes out.
func bones(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("</>=", r) {
			return r
		}
		return -1
	}, s)
}

// FuzzMarkdown: no passage of any Markdown is empty, too long, or holds tags.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"# A\n\nB *c* [d](e).", "{{ a }} {% b %} <%= c %>", "- a\n  - b\n\n1. c", "|a|b|\n|-|-|\n|c|d|", "<div>\na\n</div>\n# b", "```\n{{ a }}\n```",
		"{% for a in b %}{{ a }}{% endfor %}", "{{{{ a }}}}", "{%{{%}", "<<%%>>", "{: .a}\n# b {#c}", "<pre>{{</pre>", "[a]: {{ b }}", "{{ \"a b c d e f {{ g\" }}", "~~~\na",
		"<div</div>># ", "<di*v*>", "<A\na<v>>A", "<A <a<>>>", "<div**>**", "<A\n\n<\n\nA>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text, problem := decode([]byte(body))
		if problem != nil || strings.ContainsAny(text, "`~&\\") || strings.Contains(text, "    ") || strings.Contains(text, "\t") ||
			strings.Contains(text, "<code") || strings.Contains(text, "<pre") || strings.Contains(strings.ToLower(text), "<samp") ||
			regexp.MustCompile(`(?i)<(code|pre|kbd|samp|tt)|highlight`).MatchString(text) {
			return // code shows tags, and entities and escapes may spell them
		}
		for _, name := range []string{"a.md", "a.md.erb", "a.mdx"} {
			tags := templates{erb: strings.HasSuffix(name, ".erb"), mdx: strings.HasSuffix(name, ".mdx"), markdown: true, values: func(string) string { return "" }}
			stripped := tags.strip(text)
			r := reading{file: File{Path: name, within: name}}
			var d Document
			title, pieces := r.pieces(formMarkdown, text, 1)
			r.finish(&d, title, pieces)
			checkPassages(t, d)
			for _, p := range d.Passages {
				prose := codeIn.ReplaceAllString(p.Text, "")
				if left := tagsLeft.FindString(prose); left != "" && left != "{:" {
					t.Errorf("%s: %q leaves %q in %q", name, body, left, p.Text)
				}
				for _, paragraph := range strings.Split(prose, "\n\n") { // no tag goes on behind a blank line
					if left := markupLeft.FindString(paragraph); left != "" && !strings.ContainsAny(body, "{%") && !strings.Contains(shown(t, stripped), bones(left)) {
						t.Errorf("%s: %q leaves %q in %q", name, body, left, p.Text)
					}
				}
			}
		}
	})
}
