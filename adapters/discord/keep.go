package discord

import (
	"context"
	"regexp"
	"sync"
	"time"

	"liaison/bot/chat"
)

var apiPath = regexp.MustCompile(`/api(?:/v\d+)?/?$`)

// notebook is a chat.Memory for one run.
type notebook struct {
	mu   sync.Mutex
	kept map[string][]byte
}

var _ chat.Memory = (*notebook)(nil)

func newNotebook() *notebook { return &notebook{kept: map[string][]byte{}} }

func (n *notebook) Recall(_ context.Context, key string) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.kept[key], nil
}

func (n *notebook) Keep(_ context.Context, key string, value []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.kept[key] = value
	return nil
}

// cache keeps the latest maxRemembered values. It is safe for concurrent use.
type cache[T any] struct {
	mu     sync.Mutex
	values map[string]T
	order  []string // oldest first
}

func newCache[T any]() *cache[T] { return &cache[T]{values: map[string]T{}} }

func (c *cache[T]) get(key string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.values[key]
	return value, ok
}

func (c *cache[T]) set(key string, value T) { c.update(key, func(T) T { return value }) }

// update changes a value, from its zero value when it is new, and returns what it was.
func (c *cache[T]) update(key string, change func(T) T) T {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.values[key]
	c.values[key] = change(before)
	if known {
		return before
	}
	c.order = append(c.order, key)
	if len(c.order) > maxRemembered {
		delete(c.values, c.order[0])
		c.order[0] = ""
		c.order = c.order[1:]
	}
	return before
}

// tracker counts what is in flight.
type tracker struct{ group sync.WaitGroup }

func (t *tracker) start() (done func()) {
	t.group.Add(1)
	return sync.OnceFunc(t.group.Done)
}

func (t *tracker) wait() { t.group.Wait() }

// mutexes are locks by name; those that nobody holds or waits for take no room.
type mutexes struct {
	mu    sync.Mutex
	locks map[string]*namedLock
}

type namedLock struct {
	taken chan struct{}
	users int
}

func newMutexes() *mutexes { return &mutexes{locks: map[string]*namedLock{}} }

// lock waits for the lock of that name, and returns what gives it back; or nil when ctx ends first.
func (m *mutexes) lock(ctx context.Context, name string) (unlock func()) {
	m.mu.Lock()
	l := m.locks[name]
	if l == nil {
		l = &namedLock{taken: make(chan struct{}, 1)}
		m.locks[name] = l
	}
	l.users++
	m.mu.Unlock()
	leave := func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(m.locks, name)
		}
	}
	select {
	case l.taken <- struct{}{}:
		return func() { <-l.taken; leave() }
	case <-ctx.Done():
		leave()
		return nil
	}
}

// tokens remember how interactions can be answered, for as long as they can.
type tokens struct {
	now      func() time.Time
	pending  *cache[*pending] // by interaction: its first answer, on its way
	people   *cache[handle]   // by person: their latest interaction
	messages *cache[handle]   // by message: the interaction that made it
}

// pending is a first answer on its way to Discord.
type pending struct {
	done chan struct{} // closed when it arrived or failed
	err  error
}

func newTokens(now func() time.Time) *tokens {
	return &tokens{now: now, pending: newCache[*pending](), people: newCache[handle](), messages: newCache[handle]()}
}

// alive returns the handle unless its time is over.
func (t *tokens) alive(h handle, ok bool) (handle, bool) {
	return h, ok && h.until().After(t.now().Add(tokenMargin))
}

func (t *tokens) ofPerson(user string) (handle, bool)     { return t.alive(t.people.get(user)) }
func (t *tokens) ofMessage(message string) (handle, bool) { return t.alive(t.messages.get(message)) }
