package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"liaison/bot/access"
)

// maxHeader is the most bytes that front matter may hold.
const maxHeader = 16 << 10

// header is the front matter of a page: the lines between two lines of three hyphens at its start.
type header struct {
	values map[string]*yaml.Node // by key, as written
	notes  []Problem             // without Path
	line   int                   // of the file, where its first line stands
}

var (
	hyphens   = regexp.MustCompile(`^---[ \t]*$`)
	headerEnd = regexp.MustCompile(`^(---|\.\.\.)[ \t]*$`)
	// visibilityLine finds a line that means to say who may see the page; a comment does not.
	visibilityLine = regexp.MustCompile(`(?im)^[^\w\n#]*visibility\W{0,3}?[ \t]*[:=]`)
	// keyLine finds what could be a key at the start of a line of text, keyWithin those in a line of braces, and
	// keyInLead those above the first heading, where a header may stand behind any marks.
	keyLine   = regexp.MustCompile(`(?m)^ {0,3}(?:<!--[ \t]*)?["']?([\pL_-]+)["']?[ \t]*[:=：]`)
	keyWithin = regexp.MustCompile(`[{,][ \t]*["']?([\pL_-]+)["']?[ \t]*[:=：]`)
	keyInLead = regexp.MustCompile(`(?m)^[^\w\n#]*([\pL_-]+)\W{0,3}?[ \t]*[:=：]`)
	braces    = regexp.MustCompile(`(?m)^ {0,3}(?:\{[^{%:#\n]|"[\w ]+"[ \t]*:).*`)
	// styleRule is what a style sheet may say behind the same word.
	styleRule   = regexp.MustCompile(`^[ \t]*(?:hidden|visible|collapse|inherit|initial|unset|revert)[ \t]*(?:!important)?[ \t]*[;}]`)
	codeElement = regexp.MustCompile(`(?is)<(?:style|script|pre)\b.*?</(?:style|script|pre)>`)
	escape      = regexp.MustCompile(`\\[xuU]`)
	leadEnd     = regexp.MustCompile("(?m)^[ \t]*(#|```|~~~|<h[1-6])")
)

// parseHeader parts text (as decode returns it) into its header and its body, which starts on line bodyLine.
//
// SECURITY: whatever is wrong with a header, the page never reaches more people than it may have meant
// to. When it cannot be understood and might speak of visibility, skip says why the page is left out.
func parseHeader(text string) (h header, body string, bodyLine int, skip *Problem) {
	raw, body, closed := cutHeader(text)
	switch {
	case raw == "" && closed:
		return h, text, 1, strayVisibility(text, 1)
	case !closed:
		return h, text, 1, unclosed(text)
	}
	h.line = 2 + strings.Count(text[:strings.Index(text, "---")], "\n")
	bodyLine = 1 + strings.Count(text[:len(text)-len(body)], "\n")
	if skip = strayVisibility(body, bodyLine); skip == nil {
		skip = h.parse(raw)
	}
	return h, body, bodyLine, skip
}

// cutHeader returns the lines between the hyphens and what follows them. Without hyphens at the start
// raw is "" and closed is true; without the closing ones closed is false.
func cutHeader(text string) (raw, body string, closed bool) {
	start := strings.TrimLeft(text, " \t\n")
	first, rest, _ := strings.Cut(start, "\n")
	if !hyphens.MatchString(first) {
		return "", text, true
	}
	for at := 0; at < len(rest); {
		line, _, _ := strings.Cut(rest[at:], "\n")
		next := min(at+len(line)+1, len(rest))
		if headerEnd.MatchString(line) {
			return rest[:at] + "\n", rest[next:], true
		}
		at = next
	}
	return "", text, false
}

// unclosed judges a page whose header has no end: a rule above a page without a header, or a slip.
func unclosed(text string) *Problem {
	if at := visibilityLine.FindStringIndex(text); at != nil {
		return unclear(1, "the front matter has no closing line of three hyphens")
	}
	return strayVisibility(text, 1)
}

// strayVisibility finds a visibility that is not in a header: a header that lost its hyphens, that
// stands below the title, that is not YAML, or a second one. Code does not count, nor the lines of a list below the
// first heading, which speak of the visibility of other things.
func strayVisibility(text string, line int) *Problem {
	window := text[:min(len(text), 4*maxHeader)]
	lead := window[:min(len(window), maxHeader)]
	if end := leadEnd.FindStringIndex(lead); end != nil {
		lead = lead[:end[0]]
	}
	window = withoutCode(window)
	window = window[:min(len(window), maxHeader)]
	at := visibilityKey(keyInLead, lead)
	if at < 0 {
		at = visibilityKey(keyLine, window)
	}
	for _, line := range braces.FindAllStringIndex(window, -1) {
		if within := visibilityKey(keyWithin, window[line[0]:line[1]]); at < 0 && within >= 0 {
			at = line[0] + within
		}
	}
	if at < 0 {
		return nil
	}
	start := strings.LastIndexByte(text[:at], '\n') + 1
	said, _, _ := strings.Cut(text[start:], "\n")
	return unclear(line+strings.Count(text[:at], "\n"), "%q stands outside the front matter: put visibility between two lines of three hyphens at the start of the file", brief(said))
}

// withoutCode blanks what is code in a text of Markdown or HTML.
func withoutCode(text string) string {
	var out strings.Builder
	fenced := ""
	for line := range strings.Lines(text) {
		mark := fence.FindStringSubmatch(line)
		switch {
		case mark != nil && fenced == "" && !strings.Contains(mark[2], "`"):
			fenced = mark[1]
			line = blank(line)
		case fenced != "":
			if mark != nil && strings.HasPrefix(mark[1], fenced) && strings.TrimSpace(mark[2]) == "" {
				fenced = ""
			}
			line = blank(line)
		}
		out.WriteString(line)
	}
	return codeElement.ReplaceAllStringFunc(out.String(), blank)
}

// blank returns a text of the same length and lines that says nothing.
func blank(code string) string {
	out := []byte(code)
	for i := range out {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return string(out)
}

// brief returns the start of a line, for a problem.
func brief(line string) string {
	if letters := []rune(tidy(line)); len(letters) > 80 {
		return string(letters[:80]) + "…"
	}
	return tidy(line)
}

// visibilityKey returns where in text a key stands that means visibility; -1 when there is none. keys finds
// keys, and has their names in its first group.
func visibilityKey(keys *regexp.Regexp, text string) int {
	for _, m := range keys.FindAllStringSubmatchIndex(text, -1) {
		if meansVisibility(text[m[2]:m[3]]) && !styleRule.MatchString(text[m[1]:]) {
			return m[2]
		}
	}
	return -1
}

// meansVisibility reports whether a key was meant to be visibility, a slip or two included.
func meansVisibility(key string) bool {
	key = strings.ToLower(key)
	return strings.HasPrefix(key, "visib") || Distance(key, "visibility") <= 1
}

func unclear(line int, format string, args ...any) *Problem {
	return &Problem{Line: line, Skipped: true, Reason: "who may see it is unclear: " + fmt.Sprintf(format, args...)}
}

// note keeps a remark about the key at node.
func (h *header) note(line int, format string, args ...any) {
	h.notes = append(h.notes, Problem{Line: line, Reason: fmt.Sprintf(format, args...)})
}

// parse reads the YAML of a header. A problem is returned when the page must be left out.
func (h *header) parse(raw string) *Problem {
	mentions := strings.Contains(strings.ToLower(raw), "visib") || escape.MatchString(raw) || restrictedLine.MatchString(raw) || visibilityKey(keyInLead, raw) >= 0
	fail := func(line int, reason string) *Problem {
		if mentions {
			return unclear(line, "the front matter %s", reason)
		}
		h.note(line, "the front matter %s; the page was read without it", reason)
		return nil
	}
	if len(raw) > maxHeader {
		return fail(h.line, "is longer than 16 KiB")
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(raw), &document); err != nil {
		return fail(h.line-1+max(1, yamlLine(err)), "cannot be understood ("+yamlReason(err)+")")
	}
	if len(document.Content) == 0 || document.Content[0].Tag == "!!null" {
		if visibilityLine.MatchString(raw) {
			return unclear(h.line, "the front matter cannot be understood")
		}
		return nil
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode {
		return fail(h.line-1+top.Line, "is not a list of keys and values")
	}
	return h.take(top, raw)
}

// take keeps the keys of a header, the first of each, and makes sure of visibility.
func (h *header) take(top *yaml.Node, raw string) *Problem {
	h.values = make(map[string]*yaml.Node, len(top.Content)/2)
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		line := h.line - 1 + key.Line
		value.Line += h.line - 1
		name := strings.ToLower(strings.TrimSpace(visible(key.Value)))
		switch {
		case key.Tag == "!!merge" || key.Value == "<<":
			return unclear(line, "the front matter takes in other keys with <<: write them out")
		case name == "visibility" && (key.Value != name || h.values[name] != nil):
			return unclear(line, "the front matter says visibility twice, or spells it otherwise")
		case name != "visibility" && Distance(name, "visibility") <= 2:
			return unclear(line, "the front matter says %q: write visibility", key.Value)
		case h.values[key.Value] != nil:
			h.note(line, "%q is there twice; the first was used", key.Value)
		default:
			h.values[key.Value] = value
		}
	}
	if h.values["visibility"] != nil {
		return nil
	}
	if visibilityLine.MatchString(raw) || nestsVisibility(top) {
		return unclear(h.line, "visibility stands below another key, not on a line of its own")
	}
	return nil
}

// nestsVisibility reports whether visibility is a key of a value. Aliases are not followed: what they
// stand for is there as well.
func nestsVisibility(node *yaml.Node) bool {
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 && Distance(strings.ToLower(child.Value), "visibility") <= 1 || nestsVisibility(child) {
			return true
		}
	}
	return false
}

var (
	// accessKeys are keys by which other programs say who may see a page.
	accessKeys = []string{"access", "audience", "reach", "visible", "visible_to"}
	restricted = regexp.MustCompile(`(?i)\b(?:staff|internal|private|org)\b`)
	// restrictedLine is the same for a header that cannot be understood.
	restrictedLine = regexp.MustCompile(`(?im)^\W*(?:private\W*[:=]|(?:access|audience|reach|visible\w*)\W*[:=].*\b(?:staff|internal|private|org)\b)`)
)

// restricting returns a problem when a key other than visibility means to show the page to few.
func (h *header) restricting() (skip *Problem) {
	for key, value := range h.values {
		if restricts(key, value) && (skip == nil || value.Line < skip.Line) {
			skip = unclear(value.Line, "the front matter says %s, which does not say who may see the page: say visibility: public, staff or org:<id>", brief(key+": "+value.Value))
		}
	}
	return skip
}

// restricts reports whether a key other than visibility means to show the page to few.
func restricts(key string, value *yaml.Node) bool {
	key = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(key)), "-", "_")
	if key == "private" {
		return value.Kind != yaml.ScalarNode || !slices.Contains([]string{"", "~", "0", "false", "no", "null", "off"}, strings.ToLower(value.Value))
	}
	if !slices.Contains(accessKeys, key) {
		return false
	}
	if value.Kind == yaml.SequenceNode {
		return slices.ContainsFunc(value.Content, func(item *yaml.Node) bool { return restricted.MatchString(item.Value) })
	}
	return restricted.MatchString(value.Value)
}

// visibility returns who may see the page: what it says itself, else what its folder says.
func (h *header) visibility(ofFolder access.Visibility) (access.Visibility, *Problem) {
	node := h.values["visibility"]
	if node == nil {
		return ofFolder, h.restricting()
	}
	if node.Kind != yaml.ScalarNode || node.Tag != "!!str" {
		return "", unclear(node.Line, "use visibility: public, staff or org:<id>")
	}
	v, err := access.ParseVisibility(node.Value)
	if err != nil {
		return "", unclear(node.Line, "%v", err)
	}
	return v, nil
}

// text returns the value of a key as one line of text. A value of another kind is noted and ignored.
func (h *header) text(key string) string {
	node := h.values[key]
	if node == nil || node.Tag == "!!null" {
		return ""
	}
	if node.Kind != yaml.ScalarNode {
		h.note(node.Line, "%s should be a text; it was ignored", key)
		return ""
	}
	return tidy(node.Value)
}

// list returns the value of a key as texts. A single text is parted at commas when commas is true.
func (h *header) list(key string, commas bool) []string {
	node := h.values[key]
	if node == nil || node.Tag == "!!null" {
		return nil
	}
	if node.Kind == yaml.ScalarNode {
		if commas {
			return nonEmpty(strings.Split(node.Value, ","))
		}
		return nonEmpty([]string{node.Value})
	}
	var texts []string
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			if item.Kind == yaml.ScalarNode && item.Tag != "!!null" {
				texts = append(texts, item.Value)
			}
		}
	}
	if node.Kind != yaml.SequenceNode || len(texts) < len(node.Content) {
		h.note(node.Line, "%s should be a text or a list of texts; the rest was ignored", key)
	}
	return nonEmpty(texts)
}

// nonEmpty tidies texts and drops those that are empty.
func nonEmpty(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if text = tidy(text); text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}

// contacts returns the value of a key as contacts.
func (h *header) contacts(key string) []Contact {
	node := h.values[key]
	if node == nil || node.Tag == "!!null" {
		return nil
	}
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	var found []Contact
	for _, one := range nodes {
		contact, ok := contactOf(one)
		if !ok {
			h.note(node.Line, "%s should be a text, or text and url; it was ignored", key)
			continue
		}
		if contact.Text != "" {
			found = append(found, contact)
		}
	}
	return found
}

// date returns the value of a key as a day; zero when there is none or it is not one.
func (h *header) date(key string) time.Time {
	value := h.text(key)
	t, ok := parseDate(value, false)
	if value != "" && !ok {
		h.note(h.values[key].Line, "%s: %q is not a date such as 2025-03-01; it was ignored", key, value)
	}
	return t
}

var period = regexp.MustCompile(`(?i)^(\d{1,3})\s+(day|week|month|year)s?$`)

// after returns the day that lies the period in key ("6 months", "1 year") after t; zero when unknown.
func (h *header) after(t time.Time, key string) time.Time {
	value := h.text(key)
	if value == "" {
		return time.Time{}
	}
	m := period.FindStringSubmatch(value)
	if m == nil {
		h.note(h.values[key].Line, "%s: %q is not a period such as 6 months; it was ignored", key, value)
		return time.Time{}
	}
	if t.IsZero() {
		return t
	}
	n, _ := strconv.Atoi(m[1])
	switch strings.ToLower(m[2]) {
	case "day":
		return t.AddDate(0, 0, n)
	case "week":
		return t.AddDate(0, 0, 7*n)
	case "month":
		return t.AddDate(0, n, 0)
	}
	return t.AddDate(n, 0, 0)
}
