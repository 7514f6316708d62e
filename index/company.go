package index

import (
	"cmp"
	"math"
	"slices"
)

// What people ask at work they have written of at work: its words stand together somewhere. The words of a question
// about something else are all there, too, each by itself: a backlog, and novels, but nowhere a backlog of novels.

// company is how the words of a question keep company in what is here.
type company struct {
	passages float64 // share of the pairs of its words that stand together in some passage, by the lesser idf of each pair
	lines    float64 // in some line of what people would ask
	asked    float64 // how much oftener its words stand in lines than in passages: log of the ratio, by idf
}

// mostPaired is how many words of a question are paired, the rarest: all of a long message would cost up to half a search.
// (Of 8 it is a hundredth; at the worst, with lists that lie between each other and never meet, two or three searches.)
const mostPaired = 8

// member is a word of a question that may keep company.
type member struct {
	*impacts
	idf float64
}

// company returns how the words that a question asks keep company.
func (s *search) company(q *query, l *lens) company {
	all := q.members(l)
	var c company
	mass := 0.
	for _, m := range all {
		if !m.anywhere() { // of a word that nobody has written they tell nothing
			continue
		}
		often := math.Log((float64(len(m.lines)) + .5) / float64(s.lines+1))
		c.asked += m.idf * (often - math.Log((float64(len(m.passages))+.5)/float64(s.passages+1)))
		mass += m.idf
	}
	if mass > 0 {
		c.asked /= mass
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(b.idf, a.idf) })
	all = all[:min(len(all), mostPaired)]
	pairs := 0.
	for i, m := range all {
		for _, other := range all[:i] {
			weight := min(m.idf, other.idf)
			pairs += weight
			if meet(m.passages, other.passages) {
				c.passages += weight
			}
			if meet(m.lines, other.lines) {
				c.lines += weight
			}
		}
	}
	if pairs > 0 {
		c.passages, c.lines = c.passages/pairs, c.lines/pairs
	}
	return c
}

// members returns the words that a question asks, each once. One that nobody has written keeps no company.
func (q *query) members(l *lens) []member {
	var all []member
	var seen uint64
	for _, w := range q.asked {
		if i := l.terms[hash32(w.term)]; !w.extra && seen&(1<<i) == 0 {
			seen |= 1 << i
			all = append(all, member{q.found[w.term], l.idfs[i]})
		}
	}
	return all
}

// meet reports whether two lists, by slot, have one in common.
func meet(a, b []impact) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, at := range a {
		b = b[before(b, at.slot):]
		if len(b) == 0 {
			return false
		}
		if b[0].slot == at.slot {
			return true
		}
	}
	return false
}

// before returns how many of a list come before a slot. It looks ahead in strides that double, as the next is mostly near.
func before(list []impact, slot uint32) int {
	end := 1
	for end < len(list) && list[end-1].slot < slot {
		end *= 2
	}
	from, to := end/2, min(end, len(list))
	for from < to {
		if mid := (from + to) / 2; list[mid].slot < slot {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}
