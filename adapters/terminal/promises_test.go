package terminal

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak" // finds goroutines that a test leaves behind

	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPromisesInteractive(t *testing.T) { chattest.Run(t, harness{interactive: true}) }

func TestPromisesThroughAPipe(t *testing.T) { chattest.Run(t, harness{}) }

// harness types at an adapter and reads what it writes, as a terminal would show it.
type harness struct{ interactive bool }

func (h harness) Name() string {
	if h.interactive {
		return "an interactive terminal"
	}
	return "a pipe"
}

func (harness) Cannot() map[chattest.Ability]string {
	alone := "one person sits at a terminal, and Liaison alone answers"
	wire := "what is written to a terminal has no network to cross"
	return map[chattest.Ability]string{
		chattest.Acknowledges: "a line is typed once and nothing waits to hear that it came; what happens when it cannot be stored has a test of its own",
		chattest.Rooms:        alone,
		chattest.GuestRooms:   alone,
		chattest.UnknownRooms: alone,
		chattest.OwnMessages:  "what is written is never read back",
		chattest.OtherBots:    alone,
		chattest.Redelivery:   "a line comes once",
		chattest.Limits:       wire,
		chattest.Connection:   wire,
		chattest.LostReplies:  wire,
		chattest.PrivateFails: alone,
		chattest.Previews:     "a terminal fetches nothing",
	}
}

// session is one conversation. What was written is cut into messages where a reply begins and ends
// and where something is typed.
type session struct {
	a     *Adapter
	typed *keyboard
	out   *screen

	stop    context.CancelFunc
	stopped chan struct{}
	err     error

	mu      sync.Mutex
	waiting *chat.Event // stored, and not answered
	opened  chan chat.Reply
	last    *chat.Field // of the form that is open: the one not typed yet
}

func (h harness) Start(t *testing.T, inbox chat.Inbox, table chat.Table) chattest.Session {
	s := &session{typed: newKeyboard(), out: newScreen(), stopped: make(chan struct{}), opened: make(chan chat.Reply, 1)}
	s.a = New(Options{In: s.typed, Out: s.out, Interactive: h.interactive, Width: 80, Name: "ada", Zone: "Europe/London", NoColour: true})
	open := table.Open
	table.Open = func(ctx context.Context, e chat.Event) chat.Reply {
		r := open(ctx, e)
		s.opened <- r
		return r
	}
	s.a.Register(table)
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	go func() {
		s.err = s.a.Run(ctx, watchedInbox{inbox, s})
		close(s.stopped)
	}()
	t.Cleanup(func() {
		s.typed.Close()
		cancel()
		<-s.stopped
	})
	return s
}

// watchedInbox notes what waits for an answer.
type watchedInbox struct {
	chat.Inbox
	s *session
}

func (w watchedInbox) Put(ctx context.Context, e chat.Event) error {
	w.s.mu.Lock()
	w.s.waiting = &e
	w.s.mu.Unlock()
	err := w.Inbox.Put(ctx, e)
	if err != nil {
		w.s.answered(e)
	}
	return err
}

func (s *session) answered(e chat.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting != nil && s.waiting.ID == e.ID {
		s.waiting = nil
	}
}

// noted is the adapter, with notes of where replies begin and end.
type noted struct {
	*Adapter
	s *session
}

func (n noted) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	n.s.out.cut(nil)
	ref, err := n.Adapter.Respond(ctx, e, r)
	n.s.out.cut(n.offersInUse(false))
	n.s.answered(e)
	return ref, err
}

func (n noted) Send(ctx context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	n.s.out.cut(nil)
	ref, err := n.Adapter.Send(ctx, to, r)
	n.s.out.cut(n.offersInUse(false))
	return ref, err
}

func (s *session) Adapter() chat.Adapter           { return noted{s.a, s} }
func (s *session) Messages() []chattest.Message    { return s.out.messages() }
func (s *session) Changed() <-chan struct{}        { return s.out.next() }
func (s *session) Limit(time.Duration) func()      { return func() {} }
func (s *session) Early() int                      { return 0 }
func (s *session) Drop()                           {}
func (s *session) LoseReply()                      {}
func (s *session) RefusePrivate()                  {}
func (s *session) Hold() (<-chan struct{}, func()) { return s.out.hold() }
func (s *session) Stop()                           { s.stop() }
func (s *session) Stopped() <-chan struct{}        { return s.stopped }
func (s *session) Err() error                      { return s.err }

// Deliver types what a person would. Nobody types before they have read the answer to what they typed
// before, so an answer that the suite does not give is given here.
func (s *session) Deliver(t *testing.T, d chattest.Delivery) chattest.Receipt {
	s.mu.Lock()
	waiting := s.waiting
	s.mu.Unlock()
	if waiting != nil {
		if _, err := s.Adapter().Respond(t.Context(), *waiting, chat.Reply{Blocks: []chat.Block{chat.Say("Noted.")}}); err != nil {
			t.Fatal(err)
		}
	}
	s.out.cut(nil)
	switch d.Kind {
	case chattest.Mention:
		s.typed.line(d.Text)
	case chattest.Command:
		s.typed.line(strings.TrimSpace(d.Command + " " + d.Text))
		if d.Text == "" {
			s.fill(t, d.Values)
		}
	case chattest.Press:
		s.press(t, d)
	case chattest.Submit:
		if s.last == nil {
			s.press(t, d)
		}
		s.typed.line(d.Values[s.last.ID])
		s.last = nil
	default:
		t.Fatalf("a terminal cannot play %q", d.Kind)
	}
	return chattest.Receipt{}
}

// press types the letter of the action, which is offered first when it is not yet.
func (s *session) press(t *testing.T, d chattest.Delivery) {
	key := ""
	for range 2 {
		for _, o := range s.a.offersInUse(false) {
			if o.Action.ID == d.Action {
				key = o.Key
			}
		}
		if key != "" {
			break
		}
		offer := chat.Actions{Actions: []chat.Action{{ID: d.Action, Label: "Press me"}}}
		if _, err := s.a.Send(t.Context(), chat.To{}, chat.Reply{Blocks: []chat.Block{offer}}); err != nil {
			t.Fatal(err)
		}
	}
	s.out.cut(nil)
	s.typed.line(key)
	if d.Action == "offer:new" {
		s.fill(t, d.Values)
	}
}

// fill types all fields but the last of the form that is opened; all of it is then on the screen.
func (s *session) fill(t *testing.T, values map[string]string) {
	r := <-s.opened
	if r.Form == nil {
		return
	}
	for i, f := range r.Form.Fields {
		if s.last = &f; i < len(r.Form.Fields)-1 {
			s.typed.line(values[f.ID])
		}
	}
	chattest.Wait(t, "the last question of the form", s.out.next, func() bool { return s.out.has(labelOf(*s.last, s.last.Options[len(s.last.Options)-1].Value)) })
	s.out.markForm()
}

// keyboard is an io.Reader of what is typed.
type keyboard struct {
	mu     sync.Mutex
	more   *sync.Cond
	typed  []byte
	closed bool
}

func newKeyboard() *keyboard {
	k := &keyboard{}
	k.more = sync.NewCond(&k.mu)
	return k
}

func (k *keyboard) line(text string) { k.keys(text + "\n") }

func (k *keyboard) keys(text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.typed = append(k.typed, text...)
	k.more.Broadcast()
}

func (k *keyboard) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	k.more.Broadcast()
}

func (k *keyboard) Read(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.typed) == 0 && !k.closed {
		k.more.Wait()
	}
	if len(k.typed) == 0 {
		return 0, io.EOF
	}
	n := copy(p, k.typed)
	k.typed = k.typed[n:]
	return n, nil
}

// screen is an io.Writer that keeps what is written, in parts.
type screen struct {
	mu      sync.Mutex
	parts   []part
	changed chan struct{}
	sits    *sitting
}

type part struct {
	text   string
	offers []Offer
	form   bool
	closed bool
}

type sitting struct{ held, release chan struct{} }

func newScreen() *screen { return &screen{changed: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	sits := s.sits
	s.sits = nil
	s.mu.Unlock()
	if sits != nil {
		close(sits.held)
		<-sits.release
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.parts) == 0 || s.parts[len(s.parts)-1].closed {
		s.parts = append(s.parts, part{})
	}
	s.parts[len(s.parts)-1].text += string(p)
	s.notify()
	return len(p), nil
}

func (s *screen) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *screen) hold() (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sits := &sitting{make(chan struct{}), make(chan struct{})}
	s.sits = sits
	var once sync.Once
	return sits.held, func() { once.Do(func() { close(sits.release) }) }
}

func (s *screen) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// cut ends the part under way, in which these could be pressed.
func (s *screen) cut(offers []Offer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.parts); n > 0 && !s.parts[n-1].closed {
		s.parts[n-1].closed, s.parts[n-1].offers = true, offers
	}
}

func (s *screen) markForm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[len(s.parts)-1].form = true
	s.notify()
}

func (s *screen) has(words string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.parts) > 0 && strings.Contains(s.parts[len(s.parts)-1].text, words)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all strings.Builder
	for _, p := range s.parts {
		all.WriteString(p.text)
	}
	return all.String()
}

func (s *screen) messages() []chattest.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []chattest.Message
	for i, p := range s.parts {
		m := chattest.Message{ID: string(rune('0' + i)), Room: room, Reader: "ada", Text: seen(p.text), Form: p.form}
		for _, address := range regexp.MustCompile(`https://\S+`).FindAllString(m.Text, -1) {
			m.Links = append(m.Links, chattest.Link{Text: address, URL: address}) // many terminals make such text a link
		}
		m.Buttons = buttonsIn(m.Text, p.offers)
		list = append(list, m)
	}
	return list
}

// seen is what a terminal shows of what was written: line ends as they are, and without the movements
// of the cursor that the line editor makes. All other control characters stay, to be found.
func seen(written string) string {
	written = strings.ReplaceAll(written, "\r\n", "\n")
	return regexp.MustCompile(`\x1b\[[0-9]*[ABCDK]|\r`).ReplaceAllString(written, "")
}

var lettered = regexp.MustCompile(`(?:^|\s)([a-z]\d*)\)\s`)

// buttonsIn returns those of the offers whose letter stands in the text, and addresses after a label.
func buttonsIn(text string, offers []Offer) []chattest.Button {
	var keys []string
	for _, found := range lettered.FindAllStringSubmatch(text, -1) {
		keys = append(keys, found[1])
	}
	var list []chattest.Button
	for _, o := range offers {
		if slices.Contains(keys, o.Key) {
			list = append(list, chattest.Button{ID: o.Action.ID, Label: clean(o.Action.Label)})
		}
	}
	for _, found := range regexp.MustCompile(`(?m)^ *(\S.*): (https://\S+)$`).FindAllStringSubmatch(text, -1) {
		list = append(list, chattest.Button{Label: found[1], URL: found[2]})
	}
	return list
}
