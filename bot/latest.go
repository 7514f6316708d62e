package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"liaison/bot/access"
	"liaison/knowledge"
)

// latest is the newest pages of a knowledge folder. They are found by reading it once, when they are
// first asked for and after every change.
type latest struct {
	mu    sync.Mutex
	of    *knowledge.Base
	pages []knowledge.Document // newest first, without their text
}

// Latest implements commands.Library.
func (l *library) Latest(ctx context.Context, who access.Audience, notCountry string, most int) []knowledge.Document {
	base := l.base.Load()
	countries := map[string]string{}
	for _, o := range base.Organisations {
		countries[o.ID] = o.Country
	}
	var found []knowledge.Document
	for _, d := range l.latest.list(ctx, base) {
		if len(found) < most && who.May(d.Visibility) && countries[d.Organisation] != notCountry {
			found = append(found, d)
		}
	}
	return found
}

func (l *latest) list(ctx context.Context, base *knowledge.Base) []knowledge.Document {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == base {
		return l.pages
	}
	var pages []knowledge.Document
	files, _ := base.Files(ctx)
	for _, f := range files {
		d, _, err := base.Read(ctx, f)
		if err != nil || d.Archived || freshness(d).IsZero() {
			continue
		}
		d.Passages = nil
		pages = append(pages, d)
	}
	if ctx.Err() != nil {
		return nil // not all were read: try again next time
	}
	slices.SortFunc(pages, func(a, b knowledge.Document) int {
		return cmp.Or(freshness(b).Compare(freshness(a)), cmp.Compare(a.Path, b.Path))
	})
	l.of, l.pages = base, pages
	return pages
}

// freshness is when a page was last reviewed or published, whichever is later.
func freshness(d knowledge.Document) time.Time {
	if d.Published.After(d.Reviewed) {
		return d.Published
	}
	return d.Reviewed
}
