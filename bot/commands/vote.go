package commands

import (
	"context"
	"errors"

	"liaison/bot/chat"
	"liaison/bot/feedback"
)

const (
	sayHelped    = "Thank you. I have noted that this helped."
	sayWhy       = "Sorry about that. What was wrong with it?"
	sayNotedWhy  = "Thank you. The people who look after the knowledge see this, without your name."
	sayWrongNext = "Ask again in other words, or ask one of the places named under the answer."
	sayPickOne   = "Please choose one of the reasons."
)

func yesAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "yes", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			return say(sayHelped), h.vote(ctx, e, row, true, "")
		},
	}
}

func noAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "no", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			choice := chat.Choice{Action: "why:" + row, Prompt: sayWhy}
			for _, r := range feedback.Reasons {
				choice.Options = append(choice.Options, chat.Option{Value: string(r.Reason), Label: r.Words})
			}
			return chat.Reply{Blocks: []chat.Block{choice}}, h.vote(ctx, e, row, false, "")
		},
	}
}

func whyAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "why", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			err := h.vote(ctx, e, row, false, feedback.Reason(e.Values["choice"]))
			if errors.Is(err, feedback.ErrReason) {
				return say(sayPickOne), nil
			}
			reply := say(sayNotedWhy, sayWrongNext)
			if x, unknown := h.Store.Exchange(ctx, row); unknown == nil && x.Account == e.Actor.Account.String() && h.asksPeople() {
				reply.Blocks = append(reply.Blocks, chat.Actions{Actions: []chat.Action{personButton(x.ID)}})
			}
			reply.Replaces = true
			return reply, err
		},
	}
}

func (h *Handler) vote(ctx context.Context, e chat.Event, row string, helpful bool, why feedback.Reason) error {
	x, err := h.exchange(ctx, e, row)
	if err != nil {
		return err
	}
	return h.Feedback.Vote(ctx, feedback.Vote{
		Exchange: x.ID, Account: e.Actor.Account.String(), Helpful: helpful, Reason: why, Path: x.Path,
	})
}
