package commands

import (
	"context"
	"log/slog"

	"liaison/bot/chat"
	"liaison/index"
)

const sayFollowTitle = "Follow up"

// formAction takes the form that a command opens without its argument; sending one is as saying it.
func formAction(verb string, c command) action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: verb, Private: c.Private || c.Lookup},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			reply, err := c.run(h, ctx, h.request(e, e.Values["question"]))
			if err != nil {
				return chat.Reply{}, err
			}
			return h.tellKept(ctx, e, reply)
		},
	}
}

// followAction asks for a follow-up where messages that are not addressed to Liaison do not reach it:
// pressed, it opens a form; the form sent, it answers in the light of the exchange it stands under.
func followAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "follow", Opens: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			if e.Kind != chat.KindForm {
				return chat.Reply{Form: followForm(x)}, nil
			}
			r := h.request(e, e.Values["question"])
			turns, err := h.turnsBefore(ctx, x, r)
			if err != nil {
				return chat.Reply{}, err
			}
			if mayFeed(x, r.event.Actor.Account.String(), r.who) {
				turns = append(turns, index.Turn{ByUser: true, Text: x.Question}, index.Turn{Text: x.Answer})
			}
			return h.answer(ctx, r, turns)
		},
	}
}

func followForm(x Exchange) *chat.Form {
	return &chat.Form{Action: "follow:" + x.ID, Title: sayFollowTitle, Submit: "Ask", Fields: []chat.Field{
		{ID: "question", Label: "What else would you like to know?", Kind: chat.FieldLong, Required: true},
	}}
}

// open implements chat.Table.Open.
func (h *Handler) open(ctx context.Context, e chat.Event) chat.Reply {
	if c, ok := find(e.Command); ok && c.Opens != nil {
		return chat.Reply{Form: c.Opens}
	}
	if spec, ok := actionSpec(e.Action); ok && spec.Opens {
		e.Kind = chat.KindAction // whatever else it was: only a form can come of it here
		reply, err := h.action(ctx, e)
		if err == nil {
			return reply
		}
		h.Log.Error("a form could not be opened", slog.String("platform", e.Platform), slog.String("command", spec.Verb), slog.Any("error", err))
	}
	return h.Broken(e, "form")
}
