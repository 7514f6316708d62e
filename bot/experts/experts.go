package experts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liaison/bot/access"
	"liaison/bot/directory"
	"liaison/index"
	"liaison/knowledge"
)

// Most is how many people and places are named at most: more is a list nobody asks.
const Most = 5

// MaxTopic is how many characters of a topic are read.
const MaxTopic = 500

// Service finds who knows. It is safe for concurrent use.
type Service struct {
	Search    index.Searcher
	Directory *directory.Directory
	// Helped returns answers that people gave and that helped; nil where none are kept.
	Helped func(ctx context.Context, who access.Audience) ([]Help, error)

	phrases phraser
}

// Help is an answer that somebody gave and that helped.
type Help struct {
	Person   string // their ID
	Question string
	At       time.Time
}

// Question is what somebody wants to know of.
type Question struct {
	Topic    string
	Audience access.Audience
	Home     string // id of the asker's organisation; "" when unknown
	Asker    string // the account that asks, "slack:T1/U1"; "" when unknown. Nobody is sent to themselves.
	// Wide takes for one who knows whoever declares a single word of the topic: better than nobody, where
	// somebody looks at why before anything comes of it.
	Wide bool
	// Fits narrows who is named, such as to those who can be asked in chat; nil for everybody.
	Fits func(directory.Person) bool
	// Limit is how many people are named at most; 0 means Most.
	Limit int
}

// Found is who knows.
type Found struct {
	Topic  string
	People []Expert // best first; with Places at most Most, where the question sets no Limit
	Places []Expert // teams and channels; more of them the fewer people there are
	Reason string   // when nobody and nothing was found: why, in a sentence. Places may then name the asker's own team.
}

// Expert is a person, or a place to ask, with the reasons for saying so.
type Expert struct {
	Person       *directory.Person      // nil for a place
	Name         string                 // of the person, the channel or the team
	Contact      knowledge.Contact      // of a place: where to ask
	Organisation knowledge.Organisation // ID alone when teams.yaml does not hold it; empty when unknown
	Evidence     []Evidence             // best first
	Score        float64                // to compare within one Found
}

// Staffed reports whether there are people to be met, during their hours: a person, or a channel where
// colleagues read. A mailbox, a page or a form is open all the time, and nobody knows when it is read.
func (e Expert) Staffed() bool { return e.Person != nil || strings.HasPrefix(e.Contact.Text, "#") }

// Kind says what a piece of evidence is.
type Kind string

const (
	Offers Kind = "offers" // they say that they will help with it: Text
	Skill  Kind = "skill"  // they say that they can do it: Text
	Helped Kind = "helped" // they answered Text, and it helped
	Itself Kind = "itself" // the topic names the team: Text is what it does
	Owns   Kind = "owns"   // they answer for the page
	Wrote  Kind = "wrote"  // they wrote the page
	Named  Kind = "named"  // the page names them
	Asked  Kind = "asked"  // the page names the place as where to ask
	Covers Kind = "covers" // the team says that it covers Text
)

// Evidence is one reason to think that somebody knows.
type Evidence struct {
	Kind     Kind
	Text     string
	Document knowledge.Document // for pages
	Quote    string             // for pages: what they say about it, as written
	At       time.Time          // when; zero when unknown
}

// Who returns who knows about a topic, as far as the audience may see both them and the evidence.
func (s *Service) Who(ctx context.Context, q Question) (Found, error) {
	text := clip(strings.Join(strings.Fields(q.Topic), " "))
	found := Found{Topic: text}
	if len(stems(text)) == 0 {
		found.Reason = "I can only look for words that name a topic. Try, for example, “who knows about accessibility testing?”"
		return found, nil
	}
	results, err := s.pages(ctx, q.Audience, text)
	if err != nil {
		return Found{}, err
	}
	c := s.newCase(q, text, results)
	if err := s.hear(ctx, c); err != nil {
		return Found{}, err
	}
	found.People = diverse(c.people(), cmp.Or(q.Limit, Most))
	found.Places = c.places(max(Most-len(found.People), 0))
	if len(found.People)+len(found.Places) == 0 {
		found.Reason = fmt.Sprintf("I know nobody who has said, written or been named for anything about “%s”.", text)
		if home, ok := s.Directory.Heir(q.Home); ok {
			found.Places = c.doors(home)
		}
	}
	return found, nil
}

// pages looks for pages about a topic. A single word could mean anything to a search; here it is known to be
// what a person knows about, and saying so makes a question of it.
func (s *Service) pages(ctx context.Context, who access.Audience, text string) (index.Results, error) {
	results, err := s.Search.Search(ctx, who, index.Question{Text: text, Limit: depth, AllPassages: true})
	if err == nil && results.Band == index.BandNone && len(strings.Fields(text)) == 1 {
		results, err = s.Search.Search(ctx, who, index.Question{Text: "who knows about " + text, Limit: depth, AllPassages: true})
	}
	if err != nil {
		return index.Results{}, fmt.Errorf("look for pages about a topic: %w", err)
	}
	return results, nil
}

// clip cuts a topic that is too long, at a character.
func clip(text string) string {
	if runes := []rune(text); len(runes) > MaxTopic {
		return string(runes[:MaxTopic])
	}
	return text
}

// hear adds what people did: the answers that helped.
func (s *Service) hear(ctx context.Context, c *inquiry) error {
	if s.Helped == nil {
		return nil
	}
	helped, err := s.Helped(ctx, c.who)
	if err != nil {
		return fmt.Errorf("look for answers that helped: %w", err)
	}
	for _, h := range helped {
		fit := c.rarity.fit(c.topic, s.phrases.read(h.Question)[0])
		if candidate := c.byID[h.Person]; candidate != nil && fit >= enough {
			candidate.declared += helpShare * fit * fresh(h.At, c.now)
			candidate.add(Evidence{Kind: Helped, Text: h.Question, At: h.At})
		}
	}
	return nil
}

// diverse returns the first, most of them. When they are all of one organisation and somebody of another
// is at least half as good as the last, that one takes the last place.
func diverse(all []Expert, most int) []Expert {
	if len(all) <= most {
		return all
	}
	first := slices.Clone(all[:most])
	last := &first[most-1]
	for _, e := range first {
		if e.Organisation.ID != last.Organisation.ID {
			return first
		}
	}
	for _, e := range all[most:] {
		if e.Organisation.ID != last.Organisation.ID && e.Score >= last.Score/2 {
			*last = e
			break
		}
	}
	return first
}

func best(a, b Expert) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Contact.Text, b.Contact.Text))
}
