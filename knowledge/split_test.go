package knowledge

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMarkdownBecomesPassages(t *testing.T) {
	checkSamples(t, []sample{
		{"inline markup", "a.md", "A **b** _c_ ~~d~~ [e](f) `g*h*` &amp; i<sup>2</sup> <span class=x>j</span>.", "A b c d e g*h* & i2 j."},
		{"soft and hard line ends", "a.md", "one\ntwo  \nthree", "one two\nthree"},
		{"heading path", "a.md", "# T\n\nA.\n\n## B\n\n### C\n\nD.\n\n## E\n\nF.", "A.\n===\n[B > C] D.\n===\n[E] F."},
		{"headings under lines", "a.md", "T\n=\n\nA.\n\nB\n-\n\nC.", "A.\n===\n[B] C."},
		{"headings without a space", "a.md", "# T\n\nA.\n\n##B\n\nC.", "A.\n===\n[B] C."},
		{"heading right below HTML", "a.md", "# T\n\n<div>Approach</div>\n### Use it\n\nText.", "Approach\n===\n[Use it] Text."},
		{"nothing below a heading", "a.md", "# T\n\n## A\n\n## B\n\nC.", "[B] C."},
		{"nested lists", "a.md", "Do:\n\n- one\n  - two\n\n    more\n- three\n\n3. four\n4. five", "Do:\n\n- one\n  - two\n    more\n- three\n\n3. four\n4. five"},
		{"code in a list", "a.md", "1. Run:\n\n   ```\n   a  b\n   ```\n\n   Then:\n2. Stop.", "1. Run:\n\n```\na  b\n```\n\n  Then:\n2. Stop."},
		{"table", "a.md", "| A | B |\n|---|---|\n| **c** | d<br>e |\n| | |\n| f | |", "A | B\nc | d e\nf"},
		{"table that lacks its header", "a.md", "Text.\n\n|---|---|\n| a | b |", "Text.\n\na | b"},
		{"header alone", "a.md", "Text.\n\n| A | B |\n|---|---|", "Text."},
		{"table in HTML", "a.md", "<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td><p>c</p><ul><li>d</li><li>e</li></ul></td><td>f</td></tr></table>", "A | B\nc; d; e | f"},
		{"rows without a header", "a.md", "Text.\n\n| A | `b|{{c}}` |\n| d | |\n| | |\n| e | f |\n\nMore.", "Text.\n\nA | b | {{c}}\nd\ne | f\n\nMore."},
		{"table whose delimiter row is too narrow", "a.md", "| A | B |\n| --- |\n| c | d |\n| e | f |", "A | B\nc | d\ne | f"},
		{"table right below a tag", "a.md", "<div>&nbsp;</div>\n|A|\n|:---|\n|b|\n|c|\n<div>&nbsp;</div>\n", "A\nb\nc"},
		{"lines that are no table", "a.md", "| one |\n\n|x|\nis y, |z|\n\n- |a|\n  b", "| one |\n\n|x| is y, |z|\n\n- |a| b"},
		{"definition list", "a.md", "Term\n: What it means.\n\nOther\n: More.", "- Term: What it means.\n- Other: More."},
		{"quote", "a.md", "> One\n> two.\n>\n> Three.", "One two.\n\nThree."},
		{"footnote", "a.md", "A[^1].\n\n[^1]: See *there*.", "A.\n\n1. See there."},
		{"task list", "a.md", "- [ ] One\n- [x] Two", "- One\n- Two"},
		{"pictures", "a.md", "A ![box](x.png) b ![Two people read a map.](y.png)", "A b Two people read a map."},
		{"rules and lone marks", "a.md", "A.\n\n---\n\n***\n\n-->\n\nB.", "A.\n\nB."},
		{"comment", "a.md", "A.\n\n<!-- hidden\n\n# also hidden\n-->\n\nB.", "A.\n\nB."},
		{"indented HTML", "a.md", "<div>\n\n    <p>One.</p>\n\n</div>\n\n    code", "One.\n\n```\ncode\n```"},
		{"Markdown within HTML", "a.md", "<div>See [one](/one) and **two**.</div>", "See one and two."},
		{"swallowing tags", "a.md", "The <title> and <textarea> elements.\n\nText.", "The and elements.\n\nText."},
		{"reference links", "a.md", "See [one][1] and [two].\n\n[1]: /one\n[two]: /two", "See one and two."},
		{"contents marker", "a.md", "[TOC]\n\nText.", "Text."},
		{"contents", "a.md", "# T\n\n- [A](#a)\n  - [B](#b)\n- [C](#c)\n\nText.\n\nEither:\n\n- [a](#a)\n- [c](#c)", "Text.\n\nEither:\n\n- a\n- c"},
		{"lines that lead to a neighbour", "a.md", "_[Back to Slack page](../)_\n\n[Next to Booking travel > ](/x)<br>\n\nText.\n\n- [Next phase: beta](/beta)\n- **[Previous phase: discovery](/discovery)**\n\n**Next:** [Conclusion](/conclusion)\n\n[Return to home](/)\n\n[Next](/n)\n\n<section><a href=\"/m\">&larr; Previous page</a></section>", "Text."},
		{"lines that only look like it", "a.md", "[Return to work after leave](/w)\n\n[Back to school: data](/s)\n\n[Next generation: a plan](/p)\n\n[Back to top](//other.example/t)\n\n[Next steps](/a)\n\nNext: [read](/b) the guide.\n\n[Next: one](/c) and [two](/d)\n\nBack to work.\n\n[Back to basics: an essay](https://example.org/e)\n\n- [Previous work](/f)\n\n| [Back to top](/g) | h |\n|---|---|\n| i | j |", "Return to work after leave\n\nBack to school: data\n\nNext generation: a plan\n\nBack to top\n\nNext steps\n\nNext: read the guide.\n\nNext: one and two\n\nBack to work.\n\nBack to basics: an essay\n\n- Previous work\n\nBack to top | h\ni | j"},
		{"an item that only leads back, and one below it", "a.md", "- [Back to top](/a)\n  - b\n- c", "- b\n- c"},
		{"heading without a space at the start", "a.md", "---\ntitle: T\n---\n\n#Who\n\nYou, on the #dev channel or\n#Dev.", "[Who] You, on the #dev channel or #Dev."},
		{"emoji", "a.md", "Well done :tada: ✅ (:bow::heart:) :+1:\n:evergreen_tree:", "Well done 🎉 ✅ (🙇❤️) 👍 🌲"},
		{"emoji in a heading", "a.md", "# T\n\n## Done :tada:\n\nText.", "[Done 🎉] Text."},
		{"emoji in a table", "a.md", "| :x: |\n|---|\n| a :lock: |", "❌\na 🔒"},
		{"colons that make no emoji", "a.md", "At 12:30:45 give it :our_own: and `:tada:`, a:x:b, std:key:, { :key: 2 } and :question:mark.", "At 12:30:45 give it :our_own: and :tada:, a:x:b, std:key:, { 🔑 2 } and :question:mark."},
		{"fence in a fence", "a.md", "````\n```\na\n```\n````", "```\n'''\na\n'''\n```"},
	})
}

func TestHTMLBecomesPassages(t *testing.T) {
	checkSamples(t, []sample{
		{"whole page", "a.html", "<!doctype html><html><head><title>T</title><style>x</style></head><body><header>Site</header><nav>Home</nav><main><h1>T</h1><p>One &mdash; two.</p></main><footer>Crown</footer></body></html>", "One — two."},
		{"whole page without main", "a.html", "<html><body><header>Site</header><h1>T</h1><p>One.</p><footer>Crown</footer></body></html>", "One."},
		{"fragment", "a.html", "---\ntitle: T\n---\n<div><section><h2>A</h2><p>B <b>c</b>.<br>D</p></section></div>", "[A] B c.\nD"},
		{"controls", "a.html", "<form><label>Name</label><input value=x></form><button>Go</button><p>Text.</p><script>x()</script>", "Text."},
		{"accordion", "a.html", "---\ntitle: T\n---\n<h3><button>Can I?</button></h3><div>You can.</div>", "[Can I?] You can."},
		{"hidden", "a.html", "<p aria-hidden=\"true\">x</p><p hidden>y</p><p>Text.</p>", "Text."},
		{"code", "a.html", "<pre><code>a\n  b</code></pre>", "```\na\n  b\n```"},
		{"details", "a.html", "<details><summary>More</summary>Text.</details>", "More\n\nText."},
		{"template tags", "a.html", "{% assign c = site.data.x %}<h2>{{ c.title }}</h2><p>Text {{ c.more | markdownify }}.</p>", "Text ."},
	})
}

func TestTextAndYAMLBecomePassages(t *testing.T) {
	checkSamples(t, []sample{
		{"text", "a.txt", "One\ntwo.\n\n  * three", "One\ntwo.\n\n* three"},
		{"text shows its signs", "a.txt", "A <b> and *c*.", "A <b> and *c*."},
		{"YAML", "a.yaml", "title: T\nquestions:\n  - q: Can I?\n    a: Yes, you can do that *now*.\n    id: x-1\n", "[questions > Can I?] Yes, you can do that now."},
		{"YAML that sets options", "a.yaml", "name: x\non: [push]\njobs: {build: {runs-on: ubuntu}}\n", ""},
	})
}

func TestLinesAndAnchors(t *testing.T) {
	d, _ := readText(t, "a.md", "---\nurl: https://a.example/p\n---\n# T\n\nA.\n\n## What's new & good?\n\nB.\n\n## Same\n\nC.\n\n## Same\n\nD.\n\n## Own {#mine}\n\nE.\n\n## Other\n{: id=\"theirs\"}\n\nF.\n\n<a id=\"before\"></a>\n\n## After it\n\nG.\n\n<h2 id=\"html\">H</h2>\n\nI.\n\n## Done :tada:\n\nJ.\n")
	want := []struct {
		line int
		url  string
	}{{6, ""}, {8, "#whats-new-good"}, {12, "#same"}, {16, "#same-1"}, {20, "#mine"}, {24, "#theirs"}, {31, "#after-it"}, {35, "#html"}, {39, "#done-tada"}}
	want[6].url = "#before"
	for i, p := range d.Passages {
		if i >= len(want) || p.Line != want[i].line || p.URL != "https://a.example/p"+want[i].url {
			t.Errorf("passage %d is %+v", i, p)
		}
	}
	if len(d.Passages) != len(want) {
		t.Errorf("%d passages, want %d", len(d.Passages), len(want))
	}
}

func TestSlugs(t *testing.T) {
	for _, test := range []struct {
		rule     slugRule
		headings []string
		want     []string
	}{
		{slugCommon, []string{"GOV.UK & you", "A  b", "Été 2", "A b", "A b"}, []string{"govuk-you", "a-b", "été-2", "a-b-1", "a-b-2"}},
		{slugGitHub, []string{"GOV.UK & you", "snake_case", "C++"}, []string{"govuk--you", "snake_case", "c"}},
		{slugMiddleman, []string{"GOV.UK 'Pay'", "return_url", "return_url"}, []string{"gov-uk-39-pay-39", "return-url", "return-url-2"}},
	} {
		s := &slugger{rule: test.rule}
		for i, heading := range test.headings {
			if got := s.anchor(heading, "", 2); got != test.want[i] {
				t.Errorf("rule %d: %q is %q, want %q", test.rule, heading, got, test.want[i])
			}
		}
	}
	s := &slugger{rule: slugMiddleman}
	s.anchor("Method", "", 3)
	s.anchor("Get all", "", 2)
	if got := s.anchor("Method", "", 3); got != "get-all-method" {
		t.Errorf("a second Method below Get all is %q", got)
	}
}

func TestLongTextIsCut(t *testing.T) {
	sentence := "This is a sentence of some length that says one thing. "
	paragraph := strings.TrimSpace(strings.Repeat(sentence, 5))
	list := ""
	for i := range 60 {
		list += fmt.Sprintf("- item %d has a few words to say about it\n", i)
	}
	table := "| Name | Meaning |\n|---|---|\n"
	for i := range 60 {
		table += fmt.Sprintf("| name %d | what it means, in words |\n", i)
	}
	code := "```\n" + strings.Repeat("line of code();\n", 200) + "```"
	for name, body := range map[string]string{
		"paragraphs": strings.Repeat(paragraph+"\n\n", 12), "one paragraph": strings.Repeat(sentence, 60), "list": "These are:\n\n" + list,
		"table": "Look:\n\n" + table, "code": "Run:\n\n" + code, "no sentences": strings.Repeat("word ", 900), "no spaces": strings.Repeat("é", 3000),
		"one cell": "| A | B |\n|---|---|\n| c | " + strings.Repeat(sentence, 60) + "|",
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := readText(t, "a.md", "# T\n\n"+body)
			checkPassages(t, d)
			if len(d.Passages) < 2 {
				t.Fatalf("%d passages", len(d.Passages))
			}
			for i, p := range d.Passages {
				size := utf8.RuneCountInString(p.Text)
				if size < 300 {
					t.Errorf("passage %d has only %d characters: %q", i, size, p.Text)
				}
				switch {
				case name == "table" && !strings.Contains(p.Text, "Name | Meaning\nname"):
					t.Errorf("passage %d lacks the header: %.60q", i, p.Text)
				case name == "code" && strings.Count(p.Text, "```") != 2:
					t.Errorf("passage %d breaks its fences", i)
				case name == "one paragraph" && !strings.HasSuffix(p.Text, "."):
					t.Errorf("passage %d ends within a sentence: %q", i, p.Text[len(p.Text)-20:])
				case i == 0 && name == "list" && !strings.HasPrefix(p.Text, "These are:\n\n- item 0"):
					t.Errorf("the list lost its lead: %.60q", p.Text)
				}
			}
		})
	}
}
