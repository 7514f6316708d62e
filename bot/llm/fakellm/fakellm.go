// Package fakellm is a language model's endpoint for tests: it records what it is sent, and behaves as
// well or as badly as the test says.
package fakellm

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Request is one question as it arrived.
type Request struct {
	Header http.Header
	Body   []byte
	Model  string
	System string
	Text   string
}

// Answer is what comes back.
type Answer struct {
	Status     int           // 200 when 0
	Header     http.Header   // besides the usual
	Text       string        // what the model says; put into a chat completion
	Raw        []byte        // the body instead of that
	Wait       time.Duration // before it begins
	Drip       time.Duration // between its bytes
	Hang       bool          // never answers
	BreakAfter int           // bytes of the body, after which the connection is cut; 0 is never
}

// Endpoint answers chat completions.
type Endpoint struct {
	// Behave says what comes back for the nth request, from 1.
	Behave func(n int, r Request) Answer

	mu       sync.Mutex
	requests []Request
}

// Requests returns what has arrived so far.
func (e *Endpoint) Requests() []Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Request(nil), e.requests...)
}

// ServeHTTP answers at every path.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := read(r)
	e.mu.Lock()
	e.requests = append(e.requests, request)
	n := len(e.requests)
	e.mu.Unlock()
	answer := e.Behave(n, request)
	if answer.Hang {
		<-r.Context().Done()
		return
	}
	if !pause(r.Context(), answer.Wait) {
		return
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	body := answer.Raw
	if body == nil {
		body = Completion(answer.Text)
	}
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	w.WriteHeader(answer.Status)
	send(r.Context(), w, body, answer)
}

func read(r *http.Request) Request {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var chat struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
	}
	_ = json.Unmarshal(body, &chat) // what cannot be read shows as empty
	request := Request{Header: r.Header.Clone(), Body: body, Model: chat.Model}
	for _, m := range chat.Messages {
		if m.Role == "system" {
			request.System += m.Content
		} else {
			request.Text += m.Content
		}
	}
	return request
}

// send writes the body as slowly, or as incompletely, as the answer says.
func send(ctx context.Context, w http.ResponseWriter, body []byte, a Answer) {
	if a.BreakAfter > 0 {
		_, _ = w.Write(body[:min(a.BreakAfter, len(body))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if a.Drip == 0 {
		_, _ = w.Write(body) // whoever asked may have gone
		return
	}
	for i := range body {
		if !pause(ctx, a.Drip) {
			return
		}
		_, _ = w.Write(body[i : i+1])
		_ = http.NewResponseController(w).Flush()
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Completion returns the body of a chat completion that says text.
func Completion(text string) []byte {
	body, _ := json.Marshal(map[string]any{ // plain values: cannot fail
		"object":  "chat.completion",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text}}},
		"usage":   map[string]any{"prompt_tokens": 100, "completion_tokens": 20},
	})
	return body
}

// Lines returns what a model that keeps to the rules says: an object with lines.
func Lines(lines ...string) string {
	body, _ := json.Marshal(map[string]any{"lines": lines})
	return string(body)
}

// Pipe serves the endpoint within the process, without a network, so that time can be a test's own
// (testing/synctest). Close the server when done.
func Pipe(handler http.Handler) (*http.Transport, *http.Server) {
	pipes := &listener{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: handler} //nolint:gosec // no stranger reaches it
	go func() { _ = server.Serve(pipes) }()
	return &http.Transport{DialContext: pipes.dial}, server
}

// listener hands over connections that are pipes.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *listener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
