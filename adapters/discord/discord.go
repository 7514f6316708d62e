// Package discord connects Liaison to Discord.
//
// # What is particular about Discord
//
// It is public. Whoever speaks in a guild or writes directly is a stranger to every organisation, so
// events of this adapter carry StandingStranger and ScopePublic (ScopeDirect in direct messages), and
// nothing else exists in it to set: see the one place that makes them, room and actorOf in event.go.
//
// An interaction (a command, a button, a form) must be answered within three seconds and can be
// answered for fifteen minutes by its token. The adapter defers it at once; the first answer, the
// deferral included, fixes whether one person sees it. So the command table decides that, not the reply.
//
// A button whose answer goes to the room is disabled when it was used: the answer is there. One whose
// answer goes to who pressed alone (a vote, Show more) stays, as others may want to use it too.
//
// # Why discordgo is held on a short lead
//
// The library keeps the session and sends. What it does beyond that is switched off or walled in: it
// reconnects after errors that are final and can lock itself up (connect.go); it ends the process over
// packets that are not as it expects, drops events with parts it does not know, and identifies uncounted
// (gate.go, which stands between it and Discord); it waits and tries again without end and keeps memory of
// every interaction (rest.go); it hands events out of order, and ends the process when a handler panics
// (dispatch.go).
//
// # Figures
//
// Measured by .ci/slow on two cores, against a fake Discord, the whole program with its store on the disk:
// with 50 commands a second for half a minute the first answer came after 2 ms (median), 12 ms (p99.9), 15 ms
// (slowest); of 500 commands at once the last was deferred after 0.6 s. Over 50,000 commands the
// process took 65 MB after the first 10,000 and 66 MB at the end. 200 times it was killed while people asked:
// all 195 questions that were said or acknowledged were answered, once; 5 commands died unacknowledged, which
// Discord tells the person. Over 1,000 cuts at random bytes nothing was lost or answered twice.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// The optional powers that Discord allows. It lets no bot open a conversation of several people.
var (
	_ chat.Adapter          = (*Adapter)(nil)
	_ chat.Editor           = (*Adapter)(nil)
	_ chat.Finder           = (*Adapter)(nil)
	_ chat.CommandRegistrar = (*Adapter)(nil)
	_ chat.Reporter         = (*Adapter)(nil)
)

const platform = "discord"

// Options say how to connect. Token is required.
type Options struct {
	Token string
	// APIURL is where Discord's API is, for proxies and tests; "" means https://discord.com. A path
	// of /api or /api/v9 at its end may be there or not.
	APIURL string
	// MessageContent says that the bot has the Message Content intent. Without it Discord shows only
	// what is addressed to Liaison.
	MessageContent bool
	Forums         []string          // ids of forum channels in which every new post is answered
	Memory         chat.Memory       // keeps how often it connected, what it has seen, which commands are registered; may be nil
	Logger         *slog.Logger      // nil logs nothing
	Now            func() time.Time  // nil means time.Now
	Transport      http.RoundTripper // of requests; nil means http.DefaultTransport
	// Pause waits as time passes by Now; nil waits in real time. Tests make both pass together.
	Pause func(context.Context, time.Duration) error
}

// Adapter serves all guilds that its bot is in, and direct messages to it.
type Adapter struct {
	options Options
	log     *slog.Logger
	now     func() time.Time
	pause   func(context.Context, time.Duration) error
	memory  chat.Memory
	rest    *client
	relay   *redirect
	silence time.Duration // after which a line is dead
	opening time.Duration // in which a line must come about
	spacing time.Duration // between two sessions that are begun
	table   atomic.Pointer[chat.Table]
	inbox   atomic.Pointer[chat.Inbox]

	lanes   *lanes   // events being handled
	flying  tracker  // replies and errands in flight
	sending *mutexes // by channel: parts of one reply stay together

	world   *world
	tokens  *tokens
	nonces  *cache[chat.Ref] // messages by the nonce they were made with
	forms   *cache[chat.Form]
	asks    *cache[string] // what to ask before a button acts, by its action
	answers *cache[int]    // how many answers an event has had
	own     *cache[bool]   // messages that Liaison sent
	cards   *cache[bool]   // those that are the card of a forum post
	parts   *cache[string] // of an answer that was edited: its messages now, by the first

	receiving context.Context // that of Run: what was missed is fetched as long as anything is received
	life      context.Context // ends when the last reply has gone out; errands hang on it
	endLife   context.CancelFunc

	beat    atomic.Int64 // when Discord last acknowledged a heartbeat, by now
	writing sync.Mutex   // of seen

	mu     sync.Mutex
	status chat.Status
	seen   seen
}

// New checks the settings and makes an adapter; nothing is connected before Run. The error names every
// mistake, in sentences for an admin.
func New(o Options) (*Adapter, error) {
	base, err := check(&o)
	if err != nil {
		return nil, err
	}
	a := &Adapter{
		options: o, log: o.Logger, now: o.Now, pause: o.Pause, memory: o.Memory, silence: lineSilence, opening: connectTimeout, spacing: identifyEvery,
		lanes: newLanes(o.Logger), sending: newMutexes(), world: newWorld(), tokens: newTokens(o.Now),
		nonces: newCache[chat.Ref](), forms: newCache[chat.Form](), asks: newCache[string](), answers: newCache[int](), own: newCache[bool](), cards: newCache[bool](), parts: newCache[string](),
		status: chat.Status{Since: o.Now(), Detail: "not connected yet"},
	}
	a.seen.waiting = map[string]bool{}
	limits := newThrottle(o.Now, o.Pause)
	a.relay = &redirect{base: base, next: o.Transport, limits: limits}
	a.rest = newClient(o.Token, a.relay, limits, o.Pause)
	a.life, a.endLife = context.WithCancel(context.Background())
	a.receiving = a.life
	a.table.Store(&chat.Table{})
	return a, nil
}

func check(o *Options) (base *url.URL, err error) {
	var errs []error
	o.Token = strings.TrimPrefix(strings.TrimSpace(o.Token), "Bot ")
	if o.Token == "" || strings.ContainsAny(o.Token, " \t\r\n") {
		errs = append(errs, errors.New("the token of the Discord bot is missing: the Developer Portal shows it under Bot; set DISCORD_TOKEN"))
	}
	if o.APIURL != "" {
		if base, err = url.Parse(o.APIURL); err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
			errs = append(errs, errors.New("the address of Discord's API is not an address like https://discord.com/api: correct DISCORD_API_URL"))
		} else {
			base.Path = strings.TrimSuffix(apiPath.ReplaceAllString(base.Path, ""), "/")
		}
	}
	for _, forum := range o.Forums {
		if timeOf(forum).IsZero() {
			errs = append(errs, errors.New("a forum is named by the number that Copy Channel ID gives: correct DISCORD_FORUMS"))
			break
		}
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
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Memory == nil {
		o.Memory = newNotebook()
	}
	return base, errors.Join(errs...)
}

func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Name implements chat.Adapter.
func (a *Adapter) Name() string { return platform }

// Capabilities implements chat.Adapter.
func (a *Adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{
		Edits: true, Forms: true, Private: true, Threads: true, MaxWait: answerWithin, Markdown: true, KeyLives: nonceLives,
		FollowUp: !a.options.MessageContent,
	}
}

// Register implements chat.CommandRegistrar.
func (a *Adapter) Register(t chat.Table) { a.table.Store(&t) }

// Run implements chat.Adapter.
func (a *Adapter) Run(ctx context.Context, inbox chat.Inbox) error {
	defer a.endLife()
	a.inbox.Store(&inbox)
	a.receiving = ctx
	a.recallSeen(ctx)
	err := a.supervise(ctx)
	if err != nil {
		a.setStatus(false, err.Error())
	} else {
		a.setStatus(false, "stopped")
	}
	a.drain()
	a.keepSeen(context.WithoutCancel(ctx))
	return err
}

// drain waits for events and replies in flight, for at most drainTime.
func (a *Adapter) drain() {
	done := make(chan struct{})
	go func() {
		a.lanes.wait()
		a.flying.wait()
		close(done)
	}()
	late := time.NewTimer(drainTime)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		a.log.Warn("replies were still on their way to Discord when the time to stop had come")
	}
}

// Status implements chat.Reporter. A line on which a heartbeat is overdue does not count as connected.
func (a *Adapter) Status() chat.Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.status
	if last := time.Unix(0, a.beat.Load()); s.Connected && a.now().Sub(last) > heartbeatLate {
		s.Connected, s.Since, s.Detail = false, last, "Discord does not acknowledge that the line is alive"
	}
	return s
}

func (a *Adapter) setStatus(connected bool, detail string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.status.Connected != connected {
		a.status.Since = a.now()
	}
	a.status.Connected, a.status.Detail = connected, detail
}

func (a *Adapter) noteEvent() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status.LastEvent = a.now()
}

// intents are what the bot asks to be told of. Only the content of messages is a privileged one.
func (a *Adapter) intents() discordgo.Intent {
	intents := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if a.options.MessageContent {
		intents |= discordgo.IntentMessageContent
	}
	return intents
}

func (a *Adapter) isForum(id string) bool { return slices.Contains(a.options.Forums, id) }

// recall reads what was kept under a key into value. What cannot be read counts as never kept.
func (a *Adapter) recall(ctx context.Context, key string, value any) {
	kept, err := a.memory.Recall(ctx, platform+"/"+key)
	if err == nil && kept != nil {
		err = json.Unmarshal(kept, value)
	}
	if err != nil {
		a.log.Warn("what was kept for Discord could not be read", slog.String("key", key), slog.Any("error", err))
	}
}

func (a *Adapter) keep(ctx context.Context, key string, value any) {
	kept, err := json.Marshal(value)
	if err == nil {
		err = a.memory.Keep(ctx, platform+"/"+key, kept)
	}
	if err != nil {
		a.log.Warn("what must be kept for Discord could not be", slog.String("key", key), slog.Any("error", err))
	}
}
