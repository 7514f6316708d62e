package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket" // discordgo's own: its Dialer carries our read deadline, its CloseError says why

	"liaison/bot/chat"
)

// line is one discordgo session with the connection under it. The session resumes by itself when it is
// opened again; it is thrown away when that fails or hangs.
type line struct {
	session *discordgo.Session
	up      chan struct{} // gets a value when Discord has begun or resumed the session
	down    chan struct{} // gets a value when the connection is lost
	gone    atomic.Bool   // its events no longer count
	begun   atomic.Bool   // it has a session
	over    atomic.Bool   // Discord says that the session is no longer valid
	silence time.Duration

	mu    sync.Mutex
	conn  *watchedConn
	fatal error // why Discord closed it, when no waiting mends that
}

// end notes why a line is no use any more.
func (l *line) end(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fatal = why
}

func (l *line) ended() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

func (l *line) connection() *watchedConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// supervise keeps the adapter connected until ctx ends or Discord says that it is no use.
func (a *Adapter) supervise(ctx context.Context) error {
	var l *line
	defer func() { l.hangUp() }()
	for failures := 0; ; {
		if l != nil && l.over.Load() {
			l.drop()
			l = nil
		}
		if l == nil || !l.begun.Load() { // it is going to identify itself
			wait, err := a.mayIdentify(ctx)
			if errors.Is(err, errUnreached) {
				failures++
				wait, err = backoff(failures, firstBackoff, maxBackoff), nil
			}
			if err != nil || ctx.Err() != nil {
				return unlessStopped(ctx, err)
			}
			if wait > 0 {
				if a.pause(ctx, wait) != nil {
					return nil
				}
				continue
			}
		}
		if l == nil {
			l = a.newLine() //nolint:contextcheck // what arrives is handled to its end, also when receiving stops
		}
		err := a.connect(ctx, l)
		if why := l.ended(); why != nil {
			err = why
		}
		if fatal := finalReason(err); fatal != nil {
			return unlessStopped(ctx, fatal)
		}
		if err == nil {
			failures = 0
			a.setStatus(true, "connected")
			a.log.Info("connected to Discord")
			if !a.stayConnected(ctx, l) {
				return nil
			}
			if fatal := finalReason(l.ended()); fatal != nil {
				return unlessStopped(ctx, fatal)
			}
			a.setStatus(false, "the line to Discord was lost; connecting again")
			a.keepSeen(ctx)
		} else {
			failures++
			a.setStatus(false, "Discord cannot be reached; trying again")
			a.log.Warn("the connection to Discord failed", slog.String("error", plainReason(err)), slog.Int("tries", failures))
			if failures%maxResumeTries == 0 || errors.Is(err, errHangs) {
				l.drop()
				l = nil
			}
		}
		if a.pause(ctx, backoff(failures+1, firstBackoff, maxBackoff)) != nil {
			return nil
		}
	}
}

// unlessStopped returns the error, or nil when ctx has ended: stopping is no failure.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// stayConnected returns true when the line is down, false when ctx ended.
func (a *Adapter) stayConnected(ctx context.Context, l *line) bool {
	beat := time.NewTicker(a.silence / 3)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-l.down:
			return true
		case <-beat.C:
			a.keepSeen(ctx)
		}
	}
}

var (
	errHangs  = errors.New("the connection did not come about in time")
	errClosed = errors.New("the line was closed again by Discord")

	errUnreached = errors.New("no request reaches Discord")
)

// connect opens a line. discordgo can lock itself up while doing so, hence the time limit.
func (a *Adapter) connect(ctx context.Context, l *line) error {
	for _, before := range []chan struct{}{l.up, l.down} {
		select {
		case <-before: // of the connection before
		default:
		}
	}
	result := make(chan error, 1)
	go func() { result <- l.session.Open() }()
	late := time.NewTimer(a.opening)
	defer late.Stop()
	select {
	case err := <-result:
		if errors.Is(err, discordgo.ErrWSAlreadyOpen) {
			return nil
		}
		if err != nil {
			return err
		}
	case <-late.C:
		return errHangs
	case <-ctx.Done():
		return ctx.Err()
	}
	// discordgo takes any packet for a welcome, even the word that there is no session.
	select {
	case <-l.up:
		return nil
	case <-l.down:
		return errClosed
	case <-late.C:
		return errHangs
	case <-ctx.Done():
		return ctx.Err()
	}
}

// cameUp notes that Discord has begun or resumed the session.
func (a *Adapter) cameUp(l *line) {
	a.setStatus(true, "connected")
	signal(l.up)
}

// signal puts a value into a channel of one, unless there is one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (a *Adapter) newLine() *line {
	s, _ := discordgo.New("Bot " + a.options.Token) // it has no way to fail
	tame(s, a.relay)
	s.Client.Timeout = callTimeout
	s.Identify.Intents = a.intents()
	// Events are handed over one after the other, so that their order is kept. Nothing else may happen
	// in a handler than putting them into a lane: discordgo holds locks meanwhile.
	s.SyncEvents = true
	l := &line{session: s, up: make(chan struct{}, 1), down: make(chan struct{}, 1), silence: a.silence}
	s.Dialer = &websocket.Dialer{HandshakeTimeout: connectTimeout, NetDialContext: a.gateTo(l, "ws"), NetDialTLSContext: a.gateTo(l, "wss")}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if !l.gone.Load() {
			safely(a.log, func() { a.receive(l, e) })
		}
	})
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { signal(l.down) })
	return l
}

// dial makes connections that fail when they are silent for too long.
func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: connectTimeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	watched := &watchedConn{Conn: conn, silence: l.silence, wrote: make(chan struct{}, 1)}
	l.mu.Lock()
	l.conn = watched
	l.mu.Unlock()
	return watched, nil
}

type watchedConn struct {
	net.Conn
	silence time.Duration
	wrote   chan struct{}
	heard   atomic.Int64 // when Discord last acknowledged a heartbeat; 0 before it has said hello
}

// hears notes that Discord acknowledged a heartbeat.
func (c *watchedConn) hears() { c.heard.Store(time.Now().UnixNano()) }

// Read fails once no heartbeat was acknowledged for too long, whatever else is said on the line.
func (c *watchedConn) Read(p []byte) (int, error) {
	last := time.Now()
	if heard := c.heard.Load(); heard > 0 {
		last = time.Unix(0, heard)
	}
	if err := c.SetReadDeadline(last.Add(c.silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *watchedConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	signal(c.wrote)
	return n, err
}

// drop gives a line up without a word.
func (l *line) drop() {
	l.gone.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close() // it is given up anyway
	}
}

// hangUp ends a line for good, with a close frame if it can be written at once. discordgo would then
// sleep for a second with its lock held; nobody waits for that.
func (l *line) hangUp() {
	if l == nil {
		return
	}
	l.gone.Store(true)
	l.mu.Lock()
	conn := l.conn
	l.mu.Unlock()
	if conn == nil {
		return
	}
	select {
	case <-conn.wrote:
	default:
	}
	go func() { _ = l.session.Close() }()
	late := time.NewTimer(goodbyeTime)
	defer late.Stop()
	select {
	case <-conn.wrote:
	case <-late.C:
	}
	_ = conn.Close()
}

// budget is when the bot identified itself in the last 24 hours.
type budget struct {
	Identified []time.Time `json:"identified"`
}

// wait drops what is older than a day, and returns how long to wait before the next identify.
func (b *budget) wait(now time.Time, spacing time.Duration) time.Duration {
	for len(b.Identified) > 0 && now.Sub(b.Identified[0]) >= 24*time.Hour {
		b.Identified = b.Identified[1:]
	}
	if len(b.Identified) < maxIdentifies {
		if last := len(b.Identified) - 1; last >= 0 {
			return max(0, b.Identified[last].Add(spacing).Sub(now))
		}
		return 0
	}
	return b.Identified[len(b.Identified)-maxIdentifies].Add(24 * time.Hour).Sub(now)
}

// mayIdentify asks for leave to begin a new session: from the budget that is kept, and from Discord.
// It returns how long to wait first, or an error: errUnreached, or that the token is no good.
func (a *Adapter) mayIdentify(ctx context.Context) (time.Duration, error) {
	var b budget
	a.recall(ctx, "identifies", &b)
	if wait := b.wait(a.now(), 0); wait > 0 {
		a.setStatus(false, fmt.Sprintf("connected %d times in a day; waiting %s so that Discord does not reset the token",
			maxIdentifies, wait.Round(time.Minute)))
		return min(wait, time.Hour), nil
	}
	var limit struct {
		Start struct {
			Remaining  *int `json:"remaining"`
			ResetAfter int  `json:"reset_after"`     // milliseconds
			AtOnce     int  `json:"max_concurrency"` // sessions that may be begun within identifyEvery
		} `json:"session_start_limit"`
	}
	err := a.rest.do(ctx, request{method: "GET", path: "gateway/bot", out: &limit, again: true})
	switch {
	case statusOf(err) == http.StatusUnauthorized:
		return 0, errToken
	case err != nil && chat.SendKindOf(sendError(err)) != chat.SendRefused: // a proxy may not know the question
		a.setStatus(false, "Discord cannot be reached; trying again")
		a.log.Warn("Discord cannot be reached", slog.Any("error", err))
		return 0, errUnreached
	case limit.Start.Remaining != nil && *limit.Start.Remaining < 1:
		a.setStatus(false, "Discord allows no new connection today; waiting until it does")
		return max(time.Duration(limit.Start.ResetAfter)*time.Millisecond, time.Minute), nil
	}
	if wait := b.wait(a.now(), a.spacing/time.Duration(max(limit.Start.AtOnce, 1))); wait > 0 {
		return wait, nil
	}
	return 0, nil
}

// countIdentify is called before the bot identifies itself.
func (a *Adapter) countIdentify(ctx context.Context) {
	var b budget
	a.recall(ctx, "identifies", &b)
	b.wait(a.now(), 0) // drops what is old
	b.Identified = append(b.Identified, a.now())
	a.keep(ctx, "identifies", b)
}

// errToken is a sentence for an admin, as is every reason below.
var errToken = errors.New("the token was refused by Discord: make a new one in the Developer Portal under Bot, and set DISCORD_TOKEN")

// finalReasons are the close codes after which connecting again is no use. Source: topics/opcodes-and-status-codes.
var finalReasons = map[int]error{
	4004: errToken,
	4010: errors.New("the connection was refused by Discord: invalid shard"),
	4011: errors.New("the connection was refused by Discord: the bot is in more than 2,500 guilds, " +
		"which takes several connections; Liaison makes one"),
	4012: errors.New("the connection was refused by Discord: it no longer speaks this version of its gateway; update Liaison"),
	4013: errors.New("the connection was refused by Discord: it does not know the intents asked for; update Liaison"),
	4014: errors.New("the connection was refused by Discord: switch on Message Content Intent in the Developer Portal " +
		"under Bot, or set DISCORD_MESSAGE_CONTENT=0"),
}

// finalReason returns the sentence for an error that no waiting mends; nil for all others.
func finalReason(err error) error {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return finalReasons[closed.Code]
	}
	var rest *discordgo.RESTError
	if errors.As(err, &rest) && rest.Response.StatusCode == http.StatusUnauthorized {
		return errToken
	}
	return nil
}

// plainReason says a connection's error without addresses or what was sent.
func plainReason(err error) string {
	var closed *websocket.CloseError
	var network net.Error
	switch {
	case errors.As(err, &closed):
		return fmt.Sprintf("Discord closed the line with code %d", closed.Code)
	case errors.As(err, &network) && network.Timeout():
		return "the line was silent for too long"
	case errors.Is(err, errHangs), errors.Is(err, errClosed):
		return err.Error()
	}
	return fmt.Sprintf("%T", err)
}

// receive takes an event off the line. It must not block for long, nor ask anything of the session.
func (a *Adapter) receive(l *line, e *discordgo.Event) {
	handle := a.handlerOf(l, eventName(e.Type))
	if handle == nil {
		return
	}
	handle(e.RawData)
}
