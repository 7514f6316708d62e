package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// fitOptions says what to fit the confidence on.
type fitOptions struct {
	// Folders are judged collections in BEIR form. Questions of one are off topic for the others, unless
	// both names begin alike up to the first "_" or are in Alike.
	Folders   []string
	Knowledge []judgedKnowledge
	Alike     [][]string // groups of collections, by the beginning of their names, about the same things
	// Aside are files of messages about something else, asked of all that is fitted; AtWork, of such as people ask at work,
	// asked of Knowledge, whether any page of it answers or not: both in the form of EvalOptions.Questions.
	Aside, AtWork []string
	Typed         []string // questions written for Knowledge, of which learnSound learns, too
	// Plain fits the confidence for collections without asked lines, on Folders, and Asked the one where pages have some,
	// on Knowledge. What is not fitted stays as it is.
	Plain, Asked bool
	Cache        string    // as in EvalOptions
	Log          io.Writer // what was fitted and how well
}

// judgedKnowledge is a knowledge folder with questions over it. It is what the confidence is for, and
// weighs four times as much as a judged collection.
type judgedKnowledge struct {
	Name      string
	Index     *Index
	Questions []string // files, as in EvalOptions
	Weight    float64  // of each question when fitting the fusion; 0 means 1
}

const knowledgeWeight = 4

// example is one search with what should be thought of it.
type example struct {
	group      string
	seen       features
	here       bool // something about it is here
	right      bool // the first document answers
	answerable bool // some document does
	near       bool // it sounds like home, and nothing answers
	unsure     bool // nobody knows whether anything answers
	weight     float64
}

// learnConfidence learns confidence.json and writes it to out: two logistic regressions over judged searches, with o.Asked
// for knowledge whose pages have asked lines, with o.Plain for collections without. A
// question of its own collection is here, and what people ask at work is; a message about something else, and one from
// another collection, is not; a question whose answering documents are left out is here but not answered. Every
// collection weighs the same.
func learnConfidence(ctx context.Context, o fitOptions, out io.Writer) error {
	examples, err := gatherExamples(ctx, o)
	if err != nil {
		return fmt.Errorf("fit the confidence: %w", err)
	}
	m := confidence
	plain, asked := partBy(examples, func(e example) bool { return e.seen.Asked == 0 })
	if o.Plain {
		m.Plain = fitConfidence(plain, boundsPlain, o.Log)
	}
	if o.Asked {
		m.Asked = fitConfidence(asked, boundsAsked, o.Log)
		m.Asked.Likely = likely
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	_, err = out.Write(append(data, '\n'))
	return err
}

// partBy returns the examples that are so, and the others.
func partBy(examples []example, so func(example) bool) (yes, no []example) {
	for _, e := range examples {
		if so(e) {
			yes = append(yes, e)
		} else {
			no = append(no, e)
		}
	}
	return yes, no
}

func fitConfidence(examples []example, within bounds, log io.Writer) confidenceModel {
	m := confidenceModel{Fitted: fmt.Sprintf("%d searches", len(examples))}
	m.Here = logistic(examples, func(e example) bool { return e.here })
	here, _ := partBy(examples, func(e example) bool { return e.here && !e.unsure })
	m.Answers = logistic(here, func(e example) bool { return e.right })
	m.NoneBelow, m.AnswerFrom = thresholds(m, examples, within, log)
	return m
}

// smallCollection is how many documents the smallest samples of collections have: what a new team
// starts with.
const smallCollection = 60

// collectionOf is a judged collection that is open for gathering.
type collectionOf struct {
	name string
	*evaluation
	weight float64
	folder bool
}

func gatherExamples(ctx context.Context, o fitOptions) ([]example, error) {
	var collections []collectionOf
	defer func() {
		for _, c := range collections {
			c.close()
		}
	}()
	for _, folder := range o.Folders {
		for _, size := range []int{0, smallCollection, smallCollection * 5} {
			if size > 0 && !o.Plain {
				continue
			}
			e := &evaluation{EvalOptions: EvalOptions{Folder: folder, Cache: o.Cache}, sample: size}
			if err := e.openFolder(ctx); err != nil {
				return nil, err
			}
			name := e.name
			if size > 0 {
				name = fmt.Sprintf("%s_%d", e.name, size)
			}
			collections = append(collections, collectionOf{name, e, 1, true})
		}
	}
	for _, k := range o.Knowledge {
		whole := &evaluation{EvalOptions: EvalOptions{Index: k.Index}, qrels: map[string]map[string]float64{}}
		for _, file := range k.Questions {
			e := &evaluation{EvalOptions: EvalOptions{Questions: file, Index: k.Index}}
			if err := e.readQuestions(); err != nil {
				return nil, err
			}
			whole.queries = append(whole.queries, e.queries...)
			maps.Copy(whole.qrels, e.qrels)
		}
		collections = append(collections, collectionOf{k.Name, whole, knowledgeWeight, false})
	}
	if len(collections) == 0 {
		return nil, errors.New("there is nothing to learn from: name judged collections")
	}
	sound, err := messageCountsOf(o)
	if err != nil {
		return nil, err
	}
	var all []example
	for i, c := range collections {
		if c.folder && !o.Plain {
			continue // its questions are strangers to the others
		}
		some, err := c.examples(ctx, o, sound, collections[:i], collections[i+1:])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// strangers is about how many questions of each other collection are asked as off topic.
const strangers = 25

func (c collectionOf) examples(ctx context.Context, o fitOptions, sound *messageCounts, others ...[]collectionOf) ([]example, error) {
	var out []example
	ask := func(text string, here bool, relevant, without map[string]float64, weight float64) (*example, error) {
		results, seen, err := c.Index.searchInto(ctx, c.Audience, Question{Text: text, Limit: 10, without: without}, 0)
		if err != nil {
			return nil, err
		}
		if seen.Asked > 0 {
			seen.Sound = sound.soundOf(text)
		}
		right := len(results.Hits) > 0 && relevant[results.Hits[0].Document.Path] > 0
		out = append(out, example{group: c.name, seen: seen, here: here, right: right, weight: weight})
		return &out[len(out)-1], nil
	}
	for _, q := range c.queries {
		relevant := c.qrels[q.id()]
		kind, _ := q.Unanswerable.(string)
		switch {
		case !q.answerable():
			off := kind == "off_topic" || slices.Contains(q.Style, "off-topic")
			asked, err := ask(q.asked(), !off, nil, nil, 5)
			if err != nil {
				return nil, err
			}
			asked.near = !off
		case len(relevant) > 0:
			asked, err := ask(q.asked(), true, relevant, nil, 1)
			if err != nil {
				return nil, err
			}
			asked.answerable = true
			if _, err := ask(q.asked(), true, nil, relevant, .25); err != nil {
				return nil, err
			}
		}
	}
	for _, other := range slices.Concat(others...) {
		if other.sample > 0 || alike(o, c.name, other.name) {
			continue
		}
		step := max(1, len(other.queries)/strangers)
		for i := 0; i < len(other.queries); i += step {
			if _, err := ask(other.queries[i].asked(), false, nil, nil, .5); err != nil {
				return nil, err
			}
		}
	}
	messages, err := c.messages(o)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		asked, err := ask(m.asked(), m.here, nil, nil, messageWeight)
		if err != nil {
			return nil, err
		}
		asked.unsure = m.here
	}
	return balanced(out, c.weight), nil
}

// messageWeight is what a message counts, of which there are many: a question of one's own counts 1.
const messageWeight = .5

// message is one without a page that is known to answer: about something else, or such as people ask at work.
type message struct {
	judged
	here bool
}

// messages returns those asked of a collection.
func (c collectionOf) messages(o fitOptions) ([]message, error) {
	all, err := readMessages(o.Aside, false)
	if err != nil || c.folder { // what people ask at work is nothing to a collection
		return all, err
	}
	work, err := readMessages(o.AtWork, true)
	return append(all, work...), err
}

func readMessages(files []string, here bool) ([]message, error) {
	var all []message
	for _, file := range files {
		e := &evaluation{EvalOptions: EvalOptions{Questions: file}}
		if err := e.readQuestions(); err != nil {
			return nil, err
		}
		for _, q := range e.queries {
			all = append(all, message{q, here})
		}
	}
	return all, nil
}

// alike reports whether two collections are about the same things, so that questions of one are not
// off topic for the other.
func alike(o fitOptions, a, b string) bool {
	x, _, _ := strings.Cut(a, "_")
	y, _, _ := strings.Cut(b, "_")
	if x == y {
		return true
	}
	within := func(group []string, name string) bool {
		return slices.ContainsFunc(group, func(g string) bool { return strings.HasPrefix(name, g) })
	}
	return slices.ContainsFunc(o.Alike, func(group []string) bool { return within(group, a) && within(group, b) })
}

// balanced gives a collection's questions and its strangers the same weight together, as given.
func balanced(examples []example, weight float64) []example {
	sum := map[bool]float64{}
	for _, e := range examples {
		sum[e.here] += e.weight
	}
	for i, e := range examples {
		examples[i].weight *= weight / max(sum[e.here], 1e-9)
	}
	return examples
}

// ridge is how much every coefficient is held back, per search (here: with 1e-3, of blind questions about something else
// a seventh fewer were refused with as many real ones, and of blind ones right answers told from wrong by an area of .921
// instead of .931; 3e-2 tells them .934, and those over the real pages .918 instead of .928).
const ridge = 1e-2

// logistic fits a logistic regression by Newton's method with a small ridge, on standardised features;
// the standardising is folded into the coefficients.
func logistic(examples []example, positive func(example) bool) model {
	n := len(featureNames)
	mean, scale := make([]float64, n), make([]float64, n)
	total := 0.
	for _, e := range examples {
		total += e.weight
		for j, x := range e.seen.list() {
			mean[j] += e.weight * x
		}
	}
	for j := range mean {
		mean[j] /= total
	}
	for _, e := range examples {
		for j, x := range e.seen.list() {
			scale[j] += e.weight * (x - mean[j]) * (x - mean[j]) / total
		}
	}
	for j := range scale {
		scale[j] = math.Sqrt(scale[j]) + 1e-6
	}
	beta := make([]float64, n+1)
	for range 30 {
		gradient := make([]float64, n+1)
		hessian := make([][]float64, n+1)
		for j := range hessian {
			hessian[j] = make([]float64, n+1)
			hessian[j][j] = ridge * total
			gradient[j] = -ridge * total * beta[j]
		}
		for _, e := range examples {
			row := make([]float64, n+1)
			row[0] = 1
			for j, x := range e.seen.list() {
				row[j+1] = (x - mean[j]) / scale[j]
			}
			z, y := 0., 0.
			for j := range row {
				z += row[j] * beta[j]
			}
			if positive(e) {
				y = 1
			}
			p := 1 / (1 + math.Exp(-z))
			for j := range row {
				gradient[j] += e.weight * (y - p) * row[j]
				for k := range row {
					hessian[j][k] += e.weight * p * (1 - p) * row[j] * row[k]
				}
			}
		}
		for j, step := range solve(hessian, gradient) {
			beta[j] += step
		}
	}
	m := model{Bias: beta[0], Weights: map[string]float64{}}
	for j, name := range featureNames {
		m.Weights[name] = round4(beta[j+1] / scale[j])
		m.Bias -= beta[j+1] * mean[j] / scale[j]
	}
	m.Bias = round4(m.Bias)
	return m
}

func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// solve returns x with a·x = b, by Gauss's elimination. a is positive definite.
func solve(a [][]float64, b []float64) []float64 {
	for i := range a {
		for j := i + 1; j < len(a); j++ {
			f := a[j][i] / a[i][i]
			for k := i; k < len(a); k++ {
				a[j][k] -= f * a[i][k]
			}
			b[j] -= f * b[i]
		}
	}
	x := make([]float64, len(b))
	for i := len(b) - 1; i >= 0; i-- {
		x[i] = b[i]
		for k := i + 1; k < len(b); k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}

// bounds are what the thresholds keep. Of what is shown as the answer to what can be answered, more must be right where
// there is nothing but text to go by.
type bounds struct {
	refused float64 // of what can be answered, at most
	missed  float64 // of near misses, shown as the answer at most
	right   float64 // of what is shown as the answer to what can be answered, at least
}

var (
	boundsPlain = bounds{refused: .0275, missed: .2, right: .88}
	boundsAsked = bounds{refused: .019, missed: .2, right: .875}
)

// likely is how probable it must be that there is anything about a question, for a page to be shown as its answer, where
// people are known to ask for pages (here: of 420 blind messages about something else .05 are answered, at .5 .06, and at
// .6 .045; of 150 blind questions .43, .43 and .41 rightly; where there is nothing but text, small collections lose a tenth
// of their answers).
const likely = .55

// thresholds chooses the bands: refuse as much as the answerable allow, and answer as much as near
// misses and wrong first documents allow.
func thresholds(m confidenceModel, examples []example, within bounds, log io.Writer) (noneBelow, answerFrom float64) {
	var here, near []float64
	type answered struct {
		p     float64
		right bool
	}
	var asked []answered
	for _, e := range examples {
		if e.answerable {
			here = append(here, m.Here.probability(e.seen))
			asked = append(asked, answered{m.Answers.probability(e.seen), e.right})
		}
		if e.near {
			near = append(near, m.Answers.probability(e.seen))
		}
	}
	slices.Sort(here)
	noneBelow = round4(here[int(within.refused*float64(len(here)))])
	slices.SortFunc(asked, func(a, b answered) int { return cmp.Compare(b.p, a.p) })
	right := 0.
	for i, a := range asked {
		right += one(a.right)
		if right >= within.right*float64(i+1) {
			answerFrom = round4(a.p)
		}
	}
	if slices.Sort(near); len(near) > 0 {
		answerFrom = max(answerFrom, round4(near[int((1-within.missed)*float64(len(near)))]))
	}
	if log != nil {
		describe(m, examples, noneBelow, answerFrom, log)
	}
	return noneBelow, answerFrom
}

// describe prints, by collection, what the bands would do.
func describe(m confidenceModel, examples []example, noneBelow, answerFrom float64, log io.Writer) {
	groups := map[string][]example{}
	for _, e := range examples {
		groups[e.group] = append(groups[e.group], e)
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		var refused, asked, right, caught, strange, answered, rightAnswers, missed, missing float64
		for _, e := range groups[name] {
			none, answer := m.Here.probability(e.seen) < noneBelow, m.Answers.probability(e.seen) >= answerFrom
			switch {
			case e.unsure:
			case !e.here:
				strange++
				caught += one(none)
			case e.answerable:
				asked++
				refused += one(none)
				if !e.right {
					missing++
					missed += one(!none && answer)
					continue
				}
				right++
				rightAnswers += one(!none && answer)
			default:
				missing++
				missed += one(!none && answer)
			}
		}
		answered = rightAnswers + missed
		fmt.Fprintf(log, "%-18s here: area under the curve %.3f; answers: %.3f\n", name,
			area(groups[name], func(e example) (float64, bool, bool) { return m.Here.probability(e.seen), e.here, true }),
			area(groups[name], func(e example) (float64, bool, bool) {
				return m.Answers.probability(e.seen), e.right, e.here && !e.unsure
			}))
		fmt.Fprintf(log, "%-18s off topic refused %.2f of %.0f; answerable refused %.3f of %.0f; right ones answered %.2f of %.0f; wrong ones answered %.2f of %.0f; right among answered %.2f\n",
			name, caught/max(strange, 1), strange, refused/max(asked, 1), asked, rightAnswers/max(right, 1), right, missed/max(missing, 1), missing, rightAnswers/max(answered, 1))
	}
}

// area returns how often a positive example has a higher probability than a negative one.
func area(examples []example, of func(example) (p float64, positive, counts bool)) float64 {
	var yes, no []float64
	for _, e := range examples {
		switch p, positive, counts := of(e); {
		case !counts:
		case positive:
			yes = append(yes, p)
		default:
			no = append(no, p)
		}
	}
	wins := 0.
	for _, y := range yes {
		for _, n := range no {
			switch {
			case y > n:
				wins++
			case y == n:
				wins += .5
			}
		}
	}
	return wins / max(float64(len(yes)*len(no)), 1)
}
