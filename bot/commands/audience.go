package commands

import (
	"liaison/bot/access"
	"liaison/bot/chat"
)

// audience returns who will read the answer to an event: what the person may see within what the
// room may see, or the person alone when the answer is private.
//
// SECURITY: this is the only place where an event becomes an audience. Whatever is not known for
// certain is public.
func audience(e chat.Event, private bool) access.Audience {
	person := personAudience(e.Actor)
	if private {
		return person
	}
	return person.Within(roomAudience(e.Room, person))
}

func personAudience(a chat.Actor) access.Audience {
	if a.Standing != chat.StandingMember {
		return access.Audience{}
	}
	return staffOf(a.Organisation)
}

func roomAudience(r chat.Room, person access.Audience) access.Audience {
	switch r.Scope {
	case chat.ScopeDirect:
		return person
	case chat.ScopeStaff:
		return staffOf(r.Organisation)
	case chat.ScopePublic, chat.ScopeUnknown:
	}
	return access.Audience{}
}

func staffOf(organisation string) access.Audience {
	if organisation == "" {
		return access.StaffOf()
	}
	return access.StaffOf(organisation)
}

// home returns the organisation an answer is relative to.
func home(e chat.Event) string {
	if e.Actor.Standing != chat.StandingMember {
		return ""
	}
	return e.Actor.Organisation
}

// shared reports whether others than the actor can read the room.
func shared(e chat.Event) bool { return e.Room.Scope != chat.ScopeDirect && !e.Room.Direct }
