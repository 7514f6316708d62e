package inbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"liaison/bot/chat"
)

// How long a person waits before they are told that the answer is coming, and how often a send is tried.
const (
	WorkingAfter = 2 * time.Second
	maxTries     = 6
	judgeTime    = 5 * time.Second // to hear from a platform who would read an answer now
	maxPause     = 5 * time.Minute // a platform that asks for longer is not waited for
)

// answering is the work on one event.
type answering struct {
	*Inbox
	entry   Entry
	event   chat.Event
	adapter chat.Adapter
	log     *slog.Logger
	private bool // what may have been sent is for one person's eyes
}

func (i *Inbox) answer(ctx context.Context, id string) {
	entry, err := i.Store.Event(ctx, id)
	for try := 1; err != nil && !errors.Is(err, ErrNotFound) && pause(ctx, err, try); try++ {
		entry, err = i.Store.Event(ctx, id) // it was acknowledged: nobody will send it again
	}
	if err != nil {
		i.Log.Error("a stored event could not be read", slog.Any("error", err))
		return
	}
	if entry.State == Done {
		return // it came while Run was reading what an earlier process left, and was met twice
	}
	log := i.Log.With(slog.String("platform", entry.Platform), slog.String("conversation", entry.Conversation))
	event, err := i.open(entry)
	if err != nil {
		log.Error("an event is given up: it cannot be read back", slog.Any("error", err))
		i.finish(ctx, log, entry)
		return
	}
	adapter := i.Adapters[entry.Platform]
	if adapter == nil {
		log.Warn("an event waits: its platform is not configured")
		return
	}
	a := &answering{Inbox: i, entry: entry, event: event, adapter: adapter, log: log}
	if a.run(ctx) {
		i.finish(ctx, log, a.entry)
	}
}

func (i *Inbox) open(entry Entry) (chat.Event, error) {
	text, err := i.Sealer.Open(entry.ID, entry.Sealed)
	if err != nil {
		return chat.Event{}, err
	}
	var e chat.Event
	if err := json.Unmarshal(text, &e); err != nil {
		return chat.Event{}, errors.New("the stored event is not in a known form")
	}
	return e, nil
}

func (i *Inbox) finish(ctx context.Context, log *slog.Logger, entry Entry) {
	if err := i.Store.MarkEvent(ctx, entry.ID, Done, entry.Ref); err != nil {
		log.Error("an answered event could not be marked as done", slog.Any("error", err))
	}
}

// run answers the event. It reports whether the event is done with: answered, in need of no answer,
// or impossible to answer. Otherwise it is tried again after the next start.
func (a *answering) run(ctx context.Context) bool {
	if a.entry.State == Sending && !a.lookUp(ctx) {
		return ctx.Err() == nil
	}
	a.narrow(ctx)
	reply := a.reply(ctx)
	if ctx.Err() != nil {
		return false
	}
	if reply.Silent() {
		return true
	}
	return a.deliver(ctx, reply)
}

// lookUp finds out what became of an answer that may have been sent. It reports whether the event
// may be worked on: the message was found (and will be edited), or certainly never arrived.
func (a *answering) lookUp(ctx context.Context) bool {
	finder, ok := a.adapter.(chat.Finder)
	if !ok {
		a.log.Warn("an answer may have been sent, and this platform cannot say: it is not sent again")
		return false
	}
	to := chat.To{Workspace: a.event.Workspace, Room: a.event.Room.ID, Thread: a.event.Room.Thread, Key: a.event.ID}
	to.Private = a.private || a.Handler.Working(a.event).Private // the note is for the same eyes as the answer
	ref, err := finder.Find(ctx, to)
	for try := 1; err != nil && chat.SendKindOf(err) != chat.SendRefused && try < maxTries && pause(ctx, err, try); try++ {
		ref, err = finder.Find(ctx, to)
	}
	if err != nil {
		a.log.Warn("an answer may have been sent, and could not be looked up: it is not sent again", slog.Any("error", err))
		return false
	}
	if ref == (chat.Ref{}) {
		a.mark(ctx, Waiting, ref)
	} else {
		a.mark(ctx, Sent, ref)
	}
	return true
}

func (a *answering) mark(ctx context.Context, s State, ref chat.Ref) bool {
	a.entry.State, a.entry.Ref = s, ref
	if err := a.Store.MarkEvent(ctx, a.entry.ID, s, ref); err != nil {
		a.log.Error("how far an answer has come could not be recorded", slog.Any("error", err))
		return false
	}
	return true
}

// narrow has the platform say anew who would read an answer, and reports whether those may see less
// than was known before: what was made for them then must not be sent.
//
// SECURITY: an event waits for as long as a process is down or a platform takes nothing, and people
// join rooms meanwhile.
func (a *answering) narrow(ctx context.Context) (narrower bool) {
	ctx, cancel := context.WithTimeout(ctx, judgeTime)
	defer cancel()
	a.event, narrower = chat.Narrow(ctx, a.adapter, a.event)
	return narrower
}

// reply has the event handled, and meanwhile tells a person who waits that the answer is coming.
func (a *answering) reply(ctx context.Context) chat.Reply {
	answer := make(chan chat.Reply, 1)
	go func() { answer <- a.handle(ctx) }()
	patience := time.NewTimer(WorkingAfter)
	defer patience.Stop()
	select {
	case reply := <-answer:
		return reply
	case <-patience.C:
		a.sayWorking(ctx)
	}
	return <-answer
}

// handle waits for its place among those that are being handled. When ctx ends before, nobody reads what
// it returns.
func (a *answering) handle(ctx context.Context) chat.Reply {
	select {
	case a.handling <- struct{}{}:
		defer func() { <-a.handling }()
		return a.Handler.Handle(ctx, a.event)
	case <-ctx.Done():
		return chat.Reply{}
	}
}

func (a *answering) sayWorking(ctx context.Context) {
	_, edits := a.adapter.(chat.Editor)
	note := a.Handler.Working(a.event)
	if !edits || note.Silent() || a.entry.State == Sent || a.adapter.Capabilities().MaxWait == 0 {
		return
	}
	if err := a.respond(ctx, note); err != nil {
		a.log.Warn("the note that an answer is coming could not be sent", slog.Any("error", err))
	}
}

// deliver sends the reply, or edits the message that stands for it, until the platform took it. Before
// each try it makes sure that the reply is still for those who would read it.
func (a *answering) deliver(ctx context.Context, reply chat.Reply) bool {
	for try := 1; ; try++ {
		if a.entry.State == Sending && !a.lookUp(ctx) {
			return ctx.Err() == nil
		}
		if a.narrow(ctx) {
			if reply = a.reply(ctx); ctx.Err() != nil || reply.Silent() {
				return ctx.Err() == nil
			}
			continue // a note may have gone out meanwhile
		}
		err := a.send(ctx, reply)
		var broken *panicError
		switch kind := chat.SendKindOf(err); {
		case err == nil:
			return true
		case errors.As(err, &broken) && try < maxTries:
			reply = a.Handler.Broken(a.event, broken.reference)
			continue
		case kind == chat.SendRefused, kind == chat.SendExpired, try >= maxTries:
			a.log.Error("an answer could not be delivered", slog.Any("error", err))
			return true
		}
		if !pause(ctx, err, try) {
			a.log.Warn("an answer is put off", slog.Any("error", err))
			return ctx.Err() == nil
		}
	}
}

// send makes one try. A message that cannot be edited (many private ones) is answered anew.
func (a *answering) send(ctx context.Context, reply chat.Reply) error {
	editor, ok := a.adapter.(chat.Editor)
	if a.entry.State != Sent || !ok {
		return a.respond(ctx, reply)
	}
	err := safely(a.log, func() error { return editor.Edit(ctx, a.entry.Ref, reply) })
	if kind := chat.SendKindOf(err); err != nil && (kind == chat.SendRefused || kind == chat.SendExpired) {
		return a.respond(ctx, reply)
	}
	return err
}

// respond sends a first message. What is recorded before and after is what makes it once.
func (a *answering) respond(ctx context.Context, reply chat.Reply) error {
	if !a.mark(ctx, Sending, a.entry.Ref) {
		return &chat.SendError{Kind: chat.SendFailed, Err: errors.New("the store did not take it")}
	}
	var ref chat.Ref
	a.private = reply.Private
	err := safely(a.log, func() (err error) {
		ref, err = a.adapter.Respond(ctx, a.event, reply)
		return err
	})
	switch {
	case err == nil:
		a.mark(ctx, Sent, ref) // when this fails, the next start looks the message up
		return nil
	case chat.SendKindOf(err) != chat.SendUnknown || errors.As(err, new(*panicError)):
		a.mark(ctx, Waiting, a.entry.Ref)
	}
	return err
}

// pause waits as long as the error asks for, or a little longer each time. It reports false when
// that is too long or ctx ends.
func pause(ctx context.Context, err error, try int) bool {
	wait := time.Second << (try - 1)
	var send *chat.SendError
	if errors.As(err, &send) && send.After > 0 {
		wait = send.After
	}
	if wait > maxPause {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// panicError is a renderer that fell over on what it was to show.
type panicError struct{ reference string }

func (e *panicError) Error() string { return "the answer could not be rendered, ref " + e.reference }

// safely calls what may panic. The log gets where, never what was being said.
func safely(log *slog.Logger, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			reference := Reference()
			log.Error("a reply could not be rendered", slog.String("ref", reference), slog.String("panic", fmt.Sprintf("%T", p)),
				slog.String("stack", string(debug.Stack())))
			err = &panicError{reference}
		}
	}()
	return call()
}

// Reference makes the four characters by which a person can name a failure: "7F3A".
func Reference() string {
	var b [2]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return fmt.Sprintf("%X", b)
}
