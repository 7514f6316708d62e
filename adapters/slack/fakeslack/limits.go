package fakeslack

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// What Slack refuses, as documented at docs.slack.dev/reference/block-kit and, for the size of all
// blocks together, as measured (slackapi/bolt-js issue 2509).
const (
	mostText        = 40_000
	mostBlocks      = 50
	mostViewBlocks  = 100
	mostBlocksText  = 13_200
	mostView        = 250_000
	mostPrivateData = 3_000
)

// checkMessage reads the text and blocks of a message, and refuses what Slack does.
func checkMessage(args map[string]string) ([]any, error) {
	var blocks []any
	if given := args["blocks"]; given != "" {
		if json.Unmarshal([]byte(given), &blocks) != nil {
			return nil, apiError("invalid_blocks_format")
		}
	}
	switch {
	case len(blocks) == 0 && args["text"] == "":
		return nil, apiError("no_text")
	case utf8.RuneCountInString(args["text"]) > mostText:
		return nil, apiError("msg_too_long")
	case len(blocks) > mostBlocks:
		return nil, apiError("invalid_blocks")
	case textIn(blocks) > mostBlocksText:
		return nil, apiError("msg_blocks_too_long")
	}
	return blocks, checkBlocks(blocks, true)
}

// checkView reads a modal or Home tab.
func checkView(given, kind string) (map[string]any, error) {
	var view map[string]any
	if len(given) > mostView || json.Unmarshal([]byte(given), &view) != nil || view["type"] != kind {
		return nil, apiError("invalid_arguments")
	}
	blocks, _ := view["blocks"].([]any)
	long := lengthOf(view["private_metadata"]) > mostPrivateData || lengthOf(view["callback_id"]) > 255
	if len(blocks) == 0 || len(blocks) > mostViewBlocks || long {
		return nil, apiError("invalid_arguments")
	}
	for _, key := range []string{"title", "submit", "close"} {
		if object, ok := view[key].(map[string]any); ok && lengthOf(object["text"]) > 24 {
			return nil, apiError("invalid_arguments")
		}
	}
	if kind == "modal" {
		if view["title"] == nil || hasInput(blocks) && view["submit"] == nil {
			return nil, apiError("invalid_arguments")
		}
	}
	return view, checkBlocks(blocks, false)
}

func hasInput(blocks []any) bool {
	for _, b := range blocks {
		if block, _ := b.(map[string]any); block["type"] == "input" {
			return true
		}
	}
	return false
}

func lengthOf(v any) int {
	text, _ := v.(string)
	return utf8.RuneCountInString(text)
}

// textIn counts the characters of every text in a value.
func textIn(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			n += textIn(one)
		}
	case map[string]any:
		n += lengthOf(v["text"])
		for _, one := range v {
			n += textIn(one)
		}
	}
	return n
}

// checker finds the first thing wrong with blocks.
type checker struct {
	message  bool
	blockIDs map[string]bool
	actions  map[string]bool
	tables   int
	markdown int // characters
	err      error
}

func checkBlocks(blocks []any, message bool) error {
	c := &checker{message: message, blockIDs: map[string]bool{}}
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		c.actions = map[string]bool{}
		c.block(block)
	}
	return c.err
}

func (c *checker) fail(why string, args ...any) {
	if c.err == nil {
		c.err = apiError("invalid_blocks: " + fmt.Sprintf(why, args...))
	}
}

func (c *checker) block(b map[string]any) {
	if id, _ := b["block_id"].(string); id != "" {
		if c.blockIDs[id] || len(id) > 255 {
			c.fail("block_id %q twice or too long", id)
		}
		c.blockIDs[id] = true
	}
	elements, _ := b["elements"].([]any)
	kind, _ := b["type"].(string)
	switch kind {
	case "section":
		if b["text"] == nil && b["fields"] == nil {
			c.fail("a section without text")
		}
		c.text(b["text"], 3000, "")
		c.element(b["accessory"])
	case "header":
		c.text(b["text"], 150, "plain_text")
	case "context":
		c.count(elements, 10)
		for _, e := range elements {
			c.text(e, 3000, "")
		}
	case "actions":
		c.count(elements, 25)
		for _, e := range elements {
			c.element(e)
		}
	case "context_actions":
		c.onMessage(kind)
		c.count(elements, 5)
		for _, e := range elements {
			c.element(e)
		}
	case "rich_text":
		if len(elements) == 0 {
			c.fail("an empty rich_text")
		}
		for _, e := range elements {
			c.rich(e)
		}
	case "table":
		c.onMessage(kind)
		c.table(b)
	case "input":
		if c.message {
			c.fail("an input in a message")
		}
		c.text(b["label"], 2000, "plain_text")
		if b["hint"] != nil {
			c.text(b["hint"], 2000, "plain_text")
		}
		c.element(b["element"])
	case "markdown":
		c.onMessage(kind)
		if c.markdown += lengthOf(b["text"]); lengthOf(b["text"]) == 0 || c.markdown > 12_000 {
			c.fail("markdown blocks of %d characters", c.markdown)
		}
	case "divider":
	default:
		c.fail("unsupported block %q", kind)
	}
}

func (c *checker) onMessage(kind string) {
	if !c.message {
		c.fail("%s outside a message", kind)
	}
}

func (c *checker) count(elements []any, most int) {
	if len(elements) == 0 || len(elements) > most {
		c.fail("%d elements where 1 to %d are taken", len(elements), most)
	}
}

func (c *checker) text(v any, most int, only string) {
	object, ok := v.(map[string]any)
	kind, _ := object["type"].(string)
	switch n := lengthOf(object["text"]); {
	case !ok || kind != "mrkdwn" && kind != "plain_text" || only != "" && kind != only:
		c.fail("a text object of type %q", kind)
	case n == 0 || n > most:
		c.fail("a text of %d characters where 1 to %d are taken", n, most)
	}
}

func (c *checker) optionalText(v any, most int) {
	if v != nil {
		c.text(v, most, "plain_text")
	}
}

func (c *checker) element(v any) {
	e, ok := v.(map[string]any)
	if v == nil {
		return
	}
	if !ok {
		c.fail("an element that is no object")
		return
	}
	id, _ := e["action_id"].(string)
	if id == "" || len(id) > 255 || c.actions[id] {
		c.fail("action_id %q is missing, too long or there twice", id)
	}
	c.actions[id] = true
	switch kind, _ := e["type"].(string); kind {
	case "button":
		c.text(e["text"], 75, "plain_text")
		if lengthOf(e["value"]) > 2000 || lengthOf(e["url"]) > 3000 {
			c.fail("a button's value or url is too long")
		}
		if style := e["style"]; style != nil && style != "primary" && style != "danger" {
			c.fail("style %v", style)
		}
		c.confirm(e["confirm"])
	case "static_select":
		c.optionalText(e["placeholder"], 150)
		options, _ := e["options"].([]any)
		c.count(options, 100)
		for _, o := range options {
			option, _ := o.(map[string]any)
			c.text(option["text"], 75, "plain_text")
			c.optionalText(option["description"], 75)
			if n := lengthOf(option["value"]); n == 0 || n > 75 {
				c.fail("an option's value of %d characters", n)
			}
		}
	case "feedback_buttons":
		for _, which := range []string{"positive_button", "negative_button"} {
			button, _ := e[which].(map[string]any)
			c.text(button["text"], 75, "plain_text")
			if lengthOf(button["value"]) == 0 || lengthOf(button["value"]) > 2000 {
				c.fail("a feedback button's value")
			}
		}
	case "plain_text_input":
		c.optionalText(e["placeholder"], 150)
		if most, ok := e["max_length"].(float64); ok && (most < 1 || most > 3000 || float64(lengthOf(e["initial_value"])) > most) {
			c.fail("max_length %v", most)
		}
	default:
		c.fail("unsupported element %q", kind)
	}
}

func (c *checker) confirm(v any) {
	if dialog, ok := v.(map[string]any); ok {
		c.text(dialog["title"], 100, "plain_text")
		c.text(dialog["text"], 300, "")
		c.text(dialog["confirm"], 30, "plain_text")
		c.text(dialog["deny"], 30, "plain_text")
	}
}

func (c *checker) table(b map[string]any) {
	rows, _ := b["rows"].([]any)
	if c.tables++; c.tables > 1 {
		c.fail("two tables")
	}
	if len(rows) == 0 || len(rows) > 100 {
		c.fail("%d rows", len(rows))
	}
	for _, r := range rows {
		cells, _ := r.([]any)
		if len(cells) == 0 || len(cells) > 20 {
			c.fail("%d cells", len(cells))
		}
		for _, cell := range cells {
			object, _ := cell.(map[string]any)
			switch object["type"] {
			case "raw_text":
				if lengthOf(object["text"]) == 0 {
					c.fail("an empty cell")
				}
			case "rich_text":
				elements, _ := object["elements"].([]any)
				if len(elements) == 0 {
					c.fail("an empty cell")
				}
				for _, e := range elements {
					c.rich(e)
				}
			default:
				c.fail("a cell of type %v", object["type"])
			}
		}
	}
}

// rich checks what stands in rich_text: sections, lists, quotes and code.
func (c *checker) rich(v any) {
	e, _ := v.(map[string]any)
	elements, _ := e["elements"].([]any)
	if len(elements) == 0 {
		c.fail("an empty %v", e["type"])
	}
	switch e["type"] {
	case "rich_text_list":
		for _, item := range elements {
			if section, _ := item.(map[string]any); section["type"] != "rich_text_section" {
				c.fail("a list of %v", section["type"])
			}
			c.rich(item)
		}
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		for _, one := range elements {
			c.inline(one)
		}
	default:
		c.fail("unsupported %v in rich_text", e["type"])
	}
}

func (c *checker) inline(v any) {
	e, _ := v.(map[string]any)
	switch e["type"] {
	case "text":
		if lengthOf(e["text"]) == 0 {
			c.fail("an empty text in rich_text")
		}
	case "link":
		if n := lengthOf(e["url"]); n == 0 || n > 3000 {
			c.fail("a link's url of %d characters", n)
		}
	case "date":
		if lengthOf(e["format"]) == 0 {
			c.fail("a date without format")
		}
	case "user", "usergroup", "broadcast", "channel", "team", "emoji":
	default:
		c.fail("unsupported %v in rich_text", e["type"])
	}
}

// CheckBlocks returns why Slack would refuse a message, nil when it takes it.
func CheckBlocks(text string, blocks []any) error {
	_, err := checkMessage(map[string]string{"text": text, "blocks": string(jsonOf(blocks))})
	return err
}

// CheckView returns why Slack would refuse a view, a "modal" or a "home"; nil when it takes it.
func CheckView(view []byte, kind string) error {
	_, err := checkView(string(view), kind)
	return err
}
