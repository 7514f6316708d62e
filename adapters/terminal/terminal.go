package terminal

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term" // line editing, raw mode and the width of a terminal, on every system Go runs on

	"liaison/bot/chat"
)

// Options say who is at the terminal and what it can do. In and Out must be set.
type Options struct {
	In  io.Reader
	Out io.Writer
	// Interactive says that a person watches: lines are edited, text is wrapped, there is a prompt.
	Interactive  bool
	NoColour     bool             // no bold either; main sets it when NO_COLOR is in the environment
	Width        int              // columns; 0 asks the terminal, and takes 80 when it does not say
	Prompt       string           // "" for "> "
	Greeting     chat.Reply       // shown first when Interactive; the zero Reply for none
	History      string           // file that keeps what was typed, made with mode 0600; "" keeps nothing
	Name         string           // of the person; "" for "you"
	Zone         string           // IANA time zone of the person; "" for the machine's
	Standing     chat.Standing    // what --as says
	Organisation string           // its id, of --as org:<id>
	Now          func() time.Time // nil for time.Now
}

// Of returns the options that suit two files: interactive when both are terminals that can move the
// cursor.
func Of(in, out *os.File) Options {
	watched := term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd())) && os.Getenv("TERM") != "dumb"
	return Options{In: in, Out: out, Interactive: watched, NoColour: os.Getenv("NO_COLOR") != ""}
}

// Adapter is a chat.Adapter for one person at a terminal. Make it with New.
type Adapter struct {
	options Options
	zone    *time.Location
	session string // names this conversation; random, as event ids must not repeat in a later run
	table   chat.Table
	history *history

	// out is held while a message is written, so that messages do not mix; the next three are under it. Whoever needs both locks takes out first.
	out    sync.Mutex
	writer io.Writer // Out, or the line editor that writes to it
	shown  int       // messages written so far
	spaced bool      // the last thing on the terminal is an empty line of ours

	mu      sync.Mutex
	offers  []Offer
	waiting map[string]chan struct{} // closed when the event of that id has its first reply
	open    *openForm                // a form that a reply has opened, for Run to ask
	events  int
	flying  int           // replies being written
	landed  chan struct{} // closed when flying comes to 0; nil when nobody waits for it
	status  chat.Status
}

var (
	_ chat.Adapter          = (*Adapter)(nil)
	_ chat.CommandRegistrar = (*Adapter)(nil)
	_ chat.Reporter         = (*Adapter)(nil)
)

const (
	platform  = "terminal"
	workspace = "local"
	room      = "terminal"
	// drainTime is how long Run lets replies in flight go out, as chat.Adapter says.
	drainTime = 10 * time.Second
	// patience is how long a person waits before they are told that work goes on.
	patience = 3 * time.Second
)

// New returns an adapter that has not read or written anything yet.
func New(o Options) *Adapter {
	if o.Name == "" {
		o.Name = "you"
	}
	if o.Prompt == "" {
		o.Prompt = "> "
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil || o.Zone == "" {
		zone = time.Local
	}
	return &Adapter{
		options: o, zone: zone, writer: o.Out, session: rand.Text(), history: openHistory(o.History), waiting: map[string]chan struct{}{},
		status: chat.Status{Detail: "the conversation has not begun"},
	}
}

// Name returns "terminal".
func (a *Adapter) Name() string { return platform }

// Capabilities says that forms are asked one field after another, and that everything is private, as
// nobody else is there. There is no MaxWait: the adapter itself says when an answer takes its time.
func (a *Adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{Forms: true, Private: true}
}

// Register keeps the command table, for forms and completion. It must be called before Run.
func (a *Adapter) Register(t chat.Table) { a.table = t }

// Forget erases the lines that were typed at this terminal, also in earlier conversations, and returns
// how many there were. Nobody but the person at the terminal has any here.
func (a *Adapter) Forget(_ context.Context, who chat.Account) (int, error) {
	if who != a.account() {
		return 0, nil
	}
	return a.history.clear()
}

// Status says whether the conversation goes on.
func (a *Adapter) Status() chat.Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status
}

// Respond shows the reply. The next line is asked for when the event has its first reply.
func (a *Adapter) Respond(ctx context.Context, e chat.Event, r chat.Reply) (chat.Ref, error) {
	if r.Form == nil && len(r.Problems) > 0 {
		r.Form = a.sentForm()
	}
	ref, err := a.show(ctx, r, a.isFirstReply(e), questionOf(a.options.Interactive, e))
	if err != nil {
		return ref, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Form != nil {
		a.open = &openForm{form: *r.Form, problems: r.Problems, values: e.Values, wanted: true}
	}
	if answered, ok := a.waiting[e.ID]; ok {
		close(answered)
		delete(a.waiting, e.ID)
	}
	return ref, nil
}

// Send shows a reply that answers nothing. Only the person at the terminal can be sent to.
func (a *Adapter) Send(ctx context.Context, to chat.To, r chat.Reply) (chat.Ref, error) {
	if to.Account != (chat.Account{}) && to.Account != a.account() {
		return chat.Ref{}, refused("nobody but %s is at this terminal", a.options.Name)
	}
	return a.show(ctx, r, false, "")
}

// show renders and writes one reply. With newLetters its actions are lettered from a) again;
// otherwise they go on from the letters in use.
func (a *Adapter) show(ctx context.Context, r chat.Reply, newLetters bool, before string) (chat.Ref, error) {
	if err := ctx.Err(); err != nil {
		return chat.Ref{}, &chat.SendError{Kind: chat.SendFailed, Err: err}
	}
	a.takeOff()
	defer a.land()
	a.out.Lock()
	defer a.out.Unlock()
	offers := a.offersInUse(newLetters || r.Replaces)
	look := a.look()
	look.Used, look.asking = len(offers), true
	said := r
	said.Private = false // nobody else is here, so there is nothing to say about it
	var text bytes.Buffer
	made, err := Render(&text, said, look)
	if err != nil {
		return chat.Ref{}, refused("render: %w", err)
	}
	if text.Len() == 0 && r.Form == nil {
		return chat.Ref{}, refused("the reply says nothing")
	}
	if text.Len() > 0 {
		if err := a.write(before + text.String()); err != nil {
			return chat.Ref{}, &chat.SendError{Kind: chat.SendFailed, Err: fmt.Errorf("write to the terminal: %w", err)}
		}
		if len(made) > 0 || r.Replaces || len(r.Blocks) > 1 { // after a word of politeness, the letters above it still hold
			a.setOffers(append(offers, made...))
		}
	}
	return chat.Ref{Platform: platform, Workspace: workspace, Room: room, Message: fmt.Sprintf("%s-%d", a.session, a.shown), Private: r.Private}, nil
}

func (a *Adapter) takeOff() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flying++
}

func (a *Adapter) land() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.flying--; a.flying == 0 && a.landed != nil {
		close(a.landed)
		a.landed = nil
	}
}

func (a *Adapter) offersInUse(none bool) []Offer {
	a.mu.Lock()
	defer a.mu.Unlock()
	if none {
		return nil
	}
	return slices.Clone(a.offers)
}

func (a *Adapter) setOffers(offers []Offer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.offers = offers
}

// write puts text on the terminal with an empty line around it. Callers hold a.out.
func (a *Adapter) write(text string) error {
	a.shown++
	if a.options.Interactive {
		text += "\n"
	}
	if a.options.Interactive && !a.spaced || !a.options.Interactive && a.shown > 1 {
		text = "\n" + text
	}
	a.spaced = a.options.Interactive
	_, err := io.WriteString(a.writer, text)
	return err
}

// say shows words of the adapter itself. A terminal that cannot be written to is noticed by reading.
func (a *Adapter) say(kind chat.NoticeKind, format string, args ...any) {
	_, _ = a.show(context.Background(), chat.Reply{Blocks: []chat.Block{chat.Note(kind, fmt.Sprintf(format, args...))}}, false, "")
}

// look returns how replies are laid out now: a terminal's width can change at any time.
func (a *Adapter) look() Look {
	look := Look{Zone: a.zone, Letters: true}
	if !a.options.Interactive {
		return look
	}
	look.Width, look.Bold = a.width(), !a.options.NoColour
	return look
}

func (a *Adapter) width() int {
	if a.options.Width > 0 {
		return a.options.Width
	}
	return columnsOf(a.options.Out)
}

// columnsOf returns the width of a terminal, or 80 when it does not say.
func columnsOf(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

func (a *Adapter) account() chat.Account {
	return chat.Account{Platform: platform, Workspace: workspace, User: a.options.Name}
}

// event returns a new event of the person at the terminal, for the caller to fill in.
func (a *Adapter) event(kind chat.Kind) chat.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events++
	a.status.LastEvent = a.options.Now().UTC()
	id := fmt.Sprintf("%s-%d", a.session, a.events)
	return a.person(chat.Event{ID: id, Message: id, Kind: kind, At: a.status.LastEvent})
}

// person fills in who sits at the terminal, and where that is.
func (a *Adapter) person(e chat.Event) chat.Event {
	e.Platform, e.Workspace, e.Addressed = platform, workspace, true
	e.Actor = chat.Actor{Account: a.account(), Name: a.options.Name, Zone: a.options.Zone, Standing: a.options.Standing, Organisation: a.options.Organisation}
	e.Room = chat.Room{ID: room, Thread: a.session, Scope: chat.ScopeDirect, Direct: true}
	return e
}

// isFirstReply reports whether e is a new question that has had no reply.
func (a *Adapter) isFirstReply(e chat.Event) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, waits := a.waiting[e.ID]
	return waits && (e.Kind == chat.KindMessage || e.Kind == chat.KindCommand)
}

// sentForm returns the form that was filled in last, which problems without a form are about; nil
// when there was none.
func (a *Adapter) sentForm() *chat.Form {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == nil {
		return nil
	}
	return &a.open.form
}

// questionOf says again which question is answered: through a pipe the answers stand alone.
func questionOf(interactive bool, e chat.Event) string {
	question := []rune(strings.Join(strings.Fields(chat.Clean(e.Text)), " "))
	switch {
	case interactive || len(question) == 0:
		return ""
	case len(question) > 200:
		return "Question: " + string(question[:200]) + "…\n\n"
	}
	return "Question: " + string(question) + "\n\n"
}

func refused(format string, args ...any) error {
	return &chat.SendError{Kind: chat.SendRefused, Err: fmt.Errorf(format, args...)}
}
