package slack

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack" // the Web API's calls and Block Kit's types
	"golang.org/x/net/idna"              // hosts in letters that look like others

	"liaison/bot/chat"
)

// Prose is rendered as rich_text, whose text elements Slack shows as they are: nothing in them can
// become a mention, a link or a style. The top-level text, and small print, are mrkdwn, where escape
// takes the meaning from the three characters that have one.

// surface is where blocks are shown; not every block is taken everywhere.
type surface int

const (
	onMessage surface = iota
	onView            // a modal or the Home tab
)

// message is one message as Slack takes it. text says the whole of it, in mrkdwn.
type message struct {
	blocks []slackapi.Block
	text   string
}

// piece is a block with what it says.
type piece struct {
	block slackapi.Block
	text  string // mrkdwn
	runes int    // as counted against maxMessageRunes
	table bool
}

// renderMessages returns a reply as the messages that hold all of it, in order. It is empty when the
// reply says nothing.
func renderMessages(r chat.Reply) []message {
	var messages []message
	var now message
	runes, tables := 0, 0
	for _, p := range renderPieces(r.Blocks, onMessage) {
		full := len(now.blocks) == maxMessageBlocks || runes+p.runes > maxMessageRunes || p.table && tables > 0 ||
			utf8.RuneCountInString(now.text)+utf8.RuneCountInString(p.text) > maxTopText // escapes make it longer
		if full && len(now.blocks) > 0 {
			messages = append(messages, now)
			now, runes, tables = message{}, 0, 0
		}
		now.blocks = append(now.blocks, p.block)
		now.text = joinText(now.text, p.text)
		runes += p.runes
		if p.table {
			tables++
		}
	}
	if len(now.blocks) > 0 {
		messages = append(messages, now)
	}
	for i := range messages {
		if messages[i].text == "" { // buttons alone
			messages[i].text = "Choose what to do next."
		}
	}
	return messages
}

// renderView returns blocks for a modal or the Home tab, which cannot be split: what is beyond their
// limit is left out and said to be.
func renderView(blocks []chat.Block) []slackapi.Block {
	var out []slackapi.Block
	pieces := renderPieces(blocks, onView)
	for i, p := range pieces {
		if len(out) == maxViewBlocks-1 && i < len(pieces)-1 {
			note := smallPrint("There is more than fits here. Ask in a message to see all of it.")
			return append(out, note[0].block)
		}
		out = append(out, p.block)
	}
	return out
}

func joinText(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "\n\n" + b
}

func renderPieces(blocks []chat.Block, on surface) []piece {
	var pieces []piece
	for _, b := range blocks {
		pieces = append(pieces, renderBlock(b, on)...)
	}
	return pieces
}

func renderBlock(b chat.Block, on surface) []piece {
	switch b := b.(type) {
	case chat.Text:
		return renderParagraphs(b.Paragraphs, on)
	case chat.Sources:
		return renderSources(b.Sources)
	case chat.People:
		return renderPeople(b.People, on)
	case chat.Items:
		return renderItems(b, on)
	case chat.Facts:
		return renderFacts(b, on)
	case chat.Notice:
		return renderNotice(b, on)
	case chat.Choice:
		return renderChoice(b, on)
	case chat.Actions:
		return renderActions(b.Actions, on)
	}
	return nil
}

func renderSources(sources []chat.Source) []piece {
	var lines []string
	for _, s := range sources {
		if (s != chat.Source{Number: s.Number}) {
			lines = append(lines, sourceLine(s))
		}
	}
	return smallPrint(lines...)
}

// sourceLine is "[1] <link|Title › Heading> (host) · organisation · stamp · age …" in mrkdwn.
func sourceLine(s chat.Source) string {
	title := oneLine(chat.Clean(s.Title))
	if heading := oneLine(chat.Clean(s.Heading)); heading != "" {
		title += " › " + heading
	}
	binds := ""
	if s.Binds != "" {
		binds = "binding on " + s.Binds
	}
	line := fmt.Sprintf("[%d] %s", s.Number, mrkdwnInline(chat.Inline{Text: title, URL: s.URL}))
	for _, detail := range []string{s.Organisation, s.Stamp, s.Age, binds, s.Owner, s.Licence} {
		if detail = oneLine(chat.Clean(detail)); detail != "" { // no line of a page's looks like another source
			line += " · " + escape(detail)
		}
	}
	return line
}

// smallPrint shows lines of mrkdwn below the answer, as many in one block as it takes.
func smallPrint(lines ...string) []piece {
	var pieces []piece
	var now string
	flush := func() {
		if now != "" {
			block := slackapi.NewContextBlock("", mrkdwn(now))
			pieces = append(pieces, piece{block: block, text: now, runes: utf8.RuneCountInString(now)})
		}
		now = ""
	}
	for _, line := range lines {
		for _, part := range splitMrkdwn(line, maxBlockRunes) {
			if now != "" && utf8.RuneCountInString(now)+utf8.RuneCountInString(part) >= maxBlockRunes {
				flush()
			}
			if now != "" {
				now += "\n"
			}
			now += part
		}
	}
	flush()
	return pieces
}

func renderPeople(people []chat.Person, on surface) []piece {
	var pieces []piece
	for _, p := range people {
		who := []chat.Inline{{Text: p.Name, Strong: true}}
		for _, detail := range []string{p.Role, p.Organisation} {
			if detail != "" {
				who = append(who, chat.Inline{Text: " · " + detail})
			}
		}
		paragraphs := []chat.Paragraph{{Inlines: who}}
		for _, reason := range p.Reasons {
			paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Bullet, Inlines: reason.Inlines})
		}
		if p.Times != "" {
			paragraphs = append(paragraphs, chat.Line(p.Times))
		}
		if p.Contact != nil {
			paragraphs = append(paragraphs, chat.Paragraph{Inlines: []chat.Inline{*p.Contact}})
		}
		pieces = append(pieces, renderParagraphs(paragraphs, on)...)
		pieces = append(pieces, renderActions(p.Actions, on)...)
	}
	return pieces
}

func renderItems(items chat.Items, on surface) []piece {
	pieces := renderTitle(items.Title, on)
	var list []chat.Paragraph
	flush := func() {
		pieces = append(pieces, renderParagraphs(list, on)...)
		list = nil
	}
	for _, item := range items.Items {
		if item.Title+item.URL+item.Detail == "" && len(item.Actions) == 0 {
			continue
		}
		inlines := []chat.Inline{{Text: item.Title, URL: item.URL}}
		if item.Detail != "" {
			inlines = append(inlines, chat.Inline{Text: ": " + item.Detail})
		}
		if !item.Time.IsZero() {
			inlines = append(inlines, chat.Inline{Text: " · "}, chat.Inline{Text: utcText(item.Time), Time: item.Time})
		}
		list = append(list, chat.Paragraph{Kind: chat.Bullet, Inlines: inlines})
		if len(item.Actions) > 0 {
			flush()
			pieces = append(pieces, renderActions(item.Actions, on)...)
		}
	}
	flush()
	return pieces
}

func renderFacts(facts chat.Facts, on surface) []piece {
	pieces := renderTitle(facts.Title, on)
	var lines []chat.Paragraph
	for _, f := range facts.Facts {
		if f == (chat.Fact{}) {
			continue
		}
		label := chat.Inline{Text: f.Label + ": ", Strong: true}
		lines = append(lines, chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{label, f.Value}})
	}
	return append(pieces, renderParagraphs(lines, on)...)
}

func renderTitle(title string, on surface) []piece {
	if title == "" {
		return nil
	}
	return renderParagraphs([]chat.Paragraph{{Kind: chat.Heading, Inlines: []chat.Inline{{Text: title}}}}, on)
}

// renderNotice says a warning or a failure in words, as nothing may hang on colour or a sign.
func renderNotice(n chat.Notice, on surface) []piece {
	p := n.Text
	if isBlank(p.Inlines) && len(p.Cells) == 0 {
		return nil
	}
	switch n.Kind {
	case chat.Warning:
		p.Inlines = append([]chat.Inline{{Text: "Please note: ", Strong: true}}, p.Inlines...)
	case chat.Failure:
		p.Inlines = append([]chat.Inline{{Text: "Problem: ", Strong: true}}, p.Inlines...)
	default:
		if p.Kind == chat.Plain && !p.Quoted {
			return smallPrint(mrkdwnInlines(p.Inlines))
		}
	}
	return renderParagraphs([]chat.Paragraph{p}, on)
}

func renderChoice(c chat.Choice, on surface) []piece {
	pieces := renderParagraphs([]chat.Paragraph{chat.Line(c.Prompt)}, on)
	if len(c.Options) == 0 {
		return pieces
	}
	if !fitsMenu(c.Options) {
		return append(pieces, renderLongChoice(c, on)...)
	}
	for start := 0; start < len(c.Options); start += maxOptions {
		some := c.Options[start:min(start+maxOptions, len(c.Options))]
		menu := &slackapi.SelectBlockElement{
			Type: slackapi.OptTypeStatic, ActionID: c.Action,
			Placeholder: plain("Choose", maxPlaceholder), Options: optionObjects(some),
		}
		text := optionText(some)
		block := slackapi.NewActionBlock("", menu)
		pieces = append(pieces, piece{block: block, text: text, runes: utf8.RuneCountInString(text)})
	}
	return pieces
}

// fitsMenu reports whether a menu takes the options: @slack/types allows 75 bytes of value, this
// project's vocabulary chat.MaxAction.
func fitsMenu(options []chat.Option) bool {
	for _, o := range options {
		long := utf8.RuneCountInString(o.Label) > maxOptionLabel || utf8.RuneCountInString(o.Hint) > maxOptionLabel
		if len(o.Value) > maxOptionValue || long || o.Value == "" {
			return false
		}
	}
	return true
}

// renderLongChoice offers as buttons what a menu has no room for.
func renderLongChoice(c chat.Choice, on surface) []piece {
	var pieces []piece
	var lines []chat.Paragraph
	for _, o := range c.Options {
		line := chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{{Text: orText(o.Label, o.Value)}}}
		if o.Hint != "" {
			line.Inlines = append(line.Inlines, chat.Inline{Text: ": " + o.Hint})
		}
		lines = append(lines, line)
	}
	pieces = append(pieces, renderParagraphs(lines, on)...)
	for start := 0; start < len(c.Options); start += maxButtons {
		var elements []slackapi.BlockElement
		some := c.Options[start:min(start+maxButtons, len(c.Options))]
		for i, o := range some {
			button := slackapi.NewButtonBlockElement(pickID(c.Action, i), o.Value, plain(orText(o.Label, o.Value), maxButton))
			elements = append(elements, button)
		}
		pieces = append(pieces, piece{block: slackapi.NewActionBlock("", elements...), runes: len(some) * maxButton})
	}
	return pieces
}

func optionObjects(options []chat.Option) []*slackapi.OptionBlockObject {
	var objects []*slackapi.OptionBlockObject
	for _, o := range options {
		var hint *slackapi.TextBlockObject
		if chat.Clean(o.Hint) != "" {
			hint = plain(o.Hint, maxOptionLabel)
		}
		objects = append(objects, slackapi.NewOptionBlockObject(o.Value, plain(orText(o.Label, o.Value), maxOptionLabel), hint))
	}
	return objects
}

func optionText(options []chat.Option) string {
	var lines []string
	for _, o := range options {
		line := "- " + escape(chat.Clean(orText(o.Label, o.Value)))
		if hint := chat.Clean(o.Hint); hint != "" {
			line += ": " + escape(hint)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// renderActions shows buttons, and a pair of votes in Slack's own way where it has one.
func renderActions(actions []chat.Action, on surface) []piece {
	var pieces []piece
	var buttons []slackapi.BlockElement
	var links []string
	yes, no := votes(actions)
	paired := on == onMessage && yes != nil && no != nil
	for i, a := range actions {
		if paired && a.Vote != 0 {
			continue
		}
		buttons = append(buttons, buttonOf(a, i))
		if linkOf(a.URL) != "" {
			links = append(links, mrkdwnInline(chat.Inline{Text: a.Label, URL: a.URL}))
		}
	}
	for start := 0; start < len(buttons); start += maxButtons {
		some := buttons[start:min(start+maxButtons, len(buttons))]
		p := piece{block: slackapi.NewActionBlock("", some...), runes: len(some) * maxButton}
		if start == 0 {
			p.text = strings.Join(links, "\n") // a link is part of what is said; a button is not
		}
		pieces = append(pieces, p)
	}
	if paired {
		element := slackapi.NewFeedbackButtonsBlockElement(voteID(yes.ID), feedbackButton(*yes), feedbackButton(*no))
		pieces = append(pieces, piece{block: slackapi.NewContextActionsBlock("", element), runes: 2 * maxButton})
	}
	return pieces
}

// votes returns the first Helpful and the first Not helpful.
func votes(actions []chat.Action) (yes, no *chat.Action) {
	for i := range actions {
		switch {
		case actions[i].Vote > 0 && yes == nil:
			yes = &actions[i]
		case actions[i].Vote < 0 && no == nil:
			no = &actions[i]
		}
	}
	return yes, no
}

func feedbackButton(a chat.Action) *slackapi.FeedbackButton {
	label := plain(a.Label, maxButton)
	return slackapi.NewFeedbackButton(label, a.ID).WithAccessibilityLabel(label.Text)
}

func buttonOf(a chat.Action, i int) *slackapi.ButtonBlockElement {
	label := orText(chat.Clean(a.Label), "Open")
	target := linkOf(a.URL)
	if target != "" {
		label = withHost(shorten(label, max(maxButton-len(hostOf(target))-len(" ()"), 1)), target)
	}
	button := slackapi.NewButtonBlockElement(buttonID(a.ID, i), a.ID, plain(label, maxButton))
	if target != "" {
		button.URL, button.ActionID = target, linkMark+button.ActionID
	}
	switch a.Style {
	case chat.Primary:
		button.Style = slackapi.StylePrimary
	case chat.Danger:
		button.Style = slackapi.StyleDanger
	case chat.Ordinary: // as Slack draws a button by itself
	}
	if confirm := chat.Clean(a.Confirm); confirm != "" {
		button.Confirm = slackapi.NewConfirmationBlockObject(
			plain("Are you sure?", maxPlaceholder), plain(confirm, maxConfirm),
			plain(a.Label, maxConfirmButton), plain("Cancel", maxConfirmButton))
	}
	return button
}

// plain makes a plain_text object that fits, in which :words: are not turned into pictures. Labels
// are within their limits by contract; one that is not ends in "…" so that it can be seen.
func plain(text string, most int) *slackapi.TextBlockObject {
	no := false
	text = orText(strings.TrimSpace(chat.Clean(text)), "…")
	return &slackapi.TextBlockObject{Type: slackapi.PlainTextType, Text: shorten(text, most), Emoji: &no}
}

// mrkdwn makes an object of text that is mrkdwn already; Slack looks for no links or names in it.
func mrkdwn(text string) *slackapi.TextBlockObject {
	return &slackapi.TextBlockObject{Type: slackapi.MarkdownType, Text: text, Verbatim: true}
}

func shorten(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// linkOf returns an address that may be a link and that Slack takes as one, else "".
func linkOf(address string) string {
	if safe := chat.SafeURL(address); len(safe) <= maxButtonURL {
		return safe
	}
	return ""
}

// withHost adds to a link's text where it leads, unless the text says so itself.
func withHost(label, target string) string {
	host := hostOf(target)
	if host == "" || label == target && strings.Contains(target, host) || label == host || strings.HasSuffix(label, "("+host+")") {
		return label
	}
	return label + " (" + host + ")"
}

// hostOf is the host of an https address, or the address of a mailto. One in other letters than ASCII is
// written as machines write it: some of them look like others.
func hostOf(target string) string {
	parsed, err := url.Parse(target)
	if err != nil {
		return ""
	}
	if parsed.Scheme == "mailto" {
		address, _, _ := strings.Cut(parsed.Opaque, "?")
		return address
	}
	host, err := idna.Punycode.ToASCII(parsed.Host)
	if err != nil {
		return parsed.Host
	}
	return host
}
