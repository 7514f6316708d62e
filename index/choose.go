package index

import (
	"bytes"
	"cmp"
	"slices"
)

// fullPassage is from how many words on a passage says something by itself: shorter ones are often no more
// than pointers to other pages, which rank high because they are short. The shortest count shortCounts of
// their score. What of the question stands above a passage, in its headings, counts again, as a share of the
// question, and so does what it holds altogether (here, without holdingCounts and in less room: with both, the right
// sentences are shown for .38 of first results on everyday questions and .63 on the starter knowledge; with
// shortCounts 0, .35 and .63; without headings too, .35 and .62; shortCounts of .5 to .8 and headings of .3 to .6
// choose alike. holdingCounts .3: .51 → .53 and .73 → .75; up to 1 alike. fullPassage 40 instead of 25: .75 → .78 on
// the starter knowledge, others alike; 60 loses. Weighing the passages of a page against each other by words in other
// ways, or choosing from more of them, was no better).
const (
	fullPassage   = 40
	shortCounts   = .6
	headingCounts = .5
	holdingCounts = .3
)

// headedShare is the share of what a passage holds of the question from which on its headings say what is asked for: then
// the section as a whole is about it, and opens where it begins (here, the right sentences shown for first results on
// doc2dial by page: .70 → .73, everyday and starter questions alike; with .5 everyday questions lose).
const headedShare = .7

// choose puts short passages of a document behind longer ones that fit nearly as well, and its first passage and those
// under headings that are asked for before those that fit hardly better. A section whose headings say what is asked for
// opens where it begins. It returns an error when the headings cannot be read.
func (s *search) choose(l *lens, f *found) error {
	if s.titled(l, f.doc) && (len(l.idfs) == 1 || s.onlyTitled(l, f)) {
		s.openAt(f, s.first[f.doc]) // who types the one word that names a page wants to know what it is about
		return nil
	}
	if len(f.passages) < 2 {
		return nil
	}
	worth := map[int]float64{}
	for _, p := range f.passages {
		if p.slot == s.first[f.doc] {
			p.score += l.gramSum * s.weights.First
		}
		seen := s.lookAt(l, p.slot)
		p.score += l.gramSum * (headingCounts*seen.coverHead + holdingCounts*seen.cover)
		length := float64(textLength(s.sequence(p.slot)))
		worth[p.slot] = p.score * (shortCounts + (1-shortCounts)*min(1, length/fullPassage))
	}
	slices.SortStableFunc(f.passages, func(a, b passageScore) int { return cmp.Compare(worth[b.slot], worth[a.slot]) })
	best := s.lookAt(l, f.passages[0].slot)
	if best.cover == 0 || best.coverHead < headedShare*best.cover {
		return nil
	}
	start, err := s.startOfSection(f.doc, f.passages[0].slot)
	if err == nil {
		s.openAt(f, start)
	}
	return err
}

// startOfSection returns the first of the passages of a document that stand under the same headings as one, up to it.
// Sequences hold no stop words, in which headings may differ ("When to use it", "When not to use it").
func (s *search) startOfSection(doc, slot int) (int, error) {
	headings, err := s.headings(doc, slot)
	for err == nil && slot > s.first[doc] && bytes.Equal(above(s.sequence(slot-1)), above(s.sequence(slot))) {
		var before []string
		if before, err = s.headings(doc, slot-1); !slices.Equal(before, headings) {
			break
		}
		slot--
	}
	return slot, err
}

func (s *search) headings(doc, slot int) ([]string, error) {
	p, err := s.passage(doc, slot)
	return p.Headings, err
}

// above returns what of a sequence stands above its text: title and headings.
func above(sequence []byte) []byte {
	title := bytes.IndexByte(sequence, gap) + 1
	return sequence[:title+bytes.IndexByte(sequence[title:], gap)+1]
}

// titled reports whether the title of a document holds a word of the question.
func (s *search) titled(l *lens, doc int) bool {
	stems := s.parts[s.partOf[doc]].sequences.stems
	for part, form := range formsIn(s.sequence(s.first[doc])) {
		if part > 0 {
			break
		}
		if _, ok := l.terms[stems[form]]; ok {
			return true
		}
	}
	return false
}

// onlyTitled reports whether nothing of the question stands in headings or text of the passages found, nor in a line
// that was written for a section: then they are all of a page about it, of which none says more than the others.
func (s *search) onlyTitled(l *lens, f *found) bool {
	stems := s.parts[s.partOf[f.doc]].sequences.stems
	for _, p := range f.passages {
		for part, form := range formsIn(s.sequence(p.slot)) {
			if _, ok := l.terms[stems[form]]; ok && part > 0 {
				return false
			}
		}
	}
	return s.bestTold(f.doc).score == 0
}

// openAt puts a passage of a document before the others.
func (s *search) openAt(f *found, slot int) {
	others := slices.DeleteFunc(slices.Clone(f.passages), func(p passageScore) bool { return p.slot == slot })
	f.passages = append([]passageScore{{slot, s.scratch.score[slot]}}, others[:min(2, len(others))]...)
}

// textLength returns how many words the text of a passage has.
func textLength(sequence []byte) int {
	n := 0
	for part := range formsIn(sequence) {
		if part == 2 {
			n++
		}
	}
	return n
}
