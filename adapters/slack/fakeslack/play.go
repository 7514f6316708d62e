package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// Said is a message of a person's, and how its events were received.
type Said struct {
	TS       string
	Mention  *Receipt // of app_mention; nil when Liaison was not named
	Message  *Receipt // of message.channels and its like; nil when Liaison is no member
	Receipts []*Receipt
}

// Escape writes a person's words as Slack hands them on.
func Escape(words string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(words)
}

// Mention lets a person say words to Liaison in a channel: two events, as Slack sends them.
func (s *Server) Mention(team, user, channel, words, thread string) Said {
	s.mu.Lock()
	bot := s.teams[team].BotUser
	s.mu.Unlock()
	return s.Say(team, user, channel, "<@"+bot+"> "+Escape(words), thread)
}

// Say lets a person write text, already in Slack's markup: in a channel, or, without one, to Liaison directly.
func (s *Server) Say(team, user, channel, text, thread string) Said {
	s.mu.Lock()
	t := s.teams[team]
	c := s.roomFor(t, user, channel)
	if c == nil {
		s.mu.Unlock()
		panic(fmt.Sprintf("fakeslack: no channel %s in %s", channel, team))
	}
	m := &Message{TS: s.nextTS(), Team: team, Channel: c.ID, Thread: thread, User: user, Text: text}
	s.messages = append(s.messages, m)
	event := s.eventOf(t, c, m)
	named := strings.Contains(text, "<@"+t.BotUser+">")
	said := Said{TS: m.TS}
	if named && c.Kind != "im" {
		mention := maps.Clone(event)
		mention["type"] = "app_mention"
		delete(mention, "channel_type")
		said.Mention = s.newReceipt(team, "events_api", s.callback(t, c, mention))
		said.Receipts = append(said.Receipts, said.Mention)
	}
	if !c.NoBot {
		said.Message = s.newReceipt(team, "events_api", s.callback(t, c, event))
		said.Receipts = append(said.Receipts, said.Message)
	}
	s.notify()
	s.mu.Unlock()
	for _, r := range said.Receipts {
		s.sendOver(r)
	}
	return said
}

// roomFor is where somebody writes; their conversation with Liaison begins with their first words. It is nil
// for a channel that there is not. The lock is held.
func (s *Server) roomFor(t *Team, user, channel string) *Channel {
	if _, known := t.people[user]; known && (channel == "" || channel == DirectID(user)) {
		return s.directWith(t, user)
	}
	c, err := s.channelFor(t, channel)
	if err != nil {
		return nil
	}
	return c
}

// eventOf is a message as an event. The lock is held.
func (s *Server) eventOf(t *Team, c *Channel, m *Message) map[string]any {
	home := t.ID
	if p, ok := t.people[m.User]; ok {
		home = p.Team
	}
	event := map[string]any{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "event_ts": m.TS, "team": home,
		"channel": c.ID, "channel_type": c.Kind, "client_msg_id": s.nextID("client-"),
		"blocks": []any{map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section",
			"elements": []any{map[string]any{"type": "text", "text": m.Text}}}}}}}
	if m.Thread != "" {
		event["thread_ts"] = m.Thread
	}
	if c.ExtShared && home != t.ID {
		event["user_team"], event["source_team"] = home, home
	}
	return event
}

// callback wraps an inner event. The lock is held.
func (s *Server) callback(t *Team, c *Channel, event map[string]any) map[string]any {
	auth := map[string]any{"enterprise_id": nil, "team_id": t.ID, "user_id": t.BotUser, "is_bot": true, "is_enterprise_install": t.OrgInstall}
	payload := map[string]any{"token": "x", "team_id": t.ID, "api_app_id": "A1", "type": "event_callback", "event": event,
		"event_id": s.nextID("Ev"), "event_time": s.now().Unix(), "authorizations": []any{auth}, "is_ext_shared_channel": c != nil && c.ExtShared,
		"event_context": "4-x"}
	if t.Enterprise != "" {
		auth["enterprise_id"], payload["enterprise_id"] = t.Enterprise, t.Enterprise
	}
	if t.OrgInstall {
		auth["team_id"], payload["team_id"] = nil, t.workspaceID()
	}
	return payload
}

// Event sends an inner event to a team's app.
func (s *Server) Event(team string, event map[string]any) *Receipt {
	s.mu.Lock()
	t := s.teams[team]
	channel, _ := event["channel"].(string)
	payload := s.callback(t, t.channels[channel], event)
	s.mu.Unlock()
	return s.Deliver(team, "events_api", payload)
}

// Edit lets a person change their message; Unfurl makes the event that a preview does.
func (s *Server) Edit(team, channel, ts, text string) *Receipt {
	s.mu.Lock()
	m := s.find(s.teams[team], channel, ts)
	before := m.wire()
	m.Text = text
	after := m.wire()
	if before["text"] != after["text"] {
		after["edited"] = map[string]any{"user": m.User, "ts": s.nextTS()}
	}
	kind := s.teams[team].channels[channel].Kind
	s.mu.Unlock()
	return s.Event(team, map[string]any{"type": "message", "subtype": "message_changed", "channel": channel, "channel_type": kind,
		"hidden": true, "message": after, "previous_message": before, "ts": ts, "event_ts": ts})
}

// Unfurl makes the message_changed event that Slack sends when it adds a preview.
func (s *Server) Unfurl(team, channel, ts string) *Receipt {
	s.mu.Lock()
	text := s.find(s.teams[team], channel, ts).Text
	s.mu.Unlock()
	return s.Edit(team, channel, ts, text)
}

// Delete lets a person delete their message.
func (s *Server) Delete(team, channel, ts string) *Receipt {
	s.mu.Lock()
	m := s.find(s.teams[team], channel, ts)
	m.Deleted = true
	before, kind := m.wire(), s.teams[team].channels[channel].Kind
	s.mu.Unlock()
	return s.Event(team, map[string]any{"type": "message", "subtype": "message_deleted", "channel": channel, "channel_type": kind,
		"hidden": true, "deleted_ts": ts, "previous_message": before, "ts": ts, "event_ts": ts})
}

// Join adds a person to a channel, and Leave takes one away.
func (s *Server) Join(team, channel, user string) *Receipt {
	s.mu.Lock()
	t := s.teams[team]
	t.channels[channel].Members = append(t.channels[channel].Members, user)
	home := t.people[user].Team
	s.mu.Unlock()
	return s.Event(team, map[string]any{"type": "member_joined_channel", "user": user, "channel": channel, "channel_type": "C", "team": home, "event_ts": "1.0"})
}

// Leave takes a person out of a channel.
func (s *Server) Leave(team, channel, user string) *Receipt {
	s.mu.Lock()
	c := s.teams[team].channels[channel]
	var rest []string
	for _, member := range c.Members {
		if member != user {
			rest = append(rest, member)
		}
	}
	c.Members = rest
	s.mu.Unlock()
	return s.Event(team, map[string]any{"type": "member_left_channel", "user": user, "channel": channel, "channel_type": "C", "team": team, "event_ts": "1.0"})
}

// OpenHome opens a tab of Liaison's: "home" or "messages".
func (s *Server) OpenHome(team, user, tab string) *Receipt {
	s.mu.Lock()
	channel := s.directWith(s.teams[team], user).ID
	s.mu.Unlock()
	return s.Event(team, map[string]any{"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": "1.0"})
}

// newTrigger makes a trigger_id. The lock is held.
func (s *Server) newTrigger(team, user string) string {
	id := s.nextID("trigger-")
	s.triggers[id] = &trigger{team: team, user: user, at: s.now()}
	return id
}

// interaction is what every interactive payload begins with. The lock is held.
func (s *Server) interaction(kind string, t *Team, user string) map[string]any {
	home := t.ID
	if p, ok := t.people[user]; ok {
		home = p.Team
	}
	payload := map[string]any{"type": kind, "token": "x", "api_app_id": "A1", "trigger_id": s.newTrigger(t.ID, user), "enterprise": nil,
		"is_enterprise_install": t.OrgInstall, "team": map[string]any{"id": t.ID, "domain": "x"},
		"user": map[string]any{"id": user, "username": user, "name": user, "team_id": home}}
	if t.Enterprise != "" {
		payload["enterprise"] = map[string]any{"id": t.Enterprise, "name": "x"}
	}
	return payload
}

// Slash lets a person type "/liaison words" in a channel.
func (s *Server) Slash(team, user, channel, words string) *Receipt {
	s.mu.Lock()
	t := s.teams[team]
	name := "privategroup"
	if c := t.channels[channel]; c != nil && c.Name != "" {
		name = c.Name
	}
	payload := map[string]any{"token": "x", "team_id": t.ID, "team_domain": "x", "channel_id": channel, "channel_name": name,
		"user_id": user, "user_name": user, "command": "/liaison", "text": Escape(words), "api_app_id": "A1", "is_enterprise_install": fmt.Sprint(t.OrgInstall),
		"response_url": s.newAddress(address{team: team, channel: channel, user: user}), "trigger_id": s.newTrigger(team, user)}
	if t.Enterprise != "" {
		payload["enterprise_id"] = t.Enterprise
	}
	s.mu.Unlock()
	return s.Deliver(team, "slash_commands", payload)
}

// Press is a button or menu that is used.
type Press struct {
	ActionID, Value, Selected string
	Type                      string // "" is "button"
	TS                        string // the message; "" for one that is made up, in Channel
	Channel                   string
	Home                      bool // in the Home tab
}

// Press lets a person use a button.
func (s *Server) Press(team, user string, p Press) *Receipt {
	s.mu.Lock()
	t := s.teams[team]
	payload := s.interaction("block_actions", t, user)
	kind := p.Type
	if kind == "" {
		kind = "button"
	}
	action := map[string]any{"type": kind, "action_id": p.ActionID, "block_id": "b", "action_ts": s.nextTS()}
	if p.Selected != "" {
		action["selected_option"] = map[string]any{"value": p.Selected, "text": map[string]any{"type": "plain_text", "text": "x"}}
	} else {
		action["value"] = p.Value
	}
	payload["actions"] = []any{action}
	if p.Home {
		payload["container"] = map[string]any{"type": "view", "view_id": "V1"}
		payload["view"] = map[string]any{"id": "V1", "type": "home", "private_metadata": "", "callback_id": "", "state": map[string]any{"values": map[string]any{}}}
	} else {
		s.pressOn(t, user, p, payload)
	}
	s.mu.Unlock()
	return s.Deliver(team, "interactive", payload)
}

func (s *Server) pressOn(t *Team, user string, p Press, payload map[string]any) {
	var m *Message
	for _, one := range s.messages {
		if p.TS != "" && one.TS == p.TS && one.Team == t.ID {
			m = one
		}
	}
	if m == nil {
		c, err := s.channelFor(t, p.Channel)
		if err != nil {
			panic("fakeslack: no channel " + p.Channel)
		}
		m = &Message{TS: s.nextTS(), Team: t.ID, Channel: c.ID, User: t.BotUser, Bot: true, Text: "made up"}
		if c.Kind == "im" {
			m.Reader = c.Members[0]
		}
		s.messages = append(s.messages, m)
	}
	hidden := m.Reader != "" && !strings.HasPrefix(m.Channel, "D")
	box := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": hidden}
	if m.Thread != "" {
		box["thread_ts"] = m.Thread
	}
	payload["container"], payload["channel"] = box, map[string]any{"id": m.Channel, "name": "x"}
	payload["response_url"] = s.newAddress(address{team: t.ID, channel: m.Channel, user: user, original: m})
	if !hidden { // Slack does not hand on what only one person saw
		payload["message"] = m.wire()
	}
}

// Shortcut lets a person use a shortcut: on a message, or from anywhere when ts is "".
func (s *Server) Shortcut(team, user, callback, channel, ts string) *Receipt {
	s.mu.Lock()
	t := s.teams[team]
	kind := "shortcut"
	if ts != "" {
		kind = "message_action"
	}
	payload := s.interaction(kind, t, user)
	payload["callback_id"], payload["action_ts"] = callback, s.nextTS()
	if ts != "" {
		payload["channel"] = map[string]any{"id": channel, "name": "x"}
		payload["message_ts"] = ts
		payload["message"] = s.find(t, channel, ts).wire()
		payload["response_url"] = s.newAddress(address{team: team, channel: channel, user: user})
	}
	s.mu.Unlock()
	return s.Deliver(team, "interactive", payload)
}

// Submit lets a person send a modal. v may be one that was opened, or made up with its Body.
func (s *Server) Submit(v View, values map[string]string) *Receipt {
	s.mu.Lock()
	t := s.teams[v.Team]
	payload := s.interaction("view_submission", t, v.User)
	state := map[string]any{}
	menus := menusOf(v.Body)
	for field, value := range values {
		input := map[string]any{"type": "plain_text_input", "value": value}
		if value == "" {
			input["value"] = nil
		}
		if menus[field] {
			input = map[string]any{"type": "static_select", "selected_option": map[string]any{"value": value}}
		}
		state[field] = map[string]any{"value": input}
	}
	view := maps.Clone(v.Body)
	view["id"], view["team_id"], view["hash"] = v.ID, v.Team, "hash"
	view["state"] = map[string]any{"values": state}
	payload["view"] = view
	r := s.newReceipt(v.Team, "interactive", payload)
	r.onAck = func(answer json.RawMessage) { s.submitted(v.ID, answer) }
	s.mu.Unlock()
	s.sendOver(r)
	return r
}

func menusOf(body map[string]any) map[string]bool {
	menus := map[string]bool{}
	blocks, _ := body["blocks"].([]any)
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		element, _ := block["element"].(map[string]any)
		if id, ok := block["block_id"].(string); ok && element["type"] == "static_select" {
			menus[id] = true
		}
	}
	return menus
}

// submitted does to a modal what the acknowledgement of its submission says. The lock is held.
func (s *Server) submitted(id string, payload json.RawMessage) {
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	_ = json.Unmarshal(payload, &answer)
	v := s.views[id]
	if v == nil {
		return
	}
	switch answer.Action {
	case "errors":
		v.Errors = answer.Errors
	case "update":
		if body, err := checkView(string(answer.View), "modal"); err == nil {
			v.Body = body
		}
	default:
		v.Closed = true
	}
}

// AddView makes up an open modal, as if it had been opened before.
func (s *Server) AddView(v View) View {
	s.mu.Lock()
	defer s.mu.Unlock()
	v.ID = s.nextID("V")
	s.views[v.ID] = &v
	return v
}
