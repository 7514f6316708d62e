package coffee_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid" // makes sequences of steps, and shortens those that break a rule

	"liaison/bot/chat"
	"liaison/bot/coffee"
	"liaison/bot/directory"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// TestEveryOrderOfSteps explores orders of joining, leaving, saying yes, no and not now, ending, blocking,
// linking, an organisation's closing, writing, time, sending and dying while sending; storetest.Explore says
// of how many.
func TestEveryOrderOfSteps(t *testing.T) {
	storetest.Explore(t, func(rt *rapid.T, s *store.Store, n int) {
		m := newModel(rt, s, monday.AddDate(0, 0, 364*n)) // a Monday again
		rt.Repeat(m.steps())
		m.sweep()
		m.finish()
	})
}

var monday = time.Date(2026, time.June, 8, 14, 0, 0, 0, time.UTC)

const budget = 3

// The people: two of each organisation, one of none, and one who is the first under another account.
var (
	organisations = []string{"gds", "gds", "usds", "usds", "", ""}
	zones         = []string{"Europe/London", "Europe/London", "America/New_York", "America/New_York", "Europe/London", "Europe/London"}
	second        = 5
)

// model is what should be, beside what the service makes of it.
type model struct {
	*rapid.T
	ctx      context.Context
	store    *store.Store
	service  *coffee.Service
	now      time.Time
	accounts []string
	linked   bool
	closed   bool // usds is
	people   []person
	pairs    []*pair
	known    map[string]*pair
	met      map[[2]int]bool
	blocked  map[[2]int]bool // by whom, whom
	claimed  map[string]bool // keys that have begun to leave
	wall     map[string]bool // keys that a platform shows
	said     int
	hook     func() // done while something is on its way
}

// person is what becomes of one of them, as the package's words say.
type person struct {
	in     bool
	until  time.Time
	missed int
	open   *pair
}

// pair is a coffee that was proposed.
type pair struct {
	id    string
	who   [2]int
	yes   [2]bool
	no    [2]bool
	at    time.Time
	until time.Time
	state intro.State
}

func newModel(rt *rapid.T, s *store.Store, begun time.Time) *model {
	m := &model{
		T: rt, ctx: context.Background(), store: s, now: begun, people: make([]person, len(organisations)),
		known: map[string]*pair{}, met: map[[2]int]bool{}, blocked: map[[2]int]bool{}, claimed: map[string]bool{}, wall: map[string]bool{},
	}
	m.clear()
	for i, organisation := range organisations {
		m.accounts = append(m.accounts, fmt.Sprintf("p:w/%d-%d", begun.Unix(), i))
		p, err := s.MeetAccount(m.ctx, profile.Account{ID: m.accounts[i], Name: "Example", Organisation: organisation}, m.now)
		m.must(p, err)
	}
	intros := &intro.Service{Store: s, Now: m.clock, Pause: func(context.Context) error { return errBusy }}
	m.service = &coffee.Service{Store: s, Intros: intros, Look: m.look, OneRoom: func(string, string) bool { return false }, Now: m.clock}
	for i := range rapid.IntRange(0, second).Draw(rt, "joined already") {
		m.join(i)
	}
	return m
}

var errBusy = errors.New("something is in flight")

func (m *model) clock() time.Time { return m.now }

func (m *model) must(_ any, err error) {
	if err != nil {
		m.Fatal(err)
	}
}

// fine are errors that say no, as they should at times.
func (m *model) fine(err error) bool {
	for _, no := range []error{intro.ErrOver, intro.ErrNotYours, intro.ErrFast, errBusy} {
		if errors.Is(err, no) {
			return false
		}
	}
	if err != nil {
		m.Fatal(err)
	}
	return true
}

// look is the coffee.Service's Look.
func (m *model) look(ctx context.Context, e coffee.Entry) (coffee.Seat, error) {
	p, err := m.store.Person(ctx, e.Person)
	if err != nil {
		return coffee.Seat{}, err
	}
	i := slices.Index(m.accounts, e.Account)
	if i < 0 || !p.Has(e.Account) || m.closed && organisations[i] == "usds" {
		return coffee.Seat{}, coffee.ErrAway
	}
	zone, err := time.LoadLocation(zones[i])
	return coffee.Seat{Organisations: m.organisations(i), Schedule: directory.Schedule{Zone: zone}, Budget: budget}, err
}

func (m *model) organisations(i int) []string {
	if o := organisations[m.root(i)]; o != "" {
		return []string{o}
	}
	return nil
}

// root is who somebody is, when two of them turn out to be one.
func (m *model) root(i int) int {
	if i == second && m.linked {
		return 0
	}
	return i
}

func (m *model) personID(i int) string {
	p, err := m.store.ProfileOf(m.ctx, m.accounts[i])
	m.must(p, err)
	return p.Person
}

func (m *model) steps() map[string]func(*rapid.T) {
	step := func(do func()) func(*rapid.T) {
		return func(rt *rapid.T) {
			m.T = rt
			m.now = m.now.Add(time.Second)
			do()
		}
	}
	return map[string]func(*rapid.T){
		"join": step(func() { m.join(m.somebody()) }), "leave": step(func() { m.leave(m.somebody()) }),
		"yes": step(m.yes), "yes again": step(m.yes), "and yes": step(m.yes), "somebody else": step(m.pass), "not now": step(m.stop),
		"end": step(m.end), "say": step(m.say), "link": step(m.link), "keep away": step(m.keepAway), "close usds": step(func() { m.closed = !m.closed }),
		"send": step(func() { m.send(0) }), "send more": step(func() { m.send(0) }), "die sending": step(func() { m.send(1) }), "die sent": step(func() { m.send(2) }),
		"leave while sending": step(m.leaveWhileSending),
		"hours pass":          step(func() { m.now = m.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(m.T, "hours")) * time.Hour) }),
		"weeks pass":          step(func() { m.now = m.now.AddDate(0, 0, rapid.IntRange(5, 15).Draw(m.T, "days")) }),
		"sweep":               step(m.sweep),
		"":                    func(rt *rapid.T) { m.T = rt; m.look4pairs() },
	}
}

func (m *model) somebody() int { return rapid.IntRange(0, len(m.people)-1).Draw(m.T, "who") }

// ofPair draws a pair and one of its two.
func (m *model) ofPair() (*pair, intro.Side) {
	if len(m.pairs) == 0 {
		m.Skip("nobody was matched yet")
	}
	n := len(m.pairs) - 1 - rapid.IntRange(0, min(len(m.pairs)-1, 3)).Draw(m.T, "pair, from the last")
	return m.pairs[n], intro.Side(rapid.IntRange(0, 1).Draw(m.T, "side"))
}

func (m *model) join(i int) {
	who := &m.people[m.root(i)]
	e, err := m.service.Join(m.ctx, m.personID(i), m.accounts[i])
	m.must(e, err)
	if who.open == nil && (!who.in || !m.now.Before(who.until)) {
		*who = person{in: true, until: m.now.Add(coffee.QueueTime)}
	}
	if !e.Until.Equal(who.until) {
		m.Fatalf("%d is in the queue until %v, not %v", i, e.Until, who.until)
	}
	m.must(nil, m.service.Match(m.ctx))
	m.look4pairs()
}

func (m *model) leave(i int) {
	err := m.service.Leave(m.ctx, m.personID(i), m.accounts[i])
	who := &m.people[m.root(i)]
	if p := who.open; p != nil {
		m.no(p, m.sideOf(p, i), false)
	}
	*who = person{}
	m.fine(err)
	if n := m.inQueue(i); n {
		m.Fatalf("%d has left, and is in the queue", i)
	}
}

func (m *model) sideOf(p *pair, i int) intro.Side {
	if m.root(p.who[0]) == m.root(i) {
		return intro.Asker
	}
	return intro.Helper
}

func (m *model) inQueue(i int) bool {
	queue, err := m.store.Queue(m.ctx)
	m.must(queue, err)
	person := m.personID(i)
	return slices.ContainsFunc(queue, func(e coffee.Entry) bool { return e.Person == person })
}

// no is what a no of one side makes of a pair. again says that they wait for somebody else.
func (m *model) no(p *pair, side intro.Side, again bool) {
	if p.state != intro.Proposed || p.no[side] {
		return
	}
	p.no[side] = true
	if who := &m.people[m.root(p.who[side])]; who.open == p {
		who.open, who.missed = nil, 0
		who.in = who.in && again
	}
	other := side.Other()
	unread := !m.claimed[fmt.Sprintf("%s/%s/%d", intro.TellCoffee, p.id, other)]
	if unread || p.no[other] {
		p.state = intro.Declined
		if who := &m.people[m.root(p.who[other])]; who.open == p {
			who.open = nil
		}
	}
}

func (m *model) yes() {
	p, side := m.ofPair()
	may := p.state == intro.Connected || p.state == intro.Proposed && !p.no[side] && m.now.Before(p.until)
	x, err := m.service.Accept(m.ctx, p.id, m.accounts[p.who[side]], "wording")
	if p.state == intro.Closed {
		m.fine(err)
		return
	}
	if m.fine(err) != may {
		m.Fatalf("a yes to %+v: %v", *p, err)
	}
	if !may {
		return
	}
	p.yes[side] = true
	if p.state == intro.Proposed && p.yes[side.Other()] && !p.no[side.Other()] && !m.apartForGood(p) {
		p.state = intro.Connected
		for _, i := range p.who {
			if who := &m.people[m.root(i)]; who.open == p {
				*who = person{}
			}
		}
	}
	if connected := x.State == intro.Connected; connected != (p.state == intro.Connected) {
		m.Fatalf("%+v is %s", *p, x.State)
	}
}

func (m *model) pass() {
	p, side := m.ofPair()
	err := m.service.Pass(m.ctx, p.id, m.accounts[p.who[side]])
	if !m.fine(err) && !errors.Is(err, errBusy) {
		return
	}
	m.no(p, side, true)
}

func (m *model) stop() {
	p, side := m.ofPair()
	err := m.service.Stop(m.ctx, p.id, m.accounts[p.who[side]])
	who := &m.people[m.root(p.who[side])]
	if open := who.open; open != nil {
		m.no(open, m.sideOf(open, p.who[side]), false)
	}
	*who = person{}
	if m.fine(err) || errors.Is(err, errBusy) {
		m.no(p, side, false)
	}
}

// end closes, blocks or reports, whatever the state.
func (m *model) end() {
	p, side := m.ofPair()
	var err error
	account := m.accounts[p.who[side]]
	switch rapid.SampledFrom([]string{"close", "block", "report"}).Draw(m.T, "how") {
	case "close":
		_, err = m.service.Intros.Close(m.ctx, p.id, account)
	case "block":
		_, err = m.service.Intros.Block(m.ctx, p.id, account)
		m.blocked[[2]int{m.root(p.who[side]), m.root(p.who[side.Other()])}] = true
	case "report":
		_, err = m.service.Intros.Report(m.ctx, p.id, account, nil)
	}
	m.fine(err)
	m.no(p, side, true)
	if p.state == intro.Connected {
		p.state = intro.Closed
	}
}

func (m *model) say() {
	p, side := m.ofPair()
	m.said++
	_, err := m.service.Intros.Say(m.ctx, p.id, m.accounts[p.who[side]], fmt.Sprintf("%s/%d", m.accounts[0], m.said), "words", nil, m.now)
	if m.fine(err) && p.state != intro.Connected {
		m.Fatalf("words are passed on in %+v", *p)
	}
}

// keepAway has somebody block somebody, whom they know from elsewhere.
func (m *model) keepAway() {
	by, whom := m.root(m.somebody()), m.root(m.somebody())
	if by == whom {
		m.Skip("one person")
	}
	m.blocked[[2]int{by, whom}] = true
	blocker, blocked := m.personID(by), m.personID(whom)
	m.must(nil, m.store.Do(m.ctx, func(tx intro.Tx) error { return tx.Block(m.ctx, blocker, blocked, m.now) }))
}

// apartForGood reports whether one of two keeps the other away.
func (m *model) apartForGood(p *pair) bool {
	a, b := m.root(p.who[0]), m.root(p.who[1])
	return m.blocked[[2]int{a, b}] || m.blocked[[2]int{b, a}]
}

// link makes the last the same as the first, when they have nothing under way.
func (m *model) link() {
	if who := m.people[second]; m.linked || who.in || who.open != nil || m.inQueue(second) {
		m.Skip("linked, or in the queue")
	}
	if slices.ContainsFunc(m.pairs, func(p *pair) bool {
		return p.state == intro.Proposed && slices.Contains(p.who[:], second)
	}) {
		m.Skip("somebody waits for them")
	}
	profiles := &profile.Service{Store: m.store, Now: m.clock}
	code, err := profiles.Code(m.ctx, m.accounts[0])
	m.must(code, err)
	m.must(profiles.Link(m.ctx, m.accounts[second], code))
	m.linked = true
	for _, set := range []map[[2]int]bool{m.met, m.blocked} {
		for two := range set {
			set[[2]int{m.root(two[0]), m.root(two[1])}] = true
		}
	}
}

// look4pairs finds what was proposed since it last looked, and holds it against the rules.
func (m *model) look4pairs() {
	queue, err := m.store.Queue(m.ctx)
	m.must(queue, err)
	for _, e := range queue {
		if e.Introduction == "" || m.known[e.Introduction] != nil {
			continue
		}
		x := m.state(e.Introduction)
		p := &pair{id: x.ID, at: x.At, until: x.Until, state: intro.Proposed}
		for side := range p.who {
			p.who[side] = slices.Index(m.accounts, x.Parties[side].Account)
		}
		m.judgePair(p, x)
		m.known[p.id] = p
		m.pairs = append(m.pairs, p)
	}
}

func (m *model) judgePair(p *pair, x intro.Introduction) {
	a, b := m.root(p.who[0]), m.root(p.who[1])
	if why := m.apart(a, b); why != "" {
		m.Fatalf("%d and %d are matched: %s", a, b, why)
	}
	if len(x.Times) < 2 || x.Times[0].Before(x.Until) {
		m.Fatalf("times %v, until %v", x.Times, x.Until)
	}
	m.met[[2]int{a, b}], m.met[[2]int{b, a}] = true, true
	for _, i := range []int{a, b} {
		if who := &m.people[i]; !who.in || who.open != nil {
			m.Fatalf("%d is asked: in the queue %v, asked already %v", i, who.in, who.open != nil)
		}
		m.people[i].open = p
	}
}

// apart says why two may not be matched; "" when they may.
func (m *model) apart(a, b int) string {
	switch {
	case organisations[a] == organisations[b]:
		return "of one organisation, or none"
	case m.closed && (organisations[a] == "usds" || organisations[b] == "usds"):
		return "of one that has closed"
	case m.met[[2]int{a, b}]:
		return "they have met"
	case m.blocked[[2]int{a, b}] || m.blocked[[2]int{b, a}]:
		return "one keeps the other away"
	}
	for _, i := range []int{a, b} {
		asked := 0
		for _, p := range m.pairs {
			if slices.ContainsFunc(p.who[:], func(j int) bool { return m.root(j) == i }) && p.at.After(m.now.AddDate(0, 0, -7)) {
				asked++
			}
		}
		if asked >= budget {
			return "asked often enough"
		}
	}
	return ""
}

// sweep does the minute's work, and looks whether everybody is where they should be.
func (m *model) sweep() {
	m.must(nil, m.service.Intros.Sweep(m.ctx))
	m.must(nil, m.service.Sweep(m.ctx))
	for _, p := range m.pairs {
		if p.state == intro.Proposed && !m.now.Before(p.until) {
			m.expire(p)
		}
	}
	for i := range m.people {
		if who := &m.people[i]; who.in && who.open == nil && !m.now.Before(who.until) {
			*who = person{}
		}
	}
	m.look4pairs()
	m.compare()
}

// expire puts both back, but who left too many unanswered.
func (m *model) expire(p *pair) {
	p.state = intro.Expired
	for side, i := range p.who {
		who := &m.people[m.root(i)]
		if who.open != p {
			continue
		}
		who.open = nil
		if who.missed++; p.yes[side] {
			who.missed = 0
		}
		if who.missed >= coffee.MaxMissed {
			*who = person{}
		}
	}
}

func (m *model) compare() {
	queue, err := m.store.Queue(m.ctx)
	m.must(queue, err)
	places := map[string]coffee.Entry{}
	for _, e := range queue {
		places[e.Person] = e
	}
	for i, who := range m.people {
		if m.root(i) != i {
			continue
		}
		e, in := places[m.personID(i)]
		open := ""
		if who.open != nil {
			open = who.open.id
		}
		if in != who.in || in && (e.Introduction != open || e.Missed != who.missed || !e.Until.Equal(who.until)) {
			m.Fatalf("%d is in the queue: %v %+v, not %+v", i, in, e, who)
		}
	}
	for a := range m.people {
		for b := range a {
			if m.waits(a) && m.waits(b) && m.apart(a, b) == "" {
				m.Fatalf("%d and %d both wait, and nothing stands between them", a, b)
			}
		}
	}
}

func (m *model) waits(i int) bool {
	return m.root(i) == i && m.people[i].in && m.people[i].open == nil
}

// finish sends what is due, twice as long as anything is put off, and looks once more.
func (m *model) finish() {
	for range 10_000 {
		if !m.deliver(0) {
			break
		}
	}
	m.now = m.now.AddDate(0, 0, 5)
	m.sweep()
	for _, p := range m.pairs {
		if p.state == intro.Proposed && !m.now.Before(p.until) {
			m.Fatalf("%+v is open for too long", *p)
		}
	}
}

func (m *model) state(id string) (x intro.Introduction) {
	m.must(nil, m.store.Do(m.ctx, func(tx intro.Tx) (err error) { x, err = tx.Introduction(m.ctx, id); return err }))
	return x
}

// send sends what is due next. The process may die before it sends (1) or before it notes it (2).
func (m *model) send(die int) {
	if !m.deliver(die) {
		m.Skip("nothing is due")
	}
}

func (m *model) deliver(die int) bool {
	item, ok, err := m.store.ClaimItem(m.ctx, m.now, m.now.Add(30*time.Second))
	m.must(ok, err)
	if !ok {
		return false
	}
	m.claimed[item.Key] = true
	if die == 1 {
		m.now = m.now.Add(31 * time.Second)
		return true
	}
	marks := outbox.Store(m.store)
	if die == 2 {
		marks = storetest.Forgetful{Store: m.store}
	}
	sender := outbox.Sender{
		Store: marks, Renderer: m, Adapters: map[string]chat.Adapter{"p": &platform{m}}, Now: m.clock, Log: slog.New(slog.DiscardHandler),
	}
	sender.Deliver(m.ctx, item)
	if die == 2 {
		m.now = m.now.Add(31 * time.Second)
	}
	return true
}

// leaveWhileSending lets somebody leave while something is on its way.
func (m *model) leaveWhileSending() {
	m.hook = func() {
		m.hook = nil
		m.leave(m.somebody())
	}
	m.send(0)
	m.hook = nil
}

// Letter implements outbox.Renderer as commands do: it asks whether the item may leave.
func (m *model) Letter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	if i.Kind == coffee.TellNobody {
		e, err := m.service.Of(ctx, i.Subject)
		if errors.Is(err, coffee.ErrNotFound) || err == nil && e.Introduction != "" {
			return outbox.Letter{}, nil
		}
		return outbox.Letter{Reply: chat.Reply{Blocks: []chat.Block{chat.Say(i.Kind)}}}, err
	}
	_, _, may, err := m.service.Intros.May(ctx, i.Kind, i.Subject, i.Part)
	if err != nil || !may {
		return outbox.Letter{}, err
	}
	return outbox.Letter{Reply: chat.Reply{Blocks: []chat.Block{chat.Say(i.Kind)}}}, nil
}

// platform shows what is sent, and checks at that moment that it may be.
type platform struct{ *model }

func (platform) Name() string                          { return "p" }
func (platform) Capabilities() chat.Capabilities       { return chat.Capabilities{} }
func (platform) Run(context.Context, chat.Inbox) error { return nil }
func (platform) Respond(context.Context, chat.Event, chat.Reply) (chat.Ref, error) {
	return chat.Ref{}, errors.New("not used")
}

func (p platform) Send(ctx context.Context, to chat.To, _ chat.Reply) (chat.Ref, error) {
	item, err := p.store.ItemByKey(ctx, to.Key)
	p.must(item, err)
	if p.wall[to.Key] {
		p.Fatalf("%s is sent a second time", to.Key)
	}
	p.judge(item)
	if p.hook != nil {
		p.hook()
	}
	p.wall[to.Key] = true
	return chat.Ref{Platform: "p", Workspace: to.Account.User, Message: to.Key}, nil
}

func (p platform) Find(_ context.Context, to chat.To) (chat.Ref, error) {
	if !p.wall[to.Key] {
		return chat.Ref{}, nil
	}
	return chat.Ref{Platform: "p", Workspace: to.Account.User, Message: to.Key}, nil
}

// judge is the rule: what leaves is covered by what both have said at the very moment it leaves.
func (m *model) judge(i outbox.Item) {
	who := slices.Index(m.accounts, i.Account)
	if i.Kind == coffee.TellNobody {
		if place := m.people[m.root(who)]; !place.in || place.open != nil {
			m.Fatalf("%d is told that nobody was found: %+v", who, place)
		}
		return
	}
	p := m.known[i.Subject]
	side := intro.Side(slices.Index(p.who[:], who))
	switch i.Kind {
	case intro.TellCoffee:
		if p.state != intro.Proposed || p.no[side] || !m.now.Before(p.until) || m.people[m.root(who)].open != p {
			m.Fatalf("%d is asked about %+v", who, *p)
		}
	case intro.TellConnected, intro.TellSaid:
		if p.state != intro.Connected || !p.yes[0] || !p.yes[1] || m.state(p.id).State != intro.Connected {
			m.Fatalf("%s leaves for %+v", i.Kind, *p)
		}
	case intro.TellNoCoffee:
		if p.state == intro.Connected || p.no[side] || m.now.Before(p.until) {
			m.Fatalf("%d is told that %+v did not come about", who, *p)
		}
	case intro.TellHelped, intro.TellClosed:
		if p.state != intro.Connected && p.state != intro.Closed {
			m.Fatalf("%s leaves for %+v", i.Kind, *p)
		}
	default:
		m.Fatalf("%s leaves", i.Kind)
	}
}

// clear drops what an earlier sequence on this store has left.
func (m *model) clear() {
	m.must(nil, storetest.DropOutbox(m.ctx, m.store, m.now))
	queue, err := m.store.Queue(m.ctx)
	m.must(queue, err)
	m.must(nil, m.store.DoCoffee(m.ctx, func(tx coffee.Tx) error {
		for _, e := range queue {
			if err := tx.DropEntry(m.ctx, e.Person); err != nil {
				return err
			}
		}
		return nil
	}))
}
