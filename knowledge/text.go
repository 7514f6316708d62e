package knowledge

import (
	"strings"
	"unicode"
)

// isControl reports whether r has no business in a text: controls but for newline and tab, and format
// characters (zero width, direction, tags), which can hide or reorder what a reader sees; private ones mean nothing.
func isControl(r rune) bool {
	if r < 0xad && r != 0x7f { // nearly all: before the soft hyphen only controls are hidden
		return r < ' ' && r != '\n' && r != '\t' || r > 0x7f && r < 0xa0
	}
	return r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// dropControl is isControl for strings.Map; line and paragraph separators become spaces.
func dropControl(r rune) rune {
	switch {
	case r == '\u2028' || r == '\u2029':
		return ' '
	case isControl(r):
		return -1
	}
	return r
}

// visible returns s without the characters that cannot be seen.
func visible(s string) string { return strings.Map(dropControl, s) }

// tidy returns s as one line of visible text.
func tidy(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }
