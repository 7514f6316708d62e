package experts

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/directory"
	"liaison/knowledge"
)

// fewPlaces is how many places stand beside people, when there is room for them.
const fewPlaces = 2

// maxReasons bounds the evidence kept for one place: a channel may be named on a hundred pages.
const maxReasons = 10

// place is a channel, a mailbox or a team.
type place struct {
	Expert
	covers float64
	pages  int // how many name it
}

// places returns where to ask: channels and mailboxes that the pages found name, owners that are teams,
// and teams that say they cover the topic. Of an organisation that has closed, the one that took over is
// named.
func (c *inquiry) places(room int) []Expert {
	if room < Most {
		room = min(room, fewPlaces)
	}
	known := map[string]*place{}
	votes := make([]vote, len(c.hits))
	for i, hit := range c.hits {
		votes[i] = vote{score: hit.Score, date: dateOf(hit.Document)}
		for _, found := range c.placesOf(hit.Document) {
			key := found.Organisation.ID + " " + found.Contact.Text
			if known[key] == nil {
				known[key] = &place{Expert: found}
			}
			known[key].pages++
			if len(known[key].Evidence) < maxReasons {
				known[key].Evidence = append(known[key].Evidence, Evidence{Kind: Asked, Document: hit.Document, Quote: hit.Snippet, At: dateOf(hit.Document)})
			}
			votes[i].authors = appendNew(votes[i].authors, key)
		}
	}
	lead := leadOf(votes)
	for _, s := range count(votes, lead, c.now) {
		if s.best >= leastPage {
			known[s.id].Score = s.score
		}
	}
	c.coverers(known)
	most := 0
	for _, p := range known {
		most = max(most, p.pages)
	}
	var all []Expert
	for _, p := range known {
		if p.Score+p.covers > 0 {
			p.Score += door(p.pages, most, lead)
		}
		p.Score += namedFor * c.rarity.named(c.topic, p.Contact.Text)
		if p.Score+p.covers > namedFor { // its name alone says too little
			p.Score = pagesOfPlaces*p.Score/(1+door(most, most, lead)) + p.covers
			p.Evidence = ordered(p.Evidence)
			all = append(all, p.Expert)
		}
	}
	slices.SortFunc(all, best)
	return all[:min(len(all), room)]
}

// placesOf returns where a page says to ask: nowhere when its organisation has closed without an heir.
func (c *inquiry) placesOf(d knowledge.Document) []Expert {
	organisation, known := c.directory.Organisation(d.Organisation)
	if known && directory.Closed(organisation, c.now) {
		heir, ok := c.directory.Heir(d.Organisation)
		if !ok {
			return nil
		}
		return c.doors(heir)
	}
	if !known {
		organisation.ID = d.Organisation
	}
	var all []Expert
	for _, contact := range d.Contacts {
		if c.called.is(contact.Text) == "" { // somebody's own address stands under their name
			all = append(all, Expert{Name: contact.Text, Contact: contact, Organisation: organisation})
		}
	}
	return all
}

// doors returns the first place to ask an organisation; none when it has not named any.
func (c *inquiry) doors(o knowledge.Organisation) []Expert {
	if len(o.Contacts) == 0 {
		return nil
	}
	return []Expert{{Name: o.Name, Contact: o.Contacts[0], Organisation: o}}
}

// coverers adds the teams that say they cover the topic, and those that it names, if they can be asked.
func (c *inquiry) coverers(known map[string]*place) {
	fits := map[string]fitting{}
	for i, o := range c.teams {
		fits[o.ID] = c.rarity.best(c.topic, c.covers[i])
	}
	for _, o := range c.teams {
		heir, ok := c.directory.Heir(o.ID)
		fit, named := fits[o.ID], c.names(o)
		if len(fit.phrases) == 0 && named == 0 || !ok || heir.ID != o.ID && len(fits[heir.ID].phrases) > 0 {
			continue // an heir that says it covers the topic speaks for itself
		}
		for _, door := range c.doors(heir) {
			key := heir.ID + " " + door.Contact.Text
			if known[key] == nil {
				known[key] = &place{Expert: door}
			}
			known[key].covers = max(known[key].covers, fit.score+2*named) // who is named comes first
			if named > 0 && heir.ID == o.ID {
				known[key].Evidence = append(known[key].Evidence, Evidence{Kind: Itself, Text: cmp.Or(FirstSentence(o.About), o.Name)})
			}
			if len(fit.phrases) > 0 {
				known[key].Evidence = append(known[key].Evidence, Evidence{Kind: Covers, Text: strings.Join(fit.phrases, ", ")})
			}
		}
	}
}

// names says how well a topic fits what a team is called, from 0 to 1; 0 when it names something else.
func (c *inquiry) names(o knowledge.Organisation) float64 {
	best := 0.
	for _, p := range c.read(append([]string{o.Name, o.Short}, o.Aliases...)...) {
		if fit := c.rarity.fit(c.topic, p); fit > enough && c.rarity.named(c.topic, p.text) > nearlyAll {
			best = max(best, fit)
		}
	}
	return best
}

// nearlyAll is the share of a name that must be asked for: of "GOV.UK One Login", not the login alone.
const nearlyAll = .99

// FirstSentence returns the first sentence of a text, on one line.
func FirstSentence(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if end := sentenceEnd.FindStringIndex(line); end != nil {
		return line[:end[0]+2]
	}
	return line
}

// sentenceEnd is a full stop after a word: not one of "U.S. Digital Service".
var sentenceEnd = regexp.MustCompile(`[\p{Ll}\d)]\. `)
