package experts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"liaison/bot/access"
	"liaison/bot/directory"
	"liaison/index"
	"liaison/knowledge"
)

// What declarations and pages count towards the score of a person, each from 0 to 1.
const (
	declaredShare = 1.
	pagesShare    = 1.
	helpShare     = .5 // an answer that helped, each

	skillShare = .9 // who offers to help with it comes before who is merely able to
	roleShare  = .6 // somebody's role, and what they write of themselves

	leastPage = .3 // the weight of a page (of the best score three tenths where no page leads, half where one stands alone) that alone makes its author fit
)

// inquiry is one question on its way: what was found, and of whom it speaks.
type inquiry struct {
	who       access.Audience
	topic     topic
	rarity    rarity
	now       time.Time
	directory *directory.Directory
	hits      []index.Hit
	byID      map[string]*candidate
	called    *names
	teams     []knowledge.Organisation
	covers    [][]phrase // by team
	read      func(texts ...string) []phrase
}

// candidate is somebody who may know.
type candidate struct {
	person   directory.Person
	offers   []phrase
	skills   []phrase
	role     []phrase
	declared float64
	pages    standing
	evidence []Evidence
}

func (c *candidate) add(e Evidence) { c.evidence = append(c.evidence, e) }

// newCase gathers what is known about a topic. SECURITY: the people are those the audience may see, and
// the pages those that a search for it returned; nothing else is looked at.
func (s *Service) newCase(q Question, text string, results index.Results) *inquiry {
	c := &inquiry{
		who: q.Audience, topic: newTopic(text, results.Added), now: s.Directory.Now(), directory: s.Directory,
		byID: map[string]*candidate{}, called: newNames(), read: s.phrases.read, teams: s.Directory.Base().Organisations,
	}
	if results.Band != index.BandNone {
		c.hits = results.Hits
	}
	var phrases []phrase
	for _, p := range s.Directory.People(q.Audience) {
		one := &candidate{person: p, offers: s.phrases.read(p.HelpsWith...), skills: s.phrases.read(p.Skills...), role: s.phrases.read(p.Role, p.Text)}
		phrases = append(append(append(phrases, one.offers...), one.skills...), one.role[0])
		if (q.Asker == "" || !slices.Contains(p.Accounts, q.Asker)) && (q.Fits == nil || q.Fits(p)) {
			c.byID[p.ID] = one
			for _, name := range append([]string{p.Name, p.ID}, p.WritesAs...) {
				c.called.add(name, p.ID)
			}
		}
	}
	for _, o := range c.teams {
		c.covers = append(c.covers, s.phrases.read(o.Covers...))
		phrases = append(phrases, c.covers[len(c.covers)-1]...)
	}
	c.rarity = rarityOf(phrases)
	c.rarity.wide = q.Wide
	c.declare()
	c.readPages()
	return c
}

// declare weighs what people say of themselves.
func (c *inquiry) declare() {
	for _, one := range c.byID {
		offers, skills := c.rarity.best(c.topic, one.offers), c.rarity.best(c.topic, one.skills)
		role := c.rarity.best(c.topic, one.role)
		one.declared = max(offers.score, skillShare*skills.score, roleShare*role.score)
		if len(offers.phrases) > 0 {
			one.add(Evidence{Kind: Offers, Text: strings.Join(offers.phrases, ", ")})
		}
		if len(skills.phrases) > 0 {
			one.add(Evidence{Kind: Skill, Text: strings.Join(skills.phrases, ", ")})
		}
		if len(one.evidence) == 0 && len(role.phrases) > 0 {
			one.add(Evidence{Kind: Skill, Text: cmp.Or(one.person.Role, clip(one.person.Text))})
		}
	}
}

// readPages counts the votes of the pages found, for people.
func (c *inquiry) readPages() {
	votes := make([]vote, len(c.hits))
	for i, hit := range c.hits {
		votes[i] = vote{score: hit.Score, date: dateOf(hit.Document)}
		owner := c.called.is(hit.Document.Owner)
		var wrote []string
		for _, author := range hit.Document.Authors {
			wrote = appendNew(wrote, c.called.is(author))
		}
		votes[i].authors = appendNew(slices.Clone(wrote), owner)
		votes[i].mentioned = c.called.in(textOf(hit))
		for _, id := range appendNew(slices.Clone(votes[i].authors), votes[i].mentioned...) {
			kind := Named
			if id == owner {
				kind = Owns
			} else if slices.Contains(wrote, id) {
				kind = Wrote
			}
			c.byID[id].add(Evidence{Kind: kind, Document: hit.Document, Quote: hit.Snippet, At: dateOf(hit.Document)})
		}
	}
	for _, s := range count(votes, leadOf(votes), c.now) {
		c.byID[s.id].pages = s
	}
}

// textOf returns the passages of a hit that fit best.
func textOf(hit index.Hit) string {
	texts := []string{hit.Passage.Text}
	for _, also := range hit.Also {
		texts = append(texts, also.Text)
	}
	return strings.Join(texts, "\n")
}

// dateOf returns when a page was last known to be right.
func dateOf(d knowledge.Document) time.Time {
	if d.Reviewed.After(d.Published) {
		return d.Reviewed
	}
	return d.Published
}

func appendNew(ids []string, more ...string) []string {
	for _, id := range more {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// people returns those who fit, best first. Being named on a page is not enough: interest is no expertise.
func (c *inquiry) people() []Expert {
	var all []Expert
	for _, one := range c.byID {
		if one.declared < enough && one.pages.best < leastPage {
			continue
		}
		if !slices.ContainsFunc(one.evidence, func(e Evidence) bool { return e.Kind != Named }) {
			continue
		}
		organisation, known := c.directory.Organisation(one.person.Organisation)
		if !known {
			organisation.ID = one.person.Organisation
		}
		all = append(all, Expert{
			Person: &one.person, Name: one.person.Name, Organisation: organisation, Evidence: ordered(one.evidence),
			Score: declaredShare*min(one.declared, 1) + pagesShare*one.pages.score,
		})
	}
	slices.SortFunc(all, func(a, b Expert) int { return cmp.Or(best(a, b), strings.Compare(a.Person.ID, b.Person.ID)) })
	return all
}

// weightOf orders kinds of evidence: what people say first, then pages by what they have to do with them.
var weightOf = map[Kind]int{Itself: 0, Offers: 0, Helped: 1, Skill: 2, Owns: 3, Wrote: 3, Covers: 3, Asked: 4, Named: 5}

// ordered puts evidence in order; pages of one kind keep the order of the search.
func ordered(all []Evidence) []Evidence {
	slices.SortStableFunc(all, func(a, b Evidence) int { return cmp.Compare(weightOf[a.Kind], weightOf[b.Kind]) })
	return all
}
