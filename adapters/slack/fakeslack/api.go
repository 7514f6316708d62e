package fakeslack

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// apiError is a refusal in Slack's word.
type apiError string

func (e apiError) Error() string { return string(e) }

// answer is what a method says besides "ok".
type answer map[string]any

// method is one of the Web API, with the scope it needs; any of several does.
type method struct {
	scopes string
	do     func(s *Server, t *Team, args map[string]string) (answer, error)
}

var methods map[string]method

func init() { // the methods call one another's helpers through the table
	methods = map[string]method{
		"auth.test":                             {"", (*Server).authTest},
		"chat.postMessage":                      {"chat:write", (*Server).postMessage},
		"chat.postEphemeral":                    {"chat:write", (*Server).postEphemeral},
		"chat.update":                           {"chat:write", (*Server).update},
		"chat.delete":                           {"chat:write", (*Server).remove},
		"conversations.info":                    {"channels:read groups:read im:read mpim:read", (*Server).info},
		"conversations.members":                 {"channels:read groups:read im:read mpim:read", (*Server).members},
		"conversations.open":                    {"im:write mpim:write", (*Server).open},
		"conversations.history":                 {"channels:history groups:history im:history mpim:history", (*Server).history},
		"conversations.replies":                 {"channels:history groups:history im:history mpim:history", (*Server).history},
		"users.info":                            {"users:read", (*Server).userInfo},
		"users.list":                            {"users:read", (*Server).userList},
		"views.open":                            {"", (*Server).viewOpen},
		"views.push":                            {"", (*Server).viewPush},
		"views.update":                          {"", (*Server).viewUpdate},
		"views.publish":                         {"", (*Server).viewPublish},
		"assistant.threads.setStatus":           {"assistant:write chat:write", (*Server).setStatus},
		"assistant.threads.setTitle":            {"assistant:write", (*Server).setTitle},
		"assistant.threads.setSuggestedPrompts": {"assistant:write", (*Server).setPrompts},
	}
}

func (s *Server) serveAPI(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return
	}
	contentType := r.Header.Get("Content-Type")
	args, token := argsOf(contentType, body, r.Header.Get("Authorization"))
	call := Call{Method: name, ContentType: contentType, Body: withoutToken(contentType, body), Args: args, At: s.now()}

	s.mu.Lock()
	team := s.teamOf(token)
	if team != nil {
		call.Team = team.ID
	}
	s.calls = append(s.calls, call)
	s.mu.Unlock()

	lose, done := s.suffer(rw, r, call)
	if done {
		return
	}
	s.mu.Lock()
	said, err := s.perform(name, team, token, args)
	scopes := s.scopesOf(team)
	s.notify()
	s.mu.Unlock()
	if lose {
		hangUp(rw)
		return
	}
	rw.Header().Set("X-OAuth-Scopes", scopes)
	write(rw, said, err)
}

func write(rw http.ResponseWriter, said answer, err error) {
	out := map[string]any{"ok": err == nil}
	maps.Copy(out, said)
	if err != nil {
		out["error"] = err.Error()
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(rw).Encode(out)
}

// hangUp cuts the connection without an answer.
func hangUp(rw http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func argsOf(contentType string, body []byte, authorization string) (args map[string]string, token string) {
	args = map[string]string{}
	token = strings.TrimPrefix(authorization, "Bearer ")
	if strings.Contains(contentType, "json") {
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(body, &fields)
		for key, value := range fields {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			args[key] = text
		}
		return args, token
	}
	values, _ := url.ParseQuery(string(body))
	for key := range values {
		args[key] = values.Get(key)
	}
	if args["token"] != "" {
		token = args["token"]
	}
	delete(args, "token")
	return args, token
}

func withoutToken(contentType string, body []byte) string {
	if strings.Contains(contentType, "json") {
		return string(body)
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return string(body)
	}
	values.Del("token")
	return values.Encode()
}

// teamOf finds the team of a bot or app token. The lock is held.
func (s *Server) teamOf(token string) *Team {
	for _, id := range slices.Sorted(maps.Keys(s.teams)) {
		if t := s.teams[id]; t.BotToken == token || t.AppToken == token {
			return t
		}
	}
	return nil
}

func (s *Server) scopesOf(t *Team) string {
	if t == nil || t.Scopes == nil {
		return ""
	}
	return strings.Join(t.Scopes, ",")
}

// perform runs one method. The lock is held.
func (s *Server) perform(name string, t *Team, token string, args map[string]string) (answer, error) {
	switch {
	case token == "":
		return nil, apiError("not_authed")
	case t == nil:
		return nil, apiError("invalid_auth")
	case t.Revoked != "":
		return nil, apiError(t.Revoked)
	}
	if name == "apps.connections.open" {
		return s.connectionsOpen(t, token)
	}
	m, ok := methods[name]
	switch {
	case !ok:
		return nil, apiError("unknown_method")
	case token != t.BotToken:
		return nil, apiError("not_allowed_token_type")
	case !t.grants(m.scopes):
		return answer{"needed": strings.Fields(m.scopes)[0], "provided": strings.Join(t.Scopes, ",")}, apiError("missing_scope")
	}
	return m.do(s, t, args)
}

func (t *Team) grants(scopes string) bool {
	if t.Scopes == nil || scopes == "" {
		return true
	}
	for _, scope := range strings.Fields(scopes) {
		if slices.Contains(t.Scopes, scope) {
			return true
		}
	}
	return false
}

func (s *Server) authTest(t *Team, _ map[string]string) (answer, error) {
	said := answer{"url": "https://" + strings.ToLower(t.ID) + ".slack.com/", "team": t.ID, "user": "liaison", "team_id": t.ID,
		"user_id": t.BotUser, "bot_id": t.BotID, "is_enterprise_install": t.OrgInstall}
	if t.Enterprise != "" {
		said["enterprise_id"] = t.Enterprise
	}
	return said, nil
}

// channelFor finds a channel by its id, or the direct messages with a user by theirs.
func (s *Server) channelFor(t *Team, id string) (*Channel, error) {
	if c := t.channels[id]; c != nil {
		return c, nil
	}
	if _, ok := t.people[id]; ok {
		return s.directWith(t, id), nil
	}
	return nil, apiError("channel_not_found")
}

// DirectID is the id of Liaison's direct messages with a user.
func DirectID(user string) string { return "D" + user }

func (s *Server) directWith(t *Team, user string) *Channel {
	id := DirectID(user)
	if t.channels[id] == nil {
		t.channels[id] = &Channel{ID: id, Kind: "im", Members: []string{user, t.BotUser}}
	}
	return t.channels[id]
}

func (s *Server) postMessage(t *Team, args map[string]string) (answer, error) {
	c, err := s.channelFor(t, args["channel"])
	switch {
	case err != nil:
		return nil, err
	case c.Archived:
		return nil, apiError("is_archived")
	case c.NoBot:
		return nil, apiError("not_in_channel")
	}
	m, err := s.messageOf(t, c, args)
	if err != nil {
		return nil, err
	}
	m.LinkPreviews = args["unfurl_links"] != "false" || args["unfurl_media"] != "false"
	s.messages = append(s.messages, m)
	return answer{"channel": c.ID, "ts": m.TS, "message": m.wire()}, nil
}

func (s *Server) postEphemeral(t *Team, args map[string]string) (answer, error) {
	c, err := s.channelFor(t, args["channel"])
	switch {
	case err != nil:
		return nil, err
	case c.NoBot:
		return nil, apiError("not_in_channel")
	case !slices.Contains(c.Members, args["user"]):
		return nil, apiError("user_not_in_channel")
	}
	m, err := s.messageOf(t, c, args)
	if err != nil {
		return nil, err
	}
	m.Reader = args["user"]
	s.messages = append(s.messages, m)
	return answer{"message_ts": m.TS}, nil
}

// messageOf checks and makes a message of Liaison's.
func (s *Server) messageOf(t *Team, c *Channel, args map[string]string) (*Message, error) {
	blocks, err := checkMessage(args)
	if err != nil {
		return nil, err
	}
	if thread := args["thread_ts"]; thread != "" && !isTS(thread) {
		return nil, apiError("invalid_thread_ts")
	}
	m := &Message{TS: s.nextTS(), Team: t.ID, Channel: c.ID, Thread: args["thread_ts"], User: t.BotUser, Bot: true,
		Text: args["text"], Blocks: blocks, Parse: args["parse"], LinkNames: args["link_names"] == "true" || args["link_names"] == "1"}
	if c.Kind == "im" {
		m.Reader = c.Members[0]
	}
	if metadata := args["metadata"]; metadata != "" {
		if json.Unmarshal([]byte(metadata), &m.Metadata) != nil {
			return nil, apiError("invalid_metadata_format")
		}
	}
	return m, nil
}

func isTS(ts string) bool {
	seconds, micros, ok := strings.Cut(ts, ".")
	_, err := strconv.Atoi(seconds)
	return ok && err == nil && len(seconds) == 10 && len(micros) == 6
}

// wire is a message as the API shows it.
func (m *Message) wire() map[string]any {
	out := map[string]any{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text, "team": m.Team}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
	}
	if m.Bot {
		out["bot_id"] = "B" + strings.TrimPrefix(m.User, "U")
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	return out
}

func (s *Server) find(t *Team, channel, ts string) *Message {
	for _, m := range s.messages {
		if m.Team == t.ID && m.Channel == channel && m.TS == ts && !m.Deleted {
			return m
		}
	}
	return nil
}

func (s *Server) update(t *Team, args map[string]string) (answer, error) {
	m := s.find(t, args["channel"], args["ts"])
	c := t.channels[args["channel"]]
	switch {
	case m == nil || c == nil || m.Reader != "" && c.Kind != "im":
		return nil, apiError("message_not_found")
	case !m.Bot:
		return nil, apiError("cant_update_message")
	}
	blocks, err := checkMessage(args)
	if err != nil {
		return nil, err
	}
	m.Text, m.Edits = args["text"], m.Edits+1
	if _, given := args["blocks"]; given { // without, the old ones stay
		m.Blocks = blocks
	}
	return answer{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": m.wire()}, nil
}

func (s *Server) remove(t *Team, args map[string]string) (answer, error) {
	m := s.find(t, args["channel"], args["ts"])
	if m == nil {
		return nil, apiError("message_not_found")
	}
	if !m.Bot {
		return nil, apiError("cant_delete_message")
	}
	m.Deleted = true
	return answer{"channel": m.Channel, "ts": m.TS}, nil
}

func (s *Server) info(t *Team, args map[string]string) (answer, error) {
	c := t.channels[args["channel"]]
	if c == nil || c.Hidden {
		return nil, apiError("channel_not_found")
	}
	return answer{"channel": map[string]any{
		"id": c.ID, "name": c.Name, "is_channel": c.Kind == "channel", "is_group": c.Kind == "group", "is_im": c.Kind == "im",
		"is_mpim": c.Kind == "mpim", "is_private": c.Kind != "channel", "is_shared": c.ExtShared || c.OrgShared,
		"is_ext_shared": c.ExtShared, "is_org_shared": c.OrgShared, "is_archived": c.Archived, "is_member": !c.NoBot,
		"context_team_id": t.workspaceID(),
	}}, nil
}

// workspaceID is the id of the workspace: of an installation for a whole Grid organisation, of one in it.
func (t *Team) workspaceID() string {
	if t.OrgInstall {
		return "T-of-" + t.Enterprise
	}
	return t.ID
}

func (s *Server) members(t *Team, args map[string]string) (answer, error) {
	c := t.channels[args["channel"]]
	if c == nil || c.Hidden {
		return nil, apiError("channel_not_found")
	}
	page, next, err := pageOf(c.Members, args)
	return answer{"members": page, "response_metadata": map[string]any{"next_cursor": next}}, err
}

// pageOf cuts a list as cursors do.
func pageOf[T any](list []T, args map[string]string) (page []T, next string, err error) {
	start := 0
	if cursor := args["cursor"]; cursor != "" {
		if start, err = strconv.Atoi(cursor); err != nil || start > len(list) {
			return nil, "", apiError("invalid_cursor")
		}
	}
	limit := 100
	if given := args["limit"]; given != "" && given != "0" {
		if limit, err = strconv.Atoi(given); err != nil || limit < 0 || limit > 1000 {
			return nil, "", apiError("invalid_limit")
		}
	}
	end := min(start+limit, len(list))
	if end < len(list) {
		next = strconv.Itoa(end)
	}
	return append([]T{}, list[start:end]...), next, nil
}

func (s *Server) open(t *Team, args map[string]string) (answer, error) {
	users := strings.Split(args["users"], ",")
	for _, user := range users {
		switch p, ok := t.people[user]; {
		case !ok:
			return nil, apiError("user_not_found")
		case p.Deleted:
			return nil, apiError("user_disabled")
		}
	}
	if len(users) == 1 {
		return answer{"channel": map[string]any{"id": s.directWith(t, users[0]).ID}}, nil
	}
	if len(users) > 8 {
		return nil, apiError("too_many_users")
	}
	slices.Sort(users)
	id := "G" + strings.Join(users, "")
	if t.channels[id] == nil {
		t.channels[id] = &Channel{ID: id, Kind: "mpim", Members: append(users, t.BotUser)}
	}
	return answer{"channel": map[string]any{"id": id}}, nil
}

// history answers conversations.history and conversations.replies: "ts" makes the difference.
func (s *Server) history(t *Team, args map[string]string) (answer, error) {
	c := t.channels[args["channel"]]
	if c == nil {
		return nil, apiError("channel_not_found")
	}
	var found []any
	for _, m := range s.messages {
		inThread := args["ts"] != "" && (m.TS == args["ts"] || m.Thread == args["ts"])
		top := args["ts"] == "" && (m.Thread == "" || m.Thread == m.TS)
		private := m.Reader != "" && c.Kind != "im"
		if m.Team != t.ID || m.Channel != c.ID || m.Deleted || private || !inThread && !top {
			continue
		}
		wire := m.wire()
		if args["include_all_metadata"] != "true" {
			delete(wire, "metadata")
		}
		found = append(found, wire)
	}
	if args["ts"] == "" {
		slices.Reverse(found)
	} else if len(found) == 0 {
		return nil, apiError("thread_not_found")
	}
	page, next, err := pageOf(found, args)
	return answer{"messages": page, "has_more": next != "", "response_metadata": map[string]any{"next_cursor": next}}, err
}

func (p Person) wire() map[string]any {
	out := map[string]any{
		"id": p.ID, "team_id": p.Team, "name": p.Name, "real_name": p.Name, "deleted": p.Deleted, "tz": p.Zone, "locale": p.Locale,
		"is_bot": p.Bot, "is_restricted": p.Guest, "is_ultra_restricted": false, "is_stranger": p.Stranger,
		"profile": map[string]any{"display_name": p.Name, "real_name": p.Name},
	}
	if p.Enterprise != "" {
		out["enterprise_user"] = map[string]any{"enterprise_id": p.Enterprise, "id": p.ID, "teams": append([]string{p.Team}, p.Teams...)}
	}
	return out
}

func (s *Server) userInfo(t *Team, args map[string]string) (answer, error) {
	p, ok := t.people[args["user"]]
	if !ok {
		return nil, apiError("user_not_found")
	}
	return answer{"user": p.wire()}, nil
}

func (s *Server) userList(t *Team, args map[string]string) (answer, error) {
	if t.OrgInstall && args["team_id"] == "" {
		return nil, apiError("missing_argument")
	}
	var all []any
	for _, id := range slices.Sorted(maps.Keys(t.people)) {
		if p := t.people[id]; !p.Stranger {
			all = append(all, p.wire())
		}
	}
	page, next, err := pageOf(all, args)
	return answer{"members": page, "response_metadata": map[string]any{"next_cursor": next}}, err
}

// triggerLife is how long a trigger_id may be used, once.
const triggerLife = 3 * time.Second

func (s *Server) takeTrigger(id string) (*trigger, error) {
	tr := s.triggers[id]
	switch {
	case tr == nil:
		return nil, apiError("invalid_trigger_id")
	case tr.used:
		return nil, apiError("exchanged_trigger_id")
	case s.now().Sub(tr.at) > triggerLife:
		return nil, apiError("expired_trigger_id")
	}
	tr.used = true
	return tr, nil
}

func (s *Server) viewOpen(t *Team, args map[string]string) (answer, error) {
	body, err := checkView(args["view"], "modal")
	if err != nil {
		return nil, err
	}
	tr, err := s.takeTrigger(args["trigger_id"])
	if err != nil {
		return nil, err
	}
	v := &View{ID: s.nextID("V"), Team: t.ID, User: tr.user, Type: "modal", Body: body}
	s.views[v.ID] = v
	return answer{"view": v.wire()}, nil
}

// mostViews is how many modals may lie on one another.
const mostViews = 3

func (s *Server) viewPush(t *Team, args map[string]string) (answer, error) {
	open := 0
	if tr := s.triggers[args["trigger_id"]]; tr != nil {
		for _, v := range s.views {
			if v.Team == t.ID && v.User == tr.user && !v.Closed {
				open++
			}
		}
	}
	if open >= mostViews {
		return nil, apiError("push_limit_reached")
	}
	return s.viewOpen(t, args)
}

func (v *View) wire() map[string]any {
	out := maps.Clone(v.Body)
	out["id"], out["team_id"], out["hash"] = v.ID, v.Team, "hash."+v.ID
	return out
}

func (s *Server) viewUpdate(t *Team, args map[string]string) (answer, error) {
	v := s.views[args["view_id"]]
	if v == nil || v.Team != t.ID || v.Closed {
		return nil, apiError("not_found")
	}
	body, err := checkView(args["view"], "modal")
	if err != nil {
		return nil, err
	}
	v.Body = body
	return answer{"view": v.wire()}, nil
}

func (s *Server) viewPublish(t *Team, args map[string]string) (answer, error) {
	user := args["user_id"]
	if _, ok := t.people[user]; !ok {
		return nil, apiError("user_not_found")
	}
	body, err := checkView(args["view"], "home")
	if err != nil {
		return nil, err
	}
	v := View{ID: s.nextID("V"), Team: t.ID, User: user, Type: "home", Body: body}
	s.homes[t.ID+"/"+user] = v
	return answer{"view": v.wire()}, nil
}

func (s *Server) setStatus(t *Team, args map[string]string) (answer, error) {
	if args["channel_id"] == "" || !isTS(args["thread_ts"]) {
		return nil, apiError("invalid_thread_ts")
	}
	s.statuses = append(s.statuses, "status "+args["channel_id"]+" "+args["status"])
	return nil, nil
}

func (s *Server) setTitle(t *Team, args map[string]string) (answer, error) {
	if args["title"] == "" || !isTS(args["thread_ts"]) {
		return nil, apiError("invalid_arguments")
	}
	s.statuses = append(s.statuses, "title "+args["title"])
	return nil, nil
}

func (s *Server) setPrompts(t *Team, args map[string]string) (answer, error) {
	var prompts []struct{ Title, Message string }
	if json.Unmarshal([]byte(args["prompts"]), &prompts) != nil || len(prompts) == 0 || len(prompts) > 4 {
		return nil, apiError("invalid_arguments")
	}
	for _, p := range prompts {
		s.statuses = append(s.statuses, "prompt "+p.Message)
	}
	return nil, nil
}
