package discord

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket" // discordgo's own: its Dialer takes our connection, its CloseError says why
)

// gate stands between discordgo and Discord. discordgo takes whatever it is sent at its word: a packet of
// "null", a heartbeat of no length or an event without its fields ends the process, from goroutines in which
// nothing can recover; Op 7 at the wrong moment locks it up, and at Op 9 it identifies uncounted. So it is
// given a connection in memory, on which it reads what it needs for a session, in shapes that it takes.
type gate struct {
	a    *Adapter
	line *line
	near *websocket.Conn // to discordgo
	far  *websocket.Conn // to Discord
	conn *watchedConn    // under far
	send sync.Mutex      // one writer to Discord at a time
}

const (
	maxPacket    = 64 << 20 // what the largest guilds begin with takes some megabytes
	minHeartbeat = 10       // milliseconds
	maxHeartbeat = 600_000
	closeResume  = 4000 // 1000 and 1001 would end the session

	// eventMark stands before the names of events, so that discordgo passes them on and reads nothing in them.
	eventMark = "to Liaison: "
)

// gateTo returns what discordgo is given to dial with.
func (a *Adapter) gateTo(l *line, scheme string) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		near, inner := net.Pipe()
		go func() {
			defer func() { _ = inner.Close() }()
			safely(a.log, func() { a.serveGate(l, inner, scheme+"://"+address) })
		}()
		return near, nil
	}
}

// serveGate answers discordgo's request for a connection once there is one to Discord, and serves it.
func (a *Adapter) serveGate(l *line, inner net.Conn, address string) {
	buffered := bufio.NewReadWriter(bufio.NewReader(inner), bufio.NewWriter(inner))
	request, err := http.ReadRequest(buffered.Reader)
	if err != nil {
		return
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: connectTimeout, NetDialContext: l.dial}
	far, response, err := dialer.Dial(address+request.URL.RequestURI(), nil)
	if err != nil {
		return
	}
	_ = response.Body.Close() // it has none
	defer func() { _ = far.Close() }()
	near, err := new(websocket.Upgrader).Upgrade(&inMemory{conn: inner, buffered: buffered}, request, nil)
	if err != nil {
		return
	}
	far.SetReadLimit(maxPacket)
	g := &gate{a: a, line: l, near: near, far: far, conn: l.connection()}
	go func() {
		defer func() { _ = far.Close() }()
		safely(a.log, g.outward)
	}()
	g.inward()
}

// inMemory is the http.ResponseWriter of a connection that no server has accepted.
type inMemory struct {
	conn     net.Conn
	buffered *bufio.ReadWriter
	header   http.Header
}

// Header implements http.ResponseWriter.
func (m *inMemory) Header() http.Header {
	if m.header == nil {
		m.header = http.Header{}
	}
	return m.header
}

// Write implements http.ResponseWriter.
func (m *inMemory) Write(p []byte) (int, error) { return m.conn.Write(p) }

// WriteHeader implements http.ResponseWriter.
func (m *inMemory) WriteHeader(int) {}

// Hijack implements http.Hijacker.
func (m *inMemory) Hijack() (net.Conn, *bufio.ReadWriter, error) { return m.conn, m.buffered, nil }

// packet is what either side says.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

// outward passes on what discordgo says: who it is, counted, where it was in a session, and heartbeats.
func (g *gate) outward() {
	for {
		kind, text, err := g.near.ReadMessage()
		if err != nil {
			g.leave()
			return
		}
		var p packet
		if json.Unmarshal(text, &p) == nil && p.Op == 2 {
			g.a.countIdentify(g.a.life)
		}
		if g.write(kind, text) != nil {
			return
		}
	}
}

func (g *gate) write(kind int, text []byte) error {
	g.send.Lock()
	defer g.send.Unlock()
	return g.far.WriteMessage(kind, text)
}

// leave says goodbye to Discord: for good when the line is given up, else so that the session lives on.
func (g *gate) leave() {
	code := closeResume
	if g.line.gone.Load() {
		code = websocket.CloseNormalClosure
	}
	_ = g.far.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(goodbyeTime))
}

// inward passes on what Discord says, until the line ends or is to be made anew.
func (g *gate) inward() {
	for {
		_, text, err := g.far.ReadMessage()
		if err != nil {
			g.lost(err)
			return
		}
		var p packet
		if json.Unmarshal(text, &p) != nil {
			continue // Discord does not speak so
		}
		if !g.take(p) {
			g.leave()
			return
		}
	}
}

// lost tells discordgo why Discord closed the line, if it said so.
func (g *gate) lost(err error) {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return
	}
	if reason := finalReasons[closed.Code]; reason != nil {
		g.line.end(err)
	}
	if closed.Code != websocket.CloseNoStatusReceived && closed.Code != websocket.CloseAbnormalClosure {
		_ = g.near.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closed.Code, ""), time.Now().Add(goodbyeTime))
	}
}

// take passes on one packet. It reports false when the line is no use any more.
func (g *gate) take(p packet) bool {
	switch p.Op {
	case 0:
		return g.event(p)
	case 7: // connect again
		return false
	case 9: // begin again, unless it says that the session can go on
		if string(p.Data) != "true" {
			g.line.over.Store(true)
		}
		return false
	case 10:
		return g.hello(p)
	case 11:
		g.hears()
	case 1:
	default: // nothing that a bot needs
		return true
	}
	return g.tell(packet{Op: p.Op})
}

// hears notes that Discord acknowledged a heartbeat.
func (g *gate) hears() {
	g.conn.hears()
	g.a.beat.Store(g.a.now().UnixNano())
}

// hello is how Discord begins, and how often it wants a heartbeat.
func (g *gate) hello(p packet) bool {
	var said struct {
		Every int `json:"heartbeat_interval"`
	}
	if json.Unmarshal(p.Data, &said) != nil || said.Every < minHeartbeat || said.Every > maxHeartbeat {
		return false
	}
	g.hears()
	return g.tell(packet{Op: 10, Data: fmt.Appendf(nil, `{"heartbeat_interval":%d}`, said.Every)})
}

// event hands an event on. Of the one that begins a session discordgo reads no more than it needs.
func (g *gate) event(p packet) bool {
	switch p.Type {
	case "READY":
		var r struct {
			SessionID   string   `json:"session_id"`
			User        wireUser `json:"user"`
			Application wireID   `json:"application"`
		}
		if json.Unmarshal(p.Data, &r) != nil || r.SessionID == "" || !isID(r.User.ID) {
			return false
		}
		g.line.begun.Store(true)
		p.Data, _ = json.Marshal(r) // texts
	case "RESUMED":
		p.Data = json.RawMessage("{}")
	case "":
		return true
	default:
		p.Type = eventMark + p.Type
	}
	return g.tell(p)
}

func (g *gate) tell(p packet) bool {
	if p.Data == nil {
		p.Data = json.RawMessage("null")
	}
	text, err := json.Marshal(p)
	return err == nil && g.near.WriteMessage(websocket.TextMessage, text) == nil
}

// eventName is what Discord calls an event that came through a gate.
func eventName(kind string) string { return strings.TrimPrefix(kind, eventMark) }
