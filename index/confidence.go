package index

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
)

// How sure Liaison is comes from two logistic models over the features below: whether the question is
// about anything that is here at all, and whether the first document answers it. Their coefficients
// are data, confidence.json, fitted (fit_test.go) on judged collections; the features are shares and ratios,
// so that one fit serves collections of any size.

// features are what the models see of one search.
type features struct {
	Mass         float64 // idf of the question's words together, in words as rare as can be
	Unknown      float64 // share of that idf in words that stand nowhere
	Top          float64 // score of the best passage over what its words could give
	Document     float64 // the same of its whole document
	Cover        float64 // share of the idf in words that stand in the best passage
	CoverHead    float64 // in its title and headings
	CoverTop3    float64 // in the best passages of the first three documents, on average
	Rarest       float64 // 1 when the question's rarest word stands in the best passage
	Near         float64 // of the second look, for the best passage
	Soft         float64
	Pairs        float64 // share of the question's neighbouring words that stand together in a passage looked at
	Margin       float64 // of the first document over the second, over the first
	Spread       float64 // standard deviation of the first ten scores, over the first
	Single       float64 // 1 when the question has one word of weight
	Mean         float64 // idf of its words on average, as a share of a word as rare as can be
	Missing      float64 // idf of its words that do not stand in the best passage, like Mass
	Parent       float64 // like Top, for the whole text of the best document
	Cluster      float64 // share of the first ten documents that lie in the commonest folder among them
	Size         float64 // log10 of the number of passages
	Chatter      float64 // share of the idf in words of everyday life (chatter.txt)
	Asked        float64 // 1 when pages have lines of what people would ask; without, what is of lines is 0
	Joined       float64 // of the first document, see parts
	Line         float64
	Both         float64
	CoverLine    float64 // share of the idf in words that stand in the first document's best line
	CoverAny     float64 // in that line or its best passage
	Agree        float64 // 1 when it is also the first by text and the first by lines, ½ when one of them
	Everyday     float64 // share of the idf in words of everyday life, those that work has too (commonwords.txt, chatter.txt)
	We           float64 // 1 when it speaks for several, see pronouns
	You          float64 // 1 when it speaks to somebody
	My           float64 // 1 when it speaks of what is somebody's own
	Together     float64 // see company: in passages
	LineTogether float64 // in lines
	AskedMore    float64 // how much oftener in lines
	Sound        float64 // how much it sounds like what people ask at work, see soundOf
	Lead         float64 // probability of the first document among the first ten, as the fusion sees it

	pasted bool // it is longer than what is looked for; of no model
	called bool // its title or headings hold what the question's one word is also called or written as; of no model
	titled bool // its title is the question, word for word; of no model
	bare   bool // the question is a name or little more, as typed; of no model
}

// list returns the features in the order of featureNames.
func (f features) list() []float64 {
	return []float64{f.Mass, f.Unknown, f.Top, f.Document, f.Cover, f.CoverHead, f.CoverTop3, f.Rarest, f.Near, f.Soft, f.Pairs, f.Margin, f.Spread, f.Single, f.Mean, f.Missing, f.Parent, f.Cluster, f.Size, f.Chatter, f.Asked, f.Joined, f.Line, f.Both, f.CoverLine, f.CoverAny, f.Agree, f.Lead, f.Everyday, f.We, f.You, f.My, f.Together, f.LineTogether, f.AskedMore, f.Sound}
}

var featureNames = []string{"mass", "unknown", "top", "document", "cover", "cover_head", "cover_top3", "rarest", "near", "soft", "pairs", "margin", "spread", "single", "mean", "missing", "parent", "cluster", "size", "chatter", "asked", "joined", "line", "both", "cover_line", "cover_any", "agree", "lead", "everyday", "we", "you", "my", "together", "line_together", "asked_more", "sound"}

// model is a logistic regression: probability = 1/(1+e^-(bias + Σ weight·feature)).
type model struct {
	Bias    float64            `json:"bias"`
	Weights map[string]float64 `json:"weights"`
}

func (m model) probability(f features) float64 {
	sum := m.Bias
	for i, x := range f.list() {
		sum += m.Weights[featureNames[i]] * x
	}
	return 1 / (1 + math.Exp(-sum))
}

// confidenceModels is confidence.json: where no page has asked lines, their features say nothing, and
// the others mean something else.
type confidenceModels struct {
	Plain confidenceModel `json:"plain"`
	Asked confidenceModel `json:"asked"` // where pages have lines of what people would ask
}

// of returns the model for what a search saw.
func (m confidenceModels) of(f features) confidenceModel {
	if f.Asked > 0 {
		return m.Asked
	}
	return m.Plain
}

// confidenceModel says how sure a search may be.
type confidenceModel struct {
	Fitted  string `json:"fitted"` // on what, in words
	Here    model  `json:"here"`   // is there anything about it
	Answers model  `json:"answers"`
	// Below NoneBelow of Here nothing is shown; from AnswerFrom of Answers and Likely of Here on it is shown as the answer.
	NoneBelow  float64 `json:"none_below"`
	AnswerFrom float64 `json:"answer_from"`
	Likely     float64 `json:"likely"`
}

//go:embed confidence.json
var confidenceJSON []byte

//go:embed chatter.txt
var chatterText string

// chatter are words of everyday life: food, sport, weather, family. Work has them too, so they are no
// more than one sign of a question that is about something else.
var chatter = set(strings.Fields(chatterText))

// confidence is the model in use.
var confidence = func() confidenceModels {
	var m confidenceModels
	if err := json.Unmarshal(confidenceJSON, &m); err != nil {
		panic(fmt.Sprintf("confidence.json: %v", err)) // compiled in
	}
	return m
}()

// features sums up a search for the models, from its first judgedHits documents.
func (s *search) features(words *reader, q *query, l *lens, all []found) features {
	var f features
	highest := idf(s.passages, 0)
	known, rarest := 0., -1
	for i, weight := range l.idfs {
		f.Mass += weight
		if l.known[i] {
			known += weight
			if rarest < 0 || weight > l.idfs[rarest] {
				rarest = i
			}
		}
	}
	mass := max(f.Mass, 1e-9)
	f.Unknown = (mass - known) / mass
	f.Chatter, f.Everyday = l.chatter/mass, l.everyday/mass
	f.We, f.You, f.My, f.pasted, f.bare = one(q.of.we), one(q.of.you), one(q.of.my), q.pasted, q.bare
	f.Mass /= highest
	f.Mean = f.Mass / float64(max(len(l.idfs), 1))
	f.Size = math.Log10(float64(s.passages + 1))
	if len(l.idfs) < 2 {
		f.Single = 1
	}
	f.Asked = one(s.lines > 0)
	if len(all) == 0 {
		return f
	}
	if s.docs[all[0].doc].Lines == 0 {
		f.Asked = 0 // nobody has said yet what people would ask for it: that says nothing against it
	}
	first := s.looks[all[0].text]
	f.called = len(l.idfs) == 1 && (s.headedBy(all[0].text, q.added) || s.titledAs(words, all[0].doc, q.asked[0].term))
	f.titled = q.names(words, s.docs[all[0].doc].Document.Title)
	f.Top = s.scratch.score[all[0].text] / mass
	f.Document = all[0].parts.text
	f.Cover, f.CoverHead, f.Near, f.Soft = first.cover, first.coverHead, first.near, first.soft
	if rarest >= 0 && first.has(rarest) {
		f.Rarest = 1
	}
	for _, d := range all[:min(3, len(all))] {
		f.CoverTop3 += s.looks[d.text].cover / 3
	}
	f.Missing = (1 - first.cover) * f.Mass
	f.Parent = s.scratch.pages[s.pageOf[all[0].doc]].text / (mass * s.weights.Parent)
	f.Pairs = l.pairShare()
	f.Lead = leadOf(all)
	with := s.company(q, l)
	f.Together = with.passages
	if f.Asked > 0 {
		f.Joined, f.Line, f.Both = all[0].parts.joined, all[0].parts.line, all[0].parts.both
		f.CoverLine, f.CoverAny = s.coverByLine(q, l, all[0].doc, first)
		f.LineTogether, f.AskedMore, f.Sound = with.lines, with.asked, q.sound
		f.Agree = agreement(all)
	}
	f.Cluster = s.cluster(all)
	f.Margin, f.Spread = 1, 1
	if len(all) > 1 {
		f.Margin = (all[0].score - all[1].score) / all[0].score
	}
	if len(all) > 2 {
		mean, square := 0., 0.
		for _, d := range all {
			mean += d.score / float64(len(all))
		}
		for _, d := range all {
			square += (d.score - mean) * (d.score - mean) / float64(len(all))
		}
		f.Spread = math.Sqrt(square) / all[0].score
	}
	return f
}

// headedBy reports whether title and headings of a passage hold all words of something that was looked for besides.
func (s *search) headedBy(slot int, added []addition) bool {
	if len(added) == 0 {
		return false
	}
	heads, stems := map[uint32]bool{}, s.parts[s.partOf[s.docOf[slot]]].sequences.stems
	for part, form := range formsIn(s.sequence(slot)) {
		if part < 2 {
			heads[stems[form]] = true
		}
	}
	return slices.ContainsFunc(added, func(a addition) bool {
		return !slices.ContainsFunc(a.terms, func(term string) bool { return !heads[hash32(term)] })
	})
}

// names reports whether a question is a title, word for word ("accordion", "trello?"): then it asks for that page.
func (q *query) names(words *reader, title string) bool {
	asked := sequence(q.asked)
	return len(asked) > 0 && slices.Equal(sequence(words.read(title)), asked)
}

// titledAs reports whether the title of a document holds a term, also as a second reading ("Wi-Fi" of wifi).
func (s *search) titledAs(words *reader, doc int, term string) bool {
	return slices.ContainsFunc(words.read(s.docs[doc].Document.Title), func(w word) bool { return w.term == term })
}

// leadOf returns the share of the first document in e^score of the first ten.
func leadOf(all []found) float64 {
	sum := 0.
	for _, f := range all {
		sum += math.Exp(f.score - all[0].score)
	}
	return 1 / sum
}

// agreement tells whether text and lines put the same document first.
func agreement(all []found) float64 {
	out := 1.
	for _, of := range []func(parts) float64{func(p parts) float64 { return p.text }, func(p parts) float64 { return p.joined + p.line }} {
		if slices.ContainsFunc(all, func(f found) bool { return of(f.parts) > of(all[0].parts) }) {
			out -= .5
		}
	}
	return out
}

// coverByLine returns which share of the question stands in a document's best line, and which in the
// line or the passage looked at.
func (s *search) coverByLine(q *query, l *lens, doc int, passage look) (line, either float64) {
	inLine := s.inLineOf(q, doc)
	for _, w := range q.asked {
		i, ok := l.terms[hash32(w.term)]
		if !ok || w.extra {
			continue
		}
		in := inLine(w)
		if in {
			line += l.idfs[i]
		}
		if in || passage.has(i) {
			either += l.idfs[i]
		}
	}
	mass := max(l.gramSum, 1e-9)
	return min(line/mass, 1), min(either/mass, 1)
}

// inLineOf tells of words of a question whether they stand in a document's best line.
func (s *search) inLineOf(q *query, doc int) func(w word) bool {
	if s.scratch.docs[doc].line == 0 {
		return func(word) bool { return false }
	}
	slot := s.bestLine(doc).slot
	return func(w word) bool { return q.found[w.term].inLine(slot) }
}

// tells reports whether a question tells things besides what it asks.
func (q *query) tells() bool {
	return slices.ContainsFunc(q.asked, func(w word) bool { return w.aside > 0 })
}

// coverOwn returns which share of what a question itself asks, without what it tells besides, stands in a document's best
// line or in its best passage by text.
func (s *search) coverOwn(q *query, l *lens, f found) float64 {
	passage, inLine := s.lookAt(l, f.text), s.inLineOf(q, f.doc)
	mass, held := 0., 0.
	for _, w := range q.asked {
		i, ok := l.terms[hash32(w.term)]
		if !ok || w.extra || w.aside > 0 {
			continue
		}
		mass += l.idfs[i]
		if passage.has(i) || inLine(w) {
			held += l.idfs[i]
		}
	}
	return held / max(mass, 1e-9)
}

// cluster returns the share of documents that lie in the commonest folder among them.
func (s *search) cluster(all []found) float64 {
	folders, most := map[string]int{}, 0
	for _, f := range all {
		folder := path.Dir(s.docs[f.doc].Document.Path)
		folders[folder]++
		most = max(most, folders[folder])
	}
	return float64(most) / float64(len(all))
}

// toAnswer returns how probable it must be that there is anything about a question, for a page to be shown as its answer.
func (m confidenceModel) toAnswer(f features) float64 {
	if f.pasted {
		return max(m.NoneBelow, m.Likely, likelyPasted)
	}
	return max(m.NoneBelow, m.Likely)
}

// likelyPasted is the same of a pasted text, which shares words with every page (here: of 300 papers over pages of which 40 %
// have no lines, 13 are answered without).
const likelyPasted = .6

// leastShown parts the confidence of what is shown from that of what is not: a band never stands below
// a lesser one.
const leastShown = .1

// judge fills in how sure the results are, and why nothing is shown when nothing is. A word by itself asks nothing: nothing
// but the page of that name answers it.
func (m confidenceModel) judge(out *Results, q *query, f features) {
	here, answers := m.Here.probability(f), m.Answers.probability(f)
	out.Confidence = here * answers
	switch {
	case q.small:
		out.Band, out.Confidence, out.Reason = BandNone, 0, "That does not look like a question I can look up."
	case len(out.Hits) == 0:
		out.Band, out.Confidence, out.Reason = BandNone, 0, "I have read nothing about this."
	case here < m.NoneBelow && !f.titled && !f.whole() && !f.topic() && !f.askedSo(), f.strange(here):
		out.Band, out.Reason = BandNone, reason(f)
		out.Confidence = min(out.Confidence, leastShown)
	case f.titled, answers >= m.AnswerFrom && !(f.bare && f.Single > 0) && (here >= m.toAnswer(f) || f.whole() || f.askedSo()):
		out.Band = BandAnswer
		out.Confidence = max(out.Confidence, m.AnswerFrom)
	default:
		out.Band = BandMaybe
		out.Confidence = min(max(out.Confidence, leastShown), m.AnswerFrom)
	}
}

// strange reports whether a question is so unlike what people ask at work that no page is its subject, all of its words
// though it may hold: "flip a coin for me", "what's the meaning of life". A name by itself sounds like nothing.
func (f features) strange(here float64) bool {
	return f.Asked > 0 && !f.titled && !f.bare && here < strangeBelow
}

// strangeBelow is below which probability a question is strange (here: of 1,080 blind messages about something else that
// refuses 18 more, which held all that some page is about; of 4,774 such as people ask at work none, of 972 judged
// questions none).
const strangeBelow = .15

// whole reports whether the first page holds all that the question asks for, and the question is more
// than a word or chat. Such a page is shown, however the rest looks (here, with askedSo: of 150 blind questions one that
// was refused is not, and three more are answered, rightly; of 420 messages about something else one is not refused). What
// stands in title and headings may be less, and of everyday life: a page on "taxis" is about them.
func (f features) whole() bool {
	if f.Cover < .99 || f.Single > 0 || f.Unknown > 0 {
		return false
	}
	if f.Mass >= littleMass && f.Everyday+f.Chatter == 0 { // "the different kinds of leave": of 430 blind questions about something else none is taken back
		return true
	}
	if f.Near >= .99 && f.CoverHead > 0 { // its words stand side by side there: "details component"
		return true
	}
	return f.Mass >= 1 && f.Chatter == 0 || f.Mass >= 1 && f.CoverHead >= .5 || f.CoverHead >= .99
}

// askedSo reports whether what people would ask for the first page holds nearly all of the question. Such a page
// is shown, however little its text says of it, and as the answer when it looks like one.
func (f features) askedSo() bool {
	return f.CoverLine >= askedShare && f.Single == 0 && f.Mass >= 1 && f.Unknown == 0
}

// askedShare is from which share on a line is the question in other words.
const askedShare = .9

// topic reports whether the question names a subject that the first page is about: it is one word, and the page has
// it for a title or heading, or people would ask for the page with it; or it is little more ("how do I get a laptop"),
// and the page holds it, the most of it in title and headings. Of one word the models can tell nothing, as all that
// they compare is the same for every page; but who types "accessibility" wants the page of that name.
func (f features) topic() bool {
	if f.called {
		return true
	}
	if f.Unknown > 0 || f.Mass == 0 {
		return false
	}
	if f.Single == 1 {
		return f.CoverHead >= .99 || f.CoverLine >= .99 && f.Chatter == 0
	}
	return f.Cover >= .99 && f.CoverHead >= .5 && f.Mass >= littleMass
}

// littleMass is from which mass on a question of several words may be a subject: less is words that all pages have.
const littleMass = .7

// reason says why nothing was close enough. More words would not help where a message sounds as if it is about something
// else (here: .91 of those that are refused and are, and .02 of all about work).
func reason(f features) string {
	switch {
	case f.Sound < 0:
		return "I look things up in what government digital teams have written, and found nothing about this there."
	case f.Unknown > .4:
		return "What it is about does not come up in what I have read."
	case f.Mass < .8:
		return "It could mean many things: a few more words would help."
	case max(f.Cover, f.CoverAny) < .5:
		return "Pages share single words with it, but none is about it as a whole."
	}
	return "Nothing I have read is close to it."
}
