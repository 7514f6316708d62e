package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// vital are the files without which knowledge would be something else.
var vital = []string{teamsFile, glossaryFile, sourcesFile}

// Vital is what teams.yaml, glossary.yaml and sources.yaml held when they could last be understood, by the
// name of the file. One that was not there is empty.
//
// SECURITY: sources.yaml and glossary.yaml say who may see what. Of these, only the entries stand in that
// are in the broken file letter for letter: what somebody was changing when it broke may be who may see
// it. teams.yaml says nothing of that, and stands in whole.
type Vital map[string][]byte

// Vital returns what a later [OpenOver] may need.
func (b *Base) Vital() Vital { return maps.Clone(b.texts) }

// vitalText returns a file of the vocabulary, or what stands in for it, and remembers it when it is vital.
func (b *Base) vitalText(folder fs.FS, name string) ([]byte, error) {
	if text, ok := b.stands[name]; ok {
		return text, nil
	}
	text, err := readSmall(folder, name)
	if slices.Contains(vital, name) && (err == nil || errors.Is(err, fs.ErrNotExist)) {
		b.texts[name] = text
	}
	return text, err
}

// fault keeps a problem that makes a whole list useless. In a vital file that ends the opening, once
// all files have been looked at.
func (b *Base) fault(path string, line int, format string, args ...any) {
	if slices.Contains(vital, path) {
		b.broken = append(b.broken, Problem{Path: path, Line: line, Skipped: true, Grave: true, Reason: fmt.Sprintf(format, args...)})
		return
	}
	b.note(path, line, true, format, args...)
}

// over reads the folder again, with what the broken files last held; nil when that is not known, or not safe.
func (b *Base) over(folder fs.FS, last Vital) *Base {
	stands := Vital{}
	for _, p := range b.broken {
		then, known := last[p.Path]
		now, read := b.texts[p.Path]
		if !known || !read {
			return nil // nothing is known, or what was changed cannot be seen
		}
		if p.Path != teamsFile {
			if then, known = unchanged(then, now); !known {
				return nil
			}
		}
		stands[p.Path] = then
	}
	again := readBase(b.Root, folder, stands)
	if len(again.broken) > 0 {
		return nil
	}
	for _, p := range b.broken {
		again.texts[p.Path] = last[p.Path]
		p.Reason += "; until it is corrected, " + standIn(p.Path)
		again.Problems = append(again.Problems, p)
	}
	return again
}

// standIn says what stands in for a broken file.
func standIn(path string) string {
	switch path {
	case sourcesFile:
		return "the sources whose lines did not change stay, and the pages of the others are left out"
	case glossaryFile:
		return "the entries that did not change stay"
	}
	return "what it said before stays"
}

// unchanged returns then, a vital file, without the entries that do not stand in now letter for letter.
// ok is false when it cannot be told apart what changed.
func unchanged(then, now []byte) (text []byte, ok bool) {
	before, outside := entryLines(then, nil)
	after, outsideNow := entryLines(now, outside)
	for line := range outside {
		if !outsideNow[line] {
			return nil, false
		}
	}
	same := map[string]bool{}
	for _, entry := range after {
		if !entry.stray {
			same[entry.text()] = true
		}
	}
	var kept bytes.Buffer
	for _, entry := range before {
		if !entry.inList || same[entry.text()] {
			kept.WriteString(strings.Join(entry.lines, "\n") + "\n")
		}
	}
	return kept.Bytes(), true
}

// entryOf are the lines of one entry of a list, from its hyphen on, or lines that belong to none.
type entryOf struct {
	lines  []string
	inList bool
	stray  bool // beside it stands a line that may have been meant for it
}

// text is the entry without the empty lines and comments behind it.
func (e entryOf) text() string {
	end := len(e.lines)
	for end > 0 && isAside(e.lines[end-1]) {
		end--
	}
	return strings.Join(e.lines[:end], "\n")
}

// isAside reports whether a line says nothing.
func isAside(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// entryLines parts a file into the entries of its lists, by their hyphens alone, as it may be broken, and
// returns the lines that belong to none. With known, such a line that is not among them makes the entries
// on both sides of it stray.
func entryLines(file []byte, known map[string]bool) (found []entryOf, outside map[string]bool) {
	outside = map[string]bool{}
	depth, stray := -1, false // how deep the hyphens of the list stand; whether a stray line stands before
	for line := range strings.Lines(strings.ReplaceAll(string(file), "\r\n", "\n")) {
		line = strings.TrimRight(line, " \t\n")
		mark := strings.TrimLeft(line, " ")
		indent, hyphen := len(line)-len(mark), mark == "-" || strings.HasPrefix(mark, "- ")
		switch {
		case hyphen && (depth < 0 || indent == depth):
			depth = indent
			found = append(found, entryOf{inList: true, stray: stray})
			stray = false
		case isAside(line) || depth >= 0 && indent > depth:
			if len(found) == 0 {
				found = append(found, entryOf{})
			}
		default:
			outside[line] = true
			if known != nil && !known[line] {
				stray = true
				if len(found) > 0 {
					found[len(found)-1].stray = true
				}
			}
			depth = -1
			found = append(found, entryOf{})
		}
		last := &found[len(found)-1]
		last.lines = append(last.lines, line)
	}
	return found, outside
}
