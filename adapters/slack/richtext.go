package slack

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// richList is a rich_text_list. The library's own always sends "offset", which Slack's published
// types do not know.
type richList struct {
	Type     slackapi.RichTextElementType     `json:"type"`
	Elements []slackapi.RichTextElement       `json:"elements"`
	Style    slackapi.RichTextListElementType `json:"style"`
	Indent   int                              `json:"indent"`
	Border   int                              `json:"border"`
}

func (l richList) RichTextElementType() slackapi.RichTextElementType { return l.Type }

// richQuote and richCode leave out the border that the library sends as 0.
type richQuote struct {
	Type     slackapi.RichTextElementType      `json:"type"`
	Elements []slackapi.RichTextSectionElement `json:"elements"`
}

func (q richQuote) RichTextElementType() slackapi.RichTextElementType { return q.Type }

// renderParagraphs renders prose. Rows that follow one another are a table, headings are headers, and
// the rest is gathered into as few rich_text blocks as hold it.
func renderParagraphs(paragraphs []chat.Paragraph, on surface) []piece {
	var pieces []piece
	var prose richProse
	flush := func() {
		if len(prose.elements) > 0 {
			pieces = append(pieces, prose.piece())
		}
		prose = richProse{}
	}
	for i := 0; i < len(paragraphs); i++ {
		p := paragraphs[i]
		switch {
		case p.Kind == chat.Row:
			flush()
			n := 1
			for i+n < len(paragraphs) && paragraphs[i+n].Kind == chat.Row {
				n++
			}
			pieces = append(pieces, renderTable(paragraphs[i:i+n], on)...)
			i += n - 1
		case p.Kind == chat.Heading && !p.Quoted && isHeader(p.Inlines):
			flush()
			text := strings.TrimSpace(chat.Clean(plainWords(p.Inlines)))
			pieces = append(pieces, piece{
				block: slackapi.NewHeaderBlock(plain(text, maxHeader)), text: escape(text), runes: utf8.RuneCountInString(text),
			})
		default:
			for _, part := range splitParagraph(p) {
				if len(prose.elements) > 0 && prose.runes+inlineRunes(part.Inlines) > maxBlockRunes {
					flush()
				}
				prose.add(part)
			}
		}
	}
	flush()
	return pieces
}

func isHeader(inlines []chat.Inline) bool {
	for _, i := range inlines {
		if i.URL != "" || !i.Time.IsZero() {
			return false
		}
	}
	words := strings.TrimSpace(chat.Clean(plainWords(inlines)))
	return words != "" && utf8.RuneCountInString(words) <= maxHeader
}

// isBlank reports inlines that show nothing.
func isBlank(inlines []chat.Inline) bool {
	for _, i := range inlines {
		if strings.TrimSpace(chat.Clean(i.Text)) != "" || i.URL != "" || !i.Time.IsZero() {
			return false
		}
	}
	return true
}

func plainWords(inlines []chat.Inline) string {
	var out strings.Builder
	for _, i := range inlines {
		out.WriteString(i.Text)
	}
	return out.String()
}

// splitParagraph cuts one that is longer than a block into several of its kind; only the first of
// a list item keeps its mark.
func splitParagraph(p chat.Paragraph) []chat.Paragraph {
	var parts []chat.Paragraph
	for i, run := range splitInlines(p.Inlines, maxBlockRunes) {
		part := p
		part.Inlines = run
		if i > 0 && (p.Kind == chat.Bullet || p.Kind == chat.Number) {
			part.Kind = chat.Plain
		}
		parts = append(parts, part)
	}
	return parts
}

// richProse gathers paragraphs into one rich_text block.
type richProse struct {
	elements []slackapi.RichTextElement
	last     chat.Paragraph
	text     strings.Builder
	runes    int
}

func (r *richProse) piece() piece {
	block := slackapi.NewRichTextBlock("", r.elements...)
	return piece{block: block, text: r.text.String(), runes: r.runes}
}

func (r *richProse) add(p chat.Paragraph) {
	words := richInlines(p.Inlines)
	if isBlank(p.Inlines) {
		return
	}
	r.say(p)
	switch p.Kind {
	case chat.Bullet:
		r.item(p, slackapi.RTEListBullet, words)
	case chat.Number:
		// Slack counts lists from 1 by itself; a number that is cited must stand as it is.
		r.line(p, append([]slackapi.RichTextSectionElement{
			slackapi.NewRichTextSectionTextElement(strings.Repeat("    ", min(p.Level, maxListIndent))+fmt.Sprintf("%d. ", p.Number), nil),
		}, words...))
	case chat.Code:
		r.elements = append(r.elements, richQuote{Type: slackapi.RTEPreformatted, Elements: codeText(p.Inlines)})
	case chat.Heading:
		r.line(p, richInlines(strong(p.Inlines)))
	default:
		r.line(p, words)
	}
	r.last = p
}

// say adds to what the block says in words, and to its size.
func (r *richProse) say(p chat.Paragraph) {
	if r.text.Len() > 0 {
		r.text.WriteString("\n")
		if !listed(p) || !listed(r.last) {
			r.text.WriteString("\n")
		}
	}
	indent := strings.Repeat("  ", min(p.Level, maxListIndent))
	switch p.Kind {
	case chat.Bullet:
		r.text.WriteString(indent + "- ")
	case chat.Number:
		fmt.Fprintf(&r.text, "%s%d. ", indent, p.Number)
	default: // nothing stands before the words of the others
	}
	r.text.WriteString(mrkdwnInlines(p.Inlines))
	r.runes += inlineRunes(p.Inlines) + 4
}

func listed(p chat.Paragraph) bool { return p.Kind == chat.Bullet || p.Kind == chat.Number }

// item adds a list item, to the list before when it goes on.
func (r *richProse) item(p chat.Paragraph, style slackapi.RichTextListElementType, words []slackapi.RichTextSectionElement) {
	level, border := min(p.Level, maxListIndent), 0
	if p.Quoted {
		border = 1
	}
	section := richSection(words)
	if n := len(r.elements); n > 0 {
		if list, ok := r.elements[n-1].(*richList); ok && list.Style == style && list.Indent == level && list.Border == border {
			list.Elements = append(list.Elements, section)
			return
		}
	}
	r.elements = append(r.elements, &richList{
		Type: slackapi.RTEList, Style: style, Indent: level, Border: border, Elements: []slackapi.RichTextElement{section},
	})
}

// line adds a paragraph, as a quotation when it is the words of a source. Those of one kind that
// follow one another share an element, with a blank line between.
func (r *richProse) line(p chat.Paragraph, words []slackapi.RichTextSectionElement) {
	gap := "\n\n"
	if listed(p) && listed(r.last) {
		gap = "\n"
	}
	between := slackapi.NewRichTextSectionTextElement(gap, nil)
	if n := len(r.elements); n > 0 {
		switch last := r.elements[n-1].(type) {
		case *richQuote:
			if p.Quoted && last.Type == slackapi.RTEQuote {
				last.Elements = append(append(last.Elements, between), words...)
				return
			}
		case *slackapi.RichTextSection:
			if !p.Quoted {
				last.Elements = append(append(last.Elements, between), words...)
				return
			}
		}
	}
	if p.Quoted {
		r.elements = append(r.elements, &richQuote{Type: slackapi.RTEQuote, Elements: words})
		return
	}
	r.elements = append(r.elements, richSection(words))
}

// richSection makes a section of words; of none, a blank one, as Slack refuses sections that are empty.
func richSection(words []slackapi.RichTextSectionElement) *slackapi.RichTextSection {
	if len(words) == 0 {
		words = []slackapi.RichTextSectionElement{slackapi.NewRichTextSectionTextElement(" ", nil)}
	}
	return slackapi.NewRichTextSection(words...)
}

func strong(inlines []chat.Inline) []chat.Inline {
	out := make([]chat.Inline, len(inlines))
	for n, i := range inlines {
		i.Strong = true
		out[n] = i
	}
	return out
}

// codeText is text as typed; in a block of code nothing is a link.
func codeText(inlines []chat.Inline) []slackapi.RichTextSectionElement {
	var out strings.Builder
	for _, i := range inlines {
		out.WriteString(chat.Clean(i.Text))
	}
	return []slackapi.RichTextSectionElement{slackapi.NewRichTextSectionTextElement(out.String(), nil)}
}

// renderTable shows rows as Slack's table where it takes them, else line by line.
func renderTable(rows []chat.Paragraph, on surface) []piece {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row chat.Paragraph) bool {
		return !slices.ContainsFunc(row.Cells, func(cell []chat.Inline) bool { return !isBlank(cell) })
	})
	if len(rows) == 0 {
		return nil
	}
	if on != onMessage || !fitsTable(rows) {
		var lines []chat.Paragraph
		for _, row := range rows {
			lines = append(lines, rowLine(row))
		}
		return renderParagraphs(lines, on)
	}
	table := &slackapi.TableBlock{Type: slackapi.MBTTable}
	var says []string
	runes, width := 0, 0
	for _, row := range rows {
		width = max(width, len(row.Cells))
	}
	for _, row := range rows {
		var cells []slackapi.TableCell
		for i := range width {
			var cell []chat.Inline
			if i < len(row.Cells) {
				cell = row.Cells[i]
			}
			cells = append(cells, tableCell(cell, row.Header))
			runes += inlineRunes(cell) + 1
		}
		table.Rows = append(table.Rows, cells)
		says = append(says, mrkdwnInlines(rowLine(row).Inlines))
	}
	return []piece{{block: table, text: strings.Join(says, "\n"), runes: runes, table: true}}
}

func fitsTable(rows []chat.Paragraph) bool {
	runes := 0
	for _, row := range rows {
		if len(row.Cells) > maxTableCells || len(row.Cells) == 0 {
			return false
		}
		for _, cell := range row.Cells {
			runes += inlineRunes(cell)
		}
	}
	return len(rows) <= maxTableRows && runes <= maxTableRunes
}

func tableCell(cell []chat.Inline, header bool) slackapi.TableCell {
	if header {
		cell = strong(cell)
	}
	return slackapi.NewTableRichTextCell(richSection(richInlines(cell)))
}

// rowLine is a row as a line, its cells parted by bars.
func rowLine(row chat.Paragraph) chat.Paragraph {
	p := chat.Paragraph{Kind: chat.Bullet, Quoted: row.Quoted}
	for i, cell := range row.Cells {
		if i > 0 {
			p.Inlines = append(p.Inlines, chat.Inline{Text: " | "})
		}
		if row.Header {
			cell = strong(cell)
		}
		p.Inlines = append(p.Inlines, cell...)
	}
	return p
}
