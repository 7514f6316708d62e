package index

import (
	"cmp"
	"slices"
)

// fullPassage is from how many words on a passage says something by itself: shorter ones are often no more
// than pointers to other pages, which rank high because they are short. The shortest count shortCounts of
// their score, and what of the question stands above a passage, in its headings, counts again, as a share
// of the question (here: with both, the right sentences are shown for .38 of first results on everyday
// questions and .63 on the starter knowledge; with shortCounts 0, .35 and .63; without headings too, .35 and
// .62; shortCounts of .5 to .8 and headings of .3 to .6 choose alike. Weighing the passages of a page
// against each other by words, whichever way, was no better than leaving out short ones).
const (
	fullPassage   = 25
	shortCounts   = .6
	headingCounts = .5
)

// choose puts short passages of a document behind longer ones that fit nearly as well, and its first
// passage, and those under headings that are asked for, before those that fit hardly better.
func (s *search) choose(r *reader, l *lens, f *found) error {
	if len(f.passages) < 2 {
		return nil
	}
	part := s.partOf[f.doc]
	worth := map[int]float64{}
	for _, p := range f.passages {
		_, sequence, err := s.cursors[part].sequence(r, uint32(p.slot-s.firstSlot[part]))
		if err != nil {
			return err
		}
		text := sequence[lastGap(sequence)+1:]
		if s.ordinalOf[p.slot] == 0 {
			p.score += l.gramSum * s.weights.First
		}
		p.score += l.gramSum * headingCounts * s.looks[p.slot].coverHead
		worth[p.slot] = p.score * (shortCounts + (1-shortCounts)*min(1, float64(len(text))/fullPassage))
	}
	slices.SortStableFunc(f.passages, func(a, b passageScore) int { return cmp.Compare(worth[b.slot], worth[a.slot]) })
	return nil
}

// lastGap returns where the text of a passage begins: after the gap that parts it from its headings.
func lastGap(sequence sequenceOf) int {
	for i := len(sequence) - 1; i >= 0; i-- {
		if sequence[i] == 0 {
			return i
		}
	}
	return -1
}
