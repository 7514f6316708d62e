package index

import (
	"slices"
	"sync"
)

// pieceCache keeps the pieces of the words of asked lines that were looked at, by their place in the partition. A pack
// of lines takes about as much as its text.
type pieceCache struct {
	mu sync.RWMutex
	of map[int][]uint32
}

// maxCachedLines bounds the lines kept of one partition: 16 MB.
const maxCachedLines = 100_000

// pieces returns the hashed pieces of the words of a line, no two alike, from the cache or from its text.
func (p *partition) pieces(r *reader, doc, ordinal int) ([]uint32, error) {
	cache, place := &p.lineWords, p.firstLine[doc]+ordinal
	cache.mu.RLock()
	out, ok := cache.of[place]
	cache.mu.RUnlock()
	if ok {
		return out, nil
	}
	line, err := p.line(doc, ordinal)
	if err != nil {
		return nil, err
	}
	for _, w := range r.read(line) {
		out = append(out, gramsOf(w.form)...)
	}
	slices.Sort(out)
	out = slices.Clip(slices.Compact(out))
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if cache.of == nil || len(cache.of) >= maxCachedLines {
		cache.of = map[int][]uint32{}
	}
	cache.of[place] = out
	return out, nil
}

// alike returns which share of the question stands in a text as pieces of its words.
func (l *lens) alike(pieces []uint32) float64 {
	clear(l.found)
	for _, g := range pieces {
		if l.mayHave(g) {
			if i, ok := l.grams[g]; ok {
				l.found[i] = true
			}
		}
	}
	return l.soft()
}

// lookAtLines reads the best asked line of the documents whose lines fit best, for words nearly alike to
// those of the question: a line is so short that it holds few words as they are asked.
func (s *search) lookAtLines(r *reader, l *lens) error {
	w := s.scratch
	best := s.bestDocuments(secondLook)
	for _, doc := range w.candidates {
		doc := int(doc)
		if line := w.docs[doc].line; line > 0 {
			best.offer(doc, w.pages[s.pageOf[doc]].lines+line)
		}
	}
	for _, f := range best.heap {
		p, doc := s.within(f.at)
		pieces, err := p.pieces(r, doc, s.bestLine(f.at).slot-s.firstLine[f.at])
		if err != nil {
			return err
		}
		w.docs[f.at].alike = l.alike(pieces)
	}
	return nil
}
