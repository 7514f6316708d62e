package discord

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// Edit implements chat.Editor. A reply that takes more messages than before makes new ones; of fewer
// the rest is deleted.
func (a *Adapter) Edit(ctx context.Context, ref chat.Ref, r chat.Reply) error {
	defer a.flying.start()()
	a.rememberConfirms(r)
	first := messageIDs(ref)[0]
	messages := renderMessages(r)
	if card, _ := a.cards.get(first); card {
		messages = renderCard(r)
	}
	if len(messages) == 0 || first == "" {
		return refused("there is nothing to edit")
	}
	if now, ok := a.parts.get(first); ok {
		ref.Message = now
	}
	ids := messageIDs(ref)
	shared := min(len(ids), len(messages))
	for n := range shared {
		if err := a.patch(ctx, a.aimedAt(ref.Room, ids[n]), ref.Room, messages[n]); err != nil {
			return sendError(err)
		}
	}
	for _, id := range ids[shared:] {
		if err := a.remove(ctx, ref.Room, id); err != nil {
			return sendError(err)
		}
	}
	more, err := a.continueWith(ctx, ref, first, messages[shared:])
	a.parts.set(first, joinIDs(append(ids[:shared:shared], more...)))
	return sendError(err)
}

// continueWith sends what an edited answer has more messages than it had.
func (a *Adapter) continueWith(ctx context.Context, ref chat.Ref, first string, messages []message) ([]string, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	if h, ok := a.tokens.ofMessage(first); ok {
		return a.followUp(ctx, h, messages, ref.Private)
	}
	made, err := a.post(ctx, post{workspace: ref.Workspace, channel: ref.Room, key: "edit/" + rand.Text()}, messages)
	if err != nil {
		return nil, err
	}
	return messageIDs(made), nil
}

// aimedAt begins a request about a message: by the interaction that made it, as long as that can be.
func (a *Adapter) aimedAt(channel, id string) request {
	if h, ok := a.tokens.ofMessage(id); ok {
		return request{path: fmt.Sprintf("webhooks/%s/%s/messages/%s", h.App, h.Token, id), until: h.until(), again: true}
	}
	return request{path: "channels/" + channel + "/messages/" + id, again: true}
}

// Delete implements chat.Editor. What is gone already counts as deleted.
func (a *Adapter) Delete(ctx context.Context, ref chat.Ref) error {
	defer a.flying.start()()
	if now, ok := a.parts.get(messageIDs(ref)[0]); ok {
		ref.Message = now
	}
	for _, id := range messageIDs(ref) {
		if err := a.remove(ctx, ref.Room, id); err != nil {
			return sendError(err)
		}
	}
	return nil
}

func (a *Adapter) remove(ctx context.Context, channel, id string) error {
	r := a.aimedAt(channel, id)
	r.method = "DELETE"
	err := a.rest.do(ctx, r)
	if codeOf(err) == discordgo.ErrCodeUnknownMessage {
		return nil
	}
	return err
}
