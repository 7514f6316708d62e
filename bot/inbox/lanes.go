package inbox

import (
	"context"
	"strings"
	"sync"
)

// perRoom is how many conversations of one room are answered at the same time. A room that its platform
// takes messages for slowly, or not at all for a while, keeps no more of them waiting than that.
const perRoom = 8

// lanes hands out events so that those of one conversation come in order, one at a time, and no busy
// conversation or room keeps the others waiting: each room in turn gives one.
type lanes struct {
	mu     sync.Mutex
	queued map[string][]string // ids by conversation; a conversation being worked on keeps its key
	busy   map[string]bool
	rooms  map[string]*roomOf
	turn   []string // rooms that can give one
	total  int
	wake   chan struct{} // closed and replaced when turn grows
}

// roomOf is what waits in one room.
type roomOf struct {
	ready  []string // conversations with something queued that nobody works on
	busy   int      // conversations being worked on
	listed bool     // it stands in turn
}

func newLanes() *lanes {
	return &lanes{queued: map[string][]string{}, busy: map[string]bool{}, rooms: map[string]*roomOf{}, wake: make(chan struct{})}
}

// roomName is a conversation without its thread.
func roomName(lane string) string { return lane[:max(strings.LastIndexByte(lane, '/'), 0)] }

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
	name := roomName(lane)
	if l.rooms[name] == nil {
		l.rooms[name] = &roomOf{}
	}
	l.rooms[name].ready = append(l.rooms[name].ready, lane)
	l.list(name)
}

// list gives a room its turn if it can give something. It is called with the lock held.
func (l *lanes) list(name string) {
	room := l.rooms[name]
	if room.listed || len(room.ready) == 0 || room.busy >= perRoom {
		return
	}
	room.listed = true
	l.turn = append(l.turn, name)
	close(l.wake)
	l.wake = make(chan struct{})
}

// take waits for an event and returns it with its lane, which is the caller's until done. It
// reports false when ctx ends, even if more is queued.
func (l *lanes) take(ctx context.Context) (lane, id string, ok bool) {
	for ctx.Err() == nil {
		l.mu.Lock()
		if len(l.turn) > 0 {
			lane, id = l.next()
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

// next takes the first event of the first room in turn, whose next turn comes after all others'. It is
// called with the lock held.
func (l *lanes) next() (lane, id string) {
	name := l.turn[0]
	l.turn = l.turn[1:]
	room := l.rooms[name]
	lane, room.ready = room.ready[0], room.ready[1:]
	id, l.queued[lane] = l.queued[lane][0], l.queued[lane][1:]
	l.busy[lane] = true
	l.total--
	room.busy++
	room.listed = false
	l.list(name)
	return lane, id
}

func (l *lanes) done(lane string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := roomName(lane)
	room := l.rooms[name]
	room.busy--
	delete(l.busy, lane)
	if len(l.queued[lane]) > 0 {
		l.ready(lane)
	} else {
		delete(l.queued, lane)
	}
	l.list(name)
	if room.busy == 0 && len(room.ready) == 0 {
		delete(l.rooms, name)
	}
}
