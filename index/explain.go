package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// explain says in words why a document ranked where it did: what of the question stands where, the
// largest part of the score first.
func (s *search) explain(q *query, f found) ([]string, error) {
	slot := f.passages[0].slot
	weights, parts := fused.weigh(s.kind), f.parts.list()
	text, asked, both := weights[0]*parts[0], weights[1]*parts[1]+weights[2]*parts[2]+weights[4]*parts[4], weights[3]*parts[3]
	out := []string{fmt.Sprintf("score %.2f: text %.2f, what people would ask %.2f, both together %.2f", f.score, text, asked, both)}
	unasked := s.unasked(f.doc)
	switch guess := s.guess(unasked, f.parts.text); {
	case unasked == 1:
		out = append(out, "nobody has said yet what people would ask for it: its text is taken for that too")
	case guess > 0 && guess >= f.parts.line:
		out = append(out, "few lines say what people would ask for it: a part of its text is taken for that too")
	}
	if s.scratch.docs[f.doc].line > 0 {
		line, err := s.line(f.doc, s.bestLine(f.doc).slot)
		if err != nil {
			return nil, err
		}
		says := "people would ask"
		if asked > text {
			says = "decided by what people would ask"
		}
		out = append(out, fmt.Sprintf("%s: %q", says, line))
	}
	for _, in := range []struct {
		field, says string
		terms       []weighted
	}{
		{fieldTitle, "in the title", q.terms}, {fieldHead, "in its headings", q.terms}, {fieldBody, "in its text", q.terms},
		{fieldSlug, "in the name of the file", q.terms},
	} {
		words, err := s.standing(in.field, in.terms, f.doc, slot)
		if err != nil {
			return nil, err
		}
		if len(words) > 0 {
			out = append(out, in.says+": "+strings.Join(words, ", "))
		}
	}
	if seen, ok := s.looks[slot]; ok {
		if pairs := s.headedPairs(q, slot); len(pairs) > 0 {
			out = append(out, fmt.Sprintf("side by side in title or headings, of which %.0f %% is asked: %s", 100*seen.headAsked, strings.Join(pairs, ", ")))
		}
		says := fmt.Sprintf("%.0f %% of the question stands in it, where a rare word counts for more than a common one", 100*seen.cover)
		if len(q.pairs) > 0 {
			says += "; " + nearness(seen.near)
		}
		out = append(out, says)
	}
	if len(f.passages) > 1 {
		out = append(out, "more passages of it fit: "+fmt.Sprint(len(f.passages)-1))
	}
	return out, nil
}

// nearness says how near each other the words stand that are neighbours in the question. The figure, 0 to 1, is 1
// where all of them stand side by side, and 0 where none stand within a window.
func nearness(near float64) string {
	switch {
	case near == 0:
		return "words that stand together in the question do not stand near each other there"
	case near < .5:
		return "some of the words that stand together in the question stand near each other there too"
	}
	return "most of the words that stand together in the question stand next to each other there too"
}

// headedPairs lists the pairs of neighbouring terms of a question that stand side by side in the title of a passage or in
// its headings.
func (s *search) headedPairs(q *query, slot int) []string {
	stems := s.parts[s.partOf[s.docOf[slot]]].sequences.stems
	stand := map[[2]uint32]bool{}
	before, in := uint32(0), -1
	for part, form := range formsIn(s.sequence(slot)) {
		if part > 1 {
			break
		}
		if part == in {
			stand[[2]uint32{before, stems[form]}] = true
		}
		before, in = stems[form], part
	}
	var out []string
	for _, p := range q.pairs {
		if first, second, _ := strings.Cut(p.text, " "); stand[[2]uint32{hash32(first), hash32(second)}] {
			out = append(out, p.text)
		}
	}
	return out
}

// standing lists which terms stand in a field of one passage, as they are indexed, weightiest first,
// with in how many passages each stands.
func (s *search) standing(field string, terms []weighted, doc, slot int) ([]string, error) {
	type hit struct {
		text   string
		weight float64
	}
	in := s.cursors[s.partOf[doc]]
	place := slot - s.first[s.firstDoc[s.partOf[doc]]]
	var hits []hit
	for _, t := range terms {
		stands := false
		if err := in.each(field, t.text, func(at int, _, _ uint64) { stands = stands || at == place }); err != nil {
			return nil, err
		}
		if !stands {
			continue
		}
		df, err := s.countIn(field, t.text)
		if err != nil {
			return nil, err
		}
		hits = append(hits, hit{fmt.Sprintf("%s (%d)", t.text, df), t.weight * idf(s.passages, df)})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.weight, a.weight) })
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.text
	}
	return out, nil
}
