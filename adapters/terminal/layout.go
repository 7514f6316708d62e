package terminal

import (
	"strings"

	"github.com/rivo/uniseg" // how many columns a text takes: wide letters, combining marks, emoji

	"liaison/bot/chat"
)

// Marks that stand in laid-out text until it is written. They are control characters, which clean
// removes from all text that is not ours.
const (
	boldOn  = "\x01"
	boldOff = "\x02"
	hold    = "\x03" // a space at which no line is broken
)

// clean makes text safe for a terminal: no control characters but newlines, and nothing that hides.
func clean(text string) string { return strings.ReplaceAll(chat.Clean(text), "\t", "    ") }

// finish turns the marks into what the terminal understands, and drops spaces at the ends of lines.
func finish(text string, bold bool) string {
	on, off := "", ""
	if bold {
		on, off = "\x1b[1m", "\x1b[0m"
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.NewReplacer(boldOn, on, boldOff, off, hold, " ").Replace(strings.Join(lines, "\n"))
}

func strong(text string) string {
	if text == "" {
		return ""
	}
	return boldOn + text + boldOff
}

// columns returns how wide text is; the marks take no room.
func columns(text string) int {
	return uniseg.StringWidth(strings.NewReplacer(boldOn, "", boldOff, "", hold, " ").Replace(text))
}

// wrap lays text out in lines of at most width columns, the first after first and the others after
// rest; with width 0 only the text's own line breaks count. A word that is too long keeps a line to
// itself whole, so that an address can be copied.
func wrap(text, first, rest string, width int) string {
	var lines []string
	indent := first
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapLine(line, indent, rest, width)...)
		indent = rest
	}
	return strings.Join(lines, "\n")
}

func wrapLine(text, first, rest string, width int) []string {
	var lines []string
	now, room := first, columns(first)
	empty := true
	for word := range strings.FieldsSeq(text) {
		size := columns(word)
		switch {
		case empty:
			now += word
			room += size
		case width > 0 && room+1+size > width:
			lines = append(lines, now)
			now, room = rest+word, columns(rest)+size
		default:
			now += " " + word
			room += 1 + size
		}
		empty = false
	}
	return append(lines, now)
}

// indented puts indent in front of every line that says something.
func indented(text, indent string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = indent + line
		}
	}
	return strings.Join(lines, "\n")
}
