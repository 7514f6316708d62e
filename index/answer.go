package index

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// snippetLength is about how much of a passage is shown, in characters (lab: the first two or three
// sentences of a section, about 300 characters, beat every way of picking sentences).
const snippetLength = 300

// snippet returns the sentences of a passage that answer: its lead.
func snippet(text string) string {
	var b strings.Builder
	for _, s := range sentences(text) {
		if b.Len() > 0 && b.Len()+len(s) > snippetLength*5/4 {
			break
		}
		b.WriteString(s)
		if b.Len() >= snippetLength {
			break
		}
	}
	return strings.TrimSpace(b.String())
}

// sentences cuts a text after full stops, question and exclamation marks, and at line ends. Together
// the pieces are the text.
func sentences(text string) []string {
	var out []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n', (c == '.' || c == '?' || c == '!') && endsSentence(text, i):
			out = append(out, text[from:i+1])
			from = i + 1
		}
	}
	if from < len(text) {
		out = append(out, text[from:])
	}
	return out
}

// endsSentence reports whether the mark at i ends a sentence: a space follows, then no small letter,
// and the word before is no abbreviation.
func endsSentence(text string, i int) bool {
	if i+1 >= len(text) {
		return true
	}
	if text[i+1] != ' ' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " "))
	if unicode.IsLower(next) {
		return false
	}
	word := text[strings.LastIndexAny(text[:i], " \n(")+1 : i]
	return !abbreviations[strings.ToLower(word)] && !(utf8.RuneCountInString(word) == 1 && unicode.IsUpper(rune(word[0])))
}

var abbreviations = set(strings.Fields("e.g eg i.e ie etc vs mr mrs ms dr st no inc ltd approx dept u.s u.k"))

// matched returns the words of a snippet that the question asked for, as they stand there.
func (r *reader) matched(snippet string, q *query) []string {
	asked := map[string]bool{}
	for _, t := range q.terms {
		asked[t.text] = true
	}
	seen := map[string]bool{}
	var out []string
	for _, w := range r.read(snippet) {
		if as := snippet[w.start:w.end]; asked[w.term] && !seen[as] {
			seen[as] = true
			out = append(out, as)
		}
	}
	return out
}
