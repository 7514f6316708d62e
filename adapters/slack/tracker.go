package slack

import (
	"context"
	"maps"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"liaison/bot/chat"
)

// tracker counts what is under way, so that Run can wait for it.
type tracker struct {
	mu    sync.Mutex
	count int
	idle  chan struct{} // closed when count falls to 0 while someone waits
}

// mostErrands bounds what is under way beside the events; what is beyond is left undone.
const mostErrands = 500

func (t *tracker) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.count >= mostErrands {
		return false
	}
	t.count++
	return true
}

// enter counts a reply, which is never left undone.
func (t *tracker) enter() {
	t.mu.Lock()
	t.count++
	t.mu.Unlock()
}

func (t *tracker) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count--
	if t.count == 0 && t.idle != nil {
		close(t.idle)
		t.idle = nil
	}
}

// drain waits until nothing is under way, at most so long.
func (t *tracker) drain(most time.Duration) {
	t.mu.Lock()
	if t.count == 0 {
		t.mu.Unlock()
		return
	}
	if t.idle == nil {
		t.idle = make(chan struct{})
	}
	idle := t.idle
	t.mu.Unlock()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}

// waiters are the sent forms whose acknowledgement waits a moment, because only in it can Slack be
// told what is wrong with a field.
type waiters struct {
	mu      sync.Mutex
	waiting map[string]chan chat.Reply
}

func (w *waiters) add(id string) chan chat.Reply {
	w.mu.Lock()
	defer w.mu.Unlock()
	answer := make(chan chat.Reply, 1)
	w.waiting[id] = answer
	return answer
}

func (w *waiters) remove(id string) {
	w.mu.Lock()
	delete(w.waiting, id)
	w.mu.Unlock()
}

// tell hands a reply to the acknowledgement that waits for it, and reports whether one did.
func (w *waiters) tell(id string, r chat.Reply) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	answer, ok := w.waiting[id]
	if ok {
		delete(w.waiting, id)
		answer <- r
	}
	return ok
}

// recent remembers the ids of presses that were answered with a form, as those are in no inbox: a request
// that is sent again while its signature is fresh opens nothing.
type recent struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// mostRecent is how many presses are remembered; far more cannot be had within freshness.
const mostRecent = 10_000

// first reports whether an id was not met before.
func (r *recent) first(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, met := r.seen[id]; met {
		return false
	}
	if len(r.seen) >= mostRecent {
		maps.DeleteFunc(r.seen, func(_ string, at time.Time) bool { return now.Sub(at) > 2*freshness })
	}
	if len(r.seen) < mostRecent {
		r.seen[id] = now
	}
	return true
}

// backoff waits longer each time, up to half a minute, with jitter so that many do not come at once.
type backoff struct {
	pause func(context.Context, time.Duration) error
	tries int
}

const (
	firstWait   = time.Second
	longestWait = 30 * time.Second
)

func (b *backoff) next(ctx context.Context) {
	wait := min(firstWait<<min(b.tries, 5), longestWait)
	b.tries++
	_ = b.pause(ctx, wait/2+rand.N(wait)) // half to one and a half of it
}

func (b *backoff) reset() { b.tries = 0 }

// faultLine names the line of this project that a panic came from.
func faultLine() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.File, "/adapters/slack/") && !strings.HasSuffix(frame.Function, "safely.func1") {
			return frame.Function + ":" + strconv.Itoa(frame.Line)
		}
		if !more {
			return ""
		}
	}
}
