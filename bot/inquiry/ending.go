package inquiry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"liaison/bot/flight"
)

// Withdraw ends an inquiry for its asker. When it returns, nothing of it is on its way any more, and
// those who have the question are told that it is taken back.
func (s *Service) Withdraw(ctx context.Context, id, account string) (Inquiry, error) {
	x, err := s.byAsker(ctx, id, account, func(_ Tx, x *Inquiry) error {
		x.Stopping = x.Stopping || x.State.Open()
		return nil
	})
	if err != nil || !x.Stopping {
		return x, err
	}
	err = flight.Landed(ctx, s.Now, s.Pause, func() (bool, error) { return s.withdrawn(ctx, id, &x) })
	return x, err // what takes too long Sweep ends; nothing more leaves meanwhile
}

// withdrawn ends a stopping inquiry, unless something is in flight. It reports whether it is at an end.
func (s *Service) withdrawn(ctx context.Context, id string, out *Inquiry) (ended bool, err error) {
	*out, err = s.change(ctx, id, func(tx Tx, x *Inquiry) error {
		ended = true
		if !x.Stopping {
			return nil
		}
		busy, err := tx.InFlight(ctx, id, s.Now())
		if err != nil || busy {
			ended = false
			return err
		}
		return s.end(ctx, tx, x, Withdrawn)
	})
	return ended, err
}

// verdictLook is how often a question that waits for what is said of an answer is looked at.
const verdictLook = time.Hour

// Leaving says what may be done with something that is to be told.
type Leaving struct {
	May   bool
	Later time.Time // when it may be told later, but not now; zero otherwise
}

// May says whether something that is claimed for sending may still be told, as things are now. While an
// answer waits for the asker's word, whoever is next waits too.
//
// SECURITY: everything that leaves for an inquiry passes here, when it leaves; a question passes Begin
// besides.
func (s *Service) May(ctx context.Context, kind, id, part string) (x Inquiry, turn int, leaving Leaving, err error) {
	err = s.Store.DoInquiry(ctx, func(tx Tx) error {
		leaving = Leaving{}
		may := &leaving.May
		if x, err = tx.Inquiry(ctx, id); errors.Is(err, ErrNotFound) {
			return nil // forgotten
		}
		turn, _ = ParseTurn(part)
		if err != nil || kind != TellOver && (turn < 0 || turn >= len(x.Turns)) {
			return err
		}
		switch kind {
		case TellAsked:
			*may, err = s.mayAsk(ctx, tx, &x, part)
			if x.State == Answered && !x.Stopping && !x.Turns[turn].gave() {
				leaving.Later = s.Now().Add(verdictLook)
			}
		case TellAnswer, TellReword:
			*may = !x.Stopping && x.State != Withdrawn && x.Turns[turn].gave() && x.Turns[turn].Text != ""
		case TellOver:
			*may = x.State == Unanswered
		case TellThanks:
			*may = x.State == Solved && x.Turns[turn].State == TurnHelped
		case TellSettled, TellUnsaid, TellFaded: // these only take back, and are followed to the end
			*may = true
		}
		return err
	})
	return x, turn, leaving, err
}

// mayAsk reports whether a question may be shown to whoever's turn it is.
func (s *Service) mayAsk(ctx context.Context, tx Tx, x *Inquiry, part string) (bool, error) {
	i, word := ParseTurn(part)
	t := x.Turns[i]
	if x.State != Asking || x.Stopping || x.Consent == "" || t.Quiet || !s.Now().Before(x.Until) {
		return false, nil
	}
	if word == Again && !t.mayAnswer() || word == "" && t.State != TurnDue && t.State != TurnAsked {
		return false, nil
	}
	if blocked, err := tx.Blocked(ctx, x.Asker.Person, t.Person); err != nil || blocked {
		return false, err
	}
	return t.Person != x.Asker.Person, nil
}

// Begin is called when a question is about to be shown to somebody: from then on it is theirs, until a
// time. It reports false when it may not be shown any more.
func (s *Service) Begin(ctx context.Context, id, part string, until time.Time) (may bool, err error) {
	_, err = s.change(ctx, id, func(tx Tx, x *Inquiry) (err error) {
		i, _ := ParseTurn(part)
		if may = i >= 0 && i < len(x.Turns); !may {
			return nil
		}
		if may, err = s.mayAsk(ctx, tx, x, part); err != nil || !may {
			return err
		}
		if t := &x.Turns[i]; t.State != TurnSilent {
			t.State, t.Until = TurnAsked, until
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return may, err
}

// Leave ends a person's part in all inquiries, before they are forgotten, and has it fade from what others have.
func (s *Service) Leave(ctx context.Context, person, account string) error {
	ids, err := s.Store.InquiriesOf(ctx, person)
	failed := []error{err}
	for _, id := range ids {
		x, asks, _, err := s.Inquiry(ctx, id, account)
		if err == nil && asks && x.State.Open() {
			_, err = s.Withdraw(ctx, id, account)
		}
		if !errors.Is(err, ErrNotYours) {
			failed = append(failed, err)
		}
	}
	return errors.Join(append(failed, s.Fade(ctx, person))...)
}

// Fade takes back what a person asked from those who have it, and what they answered from where it went. It
// waits for nothing: what is on its way is changed once it has landed.
func (s *Service) Fade(ctx context.Context, person string) error {
	ids, err := s.Store.InquiriesOf(ctx, person)
	failed := []error{err}
	for _, id := range ids {
		_, err := s.change(ctx, id, func(tx Tx, x *Inquiry) error { return s.takeBack(ctx, tx, x, person) })
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (s *Service) takeBack(ctx context.Context, tx Tx, x *Inquiry, person string) error {
	if x.Asker.Person == person {
		if err := s.settle(ctx, tx, x, func(Turn) bool { return true }); err != nil {
			return err
		}
	}
	for i := range x.Turns {
		t := &x.Turns[i]
		if x.Asker.Person == person && t.State == TurnHelped {
			if err := tx.TellOf(ctx, x.tell(TellFaded, i, "", s.Now())); err != nil {
				return err
			}
		}
		if t.Person != person {
			continue
		}
		var err error
		if t.gave() {
			err = s.unsay(ctx, tx, x, i)
		} else {
			err = s.leave(ctx, tx, x, i, TurnSkipped)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unsay takes an answer back. When it was the one that waited for the asker's word, the next is asked.
func (s *Service) unsay(ctx context.Context, tx Tx, x *Inquiry, i int) error {
	for _, word := range []string{"", Direct} {
		if err := tx.TellOf(ctx, x.tell(TellUnsaid, i, word, s.Now())); err != nil {
			return err
		}
	}
	was := x.Turns[i].State
	x.Turns[i].State, x.Turns[i].Text = TurnPassed, ""
	switch {
	case !x.State.Open():
		return s.settle(ctx, tx, x, func(t Turn) bool { return t.Account == x.Turns[i].Account })
	case x.State != Answered || was != TurnGave || x.Stopping:
		return nil
	}
	return s.resume(ctx, tx, x)
}

// Unsay follows the deletion of the message that was an answer, whoever's account tells of it. A message
// that was none is left alone.
func (s *Service) Unsay(ctx context.Context, source string) error {
	return s.given(ctx, source, func(tx Tx, x *Inquiry, i int) error { return s.unsay(ctx, tx, x, i) })
}

// Reword follows a change of the message that was an answer. What is too long or empty changes nothing.
func (s *Service) Reword(ctx context.Context, source, text string) error {
	if utf8.RuneCountInString(text) > MaxText || strings.TrimSpace(text) == "" {
		return nil
	}
	return s.given(ctx, source, func(tx Tx, x *Inquiry, i int) error {
		if x.Stopping || x.State == Withdrawn {
			return nil
		}
		x.Turns[i].Text = text
		for _, word := range []string{"", Direct} {
			t := x.tell(TellReword, i, word, s.Now())
			t.Key += "/" + uuid.NewString() // an edit that is told twice reads the same
			if err := tx.TellOf(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// given changes the inquiry that was answered by a message.
func (s *Service) given(ctx context.Context, source string, do func(Tx, *Inquiry, int) error) error {
	id, err := s.Store.InquiryBySource(ctx, source)
	if err == nil {
		_, err = s.change(ctx, id, func(tx Tx, x *Inquiry) error {
			i := slices.IndexFunc(x.Turns, func(t Turn) bool { return t.Source == source && t.gave() })
			if i < 0 {
				return nil
			}
			return do(tx, x, i)
		})
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Sweep goes on where a time has run out, and ends what was left stopping. Doing it twice, or by several
// replicas at once, does no more than doing it once.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Now()
	due, err := s.Store.DueInquiries(ctx, now)
	failed := []error{err}
	for _, id := range due {
		var x Inquiry
		_, err := s.withdrawn(ctx, id, &x)
		if err == nil {
			_, err = s.change(ctx, id, func(tx Tx, x *Inquiry) error { return s.expire(ctx, tx, x, now) })
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// expire does what a time that has run out asks for.
func (s *Service) expire(ctx context.Context, tx Tx, x *Inquiry, now time.Time) error {
	if x.Stopping || !x.State.Open() {
		return nil
	}
	if !now.Before(x.Until) {
		as := map[State]State{Draft: Expired, Asking: Unanswered, Answered: Lapsed}[x.State]
		return s.end(ctx, tx, x, as)
	}
	i := slices.IndexFunc(x.Turns, func(t Turn) bool { return t.State == TurnDue || t.State == TurnAsked })
	if x.State != Asking || i < 0 || now.Before(x.Turns[i].Until) {
		return nil
	}
	as := TurnSilent
	if x.Turns[i].State == TurnDue {
		as = TurnSkipped
	}
	return s.leave(ctx, tx, x, i, as)
}
