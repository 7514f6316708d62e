package fakeslack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket" // the library that real clients use
)

// socket is a Socket Mode connection.
type socket struct {
	s        *Server
	token    string
	conn     *websocket.Conn
	writing  sync.Mutex
	mute     bool // half open: it takes everything and says nothing
	retiring bool // Slack asked to replace it: nothing new goes to it
}

// What Slack takes of Socket Mode: connections of an app, and bytes of an acknowledgement.
const (
	mostSockets = 10
	mostAck     = 20 << 10
)

func (s *Server) connectionsOpen(t *Team, token string) (answer, error) {
	s.opens[token]++
	switch {
	case token != t.AppToken:
		return nil, apiError("not_allowed_token_type")
	case t.NoSocketMode:
		return nil, apiError("socket_mode_not_enabled")
	}
	ticket := s.nextID("ticket")
	s.triggers[ticket] = &trigger{team: t.ID, at: s.now()}
	return answer{"url": strings.Replace(s.URL, "http", "ws", 1) + "/socket?ticket=" + ticket + "&token=" + token}, nil
}

func (s *Server) serveSocket(rw http.ResponseWriter, r *http.Request) {
	ticket, token := r.URL.Query().Get("ticket"), r.URL.Query().Get("token")
	s.mu.Lock()
	tr := s.triggers[ticket]
	usable := tr != nil && !tr.used && !s.closed
	if usable {
		tr.used = true
	}
	s.mu.Unlock()
	if !usable {
		http.Error(rw, "no such ticket", http.StatusForbidden)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return
	}
	k := &socket{s: s, token: token, conn: conn}
	conn.SetPingHandler(func(data string) error {
		s.mu.Lock()
		mute := k.mute
		s.mu.Unlock()
		if mute {
			return nil
		}
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	k.greet()
	k.read()
}

// greet says hello and sends what waited for a connection.
func (k *socket) greet() {
	s := k.s
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		_ = k.conn.Close()
		return
	}
	count := len(s.sockets[k.token]) + 1
	s.mu.Unlock()
	k.write(map[string]any{"type": "hello", "num_connections": count, "connection_info": map[string]any{"app_id": "A1"},
		"debug_info": map[string]any{"host": "applink-1", "approximate_connection_time": 18060}})
	if count > mostSockets {
		k.write(map[string]any{"type": "disconnect", "reason": "too_many_websockets"})
		_ = k.conn.Close()
		return
	}
	s.mu.Lock()
	s.sockets[k.token] = append(s.sockets[k.token], k)
	waiting := s.queued[k.token]
	s.queued[k.token] = nil
	s.notify()
	s.mu.Unlock()
	for _, r := range waiting {
		k.send(r)
	}
}

// read takes acknowledgements until the connection ends; then what it carried and nobody
// acknowledged goes to the next, as far as Slack repeats it.
func (k *socket) read() {
	for {
		_, data, err := k.conn.ReadMessage()
		if err != nil {
			break
		}
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if len(data) >= mostAck {
			continue // Slack drops it without a word
		}
		if json.Unmarshal(data, &ack) == nil {
			k.s.acknowledged(ack.ID, ack.Payload)
		}
	}
	_ = k.conn.Close()
	s := k.s
	s.mu.Lock()
	s.sockets[k.token] = slices.DeleteFunc(s.sockets[k.token], func(other *socket) bool { return other == k })
	var again []*Receipt
	for _, r := range s.flying {
		if r.socket == k && !r.isAcked() && r.kind == "events_api" {
			r.socket = nil
			r.attempt++
			again = append(again, r)
		}
	}
	closed := s.closed
	s.notify()
	s.mu.Unlock()
	if !closed {
		for _, r := range again {
			s.sendOver(r)
		}
	}
}

func (k *socket) write(frame any) {
	k.writing.Lock()
	defer k.writing.Unlock()
	_ = k.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = k.conn.WriteJSON(frame)
}

func (k *socket) send(r *Receipt) {
	k.s.mu.Lock()
	r.socket = k
	frame := map[string]any{"type": r.kind, "envelope_id": r.envelope, "payload": r.payload,
		"accepts_response_payload": r.kind != "events_api"}
	if r.kind == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = r.attempt, map[bool]string{true: "timeout"}[r.attempt > 0]
	}
	k.s.mu.Unlock()
	k.write(frame)
}

// Connections returns how many connections are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.allSockets())
}

// Cut ends every connection, or the oldest alone, without a goodbye.
func (s *Server) Cut(all bool) {
	s.mu.Lock()
	sockets := s.allSockets()
	if !all && len(sockets) > 1 {
		sockets = sockets[:1]
	}
	s.mu.Unlock()
	for _, k := range sockets {
		_ = k.conn.NetConn().Close()
	}
}

// Refresh asks for the oldest connection to be replaced, with one of Slack's reasons: "warning",
// "refresh_requested", "link_disabled", "too_many_websockets". All but the first close it, too.
func (s *Server) Refresh(reason string) {
	s.mu.Lock()
	sockets := s.allSockets()
	var k *socket
	for _, one := range sockets {
		if !one.retiring {
			k = one
			break
		}
	}
	if k != nil {
		k.retiring = true
	}
	s.mu.Unlock()
	if k == nil {
		return
	}
	k.write(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-1"}})
	if reason != "warning" {
		message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = k.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	}
}

// Mute makes every open connection half open: it stays, and nothing comes over it any more. It returns how many there are.
func (s *Server) Mute() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.allSockets()
	for _, k := range all {
		k.mute = true
	}
	return len(all)
}

// Muted returns how many half open connections there still are.
func (s *Server) Muted() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.allSockets() {
		if k.mute {
			n++
		}
	}
	return n
}

// Frame sends a frame as it is, over one connection.
func (s *Server) Frame(data string) bool {
	s.mu.Lock()
	sockets := s.allSockets()
	s.mu.Unlock()
	if len(sockets) == 0 {
		return false
	}
	k := sockets[0]
	k.writing.Lock()
	defer k.writing.Unlock()
	return k.conn.WriteMessage(websocket.TextMessage, []byte(data)) == nil
}
