package commands

import (
	"context"
	"errors"
	"fmt"

	"liaison/bot/chat"
)

const (
	sayNotYours = "Only the person who asked can do that. Ask me yourself and you get your own answer."
	sayUnknown  = "I do not know that button any more; Liaison has changed since. Ask again and you get new ones."
)

// action is a chat.ActionSpec with what pressing does. row is what follows the verb.
type action struct {
	chat.ActionSpec
	run func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error)
}

func actionSpec(id string) (action, bool) {
	verb := chat.Verb(id)
	for _, a := range actionTable() {
		if a.Verb == verb {
			return a, true
		}
	}
	return action{}, false
}

// action does what a button, menu or form asks for. Who pressed is checked here, when it is pressed.
func (h *Handler) action(ctx context.Context, e chat.Event) (chat.Reply, error) {
	a, ok := actionSpec(e.Action)
	switch {
	case !ok:
		return say(sayUnknown), nil
	case a.Admin && !h.admin(e.Actor.Account):
		return say(fmt.Sprintf(sayAdmins, e.Actor.Account.Setting())), nil
	}
	if wait := h.limit(e); wait > 0 {
		return say(limitSentence(wait)), nil
	}
	return h.press(ctx, e)
}

// press does what a button does that exists, and may be pressed by whoever pressed it.
func (h *Handler) press(ctx context.Context, e chat.Event) (chat.Reply, error) {
	a, _ := actionSpec(e.Action)
	reply, err := a.run(h, ctx, e, chat.RowOf(e.Action))
	switch {
	case errors.Is(err, ErrNotFound):
		return aside(forDays(sayExpired)), nil
	case errors.Is(err, errNotYours):
		return aside(sayNotYours), nil
	}
	return reply, err
}

// aside says something to who pressed alone, whatever the button says of its answer.
func aside(sentence string) chat.Reply {
	reply := say(sentence)
	reply.Private = true
	return reply
}

var errNotYours = errors.New("the exchange is another person's")

// exchange returns the exchange under a button, if who pressed may act on it: it must have happened
// where they are, and what was private is theirs alone.
func (h *Handler) exchange(ctx context.Context, e chat.Event, id string) (Exchange, error) {
	x, err := h.Store.Exchange(ctx, id)
	switch {
	case err != nil:
		return Exchange{}, err
	case x.Platform != e.Platform || x.Workspace != e.Workspace:
		return Exchange{}, ErrNotFound
	case (x.Private || x.Room != e.Room.ID) && x.Account != e.Actor.Account.String():
		return Exchange{}, errNotYours // others may act on it where it was said to them, and nowhere else
	}
	return x, nil
}
