package knowledge

import (
	"fmt"
	"regexp"
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
	escape         = regexp.MustCompile(`\\[xuU]`)
	leadEnd        = regexp.MustCompile("(?m)^[ \t]*(#|```|~~~|<h[1-6])")
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
	return nil
}

// strayVisibility finds a visibility above the first heading that is not in a header: a header that
// lost its hyphens, or a second one.
func strayVisibility(text string, line int) *Problem {
	lead := text[:min(len(text), maxHeader)]
	if end := leadEnd.FindStringIndex(lead); end != nil {
		lead = lead[:end[0]]
	}
	if !strings.Contains(strings.ToLower(lead), "visibility") {
		return nil
	}
	if at := visibilityLine.FindStringIndex(lead); at != nil {
		return unclear(line+strings.Count(lead[:at[0]], "\n"), "visibility stands outside the front matter: put it between two lines of three hyphens at the start of the file")
	}
	return nil
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
	mentions := strings.Contains(strings.ToLower(raw), "visib") || escape.MatchString(raw)
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
		case name == "visibility" && (key.Value != name || h.values[name] != nil):
			return unclear(line, "the front matter says visibility twice, or spells it otherwise")
		case name != "visibility" && distance(name, "visibility") <= 2:
			return unclear(line, "the front matter says %q: write visibility", key.Value)
		case h.values[key.Value] != nil:
			h.note(line, "%q is there twice; the first was used", key.Value)
		default:
			h.values[key.Value] = value
		}
	}
	if h.values["visibility"] == nil {
		if at := visibilityLine.FindStringIndex(raw); at != nil {
			return unclear(h.line, "visibility stands below another key, not on a line of its own")
		}
	}
	return nil
}

// visibility returns who may see the page: what it says itself, else what its folder says.
func (h *header) visibility(ofFolder access.Visibility) (access.Visibility, *Problem) {
	node := h.values["visibility"]
	if node == nil {
		return ofFolder, nil
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

// distance is the number of letters to add, drop or change to make a of b (Levenshtein 1966), at most 3.
func distance(a, b string) int {
	if len(a) > len(b)+2 || len(b) > len(a)+2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], 3)
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
