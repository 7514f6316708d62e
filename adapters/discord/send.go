package discord

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// Every message to a channel carries a nonce that Discord holds it to: the same nonce again makes no
// second message but returns the first. So a send whose reply was lost is simply tried again.

// Respond implements chat.Adapter. The Ref of an answer that took several messages names them all.
func (a *Adapter) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	defer a.flying.start()()
	messages := a.render(e, r)
	if len(messages) == 0 {
		return chat.Ref{}, refused("the reply says nothing")
	}
	private := (r.Private || e.Private || len(r.Problems) > 0) && !e.Room.Direct
	if h, ok := a.handleOf(e); ok {
		private := private || isFailure(r) && !e.Room.Direct // others need not see what went wrong
		ref, err := a.respondInteraction(ctx, e, h, messages, private, r.Replaces)
		if !tokenGone(err) {
			return a.sent(e, ref), sendError(err)
		}
	}
	ref, err := a.respondMessage(ctx, e, messages, private)
	return a.sent(e, ref), sendError(err)
}

func (a *Adapter) render(e chat.Event, r chat.Reply) []message {
	a.rememberConfirms(r)
	switch {
	case len(r.Problems) > 0:
		return a.renderProblems(e, r)
	case a.isPost(e) && e.Kind == chat.KindMessage:
		return renderCard(r)
	}
	return renderMessages(r)
}

// sent notes what a later edit must know.
func (a *Adapter) sent(e chat.Event, ref chat.Ref) chat.Ref {
	if ref != (chat.Ref{}) && a.isPost(e) && e.Kind == chat.KindMessage {
		a.cards.set(messageIDs(ref)[0], true)
	}
	return ref
}

func isFailure(r chat.Reply) bool {
	return len(r.Blocks) > 0 && !slices.ContainsFunc(r.Blocks, func(b chat.Block) bool {
		n, ok := b.(chat.Notice)
		return !ok || n.Kind != chat.Failure
	})
}

// tokenGone reports an error that says an interaction can no longer be answered by its token.
func tokenGone(err error) bool {
	switch codeOf(err) {
	case discordgo.ErrCodeUnknownInteraction, discordgo.ErrCodeUnknownWebhook, errInvalidWebhookToken:
		return true
	}
	return false
}

const errInvalidWebhookToken = 50027 // topics/opcodes-and-status-codes; discordgo does not name it

// respondInteraction answers by an interaction's token. What was promised by the first answer is
// edited, which may be repeated; what is more follows it.
func (a *Adapter) respondInteraction(ctx context.Context, e chat.Event, h handle, messages []message, private, replaces bool) (chat.Ref, error) {
	if err := a.acknowledged(ctx, h); err != nil {
		return chat.Ref{}, err
	}
	original := fmt.Sprintf("webhooks/%s/%s/messages/@original", h.App, h.Token)
	var ids []string
	switch {
	case h.Updates && (!replaces || private && !h.Private):
	case private && !h.Private:
		// The first answer was for all, which cannot be changed; it is taken away.
		err := a.rest.do(ctx, request{method: "DELETE", path: original, until: h.until(), again: true})
		if err != nil && statusOf(err) != http.StatusNotFound {
			return chat.Ref{}, err
		}
	default:
		private = private || h.Private
		var m wireMessage
		err := a.rest.do(ctx, request{method: "PATCH", path: original, body: newBody(messages[0]), out: &m, until: h.until(), again: true})
		switch {
		case err == nil:
			ids, messages = append(ids, m.ID), messages[1:]
			a.noteSent(m.ID, h)
		case codeOf(err) != discordgo.ErrCodeUnknownMessage: // somebody may have deleted it
			return chat.Ref{}, err
		}
	}
	more, err := a.followUp(ctx, h, messages, private)
	return chat.Ref{Platform: platform, Workspace: e.Workspace, Room: channelOf(e.Room), Message: joinIDs(append(ids, more...)), Private: private}, err
}

func channelOf(r chat.Room) string {
	if r.Thread != "" {
		return r.Thread
	}
	return r.ID
}

// followUp sends messages by an interaction's token. They carry no nonce, so a lost reply stays unknown.
func (a *Adapter) followUp(ctx context.Context, h handle, messages []message, private bool) (ids []string, err error) {
	for _, m := range messages {
		b := newBody(m)
		if private {
			b.Flags |= ephemeral
		}
		var made wireMessage
		if err := a.rest.do(ctx, request{method: "POST", path: fmt.Sprintf("webhooks/%s/%s?wait=true", h.App, h.Token), body: b, out: &made, until: h.until()}); err != nil {
			return ids, err
		}
		ids = append(ids, made.ID)
		a.noteSent(made.ID, h)
	}
	return ids, nil
}

func (a *Adapter) noteSent(id string, h handle) {
	a.own.set(id, true)
	a.tokens.messages.set(id, h)
}

// respondMessage answers in the channel, as a reply to the message that asked; privately by a direct
// message. Where Liaison may not write, the person is answered directly.
func (a *Adapter) respondMessage(ctx context.Context, e chat.Event, messages []message, private bool) (chat.Ref, error) {
	answers, _ := a.answers.get(e.ID)
	p := post{workspace: e.Workspace, channel: channelOf(e.Room), key: fmt.Sprintf("answer/%s/%d", e.ID, answers)}
	if e.Kind == chat.KindMessage {
		p.answers = e.Message
	}
	var ref chat.Ref
	var err error
	if !private {
		ref, err = a.post(ctx, p, messages)
	}
	if private || mayNot(err) {
		ref, err = a.toPerson(ctx, e.Actor.Account.User, p.key, messages)
	}
	if err == nil {
		a.answers.update(e.ID, func(n int) int { return n + 1 })
	}
	return ref, err
}

func mayNot(err error) bool {
	code := codeOf(err)
	return code == discordgo.ErrCodeMissingAccess || code == discordgo.ErrCodeMissingPermissions
}

// Send implements chat.Adapter.
func (a *Adapter) Send(ctx context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	defer a.flying.start()()
	a.rememberConfirms(r)
	messages := renderMessages(r)
	if len(messages) == 0 {
		return chat.Ref{}, refused("the reply says nothing")
	}
	key := "send/" + to.Key
	if to.Key == "" {
		key = rand.Text() // so that a lost reply can be tried again all the same
	}
	if to.Account.User != "" {
		ref, err := a.toPerson(ctx, to.Account.User, key, messages)
		return ref, sendError(err)
	}
	if r.Private {
		return chat.Ref{}, refused("a private message needs a person to go to")
	}
	channel := to.Room
	if to.Thread != "" {
		channel = to.Thread
	}
	ref, err := a.post(ctx, post{workspace: to.Workspace, channel: channel, key: key}, messages)
	return ref, sendError(err)
}

// toPerson writes to a person directly; where they do not take that, by their latest interaction, if
// it can still be answered.
func (a *Adapter) toPerson(ctx context.Context, user, key string, messages []message) (chat.Ref, error) {
	channel, err := a.direct(ctx, user)
	if err == nil {
		var ref chat.Ref
		if ref, err = a.post(ctx, post{channel: channel, key: key}, messages); err == nil {
			ref.Private = true
			return ref, nil
		}
	}
	if status := statusOf(err); status != http.StatusForbidden && status != http.StatusBadRequest && status != http.StatusNotFound {
		return chat.Ref{}, err
	}
	h, ok := a.tokens.ofPerson(user)
	if !ok || a.acknowledged(ctx, h) != nil {
		return chat.Ref{}, refused("this person takes no direct messages from Liaison")
	}
	ids, err := a.followUp(ctx, h, messages, true)
	if err != nil {
		return chat.Ref{}, err
	}
	return chat.Ref{Platform: platform, Room: channel, Message: joinIDs(ids), Private: true}, nil
}

// post is where messages of one send go.
type post struct {
	workspace, channel string
	key                string // names the send
	answers            string // the message it replies to; "" for none
}

// post makes messages in a channel, one after the other with none of another send in between.
func (a *Adapter) post(ctx context.Context, p post, messages []message) (chat.Ref, error) {
	unlock := a.sending.lock(ctx, p.channel)
	if unlock == nil {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendFailed, Err: errors.New("stopped while other messages went out")}
	}
	defer unlock()
	ref := chat.Ref{Platform: platform, Workspace: p.workspace, Room: p.channel}
	var ids []string
	for n, m := range messages {
		nonce := nonceOf(p.key, n)
		if made, ok := a.nonces.get(nonce); ok && made.Room == p.channel {
			ids = append(ids, made.Message) // it went out when this send was tried before
			continue
		}
		b := newBody(m)
		b.Nonce, b.EnforceNonce = nonce, true
		if p.answers != "" && n == 0 {
			b.Reference = &reference{MessageID: p.answers}
		}
		var made wireMessage
		if err := a.create(ctx, p.channel, b, &made); err != nil {
			return chat.Ref{}, err
		}
		if strings.TrimSpace(made.Content) != strings.TrimSpace(m.content) && made.Content != "" {
			// The message of an earlier process, that said something else.
			if err := a.patch(ctx, request{path: "channels/" + p.channel + "/messages/" + made.ID, again: true}, p.channel, m); err != nil {
				return chat.Ref{}, err
			}
		}
		ids = append(ids, made.ID)
		a.own.set(made.ID, true)
		ref.Message = made.ID
		a.nonces.set(nonce, ref)
	}
	ref.Message = joinIDs(ids)
	return ref, nil
}

// create makes a message; in a thread that was archived it first opens the thread again.
func (a *Adapter) create(ctx context.Context, channel string, b body, out *wireMessage) error {
	r := request{method: "POST", path: "channels/" + channel + "/messages", body: b, out: out, again: true}
	return a.opened(ctx, channel, r)
}

// patch changes what a message says.
func (a *Adapter) patch(ctx context.Context, aimed request, channel string, m message) error {
	aimed.method, aimed.body = "PATCH", newBody(m)
	return a.opened(ctx, channel, aimed)
}

const errThreadArchived = 50083 // topics/opcodes-and-status-codes; discordgo does not name it

func (a *Adapter) opened(ctx context.Context, channel string, r request) error {
	err := a.rest.do(ctx, r)
	if codeOf(err) != errThreadArchived {
		return err
	}
	if a.rest.do(ctx, request{method: "PATCH", path: "channels/" + channel, body: map[string]any{"archived": false}, again: true}) != nil {
		return err
	}
	return a.rest.do(ctx, r)
}
