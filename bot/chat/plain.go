package chat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// PlainText says the whole of a reply in words: for notifications, screen readers, scripts, and
// wherever a platform shows no blocks. Buttons are left out, as they could not be pressed; links to
// other pages follow their text in brackets.
func PlainText(r Reply) string {
	var parts []string
	for _, b := range r.Blocks {
		if text := plainBlock(b); strings.TrimSpace(Clean(text)) != "" {
			parts = append(parts, text)
		}
	}
	if r.Form != nil {
		parts = append(parts, plainForm(*r.Form))
	}
	if text := plainProblems(r); text != "" {
		parts = append(parts, text)
	}
	return Clean(strings.Join(parts, "\n\n"))
}

func plainBlock(b Block) string {
	switch b := b.(type) {
	case Text:
		return PlainParagraphs(b.Paragraphs)
	case Sources:
		return joinLines(b.Sources, plainSource)
	case People:
		return joinLines(b.People, plainPerson)
	case Items:
		return headed(b.Title, joinLines(b.Items, plainItem))
	case Facts:
		return headed(b.Title, joinLines(b.Facts, plainFact))
	case Notice:
		return after(noticeWord(b.Kind), plainInlines(b.Text.Inlines))
	case Choice:
		return headed(b.Prompt, joinLines(b.Options, plainOption))
	case Actions:
		return ""
	}
	return ""
}

// PlainParagraphs says paragraphs in words, in the same few marks as a knowledge.Passage.
func PlainParagraphs(paragraphs []Paragraph) string {
	var out strings.Builder
	var before Paragraph
	for _, p := range paragraphs {
		text := plainParagraph(p)
		if strings.TrimSpace(Clean(text)) == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteString("\n")
			if !sameList(before, p) {
				out.WriteString("\n")
			}
		}
		out.WriteString(text)
		before = p
	}
	return out.String()
}

// sameList reports whether two paragraphs are neighbours in one list or table.
func sameList(before, now Paragraph) bool {
	listed := func(p Paragraph) bool { return p.Kind == Bullet || p.Kind == Number }
	if before.Kind == Row || now.Kind == Row {
		return before.Kind == now.Kind && !now.Header
	}
	return listed(before) && listed(now) && (before.Kind == now.Kind || before.Level != now.Level)
}

func plainParagraph(p Paragraph) string {
	indent := strings.Repeat("  ", max(0, p.Level))
	switch p.Kind {
	case Bullet:
		return after(indent+"- ", plainInlines(p.Inlines))
	case Number:
		return after(fmt.Sprintf("%s%d. ", indent, p.Number), plainInlines(p.Inlines))
	case Row:
		cells := make([]string, len(p.Cells))
		for i, cell := range p.Cells {
			cells[i] = plainInlines(cell)
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			return ""
		}
		return strings.Join(cells, " | ")
	default:
		return plainInlines(p.Inlines)
	}
}

// after puts a prefix before a text, unless the text says nothing.
func after(prefix, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return prefix + text
}

func plainInlines(inlines []Inline) string {
	var out strings.Builder
	for _, i := range inlines {
		out.WriteString(plainInline(i))
	}
	return out.String()
}

func plainInline(i Inline) string {
	address := Address(i.URL)
	switch {
	case address == "" || address == i.Text:
		return i.Text
	case i.Text == "":
		return address
	}
	return fmt.Sprintf("%s (%s)", i.Text, address)
}

func plainSource(s Source) string {
	if s == (Source{Number: s.Number}) {
		return ""
	}
	line := fmt.Sprintf("[%d] %s", s.Number, s.Title)
	if s.Heading != "" {
		line += " › " + s.Heading
	}
	for _, detail := range []string{s.Organisation, s.Stamp, s.Age, after("binding on ", s.Binds), s.Owner, s.Licence} {
		if detail != "" {
			line += " · " + detail
		}
	}
	if address := Address(s.URL); address != "" {
		line += "\n    " + address
	}
	return line
}

func plainPerson(p Person) string {
	line := p.Name
	for _, detail := range []string{p.Role, p.Organisation, p.Times} {
		if detail != "" {
			line += " · " + detail
		}
	}
	if p.Contact != nil {
		line += after(" · ", plainInline(*p.Contact))
	}
	for _, reason := range p.Reasons {
		line += after("\n  - ", plainInlines(reason.Inlines))
	}
	return strings.TrimPrefix(strings.TrimPrefix(line, " · "), "\n")
}

func plainItem(i Item) string {
	line := plainInline(Inline{Text: i.Title, URL: i.URL})
	switch {
	case line == "":
		line = i.Detail
	case i.Detail != "":
		line += ": " + i.Detail
	}
	return after("- ", line)
}

func plainFact(f Fact) string {
	value := plainInline(f.Value)
	if f.Label == "" || value == "" {
		return f.Label + value
	}
	return f.Label + ": " + value
}

func plainOption(o Option) string {
	if o.Hint == "" {
		return "- " + o.Label
	}
	return "- " + o.Label + ": " + o.Hint
}

func plainForm(f Form) string {
	return headed(f.Title, headed(f.Intro, joinLines(f.Fields, plainField)))
}

// plainProblems says what is wrong with a form, in the order of its fields, each with its label.
func plainProblems(r Reply) string {
	var lines []string
	said := map[string]bool{}
	if r.Form != nil {
		for _, f := range r.Form.Fields {
			if problem := r.Problems[f.ID]; problem != "" {
				lines = append(lines, f.Label+": "+problem)
				said[f.ID] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.Problems)) {
		if !said[id] && r.Problems[id] != "" {
			lines = append(lines, r.Problems[id])
		}
	}
	return strings.Join(lines, "\n")
}

func plainField(f Field) string {
	line := "- " + f.Label
	if f.Hint != "" {
		line += " (" + f.Hint + ")"
	}
	if f.Value != "" {
		line += ": " + f.Value
	}
	for _, o := range f.Options {
		line += "\n  " + plainOption(o)
	}
	return line
}

func noticeWord(kind NoticeKind) string {
	switch kind {
	case Warning:
		return "Please note: "
	case Failure:
		return "Problem: "
	default:
		return ""
	}
}

func headed(title, body string) string {
	if title == "" || body == "" {
		return title + body
	}
	return title + "\n" + body
}

// joinLines puts each on a line, and leaves out what says nothing.
func joinLines[T any](list []T, line func(T) string) string {
	var lines []string
	for _, one := range list {
		if text := line(one); strings.TrimSpace(text) != "" {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}
