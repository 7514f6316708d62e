package index

import (
	"math"
	"slices"
	"strings"
)

// The second look reads the words of the best passages again, in order (sequence.go), for what postings do not tell:
// how near the question's words stand to each other, and words that are nearly those of the question.

// gramLength is the length of the pieces in which nearly alike words are compared (lab: 5).
const gramLength = 5

// gramsOf returns the hashed pieces of a word, its edges marked.
func gramsOf(form string) []uint32 { return appendGrams(nil, []byte(form)) }

func appendGrams(to []uint32, form []byte) []uint32 {
	marked := append(append(append(make([]byte, 0, 64), '^'), form...), '$')
	for i := 0; i == 0 || i+gramLength <= len(marked); i++ {
		to = append(to, hash32(marked[i:min(i+gramLength, len(marked))]))
	}
	return to
}

// hash32 is FNV-1a: the same in every run.
func hash32[text string | []byte](s text) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// look is what the second look found in one passage, as shares of what the question asks (0 to 1).
type look struct {
	near      float64 // neighbouring words of the question stand near each other
	pairs     float64 // its pairs of neighbouring words stand side by side: their BM25
	headPairs float64 // the same of title and headings together, without regard to length
	headAsked float64 // share of the title, or of the headings, whichever is more, in words of the question
	soft      float64 // pieces of the question's words stand in it
	cover     float64 // the question's words stand in it
	coverHead float64 // in title or headings
	length    int     // words of its text
	terms     uint64  // which of the question's words, a bit each
}

func (l look) has(term int) bool { return l.terms&(1<<term) != 0 }

// window is within how many terms two words are near.
const window = 8

// hit is a form of a word in which something of the question stands.
type hit struct {
	form  int // its place in marks
	term  int // its place in the question, or -1
	piece int // the first of its pieces, in linked; or -1
}

// linkedPiece is a piece of a form, by its place in weights, and the next of the same form.
type linkedPiece struct{ piece, next int }

// askedPair is two neighbouring words of a question, of another way to put it, or of the talk before it.
type askedPair struct {
	first, second int     // their places among the terms
	worth         float64 // its weight in the question times its idf, see pairsIn
	own           bool    // of the question itself
	stands        bool    // in a passage looked at
}

// lens is a question made ready for the second look.
type lens struct {
	terms    map[uint32]int // hashed term → place in the question
	idfs     []float64
	known    []bool         // whether the term stands anywhere
	grams    map[uint32]int // hashed piece → place in weights
	weights  []float64
	found    []bool  // scratch: which pieces stand in the passage
	places   [][]int // scratch: where each term stands, those of idfs first
	chatter  float64 // idf in words of everyday life, the surest signs of it
	everyday float64 // idf in any words of everyday life
	gramSum  float64
	pairSum  float64
	pairs    []askedPair
	average  float64    // length of a passage, title and headings counted
	forms    *likeForms // forms that are like the question's
	maybe    [64]uint64 // a bit for every hash of grams: most pieces are none of them
}

func (l *lens) mark(h uint32)         { l.maybe[h>>6&63] |= 1 << (h & 63) }
func (l *lens) mayHave(h uint32) bool { return l.maybe[h>>6&63]&(1<<(h&63)) != 0 }

func (s *search) newLens(q *query) *lens {
	l := &lens{terms: map[uint32]int{}, grams: map[uint32]int{}, forms: &s.scratch.forms}
	for _, field := range []string{fieldTitle, fieldHead, fieldBody} {
		l.average += s.average(field, s.passages)
	}
	for _, w := range q.asked {
		term := hash32(w.term)
		if _, ok := l.terms[term]; ok || w.extra {
			continue
		}
		weight := q.idfs[w.term] * w.share()
		l.terms[term] = len(l.idfs)
		l.known = append(l.known, q.found[w.term].anywhere())
		l.idfs = append(l.idfs, weight)
		l.gramSum += weight
		if chatter[w.form] {
			l.chatter += weight
		}
		if isEveryday()[w.form] {
			l.everyday += weight
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
	l.addPairs(q)
	l.places, l.found = make([][]int, len(l.terms)), make([]bool, len(l.weights))
	return l
}

// addPairs takes the pairs of a query, whose terms are scored. Those that the question does not hold itself
// are looked for without counting as words of it.
func (l *lens) addPairs(q *query) {
	place := func(term string) int {
		h := hash32(term)
		i, ok := l.terms[h]
		if !ok {
			i = len(l.terms)
			l.terms[h] = i
		}
		return i
	}
	for i, p := range q.pairs {
		first, second, _ := strings.Cut(p.text, " ")
		pair := askedPair{first: place(first), second: place(second), own: i < q.own}
		pair.worth = p.weight * max(q.idfs[first], q.idfs[second])
		l.pairs = append(l.pairs, pair)
	}
}

// likeForms are the forms in which something of a question stands. A question is like few forms, and a passage
// holds many: so they are looked up first.
type likeForms struct {
	marks  []uint32 // by form of a view: its place in hits, from 1; or 0
	hits   []hit
	linked []linkedPiece
	marked []bool // by partition: whether its forms are
}

// clear makes it that of no question.
func (f *likeForms) clear() {
	for _, h := range f.hits {
		f.marks[h.form] = 0
	}
	clear(f.marked)
	f.hits, f.linked = f.hits[:0], f.linked[:0]
}

// mark looks up the forms of a partition, the first of which is that of a view.
func (f *likeForms) mark(l *lens, forms *forms, first int) {
	like := func(form uint32) *hit {
		at := first + int(form)
		if f.marks[at] == 0 {
			f.hits = append(f.hits, hit{at, -1, -1})
			f.marks[at] = uint32(len(f.hits))
		}
		return &f.hits[f.marks[at]-1]
	}
	for hash, i := range l.terms {
		forms.byTerm.each(hash, func(form uint32) { like(form).term = i })
	}
	for hash, i := range l.grams {
		forms.byPiece.each(hash, func(form uint32) {
			h := like(form)
			f.linked = append(f.linked, linkedPiece{i, h.piece})
			h.piece = len(f.linked) - 1
		})
	}
}

// through looks at one passage. marks are those of the forms of its partition.
func (l *lens) through(marks []uint32, sequence []byte) look {
	for i := range l.places {
		l.places[i] = l.places[i][:0]
	}
	clear(l.found)
	var out look
	var heads [2]heading
	at, parts, text, length := 0, 0, 0, 0
	for i := 0; i < len(sequence); {
		number := uint32(sequence[i])
		i++
		if number >= 0x80 {
			number &= 0x7f
			for shift := 7; ; shift += 7 {
				b := sequence[i]
				i++
				number |= uint32(b&0x7f) << shift
				if b < 0x80 {
					break
				}
			}
		}
		at++
		if number == gap {
			at += window
			switch parts++; parts {
			case 1, 2:
				text = at // once there are two parts
			case 3:
				length = at - parts*(window+1)
			}
			continue
		}
		if parts == 3 {
			if mark := marks[number]; mark > 0 {
				l.noteWhole(&out, l.forms.hits[mark-1])
			}
			continue
		}
		asked := false
		if mark := marks[number]; mark > 0 {
			asked = l.note(&out, l.forms.hits[mark-1], at, parts)
		}
		if parts == 2 {
			out.length++
		} else {
			heads[parts].count(asked)
		}
	}
	mass := max(l.gramSum, 1e-9)
	out.near, out.soft = l.near(), l.soft()
	out.pairs = l.pairsIn(length)
	if out.headAsked = max(heads[0].asked(), heads[1].asked()); out.headAsked > 0 {
		out.headPairs = l.pairsBefore(text)
	}
	out.cover, out.coverHead = out.cover/mass, out.coverHead/mass
	return out
}

// heading is how many words a title has, or the headings above a passage, and how many of them the question has.
type heading struct{ words, ofQuestion int }

func (h *heading) count(ofQuestion bool) {
	h.words++
	if ofQuestion {
		h.ofQuestion++
	}
}

// asked returns the share of its words that the question has.
func (h heading) asked() float64 { return float64(h.ofQuestion) / float64(max(h.words, 1)) }

// note takes down that something of the question stands in a passage, and reports whether it is a word of it.
func (l *lens) note(out *look, found hit, at, parts int) (asked bool) {
	if i := found.term; i >= 0 {
		l.places[i] = append(l.places[i], at)
		asked = i < len(l.idfs)
		if asked && !out.has(i) {
			out.terms |= 1 << i
			out.cover += l.idfs[i]
			if parts < 2 {
				out.coverHead += l.idfs[i]
			}
		}
	}
	for p := found.piece; p >= 0; p = l.forms.linked[p].next {
		l.found[l.forms.linked[p].piece] = true
	}
	return asked
}

// noteWhole takes down that the second reading of a compound is asked ("utf8" where a passage has UTF-8), which has no place.
func (l *lens) noteWhole(out *look, found hit) {
	if i := found.term; i >= 0 && i < len(l.idfs) && !out.has(i) {
		out.terms |= 1 << i
		out.cover += l.idfs[i]
	}
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
	for i := 1; i < len(l.idfs); i++ {
		if d := distanceBetween(l.places[i-1], l.places[i]); d <= window {
			sum += min(l.idfs[i-1], l.idfs[i]) / float64(d)
		}
	}
	return sum / l.pairSum
}

// pairsIn returns the BM25 of the question's pairs of neighbouring words that stand side by side in a passage
// of some length. A pair is taken to be as rare as the rarer of its words: to count pairs they would have to
// be indexed, which took half of the index's size and of the time to build it (here: exact counts rank the
// eight collections .701/.566, the rarer word .701/.568, the mean of both .700/.568, their sum .699/.563).
func (l *lens) pairsIn(length int) float64 {
	sum, norm := 0., 1-ranking.PairB+ranking.PairB*float64(length)/l.average
	for i := range l.pairs {
		p := &l.pairs[i]
		if n := sideBySide(l.places[p.first], l.places[p.second]); n > 0 {
			p.stands = true
			x := float64(n) / norm
			sum += p.worth * x / (ranking.K1 + x)
		}
	}
	return sum
}

// pairsBefore returns the BM25 of the same pairs before a place, where the text begins, without regard to length. It tells
// titles and headings that are the question's subject ("Graduated repayment plan"); those that hold much besides, as titles
// of papers do, count as much less (headAsked). A heading counts in full under a title that is asked in full ("Cookies ›
// Cookie banner wording"), as the page is about it (here: either by its own share, doc2dial by passage .709 → .705).
func (l *lens) pairsBefore(text int) float64 {
	sum := 0.
	for _, p := range l.pairs {
		end, _ := slices.BinarySearch(l.places[p.first], text)
		x := float64(sideBySide(l.places[p.first][:end], l.places[p.second]))
		sum += p.worth * x / (ranking.K1 + x)
	}
	return sum
}

// sideBySide returns how many places of b follow one of a.
func sideBySide(a, b []int) int {
	n := 0
	for _, at := range a {
		if _, ok := slices.BinarySearch(b, at+1); ok {
			n++
		}
	}
	return n
}

// pairShare returns which share of the question's own pairs stand side by side in a passage looked at.
func (l *lens) pairShare() float64 {
	own, stand := 0., 0.
	for _, p := range l.pairs {
		own += one(p.own)
		stand += one(p.own && p.stands)
	}
	return stand / max(own, 1)
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
func (s *search) lookAgain(l *lens, q Question) {
	mass := l.gramSum / (s.weights.K1 + 1)
	for i, passage := range s.bestSlots(likelyPassages, q) {
		slot := passage.at
		s.scratch.likely = append(s.scratch.likely, slot)
		if i >= secondLook {
			continue
		}
		seen := s.lookThrough(l, slot)
		s.scratch.score[slot] += s.weights.Pair*seen.pairs + s.weights.HeadPair*seen.headAsked*seen.headPairs + mass*(s.weights.Near*seen.near+s.weights.Soft*seen.soft)
		s.scratch.score[slot] *= s.weights.ofLength(seen.length)
		if s.opens[s.docOf[slot]] {
			s.scratch.score[slot] += l.gramSum * s.weights.First
		}
	}
}

// ofLength returns the share of its score that a passage keeps whose text has so many words.
func (w weights) ofLength(words int) float64 {
	return w.Bare + (1-w.Bare)*min(1, float64(words)/w.Full)
}

// lookThrough looks at one passage.
func (s *search) lookThrough(l *lens, slot int) look {
	part := s.partOf[s.docOf[slot]]
	first := s.firstForm[part]
	if !l.forms.marked[part] { // a search looks through one lens
		l.forms.marked[part] = true
		l.forms.mark(l, &s.parts[part].sequences.forms, first)
	}
	seen := l.through(l.forms.marks[first:], s.sequence(slot))
	s.looks[slot] = seen
	return seen
}

// lookAt returns what the second look found in a passage, or would have found.
func (s *search) lookAt(l *lens, slot int) look {
	seen, ok := s.looks[slot]
	if !ok {
		seen = s.lookThrough(l, slot)
	}
	return seen
}

// bestSlots finds the slots of the n best passages of the organisations wanted, best first; among equals, those
// first by path and place.
func (s *search) bestSlots(n int, q Question) []ranked {
	best := top{n: n, first: func(a, b int) bool { return s.bySource(a, b) < 0 }}
	least := math.SmallestNonzeroFloat64 // score of the worst of them, once there are n
	for slot, score := range s.scratch.score {
		if score < least || !q.wants(s.docs[s.docOf[slot]].Document.Organisation) {
			continue
		}
		if best.offer(slot, score); len(best.heap) == n {
			least = best.heap[0].score
		}
	}
	return best.sorted()
}
