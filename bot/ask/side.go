package ask

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"liaison/knowledge"
)

// People ask what one side does: "and in the US?", "what does 18F say about research?", "how do GDS and
// 18F differ on payments?". The names in such a question choose whose pages are read; as words to look
// for they would only find pages about the organisations themselves.

// side is whose practice is asked for: an organisation, or all of a country.
type side struct {
	name    string   // as an answer says it
	ids     []string // of organisations
	country bool
}

// countries are the words for those of teams.yaml, as wholes. "us" alone is a pronoun.
var countries = map[string]string{
	"uk": "gb", "united kingdom": "gb", "britain": "gb", "great britain": "gb", "british": "gb", "england": "gb", "scotland": "gb",
	"wales": "gb", "northern ireland": "gb", "brits": "gb", "brit": "gb",
	"the us": "us", "US": "us", "usa": "us", "united states": "us", "america": "us", "american": "us", "americans": "us", "the states": "us",
	"canada": "ca", "denmark": "dk", "estonia": "ee", "israel": "il", "korea": "kr", "south korea": "kr", "mexico": "mx",
	"new zealand": "nz", "portugal": "pt", "uruguay": "uy",
}

// countryNames is what to call them.
var countryNames = map[string]string{
	"gb": "the UK", "us": "the US", "ca": "Canada", "dk": "Denmark", "ee": "Estonia", "il": "Israel", "kr": "South Korea", "mx": "Mexico",
	"nz": "New Zealand", "pt": "Portugal", "uy": "Uruguay",
}

// gap stands for a name that was taken out of a text.
const gap = "§"

// sides finds the organisations and countries that a text names, each once, in order. In the text that comes back, its
// words parted by single spaces, each name is a gap.
func (s *Service) sides(text string) (string, []side) {
	marked, each := s.sidesAt(text)
	var named []side
	for _, f := range each {
		if !slices.ContainsFunc(named, func(n side) bool { return n.name == f.name }) {
			named = append(named, f)
		}
	}
	return marked, named
}

// sidesAt is sides with the side of every gap, also of those named again.
func (s *Service) sidesAt(text string) (marked string, each []side) {
	text = " " + asName(text) + " "
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // places in one are none in the other
		lower = text
	}
	names := s.sideNames()
	for i, n := range names {
		for at := nameAt(text, lower, n.text); at >= 0; at = nameAt(text, lower, n.text) {
			mark, rest := " "+gap+strconv.Itoa(i)+" ", at+len(n.text)+2
			text, lower = text[:at]+mark+text[rest:], lower[:at]+mark+lower[rest:]
		}
	}
	words := strings.Fields(text)
	for i, word := range words {
		if number, ok := strings.CutPrefix(word, gap); ok {
			n, _ := strconv.Atoi(number)
			words[i], each = gap, append(each, names[n].of)
		}
	}
	return strings.Join(words, " "), each
}

// asName returns a text as names are looked for in it: its words parted by single spaces, without marks.
func asName(text string) string {
	text = strings.NewReplacer("U.S.", "US", "U.K.", "UK", "’", "'", gap, " ").Replace(text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) && !strings.ContainsRune(".'-&", r)
	}), " ") + " "
	return strings.TrimSpace(strings.NewReplacer("'s ", " ", "' ", " ", ". ", " ").Replace(text))
}

// allNames returns what an organisation is called, and was before.
func allNames(o knowledge.Organisation) []string {
	all := append([]string{o.Name, o.Short, o.ID}, o.Aliases...)
	for _, before := range o.Renamed {
		all = append(all, before.Name)
	}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// sideName is what a side may be called.
type sideName struct {
	text string
	of   side
}

// sideNames returns what the sides are called, longest names first, as some hold others.
func (s *Service) sideNames() []sideName {
	var names []sideName
	organisations := s.Vocabulary().Organisations
	for _, o := range organisations {
		for _, n := range allNames(o) {
			names = append(names, sideName{asName(n), side{cmp.Or(o.Short, o.Name), []string{o.ID}, false}})
		}
	}
	for n, code := range countries {
		names = append(names, sideName{n, side{countryNames[code], inCountry(organisations, code), true}})
	}
	slices.SortStableFunc(names, func(a, b sideName) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.text, b.text))
	})
	return names
}

// nameAt returns where a name stands in a text, also given in small letters, with the space before it, or -1. A name that
// is all capitals must stand so.
func nameAt(text, lower, name string) int {
	if name == "" {
		return -1
	}
	at := strings.Index(text, " "+name+" ")
	if at < 0 && strings.ToUpper(name) != name {
		at = strings.Index(lower, " "+strings.ToLower(name)+" ")
	}
	return at
}

func inCountry(organisations []knowledge.Organisation, country string) []string {
	var ids []string
	for _, o := range organisations {
		if o.Country == country {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// asides are words that may stand round a name without asking anything new.
var asides = words(`and but so or what about how do does did is are it in at on for of by to from with the a an over there here they
	them their say says said think same that this also too then government team people side across elsewhere else other case
	we have has got one ones any anything something similar like show me us give see go back yes ok okay please now instead`)

// onlyNames reports whether a text with gaps asks nothing besides them.
func onlyNames(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if word != gap && !asides.has(word) {
			return false
		}
	}
	return true
}

var (
	// differing words lay sides beside each other.
	differing = regexp.MustCompile(`(?i)\b(differ|differs|different|differently|difference|differences|compare|compares|compared|comparison|versus|vs|unlike|between|both|respectively)\b`)
	// acting is how the practice of one side is asked for: "what does § say about …", "§ guidance on …".
	acting = regexp.MustCompile(`(?i)\b(do|does|did) (the )?§|according to (the )?§|§ (guidance|advice|approach|view|policy|practice|rules|guidelines|position) (on|about|for|to)\b`)
	// within is how a country is said to be where.
	within = regexp.MustCompile(`(?i)\b(in|for|across|within) (the )?§`)
	// telling words are those of a question for a side's practice that are not of its subject.
	tellingWords = regexp.MustCompile(`(?i)\b(what|how|do|does|did|say|says|think|thinks|recommend|recommends|advise|advises|suggest|suggests|according to|approach|take|in the|across the|within the|and|or|is|are|the|there|any)\b|§`)
)

// leading words are left at the beginning of a subject when what asks is taken away.
var leading = regexp.MustCompile(`(?i)^((about|on|for|of|to|with|when it comes to) )+`)

// asksOf reads a question about the practice of the sides that it names. It returns what they are asked
// about; no sides when the question is about the organisations themselves, or names none.
func (s *Service) asksOf(text string) (string, []side) {
	marked, named := s.sides(text)
	switch {
	case len(named) > 1 && differing.MatchString(marked):
	case len(named) == 1 && (acting.MatchString(marked) || named[0].country && within.MatchString(marked)):
	default:
		return "", nil
	}
	subject := topic(marked)
	least := 2 // "what does 18F do": one word more is no subject
	if len(named) > 1 || acting.MatchString(marked) && strings.Contains(strings.ToLower(marked), "about") {
		least = 1
	}
	if contentWords(subject) < least {
		return "", nil
	}
	return subject, named
}

// topic returns what a text with gaps is about, without the names and the words that ask.
func topic(marked string) string {
	return leading.ReplaceAllString(strings.Join(strings.Fields(differing.ReplaceAllString(tellingWords.ReplaceAllString(marked, " "), " ")), " "), "")
}

// contentWords counts the words of a text that say what it is about.
func contentWords(text string) int {
	n := 0
	for word := range wordSet(text) {
		if !empty.has(word) {
			n++
		}
	}
	return n
}

// theirs says whose pages were looked at: "GDS", "the US side".
func (f side) theirs() string {
	if strings.HasPrefix(f.name, "the ") {
		return f.name + " side"
	}
	return f.name
}

// silence says which sides have nothing, "" when all have something.
func silence(silent []side) string {
	var names []string
	for _, f := range silent {
		names = append(names, f.theirs())
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("I found nothing on this from %s.", names[0])
	}
	last := len(names) - 1
	return fmt.Sprintf("I found nothing on this from %s or %s.", strings.Join(names[:last], ", "), names[last])
}
