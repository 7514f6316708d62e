package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"liaison/bot/chat"
)

// How items are sent.
const (
	lease    = 30 * time.Second
	sendTime = 20 * time.Second // less than the lease, so that nothing is sent after it
	drain    = 10 * time.Second
	maxTries = 8
	maxPause = 10 * time.Minute
	look     = time.Second // how often other replicas' items are looked for
	inFlight = 8
)

// Sender sends what stands in the outbox. Set the fields, then call Run once.
type Sender struct {
	Store    Store
	Renderer Renderer
	Adapters map[string]chat.Adapter // by name
	Wake     <-chan struct{}         // told when something was written; nil for never
	// Undelivered is told of an item that is given up, before that is recorded; nil for nobody. It may be
	// told twice.
	Undelivered func(ctx context.Context, i Item) error
	Now         func() time.Time
	Log         *slog.Logger
}

// Run sends what is due until ctx ends, and returns when what is in flight is out.
func (s *Sender) Run(ctx context.Context) {
	group := new(errgroup.Group)
	group.SetLimit(inFlight)
	for ctx.Err() == nil {
		item, ok, err := s.Store.ClaimItem(ctx, s.Now(), s.Now().Add(lease))
		s.complain(ctx, "the outbox could not be read", err)
		if !ok {
			s.wait(ctx)
			continue
		}
		work, cancel := outlive(ctx, drain)
		group.Go(func() error {
			defer cancel()
			s.Deliver(work, item)
			return nil
		})
	}
	_ = group.Wait() // the functions return nil
}

func (s *Sender) complain(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		s.Log.Error(what, slog.Any("error", err))
	}
}

// wait returns when something was written, or after a while.
func (s *Sender) wait(ctx context.Context) {
	timer := time.NewTimer(look)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.Wake:
	case <-timer.C:
	}
}

// outlive returns a context that ends a while after its parent does.
func outlive(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() { time.AfterFunc(grace, cancel) })
	return ctx, func() { stop(); cancel() }
}

// Deliver sends one claimed item, and records what became of it.
func (s *Sender) Deliver(ctx context.Context, item Item) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	log := s.Log.With(slog.String("kind", item.Kind))
	before := item
	err := s.safely(log, func() error { return s.deliver(ctx, &item) })
	if err != nil {
		s.judge(&item, err)
		log.Warn("something could not be told", slog.String("state", string(item.State)), slog.Int("tries", item.Tries), slog.Any("error", err))
	}
	if gaveUp := item.State == Failed || item.State == Unknown; gaveUp && s.Undelivered != nil {
		s.complain(ctx, "nobody could be told that something was not delivered", s.Undelivered(context.WithoutCancel(ctx), item))
	}
	marking, stop := context.WithTimeout(context.WithoutCancel(ctx), lease-sendTime)
	defer stop()
	if err := s.Store.MarkItem(marking, item); err != nil && !errors.Is(err, ErrLate) {
		log.Error("what became of something told could not be recorded; it will be looked up", slog.Any("error", err),
			slog.String("was", string(before.State)))
	}
}

// deliver changes the item to what became of it. An error leaves that to judge.
func (s *Sender) deliver(ctx context.Context, item *Item) error {
	letter, err := s.Renderer.Letter(ctx, *item)
	if err != nil {
		return &chat.SendError{Kind: chat.SendFailed, Err: fmt.Errorf("render: %w", err)}
	}
	switch {
	case letter.Later.After(s.Now()):
		item.State, item.Due = Waiting, letter.Later
		return nil
	case letter.Edits != "" || letter.Deletes != "":
		return s.change(ctx, item, letter)
	case letter.Reply.Silent() && !item.Doubt:
		item.State = Dropped
		return nil
	}
	to, adapter, err := s.address(ctx, *item, letter)
	if err != nil {
		return err
	}
	if item.Doubt {
		if done, err := s.lookUp(ctx, item, to, adapter); done || err != nil {
			return err
		}
	}
	if letter.Reply.Silent() {
		item.State = Dropped
		return nil
	}
	ref, err := adapter.Send(ctx, to, letter.Reply)
	if err == nil {
		item.State, item.Ref = Sent, ref
	}
	return err
}

// address finds where a letter goes, and opens that place when it is a group.
func (s *Sender) address(ctx context.Context, item Item, letter Letter) (chat.To, chat.Adapter, error) {
	to := letter.To
	if to == (chat.To{}) {
		to.Account, _ = chat.ParseAccount(item.Account)
	}
	platform := to.Account.Platform
	if account, ok := chat.ParseAccount(item.Account); ok {
		platform = account.Platform
	}
	adapter := s.Adapters[platform]
	if adapter == nil {
		return to, nil, &chat.SendError{Kind: chat.SendFailed, Err: errors.New("that platform is not connected")}
	}
	if len(letter.Group) > 0 {
		opener, ok := adapter.(chat.GroupOpener)
		if !ok {
			return to, nil, &chat.SendError{Kind: chat.SendRefused, Err: errors.New("that platform has no group conversations")}
		}
		var err error
		if to, err = opener.OpenGroup(ctx, letter.Group); err != nil {
			return to, nil, err
		}
	}
	to.Key = item.Key
	return to, adapter, nil
}

// lookUp finds out whether an earlier try arrived. It reports true when the item is settled.
func (s *Sender) lookUp(ctx context.Context, item *Item, to chat.To, adapter chat.Adapter) (bool, error) {
	finder, ok := adapter.(chat.Finder)
	if ok {
		ref, err := finder.Find(ctx, to)
		switch {
		case err == nil && ref == (chat.Ref{}):
			item.Doubt = false
			return false, nil
		case err == nil:
			item.State, item.Ref = Sent, ref
			return true, nil
		case s.sameKey(*item, adapter):
			return false, nil
		case chat.SendKindOf(err) != chat.SendRefused && item.Tries < maxTries:
			return false, &chat.SendError{Kind: chat.SendUnknown, Err: err}
		}
	}
	if s.sameKey(*item, adapter) {
		return false, nil
	}
	item.State = Unknown
	return true, nil
}

// sameKey reports whether the platform would take a second send for the first, wherever in the time
// since the item was due that was.
func (s *Sender) sameKey(item Item, adapter chat.Adapter) bool {
	return s.Now().Sub(item.Due) < adapter.Capabilities().KeyLives
}

// change edits or deletes a message sent before. One that never arrived needs no change.
func (s *Sender) change(ctx context.Context, item *Item, letter Letter) error {
	earlier, err := s.Store.ItemByKey(ctx, letter.Edits+letter.Deletes)
	if errors.Is(err, ErrNotFound) || err == nil && (earlier.State != Sent || earlier.Ref == (chat.Ref{})) {
		item.State = Dropped
		return nil
	}
	if err != nil {
		return &chat.SendError{Kind: chat.SendFailed, Err: err}
	}
	editor, ok := s.Adapters[earlier.Ref.Platform].(chat.Editor)
	if !ok {
		item.State = Dropped
		return nil
	}
	if letter.Deletes != "" {
		err = editor.Delete(ctx, earlier.Ref)
	} else {
		err = editor.Edit(ctx, earlier.Ref, letter.Reply)
	}
	if chat.SendKindOf(err) == chat.SendUnknown && err != nil {
		err = &chat.SendError{Kind: chat.SendFailed, Err: err} // the same change again is no second change
	}
	if err == nil {
		item.State = Sent
	}
	return err
}

// judge decides what a send error means for the item.
func (s *Sender) judge(item *Item, err error) {
	item.Tries++
	pause := min(time.Second<<min(item.Tries, 10), maxPause)
	var send *chat.SendError
	if errors.As(err, &send) && send.After > 0 {
		pause = send.After
	}
	switch kind := chat.SendKindOf(err); {
	case kind == chat.SendRefused, kind == chat.SendExpired:
		item.State = Failed
	case kind == chat.SendUnknown && item.Tries > maxTries:
		item.State = Unknown
	case kind == chat.SendUnknown: // it stays claimed until then; whoever claims it next looks it up
		item.State, item.Until = Sending, s.Now().Add(min(pause, lease))
	case item.Tries > maxTries:
		item.State = Failed
	default:
		item.State, item.Due, item.Doubt = Waiting, s.Now().Add(pause), false
	}
}

// safely calls what may panic on what it is to show. The log gets where, never what was being said.
func (s *Sender) safely(log *slog.Logger, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("something told could not be rendered", slog.String("panic", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
			err = &chat.SendError{Kind: chat.SendRefused, Err: errors.New("it cannot be rendered")}
		}
	}()
	return call()
}
