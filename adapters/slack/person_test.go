package slack

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	slackapi "github.com/slack-go/slack"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
)

// changed plays the news that somebody changed: fields are what it says of them.
func changed(t *testing.T, r *rig, user string, fields map[string]any) {
	t.Helper()
	said := map[string]any{"id": user, "team_id": "T1"}
	for field, value := range fields {
		said[field] = value
	}
	awaitAck(t, "user_change", r.fake.Event("T1", map[string]any{"type": "user_change", "user": said}))
}

func TestARoomIsJudgedAnewWhenSomebodyInItFalls(t *testing.T) {
	for _, fall := range []string{"is_restricted", "is_ultra_restricted", "is_stranger", "is_invited_user", "deleted"} {
		t.Run(fall, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{})
			if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopeStaff {
				t.Fatalf("scope %q", got)
			}
			changed(t, r, grace, nil) // a new status, say: what was known of her is out of date
			r.fake.AddPerson("T1", fakeslack.Person{ID: grace, Name: "Grace", Guest: true})
			changed(t, r, grace, map[string]any{fall: true})
			if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopePublic {
				t.Errorf("with a guest in it the scope is %q", got)
			}
		})
	}
}

// afterFirst does something once Slack has answered a call that fits, and before the adapter reads it.
type afterFirst struct {
	http.RoundTripper
	fits func(*http.Request) bool
	once sync.Once
	do   func()
}

func (a *afterFirst) RoundTrip(req *http.Request) (*http.Response, error) {
	fits := a.fits(req)
	resp, err := a.RoundTripper.RoundTrip(req)
	if fits {
		a.once.Do(a.do)
	}
	return resp, err
}

// What a lookup found is not kept when the person changed before it could be.
func TestWhatALookupFoundOfSomebodyWhoChangedIsNotKept(t *testing.T) {
	after := &afterFirst{fits: func(req *http.Request) bool {
		if !strings.HasSuffix(req.URL.Path, "/users.info") || req.GetBody == nil {
			return false
		}
		body, err := req.GetBody()
		if err != nil {
			return false
		}
		text := make([]byte, 1<<10)
		n, _ := body.Read(text)
		return strings.Contains(string(text[:n]), grace)
	}}
	r, inbox := newPair(t, rigOptions{options: func(o *Options) {
		after.RoundTripper = o.Transport
		o.Transport = after
	}})
	after.do = func() {
		r.fake.AddPerson("T1", fakeslack.Person{ID: grace, Name: "Grace", Guest: true})
		changed(t, r, grace, map[string]any{"is_restricted": true})
	}
	if got := askIn(t, r, inbox, "C1").Scope; got == chat.ScopeStaff {
		t.Error("the room was judged by what Grace was before")
	}
	if p, ok := r.adapter.workspaces[0].keptPerson(grace); ok && p.standing == chat.StandingMember {
		t.Error("Grace is kept as the member that she was")
	}
}

// While nothing was connected somebody may have become a guest, so people are looked up again too.
func TestPeopleAreForgottenAfterAGap(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	w := r.adapter.workspaces[0]
	if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopeStaff {
		t.Fatalf("scope %q", got)
	}
	w.readDirectory(t.Context(), "")
	r.fake.AddPerson("T1", fakeslack.Person{ID: grace, Name: "Grace", Guest: true})
	r.gap(t)
	r.fake.Say("T1", grace, grace, "Where is it?", "")
	if e := inbox.Next(t); e.Actor.Standing != chat.StandingStranger {
		t.Errorf("a guest of the gap is still %q", e.Actor.Standing)
	}
	if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopePublic {
		t.Errorf("with a guest of the gap in it the scope is %q", got)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.directory) > 0 {
		t.Error("the directory read before the gap still counts as read")
	}
}

// What is learnt while nothing is connected is not believed afterwards.
func TestWhatWasLearntInAGapIsForgotten(t *testing.T) {
	r, _ := newPair(t, rigOptions{})
	w, l := r.adapter.workspaces[0], r.adapter.links[0]
	l.missed()
	g := w.beginGlance() // of the gap, and ending after it
	w.person(t.Context(), ada)
	l.resumed()
	if _, ok := w.keptPerson(ada); ok {
		t.Error("a person of the gap is still kept")
	}
	if _, current := w.keepPerson(slackapi.User{ID: grace, TeamID: "T1"}, g); current {
		t.Error("what a lookup of the gap found counts")
	}
	w.person(t.Context(), ada)
	l.resumed()
	if _, ok := w.keptPerson(ada); !ok {
		t.Error("a second connection forgets though there was no gap before it")
	}
}

// Should the news of a change never come, a room is judged anew after a while all the same.
func TestARoomIsNotBelievedForEver(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopeStaff {
		t.Fatalf("scope %q", got)
	}
	r.fake.AddChannel("T1", fakeslack.Channel{ID: "C1", Name: "help", Members: []string{ada, guest, "UBOT1"}})
	r.clock.pass(roomKept + time.Second)
	if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopePublic {
		t.Errorf("the scope is still %q", got)
	}
}
