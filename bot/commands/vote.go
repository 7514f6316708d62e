package commands

import (
	"context"
	"errors"

	"liaison/bot/ask"
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

// helpfulCommand is the button's label typed out, which counts as the button does; without an answer to vote on it is thanks.
func helpfulCommand() command {
	return command{Command: chat.Command{Name: "helpful", Private: true}, run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
		x, ok, err := h.lastExchange(ctx, r)
		if err != nil || !ok || !votable(x) {
			return say(sayThanks), err
		}
		return yesAction().run(h, ctx, r.event, x.ID)
	}}
}

// notHelpfulCommand is the same for the other button; without an answer to vote on, it is about what was said.
func notHelpfulCommand() command {
	return command{Command: chat.Command{Name: "nothelpful", Private: true}, run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
		x, ok, err := h.lastExchange(ctx, r)
		switch {
		case err != nil || !ok:
			return say(sayNoAnswerYet), err
		case !votable(x):
			return tellWrong(h, r, x, ask.Answer{}), nil
		}
		return noAction().run(h, ctx, r.event, x.ID)
	}}
}

// votable reports whether an exchange brought an answer, and so the buttons to vote on it.
func votable(x Exchange) bool { return x.Command == "ask" && x.Answer != "" }

func (h *Handler) vote(ctx context.Context, e chat.Event, row string, helpful bool, why feedback.Reason) error {
	x, err := h.exchange(ctx, e, row)
	if err != nil {
		return err
	}
	return h.Feedback.Vote(ctx, feedback.Vote{
		Exchange: x.ID, Account: e.Actor.Account.String(), Helpful: helpful, Reason: why, Path: x.Path,
	})
}
