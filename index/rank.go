package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"liaison/bot/access"
)

// search is one search under way: the partitions it may read and the sums over them.
//
// The score of a passage is
//
//	BM25F(title, head, body) + .4·BM25(pairs) + .4·BM25(heading pairs) + .4·BM25(slug)
//	  + .4·BM25(whole document) + .3·BM25(asked lines) + .3·BM25(best asked line)
//
// with BM25F(d) = Σ over terms t of weight(t) · idf(t) · x/(k1+x), where x = Σ over fields f of
// w_f · tf / (1 - b_f + b_f · length/average length). idf, averages and counts are integers summed over
// the permitted partitions before any score is computed, and every score adds up in the order of the
// question's terms: so one partition or eight give the same bits, and what is hidden changes none.
type search struct {
	generation *generation
	who        access.Audience
	weights    weights
	cursors    []*cursor
	firstSlot  []int // of each partition, in the dense arrays below
	firstDoc   []int
	slots      int
	docs       int
	passages   int // collection statistics
	lines      int
	documents  int
	lengths    lengths
	scratch    *scratch
}

// scratch is the working memory of a search, kept for the next one. Every slot of it is zero between
// searches: a search clears what it touched.
type scratch struct {
	score    []float64 // by passage
	part     []float64 // by passage, one term at a time
	touched  []int     // passages with a score
	fresh    []int     // passages touched by this term
	seen     []bool
	docFreq  []uint32 // by document, one term at a time
	docFresh []int
	docScore []float64 // by document: whole text, asked lines
	docTouch []int
	docSeen  []bool
	lineBest []float64 // by document
	best     [][3]passageScore
}

type passageScore struct {
	slot  int
	score float64
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

func (s *scratch) fit(slots, docs int) {
	if len(s.score) < slots {
		s.score, s.part, s.seen = make([]float64, slots), make([]float64, slots), make([]bool, slots)
	}
	if len(s.docScore) < docs {
		s.docFreq, s.docScore, s.docSeen = make([]uint32, docs), make([]float64, docs), make([]bool, docs)
		s.lineBest, s.best = make([]float64, docs), make([][3]passageScore, docs)
	}
}

// clear makes every slot zero again.
func (s *scratch) clear() {
	for _, slot := range s.touched {
		s.score[slot], s.seen[slot] = 0, false
	}
	for _, doc := range s.docTouch {
		s.docScore[doc], s.docSeen[doc], s.lineBest[doc] = 0, false, 0
	}
	s.touched, s.docTouch = s.touched[:0], s.docTouch[:0]
}

func newSearch(g *generation, who access.Audience) *search {
	s := &search{generation: g, who: who, weights: ranking, lengths: lengths{}, scratch: scratches.Get().(*scratch)}
	for _, p := range g.permitted(who) {
		s.cursors = append(s.cursors, p.cursor())
		s.firstSlot, s.firstDoc = append(s.firstSlot, s.slots), append(s.firstDoc, s.docs)
		s.slots += len(p.slots)
		s.docs += len(p.docs)
		s.passages += p.passages
		s.lines += p.lines
		s.lengths.add(p.lengths)
	}
	s.scratch.fit(s.slots, s.docs)
	return s
}

func (s *search) done() {
	s.scratch.clear()
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
		{weightedField{fieldPair, w.Pair, w.PairB}, q.pairs},
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
	q.idfs[t.text] = idf(s.passages, df)
	if df == 0 {
		return nil
	}
	for i, f := range s.weights.bm25f() {
		s.gather(fields[i], f.weight, f.b, s.average(f.field, s.passages))
	}
	w := s.scratch
	weight := t.weight * idf(s.passages, df)
	for _, slot := range w.fresh {
		x := w.part[slot]
		w.part[slot] = 0
		s.add(slot, weight*x/(s.weights.K1+x))
	}
	w.fresh = w.fresh[:0]
	s.scoreParents(fields[2], t.weight)
	return nil
}

// gather adds a field's weighted frequencies of one term to the passages' parts.
func (s *search) gather(lists []*postings, weight, b, average float64) {
	w := s.scratch
	for i, list := range lists {
		first := s.firstSlot[i]
		for j, number := range list.docs {
			slot := first + int(number)
			if w.part[slot] == 0 {
				w.fresh = append(w.fresh, slot)
			}
			w.part[slot] += weight * float64(list.freqs[j]) / (1 - b + b*float64(list.lengths[j])/average)
		}
	}
}

// addField adds weight·x/(s.weights.K1+x) of one field to the passages.
func (s *search) addField(lists []*postings, weight, b, average float64) {
	for i, list := range lists {
		first := s.firstSlot[i]
		for j, number := range list.docs {
			x := float64(list.freqs[j]) / (1 - b + b*float64(list.lengths[j])/average)
			s.add(first+int(number), weight*x/(s.weights.K1+x))
		}
	}
}

func (s *search) add(slot int, score float64) {
	w := s.scratch
	if !w.seen[slot] {
		w.seen[slot] = true
		w.touched = append(w.touched, slot)
	}
	w.score[slot] += score
}

func (s *search) addDocument(doc int, score float64) {
	w := s.scratch
	if !w.docSeen[doc] {
		w.docSeen[doc] = true
		w.docTouch = append(w.docTouch, doc)
	}
	w.docScore[doc] += score
}

// scoreParents scores the documents as one text each: their passages' frequencies, summed.
func (s *search) scoreParents(body []*postings, weight float64) {
	s.countByDocument(body)
	w := s.scratch
	weight *= s.weights.Parent * idf(s.docs, len(w.docFresh))
	average := s.average(fieldBody, s.docs)
	s.eachCounted(func(doc int, record *record, freq float64) {
		x := freq / (1 - s.weights.ParentB + s.weights.ParentB*float64(record.Lengths[fieldBody])/average)
		s.addDocument(doc, weight*x/(s.weights.K1+x))
	})
}

// countByDocument sums the frequencies of one term by document, into docFreq and docFresh.
func (s *search) countByDocument(lists []*postings) {
	w := s.scratch
	for i, list := range lists {
		slots, first := s.cursors[i].slots, s.firstDoc[i]
		for j, number := range list.docs {
			doc := first + int(slots[number].doc)
			if w.docFreq[doc] == 0 {
				w.docFresh = append(w.docFresh, doc)
			}
			w.docFreq[doc] += uint32(list.freqs[j])
		}
	}
}

// eachCounted calls do for every document that countByDocument found, and forgets the counts.
func (s *search) eachCounted(do func(doc int, record *record, freq float64)) {
	w := s.scratch
	for _, doc := range w.docFresh {
		do(doc, s.record(doc), float64(w.docFreq[doc]))
		w.docFreq[doc] = 0
	}
	w.docFresh = w.docFresh[:0]
}

// scoreAsked scores documents by what people would ask: all lines as one text, and the best line.
func (s *search) scoreAsked(q *query) error {
	perLine := map[int]float64{}
	for _, t := range q.terms {
		lists, df, err := s.lists(fieldLine, t.text)
		if err != nil {
			return err
		}
		if df == 0 {
			continue
		}
		lineWeight, average := s.weights.AskedLine*t.weight*idf(s.lines, df), s.average(fieldLine, s.lines)
		for i, list := range lists {
			for j, number := range list.docs {
				x := float64(list.freqs[j]) / (1 - s.weights.AskedB + s.weights.AskedB*float64(list.lengths[j])/average)
				perLine[s.firstSlot[i]+int(number)] += lineWeight * x / (s.weights.K1 + x)
			}
		}
		s.countByDocument(lists)
		weight, average := s.weights.Asked*t.weight*idf(s.docs, len(s.scratch.docFresh)), s.average(fieldLine, s.docs)
		s.eachCounted(func(doc int, record *record, freq float64) {
			x := freq / (1 - s.weights.AskedB + s.weights.AskedB*float64(record.Lengths[fieldLine])/average)
			s.addDocument(doc, weight*x/(s.weights.K1+x))
		})
	}
	for slot, score := range perLine {
		doc := s.documentOf(slot)
		s.addDocument(doc, 0)
		s.scratch.lineBest[doc] = max(s.scratch.lineBest[doc], score)
	}
	return nil
}

// partitionOf returns which partition a slot of the dense arrays lies in.
func (s *search) partitionOf(slot int) int {
	i, found := slices.BinarySearch(s.firstSlot, slot)
	if !found {
		return i - 1
	}
	for i+1 < len(s.firstSlot) && s.firstSlot[i+1] == slot { // partitions without slots
		i++
	}
	return i
}

func (s *search) documentOf(slot int) int {
	i := s.partitionOf(slot)
	return s.firstDoc[i] + int(s.cursors[i].slots[slot-s.firstSlot[i]].doc)
}

func (s *search) ordinal(slot int) int {
	i := s.partitionOf(slot)
	return int(s.cursors[i].slots[slot-s.firstSlot[i]].ordinal)
}

func (s *search) record(doc int) *record {
	i, found := slices.BinarySearch(s.firstDoc, doc)
	if !found {
		i--
	}
	for i+1 < len(s.firstDoc) && s.firstDoc[i+1] == doc {
		i++
	}
	return &s.cursors[i].docs[doc-s.firstDoc[i]]
}

// found is a document with its best passages, best first.
type found struct {
	doc      int
	score    float64
	passages []passageScore
}

// rank puts the scores of passages together into documents and returns the best, ties by path.
func (s *search) rank(q Question) []found {
	w := s.scratch
	byDoc := map[int]int{}
	var all []found
	for _, slot := range w.touched {
		doc := s.documentOf(slot)
		if q.Organisation != "" && s.record(doc).Document.Organisation != q.Organisation {
			continue
		}
		i, ok := byDoc[doc]
		if !ok {
			i = len(all)
			byDoc[doc] = i
			all = append(all, found{doc: doc})
		}
		all[i].passages = s.insert(all[i].passages, passageScore{slot, w.score[slot]})
	}
	for i := range all {
		all[i].score = s.documentScore(all[i].passages) + w.docScore[all[i].doc] + w.lineBest[all[i].doc]
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(s.record(a.doc).Document.Path, s.record(b.doc).Document.Path))
	})
	return all[:min(q.Limit, len(all))]
}

func (s *search) documentScore(best []passageScore) float64 {
	score := 0.
	for i, share := range []float64{1, s.weights.Second, s.weights.Third} {
		if i < len(best) {
			score += share * best[i].score
		}
	}
	return score
}

// insert keeps the best three passages, ties by their place in the document.
func (s *search) insert(best []passageScore, p passageScore) []passageScore {
	at := len(best)
	for at > 0 && (best[at-1].score < p.score || best[at-1].score == p.score && s.ordinal(best[at-1].slot) > s.ordinal(p.slot)) {
		at--
	}
	if at >= 3 {
		return best
	}
	best = slices.Insert(best, at, p)
	return best[:min(3, len(best))]
}

// hits reads the passages of the first documents found, detailed of them.
func (s *search) hits(all []found, detailed int) ([]Hit, error) {
	out := make([]Hit, len(all))
	for i, f := range all {
		out[i] = Hit{Document: s.record(f.doc).Document, Score: f.score}
		if i >= detailed {
			continue
		}
		for j, p := range f.passages {
			part := s.partitionOf(p.slot)
			passage, err := s.cursors[part].passage(uint32(p.slot - s.firstSlot[part]))
			if err != nil {
				return nil, fmt.Errorf("read a passage of %s: %w", out[i].Document.Path, err)
			}
			if j == 0 {
				out[i].Passage = passage
			} else {
				out[i].Also = append(out[i].Also, passage)
			}
		}
	}
	return out, nil
}
