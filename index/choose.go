package index

import (
	"cmp"
	"slices"
)

// fullPassage is from how many words on a passage says something by itself: shorter ones are mostly
// pointers to other pages, which rank high because they are short (here: the page's next passage instead
// shows the right sentences for .60 of first results on the starter knowledge, before .56; weighing the
// passages of a page against each other by words, whichever way, was no better than that).
const fullPassage = 25

// choose puts short passages of a document behind longer ones that fit nearly as well, and its first
// passage before those that fit hardly better.
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
		worth[p.slot] = p.score * min(1, float64(len(text))/fullPassage)
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
