package slack

import (
	"context"
	"sync"
	"time"
)

// clock is a time that passes when somebody waits, and as fast as real time otherwise.
type clock struct {
	mu     sync.Mutex
	ahead  time.Duration
	waited []time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	c.ahead += d
	c.mu.Unlock()
}

// pause lets the time pass at once.
func (c *clock) pause(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.waited = append(c.waited, d)
	c.mu.Unlock()
	c.pass(d)
	return ctx.Err()
}

func (c *clock) waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.waited...)
}

// memoryMap is a chat.Memory.
type memoryMap struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (m *memoryMap) Recall(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key], nil
}

func (m *memoryMap) Keep(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
	return nil
}

// counted returns how often something was set aside.
func (a *Adapter) counted(reason string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counts[reason]
}
