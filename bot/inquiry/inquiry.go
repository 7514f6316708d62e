// Package inquiry puts a question that nothing answered to people who may know, one after another, and
// brings the first answer back to where it was asked.
//
// # Why it is not a kind of introduction
//
// An introduction has two sides that both say yes and then talk until one of them ends it. An inquiry
// has one asker, who need not give a name, and up to three people who are asked in turn, of whom none
// need answer, and who never talk with the asker. Of the machine of package intro it shares the rules:
// who is blocked, how often a week somebody may be asked, how something is ended.
//
// # The states of an inquiry
//
// It is a draft until the asker agrees to who will read it; then it is being asked. With the first
// answer it is answered, until the asker says that this answered it (solved) or did not quite, which
// asks the next person. It can also stay unanswered, be withdrawn by the asker at any time, lapse when
// the asker says nothing to an answer, or expire as a draft. What each agreed to is kept, with its
// wording, beside when.
//
// # Whose turn it is
//
// One person at a time has the turn, and some days for it. Who lets it pass can still answer for as long
// as nobody has. Whoever is blocked, in either direction, has their turn without being told of it: to
// the asker it looks like silence. Nobody is asked who is the asker under another account, who takes no
// questions, or who was asked as often as they want this week; that is looked up for the draft, and again
// when their turn comes.
//
// # Nothing leaves after a withdrawal
//
// As for introductions: whoever sends claims the item in the outbox first, then looks whether it may
// still be told. A withdrawal marks the inquiry as stopping, which nothing gets past that is not claimed
// yet; waits until what was claimed has left; and only then ends it.
package inquiry

import (
	"context"
	"errors"
	"slices"
	"time"

	"liaison/bot/access"
)

// State is how far an inquiry has come.
type State string

const (
	Draft      State = "draft"    // the asker has not agreed yet
	Asking     State = "asking"   // it is somebody's turn
	Answered   State = "answered" // the asker has not said yet whether that was it
	Solved     State = "solved"
	Unanswered State = "unanswered"
	Lapsed     State = "lapsed" // answered, and no more was said of it
	Withdrawn  State = "withdrawn"
	Expired    State = "expired" // a draft that was never agreed to
)

// Open reports a state that something can still come of.
func (s State) Open() bool { return s == Draft || s == Asking || s == Answered }

// TurnState is how far one person's turn has come.
type TurnState string

const (
	TurnListed  TurnState = "listed"  // they may be asked
	TurnDue     TurnState = "due"     // they are to be asked, when they are at work
	TurnAsked   TurnState = "asked"   // they have the question
	TurnSilent  TurnState = "silent"  // their time is over; they may still answer
	TurnPassed  TurnState = "passed"  // they said no, or took their answer back
	TurnSkipped TurnState = "skipped" // they were not asked after all, or are gone
	TurnGave    TurnState = "gave"    // they answered
	TurnPoor    TurnState = "poor"    // that was not quite it
	TurnHelped  TurnState = "helped"  // that answered it
)

// Party is a person with the account that they take part under, as it was then.
type Party struct {
	Person       string
	Account      string // platform, workspace and user
	Name         string // as their platform showed it
	Organisation string // the badge; "" outside organisations
}

// Place is where an answer goes, on the asker's platform.
type Place struct {
	Workspace string
	Room      string // "" is the asker's direct messages
	Thread    string // "" outside threads
}

// Turn is what is held of one person who may be asked.
type Turn struct {
	Party
	State    TurnState
	Quiet    bool      // a block stands in the way: their turn passes without a word
	Later    bool      // they asked to be asked again
	Asked    time.Time // when their turn began; zero before
	Until    time.Time // when it ends
	Text     string    // their answer
	Source   string    // what it was given by, so that the same delivered again is known; "" for none
	Named    bool      // they let it carry their name
	Consent  string    // to this wording
	Answered time.Time // then
}

// told reports somebody who was shown the question.
func (t Turn) told() bool {
	return t.State != TurnListed && t.State != TurnDue && t.State != TurnSkipped && !t.Quiet
}

// mayAnswer reports somebody who has the question and said neither yes nor no.
func (t Turn) mayAnswer() bool { return !t.Quiet && (t.State == TurnAsked || t.State == TurnSilent) }

// gave reports somebody whose answer went back.
func (t Turn) gave() bool {
	return t.State == TurnGave || t.State == TurnPoor || t.State == TurnHelped
}

// Inquiry is one question on its way.
type Inquiry struct {
	ID       string
	State    State
	Asker    Party
	Named    bool // those who are asked read who asks
	Question string
	Seen     access.Audience // what the asker may see: nobody is asked whom they may not
	Audience access.Audience // of the conversation that the answer goes to
	Place    Place
	Turns    []Turn // in the order in which they are asked
	Consent  string // the wording that the asker agreed to
	Stopping bool   // withdrawn, once nothing is in flight
	At       time.Time
	Agreed   time.Time // zero before
	Until    time.Time // when it ends by itself
	Ended    time.Time
}

// current returns the turn that is under way; nil for none.
func (x *Inquiry) current() *Turn {
	for i := range x.Turns {
		if s := x.Turns[i].State; s == TurnDue || s == TurnAsked {
			return &x.Turns[i]
		}
	}
	return nil
}

// Asked returns the turn of an account, or of the person it belongs to; -1 for none.
func (x *Inquiry) Asked(account, person string) int {
	return slices.IndexFunc(x.Turns, func(t Turn) bool {
		return t.Account == account || person != "" && t.Person == person
	})
}

// Last returns the newest answer; -1 for none.
func (x *Inquiry) Last() int {
	last := -1
	for i, t := range x.Turns {
		if t.gave() && (last < 0 || t.Answered.After(x.Turns[last].Answered)) {
			last = i
		}
	}
	return last
}

// Tell is something to be told when the change it stands with is kept.
type Tell struct {
	Key     string // the same told twice is told once
	Lane    string // what is told in one lane leaves in order
	Kind    string
	Subject string // the inquiry
	Part    string // the number of the turn, with what ParseTurn says; "" for none
	Account string
	Due     time.Time
}

// What is told, by Tell.Kind.
const (
	TellAsked   = "inquiry.asked"   // to the one whose turn it is
	TellAnswer  = "inquiry.answer"  // to the asker, where they asked
	TellOver    = "inquiry.over"    // to the asker: nobody answered, and what they can do
	TellThanks  = "inquiry.thanks"  // to the one who answered: it helped
	TellSettled = "inquiry.settled" // to the others: there is nothing left to do
	TellFaded   = "inquiry.faded"   // takes the question of an asker who is forgotten out of the thanks for its answer
	TellReword  = "inquiry.reword"  // an answer reads otherwise now
	TellUnsaid  = "inquiry.unsaid"  // takes an answer back that its author deleted, or who is forgotten
)

// Limits of what one person may set off.
const (
	MaxAsked    = 3 // people
	Patience    = 21 * 24 * time.Hour
	DraftTime   = 24 * time.Hour
	VerdictTime = 14 * 24 * time.Hour // after this, an answer of which nothing was said counts as taken
	TurnTime    = 7 * 24 * time.Hour  // within this somebody must be at work once, or the next is asked
	QuietTime   = 32 * time.Hour      // how long nobody is asked, where a block stands in the way
	MaxOpen     = 3                   // of one asker
	MaxWeek     = 10                  // of one asker
	MaxQuestion = 1000                // characters
	MaxText     = 3000
	window      = 7 * 24 * time.Hour
)

// Counts are what limits are held against.
type Counts struct {
	Open int // of the asker, that are asked or answered
	Week int // of the asker, agreed to in the last week
	Same int // of the asker, open, with the same question
}

// Tx is the store within one transaction: all that is done to it is kept, or nothing.
type Tx interface {
	// Inquiry returns one; ErrNotFound when there is none.
	Inquiry(ctx context.Context, id string) (Inquiry, error)
	// KeepInquiry stores an inquiry with its turns, new or changed.
	KeepInquiry(ctx context.Context, x Inquiry) error
	// PersonOf returns whose an account is; "" when it was never met.
	PersonOf(ctx context.Context, account string) (string, error)
	// Welcomes reports whether a person takes questions, and was asked less often since a time than they
	// allow, this inquiry left out.
	Welcomes(ctx context.Context, person, besides string, since time.Time) (bool, error)
	// Block keeps one person from another, under every account that the other has or will link.
	Block(ctx context.Context, by, whom string, at time.Time) error
	// Blocked reports whether either of two keeps the other away.
	Blocked(ctx context.Context, a, b string) (bool, error)
	// CountInquiries counts an asker's, besides the one of an id.
	CountInquiries(ctx context.Context, asker, question, besides string, since time.Time) (Counts, error)
	// InFlight reports whether something of an inquiry is being sent.
	InFlight(ctx context.Context, id string, now time.Time) (bool, error)
	// TellOf puts something into the outbox.
	TellOf(ctx context.Context, t Tell) error
}

// Store keeps inquiries.
type Store interface {
	// DoInquiry does all of what do does to the Tx, or nothing. do may be called several times.
	DoInquiry(ctx context.Context, do func(Tx) error) error
	// OpenInquiries returns those that a person asked, or has the turn in, and that are not at an end,
	// newest first.
	OpenInquiries(ctx context.Context, person string) ([]Inquiry, error)
	// InquiriesOf returns the ids of all that a person has a part in.
	InquiriesOf(ctx context.Context, person string) ([]string, error)
	// InquiryBySource returns the id of the one that was answered by a message; ErrNotFound for none.
	InquiryBySource(ctx context.Context, source string) (string, error)
	// DueInquiries returns the ids of those in which a time has run out, and of those left stopping.
	DueInquiries(ctx context.Context, now time.Time) ([]string, error)
	// HelpfulAnswers returns the answers that helped, given with a name, that an audience may know of.
	HelpfulAnswers(ctx context.Context, who access.Audience) ([]Help, error)
}

// Help is an answer that helped.
type Help struct {
	Person   string
	Question string
	At       time.Time
}

// What a Store and the Service say.
var (
	ErrNotFound = errors.New("no such inquiry")
	ErrNotYours = errors.New("the inquiry is other people's")
	ErrOver     = errors.New("the inquiry is at an end")
	ErrAnswered = errors.New("somebody else has answered")
	ErrAlready  = errors.New("the asker has the same question open")
	ErrTooMany  = errors.New("the asker has too many open or recent questions")
	ErrNobody   = errors.New("there is nobody to ask")
	ErrSpent    = errors.New("everybody who could be asked takes no more questions this week")
	ErrLong     = errors.New("the text is too long")
	ErrEmpty    = errors.New("there is no text")
	ErrTwice    = errors.New("it was put off before")
	ErrOnce     = errors.New("the person has answered already")
)
