// Package ask answers questions from knowledge: with the words of the pages that answer and where
// they stand, or with an honest "not found" and where to ask instead. It also lays the practice of
// the organisations side by side ([Service.Compare]) and explains their words ([Service.Define]).
//
// It knows nothing of chat. Everything it returns may be shown to the Audience it was asked for.
package ask

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"liaison/bot/access"
	"liaison/index"
	"liaison/knowledge"
)

// MaxQuestion is the most characters of a question that are read. People paste whole pages; what
// they want to know is at the beginning or the end of none of them.
const MaxQuestion = 4000

// Service answers. All fields are required; it is safe for concurrent use when they are.
type Service struct {
	Search index.Searcher
	// Vocabulary returns the words of the knowledge now in use; it may change while the program runs.
	Vocabulary func() Vocabulary
	Now        func() time.Time
}

// Vocabulary is what teams.yaml and glossary.yaml hold.
type Vocabulary struct {
	Organisations []knowledge.Organisation
	Terms         []knowledge.Term
}

// Question is what somebody asks.
type Question struct {
	Text     string
	Turns    []index.Turn // what was said before in the same conversation, oldest first
	Audience access.Audience
	Home     string // id of the asker's organisation; "" when nobody knows of one: then the question may say it
	Limit    int    // documents to cite; 0 means 10
	// OneSide leaves out Answer.Other, and the search for it, unless the first page is from abroad: then the asker's own
	// side may come first.
	OneSide bool
	Explain bool // fill Citation.Why

	corrects bool // Text says how the one before was meant
}

// Answer is what was found, or why nothing was.
type Answer struct {
	Band       index.Band
	Confidence float64 // 0 to 1, that the first citation answers
	Reason     string  // a sentence, when Band is none
	// Named are the entries of the glossary or of teams.yaml that say what the question asks, when it only
	// names a thing ("what is an ATO?"). They come before what the first citation says; NamedOnly, when that
	// would not do as an answer, instead of it.
	Named     []knowledge.Term
	NamedOnly bool
	Citations []Citation
	// Other is the page from across the Atlantic that answers the same, when there is a strong one: one of
	// Citations, and not the first.
	Other      *Citation
	OwnSide    bool      // Other is of the asker's own side, and the first citation is not
	Contacts   []Contact // where to ask, best first
	Added      []string  // what was looked for besides the words typed
	Note       string    // what must be known before the answer: whose pages were looked at, whose the first is; "" for nothing
	NewSubject bool      // the question looked like a follow-up, and was taken as a change of subject
	Unasked    []string  // further questions of the message, which this does not answer
	Shortened  bool      // only the first MaxQuestion characters were read
}

// Found reports whether there is something to show.
func (a Answer) Found() bool { return a.Band != index.BandNone }

// sayHeard is what somebody is told who says nothing but where they work; of an organisation, which a workspace knows better.
const sayHeard = "I will answer you as somebody who works at %[1]s, and say when guidance is not %[1]s's own. What would you like to know?"

// sayNoHome is the same of nobody's.
const sayNoHome = "I will not take any organisation's guidance to be your own. What would you like to know?"

// heardHome says for whom questions will be answered.
func (s *Service) heardHome(home string) string {
	if home == "" {
		return sayNoHome
	}
	return fmt.Sprintf(sayHeard, s.Name(home))
}

// Ask answers a question. No text is an error; errors are those of the search.
func (s *Service) Ask(ctx context.Context, q Question) (Answer, error) {
	text, shortened := shorten(q.Text)
	if reason := unreadable(text); reason != "" {
		return Answer{Band: index.BandNone, Reason: reason, Contacts: s.places("", q.Home, sides...)}, nil
	}
	before, moved := s.asking(q.Turns), s.moved(text, q.Turns)
	if len(q.Turns) > 0 {
		q.corrects = s.corrected(text) != text
		text, before = s.meant(text, before)
	}
	text, unasked := several(text)
	rest, home := s.stated(text)
	says := home != ""
	if home = cmp.Or(home, moved); home == "" && !s.denies(text) {
		home = s.WorksAt(q.Turns)
	}
	q.Home, q.Turns = cmp.Or(q.Home, home), before
	if moved != "" {
		rest = ""
	}
	if rest != "" {
		text = rest
	} else if again, _ := s.elsewhere(text, before); again == "" || isOfNobody(text) { // it is no follow-up
		return Answer{Band: index.BandNone, Reason: s.heardHome(q.Home)}, nil
	}
	var named []knowledge.Term
	if rest != "" { // else their organisation is no thing that is asked about
		text, named = s.whatIsNamed(&q, text)
	}
	if reason := s.leansOnNothing(text, before); reason != "" && len(named) == 0 && !says {
		return Answer{Band: index.BandNone, Reason: reason}, nil
	}
	results, as, err := s.find(ctx, q, text)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{
		Band: results.Band, Confidence: results.Confidence, Named: named, Added: results.Added,
		NewSubject: results.NewSubject && len(q.Turns) > 0 && looksShort(text), Unasked: unasked, Shortened: shortened, Note: as.note,
	}
	if a.Citations, err = s.citations(ctx, q, as, results.Hits); err != nil {
		return Answer{}, err
	}
	if len(a.Named) > 0 {
		a.NamedOnly = a.Band != index.BandAnswer || len(a.Citations) == 0
		a.Band, a.Confidence = index.BandAnswer, 1
	} else if !a.Found() || len(a.Citations) == 0 {
		a.Band, a.Reason = index.BandNone, cmp.Or(results.Reason, "I found nothing that answers this.")
		if foreign(text) {
			a.Reason = sayEnglish
		}
		a.Contacts = s.places(text, q.Home, sides...)
		return a, nil
	}
	if err := s.placeAcross(ctx, q, as, &a); err != nil {
		return Answer{}, err
	}
	if len(a.Citations) == 0 {
		a.Contacts = s.places(text, q.Home, sides...)
	} else {
		a.Contacts = s.whereToAsk(as.text, q.Home, a.Citations)
	}
	return a, nil
}

// whatIsNamed returns what the glossary and teams.yaml have of the thing that a text names, when it only does that, and the text
// to look for; what was said before is left out of the question where the text leaves it.
func (s *Service) whatIsNamed(q *Question, text string) (string, []knowledge.Term) {
	named := s.named(q.Audience, text)
	kin, thing := s.equivalents(q.Audience, text, q.Turns)
	switch {
	case len(kin) > 0:
		q.Turns = nil
		return kin[len(kin)-1].Term, kin
	case thing != "":
		return text, nil
	case len(named) == 0 || len(q.Turns) == 0:
	case asksMeaning(text):
		q.Turns = nil // "what is an ATO?" is about nothing that was said before
	case pointsBack(text):
		return text, nil // "and 18F?" asks the last question again, there
	}
	return text, named
}

// citations returns the pages found, as an answer cites them.
func (s *Service) citations(ctx context.Context, q Question, as heard, hits []index.Hit) ([]Citation, error) {
	if len(as.organisations) > 0 {
		hits = ownPractice(hits)
	}
	hits, err := s.keptUpFirst(ctx, q, as, hits)
	return s.cite(hits, q.Home), err
}

// shorten cuts a question at a word after MaxQuestion characters.
func shorten(text string) (string, bool) {
	text = strings.TrimSpace(text)
	runes := []rune(text)
	if len(runes) <= MaxQuestion {
		return text, false
	}
	text = string(runes[:MaxQuestion])
	if end := strings.LastIndexFunc(text, unicode.IsSpace); end > 0 {
		text = text[:end]
	}
	return text, true
}

// looksShort reports whether a text could well be a follow-up: it is worth saying when it was not taken
// for one.
func looksShort(text string) bool { return len(strings.Fields(text)) < 5 || pointsBack(text) }

// unreadable says why a text cannot be a question, or "".
func unreadable(text string) string {
	switch {
	case text == "":
		return "I did not get a question. Ask me something in your own words, for example: how do we get an ATO?"
	case !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "I can only look for words, and I see none there. Ask me in a few words, for example: how do we test with users?"
	}
	return ""
}
