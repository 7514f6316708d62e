package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket" // what slack-go itself uses; see the package comment for why not through it
)

// How a Socket Mode connection is kept. Slack allows ten to an app, refreshes each every few hours,
// and sends every payload to one of them.
const (
	socketSlots   = 2 // at once, so that one is there while the other is renewed
	openSpacing   = time.Second
	pingEvery     = 15 * time.Second
	idleLimit     = 45 * time.Second // without a frame or an answer to a ping, a connection is dead
	longLife      = time.Minute      // a connection that lived so long was a good one
	dialTimeout   = 10 * time.Second
	writeTimeout  = 3 * time.Second
	retireAfter   = 30 * time.Second // Slack closes a connection it asked to be replaced before that
	readLimit     = 4 << 20
	maxAckPayload = 20_000 // bytes; Slack drops larger ones without a word
)

// link is the Socket Mode of one app: its connections, and the workspaces they speak for.
type link struct {
	a          *Adapter
	workspaces []*workspace
	ping, idle time.Duration
	sockets    sync.WaitGroup

	space sync.Mutex // held while a connection is opened: they are spaced
	last  time.Time  // when the last was opened

	mu       sync.Mutex
	live     map[*socket]bool
	reported int    // connections that Slack says the app has
	problem  string // why no connection is opened any more, in a sentence
	gap      bool   // no connection has greeted since the start, or since one broke off
	hint     string // what an admin should do about Slack's last refusal
}

func newLink(a *Adapter) *link {
	return &link{a: a, ping: pingEvery, idle: idleLimit, live: map[*socket]bool{}, gap: true}
}

func (l *link) connected() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.live)
}

// warning says what is odd about the connections; "" when nothing is.
func (l *link) warning() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.problem != "":
		return l.problem
	case l.hint != "" && len(l.live) == 0:
		return l.hint
	case l.reported > max(len(l.live), socketSlots):
		return fmt.Sprintf("%s: Slack counts %d connections of the app, and %d are this program's: "+
			"another copy may be running, and takes part of the events", l.workspaces[0].label(), l.reported, len(l.live))
	}
	return ""
}

// run keeps the connections until ctx ends, or Slack refuses for good.
func (l *link) run(ctx context.Context) {
	if !l.awaitWorkspace(ctx) {
		return
	}
	l.recallLast(ctx)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var slots sync.WaitGroup
	for range socketSlots {
		slots.Go(func() {
			l.keepSlot(ctx)
			if l.refused() != "" {
				stop() // the other slot would hear the same
			}
		})
	}
	slots.Wait()
	l.sockets.Wait()
}

// awaitWorkspace waits until every workspace was met or stopped, and reports whether any is served.
func (l *link) awaitWorkspace(ctx context.Context) bool {
	served := false
	for _, w := range l.workspaces {
		select {
		case <-w.met:
		case <-ctx.Done():
			return false
		}
		served = served || w.stopped() == ""
	}
	return served
}

func (l *link) refused() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.problem
}

// keepSlot keeps one connection open: a new one as soon as Slack asks to replace it, and otherwise
// after a pause that grows while connections do not last.
func (l *link) keepSlot(ctx context.Context) {
	wait := backoff{pause: l.a.pause}
	for ctx.Err() == nil && l.refused() == "" && !l.allStopped() {
		s, err := l.connect(ctx)
		if err != nil {
			if ctx.Err() == nil && l.refused() == "" {
				wait.next(ctx)
			}
			continue
		}
		opened := l.a.now()
		l.sockets.Go(func() { s.serve(ctx) })
		select {
		case <-s.retiring: // it is served until Slack closes it, beside the new one
		case <-s.ended:
		}
		if l.a.now().Sub(opened) < longLife {
			wait.next(ctx)
			continue
		}
		wait.reset()
		if !s.isRetiring() {
			wait.next(ctx)
		}
	}
}

func (l *link) allStopped() bool {
	for _, w := range l.workspaces {
		if w.stopped() == "" {
			return false
		}
	}
	return true
}

// connect opens a connection, no sooner than openSpacing after the one before.
func (l *link) connect(ctx context.Context) (*socket, error) {
	l.space.Lock()
	defer l.space.Unlock()
	if wait := openSpacing - l.a.now().Sub(l.last); wait > 0 && !l.last.IsZero() {
		if err := l.a.pause(ctx, wait+rand.N(openSpacing/4)); err != nil {
			return nil, err
		}
	}
	l.last = l.a.now()
	l.keepLast(ctx)
	w := l.workspaces[0]
	callCtx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, address, err := w.api.StartSocketModeContext(callCtx)
	if err != nil {
		return nil, l.refusal(ctx, err)
	}
	if err := l.mayDial(address); err != nil {
		return nil, err
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialTimeout}
	conn, resp, err := dialer.DialContext(ctx, address, nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err != nil { // its text holds the address, whose ticket is a secret
		l.a.log.Warn("slack socket not opened", slog.String("workspace", w.Name))
		return nil, errors.New("slack socket: could not connect")
	}
	return newSocket(l, conn), nil
}

// mayDial refuses an address in the clear, unless the API itself is reached so (a test, a proxy).
func (l *link) mayDial(address string) error {
	target, err := url.Parse(address)
	if err == nil && (target.Scheme == "wss" || target.Scheme == "ws" && strings.HasPrefix(l.a.options.APIURL, "http://")) {
		return nil
	}
	return errors.New("slack socket: not a wss address")
}

// refusal notes why Slack opened no connection, stops what cannot be mended by waiting, and waits out
// a limit.
func (l *link) refusal(ctx context.Context, err error) error {
	w := l.workspaces[0]
	var limited *limitedError
	if errors.As(err, &limited) {
		_ = l.a.pause(ctx, limited.after)
	}
	code, problem := codeOf(err), ""
	switch {
	case fatalErrors[code]:
		problem = sentence(w.appFailed(err))
		l.mu.Lock()
		l.problem = problem
		l.mu.Unlock()
		for _, w := range l.workspaces {
			if w.SigningSecret == "" { // the others still have events over HTTP
				w.stop(problem)
			}
		}
	case socketModeErrors[code]:
		problem = sentence(w.appFailed(err))
	}
	l.mu.Lock()
	l.hint = problem
	l.mu.Unlock()
	l.a.log.Warn("slack opened no connection", slog.String("workspace", w.Name), slog.Any("error", sendError("apps.connections.open", err)))
	return err
}

const lastKey = "slack/opened/"

// recallLast lets a program that crashes and starts again keep the spacing.
func (l *link) recallLast(ctx context.Context) {
	if l.a.options.Memory == nil {
		return
	}
	data, err := l.a.options.Memory.Recall(ctx, lastKey+l.workspaces[0].Name)
	if err != nil {
		return
	}
	if ms, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		l.last = time.UnixMilli(ms)
	}
}

func (l *link) keepLast(ctx context.Context) {
	if l.a.options.Memory == nil {
		return
	}
	value := strconv.FormatInt(l.last.UnixMilli(), 10)
	if err := l.a.options.Memory.Keep(ctx, lastKey+l.workspaces[0].Name, []byte(value)); err != nil {
		l.a.log.Warn("slack connection time not kept", slog.Any("error", err))
	}
}

// socket is one connection.
type socket struct {
	link     *link
	conn     *websocket.Conn
	retiring chan struct{} // closed when Slack asks to replace it
	ended    chan struct{} // closed when it is gone
	retire   sync.Once
	writing  sync.Mutex
	pending  sync.WaitGroup // deliveries not acknowledged yet
}

func newSocket(l *link, conn *websocket.Conn) *socket {
	return &socket{link: l, conn: conn, retiring: make(chan struct{}), ended: make(chan struct{})}
}

// envelope is a frame of Socket Mode.
type envelope struct {
	Type        string          `json:"type"`
	ID          string          `json:"envelope_id"`
	Payload     json.RawMessage `json:"payload"`
	Reason      string          `json:"reason"`
	Connections int             `json:"num_connections"`
}

// serve reads until the connection ends. When ctx ends it reads no more, but lets what has arrived be
// acknowledged first.
func (s *socket) serve(ctx context.Context) {
	defer close(s.ended)
	defer func() { _ = s.conn.Close() }()
	defer s.link.setLive(s, false)
	done := make(chan struct{})
	defer close(done)
	go s.keepAlive(ctx, done)
	s.conn.SetReadLimit(readLimit)
	s.extend()
	s.conn.SetPongHandler(func(string) error { s.extend(); return nil })
	s.conn.SetPingHandler(func(data string) error {
		s.extend()
		err := s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeout))
		if err != nil && errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	for ctx.Err() == nil {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			break
		}
		s.extend()
		s.take(ctx, data)
	}
	if ctx.Err() == nil && !s.isRetiring() {
		s.link.missed()
	}
	s.settle()
}

func (s *socket) isRetiring() bool {
	select {
	case <-s.retiring:
		return true
	default:
		return false
	}
}

// extend gives the connection idleLimit more. Reading is by the machine's clock, as sockets are.
func (s *socket) extend() { _ = s.conn.SetReadDeadline(time.Now().Add(s.link.idle)) }

// settle waits a moment for acknowledgements under way, and says goodbye.
func (s *socket) settle() {
	settled := make(chan struct{})
	go func() { s.pending.Wait(); close(settled) }()
	timer := time.NewTimer(writeTimeout)
	defer timer.Stop()
	select {
	case <-settled:
	case <-timer.C:
	}
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = s.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(writeTimeout))
}

// keepAlive pings, so that a dead connection is found though nothing is said on it, and ends the
// reading when ctx ends or a replaced connection has been kept long enough.
func (s *socket) keepAlive(ctx context.Context, done chan struct{}) {
	ticker := time.NewTicker(s.link.ping)
	defer ticker.Stop()
	var retired <-chan time.Time
	retiring := s.retiring
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			_ = s.conn.SetReadDeadline(time.Unix(1, 0))
			return
		case <-retired:
			_ = s.conn.SetReadDeadline(time.Unix(1, 0))
			return
		case <-retiring:
			retired, retiring = time.After(retireAfter), nil
		case <-ticker.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)) != nil {
				_ = s.conn.SetReadDeadline(time.Unix(1, 0))
				return
			}
		}
	}
}

// take handles one frame.
func (s *socket) take(ctx context.Context, data []byte) {
	a := s.link.a
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		var wrongType *json.UnmarshalTypeError
		if !errors.As(err, &wrongType) {
			a.count("unreadable frame")
			return
		}
	}
	switch {
	case e.Type == "hello":
		s.link.greet(s, e.Connections)
	case e.Type == "disconnect":
		a.log.Info("slack closes a connection", slog.String("workspace", s.link.workspaces[0].Name), slog.String("reason", shorten(e.Reason, 40)))
		if s.link.parting(e.Reason) {
			s.retire.Do(func() { close(s.retiring) })
		}
	case e.ID == "":
		a.count("unknown frame")
	case errors.Is(checkKeys(data), errAmbiguous):
		a.count("ambiguous frame")
		s.acknowledge(e.ID, nil) // it would be no clearer the next time
	default:
		s.deliver(ctx, e)
	}
}

func (s *socket) deliver(ctx context.Context, e envelope) {
	s.pending.Add(1)
	var once sync.Once
	finish := func(write bool, payload any) {
		once.Do(func() {
			defer s.pending.Done()
			if write {
				s.acknowledge(e.ID, payload)
			}
		})
	}
	s.link.a.receive(ctx, delivery{
		raw: e.Payload, from: s.link.workspaces,
		ack:  func(payload any) { finish(true, payload) },
		keep: func() { finish(false, nil) },
	})
}

// acknowledge answers an envelope. When that fails the connection is dead, Slack sends the event
// again on another, and the inbox knows it.
func (s *socket) acknowledge(id string, payload any) {
	answer := map[string]any{"envelope_id": id}
	if payload != nil {
		if data, err := json.Marshal(payload); err == nil && len(data) < maxAckPayload {
			answer["payload"] = json.RawMessage(data)
		} else {
			s.link.a.count("acknowledgement too large")
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err := s.conn.WriteJSON(answer); err != nil {
		s.link.a.count("not acknowledged")
		_ = s.conn.Close()
	}
}

// greet takes Slack's hello: now the connection counts.
func (l *link) greet(s *socket, connections int) {
	l.resumed()
	l.setLive(s, true)
	l.mu.Lock()
	l.reported, l.hint = connections, ""
	own := len(l.live)
	l.mu.Unlock()
	if connections > max(own, socketSlots) {
		l.a.log.Warn("slack counts more connections than this program has", slog.String("workspace", l.workspaces[0].Name),
			slog.Int("slack", connections), slog.Int("own", own))
	}
}

// parting notes what Slack said when it asked to close a connection, and reports whether that is to
// be replaced at once.
func (l *link) parting(reason string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch reason {
	case "link_disabled":
		l.hint = sentence(l.workspaces[0].finding("Socket Mode is off.", turnOnSocketMode))
	case "too_many_websockets":
		l.hint = sentence(l.workspaces[0].finding("the app has too many connections.", "Stop other copies of this program."))
	default:
		return true
	}
	return false
}

func (l *link) setLive(s *socket, live bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if live {
		l.live[s] = true
	} else {
		delete(l.live, s)
	}
}

// missed forgets what is known of rooms and people: a connection broke off, and with it perhaps the
// news that somebody joined a room, or is a guest now. What is learnt until the next connection greets
// is forgotten with it, as nobody tells of changes before.
func (l *link) missed() {
	l.mu.Lock()
	l.gap = true
	l.mu.Unlock()
	l.forget()
}

// resumed ends a gap, if there was one.
func (l *link) resumed() {
	l.mu.Lock()
	gap := l.gap
	l.gap = false
	l.mu.Unlock()
	if gap {
		l.forget()
	}
}

func (l *link) forget() {
	for _, w := range l.workspaces {
		w.forgetPeople()
		w.forgetRooms()
	}
}
