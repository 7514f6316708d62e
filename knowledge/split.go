package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxPassage is the most characters of a passage: what fits on a screen and answers on its own.
const MaxPassage = 1200

// section is what stands under one heading, up to the next.
type section struct {
	headings []string
	anchor   string
	line     int
	pieces   []piece
}

// namesSource reports whether a section only says again where the page is from, which its header says.
func (s section) namesSource() bool {
	return len(s.headings) > 0 && slices.Contains([]string{"source", "sources"}, strings.ToLower(s.headings[len(s.headings)-1]))
}

// sections parts pieces at their headings. The heading that repeats the title is left out of the
// headings, and what stands under it needs no anchor.
func sections(pieces []piece, title string, anchors *slugger) []section {
	type above struct {
		level int
		text  string
	}
	var stack []above
	var found []section
	current := section{line: 1}
	first := true
	for _, p := range pieces {
		if p.kind != heading {
			if len(current.pieces) == 0 && current.anchor == "" {
				current.line = p.line
			}
			current.pieces = append(current.pieces, p)
			continue
		}
		found = append(found, current)
		for len(stack) > 0 && stack[len(stack)-1].level >= p.level {
			stack = stack[:len(stack)-1]
		}
		current = section{anchor: anchors.anchor(p.text, p.id, p.level), line: p.line}
		if first && sameTitle(p.text, title) {
			current.anchor = ""
		} else {
			stack = append(stack, above{p.level, withSigns(p.text)})
		}
		first = false
		for _, h := range stack {
			current.headings = append(current.headings, h.text)
		}
	}
	return append(found, current)
}

// sameTitle reports whether a heading says the same as a title, but for capitals and punctuation.
func sameTitle(a, b string) bool {
	letters := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}
	return strings.Map(letters, a) == strings.Map(letters, b)
}

// unit is a part of a section that is never parted: a paragraph, a list item, a row, a block of code,
// or a part of one that alone would be too long.
type unit struct {
	text string
	glue string // what stands between it and the unit before
	line int
	lead bool   // it introduces the next unit and should stay with it
	head string // the row of column names to repeat when a passage starts here
	size int    // in characters
}

// passages cuts a section into passages of at most MaxPassage characters, of about the same length.
func (s section) passages(url string) []Passage {
	units := s.units()
	total := 0
	for _, u := range units {
		total += u.size + len(u.glue)
	}
	parts := (total + MaxPassage - 1) / MaxPassage
	goal := MaxPassage
	if parts > 1 {
		goal = min(MaxPassage, total/parts+total/parts/8+40)
	}
	if s.anchor != "" && url != "" {
		url += "#" + s.anchor
	}
	var found []Passage
	p := packer{max: MaxPassage, goal: goal}
	for i, u := range units {
		next := 0
		if u.lead && i+1 < len(units) {
			next = units[i+1].size + len(units[i+1].glue)
		}
		if done, line := p.add(u, next); done != "" {
			found = append(found, Passage{Headings: s.headings, URL: url, Line: line, Text: done})
		}
	}
	if p.text.Len() > 0 {
		found = append(found, Passage{Headings: s.headings, URL: url, Line: p.line, Text: p.text.String()})
	}
	if len(found) > 0 && s.anchor != "" {
		found[0].Line = s.line
	}
	return found
}

// packer puts units into passages.
type packer struct {
	max, goal int
	text      strings.Builder
	size      int
	line      int
}

// add puts a unit behind the others, with room for next more characters. When there is none, it
// returns the passage before and starts another.
func (p *packer) add(u unit, next int) (done string, line int) {
	grown := p.size + len(u.glue) + u.size
	full := p.size > 0 && (grown > p.max || grown > p.goal && p.size > p.goal/2 && u.glue != "\n" || next > 0 && p.size > p.goal/2 && grown+next > p.goal)
	if p.size > 0 && grown <= p.max && grown > p.goal && u.glue == "\n" && p.size > p.goal*3/4 {
		full = true
	}
	if full {
		done, line = p.text.String(), p.line
		p.text.Reset()
		p.size = 0
	}
	if p.size == 0 {
		p.line = u.line
		if full && u.head != "" && u.head != u.text {
			p.write(u.head+"\n", utf8.RuneCountInString(u.head)+1)
		}
		u.text = strings.TrimLeft(u.text, " ") // the first line starts at the margin
	} else {
		p.write(u.glue, len(u.glue))
	}
	p.write(u.text, u.size)
	return done, line
}

func (p *packer) write(text string, size int) {
	p.text.WriteString(text)
	p.size += size
}

// units turns the pieces of a section into units, with the marks of Passage.Text.
func (s section) units() []unit {
	var units []unit
	head := ""
	for i, p := range s.pieces {
		if p.kind == row && p.top && (i+1 == len(s.pieces) || s.pieces[i+1].kind != row || s.pieces[i+1].group != p.group) {
			continue // names of columns alone say nothing
		}
		var previous piece
		if i > 0 {
			previous = s.pieces[i-1]
		}
		glue := "\n\n"
		if i > 0 && previous.kind == p.kind && previous.group == p.group && (p.kind == item || p.kind == row) {
			glue = "\n"
		}
		if p.kind == row && (p.top || glue != "\n") {
			head = ""
			if p.top {
				head = p.text
			}
		}
		lead := i+1 < len(s.pieces) && leads(p, s.pieces[i+1])
		for j, part := range p.parts(head) {
			u := unit{text: part, glue: glue, line: p.line, lead: lead, size: utf8.RuneCountInString(part)}
			if j > 0 {
				u.glue = "\n\n"
				if p.kind == item || p.kind == row {
					u.glue = "\n"
				}
			}
			if p.kind == row && !p.top {
				u.head = head
			}
			units = append(units, u)
		}
	}
	return units
}

// leads reports whether a piece introduces the next: a short paragraph before a list, a table or code,
// or the names of a table's columns.
func leads(p, next piece) bool {
	return p.kind == paragraph && (next.kind != paragraph || strings.HasSuffix(p.text, ":")) && len(p.text) < MaxPassage/3 || p.kind == row && p.top
}

// parts returns the text of a piece as it stands in a passage, cut where it is too long for one.
func (p piece) parts(head string) []string {
	switch p.kind {
	case code:
		return codeParts(p.text)
	case item:
		indent := strings.Repeat("  ", min(p.level, 6))
		mark := "  "
		if p.mark != "" {
			mark = p.mark + " "
		}
		var parts []string
		for _, part := range cut(p.text, MaxPassage-len(indent)-len(mark)) {
			parts = append(parts, indent+mark+strings.ReplaceAll(part, "\n", "\n"+indent+"  "))
			mark = "  "
		}
		return parts
	case row:
		return cut(p.text, max(MaxPassage/3, MaxPassage-utf8.RuneCountInString(head)-1))
	default:
		return cut(p.text, MaxPassage)
	}
}

// codeParts puts code between fences, cut at lines where it is too long.
func codeParts(text string) []string {
	const fences = len("```\n\n```")
	var parts []string
	var part strings.Builder
	size := 0
	end := func() {
		if strings.TrimSpace(part.String()) != "" {
			parts = append(parts, "```\n"+strings.Trim(part.String(), "\n")+"\n```")
		}
		part.Reset()
		size = 0
	}
	for line := range strings.Lines(text + "\n") {
		for _, bit := range cutWords(strings.TrimSuffix(line, "\n"), MaxPassage-fences-1) {
			length := utf8.RuneCountInString(bit) + 1
			if size+length > MaxPassage-fences {
				end()
			}
			part.WriteString(bit + "\n")
			size += length
		}
	}
	end()
	return parts
}

// cut parts a text into parts of at most limit characters, at the end of sentences where there are any.
func cut(text string, limit int) []string {
	if utf8.RuneCountInString(text) <= limit {
		return []string{text}
	}
	var parts []string
	var part strings.Builder
	size := 0
	for _, sentence := range sentences(text) {
		for _, bit := range cutWords(sentence, limit) {
			length := utf8.RuneCountInString(bit)
			if size > 0 && size+length > limit {
				parts = append(parts, strings.TrimSpace(part.String()))
				part.Reset()
				size = 0
			}
			part.WriteString(bit)
			size += length
		}
	}
	if rest := strings.TrimSpace(part.String()); rest != "" {
		parts = append(parts, rest)
	}
	return parts
}

// sentences parts a text behind the marks that end a sentence; the space after them stays.
func sentences(text string) []string {
	var found []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '.', '!', '?', '\n':
			end := i + 1
			for end < len(text) && strings.IndexByte(`"')]`, text[end]) >= 0 {
				end++
			}
			if text[i] != '\n' && (end >= len(text) || text[end] != ' ') {
				continue
			}
			for end < len(text) && text[end] == ' ' {
				end++
			}
			found = append(found, text[start:end])
			start, i = end, end-1
		}
	}
	return append(found, text[start:])
}

// cutWords parts a text into parts of at most limit characters, at spaces where there are any.
func cutWords(text string, limit int) []string {
	var parts []string
	for len(text) > limit {
		end, count := len(text), 0
		for i := range text {
			if count == limit {
				end = i
				break
			}
			count++
		}
		if end == len(text) {
			break
		}
		if space := strings.LastIndexByte(text[:end], ' '); space > end/2 {
			end = space + 1
		}
		parts = append(parts, text[:end])
		text = text[end:]
	}
	if text != "" || len(parts) == 0 {
		parts = append(parts, text)
	}
	return parts
}

// textOfPieces returns all pieces as one text, with the marks of Passage.Text.
func textOfPieces(pieces []piece) string {
	var out strings.Builder
	for _, u := range (section{pieces: pieces}).units() {
		if out.Len() > 0 {
			out.WriteString(u.glue)
		}
		out.WriteString(u.text)
	}
	return out.String()
}
