package slack

import (
	"context"

	"liaison/bot/chat"
)

// Judge implements chat.RoomJudge, from what is kept where that is enough. What made an event direct
// never changes: only the person and Liaison are in such a room.
func (a *Adapter) Judge(ctx context.Context, e chat.Event) (chat.Actor, chat.Room) {
	actor, room := chat.Actor{Account: e.Actor.Account}, e.Room
	w, err := a.metWorkspace(ctx, e.Workspace)
	if err != nil { // nobody can say
		room.Scope, room.Organisation = chat.ScopeUnknown, ""
		return actor, room
	}
	actor, _ = w.actor(ctx, userOf(e.Actor.Account), homeOf(e.Actor.Account))
	if e.Room.Scope == chat.ScopeStaff {
		room = w.room(ctx, e.Room.ID, "", false)
	}
	return actor, room
}

// metWorkspace is workspaceOf, but waits while a workspace that it may be has not been met: events that
// an earlier process left are answered as soon as this one starts.
func (a *Adapter) metWorkspace(ctx context.Context, id string) (*workspace, error) {
	w, err := a.workspaceOf(id)
	for _, other := range a.workspaces {
		if err == nil || ctx.Err() != nil {
			break
		}
		select {
		case <-other.met:
		case <-ctx.Done():
		}
		w, err = a.workspaceOf(id)
	}
	return w, err
}
