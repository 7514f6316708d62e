package index

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

// What a page says and what people would ask for it are two ways to find it, and the kind of question
// decides how much each counts: one that uses the page's words goes by the text, a long one in
// everyday words by the lines. A document's score is
//
//	Σ over parts of part/mass · (always + covered·C + words·W)
//
// with C the share of the question, by idf, that the best of the first five documents by text holds in
// one passage, and W the number of its words, at most twelve, as a share of twelve. Parts are shares of
// the question's mass (the idf of its words together), so that one fit serves collections of any size.
// Where nothing has lines only the text counts, and the order is that of the text alone.

// parts are what a document's score is made of.
type parts struct {
	text   float64 // its passages and its whole text, see search
	joined float64 // all its asked lines as one text
	line   float64 // its best asked line
	both   float64 // whole text and asked lines as one text
	alike  float64 // pieces of the question's words that stand in its best asked line, see lookAtLines
}

// partsOfScore is how many parts there are.
const partsOfScore = 5

func (p parts) list() [partsOfScore]float64 {
	return [partsOfScore]float64{p.text, p.joined, p.line, p.both, p.alike}
}

// partNames are the parts in the order of list.
var partNames = [partsOfScore]string{"text", "joined", "line", "both", "alike"}

// kind is what a question is like.
type kind struct{ covered, words float64 }

// importance is how much a part counts.
type importance struct {
	Always  float64 `json:"always"`
	Covered float64 `json:"covered"`
	Words   float64 `json:"words"`
}

func (s importance) of(k kind) float64 { return s.Always + s.Covered*k.covered + s.Words*k.words }

// fusion is fusion.json, fitted by TestFit.
type fusion struct {
	Fitted string                `json:"fitted"` // on what, in words
	Parts  map[string]importance `json:"parts"`
}

//go:embed fusion.json
var fusionJSON []byte

// fused is the fusion in use.
var fused = func() fusion {
	var f fusion
	if err := json.Unmarshal(fusionJSON, &f); err != nil {
		panic(fmt.Sprintf("fusion.json: %v", err)) // compiled in
	}
	return f
}()

// leastText keeps the text in every score, whatever the kind of question.
const leastText = .5

// weigh returns what each part counts for a kind of question.
func (f fusion) weigh(k kind) [partsOfScore]float64 {
	var out [partsOfScore]float64
	for i, name := range partNames {
		out[i] = max(f.Parts[name].of(k), 0)
	}
	out[0] = max(out[0], leastText)
	if k.words <= 1./mostWords && k.covered > 0 {
		clear(out[1:]) // one word that stands in a text names a subject, and lines tell situations
	}
	return out
}

// mostWords is from how many words on a question is simply long.
const mostWords = 12

// Which documents tell whether the text covers the question: so many, and how lines count in finding them.
const (
	firstDocuments = 5
	roughLines     = 1.5
)

// kindOf sees what a question is like, given the documents that its text finds.
func (s *search) kindOf(l *lens, found *top) kind {
	k := kind{words: min(float64(len(l.idfs)), mostWords) / mostWords}
	for _, f := range found.heap {
		k.covered = max(k.covered, s.looks[s.bestPassages(f.at)[0].slot].cover)
	}
	return k
}

// partsOf returns a document's parts, as shares of the question's mass, given what its passages score. It is
// written out, as hundreds of documents have them.
func (s *search) partsOf(doc int, passages, mass float64) parts {
	d, page, worth := &s.scratch.docs[doc], &s.scratch.pages[s.pageOf[doc]], 1.
	if s.isPost[doc] {
		worth = s.weights.Post
	}
	share := worth / mass
	p := parts{(passages + page.text) * share, page.lines * share, d.line * share, page.both * share, d.alike * worth}
	if unasked := s.unasked(doc); unasked > 0 {
		guess := s.guess(unasked, p.text)
		p.joined, p.line, p.both, p.alike = max(p.joined, guess), max(p.line, guess), max(p.both, guess), max(p.alike, guess)
	}
	return p
}

// guess returns what each part is taken to be of what people would ask, by the text.
func (s *search) guess(unasked, text float64) float64 { return unasked * s.weights.Unasked * text }

// unasked returns how much of what people would ask for a document nobody has said yet, though they have for others:
// 1 where it has no lines, 0 from enoughLines on.
func (s *search) unasked(doc int) float64 {
	n := s.firstLine[doc+1] - s.firstLine[doc]
	if s.lines == 0 || n >= enoughLines {
		return 0
	}
	return 1 - float64(n)/enoughLines
}

// enoughLines is from how many lines on a page is taken to be asked for in most ways (here: 6 to 15 rank alike).
const enoughLines = 10

// score is written out, as hundreds of documents are scored; in the order of list.
func (p parts) score(weights [partsOfScore]float64) float64 {
	return weights[0]*p.text + weights[1]*p.joined + weights[2]*p.line + weights[3]*p.both + weights[4]*p.alike
}

// lead puts the passage that a document's best line for one section was written for before the others, when
// text and line together speak for it.
func (s *search) lead(f found) []passageScore {
	line := s.bestTold(f.doc)
	if line.score == 0 {
		return f.passages
	}
	section := int(s.sectionOf[line.slot])
	lifted := passageScore{section, s.scratch.score[section] + s.weights.Lift*line.score}
	if lifted.score <= f.passages[0].score {
		return f.passages
	}
	others := slices.DeleteFunc(slices.Clone(f.passages), func(p passageScore) bool { return p.slot == section })
	return append([]passageScore{lifted}, others[:min(2, len(others))]...)
}

// rough is a score that any fusion comes near.
func (p parts) rough() float64 { return p.text + roughLines*(p.joined+p.line) }
