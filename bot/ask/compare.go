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

// maxCompared bounds what one comparison costs: organisations searched.
const maxCompared = 24

// Compare lays side by side what each organisation says about a topic. An organisation that has
// nothing on it is named as silent, so that silence is not taken for agreement.
func (s *Service) Compare(ctx context.Context, q Question) (Comparison, error) {
	topic, _ := shorten(q.Text)
	c := Comparison{Topic: topic}
	if c.Reason = unreadable(topic); c.Reason != "" {
		c.Contacts = s.places("", q.Home)
		return c, nil
	}
	number := 0
	for _, o := range s.comparable(q.Home) {
		results, err := s.Search.Search(ctx, q.Audience, index.Question{Text: topic, Turns: q.Turns, Limit: 1, Organisation: o.ID})
		if err != nil {
			return Comparison{}, fmt.Errorf("search what %s says: %w", o.ID, err)
		}
		if results.Band == index.BandNone || len(results.Hits) == 0 {
			c.Silent = append(c.Silent, o)
			continue
		}
		group := Group{Organisation: o, Citations: s.cite(results.Hits, q.Home), Maybe: results.Band == index.BandMaybe}
		for i := range group.Citations {
			number++
			group.Citations[i].Number = number
		}
		c.Groups = append(c.Groups, group)
	}
	if len(c.Groups) == 0 {
		c.Reason = "I found nothing about this from any organisation."
		c.Contacts = s.places(topic, q.Home)
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
	all := slices.Concat(own, others)
	return all[:min(len(all), maxCompared)]
}
