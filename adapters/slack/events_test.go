package slack

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// post sends a request as it is and returns the status and body of the answer.
func post(t *testing.T, req *http.Request) (int, string, http.Header) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

const question = `{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"app_mention","user":"U0ADA","text":"<@UBOT1> How?","ts":"1700000000.000100","channel":"C1"}}`

func TestOnlySlackIsBelieved(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(req *http.Request)
		want  int
	}{
		{"as Slack sends it", func(*http.Request) {}, 200},
		{"wrong secret", sign("another secret", 0), 401},
		{"empty secret", sign("", 0), 401},
		{"no signature", func(r *http.Request) { r.Header.Del("X-Slack-Signature") }, 401},
		{"no timestamp", func(r *http.Request) { r.Header.Del("X-Slack-Request-Timestamp") }, 401},
		{"version v1", func(r *http.Request) {
			r.Header.Set("X-Slack-Signature", "v1"+strings.TrimPrefix(r.Header.Get("X-Slack-Signature"), "v0"))
		}, 401},
		{"half a signature", func(r *http.Request) { r.Header.Set("X-Slack-Signature", r.Header.Get("X-Slack-Signature")[:20]) }, 401},
		{"no hexadecimal", func(r *http.Request) { r.Header.Set("X-Slack-Signature", "v0=zz") }, 401},
		{"two signatures", func(r *http.Request) { r.Header.Add("X-Slack-Signature", "v0=00") }, 401},
		{"two timestamps", func(r *http.Request) { r.Header.Add("X-Slack-Request-Timestamp", "1") }, 401},
		{"a timestamp that is none", func(r *http.Request) { r.Header.Set("X-Slack-Request-Timestamp", "now") }, 401},
		{"a timestamp with a sign", func(r *http.Request) {
			r.Header.Set("X-Slack-Request-Timestamp", "+"+r.Header.Get("X-Slack-Request-Timestamp"))
		}, 401},
		{"another body", func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(question, "How?", "Why?", 1)))
		}, 401},
		{"packed", func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415},
		{"4 minutes and 50 seconds old", sign("secret-T1", -290*time.Second), 200},
		{"4 minutes and 50 seconds early", sign("secret-T1", 290*time.Second), 200},
		{"5 minutes and 10 seconds old", sign("secret-T1", -310*time.Second), 401},
		{"5 minutes and 10 seconds early", sign("secret-T1", 310*time.Second), 401},
		{"10 minutes early", sign("secret-T1", 600*time.Second), 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{overHTTP: true})
			req := r.fake.Signed("T1", "/events", "application/json", []byte(question), r.clock.now())
			c.spoil(req)
			if got, _, _ := post(t, req); got != c.want {
				t.Errorf("status %d; want %d", got, c.want)
			}
			if stored := len(inbox.Puts()); (c.want == 200) != (stored == 1) {
				t.Errorf("%d events were stored", stored)
			}
		})
	}
}

// sign signs anew, with a secret and a time that is off.
func sign(secret string, off time.Duration) func(*http.Request) {
	return func(req *http.Request) {
		stamp := strconv.FormatInt(time.Now().Add(off).Unix(), 10)
		req.Header.Set("X-Slack-Request-Timestamp", stamp)
		req.Header.Set("X-Slack-Signature", fakeslack.Signature(secret, stamp, []byte(question)))
	}
}

func TestRequestsThatCouldBeReadTwoWays(t *testing.T) {
	press := `{"type":"block_actions","trigger_id":"t","team":{"id":"T1"},"user":{"id":"U0ADA"},"actions":[{"action_id":"b0|more:1","value":"more:1"}],"container":{"channel_id":"C1"}}`
	good := url.Values{"payload": {press}}.Encode()
	form := "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, path, contentType, body string
		want, stored                  int
	}{
		{"as Slack sends it", "/interactive", form, good, 200, 1},
		{"a second payload in the address", "/interactive?payload=" + url.QueryEscape(strings.Replace(press, "more:1", "undo:1", 2)), form, good, 200, 1},
		{"the payload in the address alone", "/interactive?payload=" + url.QueryEscape(press), form, "a=b", 400, 0},
		{"two payloads", "/interactive", form, good + "&" + good, 400, 0},
		{"a key twice in the payload", "/interactive", form, url.Values{"payload": {strings.Replace(press, `"team"`, `"type":"x","team"`, 1)}}.Encode(), 400, 0},
		{"a key twice in an event", "/events", "application/json", strings.Replace(question, `"team_id"`, `"event_id":"Ev2","team_id"`, 1), 400, 0},
		{"a key twice deep in an event", "/events", "application/json", strings.Replace(question, `"user"`, `"user":"U2","user"`, 1), 400, 0},
		{"a field twice in a command", "/commands", form, "command=%2Fliaison&text=a&text=b&team_id=T1&user_id=U0ADA", 400, 0},
		{"no JSON", "/events", "application/json", "hello", 200, 0},
		{"JSON that is no object", "/events", "application/json", "[1]", 200, 0},
		{"JSON with something after it", "/events", "application/json", question + "{}", 200, 0},
		{"nothing", "/events", "application/json", "", 200, 0},
		{"another team's event", "/events", "application/json", strings.Replace(question, `"T1"`, `"T2"`, 1), 200, 0},
		{"a body of 2 MB", "/events", "application/json", strings.Repeat(" ", 2<<20) + question, 413, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{overHTTP: true})
			req := r.fake.Signed("T1", c.path, c.contentType, []byte(c.body), r.clock.now())
			got, _, header := post(t, req)
			if got != c.want || len(inbox.Puts()) != c.stored {
				t.Errorf("status %d with %d events stored; want %d with %d", got, len(inbox.Puts()), c.want, c.stored)
			}
			if got == http.StatusBadRequest && header.Get("X-Slack-No-Retry") != "1" {
				t.Error("Slack is not told that there is no use in sending it again")
			}
			if c.stored == 1 && inbox.Events()[0].Action != "more:1" {
				t.Errorf("read as %q", inbox.Events()[0].Action)
			}
		})
	}
}

func TestChallengeIsAnsweredToSlackAlone(t *testing.T) {
	r, _ := newPair(t, rigOptions{overHTTP: true})
	body := []byte(`{"type":"url_verification","challenge":"3eZbrw1aB10FEMAGAZd4FyFQ","token":"x"}`)
	if status, said, _ := post(t, r.fake.Signed("T1", "/events", "application/json", body, r.clock.now())); status != 200 || said != "3eZbrw1aB10FEMAGAZd4FyFQ" {
		t.Errorf("status %d, %q", status, said)
	}
	forged := r.fake.Signed("T1", "/events", "application/json", body, r.clock.now())
	forged.Header.Set("X-Slack-Signature", "v0=00")
	if status, said, _ := post(t, forged); status != 401 || strings.Contains(said, "3eZ") {
		t.Errorf("forged: status %d, %q", status, said)
	}
}

// A secret speaks for its own workspace alone, even when both are served.
func TestSecretsSpeakForTheirOwnWorkspace(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true, teams: []fakeslack.Team{{ID: "T1"}, {ID: "T2"}}})
	status, _, _ := post(t, r.fake.Signed("T2", "/events", "application/json", []byte(question), r.clock.now()))
	if status != 200 || len(inbox.Puts()) != 0 {
		t.Errorf("T2's secret spoke for T1: status %d, %d events", status, len(inbox.Puts()))
	}
}

// A replay within the five minutes is the same event to the inbox.
func TestReplayIsTheSameEvent(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true})
	slash := "command=%2Fliaison&text=How&team_id=T1&user_id=U0ADA&channel_id=C1&trigger_id=123.456"
	for range 2 {
		post(t, r.fake.Signed("T1", "/commands", "application/x-www-form-urlencoded", []byte(slash), r.clock.now()))
		post(t, r.fake.Signed("T1", "/events", "application/json", []byte(question), r.clock.now()))
	}
	if events := inbox.Events(); len(events) != 2 {
		t.Errorf("%d events were stored; want 2", len(events))
	}
}

// A press that is replayed opens no second form, and nobody is told that it could not.
func TestAReplayedPressOpensNothing(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true})
	receipt := r.fake.Shortcut("T1", ada, "global:ask", "", "")
	chattest.Wait(t, "the form", r.fake.Changed, func() bool { return len(r.fake.Views()) == 1 })
	for range 3 {
		awaitAck(t, "the replay", r.fake.Again(receipt))
	}
	none(t, r, inbox, "a replay")
	if opened, said := len(r.fake.CallsOf("views.open")), r.fake.Answers(); opened != 1 || len(said) > 0 {
		t.Errorf("it was opened %d times, and %d messages were sent", opened, len(said))
	}
}

func TestSlackTriesAgainWhatWasNotStored(t *testing.T) {
	var waited []time.Duration
	r, inbox := newPair(t, rigOptions{overHTTP: true})
	r.fake.Retries = 3
	r.fake.Pause = func(d time.Duration) {
		waited = append(waited, d)
		r.clock.pass(d)
		if d == 5*time.Minute {
			inbox.Fail(nil) // the disk is well again
		}
	}
	inbox.Fail(io.ErrShortWrite)
	receipt := r.fake.Deliver("T1", "events_api", json.RawMessage(question))
	if e := inbox.Next(t); e.Text != "How?" {
		t.Errorf("read %q", e.Text)
	}
	awaitAck(t, "the last try", receipt)
	if want := []time.Duration{0, 0, time.Minute, 5 * time.Minute}; !slices.Equal(waited, want) {
		t.Errorf("it was tried after %v; want %v", waited, want)
	}
}

// Before Slack has said who Liaison is, events are sent back rather than lost.
func TestEventsBeforeTheWorkspaceIsKnown(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true, prepare: func(f *fakeslack.Server) { f.Hold("auth.test") }}.partly())
	if status, _, _ := post(t, r.fake.Signed("T1", "/events", "application/json", []byte(question), r.clock.now())); status != 503 || len(inbox.Puts()) != 0 {
		t.Errorf("status %d with %d events stored; want 503 with none", status, len(inbox.Puts()))
	}
}

func TestFormsAnswerOverHTTP(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true})
	r.fake.Shortcut("T1", ada, "global:ask", "", "")
	chattest.Wait(t, "the form", r.fake.Changed, func() bool { return len(r.fake.Views()) == 1 })
	view := r.fake.Views()[0]
	r.fake.Submit(view, map[string]string{"question": "x"})
	e := inbox.Next(t)
	if _, err := r.adapter.Respond(t.Context(), e, chat.Reply{Problems: map[string]string{"question": "Ask a little more.", "nowhere": "Odd."}}); err != nil {
		t.Fatal(err)
	}
	chattest.Wait(t, "the problem beside the field", r.fake.Changed, func() bool { return len(r.fake.Views()[0].Errors) > 0 })
	if got := r.fake.Views()[0].Errors["question"]; got != "Ask a little more. Odd." {
		t.Errorf("the form says %q", got)
	}
}

// begin sends the beginning of a request whose body never ends, and returns the connection.
func begin(t *testing.T, server *httptest.Server, headers string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "POST /slack/t1/events HTTP/1.1\r\nHost: x\r\n"+headers+"Content-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	return conn
}

// status reads the beginning of an answer.
func status(t *testing.T, conn net.Conn) string {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second)) // a failing test should end
	answer := bytes.NewBuffer(nil)
	_, _ = io.CopyN(answer, conn, int64(len("HTTP/1.1 408")))
	return strings.TrimPrefix(answer.String(), "HTTP/1.1 ")
}

func stampHeader() string {
	return "X-Slack-Request-Timestamp: " + strconv.FormatInt(time.Now().Unix(), 10) + "\r\n"
}

var someSignature = "X-Slack-Signature: v0=" + strings.Repeat("00", 32) + "\r\n"

// Bodies that trickle in are given up.
func TestSlowBodiesAreGivenUp(t *testing.T) {
	a := quietAdapter(t)
	a.bodyTime = 50 * time.Millisecond
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	if got := status(t, begin(t, server, stampHeader()+someSignature)); got != "408" {
		t.Errorf("a body that never ends got %q", got)
	}
}

// Nothing is read of a request whose headers cannot be Slack's: it is refused though its body never comes.
func TestBodiesOfStrangersAreNotRead(t *testing.T) {
	server := httptest.NewServer(quietAdapter(t).Handler())
	t.Cleanup(server.Close)
	for name, headers := range map[string]string{
		"no headers":            "",
		"no signature":          stampHeader(),
		"no timestamp":          someSignature,
		"two signatures":        stampHeader() + someSignature + someSignature,
		"two timestamps":        stampHeader() + stampHeader() + someSignature,
		"an old timestamp":      "X-Slack-Request-Timestamp: 1700000000\r\n" + someSignature,
		"no hexadecimal":        stampHeader() + "X-Slack-Signature: v0=" + strings.Repeat("zz", 32) + "\r\n",
		"half a signature":      stampHeader() + "X-Slack-Signature: v0=0000\r\n",
		"a signature of v1":     stampHeader() + strings.Replace(someSignature, "v0", "v1", 1),
		"an overlong signature": stampHeader() + "X-Slack-Signature: v0=" + strings.Repeat("00", 33) + "\r\n",
	} {
		conn := begin(t, server, headers)
		if got := status(t, conn); got != "401" {
			t.Errorf("%s: %q", name, got)
		}
		if rest, err := io.ReadAll(conn); err != nil || !strings.Contains(string(rest), "Connection: close") {
			t.Errorf("%s: the connection stays open: %v", name, err)
		}
	}
}

// Whoever fills the memory that there is for bodies fills no more of it.
func TestOnlySoMuchIsReadAtOnce(t *testing.T) {
	a := quietAdapter(t)
	a.bodies.most = 3 * 91
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	var filling []net.Conn
	for range 3 {
		conn := begin(t, server, stampHeader()+someSignature)
		filling = append(filling, conn)
		if _, err := conn.Write(make([]byte, 90)); err != nil { // of the 100 that it said it would send
			t.Fatal(err)
		}
	}
	awaitHeld(t, a, 3*91)
	if got := status(t, begin(t, server, stampHeader()+someSignature)); got != "503" {
		t.Errorf("when the memory for bodies is full a request gets %q", got)
	}
	for _, conn := range filling {
		_ = conn.Close()
	}
	awaitHeld(t, a, 0)
}

// A thousand that hold a connection open and send next to nothing keep nobody out.
func TestIdleBodiesKeepNobodyOut(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true})
	server := httptest.NewServer(r.adapter.Handler())
	t.Cleanup(server.Close)
	base := strings.TrimSuffix(server.URL, "/") + "/slack/t1"
	r.fake.Change("T1", func(team *fakeslack.Team) { team.EventsURL = base })
	stamp := strconv.FormatInt(r.clock.now().Unix(), 10)
	for range 1000 {
		begin(t, server, "X-Slack-Request-Timestamp: "+stamp+"\r\n"+someSignature)
	}
	awaitHeld(t, r.adapter, 1000)
	r.fake.Mention("T1", ada, "C1", "Still there?", "")
	if e := inbox.Next(t); e.Text != "Still there?" {
		t.Errorf("read %q", e.Text)
	}
}

func awaitHeld(t *testing.T, a *Adapter, want int64) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for a.bodies.held.Load() != want && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if got := a.bodies.held.Load(); got != want {
		t.Fatalf("%d bytes of bodies are held; want %d", got, want)
	}
}
