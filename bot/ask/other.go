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

// The two sides of the Atlantic that agreed, in 2015, to learn from each other.
var sides = []string{"gb", "us"}

// otherSide returns the page of the side that the first citation is not from, when that page would do as an
// answer by itself, and how sure that is. Nobody asked for it, so it must hold in three ways: it is among what was found for the
// question when all were asked; asked alone, its side answers with it; and it speaks of what was asked. It returns nil when
// there is none. A page of the asker's own side may hold less of it when it ranks about as well as the first, or is called
// by name.
func (s *Service) otherSide(ctx context.Context, q Question, as heard, cited []Citation) (*Citation, float64, error) {
	here := cited[0].Organisation.Country
	there := acrossFrom(here, s.Vocabulary().Organisations)
	if !slices.Contains(sides, here) || !slices.ContainsFunc(cited, func(c Citation) bool { return slices.Contains(there, c.Document.Organisation) }) {
		return nil, 0, nil
	}
	results, _, err := s.search(ctx, q, heard{text: as.text, turns: as.turns, about: as.about, organisations: there})
	if err != nil || results.Band != index.BandAnswer || len(results.Hits) == 0 {
		return nil, 0, err
	}
	citation := s.citation(results.Hits[0], s.organisations(), q.Home)
	if citation.Number = numberOf(citation, cited); citation.Number == 0 {
		return nil, 0, nil
	}
	first, score, own := cited[0].Score, cited[citation.Number-1].Score, s.sameCountry(citation.Organisation, q.Home)
	tied := own && score >= ownScore*first && citation.Stamp != StampArchived && matchOf(results.Hits[0], 0).Held >= ownHeld
	if score >= otherScore*first && (answersToo(results) || own && s.calls(as.text, citation, cited[0])) || tied {
		return &citation, results.Confidence, nil
	}
	return nil, 0, nil
}

// How much of a question must stand in a passage from the other side, and in its title and headings: words in
// common are not enough ("a dodgy link in an email" and how to send an email with a link). A page that holds less
// of it must be surer, and about the half that weighs most. (Of 34 everyday questions, over the knowledge that ships
// and over the real pages, the other side answers 32 and these offer 20, one of them beside the point.)
const (
	otherScore   = .75 // of the score of the first page (of 466 questions over the real pages, 12 offers: three had .61 to .69 and were about something else, nine .77 and more)
	ownScore     = .92 // of one's own side, which then need hold no more than ownHeld: the two rank about alike
	ownHeld      = .5
	otherHeld    = .75
	otherHeaded  = .35
	surelyHeaded = .5
	surely       = .8
)

// answersToo reports whether the first page of the other side speaks of the question.
func answersToo(results index.Results) bool {
	match := matchOf(results.Hits[0], 0)
	return match.Held >= otherHeld && match.Headed >= otherHeaded || match.Headed >= surelyHeaded && results.Confidence >= surely
}

// acrossFrom returns the ids of organisations on the other side, in the order of teams.yaml.
func acrossFrom(country string, organisations []knowledge.Organisation) []string {
	var ids []string
	for _, o := range organisations {
		if o.Country != country && slices.Contains(sides, o.Country) {
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
	return cmp.Or(c.Organisation.Short, c.Organisation.Name, c.Document.Organisation)
}

// FullName returns the name of the organisation of a page, with its short name.
func (c Citation) FullName() string {
	if o := c.Organisation; o.Name != "" && o.Short != "" && o.Short != o.Name {
		return o.Name + " (" + o.Short + ")"
	}
	return c.Name()
}

// Contact is a place to ask.
type Contact struct {
	knowledge.Contact
	Organisation string // short name of whose it is; "" when unknown
	Why          string // "named on the page", "covers procurement"; "" for a general one
}

// maxContacts is how many places to ask an answer names: more is no help.
const maxContacts = 3

// whereToAsk returns the contacts that the page quoted names. When it names none: its own organisation, or whoever
// took over from one that has closed, or the one that it belongs to; and then who covers the topic in its country.
// Only when all of these have no place: the asker's own and one of that country.
func (s *Service) whereToAsk(text, home string, cited []Citation) []Contact {
	first := cited[0]
	if len(first.Document.Contacts) > 0 && !closed(first.Organisation, s.Now()) {
		return contactsOf(first.Document.Contacts, first.Name(), "named in "+mark(first.Number))
	}
	contacts := distinct(append(s.answerable(first), s.covering(text, []string{first.Organisation.Country})...))
	if len(contacts) > 0 {
		return contacts
	}
	return s.places(text, home, first.Organisation.Country)
}

// answerable returns where to ask the organisation that answers for a page.
func (s *Service) answerable(c Citation) []Contact {
	return s.standIn(c.Organisation, c.Name(), "publishes "+mark(c.Number))
}

// standIn returns where to ask an organisation, called name, for a reason, why; or whoever took over from it, or what it
// belongs to, for that reason.
func (s *Service) standIn(of knowledge.Organisation, name, why string) []Contact {
	organisations, o := s.organisations(), of
	for range organisations { // no longer than the longest line of successors and parents
		if len(o.Contacts) > 0 && !closed(o, s.Now()) {
			return contactsOf(o.Contacts, cmp.Or(o.Short, o.Name), why)
		}
		switch {
		case closed(o, s.Now()) && o.Successor != "":
			o, why = organisations[o.Successor], "took over from "+name
		case closed(of, s.Now()):
			o, why = organisations[o.Parent], name+" was part of it"
		default:
			o, why = organisations[o.Parent], name+" is part of it"
		}
	}
	return nil
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

// Places returns where somebody of an organisation, home ("" when not known), can ask about a text when no page says.
func (s *Service) Places(text, home string) []Contact { return s.places(text, home, sides...) }

// places returns where to ask when no page says: the organisations that cover a topic of the question,
// then the asker's own, or who stands in for it, then one of each country. Closed ones are never named.
func (s *Service) places(text, home string, countries ...string) []Contact {
	var doors []Contact
	var opened []string // countries
	for _, o := range s.open() {
		if len(o.Contacts) > 0 && slices.Contains(countries, o.Country) && !slices.Contains(opened, o.Country) {
			opened = append(opened, o.Country)
			doors = append(doors, Contact{o.Contacts[0], cmp.Or(o.Short, o.Name), ""})
		}
	}
	own := s.standIn(s.organisation(home), s.Name(home), "your organisation")
	_, named := s.sides(text)
	for _, f := range named {
		countries = append(countries, s.countryOf(f))
	}
	return distinct(slices.Concat(s.covering(text, append(slices.Clone(countries), s.organisation(home).Country)), own, doors))
}

// covering returns where to ask the organisations of some countries that cover what the question is about, those
// that name most of its words first.
func (s *Service) covering(text string, countries []string) []Contact {
	type place struct {
		Contact
		words int
	}
	var all []place
	for _, o := range s.open() {
		topic, n := coveredTopic(o, text)
		if topic == "" || o.Country == "" || !slices.Contains(countries, o.Country) {
			continue
		}
		for _, contact := range o.Contacts {
			all = append(all, place{Contact{contact, cmp.Or(o.Short, o.Name), "covers " + topic}, n})
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(b.words, a.words) })
	var contacts []Contact
	for _, p := range all {
		contacts = append(contacts, p.Contact)
	}
	return distinct(contacts)
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

// distinct returns the first contacts, one of each organisation.
func distinct(all []Contact) []Contact {
	var contacts []Contact
	for _, c := range all {
		contacts = addContact(contacts, c)
	}
	return contacts[:min(len(contacts), maxContacts)]
}

func addContact(contacts []Contact, c Contact) []Contact {
	for _, other := range contacts {
		if other.Contact == c.Contact || other.Organisation == c.Organisation {
			return contacts
		}
	}
	return append(contacts, c)
}

// coveredTopic returns the topic of an organisation that names most of what is asked, with how many words of it.
// It must be asked for as a whole, and a topic of one word must be at least half of what is: "cloud" in a question
// about something else is no reason to ask there.
func coveredTopic(o knowledge.Organisation, text string) (string, int) {
	best, most := "", 0
	asked := " " + strings.Join(plainWords(text), " ") + " "
	for _, topic := range o.Covers {
		words := plainWords(topic)
		if len(words) > most && strings.Contains(asked, " "+strings.Join(words, " ")+" ") && (len(words) > 1 || namingWords(text) <= 2) {
			best, most = topic, len(words)
		}
	}
	return best, most
}

// plainWords returns the words of a text in lower case, in order, without their plural s.
func plainWords(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !isLetter(r) })
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "s")
	}
	return words
}

// wordSet returns the words of a text in lower case, without their plural s, those of three letters
// or fewer left out unless they are all capitals (API, ATO).
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) }) {
		if len(word) > 3 || strings.ToUpper(word) == word {
			set[singular(word)] = true
		}
	}
	return set
}
