package commands

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate" // the token bucket, with time passed in

	"liaison/bot/chat"
)

// What one person may ask: a burst, and so many a minute for ever. Nobody who reads the answers gets there.
const (
	limitBurst  = 30
	limitMinute = 20
	limitPeople = 10_000 // people remembered; those who have not asked for longest are dropped
)

func limitSentence(wait time.Duration) string {
	return fmt.Sprintf("You have asked me a lot in a short time, and I share my time with everyone. Please ask again in %d seconds; nothing is lost.",
		int(wait.Round(time.Second).Seconds())+1)
}

// limits keeps one person from using Liaison up. It is kept in memory: a restart forgives.
type limits struct {
	mu     sync.Mutex
	people map[chat.Account]*person
}

type person struct {
	bucket *rate.Limiter
	last   time.Time
}

// wait counts one request and returns 0, or how long the person must wait before the next.
func (l *limits) wait(who chat.Account, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.people[who]
	if p == nil {
		l.makeRoom()
		p = &person{bucket: rate.NewLimiter(rate.Every(time.Minute/limitMinute), limitBurst)}
		l.people[who] = p
	}
	p.last = now
	if p.bucket.AllowN(now, 1) {
		return 0
	}
	return time.Minute / limitMinute
}

func (l *limits) makeRoom() {
	if len(l.people) < limitPeople {
		return
	}
	var oldest chat.Account
	var last time.Time
	for who, p := range l.people {
		if last.IsZero() || p.last.Before(last) {
			oldest, last = who, p.last
		}
	}
	delete(l.people, oldest)
}

// limit counts an event. A platform where nobody watches a clock is one person's own terminal, and
// has no others to be fair to.
func (h *Handler) limit(e chat.Event) time.Duration {
	h.once.Do(func() { h.limits = &limits{people: map[chat.Account]*person{}} })
	if adapter := h.Adapters[e.Platform]; adapter != nil && adapter.Capabilities().MaxWait == 0 {
		return 0
	}
	return h.limits.wait(e.Actor.Account, h.Now())
}
