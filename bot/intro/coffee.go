package intro

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Pair returns a coffee of two people, who are asked both, until a time. It is kept, and both are told,
// with the transaction.
func Pair(ctx context.Context, tx Tx, parties [2]Party, persons [2]string, times []time.Time, group bool, now, until time.Time) (Introduction, error) {
	x := Introduction{
		ID: uuid.NewString(), Kind: Coffee, State: Proposed, Parties: parties, Persons: persons, Times: times, Group: group,
		At: now, Asked: now, Until: until,
	}
	for _, side := range []Side{Asker, Helper} {
		if err := tx.Tell(ctx, x.tell(TellCoffee, side, now)); err != nil {
			return x, err
		}
	}
	return x, tx.Keep(ctx, x)
}

// Met reports whether the two were brought together.
func (x *Introduction) Met() bool {
	return x.bothYes() && x.State != Proposed && x.State != Expired && x.State != Declined
}

func (x *Introduction) bothYes() bool {
	return x.Parties[Asker].Yes && x.Parties[Helper].Yes && !x.Parties[Asker].No && !x.Parties[Helper].No
}

// SideOf says on which side a person stands; not ok when on neither.
func (x *Introduction) SideOf(person string) (side Side, ok bool) {
	for _, side := range []Side{Asker, Helper} {
		if person != "" && x.Persons[side] == person {
			return side, true
		}
	}
	return 0, false
}

// sideNamed reads the side that a Tell names as its Part.
func sideNamed(part string) Side {
	if part == "1" {
		return Helper
	}
	return Asker
}

// TellNot tells one of the two that a coffee did not come about, once.
func (x *Introduction) TellNot(ctx context.Context, tx Tx, side Side, now time.Time) error {
	return tx.Tell(ctx, x.tell(TellNoCoffee, side, now))
}

// acceptCoffee is the yes of one of the two. What the other said before does not show: not when it was no,
// nor when a block came between them.
func (s *Service) acceptCoffee(ctx context.Context, tx Tx, x *Introduction, side Side, wording string) error {
	switch {
	case x.State == Connected:
		return nil // pressed twice
	case x.State != Proposed || x.Stopping != "" || x.Parties[side].No || !s.Now().Before(x.Until):
		return ErrOver
	case !x.Parties[side].Yes:
		x.yes(side, wording, s.Now())
	}
	if !x.bothYes() {
		return nil
	}
	blocked, err := tx.Blocked(ctx, x.Persons[Asker], x.Persons[Helper])
	if err != nil || blocked {
		return err
	}
	x.State = Connected
	return s.connect(ctx, tx, x)
}

// declineCoffee is the no of one of the two. It ends the proposal only where the other cannot notice.
func (s *Service) declineCoffee(ctx context.Context, tx Tx, x *Introduction, side Side) error {
	if x.Parties[side].No {
		return nil // pressed twice
	}
	if x.State != Proposed || x.Stopping != "" {
		return ErrOver
	}
	x.Parties[side].No = true
	unread := false
	for _, each := range []Side{Asker, Helper} {
		unsaid, err := tx.Unsay(ctx, x.tell(TellCoffee, each, s.Now()).Key)
		if err != nil {
			return err
		}
		unread = unread || unsaid && each != side
	}
	if unread || x.Parties[side.Other()].No {
		x.State, x.Ended = Declined, s.Now()
	}
	return nil
}
