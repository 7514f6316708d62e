package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid" // version 7: unique over restarts and in order of time, so rows sort by age
	"golang.org/x/sync/errgroup"

	"liaison/bot/chat"
)

// What is kept and done at most; every queue has a number.
const (
	MaxWaiting = 10_000           // events not answered yet; then Put refuses, and the platform retries
	Drain      = 10 * time.Second // for answers in flight when the program is told to stop

	// Answers that wait for their platform to take them cost nothing, and must not keep others waiting;
	// making them costs a processor.
	mostAnswering = 128 // conversations at the same time, of all rooms
	mostHandling  = 8   // of those, how many are being thought about

	takeOverEvery = 10 * time.Second // what a dead server has left waits at most so long
)

// ErrFull is returned by Put when too many events wait.
var ErrFull = errors.New("too many events are waiting to be answered")

// State says how far the answer to an event has come.
type State string

const (
	Waiting State = "waiting" // nothing was sent yet
	Sending State = "sending" // it may have been sent: look before sending again
	Sent    State = "sent"    // a first message stands (Ref): the answer, or the note that it comes
	Done    State = "done"
)

// Entry is a stored event.
type Entry struct {
	ID           string // ours, in order of arrival
	Platform     string
	Workspace    string
	EventID      string
	AlsoID       string // "" for none
	Account      string // who did it, as chat.Account.String
	Conversation string
	Sealed       []byte // the event, encrypted; nil once it is done
	State        State
	Ref          chat.Ref
	At           time.Time // when it was stored
}

// Store keeps entries. Every change is on disk when the method returns.
type Store interface {
	// AddEvent stores an entry, unless one with the same Platform and Workspace and either the same
	// EventID or the same AlsoID (not "") is there. It reports whether it stored it.
	AddEvent(ctx context.Context, e Entry) (bool, error)
	// PendingEvents returns those of this server that are not done, oldest first, without Sealed.
	PendingEvents(ctx context.Context) ([]Entry, error)
	// AbandonedEvents makes those this server's that are not done and whose server is dead, and returns
	// them, without Sealed. Where there is one server there are none.
	AbandonedEvents(ctx context.Context, now time.Time) ([]Entry, error)
	// Event returns one entry; ErrNotFound when it is not there.
	Event(ctx context.Context, id string) (Entry, error)
	// MarkEvent records how far the answer has come. Done erases Sealed. ErrTaken says that the event is
	// not this server's, or no longer.
	MarkEvent(ctx context.Context, id string, s State, ref chat.Ref) error
}

// What a Store says: there is no such entry; another server answers it.
var (
	ErrNotFound = errors.New("no such event")
	ErrTaken    = errors.New("another server answers the event")
)

// Handler answers events. *commands.Handler implements it.
type Handler interface {
	// Handle does what the event asks for and returns what to say; a silent Reply for nothing. It
	// never panics, and may be called again for an event whose answer did not go out.
	Handle(ctx context.Context, e chat.Event) chat.Reply
	// Working returns the note for a person who has waited a while; silent when none is due.
	Working(e chat.Event) chat.Reply
	// Broken returns what to say when an answer could not be shown, with a reference for the log.
	Broken(e chat.Event, reference string) chat.Reply
}

// Inbox stores events and has them answered. Set the fields, then call Run once.
type Inbox struct {
	Store    Store
	Sealer   *Sealer
	Handler  Handler
	Adapters map[string]chat.Adapter // by name
	Workers  int                     // conversations answered at the same time; 0 means mostAnswering
	Now      func() time.Time
	Log      *slog.Logger

	once     sync.Once
	lanes    *lanes
	handling chan struct{} // a place for each event that is being handled
}

var _ chat.Inbox = (*Inbox)(nil)

func (i *Inbox) queue() *lanes {
	i.once.Do(func() { i.lanes, i.handling = newLanes(), make(chan struct{}, mostHandling) })
	return i.lanes
}

// Put implements chat.Inbox.
func (i *Inbox) Put(ctx context.Context, e chat.Event) error {
	if i.queue().waiting() >= MaxWaiting {
		return ErrFull
	}
	entry, err := i.seal(e)
	if err != nil {
		return fmt.Errorf("seal an event: %w", err)
	}
	added, err := i.Store.AddEvent(ctx, entry)
	if err != nil {
		return fmt.Errorf("store an event: %w", err)
	}
	if added {
		i.queue().add(entry.Conversation, entry.ID)
	}
	return nil
}

func (i *Inbox) seal(e chat.Event) (Entry, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Entry{}, err
	}
	text, err := json.Marshal(e)
	if err != nil {
		return Entry{}, err
	}
	return Entry{
		ID: id.String(), Platform: e.Platform, Workspace: e.Workspace, EventID: e.ID, AlsoID: e.AlsoID,
		Account: e.Actor.Account.String(), Conversation: e.Conversation(),
		Sealed: i.Sealer.Seal(id.String(), text), State: Waiting, At: i.Now(),
	}, nil
}

// Run answers what an earlier process left, then what comes, until ctx ends. It returns when the
// answers in flight are out, at the latest after Drain; what then still waits is answered after the
// next start.
func (i *Inbox) Run(ctx context.Context) error {
	pending, err := i.Store.PendingEvents(ctx)
	if err != nil {
		return fmt.Errorf("read the events that wait: %w", err)
	}
	for _, entry := range pending {
		i.queue().add(entry.Conversation, entry.ID)
	}
	group := new(errgroup.Group)
	group.Go(func() error { i.work(ctx); return nil })
	group.Go(func() error { i.takeOver(ctx); return nil })
	return group.Wait()
}

// takeOver goes on with what servers have left that died, now and then.
func (i *Inbox) takeOver(ctx context.Context) {
	tick := time.NewTicker(takeOverEvery)
	defer tick.Stop()
	for {
		left, err := i.Store.AbandonedEvents(ctx, i.Now())
		if err != nil && ctx.Err() == nil {
			i.Log.Error("what other servers have left could not be read", slog.Any("error", err))
		}
		slices.SortFunc(left, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
		for _, entry := range left {
			i.queue().add(entry.Conversation, entry.ID)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func workers(set int) int {
	if set > 0 {
		return set
	}
	return mostAnswering
}

// work has events answered, so many at the same time. What is begun is finished: ctx only stops taking more.
func (i *Inbox) work(ctx context.Context) {
	var answering errgroup.Group
	places := make(chan struct{}, workers(i.Workers))
	for ctx.Err() == nil {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			continue
		}
		lane, id, ok := i.queue().take(ctx)
		if !ok {
			break
		}
		answering.Go(func() error {
			defer func() { <-places }()
			inFlight, cancel := outlive(ctx, Drain)
			i.answer(inFlight, id)
			cancel()
			i.queue().done(lane)
			return nil
		})
	}
	_ = answering.Wait() // answers report for themselves
}

// outlive returns a context that ends a while after its parent does.
func outlive(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() { time.AfterFunc(grace, cancel) })
	return ctx, func() { stop(); cancel() }
}
