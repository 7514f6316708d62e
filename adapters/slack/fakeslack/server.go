package fakeslack

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is the fake. Make it with New and end it with Close. All methods may be called at any time.
type Server struct {
	URL string // "http://127.0.0.1:1234"; the Web API is at URL + "/api/"
	// Retries is how often an event that was not taken over HTTP is sent again: Slack does it three
	// times, at once, after a minute and after five. Set it before events are played.
	Retries int
	// Pause waits between them; nil does not wait, as a test's minutes are short. A test whose clock
	// is its own lets that pass.
	Pause func(time.Duration)

	now      func() time.Time
	http     *http.Server
	listener net.Listener

	mu        sync.Mutex
	teams     map[string]*Team
	calls     []Call
	messages  []*Message
	homes     map[string]View // by team and user
	triggers  map[string]*trigger
	addresses map[string]*address
	views     map[string]*View
	statuses  []string
	faults    []*fault
	sockets   map[string][]*socket // by app token
	queued    map[string][]*Receipt
	flying    map[string]*Receipt // sent, and not acknowledged
	opens     map[string]int      // how often a connection was asked for, by app token
	ids       int
	lastTS    int64
	changed   chan struct{}
	delivery  sync.WaitGroup
	closed    bool
}

// Team is one workspace, or one Grid organisation, with Liaison's app installed.
type Team struct {
	ID            string
	Enterprise    string // "" outside Enterprise Grid
	OrgInstall    bool   // the app is installed for the whole organisation
	BotToken      string
	AppToken      string
	SigningSecret string
	BotUser       string
	BotID         string
	Scopes        []string // nil grants all
	NoSocketMode  bool
	Revoked       string // the error that every call gets, such as "token_revoked"
	EventsURL     string // where events go over HTTP, without "/events"; "" means Socket Mode

	people   map[string]Person
	channels map[string]*Channel
}

// Person is a user as a team sees them.
type Person struct {
	ID, Name, Zone, Locale string
	Team                   string // home team; "" means the team they are added to
	Enterprise             string
	Teams                  []string // of a Grid organisation, besides Team
	Guest, Stranger        bool
	Deleted, Bot           bool
}

// Channel is a conversation.
type Channel struct {
	ID, Name             string
	Kind                 string // "channel", "group", "mpim" or "im"
	Members              []string
	ExtShared, OrgShared bool
	Archived             bool
	Hidden               bool // conversations.info does not tell of it
	NoBot                bool // Liaison is no member
}

// Call is a request to the Web API, without its token.
type Call struct {
	Method      string            `json:"method"`
	ContentType string            `json:"content_type"`
	Body        string            `json:"body"`
	Team        string            `json:"-"`
	Args        map[string]string `json:"-"` // JSON bodies have their fields as JSON
	At          time.Time         `json:"-"`
}

// Message is what was posted: by Liaison, or by people.
type Message struct {
	TS, Team, Channel, Thread string
	User                      string
	Bot                       bool
	Reader                    string // the one person who sees it; "" for all in the channel
	Text                      string
	Blocks                    []any
	Metadata                  map[string]any
	LinkPreviews              bool
	LinkNames                 bool
	Parse                     string
	Deleted                   bool
	Edits                     int
}

// View is a modal or a Home tab that was opened.
type View struct {
	ID, Team, User string
	Type           string
	Body           map[string]any
	Errors         map[string]string // of its last submission
	Closed         bool
}

type trigger struct {
	team, user string
	at         time.Time
	used       bool
}

// New starts a fake on a free port of this machine. now may be nil.
func New(now func() time.Time) (*Server, error) { return Listen("127.0.0.1:0", now) }

// Listen starts a fake on an address.
func Listen(addr string, now func() time.Time) (*Server, error) {
	if now == nil {
		now = time.Now
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("fakeslack: %w", err)
	}
	s := &Server{
		URL: "http://" + listener.Addr().String(), now: now, listener: listener,
		teams: map[string]*Team{}, homes: map[string]View{}, triggers: map[string]*trigger{},
		addresses: map[string]*address{}, views: map[string]*View{}, sockets: map[string][]*socket{},
		queued: map[string][]*Receipt{}, opens: map[string]int{}, changed: make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.serveAPI)
	mux.HandleFunc("GET /socket", s.serveSocket)
	mux.HandleFunc("POST /response/{id}", s.serveAddress)
	mux.HandleFunc("POST /control/{verb}", s.serveControl)
	mux.HandleFunc("GET /control/{what}", s.serveSeen)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

// APIURL is what SLACK_API_URL is set to.
func (s *Server) APIURL() string { return s.URL + "/api/" }

// Close ends the server and every connection.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for _, f := range s.faults {
		f.lift()
	}
	sockets := s.allSockets()
	s.mu.Unlock()
	for _, socket := range sockets {
		_ = socket.conn.Close()
	}
	_ = s.http.Close()
	s.delivery.Wait()
}

func (s *Server) allSockets() []*socket {
	var all []*socket
	for _, sockets := range s.sockets {
		all = append(all, sockets...)
	}
	return all
}

// AddTeam adds a team; what it leaves out is made up from its ID.
func (s *Server) AddTeam(t Team) *Team {
	suffix := strings.TrimLeft(t.ID, "TE")
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&t.BotToken, "xoxb-"+t.ID)
	fill(&t.AppToken, "xapp-"+t.ID)
	fill(&t.SigningSecret, "secret-"+t.ID)
	fill(&t.BotUser, "UBOT"+suffix)
	fill(&t.BotID, "BBOT"+suffix)
	t.people, t.channels = map[string]Person{}, map[string]*Channel{}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.teams[t.ID] = &t
	t.people[t.BotUser] = Person{ID: t.BotUser, Name: "liaison", Team: t.ID, Bot: true}
	return &t
}

// AddPerson adds people to a team.
func (s *Server) AddPerson(team string, people ...Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range people {
		if p.Team == "" {
			p.Team = team
		}
		s.teams[team].people[p.ID] = p
	}
}

// AddChannel adds channels to a team.
func (s *Server) AddChannel(team string, channels ...Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range channels {
		if c.Kind == "" {
			c.Kind = "channel"
		}
		s.teams[team].channels[c.ID] = &c
	}
}

// Change alters a team under the server's lock.
func (s *Server) Change(team string, change func(*Team)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.teams[team])
}

// Calls returns the requests to the Web API so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// CallsOf returns those to one method.
func (s *Server) CallsOf(method string) []Call {
	return slices.DeleteFunc(s.Calls(), func(c Call) bool { return c.Method != method })
}

// Opens returns how often connections were asked for.
func (s *Server) Opens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, opens := range s.opens {
		n += opens
	}
	return n
}

// Messages returns what stands, oldest first, as copies; people's messages with it.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Message
	for _, m := range s.messages {
		if !m.Deleted {
			all = append(all, *m)
		}
	}
	return all
}

// Answers returns what Liaison posted and that still stands.
func (s *Server) Answers() []Message {
	return slices.DeleteFunc(s.Messages(), func(m Message) bool { return !m.Bot })
}

// Views returns the modals that are open, oldest first.
func (s *Server) Views() []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []View
	for _, v := range s.views {
		if !v.Closed {
			all = append(all, *v)
		}
	}
	slices.SortFunc(all, func(a, b View) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Home returns a person's Home tab.
func (s *Server) Home(team, user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.homes[team+"/"+user]
	return v, ok
}

// Statuses returns what the agent view was told: "status C1 is looking…", "title …", "prompts …".
func (s *Server) Statuses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.statuses)
}

// Changed returns a channel that is closed when anything next changes.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// notify tells those who wait on Changed. The lock is held.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// nextID makes an id that was not used before. The lock is held.
func (s *Server) nextID(prefix string) string {
	s.ids++
	return fmt.Sprintf("%s%06d", prefix, s.ids)
}

// nextTS makes a message id, later than all before. The lock is held.
func (s *Server) nextTS() string {
	micros := s.now().UnixMicro()
	if micros <= s.lastTS {
		micros = s.lastTS + 1
	}
	s.lastTS = micros
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// Nudge wakes those who wait on Changed, to look at what the fake does not see.
func (s *Server) Nudge() {
	time.AfterFunc(time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notify()
	})
}
