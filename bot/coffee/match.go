package coffee

import (
	"context"
	"errors"
	"slices"

	"liaison/bot/intro"
)

// guest is somebody who waits, as they are now.
type guest struct {
	Entry
	Seat
}

// Match proposes to each other those in the queue who fit.
func (s *Service) Match(ctx context.Context) error {
	waiting, err := s.waiting(ctx)
	if err != nil || len(waiting) < 2 {
		return err
	}
	met, err := s.Store.MetInQueue(ctx)
	if err != nil {
		return err
	}
	for len(waiting) > 1 {
		first := waiting[0]
		waiting = waiting[1:]
		for i, other := range waiting {
			if met[[2]string{first.Person, other.Person}] || !apart(first.Organisations, other.Organisations) {
				continue
			}
			paired, err := s.pair(ctx, first, other)
			if err != nil {
				return err
			}
			if paired {
				waiting = slices.Delete(waiting, i, i+1)
				break
			}
		}
	}
	return nil
}

// waiting returns those for whom somebody can be looked for, who waited longest first.
func (s *Service) waiting(ctx context.Context) ([]guest, error) {
	queue, err := s.Store.Queue(ctx)
	if err != nil {
		return nil, err
	}
	var all []guest
	for _, e := range queue {
		if e.Introduction != "" || !s.Now().Before(e.Until) {
			continue
		}
		seat, err := s.Look(ctx, e)
		if errors.Is(err, ErrAway) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, guest{e, seat})
	}
	return all, nil
}

// apart reports whether two are of different organisations: they share none, and at least one has one.
func apart(a, b []string) bool {
	shared := slices.ContainsFunc(a, func(o string) bool { return slices.Contains(b, o) })
	return !shared && len(a)+len(b) > 0
}

// pair proposes two to each other, when everything still allows it.
func (s *Service) pair(ctx context.Context, a, b guest) (paired bool, err error) {
	now := s.Now()
	until, times := suit(a.Schedule, b.Schedule, now)
	if len(times) == 0 {
		return false, nil
	}
	err = s.Store.DoCoffee(ctx, func(tx Tx) error {
		paired = false
		fit, err := s.fit(ctx, tx, a, b)
		if err != nil || !fit {
			return err
		}
		x, err := intro.Pair(ctx, tx, [2]intro.Party{a.party(), b.party()}, [2]string{a.Person, b.Person}, times, s.OneRoom(a.Account, b.Account), now, until)
		if err != nil {
			return err
		}
		for _, e := range []Entry{a.Entry, b.Entry} {
			e.Introduction = x.ID
			if err := tx.KeepEntry(ctx, e); err != nil {
				return err
			}
		}
		paired = true
		return nil
	})
	return paired, err
}

func (g guest) party() intro.Party {
	return intro.Party{Account: g.Account, Name: g.Name, Organisation: g.Organisation, Zone: g.Schedule.Zone.String()}
}

// fit looks at what only the store knows, and whether both still wait.
func (s *Service) fit(ctx context.Context, tx Tx, a, b guest) (bool, error) {
	for _, g := range []guest{a, b} {
		e, err := tx.Entry(ctx, g.Person)
		if errors.Is(err, ErrNotFound) || err == nil && e != g.Entry {
			return false, nil // somebody was faster
		}
		if err != nil {
			return false, err
		}
		asked, err := tx.AskedSince(ctx, g.Person, s.Now().Add(-budgetWindow))
		if err != nil || asked >= g.Budget {
			return false, err
		}
	}
	if met, err := tx.Met(ctx, a.Person, b.Person); err != nil || met {
		return false, err
	}
	blocked, err := tx.Blocked(ctx, a.Person, b.Person)
	return !blocked, err
}
