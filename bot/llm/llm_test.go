package llm

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liaison/bot/llm/fakellm"
)

const key = "sk-canary-5t9"

// asked runs a test against an endpoint, in a time of its own.
func asked(t *testing.T, behave func(n int, r fakellm.Request) fakellm.Answer, use func(t *testing.T, c *Client, e *fakellm.Endpoint)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		endpoint := &fakellm.Endpoint{Behave: behave}
		transport, server := fakellm.Pipe(endpoint)
		c, err := New("http://llm.example/v1?version=canary-address", "model-1", key, transport)
		if err != nil {
			t.Fatal(err)
		}
		use(t, c, endpoint)
		transport.CloseIdleConnections()
		server.Close()
	})
}

func always(a fakellm.Answer) func(int, fakellm.Request) fakellm.Answer {
	return func(int, fakellm.Request) fakellm.Answer { return a }
}

func TestAskSendsTheQuestionAndNothingElse(t *testing.T) {
	asked(t, always(fakellm.Answer{Text: "hello"}), func(t *testing.T, c *Client, e *fakellm.Endpoint) {
		reply, err := c.Ask(t.Context(), Question{System: "be brief", Text: "greet", Tokens: 7})
		if err != nil || reply != (Reply{Text: "hello", Sent: 100, Got: 20}) {
			t.Fatalf("got %+v, %v", reply, err)
		}
		want := `{"model":"model-1","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"greet"}],"max_tokens":7}`
		if got := e.Requests()[0]; string(got.Body) != want || got.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("sent %s with %v", got.Body, got.Header)
		}
	})
}

// TestAskFails has the endpoint misbehave in every way there is, and says how often it may be asked, how
// long that may take, and what is said of it.
func TestAskFails(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	zip.Write(make([]byte, 50<<20))
	zip.Close()
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	for name, c := range map[string]struct {
		answer fakellm.Answer
		want   error
		asked  int
		within time.Duration
	}{
		"the key is wrong, and the endpoint repeats it": {fakellm.Answer{Status: 401, Text: "bad key " + key}, ErrRefused, 1, time.Second},
		"it is forbidden":                        {fakellm.Answer{Status: 403}, ErrRefused, 1, time.Second},
		"there is no such model":                 {fakellm.Answer{Status: 404}, ErrRefused, 1, time.Second},
		"the request is wrong":                   {fakellm.Answer{Status: 400}, ErrRefused, 1, time.Second},
		"it sends us elsewhere":                  {fakellm.Answer{Status: 307, Header: header("Location", "http://evil.example/")}, ErrRefused, 1, time.Second},
		"it is busy":                             {fakellm.Answer{Status: 429}, ErrBusy, 3, 5 * time.Second},
		"it is busy for a while":                 {fakellm.Answer{Status: 429, Header: header("Retry-After", "20")}, ErrBusy, 3, 45 * time.Second},
		"it is busy for an hour":                 {fakellm.Answer{Status: 429, Header: header("Retry-After", "3600")}, ErrBusy, 1, time.Second},
		"it is busy for nobody knows how long":   {fakellm.Answer{Status: 429, Header: header("Retry-After", "soon")}, ErrBusy, 3, 5 * time.Second},
		"it is busy since before":                {fakellm.Answer{Status: 429, Header: header("Retry-After", "-5")}, ErrBusy, 3, 5 * time.Second},
		"it is out of order":                     {fakellm.Answer{Status: 500}, ErrDown, 3, 5 * time.Second},
		"it is down behind its gate":             {fakellm.Answer{Status: 503}, ErrDown, 3, 5 * time.Second},
		"it never answers":                       {fakellm.Answer{Hang: true}, ErrDown, 3, 4 * time.Minute},
		"it sends a byte a second":               {fakellm.Answer{Text: "hello", Drip: time.Second}, ErrDown, 3, 4 * time.Minute},
		"it breaks off":                          {fakellm.Answer{Text: "hello", BreakAfter: 20}, ErrDown, 3, 5 * time.Second},
		"it sends ten megabytes":                 {fakellm.Answer{Raw: make([]byte, 10<<20)}, ErrGarbled, 1, time.Second},
		"it sends fifty megabytes, packed small": {fakellm.Answer{Raw: bomb.Bytes(), Header: header("Content-Encoding", "gzip")}, ErrGarbled, 1, time.Second},
		"it sends a web page":                    {fakellm.Answer{Raw: []byte("<html>welcome</html>")}, ErrGarbled, 1, time.Second},
		"it sends nothing":                       {fakellm.Answer{Raw: []byte{}}, ErrGarbled, 1, time.Second},
		"it has no choice":                       {fakellm.Answer{Raw: []byte(`{"choices":[]}`)}, ErrGarbled, 1, time.Second},
		"it says nothing":                        {fakellm.Answer{Text: " \n"}, ErrGarbled, 1, time.Second},
		"it says null":                           {fakellm.Answer{Raw: []byte(`{"choices":[{"message":{"content":null}}]}`)}, ErrGarbled, 1, time.Second},
		"it says a list":                         {fakellm.Answer{Raw: []byte(`{"choices":[{"message":{"content":["a"]}}]}`)}, ErrGarbled, 1, time.Second},
		"it declines":                            {fakellm.Answer{Raw: []byte(`{"choices":[{"message":{"content":"x","refusal":"no"}}]}`)}, ErrGarbled, 1, time.Second},
		"it is cut off":                          {fakellm.Answer{Raw: []byte(`{"choices":[{"finish_reason":"length","message":{"content":"x"}}]}`)}, ErrGarbled, 1, time.Second},
		"it calls a tool":                        {fakellm.Answer{Raw: []byte(`{"choices":[{"message":{"content":"x","tool_calls":[{"id":"1"}]}}]}`)}, ErrGarbled, 1, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, always(c.answer), func(t *testing.T, client *Client, e *fakellm.Endpoint) {
				start := time.Now()
				_, err := client.Ask(t.Context(), Question{Text: "canary-question"})
				if !errors.Is(err, c.want) {
					t.Fatalf("the error is %v, want %v", err, c.want)
				}
				if n := len(e.Requests()); n != c.asked {
					t.Errorf("it was asked %d times, want %d", n, c.asked)
				}
				if took := time.Since(start); took > c.within {
					t.Errorf("it took %v, at most %v", took, c.within)
				}
				for _, hidden := range []string{key, "canary", "evil"} {
					if strings.Contains(err.Error(), hidden) {
						t.Errorf("the error says %q: %v", hidden, err)
					}
				}
			})
		})
	}
}

func TestAskRecovers(t *testing.T) {
	behave := func(n int, _ fakellm.Request) fakellm.Answer {
		if n < 3 {
			return fakellm.Answer{Status: 503}
		}
		return fakellm.Answer{Text: "hello", Wait: 30 * time.Second}
	}
	asked(t, behave, func(t *testing.T, c *Client, _ *fakellm.Endpoint) {
		if reply, err := c.Ask(t.Context(), Question{}); err != nil || reply.Text != "hello" {
			t.Errorf("got %+v, %v", reply, err)
		}
	})
}

func TestAfterFailuresInARowNothingIsSentForAWhile(t *testing.T) {
	down := true
	behave := func(int, fakellm.Request) fakellm.Answer {
		if down {
			return fakellm.Answer{Status: 500}
		}
		return fakellm.Answer{Text: "back"}
	}
	asked(t, behave, func(t *testing.T, c *Client, e *fakellm.Endpoint) {
		for range 20 {
			if _, err := c.Ask(t.Context(), Question{}); !errors.Is(err, ErrDown) {
				t.Fatalf("the error is %v", err)
			}
		}
		if n := len(e.Requests()); n != breakAfter {
			t.Errorf("it was asked %d times while down, want %d", n, breakAfter)
		}
		if _, err := c.Ask(t.Context(), Question{}); !errors.Is(err, ErrResting) {
			t.Errorf("the error is %v", err)
		}
		time.Sleep(breakFor) // the test's own time
		if _, err := c.Ask(t.Context(), Question{}); !errors.Is(err, ErrDown) || len(e.Requests()) != breakAfter+1 {
			t.Errorf("after a rest it was asked %d times more, want 1: %v", len(e.Requests())-breakAfter, err)
		}
		time.Sleep(breakFor)
		down = false
		for range 3 {
			if reply, err := c.Ask(t.Context(), Question{}); err != nil || reply.Text != "back" {
				t.Errorf("once it is back: %+v, %v", reply, err)
			}
		}
	})
}

func TestWhoeverAskedMayGo(t *testing.T) {
	asked(t, always(fakellm.Answer{Hang: true}), func(t *testing.T, c *Client, e *fakellm.Endpoint) {
		for range breakAfter + 1 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, err := c.Ask(ctx, Question{}); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("the error is %v", err)
			}
			cancel()
		}
		if n := len(e.Requests()); n != breakAfter+1 {
			t.Errorf("it was asked %d times: going away counts as a failure of the endpoint", n)
		}
	})
}

func TestNothingThereIsSaidWithoutTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, server := fakellm.Pipe(http.NotFoundHandler())
		synctest.Wait() // it listens
		server.Close()
		c, err := New("http://canary.example:1/v1", "m", key, transport)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.Ask(t.Context(), Question{}); !errors.Is(err, ErrDown) || strings.Contains(err.Error(), "canary") {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestACertificateThatCannotBeTrustedIsNotTriedAgain(t *testing.T) {
	endpoint := &fakellm.Endpoint{Behave: always(fakellm.Answer{Text: "x"})}
	server := httptest.NewUnstartedServer(endpoint)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c, err := New(server.URL, "m", key, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Ask(t.Context(), Question{})
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "certificate") || len(endpoint.Requests()) > 0 {
		t.Errorf("the error is %v", err)
	}
}

func TestTooLongAQuestionIsNotSent(t *testing.T) {
	asked(t, always(fakellm.Answer{Text: "x"}), func(t *testing.T, c *Client, e *fakellm.Endpoint) {
		if _, err := c.Ask(t.Context(), Question{Text: strings.Repeat("x", maxRequest)}); err == nil || len(e.Requests()) > 0 {
			t.Errorf("it was sent: %v", err)
		}
	})
}

func TestNew(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/v1":                   "https://a.example/v1/chat/completions",
		"https://a.example/v1/":                  "https://a.example/v1/chat/completions",
		"https://a.example":                      "https://a.example/chat/completions",
		"https://a.example/v1/chat/completions":  "https://a.example/v1/chat/completions",
		"https://a.example/openai?api-version=1": "https://a.example/openai/chat/completions?api-version=1",
		"ftp://a.example":                        "",
		"a.example":                              "",
		"https://name:" + key + "@a.example/v1":  "",
		"https://a.example/%zz":                  "",
		"":                                       "",
	} {
		c, err := New(address, "m", "", nil)
		switch {
		case want == "" && (err == nil || strings.Contains(err.Error(), key)):
			t.Errorf("%s: the error is %v", address, err)
		case want != "" && (err != nil || c.endpoint != want):
			t.Errorf("%s: got %+v, %v, want %s", address, c, err, want)
		}
	}
	if _, err := New("https://a.example", "", "", nil); err == nil {
		t.Error("a client without a model was made")
	}
}
