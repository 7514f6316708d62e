package index

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
)

// impact is what a term adds to the score of one passage or asked line, as a share of the term's weight: the
// x/(k1+x) of search. Working it out takes most of the time of a search (decoding a posting costs 22 ns, adding an
// impact 2), and it depends on the view alone: so those of terms that were asked are kept.
type impact struct {
	slot  uint32
	share float32
}

// pageImpact is the same for a page as a whole: its text, its asked lines, and both as one.
type pageImpact struct {
	page              uint32 // its first document
	text, lines, both float32
}

// impacts are where a term stands and what it adds there. A pair of neighbouring terms is written as both with
// a space between, and is indexed for asked lines alone.
type impacts struct {
	passages []impact // title, headings and text
	slugs    []impact
	lines    []impact
	pages    []pageImpact

	df              int // in how many passages: the greatest of the fields
	inBody          int // in the text of how many passages
	inText, inLines int // in the text, and in the lines, of how many pages
}

// size is the room that impacts take, in bytes, about.
func (i *impacts) size() int {
	return 8*(len(i.passages)+len(i.slugs)+len(i.lines)) + 16*len(i.pages) + 256
}

// anywhere reports whether the term stands in any passage or line; nil stands nowhere.
func (i *impacts) anywhere() bool { return i != nil && (i.df > 0 || i.inLines > 0) }

// inLine reports whether the term stands in the line of a slot.
func (i *impacts) inLine(slot int) bool {
	if i == nil {
		return false
	}
	_, ok := slices.BinarySearchFunc(i.lines, uint32(slot), func(at impact, slot uint32) int { return cmp.Compare(at.slot, slot) })
	return ok
}

// impactCache keeps impacts. They are of one view each: no audience meets those of another.
type impactCache struct {
	mu   sync.RWMutex
	of   map[impactKey]*impacts
	size int // in bytes
	most int
}

type impactKey struct {
	view int // its number
	term string
}

// Impacts kept of one generation, in bytes: 32 MB, and more for large ones, whose common words alone are more.
// Past the bound those of other terms make room, whichever: questions ask for common words again and again,
// which are soon back.
const (
	leastCachedImpacts = 32 << 20
	cachedPerPassage   = 640
)

// impactBound returns how many bytes of impacts are kept of an index of so many passages.
func impactBound(passages int) int { return max(leastCachedImpacts, passages*cachedPerPassage) }

func (c *impactCache) get(view int, term string) *impacts {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.of[impactKey{view, term}]
}

func (c *impactCache) keep(view int, term string, made *impacts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := impactKey{view, term}
	if _, ok := c.of[key]; ok {
		return // another search was first
	}
	if c.of == nil {
		c.of = map[impactKey]*impacts{}
	}
	c.size += made.size()
	for other, old := range c.of {
		if c.size <= c.most {
			break
		}
		delete(c.of, other)
		c.size -= old.size()
	}
	key.term = strings.Clone(term) // not the whole question
	c.of[key] = made
}

// clear forgets all that is kept.
func (c *impactCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of, c.size = nil, 0
}

// impactsOf returns the impacts of some terms, in their order.
func (s *search) impactsOf(ctx context.Context, terms []weighted) ([]*impacts, error) {
	out := make([]*impacts, len(terms))
	for i, t := range terms {
		var err error
		if out[i], err = s.impacts(ctx, t.text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// impacts returns the impacts of one term or pair, from the cache or worked out.
func (s *search) impacts(ctx context.Context, term string) (*impacts, error) {
	cache := &s.generation.impacts
	if known := cache.get(s.number, term); known != nil {
		return known, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	work := s.workOut
	if strings.Contains(term, " ") {
		work = s.workOutPair
	}
	made, err := work(term)
	if err == nil {
		cache.keep(s.number, term, made)
	}
	return made, err
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

func (s *search) workOut(term string) (*impacts, error) {
	out, w := &impacts{}, s.weights
	for _, f := range w.bm25f() {
		var pages []uint32
		if f.field == fieldBody {
			pages = s.scratch.textFreq
		}
		n, err := s.gather(term, f, s.passages, pages)
		if err != nil {
			return nil, err
		}
		out.df, out.inBody = max(out.df, n), n // summed over partitions first, then the greatest of the fields
	}
	out.passages = s.gathered(w.K1)
	if _, err := s.gather(term, weightedField{fieldSlug, 1, w.SlugB}, s.passages, nil); err != nil {
		return nil, err
	}
	out.slugs = s.gathered(w.K1)
	if s.lines > 0 {
		if _, err := s.gather(term, weightedField{fieldLine, 1, w.LineB}, s.lines, s.scratch.lineFreq); err != nil {
			return nil, err
		}
		out.lines = s.gathered(w.LineK)
	}
	s.gatheredPages(out)
	return out, nil
}

func (s *search) workOutPair(pair string) (*impacts, error) {
	if _, err := s.gather(pair, weightedField{fieldLPair, 1, s.weights.LineB}, s.lines, nil); err != nil {
		return nil, err
	}
	return &impacts{lines: s.gathered(s.weights.LineK)}, nil
}

// gather adds up how often a term stands in a field, by its length, over the field's weight; for pages too, when
// there is where to count them. It returns in how many texts the term stands.
func (s *search) gather(term string, f weightedField, texts int, pages []uint32) (int, error) {
	w, average, n := s.scratch, s.average(f.field, texts), 0
	first, docOf := s.first, s.docOf
	if f.field == fieldLine || f.field == fieldLPair {
		first, docOf = s.firstLine, s.docOfLine
	}
	for i, c := range s.cursors {
		before := first[s.firstDoc[i]]
		err := c.each(f.field, term, func(place int, freq, length uint64) {
			slot := uint32(before + place)
			if w.part[slot] == 0 {
				w.fresh = append(w.fresh, slot)
			}
			w.part[slot] += f.weight * float64(freq) / (1 - f.b + f.b*float64(length)/average)
			n++
			if pages != nil {
				s.countPage(s.pageOf[docOf[slot]], uint32(freq), pages)
			}
		})
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// countPage adds to how often a term stands in a page.
func (s *search) countPage(page, freq uint32, in []uint32) {
	w := s.scratch
	if w.textFreq[page] == 0 && w.lineFreq[page] == 0 {
		w.pageFresh = append(w.pageFresh, page)
	}
	in[page] += freq
}

// gathered returns what was gathered, by slot, and leaves nothing of it.
func (s *search) gathered(k1 float64) []impact {
	w := s.scratch
	inOrder(w.fresh, func(slot uint32) bool { return w.part[slot] > 0 })
	out := make([]impact, len(w.fresh))
	for i, slot := range w.fresh {
		x := w.part[slot]
		out[i] = impact{slot, float32(x / (k1 + x))}
		w.part[slot] = 0
	}
	w.fresh = w.fresh[:0]
	return out
}

// inOrder sorts numbers, which are all those in their range that are marked: where they lie close, finding them
// again is many times faster.
func inOrder(numbers []uint32, marked func(uint32) bool) {
	if len(numbers) == 0 {
		return
	}
	least, most := slices.Min(numbers), slices.Max(numbers)
	if int(most-least) > 32*len(numbers) {
		slices.Sort(numbers)
		return
	}
	numbers = numbers[:0]
	for n := least; n <= most; n++ {
		if marked(n) {
			numbers = append(numbers, n)
		}
	}
}

// gatheredPages fills in the pages, from how often the term stands in the text and in the lines of each.
func (s *search) gatheredPages(to *impacts) {
	w, k := s.scratch, s.weights
	textLength, lineLength := s.average(fieldBody, s.pages), s.average(fieldLine, s.pages)
	inOrder(w.pageFresh, func(page uint32) bool { return w.textFreq[page] > 0 || w.lineFreq[page] > 0 })
	to.pages = make([]pageImpact, len(w.pageFresh))
	for i, page := range w.pageFresh {
		inText, inLines := w.textFreq[page], w.lineFreq[page]
		x := float64(inText) / (1 - k.ParentB + k.ParentB*s.bodyLengths[page]/textLength)
		y := float64(inLines) / (1 - k.AskedB + k.AskedB*s.lineLengths[page]/lineLength)
		to.pages[i] = pageImpact{page: page, text: float32(x / (k.ParentK + x))}
		if s.lines > 0 { // without any, text and both would be one thing counted twice
			to.pages[i].lines, to.pages[i].both = float32(y/(k.AskedK+y)), float32((x+y)/(k.BothK+x+y))
		}
		to.inText += int(min(inText, 1))
		to.inLines += int(min(inLines, 1))
		w.textFreq[page], w.lineFreq[page] = 0, 0
	}
	w.pageFresh = w.pageFresh[:0]
}

// count returns in the text of how many permitted passages a term stands.
func (s *search) count(term string) (int, error) {
	if known := s.generation.impacts.get(s.number, term); known != nil {
		return known.inBody, nil
	}
	return s.countIn(fieldBody, term)
}

// countIn returns in how many permitted passages or lines a term stands in a field.
func (s *search) countIn(field, term string) (int, error) {
	sum := 0
	for _, c := range s.cursors {
		n, err := c.count(field, term)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}
