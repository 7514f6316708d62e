package slack

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"liaison/bot/chat"
)

// reading says what to do with an event that was read.
type reading int

const (
	readNothing  reading = iota // nothing of it is kept
	readEvent                   // it goes to the inbox
	readFollowed                // it goes to the inbox if it belongs to a conversation with Liaison
	readForm                    // it is answered with a form, at once
	readPrompts                 // somebody opened the conversation with Liaison: suggest what to ask
)

// triggerID begins the id of an event that is a press, a command or a form.
const triggerID = "trigger:"

// handle is what is kept with an event for answering it.
type handle struct {
	URL     string `json:"u,omitempty"` // response_url
	Trigger string `json:"t,omitempty"` // good for triggerLives
	Opened  int64  `json:"o,omitempty"` // when it was given, Unix milliseconds
	Hidden  bool   `json:"h,omitempty"` // the message acted on is seen by the actor alone
	View    bool   `json:"v,omitempty"` // it was used in the Home tab or a form: there is no message
}

func (h handle) encode() []byte {
	if h == (handle{}) {
		return nil
	}
	data, err := json.Marshal(h)
	if err != nil {
		return nil
	}
	return data
}

// read turns a payload into an event. It waits for what it must look up no longer than ctx.
func (a *Adapter) read(ctx context.Context, w *workspace, p payload) (chat.Event, reading) {
	e := chat.Event{ID: p.EventID, Platform: platform, Workspace: w.account("").Workspace, At: a.now().UTC()}
	if p.EventID == "" && p.TriggerID != "" {
		e.ID = triggerID + p.TriggerID // one press, one trigger
	}
	switch p.Type {
	case "event_callback":
		if p.EventTime > 0 {
			e.At = time.Unix(p.EventTime, 0).UTC()
		}
		return a.readInner(ctx, w, p, e)
	case "block_actions":
		return a.readActions(ctx, w, p, e)
	case "view_submission":
		return a.readSubmission(ctx, w, p, e)
	case "message_action", "shortcut":
		return a.readShortcut(ctx, w, p, e)
	case "":
		if p.Command != "" {
			return a.readSlash(ctx, w, p, e)
		}
	}
	if p.Type != "view_closed" {
		a.count("unknown type")
	}
	return e, readNothing
}

func (a *Adapter) readInner(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	switch p.Event.Type {
	case "app_mention", "message":
		return a.readMessage(ctx, w, p, e)
	case "app_home_opened", "assistant_thread_started":
		return a.readOpened(ctx, w, p, e)
	case "member_joined_channel", "member_left_channel":
		return a.readMembers(ctx, w, p, e)
	case "user_change", "team_join":
		w.personChanged(p.Event.User)
	case "channel_shared", "channel_unshared":
		w.forgetRoom(p.Event.Channel.ID)
	case "app_uninstalled":
		e.Kind = chat.KindGone
		return e, readEvent
	case "tokens_revoked":
		if len(p.Event.Tokens.Bot) > 0 {
			e.Kind = chat.KindGone
			return e, readEvent
		}
	default:
		a.count("unknown event")
	}
	return e, readNothing
}

// readMessage reads what somebody said. A mention in a channel arrives as two events, in any order;
// both are delivered, and AlsoID lets the inbox take the first.
func (a *Adapter) readMessage(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	switch p.Event.Subtype {
	case "", "file_share", "thread_broadcast":
		return a.readSaid(ctx, w, p, e)
	case "message_changed":
		return a.readEdited(ctx, w, p, e)
	case "message_deleted":
		return a.readDeleted(ctx, w, p, e)
	}
	return e, readNothing // joins, topics, bots: nobody speaks to Liaison in them
}

func (a *Adapter) readSaid(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	m := p.Event.wireMessage
	e.Kind = chat.KindMessage
	// What people say to each other is looked into no further: nobody in it is looked up.
	if p.Event.Type == "message" && p.Event.ChannelType != "im" && m.ThreadTS == "" && !mentions(m.Text, w.userID()) {
		a.count("not addressed")
		return e, readNothing
	}
	if !a.fill(ctx, w, p, m, &e) {
		return e, readNothing
	}
	e.AlsoID = e.Room.ID + "/" + m.TS
	if e.Addressed {
		return e, readEvent
	}
	return e, readFollowed
}

// readEdited reads a change of what somebody said. Slack also reports one when it adds a preview of
// a link; then the text is what it was.
func (a *Adapter) readEdited(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	now, before := p.Event.Message, p.Event.Previous
	if now == nil || before != nil && before.Text == now.Text {
		return e, readNothing
	}
	e.Kind = chat.KindEdited
	if !a.fill(ctx, w, p, *now, &e) {
		return e, readNothing
	}
	if before != nil && mentions(before.Text, w.userID()) {
		e.Addressed = true
	}
	if e.Addressed {
		return e, readEvent
	}
	return e, readFollowed
}

// readDeleted reads that a message is gone. Its words are not kept.
func (a *Adapter) readDeleted(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	before := p.Event.Previous
	if before == nil {
		before = &wireMessage{}
	}
	gone := *before
	gone.TS = orText(p.Event.DeletedTS, before.TS)
	e.Kind = chat.KindDeleted
	if !a.fill(ctx, w, p, gone, &e) {
		return e, readNothing
	}
	e.Text, e.Files = "", nil
	if e.Addressed {
		return e, readEvent
	}
	return e, readFollowed
}

// fill reads who said something, where, and what. It reports false for Liaison itself, other bots,
// and what is no message of a person.
func (a *Adapter) fill(ctx context.Context, w *workspace, p payload, m wireMessage, e *chat.Event) bool {
	self, user := w.userID(), m.User.ID
	if user == "" || user == self || user == slackbot || m.BotID != "" || m.Subtype == "bot_message" {
		return false
	}
	if m.TS == "" || p.Event.Channel.ID == "" {
		return false
	}
	var isBot bool
	if e.Actor, isBot = w.actor(ctx, user, homeTeam(m)); isBot {
		return false
	}
	kind := p.Event.ChannelType
	if kind == "" && isDirect(p.Event.Channel.ID) { // a mention says no kind, and Slack tells of no direct messages but Liaison's own
		kind = "im"
	}
	e.Room = w.room(ctx, p.Event.Channel.ID, kind, p.ExtShared)
	e.Room.Thread = orText(m.ThreadTS, m.TS)
	e.Message = m.TS
	if at := timeOfTS(m.TS); e.Kind == chat.KindMessage && !at.IsZero() {
		e.At = at
	}
	e.Text, e.Files = plainText(m.Text, self, w.nameOf), m.fileNames()
	e.Addressed = e.Room.Direct || p.Event.Type == "app_mention" || mentions(m.Text, self)
	return true
}

// homeTeam is the team that a message says its author belongs to.
func homeTeam(m wireMessage) string { return orText(m.UserTeam, orText(m.SourceTeam, m.Team.ID)) }

func (a *Adapter) readOpened(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	user, channel, thread := p.Event.User.ID, p.Event.Channel.ID, ""
	if p.Event.Type == "assistant_thread_started" {
		user, channel, thread = p.Event.Assistant.User, p.Event.Assistant.Channel, p.Event.Assistant.ThreadTS
	}
	if user == "" {
		return e, readNothing
	}
	e.Kind = chat.KindHome
	e.Room = chat.Room{ID: channel, Thread: thread, Scope: chat.ScopeDirect, Direct: true}
	if p.Event.Tab != "home" { // the conversation, not the page
		return e, readPrompts
	}
	e.Actor, _ = w.actor(ctx, user, "")
	e.Room = chat.Room{ID: orText(channel, user), Scope: chat.ScopeDirect, Direct: true}
	return e, readEvent
}

func (a *Adapter) readMembers(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	channel, user := p.Event.Channel.ID, p.Event.User.ID
	if channel == "" || user == "" {
		return e, readNothing
	}
	if p.Event.Type == "member_joined_channel" {
		w.joined(ctx, channel, user, p.Event.Team.ID)
	} else {
		w.left(channel, user)
	}
	e.Kind = chat.KindMembers
	e.Actor = chat.Actor{Account: w.account(user)}
	if kept, ok := w.keptPerson(user); ok {
		e.Actor.Name, e.Actor.Standing = kept.name, kept.standing
	}
	e.Room = w.room(ctx, channel, "", p.ExtShared)
	return e, readEvent
}

// readActions reads a button, a menu or a vote. Slack sends one at a time.
func (a *Adapter) readActions(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	if len(p.Actions) == 0 || p.User.ID == "" || strings.HasPrefix(p.Actions[0].ActionID, linkMark) {
		return e, readNothing
	}
	used := p.Actions[0]
	e.Kind = chat.KindAction
	var choice string
	e.Action, choice = readAction(used.ActionID, used.Value, used.Selected.Value)
	if choice != "" {
		e.Values = map[string]string{"choice": choice}
	}
	if e.Action == "" {
		return e, readNothing
	}
	if at := timeOfTS(used.ActionTS); !at.IsZero() {
		e.At = at
	}
	a.place(ctx, w, p, &e)
	if spec, ok := a.table.Load().Action(e.Action); ok && spec.Opens {
		return e, readForm
	}
	return e, readEvent
}

// readSubmission reads a form that was sent.
func (a *Adapter) readSubmission(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	if p.View.CallbackID == "" || p.User.ID == "" {
		return e, readNothing
	}
	e.Kind = chat.KindForm
	e.Action = p.View.CallbackID
	e.Values = map[string]string{}
	for field, inputs := range p.View.State.Values {
		for _, input := range inputs {
			e.Values[field] = orText(input.Selected.Value, chat.Clean(input.Value))
		}
	}
	a.place(ctx, w, p, &e)
	return e, readEvent
}

// place reads who used something, and where its answer belongs.
func (a *Adapter) place(ctx context.Context, w *workspace, p payload, e *chat.Event) {
	e.Actor, _ = w.actor(ctx, p.User.ID, p.User.TeamID)
	from := origin{
		Room: orText(p.Container.Channel, p.Channel.ID), Message: orText(p.Container.MessageTS, p.MessageTS),
		Thread: orText(p.Container.ThreadTS, p.Message.ThreadTS), Hidden: p.Container.Ephemeral,
	}
	h := handle{URL: p.Response, Trigger: p.TriggerID, Opened: a.now().UnixMilli(), Hidden: p.Container.Ephemeral}
	if p.View.ID != "" {
		from = originOf(p.View.Metadata)
		h = handle{URL: from.URL, Hidden: from.Hidden, View: true}
		if from.URL != "" && a.now().Unix() > from.Until {
			h.URL = ""
		}
	}
	e.Message, e.Private = from.Message, from.Private
	e.Room = w.room(ctx, from.Room, "", false)
	if from.Room == "" { // the Home tab, or a form opened from nowhere: between the person and Liaison
		e.Room = chat.Room{ID: p.User.ID, Scope: chat.ScopeDirect, Direct: true}
	}
	e.Room.Thread = from.Thread
	if e.Room.Thread == "" && !from.Hidden {
		e.Room.Thread = from.Message
	}
	if e.Room.Name == "" {
		e.Room.Name = p.Channel.Name
	}
	e.Handle, e.HandleUntil = h.encode(), a.handleUntil(h)
	e.Addressed = true
}

func (a *Adapter) handleUntil(h handle) time.Time {
	switch {
	case h.URL != "":
		return a.now().UTC().Add(responseURLs)
	case h.Trigger != "":
		return a.now().UTC().Add(triggerLives)
	}
	return time.Time{}
}

// readShortcut reads a shortcut, on a message or from the search bar.
func (a *Adapter) readShortcut(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	name := strings.TrimPrefix(strings.TrimPrefix(p.CallbackID, onMessageMark), anywhereMark)
	command, ok := a.table.Load().Command(name)
	if !ok || p.User.ID == "" {
		a.count("unknown shortcut")
		return e, readNothing
	}
	e.Kind, e.Command = chat.KindCommand, command.Name
	if at := timeOfTS(p.ActionTS); !at.IsZero() {
		e.At = at
	}
	p.Container.MessageTS = orText(p.MessageTS, p.Message.TS)
	a.place(ctx, w, p, &e)
	e.Private = true
	if p.Type == "shortcut" && command.Opens != nil {
		return e, readForm
	}
	e.Quoted = a.quoted(w, p)
	return e, readEvent
}

func (a *Adapter) quoted(w *workspace, p payload) *chat.Quoted {
	self, _ := w.selfIDs()
	author := w.account(p.Message.User.ID)
	if team := homeTeam(p.Message); w.isForeign(team) {
		author = w.visitor(p.Message.User.ID, team)
	}
	return &chat.Quoted{
		Message: orText(p.MessageTS, p.Message.TS), Author: author,
		Text: plainText(p.Message.Text, self, w.nameOf),
	}
}

// readSlash reads "/liaison …", whose answer whoever typed it sees alone.
func (a *Adapter) readSlash(ctx context.Context, w *workspace, p payload, e chat.Event) (chat.Event, reading) {
	if p.UserID == "" {
		return e, readNothing
	}
	self, _ := w.selfIDs()
	e.Kind, e.Private = chat.KindCommand, true
	e.Text = plainText(p.Text, self, w.nameOf)
	command := a.commandOf(&e)
	e.Actor, _ = w.actor(ctx, p.UserID, "")
	e.Room = w.room(ctx, p.ChannelID, "", false)
	if p.ChannelID == "" {
		e.Room = chat.Room{ID: p.UserID, Scope: chat.ScopeDirect, Direct: true}
	}
	h := handle{URL: p.Response, Trigger: p.TriggerID, Opened: a.now().UnixMilli()}
	e.Handle, e.HandleUntil = h.encode(), a.handleUntil(h)
	e.Addressed = true
	if command.Opens != nil && e.Text == "" {
		return e, readForm
	}
	return e, readEvent
}

// commandOf names the command of a slash command. Alone, a word of the table is meant, and nothing
// asks for help; all else is handed on as a question, in which the router looks for a command.
func (a *Adapter) commandOf(e *chat.Event) chat.Command {
	table := a.table.Load()
	e.Command = "ask"
	if e.Text == "" {
		e.Command = "help"
	} else if command, ok := table.Command(strings.ToLower(e.Text)); ok {
		e.Command, e.Text = command.Name, ""
	}
	command, _ := table.Command(e.Command)
	return command
}
