package index

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// resamples is how often the bootstrap and the permutation test draw.
const resamples = 2000

// dice returns the source of chance of this package: the same in every run, so that figures are too.
func dice() *rand.Rand { return rand.New(rand.NewPCG(20, 26)) }

// intervals fills in where each mean lies with 95 % confidence: the percentile bootstrap over questions.
func (r *Report) intervals() {
	r.Intervals = map[string][2]float64{}
	for name, of := range map[string]func(QueryResult) float64{
		"ndcg@10":   func(q QueryResult) float64 { return q.NDCG10 },
		"success@1": func(q QueryResult) float64 { return success(q.Ranking, q.Relevant, 1) },
		"success@5": func(q QueryResult) float64 { return success(q.Ranking, q.Relevant, 5) },
	} {
		values := make([]float64, len(r.Results))
		for i, q := range r.Results {
			values[i] = of(q)
		}
		r.Intervals[name] = bootstrap(values)
	}
}

func bootstrap(values []float64) [2]float64 {
	chance := dice()
	means := make([]float64, resamples)
	for i := range means {
		for range values {
			means[i] += values[chance.IntN(len(values))] / float64(len(values))
		}
	}
	slices.Sort(means)
	return [2]float64{means[resamples*25/1000], means[resamples*975/1000]}
}

// Comparison says whether one run is better than another over the same questions.
type Comparison struct {
	Queries    int        `json:"queries"`
	Before     float64    `json:"before"`        // mean nDCG@10 of the first
	Difference float64    `json:"difference"`    // the second less the first
	Interval   [2]float64 `json:"difference_95"` // where it lies with 95 % confidence
	P          float64    `json:"p"`             // chance of so great a difference if the runs were alike
}

// Compare compares two runs by nDCG@10, question by question, with Fisher's paired randomisation test,
// two-sided: the signs of the differences are drawn anew. Of the difference it tells the percentile bootstrap.
func Compare(first, second []QueryResult) Comparison {
	byID := map[string]float64{}
	for _, q := range first {
		byID[q.ID] = q.NDCG10
	}
	var differences []float64
	out := Comparison{}
	for _, q := range second {
		if before, ok := byID[q.ID]; ok {
			differences = append(differences, q.NDCG10-before)
			out.Before += before
			out.Difference += q.NDCG10 - before
		}
	}
	chance, extreme := dice(), 0
	for range resamples {
		drawn := 0.
		for _, d := range differences {
			if chance.IntN(2) == 0 {
				d = -d
			}
			drawn += d
		}
		if math.Abs(drawn) >= math.Abs(out.Difference)-1e-12 {
			extreme++
		}
	}
	n := max(float64(len(differences)), 1)
	out.Queries, out.P = len(differences), float64(extreme+1)/(resamples+1)
	out.Before, out.Difference = out.Before/n, out.Difference/n
	if len(differences) > 0 {
		out.Interval = bootstrap(differences)
	}
	return out
}

// ReadRun reads a TREC run, of Liaison or of anything else, and judges it by the questions of another.
func ReadRun(run io.Reader, judged []QueryResult) ([]QueryResult, error) {
	rankings := map[string][]string{}
	lines := bufio.NewScanner(run)
	for n := 1; lines.Scan(); n++ {
		cells := strings.Fields(lines.Text())
		if len(cells) < 6 || !isNumber(cells[len(cells)-3]) || !isNumber(cells[len(cells)-2]) {
			return nil, fmt.Errorf("line %d of the run to compare with: expected query, Q0, document, rank, score and name", n)
		}
		document := strings.Join(cells[2:len(cells)-3], " ") // a file may have spaces in its name
		rankings[cells[0]] = append(rankings[cells[0]], document)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the run to compare with: %w", err)
	}
	var out []QueryResult
	known := 0
	for _, q := range judged {
		ranking, ok := rankings[q.ID]
		if ok {
			known++
		}
		out = append(out, QueryResult{ID: q.ID, Ranking: ranking, Relevant: q.Relevant, NDCG10: ndcg(ranking, q.Relevant, 10)})
	}
	if known == 0 {
		return nil, errors.New("the run to compare with answers none of these questions: is it of another collection?")
	}
	return out, nil
}

func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil
}
