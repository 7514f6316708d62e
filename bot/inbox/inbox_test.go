package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"liaison/bot/chat"
	"liaison/bot/inbox"
	"liaison/bot/store"
)

// wall is a platform: what stands on it is what people see. It outlives the processes that write to it.
type wall struct {
	mu       sync.Mutex
	messages map[string]string // text by message id
	byKey    map[string]string // message id by key
	edits    int
}

func newWall() *wall { return &wall{messages: map[string]string{}, byKey: map[string]string{}} }

func (w *wall) texts() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, text := range w.messages {
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

// adapter is one process's connection to the wall.
type adapter struct {
	*wall
	life *life
	// fail says how the next sends go wrong, first one first: kinds of chat.SendError. SendUnknown
	// arrives all the same.
	fail    []chat.SendError
	panics  int
	maxWait time.Duration
}

var (
	_ chat.Adapter = (*adapter)(nil)
	_ chat.Editor  = (*adapter)(nil)
	_ chat.Finder  = (*adapter)(nil)
)

func (a *adapter) Name() string { return "wall" }
func (a *adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{Edits: true, MaxWait: a.maxWait}
}
func (a *adapter) Run(ctx context.Context, _ chat.Inbox) error { <-ctx.Done(); return nil }
func (a *adapter) Delete(context.Context, chat.Ref) error      { return nil }
func (a *adapter) Send(context.Context, chat.To, chat.Reply) (chat.Ref, error) {
	return chat.Ref{}, errors.New("not used")
}

func (a *adapter) Respond(_ context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	if a.life.over() {
		return chat.Ref{}, errDead
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.panics > 0 {
		a.panics--
		panic("cannot render " + chat.PlainText(r))
	}
	var failure *chat.SendError
	if len(a.fail) > 0 {
		failure, a.fail = &a.fail[0], a.fail[1:]
	}
	if failure != nil && failure.Kind != chat.SendUnknown {
		return chat.Ref{}, failure
	}
	id := fmt.Sprintf("m%d", len(a.messages)+1)
	a.messages[id], a.byKey[e.ID] = chat.PlainText(r), id
	if failure != nil {
		return chat.Ref{}, failure
	}
	if a.life.over() {
		return chat.Ref{}, errDead
	}
	return chat.Ref{Platform: "wall", Message: id}, nil
}

func (a *adapter) Edit(_ context.Context, ref chat.Ref, r chat.Reply) error {
	if a.life.over() {
		return errDead
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.messages[ref.Message] = chat.PlainText(r)
	a.edits++
	return nil
}

func (a *adapter) Find(_ context.Context, to chat.To) (chat.Ref, error) {
	if a.life.over() {
		return chat.Ref{}, errDead
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if id := a.byKey[to.Key]; id != "" {
		return chat.Ref{Platform: "wall", Message: id}, nil
	}
	return chat.Ref{}, nil
}

// life ends a process after so many operations on the outside: from then on nothing it does has any
// effect, as after kill -9.
type life struct {
	mu   sync.Mutex
	left int // operations; negative: for ever
}

var errDead = errors.New("this process is dead")

func (l *life) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left > 0 {
		l.left--
	}
	return l.left == 0
}

// mortal is a store seen by a process that may die.
type mortal struct {
	inbox.Store
	life *life
}

func (m mortal) AddEvent(ctx context.Context, e inbox.Entry) (bool, error) {
	if m.life.over() {
		return false, errDead
	}
	added, err := m.Store.AddEvent(ctx, e)
	if m.life.over() {
		return false, errDead // stored, but nobody was told
	}
	return added, err
}

func (m mortal) MarkEvent(ctx context.Context, id string, s inbox.State, ref chat.Ref) error {
	if m.life.over() {
		return errDead
	}
	return m.Store.MarkEvent(ctx, id, s, ref)
}

// handler answers with the event's own text.
type handler struct {
	mu      sync.Mutex
	order   []string
	running map[string]int
	slow    time.Duration
}

func (h *handler) Handle(ctx context.Context, e chat.Event) chat.Reply {
	h.mu.Lock()
	if h.running == nil {
		h.running = map[string]int{}
	}
	h.running[e.Conversation()]++
	if h.running[e.Conversation()] > 1 {
		h.order = append(h.order, "TWO AT A TIME in "+e.Conversation())
	}
	h.order = append(h.order, e.ID)
	h.mu.Unlock()
	if h.slow > 0 {
		time.Sleep(h.slow) // inside a bubble of synctest: no time passes
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running[e.Conversation()]--
	if e.Kind == chat.KindHome {
		return chat.Reply{}
	}
	return chat.Reply{Blocks: []chat.Block{chat.Say("answer to " + e.Text)}}
}

func (h *handler) Working(chat.Event) chat.Reply {
	return chat.Reply{Blocks: []chat.Block{chat.Say("working")}}
}

func (h *handler) Broken(_ chat.Event, reference string) chat.Reply {
	return chat.Reply{Blocks: []chat.Block{chat.Say("broken, ref " + reference)}}
}

func asked(id, text string) chat.Event {
	return chat.Event{
		ID: id, Kind: chat.KindMessage, Platform: "wall", Workspace: "w", Text: text, Addressed: true,
		Actor: chat.Actor{Account: chat.Account{Platform: "wall", Workspace: "w", User: "u"}},
		Room:  chat.Room{ID: "r"}, Handle: []byte("a secret token"),
	}
}

// process is one run of the program over a store and a wall.
type process struct {
	*inbox.Inbox
	adapter *adapter
	handler *handler
	stop    func()
}

func start(t *testing.T, s inbox.Store, w *wall, l *life, change func(*process)) *process {
	t.Helper()
	sealer, err := inbox.NewSealer(make([]byte, inbox.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	p := &process{adapter: &adapter{wall: w, life: l, maxWait: 3 * time.Second}, handler: &handler{}}
	p.Inbox = &inbox.Inbox{
		Store: mortal{s, l}, Sealer: sealer, Handler: p.handler, Adapters: map[string]chat.Adapter{"wall": p.adapter},
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(p)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	p.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	return p
}

func immortal() *life { return &life{left: -1} }

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bubble runs a test in a bubble of synctest with a store of its own.
func bubble(t *testing.T, test func(t *testing.T, s *store.Store)) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t)
		defer s.Close()
		test(t, s)
	})
}

// settle lets everything that is due happen, and an hour pass.
func settle() {
	time.Sleep(time.Hour)
	synctest.Wait()
}

func TestAnEventIsAnsweredOnceHoweverOftenItComes(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), nil)
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if err := p.Put(t.Context(), asked("1", "a")); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		settle()
		if err := p.Put(t.Context(), asked("1", "a")); err != nil {
			t.Error(err)
		}
		settle()
		p.stop()
		if got := w.texts(); !slices.Equal(got, []string{"answer to a"}) {
			t.Errorf("on the wall: %q", got)
		}
	})
}

func TestOneMessageThatArrivesAsTwoEventsIsAnsweredOnce(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), nil)
		mention, message := asked("mention", "a"), asked("message", "a")
		mention.AlsoID, message.AlsoID = "r/17", "r/17"
		other := asked("other", "b")
		other.AlsoID = "r/18"
		for _, e := range []chat.Event{mention, message, other} {
			if err := p.Put(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		settle()
		p.stop()
		if got := w.texts(); !slices.Equal(got, []string{"answer to a", "answer to b"}) {
			t.Errorf("on the wall: %q", got)
		}
	})
}

func TestConversationsKeepTheirOrder(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		p := start(t, s, newWall(), immortal(), func(p *process) { p.handler.slow = 50 * time.Millisecond })
		var want []string
		for i := range 20 {
			id := fmt.Sprintf("%02d", i)
			want = append(want, id)
			if err := p.Put(t.Context(), asked(id, id)); err != nil {
				t.Fatal(err)
			}
		}
		settle()
		p.stop()
		if !slices.Equal(p.handler.order, want) {
			t.Errorf("handled in the order %v", p.handler.order)
		}
	})
}

func TestConversationsDoNotWaitForEachOther(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		p := start(t, s, newWall(), immortal(), func(p *process) { p.handler.slow = time.Second })
		begun := time.Now()
		for i := range 8 {
			e := asked(fmt.Sprint(i), "x")
			e.Room.ID = fmt.Sprint("room ", i)
			if err := p.Put(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if took := time.Since(begun); len(p.adapter.texts()) != 8 || took != time.Second {
			t.Errorf("after %v %d of 8 rooms have their answer", took, len(p.adapter.texts()))
		}
		p.stop()
	})
}

// slowRoom is a platform that asks for a minute between the messages of one room.
type slowRoom struct {
	*adapter
	room string
}

func (s slowRoom) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	if e.Room.ID == s.room {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendLimited, After: time.Minute, Err: errors.New("asked to wait")}
	}
	return s.adapter.Respond(ctx, e, r)
}

// A room whose platform takes nothing for a while keeps nobody elsewhere waiting, however much is asked in it.
func TestARoomThatIsLimitedKeepsNoOtherWaiting(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), func(p *process) { p.Adapters["wall"] = slowRoom{p.adapter, "busy"} })
		for i := range 200 {
			e := asked(fmt.Sprint("busy ", i), "x")
			e.Room.ID, e.Room.Thread = "busy", fmt.Sprint(i)
			if err := p.Put(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		elsewhere := asked("1", "a")
		elsewhere.Room.ID = "quiet"
		if err := p.Put(t.Context(), elsewhere); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := w.texts(); !slices.Equal(got, []string{"answer to a"}) {
			t.Errorf("a second later the wall says %q", got)
		}
		p.stop()
	})
}

// However many wait for their platform, only so many are thought about at the same time.
func TestOnlySoManyAreHandledAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), func(p *process) { p.handler.slow = time.Second / 2 })
		for i := range 20 {
			e := asked(fmt.Sprint(i), "x")
			e.Room.ID = fmt.Sprint("room ", i)
			if err := p.Put(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []int{8, 16, 20} {
			time.Sleep(time.Second / 2)
			synctest.Wait()
			if got := len(w.texts()); got != want {
				t.Errorf("%d are answered; want %d", got, want)
			}
		}
		p.stop()
	})
}

func TestWhoWaitsIsToldSoAndTheNoteBecomesTheAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), func(p *process) { p.handler.slow = 5 * time.Second })
		if err := p.Put(t.Context(), asked("1", "a")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(inbox.WorkingAfter)
		synctest.Wait()
		if got := w.texts(); !slices.Equal(got, []string{"working"}) {
			t.Errorf("after two seconds the wall says %q", got)
		}
		settle()
		if got := w.texts(); !slices.Equal(got, []string{"answer to a"}) {
			t.Errorf("in the end the wall says %q", got)
		}
		p.stop()
	})
}

// locked is a store whose next reads of an event fail.
type locked struct {
	inbox.Store
	reads *atomic.Int64
}

func (l locked) Event(ctx context.Context, id string) (inbox.Entry, error) {
	if l.reads.Add(-1) >= 0 {
		return inbox.Entry{}, errors.New("the database is locked")
	}
	return l.Store.Event(ctx, id)
}

func TestAReadThatFailsIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w, reads := newWall(), &atomic.Int64{}
		reads.Store(3)
		p := start(t, s, w, immortal(), func(p *process) { p.Store = locked{p.Store, reads} })
		if err := p.Put(t.Context(), asked("1", "a")); err != nil {
			t.Fatal(err)
		}
		settle()
		p.stop()
		if got := w.texts(); !slices.Equal(got, []string{"answer to a"}) {
			t.Errorf("on the wall: %q", got)
		}
	})
}

func TestSendsThatGoWrong(t *testing.T) {
	lost := errors.New("connection reset")
	for _, c := range []struct {
		name string
		fail []chat.SendError
		want []string
	}{
		{"certainly not delivered: sent again", []chat.SendError{{Kind: chat.SendFailed, Err: lost}}, []string{"answer to a"}},
		{"limited: sent after the wait", []chat.SendError{{Kind: chat.SendLimited, After: time.Minute, Err: lost}}, []string{"answer to a"}},
		{"the reply was lost: looked up, not sent again", []chat.SendError{{Kind: chat.SendUnknown, Err: lost}}, []string{"answer to a"}},
		{"refused: given up", []chat.SendError{{Kind: chat.SendRefused, Err: lost}}, nil},
		{"expired: given up", []chat.SendError{{Kind: chat.SendExpired, Err: lost}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *store.Store) {
				w := newWall()
				p := start(t, s, w, immortal(), func(p *process) { p.adapter.fail = c.fail })
				if err := p.Put(t.Context(), asked("1", "a")); err != nil {
					t.Fatal(err)
				}
				settle()
				p.stop()
				if got := w.texts(); !slices.Equal(got, c.want) {
					t.Errorf("on the wall: %q, want %q", got, c.want)
				}
				if pending, err := s.PendingEvents(t.Context()); err != nil || len(pending) > 0 {
					t.Errorf("still waiting: %v, %v", pending, err)
				}
			})
		})
	}
}

// whispering answers for one person's eyes, on a platform that cannot look such answers up.
type whispering struct{ *handler }

func (whispering) Working(chat.Event) chat.Reply {
	return chat.Reply{Private: true, Blocks: []chat.Block{chat.Say("working")}}
}

type forgetful struct {
	*adapter
	sent *int
}

func (f forgetful) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	*f.sent++
	return f.adapter.Respond(ctx, e, r)
}

func (f forgetful) Find(_ context.Context, to chat.To) (chat.Ref, error) {
	if to.Private {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("nobody can see it")}
	}
	return chat.Ref{}, nil
}

// A private answer whose reply was lost may have arrived, and nobody can look: it is not sent again.
func TestAPrivateAnswerThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		sent := 0
		p := start(t, s, newWall(), immortal(), func(p *process) {
			p.adapter.fail = []chat.SendError{{Kind: chat.SendUnknown, Err: errors.New("connection reset")}}
			p.Handler, p.Adapters["wall"] = whispering{p.handler}, forgetful{p.adapter, &sent}
		})
		if err := p.Put(t.Context(), asked("1", "a")); err != nil {
			t.Fatal(err)
		}
		settle()
		p.stop()
		if sent != 1 {
			t.Errorf("it was sent %d times", sent)
		}
	})
}

func TestAReplyThatCannotBeRenderedIsSaidToBeBroken(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), func(p *process) { p.adapter.panics = 1 })
		if err := p.Put(t.Context(), asked("1", "a")); err != nil {
			t.Fatal(err)
		}
		settle()
		p.stop()
		if got := w.texts(); len(got) != 1 || !strings.HasPrefix(got[0], "broken, ref ") {
			t.Errorf("on the wall: %q", got)
		}
	})
}

// TestAProcessThatDiesAnywhereAnswersOnce lets a process die before each of its operations in turn,
// with and without a note that the answer is coming, and starts another one. An event that the
// platform was told is taken has one answer in the end; an event it was not told of comes again.
func TestAProcessThatDiesAnywhereAnswersOnce(t *testing.T) {
	for _, slow := range []time.Duration{0, 5 * time.Second} {
		for operations := 1; ; operations++ {
			survived := false
			bubble(t, func(t *testing.T, s *store.Store) {
				w := newWall()
				first := &life{left: operations}
				p := start(t, s, w, first, func(p *process) { p.handler.slow = slow })
				taken := p.Put(t.Context(), asked("1", "a")) == nil
				settle()
				p.stop()
				survived = !first.over()
				p = start(t, s, w, immortal(), nil)
				if !taken {
					if err := p.Put(t.Context(), asked("1", "a")); err != nil {
						t.Fatal(err)
					}
				}
				settle()
				p.stop()
				if got := w.texts(); !slices.Equal(got, []string{"answer to a"}) {
					t.Errorf("slow %v, dead after %d operations: on the wall %q", slow, operations, got)
				}
			})
			if survived {
				if operations < 4 {
					t.Errorf("the process survived after %d operations: nothing was tested", operations)
				}
				break
			}
		}
	}
}

func TestStoppingFinishesWhatWasBegun(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), func(p *process) { p.handler.slow = 4 * time.Second; p.Workers = 1 })
		for _, id := range []string{"1", "2"} {
			e := asked(id, id)
			e.Room.ID = id
			if err := p.Put(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		p.stop()
		if got := w.texts(); !slices.Equal(got, []string{"answer to 1"}) {
			t.Errorf("after stopping: %q", got)
		}
		p = start(t, s, w, immortal(), nil)
		settle()
		p.stop()
		if got := w.texts(); !slices.Equal(got, []string{"answer to 1", "answer to 2"}) {
			t.Errorf("after the next start: %q", got)
		}
	})
}

func TestEventsThatWantNoAnswerAreDone(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		w := newWall()
		p := start(t, s, w, immortal(), nil)
		e := asked("1", "")
		e.Kind = chat.KindHome
		if err := p.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		settle()
		p.stop()
		if pending, err := s.PendingEvents(t.Context()); err != nil || len(pending) > 0 || len(w.texts()) > 0 {
			t.Errorf("waiting %v, %v; on the wall %q", pending, err, w.texts())
		}
	})
}

func TestNothingReadableIsStored(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		seen := &spy{Store: s}
		p := start(t, seen, newWall(), immortal(), nil)
		if err := p.Put(t.Context(), asked("1", "a private question")); err != nil {
			t.Fatal(err)
		}
		settle()
		p.stop()
		if len(seen.sealed) == 0 {
			t.Fatal("nothing was stored")
		}
		for _, word := range []string{"private question", "secret token"} {
			if strings.Contains(string(seen.sealed), word) {
				t.Errorf("%q can be read in what is stored", word)
			}
		}
		if e, err := s.Event(t.Context(), seen.id); err != nil || len(e.Sealed) != 0 {
			t.Errorf("after the answer %d bytes of the event are kept, %v", len(e.Sealed), err)
		}
	})
}

type spy struct {
	inbox.Store
	id     string
	sealed []byte
}

func (s *spy) AddEvent(ctx context.Context, e inbox.Entry) (bool, error) {
	s.id, s.sealed = e.ID, e.Sealed
	return s.Store.AddEvent(ctx, e)
}

// judging is a platform that says anew who reads a room: the scopes in turn, the last one for ever.
type judging struct {
	*adapter
	scopes []chat.Scope
}

func (j *judging) Judge(_ context.Context, e chat.Event) (chat.Actor, chat.Room) {
	room := e.Room
	room.Scope = j.scopes[0]
	if len(j.scopes) > 1 {
		j.scopes = j.scopes[1:]
	}
	return e.Actor, room
}

// scoped answers with the scope of the room that it answers for.
type scoped struct {
	*handler
	handled []chat.Scope
}

func (s *scoped) Handle(_ context.Context, e chat.Event) chat.Reply {
	s.handled = append(s.handled, e.Room.Scope)
	return chat.Reply{Blocks: []chat.Block{chat.Say("for " + string(e.Room.Scope))}}
}

// Who reads a room is what it is when the answer is made and when it is sent, not when the question came.
func TestAnAnswerIsForThoseWhoReadItWhenItIsSent(t *testing.T) {
	for _, c := range []struct {
		name    string
		was     chat.Scope
		judged  []chat.Scope
		fail    []chat.SendError
		wall    string
		handled []chat.Scope
	}{
		{"nothing changed", chat.ScopeStaff, []chat.Scope{"staff"}, nil, "for staff", []chat.Scope{"staff"}},
		{"a guest came before it was answered", chat.ScopeStaff, []chat.Scope{"public"}, nil, "for public", []chat.Scope{"public"}},
		{"a guest came while it was answered", chat.ScopeStaff, []chat.Scope{"staff", "public"}, nil, "for public", []chat.Scope{"staff", "public"}},
		{"a guest came between two tries", chat.ScopeStaff, []chat.Scope{"staff", "staff", "public"},
			[]chat.SendError{{Kind: chat.SendFailed}}, "for public", []chat.Scope{"staff", "public"}},
		{"a guest came and left", chat.ScopeStaff, []chat.Scope{"public", "staff"}, nil, "for public", []chat.Scope{"public"}},
		{"the guest had left", chat.ScopePublic, []chat.Scope{"staff"}, nil, "for public", []chat.Scope{"public"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *store.Store) {
				w, h := newWall(), &scoped{handler: &handler{}}
				p := start(t, s, w, immortal(), func(p *process) {
					p.adapter.fail = c.fail
					p.Handler, p.Adapters["wall"] = h, &judging{adapter: p.adapter, scopes: c.judged}
				})
				e := asked("1", "a")
				e.Room.Scope = c.was
				if err := p.Put(t.Context(), e); err != nil {
					t.Fatal(err)
				}
				settle()
				p.stop()
				if got := w.texts(); !slices.Equal(got, []string{c.wall}) || !slices.Equal(h.handled, c.handled) {
					t.Errorf("on the wall: %q, handled for %q; want %q, handled for %q", got, h.handled, c.wall, c.handled)
				}
			})
		})
	}
}
