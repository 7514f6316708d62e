package commands

import (
	"context"
	"errors"
	"fmt"

	"liaison/bot/chat"
	"liaison/bot/profile"
	"liaison/bot/records"
)

const (
	sayForgot      = "Done. I have erased everything I held about you: %s."
	sayForgotLine  = "I have also erased %s that you typed here."
	sayNotErased   = "I have erased nothing yet."
	sayForgotNone  = "I hold nothing about you."
	sayForgotAdmin = "A note of what you did as an admin stays for a year, without your name."
	sayForgotNote  = "What you wrote here on the platform itself is not mine to delete. When you ask me something again, I start afresh."

	sayForgotCards = "What I had sent to others about you loses your name and your words, as far back as I know of it (%d days) and their platform lets me. Two things I cannot take back: what I answered people who asked who knows about something, whom I would ask, or to meet you, and what those who run Liaison were told of a report."

	// Where records are kept that are not one person's to destroy, people are told exactly that.
	saySealed     = "Done. All that I held about you has left everything I answer from, at once: %s."
	saySealedNote = "This Liaison keeps federal records, so a sealed copy waits for the records officer. Nobody can read it here; it is handed over once, and deleted here when it is."
)

func forgetCommand() command {
	return command{
		Command: chat.Command{
			Name:     "forget",
			Aliases:  []string{"forget me"},
			Summary:  "Erases everything Liaison holds about you, at once",
			Examples: []string{"forget me"},
			Private:  true,
		},
		run:   func(h *Handler, ctx context.Context, r request) (chat.Reply, error) { return h.forget(ctx, r.event) },
		alone: true,
		leads: func(rest string) bool { return plainWords(rest) == "me" },
	}
}

func forgetAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "forget", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return h.forget(ctx, e)
		},
	}
}

// forgetter is an adapter that keeps words of people itself, such as what was typed at the terminal.
type forgetter interface {
	// Forget erases what is held about a person and returns how many lines that were.
	Forget(ctx context.Context, who chat.Account) (int, error)
}

// forget ends what the person has under way with others, so that those are told and what was passed on
// is taken back, and then erases everything.
func (h *Handler) forget(ctx context.Context, e chat.Event) (chat.Reply, error) {
	account := e.Actor.Account.String()
	if err := h.People.Store.SealAccount(ctx, account, eventKey(e)); err != nil {
		return chat.Reply{}, err // before words that were passed on are taken back
	}
	p, err := h.People.Profiles.Store.ProfileOf(ctx, account)
	if err == nil {
		err = errors.Join(h.People.Intros.Leave(ctx, p.Person, account), h.People.Inquiries.Leave(ctx, p.Person, account))
	}
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return chat.Reply{}, err
	}
	f, err := h.Store.ForgetAccount(ctx, account, eventKey(e))
	if err != nil {
		return chat.Reply{}, err
	}
	lines := 0
	if keeper, ok := h.Adapters[e.Platform].(forgetter); ok {
		if lines, err = keeper.Forget(ctx, e.Actor.Account); err != nil {
			return chat.Reply{}, err
		}
	}
	sentences := h.forgotWords(f, lines)
	if len(sentences) == 0 {
		return say(sayForgotNone), nil
	}
	return say(append(sentences, sayForgotNote)...), nil
}

// removed forgets everybody of a workspace that Liaison was removed from, as if they had asked for it. What
// others have of them, elsewhere, is rewritten first; where that fails the workspace is forgotten all the same.
func (h *Handler) removed(ctx context.Context, e chat.Event) error {
	accounts, err := h.People.Store.OnlyIn(ctx, e.Platform, e.Workspace)
	failed := []error{err}
	for _, account := range accounts {
		failed = append(failed, h.fade(ctx, account, eventKey(e)))
	}
	return errors.Join(append(failed, h.Store.ForgetWorkspace(ctx, e.Platform, e.Workspace, eventKey(e)))...)
}

// fade takes the name and words of somebody out of what others have of them.
func (h *Handler) fade(ctx context.Context, account, event string) error {
	if err := h.People.Store.SealAccount(ctx, account, event); err != nil {
		return err // before words that were passed on are taken back
	}
	p, err := h.People.Profiles.Store.ProfileOf(ctx, account)
	if err != nil {
		return err
	}
	return errors.Join(h.People.Intros.Fade(ctx, p.Person), h.People.Inquiries.Fade(ctx, p.Person))
}

// forgotWords says what was erased, and what became of it; nothing when there was nothing.
func (h *Handler) forgotWords(f Forgotten, lines int) (sentences []string) {
	all := sayForgot
	if h.Records.Seals() {
		all = saySealed
	}
	if things := forgotThings(f); len(things) > 0 {
		sentences = append(sentences, fmt.Sprintf(all, listed(things, "and")))
	}
	if lines > 0 {
		sentences = append(sentences, fmt.Sprintf(sayForgotLine, count(int64(lines), "line", "lines")))
	}
	if f.Actions > 0 {
		sentences = append(sentences, sayForgotAdmin)
	}
	if f.Accounts > 0 {
		sentences = append(sentences, fmt.Sprintf(sayForgotCards, records.Days(records.Sent)))
	}
	if f.Sealed {
		sentences = append(sentences, saySealedNote)
	}
	return sentences
}

// forgotThings counts what was erased.
func forgotThings(f Forgotten) (things []string) {
	for _, kind := range []struct {
		n         int64
		one, many string
	}{
		{f.Exchanges, "question with its answer", "questions with their answers"}, {f.Votes, "vote", "votes"},
		{min(f.Accounts, 1), "profile", ""}, {max(f.Accounts-1, 0), "account linked with it", "accounts linked with it"},
		{f.Introductions, "part in an introduction", "parts in introductions"}, {f.Inquiries, "part in a question to people", "parts in questions to people"},
	} {
		if kind.n > 0 {
			things = append(things, count(kind.n, kind.one, kind.many))
		}
	}
	return things
}

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
