package ask

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"liaison/index"
	"liaison/knowledge"
)

// Citation is one page an answer stands on, with the words of it that answer.
type Citation struct {
	Number       int // as cited: [1]
	Document     knowledge.Document
	Passage      knowledge.Passage
	Also         []knowledge.Passage // further passages of the page that fit
	Quote        string              // the sentences of Passage that answer, as written, with its few marks
	Matched      []string            // words of the quote that the question asked for
	Beside       *index.Excerpt      // what another section of the page says, where the quote leaves room for it; else nil
	Organisation knowledge.Organisation
	Stamp        string // see [StampOwn]; "" when there is nothing to say
	Age          string // "reviewed 14 Mar 2026", "not reviewed for 2 years"; "" when unknown
	Binds        string // whom the page itself says it binds; "" when it says nothing
	Attribution  string // the sentence its licence asks for; "" when it asks for none
	Score        float64
	Why          []string // with Question.Explain: why the page ranked where it did, in words
}

// The stamps say how a page stands to the asker. An asker without an organisation gets none but
// StampArchived: the name of the page's owner stands instead.
const (
	StampOwn      = "your organisation's guidance"
	StampOther    = "another organisation's practice"
	StampArchived = "archived"
)

// Heading returns the path of headings within the page, "Storing secrets › In the cloud".
func (c Citation) Heading() string { return strings.Join(c.Passage.Headings, " › ") }

// URL returns the link to the exact heading, else to the page; "" when it is not published.
func (c Citation) URL() string { return cmp.Or(c.Passage.URL, c.Document.URL) }

// Owner returns who answers for the page, unless that is only the organisation again.
func (c Citation) Owner() string {
	switch c.Document.Owner {
	case c.Name(), c.Organisation.Name, c.Organisation.Short:
		return ""
	}
	return c.Document.Owner
}

func (s *Service) cite(hits []index.Hit, home string) []Citation {
	organisations := s.organisations()
	citations := make([]Citation, len(hits))
	for i, hit := range hits {
		citations[i] = s.citation(hit, organisations, home)
		citations[i].Number = i + 1
	}
	return citations
}

func (s *Service) citation(hit index.Hit, organisations map[string]knowledge.Organisation, home string) Citation {
	now := s.Now()
	hit = telling(hit)
	organisation := organisations[hit.Document.Organisation]
	stamped := stamp(hit.Document, organisation, home, now)
	if stamped == StampOwn && ofOthers(hit.Document.Owner, organisation, organisations) {
		stamped = ""
	}
	return Citation{
		Document: hit.Document, Passage: hit.Passage, Also: hit.Also,
		Quote: cmp.Or(hit.Snippet, hit.Passage.Text), Matched: hit.Matched, Beside: beside(hit), Score: hit.Score,
		Organisation: organisation,
		Stamp:        stamped,
		Age:          age(hit.Document, now),
		Binds:        strings.Join(hit.Document.AppliesTo, ", "),
		Attribution:  attribution(hit.Document.Licence),
		Why:          hit.Why,
	}
}

// pointer is the heading of a section that only says where else to look.
var pointer = regexp.MustCompile(`(?i)^(sources?|further reading|read more|more information|references|links|related (pages|guides|links|content))$`)

// abroad is the heading of a section about the other side.
var abroad = regexp.MustCompile(`(?i)^(across the atlantic|for (american|british|us|u\.s\.|uk) (colleagues|readers|teams)|compared with .+|(american|british|us|uk) (equivalents?|counterparts?))$`)

// beside returns what is shown of another section of the page, unless that only says where else to look or is about the
// other side, which is told apart.
func beside(hit index.Hit) *index.Excerpt {
	if hit.Beside == nil || under(hit.Beside.Passage, pointer) || under(hit.Beside.Passage, abroad) {
		return nil
	}
	return hit.Beside
}

// telling puts another passage of the page in the place of one that only says where else to look.
func telling(hit index.Hit) index.Hit { return insteadOf(hit, pointer) }

// ownPractice puts another passage of the page in the place of one about the other side: asked what an
// organisation does, that is not it.
func ownPractice(hits []index.Hit) []index.Hit {
	out := make([]index.Hit, len(hits))
	for i, hit := range hits {
		out[i] = insteadOf(hit, abroad)
	}
	return out
}

// insteadOf puts another passage of the page in the place of one under a heading of some kind.
func insteadOf(hit index.Hit, kind *regexp.Regexp) index.Hit {
	if !under(hit.Passage, kind) {
		return hit
	}
	for i, other := range hit.Also {
		if !under(other, kind) {
			hit = withPassage(hit, i+1)
			hit.Also = hit.Also[1:]
			if len(hit.Fits) > 1 {
				hit.Fits = append(hit.Fits[:1:1], hit.Fits[2:]...)
			}
			return hit
		}
	}
	return hit
}

func under(p knowledge.Passage, kind *regexp.Regexp) bool {
	return len(p.Headings) > 0 && kind.MatchString(p.Headings[len(p.Headings)-1])
}

// withPassage returns a hit with another of its passages first: 0 is the one that is.
func withPassage(hit index.Hit, i int) index.Hit {
	if i == 0 {
		return hit
	}
	before := hit.Passage
	hit.Passage = hit.Also[i-1]
	hit.Also = append([]knowledge.Passage{before}, slices.Delete(slices.Clone(hit.Also), i-1, i)...)
	if i < len(hit.Fits) {
		hit.Fits = append([]index.Match{hit.Fits[i]}, slices.Delete(slices.Clone(hit.Fits), i, i+1)...)
	}
	hit.Snippet, hit.Matched, hit.Beside = lead(hit.Passage.Text), nil, nil
	if hit.Why != nil {
		hit.Why = append([]string{"another section of the page is shown than the one found first"}, hit.Why...)
	}
	return hit
}

// leadLength is about how much is quoted of a passage that is shown in place of the one found: no words of the
// question tell where in it to begin.
const leadLength = 300

// lead returns the first paragraphs of a passage, whole, until they are long enough.
func lead(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	length := 0
	for i, p := range paragraphs {
		if length += len(p); length >= leadLength {
			return strings.Join(paragraphs[:i+1], "\n\n")
		}
	}
	return text
}

// organisations returns those of the vocabulary by id. One that is not in teams.yaml is the zero Organisation; see Name for
// what to call it.
func (s *Service) organisations() map[string]knowledge.Organisation {
	byID := map[string]knowledge.Organisation{}
	for _, o := range s.Vocabulary().Organisations {
		byID[o.ID] = o
	}
	return byID
}

// organisation returns one of the vocabulary, as organisations has it: a look-up of one needs no map of all.
func (s *Service) organisation(id string) knowledge.Organisation {
	all := s.Vocabulary().Organisations
	if at := slices.IndexFunc(all, func(o knowledge.Organisation) bool { return o.ID == id }); at >= 0 {
		return all[at]
	}
	return knowledge.Organisation{}
}

func stamp(d knowledge.Document, o knowledge.Organisation, home string, now time.Time) string {
	switch {
	case d.Archived, closed(o, now):
		return StampArchived
	case home == "" || d.Organisation == "":
		return ""
	case d.Organisation == home:
		return StampOwn
	}
	return StampOther
}

// anotherBody is how the owner of a page reads that is no team of the organisation it stands with.
var anotherBody = regexp.MustCompile(`(?i)\b(agency|agencies|council|department|ministry|company|administration|bureau|commission|nhs)\b|(?-i:\bServices?$)`)

// ofOthers reports whether an organisation's page tells the rules of somebody else, whom it names as their owner: that is not
// its own guidance. A team, a part of it and what it belongs to are not somebody else.
func ofOthers(owner string, of knowledge.Organisation, organisations map[string]knowledge.Organisation) bool {
	own := map[string]bool{of.ID: true}
	for o := of; o.Parent != "" && !own[o.Parent]; o = organisations[o.Parent] {
		own[o.Parent] = true
	}
	words, others := " "+strings.ToLower(asName(owner))+" ", anotherBody.MatchString(owner)
	for _, o := range organisations {
		if !slices.ContainsFunc(allNames(o), func(name string) bool { return strings.Contains(words, " "+strings.ToLower(asName(name))+" ") }) {
			continue
		}
		if own[o.ID] || o.Parent == of.ID {
			return false
		}
		others = true
	}
	return others
}

// closed reports whether an organisation is no more: its answers stay, as archived ones.
func closed(o knowledge.Organisation, now time.Time) bool {
	return !o.Until.IsZero() && o.Until.Before(now)
}

// age says how fresh a page is: when it was reviewed, and when its next review was due once that day has passed; after two
// years without a review only for how long there was none. A page that was never reviewed has the day it was published.
func age(d knowledge.Document, now time.Time) string {
	const day = "2 Jan 2006"
	if d.Reviewed.IsZero() {
		if d.Published.IsZero() {
			return ""
		}
		return "published " + d.Published.Format(day)
	}
	if years := wholeYears(d.Reviewed, now); years >= 2 {
		return fmt.Sprintf("not reviewed for %d years", years)
	}
	text := "reviewed " + d.Reviewed.Format(day)
	if !d.ReviewDue.IsZero() && d.ReviewDue.Before(now) {
		text += ", review was due " + d.ReviewDue.Format(day)
	}
	return text
}

func wholeYears(from, to time.Time) int {
	years := to.Year() - from.Year()
	if from.AddDate(years, 0, 0).After(to) {
		years--
	}
	return years
}

var openGovernmentLicence = regexp.MustCompile(`(?i)(?:\bOGL\b|open government licen[cs]e)(?:\s*(?:v|version)?\s*([123])(?:\.0)?)?`)

// attribution returns the sentence that the Open Government Licence asks for; see
// https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/ ("You must …").
// Other licences of the sources ask for none in an answer.
func attribution(licence string) string {
	found := openGovernmentLicence.FindStringSubmatch(licence)
	if found == nil {
		return ""
	}
	return fmt.Sprintf("Contains public sector information licensed under the Open Government Licence v%s.0.", cmp.Or(found[1], "3"))
}

// Name returns what to call the organisation of an id: its short name, else its name, else the id.
func (s *Service) Name(id string) string {
	o := s.organisation(id)
	return cmp.Or(o.Short, o.Name, id)
}
