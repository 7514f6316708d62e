package index

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// fullPassage is from how many words on a passage says something by itself: shorter ones are mostly
// pointers to other pages, which rank high because they are short (here: the page's next passage instead
// shows the right sentences for .60 of first results on the starter knowledge, before .56; weighing the
// passages of a page against each other by words, whichever way, was no better than that).
const fullPassage = 25

// choose puts short passages of a document behind longer ones that fit nearly as well.
func (s *search) choose(f *found) {
	if len(f.passages) < 2 {
		return
	}
	worth := map[int]float64{}
	for _, p := range f.passages {
		worth[p.slot] = p.score * min(1, float64(textLength(s.sequence(p.slot)))/fullPassage)
	}
	slices.SortStableFunc(f.passages, func(a, b passageScore) int { return cmp.Compare(worth[b.slot], worth[a.slot]) })
}

// textLength returns how many words the text of a passage has: those between the second gap and the third.
func textLength(sequence []byte) int {
	gaps, words := 0, 0
	for len(sequence) > 0 && gaps < 3 {
		number, n := binary.Uvarint(sequence)
		sequence = sequence[n:]
		if number == gap {
			gaps++
		} else if gaps == 2 {
			words++
		}
	}
	return words
}
