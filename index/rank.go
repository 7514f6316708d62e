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
	docFresh []int
	docs     []tally // by document
	docTouch []int
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

// lists returns where a term stands in a field, by partition, and in how many texts altogether.
func (s *search) lists(field, term string) ([]*postings, int, error) {
	out, df := make([]*postings, len(s.cursors)), 0
	for i, c := range s.cursors {
		list, err := c.find(field, term)
		if err != nil {
			return nil, 0, err
		}
		out[i] = list
		df += len(list.docs)
	}
	return out, df, nil
}

// average returns the average length of a field; at least a hair above 0.
func (s *search) average(field string, texts int) float64 {
	return max(float64(s.lengths[field])/max(float64(texts), 1), 1e-9)
}

// weightedField is a field with its weight and the share of its length in the norm.
type weightedField struct {
	field     string
	weight, b float64
}

// bm25f are the fields whose frequencies add up before saturation, in the order they are added.
func (w weights) bm25f() [3]weightedField {
	return [3]weightedField{{fieldTitle, w.Title, w.TitleB}, {fieldHead, w.Head, w.HeadB}, {fieldBody, w.Body, w.BodyB}}
}

// scoreTerms scores every passage and document for a query.
func (s *search) scoreTerms(ctx context.Context, q *query) error {
	for _, t := range q.terms {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.scoreTerm(q, t); err != nil {
			return err
		}
	}
	w := s.weights
	for _, f := range []struct {
		weightedField
		terms []weighted
	}{
		{weightedField{fieldHPair, w.HPair, w.HPairB}, q.pairs},
		{weightedField{fieldSlug, w.Slug, w.SlugB}, q.terms},
	} {
		for _, t := range f.terms {
			lists, df, err := s.lists(f.field, t.text)
			if err != nil {
				return err
			}
			if df > 0 {
				s.addField(lists, f.weight*t.weight*idf(s.passages, df), f.b, s.average(f.field, s.passages))
			}
		}
	}
	if s.lines > 0 {
		return s.scoreAsked(q)
	}
	return nil
}

func (s *search) scoreTerm(q *query, t weighted) error {
	df := 0
	var fields [3][]*postings
	for i, f := range s.weights.bm25f() {
		lists, n, err := s.lists(f.field, t.text)
		if err != nil {
			return err
		}
		fields[i] = lists
		df = max(df, n) // summed over partitions first, then the greatest of the fields
	}
	q.idfs[t.text], q.known[t.text] = idf(s.passages, df), df > 0
	q.weight[t.text] = t.weight * q.idfs[t.text]
	for i, f := range s.weights.bm25f() {
		s.gather(fields[i], f.weight, f.b, s.average(f.field, s.passages))
	}
	w := s.scratch
	weight := t.weight * idf(s.passages, df)
	for _, slot := range w.fresh {
		x := w.part[slot]
		w.part[slot] = 0
		s.add(int(slot), weight*x/(s.weights.K1+x))
	}
	w.fresh = w.fresh[:0]
	inLines, err := s.scoreParents(t, fields[2])
	if inLines > 0 {
		q.known[t.text] = true
	}
	return err
}

// gather adds a field's weighted frequencies of one term to the passages' parts.
func (s *search) gather(lists []*postings, weight, b, average float64) {
	part, fresh := s.scratch.part, s.scratch.fresh
	norms := s.norms(b, average)
	for i, list := range lists {
		first := s.firstSlot[i]
		freqs, lengths := list.freqs[:len(list.docs)], list.lengths[:len(list.docs)]
		for j, number := range list.docs {
			slot := first + int(number)
			if part[slot] == 0 {
				fresh = append(fresh, uint32(slot))
			}
			part[slot] += weight * float64(freqs[j]) / norms.of(lengths[j])
		}
	}
	s.scratch.fresh = fresh
}

// addField adds weight·x/(s.weights.K1+x) of one field to the passages.
func (s *search) addField(lists []*postings, weight, b, average float64) {
	norms := s.norms(b, average)
	for i, list := range lists {
		first := s.firstSlot[i]
		freqs, lengths := list.freqs[:len(list.docs)], list.lengths[:len(list.docs)]
		for j, number := range list.docs {
			x := float64(freqs[j]) / norms.of(lengths[j])
			s.add(first+int(number), weight*x/(s.weights.K1+x))
		}
	}
}

// add adds to the score of a passage.
func (s *search) add(slot int, score float64) {
	w := s.scratch
	if w.score[slot] == 0 && score > 0 {
		w.touched = append(w.touched, uint32(slot))
	}
	w.score[slot] += score
}

// norms are what a field's frequencies are divided by, by its length: a table, since most of the time of
// scoring a posting went into working it out.
type norms struct {
	b, average float64
	table      *[tabled]float64
}

// tabled is up to which length norms have a table; passages are shorter.
const tabled = 512

func (n norms) of(length uint16) float64 {
	if length < tabled {
		return n.table[length]
	}
	return n.work(length)
}

func (n norms) work(length uint16) float64 { return 1 - n.b + n.b*float64(length)/n.average }

// norms returns the norms of a field; they depend on the view alone.
func (s *search) norms(b, average float64) norms {
	key := [2]float64{b, average}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.normed[key]
	if !ok {
		n = norms{b, average, new([tabled]float64)}
		for length := range n.table {
			n.table[length] = n.work(uint16(length))
		}
		s.normed[key] = n
	}
	return n
}

func (s *search) addDocument(doc int, score float64) {
	w := s.scratch
	d := &w.docs[doc]
	if !d.seen {
		d.seen = true
		w.docTouch = append(w.docTouch, doc)
	}
	d.whole += score
}

// scoreParents scores the pages for one term as one text each: their passages' frequencies, summed;
// the same of their asked lines; and of both together. A page is a document, or several (see
// partOfPage). It returns in the lines of how many the term stands.
func (s *search) scoreParents(t weighted, body []*postings) (int, error) {
	w := s.scratch
	inText := s.countByDocument(body, w.docFreq)
	inLines := 0
	if s.lines > 0 {
		lists, _, err := s.lists(fieldLine, t.text)
		if err != nil {
			return 0, err
		}
		inLines = s.countByDocument(lists, w.lineFreq)
	}
	text, lines, both := idf(s.pages, inText), s.weights.rarity(s.pages, inLines), s.weights.rarity(s.pages, len(w.docFresh))
	textLength, lineLength := s.average(fieldBody, s.pages), s.average(fieldLine, s.pages)
	k := s.weights
	for _, doc := range w.docFresh {
		x := float64(w.docFreq[doc]) / (1 - k.ParentB + k.ParentB*s.bodyLengths[doc]/textLength)
		s.addDocument(doc, k.Parent*t.weight*text*x/(k.ParentK+x))
		if n := w.lineFreq[doc]; n > 0 {
			y := float64(n) / (1 - k.AskedB + k.AskedB*s.lineLengths[doc]/lineLength)
			w.docs[doc].asked += t.weight * lines * y / (k.AskedK + y)
			x += y
		}
		if s.lines > 0 {
			w.docs[doc].both += t.weight * both * x / (k.BothK + x)
		}
		w.docFreq[doc], w.lineFreq[doc] = 0, 0
	}
	w.docFresh = w.docFresh[:0]
	return inLines, nil
}

// countByDocument sums the frequencies of one term by document, and returns in how many it stands.
func (s *search) countByDocument(lists []*postings, into []uint32) int {
	w, n := s.scratch, 0
	for i, list := range lists {
		totals := s.parts[i].totals(list)
		for j, number := range totals.docs {
			page := int(s.pageOf[s.firstDoc[i]+int(number)])
			if into[page] == 0 {
				n++
				if w.docFreq[page] == 0 && w.lineFreq[page] == 0 {
					w.docFresh = append(w.docFresh, page)
				}
			}
			into[page] += totals.freqs[j]
		}
	}
	return n
}

// scoreAsked scores documents by the best line of what people would ask.
func (s *search) scoreAsked(q *query) error {
	w := s.scratch
	for _, t := range q.terms {
		lists, df, err := s.lists(fieldLine, t.text)
		if err != nil {
			return err
		}
		if df > 0 {
			s.addLines(lists, t.weight*s.weights.rarity(s.lines, df), s.average(fieldLine, s.lines))
		}
	}
	for _, t := range q.pairs {
		lists, df, err := s.lists(fieldLPair, t.text)
		if err != nil {
			return err
		}
		if df > 0 {
			s.addLines(lists, s.weights.LinePair*t.weight*s.weights.rarity(s.lines, df), s.average(fieldLPair, s.lines))
		}
	}
	for _, slot := range w.fresh {
		doc := s.docOf[slot]
		s.addDocument(int(doc), 0)
		line := bestLine{int(slot), w.part[slot]}
		s.better(&w.docs[doc].line, line)
		if s.sectionOf[slot] >= 0 {
			s.better(&w.docs[doc].told, line)
		}
		w.part[slot] = 0
	}
	w.fresh = w.fresh[:0]
	return nil
}

// better keeps the better of two lines of a document in best, ties by their place.
func (s *search) better(best *bestLine, line bestLine) {
	if line.score > best.score || line.score == best.score && s.ordinalOf[line.slot] < s.ordinalOf[best.slot] {
		*best = line
	}
}

// addLines adds one term's weight to the lines it stands in.
func (s *search) addLines(lists []*postings, weight, average float64) {
	w, norms := s.scratch, s.norms(s.weights.LineB, average)
	for i, list := range lists {
		for j, number := range list.docs {
			slot := s.firstSlot[i] + int(number)
			if w.part[slot] == 0 {
				w.fresh = append(w.fresh, uint32(slot))
			}
			x := float64(list.freqs[j]) / norms.of(list.lengths[j])
			w.part[slot] += weight * x / (s.weights.LineK + x)
		}
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
		doc := int(s.docOf[slot])
		if best := &w.docs[doc].best; w.score[slot] >= best[2].score {
			s.addDocument(doc, 0)
			s.insert(best, passageScore{int(slot), w.score[slot]})
		}
	}
	mass := max(l.gramSum, 1e-9)
	for _, doc := range w.docTouch {
		w.docs[doc].parts = s.partsOf(doc, mass)
	}
	s.kind = s.kindOf(q, l)
	weights := fused.weigh(s.kind)
	best := &top[documentScore]{n: q.Limit, better: s.before}
	for _, doc := range w.docTouch {
		if s.passagesOf[doc] == 0 || !s.mayBe(q, doc) {
			continue
		}
		p := &w.docs[doc].parts
		if q.watch != nil {
			q.watch(s.docs[doc].Document.Path, s.kind, *p)
		}
		if score := p.score(weights); len(best.heap) < best.n || best.n > 0 && score >= best.heap[0].score {
			best.offer(documentScore{doc, score})
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
