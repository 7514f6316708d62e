package index

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Report is what Evaluate found. Figures are shares from 0 to 1 unless said.
type Report struct {
	Name           string                `json:"name"`
	Documents      int                   `json:"documents"`
	Passages       int                   `json:"passages"`
	Queries        int                   `json:"queries"`
	NDCG10         float64               `json:"ndcg@10"`
	Success1       float64               `json:"success@1"`
	Success5       float64               `json:"success@5"`
	MRR10          float64               `json:"mrr@10"`
	Recall100      float64               `json:"recall@100"`
	Intervals      map[string][2]float64 `json:"intervals_95,omitempty"`
	ByStyle        []StyleReport         `json:"by_style,omitempty"`
	Bands          map[Band]float64      `json:"bands,omitempty"` // of the answerable questions
	BandIntervals  map[Band][2]float64   `json:"bands_95,omitempty"`
	Unanswerable   []BandReport          `json:"unanswerable,omitempty"` // of those that nothing answers, by kind
	PrecisionTop30 float64               `json:"precision@1_of_most_confident_30%"`
	Answers        *AnswerReport         `json:"answers,omitempty"`
	FollowUps      *FollowUpReport       `json:"follow_ups,omitempty"`
	PerSecond      float64               `json:"queries_per_second"`
	P50            float64               `json:"p50_ms"`
	P99            float64               `json:"p99_ms"`
	Against        *Comparison           `json:"against,omitempty"`  // the run compared with, then this one
	Warnings       []string              `json:"warnings,omitempty"` // what could not be judged, and why, a sentence each
	Results        []QueryResult         `json:"-"`
}

// StyleReport is Success for one style of question.
type StyleReport struct {
	Style     string                `json:"style"`
	Queries   int                   `json:"queries"`
	NDCG10    float64               `json:"ndcg@10"`
	Success1  float64               `json:"success@1"`
	Success5  float64               `json:"success@5"`
	Intervals map[string][2]float64 `json:"intervals_95,omitempty"`
}

// BandReport is how often each band was given.
type BandReport struct {
	Kind      string              `json:"kind"` // "off_topic", "near_miss", … as the questions say; "" when they do not
	Queries   int                 `json:"queries"`
	Bands     map[Band]float64    `json:"bands"`
	Intervals map[Band][2]float64 `json:"bands_95"`
}

// AnswerReport is how often the text shown, with the headings above it, holds at least half of the words of the
// right sentences.
type AnswerReport struct {
	Queries      int                   `json:"queries"`
	RightPassage float64               `json:"right_passage"` // when the passage shown is right
	RightQueries int                   `json:"right_passage_queries"`
	Top          float64               `json:"top"` // for the first result, whatever it is
	Intervals    map[string][2]float64 `json:"intervals_95,omitempty"`
}

// FollowUpReport judges questions with turns before them, by document.
type FollowUpReport struct {
	Queries   int                   `json:"queries"`
	NDCG10    float64               `json:"ndcg@10"`
	Success1  float64               `json:"success@1"`
	Recall100 float64               `json:"recall@100"`
	Intervals map[string][2]float64 `json:"intervals_95,omitempty"`
}

// resamples is how often the bootstrap and the permutation test draw.
const resamples = 2000

// dice returns the source of chance of this package: the same in every run, so that figures are too.
func dice() *rand.Rand { return rand.New(rand.NewPCG(20, 26)) }

// figures are what a question can be judged by, by their names in a report.
var figures = map[string]func(QueryResult) float64{
	"ndcg@10":    func(q QueryResult) float64 { return q.NDCG10 },
	"success@1":  func(q QueryResult) float64 { return success(q.Ranking, q.Relevant, 1) },
	"success@5":  func(q QueryResult) float64 { return success(q.Ranking, q.Relevant, 5) },
	"mrr@10":     func(q QueryResult) float64 { return reciprocal(q.Ranking, q.Relevant, 10) },
	"recall@100": func(q QueryResult) float64 { return recall(q.Ranking, q.Relevant, 100) },
}

// meansOf returns the mean of some figures over results, and where each lies.
func meansOf(results []QueryResult, names ...string) (means map[string]float64, within map[string][2]float64) {
	means, within = map[string]float64{}, map[string][2]float64{}
	for _, name := range names {
		means[name], within[name] = over(results, figures[name])
	}
	return means, within
}

func over(results []QueryResult, of func(QueryResult) float64) (float64, [2]float64) {
	values := make([]float64, len(results))
	for i, q := range results {
		values[i] = of(q)
	}
	return mean(values)
}

// mean returns the mean of values, and where it lies with 95 % confidence: the percentile bootstrap over questions.
func mean(values []float64) (float64, [2]float64) {
	sum := 0.
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values)), bootstrap(values)
}

// shares returns how often each band was given, and where that lies.
func shares(results []QueryResult) (map[Band]float64, map[Band][2]float64) {
	bands, within := map[Band]float64{}, map[Band][2]float64{}
	for _, q := range results {
		if _, done := bands[q.Band]; !done {
			bands[q.Band], within[q.Band] = over(results, func(other QueryResult) float64 { return one(other.Band == q.Band) })
		}
	}
	return bands, within
}

// surestShare is the part of the questions that Report.PrecisionTop30 is about.
const surestShare = .3

// surest returns the results that the search was surest of.
func surest(results []QueryResult) []QueryResult {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b QueryResult) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return sorted[:max(1, int(math.Round(surestShare*float64(len(sorted)))))]
}

// summarise fills the figures from the results.
func (r *Report) summarise(took time.Duration) {
	r.Queries = len(r.Results)
	if r.Queries == 0 {
		return
	}
	means, within := meansOf(r.Results, "ndcg@10", "success@1", "success@5", "mrr@10", "recall@100")
	r.NDCG10, r.Success1, r.Success5, r.MRR10, r.Recall100 = means["ndcg@10"], means["success@1"], means["success@5"], means["mrr@10"], means["recall@100"]
	r.PrecisionTop30, within[surestName] = over(surest(r.Results), figures["success@1"])
	r.Intervals = within
	r.Bands, r.BandIntervals = shares(r.Results)
	r.ByStyle = styleReports(r.Results)
	r.speed(took)
}

// surestName is what PrecisionTop30 is called in JSON.
const surestName = "precision@1_of_most_confident_30%"

func styleReports(results []QueryResult) []StyleReport {
	byStyle := map[string][]QueryResult{}
	for _, q := range results {
		for _, style := range q.Style {
			byStyle[style] = append(byStyle[style], q)
		}
	}
	var out []StyleReport
	for _, style := range slices.Sorted(maps.Keys(byStyle)) {
		means, within := meansOf(byStyle[style], "ndcg@10", "success@1", "success@5")
		out = append(out, StyleReport{
			Style: style, Queries: len(byStyle[style]), Intervals: within,
			NDCG10: means["ndcg@10"], Success1: means["success@1"], Success5: means["success@5"],
		})
	}
	return out
}

func followUpReport(results []QueryResult) *FollowUpReport {
	means, within := meansOf(results, "ndcg@10", "success@1", "recall@100")
	return &FollowUpReport{
		Queries: len(results), Intervals: within,
		NDCG10: means["ndcg@10"], Success1: means["success@1"], Recall100: means["recall@100"],
	}
}

func (r *Report) speed(took time.Duration) {
	var times []time.Duration
	for _, q := range r.Results {
		times = append(times, q.Took)
	}
	slices.Sort(times)
	r.P50, r.P99 = milliseconds(times[len(times)/2]), milliseconds(times[min(len(times)-1, len(times)*99/100)])
	r.PerSecond = float64(len(times)) / max(took.Seconds(), 1e-9)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

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
