package knowledge

import (
	"path"
	"slices"
	"strings"
)

// Site generators put some files into others; their names start with an underscore. Such a file is a page to
// us all the same, so that what it says is found once, though it may start in the middle of something, as with
// rows of a table.

// isPartial reports whether a site generator puts the file at within into others.
func isPartial(within string) bool {
	return strings.HasPrefix(path.Base(within), "_") && slices.Contains([]string{".md", ".markdown"}, path.Ext(within))
}

// withTableHead returns a text with a header of empty names for the table that it starts in the middle of, and
// how many lines of the file come before what it returns: less than none for those that were put there.
func withTableHead(text string) (string, int) {
	n := rowsAtStart(text)
	if n == 0 {
		return text, 0
	}
	rows := strings.TrimLeft(text, " \t\n")
	before := strings.Count(text[:len(text)-len(rows)], "\n")
	return strings.Repeat("| ", n) + "|\n" + strings.Repeat("|-", n) + "|\n" + rows, before - 2
}

// rowsAtStart returns how many columns the table has whose rows a text starts with, but without the names
// of its columns; 0 when it starts with none.
func rowsAtStart(text string) int {
	rows, most := 0, 0
	for line := range strings.Lines(strings.TrimLeft(text, " \t\n")) {
		line = strings.TrimSpace(line)
		if !strings.HasSuffix(line, "|") || columns(line) > 0 {
			break
		}
		rows++
		most = max(most, 1+strings.Count(strings.Trim(line, "|"), "|"))
	}
	if rows < 2 || most < 2 || most > maxColumns {
		return 0
	}
	return most
}
