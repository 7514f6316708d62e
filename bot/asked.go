package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"liaison/bot/chat"
	"liaison/knowledge"
)

// askedCommand is about asked-as lines: what people would ask, in their words, for each page.
type askedCommand struct {
	Check askedCheck `cmd:"" help:"Say which pages have no lines, which lines are copies, and which pages have changed since. Exit code 3 when there is something to mend."`
	Draft askedDraft `cmd:"" help:"Have a language model draft lines for pages that have none or have changed, for a person to read. Exit code 3 when some were refused."`
}

type askedCheck struct {
	Source string `help:"Only this source; guidance is the folder's own pages." placeholder:"NAME"`
	JSON   bool   `help:"Print one JSON object."`
}

// Run reads every page with its lines and prints what a person should look at.
func (c *askedCheck) Run(ctx context.Context, p *program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	base, err := knowledge.Open(config.knowledge)
	if err != nil {
		return err
	}
	report, err := base.CheckAsked(ctx, c.Source, p.progress())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &usageError{err}
	case c.JSON:
		err = json.NewEncoder(p.out).Encode(report)
	default:
		err = printAsked(p.out, report)
	}
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if len(report.Findings) > 0 {
		return errFound
	}
	return nil
}

// askedHeads are what each kind of finding is called, in the order in which they are printed.
var askedHeads = []struct {
	kind knowledge.AskedKind
	head string
}{
	{knowledge.AskedUnread, "Files that cannot be understood"},
	{knowledge.AskedGone, "Lines for pages that are not there"},
	{knowledge.AskedChanged, "Pages that have changed since their lines were written"},
	{knowledge.AskedDraft, "Drafts that nobody has read yet"},
	{knowledge.AskedMissing, "Pages without lines"},
	{knowledge.AskedNoHeading, "Lines for headings that are not there"},
	{knowledge.AskedCopy, "Lines that are nearly the same as another, or as the title"},
	{knowledge.AskedSame, "Pages whose lines are mostly in the page's own words"},
}

// printAsked prints a report for people: findings by kind, then the sum.
func printAsked(w io.Writer, r knowledge.AskedReport) error {
	var out strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	for _, h := range askedHeads {
		var found []knowledge.AskedFinding
		for _, f := range r.Findings {
			if f.Kind == h.kind {
				found = append(found, f)
			}
		}
		if len(found) == 0 {
			continue
		}
		add("%s (%d)", h.head, len(found))
		for _, f := range found {
			add("  %s: %s", place(f), chat.Clean(f.Reason))
		}
		add("")
	}
	add("%s: %d with lines, %d where there is nothing to ask, %d without.", plural(r.Pages, "page"), r.Covered, r.Nothing, r.Pages-r.Covered-r.Nothing)
	add("%s, %d of them for one section.", plural(r.Lines, "line"), r.Sections)
	if len(r.Findings) == 0 {
		add("All is well.")
	} else {
		add("%d to look at.", len(r.Findings))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func place(f knowledge.AskedFinding) string {
	if f.Line > 0 {
		return chat.Clean(fmt.Sprintf("%s:%d", f.Path, f.Line))
	}
	return chat.Clean(f.Path)
}
