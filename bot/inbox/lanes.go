package inbox

import (
	"context"
	"sync"
)

// lanes hands out events so that those of one conversation come in order, one at a time, and no busy
// conversation keeps the others waiting: each in turn gives one.
type lanes struct {
	mu     sync.Mutex
	queued map[string][]string // ids by conversation; a conversation being worked on keeps its key
	busy   map[string]bool
	turn   []string // conversations with something queued that nobody works on
	total  int
	wake   chan struct{} // closed and replaced when turn grows
}

func newLanes() *lanes {
	return &lanes{queued: map[string][]string{}, busy: map[string]bool{}, wake: make(chan struct{})}
}

func (l *lanes) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

func (l *lanes) add(lane, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queued[lane] = append(l.queued[lane], id)
	l.total++
	if !l.busy[lane] && len(l.queued[lane]) == 1 {
		l.ready(lane)
	}
}

// ready is called with the lock held.
func (l *lanes) ready(lane string) {
	l.turn = append(l.turn, lane)
	close(l.wake)
	l.wake = make(chan struct{})
}

// take waits for an event and returns it with its lane, which is the caller's until done. It
// reports false when ctx ends, even if more is queued.
func (l *lanes) take(ctx context.Context) (lane, id string, ok bool) {
	for ctx.Err() == nil {
		l.mu.Lock()
		if len(l.turn) > 0 {
			lane, l.turn = l.turn[0], l.turn[1:]
			id, l.queued[lane] = l.queued[lane][0], l.queued[lane][1:]
			l.busy[lane] = true
			l.total--
			l.mu.Unlock()
			return lane, id, true
		}
		wake := l.wake
		l.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
		}
	}
	return "", "", false
}

func (l *lanes) done(lane string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, lane)
	if len(l.queued[lane]) > 0 {
		l.ready(lane)
		return
	}
	delete(l.queued, lane)
}
