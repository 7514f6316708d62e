package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// sentMark is the metadata type of Liaison's messages. Their key lets a message whose reply was lost
// be found again: To.Key of a Send, and Event.ID of a Respond.
const sentMark = "liaison_message"

func refuse(why string) error {
	return &chat.SendError{Kind: chat.SendRefused, Err: errors.New("slack: " + why)}
}

// Respond implements chat.Adapter. What it posts can be found by Event.ID as the key.
func (a *Adapter) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	a.work.enter()
	defer a.work.end()
	w, err := a.workspaceOf(e.Workspace)
	if err != nil {
		return chat.Ref{}, err
	}
	var h handle
	_ = decode(e.Handle, &h) // a handle of an earlier version is as good as none
	if e.Kind == chat.KindForm && a.forms.tell(e.ID, r) && (len(r.Problems) > 0 || r.Form != nil) {
		return chat.Ref{}, nil
	}
	if len(r.Problems) > 0 { // too late to say it beside the fields
		r = chat.Reply{Blocks: problemBlocks(r.Problems), Private: true}
	}
	if r.Form != nil {
		return chat.Ref{}, a.respondForm(ctx, w, e, h, *r.Form)
	}
	onHome := e.Kind == chat.KindAction && h.View && e.Room.ID == userOf(e.Actor.Account)
	if e.Kind == chat.KindHome || r.Replaces && onHome {
		return chat.Ref{}, w.publishHome(ctx, userOf(e.Actor.Account), r)
	}
	messages := renderMessages(r)
	if len(messages) == 0 {
		return chat.Ref{}, refuse("the reply says nothing")
	}
	private := !e.Room.Direct && a.isPrivate(e, r)
	switch {
	case r.Replaces && h.Hidden && h.URL != "" && a.stillGood(e):
		return w.replaceHidden(ctx, e, h, messages)
	case private || h.Hidden && e.Room.Direct:
		return a.respondPrivately(ctx, w, e, h, messages)
	case r.Replaces && e.Message != "" && !h.Hidden:
		ref := w.ref(e.Room.ID, e.Message)
		err := w.edit(ctx, ref, messages)
		if chat.SendKindOf(err) != chat.SendRefused || err == nil {
			return ref, err
		}
	}
	return a.respondOpenly(ctx, w, e, h, messages)
}

// isPrivate reports whether only the actor may read a reply. The command table decides; slash
// commands and shortcuts answer whoever used them.
func (a *Adapter) isPrivate(e chat.Event, r chat.Reply) bool {
	if r.Private || e.Private || e.Kind == chat.KindCommand {
		return true
	}
	if e.Kind != chat.KindAction && e.Kind != chat.KindForm {
		return false
	}
	spec, _ := a.table.Load().Action(e.Action)
	return spec.Private
}

func (a *Adapter) stillGood(e chat.Event) bool {
	return e.HandleUntil.IsZero() || a.now().Before(e.HandleUntil)
}

func problemBlocks(problems map[string]string) []chat.Block {
	blocks := []chat.Block{chat.Note(chat.Failure, "What you sent could not be taken. Please open the form again.")}
	for _, field := range slices.Sorted(maps.Keys(problems)) {
		blocks = append(blocks, chat.Say(problems[field]))
	}
	return blocks
}

// respondOpenly posts where the event happened. Where Liaison is no member of the room, Slack's
// response address still may post there.
func (a *Adapter) respondOpenly(ctx context.Context, w *workspace, e chat.Event, h handle, messages []message) (chat.Ref, error) {
	ref, err := w.post(ctx, e.Room.ID, e.Room.Thread, e.ID, messages)
	outside := chat.SendKindOf(err) == chat.SendRefused && h.URL != "" && a.stillGood(e)
	if err == nil || !outside {
		return ref, err
	}
	for _, m := range messages {
		if err := w.postToURL(ctx, e.Room.ID, h.URL, urlMessage{Type: inChannel}, m); err != nil {
			return chat.Ref{}, err
		}
	}
	return w.ref(e.Room.ID, ""), nil
}

// respondPrivately shows a reply to the actor alone: by Slack's response address, else as an ephemeral
// message, else as a direct message.
func (a *Adapter) respondPrivately(ctx context.Context, w *workspace, e chat.Event, h handle, messages []message) (chat.Ref, error) {
	user, thread := userOf(e.Actor.Account), ""
	if e.Room.Thread != e.Message { // in a thread with no answer yet an ephemeral one would not be seen
		thread = e.Room.Thread
	}
	var ref chat.Ref
	for i, m := range messages {
		if h.URL != "" && i < maxURLUses && a.stillGood(e) {
			err := w.postToURL(ctx, e.Room.ID, h.URL, urlMessage{Type: onlyYou, Thread: thread}, m)
			if err == nil {
				ref = w.ref(e.Room.ID, "")
				ref.Private = true
				continue
			}
			if kind := chat.SendKindOf(err); kind != chat.SendExpired && kind != chat.SendRefused {
				return chat.Ref{}, err
			}
		}
		sent, err := w.postEphemeral(ctx, e.Room.ID, thread, user, m)
		if chat.SendKindOf(err) == chat.SendRefused && err != nil {
			return w.direct(ctx, user, e.ID, messages[i:])
		}
		if err != nil {
			return chat.Ref{}, err
		}
		ref = sent
	}
	return ref, nil
}

// maxURLUses is how often a response address may be used.
const maxURLUses = 5

// direct sends a direct message, which is private by itself.
func (w *workspace) direct(ctx context.Context, user, key string, messages []message) (chat.Ref, error) {
	ref, err := w.post(ctx, user, "", key, messages)
	ref.Private = err == nil
	return ref, err
}

// directIn sends into a thread of the direct messages with a user, for which Slack wants their channel.
func (w *workspace) directIn(ctx context.Context, user, thread, key string, messages []message) (chat.Ref, error) {
	if thread == "" {
		return w.direct(ctx, user, key, messages)
	}
	channel, err := w.open(ctx, []string{user})
	if err != nil {
		return chat.Ref{}, err
	}
	ref, err := w.post(ctx, channel, thread, key, messages)
	ref.Private = err == nil
	return ref, err
}

// replaceHidden changes an ephemeral message, which only its response address can.
func (w *workspace) replaceHidden(ctx context.Context, e chat.Event, h handle, messages []message) (chat.Ref, error) {
	ref := w.ref(e.Room.ID, "")
	ref.Private = true
	for i, m := range messages {
		if err := w.postToURL(ctx, e.Room.ID, h.URL, urlMessage{Type: onlyYou, Replace: i == 0}, m); err != nil {
			return chat.Ref{}, err
		}
	}
	return ref, nil
}

// Send implements chat.Adapter.
func (a *Adapter) Send(ctx context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	a.work.enter()
	defer a.work.end()
	messages := renderMessages(r)
	switch {
	case r.Form != nil:
		return chat.Ref{}, refuse("a form can only answer somebody")
	case len(messages) == 0:
		return chat.Ref{}, refuse("the reply says nothing")
	case to.Account == (chat.Account{}) && r.Private:
		return chat.Ref{}, refuse("a private reply needs one person to go to")
	}
	w, channel, err := a.whereTo(to)
	if err != nil {
		return chat.Ref{}, err
	}
	if to.Account != (chat.Account{}) {
		return w.directIn(ctx, channel, to.Thread, to.Key, messages)
	}
	return w.post(ctx, channel, to.Thread, to.Key, messages)
}

// whereTo finds the workspace and the channel to send to; a user's id stands for their direct messages.
func (a *Adapter) whereTo(to chat.To) (*workspace, string, error) {
	workspace, channel := to.Workspace, to.Room
	if to.Account != (chat.Account{}) {
		if to.Account.Platform != platform {
			return nil, "", refuse("that account is on another platform")
		}
		workspace, channel = to.Account.Workspace, userOf(to.Account)
	}
	if channel == "" {
		return nil, "", refuse("there is nowhere to send to")
	}
	w, err := a.workspaceOf(workspace)
	return w, channel, err
}

func (w *workspace) ref(channel, ts string) chat.Ref {
	return chat.Ref{Platform: platform, Workspace: w.account("").Workspace, Room: channel, Message: ts}
}

// sentState is what Slack says of a message it took.
type sentState struct {
	Channel   string      `json:"channel"`
	TS        string      `json:"ts"`
	Ephemeral string      `json:"message_ts"`
	Message   wireMessage `json:"message"`
}

// post sends messages to a channel, all or none: what was sent before one failed is taken back.
func (w *workspace) post(ctx context.Context, channel, thread, key string, messages []message) (chat.Ref, error) {
	var first chat.Ref
	var sent []sentState
	for i, m := range messages {
		fields := fieldsOf(m)
		fields.Set("channel", channel)
		fields.Set("unfurl_links", "false")
		fields.Set("unfurl_media", "false")
		if thread != "" {
			fields.Set("thread_ts", thread)
		}
		if key != "" {
			fields.Set("metadata", metadataOf(key, i+1, len(messages)))
		}
		var state sentState
		if err := w.say(ctx, "chat.postMessage", channel, fields, &state); err != nil {
			return chat.Ref{}, w.takeBack(ctx, sent, err)
		}
		sent = append(sent, state)
		w.rememberThread(state.Channel, state.TS, thread)
		if i == 0 {
			first = w.ref(orText(state.Channel, channel), state.TS)
		}
	}
	w.answered(channel, thread)
	return first, nil
}

// takeBack deletes the first parts of a reply whose later part failed, so that sending it again does
// not repeat them. When that fails too the error says that it must be looked up.
func (w *workspace) takeBack(ctx context.Context, sent []sentState, cause error) error {
	for _, state := range sent {
		fields := url.Values{"channel": {state.Channel}, "ts": {state.TS}}
		err := patiently(ctx, func(ctx context.Context) error { return w.call(ctx, "chat.delete", fields, nil) })
		if err != nil && codeOf(err) != "message_not_found" {
			return &chat.SendError{Kind: chat.SendUnknown, Err: cmp.Or(cause, sendError("chat.delete", err))}
		}
	}
	return cause
}

// say sends to a channel in its turn. Its error is a *chat.SendError.
func (w *workspace) say(ctx context.Context, method, channel string, fields url.Values, out any) error {
	err := patiently(ctx, func(ctx context.Context) error {
		if err := w.courier.turn(ctx, channel); err != nil {
			return errors.Join(errUnsent, err)
		}
		return w.call(withLimit(ctx, method+"/"+channel), method, fields, out)
	})
	return sendError(method, err)
}

func fieldsOf(m message) url.Values {
	return url.Values{
		"text": {m.topText()}, "blocks": {blocksJSON(m.blocks)}, "parse": {"none"}, "link_names": {"false"},
	}
}

// topText is within what Slack keeps. The blocks of one message never come near it.
func (m message) topText() string { return splitMrkdwn(m.text, maxTopText)[0] }

func blocksJSON(blocks []slackapi.Block) string {
	data, err := json.Marshal(blocks)
	if err != nil {
		return "[]" // the types marshal; Slack shows the text where there are no blocks
	}
	return string(data)
}

func metadataOf(key string, part, of int) string {
	data, _ := json.Marshal(slackapi.SlackMetadata{
		EventType:    sentMark,
		EventPayload: map[string]any{"key": key, "part": strconv.Itoa(part), "of": strconv.Itoa(of)},
	})
	return string(data)
}

func (w *workspace) postEphemeral(ctx context.Context, channel, thread, user string, m message) (chat.Ref, error) {
	fields := fieldsOf(m)
	fields.Set("channel", channel)
	fields.Set("user", user)
	if thread != "" {
		fields.Set("thread_ts", thread)
	}
	var state sentState
	if err := w.say(ctx, "chat.postEphemeral", channel, fields, &state); err != nil {
		return chat.Ref{}, err
	}
	w.answered(channel, thread)
	ref := w.ref(channel, state.Ephemeral)
	ref.Private = true
	return ref, nil
}

// Edit implements chat.Editor. What does not fit into the message follows in its thread.
func (a *Adapter) Edit(ctx context.Context, ref chat.Ref, r chat.Reply) error {
	a.work.enter()
	defer a.work.end()
	messages := renderMessages(r)
	switch {
	case ref.Message == "" || ref.Private && !isDirect(ref.Room):
		return refuse("a message that only one person sees cannot be changed")
	case len(messages) == 0 || r.Form != nil:
		return refuse("the reply says nothing")
	}
	w, err := a.workspaceOf(ref.Workspace)
	if err != nil {
		return err
	}
	return w.edit(ctx, ref, messages)
}

func (w *workspace) edit(ctx context.Context, ref chat.Ref, messages []message) error {
	fields := fieldsOf(messages[0])
	fields.Set("channel", ref.Room)
	fields.Set("ts", ref.Message)
	var state sentState
	err := patiently(ctx, func(ctx context.Context) error { return w.call(ctx, "chat.update", fields, &state) })
	if err != nil {
		return sendError("chat.update", err)
	}
	if len(messages) == 1 {
		return nil
	}
	thread := state.Message.ThreadTS
	if thread == "" {
		thread = w.threadOf(ctx, ref.Room, ref.Message)
	}
	return w.replaceRest(ctx, ref, orText(thread, ref.Message), messages[1:])
}

// restMark begins the key of what did not fit into an edited message.
const restMark = "rest of "

// replaceRest posts what does not fit into an edited message. An edit may be repeated, after a lost reply
// or by the next process, so what an earlier one posted is taken back first.
func (w *workspace) replaceRest(ctx context.Context, ref chat.Ref, thread string, rest []message) error {
	key := restMark + ref.Message
	before, _, err := w.find(ctx, ref.Room, thread, key)
	if err != nil {
		return sendError("conversations.replies", err)
	}
	if err := w.takeBack(ctx, before, nil); err != nil {
		return err
	}
	_, err = w.post(ctx, ref.Room, thread, key, rest)
	return err
}

// isDirect reports whether a channel's id is that of direct messages.
func isDirect(channel string) bool { return strings.HasPrefix(channel, "D") }

// Delete implements chat.Editor. A message that is gone already is no error.
func (a *Adapter) Delete(ctx context.Context, ref chat.Ref) error {
	a.work.enter()
	defer a.work.end()
	w, err := a.workspaceOf(ref.Workspace)
	if err != nil {
		return err
	}
	if ref.Message == "" {
		return refuse("that message cannot be deleted")
	}
	fields := url.Values{"channel": {ref.Room}, "ts": {ref.Message}}
	err = patiently(ctx, func(ctx context.Context) error { return w.call(ctx, "chat.delete", fields, nil) })
	if codeOf(err) == "message_not_found" {
		return nil
	}
	return sendError("chat.delete", err)
}

// OpenGroup implements chat.GroupOpener.
func (a *Adapter) OpenGroup(ctx context.Context, people []chat.Account) (chat.To, error) {
	a.work.enter()
	defer a.work.end()
	if len(people) == 0 || len(people) > maxGroup {
		return chat.To{}, refuse("a group conversation takes one to eight people")
	}
	var users []string
	for _, p := range people {
		if p.Platform != platform || p.Workspace != people[0].Workspace {
			return chat.To{}, refuse("a group conversation takes people of one workspace")
		}
		users = append(users, userOf(p))
	}
	w, err := a.workspaceOf(people[0].Workspace)
	if err != nil {
		return chat.To{}, err
	}
	channel, err := w.open(ctx, users)
	return chat.To{Workspace: people[0].Workspace, Room: channel}, err
}

// open returns the channel of a conversation with users, the same each time.
func (w *workspace) open(ctx context.Context, users []string) (string, error) {
	var state struct {
		Channel wireChannel `json:"channel"`
	}
	fields := url.Values{"users": {strings.Join(users, ",")}}
	err := patiently(ctx, func(ctx context.Context) error { return w.call(ctx, "conversations.open", fields, &state) })
	return state.Channel.ID, sendError("conversations.open", err)
}
