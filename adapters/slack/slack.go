// Package slack serves Slack workspaces: it turns what happens there into chat.Events, and
// chat.Replies into Block Kit. Nothing of Slack leaves it.
//
// # How an event passes through
//
// A connection (socket.go) or a signed request (events.go) brings a payload; receive.go finds the
// workspace it is for, reads it into an Event (event.go), puts that in the inbox and acknowledges it.
// Payloads of one channel go through one lane, in the order in which they came. Later, Respond
// (send.go) renders the Reply (render.go, form.go) and posts it.
//
// # Why not the library's Socket Mode client
//
// github.com/slack-go/slack v0.35.0 reconnects without pause (ten thousand times in three seconds was
// measured), never acknowledges an event of a kind it does not know, refuses a whole question for one
// unknown element in it, hangs when nobody reads its channel, and closes the old connection before it
// opens the new one. So connections and payloads are read here, in about 200 lines over
// gorilla/websocket, and the library is used for calls of the Web API and the types of Block Kit.
//
// # What only one person sees
//
// Slack lets nobody change, delete or look up a message that one person sees, but for the press of a button
// in it. So when such an answer takes long, the note that it is coming stays above it; elsewhere the note
// becomes the answer. And one whose reply was lost is not sent again: it may be there.
//
// # Figures
//
// Of the whole program, in a process of its own with SQLite and 2,400 real documents, against the fake on
// the same machine: two cores in November 2026, for 60 seconds each. Times are from the event, over Socket
// Mode; .ci/slow slack measures them anew.
//
//	5 questions a second                posted answer: median 17 ms, p99 44 ms
//	50 events a second                  acknowledged: median 2 ms, p99 19 ms, max 37 ms
//	500 events at once                  acknowledged: median 0.3 s, max 0.7 s
//	1,000 cut or replaced connections   no question lost, none stored twice
//	200 times kill -9                   no acknowledged question lost, none answered twice
package slack

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"liaison/bot/chat"
)

const platform = "slack"

var (
	_ chat.Adapter          = (*Adapter)(nil)
	_ chat.Editor           = (*Adapter)(nil)
	_ chat.Finder           = (*Adapter)(nil)
	_ chat.GroupOpener      = (*Adapter)(nil)
	_ chat.RoomJudge        = (*Adapter)(nil)
	_ chat.HomePublisher    = (*Adapter)(nil)
	_ chat.CommandRegistrar = (*Adapter)(nil)
	_ chat.Reporter         = (*Adapter)(nil)
	_ chat.Checker          = (*Adapter)(nil)
)

// Options are the settings of the adapter. Only Workspaces must be set.
type Options struct {
	Workspaces []Workspace
	APIURL     string            // "" means https://slack.com/api/; GovSlack has https://slack-gov.com/api/
	Memory     chat.Memory       // keeps when connections were opened, so that a crash loop stays slow; may be nil
	Logger     *slog.Logger      // nil logs nothing
	Now        func() time.Time  // nil means time.Now
	Transport  http.RoundTripper // nil means http.DefaultTransport
	// Pause waits as time passes by Now; nil waits in real time. Tests make both pass together.
	Pause func(context.Context, time.Duration) error
}

// Adapter serves all configured workspaces.
type Adapter struct {
	options    Options
	log        *slog.Logger
	now        func() time.Time
	pause      func(context.Context, time.Duration) error
	workspaces []*workspace
	links      []*link // one for each app token
	lanes      [laneCount]chan func()
	started    time.Time
	bodies     allowance     // of memory for bodies whose signature is not checked yet
	bodyTime   time.Duration // for a request's body to arrive
	formTime   time.Duration // that a sent form waits to hear what is wrong with it
	lookTime   time.Duration // that an event waits to learn its room and its person

	table   atomic.Pointer[chat.Table]
	inbox   atomic.Pointer[chat.Inbox]
	work    tracker // replies and errands in flight
	forms   waiters
	pressed recent
	life    context.Context // ends when the last reply has gone out; errands hang on it
	endLife context.CancelFunc

	mu        sync.Mutex
	lastEvent time.Time
	counts    map[string]int // of what was set aside, by reason
}

const (
	laneCount = 64
	laneDepth = 64
)

// New checks the settings and makes an adapter; nothing is connected before Run. The error names
// every mistake, in sentences for an admin.
func New(o Options) (*Adapter, error) {
	if err := check(&o); err != nil {
		return nil, err
	}
	a := &Adapter{
		options: o, log: o.Logger, now: o.Now, pause: o.Pause, started: o.Now(), bodyTime: readBody, formTime: formWait, lookTime: lookupWait,
		bodies: allowance{most: maxBodies}, counts: map[string]int{}, forms: waiters{waiting: map[string]chan chat.Reply{}},
		pressed: recent{seen: map[string]time.Time{}},
	}
	a.life, a.endLife = context.WithCancel(context.Background())
	a.table.Store(&chat.Table{})
	byToken := map[string]*link{}
	for _, settings := range o.Workspaces {
		w := newWorkspace(settings, o)
		a.workspaces = append(a.workspaces, w)
		if settings.AppToken == "" {
			continue
		}
		l := byToken[settings.AppToken]
		if l == nil {
			l = newLink(a)
			byToken[settings.AppToken] = l
			a.links = append(a.links, l)
		}
		l.workspaces = append(l.workspaces, w)
	}
	for i := range a.lanes {
		a.lanes[i] = make(chan func(), laneDepth)
	}
	return a, nil
}

func check(o *Options) error {
	var errs []error
	if len(o.Workspaces) == 0 {
		errs = append(errs, errors.New("no Slack workspace is configured"))
	}
	names := map[string]bool{}
	for i := range o.Workspaces {
		w := &o.Workspaces[i]
		errs = append(errs, w.check()...)
		if names[w.Name] {
			errs = append(errs, fmt.Errorf("two Slack workspaces are called %q", w.Name))
		}
		names[w.Name] = true
	}
	if o.APIURL == "" {
		o.APIURL = "https://slack.com/api/"
	}
	o.APIURL = strings.TrimSuffix(o.APIURL, "/") + "/"
	if u, err := url.Parse(o.APIURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		errs = append(errs, errors.New("the Slack API address is not an address like https://slack.com/api/"))
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = pauseFor
	}
	return errors.Join(errs...)
}

func (w *Workspace) check() []error {
	var errs []error
	if !strings.HasPrefix(w.BotToken, "xox") {
		errs = append(errs, fmt.Errorf("%s needs a bot token, which begins with xoxb-", w.label()))
	}
	if w.AppToken != "" && !strings.HasPrefix(w.AppToken, "xapp-") {
		errs = append(errs, fmt.Errorf("%s: an app token begins with xapp-", w.label()))
	}
	if w.AppToken == "" && w.SigningSecret == "" {
		errs = append(errs, fmt.Errorf("%s needs an app token (Socket Mode) or a signing secret (events over HTTP)", w.label()))
	}
	return errs
}

// Name implements chat.Adapter.
func (a *Adapter) Name() string { return platform }

// Capabilities implements chat.Adapter.
func (a *Adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{Edits: true, Forms: true, Private: true, Threads: true, MaxWait: triggerLives, Markdown: true}
}

// Register implements chat.CommandRegistrar.
func (a *Adapter) Register(t chat.Table) { a.table.Store(&t) }

// Run implements chat.Adapter. One workspace that fails for good leaves the others running; Run
// returns an error when all have.
func (a *Adapter) Run(ctx context.Context, inbox chat.Inbox) error {
	defer a.endLife()
	a.inbox.Store(&inbox)
	var lanes sync.WaitGroup
	stopLanes := make(chan struct{})
	for _, lane := range a.lanes {
		lanes.Go(func() { a.serveLane(lane, stopLanes) })
	}
	var running sync.WaitGroup
	for _, w := range a.workspaces {
		running.Go(func() { a.meetAndServe(ctx, w) })
	}
	for _, l := range a.links {
		running.Go(func() { l.run(ctx) })
	}
	running.Wait() // they end with ctx, or for good
	if ctx.Err() == nil && a.anyOverHTTP() {
		<-ctx.Done()
	}
	err := a.allStopped()
	close(stopLanes)
	lanes.Wait()
	a.inbox.Store(nil)
	a.work.drain(drainTime)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// meetAndServe learns who Liaison is in a workspace, trying until it is told or refused.
func (a *Adapter) meetAndServe(ctx context.Context, w *workspace) {
	wait := backoff{pause: a.pause}
	for ctx.Err() == nil {
		err := w.meet(ctx)
		if err == nil {
			return
		}
		if sentence := w.fatal(err); sentence != "" {
			w.stop(sentence)
			return
		}
		w.log.Warn("slack did not say who Liaison is", slog.Any("error", sendError("auth.test", err)))
		wait.next(ctx)
	}
}

func (a *Adapter) anyOverHTTP() bool {
	for _, w := range a.workspaces {
		if w.SigningSecret != "" && w.stopped() == "" {
			return true
		}
	}
	return false
}

// allStopped returns why nothing is served any more; nil while something is.
func (a *Adapter) allStopped() error {
	var errs []error
	for _, w := range a.workspaces {
		problem := w.stopped()
		if problem == "" {
			return nil
		}
		errs = append(errs, errors.New(problem))
	}
	return errors.Join(errs...)
}

// Status implements chat.Reporter.
func (a *Adapter) Status() chat.Status {
	status := chat.Status{Since: a.started}
	serving, problems := 0, []string{}
	for _, w := range a.workspaces {
		_, _, ready := w.known()
		problem := w.stopped()
		problems = append(problems, w.lacking()...)
		switch {
		case problem != "":
			problems = append(problems, problem)
		case ready && (w.AppToken == "" || a.linkOf(w).connected() > 0):
			serving++
		default:
			problems = append(problems, w.label()+" is connecting.")
		}
	}
	for _, l := range a.links {
		if warning := l.warning(); warning != "" {
			problems = append(problems, warning)
		}
	}
	a.mu.Lock()
	status.LastEvent = a.lastEvent
	a.mu.Unlock()
	status.Connected = serving > 0
	status.Detail = statusDetail(serving, len(a.workspaces), problems)
	return status
}

// statusDetail says how many workspaces are served, unless none is, and what is wrong.
func statusDetail(serving, of int, problems []string) string {
	workspaces := "workspaces"
	if of == 1 {
		workspaces = "workspace"
	}
	if serving > 0 || len(problems) == 0 {
		problems = append([]string{fmt.Sprintf("%d of %d %s connected", serving, of, workspaces)}, problems...)
	}
	for i, sentence := range problems[:len(problems)-1] {
		problems[i] = strings.TrimSuffix(sentence, ".") + "."
	}
	return strings.Join(problems, " ")
}

func (a *Adapter) linkOf(w *workspace) *link {
	for _, l := range a.links {
		for _, linked := range l.workspaces {
			if linked == w {
				return l
			}
		}
	}
	return nil
}

// workspaceOf finds a served workspace by its id.
func (a *Adapter) workspaceOf(id string) (*workspace, error) {
	for _, w := range a.workspaces {
		if known, _, ready := w.known(); ready && known == id {
			if problem := w.stopped(); problem != "" {
				return nil, &chat.SendError{Kind: chat.SendRefused, Err: errors.New(problem)}
			}
			return w, nil
		}
	}
	for _, w := range a.workspaces { // it may be one that has not been met yet
		if _, _, ready := w.known(); !ready && w.stopped() == "" {
			return nil, &chat.SendError{Kind: chat.SendFailed, Err: errors.New("the Slack workspace is not connected yet")}
		}
	}
	return nil, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("no such Slack workspace is configured")}
}

// count keeps how often something was set aside, for the log and for tests.
func (a *Adapter) count(reason string) {
	a.mu.Lock()
	a.counts[reason]++
	a.mu.Unlock()
}

// laneOf returns the lane of a conversation's room: what happens in one room is stored in order.
func (a *Adapter) laneOf(workspace, room string) chan func() {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(workspace + "/" + room))
	return a.lanes[hash.Sum32()%laneCount]
}

func (a *Adapter) serveLane(lane chan func(), stop chan struct{}) {
	for {
		select {
		case job := <-lane:
			a.safely(job)
		case <-stop:
			for {
				select {
				case job := <-lane:
					a.safely(job)
				default:
					return
				}
			}
		}
	}
}

// safely runs a job whose panic must harm nothing else. What it was about is not logged: it may be
// somebody's words.
func (a *Adapter) safely(job func()) {
	defer func() {
		if fault := recover(); fault != nil {
			a.count("panic")
			a.log.Error("slack event handling failed", slog.String("fault", fmt.Sprintf("%T", fault)), slog.String("at", faultLine()))
		}
	}()
	job()
}

// errand does something small beside the events, such as showing "is looking…". It is waited for at
// the end, and never keeps an event waiting. What somebody waits for, a form, is due: it is done however
// much is under way.
func (a *Adapter) errand(due bool, do func(ctx context.Context)) {
	if due {
		a.work.enter()
	} else if !a.work.begin() {
		return
	}
	go func() {
		defer a.work.end()
		ctx, cancel := context.WithTimeout(a.life, callTimeout)
		defer cancel()
		a.safely(func() { do(ctx) })
	}()
}
