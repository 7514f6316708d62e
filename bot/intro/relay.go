package intro

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Say carries what one of the two wrote to the other. Source names the platform's message everywhere;
// the same message again changes nothing. files are the names of files that came with it.
func (s *Service) Say(ctx context.Context, id, account, source, text string, files []string, said time.Time) (Introduction, error) {
	switch {
	case len(text) > MaxText:
		return Introduction{}, ErrLong
	case strings.TrimSpace(text) == "" && len(files) == 0:
		return Introduction{}, ErrEmpty
	}
	return s.relay(ctx, id, account, func(tx Tx, x Introduction, side Side) error {
		known, err := tx.Message(ctx, source)
		early := err == nil && !known.Told && !known.Gone
		if err == nil && !early {
			return nil // delivered again, or deleted before it came
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		now := s.Now()
		lately, err := tx.MessagesSince(ctx, id, side, now.Add(-messageWindow))
		if err != nil {
			return err
		}
		if lately >= MaxMessages {
			return ErrFast
		}
		m := Message{Source: source, Introduction: id, Side: side, Text: text, Files: strings.Join(files, "\n"), Said: said, Told: true}
		if early && known.Said.After(said) {
			m.Text, m.Said = known.Text, known.Said // its edit came first
		}
		if err := tx.KeepMessage(ctx, m, now); err != nil {
			return err
		}
		return tx.Tell(ctx, x.tellMessage(TellSaid, side, m, now))
	})
}

// Edit follows a change of wording. It may come before the message itself; the newest wording counts.
func (s *Service) Edit(ctx context.Context, id, account, source, text string, said time.Time) (Introduction, error) {
	if len(text) > MaxText {
		return Introduction{}, ErrLong
	}
	return s.relay(ctx, id, account, func(tx Tx, x Introduction, side Side) error {
		m, err := tx.Message(ctx, source)
		switch {
		case errors.Is(err, ErrNotFound):
			m = Message{Source: source, Introduction: id, Side: side}
		case err != nil:
			return err
		case m.Introduction != id || m.Side != side || m.Gone || said.Before(m.Said.Truncate(time.Second)):
			return nil // some platforms tell the time of a change in whole seconds: within one, the last to come counts
		}
		m.Text = text
		if said.After(m.Said) {
			m.Said = said
		}
		if err := tx.KeepMessage(ctx, m, s.Now()); err != nil || !m.Told {
			return err
		}
		return tx.Tell(ctx, x.tellMessage(TellEdited, side, m, s.Now()))
	})
}

// Delete follows a deletion, whoever's account tells of it: a platform may not say. It may come before
// the message itself, which then is not carried at all. A message of no relay is left alone.
func (s *Service) Delete(ctx context.Context, source string) error {
	return s.Store.Do(ctx, func(tx Tx) error {
		m, err := tx.Message(ctx, source)
		if errors.Is(err, ErrNotFound) || err == nil && m.Gone {
			return nil
		}
		if err != nil {
			return err
		}
		m.Gone, m.Text, m.Files = true, "", ""
		if err := tx.KeepMessage(ctx, m, s.Now()); err != nil || !m.Told {
			return err
		}
		x, err := tx.Introduction(ctx, m.Introduction)
		if err != nil {
			return err
		}
		return tx.Tell(ctx, x.tellMessage(TellDeleted, m.Side, m, s.Now()))
	})
}

// Lost tells the author of a message that it could not be delivered, or that nobody can say whether it
// was. Messages alone are worth that: who is told of them has no other way to know.
func (s *Service) Lost(ctx context.Context, kind, id, source string) error {
	if kind != TellSaid {
		return nil
	}
	return s.Store.Do(ctx, func(tx Tx) error {
		m, err := tx.Message(ctx, source)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		x, err := tx.Introduction(ctx, id)
		if err != nil {
			return err
		}
		return tx.Tell(ctx, Tell{
			Key: TellLost + "/" + source, Lane: x.lane(m.Side), Kind: TellLost, Subject: id, Part: source, Account: x.Parties[m.Side].Account, Due: s.Now(),
		})
	})
}

// Of returns the introduction that a message was relayed for; ErrNotFound for a message of none.
func (s *Service) Of(ctx context.Context, source string) (id string, err error) {
	err = s.Store.Do(ctx, func(tx Tx) error {
		m, err := tx.Message(ctx, source)
		id = m.Introduction
		return err
	})
	return id, err
}

// Gone reports whether one of the two is forgotten.
func (x *Introduction) Gone(side Side) bool { return x.Persons[side] == "" }

// relay does something to a relay that is open.
func (s *Service) relay(ctx context.Context, id, account string, do func(Tx, Introduction, Side) error) (Introduction, error) {
	return s.change(ctx, id, account, func(tx Tx, x *Introduction, side Side) error {
		if x.State != Connected || x.Stopping != "" || x.Group {
			return ErrOver
		}
		return do(tx, *x, side)
	})
}

// tellMessage makes what the other side is told of a message. An edit that is told twice reads the same.
func (x *Introduction) tellMessage(kind string, from Side, m Message, now time.Time) Tell {
	key := kind + "/" + m.Source
	if kind == TellEdited {
		key += "/" + uuid.NewString()
	}
	return Tell{
		Key: key, Lane: x.lane(from.Other()), Kind: kind, Subject: x.ID, Part: m.Source, Account: x.Parties[from.Other()].Account, Due: now,
	}
}

// May says whether something that is claimed for sending may still be told, as things are now. For a
// message of a relay it returns the message too.
//
// SECURITY: everything that leaves for an introduction passes here, when it leaves.
func (s *Service) May(ctx context.Context, kind, id, part string) (x Introduction, m Message, may bool, err error) {
	err = s.Store.Do(ctx, func(tx Tx) error {
		may = false
		if x, err = tx.Introduction(ctx, id); err != nil {
			if errors.Is(err, ErrNotFound) {
				return nil // forgotten
			}
			return err
		}
		switch kind {
		case TellAsked:
			may = x.State == Proposed && x.Stopping == "" && !x.Quiet && s.Now().Before(x.Until)
		case TellCoffee:
			side := sideNamed(part)
			may = x.State == Proposed && x.Stopping == "" && !x.Parties[side].No && s.Now().Before(x.Until)
		case TellNoCoffee:
			may = !x.Met() && !x.Parties[sideNamed(part)].No
		case TellConnected, TellGroup:
			may = x.State == Connected && x.Stopping == ""
		case TellOver:
			ended := x.State == Blocked || x.State == Reported
			may = x.State == Expired || x.State == Declined || x.State == Proposed || ended && x.StoppedBy == Helper && !x.Parties[Helper].Yes
		case TellClosed, TellReported, TellGone:
			may = true
		case TellHelped:
			may = (x.State == Connected || x.State == Closed) && !x.Gone(Asker) && !x.Gone(Helper)
		case TellSaid, TellEdited, TellDeleted, TellLost:
			if m, err = tx.Message(ctx, part); errors.Is(err, ErrNotFound) {
				return nil
			}
			open := x.State == Connected && x.Stopping == ""
			// A deletion only takes back what the other has; it is followed to the end.
			may = err == nil && (kind == TellDeleted || open && !m.Gone)
			return err
		}
		return nil
	})
	return x, m, may, err
}
