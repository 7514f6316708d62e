package ask

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"liaison/index"
	"liaison/knowledge"
)

// Talk wanders. A question is read in the light of what went before when it points back at it ("and
// how long does that take?"), or when it finds little on its own and more in that light; a question
// that stands alone is not bent towards the last subject. Naming only a place or a team ("and in the
// US?") asks the last question again, there.

// heard is what a question was taken to ask.
type heard struct {
	text         string
	turns        []index.Turn
	organisation string // only of this one; "" for all
}

// find searches for a question within its conversation, and says as what it was heard.
func (s *Service) find(ctx context.Context, q Question, text string) (index.Results, heard, error) {
	alone, within := heard{text: text}, heard{text: text, turns: q.Turns}
	if len(q.Turns) == 0 {
		return s.search(ctx, q, alone)
	}
	if asked, ids := s.elsewhere(text, q.Turns); len(ids) > 0 {
		if about, named := s.insteadOf(asked, ids[0]); named {
			return s.search(ctx, q, heard{text: about})
		}
		return s.findAt(ctx, q, asked, ids)
	}
	first, second := alone, within
	if pointsBack(text) {
		first, second = within, alone
	}
	results, as, err := s.search(ctx, q, first)
	if err != nil || results.Band == index.BandAnswer || first.turns != nil && results.Band == index.BandMaybe {
		return results, as, err
	}
	others, otherwise, err := s.search(ctx, q, second)
	if err != nil || others.Band != index.BandAnswer || len(others.Hits) == 0 || !mentions(others.Hits[0], text) {
		return results, as, err
	}
	return others, otherwise, nil
}

func (s *Service) search(ctx context.Context, q Question, as heard) (index.Results, heard, error) {
	results, err := s.Search.Search(ctx, q.Audience, index.Question{Text: as.text, Turns: as.turns, Limit: q.Limit, Organisation: as.organisation})
	if err != nil {
		return index.Results{}, as, fmt.Errorf("search the knowledge: %w", err)
	}
	return results, as, nil
}

var (
	goesOn   = regexp.MustCompile(`(?i)^\s*(and|but|or|so|also|then|what about|how about|why|what if|even|only|for|in|at|on|with|without|from|to|by|after|before|during|until|since)\b`)
	backward = regexp.MustCompile(`(?i)\b(it|its|that|this|those|these|they|them|their|theirs|there|he|she|him|her|his|one|ones|same|else|another|other|instead|too)\b`)
)

// pointsBack reports whether a text leans on what was said before it.
func pointsBack(text string) bool { return goesOn.MatchString(text) || backward.MatchString(text) }

// mentions reports whether what was found speaks of the question itself, not only of what was said before.
func mentions(hit index.Hit, text string) bool {
	found := wordSet(hit.Document.Title + " " + strings.Join(hit.Passage.Headings, " ") + " " + hit.Passage.Text)
	for word := range wordSet(text) {
		if found[word] && !empty[word] {
			return true
		}
	}
	return false
}

// empty are words that say nothing of what a question is about.
var empty = words(`what which when where whom whose that this these those they them their there then have does did doing done with from
	into about would could should must shall will your mine ours make need needs want know tell please much many long often`)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[strings.TrimSuffix(word, "s")] = true
	}
	return set
}

// countries are the words for the two sides, as wholes. "us" alone is a pronoun.
var countries = map[string]string{
	"uk": "gb", "united kingdom": "gb", "britain": "gb", "great britain": "gb", "british": "gb", "england": "gb",
	"the us": "us", "US": "us", "usa": "us", "united states": "us", "america": "us", "american": "us", "the states": "us", "federal": "us",
}

// asides are words that may stand round a place or team without asking anything new.
var asides = words(`and but so or what about how do does did is are it in at on for of by to from with the a an over there here they
	them their say says said think same that this also too then government team people side across elsewhere else other`)

// elsewhere reads a follow-up that names nothing but a country or organisations. It returns the last
// question that asked something, and the ids of the organisations meant; none when the text asks
// something of its own.
func (s *Service) elsewhere(text string, turns []index.Turn) (string, []string) {
	ids := s.placesNamed(text)
	if len(ids) == 0 {
		return "", nil
	}
	for _, turn := range slices.Backward(turns) {
		if turn.ByUser && len(s.placesNamed(turn.Text)) == 0 {
			return turn.Text, ids
		}
	}
	return "", nil
}

// placesNamed returns the organisations that a text is wholly about: all of a country, or those named.
func (s *Service) placesNamed(text string) []string {
	rest := " " + strings.Join(strings.FieldsFunc(strings.ReplaceAll(text, "U.S.", "US"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '.' || r == '?'
	}), " ") + " "
	var ids []string
	take := func(name string, found ...string) {
		if without, ok := cutWord(rest, name); ok {
			rest = without
			ids = append(ids, found...)
		}
	}
	organisations := s.Vocabulary().Organisations
	for _, o := range organisations {
		for _, name := range slices.Concat([]string{o.Name, o.Short, o.ID}, o.Aliases) {
			take(name, o.ID)
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(countries), longestFirst) {
		take(name, inCountry(organisations, countries[name])...)
	}
	for _, word := range strings.Fields(rest) {
		if !asides[strings.TrimSuffix(strings.ToLower(strings.Trim(word, ".")), "s")] {
			return nil
		}
	}
	return slices.Compact(ids)
}

// insteadOf puts an organisation in the place of the first one that a question names: asked "what
// happened to 18F?", "and USDS?" means "what happened to USDS?". It reports whether one was named.
func (s *Service) insteadOf(asked, id string) (string, bool) {
	padded := " " + strings.TrimRight(strings.Join(strings.Fields(asked), " "), "?!. ") + " "
	for _, o := range s.Vocabulary().Organisations {
		for _, name := range slices.Concat([]string{o.Name, o.Short}, o.Aliases) {
			if at := nameAt(padded, name); at >= 0 {
				return strings.TrimSpace(padded[:at] + " " + s.Name(id) + padded[at+len(name)+1:]), true
			}
		}
	}
	return asked, false
}

func longestFirst(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) }

// cutWord takes a name out of a text whose words are parted by single spaces.
func cutWord(text, name string) (string, bool) {
	at := nameAt(text, name)
	if at < 0 {
		return text, false
	}
	return text[:at] + " " + text[at+len(name)+2:], true
}

// nameAt returns where a name stands in a text, with the space before it, or -1. A name that is all
// capitals must stand so.
func nameAt(text, name string) int {
	at := strings.Index(text, " "+name+" ")
	lower := strings.ToLower(text)
	if at < 0 && strings.ToUpper(name) != name && len(lower) == len(text) {
		at = strings.Index(lower, " "+strings.ToLower(name)+" ")
	}
	if name == "" || at+len(name)+2 > len(text) {
		return -1
	}
	return at
}

func inCountry(organisations []knowledge.Organisation, country string) []string {
	var ids []string
	for _, o := range organisations {
		if o.Country == country && len(ids) < maxSideSearches {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// findAt asks a question of some organisations alone. The surest of them comes first.
func (s *Service) findAt(ctx context.Context, q Question, text string, ids []string) (index.Results, heard, error) {
	as := heard{text: text}
	var all []index.Results
	for _, id := range ids[:min(len(ids), maxSideSearches)] {
		results, _, err := s.search(ctx, q, heard{text: text, organisation: id})
		if err != nil {
			return index.Results{}, as, err
		}
		if results.Band != index.BandNone && len(results.Hits) > 0 {
			all = append(all, results)
		}
	}
	if len(all) == 0 {
		where := "there"
		if len(ids) == 1 {
			where = s.Name(ids[0])
		}
		return index.Results{Band: index.BandNone, Reason: fmt.Sprintf("I found nothing about that from %s.", where)}, as, nil
	}
	slices.SortStableFunc(all, func(a, b index.Results) int { return cmp.Compare(b.Confidence, a.Confidence) })
	best := all[0]
	hits := best.Hits[:1:1]
	for _, other := range all[1:] {
		hits = append(hits, other.Hits[0])
	}
	best.Hits = append(hits, best.Hits[1:]...)
	return best, as, nil
}
