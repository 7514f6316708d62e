package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"liaison/bot/access"
)

// view is what one audience may see of a generation: its partitions side by side, and the sums over
// them. It depends on nothing else, so audiences that may see the same share one.
type view struct {
	number     int // its own in the generation
	parts      []*partition
	firstSlot  []int    // of each partition, in the dense arrays of a search
	firstDoc   []int    // of each partition, in docs
	docOf      []uint32 // by slot: its document
	ordinalOf  []uint16 // by slot: its place in the document
	partOf     []uint16 // by document: its partition
	docs       []*record
	passagesOf []int          // by document: how many passages it has
	isPost     []bool         // by document: see datedPost
	pageOf     []uint32       // by document: the first document of the page it is a part of, mostly itself (see partOfPage)
	pages      int            // how many pages that makes
	opens      []bool         // by document: other parts of its page follow it
	opening    []int          // by document: the slot of its first passage
	firstForm  []int          // of each partition, in the dense arrays of forms
	forms      int            // of all partitions
	sectionOf  []int32        // by slot of a line that was written for a section: the slot of its passage; else -1
	published  map[string]int // documents of each organisation

	bodyLengths, lineLengths []float64 // by document, or by page at the first of its parts: of its text, and of its asked lines

	// Collection statistics, integers all: passages, asked lines, and lengths by field.
	passages int
	lines    int
	lengths  lengths

	mined expander // acronyms found in the permitted texts

	mu     sync.Mutex
	mended map[string]string // words mended before, by what was typed
}

// maxViews bounds the views a generation keeps; people of many organisations together may need more,
// and then some are made again.
const maxViews = 32

// view returns what an audience may see.
func (g *generation) view(who access.Audience) (*view, error) {
	parts := g.permitted(who)
	var key strings.Builder
	for _, p := range parts {
		key.WriteString(string(p.visibility) + " ")
	}
	g.viewMu.Lock()
	defer g.viewMu.Unlock()
	if v := g.views[key.String()]; v != nil {
		return v, nil
	}
	if g.views == nil || len(g.views) >= maxViews {
		g.views = map[string]*view{}
	}
	v, err := newView(g.lexicon, parts)
	if err == nil {
		g.viewsMade++
		v.number = g.viewsMade
		g.views[key.String()] = v
	}
	return v, err
}

func newView(l *lexicon, parts []*partition) (*view, error) {
	v := &view{
		parts: parts, lengths: lengths{}, mended: map[string]string{},
		published: map[string]int{},
	}
	for i, p := range parts {
		firstDoc := len(v.docs)
		v.firstSlot, v.firstDoc = append(v.firstSlot, len(v.docOf)), append(v.firstDoc, firstDoc)
		for j := range p.docs {
			v.docs, v.partOf = append(v.docs, &p.docs[j]), append(v.partOf, uint16(i))
			v.passagesOf, v.isPost = append(v.passagesOf, p.docs[j].Passages), append(v.isPost, p.docs[j].post)
			v.published[p.docs[j].Document.Organisation]++
			v.bodyLengths = append(v.bodyLengths, float64(p.docs[j].Lengths[fieldBody]))
			v.lineLengths = append(v.lineLengths, float64(p.docs[j].Lengths[fieldLine]))
		}
		v.opening = append(v.opening, make([]int, len(p.docs))...)
		for n, slot := range p.slots {
			if slot.kind == slotPassage && slot.ordinal == 0 {
				v.opening[firstDoc+int(slot.doc)] = v.firstSlot[i] + n
			}
			v.docOf, v.ordinalOf = append(v.docOf, uint32(firstDoc)+slot.doc), append(v.ordinalOf, slot.ordinal)
		}
		v.findSections(p, v.firstSlot[i])
		v.firstForm = append(v.firstForm, v.forms)
		v.forms += len(p.sequences.count)
		v.passages += p.passages
		v.lines += p.lines
		v.lengths.add(p.lengths)
	}
	v.findPages()
	var err error
	v.mined, err = minedExpander(l, v.docs, v.countForm)
	return v, err
}

// countForm returns in how many permitted passages a form of a word stands.
func (v *view) countForm(form string) (int, error) {
	sum := 0
	for _, p := range v.parts {
		n, err := p.sequences.standsIn(form)
		if err != nil {
			return 0, fmt.Errorf("read the words of %s: %w", p.dir, err)
		}
		sum += n
	}
	return sum, nil
}

// partOfPage is the path of a document that is one of several parts of a page, as judged collections of
// passages name them ("page#3"): the page, and its place there.
func partOfPage(path string) (page string, place int, ok bool) {
	at := strings.LastIndexByte(path, '#')
	if at < 0 {
		return path, 0, false
	}
	place, err := strconv.Atoi(path[at+1:])
	return path[:at], place, err == nil && place >= 0
}

// findPages learns which documents are parts of one page, and counts the lengths of pages.
func (v *view) findPages() {
	v.pages = len(v.docs)
	v.pageOf, v.opens = make([]uint32, len(v.docs)), make([]bool, len(v.docs))
	type part struct{ doc, place int }
	parts := map[string][]part{}
	for doc, d := range v.docs {
		v.pageOf[doc] = uint32(doc)
		if page, place, ok := partOfPage(d.Document.Path); ok {
			parts[page] = append(parts[page], part{doc, place})
		}
	}
	for _, all := range parts {
		first := slices.MinFunc(all, func(a, b part) int { return a.place - b.place }).doc
		v.pages -= len(all) - 1
		v.opens[first] = len(all) > 1
		for _, p := range all {
			v.pageOf[p.doc] = uint32(first)
			if p.doc != first {
				v.bodyLengths[first] += v.bodyLengths[p.doc]
				v.lineLengths[first] += v.lineLengths[p.doc]
			}
		}
	}
}

// findSections learns which passages the lines of a partition were written for.
func (v *view) findSections(p *partition, first int) {
	type place struct {
		doc     uint32
		ordinal int
	}
	passages := map[place]int{}
	for n, slot := range p.slots {
		if slot.kind == slotPassage && len(p.docs[slot.doc].LinesOf) > 0 {
			passages[place{slot.doc, int(slot.ordinal)}] = first + n
		}
	}
	for _, slot := range p.slots {
		section := int32(-1)
		if slot.kind == slotLine {
			if ordinal, ok := p.docs[slot.doc].LinesOf[int(slot.ordinal)]; ok {
				section = int32(passages[place{slot.doc, ordinal}])
			}
		}
		v.sectionOf = append(v.sectionOf, section)
	}
}

// bySource orders two slots by path, then by place in the document; negative when a comes first.
func (v *view) bySource(a, b int) int {
	if x, y := v.docOf[a], v.docOf[b]; x != y {
		return strings.Compare(v.docs[x].Document.Path, v.docs[y].Document.Path)
	}
	return int(v.ordinalOf[a]) - int(v.ordinalOf[b])
}

// documentsOf returns how many documents a question is asked of.
func (v *view) documentsOf(q Question) int {
	if len(q.Organisations) == 0 {
		return len(v.docs)
	}
	sum := 0
	for i, o := range q.Organisations {
		if !slices.Contains(q.Organisations[:i], o) {
			sum += v.published[o]
		}
	}
	return sum
}
