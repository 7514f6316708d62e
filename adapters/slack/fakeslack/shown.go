package fakeslack

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Shown is what people see of a message or view, parsed as Slack parses it.
type Shown struct {
	Text    string // escapes undone, in reading order
	Links   []Link
	Pings   []string // what it would notify: "<!channel>", "<@U1>"
	Buttons []Button
}

// Link is a link with its words.
type Link struct{ Text, URL string }

// Button is a button, or one option of a menu.
type Button struct{ ActionID, Value, Selected, Label, URL, Type string }

// Show parses a message: its blocks where it has any, else its text.
func (m Message) Show() Shown {
	if len(m.Blocks) == 0 {
		return m.ShowText()
	}
	return showBlocks(m.Blocks)
}

// ShowText parses the top-level text, which notifications and screen readers use.
func (m Message) ShowText() Shown {
	var s Shown
	s.Text = s.mrkdwn(m.Text, m.Parse == "none")
	if m.LinkNames || m.Parse == "full" {
		s.Pings = append(s.Pings, regexp.MustCompile(`@[\w.-]+`).FindAllString(s.Text, -1)...)
	}
	return s
}

// Show parses a view, with the errors of its last submission.
func (v View) Show() Shown {
	blocks, _ := v.Body["blocks"].([]any)
	s := showBlocks(blocks)
	parts := []string{textOf(v.Body["title"]), s.Text, textOf(v.Body["submit"])}
	for _, problem := range v.Errors {
		parts = append(parts, problem)
	}
	s.Text = strings.Join(parts, "\n")
	return s
}

func showBlocks(blocks []any) Shown {
	var s Shown
	var parts []string
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		parts = append(parts, s.block(block))
	}
	s.Text = strings.Join(parts, "\n")
	return s
}

func (s *Shown) block(b map[string]any) string {
	elements, _ := b["elements"].([]any)
	var parts []string
	switch b["type"] {
	case "section":
		parts = append(parts, s.object(b["text"]), s.element(b["accessory"]))
	case "header":
		parts = append(parts, s.object(b["text"]))
	case "context":
		for _, e := range elements {
			parts = append(parts, s.object(e))
		}
	case "actions", "context_actions":
		for _, e := range elements {
			parts = append(parts, s.element(e))
		}
	case "input":
		parts = append(parts, s.object(b["label"]), s.object(b["hint"]), s.element(b["element"]))
	case "rich_text":
		parts = append(parts, s.rich(elements))
	case "table":
		rows, _ := b["rows"].([]any)
		for _, r := range rows {
			cells, _ := r.([]any)
			var line []string
			for _, c := range cells {
				cell, _ := c.(map[string]any)
				inner, _ := cell["elements"].([]any)
				line = append(line, s.rich(inner)+textOf(cell))
			}
			parts = append(parts, strings.Join(line, "\t"))
		}
	}
	return strings.Join(parts, "\n")
}

func textOf(v any) string {
	object, _ := v.(map[string]any)
	text, _ := object["text"].(string)
	return text
}

// object parses a text object.
func (s *Shown) object(v any) string {
	object, _ := v.(map[string]any)
	if object["type"] == "mrkdwn" {
		verbatim, _ := object["verbatim"].(bool)
		return s.mrkdwn(textOf(object), verbatim)
	}
	return textOf(object)
}

func (s *Shown) element(v any) string {
	e, _ := v.(map[string]any)
	id, _ := e["action_id"].(string)
	value, _ := e["value"].(string)
	address, _ := e["url"].(string)
	switch e["type"] {
	case "button":
		s.Buttons = append(s.Buttons, Button{ActionID: id, Value: value, Label: textOf(e["text"]), URL: address, Type: "button"})
		return textOf(e["text"])
	case "static_select":
		parts := []string{textOf(e["placeholder"])}
		options, _ := e["options"].([]any)
		for _, o := range options {
			option, _ := o.(map[string]any)
			selected, _ := option["value"].(string)
			s.Buttons = append(s.Buttons, Button{ActionID: id, Selected: selected, Label: textOf(option["text"]), Type: "static_select"})
			parts = append(parts, textOf(option["text"]), textOf(option["description"]))
		}
		return strings.Join(parts, "\n")
	case "feedback_buttons":
		var parts []string
		for _, which := range []string{"positive_button", "negative_button"} {
			button, _ := e[which].(map[string]any)
			value, _ := button["value"].(string)
			s.Buttons = append(s.Buttons, Button{ActionID: id, Value: value, Label: textOf(button["text"]), Type: "feedback_buttons"})
			parts = append(parts, textOf(button["text"]))
		}
		return strings.Join(parts, "\n")
	case "plain_text_input":
		initial, _ := e["initial_value"].(string)
		return initial
	}
	return ""
}

// rich reads rich_text: its texts are shown as they are.
func (s *Shown) rich(elements []any) string {
	var out strings.Builder
	for _, v := range elements {
		e, _ := v.(map[string]any)
		inner, _ := e["elements"].([]any)
		switch e["type"] {
		case "rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list":
			out.WriteString(s.rich(inner) + "\n")
		case "text":
			out.WriteString(textOf(e))
		case "link":
			address, _ := e["url"].(string)
			words := textOf(e)
			if words == "" {
				words = address
			}
			s.Links = append(s.Links, Link{words, address})
			out.WriteString(words)
		case "date":
			out.WriteString(dateText(e))
		case "user", "usergroup", "broadcast", "team":
			s.Pings = append(s.Pings, fmt.Sprint(e["type"], e["user_id"], e["usergroup_id"], e["range"]))
		}
	}
	return out.String()
}

func dateText(e map[string]any) string {
	seconds, _ := e["timestamp"].(float64)
	return time.Unix(int64(seconds), 0).UTC().Format("2 Jan 2006 at 15:04")
}

var (
	marked = regexp.MustCompile(`<([^<>]*)>`)
	bare   = regexp.MustCompile(`https?://[^\s<>|]+`)
)

// mrkdwn parses Slack's markup. Unless it is verbatim, Slack also links addresses that stand in it.
func (s *Shown) mrkdwn(text string, verbatim bool) string {
	undone := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	var out strings.Builder
	rest := text
	for {
		at := marked.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		out.WriteString(s.words(rest[:at[0]], verbatim, undone))
		out.WriteString(s.mark(rest[at[2]:at[3]], undone))
		rest = rest[at[1]:]
	}
	out.WriteString(s.words(rest, verbatim, undone))
	return out.String()
}

func (s *Shown) words(text string, verbatim bool, undone *strings.Replacer) string {
	if !verbatim {
		for _, address := range bare.FindAllString(text, -1) {
			address = undone.Replace(address)
			s.Links = append(s.Links, Link{address, address})
		}
	}
	return undone.Replace(text)
}

// mark reads what stands between < and >.
func (s *Shown) mark(inside string, undone *strings.Replacer) string {
	target, label, labelled := strings.Cut(inside, "|")
	label = undone.Replace(label)
	switch {
	case strings.HasPrefix(target, "!date^"):
		parts := strings.Split(target, "^")
		if len(parts) > 2 {
			if seconds, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
				return time.Unix(seconds, 0).UTC().Format("2 Jan 2006 at 15:04")
			}
		}
		return label
	case strings.HasPrefix(target, "!"), strings.HasPrefix(target, "@"):
		s.Pings = append(s.Pings, "<"+inside+">")
		return label
	case strings.HasPrefix(target, "#"):
		return label
	case target == "":
		return "<>"
	}
	address := undone.Replace(target)
	if !labelled {
		label = address
	}
	s.Links = append(s.Links, Link{label, address})
	return label
}
