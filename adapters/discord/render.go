package discord

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// Everything is said in a message's plain content, which screen readers read and notifications show.
// A reply becomes pieces of at most one message each; pieces are put together into messages, and
// buttons stand under the message that says what they are for.

// message is one message as Discord takes it.
type message struct {
	content    string
	components []component
}

// piece is a part of a message that is not split.
type piece struct {
	text    string
	tight   bool        // follows the piece before on the next line, without an empty one between
	buttons []component // share rows with the buttons around them
	menu    *component  // takes a row
}

// renderMessages returns a reply as the messages that hold all of it, in order. It is empty when the
// reply says nothing.
func renderMessages(r chat.Reply) []message { return pack(renderPieces(r.Blocks)) }

func renderPieces(blocks []chat.Block) []piece {
	var pieces []piece
	ids := idMaker{}
	for _, b := range blocks {
		pieces = append(pieces, renderBlock(b, ids)...)
	}
	return pieces
}

// idMaker makes custom ids that differ within a reply.
type idMaker map[string]int

func (m idMaker) next(mark, action string) string {
	id := customID(mark, m[mark+action], action)
	m[mark+action]++
	return id
}

func renderBlock(b chat.Block, ids idMaker) []piece {
	switch b := b.(type) {
	case chat.Text:
		return renderParagraphs(b.Paragraphs)
	case chat.Sources:
		return renderSources(b.Sources)
	case chat.People:
		return renderPeople(b.People, ids)
	case chat.Items:
		return renderItems(b, ids)
	case chat.Facts:
		return renderFacts(b)
	case chat.Notice:
		return renderNotice(b)
	case chat.Choice:
		return renderChoice(b, ids)
	case chat.Actions:
		return renderActions(b.Actions, "", ids)
	}
	return nil
}

// renderParagraphs gives each paragraph its pieces; rows of a table need the header above them.
func renderParagraphs(paragraphs []chat.Paragraph) []piece {
	var pieces []piece
	var header [][]chat.Inline
	var before chat.Paragraph
	for i, p := range paragraphs {
		if p.Kind != chat.Row {
			header = nil
		}
		if p.Kind == chat.Row && p.Header {
			header = p.Cells
			if i+1 < len(paragraphs) && paragraphs[i+1].Kind == chat.Row && !paragraphs[i+1].Header {
				continue // its words stand in every row
			}
			header = nil
		}
		some := renderParagraph(p, header)
		if len(some) == 0 {
			continue
		}
		some[0].tight = len(pieces) > 0 && tightAfter(before, p)
		pieces, before = append(pieces, some...), p
	}
	return pieces
}

// tightAfter reports whether a paragraph goes on the line after another, without a gap.
func tightAfter(before, p chat.Paragraph) bool {
	listed := func(p chat.Paragraph) bool {
		return p.Kind == chat.Bullet || p.Kind == chat.Number || p.Kind == chat.Row
	}
	return before.Kind == chat.Heading || listed(before) && listed(p)
}

func renderParagraph(p chat.Paragraph, header [][]chat.Inline) []piece {
	if p.Kind == chat.Row {
		p.Inlines = rowInlines(p.Cells, header)
	}
	if blank(p.Inlines) {
		return nil
	}
	if p.Kind == chat.Code {
		return codePieces(p.Inlines)
	}
	var pieces []piece
	for continued := false; ; continued = true {
		head, tail := splitParagraph(p, continued)
		pieces = append(pieces, piece{text: paragraphText(head, continued), tight: continued})
		if len(tail.Inlines) == 0 {
			return pieces
		}
		p = tail
	}
}

// blank reports whether inlines show nothing.
func blank(inlines []chat.Inline) bool { return strings.TrimSpace(markdown(inlines, true)) == "" }

// paragraphText says one paragraph with the marks of its kind; one that continues another has no bullet.
func paragraphText(p chat.Paragraph, continued bool) string {
	indent := strings.Repeat("  ", min(max(p.Level, 0), 5))
	var text string
	switch {
	case p.Kind == chat.Heading:
		text = "### " + strings.TrimSpace(markdown(p.Inlines, false))
	case p.Kind == chat.Bullet && !continued, p.Kind == chat.Row && !continued:
		text = indent + "- " + strings.TrimSpace(markdown(p.Inlines, false))
	case p.Kind == chat.Number && !continued:
		text = fmt.Sprintf("%s%d. %s", indent, p.Number, strings.TrimSpace(markdown(p.Inlines, false)))
	case p.Kind == chat.Bullet, p.Kind == chat.Row, p.Kind == chat.Number:
		text = indent + "  " + strings.TrimSpace(markdown(p.Inlines, false))
	default:
		text = strings.TrimSpace(markdown(p.Inlines, true))
	}
	if p.Quoted {
		text = "> " + strings.ReplaceAll(text, "\n", "\n> ")
	}
	return text
}

// splitParagraph cuts off the part of a paragraph that fits into one message, at a sentence where it can.
func splitParagraph(p chat.Paragraph, continued bool) (head, tail chat.Paragraph) {
	fits := func(q chat.Paragraph) bool { return units(paragraphText(q, continued)) <= maxContent }
	head, tail = p, p
	tail.Inlines = nil
	most := runesOf(p.Inlines)
	if most <= maxContent && fits(p) {
		return head, tail
	}
	low, high := 1, min(most, maxContent) // the most characters that fit, by halving
	for low < high {
		middle := (low + high + 1) / 2
		if head.Inlines, _ = cutInlines(p.Inlines, middle); fits(head) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	head.Inlines, tail.Inlines = cutInlines(p.Inlines, niceCut(p.Inlines, low))
	if !fits(head) { // one link longer than a message: its words only
		head.Inlines = []chat.Inline{{Text: shorten(orText(head.Inlines[0].Text, head.Inlines[0].URL), maxContent/3)}}
	}
	return head, tail
}

func runesOf(inlines []chat.Inline) int {
	n := 0
	for _, i := range inlines {
		n += utf8.RuneCountInString(i.Text)
	}
	return n
}

// niceCut returns a number of characters, at most the given, after which to cut.
func niceCut(inlines []chat.Inline, most int) int {
	var text strings.Builder
	for _, i := range inlines {
		text.WriteString(i.Text)
	}
	whole := text.String()
	return utf8.RuneCountInString(whole[:cutAt(whole, most)])
}

// cutInlines cuts inlines after so many characters. Links and times stay whole, in the first part if
// they are all that there is of it.
func cutInlines(inlines []chat.Inline, most int) (head, tail []chat.Inline) {
	for n, i := range inlines {
		length := utf8.RuneCountInString(i.Text)
		if length <= most {
			most -= length
			continue
		}
		if whole := i.URL != "" || !i.Time.IsZero(); whole && n > 0 {
			return inlines[:n:n], inlines[n:]
		} else if whole {
			return inlines[:1:1], inlines[1:]
		}
		at := runeOffset(i.Text, most)
		first, rest := i, i
		first.Text, rest.Text = i.Text[:at], i.Text[at:]
		head = append(slices.Clone(inlines[:n]), first)
		return head, append([]chat.Inline{rest}, inlines[n+1:]...)
	}
	return inlines, nil
}

// rowInlines says a row of a table as words, each cell with the header of its column, as Discord has
// no tables and columns of spaces mean nothing when read aloud.
func rowInlines(cells, header [][]chat.Inline) []chat.Inline {
	var inlines []chat.Inline
	said := false
	for i, cell := range cells {
		if len(inlines) > 0 {
			inlines = append(inlines, chat.Inline{Text: " · "})
		}
		if i < len(header) && !blank(header[i]) {
			for _, word := range header[i] {
				word.Strong = true
				inlines = append(inlines, word)
			}
			inlines = append(inlines, chat.Inline{Text: ": "})
			said = true
		}
		if blank(cell) {
			inlines = append(inlines, chat.Inline{Text: "–"})
			continue
		}
		said = true
		inlines = append(inlines, cell...)
	}
	if !said {
		return nil
	}
	return inlines
}

// codePieces shows code in blocks that fit, cut between lines where they can be.
func codePieces(inlines []chat.Inline) []piece {
	var text strings.Builder
	for _, i := range inlines {
		text.WriteString(chat.Clean(i.Text))
	}
	var pieces []piece
	var now string
	flush := func() {
		if strings.TrimSpace(now) != "" {
			pieces = append(pieces, piece{text: fence(now), tight: len(pieces) > 0})
		}
		now = ""
	}
	for line := range strings.Lines(text.String()) {
		for line != "" {
			if units(fence(now+line)) <= maxContent {
				now, line = now+line, ""
				continue
			}
			if now != "" {
				flush()
				continue
			}
			at := runeOffset(line, maxContent/3) // however many backticks it has
			now, line = line[:at], line[at:]
			flush()
		}
	}
	flush()
	return pieces
}

func renderSources(sources []chat.Source) []piece {
	var pieces []piece
	for _, s := range sources {
		p := chat.Paragraph{Inlines: sourceInlines(s)}
		if len(p.Inlines) == 0 {
			continue
		}
		some := renderParagraph(p, nil)
		some[0].tight = len(pieces) > 0
		pieces = append(pieces, some...)
	}
	return pieces
}

// sourceInlines is "[1] Title › Heading · organisation · stamp · age …".
func sourceInlines(s chat.Source) []chat.Inline {
	title := chat.Clean(s.Title)
	if heading := chat.Clean(s.Heading); heading != "" {
		title += " › " + heading
	}
	binds := ""
	if s.Binds != "" {
		binds = "binding on " + s.Binds
	}
	inlines := []chat.Inline{{Text: fmt.Sprintf("[%d] ", s.Number)}, {Text: title, URL: s.URL}}
	details := withDetails(nil, s.Organisation, s.Stamp, s.Age, binds, s.Owner, s.Licence)
	if title == "" && s.URL == "" && len(details) == 0 {
		return nil
	}
	return append(inlines, details...)
}

func withDetails(inlines []chat.Inline, details ...string) []chat.Inline {
	for _, detail := range details {
		if chat.Clean(detail) != "" {
			inlines = append(inlines, chat.Inline{Text: " · " + detail})
		}
	}
	return inlines
}

func renderPeople(people []chat.Person, ids idMaker) []piece {
	acting := 0
	for _, p := range people {
		if len(p.Actions) > 0 {
			acting++
		}
	}
	var pieces []piece
	for _, p := range people {
		who := withDetails([]chat.Inline{{Text: p.Name, Strong: true}}, p.Role, p.Organisation)
		paragraphs := []chat.Paragraph{{Inlines: who}}
		for _, reason := range p.Reasons {
			paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Bullet, Inlines: reason.Inlines})
		}
		if p.Times != "" {
			paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Bullet, Inlines: chat.Line(p.Times).Inlines})
		}
		if p.Contact != nil {
			paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{*p.Contact}})
		}
		some := renderParagraphs(paragraphs)
		for i := range some {
			some[i].tight = i > 0
		}
		name := p.Name
		if acting < 2 {
			name = "" // it is clear whom the button is about
		}
		pieces = append(pieces, withButtons(some, renderActions(p.Actions, name, ids))...)
	}
	return pieces
}

// withButtons puts buttons under the last of the pieces that say what they are for.
func withButtons(pieces, actions []piece) []piece {
	last := len(pieces) - 1
	for _, a := range actions {
		if last >= 0 && a.text == "" && a.menu == nil && len(pieces[last].buttons)+len(a.buttons) <= maxRows*maxRowButtons {
			pieces[last].buttons = append(pieces[last].buttons, a.buttons...)
			continue
		}
		pieces = append(pieces, a)
	}
	return pieces
}

func renderItems(items chat.Items, ids idMaker) []piece {
	pieces := renderTitle(items.Title)
	for i, item := range items.Items {
		inlines := []chat.Inline{{Text: item.Title, URL: item.URL}}
		if chat.Clean(item.Detail) != "" {
			inlines = append(inlines, chat.Inline{Text: ": " + item.Detail})
		}
		if !item.Time.IsZero() {
			inlines = append(inlines, chat.Inline{Text: " · "}, chat.Inline{Time: item.Time})
		}
		some := renderParagraph(chat.Paragraph{Kind: chat.Bullet, Inlines: inlines}, nil)
		if len(some) > 0 {
			some[0].tight = i > 0 || len(pieces) > 0
		}
		name := item.Title
		if len(items.Items) < 2 {
			name = ""
		}
		pieces = append(pieces, withButtons(some, renderActions(item.Actions, name, ids))...)
	}
	return pieces
}

func renderFacts(facts chat.Facts) []piece {
	pieces := renderTitle(facts.Title)
	for _, f := range facts.Facts {
		if chat.Clean(f.Label) == "" && blank([]chat.Inline{f.Value}) {
			continue
		}
		inlines := []chat.Inline{{Text: f.Label + ": ", Strong: true}, f.Value}
		some := renderParagraph(chat.Paragraph{Kind: chat.Bullet, Inlines: inlines}, nil)
		some[0].tight = len(pieces) > 0
		pieces = append(pieces, some...)
	}
	return pieces
}

func renderTitle(title string) []piece {
	return renderParagraph(chat.Paragraph{Kind: chat.Heading, Inlines: []chat.Inline{{Text: title}}}, nil)
}

// renderNotice says a warning or a failure in words, as nothing may hang on colour or a sign.
func renderNotice(n chat.Notice) []piece {
	p := n.Text
	if blank(p.Inlines) {
		return nil
	}
	switch n.Kind {
	case chat.Warning:
		p.Inlines = append([]chat.Inline{{Text: "Please note: ", Strong: true}}, p.Inlines...)
	case chat.Failure:
		p.Inlines = append([]chat.Inline{{Text: "Problem: ", Strong: true}}, p.Inlines...)
	case chat.Info: // the words say it
	}
	return renderParagraph(p, nil)
}

func renderChoice(c chat.Choice, ids idMaker) []piece {
	pieces := renderParagraphs([]chat.Paragraph{chat.Line(c.Prompt)})
	for start := 0; start < len(c.Options); start += maxOptions {
		some := c.Options[start:min(start+maxOptions, len(c.Options))]
		menu := &component{
			Type: int(discordgo.SelectMenuComponent), CustomID: ids.next(actMark, c.Action),
			Placeholder: "Choose", Options: optionsOf(some),
		}
		if len(c.Options) > maxOptions {
			menu.Placeholder = fmt.Sprintf("Choose from %d to %d", start+1, start+len(some))
		}
		if len(menu.Options) == 0 {
			continue
		}
		if last := len(pieces) - 1; start == 0 && last >= 0 {
			pieces[last].menu = menu
			continue
		}
		pieces = append(pieces, piece{menu: menu})
	}
	return pieces
}

// optionsOf makes options of a menu; a value that stands there already is left out, as it is the same choice.
func optionsOf(list []chat.Option) []option {
	var options []option
	seen := map[string]bool{}
	for _, o := range list {
		value := orText(o.Value, o.Label)
		if value == "" || seen[value] {
			continue
		}
		seen[value] = true
		options = append(options, option{
			Label:       shorten(orText(oneLine(o.Label), value), maxOptionText),
			Value:       shorten(value, maxOptionText),
			Description: shorten(oneLine(o.Hint), maxOptionText),
		})
	}
	return options
}

// renderActions makes buttons; about names what they act on where several have the same label. A link
// that no button takes is said in words.
func renderActions(actions []chat.Action, about string, ids idMaker) []piece {
	var pieces []piece
	var buttons []component
	for _, a := range actions {
		if a.URL != "" && !linkButtonTakes(a.URL) {
			pieces = append(pieces, renderParagraphs([]chat.Paragraph{{Inlines: []chat.Inline{{Text: a.Label, URL: a.URL}}}})...)
			continue
		}
		buttons = append(buttons, buttonOf(a, about, ids))
	}
	for start := 0; start < len(buttons); start += maxRowButtons {
		pieces = append(pieces, piece{buttons: buttons[start:min(start+maxRowButtons, len(buttons))]})
	}
	return pieces
}

func linkButtonTakes(address string) bool {
	target := chat.SafeURL(address)
	return target != "" && !isMail(target) && len(target) <= maxLinkButton
}

func buttonOf(a chat.Action, about string, ids idMaker) component {
	label := orText(oneLine(a.Label), "Choose")
	if a.URL != "" {
		target := chat.SafeURL(a.URL)
		return component{Type: int(discordgo.ButtonComponent), Style: int(discordgo.LinkButton), URL: target,
			Label: shorten(label+inBrackets(unsame(hostOf(target), label), label), maxLabel)}
	}
	if about = oneLine(about); about != "" && units(label) < maxLabel-len(": x") {
		label += ": " + about
	}
	style := discordgo.SecondaryButton
	switch a.Style {
	case chat.Primary:
		style = discordgo.PrimaryButton
	case chat.Danger:
		style = discordgo.DangerButton
	case chat.Ordinary:
	}
	mark := actMark
	if chat.Clean(a.Confirm) != "" {
		mark = confirmMark
	}
	return component{Type: int(discordgo.ButtonComponent), Style: int(style), CustomID: ids.next(mark, a.ID), Label: shorten(label, maxLabel)}
}

// moreButtons stands above buttons that did not fit under what they belong to.
const moreButtons = "More to choose from:"

// pack puts pieces together into as few messages as hold them.
func pack(pieces []piece) []message {
	var messages []message
	var now draft
	for _, p := range pieces {
		if !now.takes(p) {
			messages = append(messages, now.message())
			now = draft{}
		}
		now.add(p)
	}
	if !now.empty() {
		messages = append(messages, now.message())
	}
	return messages
}

// draft is a message in the making.
type draft struct {
	content string
	rows    []component
}

func (d *draft) empty() bool { return d.content == "" && len(d.rows) == 0 }

func (d *draft) takes(p piece) bool {
	return d.empty() || units(d.joined(p)) <= maxContent && d.rowsWith(p) <= maxRows
}

func (d *draft) joined(p piece) string {
	switch {
	case d.content == "" || p.text == "":
		return d.content + p.text
	case p.tight:
		return d.content + "\n" + p.text
	}
	return d.content + "\n\n" + p.text
}

// rowsWith counts the rows there would be with a piece.
func (d *draft) rowsWith(p piece) int {
	rows := len(d.rows)
	room := d.room()
	if more := len(p.buttons) - room; more > 0 {
		rows += (more + maxRowButtons - 1) / maxRowButtons
	}
	if p.menu != nil {
		rows++
	}
	return rows
}

// room returns how many buttons the last row still takes.
func (d *draft) room() int {
	if len(d.rows) == 0 {
		return 0
	}
	last := d.rows[len(d.rows)-1]
	if last.Components[0].Type != int(discordgo.ButtonComponent) {
		return 0
	}
	return maxRowButtons - len(last.Components)
}

func (d *draft) add(p piece) {
	d.content = d.joined(p)
	for _, b := range p.buttons {
		if d.room() == 0 {
			d.rows = append(d.rows, component{Type: int(discordgo.ActionsRowComponent)})
		}
		row := &d.rows[len(d.rows)-1]
		row.Components = append(row.Components, b)
	}
	if p.menu != nil {
		d.rows = append(d.rows, component{Type: int(discordgo.ActionsRowComponent), Components: []component{*p.menu}})
	}
}

func (d *draft) message() message {
	if d.content == "" {
		d.content = moreButtons
	}
	return message{content: d.content, components: d.rows}
}
