package ask

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"liaison/index"
	"liaison/knowledge"
)

// Nobody is bound by what another country tells its own. So an asker's own side speaks first where both
// sides answer, and an answer from across a border says so before its first word: by its stamp alone, below,
// leave or travel rules would be read as the asker's.

// placeAcross says of an answer how its first page stands to the asker across a border, and what the other side has.
func (s *Service) placeAcross(ctx context.Context, q Question, as heard, a *Answer) error {
	if a.Band != index.BandAnswer || a.NamedOnly {
		return nil
	}
	home := q.Home
	if len(as.organisations) > 0 {
		home = "" // whoever asks for others knows whose it is
	} else if err := s.bothSides(ctx, q, as, a); err != nil {
		return err
	}
	if len(a.Named) == 0 { // what is named comes before the page, and is of no country
		a.Note = strings.TrimSpace(a.Note + " " + s.caution(a.Citations[0], home))
	}
	return nil
}

// bothSides looks for what answers on the other side of the Atlantic from the first page. Where that is the asker's own, it
// comes first, unless it is archived and the first page is not: that binds nobody any more; or the first page was called by name.
func (s *Service) bothSides(ctx context.Context, q Question, as heard, a *Answer) error {
	first := a.Citations[0]
	abroad := s.abroad(first, q.Home)
	if q.OneSide && !abroad {
		return nil
	}
	other, confidence, err := s.otherSide(ctx, q, as, a.Citations)
	if err != nil {
		return err
	}
	if a.Other = other; other != nil && abroad && s.sameCountry(other.Organisation, q.Home) && (other.Stamp != StampArchived || first.Stamp == StampArchived) && !s.calls(as.text, first, *other) {
		a.ownSideFirst()
		if len(a.Named) == 0 { // whose confidence is their own
			a.Confidence = confidence
		}
	}
	if q.OneSide {
		a.Other = nil
	}
	a.OwnSide = a.Other != nil && s.sameCountry(a.Other.Organisation, q.Home)
	return nil
}

// calls reports whether a text calls the thing that a page is titled by, and another page is not, by its name: an address
// ("login.gov", ".gov") or an organisation ("USWDS"). Who does so wants that, wherever they work.
func (s *Service) calls(text string, page, other Citation) bool {
	said, otherTitle := strings.Fields(asName(strings.ToLower(text))), strings.Fields(asName(strings.ToLower(other.Document.Title)))
	for _, word := range strings.Fields(asName(strings.ToLower(page.Document.Title))) {
		if slices.Contains(said, word) && !slices.Contains(otherTitle, word) && (strings.Contains(word, ".") || s.isOrganisation(word)) {
			return true
		}
	}
	return false
}

// isOrganisation reports whether an organisation is called so, in small letters.
func (s *Service) isOrganisation(name string) bool {
	return slices.ContainsFunc(s.Vocabulary().Organisations, func(o knowledge.Organisation) bool {
		return slices.ContainsFunc(allNames(o), func(n string) bool { return strings.ToLower(n) == name })
	})
}

// sameCountry reports whether an organisation is of the same country as the asker's, home.
func (s *Service) sameCountry(o knowledge.Organisation, home string) bool {
	country := s.organisation(home).Country
	return country != "" && o.Country == country
}

// ownSideFirst puts the page of the other side, which is the asker's own, before the one found first: that one
// is then offered as what is done across the Atlantic.
func (a *Answer) ownSideFirst() {
	own := *a.Other
	a.Citations = slices.Concat([]Citation{own}, a.Citations[:own.Number-1], a.Citations[own.Number:])
	for i := range a.Citations {
		a.Citations[i].Number = i + 1
	}
	a.Other = &a.Citations[1]
}

// abroad reports whether a page is of another country than the asker's organisation, as far as both are known.
func (s *Service) abroad(c Citation, home string) bool {
	return c.Organisation.Country != "" && s.organisation(home).Country != "" && !s.sameCountry(c.Organisation, home)
}

// caution says what must be known before the words of a page are read: that it is of another country than the asker's
// organisation, that it is archived; "" when there is nothing to say.
func (s *Service) caution(first Citation, home string) string {
	old := first.Stamp == StampArchived
	if s.abroad(first, home) {
		where := cmp.Or(countryNames[first.Organisation.Country], "another country")
		if old {
			where += ", and archived: it may be out of date"
		}
		return fmt.Sprintf("This is from %s, in %s. It is not %s's own guidance.", first.Name(), where, s.Name(home))
	}
	if until := first.Organisation.Until; old && closed(first.Organisation, s.Now()) {
		return fmt.Sprintf("%s closed on %s. This page is archived, and may be out of date.", first.Name(), until.Format("2 January 2006"))
	}
	if old {
		return "This page is archived, and may be out of date."
	}
	return ""
}
