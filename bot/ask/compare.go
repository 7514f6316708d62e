package ask

import (
	"context"
	"fmt"
	"slices"

	"liaison/index"
	"liaison/knowledge"
)

// Comparison is what each organisation does about a topic.
type Comparison struct {
	Topic  string
	Groups []Group // the asker's own first, then as teams.yaml lists them
	// Silent are the organisations that have pages, but none on the topic.
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
	topic, _ := shorten(q.Text)
	c := Comparison{Topic: topic}
	if c.Reason = unreadable(topic); c.Reason != "" {
		c.Contacts = s.places("", q.Home, sides...)
		return c, nil
	}
	number := 0
	for _, o := range s.comparable(q.Home) {
		results, err := s.Search.Search(ctx, q.Audience, index.Question{Text: topic, Turns: q.Turns, Limit: comparedPages, Organisations: []string{o.ID}})
		if err != nil {
			return Comparison{}, fmt.Errorf("search what %s says: %w", o.ID, err)
		}
		if results.Documents == 0 {
			continue
		}
		hit, sure, ok := onTopic(results, topic)
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
	if len(c.Groups) == 0 {
		c.Reason = "I found nothing about this from any organisation."
		c.Contacts = s.places(topic, q.Home, sides...)
	}
	return c, nil
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

// comparedPages is how many pages of an organisation are looked at for one that speaks of a topic.
const comparedPages = 5

// onTopic returns the first page found that speaks of a topic, with the passage that does, and whether that is
// sure. The band alone does not tell: among the pages of one organisation the best is the best of whatever it
// has, and where it has nothing on "code review" that is a page with both words somewhere.
func onTopic(results index.Results, topic string) (hit index.Hit, sure, ok bool) {
	words := namingWords(topic)
	for _, demand := range []func(index.Match) bool{
		func(m index.Match) bool { return m.Headed >= whole },
		func(m index.Match) bool { return isAbout(m, words) },
	} {
		for _, found := range ownPractice(results.Hits) {
			for i := range found.Fits {
				if i <= len(found.Also) && demand(found.Fits[i]) {
					headed := found.Fits[i].Headed
					return withPassage(found, i), headed >= whole || headed >= enough && results.Band == index.BandAnswer, true
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
	nearby    = .3  // up to three words apart
	mostWords = 3
)

// isAbout reports whether a passage that a topic of so many words is looked for in is about it.
func isAbout(m index.Match, words int) bool {
	switch {
	case words < 2:
		return m.Held >= whole
	case words < mostWords:
		return m.Held >= whole && m.Near >= nearby
	}
	return m.Held >= most && m.Near >= nearby*most
}
