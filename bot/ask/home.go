package ask

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liaison/knowledge"
)

// Nobody is bound by what another country tells its own. So an asker's own side speaks first where both
// sides answer, and an answer from across a border says so before its first word: by its stamp alone, below,
// leave or travel rules would be read as the asker's.

// stating is how people say where they work, in a text with gaps: "I work at §", "I'm a designer at §", "here at §".
var stating = regexp.MustCompile(`(?i)(?:^|(\S+) )(?:` + strings.Join([]string{
	`(?:i|we) (?:currently |now |actually |both |all )?work (?:at|for|in|with|within) (?:the )?§`,
	`(?:i'm|im|i am|we're|we are) (?:currently |now |here |based |working |employed |both |all |just |new ){0,3}(?:at|from|in|with|to) (?:the )?§`,
	`(?:i'm|im|i am|we're|we are) (?:currently |now )?(?:an?|the|one of the|new) (?:\S+ ){1,4}?(?:at|from|in) (?:the )?§`,
	`(?:i|we|i've|we've|ive|i have|we have) (?:just |recently |only )?(?:join(?:ed)?|started (?:at|in|with)|moved to|transferred to) (?:the )?§`,
	`(?:here|we|us|(?:my|our) (?:team|job|role|service|project)) (?:at|in|within) (?:the )?§`,
}, "|") + `)(?: |$)`)

// unstated are words after which the same asks something: "can I work for §".
var unstated = words(`can could do did does should may might must shall will would to when how why where`)

// statedIn returns the organisation that the asker of a text says they are of, "" when they say none; and the
// text with gaps, where what says so is no more than the name.
func (s *Service) statedIn(text string) (marked, home string) {
	marked, named := s.sides(text)
	at := stating.FindStringSubmatchIndex(marked)
	if at == nil || at[2] >= 0 && unstated[strings.TrimSuffix(strings.ToLower(marked[at[2]:at[3]]), "s")] {
		return marked, ""
	}
	nth := strings.Count(marked[:at[1]], gap) - 1
	if nth >= len(named) || strings.Count(marked, gap) != len(named) || named[nth].country {
		return marked, ""
	}
	before := ""
	if at[2] >= 0 {
		before = marked[:at[3]] + " "
	}
	return strings.TrimSpace(before + gap + " " + marked[at[1]:]), named[nth].ids[0]
}

// bothSides looks for what answers on the other side of the Atlantic from the first page. Where that is the asker's own,
// it comes first, unless it is archived: that binds nobody any more. Where the first page is of another country all the
// same, the note says so.
func (s *Service) bothSides(ctx context.Context, q Question, as heard, a *Answer) error {
	abroad := s.abroadNote(a.Citations[0], q.Home)
	if q.OneSide && abroad == "" {
		return nil
	}
	other, confidence, err := s.otherSide(ctx, q, as, a.Citations)
	if err != nil {
		return err
	}
	a.Other = other
	if other != nil && abroad != "" && other.Stamp != StampArchived && s.sameCountry(other.Organisation, q.Home) {
		a.ownSideFirst(confidence)
		abroad = ""
	}
	if q.OneSide {
		a.Other = nil
	}
	if len(a.Named) == 0 { // they come before the page, and are of no country
		a.Note = cmpOr(a.Note, abroad)
	}
	return nil
}

// sameCountry reports whether an organisation is of the same country as the asker's, home.
func (s *Service) sameCountry(o knowledge.Organisation, home string) bool {
	country := s.organisations()[home].Country
	return country != "" && o.Country == country
}

// ownSideFirst puts the page of the other side, which is the asker's own, before the one found first: that one
// is then offered as what is done across the Atlantic. The confidence is of the page that comes first now.
func (a *Answer) ownSideFirst(confidence float64) {
	own := *a.Other
	a.Citations = slices.Concat([]Citation{own}, a.Citations[:own.Number-1], a.Citations[own.Number:])
	for i := range a.Citations {
		a.Citations[i].Number = i + 1
	}
	a.Other, a.Confidence = &a.Citations[1], confidence
}

// abroadNote says that the first page is of another country than the asker's organisation; "" when it is not.
func (s *Service) abroadNote(first Citation, home string) string {
	theirs := first.Organisation
	if s.organisations()[home].Country == "" || theirs.Country == "" || s.sameCountry(theirs, home) {
		return ""
	}
	return fmt.Sprintf("This is from %s, in %s. It is not %s's own guidance.", first.Name(), cmpOr(countryNames[theirs.Country], "another country"), s.Name(home))
}
