package intro_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid" // makes sequences of steps, and shortens those that break a rule

	"liaison/bot/chat"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// TestEveryOrderOfSteps explores orders of agreeing, declining, ending, blocking, linking, writing,
// editing, deleting, time, sending and dying while sending; storetest.Explore says of how many.
func TestEveryOrderOfSteps(t *testing.T) {
	storetest.Explore(t, func(rt *rapid.T, s *store.Store, n int) {
		m := newModel(rt, s, noon.AddDate(n, 0, 0))
		rt.Repeat(m.steps())
		m.finish()
	})
}

var noon = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)

// model is what should be, beside what the service makes of it. The two people have two accounts each;
// the second is linked in the middle of things, or never.
type model struct {
	*rapid.T
	ctx      context.Context
	store    *store.Store
	service  *intro.Service
	now      time.Time
	accounts [2][2]string
	linked   [2]bool
	ids      []string
	count    int // of messages
	sources  map[string]*source
	wall     []sent
	closing  func() // done while a message is on its way
	blocked  bool
}

// source is a message as its author sees it.
type source struct {
	id, text string
	side     intro.Side
	said     time.Time
	gone     bool
	taken    bool // the service took it
}

// sent is what a platform shows.
type sent struct {
	key, kind, id, part, account, text string
	gone                               bool
	at                                 time.Time
}

func newModel(rt *rapid.T, s *store.Store, begun time.Time) *model {
	m := &model{T: rt, ctx: context.Background(), store: s, now: begun, sources: map[string]*source{}}
	m.clear()
	tag := begun.Year() // another in each sequence
	for side := range 2 {
		for n := range 2 {
			m.accounts[side][n] = fmt.Sprintf("p:w%d/%d-%d", n, tag, side)
			m.must(s.MeetAccount(m.ctx, profile.Account{ID: m.accounts[side][n], Name: "Example"}, m.now))
		}
	}
	m.service = &intro.Service{Store: s, Now: func() time.Time { return m.now }, Pause: func(context.Context) error { return errBusy }}
	m.goFar(rapid.IntRange(0, 6).Draw(rt, "how far it has come"))
	return m
}

// goFar begins where random steps seldom get: with an introduction that is agreed, or connected.
func (m *model) goFar(far int) {
	if far == 0 {
		return
	}
	m.draft()
	x := m.state(m.ids[0])
	m.must(m.service.Agree(m.ctx, x.ID, x.Parties[0].Account, "wording", 3))
	if far > 1 {
		m.must(m.service.Accept(m.ctx, x.ID, x.Parties[1].Account, "wording"))
	}
	if far == 6 {
		_, err := m.service.Block(m.ctx, x.ID, x.Parties[1].Account)
		m.blocked = true
		m.fine(err)
		m.draft()
	} else if far > 2 {
		for range 2 {
			m.say()
			m.send(0)
		}
	}
}

var errBusy = errors.New("something is in flight")

func (m *model) must(_ any, err error) {
	if err != nil {
		m.Fatal(err)
	}
}

// fine are errors that say no, as they should at times.
func (m *model) fine(err error) bool {
	for _, no := range []error{intro.ErrOver, intro.ErrAlready, intro.ErrNotYours, intro.ErrTooMany, intro.ErrBudget, intro.ErrSelf, intro.ErrFast, errBusy} {
		if errors.Is(err, no) {
			return false
		}
	}
	if err != nil {
		m.Fatal(err)
	}
	return true
}

// account draws one of the accounts a side can use.
func (m *model) account(side intro.Side) string {
	if m.linked[side] && rapid.Bool().Draw(m.T, "linked account") {
		return m.accounts[side][1]
	}
	return m.accounts[side][0]
}

func (m *model) side() intro.Side { return intro.Side(rapid.IntRange(0, 1).Draw(m.T, "side")) }

func (m *model) id() string {
	if len(m.ids) == 0 {
		m.Skip("no introduction yet")
	}
	return rapid.SampledFrom(m.ids).Draw(m.T, "introduction")
}

// state is what is kept, whoever asks.
func (m *model) state(id string) (x intro.Introduction) {
	m.must(nil, m.store.Do(m.ctx, func(tx intro.Tx) (err error) { x, err = tx.Introduction(m.ctx, id); return err }))
	return x
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
		"draft": step(m.draft), "agree": step(m.agree), "accept": step(m.accept), "accept again": step(m.accept),
		"decline": step(func() { _, err := m.service.Decline(m.ctx, m.id(), m.account(m.side())); m.fine(err) }),
		"close":   step(m.close), "block": step(m.block),
		"report": step(func() {
			_, err := m.service.Report(m.ctx, m.id(), m.account(m.side()), []string{"p:w0/admin"})
			m.fine(err)
		}),
		"link": step(m.link),
		"say":  step(m.say), "say more": step(m.say), "edit": step(m.edit), "delete": step(m.delete), "deliver again": step(m.again),
		"send": step(func() { m.send(0) }), "send more": step(func() { m.send(0) }), "die sending": step(func() { m.send(1) }), "die sent": step(func() { m.send(2) }),
		"withdraw while sending": step(m.withdrawWhileSending),
		"hours pass":             step(func() { m.now = m.now.Add(time.Duration(rapid.IntRange(1, 80).Draw(m.T, "hours")) * time.Hour / 4) }),
		"sweep":                  step(func() { m.must(nil, m.service.Sweep(m.ctx)) }),
		"":                       func(rt *rapid.T) { m.T = rt; m.check() },
	}
}

func nameOf(person intro.Side) string { return fmt.Sprint("name of ", int(person)) }

func (m *model) draft() {
	asker := m.side()
	p, err := m.store.ProfileOf(m.ctx, m.accounts[asker.Other()][0])
	m.must(p, err)
	me, other := intro.Party{Account: m.account(asker), Name: nameOf(asker)}, intro.Party{Account: m.accounts[asker.Other()][0], Name: nameOf(asker.Other())}
	x, err := m.service.Draft(m.ctx, me, other, p.Person, "a topic", rapid.IntRange(0, 4).Draw(m.T, "in a group") == 0)
	if m.fine(err) {
		m.ids = append(m.ids, x.ID)
	}
}

func (m *model) agree() {
	id := m.id()
	_, err := m.service.Agree(m.ctx, id, m.account(m.side()), "wording", 3)
	if m.fine(err) && m.blocked && m.state(id).State == intro.Proposed && !m.state(id).Quiet && m.state(id).Asked.Equal(m.now) {
		m.Fatal("somebody is asked by one they blocked")
	}
}

func (m *model) accept() {
	id := m.id()
	before := m.state(id)
	x, err := m.service.Accept(m.ctx, id, m.account(m.side()), "wording")
	if m.fine(err) && before.State != intro.Connected && (before.State != intro.Proposed || before.Stopping != "" || !x.Parties[0].Yes || !x.Parties[1].Yes) {
		m.Fatalf("connected from %s, stopping %q", before.State, before.Stopping)
	}
}

// ended checks that what a person is told is over is over.
func (m *model) ended(x intro.Introduction, err error) {
	if m.fine(err) && m.state(x.ID).State.Open() {
		m.Fatalf("told that it is over, it is %s", m.state(x.ID).State)
	}
}

func (m *model) close() { m.ended(m.service.Close(m.ctx, m.id(), m.account(m.side()))) }

func (m *model) block() {
	x, err := m.service.Block(m.ctx, m.id(), m.account(m.side()))
	m.blocked = m.blocked || err == nil || errors.Is(err, errBusy)
	m.ended(x, err)
}

func (m *model) link() {
	side := m.side()
	if m.linked[side] {
		m.Skip("linked already")
	}
	service := &profile.Service{Store: m.store, Now: func() time.Time { return m.now }}
	code, err := service.Code(m.ctx, m.accounts[side][1])
	m.must(code, err)
	m.must(service.Link(m.ctx, m.accounts[side][0], code))
	m.linked[side] = true
}

func (m *model) say() {
	m.count++
	s := &source{id: fmt.Sprintf("%s/%d", m.accounts[0][0], m.count), text: fmt.Sprint("text ", m.count), side: m.side(), said: m.now}
	id := m.id()
	if x := m.state(id); x.Persons[0] == x.Persons[1] {
		m.Skip("one person")
	}
	s.side = m.sideIn(id, s.side)
	if rapid.IntRange(0, 9).Draw(m.T, "its edit comes first") == 0 {
		if _, err := m.service.Edit(m.ctx, id, m.accountIn(id, s.side), s.id, s.text+" early", m.now.Add(time.Second)); m.fine(err) {
			s.text, s.said = s.text+" early", m.now.Add(time.Second)
		}
	}
	_, err := m.service.Say(m.ctx, id, m.accountIn(id, s.side), s.id, fmt.Sprint("text ", m.count), nil, m.now)
	s.taken = m.fine(err)
	if s.taken && (m.state(id).State != intro.Connected || m.state(id).Stopping != "") {
		m.Fatal("a message was taken for an introduction that is not open")
	}
	m.sources[s.id+" "+id] = s
}

// sideIn and accountIn speak of the sides of one introduction, whoever of the two began it.
func (m *model) sideIn(_ string, s intro.Side) intro.Side { return s }

func (m *model) accountIn(id string, s intro.Side) string { return m.state(id).Parties[s].Account }

func (m *model) anySource() (string, *source, string) {
	var keys []string
	for n := 1; n <= m.count; n++ {
		for _, id := range m.ids {
			if key := fmt.Sprintf("%s/%d %s", m.accounts[0][0], n, id); m.sources[key] != nil {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		m.Skip("nobody has said anything")
	}
	key := rapid.SampledFrom(keys).Draw(m.T, "message")
	_, id, _ := strings.Cut(key, " ")
	return key, m.sources[key], id
}

func (m *model) edit() {
	_, s, id := m.anySource()
	late := rapid.Bool().Draw(m.T, "an older edit, late")
	said, text := m.now, fmt.Sprintf("%s edited at %d", s.id, m.now.Unix())
	if late {
		said = s.said.Add(-time.Millisecond)
	}
	_, err := m.service.Edit(m.ctx, id, m.accountIn(id, s.side), s.id, text, said)
	if m.fine(err) && s.taken && !s.gone && !late {
		s.text, s.said = text, said
	}
}

func (m *model) delete() {
	_, s, _ := m.anySource()
	m.must(nil, m.service.Delete(m.ctx, s.id))
	s.gone = true
}

func (m *model) again() {
	_, s, id := m.anySource()
	if !s.taken {
		m.Skip("it was not taken")
	}
	_, err := m.service.Say(m.ctx, id, m.accountIn(id, s.side), s.id, "delivered again", nil, s.said)
	m.fine(err)
}

// send sends what is due next. The process may die before it sends (1) or before it notes it (2).
func (m *model) send(die int) {
	item, ok, err := m.store.ClaimItem(m.ctx, m.now, m.now.Add(30*time.Second))
	m.must(ok, err)
	if !ok {
		m.Skip("nothing is due")
	}
	if die == 1 {
		m.now = m.now.Add(31 * time.Second)
		return
	}
	marks := outbox.Store(m.store)
	if die == 2 {
		marks = storetest.Forgetful{Store: m.store}
	}
	sender := outbox.Sender{
		Store: marks, Renderer: m, Adapters: map[string]chat.Adapter{"p": &platform{m}}, Now: func() time.Time { return m.now }, Log: slog.New(slog.DiscardHandler),
	}
	sender.Deliver(m.ctx, item)
	if die == 2 {
		m.now = m.now.Add(31 * time.Second)
	}
}

// withdrawWhileSending ends the introduction that is being sent for, while a message is on its way.
func (m *model) withdrawWhileSending() {
	m.closing = func() {
		m.closing = nil
		id := m.id()
		x, err := m.service.Close(m.ctx, id, m.accountIn(id, m.side()))
		m.ended(x, err)
	}
	m.send(0)
	m.closing = nil
}

// Letter implements outbox.Renderer as commands do: it asks whether the item may leave.
func (m *model) Letter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	x, message, may, err := m.service.May(ctx, i.Kind, i.Subject, i.Part)
	if err != nil || !may {
		return outbox.Letter{}, err
	}
	text := i.Kind
	letter := outbox.Letter{}
	switch i.Kind {
	case intro.TellSaid:
		text = message.Text
	case intro.TellEdited:
		text, letter.Edits = message.Text, intro.TellSaid+"/"+i.Part
	case intro.TellDeleted:
		return outbox.Letter{Deletes: intro.TellSaid + "/" + i.Part}, nil
	case intro.TellGone:
		letter.Edits = i.Part
	default:
		text += " " + x.Parties[0].Name + " " + x.Parties[1].Name
	}
	letter.Reply = chat.Reply{Blocks: []chat.Block{chat.Say(text)}}
	return letter, nil
}

// platform shows what is sent, and checks at that moment that it may be.
type platform struct{ *model }

func (platform) Name() string                          { return "p" }
func (platform) Capabilities() chat.Capabilities       { return chat.Capabilities{} }
func (platform) Run(context.Context, chat.Inbox) error { return nil }
func (platform) Respond(context.Context, chat.Event, chat.Reply) (chat.Ref, error) {
	return chat.Ref{}, errors.New("not used")
}

func (p platform) Send(ctx context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	if p.closing != nil {
		p.closing()
	}
	item, err := p.store.ItemByKey(ctx, to.Key)
	p.must(item, err)
	p.judge(item)
	for _, s := range p.wall {
		if s.key == to.Key {
			p.Fatalf("%s is sent a second time", to.Key)
		}
	}
	p.wall = append(p.wall, sent{key: to.Key, kind: item.Kind, id: item.Subject, part: item.Part, account: item.Account, text: chat.PlainText(r), at: p.now})
	return chat.Ref{Platform: "p", Workspace: to.Account.User, Message: to.Key}, nil
}

// judge is the rule: what leaves is covered by what is kept at the very moment it leaves.
func (m *model) judge(i outbox.Item) {
	x := m.state(i.Subject)
	switch i.Kind {
	case intro.TellAsked:
		if x.State != intro.Proposed || !x.Parties[0].Yes || x.Quiet {
			m.Fatalf("asked when it is %s, quiet %v", x.State, x.Quiet)
		}
	case intro.TellSaid, intro.TellEdited, intro.TellConnected:
		if x.State != intro.Connected || !x.Parties[0].Yes || !x.Parties[1].Yes {
			m.Fatalf("%s leaves when it is %s", i.Kind, x.State)
		}
	case intro.TellOver:
		if m.now.Before(x.Asked.Add(intro.Patience)) {
			m.Fatalf("the asker learns %v after asking that it came to nothing", m.now.Sub(x.Asked))
		}
	}
	if i.Kind != intro.TellOver && i.Kind != intro.TellReported && i.Account == x.Parties[0].Account && !x.Parties[1].Yes {
		m.Fatalf("the asker is told %s, and the other has not said yes", i.Kind)
	}
}

func (p platform) Find(_ context.Context, to chat.To) (chat.Ref, error) {
	for _, s := range p.wall {
		if s.key == to.Key {
			return chat.Ref{Platform: "p", Workspace: to.Account.User, Message: to.Key}, nil
		}
	}
	return chat.Ref{}, nil
}

func (p platform) Edit(ctx context.Context, ref chat.Ref, r chat.Reply) error {
	for i, s := range p.wall {
		if s.key == ref.Message {
			if x := p.state(s.id); s.kind == intro.TellSaid && x.State != intro.Connected {
				p.Fatalf("an edit leaves when it is %s", x.State)
			}
			p.wall[i].text = chat.PlainText(r)
		}
	}
	return nil
}

func (p platform) Delete(_ context.Context, ref chat.Ref) error {
	for i, s := range p.wall {
		if s.key == ref.Message {
			p.wall[i].gone = true
		}
	}
	return nil
}

// check holds after every step: a message stands once, in the order it was said, for the other alone.
func (m *model) check() {
	last := map[string]int{}
	for _, s := range m.wall {
		if s.kind != intro.TellSaid {
			continue
		}
		n, err := strconv.Atoi(s.part[strings.LastIndexByte(s.part, '/')+1:])
		m.must(n, err)
		lane := s.id + s.account
		if n <= last[lane] {
			m.Fatalf("message %d stands after %d", n, last[lane])
		}
		last[lane] = n
		x := m.state(s.id)
		if author := m.sources[s.part+" "+s.id]; author != nil && s.account != x.Parties[author.side.Other()].Account {
			m.Fatal("a message stands before the wrong person")
		}
	}
}

// finish lets everything that is due happen, and checks that nothing is lost: in a relay that is still
// open the other side sees what was said, as it reads now. Or one of the two is forgotten first.
func (m *model) finish() {
	if rapid.IntRange(0, 2).Draw(m.T, "one is forgotten") == 0 {
		m.forget()
		return
	}
	m.deliver(10_000)
	m.must(nil, m.service.Sweep(m.ctx))
	m.check()
	for key, s := range m.sources {
		_, id, _ := strings.Cut(key, " ")
		if !s.taken || m.state(id).State != intro.Connected {
			continue
		}
		var shown *sent
		for i := range m.wall {
			if m.wall[i].key == intro.TellSaid+"/"+s.id {
				shown = &m.wall[i]
			}
		}
		switch {
		case s.gone && shown != nil && !shown.gone:
			m.Fatalf("%s was deleted, and still stands", s.id)
		case !s.gone && (shown == nil || shown.gone):
			m.Fatalf("%s never arrived", s.id)
		case !s.gone && shown.text != s.text:
			m.Fatalf("%s reads %q, not %q", s.id, shown.text, s.text)
		}
	}
}

// deliver sends what is due, up to so many.
func (m *model) deliver(most int) {
	for range most {
		item, ok, err := m.store.ClaimItem(m.ctx, m.now, m.now.Add(30*time.Second))
		m.must(item, err)
		if !ok {
			return
		}
		sender := outbox.Sender{Store: m.store, Renderer: m, Adapters: map[string]chat.Adapter{"p": &platform{m}}, Now: func() time.Time { return m.now }, Log: slog.New(slog.DiscardHandler)}
		sender.Deliver(m.ctx, item)
	}
}

// forget has one of the two forgotten, with anything between on its way, and checks that neither their name
// nor their words stand before the other then. What admins were told stays.
func (m *model) forget() {
	who := m.side()
	p, err := m.store.ProfileOf(m.ctx, m.accounts[who][0])
	m.must(p, err)
	if !m.fine(m.service.Leave(m.ctx, p.Person, m.accounts[who][0])) {
		return // they are told to try again
	}
	m.deliver(rapid.IntRange(0, 3).Draw(m.T, "sent before it is done"))
	m.must(m.store.ForgetAccount(m.ctx, m.accounts[who][0], ""))
	for range 3 {
		m.deliver(10_000)
		m.must(nil, m.service.Sweep(m.ctx))
		m.now = m.now.Add(8 * 24 * time.Hour)
	}
	for _, s := range m.wall {
		theirs := s.account == m.accounts[who][0] || s.account == m.accounts[who][1]
		if s.gone || s.kind == intro.TellReported || theirs && s.kind != intro.TellGroup {
			continue
		}
		if author := m.sources[s.part+" "+s.id]; strings.Contains(s.text, nameOf(who)) || s.kind == intro.TellSaid && author != nil && m.by(s) == who {
			m.Fatalf("%s is forgotten, and this still stands: %s: %s", nameOf(who), s.key, s.text)
		}
	}
}

// by is whose words stand somewhere: those of whoever does not read them.
func (m *model) by(s sent) intro.Side {
	if s.account == m.accounts[0][0] || s.account == m.accounts[0][1] {
		return 1
	}
	return 0
}

// clear drops what an earlier sequence on this store has left to send.
func (m *model) clear() {
	m.must(nil, storetest.DropOutbox(m.ctx, m.store, m.now))
}
