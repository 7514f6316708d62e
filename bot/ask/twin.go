package ask

import (
	"context"
	"slices"
	"strings"

	"liaison/index"
)

// A page that has moved stays where it was, archived, and says the same as the one that is kept up since. Archived pages
// rank like any, so that which of the two comes first is chance; then the one that is kept up is quoted.

const (
	// twinWithin is among how many of the first pages the one that is kept up is looked for (here, of 1,470 questions over
	// the real pages: 11 find an archived page first and its twin behind it, all within four).
	twinWithin = 4
	// twinScore is which share of the score of the archived page it must have at the least: all 11 have .82.
	twinScore = .8
)

// keptUpFirst puts the page that is kept up before its archived twin, where that was found first. It is searched for once
// more among the pages of its organisation, as of the first page the most is quoted.
func (s *Service) keptUpFirst(ctx context.Context, q Question, as heard, hits []index.Hit) ([]index.Hit, error) {
	at := s.twinOf(hits)
	if at < 0 || len(as.organisations) > 0 {
		return hits, nil
	}
	kept := hits[at]
	as.organisations = []string{kept.Document.Organisation}
	results, _, err := s.search(ctx, q, as)
	if err != nil {
		return nil, err
	}
	if len(results.Hits) > 0 && results.Hits[0].Document.Path == kept.Document.Path {
		kept = results.Hits[0]
	}
	return slices.Concat([]index.Hit{kept}, hits[:at], hits[at+1:]), nil
}

// twinOf returns where the twin of the first page stands that is kept up, or -1.
func (s *Service) twinOf(hits []index.Hit) int {
	if len(hits) == 0 || !s.archived(hits[0]) {
		return -1
	}
	return slices.IndexFunc(hits[:min(len(hits), twinWithin)], func(h index.Hit) bool {
		return !s.archived(h) && h.Score >= twinScore*hits[0].Score && sameTitle(h.Document.Title, hits[0].Document.Title) &&
			s.mayMove(h.Document.Organisation, hits[0].Document.Organisation)
	})
}

// mayMove reports whether a page may have moved to an organisation from another: within it, to what it belongs to, or to
// its successor.
func (s *Service) mayMove(to, from string) bool {
	o, p := s.organisation(from), s.organisation(to)
	return to == from || o.Parent == to || o.Successor == to || p.Parent == from || o.Parent != "" && o.Parent == p.Parent
}

func (s *Service) archived(h index.Hit) bool {
	return stamp(h.Document, s.organisation(h.Document.Organisation), "", s.Now()) == StampArchived
}

// sameTitle reports whether two pages are called alike, in capitals or not, of one thing or of several.
func sameTitle(a, b string) bool {
	plain := func(title string) string { return singular(strings.TrimSpace(title)) }
	return plain(a) != "" && plain(a) == plain(b)
}
