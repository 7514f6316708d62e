package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"liaison/bot/chat"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

// relayed carries a message to the other side when it belongs to an introduction: it stands in the
// thread that the introduction has with this person, or replies to something that came from it. It
// reports false for all other messages.
func (h *Handler) relayed(ctx context.Context, e chat.Event) (chat.Reply, bool, error) {
	told, err := h.toldOf(ctx, e)
	if err != nil || told.Subject == "" {
		return chat.Reply{}, false, err
	}
	if told.Kind == inquiry.TellAsked {
		return h.answeredInWords(ctx, e, told.Subject)
	}
	id := told.Subject
	source, account := sourceOf(e), e.Actor.Account.String()
	if e.Kind == chat.KindEdited {
		_, err = h.People.Intros.Edit(ctx, id, account, source, e.Text, e.At)
	} else {
		_, err = h.People.Intros.Say(ctx, id, account, source, e.Text, e.Files, e.At)
	}
	if err == nil {
		return chat.Reply{}, true, nil // the other reads it; here it stands already
	}
	reply, err := h.relayProblem(err)
	if e.Kind == chat.KindEdited {
		reply = chat.Reply{} // nobody waits for an answer to an edit
	}
	return reply, true, err
}

func (h *Handler) relayProblem(err error) (chat.Reply, error) {
	switch {
	case errors.Is(err, intro.ErrLong):
		return say(fmt.Sprintf(sayIntroText, intro.MaxText)), nil
	case errors.Is(err, intro.ErrEmpty):
		return say(sayIntroEmpty), nil
	case errors.Is(err, intro.ErrFast):
		return say(sayIntroFast), nil
	}
	return h.introProblem(err, profile.Account{})
}

// toldOf finds what a message goes on with of what its author was told: an introduction, or a question
// they were asked. Its Subject is "" for neither.
func (h *Handler) toldOf(ctx context.Context, e chat.Event) (outbox.Item, error) {
	if !e.Room.Direct || e.Kind == chat.KindCommand {
		return outbox.Item{}, nil
	}
	if e.Kind == chat.KindEdited {
		if id, err := h.People.Intros.Of(ctx, sourceOf(e)); err == nil || !errors.Is(err, intro.ErrNotFound) {
			return outbox.Item{Kind: intro.TellSaid, Subject: id}, err
		}
	}
	var near []string
	if e.Room.Thread != "" && e.Room.Thread != e.Message {
		near = append(near, e.Room.Thread)
	}
	if e.Quoted != nil {
		near = append(near, e.Quoted.Message)
	}
	for _, message := range near {
		item, err := h.itemOf(ctx, e, message)
		if errors.Is(err, outbox.ErrNotFound) {
			continue
		}
		if err != nil {
			return outbox.Item{}, err
		}
		switch item.Kind {
		case intro.TellConnected, intro.TellSaid, intro.TellEdited, intro.TellClosed, inquiry.TellAsked:
			return item, nil
		}
	}
	return outbox.Item{}, nil
}

// itemOf finds what a message of Liaison's was sent for. Somebody may reply to it before it is noted that
// it was sent; while something is being sent to them, that is waited for.
func (h *Handler) itemOf(ctx context.Context, e chat.Event, message string) (outbox.Item, error) {
	ref := chat.Ref{Platform: e.Platform, Workspace: e.Workspace, Room: e.Room.ID, Message: message}
	for try := 0; ; try++ {
		sending, err := h.People.Store.SendingTo(ctx, e.Actor.Account.String(), h.Now()) // before the look, so that nothing slips between
		if err != nil {
			return outbox.Item{}, err
		}
		item, err := h.People.Store.ItemByMessage(ctx, ref)
		if !errors.Is(err, outbox.ErrNotFound) || !sending || try >= noteTries {
			return item, err
		}
		timer := time.NewTimer(notePause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return outbox.Item{}, ctx.Err()
		case <-timer.C:
		}
	}
}

// How long it is waited for that something sent is noted.
const (
	notePause = 50 * time.Millisecond
	noteTries = 100
)

// sourceOf names the message of an event everywhere.
func sourceOf(e chat.Event) string {
	return strings.Join([]string{e.Platform, e.Workspace, e.Room.ID, e.Message}, "/")
}

// replyAction asks for words in a form, where a thread or a reply does not come to hand, and passes
// them on.
func replyAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "introreply", Private: true, Opens: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, id string) (chat.Reply, error) {
			account := e.Actor.Account.String()
			x, _, err := h.People.Intros.Introduction(ctx, id, account)
			if err == nil && (x.State != intro.Connected || x.Stopping != "") {
				err = intro.ErrOver
			}
			if err != nil {
				return h.relayProblem(err)
			}
			if e.Kind != chat.KindForm {
				return chat.Reply{Form: &chat.Form{Action: "introreply:" + id, Title: "Write to them", Submit: "Pass it on", Fields: []chat.Field{
					{ID: "text", Label: "Your words", Kind: chat.FieldLong, Required: true, Max: intro.MaxText},
				}}}, nil
			}
			if _, err := h.People.Intros.Say(ctx, id, account, "form/"+eventKey(e), e.Values["text"], nil, e.At); err != nil {
				return h.relayProblem(err)
			}
			return say(sayIntroSent), nil
		},
	}
}
