package slack

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// dateFormat is how Slack shows a moment, in the reader's own zone.
const dateFormat = "{date_short_pretty} at {time}"

// escape takes the meaning from the characters that begin or end anything in mrkdwn.
func escape(text string) string { return escapes.Replace(text) }

var (
	escapes   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// mrkdwnInlines says inlines in mrkdwn, without styles: the top-level text is read out aloud.
func mrkdwnInlines(inlines []chat.Inline) string {
	var out strings.Builder
	for _, i := range inlines {
		out.WriteString(mrkdwnInline(i))
	}
	return out.String()
}

func mrkdwnInline(i chat.Inline) string {
	text := chat.Clean(i.Text)
	if !i.Time.IsZero() {
		// Nothing in a fallback may end the date early.
		fallback := escape(strings.NewReplacer("|", "/", "^", " ").Replace(orText(text, utcText(i.Time))))
		return fmt.Sprintf("<!date^%d^%s|%s>", i.Time.Unix(), dateFormat, fallback)
	}
	if i.URL == "" {
		return escape(text)
	}
	target := linkOf(i.URL)
	if target == "" {
		return escape(unlinked(text, i.URL))
	}
	label := oneLine(orText(text, target))
	if chat.Misleads(label, target) || strings.Contains(label, "|") { // a bar would end the words of the link
		if link := mrkdwnLink(target, hostOf(target)); utf8.RuneCountInString(link) <= maxBlockRunes {
			return escape(label) + " (" + link + ")"
		}
		return escape(unlinked(text, i.URL))
	}
	link := mrkdwnLink(target, label)
	if utf8.RuneCountInString(link) > maxBlockRunes { // cut, it would lead elsewhere
		return escape(unlinked(text, i.URL))
	}
	if host := hostOf(target); withHost(label, target) != label {
		link += " (" + escape(host) + ")"
	}
	return link
}

func mrkdwnLink(target, label string) string {
	return "<" + strings.ReplaceAll(target, "&", "&amp;") + "|" + escape(label) + ">"
}

// unlinked says a text with an address that may not be a link: both as words.
func unlinked(text, address string) string {
	address = chat.Clean(address)
	if text == "" || text == address {
		return address
	}
	return text + " (" + address + ")"
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func utcText(t time.Time) string { return t.UTC().Format("2 Jan 2006 at 15:04 UTC") }

// splitMrkdwn cuts mrkdwn into parts of at most the given runes, never inside a link or an entity.
func splitMrkdwn(text string, most int) []string {
	var parts []string
	for utf8.RuneCountInString(text) > most {
		at := cutAt(text, most)
		parts = append(parts, text[:at])
		text = text[at:]
	}
	if text != "" {
		parts = append(parts, text)
	}
	return parts
}

// cutAt returns a byte position of at most the given runes: after a space if one is near, and before
// a link or an entity that would be broken: no link is longer, see mrkdwnInline.
func cutAt(text string, most int) int {
	end := runeOffset(text, most)
	if open := strings.LastIndexByte(text[:end], '<'); open > 0 && !strings.Contains(text[open:end], ">") {
		end = open
	}
	if amp := strings.LastIndexByte(text[:end], '&'); amp > 0 && end-amp < 5 && !strings.Contains(text[amp:end], ";") {
		end = amp
	}
	if space := strings.LastIndexAny(text[:end], " \n"); space > end*3/4 && !insideLink(text[:space+1]) {
		end = space + 1
	}
	return end
}

func insideLink(text string) bool {
	return strings.LastIndexByte(text, '<') > strings.LastIndexByte(text, '>')
}

// runeOffset is the byte position after n runes.
func runeOffset(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// richInlines turns inlines into elements of a rich_text section.
func richInlines(inlines []chat.Inline) []slackapi.RichTextSectionElement {
	var elements []slackapi.RichTextSectionElement
	add := func(text string, style *slackapi.RichTextSectionTextStyle) {
		if text != "" {
			elements = append(elements, slackapi.NewRichTextSectionTextElement(text, style))
		}
	}
	for _, i := range inlines {
		text, style := chat.Clean(i.Text), styleOf(i)
		target := linkOf(i.URL)
		switch {
		case !i.Time.IsZero():
			fallback := orText(text, utcText(i.Time))
			elements = append(elements, slackapi.NewRichTextSectionDateElement(i.Time.Unix(), dateFormat, nil, &fallback))
		case i.URL == "":
			add(text, style)
		case target == "":
			add(unlinked(text, i.URL), style)
		case chat.Misleads(oneLine(text), target):
			add(text+" (", style)
			elements = append(elements, slackapi.NewRichTextSectionLinkElement(target, hostOf(target), nil))
			add(")", style)
		default:
			label := oneLine(orText(text, target))
			elements = append(elements, slackapi.NewRichTextSectionLinkElement(target, label, linkStyle(style)))
			add(strings.TrimPrefix(withHost(label, target), label), nil)
		}
	}
	return elements
}

func styleOf(i chat.Inline) *slackapi.RichTextSectionTextStyle {
	if !i.Strong && !i.Mark && !i.Code {
		return nil
	}
	return &slackapi.RichTextSectionTextStyle{Bold: i.Strong || i.Mark, Code: i.Code}
}

func linkStyle(style *slackapi.RichTextSectionTextStyle) *slackapi.RichTextSectionTextStyle {
	if style == nil || !style.Bold {
		return nil
	}
	return &slackapi.RichTextSectionTextStyle{Bold: true}
}

// inlineRunes counts what inlines cost, addresses and the hosts shown beside them included.
func inlineRunes(inlines []chat.Inline) int {
	n := 0
	for _, i := range inlines {
		n += utf8.RuneCountInString(i.Text) + len(i.URL)
		if i.URL != "" {
			n += len(hostOf(i.URL)) + len(" ()")
		}
		if !i.Time.IsZero() {
			n += len(dateFormat)
		}
	}
	return n
}

// splitInlines cuts inlines into runs of at most the given runes, at spaces where there are any. A
// link is not cut: one that is too long by itself is said first, and linked after.
func splitInlines(inlines []chat.Inline, most int) [][]chat.Inline {
	var runs [][]chat.Inline
	var now []chat.Inline
	room := most
	flush := func() {
		if len(now) > 0 {
			runs = append(runs, now)
		}
		now, room = nil, most
	}
	for _, i := range shortLinks(inlines, most) {
		whole := i.URL != "" || !i.Time.IsZero()
		if whole && inlineRunes([]chat.Inline{i}) > room || room <= 0 {
			flush()
		}
		for !whole && utf8.RuneCountInString(i.Text) > room {
			head := i
			at := wordCut(i.Text, room)
			head.Text, i.Text = i.Text[:at], i.Text[at:]
			now = append(now, head)
			flush()
		}
		if i.Text != "" || whole {
			now = append(now, i)
			room -= inlineRunes([]chat.Inline{i})
		}
	}
	flush()
	return runs
}

// shortLinks cleans inlines, and says in words what is too long to be a link.
func shortLinks(inlines []chat.Inline, most int) []chat.Inline {
	var out []chat.Inline
	for _, i := range inlines {
		i.Text = chat.Clean(i.Text)
		switch {
		case i.URL == "" || inlineRunes([]chat.Inline{i}) <= most:
			out = append(out, i)
		case linkOf(i.URL) != "" && 3*len(i.URL) < most:
			out = append(out, chat.Inline{Text: i.Text + " "}, chat.Inline{Text: i.URL, URL: i.URL})
		default:
			out = append(out, chat.Inline{Text: unlinked(i.Text, i.URL)})
		}
	}
	return out
}

// wordCut returns a byte position of at most n runes (at least one), after a space when one is near.
func wordCut(text string, n int) int {
	end := runeOffset(text, max(n, 1))
	if space := strings.LastIndexAny(text[:end], " \n"); space > end/2 {
		return space + 1
	}
	return end
}
