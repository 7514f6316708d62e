package index

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"liaison/bot/access"
)

// search is one search under way: the partitions it may read and the sums over them.
//
// The score of a passage is
//
//	BM25F(title, head, body) + .4·BM25(heading pairs) + .4·BM25(slug) + .2·BM25(whole page)
//
// and for the best of them, looked at again, .4·BM25(pairs) and more (second.go), less where there is hardly
// any text. That of a document is its best passage with shares of the next two, fused with what people would ask for it (fusion.go).
//
// BM25F(d) = Σ over terms t of weight(t) · idf(t) · x/(k1+x), where x = Σ over fields f of
// w_f · tf / (1 - b_f + b_f · length/average length). idf, averages and counts are integers summed over
// the permitted partitions before any score is computed, and every score adds up in the order of the
// question's terms: so one partition or eight give the same bits, and what is hidden changes none.
type search struct {
	*view
	generation *generation
	who        access.Audience
	weights    weights
	cursors    []*cursor // of each partition
	scratch    *scratch
	looks      map[int]look // of the second look, by slot
	kind       kind         // of the question, seen by rank
}

// scratch is the working memory of a search, kept for the next one. Every slot of it is zero between
// searches: a search clears what it touched.
type scratch struct {
	score    []float64 // by passage
	part     []float64 // by passage, one term at a time
	touched  []uint32  // passages with a score
	fresh    []uint32  // passages touched by this term
	docFreq  []uint32  // by document, one term at a time: in its text
	lineFreq []uint32  // in its asked lines
	docFresh []uint32
	docs     []tally // by document
	docTouch []uint32
	marks    []uint32 // by form of a word, see lens
}

// tally is what a document is found by.
type tally struct {
	seen  bool
	whole float64         // its whole text
	asked float64         // its asked lines as one text
	both  float64         // whole text and asked lines as one
	alike float64         // see lookAtLines
	line  bestLine        // its best asked line
	told  bestLine        // its best line that was written for one section
	best  [3]passageScore // its best passages
	parts parts           // all of this together, see partsOf
}

// bestLine is an asked line, by slot, and its score.
type bestLine = passageScore

type passageScore struct {
	slot  int
	score float64
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

func (s *scratch) fit(slots, docs, forms int) {
	if len(s.marks) < forms {
		s.marks = make([]uint32, forms)
	}
	if len(s.score) < slots {
		s.score, s.part = make([]float64, slots), make([]float64, slots)
	}
	if len(s.docs) < docs {
		s.docs, s.docFreq, s.lineFreq = make([]tally, docs), make([]uint32, docs), make([]uint32, docs)
	}
}

// clear makes every slot zero again.
func (s *scratch) clear() {
	for _, slot := range s.touched {
		s.score[slot] = 0
	}
	for _, doc := range s.docTouch {
		s.docs[doc] = tally{}
	}
	s.touched, s.docTouch = s.touched[:0], s.docTouch[:0]
}

// document returns what a document is found by, which is not zero any more.
func (s *scratch) document(doc uint32) *tally {
	d := &s.docs[doc]
	if !d.seen {
		d.seen = true
		s.docTouch = append(s.docTouch, doc)
	}
	return d
}

func newSearch(g *generation, who access.Audience) (*search, error) {
	v, err := g.view(who)
	if err != nil {
		return nil, err
	}
	s := &search{view: v, generation: g, who: who, weights: ranking, scratch: scratches.Get().(*scratch)}
	for _, p := range s.parts {
		s.cursors = append(s.cursors, p.cursor())
	}
	s.scratch.fit(len(s.docOf), len(s.docs), s.forms)
	return s, nil
}

func (s *search) done() {
	s.scratch.clear()
	clear(s.scratch.marks[:s.forms])
	scratches.Put(s.scratch)
}

// average returns the average length of a field; at least a hair above 0.
func (s *search) average(field string, texts int) float64 {
	return max(float64(s.lengths[field])/max(float64(texts), 1), 1e-9)
}

// scoreTerms scores every passage and document for a query.
func (s *search) scoreTerms(ctx context.Context, q *query) error {
	terms, err := s.impactsOf(ctx, q.terms)
	if err != nil {
		return err
	}
	pairs, err := s.impactsOf(ctx, q.pairs)
	if err != nil {
		return err
	}
	w := s.weights
	for i, t := range q.terms {
		rarity := idf(s.passages, terms[i].df)
		q.idfs[t.text], q.found[t.text] = rarity, terms[i]
		q.weight[t.text] = t.weight * rarity
		s.addPassages(terms[i].passages, t.weight*rarity)
		s.addPages(terms[i], t.weight)
	}
	for i, t := range q.pairs {
		s.addPassages(pairs[i].passages, w.HPair*t.weight*idf(s.passages, pairs[i].df))
	}
	for i, t := range q.terms {
		s.addPassages(terms[i].slugs, w.Slug*t.weight*idf(s.passages, len(terms[i].slugs)))
	}
	if s.lines > 0 {
		s.scoreLines(q, terms, pairs)
	}
	return ctx.Err()
}

// addPassages adds a term's weight to the passages it stands in.
func (s *search) addPassages(list []impact, weight float64) {
	if weight == 0 {
		return
	}
	score, touched := s.scratch.score, s.scratch.touched
	for _, i := range list {
		if score[i.slot] == 0 {
			touched = append(touched, i.slot)
		}
		score[i.slot] += weight * float64(i.share)
	}
	s.scratch.touched = touched
}

// addPages scores the pages for one term as one text each; the same of their asked lines; and of both together.
// A page is a document, or several (see partOfPage).
func (s *search) addPages(t *impacts, weight float64) {
	w := s.scratch
	text := s.weights.Parent * weight * idf(s.pages, t.inText)
	lines, both := weight*s.weights.rarity(s.pages, t.inLines), weight*s.weights.rarity(s.pages, len(t.pages))
	for _, p := range t.pages {
		d := w.document(p.doc)
		d.whole += text * float64(p.text)
		d.asked += lines * float64(p.lines)
		d.both += both * float64(p.both)
	}
}

// scoreLines scores documents by the best line of what people would ask.
func (s *search) scoreLines(q *query, terms, pairs []*impacts) {
	for i, t := range q.terms {
		s.addLines(terms[i].lines, t.weight)
	}
	for i, t := range q.pairs {
		s.addLines(pairs[i].lines, s.weights.LinePair*t.weight)
	}
	w := s.scratch
	for _, slot := range w.fresh {
		d, line := w.document(s.docOf[slot]), bestLine{int(slot), w.part[slot]}
		s.better(&d.line, line)
		if s.sectionOf[slot] >= 0 {
			s.better(&d.told, line)
		}
		w.part[slot] = 0
	}
	w.fresh = w.fresh[:0]
}

// addLines adds a term's weight to the lines it stands in.
func (s *search) addLines(list []impact, weight float64) {
	if weight *= s.weights.rarity(s.lines, len(list)); weight == 0 {
		return
	}
	part, fresh := s.scratch.part, s.scratch.fresh
	for _, i := range list {
		if part[i.slot] == 0 {
			fresh = append(fresh, i.slot)
		}
		part[i.slot] += weight * float64(i.share)
	}
	s.scratch.fresh = fresh
}

// better keeps the better of two lines of a document in best, ties by their place.
func (s *search) better(best *bestLine, line bestLine) {
	if line.score > best.score || line.score == best.score && s.ordinalOf[line.slot] < s.ordinalOf[best.slot] {
		*best = line
	}
}

// documentScore is a document and its score.
type documentScore struct {
	doc   int
	score float64
}

// found is a document with its best passages, best first.
type found struct {
	documentScore
	parts    parts
	passages []passageScore
	text     int // slot of its best passage by text alone
}

// before orders documents: by score, then by path.
func (s *search) before(a, b documentScore) bool {
	return a.score > b.score || a.score == b.score && s.docs[a.doc].Document.Path < s.docs[b.doc].Document.Path
}

// rank puts the scores of passages together into documents and returns the best, ties by path.
func (s *search) rank(q Question, l *lens) []found {
	w := s.scratch
	for _, slot := range w.touched {
		doc := s.docOf[slot]
		if best := &w.docs[doc].best; w.score[slot] >= best[2].score {
			w.document(doc)
			s.insert(best, passageScore{int(slot), w.score[slot]})
		}
	}
	mass := max(l.gramSum, 1e-9)
	for _, doc := range w.docTouch {
		w.docs[doc].parts = s.partsOf(int(doc), mass)
	}
	s.kind = s.kindOf(q, l)
	weights := fused.weigh(s.kind)
	best := &top[documentScore]{n: q.Limit, better: s.before}
	for _, doc := range w.docTouch {
		if s.passagesOf[doc] == 0 || !s.mayBe(q, int(doc)) {
			continue
		}
		p := &w.docs[doc].parts
		if q.watch != nil {
			q.watch(s.docs[doc].Document.Path, s.kind, *p)
		}
		if score := p.score(weights); len(best.heap) < best.n || best.n > 0 && score >= best.heap[0].score {
			best.offer(documentScore{int(doc), score})
		}
	}
	var out []found
	for _, d := range best.sorted() {
		out = append(out, s.foundFrom(d))
	}
	return out
}

// mayBe reports whether a question wants a document.
func (s *search) mayBe(q Question, doc int) bool {
	if len(q.Organisations) == 0 && q.without == nil {
		return true // of most questions, without a look at the document
	}
	d := &s.docs[doc].Document
	_, out := q.without[d.Path]
	return !out && q.wants(d.Organisation)
}

// foundFrom puts together what is told of a document that is kept.
func (s *search) foundFrom(d documentScore) found {
	passages := &s.scratch.docs[d.doc].best
	if passages[0].score == 0 { // found by what people would ask alone: it opens the page
		passages[0] = passageScore{s.opening[d.doc], 1e-9}
	}
	out := found{documentScore: d, parts: s.scratch.docs[d.doc].parts, text: passages[0].slot}
	for _, p := range passages {
		if p.score > 0 {
			out.passages = append(out.passages, p)
		}
	}
	out.passages = s.lead(out)
	return out
}

// shareOut returns the best passage and a share of the next two. A document of one or two passages has
// no more to give; what is missing counts as a part of the best, or long documents would win.
func (s *search) shareOut(best *[3]passageScore, passages int) float64 {
	second, third := best[1].score, best[2].score
	if passages < 2 {
		second = s.weights.Absent * best[0].score
	}
	if passages < 3 {
		third = s.weights.Absent * best[0].score
	}
	return best[0].score + s.weights.Second*second + s.weights.Third*third
}

// insert keeps the best three passages, ties by their place in the document.
func (s *search) insert(best *[3]passageScore, p passageScore) {
	for i := range best {
		if p.score > best[i].score || p.score == best[i].score && s.ordinalOf[p.slot] < s.ordinalOf[best[i].slot] {
			best[i], p = p, best[i]
		}
	}
}

// top keeps the n best of what it is offered, in a heap with the worst of them on top.
type top[T any] struct {
	n      int
	better func(a, b T) bool // a strict order
	heap   []T
}

func (t *top[T]) offer(x T) {
	switch {
	case len(t.heap) < t.n:
		t.heap = append(t.heap, x)
		for i := len(t.heap) - 1; i > 0; {
			parent := (i - 1) / 2
			if !t.better(t.heap[parent], t.heap[i]) {
				break
			}
			t.heap[i], t.heap[parent] = t.heap[parent], t.heap[i]
			i = parent
		}
	case t.n > 0 && t.better(x, t.heap[0]):
		t.heap[0] = x
		for i := 0; ; {
			worst := i
			for _, child := range [2]int{2*i + 1, 2*i + 2} {
				if child < len(t.heap) && t.better(t.heap[worst], t.heap[child]) {
					worst = child
				}
			}
			if worst == i {
				break
			}
			t.heap[i], t.heap[worst] = t.heap[worst], t.heap[i]
			i = worst
		}
	}
}

// sorted returns what was kept, best first.
func (t *top[T]) sorted() []T {
	slices.SortFunc(t.heap, func(a, b T) int {
		if t.better(a, b) {
			return -1
		}
		return 1
	})
	return t.heap
}

// hits reads the passages of the first documents found, detailed of them.
func (s *search) hits(l *lens, all []found, detailed int) ([]Hit, error) {
	out := make([]Hit, len(all))
	for i, f := range all {
		out[i] = Hit{Document: s.docs[f.doc].Document, Score: f.score}
		if i >= detailed {
			continue
		}
		for j, p := range f.passages {
			part := s.partOf[f.doc]
			passage, err := s.cursors[part].passage(uint32(p.slot - s.firstSlot[part]))
			if err != nil {
				return nil, fmt.Errorf("read a passage of %s: %w", out[i].Document.Path, err)
			}
			seen := s.lookAt(l, p.slot)
			out[i].Fits = append(out[i].Fits, Match{Held: seen.cover, Headed: seen.coverHead, Near: seen.near})
			if j == 0 {
				out[i].Passage = passage
			} else {
				out[i].Also = append(out[i].Also, passage)
			}
		}
	}
	return out, nil
}
