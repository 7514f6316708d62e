package ask

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
func (s *Service) otherSide(ctx context.Context, q Question, text string, cited []Citation) (*Citation, error) {
	here := cited[0].Organisation.Country
	if !slices.Contains(sides, here) {
		return nil, nil
	}
	organisations := s.organisations()
	var best *Citation
	var confidence float64
	for _, id := range acrossFrom(here, s.Vocabulary().Organisations) {
		results, err := s.Search.Search(ctx, q.Audience, index.Question{Text: text, Turns: q.Turns, Limit: 1, Organisation: id})
		if err != nil {
			return nil, fmt.Errorf("search the other side: %w", err)
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

// whereToAsk returns the contacts that the cited pages name, first page first; when they name none,
// the organisations that cover the topic.
func (s *Service) whereToAsk(text, home string, cited []Citation) []Contact {
	var contacts []Contact
	for _, c := range cited[:min(len(cited), maxContacts)] {
		for _, contact := range c.Document.Contacts {
			if !closed(c.Organisation, s.Now()) {
				contacts = addContact(contacts, Contact{contact, c.Name(), "named on page " + mark(c.Number)})
			}
		}
	}
	if len(contacts) == 0 {
		contacts = s.places(text, home)
	}
	return contacts[:min(len(contacts), maxContacts)]
}

func mark(number int) string { return fmt.Sprintf("[%d]", number) }

// places returns where to ask when no page says: the organisations that cover a word of the
// question, then the asker's own, then whoever else can be asked. Closed ones are never named.
func (s *Service) places(text, home string) []Contact {
	words := wordSet(text)
	var covering, own, rest []Contact
	for _, o := range s.Vocabulary().Organisations {
		if closed(o, s.Now()) {
			continue
		}
		topic := coveredTopic(o, words)
		for _, contact := range o.Contacts {
			place := Contact{contact, cmpOr(o.Short, o.Name), ""}
			switch {
			case topic != "":
				place.Why = "covers " + topic
				covering = append(covering, place)
			case o.ID == home:
				place.Why = "your organisation"
				own = append(own, place)
			default:
				rest = append(rest, place)
			}
		}
	}
	var contacts []Contact
	for _, place := range slices.Concat(covering, own, rest) {
		contacts = addContact(contacts, place)
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
		all, any := true, false
		for word := range wordSet(topic) {
			any = true
			all = all && asked[word]
		}
		if any && all {
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

// Closed reports whether an organisation had closed by then.
func Closed(o knowledge.Organisation, at time.Time) bool { return closed(o, at) }
