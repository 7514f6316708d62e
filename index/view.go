package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"liaison/bot/access"
	"liaison/knowledge"
)

// view is what one audience may see of a generation: its partitions side by side, and the sums over
// them. It depends on nothing else, so audiences that may see the same share one.
//
// Its passages have slots, by document and in order, from 0 on; so have its asked lines. What a search keeps by
// slot lies together for each document.
type view struct {
	number    int // its own in the generation
	parts     []*partition
	firstDoc  []int // of each partition, in docs
	docs      []*record
	partOf    []uint16       // by document: its partition
	first     []int          // by document: the slot of its first passage; one more than there are
	firstLine []int          // by document: that of its first asked line; one more
	docOf     []uint32       // by slot of a passage: its document
	docOfLine []uint32       // by slot of a line
	sectionOf []int32        // by slot of a line that was written for a section: the slot of its passage; else -1
	isPost    []bool         // by document: see datedPost
	pageOf    []uint32       // by document: the first document of the page it is a part of, mostly itself (see partOfPage)
	pages     int            // how many pages that makes
	opens     []bool         // by document: other parts of its page follow it
	firstForm []int          // of each partition, in the dense arrays of forms
	forms     int            // of all partitions
	published map[string]int // documents of each organisation

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
		g.impacts.clear() // which are theirs
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
		v.firstDoc = append(v.firstDoc, len(v.docs))
		for j := range p.docs {
			v.add(&p.docs[j], i)
		}
		v.firstForm = append(v.firstForm, v.forms)
		v.forms += len(p.sequences.count)
		v.passages += p.passages
		v.lines += p.lines
		v.lengths.add(p.lengths)
	}
	v.first, v.firstLine = append(v.first, len(v.docOf)), append(v.firstLine, len(v.sectionOf))
	v.findPages()
	var err error
	v.mined, err = minedExpander(l, v.docs, v.countForm)
	return v, err
}

// add adds a document of a partition.
func (v *view) add(d *record, part int) {
	first := len(v.docOf)
	v.first, v.firstLine = append(v.first, first), append(v.firstLine, len(v.sectionOf))
	for range d.Passages {
		v.docOf = append(v.docOf, uint32(len(v.docs)))
	}
	for line := range d.Lines {
		section := int32(-1)
		if passage, ok := d.LinesOf[line]; ok {
			section = int32(first + passage)
		}
		v.docOfLine, v.sectionOf = append(v.docOfLine, uint32(len(v.docs))), append(v.sectionOf, section)
	}
	v.docs, v.partOf, v.isPost = append(v.docs, d), append(v.partOf, uint16(part)), append(v.isPost, d.post)
	v.published[d.Document.Organisation]++
	v.bodyLengths = append(v.bodyLengths, float64(d.Lengths[fieldBody]))
	v.lineLengths = append(v.lineLengths, float64(d.Lengths[fieldLine]))
}

// within returns the partition of a document, and which document of it that is.
func (v *view) within(doc int) (p *partition, number int) {
	part := v.partOf[doc]
	return v.parts[part], doc - v.firstDoc[part]
}

// passage reads a passage of a document, by slot.
func (v *view) passage(doc, slot int) (knowledge.Passage, error) {
	p, number := v.within(doc)
	return p.passage(number, slot-v.first[doc])
}

// line reads an asked line of a document, by slot.
func (v *view) line(doc, slot int) (string, error) {
	p, number := v.within(doc)
	return p.line(number, slot-v.firstLine[doc])
}

// sequence returns the words of a passage by slot, encoded.
func (v *view) sequence(slot int) []byte {
	doc := int(v.docOf[slot])
	p, number := v.within(doc)
	return p.sequences.of(p.first[number] + slot - v.first[doc])
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

// bySource orders two passages by path, then by place in the document; negative when a comes first.
func (v *view) bySource(a, b int) int {
	if x, y := v.docOf[a], v.docOf[b]; x != y {
		return strings.Compare(v.docs[x].Document.Path, v.docs[y].Document.Path)
	}
	return a - b
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
