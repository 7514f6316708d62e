package index

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The names that lines of a run end in. Columns are parted by spaces, so a line in which a name holds one has its
// names escaped as in a URL, and says so; all other names stand as they are, for tools that know nothing of this.
const (
	runName        = "liaison"
	escapedRunName = "liaison-escaped"
)

// writeRun writes a TREC run: query, Q0, document, rank, score, name.
func writeRun(to io.Writer, results []QueryResult) error {
	out := bufio.NewWriter(to)
	for _, q := range results {
		if q.ID == "" {
			return errors.New("a run names every question by its id, and one has none: give it one")
		}
		for i, doc := range q.Ranking {
			id, name := q.ID, runName
			if strings.ContainsFunc(id+doc, unicode.IsSpace) {
				id, doc, name = escape(id), escape(doc), escapedRunName
			}
			fmt.Fprintf(out, "%s Q0 %s %d %s %s\n", id, doc, i+1, strconv.FormatFloat(q.Scores[i], 'g', 8, 64), name)
		}
	}
	return out.Flush()
}

// escape leaves paths readable.
func escape(name string) string { return strings.ReplaceAll(url.PathEscape(name), "%2F", "/") }

// ReadRun reads a TREC run, of Liaison or of anything else, and judges it by the questions of another.
func ReadRun(run io.Reader, judged []QueryResult) ([]QueryResult, error) {
	rankings, err := parseRun(run)
	if err != nil {
		return nil, err
	}
	out, _, err := judgeRun(rankings, judged)
	return out, err
}

// judgeRun judges rankings, and counts the questions that have none.
func judgeRun(rankings map[string][]string, judged []QueryResult) (out []QueryResult, unanswered int, err error) {
	for _, q := range judged {
		ranking, ok := rankings[q.ID]
		if !ok {
			unanswered++
		}
		out = append(out, QueryResult{ID: q.ID, Ranking: ranking, Relevant: q.Relevant, NDCG10: ndcg(ranking, q.Relevant, 10)})
	}
	if unanswered == len(judged) {
		return nil, unanswered, errors.New("the run to compare with answers none of these questions: is it of another collection?")
	}
	return out, unanswered, nil
}

// openRun reads the rankings of a run from a file.
func openRun(path string) (map[string][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer file.Close()
	rankings, err := parseRun(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rankings, nil
}

// runLine is what a line of a run says of its question.
type runLine struct {
	question, document string
	rank, score        float64
}

// parseRun reads rankings by question: by rank, where ranks are missing or alike by score, and else as they are written.
func parseRun(run io.Reader) (map[string][]string, error) {
	lines := map[string][]runLine{}
	n, err := scanLines(run, func(_ int, text []byte) error {
		line, ok := parseRunLine(strings.Fields(string(text)))
		if !ok {
			return errors.New("expected query, Q0, document, rank, score and name")
		}
		lines[line.question] = append(lines[line.question], line)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("line %d of the run to compare with: %w", n, err)
	}
	rankings := map[string][]string{}
	for question, of := range lines {
		rankings[question] = rankingOf(of)
	}
	return rankings, nil
}

func parseRunLine(cells []string) (line runLine, ok bool) {
	last := len(cells) - 1
	if last < 5 {
		return line, false
	}
	line.question, line.document = cells[0], strings.Join(cells[2:last-2], " ") // other tools leave spaces in names
	if cells[last] == escapedRunName {
		line.question, line.document = unescape(line.question), unescape(line.document)
	}
	ranked := true
	if cells[last-2] != "-" {
		line.rank, ranked = number(cells[last-2])
	}
	score, scored := number(cells[last-1])
	line.score = score
	return line, ranked && scored
}

func unescape(name string) string {
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

func number(cell string) (float64, bool) {
	n, err := strconv.ParseFloat(cell, 64)
	return n, err == nil && !math.IsNaN(n)
}

// rankingOf returns the documents in order. One that is listed twice counts once, or a run could gain by repeating it.
func rankingOf(lines []runLine) []string {
	slices.SortStableFunc(lines, func(a, b runLine) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.score, a.score))
	})
	var out []string
	seen := map[string]bool{}
	for _, line := range lines {
		if !seen[line.document] {
			seen[line.document] = true
			out = append(out, line.document)
		}
	}
	return out
}
