package slack

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// rig is one adapter over one fake Slack.
type rig struct {
	t       testing.TB
	fake    *fakeslack.Server
	adapter *Adapter
	clock   *clock
	stop    context.CancelFunc
	stopped chan struct{}
	err     error

	mu       sync.Mutex
	receipts map[string][]*fakeslack.Receipt // by Delivery.ID
	early    []func() int
}

// rigOptions say what is unusual about a rig.
type rigOptions struct {
	overHTTP bool
	table    chat.Table
	teams    []fakeslack.Team // nil means one, T1
	options  func(*Options)
	tune     func(*Adapter)
	prepare  func(*fakeslack.Server)
	notAll   bool // not all workspaces will connect: do not wait for them
}

const (
	ada   = "U0ADA"
	grace = "U0GRACE"
	guest = "U0GUEST"
)

// newRig starts a fake with a team or several, all with the same people and rooms, and an adapter
// that serves them. It returns once all are connected.
func newRig(t testing.TB, inbox chat.Inbox, o rigOptions) *rig {
	t.Helper()
	r := &rig{t: t, clock: &clock{}, stopped: make(chan struct{}), receipts: map[string][]*fakeslack.Receipt{}}
	fake, err := fakeslack.New(r.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	r.fake = fake
	if o.teams == nil {
		o.teams = []fakeslack.Team{{ID: "T1"}}
	}
	transport := &http.Transport{}
	settings := Options{APIURL: fake.APIURL(), Now: r.clock.now, Pause: r.clock.pause, Transport: transport}
	for _, team := range o.teams {
		added := populate(fake, team)
		w := Workspace{Name: strings.ToLower(team.ID), BotToken: added.BotToken, Organisation: "org-" + strings.ToLower(team.ID)}
		if o.overHTTP {
			w.SigningSecret = added.SigningSecret
		} else {
			w.AppToken = added.AppToken
		}
		settings.Workspaces = append(settings.Workspaces, w)
	}
	if o.options != nil {
		o.options(&settings)
	}
	if o.prepare != nil {
		o.prepare(fake)
	}
	if r.adapter, err = New(settings); err != nil {
		t.Fatal(err)
	}
	if o.tune != nil {
		o.tune(r.adapter)
	}
	r.adapter.Register(o.table)
	if o.overHTTP {
		r.listen(o.teams)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	go func() {
		r.err = r.adapter.Run(ctx, inbox)
		close(r.stopped)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.stopped
		record(fake.Calls())
		fake.Close()
		transport.CloseIdleConnections()
	})
	if !o.notAll {
		r.awaitConnected(len(o.teams))
	}
	return r
}

func populate(fake *fakeslack.Server, team fakeslack.Team) *fakeslack.Team {
	added := fake.AddTeam(team)
	people := []fakeslack.Person{
		{ID: ada, Name: "Ada Example", Zone: "Europe/London", Locale: "en-GB"},
		{ID: grace, Name: "Grace Example", Zone: "America/New_York", Locale: "en-US"},
		{ID: guest, Name: "Guest Example", Guest: true},
		{ID: "U0OTHERBOT", Name: "otherbot", Bot: true},
	}
	for i := range people {
		people[i].Enterprise = team.Enterprise
	}
	fake.AddPerson(team.ID, people...)
	fake.AddChannel(team.ID,
		fakeslack.Channel{ID: "C1", Name: "help", Members: []string{ada, grace, added.BotUser}},
		fakeslack.Channel{ID: "CGUESTS", Name: "guests", Members: []string{ada, grace, guest, added.BotUser}},
		fakeslack.Channel{ID: "CHIDDEN", Name: "hidden", Members: []string{ada, grace, added.BotUser}, Hidden: true},
	)
	return added
}

// listen serves the adapter's handler and tells the teams where.
func (r *rig) listen(teams []fakeslack.Team) {
	server := httptest.NewServer(r.adapter.Handler())
	r.t.Cleanup(server.Close)
	for _, team := range teams {
		r.fake.Change(team.ID, func(t *fakeslack.Team) { t.EventsURL = server.URL + "/slack/" + strings.ToLower(team.ID) })
	}
}

func (r *rig) awaitConnected(teams int) {
	r.t.Helper()
	chattest.Wait(r.t, "all workspaces to connect", r.fake.Changed, func() bool {
		for _, l := range r.adapter.links {
			if l.connected() < socketSlots {
				return r.poll()
			}
		}
		return strings.HasPrefix(r.adapter.Status().Detail, strconv.Itoa(teams)+" of ") || r.poll()
	})
}

// poll is for conditions that the fake does not see change: it makes it look again.
func (r *rig) poll() bool {
	r.fake.Nudge()
	return false
}

// gap cuts all connections, once there are all, and waits for new ones.
func (r *rig) gap(t *testing.T) {
	t.Helper()
	full := func() bool { return r.adapter.links[0].connected() == socketSlots }
	chattest.Wait(t, "all connections", r.fake.Changed, func() bool { return full() || r.poll() })
	before := r.fake.Opens()
	r.fake.Cut(true)
	chattest.Wait(t, "new connections", r.fake.Changed, func() bool { return r.fake.Opens() >= before+socketSlots && full() || r.poll() })
}

// harness is chattest's view of a rig.
type harness struct{ overHTTP bool }

func (h harness) Name() string {
	if h.overHTTP {
		return "slack over HTTP"
	}
	return "slack by Socket Mode"
}

func (h harness) Cannot() map[chattest.Ability]string {
	if h.overHTTP {
		return map[chattest.Ability]string{chattest.Connection: "each event is a request of its own"}
	}
	return nil
}

func (h harness) Start(t *testing.T, inbox chat.Inbox, table chat.Table) chattest.Session {
	return newRig(t, &onceInbox{Inbox: inbox}, rigOptions{overHTTP: h.overHTTP, table: table})
}

// onceInbox takes the first of two events that share AlsoID, as the real inbox does: Slack reports a
// mention twice, and chattest's knows ids alone.
type onceInbox struct {
	chat.Inbox
	mu   sync.Mutex
	seen map[string]string
}

func (o *onceInbox) Put(ctx context.Context, e chat.Event) error {
	key := e.Workspace + "/" + e.AlsoID
	o.mu.Lock()
	first, known := o.seen[key]
	o.mu.Unlock()
	if e.AlsoID != "" && known && first != e.ID {
		return nil
	}
	if err := o.Inbox.Put(ctx, e); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen == nil {
		o.seen = map[string]string{}
	}
	if _, known := o.seen[key]; !known {
		o.seen[key] = e.ID
	}
	return nil
}

func (r *rig) Adapter() chat.Adapter    { return r.adapter }
func (r *rig) Changed() <-chan struct{} { return r.fake.Changed() }
func (r *rig) Stop()                    { r.stop() }
func (r *rig) Stopped() <-chan struct{} { return r.stopped }
func (r *rig) Err() error               { return r.err }
func (r *rig) Drop()                    { r.fake.Cut(true) }

func (r *rig) LoseReply() { r.fake.Add(fakeslack.Fault{Method: "chat.", Lose: true, Once: true}) }

func (r *rig) RefusePrivate() {
	r.fake.Add(fakeslack.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"})
	r.fake.Add(fakeslack.Fault{Method: "response_url", Error: "restricted_action"})
	r.fake.Add(fakeslack.Fault{Method: "chat.postMessage", Error: "restricted_action", Match: func(c fakeslack.Call) bool {
		return c.Args["channel"] != "" && strings.ContainsAny(c.Args["channel"][:1], "UD")
	}})
}

func (r *rig) Hold() (<-chan struct{}, func()) { return r.fake.Hold("chat.") }

func (r *rig) Limit(after time.Duration) func() {
	lift, early := r.fake.Add(fakeslack.Fault{Method: "chat.", Status: http.StatusTooManyRequests,
		RetryAfter: strconv.FormatFloat(after.Seconds(), 'f', -1, 64)})
	r.mu.Lock()
	r.early = append(r.early, early)
	r.mu.Unlock()
	return lift
}

func (r *rig) Early() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, early := range r.early {
		n += early()
	}
	return n
}

func (r *rig) Deliver(t *testing.T, d chattest.Delivery) chattest.Receipt {
	t.Helper()
	if r.adapter.workspaces[0].AppToken != "" {
		chattest.Wait(t, "a connection", r.fake.Changed, func() bool { return r.fake.Connections() > 0 || r.poll() })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var receipts []*fakeslack.Receipt
	if before, again := r.receipts[d.ID]; again {
		for _, one := range before {
			receipts = append(receipts, r.fake.Again(one))
		}
		return r.allOf(receipts)
	}
	receipts = r.play(d)
	r.receipts[d.ID] = receipts
	return r.allOf(receipts)
}

// allOf is acknowledged when all are.
func (r *rig) allOf(receipts []*fakeslack.Receipt) chattest.Receipt {
	done := make(chan struct{})
	go func() {
		for _, one := range receipts {
			select {
			case <-one.Acked:
			case <-r.stopped:
				return
			}
		}
		close(done)
	}()
	return chattest.Receipt{Acknowledged: done}
}

func (r *rig) play(d chattest.Delivery) []*fakeslack.Receipt {
	user := map[string]string{"": ada, "ada": ada, "grace": grace}[d.Who]
	channel := map[chattest.Place]string{chattest.Shared: "C1", chattest.Direct: fakeslack.DirectID(user),
		chattest.Guests: "CGUESTS", chattest.Unknown: "CHIDDEN"}[d.Place]
	one := func(receipt *fakeslack.Receipt) []*fakeslack.Receipt { return []*fakeslack.Receipt{receipt} }
	switch d.Kind {
	case chattest.Mention:
		if d.Place == chattest.Direct {
			return r.fake.Say("T1", user, user, fakeslack.Escape(d.Text), "").Receipts
		}
		return r.fake.Mention("T1", user, channel, d.Text, "").Receipts
	case chattest.Talk:
		// Below what somebody wrote before: what begins in the channel itself goes on with nothing.
		return r.fake.Say("T1", user, channel, fakeslack.Escape(d.Text), "1700000000.000100").Receipts
	case chattest.Command:
		return one(r.fake.Slash("T1", user, channel, strings.TrimSpace(d.Command+" "+d.Text)))
	case chattest.Press:
		return one(r.fake.Press("T1", user, r.pressOf(d, channel)))
	case chattest.Submit:
		return one(r.fake.Submit(r.viewOf(d, user, channel), d.Values))
	case chattest.Own:
		return one(r.botSays(channel, "UBOT1", "BBOT1", d.Text))
	case chattest.Bot:
		return one(r.botSays(channel, "U0OTHERBOT", "B0OTHER", "<@UBOT1> "+d.Text))
	}
	panic("no such kind of delivery: " + d.Kind)
}

func (r *rig) botSays(channel, user, bot, text string) *fakeslack.Receipt {
	kind := "channel"
	if strings.HasPrefix(channel, "D") {
		kind = "im"
	}
	return r.fake.Event("T1", map[string]any{"type": "message", "user": user, "bot_id": bot, "text": text, "channel": channel,
		"channel_type": kind, "ts": "1700000000.000100", "event_ts": "1700000000.000100"})
}

func (r *rig) pressOf(d chattest.Delivery, channel string) fakeslack.Press {
	for _, m := range r.fake.Answers() {
		for _, b := range m.Show().Buttons {
			action, _ := readAction(b.ActionID, b.Value, b.Selected)
			if action == d.Action && (d.On == "" || d.On == m.TS) {
				return fakeslack.Press{ActionID: b.ActionID, Value: b.Value, Selected: b.Selected, Type: b.Type, TS: m.TS, Channel: channel}
			}
		}
	}
	return fakeslack.Press{ActionID: buttonID(d.Action, 0), Value: d.Action, TS: d.On, Channel: channel}
}

func (r *rig) viewOf(d chattest.Delivery, user, channel string) fakeslack.View {
	for _, v := range r.fake.Views() {
		if v.Body["callback_id"] == d.Action {
			return v
		}
	}
	return r.fake.AddView(fakeslack.View{Team: "T1", User: user, Type: "modal", Body: map[string]any{
		"type": "modal", "callback_id": d.Action, "private_metadata": origin{Room: channel}.encode()}})
}

func (r *rig) Messages() []chattest.Message {
	var all []chattest.Message
	for _, m := range r.fake.Answers() {
		all = append(all, asSeen(m.Show(), chattest.Message{ID: m.TS, Room: m.Channel, Thread: m.Thread, Reader: m.Reader, Unfurls: m.LinkPreviews}))
	}
	for _, v := range r.fake.Views() {
		seen := asSeen(v.Show(), chattest.Message{ID: v.ID, Reader: v.User})
		blocks, _ := v.Body["blocks"].([]any)
		seen.Form = slices.ContainsFunc(blocks, func(b any) bool { return b.(map[string]any)["type"] == "input" })
		all = append(all, seen)
	}
	return all
}

func asSeen(shown fakeslack.Shown, m chattest.Message) chattest.Message {
	m.Text, m.Pings = shown.Text, shown.Pings
	for _, l := range shown.Links {
		m.Links = append(m.Links, chattest.Link{Text: l.Text, URL: l.URL})
	}
	for _, b := range shown.Buttons {
		action, _ := readAction(b.ActionID, b.Value, b.Selected)
		m.Buttons = append(m.Buttons, chattest.Button{ID: action, Label: b.Label, URL: b.URL})
	}
	return m
}

func TestPromisesBySocketMode(t *testing.T) { chattest.Run(t, harness{}) }
func TestPromisesOverHTTP(t *testing.T)     { chattest.Run(t, harness{overHTTP: true}) }
