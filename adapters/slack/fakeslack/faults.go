package fakeslack

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Fault is a bad day.
type Fault struct {
	Method     string          // "" is any; "chat." any that begins so
	Match      func(Call) bool // nil is any
	Status     int             // answered instead, such as 429 or 500
	RetryAfter string          // header of a 429
	Error      string          // Slack's word, instead
	Lose       bool            // what was asked is done, and the line cut before the answer
	Once       bool            // it happens once
}

// fault is one that is on.
type fault struct {
	Fault
	s       *Server
	done    bool
	since   time.Time // of the last call that was told to wait
	told    bool
	early   int
	entered chan struct{} // of a hold
	release chan struct{}
	enter   sync.Once
	free    sync.Once
}

// Add makes a fault happen until lift is called. early returns how many calls came before the time
// that a 429 had told them to wait for.
func (s *Server) Add(f Fault) (lift func(), early func() int) {
	on := &fault{Fault: f, s: s}
	s.mu.Lock()
	s.faults = append(s.faults, on)
	s.mu.Unlock()
	lift = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		on.done = true
	}
	early = func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return on.early
	}
	return lift, early
}

// Hold makes the fake sit on the next call of a method (or of those that begin so): held is closed
// when it came, and release, which may be called twice, lets it go on.
func (s *Server) Hold(method string) (held <-chan struct{}, release func()) {
	on := &fault{Fault: Fault{Method: method, Once: true}, s: s, entered: make(chan struct{}), release: make(chan struct{})}
	s.mu.Lock()
	s.faults = append(s.faults, on)
	s.mu.Unlock()
	return on.entered, on.lift
}

func (f *fault) lift() {
	if f.release != nil {
		f.free.Do(func() { close(f.release) })
	}
}

func (f *fault) meets(c Call) bool {
	begins := f.Method == "" || c.Method == f.Method || f.Method[len(f.Method)-1] == '.' && len(c.Method) > len(f.Method) && c.Method[:len(f.Method)] == f.Method
	return !f.done && begins && (f.Match == nil || f.Match(c))
}

// suffer plays the faults that meet a call. done reports that it was answered; lose that it must be
// done, and its answer lost.
func (s *Server) suffer(rw http.ResponseWriter, r *http.Request, c Call) (lose, done bool) {
	s.mu.Lock()
	var on *fault
	for _, f := range s.faults {
		if f.meets(c) {
			on = f
			break
		}
	}
	if on == nil {
		s.mu.Unlock()
		return false, false
	}
	on.done = on.done || on.Once
	on.noteEarly()
	s.mu.Unlock()
	switch {
	case on.release != nil:
		on.enter.Do(func() { close(on.entered) })
		select {
		case <-on.release:
		case <-r.Context().Done():
		}
		return s.suffer(rw, r, c)
	case on.Lose:
		return true, false
	case on.Error != "":
		write(rw, nil, apiError(on.Error))
		return false, true
	}
	if on.RetryAfter != "" {
		rw.Header().Set("Retry-After", on.RetryAfter)
	}
	http.Error(rw, http.StatusText(on.Status), on.Status)
	return false, true
}

// noteEarly counts calls that come before a told wait is over. The lock is held.
func (f *fault) noteEarly() {
	if f.Status != http.StatusTooManyRequests {
		return
	}
	seconds, err := strconv.ParseFloat(f.RetryAfter, 64)
	now := f.s.now()
	if err == nil && f.told && now.Sub(f.since) < time.Duration(seconds*float64(time.Second)) {
		f.early++
	}
	f.told, f.since = true, now
}
