package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// learnFusion learns fusion.json from judged questions over knowledge whose pages have asked lines, and
// writes it to out: a softmax over the documents of a question, fitted to put an answering one first.
// What it would do on questions it has not seen is told to o.Log, by knowledge. Only o.Knowledge is
// read.
func learnFusion(ctx context.Context, o fitOptions, out io.Writer) error {
	var questions []listed
	for _, k := range o.Knowledge {
		for _, file := range k.Questions {
			some, err := listQuestions(ctx, k, file)
			if err != nil {
				return fmt.Errorf("fit the fusion on %s: %w", file, err)
			}
			questions = append(questions, some...)
		}
	}
	if len(questions) == 0 {
		return errors.New("there is nothing to learn from: name knowledge with judged questions")
	}
	if o.Log != nil {
		crossValidate(questions, o.Log)
	}
	f := fitFusion(questions)
	f.Fitted = fmt.Sprintf("%d questions over %d knowledge folders", len(questions), len(o.Knowledge))
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	_, err = out.Write(append(data, '\n'))
	return err
}

// listed is a judged question with the documents it may find.
type listed struct {
	group  string
	weight float64
	kind   kind
	docs   []listedDocument
}

type listedDocument struct {
	parts parts
	right bool
}

// listDepth is how many documents of a question are compared.
const listDepth = 100

// listQuestions asks every judged question of a file and keeps what it finds.
func listQuestions(ctx context.Context, k judgedKnowledge, file string) ([]listed, error) {
	e := &evaluation{EvalOptions: EvalOptions{Questions: file, Index: k.Index}}
	if err := e.readQuestions(); err != nil {
		return nil, err
	}
	var out []listed
	for _, q := range e.queries {
		if !q.answerable() || len(e.qrels[q.id()]) == 0 {
			continue
		}
		one := listed{group: k.Name, weight: cmp.Or(k.Weight, 1)}
		_, _, err := k.Index.searchInto(ctx, e.Audience, Question{Text: q.asked(), Limit: 1, watch: func(path string, seen kind, p parts) {
			one.kind = seen
			one.docs = append(one.docs, listedDocument{p, e.qrels[q.id()][path] > 0})
		}}, 0)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(one.docs, func(a, b listedDocument) int { return cmp.Compare(b.parts.rough(), a.parts.rough()) })
		one.docs = one.docs[:min(listDepth, len(one.docs))]
		out = append(out, one)
	}
	return out, nil
}

// terms of the linear model: every part times always, covered and words; of alike only always.
const fusionTerms = 3 * partsOfScore

func fusionRow(k kind, p parts) (row [fusionTerms]float64) {
	for i, x := range p.list() {
		row[3*i], row[3*i+1], row[3*i+2] = x, x*k.covered, x*k.words
	}
	row[fusionTerms-2], row[fusionTerms-1] = 0, 0
	return row
}

// The fit is by gradient, with steps as Adam (Kingma and Ba, 2015) takes them.
const (
	fusionSteps = 150
	fusionStep  = .1
	fusionRidge = .003 // on coefficients of terms scaled to deviate by one; .001 to .01 validate alike
)

// fitFusion maximises the log-probability of the answering documents.
func fitFusion(questions []listed) fusion {
	scale := termDeviation(questions)
	var beta, mean, square [fusionTerms]float64
	for step := 1.; step <= fusionSteps; step++ {
		gradient := fusionGradient(questions, beta, scale)
		for j := range beta {
			g := gradient[j] - fusionRidge*beta[j]
			mean[j], square[j] = .9*mean[j]+.1*g, .99*square[j]+.01*g*g
			beta[j] += fusionStep * mean[j] / (1 - math.Pow(.9, step)) / (math.Sqrt(square[j]/(1-math.Pow(.99, step))) + 1e-8)
		}
	}
	f := fusion{Parts: map[string]importance{}}
	at := func(i int) float64 { return math.Round(100*beta[i]/scale[i]) / 100 }
	for i, name := range partNames {
		f.Parts[name] = importance{at(3 * i), at(3*i + 1), at(3*i + 2)}
	}
	return f
}

// termDeviation returns the standard deviation of every term.
func termDeviation(questions []listed) (out [fusionTerms]float64) {
	var sum, square [fusionTerms]float64
	n := 0.
	for _, q := range questions {
		for _, d := range q.docs {
			for j, x := range fusionRow(q.kind, d.parts) {
				sum[j] += x
				square[j] += x * x
			}
			n++
		}
	}
	for j := range out {
		out[j] = math.Sqrt(max(square[j]/n-sum[j]*sum[j]/n/n, 1e-12))
	}
	return out
}

func fusionGradient(questions []listed, beta, scale [fusionTerms]float64) (out [fusionTerms]float64) {
	total := 0.
	for _, q := range questions {
		total += q.weight
		rows, p := make([][fusionTerms]float64, len(q.docs)), make([]float64, len(q.docs))
		sum, right := 0., 0.
		for i, d := range q.docs {
			rows[i] = fusionRow(q.kind, d.parts)
			for j := range rows[i] {
				rows[i][j] /= scale[j]
				p[i] += beta[j] * rows[i][j]
			}
			p[i] = math.Exp(p[i])
			sum += p[i]
			if d.right {
				right += p[i]
			}
		}
		if right == 0 {
			continue // none of its documents answers: nothing to learn
		}
		for i, d := range q.docs {
			pull := -p[i] / sum
			if d.right {
				pull += p[i] / right
			}
			for j, x := range rows[i] {
				out[j] += q.weight * pull * x
			}
		}
	}
	for j := range out {
		out[j] /= total
	}
	return out
}

// folds of the cross-validation.
const folds = 10

// crossValidate fits on nine tenths of the questions and judges the tenth, ten times.
func crossValidate(questions []listed, log io.Writer) {
	n, first, five := map[string]float64{}, map[string]float64{}, map[string]float64{}
	var groups []string
	for fold := range folds {
		var seen, unseen []listed
		for i, q := range questions {
			if i%folds == fold {
				unseen = append(unseen, q)
			} else {
				seen = append(seen, q)
			}
		}
		f := fitFusion(seen)
		for _, q := range unseen {
			if n[q.group] == 0 {
				groups = append(groups, q.group)
			}
			rank := q.rank(f)
			n[q.group]++
			first[q.group] += one(rank < 1)
			five[q.group] += one(rank < 5)
		}
	}
	for _, g := range groups {
		fmt.Fprintf(log, "%-18s cross-validated over %.0f questions: Success@1 %.3f, @5 %.3f\n", g, n[g], first[g]/n[g], five[g]/n[g])
	}
}

// rank returns how many wrong documents come before the first right one.
func (q listed) rank(f fusion) int {
	weights, best := f.weigh(q.kind), math.Inf(-1)
	for _, d := range q.docs {
		if d.right {
			best = max(best, d.parts.score(weights))
		}
	}
	before := 0
	for _, d := range q.docs {
		if !d.right && d.parts.score(weights) >= best {
			before++
		}
	}
	return before
}
