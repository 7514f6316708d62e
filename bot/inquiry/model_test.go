package inquiry_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid" // makes sequences of steps, and shortens those that break a rule

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// TestEveryOrderOfSteps explores orders of agreeing, answering, passing, putting off, judging, taking
// back, blocking, hiding, linking, leaving, time, sending and dying while sending; storetest.Explore says of
// how many.
func TestEveryOrderOfSteps(t *testing.T) {
	storetest.Explore(t, func(rt *rapid.T, s *store.Store, n int) {
		m := newModel(rt, s, noon.AddDate(n, 0, 0))
		rt.Repeat(m.steps())
		m.finish()
	})
}

var noon = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)

// people are the asker, who is the first, and those who may be asked.
const people = 5

// model is what should be, beside what the service makes of it. Everybody has two accounts; the second
// is linked in the middle of things, or never.
type model struct {
	*rapid.T
	ctx      context.Context
	store    *store.Store
	service  *inquiry.Service
	profiles *profile.Service
	now      time.Time
	accounts [people][2]string
	linked   [people]bool
	left     [people]bool
	budget   int
	ids      []string
	count    int
	wall     []sent
	sources  []string // of answers that were given
	solved   map[string]bool
	blocked  map[[2]int]bool // by whom, whom
	closing  func()          // done while a message is on its way
}

// sent is what a platform shows.
type sent struct {
	key, kind, id, part, account, text string
	gone                               bool
	at                                 time.Time
}

func newModel(rt *rapid.T, s *store.Store, begun time.Time) *model {
	m := &model{
		T: rt, ctx: context.Background(), store: s, now: begun, solved: map[string]bool{}, blocked: map[[2]int]bool{},
	}
	m.budget = rapid.IntRange(1, 3).Draw(rt, "how often a week each may be asked")
	m.profiles = &profile.Service{Store: s, Now: func() time.Time { return m.now }}
	m.service = &inquiry.Service{Store: s, Now: func() time.Time { return m.now }, Pause: func(context.Context) error { return errBusy }}
	m.clear()
	m.now = begun
	for i := range people {
		for n := range 2 {
			m.accounts[i][n] = fmt.Sprintf("p:w%d/%d-%d", n, begun.Year(), i) // others in each sequence
		}
		m.must(s.MeetAccount(m.ctx, profile.Account{ID: m.accounts[i][0], Name: "Example"}, m.now))
		m.must(m.profiles.Change(m.ctx, m.accounts[i][0], func(p *profile.Profile) { p.Budget, p.Reach = m.budget, access.Public }))
		m.must(nil, m.profiles.List(m.ctx, m.accounts[i][0]))
	}
	m.goFar(rapid.IntRange(0, 4).Draw(rt, "how far it has come"))
	return m
}

// goFar begins where random steps seldom get: agreed, asked, answered.
func (m *model) goFar(far int) {
	if far == 0 {
		return
	}
	m.draftTo([]int{1, 2, 3})
	m.must(m.service.Agree(m.ctx, m.ids[0], m.accounts[0][0], "wording", true))
	if far > 1 {
		m.send(0)
	}
	if far > 2 {
		m.answerAs(m.ids[0], m.accounts[1][0])
	}
	if far > 3 {
		m.must(m.service.NotQuite(m.ctx, m.ids[0], m.accounts[0][0], 0))
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
	for _, no := range []error{
		inquiry.ErrOver, inquiry.ErrAlready, inquiry.ErrNotYours, inquiry.ErrTooMany, inquiry.ErrAnswered, inquiry.ErrNobody, inquiry.ErrSpent, inquiry.ErrTwice,
		inquiry.ErrOnce, inquiry.ErrNotFound, errBusy,
	} {
		if errors.Is(err, no) {
			return false
		}
	}
	if err != nil {
		m.Fatal(err)
	}
	return true
}

func (m *model) who() int { return rapid.IntRange(0, people-1).Draw(m.T, "who") }

func (m *model) account(i int) string {
	if m.linked[i] && rapid.Bool().Draw(m.T, "linked account") {
		return m.accounts[i][1]
	}
	return m.accounts[i][0]
}

func (m *model) anyone() string { return m.account(m.who()) }

func (m *model) id() string {
	if len(m.ids) == 0 {
		m.Skip("no inquiry yet")
	}
	return rapid.SampledFrom(m.ids).Draw(m.T, "inquiry")
}

// state is what is kept, whoever asks.
func (m *model) state(id string) (x inquiry.Inquiry) {
	m.must(nil, m.store.DoInquiry(m.ctx, func(tx inquiry.Tx) (err error) { x, err = tx.Inquiry(m.ctx, id); return err }))
	return x
}

func (m *model) turn() int { return rapid.IntRange(0, inquiry.MaxAsked-1).Draw(m.T, "turn") }

func (m *model) steps() map[string]func(*rapid.T) {
	step := func(do func()) func(*rapid.T) {
		return func(rt *rapid.T) {
			m.T = rt
			m.now = m.now.Add(time.Second)
			do()
		}
	}
	return map[string]func(*rapid.T){
		"draft": step(m.draft), "agree": step(m.agree), "answer": step(m.answer), "answer more": step(m.answer),
		"pass": step(func() { _, err := m.service.Pass(m.ctx, m.id(), m.anyone()); m.fine(err) }),
		"later": step(func() {
			_, err := m.service.Later(m.ctx, m.id(), m.anyone(), m.now.Add(16*time.Hour), m.now.Add(48*time.Hour))
			m.fine(err)
		}),
		"keep away": step(m.keepAway),
		"it was it": step(m.solve), "not quite": step(func() { _, err := m.service.NotQuite(m.ctx, m.id(), m.anyone(), m.turn()); m.fine(err) }),
		"withdraw": step(m.withdraw), "withdraw while sending": step(m.withdrawWhileSending),
		"block": step(m.block), "hide": step(m.hide), "link": step(m.link), "leave": step(m.leave),
		"send": step(func() { m.send(0) }), "send more": step(func() { m.send(0) }), "die sending": step(func() { m.send(1) }), "die sent": step(func() { m.send(2) }),
		"fail":   step(func() { m.send(3) }),
		"reword": step(func() { m.must(nil, m.service.Reword(m.ctx, m.source(), fmt.Sprint("reworded at ", m.now.Unix()))) }),
		"unsay":  step(func() { m.must(nil, m.service.Unsay(m.ctx, m.source())) }),
		"hours pass": step(func() {
			m.now = m.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(m.T, "hours")) * time.Hour / 4)
		}),
		"sweep": step(func() { m.must(nil, m.service.Sweep(m.ctx)) }),
		"":      func(rt *rapid.T) { m.T = rt; m.check() },
	}
}

func (m *model) draft() {
	m.draftTo(rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(m.T, "whom"))
}

func (m *model) draftTo(whom []int) {
	if m.left[0] {
		m.Skip("the asker is gone")
	}
	m.count++
	x := inquiry.Inquiry{Question: fmt.Sprint("question ", m.count%4), Asker: inquiry.Party{Account: m.account(0)}, Place: inquiry.Place{Room: "C1"}}
	for _, i := range whom {
		p, err := m.store.ProfileOf(m.ctx, m.accounts[i][0])
		if errors.Is(err, profile.ErrNotFound) {
			continue
		}
		m.must(p, err)
		x.Turns = append(x.Turns, inquiry.Turn{Party: inquiry.Party{Person: p.Person, Account: m.accounts[i][0]}})
	}
	x, err := m.service.Draft(m.ctx, x)
	if m.fine(err) {
		m.ids = append(m.ids, x.ID)
	}
}

func (m *model) agree() {
	x, err := m.service.Agree(m.ctx, m.id(), m.anyone(), "wording", true)
	if m.fine(err) && x.Consent == "" {
		m.Fatal("agreed without a wording")
	}
}

func (m *model) answer() { m.answerAs(m.id(), m.anyone()) }

func (m *model) answerAs(id, account string) {
	before := m.state(id)
	source := fmt.Sprintf("source %d of %d", m.count, m.now.Year())
	if rapid.Bool().Draw(m.T, "another message") {
		m.count++
	}
	_, err := m.service.Answer(m.ctx, id, account, "answer of "+account, source, "wording", true)
	if !m.fine(err) {
		return
	}
	after := m.state(id)
	if before.State == inquiry.Asking && after.State == inquiry.Answered {
		m.sources = append(m.sources, source)
		return
	}
	if before.State != after.State {
		m.Fatalf("an answer makes %s of %s", after.State, before.State)
	}
}

func (m *model) source() string {
	if len(m.sources) == 0 {
		m.Skip("nobody has answered")
	}
	return rapid.SampledFrom(m.sources).Draw(m.T, "answer")
}

func (m *model) solve() {
	id, account := m.id(), m.anyone()
	_, err := m.service.Solved(m.ctx, id, account, m.turn())
	if m.fine(err) {
		m.solved[id] = true
	}
}

// keepAway has somebody who was asked block the asker.
func (m *model) keepAway() {
	id, who := m.id(), m.who()
	x := m.state(id)
	if _, err := m.service.Block(m.ctx, id, m.accounts[who][0]); m.fine(err) && x.Asker.Account != "" && !m.left[0] {
		m.blocked[[2]int{who, 0}] = true
	}
}

// ended checks that what the asker is told is taken back is.
func (m *model) ended(x inquiry.Inquiry, err error) {
	if m.fine(err) && m.state(x.ID).State.Open() {
		m.Fatalf("told that it is taken back, it is %s", m.state(x.ID).State)
	}
}

func (m *model) withdraw() { m.ended(m.service.Withdraw(m.ctx, m.id(), m.anyone())) }

// withdrawWhileSending takes an inquiry back while something is on its way.
func (m *model) withdrawWhileSending() {
	m.closing = func() {
		m.closing = nil
		x, err := m.service.Withdraw(m.ctx, m.id(), m.account(0))
		m.ended(x, err)
	}
	m.send(0)
	m.closing = nil
}

func (m *model) block() {
	by, whom := m.who(), m.who()
	if by == whom || m.left[by] || m.left[whom] {
		m.Skip("nobody to block")
	}
	a, err := m.store.ProfileOf(m.ctx, m.accounts[by][0])
	m.must(a, err)
	b, err := m.store.ProfileOf(m.ctx, m.accounts[whom][0])
	m.must(b, err)
	if a.Person == b.Person {
		m.Skip("they are one")
	}
	m.must(nil, m.store.Do(m.ctx, func(tx intro.Tx) error { return tx.Block(m.ctx, a.Person, b.Person, m.now) }))
	m.blocked[[2]int{by, whom}] = true
}

func (m *model) hide() {
	i := m.who()
	account := m.accounts[i][0]
	if _, err := m.store.ProfileOf(m.ctx, account); err != nil {
		m.Skip("gone")
	}
	if rapid.Bool().Draw(m.T, "only questions") {
		m.must(nil, m.profiles.Questions(m.ctx, account, rapid.Bool().Draw(m.T, "takes them")))
		return
	}
	m.must(nil, m.profiles.Hide(m.ctx, account))
}

// link makes the second account of somebody theirs, or one person of two.
func (m *model) link() {
	i, with := m.who(), m.who()
	if m.left[i] || m.left[with] {
		m.Skip("gone")
	}
	m.must(m.store.MeetAccount(m.ctx, profile.Account{ID: m.accounts[i][1], Name: "Example"}, m.now))
	code, err := m.profiles.Code(m.ctx, m.accounts[i][1])
	m.must(code, err)
	m.must(m.profiles.Link(m.ctx, m.accounts[with][0], code))
	m.linked[i] = m.linked[i] || i == with
}

// leave has somebody forgotten.
func (m *model) leave() {
	i := m.who()
	if rapid.IntRange(0, 3).Draw(m.T, "they stay") > 0 {
		m.Skip("they stay")
	}
	p, err := m.store.ProfileOf(m.ctx, m.accounts[i][0])
	if err != nil {
		m.Skip("gone already")
	}
	if err := m.service.Leave(m.ctx, p.Person, m.accounts[i][0]); !m.fine(err) {
		return
	}
	m.must(m.store.ForgetAccount(m.ctx, m.accounts[i][0], ""))
	for j := range people {
		if _, err := m.store.ProfileOf(m.ctx, m.accounts[j][0]); err != nil {
			m.left[j] = true // with whoever they were one
			for other := range people {
				delete(m.blocked, [2]int{j, other})
			}
		}
	}
}

// send sends what is due next. The process may die before it sends (1) or before it notes it (2), and the
// platform may refuse it (3).
func (m *model) send(fate int) {
	item, ok, err := m.store.ClaimItem(m.ctx, m.now, m.now.Add(30*time.Second))
	m.must(ok, err)
	if !ok {
		m.Skip("nothing is due")
	}
	if fate == 1 {
		m.now = m.now.Add(31 * time.Second)
		return
	}
	marks := outbox.Store(m.store)
	if fate == 2 {
		marks = storetest.Forgetful{Store: m.store}
	}
	m.deliver(marks, item, fate == 3)
	if fate == 2 {
		m.now = m.now.Add(31 * time.Second)
	}
}

func (m *model) deliver(marks outbox.Store, item outbox.Item, refused bool) {
	sender := outbox.Sender{
		Store: marks, Renderer: m, Adapters: map[string]chat.Adapter{"p": &platform{m, refused}}, Now: func() time.Time { return m.now }, Log: slog.New(slog.DiscardHandler),
		Undelivered: func(ctx context.Context, i outbox.Item) error {
			if i.State != outbox.Failed {
				return nil
			}
			return m.service.Lost(ctx, i.Kind, i.Subject, i.Part)
		},
	}
	sender.Deliver(m.ctx, item)
}

// Letter implements outbox.Renderer as commands do: it asks whether the item may leave.
func (m *model) Letter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	x, turn, may, err := m.service.May(ctx, i.Kind, i.Subject, i.Part)
	if err != nil || !may.May {
		return outbox.Letter{Later: may.Later}, err
	}
	text, letter := i.Kind, outbox.Letter{}
	switch i.Kind {
	case inquiry.TellAsked:
		p, err := m.store.Person(ctx, x.Turns[turn].Person)
		if errors.Is(err, profile.ErrNotFound) || err == nil && !p.TakesQuestions() {
			return letter, m.service.Skip(ctx, x.ID, turn)
		}
		if err != nil {
			return letter, err
		}
		if begun, err := m.service.Begin(ctx, x.ID, i.Part, m.now.Add(24*time.Hour)); err != nil || !begun {
			return letter, err
		}
	case inquiry.TellAnswer:
		text = x.Turns[turn].Text
	case inquiry.TellReword:
		text, letter.Edits = x.Turns[turn].Text, inquiry.TellAnswer+"/"+i.Subject+"/"+i.Part
	case inquiry.TellSettled:
		letter.Edits = inquiry.TellAsked + "/" + i.Subject + "/" + i.Part
	case inquiry.TellUnsaid:
		return outbox.Letter{Deletes: inquiry.TellAnswer + "/" + i.Subject + "/" + i.Part}, nil
	}
	letter.Reply = chat.Reply{Blocks: []chat.Block{chat.Say(text)}}
	return letter, nil
}

// platform shows what is sent, and checks at that moment that it may be.
type platform struct {
	*model
	refuses bool
}

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
	if errors.Is(err, outbox.ErrNotFound) {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("its reader is forgotten")}
	}
	p.must(item, err)
	p.judge(item)
	if p.refuses {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("closed")}
	}
	for _, s := range p.wall {
		if s.key == to.Key {
			p.Fatalf("%s is sent a second time", to.Key)
		}
	}
	p.wall = append(p.wall, sent{key: to.Key, kind: item.Kind, id: item.Subject, part: item.Part, account: item.Account, text: chat.PlainText(r), at: p.now})
	return chat.Ref{Platform: "p", Workspace: "w", Message: to.Key}, nil
}

// judge is the rule: what leaves is covered by what is kept at the very moment it leaves.
func (m *model) judge(i outbox.Item) {
	x := m.state(i.Subject)
	turn, word := inquiry.ParseTurn(i.Part)
	if x.State == inquiry.Withdrawn {
		m.Fatalf("%s leaves after it was taken back", i.Key)
	}
	switch i.Kind {
	case inquiry.TellAsked:
		m.judgeAsked(x, turn, word)
	case inquiry.TellAnswer:
		if t := x.Turns[turn]; t.Text == "" || t.Consent == "" {
			m.Fatalf("an answer leaves without its author's consent: %+v", t)
		}
	case inquiry.TellOver:
		if x.State != inquiry.Unanswered {
			m.Fatalf("told that nobody answered when it is %s", x.State)
		}
	case inquiry.TellThanks:
		if !m.solved[x.ID] || x.Turns[turn].State != inquiry.TurnHelped {
			m.Fatal("thanked, and it did not help")
		}
	}
}

// index is whose account it is, at first.
func (m *model) index(account string) int {
	return slices.IndexFunc(m.accounts[:], func(of [2]string) bool { return of[0] == account || of[1] == account })
}

func (m *model) judgeAsked(x inquiry.Inquiry, turn int, word string) {
	t := x.Turns[turn]
	// A withdrawal or an answer may have come while it is on its way; a withdrawal waits for it.
	if x.State != inquiry.Asking && x.State != inquiry.Answered || x.Consent == "" || t.Quiet {
		m.Fatalf("asked when it is %s, consent %q, quiet %v", x.State, x.Consent, t.Quiet)
	}
	if t.Person == x.Asker.Person {
		m.Fatal("somebody is asked their own question")
	}
	if i, j := m.index(x.Asker.Account), m.index(t.Account); m.blocked[[2]int{i, j}] || m.blocked[[2]int{j, i}] {
		m.Fatal("somebody is asked by one they keep away, or have kept away")
	}
	for i, other := range x.Turns {
		if i != turn && word == "" && (other.State == inquiry.TurnAsked || other.State == inquiry.TurnDue) {
			m.Fatalf("two are asked at once: %+v", x.Turns)
		}
	}
	asked := 0
	for _, s := range m.wall {
		other, word := inquiry.ParseTurn(s.part)
		if s.kind == inquiry.TellAsked && word == "" && m.state(s.id).Turns[other].Account == t.Account && s.at.After(m.now.Add(-2*24*time.Hour)) {
			asked++
		}
	}
	if asked >= m.budget && word == "" {
		m.Fatalf("asked %d times within two days, and wants %d a week", asked+1, m.budget)
	}
}

func (p platform) Find(_ context.Context, to chat.To) (chat.Ref, error) {
	for _, s := range p.wall {
		if s.key == to.Key {
			return chat.Ref{Platform: "p", Workspace: "w", Message: to.Key}, nil
		}
	}
	return chat.Ref{}, nil
}

func (p platform) Edit(_ context.Context, ref chat.Ref, r chat.Reply) error {
	for i, s := range p.wall {
		if s.key == ref.Message {
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

// check holds after every step: at most one has the turn, an inquiry that is asked has somebody whose turn
// it is, and one that is at an end says when that was.
func (m *model) check() {
	for _, id := range m.ids {
		x := m.state(id)
		turns := 0
		for _, t := range x.Turns {
			if t.State == inquiry.TurnDue || t.State == inquiry.TurnAsked {
				turns++
			}
			if t.State == inquiry.TurnHelped && x.State != inquiry.Solved {
				m.Fatalf("helped, and it is %s", x.State)
			}
		}
		switch {
		case turns > 1, x.State == inquiry.Asking && !x.Stopping && turns != 1:
			m.Fatalf("%s: %d have the turn: %+v", x.State, turns, x.Turns)
		case x.State.Open() != x.Ended.IsZero():
			m.Fatalf("%s, ended %v", x.State, x.Ended)
		case x.State != inquiry.Draft && x.State != inquiry.Expired && x.State != inquiry.Withdrawn && x.Consent == "" && x.Asker.Account != "":
			m.Fatalf("%s without consent", x.State)
		}
	}
}

// finish lets everything that is due happen, and checks that nothing is lost: what was answered arrived, and
// what was never answered is told to be so, once; whoever's question was taken back holds it no more.
func (m *model) finish() {
	for range 18 {
		m.must(nil, m.service.Sweep(m.ctx))
		m.drain()
		m.now = m.now.Add(3 * 24 * time.Hour)
	}
	m.check()
	for _, id := range m.ids {
		x := m.state(id)
		if x.State.Open() || x.Stopping {
			m.Fatalf("a month later it is %s, stopping %v", x.State, x.Stopping)
		}
		over := 0
		for _, s := range m.wall {
			if s.id == id && s.kind == inquiry.TellOver {
				over++
			}
			if s.id == id && s.kind == inquiry.TellAsked && s.text == inquiry.TellAsked && !m.stands(x, s) {
				m.Fatalf("%s still stands when it is %s: %+v", s.key, x.State, x.Turns)
			}
		}
		if over > 1 || x.State == inquiry.Unanswered && x.Asker.Account != "" && over != 1 && !m.refusedTo(id) {
			m.Fatalf("%s: the asker is told %d times that nobody answered", x.State, over)
		}
		m.arrived(x)
	}
}

// stands reports whether a question may still stand before somebody after the end: they answered it, or
// are forgotten, so that nobody knows where it stands.
func (m *model) stands(x inquiry.Inquiry, s sent) bool {
	turn, _ := inquiry.ParseTurn(s.part)
	state := x.Turns[turn].State
	return state == inquiry.TurnGave || state == inquiry.TurnPoor || state == inquiry.TurnHelped || state == inquiry.TurnSkipped || x.Turns[turn].Account == ""
}

// arrived checks that an answer reached its asker as it reads now, unless it was refused everywhere; and
// that one its author took back does not stand.
func (m *model) arrived(x inquiry.Inquiry) {
	for i, t := range x.Turns {
		gave := t.State == inquiry.TurnGave || t.State == inquiry.TurnPoor || t.State == inquiry.TurnHelped
		n := 0
		for _, s := range m.wall {
			if turn, _ := inquiry.ParseTurn(s.part); s.id != x.ID || s.kind != inquiry.TellAnswer || turn != i || s.gone {
				continue
			}
			n++
			if gave && s.text != t.Text && t.Text != "" && x.Asker.Account != "" && x.State != inquiry.Withdrawn {
				m.Fatalf("an answer reads %q, not %q", s.text, t.Text)
			}
		}
		switch {
		case x.Asker.Account == "":
		case !gave && n > 0:
			m.Fatalf("an answer stands that its author took back: %+v", t)
		case gave && n != 1 && x.State != inquiry.Withdrawn && !m.refusedTo(x.ID):
			m.Fatalf("an answer stands %d times, and it is %s", n, x.State)
		}
	}
}

// refusedTo reports whether something of an inquiry could not be delivered to its asker.
func (m *model) refusedTo(id string) bool {
	keys := []string{inquiry.TellOver + "/" + id}
	for i := range inquiry.MaxAsked {
		keys = append(keys, fmt.Sprintf("%s/%s/%d", inquiry.TellAnswer, id, i))
	}
	return slices.ContainsFunc(keys, func(key string) bool {
		item, err := m.store.ItemByKey(m.ctx, key)
		if err != nil || item.State != outbox.Failed {
			return false
		}
		direct, err := m.store.ItemByKey(m.ctx, key+"/"+inquiry.Direct)
		return err != nil || direct.State == outbox.Failed
	})
}

// drain sends what is due.
func (m *model) drain() {
	for {
		item, ok, err := m.store.ClaimItem(m.ctx, m.now, m.now.Add(30*time.Second))
		m.must(item, err)
		if !ok {
			return
		}
		m.deliver(m.store, item, false)
	}
}

// clear ends and drops what an earlier sequence on this store has left.
func (m *model) clear() {
	for {
		due, err := m.store.DueInquiries(m.ctx, m.now)
		m.must(due, err)
		if len(due) == 0 {
			break
		}
		m.must(nil, m.service.Sweep(m.ctx))
		m.now = m.now.Add(3 * 24 * time.Hour)
	}
	m.must(nil, storetest.DropOutbox(m.ctx, m.store, m.now))
}
