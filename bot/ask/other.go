package ask

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"liaison/index"
	"liaison/knowledge"
)

// The two sides of the Atlantic that agreed, in 2015, to learn from each other.
var sides = []string{"gb", "us"}

// maxSideSearches bounds what one answer costs: organisations of the other side that are searched.
const maxSideSearches = 8

// otherSide looks for a strong page of the side that the first citation is not from. It asks the
// search for each organisation there, as a page may be strong and still not be among the first ten.
// It returns nil when there is none.
func (s *Service) otherSide(ctx context.Context, q Question, as heard, cited []Citation) (*Citation, error) {
	here := cited[0].Organisation.Country
	if !slices.Contains(sides, here) {
		return nil, nil
	}
	organisations := s.organisations()
	var best *Citation
	var confidence float64
	for _, id := range acrossFrom(here, s.Vocabulary().Organisations) {
		results, _, err := s.search(ctx, q, heard{as.text, as.turns, id})
		if err != nil {
			return nil, err
		}
		if results.Band != index.BandAnswer || len(results.Hits) == 0 || results.Confidence <= confidence {
			continue
		}
		citation := s.citation(results.Hits[0], organisations, q.Home)
		citation.Number = numberOf(citation, cited)
		best, confidence = &citation, results.Confidence
	}
	return best, nil
}

// acrossFrom returns the ids of organisations on the other side, in the order of teams.yaml.
func acrossFrom(country string, organisations []knowledge.Organisation) []string {
	var ids []string
	for _, o := range organisations {
		if o.Country != country && slices.Contains(sides, o.Country) && len(ids) < maxSideSearches {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// numberOf returns the number under which the same page is already cited, or 0.
func numberOf(c Citation, cited []Citation) int {
	for _, other := range cited {
		if other.Document.Path == c.Document.Path {
			return other.Number
		}
	}
	return 0
}

// Name returns what to call the organisation of a page: its short name, else its name, else its id.
func (c Citation) Name() string {
	return cmpOr(c.Organisation.Short, cmpOr(c.Organisation.Name, c.Document.Organisation))
}

// Contact is a place to ask.
type Contact struct {
	knowledge.Contact
	Organisation string // short name of whose it is; "" when unknown
	Why          string // "named on the page", "covers procurement"; "" for a general one
}

// maxContacts is how many places to ask an answer names: more is no help.
const maxContacts = 3

// whereToAsk returns the contacts that the page quoted names. When it names none: who covers the
// topic, else the page's own organisation, else anybody. Of one that has closed, the one that took over
// is asked.
func (s *Service) whereToAsk(text, home string, cited []Citation) []Contact {
	first := cited[0]
	if closed(first.Organisation, s.Now()) {
		heir := s.organisations()[first.Organisation.Successor]
		return s.orElse(contactsOf(heir.Contacts, cmpOr(heir.Short, heir.Name), "took over from "+first.Name()), text, home)
	}
	if len(first.Document.Contacts) > 0 {
		return contactsOf(first.Document.Contacts, first.Name(), "named in "+mark(first.Number))
	}
	if covering := s.covering(text); len(covering) > 0 {
		return covering
	}
	return s.orElse(contactsOf(first.Organisation.Contacts, first.Name(), "publishes "+mark(first.Number)), text, home)
}

func (s *Service) orElse(contacts []Contact, text, home string) []Contact {
	if len(contacts) > 0 {
		return contacts
	}
	return s.places(text, home)
}

// contactsOf returns the first contacts of a list, with whose they are and why they are named.
func contactsOf(list []knowledge.Contact, whose, why string) []Contact {
	var contacts []Contact
	for _, contact := range list[:min(len(list), maxContacts)] {
		contacts = append(contacts, Contact{contact, whose, why})
	}
	return contacts
}

func mark(number int) string { return fmt.Sprintf("[%d]", number) }

// places returns where to ask when no page says: the organisations that cover a topic of the
// question, then the asker's own, then others, of both sides by turns. Closed ones are never named.
func (s *Service) places(text, home string) []Contact {
	var own []Contact
	doors := map[string][]Contact{} // one of each organisation, by country
	var countries []string
	for _, o := range s.open() {
		for i, contact := range o.Contacts {
			place := Contact{contact, cmpOr(o.Short, o.Name), ""}
			switch {
			case o.ID == home:
				place.Why = "your organisation"
				own = append(own, place)
			case i == 0:
				if doors[o.Country] == nil {
					countries = append(countries, o.Country)
				}
				doors[o.Country] = append(doors[o.Country], place)
			}
		}
	}
	all := slices.Concat(s.covering(text), own)
	for turn := range maxContacts {
		for _, country := range countries {
			if turn < len(doors[country]) {
				all = append(all, doors[country][turn])
			}
		}
	}
	return distinct(all)
}

// covering returns where to ask the organisations that cover a topic of the question.
func (s *Service) covering(text string) []Contact {
	asked := wordSet(text)
	var all []Contact
	for _, o := range s.open() {
		topic := coveredTopic(o, asked)
		if topic == "" {
			continue
		}
		for _, contact := range o.Contacts {
			all = append(all, Contact{contact, cmpOr(o.Short, o.Name), "covers " + topic})
		}
	}
	return distinct(all)
}

// open returns the organisations that can be asked.
func (s *Service) open() []knowledge.Organisation {
	var all []knowledge.Organisation
	for _, o := range s.Vocabulary().Organisations {
		if !closed(o, s.Now()) {
			all = append(all, o)
		}
	}
	return all
}

// distinct returns the first contacts, each once.
func distinct(all []Contact) []Contact {
	var contacts []Contact
	for _, c := range all {
		contacts = addContact(contacts, c)
	}
	return contacts[:min(len(contacts), maxContacts)]
}

func addContact(contacts []Contact, c Contact) []Contact {
	for _, other := range contacts {
		if other.Contact == c.Contact {
			return contacts
		}
	}
	return append(contacts, c)
}

// coveredTopic returns the first topic of an organisation of which every long word is asked for.
func coveredTopic(o knowledge.Organisation, asked map[string]bool) string {
	for _, topic := range o.Covers {
		all, some := true, false
		for word := range wordSet(topic) {
			some = true
			all = all && asked[word]
		}
		if some && all {
			return topic
		}
	}
	return ""
}

// wordSet returns the words of a text in lower case, without their plural s, those of three letters
// or fewer left out unless they are all capitals (API, ATO).
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) }) {
		if len(word) > 3 || strings.ToUpper(word) == word {
			set[strings.TrimSuffix(strings.ToLower(word), "s")] = true
		}
	}
	return set
}
