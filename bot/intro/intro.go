// Package intro introduces two people to each other, when both want it, and carries their words
// between places that have no other way.
//
// # The states of an introduction
//
// It is a draft until the asker agrees to what will be said of them; then proposed: the other is
// asked. When both have said yes they are connected; then it is closed, by either. It can also be
// declined, expire, be withdrawn, be blocked or be reported. What somebody agreed to is kept, with
// its wording, beside when.
//
// # What the two learn of each other
//
// Nobody is told who declined, or that they are blocked. A proposal that comes to nothing, for
// whatever reason, looks the same to its asker: after Patience it "did not come about". When one of the two is
// forgotten, what stands before the other is rewritten without their name, and their words are taken back.
//
// # Coffee
//
// Two who asked for a coffee with anybody are proposed to each other without their names, and both are
// asked. There is no asker among them: the one who waited longer stands on that side. A no changes nothing
// that the other can see: the proposal stays open to them, may be said yes to, and runs out when it would
// have run out anyway. Only when the other has not read of it yet, or said no too, it ends at once.
//
// # Nothing leaves after a withdrawal
//
// Whoever sends for an introduction claims the item in the outbox first, then looks whether it may
// still be told. Who ends an introduction marks it as stopping first, which nothing gets past that is
// not claimed yet; then waits until what was claimed has left; and only then is it ended. So when a
// person reads that it is closed, nothing is on its way.
//
// # How it is tried
//
// A model explores orders of all that can happen, on both engines (TestEveryOrderOfSteps here, and in
// package coffee). The whole program tells stories with its process killed in every step, and is killed two
// hundred times, and its PostgreSQL stopped a hundred times, while two people write (.ci/slow models,
// kills, restarts). On two busy cores, against the fakes, a message takes 11 ms at the median from Slack's
// event to Discord's post and 23 ms the other way (.ci/slow relay); after the database was stopped all has
// arrived 0.4 s after it is back, and 1.4 s at most.
package intro

import (
	"context"
	"errors"
	"time"
)

// State is how far an introduction has come.
type State string

const (
	Draft     State = "draft"     // the asker has not agreed yet
	Proposed  State = "proposed"  // the other is asked
	Connected State = "connected" // both said yes
	Closed    State = "closed"
	Declined  State = "declined"
	Expired   State = "expired"
	Withdrawn State = "withdrawn" // by the asker, before an answer
	Blocked   State = "blocked"
	Reported  State = "reported"
)

// Open reports a state that something can still come of.
func (s State) Open() bool { return s == Draft || s == Proposed || s == Connected }

// Side is one of the two: the one who asked for it, or the one who was asked.
type Side int

const (
	Asker  Side = 0
	Helper Side = 1
)

// Other returns the other side.
func (s Side) Other() Side { return 1 - s }

// Party is what is held of one side.
type Party struct {
	Account      string    // where they take part, as platform, workspace and user
	Name         string    // as their platform showed it when they came in
	Organisation string    // the badge; "" outside organisations
	Yes          bool      // they agreed
	Consent      string    // to this wording
	At           time.Time // then
	Helped       string    // "yes" or "no", asked once, later; "" unsaid
	No           bool      `json:",omitempty"` // to a coffee: they said no, and the other does not learn it
	Zone         string    `json:",omitempty"` // of a coffee: the clock they read its times on
}

// Introduction is one introduction.
type Introduction struct {
	ID        string
	Kind      Kind
	State     State
	Persons   [2]string // by Side
	Parties   [2]Party
	Topic     string      // in the asker's words
	Quiet     bool        // a block stands in the way: nobody is asked
	Group     bool        // a group conversation of the platform; otherwise their words are relayed
	Times     []time.Time // of a coffee: when both are at work
	Stopping  State       // what it will end as, once nothing is in flight; "" for nothing
	StoppedBy Side
	At        time.Time // when it was drafted
	Asked     time.Time // when the asker agreed; zero before
	Until     time.Time // when a proposal expires
	Ended     time.Time
}

// Kind says how two people came to be introduced.
type Kind string

const (
	ByRequest Kind = "request" // one asked for the other
	Coffee    Kind = "coffee"  // both asked for anybody; see [Service.Pair]
)

// Message is one message of a relay.
type Message struct {
	Source       string // the platform's message, named everywhere
	Introduction string
	Side         Side // whose it is
	Text         string
	Files        string    // names of files, one a line; they are announced, not copied
	Said         time.Time // by the platform's clock: the newest wording counts
	Gone         bool
	Told         bool // it was put into the outbox
}

// Tell is something to be told when the change it stands with is kept.
type Tell struct {
	Key     string // the same told twice is told once
	Lane    string // what is told in one lane leaves in order
	Kind    string
	Subject string // the introduction
	Part    string // the side it is told to, the message, or the key of what it changes
	Account string
	Due     time.Time
}

// What is told, by Tell.Kind.
const (
	TellAsked     = "intro.asked"     // to the helper: may you be introduced?
	TellConnected = "intro.connected" // to each: write here, and the other reads it
	TellGroup     = "intro.group"     // to both, in their conversation
	TellOver      = "intro.over"      // to the asker: it did not come about
	TellClosed    = "intro.closed"    // to the other: it is closed
	TellHelped    = "intro.helped"    // to each, later: did it help?
	TellReported  = "intro.reported"  // to admins
	TellCoffee    = "coffee.asked"    // to each: would you have a coffee with somebody from elsewhere?
	TellNoCoffee  = "coffee.over"     // to each who did not say no: it did not come about
	TellGone      = "intro.gone"      // to the other: takes the name of somebody who is forgotten out of what stands there; Part is its key
	TellLost      = "relay.lost"      // to the author: it did not arrive
	TellSaid      = "relay.said"
	TellEdited    = "relay.edited"
	TellDeleted   = "relay.deleted"
)

// Limits of what one person may set off.
const (
	Patience      = 7 * 24 * time.Hour // a proposal waits for an answer
	DraftTime     = 24 * time.Hour
	HelpedAfter   = 7 * 24 * time.Hour
	MaxOpen       = 5  // proposals of one asker that wait for an answer
	MaxWeek       = 10 // proposals of one asker in a week
	MaxMessages   = 30 // of one side in a minute
	MaxTopic      = 500
	MaxText       = 3000
	budgetWindow  = 7 * 24 * time.Hour
	messageWindow = time.Minute
)

// Counts are what limits are held against.
type Counts struct {
	Open    int // of the asker, waiting for an answer
	Week    int // of the asker, in the last week
	Asked   int // of the helper, in the last week
	Between int // open ones between the two, whoever asked
}

// Tx is the store within one transaction: all that is done to it is kept, or nothing.
type Tx interface {
	// Introduction returns one; ErrNotFound when there is none.
	Introduction(ctx context.Context, id string) (Introduction, error)
	// Keep stores an introduction, new or changed.
	Keep(ctx context.Context, x Introduction) error
	// PersonOf returns whose an account is; "" when it was never met.
	PersonOf(ctx context.Context, account string) (string, error)
	// AccountsOf returns all accounts of a person.
	AccountsOf(ctx context.Context, person string) ([]string, error)
	// Message returns a message of a relay; ErrNotFound when it is not known.
	Message(ctx context.Context, source string) (Message, error)
	// KeepMessage stores a message, new or changed.
	KeepMessage(ctx context.Context, m Message, at time.Time) error
	// MessagesSince counts what a side has said since a time.
	MessagesSince(ctx context.Context, id string, s Side, since time.Time) (int, error)
	// Block keeps one person from another, under every account that the other has or will link.
	Block(ctx context.Context, by, whom string, at time.Time) error
	// Blocked reports whether either of two keeps the other away.
	Blocked(ctx context.Context, a, b string) (bool, error)
	// Counts counts, besides the introduction of the id given.
	Counts(ctx context.Context, asker, helper, besides string, since time.Time) (Counts, error)
	// InFlight reports whether something of an introduction is being sent.
	InFlight(ctx context.Context, id string, now time.Time) (bool, error)
	// Tell puts something into the outbox.
	Tell(ctx context.Context, t Tell) error
	// Unsay takes what was told under a key back. It reports whether nobody has read it: it was not even
	// on its way.
	Unsay(ctx context.Context, key string) (bool, error)
	// Told returns what was told of an introduction, is on its way, or is due by a time.
	Told(ctx context.Context, id string, by time.Time) ([]Tell, error)
	// Hand keeps what was told under a key with another account than the one it was told to.
	Hand(ctx context.Context, key, account string) error
}

// Store keeps introductions.
type Store interface {
	// Do does all of what do does to the Tx, or nothing. do may be called several times.
	Do(ctx context.Context, do func(Tx) error) error
	// OpenIntroductions returns those of a person that are not at an end, newest first.
	OpenIntroductions(ctx context.Context, person string) ([]Introduction, error)
	// IntroductionsOf returns the ids of all introductions of a person.
	IntroductionsOf(ctx context.Context, person string) ([]string, error)
	// SourcesOf returns the messages of a person that the other side has, or is about to have.
	SourcesOf(ctx context.Context, person string) ([]string, error)
	// DueIntroductions returns the ids of those that expire by a time, and of those left stopping.
	DueIntroductions(ctx context.Context, now time.Time) ([]string, error)
}

// What a Store and the Service say.
var (
	ErrNotFound = errors.New("no such introduction")
	ErrNotYours = errors.New("the introduction is other people's")
	ErrOver     = errors.New("the introduction is at an end")
	ErrSelf     = errors.New("one cannot be introduced to oneself")
	ErrAlready  = errors.New("the two have an open introduction")
	ErrBudget   = errors.New("the person has been asked enough this week")
	ErrTooMany  = errors.New("the asker has too many open or recent proposals")
	ErrFast     = errors.New("too many messages in a minute")
	ErrLong     = errors.New("the text is too long")
	ErrEmpty    = errors.New("there is no text")
)
