package chat

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Say makes a Text of one paragraph of plain words.
func Say(text string) Text { return Text{Paragraphs: []Paragraph{Line(text)}} }

// Line makes a paragraph of plain words.
func Line(text string) Paragraph { return Paragraph{Inlines: []Inline{{Text: text}}} }

// Note makes a Notice of plain words.
func Note(kind NoticeKind, text string) Notice { return Notice{Kind: kind, Text: Line(text)} }

// Passage reads the text of a knowledge.Passage (its few marks are described there) as quoted
// paragraphs, with each of the words given marked where it stands as a whole word, whatever its case.
func Passage(text string, marked []string) []Paragraph {
	text = strings.ToValidUTF8(text, "") // halves of a character, parted by a line, must not meet
	var paragraphs []Paragraph
	for _, block := range blocksOf(text) {
		paragraphs = append(paragraphs, block.paragraphs(markerOf(marked))...)
	}
	for i := range paragraphs {
		paragraphs[i].Quoted = true
	}
	return paragraphs
}

// passageBlock is the lines between two blank lines, or one block of code.
type passageBlock struct {
	lines []string
	code  bool
}

func blocksOf(text string) []passageBlock {
	var blocks []passageBlock
	var now passageBlock
	end := func() {
		if len(now.lines) > 0 {
			blocks = append(blocks, now)
		}
		now = passageBlock{}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch fence := strings.HasPrefix(strings.TrimSpace(line), "```"); {
		case fence:
			code := now.code
			end()
			now.code = !code
		case !now.code && strings.TrimSpace(line) == "":
			end()
		default:
			now.lines = append(now.lines, line)
		}
	}
	end()
	return blocks
}

// marker splits words into Inlines, those asked for marked.
type marker func(text string) []Inline

func (b passageBlock) paragraphs(mark marker) []Paragraph {
	if b.code {
		return []Paragraph{{Kind: Code, Inlines: []Inline{{Text: strings.Join(b.lines, "\n")}}}}
	}
	var paragraphs []Paragraph
	for _, line := range b.lines {
		p, continues := lineOf(line, mark)
		if last := len(paragraphs) - 1; continues && last >= 0 && paragraphs[last].Kind != Row {
			paragraphs[last].Inlines = append(paragraphs[last].Inlines, Inline{Text: " "})
			paragraphs[last].Inlines = append(paragraphs[last].Inlines, p.Inlines...)
			continue
		}
		p.Header = p.Kind == Row && (len(paragraphs) == 0 || paragraphs[len(paragraphs)-1].Kind != Row)
		paragraphs = append(paragraphs, p)
	}
	return paragraphs
}

// lineOf reads one line; continues says that it goes on with the paragraph before.
func lineOf(line string, mark marker) (p Paragraph, continues bool) {
	words := strings.TrimLeft(line, " ")
	level := (len(line) - len(words)) / 2
	if item, ok := strings.CutPrefix(words, "- "); ok && strings.TrimSpace(item) != "" {
		return Paragraph{Kind: Bullet, Level: level, Inlines: mark(item)}, false
	}
	if number, item, ok := strings.Cut(words, ". "); ok && len(number) <= 3 && strings.TrimSpace(item) != "" {
		// A number that would not come back as it was written, "+1" or "007", is text.
		if n, err := strconv.Atoi(number); err == nil && n >= 0 && strconv.Itoa(n) == number {
			return Paragraph{Kind: Number, Level: level, Number: n, Inlines: mark(item)}, false
		}
	}
	if cells := cellsOf(words); len(cells) > 1 {
		p := Paragraph{Kind: Row}
		for _, cell := range cells {
			p.Cells = append(p.Cells, mark(strings.TrimSpace(cell)))
		}
		return p, false
	}
	return Paragraph{Inlines: mark(words)}, true
}

// cellsOf splits a row. Its first or last cell may be empty, and the space beside it lost.
func cellsOf(line string) []string {
	if strings.HasPrefix(line, "| ") {
		line = " " + line
	}
	if strings.HasSuffix(line, " |") {
		line += " "
	}
	return strings.Split(line, " | ")
}

func markerOf(wanted []string) marker {
	set := make(map[string]bool, len(wanted))
	for _, word := range wanted {
		if word != "" {
			set[strings.ToLower(word)] = true
		}
	}
	return func(text string) []Inline { return markWords(text, set) }
}

func markWords(text string, wanted map[string]bool) []Inline {
	var inlines []Inline
	from := 0 // start of what is not yet in inlines
	for start := 0; start < len(text); {
		length := strings.IndexFunc(text[start:], func(r rune) bool { return !isWordRune(r) })
		switch {
		case length < 0:
			length = len(text) - start
		case length == 0:
			_, size := utf8.DecodeRuneInString(text[start:])
			start += size
			continue
		}
		word := strings.TrimLeft(text[start:start+length], wordJoiners)
		first := start + length - len(word)
		word = strings.TrimRight(word, wordJoiners)
		if wanted[strings.ToLower(word)] {
			if from < first {
				inlines = append(inlines, Inline{Text: text[from:first]})
			}
			inlines = append(inlines, Inline{Text: word, Mark: true})
			from = first + len(word)
		}
		start += length
	}
	if from < len(text) {
		inlines = append(inlines, Inline{Text: text[from:]})
	}
	return inlines
}

// wordJoiners are part of a word between letters, but not at its ends, where they are quotation
// marks and dashes.
const wordJoiners = "-_'’"

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(wordJoiners, r)
}

// Clean removes what no text needs and every platform can be fooled with: control characters but
// newline and tab, and characters that hide or turn round what is shown (zero width, bidirectional
// controls, tags, soft hyphens). Unicode's own line and paragraph separators become newlines, so that
// whoever looks at the start of a line sees every line. Adapters call it on every string they show.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == 0x2028 || r == 0x2029:
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar, isFiller(r):
			return -1
		}
		return r
	}, text)
}

// isFiller reports letters and marks that show as nothing, though Unicode does not call them format
// characters: combining grapheme joiner, Hangul fillers, Khmer inherent vowels, variation selectors
// beyond the emoji ones.
func isFiller(r rune) bool {
	return r == 0x034F || r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 || r == 0x3164 || r == 0xFFA0 ||
		r >= 0xE0100 && r <= 0xE01EF
}
