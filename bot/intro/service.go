package intro

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"liaison/bot/flight"
)

// Service is what can be done about introductions.
type Service struct {
	Store Store
	Now   func() time.Time
	// Pause waits a moment for what is in flight; nil waits on the clock.
	Pause func(ctx context.Context) error
}

// Draft begins an introduction of whoever is behind the asker's account to a person, and returns it
// for the asker to agree to. group says that the two have a platform's own conversation open to them.
func (s *Service) Draft(ctx context.Context, asker, helper Party, person, topic string, group bool) (Introduction, error) {
	if len(topic) > MaxTopic {
		return Introduction{}, ErrLong
	}
	id := uuid.NewString()
	now := s.Now()
	x := Introduction{
		ID: id, Kind: ByRequest, State: Draft, Parties: [2]Party{asker, helper}, Topic: topic, Group: group, At: now, Until: now.Add(DraftTime),
	}
	err := s.Store.Do(ctx, func(tx Tx) error {
		me, err := tx.PersonOf(ctx, asker.Account)
		if err != nil {
			return err
		}
		x.Persons = [2]string{me, person}
		if me == person {
			return ErrSelf
		}
		if err := s.within(ctx, tx, x, 0); err != nil {
			return err
		}
		return tx.Keep(ctx, x)
	})
	return x, err
}

// within holds an introduction against the limits. budget is the helper's; 0 leaves it out.
func (s *Service) within(ctx context.Context, tx Tx, x Introduction, budget int) error {
	counts, err := tx.Counts(ctx, x.Persons[Asker], x.Persons[Helper], x.ID, s.Now().Add(-budgetWindow))
	switch {
	case err != nil:
		return err
	case counts.Between > 0:
		return ErrAlready
	case counts.Open >= MaxOpen, counts.Week >= MaxWeek:
		return ErrTooMany
	case budget > 0 && counts.Asked >= budget:
		return ErrBudget
	}
	return nil
}

// Agree is the asker's yes, to a wording. The helper is asked then, if no block stands in the way and
// they have not been asked enough this week (budget).
func (s *Service) Agree(ctx context.Context, id, account, wording string, budget int) (Introduction, error) {
	return s.change(ctx, id, account, func(tx Tx, x *Introduction, side Side) error {
		if side != Asker {
			return ErrNotYours
		}
		if x.State != Draft {
			return nil // pressed twice
		}
		if err := s.within(ctx, tx, *x, budget); err != nil {
			return err
		}
		var err error
		if x.Quiet, err = tx.Blocked(ctx, x.Persons[Asker], x.Persons[Helper]); err != nil {
			return err
		}
		now := s.Now()
		x.yes(Asker, wording, now)
		x.State, x.Asked, x.Until = Proposed, now, now.Add(Patience)
		if err := tx.Tell(ctx, x.tell(TellOver, Asker, x.Until)); err != nil || x.Quiet {
			return err
		}
		return tx.Tell(ctx, x.tell(TellAsked, Helper, now))
	})
}

func (x *Introduction) yes(side Side, wording string, at time.Time) {
	x.Parties[side].Yes, x.Parties[side].Consent, x.Parties[side].At = true, wording, at
}

// tell makes what a side is told, once. What is due later has a lane of its own, so as not to hold up
// the rest.
func (x *Introduction) tell(kind string, to Side, due time.Time) Tell {
	t := Tell{
		Key: fmt.Sprintf("%s/%s/%d", kind, x.ID, to), Lane: x.lane(to), Kind: kind, Subject: x.ID, Part: fmt.Sprint(int(to)),
		Account: x.Parties[to].Account, Due: due,
	}
	if kind == TellOver || kind == TellHelped || kind == TellAsked || kind == TellCoffee || kind == TellNoCoffee {
		t.Lane = t.Key
	}
	return t
}

// lane keeps what a side is told in order.
func (x *Introduction) lane(to Side) string { return fmt.Sprintf("intro/%s/%d", x.ID, to) }

// Accept is the helper's yes, to a wording: the two are connected. A coffee needs it of both.
func (s *Service) Accept(ctx context.Context, id, account, wording string) (Introduction, error) {
	return s.change(ctx, id, account, func(tx Tx, x *Introduction, side Side) error {
		switch {
		case x.Kind == Coffee:
			return s.acceptCoffee(ctx, tx, x, side, wording)
		case side != Helper:
			return ErrNotYours
		case x.State == Connected:
			return nil // pressed twice
		case x.State != Proposed || x.Stopping != "" || x.Quiet || !s.Now().Before(x.Until):
			return ErrOver
		}
		blocked, err := tx.Blocked(ctx, x.Persons[Asker], x.Persons[Helper])
		if err != nil {
			return err
		}
		if blocked {
			return ErrOver
		}
		x.yes(Helper, wording, s.Now())
		x.State = Connected
		return s.connect(ctx, tx, x)
	})
}

// connect tells the two where they can talk.
func (s *Service) connect(ctx context.Context, tx Tx, x *Introduction) error {
	now := s.Now()
	if x.Group {
		group := x.tell(TellGroup, Asker, now)
		if err := tx.Tell(ctx, group); err != nil {
			return err
		}
	}
	for _, side := range []Side{Asker, Helper} {
		if err := tx.Tell(ctx, x.tell(TellHelped, side, now.Add(HelpedAfter))); err != nil {
			return err
		}
		if x.Group {
			continue
		}
		if err := tx.Tell(ctx, x.tell(TellConnected, side, now)); err != nil {
			return err
		}
	}
	return nil
}

// Decline is the helper's no, or either's to a coffee. The other is not told whose doing it was, or sooner.
// When it returns, nothing that asks who declined is on its way any more.
func (s *Service) Decline(ctx context.Context, id, account string) (Introduction, error) {
	x, err := s.change(ctx, id, account, func(tx Tx, x *Introduction, side Side) error {
		switch {
		case x.Kind == Coffee:
			return s.declineCoffee(ctx, tx, x, side)
		case side != Helper:
			return ErrNotYours
		case x.State == Declined:
			return nil
		case x.State != Proposed || x.Stopping != "":
			return ErrOver
		}
		x.State, x.Ended = Declined, s.Now()
		return nil
	})
	if err != nil || x.Kind != Coffee {
		return x, err
	}
	return x, s.Landed(ctx, id)
}

// Landed waits until nothing that is told about a subject is on its way, but for no longer than sending
// may take.
func (s *Service) Landed(ctx context.Context, subject string) error {
	return flight.Landed(ctx, s.Now, s.Pause, func() (landed bool, err error) {
		err = s.Store.Do(ctx, func(tx Tx) error {
			busy, err := tx.InFlight(ctx, subject, s.Now())
			landed = !busy
			return err
		})
		return landed, err
	})
}

// Close ends an introduction for either side: it is withdrawn when nobody had answered yet. When it
// returns, nothing of it is on its way any more.
func (s *Service) Close(ctx context.Context, id, account string) (Introduction, error) {
	return s.stop(ctx, id, account, Closed, nil)
}

// Block ends an introduction, and keeps the other person away for good, under any account they link.
func (s *Service) Block(ctx context.Context, id, account string) (Introduction, error) {
	return s.stop(ctx, id, account, Blocked, func(tx Tx, x *Introduction, side Side) error {
		return tx.Block(ctx, x.Persons[side], x.Persons[side.Other()], s.Now())
	})
}

// Report ends an introduction, and tells the admins.
func (s *Service) Report(ctx context.Context, id, account string, admins []string) (Introduction, error) {
	return s.stop(ctx, id, account, Reported, func(tx Tx, x *Introduction, side Side) error {
		for _, admin := range admins {
			t := Tell{
				Key: TellReported + "/" + x.ID + "/" + admin, Lane: "admin/" + admin, Kind: TellReported, Subject: x.ID,
				Part: fmt.Sprint(int(side)), Account: admin, Due: s.Now(),
			}
			if err := tx.Tell(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// stop ends an introduction in two steps; see the package's words on withdrawal. also is done with the
// first, once, whatever the state.
func (s *Service) stop(ctx context.Context, id, account string, as State, also func(Tx, *Introduction, Side) error) (Introduction, error) {
	x, err := s.change(ctx, id, account, func(tx Tx, x *Introduction, side Side) error {
		if also != nil {
			if err := also(tx, x, side); err != nil {
				return err
			}
		}
		if !x.State.Open() || x.Stopping != "" {
			return nil
		}
		if x.Kind == Coffee && x.State == Proposed {
			return s.declineCoffee(ctx, tx, x, side)
		}
		x.Stopping, x.StoppedBy = as, side
		if as == Closed && x.State != Connected {
			x.Stopping = Withdrawn
			if side == Helper {
				x.Stopping = Declined
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return x, err
	case x.Kind == Coffee && x.State == Proposed:
		return x, s.Landed(ctx, id)
	case x.Stopping == "":
		return x, nil
	}
	return s.settle(ctx, id)
}

// settle waits until nothing of a stopping introduction is in flight, and ends it. When that takes too
// long, Sweep ends it later; nothing more leaves meanwhile.
func (s *Service) settle(ctx context.Context, id string) (Introduction, error) {
	var x Introduction
	err := flight.Landed(ctx, s.Now, s.Pause, func() (bool, error) { return s.end(ctx, id, &x) })
	return x, err
}

// end ends a stopping introduction, unless something is in flight. It reports whether it is at an end.
func (s *Service) end(ctx context.Context, id string, out *Introduction) (ended bool, err error) {
	err = s.Store.Do(ctx, func(tx Tx) error {
		x, err := tx.Introduction(ctx, id)
		if err != nil {
			return err
		}
		*out, ended = x, true
		if x.Stopping == "" {
			return nil
		}
		busy, err := tx.InFlight(ctx, id, s.Now())
		if err != nil || busy {
			ended = false
			return err
		}
		was := x.State
		x.State, x.Stopping, x.Ended = x.Stopping, "", s.Now()
		*out = x
		if err := tx.Keep(ctx, x); err != nil || was != Connected {
			return err
		}
		return tx.Tell(ctx, x.tell(TellClosed, x.StoppedBy.Other(), s.Now()))
	})
	return ended, err
}

// Helped keeps whether an introduction helped one of the two.
func (s *Service) Helped(ctx context.Context, id, account string, yes bool) (Introduction, error) {
	return s.change(ctx, id, account, func(_ Tx, x *Introduction, side Side) error {
		x.Parties[side].Helped = "no"
		if yes {
			x.Parties[side].Helped = "yes"
		}
		return nil
	})
}

// Leave ends all introductions of a person, before they are forgotten, and has them fade from what the others
// have. It ends them first: what is said until then is taken back too.
func (s *Service) Leave(ctx context.Context, person, account string) error {
	open, err := s.Store.OpenIntroductions(ctx, person)
	failed := []error{err}
	for _, x := range open {
		_, err := s.Close(ctx, x.ID, account)
		failed = append(failed, err)
	}
	return errors.Join(append(failed, s.Fade(ctx, person))...)
}

// Fade takes back what was passed on of a person's words, and has their name taken out of what the others have
// of their introductions. It waits for nothing: what is on its way is changed once it has landed.
func (s *Service) Fade(ctx context.Context, person string) error {
	sources, err := s.Store.SourcesOf(ctx, person)
	failed := []error{err}
	for _, source := range sources {
		failed = append(failed, s.Delete(ctx, source))
	}
	all, err := s.Store.IntroductionsOf(ctx, person)
	failed = append(failed, err)
	for _, id := range all {
		failed = append(failed, s.Store.Do(ctx, func(tx Tx) error { return s.unname(ctx, tx, id, person) }))
	}
	return errors.Join(failed...)
}

// forgetTime is longer than it takes until somebody is forgotten after they have left: what leaves meanwhile
// still has their name.
const forgetTime = time.Minute

// unname has what was told to the other of an introduction rewritten without a person's name.
func (s *Service) unname(ctx context.Context, tx Tx, id, person string) error {
	x, err := tx.Introduction(ctx, id)
	if err != nil {
		return err
	}
	side, ok := x.SideOf(person)
	told, err := tx.Told(ctx, id, s.Now().Add(forgetTime))
	if err != nil || !ok {
		return err
	}
	other := x.Parties[side.Other()].Account
	for _, t := range told {
		if !names(t.Kind) || t.Kind != TellGroup && sideNamed(t.Part) == side {
			continue
		}
		if t.Kind == TellGroup { // both read it, and it is found by its row
			if err := tx.Hand(ctx, t.Key, other); err != nil {
				return err
			}
		}
		gone := Tell{Key: TellGone + "/" + t.Key, Lane: t.Lane, Kind: TellGone, Subject: id, Part: t.Key, Account: other, Due: s.Now()}
		if err := tx.Tell(ctx, gone); err != nil {
			return err
		}
	}
	return nil
}

// names reports whether what is told by a kind has the name of the other in it. A report has it too, which
// the people who run Liaison need for as long as they look into it.
func names(kind string) bool {
	switch kind {
	case TellAsked, TellConnected, TellGroup, TellOver, TellClosed, TellHelped:
		return true
	}
	return false
}

// change reads an introduction, checks that the account is one of the two people's, and keeps what a
// function makes of it.
func (s *Service) change(ctx context.Context, id, account string, do func(Tx, *Introduction, Side) error) (Introduction, error) {
	var x Introduction
	err := s.Store.Do(ctx, func(tx Tx) (err error) {
		if x, err = tx.Introduction(ctx, id); err != nil {
			return err
		}
		side, err := sideOf(ctx, tx, x, account)
		if err != nil {
			return err
		}
		if err := do(tx, &x, side); err != nil {
			return err
		}
		return tx.Keep(ctx, x)
	})
	return x, err
}

// sideOf says which of the two an account is: the account that takes part, or another of that person's.
func sideOf(ctx context.Context, tx Tx, x Introduction, account string) (Side, error) {
	for _, side := range []Side{Asker, Helper} {
		if x.Parties[side].Account == account {
			return side, nil
		}
	}
	person, err := tx.PersonOf(ctx, account)
	if err != nil {
		return 0, err
	}
	for _, side := range []Side{Asker, Helper} {
		if person != "" && x.Persons[side] == person {
			return side, nil
		}
	}
	return 0, ErrNotYours
}

// Introduction returns an introduction to one of its two people, and which of them they are.
func (s *Service) Introduction(ctx context.Context, id, account string) (x Introduction, side Side, err error) {
	err = s.Store.Do(ctx, func(tx Tx) error {
		if x, err = tx.Introduction(ctx, id); err != nil {
			return err
		}
		side, err = sideOf(ctx, tx, x, account)
		return err
	})
	return x, side, err
}

// Sweep expires what is due, and ends what was left stopping.
// Doing it twice, or by several replicas at once, does no more than doing it once.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Now()
	due, err := s.Store.DueIntroductions(ctx, now)
	failed := []error{err}
	for _, id := range due {
		failed = append(failed, s.Store.Do(ctx, func(tx Tx) error {
			x, err := tx.Introduction(ctx, id)
			if err != nil || x.State != Draft && x.State != Proposed || x.Stopping != "" || now.Before(x.Until) {
				return err
			}
			x.State, x.Ended = Expired, now
			return tx.Keep(ctx, x)
		}))
		var x Introduction
		_, err := s.end(ctx, id, &x)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
