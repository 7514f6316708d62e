package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	slackapi "github.com/slack-go/slack"
	"golang.org/x/sync/singleflight" // many events of one room, one lookup

	"liaison/bot/chat"
)

// Workspace is one Slack workspace, or one Enterprise Grid organisation, that Liaison is installed in.
type Workspace struct {
	Name          string // in settings and in the address of its events: "gds"
	BotToken      string // xoxb-…
	AppToken      string // xapp-…; "" when events come over HTTP only
	SigningSecret string // "" when events come by Socket Mode only
	Organisation  string // the id of the organisation whose staff are its members
}

// workspace is a Workspace that is being served.
type workspace struct {
	Workspace
	apiURL  string
	http    *http.Client
	courier *courier
	api     *slackapi.Client
	log     *slog.Logger
	now     func() time.Time

	lookups singleflight.Group
	met     chan struct{} // closed once it was met or stopped
	meeting sync.Once

	mu         sync.Mutex
	ready      bool
	id         string   // team id, or enterprise id of an installation for a whole Grid organisation
	enterprise string   // "" outside Enterprise Grid
	self       string   // user id of Liaison
	bot        string   // bot id of Liaison
	problem    string   // what stopped it, in a sentence; "" while it is well
	lacks      []string // what is wrong though it is served, in sentences: scopes that were not granted
	noStatus   bool     // Slack does not take "is looking…" here
	people     map[string]person
	glances    map[*glance]bool // looks at people that are under way
	rooms      map[string]*room
	directory  map[string]time.Time // when all people were last read, by workspace of a Grid organisation
	threads    map[string]string
	waiting    map[string]bool // threads in which somebody waits for an answer
}

func newWorkspace(settings Workspace, o Options) *workspace {
	courier := newCourier(o.Transport, o.Now, o.Pause)
	client := &http.Client{Transport: courier, Timeout: 2 * callTimeout, CheckRedirect: noRedirects}
	return &workspace{
		met: make(chan struct{}), Workspace: settings, apiURL: o.APIURL, http: client, courier: courier, now: o.Now,
		log: o.Logger.With(slog.String("workspace", settings.Name)),
		api: slackapi.New(settings.BotToken, slackapi.OptionAppLevelToken(settings.AppToken),
			slackapi.OptionAPIURL(o.APIURL), slackapi.OptionHTTPClient(client)),
		people: map[string]person{}, directory: map[string]time.Time{}, glances: map[*glance]bool{}, rooms: map[string]*room{}, threads: map[string]string{}, waiting: map[string]bool{},
	}
}

// noRedirects keeps tokens and answers from following Slack's answer elsewhere.
func noRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// identity is what a workspace learns of itself.
type identity struct {
	TeamID       string    `json:"team_id"`
	EnterpriseID string    `json:"enterprise_id"`
	UserID       string    `json:"user_id"`
	BotID        string    `json:"bot_id"`
	OrgInstall   looseBool `json:"is_enterprise_install"`
}

// meet asks Slack who Liaison is here. It is safe to call again.
func (w *workspace) meet(ctx context.Context) error {
	var who identity
	header, err := w.callWithHeader(ctx, "auth.test", nil, &who)
	if err != nil {
		return err
	}
	id := who.TeamID
	if who.OrgInstall && who.EnterpriseID != "" || id == "" {
		id = who.EnterpriseID
	}
	if id == "" || who.UserID == "" {
		return fmt.Errorf("auth.test named no workspace")
	}
	var lacks []string
	for _, lack := range w.missingScopes(header) {
		lacks = append(lacks, sentence(lack))
		w.log.Warn("slack workspace lacks a scope", slog.String("problem", sentence(lack)))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready, w.problem, w.lacks = true, "", lacks
	w.id, w.enterprise, w.self, w.bot = id, who.EnterpriseID, who.UserID, who.BotID
	w.meeting.Do(func() { close(w.met) })
	return nil
}

// known returns the ids learnt by meet; ready is false before.
func (w *workspace) known() (id, enterprise string, ready bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.id, w.enterprise, w.ready
}

func (w *workspace) selfIDs() (user, bot string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.self, w.bot
}

func (w *workspace) userID() string {
	user, _ := w.selfIDs()
	return user
}

// stop marks a workspace as not served any more, with the reason in a sentence.
func (w *workspace) stop(problem string) {
	w.mu.Lock()
	w.problem = problem
	w.mu.Unlock()
	w.meeting.Do(func() { close(w.met) })
	w.log.Error("slack workspace stopped", slog.String("problem", problem))
}

func (w *workspace) stopped() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.problem
}

// lacking says what was not granted, though the workspace is served.
func (w *workspace) lacking() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lacks
}

// fatal returns the sentence for an error that no waiting mends; "" for any other.
func (w *workspace) fatal(err error) string {
	code := codeOf(err)
	if !fatalErrors[code] {
		return ""
	}
	return sentence(w.refused(code, err))
}

// account names a person of this workspace.
func (w *workspace) account(user string) chat.Account {
	id, _, _ := w.known()
	return chat.Account{Platform: platform, Workspace: id, User: user}
}

// visitorMark parts the id of a person of another company from their team: "U1@T9".
const visitorMark = "@"

// visitor names a person of another company, as this workspace sees them.
//
// SECURITY: whoever holds the secret of one workspace can have it say what they like of visitors. So a
// visitor is nobody's account of a workspace that is served too, and may do nothing in its name: one who
// is the same person can say so with a code.
func (w *workspace) visitor(user, team string) chat.Account {
	return w.account(user + visitorMark + team)
}

// userOf is an account's user id as Slack knows it.
func userOf(a chat.Account) string {
	user, _, _ := strings.Cut(a.User, visitorMark)
	return user
}

// homeOf is the team of a visitor; "" for our own people.
func homeOf(a chat.Account) string {
	_, team, _ := strings.Cut(a.User, visitorMark)
	return team
}

// rememberThread keeps which thread a message is in, so that what does not fit into an edit of it
// can follow there. It forgets when it is full: Slack can be asked.
func (w *workspace) rememberThread(channel, ts, thread string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.threads) > 2000 {
		w.threads = map[string]string{}
	}
	w.threads[channel+"/"+ts] = thread
}

func (w *workspace) threadOf(ctx context.Context, channel, ts string) string {
	w.mu.Lock()
	thread, ok := w.threads[channel+"/"+ts]
	w.mu.Unlock()
	if ok {
		return thread
	}
	messages, _, err := w.messages(ctx, channel, ts, "")
	if err != nil {
		return ""
	}
	for _, m := range messages {
		if m.TS == ts {
			return m.ThreadTS
		}
	}
	return ""
}

// decode reads JSON that this package wrote itself.
func decode(data []byte, into any) error {
	if len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, into)
}
