package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// snippetLength is about how much of a passage is shown, in characters (lab: the first two or three
// sentences of a section, about 300 characters, beat every way of picking sentences; here: 360 shows
// the right sentences for .59 of first results on doc2dial, 300 for .57, 420 for .61).
const snippetLength = 360

// leadFactor is how much more of the question, by idf, another place must hold than the beginning does
// to be shown instead of it (here: 1.3 shows the right sentences for .68 of right passages on gov
// questions, never leaving the beginning for .64; on doc2dial it costs .01).
const leadFactor = 1.3

// snippet returns the sentences of a passage that answer, as they stand there: its lead, or, when the
// words of the question stand only further on, the sentences around them.
func (r *reader) snippet(text string, q *query) string {
	all := sentences(text)
	lead := windowFrom(all, 0)
	if lead == len(all) {
		return strings.TrimSpace(text)
	}
	held := make([]map[string]bool, len(all))
	for i, s := range all {
		held[i] = map[string]bool{}
		for _, w := range r.read(s) {
			if q.weight[w.term] > 0 {
				held[i][w.term] = true
			}
		}
	}
	from, best := 0, leadFactor*q.worth(held[:lead])
	for i := 1; i < len(all); i++ {
		if len(held[i]) == 0 {
			continue
		}
		if worth := q.worth(held[i:windowFrom(all, i)]); worth > best+1e-9 {
			from, best = i, worth
		}
	}
	if from > 0 { // a line that opens what follows belongs to it
		if before := strings.TrimSpace(all[from-1]); strings.HasSuffix(before, ":") {
			from--
		}
	}
	return strings.TrimSpace(strings.Join(all[from:windowFrom(all, from)], ""))
}

// windowFrom returns the end of the sentences from one on that are shown together.
func windowFrom(all []string, from int) int {
	length, to := 0, from
	for to < len(all) {
		length += len(all[to])
		if length > snippetLength*5/4 && to > from && strings.TrimSpace(strings.Join(all[from:to], "")) != "" {
			break
		}
		to++
		if length >= snippetLength {
			break
		}
	}
	return to
}

// worth returns the idf of the question's words in some sentences, each word once.
func (q *query) worth(held []map[string]bool) float64 {
	sum := 0.
	for _, t := range q.terms {
		if slices.ContainsFunc(held, func(h map[string]bool) bool { return h[t.text] }) {
			sum += q.weight[t.text]
		}
	}
	return sum
}

// longSentence is the longest sentence that is kept whole, in bytes: a list run together, or a table
// row, is longer and is cut at a comma or a space.
const longSentence = 240

// sentences cuts a text after full stops, question and exclamation marks, and at line ends. Together
// the pieces are the text.
func sentences(text string) []string {
	var out []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n', (c == '.' || c == '?' || c == '!') && endsSentence(text, i):
			out = appendCut(out, text[from:i+1])
			from = i + 1
		}
	}
	return appendCut(out, text[from:])
}

// appendCut appends a sentence, in pieces when it is long.
func appendCut(out []string, sentence string) []string {
	for len(sentence) > longSentence {
		head := sentence[:longSentence]
		at := strings.LastIndexAny(head, ",;") + 1
		if at < longSentence/2 {
			at = strings.LastIndexByte(head, ' ') + 1
		}
		if at == 0 { // one endless word: between two of its letters
			at = longSentence
			for at > 1 && !utf8.RuneStart(sentence[at]) {
				at--
			}
		}
		out, sentence = append(out, sentence[:at]), sentence[at:]
	}
	if sentence != "" {
		out = append(out, sentence)
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
	seen := map[string]bool{}
	var out []string
	for _, w := range r.read(snippet) {
		if as := snippet[w.start:w.end]; q.weight[w.term] > 0 && !seen[as] {
			seen[as] = true
			out = append(out, as)
		}
	}
	return out
}
