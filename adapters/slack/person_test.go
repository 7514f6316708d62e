package slack

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

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
