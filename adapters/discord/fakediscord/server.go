// Package fakediscord is a Discord in one process: its REST interface, its gateway, guilds with
// channels and people. It refuses what Discord refuses, answers in the shapes of Discord's OpenAPI
// document, and shows on demand the faults that a bot must live with.
//
// A bot is pointed at it by an address: [Server.URL] stands for https://discord.com. Tests play what
// people do ([Server.Say], [Server.Command], [Server.Press], …) and read what they would see
// ([Server.Messages]). Every exchange is recorded ([Server.Exchanges]). For a bot in another process
// the command in cmd serves one; people are then played over HTTP, see serveControl.
package fakediscord

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Token is the bot token that the fake accepts.
const Token = "ZmFrZQ.fake.discord-token"

// Ids of what every fake begins with.
const (
	BotID     = "1100000000000000001"
	AppID     = "1100000000000000002"
	GuildID   = "1100000000000000010"
	BotRoleID = "1100000000000000011"
	GeneralID = "1100000000000000020" // a text channel
	ForumID   = "1100000000000000021" // a forum, with tags
	SolvedTag = "1100000000000000031"
	TopicTag  = "1100000000000000032"
)

// Permissions of the bot in a guild, as README asks for them.
const Permissions = "292057844736"

// Server is one fake Discord.
type Server struct {
	http     *http.Server
	listener net.Listener

	mu           sync.Mutex
	now          func() time.Time
	lastID       uint64
	guilds       []*guild
	channels     map[string]*channel
	users        map[string]*user // by id
	names        map[string]string
	messages     []*Message
	interactions map[string]*Interaction // by token
	commands     []map[string]any
	sessions     map[string]*session
	exchanges    []Exchange
	complaints   []string
	changed      chan struct{}
	identifies   int
	resumes      int
	overwrites   int
	opened       int
	nonces       map[string]*Message
	told         map[string]bool // channels whose limit the bot was told of

	MessageContentAllowed bool // the privileged intent is switched on for the application
	HeartbeatEvery        time.Duration
	Rights                string // of the bot in its guild

	faults faults
}

// faults are what the fake does wrong when told to.
type faults struct {
	limitUntil  time.Time
	limited     bool
	limitAfter  time.Duration
	limitGlobal bool
	early       int
	cloudflare  int // answers of text
	lose        int // answers that are cut off
	noPrivate   bool
	closedDMs   map[string]bool
	forbidden   map[string]bool // channels that the bot may not write in
	held        chan struct{}
	release     chan struct{}
	status      []int // of the next answers
	identify    int   // close code for identifies
	resumeOp    []int // what resumes are answered with: 7, 9
	zombie      bool
	deaf        bool                 // heartbeats are not acknowledged
	busy        map[string]time.Time // until when not to write in a channel
	delay       time.Duration
}

type guild struct {
	id, name string
}

type channel struct {
	id, guild, parent, name, owner string
	kind                           int
	archived, locked               bool
	tags                           []string
	recipient                      string
	last                           string
}

type user struct {
	id, name string
	bot      bool
}

// Exchange is one request with its answer.
type Exchange struct {
	Method   string `json:"method"`
	Path     string `json:"path"`
	Body     raw    `json:"body,omitempty"`
	Status   int    `json:"status"`
	Response raw    `json:"response,omitempty"`
}

type raw []byte

// MarshalJSON writes what was sent as it was.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

// Start returns a fake that listens on the loopback interface.
func Start() (*Server, error) {
	s := New()
	return s, s.Listen(context.Background(), "127.0.0.1:0")
}

// New returns a fake that does not listen yet.
func New() *Server {
	s := &Server{
		now: time.Now, channels: map[string]*channel{}, users: map[string]*user{}, names: map[string]string{},
		interactions: map[string]*Interaction{}, sessions: map[string]*session{}, nonces: map[string]*Message{}, told: map[string]bool{},
		HeartbeatEvery: 41250 * time.Millisecond, Rights: Permissions,
	}
	s.faults.closedDMs, s.faults.forbidden, s.faults.busy = map[string]bool{}, map[string]bool{}, map[string]time.Time{}
	s.users[BotID] = &user{BotID, "Liaison", true}
	s.guilds = []*guild{{id: GuildID, name: "Digital community"}}
	s.channels[GeneralID] = &channel{id: GeneralID, guild: GuildID, name: "general"}
	s.channels[ForumID] = &channel{id: ForumID, guild: GuildID, name: "help", kind: kindForum}
	return s
}

// Listen begins to serve on an address.
func (s *Server) Listen(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("start the fake Discord: %w", err)
	}
	s.listener = listener
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(listener) }()
	return nil
}

// URL is what stands for https://discord.com.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close cuts every line and stops serving.
func (s *Server) Close() {
	s.Drop()
	_ = s.http.Close()
}

// User returns the id of a person by name, making them up when they are new.
func (s *Server) User(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user(name, false).id
}

func (s *Server) user(name string, bot bool) *user {
	if id, ok := s.names[name]; ok {
		return s.users[id]
	}
	u := &user{strconv.Itoa(1200000000000000000 + len(s.names) + 1), name, bot}
	s.users[u.id], s.names[name] = u, u.id
	return u
}

// DM returns the id of a person's direct channel with the bot.
func (s *Server) DM(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dm(s.user(name, false).id).id
}

func (s *Server) dm(userID string) *channel {
	for _, c := range s.channels {
		if c.kind == kindDM && c.recipient == userID {
			return c
		}
	}
	c := &channel{id: s.newID(s.now()), kind: kindDM, recipient: userID}
	s.channels[c.id] = c
	return c
}

// AddChannel makes a channel in the guild; kind is Discord's number (0 for text).
func (s *Server) AddChannel(name string, kind int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.newID(s.now()), guild: GuildID, name: name, kind: kind}
	s.channels[c.id] = c
	s.dispatch("CHANNEL_CREATE", s.channelJSON(c))
	return c.id
}

// newID makes an id of things made at t, always greater than those before at the same time.
func (s *Server) newID(t time.Time) string {
	id := uint64(t.UnixMilli()-1420070400000) << 22
	if s.lastID >= id && s.lastID < id+1<<22 {
		id = s.lastID + 1
	}
	if id > s.lastID {
		s.lastID = id
	} else { // of the past
		s.lastID++
		id |= s.lastID & (1<<22 - 1)
	}
	return strconv.FormatUint(id, 10)
}

// Messages returns all that people can see, oldest first; an edited one as it reads now.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range s.messages {
		if !m.deleted && m.Flags&flagLoading == 0 {
			list = append(list, *m)
		}
	}
	return list
}

// Changed returns a channel that is closed when what people see changes.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *Server) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Exchanges returns every request so far with its answer.
func (s *Server) Exchanges() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.exchanges)
}

// ForgetExchanges drops what was recorded, for runs that are long.
func (s *Server) ForgetExchanges() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges, s.messages, s.interactions = nil, nil, map[string]*Interaction{}
	for _, one := range s.sessions {
		one.dropped += len(one.events)
		one.events = nil
	}
}

// Complaints are what a bot did that Discord would punish.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complaints)
}

func (s *Server) complain(format string, args ...any) {
	s.complaints = append(s.complaints, fmt.Sprintf(format, args...))
}

// Counts of what the bot did at the gateway and with its commands.
func (s *Server) Counts() (identifies, resumes, overwrites int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identifies, s.resumes, s.overwrites
}

// Commands returns the commands that are registered.
func (s *Server) Commands() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Faults. Each is as Discord shows it; those that take a number happen so many times.

// Limit refuses what is sent until lifted, asking to wait for after; global says that it is for all routes.
func (s *Server) Limit(after time.Duration, global bool) (lift func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.limited, s.faults.limitAfter, s.faults.limitGlobal = true, after, global
	s.faults.limitUntil = time.Time{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults.limited = false
	}
}

// LimitChannel refuses what is sent to one channel for a while, as its own limit being used up.
func (s *Server) LimitChannel(channel string, after time.Duration) {
	s.fault(func(f *faults) { f.busy[channel] = s.now().Add(after) })
}

// Early returns how many requests came while the fake had asked to wait.
func (s *Server) Early() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.early
}

// Cloudflare answers the next n messages sent as the guard in front of Discord does: 429, in text.
func (s *Server) Cloudflare(n int) { s.fault(func(f *faults) { f.cloudflare = n }) }

// LoseReply takes the next message that is sent, and cuts the line before saying so.
func (s *Server) LoseReply() { s.fault(func(f *faults) { f.lose = 1 }) }

// RefusePrivate refuses whatever only one person could read.
func (s *Server) RefusePrivate() { s.fault(func(f *faults) { f.noPrivate = true }) }

// CloseDMs makes a person take no direct messages.
func (s *Server) CloseDMs(name string) {
	id := s.User(name)
	s.fault(func(f *faults) { f.closedDMs[id] = true })
}

// Forbid takes from the bot the permission to write in a channel.
func (s *Server) Forbid(channel string) { s.fault(func(f *faults) { f.forbidden[channel] = true }) }

// Status answers the next requests with these codes.
func (s *Server) Status(codes ...int) { s.fault(func(f *faults) { f.status = codes }) }

// Delay holds every answer up by d.
func (s *Server) Delay(d time.Duration) { s.fault(func(f *faults) { f.delay = d }) }

// Hold sits on the next message that is sent: held is closed when it came, release lets it through.
func (s *Server) Hold() (held <-chan struct{}, release func()) {
	came, let := make(chan struct{}), make(chan struct{})
	s.fault(func(f *faults) { f.held, f.release = came, let })
	return came, sync.OnceFunc(func() { close(let) })
}

// RefuseIdentify closes the line on every identify, with a code.
func (s *Server) RefuseIdentify(code int) { s.fault(func(f *faults) { f.identify = code }) }

// AnswerResumes answers the next resumes with these operations: 7 or 9.
func (s *Server) AnswerResumes(ops ...int) { s.fault(func(f *faults) { f.resumeOp = ops }) }

// Zombie keeps lines open and silent.
func (s *Server) Zombie(on bool) { s.fault(func(f *faults) { f.zombie = on }) }

// Deaf acknowledges no heartbeat; events go on.
func (s *Server) Deaf(on bool) { s.fault(func(f *faults) { f.deaf = on }) }

// Archive puts a thread away; locked keeps people from opening it again.
func (s *Server) Archive(thread string, locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[thread].archived, s.channels[thread].locked = true, locked
}

// Tags returns the tags of a forum post.
func (s *Server) Tags(thread string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.channels[thread].tags)
}

func (s *Server) fault(set func(*faults)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.faults)
}
