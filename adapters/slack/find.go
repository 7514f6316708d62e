package slack

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"liaison/bot/chat"
)

// foundMessage is a message of a channel with its metadata, which the API alone shows.
type foundMessage struct {
	wireMessage
	Metadata struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	} `json:"metadata"`
}

const findPages = 5

// Find implements chat.Finder. A reply of several messages of which only some arrived is taken back,
// so that it can be sent again whole. The error is a *chat.SendError when Slack could not say.
func (a *Adapter) Find(ctx context.Context, to chat.To) (chat.Ref, error) {
	a.work.enter()
	defer a.work.end()
	w, channel, err := a.whereTo(to)
	if err != nil {
		return chat.Ref{}, err
	}
	if to.Key == "" {
		return chat.Ref{}, refuse("a message sent without a key cannot be found")
	}
	thread := to.Thread
	if channel[0] == 'U' || channel[0] == 'W' {
		if channel, err = w.open(ctx, []string{channel}); err != nil {
			return chat.Ref{}, err
		}
	}
	parts, of, err := w.find(ctx, channel, thread, to.Key)
	switch {
	case err != nil:
		return chat.Ref{}, sendError("conversations.history", err)
	case len(parts) == 0 && to.Private && !isDirect(channel):
		return chat.Ref{}, refuse("an answer that only one person sees cannot be looked up")
	case len(parts) == 0:
		return chat.Ref{}, nil
	case len(parts) < of:
		return chat.Ref{}, w.takeBack(ctx, parts, nil)
	}
	ref := w.ref(channel, parts[0].TS)
	ref.Private = to.Account != (chat.Account{})
	return ref, nil
}

// find returns the messages of Liaison's that carry a key, the oldest first, and how many there
// should be.
func (w *workspace) find(ctx context.Context, channel, thread, key string) (parts []sentState, of int, err error) {
	cursor := ""
	for range findPages {
		messages, next, err := w.messages(ctx, channel, thread, cursor)
		if err != nil {
			return nil, 0, err
		}
		for _, m := range messages {
			if part, n := w.partOf(m, key); part {
				parts, of = append(parts, sentState{Channel: channel, TS: m.TS}), n
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	slices.SortFunc(parts, func(a, b sentState) int { return strings.Compare(a.TS, b.TS) })
	return parts, of, nil
}

// partOf reports whether a message is Liaison's own and carries the key. Anybody can write metadata,
// so whose message it is matters.
func (w *workspace) partOf(m foundMessage, key string) (bool, int) {
	self, bot := w.selfIDs()
	own := m.User.ID == self || m.BotID != "" && m.BotID == bot
	if !own || m.Metadata.Type != sentMark || m.Metadata.Payload["key"] != key {
		return false, 0
	}
	text, _ := m.Metadata.Payload["of"].(string)
	of, _ := strconv.Atoi(text)
	return true, max(of, 1)
}

// messages reads a page of a thread, or of a channel when thread is "".
func (w *workspace) messages(ctx context.Context, channel, thread, cursor string) ([]foundMessage, string, error) {
	method := "conversations.history"
	fields := url.Values{"channel": {channel}, "limit": {"200"}, "include_all_metadata": {"true"}}
	if thread != "" {
		method = "conversations.replies"
		fields.Set("ts", thread)
	}
	if cursor != "" {
		fields.Set("cursor", cursor)
	}
	var page struct {
		Messages []foundMessage `json:"messages"`
		Metadata struct {
			Cursor string `json:"next_cursor"`
		} `json:"response_metadata"`
	}
	err := patiently(ctx, func(ctx context.Context) error { return w.call(ctx, method, fields, &page) })
	return page.Messages, page.Metadata.Cursor, err
}
