package index

import (
	"context"
	"math"
	"slices"
	"strings"
)

// Talk wanders. A question is read with what was said before it when it leans on that ("and for
// Wales?"), or when what the conversation is about speaks of it; one that brings words of its own, which
// neither the conversation nor its pages know, is a new subject and judged alone.

// subject is what tells whether a question goes on with its conversation.
type subject struct {
	words   int     // of the question's own, stop words left out
	opens   bool    // it begins as a continuation does: "and", "what about"
	greets  bool    // it begins with a greeting, as nobody does within a subject
	points  bool    // it holds a word that points back: "it", "there"
	user    float64 // share of its idf in words that people said before
	bot     float64 // the same of what Liaison said
	there   float64 // the same of the pages that the conversation is about
	alone   float64 // the same of the pages that it finds alone
	unknown float64 // share of its idf in words that stand nowhere
	meets   bool    // one of the first pages that it finds alone is one of the conversation
}

// openers begin a text that goes on from what was said.
var openers = set(strings.Fields("and but or so also then yes no yeah yep nope ok okay not neither both well sure because"))

// greetings begin something new.
var greetings = set(strings.Fields("hi hello hey hiya good morning afternoon evening greetings dear"))

// pointing are words that point at what was said before.
var pointing = set(strings.Fields(`it its it's that that's this these those they them their theirs he she his her him there then else other
	others another same one ones instead too`))

// threadPages is how many pages a conversation is taken to be about, foundPages how many of those that a
// question finds alone may be among them.
const (
	threadPages = 3
	foundPages  = 10
)

// subject compares a question with the turns before it, read as said, and with the pages that these find.
func (s *search) subject(ctx context.Context, text string, q *query, turns []Turn, said [][]word, thread *collector) (subject, error) {
	seen := subject{}
	seen.manner(text)
	own, alone := map[string]float64{}, []weighted{}
	mass := 0.
	for _, w := range q.asked {
		if _, again := own[w.term]; again || w.extra {
			continue
		}
		n, err := s.count(w.term)
		if err != nil {
			return seen, err
		}
		own[w.term] = idf(s.passages, n)
		alone = append(alone, weighted{w.term, 1})
		mass += own[w.term]
		if n == 0 {
			seen.unknown += own[w.term]
		}
	}
	seen.words = len(own)
	if mass == 0 {
		return seen, nil
	}
	seen.said(turns, said, alone, own)
	var theirs, its []int
	var err error
	if seen.there, theirs, err = s.coverage(ctx, &query{terms: thread.terms, pairs: thread.pairs}, alone, own, threadPages); err != nil {
		return seen, err
	}
	if seen.alone, its, err = s.coverage(ctx, &query{terms: alone}, alone, own, foundPages); err != nil {
		return seen, err
	}
	seen.meets = slices.ContainsFunc(its, func(doc int) bool { return slices.Contains(theirs, doc) })
	for _, share := range []*float64{&seen.user, &seen.bot, &seen.there, &seen.alone, &seen.unknown} {
		*share /= mass
	}
	return seen, nil
}

// manner notes how a question is put.
func (seen *subject) manner(text string) {
	for i, w := range strings.Fields(strings.ToLower(text)) {
		w = strings.ReplaceAll(strings.Trim(w, ".,!?;:()\"“”"), "’", "'")
		seen.opens = seen.opens || i == 0 && openers[w] || i == 1 && w == "about"
		seen.greets = seen.greets || i == 0 && greetings[w]
		seen.points = seen.points || pointing[w]
	}
}

// said sums the idf of the question's words that were said before, by people and by Liaison.
func (seen *subject) said(turns []Turn, said [][]word, words []weighted, idfs map[string]float64) {
	by := map[bool]map[string]bool{true: {}, false: {}}
	for i, turn := range turns {
		for _, w := range said[i] {
			by[turn.ByUser][w.term] = true
		}
	}
	for _, w := range words {
		if by[true][w.text] {
			seen.user += idfs[w.text]
		}
		if by[false][w.text] {
			seen.bot += idfs[w.text]
		}
	}
}

// coverage returns the most idf of the words that one of the first pages found by q holds, and the
// pages found.
func (s *search) coverage(ctx context.Context, q *query, words []weighted, idfs map[string]float64, pages int) (float64, []int, error) {
	q.idfs, q.found, q.weight = map[string]float64{}, map[string]*impacts{}, map[string]float64{}
	if err := s.scoreTerms(ctx, q); err != nil {
		return 0, nil, err
	}
	s.gatherDocs(Question{}, mostPages/5)
	var found []int
	for _, f := range s.rank(Question{Limit: pages}, s.newLens(q)) {
		found = append(found, f.doc)
	}
	s.scratch.clear()
	looked := found[:min(len(found), threadPages)]
	held := make([]float64, len(looked))
	for _, w := range words {
		stands, err := s.impacts(ctx, w.text)
		if err != nil {
			return 0, nil, err
		}
		in := make([]bool, len(looked))
		for _, i := range stands.passages {
			if at := slices.Index(looked, int(s.docOf[i.slot])); at >= 0 {
				in[at] = true
			}
		}
		for i := range in {
			if in[i] {
				held[i] += idfs[w.text]
			}
		}
	}
	if len(held) == 0 {
		return 0, nil, nil
	}
	return slices.Max(held), found, nil
}

// A logistic model says how likely the subject has changed. It was fitted on conversations of doc2dial
// (1,453 questions that go on, 492 times the first question of another conversation) and on 238 questions
// of the starter knowledge put after each other, and its weights rounded. From newFrom on a question is
// judged alone: 1.4 % of the first, 61 % and 51 % of the others (before: 2.6, 22 and 40 %, counting words
// in common). Around doubtFrom the turns count half, as the more the doubt the less they should
// (Success@1 of the others .600 → .622 and .525 → .567, nDCG@10 of the first .8855 → .8847).
const (
	newFrom   = 2.4
	doubtFrom = 2.2
	doubtSpan = .5
)

// change returns how much speaks for a new subject, as the model's log-odds.
func (seen subject) change() float64 {
	sum := .7 + 2.5*min(float64(seen.words), 8)/8 + 1.5*(seen.alone+seen.unknown) - 2.5*seen.user - 3.5*seen.bot - 2.5*seen.there
	for _, sign := range []struct {
		seen   bool
		weight float64
	}{{seen.opens, -5}, {seen.greets, 1}, {seen.points, -1}, {seen.words < 2 && seen.unknown < 1, -2}, {seen.meets, -2}} {
		if sign.seen {
			sum += sign.weight
		}
	}
	return sum
}

// turnShare returns how much the turns before count: 1 when the subject goes on for sure.
func turnShare(change float64) float64 { return 1 / (1 + math.Exp((change-doubtFrom)/doubtSpan)) }

// judgeAbout says of the passages found how much they speak of the question that this one goes on with. Words that stand
// nowhere tell nothing of them.
func (s *search) judgeAbout(ctx context.Context, q *query, ranked []found, hits []Hit) error {
	mass := 0.
	held := map[int]float64{} // by slot
	for _, w := range q.about {
		stands, err := s.impacts(ctx, w.text)
		if err != nil {
			return err
		}
		if len(stands.passages) == 0 {
			continue
		}
		weight := idf(s.passages, stands.inBody)
		mass += weight
		for _, i := range stands.passages {
			held[int(i.slot)] += weight
		}
	}
	for i, hit := range hits {
		for j := range hit.Fits {
			hit.Fits[j].About = held[ranked[i].passages[j].slot] / max(mass, 1e-9)
		}
	}
	return nil
}
