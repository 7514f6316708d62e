package llm

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrResting is returned at once, with nothing sent, after several failures in a row.
var ErrResting = errors.New("the language model's endpoint failed several times in a row, so it is left alone for a while")

// breaker counts failures in a row. The zero breaker lets everything through.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // when one more may be tried
	probing  bool      // that one is under way
}

// allow says whether something may be sent now.
func (b *breaker) allow(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return nil
	}
	if now.Before(b.until) || b.probing {
		return fmt.Errorf("%w: %w", ErrDown, ErrResting)
	}
	b.probing = true
	return nil
}

// tell takes the outcome of what was sent. A garbled reply counts too; it costs the same.
func (b *breaker) tell(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if err == nil {
		b.failures = 0
		return
	}
	b.failures++
	b.until = now.Add(breakFor)
}

// forget takes back what was allowed and had no outcome.
func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}
