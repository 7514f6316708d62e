// Package llm talks to a language model behind an OpenAI-compatible endpoint: one question, one reply.
//
// The model is a stranger. It is sent what its caller hands over and nothing else, it has no tools, and
// what it says is only text, to be checked by the caller. Every request and reply has a limit in bytes
// and a deadline; a redirect is never followed, as it could carry the key and the text elsewhere; no
// error carries the key, the address or words of the endpoint, which may repeat either.
//
// Why not a library: the official one adds 16 MB to the program, and this is one call.
package llm

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limits.
const (
	maxRequest  = 256 << 10 // bytes
	maxReply    = 1 << 20   // bytes
	callTimeout = 60 * time.Second
	tries       = 3                // of one question, when the endpoint is busy or out of order
	firstPause  = time.Second      // between tries; it doubles
	longestWait = 60 * time.Second // what the endpoint may ask us to wait; longer is given up
	breakAfter  = 5                // failures in a row, after which nothing is sent
	breakFor    = time.Minute      // until one more is tried
)

// Client asks one model at one endpoint. It is safe for concurrent use.
type Client struct {
	endpoint string
	model    string
	key      string
	http     *http.Client
	breaker  breaker
}

// New returns a client. address is the endpoint's base, such as https://api.openai.com/v1, or the whole
// address of its chat completions; key may be "" where none is asked for. transport is nil but in tests.
func New(address, model, key string, transport http.RoundTripper) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the address of the language model is no web address: write https://…")
	case u.User != nil:
		return nil, errors.New("the address of the language model holds a name or password: give the key apart")
	case model == "":
		return nil, errors.New("no language model is named")
	}
	if path := strings.TrimSuffix(u.Path, "/"); !strings.HasSuffix(path, "/chat/completions") {
		u.Path = path + "/chat/completions"
	}
	if transport == nil {
		transport = defaultTransport()
	}
	return &Client{endpoint: u.String(), model: model, key: key, http: &http.Client{
		Transport: transport, Timeout: callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func defaultTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 64 << 10
	return t
}

// Question is what a model is asked.
type Question struct {
	System string // what it is to do
	Text   string // with what
	Tokens int    // the most it may reply with
}

// Reply is what it said.
type Reply struct {
	Text string
	// Sent and Got are tokens, as the endpoint counted them; 0 when it did not say.
	Sent, Got int
}

// The ways in which asking fails. What is none of these is our own mistake.
var (
	ErrRefused = errors.New("the language model's endpoint cannot be used") // asking again is no use
	ErrBusy    = errors.New("the language model's endpoint is busy")        // it asked us to wait
	ErrDown    = errors.New("the language model's endpoint is not there")   // or is out of order
	ErrGarbled = errors.New("the language model's endpoint said something that cannot be used")
)

// Ask asks once, and again where that can help: at most three times. It waits between tries as long as
// the endpoint asks for, up to a minute. After five failures in a row it fails at once, for a minute.
func (c *Client) Ask(ctx context.Context, q Question) (Reply, error) {
	body, err := c.request(q)
	if err != nil {
		return Reply{}, err
	}
	pause := firstPause
	for try := 1; ; try++ {
		if err := c.breaker.allow(time.Now()); err != nil {
			return Reply{}, err
		}
		reply, wait, err := c.try(ctx, body)
		if ctx.Err() != nil {
			c.breaker.forget()
			return Reply{}, ctx.Err() // whoever asked has gone: no failure of the endpoint
		}
		c.breaker.tell(time.Now(), err)
		again := errors.Is(err, ErrBusy) || errors.Is(err, ErrDown)
		if wait = max(wait, jitter(pause)); err == nil || !again || try == tries || wait > longestWait {
			return reply, err
		}
		if err := sleep(ctx, wait); err != nil {
			return Reply{}, err
		}
		pause *= 2
	}
}

func jitter(d time.Duration) time.Duration { return d + rand.N(d/4) } //nolint:gosec // no secret

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func (c *Client) request(q Question) ([]byte, error) {
	body, err := json.Marshal(struct {
		Model     string    `json:"model"`
		Messages  []message `json:"messages"`
		MaxTokens int       `json:"max_tokens,omitempty"`
	}{c.model, []message{{"system", q.System}, {"user", q.Text}}, q.Tokens})
	if err != nil {
		return nil, fmt.Errorf("write the question for the language model: %w", err)
	}
	if len(body) > maxRequest {
		return nil, fmt.Errorf("the question for the language model has %d bytes: send %d at most", len(body), maxRequest)
	}
	return body, nil
}

// try asks once. wait is how long the endpoint asks us to wait before we ask again.
func (c *Client) try(ctx context.Context, body []byte) (reply Reply, wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return Reply{}, 0, errors.New("the address of the language model cannot be used")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "liaison")
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Reply{}, 0, connectError(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return Reply{}, retryAfter(response.Header.Get("Retry-After")), statusError(response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxReply+1))
	switch {
	case err != nil:
		return Reply{}, 0, fmt.Errorf("%w: its reply broke off: %s", ErrDown, why(err))
	case len(text) > maxReply:
		return Reply{}, 0, fmt.Errorf("%w: more than %d bytes", ErrGarbled, maxReply)
	}
	reply, err = parse(text)
	return reply, 0, err
}

// connectError tells a connection that may work later from one that should not be used.
func connectError(err error) error {
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return fmt.Errorf("%w: its certificate cannot be trusted", ErrRefused)
	}
	return fmt.Errorf("%w: %s", ErrDown, why(err))
}

// why says what went wrong on the way, without the address: the address may hold a secret.
func why(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "its name is not known"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it took too long"
	}
	return "the connection failed"
}

func statusError(status int) error {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("%w (%d): check LLM_KEY", ErrRefused, status)
	case status == http.StatusNotFound:
		return fmt.Errorf("%w (%d): check LLM_URL and LLM_MODEL", ErrRefused, status)
	case status >= 300 && status < 400:
		return fmt.Errorf("%w: it sends us to another address (%d), which is not followed: set LLM_URL to the right one", ErrRefused, status)
	case status == http.StatusTooManyRequests:
		return fmt.Errorf("%w (%d)", ErrBusy, status)
	case status >= 500:
		return fmt.Errorf("%w (%d)", ErrDown, status)
	}
	return fmt.Errorf("%w (%d): it does not take our request; check that LLM_MODEL is a model for chat", ErrRefused, status)
}

// retryAfter reads seconds or a date; 0 when it says nothing that can be understood.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// parse reads a chat completion. Only the words of the first choice are taken: no tools, no parts.
func parse(data []byte) (Reply, error) {
	var body struct {
		Choices []struct {
			Message struct {
				Content   *string           `json:"content"`
				Refusal   string            `json:"refusal"`
				ToolCalls []json.RawMessage `json:"tool_calls"`
			} `json:"message"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
		Usage struct {
			Sent int `json:"prompt_tokens"`
			Got  int `json:"completion_tokens"`
		} `json:"usage"`
	}
	garbled := func(what string) (Reply, error) { return Reply{}, fmt.Errorf("%w: %s", ErrGarbled, what) }
	if err := json.Unmarshal(data, &body); err != nil {
		return garbled("it is not a chat completion")
	}
	if len(body.Choices) == 0 {
		return garbled("it holds no choice")
	}
	switch first := body.Choices[0]; {
	case len(first.Message.ToolCalls) > 0:
		return garbled("it calls a tool, and it has none")
	case first.Message.Refusal != "" || first.FinishReason == "content_filter":
		return garbled("it declined")
	case first.FinishReason == "length":
		return garbled("it was cut off")
	case first.Message.Content == nil || strings.TrimSpace(*first.Message.Content) == "":
		return garbled("it is empty")
	default:
		return Reply{Text: *first.Message.Content, Sent: max(0, body.Usage.Sent), Got: max(0, body.Usage.Got)}, nil
	}
}
