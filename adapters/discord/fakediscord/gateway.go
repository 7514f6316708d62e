package fakediscord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket" // the server's side of the gateway
)

// session is one gateway session; it outlives its connections until it is told to end.
type session struct {
	id      string
	intents int
	events  [][]byte // so that resuming can repeat them
	dropped int      // how many were forgotten before those
	conn    *line
}

// line is one connection.
type line struct {
	ws     *websocket.Conn
	mu     sync.Mutex
	closed atomic.Bool // by the fake
}

func (l *line) send(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = l.ws.WriteJSON(v) // a line that is down is read as such
}

func (l *line) raw(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = l.ws.WriteMessage(websocket.TextMessage, []byte(text)) // as in send
}

func (l *line) close(code int) {
	l.closed.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = l.ws.Close()
}

type packet struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
}

type frame struct {
	Op int    `json:"op"`
	D  any    `json:"d"`
	S  int    `json:"s,omitempty"`
	T  string `json:"t,omitempty"`
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l := &line{ws: ws}
	s.mu.Lock()
	s.opened++
	s.notify()
	s.mu.Unlock()
	defer func() { _ = ws.Close() }()
	s.mu.Lock()
	zombie := s.faults.zombie
	every := s.HeartbeatEvery
	s.mu.Unlock()
	if !zombie {
		l.send(frame{Op: 10, D: map[string]any{"heartbeat_interval": every.Milliseconds()}})
	}
	var mine *session
	defer func() {
		s.mu.Lock()
		if mine != nil && mine.conn == l {
			mine.conn = nil
			s.notify()
		}
		s.mu.Unlock()
	}()
	for {
		var p packet
		if err := ws.ReadJSON(&p); err != nil {
			if websocket.IsCloseError(err, 1000, 1001) && mine != nil && !l.closed.Load() {
				s.mu.Lock()
				delete(s.sessions, mine.id) // a bot that leaves politely has left
				s.mu.Unlock()
			}
			return
		}
		switch p.Op {
		case 1:
			s.mu.Lock()
			silent := s.faults.zombie || s.faults.deaf
			s.mu.Unlock()
			if !silent {
				l.send(frame{Op: 11})
			}
		case 2:
			if mine = s.identify(l, p.D); mine == nil && !s.stays(l) {
				return
			}
		case 6:
			if mine = s.resume(l, p.D); mine == nil && !s.stays(l) {
				return
			}
		}
	}
}

// stays reports whether a line that has no session is kept, for an identify to come.
func (s *Server) stays(l *line) bool { return l.ws.SetReadDeadline(time.Now().Add(time.Minute)) == nil }

func (s *Server) identify(l *line, d json.RawMessage) *session {
	var who struct {
		Token   string `json:"token"`
		Intents int    `json:"intents"`
	}
	_ = json.Unmarshal(d, &who) // who says nothing is refused
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identifies++
	code := s.faults.identify
	switch {
	case code != 0:
	case who.Token != "Bot "+Token && who.Token != Token:
		code = 4004
	case who.Intents&intentContent != 0 && !s.MessageContentAllowed:
		code = 4014
	}
	if code != 0 {
		l.close(code)
		return nil
	}
	mine := &session{id: fmt.Sprintf("session-%d", s.identifies), intents: who.Intents, conn: l}
	s.sessions[mine.id] = mine
	guilds := []any{}
	for _, g := range s.guilds {
		guilds = append(guilds, map[string]any{"id": g.id, "unavailable": true})
	}
	s.to(mine, "READY", map[string]any{
		"v": 9, "user": s.userJSON(s.users[BotID]), "guilds": guilds, "session_id": mine.id,
		"application": map[string]any{"id": AppID, "flags": 0},
	})
	for _, g := range s.guilds {
		s.to(mine, "GUILD_CREATE", s.guildJSON(g))
	}
	s.notify()
	return mine
}

func (s *Server) resume(l *line, d json.RawMessage) *session {
	var who struct {
		SessionID string `json:"session_id"`
		Seq       int    `json:"seq"`
	}
	_ = json.Unmarshal(d, &who) // who says nothing is refused
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resumes++
	mine := s.sessions[who.SessionID]
	op := 0
	if len(s.faults.resumeOp) > 0 {
		op, s.faults.resumeOp = s.faults.resumeOp[0], s.faults.resumeOp[1:]
	}
	switch {
	case op == 7:
		l.send(frame{Op: 7})
		return nil
	case op == 9 || mine == nil:
		delete(s.sessions, who.SessionID)
		l.send(frame{Op: 9, D: false})
		return nil
	}
	mine.conn = l
	for _, text := range mine.events[min(max(who.Seq-mine.dropped, 0), len(mine.events)):] {
		l.send(json.RawMessage(text))
	}
	s.to(mine, "RESUMED", map[string]any{})
	s.notify()
	return mine
}

// dispatch sends an event to the bot, now or when it resumes. The caller holds the lock.
func (s *Server) dispatch(kind string, data any) {
	for _, one := range s.sessions {
		s.to(one, kind, data)
	}
}

func (s *Server) to(one *session, kind string, data any) {
	if m, ok := data.(*Message); ok {
		data = s.eventJSON(m, one.intents)
	}
	text, _ := json.Marshal(frame{Op: 0, T: kind, S: one.dropped + len(one.events) + 1, D: data})
	one.events = append(one.events, text)
	if one.conn != nil && !s.faults.zombie {
		one.conn.send(json.RawMessage(text))
	}
}

// eventJSON is a message as the gateway tells of it: without its text unless the bot may read it.
func (s *Server) eventJSON(m *Message, intents int) map[string]any {
	j := s.messageJSON(m, false)
	c := s.channels[m.Channel]
	u := s.users[m.Author]
	if c.guild != "" {
		j["guild_id"] = c.guild
		member := s.memberJSON(u, "0")
		delete(member, "user")
		j["member"] = member
	}
	var answered *Message
	if m.ReplyTo != "" {
		if answered = s.message(m.ReplyTo); answered != nil {
			j["referenced_message"] = s.messageJSON(answered, true)
		}
	}
	named := false
	for _, id := range m.mentioned {
		named = named || id == BotID
	}
	if c.guild != "" && m.Author != BotID && !named && intents&intentContent == 0 {
		j["content"], j["components"] = "", []any{}
	}
	return j
}

func (s *Server) message(id string) *Message {
	for _, m := range s.messages {
		if m.ID == id && !m.deleted {
			return m
		}
	}
	return nil
}

// Connected reports whether a session has a line.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.sessions {
		if one.conn != nil {
			return true
		}
	}
	return false
}

// Lines returns how many lines to the gateway were opened so far.
func (s *Server) Lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

func (s *Server) lines() []*line {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []*line
	for _, one := range s.sessions {
		if one.conn != nil {
			lines = append(lines, one.conn)
			one.conn = nil
		}
	}
	return lines
}

// Drop cuts every line without a goodbye. Sessions can be resumed.
func (s *Server) Drop() {
	for _, l := range s.lines() {
		_ = l.ws.NetConn().Close()
	}
}

// CloseLines closes every line with a code. Sessions can be resumed.
func (s *Server) CloseLines(code int) {
	for _, l := range s.lines() {
		l.close(code)
	}
}

// EndSessions drops every line and its session, as after a long outage.
func (s *Server) EndSessions() {
	s.Drop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = map[string]*session{}
}

// Op sends an operation on every line: 1, 7, 9 or 11.
func (s *Server) Op(op int, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.sessions {
		if one.conn != nil {
			one.conn.send(frame{Op: op, D: data})
		}
		if op == 9 {
			delete(s.sessions, one.id)
		}
	}
}

// Packet sends anything on every line.
func (s *Server) Packet(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.sessions {
		if one.conn != nil {
			one.conn.raw(text)
		}
	}
}

// Event sends an event of any kind, as it is.
func (s *Server) Event(kind string, data json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(kind, data)
}
