package chattest

import (
	"context"
	"sync"
	"testing"
	"time"

	"liaison/bot/chat"
)

// Inbox is a chat.Inbox in memory. It keeps each event once, by Platform, Workspace and ID, and can
// be told to fail or to hold. Make it with NewInbox.
type Inbox struct {
	mu      sync.Mutex
	seen    map[[3]string]bool
	stored  []chat.Event
	puts    []chat.Event
	read    int // how many of stored Next has given out
	fail    error
	held    *hold
	changed chan struct{} // closed and replaced at every change
}

type hold struct {
	entered chan struct{}
	release chan struct{}
	once    sync.Once
}

var _ chat.Inbox = (*Inbox)(nil)

// NewInbox returns an empty inbox.
func NewInbox() *Inbox {
	return &Inbox{seen: map[[3]string]bool{}, changed: make(chan struct{})}
}

// Put keeps an event, unless it was kept before or the inbox was told to fail.
func (i *Inbox) Put(ctx context.Context, e chat.Event) error {
	i.mu.Lock()
	held := i.held
	i.mu.Unlock()
	if held != nil {
		held.once.Do(func() { close(held.entered) })
		select {
		case <-held.release:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.puts = append(i.puts, e)
	defer i.notify()
	if i.fail != nil {
		return i.fail
	}
	key := [3]string{e.Platform, e.Workspace, e.ID}
	if !i.seen[key] {
		i.seen[key] = true
		i.stored = append(i.stored, e)
	}
	return nil
}

// Fail makes every Put return err until Fail(nil).
func (i *Inbox) Fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fail = err
}

// Hold makes every Put wait. Entered is closed when the first one does; release lets all go on and
// may be called twice.
func (i *Inbox) Hold() (entered <-chan struct{}, release func()) {
	h := &hold{entered: make(chan struct{}), release: make(chan struct{})}
	i.mu.Lock()
	i.held = h
	i.mu.Unlock()
	var once sync.Once
	return h.entered, func() {
		once.Do(func() {
			i.mu.Lock()
			i.held = nil
			i.mu.Unlock()
			close(h.release)
		})
	}
}

// Events returns what is kept, each event once, in order.
func (i *Inbox) Events() []chat.Event {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]chat.Event(nil), i.stored...)
}

// Puts returns every event that was offered, repeats and refusals with it.
func (i *Inbox) Puts() []chat.Event {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]chat.Event(nil), i.puts...)
}

// Changed returns a channel that is closed at the next Put that ends.
func (i *Inbox) Changed() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.changed
}

// Next waits for the next kept event that it has not returned before.
func (i *Inbox) Next(t testing.TB) chat.Event {
	t.Helper()
	var next chat.Event
	Wait(t, "an event in the inbox", i.Changed, func() bool {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.read == len(i.stored) {
			return false
		}
		next = i.stored[i.read]
		i.read++
		return true
	})
	return next
}

func (i *Inbox) notify() {
	close(i.changed)
	i.changed = make(chan struct{})
}

// Patience is how long Wait waits before it gives up: long enough for a reconnect with backoff on a
// busy machine.
var Patience = 30 * time.Second

// Quiet is how long the suite watches that something does not happen.
const Quiet = 100 * time.Millisecond

// Wait returns when done reports true, asking again each time the channel that changed returns is
// closed. It fails the test after Patience, saying what it waited for.
func Wait(t testing.TB, what string, changed func() <-chan struct{}, done func() bool) {
	t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for {
		next := changed()
		if done() {
			return
		}
		select {
		case <-next:
		case <-late.C:
			t.Fatalf("waited %s for %s", Patience, what)
		}
	}
}
