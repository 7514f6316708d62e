package fakediscord

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one request.
type call struct {
	s    *Server
	body map[string]any
	list []map[string]any // when the body is a list
	path []string         // what the route's pattern caught
	r    *http.Request
	tell func() // what to do once the answer is written
}

type route struct {
	method  string
	pattern *regexp.Regexp
	serve   func(*call) (int, any, *refusal)
	sends   bool // it makes a message or changes one
	public  bool // by a token in its path
}

func at(method, pattern string, serve func(*call) (int, any, *refusal)) route {
	return route{method: method, pattern: regexp.MustCompile("^" + pattern + "$"), serve: serve}
}

func sending(r route) route { r.sends = true; return r }
func byToken(r route) route { r.public = true; return r }

var routes = []route{
	at("GET", "gateway", (*call).gateway),
	at("GET", "gateway/bot", (*call).gatewayBot),
	at("GET", "users/@me", func(c *call) (int, any, *refusal) {
		j := c.s.userJSON(c.s.users[BotID])
		j["mfa_enabled"], j["locale"] = false, "en-GB"
		return 200, j, nil
	}),
	at("GET", "users/@me/guilds", (*call).guilds),
	at("GET", "applications/@me", func(c *call) (int, any, *refusal) { return 200, c.s.applicationJSON(), nil }),
	at("PUT", `applications/(\d+)/commands`, (*call).putCommands),
	at("POST", "users/@me/channels", (*call).openDM),
	at("GET", `channels/(\d+)`, (*call).getChannel),
	at("PATCH", `channels/(\d+)`, (*call).patchChannel),
	at("GET", `channels/(\d+)/messages`, (*call).listMessages),
	sending(at("POST", `channels/(\d+)/messages`, (*call).createMessage)),
	sending(at("PATCH", `channels/(\d+)/messages/(\d+)`, (*call).editMessage)),
	at("DELETE", `channels/(\d+)/messages/(\d+)`, (*call).deleteMessage),
	byToken(at("POST", `interactions/(\d+)/([^/]+)/callback`, (*call).callback)),
	byToken(sending(at("POST", `webhooks/(\d+)/([^/]+)`, (*call).followUp))),
	byToken(sending(at("PATCH", `webhooks/(\d+)/([^/]+)/messages/([^/]+)`, (*call).editWebhook))),
	byToken(at("DELETE", `webhooks/(\d+)/([^/]+)/messages/([^/]+)`, (*call).deleteWebhook)),
}

// ServeHTTP answers the REST interface and the gateway.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/gateway-line/" {
		s.serveGateway(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, controlPath) {
		s.serveControl(w, r)
		return
	}
	path := regexp.MustCompile(`^/api(/v\d+)?/`).ReplaceAllString(r.URL.Path, "")
	text, _ := io.ReadAll(io.LimitReader(r.Body, 1<<22))
	for _, route := range routes {
		found := route.pattern.FindStringSubmatch(path)
		if route.method != r.Method || found == nil {
			continue
		}
		c := &call{s: s, r: r, path: found[1:]}
		if len(text) > 0 && json.Unmarshal(text, &c.body) != nil {
			_ = json.Unmarshal(text, &c.list) // what is neither is refused by its route
		}
		s.serve(w, route, c, text)
		return
	}
	s.mu.Lock()
	s.complain("%s %s is not a route the fake knows", r.Method, r.URL.Path)
	s.mu.Unlock()
	s.write(w, r, text, 404, map[string]any{"message": "404: Not Found", "code": 0})
}

func (s *Server) serve(w http.ResponseWriter, route route, c *call, text []byte) {
	if !s.holdUp(route, c) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limits(w, route, c, text) {
		return
	}
	if len(s.faults.status) > 0 {
		status := s.faults.status[0]
		s.faults.status = s.faults.status[1:]
		s.writeLocked(w, c.r, text, status, map[string]any{"message": http.StatusText(status), "code": 0})
		return
	}
	refused := notLetIn
	var status int
	var answer any
	if route.public || c.r.Header.Get("Authorization") == "Bot "+Token {
		status, answer, refused = route.serve(c)
	}
	switch {
	case refused != nil:
		s.writeLocked(w, c.r, text, refused.status, refused.json())
		return
	case route.sends && s.faults.lose > 0:
		s.faults.lose--
		s.record(c.r, text, status, answer)
		hangUp(w)
	default:
		s.writeLocked(w, c.r, text, status, answer)
	}
	if c.tell != nil {
		c.tell()
	}
	s.notify()
}

// holdUp waits as the faults ask for. It reports false when whoever asked has gone meanwhile.
func (s *Server) holdUp(route route, c *call) bool {
	s.mu.Lock()
	delay := s.faults.delay
	var held, release chan struct{}
	if route.sends && s.faults.held != nil {
		held, release = s.faults.held, s.faults.release
		s.faults.held = nil
	}
	s.mu.Unlock()
	if held != nil {
		close(held)
		<-release
	}
	if delay == 0 {
		return true
	}
	late := time.NewTimer(delay)
	defer late.Stop()
	select {
	case <-late.C:
		return true
	case <-c.r.Context().Done():
		return false
	}
}

// hangUp cuts the line before an answer is written.
func hangUp(w http.ResponseWriter) {
	if hijacker, ok := w.(http.Hijacker); ok {
		if conn, _, err := hijacker.Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}

// limits answers as Discord does when it asks to wait. It reports whether it did.
func (s *Server) limits(w http.ResponseWriter, route route, c *call, text []byte) bool {
	f := &s.faults
	switch {
	case f.cloudflare > 0 && route.sends: // what the bot does besides, such as catching up, would use it up unseen
		f.cloudflare--
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "error code: 1015")
		return true
	case s.busy(w, route, c, text):
		return true
	case !f.limited || !f.limitGlobal && !route.sends || f.limitGlobal && route.public:
		return false
	}
	now := s.now()
	if now.Before(f.limitUntil) {
		f.early++
	} else if f.limitUntil.IsZero() {
		f.limitUntil = now.Add(f.limitAfter)
	} else { // waited as told
		f.limited = false
		return false
	}
	left := f.limitUntil.Sub(now).Seconds()
	w.Header().Set("Retry-After", strconv.FormatFloat(left, 'f', 3, 64))
	w.Header().Set("X-RateLimit-Reset-After", strconv.FormatFloat(left, 'f', 3, 64))
	w.Header().Set("X-RateLimit-Remaining", "0")
	if f.limitGlobal {
		w.Header().Set("X-RateLimit-Global", "true")
	}
	s.writeLocked(w, c.r, text, 429, map[string]any{"message": "You are being rate limited.", "retry_after": left, "global": f.limitGlobal, "code": 0})
	return true
}

// busy answers for a channel whose own limit is used up, and counts who comes too early.
func (s *Server) busy(w http.ResponseWriter, route route, c *call, text []byte) bool {
	if !route.sends || len(c.path) == 0 {
		return false
	}
	until, limited := s.faults.busy[c.path[0]]
	left := until.Sub(s.now()).Seconds()
	if !limited || left <= 0 {
		return false
	}
	if w.Header().Set("X-RateLimit-Scope", "user"); s.told[c.path[0]] {
		s.faults.early++
	}
	s.told[c.path[0]] = true
	w.Header().Set("X-RateLimit-Bucket", "messages")
	w.Header().Set("X-RateLimit-Limit", "5")
	w.Header().Set("X-RateLimit-Remaining", "0")
	w.Header().Set("X-RateLimit-Reset-After", strconv.FormatFloat(left, 'f', 3, 64))
	w.Header().Set("Retry-After", strconv.Itoa(int(left)+1))
	s.writeLocked(w, c.r, text, 429, map[string]any{"message": "You are being rate limited.", "retry_after": left, "global": false, "code": 0})
	return true
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, text []byte, status int, answer any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeLocked(w, r, text, status, answer)
}

func (s *Server) writeLocked(w http.ResponseWriter, r *http.Request, text []byte, status int, answer any) {
	s.record(r, text, status, answer)
	if answer != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	if answer != nil {
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func (s *Server) record(r *http.Request, text []byte, status int, answer any) {
	e := Exchange{Method: r.Method, Path: r.URL.RequestURI(), Status: status}
	if len(text) > 0 {
		e.Body = raw(bytes.Clone(text))
	}
	if answer != nil {
		said, _ := json.Marshal(answer)
		e.Response = said
	}
	s.exchanges = append(s.exchanges, e)
}

func (c *call) gateway() (int, any, *refusal) {
	return 200, map[string]any{"url": c.gatewayURL()}, nil
}

// gatewayURL is where the request came to, so that a proxy in between stays in between.
func (c *call) gatewayURL() string { return "ws://" + c.r.Host + "/gateway-line/" }

func (c *call) gatewayBot() (int, any, *refusal) {
	return 200, map[string]any{"url": c.gatewayURL(), "shards": 1, "session_start_limit": map[string]any{
		"total": 1000, "remaining": max(0, 1000-c.s.identifies), "reset_after": 3600000, "max_concurrency": maxConcurrency}}, nil
}

func (c *call) guilds() (int, any, *refusal) {
	list := []any{}
	for _, g := range c.s.guilds {
		list = append(list, map[string]any{"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false, "permissions": c.s.Rights, "features": []any{}})
	}
	return 200, list, nil
}

func (c *call) putCommands() (int, any, *refusal) {
	if r := checkCommands(c.list); r != nil {
		return 0, nil, r
	}
	c.s.overwrites++
	c.s.commands = c.list
	list := []any{}
	for _, command := range c.list {
		j := map[string]any{
			"id": c.s.newID(c.s.now()), "application_id": AppID, "version": c.s.newID(c.s.now()), "default_member_permissions": nil, "type": 1, "description": "",
		}
		for k, v := range command {
			j[k] = v
		}
		list = append(list, j)
	}
	return 200, list, nil
}

func (c *call) openDM() (int, any, *refusal) {
	id, _ := c.body["recipient_id"].(string)
	if c.s.users[id] == nil {
		return 0, nil, invalid("recipient_id")
	}
	return 200, c.s.channelJSON(c.s.dm(id)), nil
}

func (c *call) channel() (*channel, *refusal) {
	ch := c.s.channels[c.path[0]]
	if ch == nil {
		return nil, unknownChannel
	}
	return ch, nil
}

func (c *call) getChannel() (int, any, *refusal) {
	ch, r := c.channel()
	if r != nil {
		return 0, nil, r
	}
	if c.s.faults.forbidden[ch.id] {
		return 0, nil, missingAccess
	}
	return 200, c.s.channelJSON(ch), nil
}

func (c *call) patchChannel() (int, any, *refusal) {
	ch, r := c.channel()
	if r != nil {
		return 0, nil, r
	}
	if c.s.faults.forbidden[ch.id] {
		return 0, nil, missingPermissions
	}
	if tags, ok := c.body["applied_tags"].([]any); ok {
		if ch.archived {
			return 0, nil, threadArchived
		}
		if len(tags) > 5 {
			return 0, nil, invalid("applied_tags: at most 5")
		}
		ch.tags = nil
		for _, t := range tags {
			ch.tags = append(ch.tags, t.(string))
		}
	}
	if archived, ok := c.body["archived"].(bool); ok {
		ch.archived = archived
	}
	j := c.s.channelJSON(ch)
	c.tell = func() { c.s.dispatch("THREAD_UPDATE", j) }
	return 200, j, nil
}

func (c *call) listMessages() (int, any, *refusal) {
	ch, r := c.channel()
	if r != nil {
		return 0, nil, r
	}
	limit, _ := strconv.Atoi(c.r.URL.Query().Get("limit"))
	if limit == 0 {
		limit = 50
	}
	after := c.r.URL.Query().Get("after")
	var list []any
	for _, m := range c.s.messages {
		if m.Channel == ch.id && !m.deleted && !m.Form && m.Flags&flagEphemeral == 0 && (after == "" || idLess(after, m.ID)) {
			j := c.s.messageJSON(m, true)
			if m.Author != BotID && ch.guild != "" && !c.s.MessageContentAllowed && !slices.Contains(m.mentioned, BotID) {
				j["content"] = ""
			}
			list = append(list, j)
		}
	}
	if after == "" {
		list = list[max(0, len(list)-limit):]
	} else {
		list = list[:min(len(list), limit)]
	}
	slices.Reverse(list)
	return 200, append([]any{}, list...), nil
}

func idLess(a, b string) bool {
	x, _ := strconv.ParseUint(a, 10, 64)
	y, _ := strconv.ParseUint(b, 10, 64)
	return x < y
}

// mayWrite refuses where the bot may not write.
func (c *call) mayWrite(ch *channel) *refusal {
	f := c.s.faults
	switch {
	case f.forbidden[ch.id]:
		return missingPermissions
	case ch.kind == kindDM && (f.noPrivate || f.closedDMs[ch.recipient]):
		return cannotDM
	case ch.kind == kindForum:
		return &refusal{400, 50008, "Cannot send messages in a non-text channel"}
	case ch.locked:
		return threadLocked
	}
	return nil
}

func (c *call) createMessage() (int, any, *refusal) {
	ch, r := c.channel()
	if r == nil {
		r = c.mayWrite(ch)
	}
	if r == nil {
		r = checkMessage(c.body, false)
	}
	if r != nil {
		return 0, nil, r
	}
	nonce, _ := c.body["nonce"].(string)
	if enforce, _ := c.body["enforce_nonce"].(bool); enforce && nonce != "" {
		if m := c.s.nonces[nonce]; m != nil && m.Channel == ch.id {
			return 200, c.s.messageJSON(m, false), nil
		}
	}
	m := c.s.fill(&Message{Channel: ch.id, Author: BotID, Nonce: nonce}, c.body)
	m.Flags &= flagSuppress
	if ch.kind == kindDM {
		m.Reader = ch.recipient
	}
	if ref, ok := c.body["message_reference"].(map[string]any); ok {
		id, _ := ref["message_id"].(string)
		if answered := c.s.message(id); answered != nil && answered.Channel == ch.id {
			m.ReplyTo = id
		} else if must, ok := ref["fail_if_not_exists"].(bool); !ok || must {
			return 0, nil, invalid("message_reference: unknown message")
		}
	}
	ch.archived = false // writing opens a thread again
	c.s.add(m)
	if nonce != "" {
		c.s.nonces[nonce] = m
	}
	c.tell = func() { c.s.dispatch("MESSAGE_CREATE", m) }
	return 200, c.s.messageJSON(m, false), nil
}

// fill takes over from a body what it holds.
func (s *Server) fill(m *Message, b map[string]any) *Message {
	if content, ok := b["content"].(string); ok {
		m.Content = strings.TrimSpace(content)
	}
	if b["components"] != nil {
		m.Components = children(b)
	}
	if flags, ok := b["flags"].(float64); ok {
		m.Flags = m.Flags&^flagSuppress | int(flags)
	}
	if b["content"] != nil || b["allowed_mentions"] != nil {
		m.Notifies, _ = b["allowed_mentions"].(map[string]any)
	}
	return m
}

func (s *Server) add(m *Message) *Message {
	m.at = s.now()
	if m.ID == "" {
		m.ID = s.newID(m.at)
	}
	s.messages = append(s.messages, m)
	if c := s.channels[m.Channel]; c != nil {
		c.last = m.ID
	}
	return m
}

func (c *call) editMessage() (int, any, *refusal) {
	ch, r := c.channel()
	if r != nil {
		return 0, nil, r
	}
	m := c.s.message(c.path[1])
	switch {
	case m == nil || m.Channel != ch.id || m.Flags&flagEphemeral != 0:
		return 0, nil, unknownMessage
	case m.Author != BotID:
		return 0, nil, notTheAuthor
	case ch.archived:
		return 0, nil, threadArchived
	}
	return c.edit(m)
}

func (c *call) edit(m *Message) (int, any, *refusal) {
	if r := checkMessage(c.body, true); r != nil {
		return 0, nil, r
	}
	c.s.fill(m, c.body)
	m.Flags &^= flagLoading
	m.Edited = stamp(c.s.now())
	c.tell = func() {
		if m.Flags&flagEphemeral == 0 {
			c.s.dispatch("MESSAGE_UPDATE", m)
		}
	}
	return 200, c.s.messageJSON(m, false), nil
}

func (c *call) deleteMessage() (int, any, *refusal) {
	m := c.s.message(c.path[1])
	if m == nil || m.Flags&flagEphemeral != 0 {
		return 0, nil, unknownMessage
	}
	return c.drop(m)
}

func (c *call) drop(m *Message) (int, any, *refusal) {
	m.deleted = true
	c.tell = func() {
		j := map[string]any{"id": m.ID, "channel_id": m.Channel}
		if guild := c.s.channels[m.Channel].guild; guild != "" {
			j["guild_id"] = guild
		}
		c.s.dispatch("MESSAGE_DELETE", j)
	}
	return 204, nil, nil
}

// Interactions.

func (c *call) interaction() (*Interaction, *refusal) {
	i := c.s.interactions[c.path[1]]
	if i == nil {
		return nil, unknownWebhook
	}
	if c.s.now().Sub(i.at) > interactionLives {
		c.s.complain("a token was used after fifteen minutes")
		return nil, badToken
	}
	return i, nil
}

func (c *call) callback() (int, any, *refusal) {
	i := c.s.interactions[c.path[1]]
	switch {
	case i == nil || i.ID != c.path[0] || c.s.now().Sub(i.at) > interactionAnswer && !i.answered:
		return 0, nil, unknownInteraction
	case i.answered:
		return 0, nil, acknowledged
	}
	if r := c.firstAnswer(i); r != nil {
		return 0, nil, r
	}
	i.answered = true
	close(i.Acknowledged)
	return 204, nil, nil
}

// firstAnswer does what the first answer to an interaction asks for, by its type.
func (c *call) firstAnswer(i *Interaction) *refusal {
	d, _ := c.body["data"].(map[string]any)
	switch t := kind(c.body); {
	case (t == 4 || t == 5) && i.kind != 4:
		return c.firstMessage(i, d, t == 5)
	case (t == 6 || t == 7) && (i.kind == 3 || i.kind == 5 && i.source != ""):
		i.original = i.source
		if m := c.s.message(i.source); t == 7 && m != nil {
			if r := checkMessage(d, true); r != nil {
				return r
			}
			c.s.fill(m, d)
		}
	case t == 8 && i.kind == 4:
		return complete(i, d)
	case t == 9 && i.kind != 4 && i.kind != 5:
		return c.openForm(i, d)
	default:
		return invalid("type: %d is no answer to an interaction of type %d", t, i.kind)
	}
	return nil
}

func (c *call) firstMessage(i *Interaction, d map[string]any, deferred bool) *refusal {
	given, _ := d["flags"].(float64)
	flags := int(given)
	if !deferred {
		if r := checkMessage(d, false); r != nil {
			return r
		}
	}
	switch {
	case deferred && flags&^flagEphemeral != 0:
		return invalid("a deferral may carry the ephemeral flag alone")
	case c.s.faults.noPrivate && flags&flagEphemeral != 0:
		return missingAccess
	}
	m := c.s.fill(&Message{Channel: i.channel, Author: BotID, interact: i.ID, webhook: true}, d)
	m.Flags = flags & (flagEphemeral | flagSuppress)
	if m.Flags&flagEphemeral != 0 || c.s.channels[i.channel].kind == kindDM {
		m.Reader = i.User
	}
	if deferred {
		m.Flags |= flagLoading
	}
	c.s.add(m)
	i.original = m.ID
	if m.Flags&flagEphemeral == 0 {
		c.tell = func() { c.s.dispatch("MESSAGE_CREATE", m) }
	}
	return nil
}

func complete(i *Interaction, d map[string]any) *refusal {
	list, _ := d["choices"].([]any)
	if len(list) > 25 {
		return invalid("choices: at most 25")
	}
	for _, x := range list {
		choice, _ := x.(map[string]any)
		value, _ := choice["value"].(string)
		i.choices = append(i.choices, value)
	}
	return nil
}

func (c *call) openForm(i *Interaction, d map[string]any) *refusal {
	if r := checkModal(d); r != nil {
		return r
	}
	title, _ := d["title"].(string)
	id, _ := d["custom_id"].(string)
	c.s.add(&Message{
		Channel: i.channel, Author: BotID, Reader: i.User, Form: true, FormID: id, Content: title, Components: children(d),
		Notifies: map[string]any{"parse": []any{}}, Flags: flagSuppress,
	})
	return nil
}

func (c *call) followUp() (int, any, *refusal) {
	i, r := c.interaction()
	if r == nil && !i.answered {
		r = unknownWebhook
	}
	if r == nil {
		r = checkMessage(c.body, false)
	}
	if r != nil {
		return 0, nil, r
	}
	m := c.s.fill(&Message{Channel: i.channel, Author: BotID, interact: i.ID, webhook: true}, c.body)
	m.Flags &= flagEphemeral | flagSuppress
	if c.s.faults.noPrivate && m.Flags&flagEphemeral != 0 {
		return 0, nil, missingAccess
	}
	if m.Flags&flagEphemeral != 0 || c.s.channels[i.channel].kind == kindDM {
		m.Reader = i.User
	}
	c.s.add(m)
	c.tell = func() {
		if m.Flags&flagEphemeral == 0 {
			c.s.dispatch("MESSAGE_CREATE", m)
		}
	}
	return 200, c.s.messageJSON(m, false), nil
}

func (c *call) webhookMessage() (*Message, *refusal) {
	i, r := c.interaction()
	if r != nil {
		return nil, r
	}
	id := c.path[2]
	if id == "@original" {
		id = i.original
	}
	m := c.s.message(id)
	if m == nil || m.Author != BotID || m.interact != i.ID && id != i.source {
		return nil, unknownMessage
	}
	return m, nil
}

func (c *call) editWebhook() (int, any, *refusal) {
	m, r := c.webhookMessage()
	if r != nil {
		return 0, nil, r
	}
	if c.s.faults.noPrivate && m.Flags&flagEphemeral != 0 {
		return 0, nil, missingAccess
	}
	return c.edit(m)
}

func (c *call) deleteWebhook() (int, any, *refusal) {
	m, r := c.webhookMessage()
	if r != nil {
		return 0, nil, r
	}
	return c.drop(m)
}
