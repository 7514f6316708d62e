package index

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"liaison/knowledge"
)

// The second look reads the best passages again, from their text, for what postings do not tell: how
// near the question's words stand to each other, and words that are nearly those of the question.

// sequenceOf is a passage as the second look reads it: the ids of its terms in order. Title, headings
// and body follow each other, parted by a gap (0).
type sequenceOf []uint32

// secondCache keeps the sequences of passages that were looked at, and the words they are made of.
type secondCache struct {
	mu  sync.RWMutex // guards what now points to, too
	now *sequences
}

// sequences are dropped as a whole when they grow too large; a search that holds them goes on.
type sequences struct {
	of    map[uint32]sequenceOf // by document number
	size  int
	ids   map[string]uint32
	grams [][]uint32 // by id: the word's pieces of five letters, hashed, and last its term
}

// maxCachedTerms bounds the terms kept of one partition: 16 MB.
const maxCachedTerms = 4_000_000

// sequence returns the terms of a passage, from the cache or from its text.
func (c *cursor) sequence(r *reader, number uint32) (*sequences, sequenceOf, error) {
	if all, out, ok := c.second.get(number); ok {
		return all, out, nil
	}
	passage, err := c.passage(number)
	if err != nil {
		return nil, nil, err
	}
	doc := c.docs[c.slots[number].doc].Document
	all, out := c.second.keep(number, r.segments(doc.Title, passage))
	return all, out, nil
}

func (sc *secondCache) get(number uint32) (*sequences, sequenceOf, bool) {
	sc.mu.RLock()
	defer sc.mu.RUnlock()
	if sc.now == nil {
		return nil, nil, false
	}
	out, ok := sc.now.of[number]
	return sc.now, out, ok
}

func (r *reader) segments(title string, p knowledge.Passage) [3][]word {
	return [3][]word{r.read(title), r.read(strings.Join(p.Headings, "\n")), r.read(p.Text)}
}

func (sc *secondCache) keep(number uint32, segments [3][]word) (*sequences, sequenceOf) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.now == nil || sc.now.size > maxCachedTerms {
		sc.now = &sequences{of: map[uint32]sequenceOf{}, ids: map[string]uint32{}, grams: make([][]uint32, 1)}
	}
	all := sc.now
	var out sequenceOf
	for i, words := range segments {
		if i > 0 {
			out = append(out, 0)
		}
		for _, w := range words {
			if w.extra {
				continue
			}
			id, ok := all.ids[w.form]
			if !ok {
				id = uint32(len(all.grams))
				all.ids[w.form] = id
				all.grams = append(all.grams, append(gramsOf(w.form), hash32(w.term)))
			}
			out = append(out, id)
		}
	}
	out = slices.Clip(out)
	all.of[number] = out
	all.size += len(out) + 8
	return all, out
}

// gramLength is the length of the pieces in which nearly alike words are compared (lab: 5).
const gramLength = 5

// gramsOf returns the hashed pieces of a word, its edges marked.
func gramsOf(form string) []uint32 {
	marked := "^" + form + "$"
	if len(marked) <= gramLength {
		return []uint32{hash32(marked)}
	}
	out := make([]uint32, 0, len(marked)-gramLength+2)
	for i := 0; i+gramLength <= len(marked); i++ {
		out = append(out, hash32(marked[i:i+gramLength]))
	}
	return out
}

// hash32 is FNV-1a: the same in every run.
func hash32(s string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// look is what the second look found in one passage, as shares of what the question asks (0 to 1).
type look struct {
	near float64 // neighbouring words of the question stand near each other
	soft float64 // pieces of the question's words stand in it
}

// window is within how many terms two words are near.
const window = 8

// lens is a question made ready for the second look.
type lens struct {
	terms   map[uint32]int // hashed term → place in the question
	idfs    []float64
	grams   map[uint32]float64 // hashed piece → weight
	gramSum float64
	pairSum float64
	places  [][]int // scratch: where each term stands
}

func (s *search) lens(q *query) (*lens, error) {
	l := &lens{terms: map[uint32]int{}, grams: map[uint32]float64{}}
	seq := slices.DeleteFunc(slices.Clone(q.asked), func(w word) bool { return w.extra })
	for _, w := range seq {
		if _, ok := l.terms[hash32(w.term)]; ok {
			continue
		}
		weight := q.idfs[w.term]
		l.terms[hash32(w.term)] = len(l.idfs)
		l.idfs = append(l.idfs, weight)
		grams := gramsOf(w.form)
		for _, g := range grams {
			l.grams[g] += weight / float64(len(grams))
		}
		l.gramSum += weight
	}
	for i := 1; i < len(l.idfs); i++ {
		l.pairSum += min(l.idfs[i-1], l.idfs[i])
	}
	l.places = make([][]int, len(l.idfs))
	return l, nil
}

// through looks at one passage.
func (l *lens) through(sc *secondCache, all *sequences, sequence sequenceOf) look {
	for i := range l.places {
		l.places[i] = l.places[i][:0]
	}
	found := make(map[uint32]bool, len(l.grams))
	sc.mu.RLock()
	at := 0
	for _, id := range sequence {
		at++
		if id == 0 {
			at += window
			continue
		}
		grams := all.grams[id]
		term := grams[len(grams)-1]
		if i, ok := l.terms[term]; ok {
			l.places[i] = append(l.places[i], at)
		}
		for _, g := range grams[:len(grams)-1] {
			if _, ok := l.grams[g]; ok {
				found[g] = true
			}
		}
	}
	sc.mu.RUnlock()
	return look{near: l.near(), soft: l.soft(found)}
}

func (l *lens) soft(found map[uint32]bool) float64 {
	if l.gramSum == 0 {
		return 0
	}
	keys := make([]uint32, 0, len(found))
	for g := range found {
		keys = append(keys, g)
	}
	slices.Sort(keys) // a fixed order of adding, so that the bits are the same every time
	sum := 0.
	for _, g := range keys {
		sum += l.grams[g]
	}
	return sum / l.gramSum
}

// near returns how near neighbouring words of the question stand, each pair weighed by its rarer... by
// the commoner of the two.
func (l *lens) near() float64 {
	if l.pairSum == 0 {
		return 0
	}
	sum := 0.
	for i := 1; i < len(l.places); i++ {
		if d := distanceBetween(l.places[i-1], l.places[i]); d <= window {
			sum += min(l.idfs[i-1], l.idfs[i]) / float64(d)
		}
	}
	return sum / l.pairSum
}

// distanceBetween returns the least distance between a place of a and one of b; backwards counts one more.
func distanceBetween(a, b []int) int {
	best := 1 << 30
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if a[i] < b[j] {
			best = min(best, b[j]-a[i])
			i++
		} else {
			best = min(best, a[i]-b[j]+1)
			j++
		}
	}
	return max(best, 1)
}

// lookAgain adds to the scores of the best passages what their text tells.
func (s *search) lookAgain(r *reader, q *query) error {
	best := s.bestSlots(secondLook)
	l, err := s.lens(q)
	if err != nil || len(l.idfs) == 0 {
		return err
	}
	mass := l.gramSum / (s.weights.K1 + 1)
	for _, slot := range best {
		part := s.partitionOf(slot)
		c := s.cursors[part]
		all, sequence, err := c.sequence(r, uint32(slot-s.firstSlot[part]))
		if err != nil {
			return err
		}
		seen := l.through(&c.second, all, sequence)
		s.scratch.score[slot] += mass * (s.weights.Near*seen.near + s.weights.Soft*seen.soft)
	}
	return nil
}

// bestSlots returns the slots of the n best passages; among equals, those first by path and place.
func (s *search) bestSlots(n int) []int {
	w := s.scratch
	slots := slices.Clone(w.touched)
	if len(slots) <= n {
		return slots
	}
	slices.SortFunc(slots, func(a, b int) int {
		return cmp.Or(cmp.Compare(w.score[b], w.score[a]), s.bySource(a, b))
	})
	return slots[:n]
}

// bySource orders passages by path, then by place in the document.
func (s *search) bySource(a, b int) int {
	return cmp.Or(strings.Compare(s.record(s.documentOf(a)).Document.Path, s.record(s.documentOf(b)).Document.Path),
		cmp.Compare(s.ordinal(a), s.ordinal(b)))
}
