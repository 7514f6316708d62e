package slack

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestWhatNobodyKnowsIsAcknowledged(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	awaitAck(t, "an event of a new kind", r.fake.Event("T1", map[string]any{"type": "quantum_message", "channel": "C1"}))
	awaitAck(t, "an envelope of a new kind", r.fake.Deliver("T1", "quantum_api", map[string]any{"team_id": "T1"}))
	awaitAck(t, "an odd payload", r.fake.Deliver("T1", "events_api", []any{1, "x"}))
	awaitAck(t, "another team's event", r.fake.Deliver("T1", "events_api", map[string]any{"type": "event_callback", "team_id": "T9"}))
	for _, frame := range []string{"", "x", "{", `{"type":7}`, `{"type":"events_api"}`, "[]"} {
		r.fake.Frame(frame)
	}
	none(t, r, inbox, "what nobody knows")
	if r.adapter.counted("unknown event") == 0 {
		t.Error("what was set aside is not counted")
	}
}

// What two readers could read differently is not read at all.
func TestFramesThatCouldBeReadTwoWays(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	spoilt := []string{
		strings.Replace(question, `"team_id"`, `"event_id":"Ev2","team_id"`, 1),
		strings.Replace(question, `"user"`, `"USER":"U0GRACE","user"`, 1),
		strings.Replace(question, `"team_id"`, `"Event_ID":"Ev2","team_id"`, 1),
	}
	for _, payload := range spoilt {
		r.fake.Frame(`{"type":"events_api","envelope_id":"E1","payload":` + payload + `}`)
	}
	chattest.Wait(t, "the frames", r.fake.Changed, func() bool {
		return r.adapter.counted("ambiguous frame") == len(spoilt) || len(inbox.Puts()) > 0 || r.poll()
	})
	if stored := inbox.Puts(); len(stored) > 0 {
		t.Errorf("%d were stored, the first as %q", len(stored), stored[0].ID)
	}
}

func TestKeysAreComparedAsTheReaderDoes(t *testing.T) {
	for body, want := range map[string]error{
		`{"team_id":"T1","TEAM_ID":"T9"}`:     errAmbiguous,
		`{"a":{"user":1,"u\u017fer":2}}`:      errAmbiguous,
		`{"token":1,"to\u212aen":2}`:          errAmbiguous,
		`{"team":1,"teams":2,"a":{"team":1}}`: nil,
		`[{"team":1},{"TEAM":1}]`:             nil,
	} {
		if err := checkKeys([]byte(body)); !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", body, err, want)
		}
	}
}

// A question is kept whatever new thing stands beside it.
func TestNewElementsDoNotLoseTheQuestion(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	r.fake.Event("T1", map[string]any{"type": "app_mention", "user": ada, "text": "<@UBOT1> How?", "channel": "C1", "ts": "1700000000.000500",
		"blocks":      []any{map[string]any{"type": "hologram", "elements": []any{map[string]any{"type": "smell", "element": 7}}}},
		"attachments": []any{map[string]any{"id": "not a number"}}, "metadata": "odd", "edited": 9, "thread_ts": nil})
	if e := inbox.Next(t); e.Text != "How?" {
		t.Errorf("read %q", e.Text)
	}
}

func TestTwoConnectionsAndARefreshLosesNothing(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	for i, reason := range []string{"warning", "refresh_requested", "refresh_requested", "warning"} {
		opens := r.fake.Opens()
		r.fake.Refresh(reason)
		words := "question " + strconv.Itoa(i)
		r.fake.Mention("T1", ada, "C1", words, "")
		if e := inbox.Next(t); e.Text != words {
			t.Errorf("read %q; want %q", e.Text, words)
		}
		chattest.Wait(t, "a new connection", r.fake.Changed, func() bool { return r.fake.Opens() > opens || r.poll() })
	}
}

// A connection that drops as soon as it is made must not make a storm.
func TestReconnectsAreSpaced(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	before := r.fake.Opens()
	start := r.clock.now()
	for range 10 {
		chattest.Wait(t, "a connection", r.fake.Changed, func() bool { return r.fake.Connections() > 0 || r.poll() })
		r.fake.Cut(true)
	}
	r.fake.Mention("T1", ada, "C1", "Well again?", "")
	inbox.Next(t)
	opens, passed := r.fake.Opens()-before, r.clock.now().Sub(start)
	if float64(opens) > passed.Seconds()+3 {
		t.Errorf("%d connections were opened in %v", opens, passed)
	}
}

// Half-open: the connection stays, and nothing comes over it any more.
func TestDeadConnectionIsNoticed(t *testing.T) {
	r, inbox := newPair(t, rigOptions{tune: func(a *Adapter) {
		for _, l := range a.links {
			l.ping, l.idle = 20*time.Millisecond, 60*time.Millisecond
		}
	}})
	// On a busy machine one may be between two connections as it is.
	chattest.Wait(t, "a connection to go dead", r.fake.Changed, func() bool { return r.fake.Mute() > 0 || r.poll() })
	chattest.Wait(t, "the dead to be dropped for new ones", r.fake.Changed, func() bool { return r.fake.Muted() == 0 && r.fake.Connections() >= socketSlots || r.poll() })
	r.fake.Mention("T1", ada, "C1", "Well again?", "")
	inbox.Next(t)
}

func TestFatalErrorsStopOneWorkspaceAlone(t *testing.T) {
	for _, code := range []string{"invalid_auth", "token_revoked", "account_inactive", "not_authed", "missing_scope"} {
		t.Run(code, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1"}, {ID: "T2", Revoked: code}}}.partly())
			chattest.Wait(t, "the first to be served and the other stopped", r.fake.Changed, func() bool {
				return strings.HasPrefix(r.adapter.Status().Detail, "1 of 2") && r.adapter.workspaces[1].stopped() != "" || r.poll()
			})
			calls := 0
			for _, c := range r.fake.Calls() {
				if c.Team == "T2" {
					calls++
				}
			}
			if calls != 1 {
				t.Errorf("refused for good, it asked %d times", calls)
			}
			r.fake.Mention("T1", ada, "C1", "Still there?", "")
			inbox.Next(t)
		})
	}
}

// partly is for rigs of which not all workspaces will connect.
func (o rigOptions) partly() rigOptions {
	o.notAll = true
	return o
}

func TestRunEndsWhenNothingIsLeftToServe(t *testing.T) {
	r, _ := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1", Revoked: "token_revoked"}}}.partly())
	<-r.stopped
	if r.err == nil || !strings.Contains(r.err.Error(), "revoked") || strings.Contains(r.err.Error(), "xoxb") {
		t.Errorf("Run returned %v", r.err)
	}
}

func TestSocketModeThatIsOffIsSaid(t *testing.T) {
	r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1", NoSocketMode: true}}}.partly())
	chattest.Wait(t, "the status to say so", r.fake.Changed, func() bool {
		return strings.Contains(r.adapter.Status().Detail, "Socket Mode is off") || r.poll()
	})
	r.fake.Change("T1", func(team *fakeslack.Team) { team.NoSocketMode = false })
	r.fake.Mention("T1", ada, "C1", "Now?", "")
	inbox.Next(t)
}

func TestOtherCopiesAreNoticed(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	r.fake.Frame(`{"type":"hello","num_connections":5}`)
	none(t, r, inbox, "a hello")
	if detail := r.adapter.Status().Detail; !strings.Contains(detail, "Slack counts 5 connections") {
		t.Errorf("the status says %q", detail)
	}
}

// A crash loop keeps the spacing, as the time of the last connection is kept.
func TestSpacingOutlivesTheProcess(t *testing.T) {
	memory := &memoryMap{values: map[string][]byte{}}
	r, _ := newPair(t, rigOptions{options: func(o *Options) { o.Memory = memory }})
	value, _ := memory.Recall(t.Context(), "slack/opened/t1")
	if len(value) == 0 {
		t.Fatal("the time of the last connection is not kept")
	}
	l := newLink(r.adapter)
	l.workspaces = r.adapter.workspaces
	l.recallLast(t.Context())
	if l.last.IsZero() {
		t.Error("it is not recalled")
	}
}

// TestRandomCuts cuts connections at random while questions come: each must be stored, and
// acknowledged. LIAISON_SLACK_CUTS says how often; a few are enough for every day.
func TestRandomCuts(t *testing.T) {
	cuts := 20
	if n, err := strconv.Atoi(os.Getenv("LIAISON_SLACK_CUTS")); err == nil {
		cuts = n
	}
	r, inbox := newPair(t, rigOptions{})
	random := rand.New(rand.NewPCG(1, 2))
	asked := map[string]bool{}
	for i := range cuts {
		words := "question " + strconv.Itoa(i)
		asked[words] = true
		said := r.fake.Mention("T1", ada, "C1", words, "")
		switch random.IntN(4) {
		case 0:
			r.fake.Cut(true)
		case 1:
			r.fake.Cut(false)
		case 2:
			r.fake.Refresh("refresh_requested")
		}
		if random.IntN(2) == 0 {
			r.fake.Again(said.Mention)
		}
	}
	chattest.Wait(t, "all questions", inbox.Changed, func() bool { return len(inbox.Events()) >= cuts })
	for _, e := range inbox.Events() {
		if e.Kind != chat.KindMessage || !asked[e.Text] {
			t.Errorf("stored twice, or never asked: %q", e.Text)
		}
		delete(asked, e.Text)
	}
	if len(asked) > 0 {
		t.Errorf("%d questions were lost", len(asked))
	}
	if acked := r.adapter.counted("panic"); acked > 0 {
		t.Errorf("%d panics", acked)
	}
}
