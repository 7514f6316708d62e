package knowledge

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxVocabulary is the most bytes a vocabulary file may hold.
const maxVocabulary = 4 << 20

// readSmall reads a vocabulary file whole.
func readSmall(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a plain file")
	}
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxVocabulary+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxVocabulary:
		return nil, errors.New("it is larger than 4 MiB")
	case !utf8.Valid(data):
		return nil, errors.New("it is not UTF-8 text: save it as UTF-8")
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// parts returns the top-level lists of a vocabulary file by their keys. What is not one of keys is noted.
func (b *Base) parts(file string, data []byte, keys ...string) map[string]*yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		b.fault(file, slipLine(data, err), "cannot be understood: %s", yamlReason(err))
		return nil
	}
	if len(document.Content) == 0 {
		return nil
	}
	top := document.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		b.fault(file, top.Line, "should start with %q", keys[0]+":")
		return nil
	}
	if alias := findAlias(top); alias != nil {
		b.fault(file, alias.Line, "uses a YAML alias (*%s): write the value out", alias.Value)
		return nil
	}
	found, unknown := map[string]*yaml.Node{}, (*yaml.Node)(nil)
	for i := 0; i+1 < len(top.Content); i += 2 {
		key := top.Content[i]
		switch {
		case !slices.Contains(keys, key.Value):
			unknown = key
			b.note(file, key.Line, false, "does not know %q: it may hold %s", key.Value, strings.Join(keys, ", "))
		case found[key.Value] != nil:
			b.fault(file, key.Line, "has %q twice: put the entries together under one", key.Value)
		default:
			found[key.Value] = top.Content[i+1]
		}
	}
	if unknown != nil && len(found) == 0 && slices.Contains(vital, file) {
		b.fault(file, unknown.Line, "has nothing under %q: %q is not known", keys[0]+":", unknown.Value+":")
	}
	return found
}

// findAlias returns the first alias beneath node, nil when there is none.
func findAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node
	}
	for _, child := range node.Content {
		if alias := findAlias(child); alias != nil {
			return alias
		}
	}
	return nil
}

// entries hands each entry of a list to use. An entry that cannot be understood is noted and left out.
func entries[T any](b *Base, file string, list *yaml.Node, use func(node *yaml.Node, entry T)) {
	if list == nil || list.Tag == "!!null" {
		return
	}
	if list.Kind != yaml.SequenceNode {
		b.fault(file, list.Line, "should be a list here: start every entry with a hyphen")
		return
	}
	for _, node := range list.Content {
		var entry T
		if !b.decode(file, node, &entry) {
			continue
		}
		use(node, entry)
	}
}

// decode reads node into the struct (or value) at into. Mistakes are noted; false means that it is no use.
func (b *Base) decode(file string, node *yaml.Node, into any) bool {
	if known := fieldNames(into); known != nil {
		if node.Kind != yaml.MappingNode {
			b.note(file, node.Line, true, "should be an entry with keys here, such as %q", known[0]+": …")
			return false
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if key := node.Content[i]; !slices.Contains(known, key.Value) {
				b.note(file, key.Line, false, "does not know the key %q: use one of %s", key.Value, strings.Join(known, ", "))
			}
		}
	}
	if err := node.Decode(into); err != nil {
		b.note(file, cmp.Or(yamlLine(err), node.Line), true, "this entry cannot be understood: %s", yamlReason(err))
		return false
	}
	return true
}

// fieldNames returns the keys of the struct that into points to; nil when it is no struct.
func fieldNames(into any) []string {
	t := reflect.TypeOf(into).Elem()
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("yaml"))
	}
	return names
}

var (
	yamlLinePattern = regexp.MustCompile(`line (\d+): `)
	yamlTypePattern = regexp.MustCompile("cannot unmarshal (!!\\w+)( `[^`]*`)? into \\S+")
)

// yamlLine returns the line that an error of the YAML reader names, or 0.
func yamlLine(err error) int {
	if m := yamlLinePattern.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	return 0
}

// slipLine returns the line of a mistake in data. Of mistakes in the form of a list or a mapping the
// YAML reader names where that begins, and one line too early; the mistake is in the first line up to
// which there is the same one.
func slipLine(data []byte, err error) int {
	reason := yamlReason(err)
	if !strings.HasPrefix(reason, "did not find expected") && !strings.HasPrefix(reason, "found a tab") {
		return yamlLine(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	same := func(n int) bool {
		var document yaml.Node
		err := yaml.Unmarshal(bytes.Join(lines[:n+1], nil), &document)
		return err != nil && yamlReason(err) == reason
	}
	return min(sort.Search(len(lines), same)+1, len(lines))
}

// yamlReason says what the YAML reader found wrong, without its own words for Go types.
func yamlReason(err error) string {
	var several *yaml.TypeError
	reason := err.Error()
	if errors.As(err, &several) && len(several.Errors) > 0 {
		reason = several.Errors[0]
	}
	reason = strings.TrimPrefix(reason, "yaml: ")
	reason = yamlLinePattern.ReplaceAllString(reason, "")
	return yamlTypePattern.ReplaceAllString(reason, "the value$2 is of another kind than expected here")
}

// rawContacts is one contact or a list of them, each a text or {text, url}.
type rawContacts []Contact

func (c *rawContacts) UnmarshalYAML(node *yaml.Node) error {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	for _, one := range nodes {
		contact, ok := contactOf(one)
		if !ok {
			return fmt.Errorf("line %d: a contact is a text, or has the keys text and url", one.Line)
		}
		if contact.Text != "" {
			*c = append(*c, contact)
		}
	}
	return nil
}

var slackChannel = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// contactOf reads a contact: a text, or a mapping of text and url. A mail address becomes its own link.
func contactOf(node *yaml.Node) (c Contact, ok bool) {
	switch node.Kind {
	case yaml.ScalarNode:
		c.Text = tidy(node.Value)
		if node.Tag == "!!null" {
			c.Text = ""
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i+1].Kind != yaml.ScalarNode {
				return c, false
			}
			switch node.Content[i].Value {
			case "text", "name":
				c.Text = tidy(node.Content[i+1].Value)
			case "url", "href":
				c.URL = safeLink(node.Content[i+1].Value)
			}
		}
		if c.Text == "" {
			c.Text = c.URL
		}
	default:
		return c, false
	}
	if c.URL == "" {
		c.URL = linkOf(c.Text)
	}
	return c, true
}

// linkOf returns where a contact's text itself leads: a mail address or an https address; else "".
func linkOf(text string) string {
	if address, err := mail.ParseAddress(text); err == nil && address.Address == text {
		return "mailto:" + text
	}
	if !strings.Contains(text, " ") {
		return safeLink(text)
	}
	return ""
}

// safeLink returns s when it is an https or mailto link; http becomes https; else "".
func safeLink(s string) string {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "http://"); ok {
		s = "https://" + rest
	}
	if strings.ContainsAny(s, " \t\n<>\"") || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "mailto:") {
		return ""
	}
	return s
}

// dateLayouts are the ways in which the real pages write a date.
var dateLayouts = []string{
	time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02 15:04:05 -07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04 -0700",
	"2006-01-02T15:04:05", "2006-01-02 15:04", "2006-1-2", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006",
}

var (
	shortZone = regexp.MustCompile(` ([+-])(\d)$`)             // "13:50:00 -5", as the Ruby sites have it
	shortHour = regexp.MustCompile(`^(\d{4}-\d\d-\d\d) (\d:)`) // "9:30:00"
)

// parseDate reads a date in any of the usual forms; a date without time is midnight UTC. Where partial,
// a year or a month alone is its first day.
func parseDate(s string, partial bool) (time.Time, bool) {
	s = strings.TrimSpace(s)
	s = shortZone.ReplaceAllString(s, " ${1}0${2}00")
	s = shortHour.ReplaceAllString(s, "$1 0$2")
	layouts := dateLayouts
	if partial {
		layouts = append(slices.Clone(layouts), "2006-01", "2006", "January 2006")
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// byPlace orders problems by path and line.
func byPlace(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
}
