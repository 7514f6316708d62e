package chat

import "context"

// Narrow returns an event as its adapter judges it now, and whether that is for fewer eyes than the
// event was. An adapter that is no RoomJudge leaves it as it is.
//
// SECURITY: the result is never for more eyes than what the event carried. Who asked before they became
// a member, or before the room was closed to others, is answered as they were.
func Narrow(ctx context.Context, a Adapter, e Event) (now Event, narrower bool) {
	judge, ok := a.(RoomJudge)
	if !ok || e.Actor.Standing != StandingMember && e.Room.Scope != ScopeStaff {
		return e, false // nobody sees less than the public
	}
	actor, room := judge.Judge(ctx, e)
	now = e
	now.Actor, now.Room = narrowActor(e.Actor, actor), narrowRoom(e.Room, room)
	return now, now.Actor != e.Actor || now.Room != e.Room
}

func narrowActor(before, now Actor) Actor {
	if before.Standing != StandingMember {
		return before
	}
	if now.Standing != StandingMember {
		before.Standing, before.Organisation = now.Standing, ""
	}
	if now.Organisation != before.Organisation {
		before.Organisation = ""
	}
	return before
}

func narrowRoom(before, now Room) Room {
	if before.Scope != ScopeStaff {
		return before
	}
	if now.Scope == ScopePublic || now.Scope == ScopeUnknown {
		before.Scope, before.Organisation = now.Scope, ""
	}
	if now.Organisation != before.Organisation {
		before.Organisation = ""
	}
	return before
}
