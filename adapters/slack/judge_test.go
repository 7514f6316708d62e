package slack

import (
	"testing"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
)

// An event that waited is judged by who reads its room, and who asked, as things stand now.
func TestAnEventThatWaitedIsJudgedAnew(t *testing.T) {
	for _, c := range []struct {
		name     string
		channel  string
		meantime func(t *testing.T, r *rig)
		standing chat.Standing
		scope    chat.Scope
		narrower bool
	}{
		{"nothing happened", "C1", func(*testing.T, *rig) {}, chat.StandingMember, chat.ScopeStaff, false},
		{"a guest joined", "C1", func(t *testing.T, r *rig) { awaitAck(t, "join", r.fake.Join("T1", "C1", guest)) },
			chat.StandingMember, chat.ScopePublic, true},
		{"the asker became a guest", "C1", func(t *testing.T, r *rig) {
			r.fake.AddPerson("T1", fakeslack.Person{ID: ada, Name: "Ada", Guest: true})
			changed(t, r, ada, map[string]any{"is_restricted": true})
		}, chat.StandingStranger, chat.ScopePublic, true},
		{"the guest left", "CGUESTS", func(t *testing.T, r *rig) { awaitAck(t, "leave", r.fake.Leave("T1", "CGUESTS", guest)) },
			chat.StandingMember, chat.ScopePublic, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{})
			askIn(t, r, inbox, c.channel)
			e := inbox.Events()[len(inbox.Events())-1]
			c.meantime(t, r)
			now, narrower := chat.Narrow(t.Context(), r.adapter, e)
			if now.Actor.Standing != c.standing || now.Room.Scope != c.scope || narrower != c.narrower {
				t.Errorf("asked by a %q in a room that is %q, narrower %v; want %q, %q, %v",
					now.Actor.Standing, now.Room.Scope, narrower, c.standing, c.scope, c.narrower)
			}
		})
	}
}

// Asked directly, only the person's standing can change.
func TestADirectEventIsJudgedByThePersonAlone(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	r.fake.Say("T1", ada, ada, "Where is it?", "")
	e := inbox.Next(t)
	if _, narrower := chat.Narrow(t.Context(), r.adapter, e); narrower {
		t.Error("nothing changed, and the answer is for fewer eyes")
	}
	r.fake.AddPerson("T1", fakeslack.Person{ID: ada, Name: "Ada", Guest: true})
	changed(t, r, ada, map[string]any{"is_restricted": true})
	now, narrower := chat.Narrow(t.Context(), r.adapter, e)
	if !narrower || now.Actor.Standing != chat.StandingStranger || now.Room.Scope != chat.ScopeDirect {
		t.Errorf("the asker is a %q in a room that is %q", now.Actor.Standing, now.Room.Scope)
	}
}

// An event that an earlier process left may be judged before Slack has said who Liaison is.
func TestAnEventIsJudgedOnceItsWorkspaceIsMet(t *testing.T) {
	var release func()
	r, _ := newPair(t, rigOptions{prepare: func(f *fakeslack.Server) { _, release = f.Hold("auth.test") }}.partly())
	e := chat.Event{Platform: platform, Workspace: "T1",
		Actor: chat.Actor{Account: chat.Account{Platform: platform, Workspace: "T1", User: ada}, Standing: chat.StandingMember, Organisation: "org-t1"},
		Room:  chat.Room{ID: "C1", Scope: chat.ScopeStaff, Organisation: "org-t1"}}
	judged := make(chan bool)
	go func() {
		_, narrower := chat.Narrow(t.Context(), r.adapter, e)
		judged <- narrower
	}()
	release()
	if <-judged {
		t.Error("the event is for fewer eyes, though nothing changed")
	}
}

// Of a workspace that is not served any more nothing is known.
func TestAnEventOfNoWorkspaceIsForThePublic(t *testing.T) {
	r, _ := newPair(t, rigOptions{})
	e := chat.Event{Workspace: "T9", Actor: chat.Actor{Standing: chat.StandingMember}, Room: chat.Room{ID: "C1", Scope: chat.ScopeStaff}}
	if now, _ := chat.Narrow(t.Context(), r.adapter, e); now.Actor.Standing != chat.StandingUnknown || now.Room.Scope != chat.ScopeUnknown {
		t.Errorf("asked by a %q in a room that is %q", now.Actor.Standing, now.Room.Scope)
	}
}
