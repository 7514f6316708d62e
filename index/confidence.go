package index

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"strings"
)

// How sure Liaison is comes from two logistic models over the features below: whether the question is
// about anything that is here at all, and whether the first document answers it. Their coefficients
// are data, confidence.json, fitted by Fit on judged collections; the features are shares and ratios,
// so that one fit serves collections of any size.

// features are what the models see of one search.
type features struct {
	Mass      float64 // idf of the question's words together, in words as rare as can be
	Unknown   float64 // share of that idf in words that stand nowhere
	Top       float64 // score of the best passage over what its words could give
	Document  float64 // the same of its whole document
	Cover     float64 // share of the idf in words that stand in the best passage
	CoverHead float64 // in its title and headings
	CoverTop3 float64 // in the best passages of the first three documents, on average
	Rarest    float64 // 1 when the question's rarest word stands in the best passage
	Near      float64 // of the second look, for the best passage
	Soft      float64
	Pairs     float64 // share of the question's neighbouring words that stand together in the collection
	Margin    float64 // of the first document over the second, over the first
	Spread    float64 // standard deviation of the first ten, over the first
	Single    float64 // 1 when the question has one word of weight
	Mean      float64 // idf of its words on average, as a share of a word as rare as can be
	Missing   float64 // idf of its words that do not stand in the best passage, like Mass
	Parent    float64 // like Top, for the whole text of the best document
	Cluster   float64 // share of the first ten documents that lie in the commonest folder among them
	Size      float64 // log10 of the number of passages
	Chatter   float64 // share of the idf in words of everyday life (chatter.txt)
}

// list returns the features in the order of featureNames.
func (f features) list() []float64 {
	return []float64{f.Mass, f.Unknown, f.Top, f.Document, f.Cover, f.CoverHead, f.CoverTop3, f.Rarest, f.Near, f.Soft, f.Pairs, f.Margin, f.Spread, f.Single, f.Mean, f.Missing, f.Parent, f.Cluster, f.Size, f.Chatter}
}

var featureNames = []string{"mass", "unknown", "top", "document", "cover", "cover_head", "cover_top3", "rarest", "near", "soft", "pairs", "margin", "spread", "single", "mean", "missing", "parent", "cluster", "size", "chatter"}

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

// confidenceModel is confidence.json.
type confidenceModel struct {
	Fitted  string `json:"fitted"` // on what, in words
	Here    model  `json:"here"`   // is there anything about it
	Answers model  `json:"answers"`
	// Below NoneBelow of Here nothing is shown; from AnswerFrom of Answers on it is shown as the answer.
	NoneBelow  float64 `json:"none_below"`
	AnswerFrom float64 `json:"answer_from"`
}

//go:embed confidence.json
var confidenceJSON []byte

//go:embed chatter.txt
var chatterText string

// chatter are words of everyday life: food, sport, weather, family. Work has them too, so they are no
// more than one sign of a question that is about something else.
var chatter = set(strings.Fields(chatterText))

// confidence is the model in use.
var confidence = func() confidenceModel {
	var m confidenceModel
	if err := json.Unmarshal(confidenceJSON, &m); err != nil {
		panic(fmt.Sprintf("confidence.json: %v", err)) // compiled in
	}
	return m
}()

// features sums up a search for the models.
func (s *search) features(q *query, l *lens, all []found) features {
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
	f.Chatter = l.chatter / mass
	f.Mass /= highest
	f.Mean = f.Mass / float64(max(len(l.idfs), 1))
	f.Size = math.Log10(float64(s.passages + 1))
	if len(l.idfs) < 2 {
		f.Single = 1
	}
	if len(all) == 0 {
		return f
	}
	first := s.looks[all[0].passages[0].slot]
	f.Top = all[0].passages[0].score / mass
	f.Document = all[0].score / mass
	f.Cover, f.CoverHead, f.Near, f.Soft = first.cover, first.coverHead, first.near, first.soft
	if rarest >= 0 && first.terms != nil && first.terms[rarest] {
		f.Rarest = 1
	}
	for _, d := range all[:min(3, len(all))] {
		f.CoverTop3 += s.looks[d.passages[0].slot].cover / 3
	}
	f.Missing = (1 - first.cover) * f.Mass
	f.Parent = s.scratch.docScore[all[0].doc] / (mass * s.weights.Parent)
	f.Pairs = q.pairShare
	f.Cluster = s.cluster(all[:min(10, len(all))])
	f.Margin, f.Spread = 1, 1
	if len(all) > 1 {
		f.Margin = (all[0].score - all[1].score) / all[0].score
	}
	if scores := all[:min(10, len(all))]; len(scores) > 2 {
		mean, square := 0., 0.
		for _, d := range scores {
			mean += d.score / float64(len(scores))
		}
		for _, d := range scores {
			square += (d.score - mean) * (d.score - mean) / float64(len(scores))
		}
		f.Spread = math.Sqrt(square) / all[0].score
	}
	return f
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

// judge fills in how sure the results are, and why nothing is shown when nothing is.
func (m confidenceModel) judge(out *Results, q *query, f features) {
	here := m.Here.probability(f)
	out.Confidence = here * m.Answers.probability(f)
	switch {
	case q.small:
		out.Band, out.Confidence, out.Reason = BandNone, 0, "That does not look like a question I can look up."
	case len(out.Hits) == 0:
		out.Band, out.Confidence, out.Reason = BandNone, 0, "None of its words stand in what I have read."
	case here < m.NoneBelow:
		out.Band, out.Reason = BandNone, reason(f)
	case m.Answers.probability(f) >= m.AnswerFrom:
		out.Band = BandAnswer
	default:
		out.Band = BandMaybe
	}
}

// reason says why nothing was close enough.
func reason(f features) string {
	switch {
	case f.Unknown > .4:
		return "What it is about does not come up in what I have read."
	case f.Mass < .8:
		return "It could mean many things: a few more words would help."
	case f.Cover < .5:
		return "Pages share single words with it, but none is about it as a whole."
	}
	return "Nothing I have read is close to it."
}
