package knowledge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// AskedPage is a page with what people would ask for it, for checking and drafting.
type AskedPage struct {
	File     File
	Document Document // its lines are in use, also those of its front matter
	Within   string   // the path inside its source, the key in the pack
	Hash     string   // PageHash of the file as it is now
	InPack   bool     // the pack knows the page; it may say that there is nothing to ask
	Changed  bool     // the pack's lines were written for another version
	// Draft is the version that drafted lines were written for, which nobody has read yet; "" for none.
	Draft string

	pack PackPage
}

// AskedPage reads a file with what people would ask for it. A file that is left out gives [ErrSkipped].
func (b *Base) AskedPage(ctx context.Context, f File) (AskedPage, error) {
	document, _, err := b.Read(ctx, f)
	if err != nil {
		return AskedPage{}, err
	}
	data, reason := b.load(f)
	if reason != "" {
		return AskedPage{}, fmt.Errorf("%s: %s: %w", f.Path, reason, ErrSkipped)
	}
	page := AskedPage{File: f, Document: document, Within: f.within, Hash: PageHash(data), Draft: b.drafts[f.Source][f.within].Hash}
	page.pack, page.InPack = b.asked(f)
	page.Changed = page.InPack && page.pack.Hash != page.Hash
	return page, nil
}

// Lines returns every line of the page, those of its sections last.
func (p AskedPage) Lines() []string {
	lines := slices.Clone(p.Document.AskedAs)
	for _, passage := range p.Document.Passages {
		lines = append(lines, passage.AskedAs...)
	}
	return lines
}

// AskedKind says what was found.
type AskedKind string

const (
	AskedMissing   AskedKind = "missing"    // a page with text has no lines
	AskedCopy      AskedKind = "copy"       // a line is nearly another one, or the title
	AskedSame      AskedKind = "same-words" // too few lines are in other words than title and headings
	AskedChanged   AskedKind = "changed"    // the page has changed since its lines were written
	AskedGone      AskedKind = "gone"       // the pack has lines for a page that is not there
	AskedNoHeading AskedKind = "no-heading" // the pack has lines for a heading that the page does not have
	AskedDraft     AskedKind = "draft"      // drafted lines wait to be read
	AskedUnread    AskedKind = "unread"     // the pack's file, or a part of it, cannot be understood
)

// AskedFinding is something about lines that a person should look at.
type AskedFinding struct {
	Kind   AskedKind `json:"kind"`
	Path   string    `json:"path"` // the page's, or the pack's
	Line   int       `json:"line,omitempty"`
	Reason string    `json:"reason"`
}

// AskedReport is how the pages read are covered.
type AskedReport struct {
	Pages    int            `json:"pages"`      // with text
	Covered  int            `json:"covered"`    // of them, with lines
	Nothing  int            `json:"nothing"`    // of them, whose pack says that there is nothing to ask
	Lines    int            `json:"lines"`      // in use
	Sections int            `json:"in_section"` // of them, that lead to one section
	Findings []AskedFinding `json:"findings"`   // in order of kind, path and line
}

// CheckAsked reads the pages of a source ("" for all) and says what should be looked at in their lines.
// progress, which may be nil, is told how far it is. It returns an error only when there is no such
// source, or ctx ends.
func (b *Base) CheckAsked(ctx context.Context, source string, progress func(done, total int)) (AskedReport, error) {
	files, err := b.AskedFiles(ctx, source)
	if err != nil {
		return AskedReport{}, err
	}
	c := askedCheck{met: map[string]map[string]bool{}, report: AskedReport{Findings: []AskedFinding{}}}
	for i, f := range files {
		page, err := b.AskedPage(ctx, f)
		if ctx.Err() != nil {
			return AskedReport{}, ctx.Err()
		}
		if c.met[f.Source] == nil {
			c.met[f.Source] = map[string]bool{}
		}
		c.met[f.Source][f.within] = true
		if err == nil { // a page that is left out is reindex's to report
			c.page(page)
		}
		if progress != nil {
			progress(i+1, len(files))
		}
	}
	for _, s := range b.walked {
		if source == "" || source == packName(s.Name) {
			c.gone(b, s.Name)
		}
	}
	for _, problem := range b.PackProblems(source) {
		c.find(AskedUnread, problem.Path, problem.Line, "%s", problem.Reason)
	}
	slices.SortStableFunc(c.report.Findings, func(a, b AskedFinding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return c.report, nil
}

// AskedFiles returns the files of a source, by its name; "guidance" is the folder's own, "" is all.
func (b *Base) AskedFiles(ctx context.Context, source string) ([]File, error) {
	var names []string
	for _, s := range b.walked {
		names = append(names, packName(s.Name))
	}
	if source != "" && !slices.Contains(names, source) {
		return nil, fmt.Errorf("there is no source %q here: use one of %s", source, strings.Join(names, ", "))
	}
	files, _ := b.Files(ctx)
	if source != "" {
		files = slices.DeleteFunc(files, func(f File) bool { return packName(f.Source) != source })
	}
	return files, ctx.Err()
}

// askedCheck collects a report.
type askedCheck struct {
	report AskedReport
	met    map[string]map[string]bool // source, path within
}

func (c *askedCheck) find(kind AskedKind, path string, line int, format string, args ...any) {
	c.report.Findings = append(c.report.Findings, AskedFinding{kind, path, line, fmt.Sprintf(format, args...)})
}

// page looks at one page.
func (c *askedCheck) page(p AskedPage) {
	d, file, at := &p.Document, packFile(p.File.Source), p.File.Path
	if p.Draft != "" {
		c.find(AskedDraft, at, 0, "has drafted lines in %s: read them, mend them, and take the line draft: true away", file)
	}
	lines := p.Lines()
	switch {
	case p.Changed:
		c.find(AskedChanged, at, 0, "has changed since its lines in %s were written: read them again, then set hash: %q", file, p.Hash)
	case len(lines) == 0 && len(d.Passages) > 0 && !p.InPack && p.Draft == "":
		c.find(AskedMissing, at, 0, "has no lines: add them to %s or under asked_as; if there is nothing to ask, say asked: []", file)
	}
	c.count(d, lines, p.InPack)
	words := d.askedWords()
	for _, reason := range words.copies(lines) {
		c.find(AskedCopy, at, 0, "%s", reason)
	}
	if fresh, want := words.fresh(lines), wanted(len(lines)); fresh < want {
		c.find(AskedSame, at, 0, "has %d of %d lines in other words than its title and headings: make it %d, with what people say who do not know those words", fresh, len(lines), want)
	}
	for _, heading := range sortedKeys(p.pack.Sections) {
		if d.section(heading) < 0 {
			c.find(AskedNoHeading, at, 0, "has no heading %q, which %s has lines for: they count for the whole page", heading, file)
		}
	}
}

func (c *askedCheck) count(d *Document, lines []string, inPack bool) {
	if len(d.Passages) > 0 {
		c.report.Pages++
		switch {
		case len(lines) > 0:
			c.report.Covered++
		case inPack:
			c.report.Nothing++
		}
	}
	c.report.Lines += len(lines)
	c.report.Sections += len(lines) - len(d.AskedAs)
}

// gone finds lines for pages that are not there.
func (c *askedCheck) gone(b *Base, source string) {
	for _, pages := range []Pack{b.packs[source], b.drafts[source]} {
		for _, within := range sortedKeys(pages) {
			if !c.met[source][within] {
				c.find(AskedGone, packFile(source), pages[within].line, "has lines for %s, which is not there (any more): take them out, or correct the path", within)
			}
		}
	}
}
