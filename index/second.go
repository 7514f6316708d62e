package index

import (
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
	near      float64 // neighbouring words of the question stand near each other
	soft      float64 // pieces of the question's words stand in it
	cover     float64 // the question's words stand in it
	coverHead float64 // in title or headings
	terms     []bool  // which of the question's words
}

// window is within how many terms two words are near.
const window = 8

// lens is a question made ready for the second look.
type lens struct {
	terms   map[uint32]int // hashed term → place in the question
	idfs    []float64
	known   []bool         // whether the term stands anywhere
	grams   map[uint32]int // hashed piece → place in weights
	weights []float64
	found   []bool  // scratch: which pieces stand in the passage
	places  [][]int // scratch: where each term stands
	chatter float64 // idf in words of everyday life
	gramSum float64
	pairSum float64
	maybe   [64]uint64 // a bit for every hash of terms and grams: most words are none of them
}

func (l *lens) mark(h uint32)         { l.maybe[h>>6&63] |= 1 << (h & 63) }
func (l *lens) mayHave(h uint32) bool { return l.maybe[h>>6&63]&(1<<(h&63)) != 0 }

func newLens(q *query) *lens {
	l := &lens{terms: map[uint32]int{}, grams: map[uint32]int{}}
	for _, w := range q.asked {
		term := hash32(w.term)
		if _, ok := l.terms[term]; ok || w.extra {
			continue
		}
		l.mark(term)
		weight := q.idfs[w.term]
		l.terms[term] = len(l.idfs)
		l.known = append(l.known, q.known[w.term])
		l.idfs = append(l.idfs, weight)
		l.gramSum += weight
		if chatter[w.form] {
			l.chatter += weight
		}
		grams := gramsOf(w.form)
		for _, g := range grams {
			i, ok := l.grams[g]
			if !ok {
				i = len(l.weights)
				l.grams[g] = i
				l.weights = append(l.weights, 0)
				l.mark(g)
			}
			l.weights[i] += weight / float64(len(grams))
		}
	}
	for i := 1; i < len(l.idfs); i++ {
		l.pairSum += min(l.idfs[i-1], l.idfs[i])
	}
	l.places, l.found = make([][]int, len(l.idfs)), make([]bool, len(l.weights))
	return l
}

// through looks at one passage.
func (l *lens) through(sc *secondCache, all *sequences, sequence sequenceOf) look {
	for i := range l.places {
		l.places[i] = l.places[i][:0]
	}
	clear(l.found)
	out := look{terms: make([]bool, len(l.idfs))}
	sc.mu.RLock()
	at, parts := 0, 0
	for _, id := range sequence {
		at++
		if id == 0 {
			at += window
			parts++
			continue
		}
		grams := all.grams[id]
		last := len(grams) - 1
		if l.mayHave(grams[last]) {
			if i, ok := l.terms[grams[last]]; ok {
				l.places[i] = append(l.places[i], at)
				if !out.terms[i] {
					out.terms[i] = true
					out.cover += l.idfs[i]
					if parts < 2 {
						out.coverHead += l.idfs[i]
					}
				}
			}
		}
		for _, g := range grams[:last] {
			if l.mayHave(g) {
				if i, ok := l.grams[g]; ok {
					l.found[i] = true
				}
			}
		}
	}
	sc.mu.RUnlock()
	mass := max(l.gramSum, 1e-9)
	out.near, out.soft = l.near(), l.soft()
	out.cover, out.coverHead = out.cover/mass, out.coverHead/mass
	return out
}

func (l *lens) soft() float64 {
	sum := 0.
	for i, found := range l.found {
		if found {
			sum += l.weights[i]
		}
	}
	return sum / max(l.gramSum, 1e-9)
}

// near returns how near neighbouring words of the question stand, each pair weighed by the
// commoner of the two.
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

// lookAgain adds to the scores of the best passages what their text tells, and keeps it in looks.
func (s *search) lookAgain(r *reader, l *lens, wants func(organisation string) bool) error {
	s.looks = make(map[int]look, secondLook)
	mass := l.gramSum / (s.weights.K1 + 1)
	for _, slot := range s.bestSlots(secondLook, wants) {
		part := s.partOf[s.docOf[slot]]
		c := s.cursors[part]
		all, sequence, err := c.sequence(r, uint32(slot-s.firstSlot[part]))
		if err != nil {
			return err
		}
		seen := l.through(&c.second, all, sequence)
		s.looks[slot] = seen
		s.scratch.score[slot] += mass * (s.weights.Near*seen.near + s.weights.Soft*seen.soft)
		if s.opens[s.docOf[slot]] {
			s.scratch.score[slot] += l.gramSum * s.weights.First
		}
	}
	return nil
}

// bestSlots returns the slots of the n best passages of the organisations wanted; among equals, those
// first by path and place.
func (s *search) bestSlots(n int, wants func(organisation string) bool) []int {
	score := s.scratch.score
	best := &top[int]{n: n, better: func(a, b int) bool {
		return score[a] > score[b] || score[a] == score[b] && s.bySource(a, b) < 0
	}}
	for _, slot := range s.scratch.touched {
		if wants(s.docs[s.docOf[slot]].Document.Organisation) {
			best.offer(slot)
		}
	}
	return best.heap
}
