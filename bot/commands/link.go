package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"liaison/bot/chat"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

const (
	sayCode      = "Your code is %s. Say to me, from your other account and within 15 minutes: link %s. Then I know that both are you. Show the code to nobody."
	sayLinked    = "Done: this account and %s are both you now. I have said so there too."
	sayBadCode   = "That code does not work: it is wrong, or has run out. Say “link” in your other account to get a new one."
	saySameCode  = "That code was shown to this very account. Type it in your other one."
	sayLinkedToo = "Your account here was linked with %s: both are you now, for me. If that was not you, undo it at once."
	sayUnlinked  = "This account stands alone again. What I know of you stays with the other one."
	sayLinkHow   = "Say “link” to get a code, and type it in your other account: link ABCD-EFGH"
)

func linkCommand() command {
	return command{
		Command: chat.Command{
			Name:     "link",
			Summary:  "Shows that two accounts are yours: get a code in one and type it in the other",
			Argument: chat.Argument{Name: "code", Hint: "nothing to get a code; else the code from your other account"},
			Examples: []string{"link", "link ABCD-EFGH"},
			Private:  true,
		},
		run:   (*Handler).runLink,
		alone: true,
		leads: meantAsCode,
	}
}

// meantAsCode reports whether what follows "link" is a code, or one mistyped: a single word with a digit, a hyphen or in
// capitals. "Link text" is a subject.
func meantAsCode(rest string) bool {
	return profile.LooksLikeCode(rest) || few(1)(rest) && (strings.ContainsAny(rest, "0123456789-") || rest == strings.ToUpper(rest))
}

func (h *Handler) runLink(ctx context.Context, r request) (chat.Reply, error) {
	if r.text == "" {
		return h.showCode(ctx, r.event)
	}
	switch {
	case profile.LooksLikeCode(r.text):
	case meantAsCode(r.text):
		return say(sayBadCode), nil
	default:
		return say(sayLinkHow), nil
	}
	if _, err := h.me(ctx, r.event); err != nil { // there is somebody to link with
		return chat.Reply{}, err
	}
	account := r.event.Actor.Account.String()
	shown, err := h.People.Profiles.Link(ctx, account, r.text)
	switch {
	case errors.Is(err, profile.ErrCode):
		return say(sayBadCode), nil
	case errors.Is(err, profile.ErrSame):
		return say(saySameCode), nil
	case err != nil:
		return chat.Reply{}, err
	}
	me, err := h.me(ctx, r.event)
	if err != nil {
		return chat.Reply{}, err
	}
	other := "your other account"
	for _, a := range me.Accounts {
		if a.ID == shown {
			other = h.named(a)
		}
	}
	return say(fmt.Sprintf(sayLinked, other)), h.People.Store.Tell(ctx, outbox.Item{
		Key: tellLinked + "/" + eventKey(r.event), Lane: shown, Kind: tellLinked, Subject: account, Account: shown, Due: h.Now(),
	})
}

func (h *Handler) showCode(ctx context.Context, e chat.Event) (chat.Reply, error) {
	if _, err := h.me(ctx, e); err != nil {
		return chat.Reply{}, err
	}
	code, err := h.People.Profiles.Code(ctx, e.Actor.Account.String())
	return say(fmt.Sprintf(sayCode, code, code)), err
}

func linkAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "link", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return h.showCode(ctx, e)
		},
	}
}

func unlinkAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "unlink", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return say(sayUnlinked), h.People.Profiles.Store.Unlink(ctx, e.Actor.Account.String())
		},
	}
}

// tellLinked is the kind of the note that somebody's account was linked.
const tellLinked = "linked"

// linkedLetter tells an account that it was linked, while it still is.
func (h *Handler) linkedLetter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	p, err := h.People.Profiles.Store.ProfileOf(ctx, i.Account)
	if errors.Is(err, profile.ErrNotFound) || err == nil && !p.Has(i.Subject) {
		return outbox.Letter{}, nil
	}
	if err != nil {
		return outbox.Letter{}, err
	}
	name := ""
	for _, a := range p.Accounts {
		if a.ID == i.Subject {
			name = h.named(a)
		}
	}
	return outbox.Letter{Reply: chat.Reply{Blocks: []chat.Block{
		chat.Say(fmt.Sprintf(sayLinkedToo, name)),
		chat.Actions{Actions: []chat.Action{{ID: "unlink:", Label: "Undo the link", Style: chat.Danger}}},
	}}}, nil
}
