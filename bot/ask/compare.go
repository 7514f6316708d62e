package ask

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"liaison/index"
	"liaison/knowledge"
)

// Comparison is what each organisation does about a topic.
type Comparison struct {
	Topic  string
	Groups []Group // the asker's own first, then as teams.yaml lists them
	// Silent are the organisations that have pages, but none on the topic, and the sides named that have no pages at all.
	Silent   []knowledge.Organisation
	Reason   string // a sentence, when there are no groups
	Contacts []Contact
}

// Group is one organisation's practice.
type Group struct {
	Organisation knowledge.Organisation
	Citations    []Citation // numbered through the whole comparison; at least one
	Maybe        bool       // it may be about the topic; otherwise it is
}

// Compare lays side by side what each organisation says about a topic. An organisation that has
// nothing on it is named as silent, so that silence is not taken for agreement.
func (s *Service) Compare(ctx context.Context, q Question) (Comparison, error) {
	text, _ := shorten(q.Text)
	c := Comparison{Topic: text}
	if c.Reason = unreadable(text); c.Reason != "" {
		c.Contacts = s.places("", q.Home, sides...)
		return c, nil
	}
	subject, of := s.comparedOn(text)
	if len(of) > 0 {
		c.Topic = subject
	}
	everywhere, err := s.Search.Search(ctx, q.Audience, index.Question{Text: c.Topic, Turns: q.Turns, Limit: amongAll})
	if err != nil {
		return Comparison{}, fmt.Errorf("search for %d pages of all: %w", amongAll, err)
	}
	number := 0
	for _, o := range among(s.comparable(q.Home), of) {
		results, err := s.Search.Search(ctx, q.Audience, index.Question{Text: c.Topic, Turns: q.Turns, Limit: comparedPages, Organisations: []string{o.ID}})
		if err != nil {
			return Comparison{}, fmt.Errorf("search what %s says: %w", o.ID, err)
		}
		if results.Documents == 0 {
			continue
		}
		hit, sure, ok := onTopic(results, everywhere, c.Topic)
		if !ok {
			c.Silent = append(c.Silent, o)
			continue
		}
		group := Group{Organisation: o, Citations: s.cite([]index.Hit{hit}, q.Home), Maybe: !sure}
		for i := range group.Citations {
			number++
			group.Citations[i].Number = number
		}
		c.Groups = append(c.Groups, group)
	}
	for _, f := range of {
		if !c.tellsOf(f) {
			c.Silent = append(c.Silent, knowledge.Organisation{Name: f.theirs()})
		}
	}
	if len(c.Groups) == 0 {
		c.Reason = cmp.Or(silence(of), "I found nothing about this from any organisation.")
		c.Contacts = s.places(c.Topic, q.Home, sides...)
	}
	return c, nil
}

// onWhat parts the sides that are compared from what they are compared on.
var onWhat = regexp.MustCompile(`(?i)^(.+?) (?:on|about|regarding|around|concerning|when it comes to) (.+)$`)

// comparedOn reads a topic that names the sides to compare ("GDS and 18F on open source"): what they are compared on, and
// the sides; none when it names fewer than two, or nothing else. What stands after "on" is the topic, whatever it names.
func (s *Service) comparedOn(text string) (subject string, of []side) {
	if parts := onWhat.FindStringSubmatch(text); parts != nil {
		if marked, named := s.sides(parts[1]); len(named) > 1 && contentWords(topic(marked)) == 0 {
			return parts[2], named
		}
	}
	marked, named := s.sides(text)
	if subject = topic(marked); len(named) < 2 || contentWords(subject) == 0 {
		return "", nil
	}
	return subject, named
}

// tellsOf reports whether a comparison says of any organisation of a side what it has, or that it has nothing.
func (c *Comparison) tellsOf(f side) bool {
	told := func(o knowledge.Organisation) bool { return slices.Contains(f.ids, o.ID) }
	return slices.ContainsFunc(c.Groups, func(g Group) bool { return told(g.Organisation) }) || slices.ContainsFunc(c.Silent, told)
}

// among returns the organisations that are of some sides; all when there are none.
func among(all []knowledge.Organisation, of []side) []knowledge.Organisation {
	return slices.DeleteFunc(all, func(o knowledge.Organisation) bool {
		return len(of) > 0 && !slices.ContainsFunc(of, func(f side) bool { return slices.Contains(f.ids, o.ID) })
	})
}

// comparable returns the organisations to compare, the asker's own first.
func (s *Service) comparable(home string) []knowledge.Organisation {
	var own, others []knowledge.Organisation
	for _, o := range s.Vocabulary().Organisations {
		if o.ID == home {
			own = append(own, o)
		} else {
			others = append(others, o)
		}
	}
	return slices.Concat(own, others)
}

// comparedPages is how many pages of an organisation are looked at for one that speaks of a topic, amongAll
// how many of all organisations are for certain near to it.
const (
	comparedPages = 5
	amongAll      = 10
)

// onTopic returns the first page found that speaks of a topic, with the passage that does, and whether that is
// sure. The band alone does not tell: among the pages of one organisation the best is the best of whatever it
// has, and where it has nothing on "code review" that is a page with both words somewhere.
func onTopic(results, everywhere index.Results, topic string) (hit index.Hit, sure, ok bool) {
	words := namingWords(topic)
	for _, demand := range []func(index.Hit, index.Match) bool{
		func(_ index.Hit, m index.Match) bool { return m.Headed >= whole },
		func(_ index.Hit, m index.Match) bool { return words > 1 && together(m, words) },
		func(h index.Hit, m index.Match) bool { return isNear(m, words) && stands(h, everywhere) },
	} {
		for _, found := range ownPractice(results.Hits) {
			for i, m := range found.Fits {
				if i <= len(found.Also) && demand(found, m) {
					sure := m.Headed >= whole || m.Headed >= enough && together(m, words) && results.Band == index.BandAnswer
					return withPassage(found, i), sure, true
				}
			}
		}
	}
	return index.Hit{}, false, false
}

// How much of a topic must stand in a passage, and how near its words to each other, for it to be about that.
const (
	whole     = .99
	most      = .65 // of a topic of three words or more
	partly    = .4  // about one of two words
	nearby    = .3  // up to three words apart
	mostWords = 3
)

// together reports whether a topic of so many words stands in a passage as one.
func together(m index.Match, words int) bool {
	if words < mostWords {
		return m.Held >= whole && m.Near >= nearby
	}
	return m.Held >= most && m.Near >= nearby*most
}

// isNear reports whether a passage may be about a topic: it has its only word, or those that weigh most in
// its headings.
func isNear(m index.Match, words int) bool {
	switch {
	case words < 2:
		return m.Held >= whole
	case words >= mostWords:
		return m.Held >= enough && m.Headed >= partly
	}
	return m.Held >= partly && m.Headed >= partly
}

// stands reports whether a page is among some results.
func stands(hit index.Hit, in index.Results) bool {
	return slices.ContainsFunc(in.Hits, func(h index.Hit) bool { return h.Document.Path == hit.Document.Path })
}
