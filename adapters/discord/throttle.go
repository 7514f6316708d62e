package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate" // spaces requests below Discord's global limit

	"liaison/bot/chat"
)

// throttle keeps Discord's limits on requests: those of a route, as its answers tell; those of the
// bot; and the count of refused requests, beyond which Discord shuts a whole address out.
type throttle struct {
	now   func() time.Time
	pause func(context.Context, time.Duration) error
	rate  *rate.Limiter

	mu      sync.Mutex
	routes  map[string]time.Time // until when not to ask; only those that have to wait
	all     time.Time            // until when to ask nothing but interactions
	blocked time.Time            // until when to ask nothing at all
	invalid int                  // refused requests since
	since   time.Time
}

func newThrottle(now func() time.Time, pause func(context.Context, time.Duration) error) *throttle {
	return &throttle{now: now, pause: pause, rate: rate.NewLimiter(requestRate, requestRate), routes: map[string]time.Time{}}
}

// limitError is Discord's wish to wait.
type limitError struct{ after time.Duration }

func (e *limitError) Error() string { return fmt.Sprintf("wait for %s", e.after) }

// wait returns when the request may be made, or an error that says how long the wait would be when
// that is more than patience, or more than ctx has left.
func (t *throttle) wait(ctx context.Context, method, path string) error {
	for {
		left := t.left(method, path)
		if left <= 0 {
			break
		}
		deadline, bounded := ctx.Deadline()
		if left > patience || bounded && time.Until(deadline) < left {
			return &apiError{kind: chat.SendLimited, after: left, what: "Discord asks to wait"}
		}
		if t.pause(ctx, left) != nil {
			return &apiError{kind: chat.SendFailed, what: "stopped while waiting for Discord's limits"}
		}
	}
	if isInteraction(path) {
		return nil
	}
	if t.rate.Wait(ctx) != nil {
		return &apiError{kind: chat.SendFailed, what: "stopped while waiting for Discord's limits"}
	}
	return nil
}

// left returns how long the request has to wait.
func (t *throttle) left(method, path string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	until := t.blocked
	if at := t.routes[bucketOf(method, path)]; at.After(until) {
		until = at
	}
	if t.all.After(until) && !isInteraction(path) {
		until = t.all
	}
	return until.Sub(t.now())
}

// learn reads what an answer says of limits. It returns a *limitError for a refusal because of one.
func (t *throttle) learn(method, path string, resp *http.Response) error {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		t.countInvalid()
	}
	bucket, now := bucketOf(method, path), t.now()
	if resp.StatusCode != http.StatusTooManyRequests {
		if resp.Header.Get("X-RateLimit-Remaining") == "0" {
			t.hold(bucket, now.Add(seconds(resp.Header.Get("X-RateLimit-Reset-After"))))
		}
		return nil
	}
	// Those who do not speak JSON are the guards in front of Discord: nothing gets past them.
	var said struct {
		RetryAfter *float64 `json:"retry_after"`
		Global     bool     `json:"global"`
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if json.Unmarshal(text, &said) != nil || said.RetryAfter == nil {
		after := max(seconds(resp.Header.Get("Retry-After")), time.Second)
		if resp.Header.Get("Retry-After") == "" {
			after = time.Minute
		}
		t.set(&t.blocked, now.Add(after))
		return &limitError{after}
	}
	after := max(time.Duration(min(*said.RetryAfter, maxWait.Seconds())*float64(time.Second)), seconds(resp.Header.Get("Retry-After")), 50*time.Millisecond)
	if said.Global || resp.Header.Get("X-RateLimit-Global") != "" {
		t.set(&t.all, now.Add(after))
	}
	t.hold(bucket, now.Add(after))
	return &limitError{after}
}

func (t *throttle) set(what *time.Time, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until.After(*what) {
		*what = until
	}
}

// hold keeps a route waiting. Routes whose wait is over are forgotten, so that memory stays flat.
func (t *throttle) hold(bucket string, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.routes) >= 256 {
		now := t.now()
		for key, at := range t.routes {
			if !at.After(now) {
				delete(t.routes, key)
			}
		}
	}
	t.routes[bucket] = until
}

// countInvalid counts refusals and stops everything before Discord would.
func (t *throttle) countInvalid() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if now.Sub(t.since) > invalidSpan {
		t.since, t.invalid = now, 0
	}
	if t.invalid++; t.invalid >= maxInvalid {
		t.blocked = t.since.Add(invalidSpan)
	}
}

// seconds reads a number of seconds; 0 for what is none.
func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || n < 0 || n > 86_400 {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}

// bucketOf names what shares a limit: the method and the route, for one channel, guild or token.
func bucketOf(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	keep := 2 // channels/1
	if parts[0] == "webhooks" || parts[0] == "interactions" {
		keep = 3
	}
	for i := keep; i < len(parts); i++ {
		if strings.Trim(parts[i], "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return method + " " + strings.Join(parts, "/")
}

// isInteraction reports routes that the limit of the whole bot does not count.
func isInteraction(path string) bool {
	return strings.HasPrefix(path, "interactions/") || strings.HasPrefix(path, "webhooks/")
}
