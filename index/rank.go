package index

import (
	"context"
	"math"
	"slices"
	"sync"

	"liaison/bot/access"
)

// search is one search under way: the partitions it may read and the sums over them.
//
// The score of a passage is
//
//	BM25F(title, head, body) + .4·BM25(slug) + .2·BM25(whole page)
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

// scratch is the working memory of a search, kept for the next one. All of it is zero between searches, but for docs
// and candidates, which gatherDocs writes; a search that failed leaves its own to nobody.
type scratch struct {
	score      []float64   // by passage
	line       []float32   // by asked line, of which there are many
	pages      []pageScore // by page, at its first document, see addPages
	docs       []tally     // by document
	forms      likeForms
	looks      map[int]look
	likely     []int    // slots of the best passages, see lookAgain
	candidates []uint32 // documents, see gatherDocs

	// Of working out impacts, see gather.
	part      []float64 // by passage or by line
	fresh     []uint32  // those that are not zero
	textFreq  []uint32  // by page
	lineFreq  []uint32  // by page
	pageFresh []uint32  // pages of which either is not zero
}

// pageScore is what a page scores as a whole.
type pageScore struct {
	text  float64
	lines float64 // its asked lines as one text
	both  float64 // text and asked lines as one
}

// tally is what a document is found by.
type tally struct {
	line  float64 // score of its best asked line
	alike float64 // see lookAtLines
	found bool    // something of it was
	parts parts   // all of this together, see partsOf
}

// bestLine is an asked line, by slot, and its score.
type bestLine = passageScore

// passageScore is a passage, by slot, and its score.
type passageScore struct {
	slot  int
	score float64
}

var scratches = sync.Pool{New: func() any { return &scratch{looks: make(map[int]look, secondLook)} }}

// fit makes room for what a view has.
func (w *scratch) fit(v *view) {
	w.score, w.line = atLeast(w.score, len(v.docOf)), atLeast(w.line, len(v.docOfLine))
	w.forms.marks, w.forms.marked = atLeast(w.forms.marks, v.forms), atLeast(w.forms.marked, len(v.parts))
	w.part = atLeast(w.part, max(len(v.docOf), len(v.docOfLine)))
	w.pages, w.docs = atLeast(w.pages, len(v.docs)), atLeast(w.docs, len(v.docs))
	w.textFreq, w.lineFreq = atLeast(w.textFreq, len(v.docs)), atLeast(w.lineFreq, len(v.docs))
}

// atLeast returns a slice of n zeros: s, of which every slot is zero, or a longer one.
func atLeast[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// clear makes every slot zero again.
func (w *scratch) clear() {
	clear(w.score)
	clear(w.line)
	clear(w.pages)
	clear(w.looks)
	w.likely = w.likely[:0]
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
	s.looks = s.scratch.looks
	s.scratch.fit(s.view)
	return s, nil
}

func (s *search) done() {
	s.scratch.clear()
	s.scratch.forms.clear()
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
	w := s.weights
	for i, t := range q.terms {
		rarity := idf(s.passages, terms[i].df)
		q.idfs[t.text], q.found[t.text] = rarity, terms[i]
		q.weight[t.text] = t.weight * rarity
		s.addPassages(terms[i].passages, t.weight*rarity)
		s.addPages(terms[i], t.weight)
	}
	for i, t := range q.terms {
		s.addPassages(terms[i].slugs, w.Slug*t.weight*idf(s.passages, len(terms[i].slugs)))
	}
	if s.lines > 0 {
		pairs, err := s.impactsOf(ctx, q.pairs)
		if err != nil {
			return err
		}
		s.scoreLines(q, terms, pairs)
	}
	return ctx.Err()
}

// gatherDocs chooses the documents to put together, and finds their best lines: those of the pages that score best as a
// whole, about so many or more, those that hold the words in titles and headings alone, and those of the best passages.
// To put all documents together takes longer than to score them.
func (s *search) gatherDocs(q Question, pages int) {
	w := s.scratch
	least := s.leastOfPages(q, pages)
	w.candidates = w.candidates[:0]
	for _, slot := range w.likely {
		doc := s.docOf[slot]
		if step := w.pages[s.pageOf[doc]].step(); 0 < step && step < least && s.mayBe(q, int(doc)) {
			w.candidates = append(w.candidates, doc)
		}
	}
	slices.Sort(w.candidates)
	w.candidates = slices.Compact(w.candidates)
	for doc, page := range s.pageOf {
		step := w.pages[page].step()
		if (step >= least || step == 0 && best(w.score[s.first[doc]:s.first[doc+1]]) > 0) && s.mayBe(q, doc) {
			w.candidates = append(w.candidates, uint32(doc))
		}
	}
	for _, doc := range w.candidates { // a line that holds none of the words themselves is none
		d := &w.docs[doc]
		d.line, d.alike = 0, 0
		if w.pages[s.pageOf[doc]].lines > 0 {
			d.line = greatest(w.line[s.firstLine[doc]:s.firstLine[doc+1]])
		}
	}
}

// leastOfPages returns the step, at least 1, that about n of the pages a question wants reach: as many or more, if the
// texts and lines of so many score at all.
func (s *search) leastOfPages(q Question, n int) int {
	var reached [1 << 13]uint32 // by step
	least := 0
	for doc, page := range s.pageOf {
		if int(page) == doc && s.mayBe(q, doc) {
			step := s.scratch.pages[page].step()
			reached[step]++
			least = max(least, step)
		}
	}
	for n -= int(reached[least]); n > 0 && least > 1; n -= int(reached[least]) {
		least--
	}
	return max(least, 1)
}

// step returns what a page scores as a whole, text and lines, in steps of at most a thirtieth of it: of its bits as a
// float32 the exponent and five more. 0 is nothing.
func (p *pageScore) step() int {
	return int(math.Float32bits(float32(p.text+roughLines*p.lines+p.both)) >> 18)
}

// addPassages adds a term's weight to the passages it stands in.
func (s *search) addPassages(list []impact, weight float64) {
	score := s.scratch.score
	for _, i := range list {
		score[i.slot] += weight * float64(i.share)
	}
}

// addPages scores the pages for one term as one text each; the same of their asked lines; and of both together.
// A page is a document, or several (see partOfPage).
func (s *search) addPages(t *impacts, weight float64) {
	pages := s.scratch.pages
	text := s.weights.Parent * weight * idf(s.pages, t.inText)
	lines, both := weight*s.weights.rarity(s.pages, t.inLines), weight*s.weights.rarity(s.pages, len(t.pages))
	for _, i := range t.pages {
		p := &pages[i.page]
		p.text += text * float64(i.text)
		p.lines += lines * float64(i.lines)
		p.both += both * float64(i.both)
	}
}

// scoreLines scores what people would ask, line by line.
func (s *search) scoreLines(q *query, terms, pairs []*impacts) {
	for i, t := range q.terms {
		s.addLines(terms[i].lines, t.weight)
	}
	for i, t := range q.pairs {
		s.addLines(pairs[i].lines, s.weights.LinePair*t.weight)
	}
}

// addLines adds a term's weight to the lines it stands in.
func (s *search) addLines(list []impact, weight float64) {
	line := s.scratch.line
	weight *= s.weights.rarity(s.lines, len(list))
	for _, i := range list {
		line[i.slot] += float32(weight) * i.share
	}
}

// bestLine returns the best asked line of a document that has one, the first of those that are as good.
func (s *search) bestLine(doc int) bestLine {
	best := s.scratch.docs[doc].line
	at := slices.Index(s.scratch.line[s.firstLine[doc]:s.firstLine[doc+1]], float32(best))
	return bestLine{s.firstLine[doc] + at, best}
}

// bestTold returns the best of those asked lines of a document that were written for one section.
func (s *search) bestTold(doc int) bestLine {
	best := bestLine{}
	for slot := s.firstLine[doc]; slot < s.firstLine[doc+1]; slot++ {
		if score := float64(s.scratch.line[slot]); score > best.score && s.sectionOf[slot] >= 0 {
			best = bestLine{slot, score}
		}
	}
	return best
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

// bestDocuments keeps the n best documents that it is offered, ties by path.
func (s *search) bestDocuments(n int) *top {
	return &top{n: n, first: func(a, b int) bool { return s.docs[a].Document.Path < s.docs[b].Document.Path }}
}

// rank puts the scores of passages together into documents and returns the best, ties by path.
func (s *search) rank(q Question, l *lens) []found {
	w := s.scratch
	mass := max(l.gramSum, 1e-9)
	rough := s.bestDocuments(firstDocuments)
	for _, doc := range w.candidates {
		doc := int(doc)
		first, second, third := bestThree(w.score[s.first[doc]:s.first[doc+1]])
		d, page := &w.docs[doc], &w.pages[s.pageOf[doc]]
		d.found = (first > 0 || d.line > 0 || page.text+page.both > 0 && int(s.pageOf[doc]) == doc)
		if !d.found {
			continue
		}
		d.parts = s.partsOf(doc, s.shareOut(doc, first, second, third), mass)
		if first > 0 { // of the others no passage holds a word to look at again
			rough.offer(doc, d.parts.rough())
		}
	}
	s.kind = s.kindOf(l, rough)
	weights := fused.weigh(s.kind)
	best := s.bestDocuments(q.Limit)
	for _, doc := range w.candidates {
		doc := int(doc)
		d := &w.docs[doc]
		if !d.found {
			continue
		}
		if q.watch != nil {
			q.watch(s.docs[doc].Document.Path, s.kind, d.parts)
		}
		best.offer(doc, d.parts.score(weights))
	}
	var out []found
	for _, d := range best.sorted() {
		out = append(out, s.foundFrom(documentScore{d.at, d.score}))
	}
	return out
}

// greatest returns the greatest of some scores, of which none is below 0, as bestThree does.
func greatest(scores []float32) float64 {
	best := uint32(0)
	for _, score := range scores {
		best = max(best, math.Float32bits(score))
	}
	return float64(math.Float32frombits(best))
}

// best is greatest for the scores of passages.
func best(scores []float64) float64 {
	best := uint64(0)
	for _, score := range scores {
		best = max(best, math.Float64bits(score))
	}
	return math.Float64frombits(best)
}

// bestThree returns the three greatest of some scores, of which none is below 0; 0 for those that are not there.
// Such numbers order as their bits do, and those are compared without a branch to be mistaken about.
func bestThree(scores []float64) (first, second, third float64) {
	var a, b, c uint64
	for _, score := range scores {
		x := math.Float64bits(score)
		x, a = min(x, a), max(x, a)
		x, b = min(x, b), max(x, b)
		c = max(x, c)
	}
	return math.Float64frombits(a), math.Float64frombits(b), math.Float64frombits(c)
}

// mayBe reports whether a question wants a document.
func (s *search) mayBe(q Question, doc int) bool {
	if s.passagesOf(doc) == 0 {
		return false
	}
	if len(q.Organisations) == 0 && q.without == nil {
		return true // of most questions, without a look at the document
	}
	d := &s.docs[doc].Document
	_, out := q.without[d.Path]
	return !out && q.wants(d.Organisation)
}

// foundFrom puts together what is told of a document that is kept.
func (s *search) foundFrom(d documentScore) found {
	passages := s.bestPassages(d.doc)
	if len(passages) == 0 { // found by what people would ask alone: it opens the page
		passages = []passageScore{{s.first[d.doc], 1e-9}}
	}
	out := found{documentScore: d, parts: s.scratch.docs[d.doc].parts, text: passages[0].slot, passages: passages}
	out.passages = s.lead(out)
	return out
}

// bestPassages returns the passages of a document that bestThree scores, best first, ties by their place.
func (s *search) bestPassages(doc int) []passageScore {
	out := make([]passageScore, 0, 4)
	for slot := s.first[doc]; slot < s.first[doc+1]; slot++ {
		p := passageScore{slot, s.scratch.score[slot]}
		if p.score == 0 || len(out) == 3 && p.score <= out[2].score {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, p, func(a, b passageScore) int {
			if a.score >= b.score {
				return -1
			}
			return 1
		})
		out = slices.Insert(out, at, p)
		out = out[:min(len(out), 3)]
	}
	return out
}

// passagesOf returns how many passages a document has.
func (v *view) passagesOf(doc int) int { return v.first[doc+1] - v.first[doc] }

// shareOut returns the best passage of a document and a share of the next two. A document of one or two passages
// has no more to give; what is missing counts as a part of the best, or long documents would win.
func (s *search) shareOut(doc int, first, second, third float64) float64 {
	if s.passagesOf(doc) < 2 {
		second = s.weights.Absent * first
	}
	if s.passagesOf(doc) < 3 {
		third = s.weights.Absent * first
	}
	return first + s.weights.Second*second + s.weights.Third*third
}

// ranked is a document, or a passage by slot, and its score.
type ranked struct {
	at    int
	score float64
}

// top keeps the n best of what it is offered, in a heap with the worst of them on top.
type top struct {
	n     int
	first func(a, b int) bool // which of two with the same score comes first: a strict order
	heap  []ranked
}

// before orders by score, then by what comes first.
func (t *top) before(a, b ranked) bool {
	return a.score > b.score || a.score == b.score && t.first(a.at, b.at)
}

// offer takes one more. Most of what a search offers is not among the best, and costs one comparison.
func (t *top) offer(at int, score float64) {
	x := ranked{at, score}
	switch {
	case len(t.heap) < t.n:
		t.heap = append(t.heap, x)
		t.rise(len(t.heap) - 1)
	case t.n > 0 && score >= t.heap[0].score && t.before(x, t.heap[0]):
		t.heap[0] = x
		t.sink()
	}
}

// rise moves a new one up to its place.
func (t *top) rise(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !t.before(t.heap[parent], t.heap[i]) {
			return
		}
		t.heap[i], t.heap[parent] = t.heap[parent], t.heap[i]
		i = parent
	}
}

// sink moves the one on top down to its place.
func (t *top) sink() {
	for i := 0; ; {
		worst := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(t.heap) && t.before(t.heap[worst], t.heap[child]) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.heap[i], t.heap[worst] = t.heap[worst], t.heap[i]
		i = worst
	}
}

// sorted returns what was kept, best first.
func (t *top) sorted() []ranked {
	slices.SortFunc(t.heap, func(a, b ranked) int {
		if t.before(a, b) {
			return -1
		}
		return 1
	})
	return t.heap
}

// fullHits is how many hits have their next best passages read, if not all: further down nobody looks for another
// section.
const fullHits = 5

// hits reads the passages of the first documents found, detailed of them: the best of each, and the next best of the
// first few or, when asked for, of all.
func (s *search) hits(l *lens, all []found, detailed int, allPassages bool) ([]Hit, error) {
	out := make([]Hit, len(all))
	for i, f := range all {
		out[i] = Hit{Document: s.docs[f.doc].Document, Score: f.score}
		if i >= detailed {
			continue
		}
		if i >= fullHits && !allPassages {
			f.passages = f.passages[:1]
		}
		for j, p := range f.passages {
			passage, err := s.passage(f.doc, p.slot)
			if err != nil {
				return nil, err
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
