package index

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// room is how much of a passage is shown, in characters.
type room struct {
	text  int // of running text, about
	list  int // of a list or table, about: its items say something only together, and under the line that opens them
	whole int // up to so many, a passage is shown whole: what would be left out is no more than a sentence or two
}

// What is shown of the first hit, which is the answer, and of the others. In the lab the first two or three sentences of
// a section, about 300 characters, beat every way of picking sentences (here, the right sentences are shown for
// .73 of first results on doc2dial, .45 on everyday questions with otherRoom; for .76 and .51 with firstRoom, before
// sections were opened where they begin; for .77 and .55 with 900, which is a page to read and no answer).
var (
	firstRoom = room{text: 480, list: 640, whole: 700}
	otherRoom = room{text: 360, list: 560, whole: 500}
)

// isItem reports whether a line is an item of a list, or a row of a table.
func isItem(line string) bool {
	line = strings.TrimLeft(line, " \t")
	switch {
	case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "), strings.HasPrefix(line, "• "), strings.HasPrefix(line, "|"):
		return true
	case strings.Count(line, " | ") > 0:
		return true
	}
	return isNumbered(line)
}

// isNumbered reports whether a line is an item of a numbered list.
func isNumbered(line string) bool {
	line = strings.TrimLeft(line, " \t")
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	return digits > 0 && digits < 4 && (strings.HasPrefix(line[digits:], ". ") || strings.HasPrefix(line[digits:], ") "))
}

// leadFactor is how much more of the question, by idf, another place must hold than the beginning does
// to be shown instead of it (here: 1.3 shows the right sentences for .68 of right passages on gov
// questions, never leaving the beginning for .64; on doc2dial it costs .01).
const leadFactor = 1.3

// snippet returns the sentences of a passage that answer, as they stand there: its lead, or, when the
// words of the question stand only further on, the sentences around them. matched are the words in them
// that the question asked for, as they stand there.
func (r *reader) snippet(text string, q *query, within room) (snippet string, matched []string) {
	all := closed(sentences(text))
	text = strings.Join(all, "")
	from, to := 0, within.windowFrom(all, 0)
	r.words = r.readInto(r.words[:0], text)
	words := r.words
	if len(text) <= within.whole {
		to = len(all)
	}
	if to < len(all) {
		held := q.heldBy(all, words)
		from = within.bestSentence(all, held, q, to)
		if at := entry(all, held, q, from, within.windowFrom(all, from)); at > 0 {
			from = at
		} else {
			from = within.growBack(all, from)
		}
		to = within.windowFrom(all, from)
	}
	start := len(strings.Join(all[:from], ""))
	end := start + len(strings.Join(all[from:to], ""))
	return strings.TrimSpace(text[start:end]) + goesOn(all, to), q.matched(text, words, start, end)
}

// A text shown of so many characters at most leaves room for another section of the page, if that holds at least a share of
// what the first does of the question: pages of short sections often say the thing beside the section that has its words
// (here, the right sentences shown for first results: .79 → .83 on the knowledge that ships, .57 → .60 on everyday
// questions, .73 → .74 on doc2dial by page, for some 60 characters more on average; 480 characters .84, .60 and .75 for 170).
const (
	leavesRoom = 350
	besideHeld = .6
)

// besideRoom is what is shown of that section.
var besideRoom = room{text: 300, list: 400, whole: 420}

// beside returns what the next best passage of a hit says, where the first leaves room for it; else nil.
func (r *reader) beside(hit Hit, q *query) *Excerpt {
	if len(hit.Snippet) > leavesRoom || len(hit.Also) == 0 || hit.Fits[1].Held < besideHeld*hit.Fits[0].Held {
		return nil
	}
	out := &Excerpt{Passage: hit.Also[0]}
	out.Snippet, out.Matched = r.snippet(out.Passage.Text, q, besideRoom)
	return out
}

// closed leaves out the last lines where they only open what the next passage says.
func closed(all []string) []string {
	for last := len(all) - 1; last > 0 && (opens(all[last]) || strings.TrimSpace(all[last]) == ""); last-- {
		all = all[:last]
	}
	return all
}

// growBack returns an earlier beginning where the passage ends before the window from one is full: that of an item, not
// one within it, and of a list only where the window was in one, as the last items of a list say nothing by themselves.
func (within room) growBack(all []string, from int) int {
	inList := isItem(all[from])
	for at := from; at > 0 && within.windowFrom(all, at) == len(all) && within.windowFrom(all, at-1) == len(all); {
		if at--; at == 0 || !withinItem(all[:at]) && (inList || !isItem(all[at])) {
			from = at
		}
	}
	return from
}

// goesOn returns what marks that a text is cut before all[to] within a sentence, an item or a list: an ellipsis, or "".
func goesOn(all []string, to int) string {
	if to == 0 || to >= len(all) {
		return ""
	}
	last := strings.TrimRight(all[to-1], " ")
	switch {
	case last == "": // a run of spaces, cut
		return " …"
	case withinItem(all[:to]):
		return " …"
	case inItem(all[:to]) && isItem(all[to]):
		return "\n…"
	case !strings.HasSuffix(last, "\n") && !strings.ContainsAny(last[len(last)-1:], ".?!:"):
		return " …"
	}
	return ""
}

// bestSentence returns the sentence from which on the most of the question stands, or 0 when that is hardly
// more than stands in the lead, the first of them.
func (within room) bestSentence(all []string, held []termSet, q *query, lead int) int {
	from, best := 0, leadFactor*q.worth(held[:lead])
	for i := 1; i < len(all); i++ {
		if held[i] == 0 {
			continue
		}
		if worth := q.worth(held[i:within.windowFrom(all, i)]); worth > best+1e-9 {
			from, best = i, worth
		}
	}
	sentence := from
	for from > 0 && withinItem(all[:from]) {
		from--
	}
	if within.windowFrom(all, from) <= sentence { // the item is longer than what is shown
		from = sentence
	}
	if from > 0 { // a line that opens what follows belongs to it
		for before := from - 1; before >= 0 && strings.TrimSpace(all[before]) == "" || before >= 0 && opens(all[before]); before-- {
			if opens(all[before]) {
				from = before
			}
		}
	}
	return from
}

// An item that stands behind so many others, and holds such a share of what is shown with it holds of the question, is what
// was looked up: who asks how "dropdown" is written wants that entry of a long list, not the ones before it (here: no answer
// shown is lost by it).
const (
	entriesBefore = 3
	entryShare    = .8
)

// entry returns which of the sentences from one to another begins the one item of a list that was looked up; 0 when none
// does. Numbered items are steps, and begin with the first.
func entry(all []string, held []termSet, q *query, from, to int) int {
	whole, before := q.worth(held[from:to]), 0
	if whole == 0 {
		return 0
	}
	for i := from; i < to; i++ {
		if !isItem(all[i]) || isNumbered(all[i]) {
			continue
		}
		end := i + 1
		for end < len(all) && withinItem(all[:end]) {
			end++
		}
		if before >= entriesBefore && q.worth(held[i:end]) >= entryShare*whole {
			return i
		}
		before++
	}
	return 0
}

// lead returns the first sentences of a passage.
func lead(text string) string {
	all := closed(sentences(text))
	to := otherRoom.windowFrom(all, 0)
	return strings.TrimSpace(strings.Join(all[:to], "")) + goesOn(all, to)
}

// windowFrom returns the end of the sentences from one on that are shown together: so much text, or so much of a
// list when its items, or the rows of a table, are among them. It does not end with a line that only opens what
// follows.
func (within room) windowFrom(all []string, from int) int {
	length, to, most := 0, from, within.text
	for to < len(all) {
		if to > from && (isItem(all[to]) || opens(all[to-1])) {
			most = within.list
		}
		if length >= most || length > 0 && length+len(all[to]) > most*5/4 {
			break
		}
		if length += len(all[to]); strings.TrimSpace(all[to]) == "" && length == len(all[to]) {
			length = 0 // empty lines before anything else
		}
		to++
	}
	for more := 0; to > from && to < len(all) && withinItem(all[:to]) && more+len(all[to]) <= longSentence; to++ {
		more += len(all[to])
	}
	for to > from+1 && to < len(all) && opens(all[to-1]) {
		to--
	}
	return to
}

// withinItem reports whether what comes after some sentences still belongs to the item that the last of them is in.
func withinItem(before []string) bool {
	return !strings.HasSuffix(before[len(before)-1], "\n") && inItem(before)
}

// inItem reports whether the last of some sentences is in an item of a list, or in a row of a table: an item may have
// several.
func inItem(all []string) bool {
	last := len(all) - 1
	for last > 0 && !strings.HasSuffix(all[last-1], "\n") {
		last--
	}
	return isItem(all[last])
}

// opens reports whether a line only opens what follows it: a list, a table, an example.
func opens(line string) bool { return strings.HasSuffix(strings.TrimSpace(line), ":") }

// worth returns the idf of the question's words in some sentences, each word once.
func (q *query) worth(held []termSet) float64 {
	sum, all := 0., termSet(0)
	for _, h := range held {
		all |= h
	}
	for rest := all; rest != 0; rest &= rest - 1 {
		sum += q.weight[q.terms[bits.TrailingZeros64(uint64(rest))].text]
	}
	return sum
}

// termSet are terms of a question, of which there are at most maxTerms: a bit each, in their order.
type termSet uint64

// heldBy returns which of the question's terms stand in each sentence of a text, given its words.
func (q *query) heldBy(sentences []string, words []word) []termSet {
	if q.places == nil {
		q.places = make(map[string]int, len(q.terms))
		for i, t := range q.terms {
			if q.weight[t.text] > 0 {
				q.places[t.text] = i
			}
		}
	}
	out := make([]termSet, len(sentences))
	at, end := 0, len(sentences[0])
	for _, w := range words {
		for w.start >= end {
			at++
			end += len(sentences[at])
		}
		if i, ok := q.places[w.term]; ok {
			out[at] |= 1 << i
		}
	}
	return out
}

// longSentence is the longest sentence that is kept whole, in bytes: a list run together, or a table
// row, is longer and is cut at a comma or a space.
const longSentence = 240

// sentences cuts a text into its sentences, long ones into pieces. Together the pieces are the text.
func sentences(text string) []string {
	var out []string
	for _, sentence := range wholeSentences(text) {
		out = appendCut(out, sentence)
	}
	return out
}

// wholeSentences cuts a text after full stops, question and exclamation marks, and at line ends.
func wholeSentences(text string) []string { return sentencesBy(text, endsSentence) }

// sentencesBy cuts a text at line ends, and after the marks of which ends says so.
func sentencesBy(text string, ends func(string, int) bool) []string {
	var out []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n', (c == '.' || c == '?' || c == '!') && ends(text, i):
			out = append(out, text[from:i+1])
			from = i + 1
		}
	}
	if from < len(text) {
		out = append(out, text[from:])
	}
	return out
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

// endsSentence reports whether the mark at i ends a sentence of a written text: no small letter follows.
func endsSentence(text string, i int) bool {
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " "))
	return !unicode.IsLower(next) && endsTyped(text, i)
}

// endsTyped reports whether the mark at i ends a sentence as people type, who may begin the next with a small letter: a
// space follows, and the word before is no abbreviation.
func endsTyped(text string, i int) bool {
	if i+1 >= len(text) {
		return true
	}
	if text[i+1] != ' ' {
		return false
	}
	word := text[strings.LastIndexAny(text[:i], " \n(")+1 : i]
	initial := utf8.RuneCountInString(word) == 1 && unicode.IsUpper(rune(word[0]))
	return !initial && !abbreviations[strings.ToLower(word)] && !numbers(text[:i])
}

// numbers reports whether a text ends with nothing but a number in its last line: of an item of a list.
func numbers(text string) bool {
	line := strings.TrimLeft(text[strings.LastIndexByte(text, '\n')+1:], " ")
	return line != "" && len(line) < 4 && strings.Trim(line, "0123456789") == ""
}

var abbreviations = set(strings.Fields("e.g eg i.e ie etc vs mr mrs ms dr st no inc ltd approx dept u.s u.k"))

// matched returns the words between two places of a text that the question asked for, as they stand there.
func (q *query) matched(text string, words []word, start, end int) []string {
	var out []string
	for _, w := range words {
		if w.start < start || w.end > end || q.weight[w.term] <= 0 {
			continue
		}
		if as := text[w.start:w.end]; !slices.Contains(out, as) {
			out = append(out, as)
		}
	}
	return out
}
