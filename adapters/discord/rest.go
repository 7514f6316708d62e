package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// client makes requests, through discordgo but without its waiting: that holds a lock while it waits,
// cannot be interrupted, tries again for ever, and keeps some bytes of every interaction for good. Each
// request gets a rate limiter of its own, thrown away after; the limits are kept by throttle.
type client struct {
	session *discordgo.Session
	limits  *throttle
	pause   func(context.Context, time.Duration) error
}

func newClient(token string, transport http.RoundTripper, limits *throttle, pause func(context.Context, time.Duration) error) *client {
	s, _ := discordgo.New("Bot " + token) // it has no way to fail
	tame(s, transport)
	return &client{session: s, limits: limits, pause: pause}
}

// tame switches off what discordgo does by itself. Debug stays off: it prints the token.
func tame(s *discordgo.Session, transport http.RoundTripper) {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.Client = &http.Client{Transport: transport, CheckRedirect: stay}
	s.LogLevel = -1 // its log holds addresses with tokens
	s.StateEnabled = false
	s.ShouldReconnectOnError = false
	s.ShouldReconnectVoiceOnSessionError = false
	s.ShouldRetryOnRateLimit = false
	s.MaxRestRetries = 0
}

// request is one call of the API.
type request struct {
	method, path string // path is below /api/v9/
	body         any
	out          any       // nil when the answer does not matter
	again        bool      // doing it twice is as doing it once, so a lost answer may be tried again
	until        time.Time // after which its token is no good; zero for a request without one
}

const maxTries = 4

// do makes a request and tries again what may be tried again. Errors are an *apiError.
func (c *client) do(ctx context.Context, r request) error {
	for try := 1; ; try++ {
		err := c.once(ctx, r)
		var e *apiError
		if err == nil || !errors.As(err, &e) || try == maxTries || ctx.Err() != nil {
			return err
		}
		wait := backoff(try, 250*time.Millisecond, patience)
		switch {
		case e.kind == chat.SendLimited && e.after <= patience:
			wait = 0 // throttle waits
		case e.kind == chat.SendFailed:
		case e.kind == chat.SendUnknown && r.again:
		default:
			return err
		}
		if c.pause(ctx, wait) != nil {
			return err
		}
	}
}

func (c *client) once(ctx context.Context, r request) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := c.limits.wait(ctx, r.method, r.path); err != nil {
		return err
	}
	if !r.until.IsZero() && !c.limits.now().Before(r.until) { // it was waited for, or tried again, too long
		return &apiError{kind: chat.SendExpired, code: errInvalidWebhookToken, what: "the interaction can no longer be answered"}
	}
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	var payload []byte
	if r.body != nil {
		var err error
		if payload, err = json.Marshal(r.body); err != nil {
			return &apiError{kind: chat.SendRefused, what: "the request cannot be written as JSON"}
		}
	}
	// The bucket belongs to nobody else, so taking it never waits.
	bucket := discordgo.NewRatelimiter().LockBucket("")
	answer, err := c.session.RequestWithLockedBucket(r.method, discordgo.EndpointAPI+r.path, "application/json", payload, bucket, 0, discordgo.WithContext(ctx))
	if err != nil {
		return c.explain(r, err, sent.Load())
	}
	if r.out == nil {
		return nil
	}
	if json.Unmarshal(answer, r.out) != nil {
		return &apiError{kind: chat.SendUnknown, route: routeOf(r.path), what: "the answer was not as documented"}
	}
	return nil
}

// explain says what is known of a failed request, without addresses (they hold tokens) and without
// what was sent.
func (c *client) explain(r request, err error, sent bool) error {
	e := &apiError{route: r.method + " " + routeOf(r.path)}
	var limited *limitError
	var rest *discordgo.RESTError
	var dial *net.OpError
	switch {
	case errors.As(err, &limited):
		e.kind, e.status, e.after, e.what = chat.SendLimited, http.StatusTooManyRequests, limited.after, "Discord asks to wait"
	case errors.As(err, &rest):
		e.status = rest.Response.StatusCode
		if rest.Message != nil {
			e.code = rest.Message.Code
		}
		e.kind, e.what = kindOf(e.status), fmt.Sprintf("Discord answered %d (code %d)", e.status, e.code)
		if e.status >= 300 && e.status < 400 {
			e.what = "Discord answered with a redirect"
		}
	case !sent, errors.As(err, &dial) && dial.Op == "dial":
		e.kind, e.what = chat.SendFailed, "Discord could not be reached"
	case errors.Is(err, context.DeadlineExceeded):
		e.kind, e.what = chat.SendUnknown, "Discord did not answer in time"
	default:
		e.kind, e.what = chat.SendUnknown, "the line was lost before Discord answered"
	}
	return e
}

func kindOf(status int) chat.SendKind {
	switch {
	case status >= 500:
		return chat.SendUnknown // it may have been done
	case status == http.StatusTooManyRequests:
		return chat.SendLimited
	}
	return chat.SendRefused
}

// apiError is why a request failed. It names neither ids nor tokens nor words.
type apiError struct {
	kind   chat.SendKind
	status int // of HTTP; 0 when there was no answer
	code   int // Discord's own; 0 for none
	after  time.Duration
	route  string
	what   string
}

func (e *apiError) Error() string {
	if e.route == "" {
		return e.what
	}
	return e.route + ": " + e.what
}

// codeOf returns Discord's own code of an error; 0 when it has none.
func codeOf(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}

func statusOf(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.status
	}
	return 0
}

// sendError is a request's error as the contract has it.
func sendError(err error) error {
	if err == nil {
		return nil
	}
	var send *chat.SendError
	if errors.As(err, &send) {
		return err
	}
	var e *apiError
	if errors.As(err, &e) {
		return &chat.SendError{Kind: e.kind, After: e.after, Err: e}
	}
	return &chat.SendError{Kind: chat.SendUnknown, Err: err}
}

func refused(why string) error {
	return &chat.SendError{Kind: chat.SendRefused, Err: errors.New(why)}
}

// routeOf returns a path with ids and tokens left out, for errors.
func routeOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if len(part) > 20 || strings.ContainsAny(part, "0123456789") {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// backoff returns how long to wait before the next try: doubled each time, with jitter, at most most.
func backoff(try int, first, most time.Duration) time.Duration {
	wait := min(first<<min(try-1, 20), most)
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // it only spreads tries over time
}

// redirect is the transport of every request: it leads to the API that was configured, keeps the
// limits that answers tell of, and hides them from discordgo, which would lose an answer over a
// header it cannot read.
type redirect struct {
	base   *url.URL // nil leads to Discord itself
	next   http.RoundTripper
	limits *throttle
}

// RoundTrip implements http.RoundTripper.
func (t *redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(req.URL.Path, "/api/v"+discordgo.APIVersion+"/")
	if t.base != nil {
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host, req.Host = t.base.Scheme, t.base.Host, t.base.Host
		req.URL.Path = t.base.Path + req.URL.Path
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if err := t.limits.learn(req.Method, path, resp); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxAnswer)
	for name := range resp.Header {
		if strings.HasPrefix(name, "X-Ratelimit-") {
			resp.Header.Del(name)
		}
	}
	return resp, nil
}
