// Package coffee finds somebody from elsewhere for whoever would like a coffee with somebody from elsewhere.
//
// # The queue
//
// Who says yes to [Consent] stands in the queue for [QueueTime], and can leave it at any time. Two who
// wait are proposed to each other when they are of different organisations (one of the two may be of none,
// as people of a community are), have not met through Liaison and had no coffee proposed to each other in
// the year that introductions are kept, keep each other away under no account, have both been asked less
// often this week than they allow, and are both at work at two times or more in the days after they have
// answered. Nobody of an organisation that has closed is matched. Who has waited longest comes first.
//
// # What becomes of a proposal
//
// It is an introduction of its own kind (see package intro): both are asked, in their hours, and have until
// the end of the second working day of either. If both say yes they are brought together and leave the
// queue: who wants another coffee says so again. If not, the queue has them back:
//
//   - who asked for somebody else, at once;
//   - who said “not now” is out of the queue, as they wish;
//   - who said yes, and who said nothing, when the proposal has run out, and are told, both in the same
//     words. So nobody can tell from it, or from when it comes, who said no. The second proposal in a row
//     that somebody leaves unanswered takes them out of the queue, so that others do not wait in vain.
//
// Names are told when both have said yes, and not before.
//
// Somebody for whom nobody was found is told so once, after [NobodyAfter], with what happens next.
//
// # When
//
// Matching runs when somebody joins, and by itself every minute, claimed in the database so that of several
// replicas one does it. Each pair is one transaction that looks at everything again: two replicas that
// match at the same time cannot propose anybody twice.
package coffee

import (
	"context"
	"errors"
	"time"

	"liaison/bot/directory"
	"liaison/bot/intro"
)

// Consent is the wording under which somebody stands in the queue. A new wording needs a new number.
const Consent = "1: Liaison looks for somebody of another organisation whose office hours meet mine, and asks us both, in our working hours and as often a week as I allow. Until both of us have said yes they learn only where I am from, my time zone, and times at which we are both at work. When I leave two proposals in a row unanswered I leave the queue. I can leave it at any time."

// How long things take.
const (
	QueueTime   = 28 * 24 * time.Hour
	NobodyAfter = 3 * 24 * time.Hour
	MaxMissed   = 2 // proposals in a row that somebody may leave unanswered

	budgetWindow = 7 * 24 * time.Hour
)

// TellNobody is told to somebody for whom nobody was found yet.
const TellNobody = "coffee.nobody"

// Entry is somebody's place in the queue.
type Entry struct {
	Person       string
	Account      string // where they joined, and are asked
	Consent      string
	At           time.Time // when they joined
	Until        time.Time
	Introduction string // what is proposed to them now; "" while they wait
	Missed       int    // proposals in a row that they left unanswered
	Told         bool   // that nobody was found yet
}

// Seat is what is known of somebody in the queue as they are now.
type Seat struct {
	Name          string   // as their platform shows it
	Organisation  string   // of the account they are asked at; "" outside organisations
	Organisations []string // of all their accounts
	Schedule      directory.Schedule
	Budget        int // how often a week they may be asked
}

// Tx is the store within one transaction.
type Tx interface {
	intro.Tx
	// Entry returns a person's place in the queue; ErrNotFound when they have none.
	Entry(ctx context.Context, person string) (Entry, error)
	// KeepEntry stores a place, new or changed; DropEntry removes it.
	KeepEntry(ctx context.Context, e Entry) error
	DropEntry(ctx context.Context, person string) error
	// Met reports whether two were brought together before, or had a coffee proposed.
	Met(ctx context.Context, a, b string) (bool, error)
	// AskedSince counts how often a person was asked about meeting somebody since a time.
	AskedSince(ctx context.Context, person string, since time.Time) (int, error)
}

// Store keeps the queue.
type Store interface {
	// DoCoffee does all of what do does to the Tx, or nothing. do may be called several times.
	DoCoffee(ctx context.Context, do func(Tx) error) error
	// Queue returns all places, who joined first first.
	Queue(ctx context.Context) ([]Entry, error)
	// MetInQueue returns the pairs of those in the queue for whom Met holds, each both ways.
	MetInQueue(ctx context.Context) (map[[2]string]bool, error)
}

// What a Store and the Service say.
var (
	ErrNotFound = errors.New("not in the queue")
	ErrAway     = errors.New("the person cannot be asked now")
)
