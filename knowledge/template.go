package knowledge

import (
	"regexp"
	"strings"
)

// The real sources are written for site generators: ERB (Middleman), Liquid (Jekyll), Nunjucks
// (Eleventy), MDX. Their tags are no text. What a tag would print is kept only where the file itself
// says it: a sentence among the tag's arguments, a value of the front matter, a link's target.
//
// Rules of this file:
//   - the number of lines never changes, so that every passage knows its line;
//   - code shows what the page shows: tags stay in code, but those that the page's own generator would
//     run (ERB in an .erb file);
//   - the body of a loop that prints what the file does not hold is left out with the loop.

const (
	maxTag      = 8 << 10 // bytes from a tag's opening to its end; what is longer is no tag
	maxNesting  = 4 << 20 // bytes looked through, over the whole text, for tags with nested braces
	tailContext = 400     // bytes before a tag that say whether it stands in a link or an attribute
)

// templates takes the tags out of one text.
type templates struct {
	erb      bool                // the file is run through ERB
	mdx      bool                // the file is run through MDX
	markdown bool                // backticks and fences are code, braces may hold attributes
	values   func(string) string // a value of the front matter by its key; "" for none

	in      string
	at      int
	out     []byte
	ends    map[string]bool // names of Liquid tags that have an end tag somewhere
	closing map[string]int  // where the next closing mark of each kind stands
	stack   []openBlock
	budget  int
}

// openBlock is a block of a template language that was not closed yet.
type openBlock struct {
	name string // of the Liquid tag; "" for ERB
	mark int    // where its body starts in out
	loop bool
	lose bool // its body is left out
}

var (
	liquidEnd     = regexp.MustCompile(`\{%-?\s*end(\w+)`)
	rawTag        = regexp.MustCompile(`\{%-?\s*(?:end)?raw\s*-?%\}`)
	erbTag        = regexp.MustCompile(`<%[^%][\s\S]*?%>`)
	component     = regexp.MustCompile(`^</?[A-Z][\w.]*(?:\s[^<>]*)?/?>|^</?>`)
	attributeList = regexp.MustCompile(`^\{(?::[^{}\n]*|[.#][\w-][^{}\n]*)\}`)
	attributeID   = regexp.MustCompile(`(?:^\{:?\s*|\s)#([\w-]+)|\bid=["']?([\w-]+)`)
	fence         = regexp.MustCompile("^[ \t>]*(?:(?:[-*+]|\\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^\n]*)")
	highlight     = regexp.MustCompile(`^[ \t]*\{%-?\s*highlight\b[^%\n]*%\}[ \t]*\n`)
	moduleLine    = regexp.MustCompile(`^(?:import|export)\s`)
	tocLine       = regexp.MustCompile(`^[ \t]*(?:\[\[?_?TOC_?\]?\]|\$\{toc\})[ \t]*(?:\n|$)`)
	tightHeading  = regexp.MustCompile(`^(?:#{2,6}[^\s#]|#[A-Z][a-z])`)
	// tagsOnHeading is a line of HTML right above a heading, which CommonMark would read as HTML too.
	tagsOnHeading = regexp.MustCompile(`^(<[^\n%{]*>[ \t]*)\n[ \t]*#{1,6} `)
	// headlessTable is a table that starts with the line that should follow its header.
	headlessTable = regexp.MustCompile(`^[ \t]*\|[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*\n[ \t]*\|`)
	listLine      = regexp.MustCompile(`^[ \t]*(?:[-*+]|\d+[.)])[ \t]`)
)

// strip returns in without template tags, with as many lines as before.
func (t *templates) strip(in string) string {
	t.in, t.at, t.budget = in, 0, maxNesting
	t.out = make([]byte, 0, len(in)+64)
	t.closing = map[string]int{}
	t.ends = map[string]bool{}
	for _, m := range liquidEnd.FindAllStringSubmatch(in, -1) {
		t.ends[m[1]] = true
	}
	for t.at < len(in) {
		if t.at == 0 || in[t.at-1] == '\n' {
			if t.line() {
				continue
			}
		}
		t.step()
	}
	return string(t.out)
}

// line deals with what a whole line can be; false when the line is plain.
func (t *templates) line() bool {
	rest := t.in[t.at:]
	switch {
	case !t.markdown:
		return false
	case t.fenced(rest):
		return true
	case highlight.MatchString(rest):
		return t.highlighted(rest)
	case t.mdx && moduleLine.MatchString(rest):
		end := strings.Index(rest, "\n\n")
		if end < 0 {
			end = len(rest)
		}
		t.drop(end)
	case tocLine.MatchString(rest):
		t.drop(len(tocLine.FindString(rest)))
	case headlessTable.MatchString(rest) && t.afterBlank():
		t.headless(rest)
	case rest[0] == '<' && tagsOnHeading.MatchString(rest):
		m := tagsOnHeading.FindStringSubmatch(rest)
		t.out = append(t.out, htmlTag.ReplaceAllString(m[1], "")...)
		t.at += len(m[1])
	case tightHeading.MatchString(rest) && (rest[1] == '#' || t.afterBlank()):
		marks := len(rest) - len(strings.TrimLeft(rest, "#"))
		t.out = append(append(t.out, rest[:marks]...), ' ')
		t.at += marks
		t.step()
	default:
		return false
	}
	return true
}

// afterBlank reports whether the line before this one is blank.
func (t *templates) afterBlank() bool {
	return len(t.out) < 2 || t.out[len(t.out)-2] == '\n'
}

// headless gives a table that lacks one an empty header, on the blank line before it.
func (t *templates) headless(rest string) {
	line, _, _ := strings.Cut(rest, "\n")
	if len(t.out) > 0 {
		columns := strings.Count(strings.Trim(line, " \t|"), "|") + 1
		t.out = append(t.out[:len(t.out)-1], "|"+strings.Repeat(" |", columns)+"\n"...)
	}
	t.copy(len(line))
}

// fenced copies a fenced block of code.
func (t *templates) fenced(rest string) bool {
	m := fence.FindStringSubmatch(rest)
	if m == nil || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return false
	}
	end := len(m[0])
	for end < len(rest) {
		next := strings.IndexByte(rest[end+1:], '\n')
		line := rest[end+1:]
		if next >= 0 {
			line = line[:next]
		}
		end += 1 + len(line)
		mark := strings.TrimLeft(line, " \t>")
		if strings.HasPrefix(mark, m[1]) && strings.Trim(mark, m[1][:1]+" \t") == "" {
			break
		}
	}
	end = min(end, len(rest))
	t.out = append(t.out, t.code(rest[:end])...)
	t.at += end
	return true
}

// highlighted turns Liquid's highlight block into a fenced one.
func (t *templates) highlighted(rest string) bool {
	start := len(highlight.FindString(rest))
	end := strings.Index(rest, "endhighlight")
	if end < 0 {
		return false
	}
	if end = strings.LastIndex(rest[:end], "{%"); end < start {
		return false
	}
	after := strings.Index(rest[end:], "%}")
	if after < 0 {
		return false
	}
	body := t.code(rest[start:end])
	t.out = append(append(t.out, "~~~~~~\n"...), body...)
	t.out = append(t.out, "~~~~~~"...)
	t.at += end + after + 2
	return true
}

// code returns code as the page shows it.
func (t *templates) code(code string) string {
	code = rawTag.ReplaceAllString(code, "")
	if t.erb && strings.Contains(code, "<%") {
		code = erbTag.ReplaceAllStringFunc(code, func(tag string) string { return strings.Repeat("\n", strings.Count(tag, "\n")) })
		code = strings.ReplaceAll(code, "<%%", "<%")
	}
	return code
}

// step copies plain text up to the next place where something else may start, and deals with that.
func (t *templates) step() {
	rest := t.in[t.at:]
	next := strings.IndexAny(rest, "<{`%\n")
	if next < 0 {
		next = len(rest)
	}
	t.out = append(t.out, rest[:next]...)
	t.at += next
	rest = rest[next:]
	switch {
	case rest == "":
	case rest[0] == '<':
		t.angle(rest)
	case rest[0] == '{':
		t.brace(rest)
	case rest[0] == '`' && t.markdown:
		t.codeSpan(rest)
	case strings.HasPrefix(rest, "%>") || strings.HasPrefix(rest, "%}"):
		t.at += 2
	default:
		t.copy(1)
	}
}

func (t *templates) angle(rest string) {
	switch {
	case strings.HasPrefix(rest, "<%"):
		t.tag("<%", "%>", t.runERB)
	case strings.HasPrefix(rest, "<!--"):
		t.tag("<!--", "-->", func(string) string { return "" })
	case strings.HasPrefix(rest, "<pre") || strings.HasPrefix(rest, "<code"):
		t.codeElement(rest)
	case t.mdx && component.MatchString(rest):
		t.drop(len(component.FindString(rest)))
	default:
		t.copy(1)
	}
}

func (t *templates) brace(rest string) {
	switch {
	case strings.HasPrefix(rest, "{{"):
		t.tag("{{", "}}", t.print)
	case strings.HasPrefix(rest, "{%"):
		t.tag("{%", "%}", t.runLiquid)
	case t.markdown && attributeList.MatchString(rest):
		t.attributes(attributeList.FindString(rest))
	case strings.HasPrefix(rest, "{#"):
		t.tag("{#", "#}", func(string) string { return "" })
	case strings.HasPrefix(rest, "{/*"):
		t.tag("{/*", "*/}", func(string) string { return "" })
	default:
		t.copy(1)
	}
}

func (t *templates) copy(n int) {
	t.out = append(t.out, t.in[t.at:t.at+n]...)
	t.at += n
}

// drop leaves out n bytes, but for their line ends.
func (t *templates) drop(n int) {
	t.newlines(t.in[t.at : t.at+n])
	t.at += n
}

func (t *templates) newlines(of string) {
	for range strings.Count(of, "\n") {
		t.out = append(t.out, '\n')
	}
}

// tag runs the tag that starts here. Without an end it is no tag: its opening is dropped, its text stays.
func (t *templates) tag(open, end string, run func(string) string) {
	length := t.length(open, end)
	if length < 0 {
		t.at += len(open)
		return
	}
	whole := t.in[t.at : t.at+length]
	t.at += length
	text := run(whole[len(open) : length-len(end)])
	t.out = append(t.out, text...)
	t.newlines(whole)
}

// length returns the length of the tag that starts here; -1 when it has no end.
func (t *templates) length(open, end string) int {
	from := t.at + len(open)
	next, known := t.closing[end]
	if !known || next >= 0 && next < from {
		if next = strings.Index(t.in[min(from, len(t.in)):], end); next >= 0 {
			next += from
		}
		t.closing[end] = next
	}
	limit := maxTag
	if end == "-->" {
		limit = len(t.in)
	}
	if next < 0 || next-t.at > limit {
		return -1
	}
	if open == "{{" {
		if nested := t.nested(from); nested > 0 {
			return nested - t.at
		}
	}
	return next + len(end) - t.at
}

// nested returns the end of a printing tag whose arguments hold braces of their own; 0 when unclear.
func (t *templates) nested(from int) int {
	depth := 0
	for i := from; i < min(len(t.in)-1, from+maxTag) && t.budget > 0; i++ {
		t.budget--
		switch t.in[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 && t.in[i+1] == '}' {
				return i + 2
			}
			depth--
		}
		if depth < 0 {
			return 0
		}
	}
	return 0
}

// codeSpan copies code between backticks, within its paragraph.
func (t *templates) codeSpan(rest string) {
	run := len(rest) - len(strings.TrimLeft(rest, "`"))
	mark := rest[:run]
	for i := run; i < min(len(rest), 4<<10); {
		end := strings.IndexByte(rest[i:min(len(rest), 4<<10)], '`')
		if end < 0 || strings.Contains(rest[i:i+end], "\n\n") {
			break
		}
		i += end
		closing := len(rest[i:]) - len(strings.TrimLeft(rest[i:], "`"))
		if closing == run {
			code := t.code(rest[run:i])
			t.out = append(append(append(t.out, mark...), code...), mark...)
			t.at += i + run
			return
		}
		i += closing
	}
	t.copy(run)
}

// codeElement copies a pre or code element.
func (t *templates) codeElement(rest string) {
	end := "</code>"
	if strings.HasPrefix(rest, "<pre") {
		end = "</pre>"
	}
	length := t.length(end[:1], end) // from the first letter on
	if length < 0 {
		t.copy(1)
		return
	}
	t.out = append(t.out, t.code(rest[:length])...)
	t.at += length
}

// attributes drops a list of attributes ("{: .intro #id}"); the id of a heading becomes an anchor.
func (t *templates) attributes(list string) {
	t.at += len(list)
	lineStart := strings.LastIndexByte(string(t.out[max(0, len(t.out)-tailContext):]), '\n') + 1 + max(0, len(t.out)-tailContext)
	line := string(t.out[lineStart:])
	ownLine := strings.TrimSpace(line) == ""
	if ownLine && lineStart > 0 {
		previous := strings.LastIndexByte(string(t.out[max(0, lineStart-1-tailContext):lineStart-1]), '\n') + 1 + max(0, lineStart-1-tailContext)
		line = string(t.out[previous : lineStart-1])
		if strings.Contains(list, "toc") && listLine.MatchString(line) { // the list that the contents replace
			t.out = append(t.out[:previous], t.out[lineStart-1:]...)
			return
		}
	}
	m := attributeID.FindStringSubmatch(list)
	if m == nil || !strings.HasPrefix(strings.TrimLeft(line, " "), "#") {
		return
	}
	anchor := `<a id="` + m[1] + m[2] + `"></a>`
	if ownLine {
		t.out = append(t.out[:lineStart-1], (anchor + string(t.out[lineStart-1:]))...)
		return
	}
	t.out = append(t.out, anchor...)
}
