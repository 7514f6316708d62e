package fakediscord

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
)

// refusal is an answer by which Discord refuses a request.
type refusal struct {
	status, code int
	message      string
}

func invalid(format string, args ...any) *refusal {
	return &refusal{400, 50035, "Invalid Form Body: " + fmt.Sprintf(format, args...)}
}

var (
	unknownChannel     = &refusal{404, 10003, "Unknown Channel"}
	unknownMessage     = &refusal{404, 10008, "Unknown Message"}
	unknownWebhook     = &refusal{404, 10015, "Unknown Webhook"}
	unknownInteraction = &refusal{404, 10062, "Unknown interaction"}
	acknowledged       = &refusal{400, 40060, "Interaction has already been acknowledged."}
	emptyMessage       = &refusal{400, 50006, "Cannot send an empty message"}
	cannotDM           = &refusal{403, 50007, "Cannot send messages to this user"}
	missingAccess      = &refusal{403, 50001, "Missing Access"}
	missingPermissions = &refusal{403, 50013, "Missing Permissions"}
	notTheAuthor       = &refusal{403, 50005, "Cannot edit a message authored by another user"}
	badToken           = &refusal{401, 50027, "Invalid Webhook Token"}
	threadArchived     = &refusal{400, 50083, "Thread is archived"}
	threadLocked       = &refusal{400, 160005, "Thread is locked"}
	notLetIn           = &refusal{401, 0, "401: Unauthorized"} //nolint:misspell // Discord's own words
)

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// checkMessage refuses what Discord refuses of a message. An edit may leave parts out.
func checkMessage(b map[string]any, edit bool) *refusal {
	content, _ := b["content"].(string)
	if n := units(content); n > maxContent {
		return invalid("content: %d characters; at most 2000", n)
	}
	components := children(b)
	if r := checkComponents(components, false); r != nil {
		return r
	}
	if !edit && strings.TrimSpace(content) == "" && len(components) == 0 {
		return emptyMessage
	}
	if edit && b["content"] != nil && strings.TrimSpace(content) == "" && b["components"] != nil && len(components) == 0 {
		return emptyMessage
	}
	if nonce, _ := b["nonce"].(string); units(nonce) > 25 {
		return invalid("nonce: at most 25 characters")
	}
	return nil
}

func checkComponents(rows []map[string]any, modal bool) *refusal {
	if len(rows) > 5 {
		return invalid("components: %d rows; at most 5", len(rows))
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if modal && kind(row) == 10 {
			continue
		}
		kids := children(row)
		if kind(row) != 1 || len(kids) == 0 || len(kids) > 5 {
			return invalid("components: a row of type %d with %d parts", kind(row), len(kids))
		}
		for _, c := range kids {
			if r := checkComponent(c, modal, len(kids)); r != nil {
				return r
			}
			if id, _ := c["custom_id"].(string); id != "" {
				if seen[id] {
					return invalid("custom_id: %q is there twice", id)
				}
				seen[id] = true
			}
		}
	}
	return nil
}

func checkComponent(c map[string]any, modal bool, neighbours int) *refusal {
	id, _ := c["custom_id"].(string)
	label, _ := c["label"].(string)
	if units(id) > 100 {
		return invalid("custom_id: %d characters; at most 100", units(id))
	}
	switch kind(c) {
	case 2:
		return checkButton(c, id, label)
	case 3:
		options, _ := c["options"].([]any)
		if neighbours != 1 || id == "" || len(options) < 1 || len(options) > 25 {
			return invalid("select: needs a row of its own, a custom_id and 1 to 25 options")
		}
		values := map[string]bool{}
		for _, o := range options {
			o := o.(map[string]any)
			label, _ := o["label"].(string)
			value, _ := o["value"].(string)
			hint, _ := o["description"].(string)
			if label == "" || value == "" || units(label) > 100 || units(value) > 100 || units(hint) > 100 || values[value] {
				return invalid("select: an option without label or value, too long, or there twice")
			}
			values[value] = true
		}
	case 4:
		hint, _ := c["placeholder"].(string)
		value, _ := c["value"].(string)
		most, _ := c["max_length"].(float64)
		if !modal || id == "" || label == "" || units(label) > 45 || units(hint) > 100 || units(value) > 4000 || most > 4000 || most > 0 && units(value) > int(most) {
			return invalid("text input: label, placeholder or value")
		}
	default:
		return invalid("components: type %d", kind(c))
	}
	return nil
}

func checkButton(c map[string]any, id, label string) *refusal {
	style, _ := c["style"].(float64)
	address, _ := c["url"].(string)
	u, err := url.Parse(address)
	switch {
	case label == "" || units(label) > 80:
		return invalid("button: a label of %d characters", units(label))
	case style == 5 && (id != "" || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || units(address) > 512):
		return invalid("button: a link needs an address")
	case style < 1 || style > 5, style != 5 && (id == "" || address != ""):
		return invalid("button: style and custom_id")
	}
	return nil
}

// checkModal refuses what Discord refuses of a form.
func checkModal(d map[string]any) *refusal {
	id, _ := d["custom_id"].(string)
	title, _ := d["title"].(string)
	rows := children(d)
	if id == "" || units(id) > 100 || title == "" || units(title) > 45 || len(rows) < 1 || len(rows) > 5 {
		return invalid("modal: custom_id, title or components")
	}
	return checkComponents(rows, true)
}

// checkCommands refuses what Discord refuses of commands.
func checkCommands(list []map[string]any) *refusal {
	names := map[string]bool{}
	for _, c := range list {
		name, _ := c["name"].(string)
		text, _ := c["description"].(string)
		slash := kind(c) != 2 && kind(c) != 3
		key := fmt.Sprint(kind(c), name)
		switch {
		case name == "" || units(name) > 32 || names[key]:
			return invalid("command: name %q", name)
		case slash && (name != strings.ToLower(name) || strings.Contains(name, " ") || text == "" || units(text) > 100):
			return invalid("command %q: name or description", name)
		case !slash && text != "":
			return invalid("command %q: has a description", name)
		}
		names[key] = true
	}
	return nil
}
