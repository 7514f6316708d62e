package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2" // a run is replaced whole or not at all

	"liaison/bot/access"
	"liaison/bot/experts"
	"liaison/index"
	"liaison/knowledge"
)

type evalCommand struct {
	who
	Dir          string `arg:"" optional:"" help:"A folder in BEIR form (corpus.jsonl, queries.jsonl, qrels.tsv), or of people (docs.jsonl, people.jsonl)."`
	Questions    string `help:"Judged questions about the knowledge folder, instead of its questions.yaml." placeholder:"FILE"`
	Unanswerable string `help:"Questions that nothing answers (JSON lines): how many are refused." placeholder:"FILE"`
	Answers      string `help:"Right sentences by question (JSON lines): does the shown text hold them." placeholder:"FILE"`
	FollowUps    string `name:"follow-ups" help:"Conversations (turns.jsonl), judged by document." placeholder:"FILE"`
	TREC         string `name:"run" help:"Write the ranking as a TREC run." placeholder:"FILE"`
	Against      string `help:"Compare with a TREC run, an earlier one or another tool's, question by question." placeholder:"FILE"`
	JSON         bool   `help:"Print one JSON object."`
}

// Run judges retrieval and prints the figures. Nothing is written before all is judged.
func (c *evalCommand) Run(ctx context.Context, p *program) error {
	audience, _, err := c.parse()
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return err
	}
	run, err := createRun(c.TREC)
	if err != nil {
		return fmt.Errorf("write the run: %w", err)
	}
	defer run.discard()
	var to io.Writer
	if run != nil {
		to = run
	}
	report, err := c.judge(ctx, p, audience, to)
	if err != nil {
		return err
	}
	if err := run.keep(); err != nil {
		return fmt.Errorf("write the run: %w", err)
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(report)
	}
	_, err = io.WriteString(p.out, report.table())
	return err
}

// check refuses what does not go together.
func (c *evalCommand) check() error {
	people := c.ofPeople()
	switch {
	case c.Dir != "" && c.Questions != "":
		return &usageError{errors.New("eval takes a folder or --questions, not both")}
	case c.Against != "" && (people || c.FollowUps != ""):
		return &usageError{errors.New("--against compares single questions about pages: leave it out for conversations and people")}
	case people && c.Unanswerable+c.Answers+c.FollowUps != "":
		return &usageError{fmt.Errorf("--unanswerable, --answers and --follow-ups are about pages, and %s holds people: leave them out", c.Dir)}
	}
	return nil
}

func (c *evalCommand) ofPeople() bool { return c.Dir != "" && experts.IsPeopleFolder(c.Dir) }

// judged is what an evaluation found: its fields as JSON, and a table for people.
type judged interface{ table() string }

func (c *evalCommand) judge(ctx context.Context, p *program, audience access.Audience, run io.Writer) (judged, error) {
	if c.ofPeople() {
		return c.judgePeople(ctx, p, run)
	}
	options := index.EvalOptions{
		Folder: c.Dir, Questions: c.Questions, Audience: audience, Unanswerable: c.Unanswerable,
		Answers: c.Answers, FollowUps: c.FollowUps, Run: run, Against: c.Against, Progress: p.progress(),
	}
	if c.Dir == "" {
		return c.judgeKnowledge(ctx, p, options)
	}
	report, err := index.Evaluate(ctx, options)
	return pagesJudged(report), err
}

func (c *evalCommand) judgePeople(ctx context.Context, p *program, run io.Writer) (judged, error) {
	report, err := experts.Evaluate(ctx, experts.EvalOptions{Folder: c.Dir, Run: run, Progress: p.progress()})
	if err == nil && report.Queries == 0 {
		err = fmt.Errorf("%s: nothing can be judged, as qrels.tsv names nobody for any question of queries.jsonl: compare their ids", c.Dir)
	}
	return peopleJudged(report), err
}

// judgeKnowledge judges the knowledge folder, by its own questions when none are named.
func (c *evalCommand) judgeKnowledge(ctx context.Context, p *program, options index.EvalOptions) (judged, error) {
	library, config, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	defer library.close()
	if err := checkAudience(library.base.Load(), options.Audience); err != nil {
		return nil, err
	}
	options.Index = library.index.Load()
	if options.Questions == "" {
		questions, forget, err := ownQuestions(config.knowledge)
		if err != nil {
			return nil, err
		}
		defer forget()
		options.Questions = questions
	}
	report, err := index.Evaluate(ctx, options)
	return pagesJudged(report), err
}

// runFile is a run that is being written, beside the file that it is to replace: an evaluation that fails leaves an
// earlier run as it was, and one may be compared with the run that it replaces. A nil one is of no file.
type runFile struct {
	io.WriteCloser
	pending *renameio.PendingFile // nil for a pipe or a device, which is written to at once
}

func createRun(path string) (*runFile, error) {
	if path == "" {
		return nil, nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the file is replaced, not the link to it
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name a file", path)
	}
	if err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &runFile{WriteCloser: file}, err
	}
	if folder := filepath.Dir(path); !isFolder(folder) {
		return nil, fmt.Errorf("there is no folder %s: make it first", folder)
	}
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	return &runFile{file, file}, err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// keep puts the run where it belongs.
func (r *runFile) keep() error {
	switch {
	case r == nil:
		return nil
	case r.pending == nil:
		return r.Close()
	}
	return r.pending.CloseAtomicallyReplace()
}

// discard removes what was not kept.
func (r *runFile) discard() {
	if r != nil && r.pending != nil {
		_ = r.pending.Cleanup() // nothing is left to do once it was kept
	}
}

// ownQuestions returns the file of judged questions that belongs to a knowledge folder. Of the
// knowledge that ships, when folder is "", it is written out until forget is called.
func ownQuestions(folder string) (path string, forget func(), err error) {
	if folder != "" {
		path = filepath.Join(folder, "questions.yaml")
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("there is no file %s: write judged questions into it, or name some with --questions", path)
		}
		return path, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "liaison-eval-")
	if err != nil {
		return "", nil, fmt.Errorf("write out the questions that ship: %w", err)
	}
	forget = func() { _ = os.RemoveAll(dir) }
	path = filepath.Join(dir, "questions.yaml")
	if err := os.WriteFile(path, knowledge.ShippedQuestions(), 0o600); err != nil {
		forget()
		return "", nil, fmt.Errorf("write out the questions that ship: %w", err)
	}
	return path, forget, nil
}

// peopleJudged tells who is named for a topic, beside naming those of most evidence and plain votes.
type peopleJudged experts.Report

func (r peopleJudged) table() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %d questions about %d people in %d documents\n", r.Name, r.Queries, r.People, r.Documents)
	fmt.Fprintf(&out, "%-14s %7s %7s %8s %7s\n", "", "hit@1", "hit@5", "nDCG@10", "MRR@10")
	for _, row := range []struct {
		name string
		of   experts.Figures
	}{{"Liaison", r.Figures}, {"plain votes", r.PlainVotes}, {"popularity", r.Popularity}} {
		fmt.Fprintf(&out, "%-14s %7.3f %7.3f %8.3f %7.3f\n", row.name, row.of.Hit1, row.of.Hit5, row.of.NDCG10, row.of.MRR10)
	}
	return out.String()
}

// pagesJudged tells how pages were found.
type pagesJudged index.Report

// table shows the figures, one a line.
func (r pagesJudged) table() string {
	var out table
	if r.Name != "" {
		fmt.Fprintln(&out, r.Name)
	}
	out.row("documents", "%d, in %d passages", r.Documents, r.Passages)
	out.row("questions", "%d", r.Queries)
	for _, warning := range r.Warnings {
		out.row("warning", "%s", warning)
	}
	if r.Queries > 0 {
		r.ranking(&out)
	}
	r.refusals(&out)
	r.answers(&out)
	r.comparison(&out)
	if r.Queries > 0 {
		out.row("speed", "%.0f questions a second; p50 %.1f ms, p99 %.1f ms", r.PerSecond, r.P50, r.P99)
	}
	r.explain(&out)
	return out.String()
}

// table is text in two columns.
type table struct{ strings.Builder }

func (t *table) row(label, format string, values ...any) {
	fmt.Fprintf(t, "%-26s %s\n", label, fmt.Sprintf(format, values...))
}

// figure is a row of a mean and where it lies with 95 % confidence.
func (t *table) figure(label string, mean float64, within [2]float64) {
	t.row(label, "%.3f  (95 %%: %.3f to %.3f)", mean, within[0], within[1])
}

// bands are rows of how often people got to see what.
func (t *table) bands(label string, of map[index.Band]float64, within map[index.Band][2]float64) {
	for _, band := range slices.Sorted(maps.Keys(of)) {
		t.figure(label+string(band), of[band], within[band])
	}
}

func (r pagesJudged) ranking(out *table) {
	out.figure("nDCG@10", r.NDCG10, r.Intervals["ndcg@10"])
	out.figure("Success@1", r.Success1, r.Intervals["success@1"])
	out.figure("Success@5", r.Success5, r.Intervals["success@5"])
	out.figure("MRR@10", r.MRR10, r.Intervals["mrr@10"])
	out.figure("Recall@100", r.Recall100, r.Intervals["recall@100"])
	out.figure("right of surest 30 %", r.PrecisionTop30, r.Intervals["precision@1_of_most_confident_30%"])
	out.bands("band ", r.Bands, r.BandIntervals)
	for _, s := range r.ByStyle {
		out.row("style "+s.Style, "%d", s.Queries)
		out.figure("  nDCG@10", s.NDCG10, s.Intervals["ndcg@10"])
		out.figure("  Success@1", s.Success1, s.Intervals["success@1"])
		out.figure("  Success@5", s.Success5, s.Intervals["success@5"])
	}
}

func (r pagesJudged) refusals(out *table) {
	for _, u := range r.Unanswerable {
		out.row(strings.TrimSpace("unanswerable "+u.Kind), "%d", u.Queries)
		out.bands("  band ", u.Bands, u.Intervals)
	}
}

func (r pagesJudged) answers(out *table) {
	if a := r.Answers; a != nil {
		out.row("answer shown", "%d", a.Queries)
		if a.RightQueries > 0 {
			out.figure(fmt.Sprintf("  of right passages (%d)", a.RightQueries), a.RightPassage, a.Intervals["right_passage"])
		}
		out.figure("  of first results", a.Top, a.Intervals["top"])
	}
	if f := r.FollowUps; f != nil {
		out.row("follow-ups", "%d", f.Queries)
		out.figure("  nDCG@10", f.NDCG10, f.Intervals["ndcg@10"])
		out.figure("  Success@1", f.Success1, f.Intervals["success@1"])
		out.figure("  Recall@100", f.Recall100, f.Intervals["recall@100"])
	}
}

func (r pagesJudged) comparison(out *table) {
	if a := r.Against; a != nil {
		out.row("nDCG@10 of the other run", "%.3f", a.Before)
		out.row("  this one less that", "%+.3f  (95 %%: %+.3f to %+.3f; p %.4f, paired randomisation over %d questions)", a.Difference, a.Interval[0], a.Interval[1], a.P, a.Queries)
	}
}

// explain says, below the figures, what those that are there mean, as far as their names do not tell.
func (r pagesJudged) explain(out *table) {
	fmt.Fprint(out, "\nWhat these mean; figures with three decimals are shares, from 0 to 1:\n")
	for _, line := range []struct {
		shown bool
		text  string
	}{
		{len(r.Warnings) > 0, `warning: what of the files could not be judged, and why`},
		{r.Queries > 0, `Success@1, @5: of the questions, those where a right page came first, or among the first five
  MRR@10: 1 where the first right page came first, 1/2 where second, and so on
  nDCG@10: the same for all right pages among the first ten
  Recall@100: of the right pages, those among the first hundred
  right of surest 30 %: Success@1 of the questions that Liaison was surest of`},
		{true, `95 %: the range in which the figure would lie for other questions of this kind`},
		{len(r.Bands) > 0 || len(r.Unanswerable) > 0, `band: what people got to see: "answer", a page shown as the answer; "maybe", a page as what may help; "none", no page`},
		{len(r.ByStyle) > 0, `style: how many questions bear this mark in their file, and the figures of those alone`},
		{len(r.Unanswerable) > 0, `unanswerable: questions that nothing here answers. "none" is right for them; "maybe" and "answer" are pages shown
    although nothing answers: the less of "answer", the better`},
		{r.Answers != nil, `answer shown: how many questions with a right sentence found a page, and of those, where the text shown holds at
    least half of its words: of right passages, where the first passage is of a right page and holds them; of first results,
    whatever came first`},
		{r.FollowUps != nil, `follow-ups: how many turns of conversations were asked after the turns before them, and the figures of those alone`},
		{r.Against != nil, `nDCG@10 of the other run: its mean over the same questions
  this one less that: by how much Liaison is better, or worse where below 0; p is how often chance alone would make so
    great a difference: below .05, it is seldom chance`},
	} {
		if line.shown {
			fmt.Fprintf(out, "  %s\n", line.text)
		}
	}
}
