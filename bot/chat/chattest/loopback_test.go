package chattest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak" // finds goroutines that a test leaves behind

	"liaison/bot/chat"
)

// loopback is the smallest adapter that keeps every promise, over a platform in memory. Its faults
// break one promise each: they show that the suite notices.
type loopback struct {
	fault string
	table chat.Table
	Wall

	arrivals chan delivered
	mu       sync.Mutex
	ids      int
	keys     map[string]chat.Ref
	status   chat.Status
	early    int
	limited  time.Duration
	lose     bool
	noDM     bool
	sits     *hold
	flying   sync.WaitGroup

	cancel  context.CancelFunc
	stopped chan struct{}
	err     error
}

type delivered struct {
	d   Delivery
	ack func()
}

type loopbackHarness struct{ fault string }

func (loopbackHarness) Name() string               { return "loopback" }
func (loopbackHarness) Cannot() map[Ability]string { return nil }

func (h loopbackHarness) Start(t *testing.T, inbox chat.Inbox, table chat.Table) Session {
	ctx, cancel := context.WithCancel(context.Background())
	l := &loopback{fault: h.fault, table: table, arrivals: make(chan delivered, 10), keys: map[string]chat.Ref{}, cancel: cancel, stopped: make(chan struct{})}
	l.status = chat.Status{Connected: true, Since: GalleryTime, Detail: "looped back"}
	go func() {
		l.err = l.Run(ctx, inbox)
		close(l.stopped)
	}()
	t.Cleanup(func() {
		l.Stop()
		<-l.stopped
	})
	return l
}

func (l *loopback) Adapter() chat.Adapter    { return l }
func (l *loopback) Name() string             { return "loopback" }
func (l *loopback) Stop()                    { l.cancel() }
func (l *loopback) Stopped() <-chan struct{} { return l.stopped }
func (l *loopback) Err() error               { return l.err }
func (l *loopback) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault == "never reconnects" {
		l.arrivals = nil
	}
}
func (l *loopback) LoseReply()     { l.set(func() { l.lose = true }) }
func (l *loopback) RefusePrivate() { l.set(func() { l.noDM = true }) }

func (l *loopback) set(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
}

func (l *loopback) Early() (n int) {
	l.set(func() { n = l.early })
	return n
}

func (l *loopback) Limit(after time.Duration) func() {
	l.set(func() { l.limited = after })
	return func() { l.set(func() { l.limited = 0 }) }
}

func (l *loopback) Hold() (<-chan struct{}, func()) {
	h := &hold{entered: make(chan struct{}), release: make(chan struct{})}
	l.set(func() { l.sits = h })
	var once sync.Once
	return h.entered, func() { once.Do(func() { close(h.release) }) }
}

func (l *loopback) Deliver(t *testing.T, d Delivery) Receipt {
	done := make(chan struct{})
	var once sync.Once
	var arrivals chan delivered
	l.set(func() { arrivals = l.arrivals })
	if arrivals != nil {
		arrivals <- delivered{d, func() { once.Do(func() { close(done) }) }}
	}
	return Receipt{Acknowledged: done}
}

func (l *loopback) Capabilities() chat.Capabilities {
	return chat.Capabilities{Forms: true, Private: true}
}

func (l *loopback) Run(ctx context.Context, inbox chat.Inbox) error {
	var receiving sync.WaitGroup
	defer receiving.Wait()
	for {
		select {
		case <-ctx.Done():
			if l.fault != "leaves replies behind" {
				l.flying.Wait()
			}
			if l.fault == "stops with an error" {
				return ctx.Err()
			}
			return nil
		case a := <-l.arrivals:
			receiving.Go(func() { l.receive(ctx, inbox, a) })
		}
	}
}

func (l *loopback) receive(ctx context.Context, inbox chat.Inbox, a delivered) {
	e := l.event(a.d)
	bot := a.d.Kind == Own && l.fault != "hears itself" || a.d.Kind == Bot && l.fault != "hears bots"
	if bot || a.d.Kind == Talk && !l.table.Follows(ctx, e) && l.fault != "overhears" {
		a.ack()
		return
	}
	opens := a.d.Action == "offer:new" && a.d.Kind == Press || a.d.Command == "offer"
	if opens && l.fault != "stores what opens a form" {
		r := l.table.Open(ctx, e)
		l.show(Message{ID: "form", Reader: e.Actor.Account.User, Text: chat.PlainText(r), Form: r.Form != nil})
		a.ack()
		return
	}
	if l.fault == "acknowledges first" {
		a.ack()
	}
	l.set(func() { l.status.LastEvent = GalleryTime })
	if err := inbox.Put(ctx, e); err != nil && l.fault != "acknowledges what was not stored" {
		return
	}
	if l.fault != "never acknowledges" {
		a.ack()
	}
}

func (l *loopback) event(d Delivery) chat.Event {
	who := d.Who
	if who == "" {
		who = "ada"
	}
	e := chat.Event{ID: d.ID, At: GalleryTime, Platform: "loopback", Workspace: "local", Text: d.Text, Command: d.Command, Action: d.Action, Values: d.Values,
		Kind:  map[DeliveryKind]chat.Kind{Command: chat.KindCommand, Press: chat.KindAction, Submit: chat.KindForm}[d.Kind],
		Actor: chat.Actor{Account: chat.Account{Platform: "loopback", Workspace: "local", User: who}}, Room: chat.Room{ID: "room"}, Addressed: d.Kind != Talk}
	if e.Kind == "" {
		e.Kind = chat.KindMessage
	}
	if d.Place == Direct {
		e.Room = chat.Room{ID: "dm-" + who, Direct: true, Scope: chat.ScopeDirect}
	}
	switch l.fault {
	case "calls unknown rooms staff":
		if d.Place == Unknown {
			e.Room.Scope, e.Room.Organisation = chat.ScopeStaff, "gds"
		}
	case "makes up ids":
		l.set(func() { l.ids++; e.ID = fmt.Sprint(l.ids) })
	case "ids are texts":
		e.ID = d.Text
	case "loses form values":
		e.Values = nil
	}
	return e
}

func (l *loopback) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	reader := ""
	if r.Private || e.Room.Direct {
		reader = e.Actor.Account.User
	}
	return l.post(ctx, e.Room.ID, reader, r, "")
}

func (l *loopback) Send(ctx context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	return l.post(ctx, to.Room, to.Account.User, r, to.Key)
}

func (l *loopback) Find(_ context.Context, to chat.To) (ref chat.Ref, _ error) {
	l.set(func() { ref = l.keys[to.Key] })
	return ref, nil
}

func (l *loopback) Status() (s chat.Status) {
	l.set(func() { s = l.status })
	if l.fault == "says nothing of itself" {
		return chat.Status{}
	}
	return s
}

// post is the adapter's sending and the platform's taking in one.
func (l *loopback) post(_ context.Context, room, reader string, r chat.Reply, key string) (chat.Ref, error) {
	if len(r.Blocks) == 0 && len(r.Problems) == 0 && l.fault != "says nothing" {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("nothing to say")}
	}
	l.flying.Add(1)
	defer l.flying.Done()
	var sits *hold
	var limited time.Duration
	var lost, closed bool
	l.set(func() {
		sits, limited, lost, closed = l.sits, l.limited, l.lose, l.noDM
		l.lose = false
		if limited > 0 {
			l.early++
		}
	})
	if sits != nil {
		sits.once.Do(func() { close(sits.entered) })
		<-sits.release
	}
	if limited > 0 {
		if l.fault == "does not wait" {
			l.set(func() { l.early += 3 })
		}
		return chat.Ref{}, &chat.SendError{Kind: chat.SendLimited, After: limited, Err: errors.New("wait")}
	}
	if reader != "" && closed {
		if l.fault == "goes public instead" {
			reader = ""
		} else {
			return chat.Ref{}, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("closed")}
		}
	}
	if l.fault == "shows private replies to all" {
		reader = ""
	}
	var id string
	l.set(func() { l.ids++; id = fmt.Sprintf("m%d", l.ids) })
	ref := chat.Ref{Platform: "loopback", Workspace: "local", Room: room, Message: id, Private: reader != ""}
	l.show(l.render(r, Message{ID: id, Room: room, Reader: reader}))
	l.set(func() {
		if key != "" && l.fault != "forgets what it sent" {
			l.keys[key] = ref
		}
	})
	if lost {
		kind := chat.SendUnknown
		if l.fault == "calls lost failed" {
			kind = chat.SendFailed
		}
		return chat.Ref{}, &chat.SendError{Kind: kind, Err: errors.New("cut off")}
	}
	return ref, nil
}

func (l *loopback) show(m Message) {
	if l.fault != "shows no forms" || !m.Form {
		l.Post(m)
	}
}

func (l *loopback) render(r chat.Reply, m Message) Message {
	m.Text = chat.PlainText(r)
	for _, a := range actionsOf(r) {
		m.Buttons = append(m.Buttons, Button{ID: a.ID, Label: chat.Clean(a.Label), URL: chat.SafeURL(a.URL)})
	}
	switch l.fault {
	case "cuts":
		m.Text = m.Text[:min(len(m.Text), 3000)]
	case "loses buttons":
		m.Buttons = nil
	case "pings":
		m.Pings = regexp.MustCompile(`@everyone`).FindAllString(m.Text, -1)
	case "previews":
		m.Unfurls = true
	case "hides links":
		m.Links = []Link{{Text: "gov.uk", URL: "https://evil.example"}}
	case "takes any link":
		m.Links = []Link{{Text: "x", URL: "javascript:alert(1)"}}
	case "keeps hidden characters":
		m.Text += "\u202e"
	case "makes links of text":
		m.Links = []Link{{Text: "here", URL: "https://evil.example/page"}}
	}
	return m
}

func TestSuiteOnLoopback(t *testing.T) {
	fault := os.Getenv("CHATTEST_FAULT")
	if fault != "" {
		Patience = 300 * time.Millisecond
	}
	defer goleak.VerifyNone(t)
	Run(t, loopbackHarness{fault})
}

// A suite that cannot fail proves nothing: each fault must fail the promise that it breaks.
func TestSuiteNoticesFaults(t *testing.T) {
	if os.Getenv("CHATTEST_FAULT") != "" {
		t.Skip("this is the faulty run itself")
	}
	for fault, promise := range map[string]string{
		"acknowledges first":               "promise 1",
		"acknowledges what was not stored": "promise 1",
		"never acknowledges":               "promise 1",
		"loses form values":                "promise 1",
		"stores what opens a form":         "promise 2",
		"shows no forms":                   "promise 2",
		"hears itself":                     "promise 3",
		"hears bots":                       "promise 3",
		"overhears":                        "promise 3",
		"makes up ids":                     "promise 4",
		"ids are texts":                    "promise 4",
		"calls unknown rooms staff":        "promise 5",
		"cuts":                             "promise 6",
		"loses buttons":                    "promise 6",
		"says nothing":                     "promise 6",
		"pings":                            "promise 7",
		"previews":                         "promise 7",
		"hides links":                      "promise 7",
		"takes any link":                   "promise 7",
		"keeps hidden characters":          "promise 7",
		"makes links of text":              "promise 7",
		"shows private replies to all":     "promise 8",
		"goes public instead":              "promise 8",
		"does not wait":                    "promise 9",
		"never reconnects":                 "promise 9",
		"calls lost failed":                "promise 9",
		"forgets what it sent":             "promise 9",
		"says nothing of itself":           "promise 9",
		"leaves replies behind":            "promise 10",
		"stops with an error":              "promise 10",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			number := strings.TrimPrefix(promise, "promise ")
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSuiteOnLoopback$/^promise_"+number+":", "-test.timeout=60s")
			cmd.Env = append(os.Environ(), "CHATTEST_FAULT="+fault)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestSuiteOnLoopback/"+strings.ReplaceAll(promise, " ", "_")) {
				t.Errorf("the suite did not notice that the adapter %s: %v\n%.2000s", fault, err, out)
			}
		})
	}
}
