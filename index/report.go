package index

import (
	"bufio"
	"fmt"
	"io"
	"maps"
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
	Queries    int     `json:"queries"`
	Difference float64 `json:"difference"` // of mean nDCG@10, the second less the first
	P          float64 `json:"p"`          // chance of so great a difference if the runs were alike
}

// Compare compares two runs by nDCG@10, question by question, with Fisher's paired randomisation test,
// two-sided: the signs of the differences are drawn anew.
func Compare(first, second []QueryResult) Comparison {
	byID := map[string]float64{}
	for _, q := range first {
		byID[q.ID] = q.NDCG10
	}
	var differences []float64
	sum := 0.
	for _, q := range second {
		if before, ok := byID[q.ID]; ok {
			differences = append(differences, q.NDCG10-before)
			sum += q.NDCG10 - before
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
		if math.Abs(drawn) >= math.Abs(sum)-1e-12 {
			extreme++
		}
	}
	return Comparison{len(differences), sum / max(float64(len(differences)), 1), float64(extreme+1) / (resamples + 1)}
}

// ReadRun reads a TREC run and judges it with a collection's qrels.tsv, to be compared with another.
func ReadRun(run io.Reader, qrels string) ([]QueryResult, error) {
	judgments, err := readQrels(qrels)
	if err != nil {
		return nil, err
	}
	rankings := map[string][]string{}
	lines := bufio.NewScanner(run)
	for n := 1; lines.Scan(); n++ {
		cells := strings.Fields(lines.Text())
		if len(cells) != 6 {
			return nil, fmt.Errorf("line %d of the run: expected query, Q0, document, rank, score and name", n)
		}
		rankings[cells[0]] = append(rankings[cells[0]], cells[2])
	}
	var out []QueryResult
	for _, id := range slices.Sorted(maps.Keys(judgments)) {
		out = append(out, QueryResult{ID: id, Ranking: rankings[id], Relevant: judgments[id], NDCG10: ndcg(rankings[id], judgments[id], 10)})
	}
	return out, lines.Err()
}

// Text returns the report for people, one figure a line.
func (r Report) Text() string {
	var b strings.Builder
	line := func(name string, value float64, key string) {
		fmt.Fprintf(&b, "  %-16s %.3f", name, value)
		if within, ok := r.Intervals[key]; ok {
			fmt.Fprintf(&b, "  (%.3f to %.3f)", within[0], within[1])
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s: %d documents, %d passages, %d questions\n", r.Name, r.Documents, r.Passages, r.Queries)
	line("nDCG@10", r.NDCG10, "ndcg@10")
	line("Success@1", r.Success1, "success@1")
	line("Success@5", r.Success5, "success@5")
	line("MRR@10", r.MRR10, "")
	line("Recall@100", r.Recall100, "")
	line("P@1, surest 30 %", r.PrecisionTop30, "")
	fmt.Fprintf(&b, "  %-16s %s\n", "bands", bandsText(r.Bands))
	for _, s := range r.ByStyle {
		fmt.Fprintf(&b, "  style %-16s %4d questions: nDCG@10 %.3f, Success@1 %.3f, Success@5 %.3f\n", s.Style, s.Queries, s.NDCG10, s.Success1, s.Success5)
	}
	for _, u := range r.Unanswerable {
		fmt.Fprintf(&b, "  unanswerable %s %d questions: %s\n", u.Kind, u.Queries, bandsText(u.Bands))
	}
	if a := r.Answers; a != nil {
		fmt.Fprintf(&b, "  right sentences shown: %.3f of %d right passages, %.3f of %d first results\n", a.RightPassage, a.RightQueries, a.Top, a.Queries)
	}
	if f := r.FollowUps; f != nil {
		fmt.Fprintf(&b, "  follow-ups: %d questions: nDCG@10 %.3f, Success@1 %.3f, Recall@100 %.3f\n", f.Queries, f.NDCG10, f.Success1, f.Recall100)
	}
	fmt.Fprintf(&b, "  %s questions a second, p50 %.2f ms, p99 %.2f ms\n", strconv.FormatFloat(r.PerSecond, 'f', 0, 64), r.P50, r.P99)
	return b.String()
}

func bandsText(bands map[Band]float64) string {
	var parts []string
	for _, band := range []Band{BandAnswer, BandMaybe, BandNone} {
		parts = append(parts, fmt.Sprintf("%s %.2f", band, bands[band]))
	}
	return strings.Join(parts, ", ")
}
