package discord

import (
	"context"
	"errors"

	"liaison/bot/chat"
)

// noteOwn remembers a message of Liaison's that Discord tells of: so one whose send got no reply is known.
func (a *Adapter) noteOwn(m wireMessage) {
	me, _ := a.world.self()
	if m.Author == nil || me == "" || m.Author.ID != me {
		return
	}
	a.own.set(m.ID, true)
	if nonce, ok := m.Nonce.(string); ok && nonce != "" {
		a.nonces.set(nonce, chat.Ref{Platform: platform, Workspace: m.GuildID, Room: m.ChannelID, Message: m.ID})
	}
}

// Find implements chat.Finder: by the nonces that Discord told of, else among the latest messages, by
// what they answer. It is sure that nothing arrived when no message of Liaison's is left unexplained.
func (a *Adapter) Find(ctx context.Context, to chat.To) (chat.Ref, error) {
	defer a.flying.start()()
	channel := to.Room
	switch {
	case to.Account.User != "":
		var err error
		if channel, err = a.direct(ctx, to.Account.User); err != nil {
			return chat.Ref{}, sendError(err)
		}
	case to.Thread != "":
		channel = to.Thread
	}
	if ref := a.byNonce(to.Key, channel); ref != (chat.Ref{}) {
		return ref, nil
	}
	me, err := a.whoAmI(ctx)
	if err != nil {
		return chat.Ref{}, sendError(err)
	}
	after := idAt(a.now().Add(-tokenLives))
	if !timeOf(to.Key).IsZero() {
		after = to.Key // the key of an answer is the id of its event
	}
	list, err := a.messagesAfter(ctx, channel, after)
	if err != nil {
		return chat.Ref{}, sendError(err)
	}
	return a.among(list, me, to, channel)
}

// whoAmI returns the bot's own id. What a process left before it was killed is looked up as soon as the next
// one starts, when Discord's line may not have said yet who this is.
func (a *Adapter) whoAmI(ctx context.Context) (string, error) {
	if me, _ := a.world.self(); me != "" {
		return me, nil
	}
	var me wireUser
	err := a.rest.do(ctx, request{method: "GET", path: "users/@me", out: &me, again: true})
	return me.ID, err
}

// byNonce returns the messages of a send or answer of this process, as far as they are known.
func (a *Adapter) byNonce(key, channel string) chat.Ref {
	for _, prefix := range []string{"send/" + key, "answer/" + key + "/0"} {
		var ids []string
		var ref chat.Ref
		for n := 0; ; n++ {
			made, ok := a.nonces.get(nonceOf(prefix, n))
			if !ok || made.Room != channel {
				break
			}
			ids, ref = append(ids, made.Message), made
		}
		if len(ids) > 0 {
			ref.Message = joinIDs(ids)
			return ref
		}
	}
	return chat.Ref{}
}

var errUnexplained = errors.New("a message of Liaison's is there, and Discord does not say which send made it")

// among looks for the answer to an event among messages, oldest first.
func (a *Adapter) among(list []wireMessage, me string, to chat.To, channel string) (chat.Ref, error) {
	var ids []string
	unexplained, following := false, false
	for _, m := range list {
		own := m.Author != nil && m.Author.ID == me
		switch {
		case !own:
			following = false
		case m.Interaction != nil && m.Interaction.ID == to.Key && m.Flags&loading == 0,
			m.Reference != nil && m.Reference.MessageID == to.Key:
			ids, following = append(ids, m.ID), true
		case m.Interaction == nil && m.Reference == nil && following:
			ids = append(ids, m.ID) // the rest of a long answer
		case m.Interaction == nil && m.Reference == nil:
			if _, known := a.own.get(m.ID); !known {
				unexplained = true
			}
		}
	}
	switch {
	case len(ids) > 0:
		return chat.Ref{Platform: platform, Workspace: to.Workspace, Room: channel, Message: joinIDs(ids)}, nil
	case unexplained && timeOf(to.Key).IsZero():
		return chat.Ref{}, &chat.SendError{Kind: chat.SendUnknown, Err: errUnexplained}
	}
	return chat.Ref{}, nil
}
