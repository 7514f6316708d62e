package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// courier carries every request to Slack. When Slack says to wait, all that would meet the same limit
// wait with it: for messages that is the channel, for the rest the method.
type courier struct {
	base  http.RoundTripper
	now   func() time.Time
	pause func(context.Context, time.Duration) error

	mu   sync.Mutex
	held map[string]time.Time // until when, by limit
	next map[string]time.Time // when a channel's turns are used up, by channel
}

func newCourier(base http.RoundTripper, now func() time.Time, pause func(context.Context, time.Duration) error) *courier {
	if base == nil {
		base = http.DefaultTransport
	}
	return &courier{base: base, now: now, pause: pause, held: map[string]time.Time{}, next: map[string]time.Time{}}
}

// limitedError is Slack asking to wait.
type limitedError struct{ after time.Duration }

func (e *limitedError) Error() string { return "asked to wait " + e.after.String() }

type limitKey struct{}

// withLimit names the limit that calls of ctx count against, where it is not the method.
func withLimit(ctx context.Context, limit string) context.Context {
	return context.WithValue(ctx, limitKey{}, limit)
}

// RoundTrip waits out what Slack asked for, sends, and remembers what it asks for now.
func (c *courier) RoundTrip(req *http.Request) (*http.Response, error) {
	limit, ok := req.Context().Value(limitKey{}).(string)
	if !ok {
		limit = path.Base(req.URL.Path)
	}
	if err := c.waitHeld(req.Context(), limit); err != nil {
		return nil, err
	}
	resp, err := c.base.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusTooManyRequests {
		return resp, err
	}
	after := retryAfter(resp.Header.Get("Retry-After"), c.now())
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody))
	_ = resp.Body.Close()
	c.hold(limit, after)
	return nil, &limitedError{after}
}

func (c *courier) hold(limit string, after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := c.now().Add(after); until.After(c.held[limit]) {
		c.held[limit] = until
	}
}

// waitHeld returns when the limit is free, or a *limitedError when that is too long to sit out.
func (c *courier) waitHeld(ctx context.Context, limit string) error {
	for {
		c.mu.Lock()
		left := c.held[limit].Sub(c.now())
		if left <= 0 {
			delete(c.held, limit)
		}
		c.mu.Unlock()
		if left <= 0 {
			return nil
		}
		if err := c.sitOut(ctx, left); err != nil {
			return err
		}
	}
}

func (c *courier) sitOut(ctx context.Context, wait time.Duration) error {
	deadline, bounded := ctx.Deadline()
	if wait > patience || bounded && time.Until(deadline) < wait {
		return &limitedError{wait}
	}
	return c.pause(ctx, wait)
}

// turn waits for a channel's turn: one message a second, after a short burst.
func (c *courier) turn(ctx context.Context, channel string) error {
	c.mu.Lock()
	now := c.now()
	next := c.next[channel]
	if floor := now.Add(-(channelBurst - 1) * channelPace); next.Before(floor) {
		next = floor
	}
	wait := next.Sub(now)
	if wait <= patience { // else whoever asks comes again, and must not have taken a turn for nothing
		c.next[channel] = next.Add(channelPace)
	}
	c.forget(now)
	c.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	return c.sitOut(ctx, wait)
}

// forget drops channels that have been quiet, so that the map stays as small as the traffic.
func (c *courier) forget(now time.Time) {
	if len(c.next) < 1000 {
		return
	}
	for channel, at := range c.next {
		if now.Sub(at) > channelBurst*channelPace {
			delete(c.next, channel)
		}
	}
}

// retryAfter reads a Retry-After of seconds or a date. Anything else counts as five seconds, and
// nothing as more than an hour.
func retryAfter(header string, now time.Time) time.Duration {
	wait := 5 * time.Second
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && !math.IsNaN(seconds) && seconds >= 0 {
		wait = time.Duration(math.Min(seconds, 3600) * float64(time.Second))
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 100*time.Millisecond), time.Hour)
}

// pauseFor waits, or returns the context's error.
func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// call makes one call of the Web API with form fields and reads the answer into out. The library is
// not used for messages: it reads back the whole message, and fails on parts that it does not know,
// so that one which was delivered looks lost.
func (w *workspace) call(ctx context.Context, method string, fields url.Values, out any) error {
	_, err := w.callWithHeader(ctx, method, fields, out)
	return err
}

// callWithHeader is call for those who need what Slack says beside the answer.
func (w *workspace) callWithHeader(ctx context.Context, method string, fields url.Values, out any) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.apiURL+method, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, errors.New("the API address is not an address")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+w.BotToken)
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, slackapi.StatusCodeError{Code: resp.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 8*maxBody))
	if err != nil {
		return nil, err
	}
	return resp.Header, readAnswer(body, out)
}

// readAnswer reads what a method says into out, or returns why Slack refused.
func readAnswer(body []byte, out any) error {
	var state slackapi.SlackResponse
	if err := json.Unmarshal(body, &state); err != nil {
		return fmt.Errorf("unreadable answer")
	}
	if !state.Ok {
		return slackapi.SlackErrorResponse{Err: orText(state.Error, "unknown"), Needed: state.Needed}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}

// patiently repeats a call that Slack asked to wait with, when the wait is short.
func patiently(ctx context.Context, call func(context.Context) error) error {
	for range 3 {
		err := call(ctx)
		var limited *limitedError
		if !errors.As(err, &limited) || limited.after > patience {
			return err
		}
	}
	return call(ctx)
}

// Slack's words for what never will work, what is over, and what it cannot say it did not do.
// Source: the error lists of chat.*, views.* and conversations.* on docs.slack.dev.
var (
	expiredErrors = words("expired_trigger_id exchanged_trigger_id trigger_expired invalid_trigger_id expired_url used_url no_such_view")
	passingErrors = words("ratelimited rate_limited service_unavailable team_added_to_org request_timeout hash_conflict")
	unclearErrors = words("fatal_error internal_error")
	fatalErrors   = words("invalid_auth not_authed account_inactive token_revoked token_expired org_login_required " +
		"team_access_not_granted app_missing not_allowed_token_type missing_scope no_permission")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

var errorWord = regexp.MustCompile(`^[a-z0-9_.]{1,60}$`)

// codeOf returns Slack's word for an error; "" when it did not give one.
func codeOf(err error) string {
	var refused slackapi.SlackErrorResponse
	if errors.As(err, &refused) && errorWord.MatchString(refused.Err) {
		return refused.Err
	}
	return ""
}

// sendError turns the error of a call into what the rest of the program knows. Its words are Slack's
// code or this program's own: addresses, tokens and texts never are in it.
func sendError(method string, err error) error {
	if err == nil {
		return nil
	}
	var done *chat.SendError
	if errors.As(err, &done) {
		return err
	}
	fail := func(kind chat.SendKind, why string) error {
		return &chat.SendError{Kind: kind, Err: fmt.Errorf("slack %s: %s", method, why)}
	}
	var limited *limitedError
	var status slackapi.StatusCodeError
	code := codeOf(err)
	switch {
	case errors.As(err, &limited):
		return &chat.SendError{Kind: chat.SendLimited, After: limited.after, Err: fmt.Errorf("slack %s: %w", method, limited)}
	case expiredErrors[code]:
		return fail(chat.SendExpired, code)
	case passingErrors[code]:
		return fail(chat.SendFailed, code)
	case unclearErrors[code]:
		return fail(chat.SendUnknown, code)
	case code != "":
		return fail(chat.SendRefused, code+needed(err))
	case errors.As(err, &status) && status.Code < 500:
		return fail(chat.SendRefused, "status "+strconv.Itoa(status.Code))
	case errors.As(err, &status):
		return fail(chat.SendUnknown, "status "+strconv.Itoa(status.Code))
	case neverLeft(err):
		return fail(chat.SendFailed, "could not connect")
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return fail(chat.SendUnknown, "no answer in time")
	}
	return fail(chat.SendUnknown, "the answer was lost")
}

func needed(err error) string {
	var refused slackapi.SlackErrorResponse
	if errors.As(err, &refused) && errorWord.MatchString(strings.ReplaceAll(refused.Needed, ":", "_")) {
		return ": the scope " + refused.Needed
	}
	return ""
}

// neverLeft reports whether a request failed before a byte of it could reach Slack.
func neverLeft(err error) bool {
	var dial *net.OpError
	var dns *net.DNSError
	return errors.As(err, &dns) || errors.As(err, &dial) && dial.Op == "dial" || errors.Is(err, errUnsent)
}

// errUnsent marks what was given up before sending.
var errUnsent = errors.New("not sent")
