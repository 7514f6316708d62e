package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"liaison/adapters/terminal"
	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/coffee"
	"liaison/bot/commands"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/feedback"
	"liaison/bot/inbox"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/records"
	"liaison/bot/store"
)

const sayWelcome = "Hello. Ask me how government digital teams do things, in your own words. Say “help” for what else I can do; Ctrl-D ends the conversation."

type serveCommand struct {
	who
}

// Run serves until it is told to stop: the platforms that are set up, or the person at the terminal.
func (c *serveCommand) Run(ctx context.Context, p *program) error {
	audience, home, err := c.parse()
	if err != nil {
		return err
	}
	config, err := p.config()
	if err != nil {
		return err
	}
	if err := wiped(config); err != nil {
		return &usageError{err}
	}
	var chosen []platform
	for _, platform := range platforms() {
		if platform.configured(config) {
			chosen = append(chosen, platform)
		}
	}
	s := &server{program: p, config: config, log: p.logger(logLevel(config, len(chosen) == 0)), now: time.Now}
	defer s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	base := s.library.base.Load()
	if err := checkAudience(base, audience); err != nil {
		return err
	}
	if wrong := unknownWorkspaces(base, config.slack); len(wrong) > 0 {
		return &usageError{errors.New(strings.Join(wrong, "\n"))}
	}
	if len(chosen) == 0 {
		return s.talk(ctx, audience, home)
	}
	return s.serve(ctx, chosen)
}

// wiped is an error where the disk does not last and nobody has said that this is all right.
func wiped(c config) error {
	if os.Getenv("VCAP_APPLICATION") == "" || c.ephemeral || c.database.reveal() != "" {
		return nil
	}
	return errors.New("this is Cloud Foundry, where the disk is wiped at each restage and questions waiting for an answer with it: set DATABASE_URL, or ALLOW_EPHEMERAL_STATE=1 if that is all right")
}

// logLevel keeps a conversation in the terminal free of what only an operator wants to know.
func logLevel(c config, talking bool) string {
	if talking && c.logLevel == "info" {
		return "warn"
	}
	return c.logLevel
}

// server is a running Liaison: what is opened here is closed in reverse order.
type server struct {
	*program
	config  config
	log     *slog.Logger
	store   *store.Store
	library *library
	handler *commands.Handler
	inbox   *inbox.Inbox
	outbox  *outbox.Sender
	now     func() time.Time
}

// open opens state and knowledge, and wires services and commands to them.
func (s *server) open(ctx context.Context) (err error) {
	if s.store, err = store.Open(ctx, s.config.data, s.config.database.reveal()); err != nil {
		return err
	}
	sealer, err := s.config.sealer()
	if err != nil {
		return err
	}
	s.store.Erase(s.config.erasing(sealer))
	if err := s.purge(ctx); err != nil {
		return err
	}
	if s.library, err = openLibrary(ctx, s.config, s.log, s.progress()); err != nil {
		return err
	}
	adapters := map[string]chat.Adapter{}
	known := s.library.people(false)
	known.Profiles = s.declared
	s.handler = &commands.Handler{
		Ask: s.library.service(), Feedback: &feedback.Service{Store: s.store, Now: time.Now}, Store: s.store,
		Records: s.config.records, Experts: s.library.experts(known), Library: s.library, Admins: s.config.admins, Adapters: adapters, Now: time.Now, Log: s.log,
	}
	s.handler.People, s.handler.OfferIntroduction = s.people(known), s.handler.Offer
	s.handler.Experts.Helped = s.helped
	s.outbox = &outbox.Sender{Store: s.store, Renderer: s.handler, Adapters: adapters, Wake: s.store.Wake(), Undelivered: s.handler.Undelivered, Now: time.Now, Log: s.log}
	s.inbox = &inbox.Inbox{Store: s.store, Sealer: sealer, Handler: s.handler, Adapters: adapters, Now: time.Now, Log: s.log}
	return nil
}

// people wires what is about persons.
func (s *server) people(known *directory.Directory) *commands.People {
	intros := &intro.Service{Store: s.store, Now: time.Now}
	return &commands.People{
		Profiles: &profile.Service{Store: s.store, Now: time.Now}, Intros: intros, Schedule: known.Schedule, Store: s.store,
		Inquiries: &inquiry.Service{Store: s.store, Now: time.Now},
		Coffee:    &coffee.Service{Store: s.store, Intros: intros, Look: s.handler.Seat, OneRoom: s.handler.OneRoom, Now: time.Now},
	}
}

// helped are the answers that people gave to questions and that helped, as evidence of who knows.
func (s *server) helped(ctx context.Context, who access.Audience) ([]experts.Help, error) {
	found, err := s.store.HelpfulAnswers(ctx, who)
	var all []experts.Help
	for _, h := range found {
		all = append(all, experts.Help{Person: h.Person, Question: h.Question, At: h.At})
	}
	return all, err
}

// declared are the people who have listed themselves in chat.
func (s *server) declared() []directory.Person {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	listed, err := s.store.UnsafeListedProfiles(ctx)
	if err != nil {
		s.log.Error("the people who have listed themselves could not be read", slog.Any("error", err))
		return nil
	}
	var all []directory.Person
	for _, p := range listed {
		all = append(all, commands.PersonOf(p))
	}
	return all
}

// purge erases again what a restored backup has brought back.
func (s *server) purge(ctx context.Context) error {
	n, err := s.store.PurgeAgain(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		s.log.Warn("a restored backup held people who had been erased; they are erased again", slog.Int("accounts", n))
		err = s.store.Record(ctx, atTerminal, "purge", fmt.Sprintf("erased again after a restore: %d accounts", n), s.now())
	}
	return err
}

// erasing is how what people have erased is treated.
func (c config) erasing(sealer *inbox.Sealer) store.Erasing {
	return store.Erasing{Mode: c.records, Sealer: sealer, Ledger: c.forgotten, Now: time.Now}
}

// sealer encrypts what is not for reading in the database.
func (c config) sealer() (*inbox.Sealer, error) {
	if text := c.key.reveal(); text != "" {
		key, err := inbox.ParseKey(text)
		if err != nil {
			return nil, err
		}
		return inbox.NewSealer(key)
	}
	key, err := inbox.KeyFile(c.data)
	if err != nil {
		return nil, err
	}
	return inbox.NewSealer(key)
}

func (s *server) close() {
	if s.library != nil {
		s.library.close()
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			s.log.Error("the store could not be closed", slog.Any("error", err))
		}
	}
}

// add makes an adapter part of the server.
func (s *server) add(a chat.Adapter) {
	s.handler.Adapters[a.Name()] = a
	if registrar, ok := a.(chat.CommandRegistrar); ok {
		registrar.Register(s.handler.Table())
	}
}

// talk is the conversation in the terminal. Whoever can start the program may do all that it can.
func (s *server) talk(ctx context.Context, who access.Audience, home string) error {
	options := terminal.Of(s.in, os.Stdout)
	options.Greeting = chat.Reply{Blocks: []chat.Block{chat.Say(sayWelcome)}}
	if !s.config.records.Seals() { // what must be kept is kept once, sealed
		options.History = historyFile(s.config)
	}
	options.Organisation = home
	if who != (access.Audience{}) {
		options.Standing = chat.StandingMember
	}
	s.handler.Experts.Directory.Examples = true
	s.handler.Admins = append(s.handler.Admins, chat.Account{Platform: "terminal", Workspace: "local", User: "you"})
	adapter := terminal.New(options)
	s.add(adapter)
	ctx, end := context.WithCancel(ctx)
	defer end()
	return s.run(ctx, func(ctx context.Context) error {
		defer end()
		return adapter.Run(ctx, s.inbox)
	})
}

// serve connects every platform that is configured. One that fails for good ends alone, unless it
// was the last.
func (s *server) serve(ctx context.Context, chosen []platform) error {
	var adapters []chat.Adapter
	for _, platform := range chosen {
		adapter, err := platform.connect(s.config, s.store, s.log.With(slog.String("platform", platform.name)))
		if err != nil {
			return fmt.Errorf("%s: %w", platform.name, err)
		}
		s.add(adapter)
		adapters = append(adapters, adapter)
	}
	var http *httpServer
	if s.config.httpAddr != "" {
		var err error
		if http, err = listen(ctx, s.config.httpAddr, adapters, s.log); err != nil {
			return err
		}
	}
	s.log.Info("serving", slog.Int("platforms", len(adapters)), slog.String("version", version()))
	return s.run(ctx, func(ctx context.Context) error {
		var group sync.WaitGroup
		defer group.Wait()
		if http != nil {
			group.Go(func() { http.run(ctx) })
		}
		return runAll(ctx, adapters, s.inbox, s.log)
	})
}

// runAll runs every adapter and returns when all have ended: an error only when none is left that
// ended because it was told to.
func runAll(ctx context.Context, adapters []chat.Adapter, in chat.Inbox, log *slog.Logger) error {
	failed := make([]error, len(adapters))
	var group sync.WaitGroup
	for i, adapter := range adapters {
		group.Go(func() {
			if err := adapter.Run(ctx, in); err != nil {
				log.Error("a platform stopped for good; the others go on", slog.String("platform", adapter.Name()), slog.Any("error", err))
				failed[i] = fmt.Errorf("%s: %w", adapter.Name(), err)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failed...); ctx.Err() == nil {
		return err
	}
	return nil
}

// run answers what arrives while receive runs, and keeps the knowledge fresh. When ctx ends or
// receive returns, answers in flight still go out.
func (s *server) run(ctx context.Context, receive func(context.Context) error) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	var answering error
	group.Go(func() {
		defer stop() // without answers there is no use in receiving
		answering = s.inbox.Run(working)
	})
	group.Go(func() { s.library.watch(working) })
	group.Go(func() { s.expire(working) })
	group.Go(func() { s.outbox.Run(working) })
	group.Go(func() { s.sweep(working) })
	err := receive(working)
	stop()
	group.Wait()
	if errors.Is(answering, context.Canceled) {
		answering = nil // it was told to stop before it had begun, as by an empty pipe
	}
	return errors.Join(err, answering)
}

// sweepEvery is how often introductions and questions to people are looked at that expire or were left in
// the middle of ending, and those who would like a coffee are matched.
const sweepEvery = time.Minute

// sweep goes on with introductions and questions to people that are due, and brings about coffees, now and
// every minute.
func (s *server) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.turn(ctx, "sweep", sweepEvery, s.sweepOnce); err != nil && ctx.Err() == nil {
			s.log.Error("introductions or questions to people that are due could not be ended", slog.Any("error", err))
		}
		if err := s.turn(ctx, "coffee", sweepEvery, s.handler.People.Coffee.Sweep); err != nil && ctx.Err() == nil {
			s.log.Error("those who would like a coffee could not be matched", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *server) sweepOnce(ctx context.Context) error {
	return errors.Join(s.handler.People.Intros.Sweep(ctx), s.handler.People.Inquiries.Sweep(ctx))
}

// turn does the work of a job whose turn it is, unless another replica does or has done it.
func (s *server) turn(ctx context.Context, job string, every time.Duration, do func(context.Context) error) error {
	now := s.now()
	turn, ours, err := s.store.TakeTurn(ctx, job, now.Truncate(every), now, now.Add(every))
	if err != nil || !ours {
		return err
	}
	if err := do(ctx); err != nil {
		return err // the turn stays open; the next is soon
	}
	return s.store.EndTurn(ctx, turn)
}

// expire removes what is older than it is kept, now and every hour, and with it what a database that was
// restored meanwhile has brought back.
func (s *server) expire(ctx context.Context) {
	tick := time.NewTicker(records.ExpireEvery)
	defer tick.Stop()
	for {
		err := s.turn(ctx, "expire", records.ExpireEvery, func(ctx context.Context) error {
			return errors.Join(s.store.Expire(ctx, s.now()), s.purge(ctx))
		})
		if err != nil && ctx.Err() == nil {
			s.log.Error("what is old could not be removed", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
