package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	report, err := c.judge(ctx, p, audience, run)
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
		report, err := experts.Evaluate(ctx, experts.EvalOptions{Folder: c.Dir, Run: run, Progress: p.progress()})
		return peopleJudged(report), err
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
// earlier run as it was, and one may be compared with the run that it replaces. A nil runFile takes what it is given.
type runFile struct {
	*os.File
	path string // what it replaces; "" for a pipe or a device, which is written to at once
}

func createRun(path string) (*runFile, error) {
	if path == "" {
		return nil, nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the file is replaced, not the link to it
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name a file", path)
	}
	if err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &runFile{File: file}, err
	}
	if folder := filepath.Dir(path); !isFolder(folder) {
		return nil, fmt.Errorf("there is no folder %s: make it first", folder)
	}
	file, err := os.OpenFile(fmt.Sprintf("%s.%d.part", path, os.Getpid()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	return &runFile{file, path}, err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Write implements io.Writer.
func (r *runFile) Write(data []byte) (int, error) {
	if r == nil {
		return len(data), nil
	}
	return r.File.Write(data)
}

// keep puts the run where it belongs.
func (r *runFile) keep() error {
	if r == nil {
		return nil
	}
	if err := r.Close(); err != nil || r.path == "" {
		return err
	}
	return os.Rename(r.Name(), r.path)
}

// discard removes what was not kept.
func (r *runFile) discard() {
	if r == nil {
		return
	}
	_ = r.Close() // keep has seen to its errors
	if r.path != "" {
		_ = os.Remove(r.Name()) // it is not there any more when it was kept
	}
}

// ownQuestions returns the file of judged questions that belongs to a knowledge folder. Of the
// knowledge that ships, when folder is "", it is written out until forget is called.
func ownQuestions(folder string) (path string, forget func(), err error) {
	if folder != "" {
		return filepath.Join(folder, "questions.yaml"), func() {}, nil
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
	var out strings.Builder
	row := func(label, format string, values ...any) {
		fmt.Fprintf(&out, "%-26s %s\n", label, fmt.Sprintf(format, values...))
	}
	if r.Name != "" {
		fmt.Fprintln(&out, r.Name)
	}
	row("documents", "%d, in %d passages", r.Documents, r.Passages)
	row("questions", "%d", r.Queries)
	within := func(name string) string {
		in, ok := r.Intervals[name]
		if !ok {
			return ""
		}
		return fmt.Sprintf("  (95 %%: %.3f to %.3f)", in[0], in[1])
	}
	row("nDCG@10", "%.3f%s", r.NDCG10, within("ndcg@10"))
	row("Success@1", "%.3f%s", r.Success1, within("success@1"))
	row("Success@5", "%.3f%s", r.Success5, within("success@5"))
	row("MRR@10", "%.3f", r.MRR10)
	row("Recall@100", "%.3f", r.Recall100)
	row("right of surest 30 %", "%.3f", r.PrecisionTop30)
	for _, band := range slices.Sorted(maps.Keys(r.Bands)) {
		row("band "+string(band), "%.3f", r.Bands[band])
	}
	for _, s := range r.ByStyle {
		row("style "+s.Style, "Success@1 %.3f, Success@5 %.3f, nDCG@10 %.3f (%d)", s.Success1, s.Success5, s.NDCG10, s.Queries)
	}
	for _, u := range r.Unanswerable {
		row(strings.TrimSpace("unanswerable "+u.Kind), "%d", u.Queries)
		for _, band := range slices.Sorted(maps.Keys(u.Bands)) {
			row("  band "+string(band), "%.3f", u.Bands[band])
		}
	}
	if a := r.Answers; a != nil {
		row("answer shown", "%.3f of %d when the passage is right; %.3f of the first results", a.RightPassage, a.RightQueries, a.Top)
	}
	if f := r.FollowUps; f != nil {
		row("follow-ups", "nDCG@10 %.3f, Success@1 %.3f, Recall@100 %.3f (%d)", f.NDCG10, f.Success1, f.Recall100, f.Queries)
	}
	if a := r.Against; a != nil {
		row("nDCG@10 of the other run", "%.3f", a.Before)
		row("  this one less that", "%+.3f  (95 %%: %+.3f to %+.3f; p %.4f, paired randomisation over %d questions)", a.Difference, a.Interval[0], a.Interval[1], a.P, a.Queries)
	}
	row("speed", "%.0f questions a second; p50 %.1f ms, p99 %.1f ms", r.PerSecond, r.P50, r.P99)
	explainReport(&out, r)
	return out.String()
}

// explainReport says, below the figures, what those mean that their names do not tell.
func explainReport(out *strings.Builder, r pagesJudged) {
	fmt.Fprint(out, `
What these mean; figures with three decimals are shares, from 0 to 1:
  Success@1, @5: of the questions, those where a right page came first, or among the first five
  MRR@10: 1 where the first right page came first, 1/2 where second, and so on
  nDCG@10: the same for all right pages among the first ten
  Recall@100: of the right pages, those among the first hundred
  right of surest 30 %: Success@1 of the questions that Liaison was surest of
  95 %: the range in which the figure would lie for other questions of this kind
`)
	if len(r.Bands) > 0 || len(r.Unanswerable) > 0 {
		fmt.Fprint(out, `  band: what people got to see: "answer", a page shown as the answer; "maybe", a page as what may help; "none", no page
`)
	}
	if len(r.Unanswerable) > 0 {
		fmt.Fprint(out, `  unanswerable: questions that nothing here answers. "none" is right for them; "maybe" and "answer" are pages shown
    although nothing answers: the less of "answer", the better
`)
	}
}
