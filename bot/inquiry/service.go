package inquiry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Service is what can be done about inquiries.
type Service struct {
	Store Store
	Now   func() time.Time
	// Pause waits a moment for what is in flight; nil waits on the clock.
	Pause func(ctx context.Context) error
}

// Draft keeps a question with whom it would go to, for its asker to agree to. Of x it takes Asker,
// Question, Seen, Audience, Place and the parties of Turns, of which it keeps the first MaxAsked who can be
// asked as things are now: by the rule that is looked up again when their turn comes.
func (s *Service) Draft(ctx context.Context, x Inquiry) (Inquiry, error) {
	switch {
	case strings.TrimSpace(x.Question) == "":
		return Inquiry{}, ErrEmpty
	case utf8.RuneCountInString(x.Question) > MaxQuestion:
		return Inquiry{}, ErrLong
	}
	now := s.Now()
	x.ID, x.State, x.At, x.Until = uuid.NewString(), Draft, now, now.Add(DraftTime)
	parties := x.Turns
	err := s.Store.DoInquiry(ctx, func(tx Tx) error {
		x.Turns = nil
		person, err := tx.PersonOf(ctx, x.Asker.Account)
		if err != nil {
			return err
		}
		if person == "" {
			return ErrNotYours // nobody knows who keeps them away
		}
		x.Asker.Person = person
		if err := s.list(ctx, tx, &x, parties); err != nil {
			return err
		}
		return tx.KeepInquiry(ctx, x)
	})
	return x, err
}

// list takes up those who can be asked. A block does not show: whoever it keeps away is listed as ever.
func (s *Service) list(ctx context.Context, tx Tx, x *Inquiry, parties []Turn) error {
	others := 0
	for _, t := range parties {
		if t.Person == x.Asker.Person || t.Account == x.Asker.Account || x.Asked(t.Account, t.Person) >= 0 {
			continue
		}
		others++
		x.Turns = append(x.Turns, Turn{Party: t.Party, State: TurnListed})
		last := len(x.Turns) - 1
		welcome, err := s.welcome(ctx, tx, x, last)
		if err != nil {
			return err
		}
		if x.Turns[last].Quiet = false; !welcome { // whether it is quiet shows when the turn comes
			x.Turns = x.Turns[:last]
		}
		if len(x.Turns) == MaxAsked {
			return nil
		}
	}
	switch {
	case others == 0:
		return ErrNobody
	case len(x.Turns) == 0:
		return ErrSpent
	}
	return nil
}

// Agree is the asker's yes, to a wording; named says that those who are asked read who asks. The first
// of them is asked then.
func (s *Service) Agree(ctx context.Context, id, account, wording string, named bool) (Inquiry, error) {
	return s.byAsker(ctx, id, account, func(tx Tx, x *Inquiry) error {
		now := s.Now()
		switch {
		case x.State == Asking || x.State == Answered:
			return nil // pressed twice
		case x.State != Draft || x.Stopping || !now.Before(x.Until):
			return ErrOver
		}
		counts, err := tx.CountInquiries(ctx, x.Asker.Person, x.Question, x.ID, now.Add(-window))
		switch {
		case err != nil:
			return err
		case counts.Same > 0:
			return ErrAlready
		case counts.Open >= MaxOpen, counts.Week >= MaxWeek:
			return ErrTooMany
		}
		x.Named, x.Consent, x.Agreed, x.Until = named, wording, now, now.Add(Patience)
		return s.forward(ctx, tx, x)
	})
}

// forward asks the next person who may be asked. When there is nobody left, the asker is told.
func (s *Service) forward(ctx context.Context, tx Tx, x *Inquiry) error {
	now := s.Now()
	for i := range x.Turns {
		t := &x.Turns[i]
		if t.State != TurnListed {
			continue
		}
		welcome, err := s.welcome(ctx, tx, x, i)
		if err != nil {
			return err
		}
		if !welcome {
			t.State = TurnSkipped
			continue
		}
		x.State, t.State, t.Asked, t.Until = Asking, TurnDue, now, now.Add(TurnTime)
		if t.Quiet {
			t.Until = now.Add(QuietTime)
			return nil
		}
		return tx.TellOf(ctx, x.tell(TellAsked, i, "", now))
	}
	return s.end(ctx, tx, x, Unanswered)
}

// welcome reports whether somebody's turn can begin, as things are now, and makes it a quiet one when a
// block stands in the way.
func (s *Service) welcome(ctx context.Context, tx Tx, x *Inquiry, i int) (bool, error) {
	t := &x.Turns[i]
	person, err := tx.PersonOf(ctx, t.Account)
	if err != nil || person == "" {
		return false, err
	}
	t.Person = person
	twice := slices.ContainsFunc(x.Turns[:i], func(before Turn) bool { return before.Person == person })
	if person == x.Asker.Person || twice {
		return false, nil // linked meanwhile
	}
	if t.Quiet, err = tx.Blocked(ctx, x.Asker.Person, person); err != nil {
		return false, err
	}
	return tx.Welcomes(ctx, person, x.ID, s.Now().Add(-window))
}

// Words that may follow the number of a turn in Tell.Part.
const (
	Again  = "again"  // they asked to be asked once more
	Direct = "direct" // to the asker themselves, as the place could not be written to
)

// ParseTurn reads Tell.Part: the number of a turn, and Again, Direct or "".
func ParseTurn(part string) (turn int, word string) {
	number, word, _ := strings.Cut(part, "/")
	turn, err := strconv.Atoi(number)
	if err != nil || turn < 0 || turn >= MaxAsked {
		return -1, word
	}
	return turn, word
}

// tell makes what is told of a turn, once.
func (x *Inquiry) tell(kind string, turn int, word string, due time.Time) Tell {
	part := strconv.Itoa(turn)
	if word != "" {
		part += "/" + word
	}
	t := Tell{Key: fmt.Sprintf("%s/%s/%s", kind, x.ID, part), Kind: kind, Subject: x.ID, Part: part, Account: x.Asker.Account, Due: due}
	t.Lane = "inquiry/" + x.ID + "/asker"
	if kind == TellAsked || kind == TellThanks || kind == TellSettled || kind == TellFaded {
		t.Account, t.Lane = x.Turns[turn].Account, fmt.Sprintf("inquiry/%s/%s", x.ID, part)
	}
	return t
}

// Answer is what somebody who was asked answers, to a wording; named says that it carries their name. The
// first goes back to the asker. source names what it came by, so that the same again changes nothing.
func (s *Service) Answer(ctx context.Context, id, account, text, source, wording string, named bool) (Inquiry, error) {
	switch {
	case utf8.RuneCountInString(text) > MaxText:
		return Inquiry{}, ErrLong
	case strings.TrimSpace(text) == "":
		return Inquiry{}, ErrEmpty
	}
	return s.byAsked(ctx, id, account, func(tx Tx, x *Inquiry, i int) error {
		t := &x.Turns[i]
		switch {
		case t.gave() && t.Source == source && source != "":
			return nil // delivered again
		case t.gave():
			return ErrOnce
		case x.Stopping || !x.State.Open():
			return s.refusal(x)
		case x.State == Answered:
			return ErrAnswered
		case !t.mayAnswer():
			return ErrOver
		}
		now := s.Now()
		t.State, t.Text, t.Source, t.Named, t.Consent, t.Answered = TurnGave, text, source, named, wording, now
		x.State, x.Until = Answered, now.Add(VerdictTime)
		return tx.TellOf(ctx, x.tell(TellAnswer, i, "", now))
	})
}

// refusal says why nothing more can be done about an inquiry that is over.
func (s *Service) refusal(x *Inquiry) error {
	if x.State == Solved || x.State == Lapsed {
		return ErrAnswered
	}
	return ErrOver
}

// Pass is the no of somebody who was asked: the next is.
func (s *Service) Pass(ctx context.Context, id, account string) (Inquiry, error) {
	return s.byAsked(ctx, id, account, func(tx Tx, x *Inquiry, i int) error {
		switch t := x.Turns[i]; {
		case t.State == TurnPassed:
			return nil
		case t.gave() || x.Stopping || !x.State.Open():
			return s.refusal(x)
		case !t.mayAnswer():
			return ErrOver
		}
		return s.leave(ctx, tx, x, i, TurnPassed)
	})
}

// Block keeps the asker away from somebody who was asked, for good, under any account they link, and
// passes the question on. The asker is not told, and whoever blocks need not know who it is.
func (s *Service) Block(ctx context.Context, id, account string) (Inquiry, error) {
	return s.byAsked(ctx, id, account, func(tx Tx, x *Inquiry, i int) error {
		if x.Asker.Person != "" && x.Asker.Person != x.Turns[i].Person { // neither forgotten, nor linked meanwhile
			if err := tx.Block(ctx, x.Turns[i].Person, x.Asker.Person, s.Now()); err != nil {
				return err
			}
		}
		if !x.Turns[i].mayAnswer() || !x.State.Open() || x.Stopping {
			return nil
		}
		return s.leave(ctx, tx, x, i, TurnPassed)
	})
}

// leave ends a turn without an answer. When it was under way, the next begins.
func (s *Service) leave(ctx context.Context, tx Tx, x *Inquiry, i int, as TurnState) error {
	before := x.Turns[i].State
	x.Turns[i].State = as
	if x.State != Asking || x.Stopping || before != TurnAsked && before != TurnDue {
		return nil
	}
	return s.forward(ctx, tx, x)
}

// Later puts a question off, once: it is asked again at a time, and the turn lasts until another.
func (s *Service) Later(ctx context.Context, id, account string, at, until time.Time) (Inquiry, error) {
	return s.byAsked(ctx, id, account, func(tx Tx, x *Inquiry, i int) error {
		t := &x.Turns[i]
		switch {
		case x.State == Answered:
			return ErrAnswered
		case x.Stopping || x.State != Asking:
			return s.refusal(x)
		case !t.mayAnswer():
			return ErrOver
		case t.Later:
			return ErrTwice
		}
		t.Later = true
		if t.State == TurnAsked {
			t.Until = until
		}
		return tx.TellOf(ctx, x.tell(TellAsked, i, Again, at))
	})
}

// Skip ends the turn of somebody who turns out not to be there to be asked.
func (s *Service) Skip(ctx context.Context, id string, turn int) error {
	_, err := s.change(ctx, id, func(tx Tx, x *Inquiry) error {
		if turn < 0 || turn >= len(x.Turns) || x.Turns[turn].State != TurnDue && x.Turns[turn].State != TurnAsked {
			return nil
		}
		return s.leave(ctx, tx, x, turn, TurnSkipped)
	})
	return err
}

// Solved is the asker's word that an answer was it. It is thanked for.
func (s *Service) Solved(ctx context.Context, id, account string, turn int) (Inquiry, error) {
	return s.byAsker(ctx, id, account, func(tx Tx, x *Inquiry) error {
		switch {
		case turn < 0 || turn >= len(x.Turns) || !x.Turns[turn].gave():
			return ErrNotFound
		case x.Turns[turn].State == TurnHelped:
			return nil
		case x.Stopping || x.State != Answered && x.State != Asking && x.State != Lapsed:
			return ErrOver
		}
		x.Turns[turn].State = TurnHelped
		if err := tx.TellOf(ctx, x.tell(TellThanks, turn, "", s.Now())); err != nil {
			return err
		}
		return s.end(ctx, tx, x, Solved)
	})
}

// NotQuite is the asker's word that an answer was not it: the next person is asked.
func (s *Service) NotQuite(ctx context.Context, id, account string, turn int) (Inquiry, error) {
	return s.byAsker(ctx, id, account, func(tx Tx, x *Inquiry) error {
		switch {
		case turn < 0 || turn >= len(x.Turns) || !x.Turns[turn].gave():
			return ErrNotFound
		case x.Turns[turn].State == TurnPoor:
			return nil
		case x.Stopping || x.State != Answered || x.Turns[turn].State != TurnGave:
			return ErrOver
		}
		x.Turns[turn].State = TurnPoor
		return s.resume(ctx, tx, x)
	})
}

// resume goes on asking after an answer that was not it, or was taken back.
func (s *Service) resume(ctx context.Context, tx Tx, x *Inquiry) error {
	now := s.Now()
	x.Until = now.Add(Patience)
	if t := x.current(); t != nil {
		x.State, t.Until = Asking, now.Add(TurnTime)
		return nil
	}
	return s.forward(ctx, tx, x)
}

// end ends an inquiry, and tells everybody whom it concerns.
func (s *Service) end(ctx context.Context, tx Tx, x *Inquiry, as State) error {
	now := s.Now()
	if x.State == Lapsed {
		x.State = as // all else was done then
		return nil
	}
	x.State, x.Stopping, x.Ended = as, false, now
	if as == Unanswered {
		over := x.tell(TellOver, 0, "", now)
		over.Key, over.Part = TellOver+"/"+x.ID, ""
		if err := tx.TellOf(ctx, over); err != nil {
			return err
		}
	}
	return s.settle(ctx, tx, x, func(t Turn) bool { return as == Withdrawn || !t.gave() })
}

// settle takes the question back from those who have it.
func (s *Service) settle(ctx context.Context, tx Tx, x *Inquiry, of func(Turn) bool) error {
	for i, t := range x.Turns {
		if !t.told() || !of(t) {
			continue
		}
		if err := tx.TellOf(ctx, x.tell(TellSettled, i, "", s.Now())); err != nil {
			return err
		}
		if !t.Later {
			continue
		}
		if err := tx.TellOf(ctx, x.tell(TellSettled, i, Again, s.Now())); err != nil {
			return err
		}
	}
	return nil
}

// byAsker changes an inquiry for its asker, under whatever account of theirs.
func (s *Service) byAsker(ctx context.Context, id, account string, do func(Tx, *Inquiry) error) (Inquiry, error) {
	return s.change(ctx, id, func(tx Tx, x *Inquiry) error {
		asks, _, err := partOf(ctx, tx, x, account)
		if err == nil && !asks {
			err = ErrNotYours
		}
		if err != nil {
			return err
		}
		return do(tx, x)
	})
}

// byAsked changes an inquiry for somebody who was asked.
func (s *Service) byAsked(ctx context.Context, id, account string, do func(Tx, *Inquiry, int) error) (Inquiry, error) {
	return s.change(ctx, id, func(tx Tx, x *Inquiry) error {
		_, turn, err := partOf(ctx, tx, x, account)
		if err == nil && turn < 0 {
			err = ErrNotYours
		}
		if err != nil {
			return err
		}
		return do(tx, x, turn)
	})
}

// partOf says what part the person of an account has: whether they asked, and which turn is theirs, -1
// for none. Somebody who has not been shown the question has none.
func partOf(ctx context.Context, tx Tx, x *Inquiry, account string) (asks bool, turn int, err error) {
	person, err := tx.PersonOf(ctx, account)
	if err != nil {
		return false, -1, err
	}
	asks = x.Asker.Account == account || person != "" && x.Asker.Person == person
	turn = x.Asked(account, person)
	if turn >= 0 && !x.Turns[turn].told() {
		turn = -1
	}
	return asks, turn, nil
}

// change keeps what a function makes of an inquiry.
func (s *Service) change(ctx context.Context, id string, do func(Tx, *Inquiry) error) (x Inquiry, err error) {
	err = s.Store.DoInquiry(ctx, func(tx Tx) error {
		if x, err = tx.Inquiry(ctx, id); err != nil {
			return err
		}
		if err := do(tx, &x); err != nil {
			return err
		}
		return tx.KeepInquiry(ctx, x)
	})
	return x, err
}

// Inquiry returns an inquiry to somebody who has a part in it: whether they asked, and which turn is
// theirs, -1 for none.
func (s *Service) Inquiry(ctx context.Context, id, account string) (x Inquiry, asks bool, turn int, err error) {
	err = s.Store.DoInquiry(ctx, func(tx Tx) error {
		if x, err = tx.Inquiry(ctx, id); err != nil {
			return err
		}
		if asks, turn, err = partOf(ctx, tx, &x, account); err == nil && !asks && turn < 0 {
			err = ErrNotYours
		}
		return err
	})
	return x, asks, turn, err
}

// Lost takes note that something could not be delivered, for certain: an answer that could not be said
// where it was asked goes to the asker directly, and whoever cannot be reached is not asked.
func (s *Service) Lost(ctx context.Context, kind, id, part string) error {
	turn, word := ParseTurn(part)
	var err error
	switch {
	case kind == TellAsked && word == "":
		err = s.Skip(ctx, id, turn)
	case kind == TellAnswer && word == "":
		_, err = s.change(ctx, id, func(tx Tx, x *Inquiry) error {
			if turn < 0 || turn >= len(x.Turns) || x.Place.Room == "" {
				return nil
			}
			return tx.TellOf(ctx, x.tell(TellAnswer, turn, Direct, s.Now()))
		})
	}
	if errors.Is(err, ErrNotFound) {
		return nil // forgotten
	}
	return err
}
