package coffee

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"liaison/bot/intro"
)

// Service is what can be done about coffees. All fields are required.
type Service struct {
	Store  Store
	Intros *intro.Service
	// Look returns who somebody in the queue is now; ErrAway when they cannot be asked: they are of an
	// organisation that has closed, their time zone is not known, or the account is not theirs any more.
	Look func(ctx context.Context, e Entry) (Seat, error)
	// OneRoom reports whether two accounts can have a conversation of their platform's own.
	OneRoom func(a, b string) bool
	Now     func() time.Time
}

// Join puts a person into the queue, with their consent to the current wording. Who is in it stays where
// they are.
func (s *Service) Join(ctx context.Context, person, account string) (e Entry, err error) {
	err = s.Store.DoCoffee(ctx, func(tx Tx) error {
		e, err = s.settled(ctx, tx, person)
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		now := s.Now()
		e = Entry{Person: person, Account: account, Consent: Consent, At: now, Until: now.Add(QueueTime)}
		return tx.KeepEntry(ctx, e)
	})
	return e, err
}

// Leave takes a person out of the queue. What is proposed to them is declined, which the other does not
// learn. When it returns, nothing that asks them is on its way any more. Leaving twice is leaving once.
func (s *Service) Leave(ctx context.Context, person, account string) error {
	var open string
	err := s.Store.DoCoffee(ctx, func(tx Tx) error {
		e, err := tx.Entry(ctx, person)
		open = e.Introduction
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.DropEntry(ctx, person)
	})
	if err == nil && open != "" {
		_, err = s.Intros.Decline(ctx, open, account)
		if errors.Is(err, intro.ErrOver) || errors.Is(err, intro.ErrNotFound) {
			err = nil // it came to an end meanwhile
		}
	}
	if err != nil {
		return err
	}
	return s.Intros.Landed(ctx, person)
}

// Of returns a person's place in the queue as it is now; ErrNotFound when they have none.
func (s *Service) Of(ctx context.Context, person string) (e Entry, err error) {
	err = s.Store.DoCoffee(ctx, func(tx Tx) error {
		e, err = s.settled(ctx, tx, person)
		if errors.Is(err, ErrNotFound) {
			return nil // what was dropped stays dropped
		}
		return err
	})
	if err == nil && e.Person == "" {
		err = ErrNotFound
	}
	return e, err
}

// Accept is the yes of one of the two, to a wording. It returns the introduction as it is then.
func (s *Service) Accept(ctx context.Context, id, account, wording string) (intro.Introduction, error) {
	x, err := s.Intros.Accept(ctx, id, account, wording)
	if err != nil {
		return x, err
	}
	return x, s.settleBoth(ctx, x)
}

// Pass declines a proposal, and the person waits for somebody else.
func (s *Service) Pass(ctx context.Context, id, account string) error {
	x, err := s.Intros.Decline(ctx, id, account)
	if err != nil {
		return err
	}
	return s.settleBoth(ctx, x)
}

// Stop declines a proposal, and takes the person out of the queue.
func (s *Service) Stop(ctx context.Context, id, account string) error {
	x, side, err := s.Intros.Introduction(ctx, id, account)
	if err != nil {
		return err
	}
	if err := s.Leave(ctx, x.Persons[side], account); err != nil {
		return err
	}
	x, err = s.Intros.Decline(ctx, id, account) // it may be an earlier one than the queue knows of
	if errors.Is(err, intro.ErrOver) {
		return nil
	}
	return errors.Join(err, s.settleBoth(ctx, x))
}

func (s *Service) settleBoth(ctx context.Context, x intro.Introduction) error {
	var failed []error
	for _, person := range x.Persons {
		if person != "" {
			_, err := s.Of(ctx, person)
			failed = append(failed, err)
		}
	}
	return ignoring(ErrNotFound, failed...)
}

// ignoring joins errors but those that are as expected.
func ignoring(expected error, all ...error) error {
	return errors.Join(slices.DeleteFunc(all, func(err error) bool { return errors.Is(err, expected) })...)
}

// settled brings a person's place up to what became of the proposal, keeps it, and returns it; ErrNotFound
// when they have none, or not any more.
func (s *Service) settled(ctx context.Context, tx Tx, person string) (Entry, error) {
	e, err := tx.Entry(ctx, person)
	if err != nil {
		return Entry{}, err
	}
	was := e
	stays, err := s.settle(ctx, tx, &e)
	switch {
	case err != nil:
		return Entry{}, err
	case !stays:
		if err := tx.DropEntry(ctx, person); err != nil {
			return Entry{}, err
		}
		return Entry{}, ErrNotFound
	case e == was:
		return e, nil
	}
	return e, tx.KeepEntry(ctx, e)
}

// settle says whether a person stays in the queue, and changes their place when a proposal came to nothing.
// Who agreed to an older wording does not stay: they are asked anew when they say coffee again.
func (s *Service) settle(ctx context.Context, tx Tx, e *Entry) (stays bool, err error) {
	if e.Introduction != "" {
		x, err := tx.Introduction(ctx, e.Introduction)
		if err != nil && !errors.Is(err, intro.ErrNotFound) {
			return false, err
		}
		side, theirs := x.SideOf(e.Person)
		switch {
		case !theirs: // it is gone
		case x.Met():
			return false, nil
		case x.Parties[side].No: // they want somebody else
			e.Missed = 0
		case x.State.Open():
			return true, nil
		case x.State != intro.Declined: // of a declined one they have not read, and are told nothing
			if err := x.TellNot(ctx, tx, side, s.Now()); err != nil {
				return false, err
			}
			e.Missed++
			if x.Parties[side].Yes {
				e.Missed = 0
			}
		}
		e.Introduction = ""
	}
	return e.Consent == Consent && e.Missed < MaxMissed && s.Now().Before(e.Until), nil
}

// Sweep settles what has run out, tells those for whom nobody was found, and matches. Doing it twice, or by
// several replicas at once, does no more than doing it once.
func (s *Service) Sweep(ctx context.Context) error {
	queue, err := s.Store.Queue(ctx)
	failed := []error{err}
	for _, e := range queue {
		failed = append(failed, s.Store.DoCoffee(ctx, func(tx Tx) error {
			e, err := s.settled(ctx, tx, e.Person)
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			if err != nil || e.Told || e.Introduction != "" || s.Now().Before(e.At.Add(NobodyAfter)) {
				return err
			}
			return s.tellNobody(ctx, tx, e)
		}))
	}
	return errors.Join(append(failed, s.Match(ctx))...)
}

func (s *Service) tellNobody(ctx context.Context, tx Tx, e Entry) error {
	e.Told = true
	if err := tx.KeepEntry(ctx, e); err != nil {
		return err
	}
	key := fmt.Sprintf("%s/%s/%d", TellNobody, e.Person, e.At.UnixMilli())
	return tx.Tell(ctx, intro.Tell{Key: key, Lane: key, Kind: TellNobody, Subject: e.Person, Account: e.Account, Due: s.Now()})
}
