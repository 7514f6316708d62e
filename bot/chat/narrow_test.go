package chat_test

import (
	"context"
	"testing"

	"liaison/bot/chat"
)

// judge is an adapter of which only the judgement is looked at.
type judge struct {
	chat.Adapter
	actor chat.Actor
	room  chat.Room
}

func (j judge) Judge(context.Context, chat.Event) (chat.Actor, chat.Room) { return j.actor, j.room }

func TestAnEventIsNeverForMoreEyesThanItWas(t *testing.T) {
	type standing struct {
		chat.Standing
		org string
	}
	type scope struct {
		chat.Scope
		org string
	}
	member, guest, unknown := standing{chat.StandingMember, "gds"}, standing{chat.StandingStranger, ""}, standing{}
	bare := standing{chat.StandingMember, ""}
	staff, anyStaff, open, dark := scope{chat.ScopeStaff, "gds"}, scope{chat.ScopeStaff, ""}, scope{chat.ScopePublic, ""}, scope{}
	direct := scope{chat.ScopeDirect, ""}
	for _, c := range []struct {
		name               string
		who, whoNow, whoIs standing
		in, inNow, inIs    scope
		narrower           bool
	}{
		{"nothing changed", member, member, member, staff, staff, staff, false},
		{"a guest joined", member, member, member, staff, open, open, true},
		{"nobody knows who is in it", member, member, member, staff, dark, dark, true},
		{"another organisation joined", member, member, member, staff, anyStaff, anyStaff, true},
		{"the room became another organisation's", member, member, member, staff, scope{chat.ScopeStaff, "usds"}, anyStaff, true},
		{"the asker became a guest", member, guest, guest, direct, direct, direct, true},
		{"the asker cannot be looked up", member, unknown, unknown, staff, staff, staff, true},
		{"the asker belongs to no organisation now", member, bare, bare, staff, staff, staff, true},
		{"the guest left the room", member, member, member, open, staff, open, false},
		{"the room was looked up since", member, member, member, dark, staff, dark, false},
		{"the room gained an organisation", member, member, member, anyStaff, staff, anyStaff, false},
		{"the asker became a member", guest, member, guest, staff, staff, staff, false},
		{"the asker gained an organisation", bare, member, bare, staff, staff, staff, false},
		{"a room of staff is said to be direct", member, member, member, staff, direct, anyStaff, true},
		{"a direct room is said to be public", member, member, member, direct, open, direct, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := chat.Event{
				Actor: chat.Actor{Name: "Ada", Standing: c.who.Standing, Organisation: c.who.org},
				Room:  chat.Room{ID: "r", Thread: "t", Scope: c.in.Scope, Organisation: c.in.org},
			}
			now, narrower := chat.Narrow(t.Context(), judge{
				actor: chat.Actor{Standing: c.whoNow.Standing, Organisation: c.whoNow.org},
				room:  chat.Room{Scope: c.inNow.Scope, Organisation: c.inNow.org},
			}, e)
			if got := (standing{now.Actor.Standing, now.Actor.Organisation}); got != c.whoIs {
				t.Errorf("the actor is %+v; want %+v", got, c.whoIs)
			}
			if got := (scope{now.Room.Scope, now.Room.Organisation}); got != c.inIs {
				t.Errorf("the room is %+v; want %+v", got, c.inIs)
			}
			if narrower != c.narrower || now.Room.ID != "r" || now.Room.Thread != "t" || now.Actor.Name != "Ada" {
				t.Errorf("narrower %v, in %+v, by %+v", narrower, now.Room, now.Actor)
			}
		})
	}
}
