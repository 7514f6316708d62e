// Package feedback keeps what people say of answers: whether they helped, and if not, why.
package feedback

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Reason is why an answer did not help.
type Reason string

const (
	Wrong      Reason = "wrong"
	OutOfDate  Reason = "old"
	NotMine    Reason = "elsewhere"
	HardToRead Reason = "hard"
)

// Reasons are those a person can choose, in the order shown, with their words.
var Reasons = []struct {
	Reason Reason
	Words  string
}{
	{Wrong, "It is wrong"},
	{OutOfDate, "It is out of date"},
	{NotMine, "It is not about my organisation"},
	{HardToRead, "It is hard to follow"},
}

// Vote is what one person said of one answer. A second vote of the same person replaces the first.
type Vote struct {
	Exchange string // which answer
	Account  string // who, as chat.Account.String
	Helpful  bool
	Reason   Reason // "" until they say why
	Path     string // the page that was shown first; "" when nothing was found
	At       time.Time
}

// Store keeps votes. Reads return those given at or after a time.
type Store interface {
	KeepVote(ctx context.Context, v Vote) error
	Votes(ctx context.Context, since time.Time) ([]Vote, error)
}

// Service records and counts votes.
type Service struct {
	Store Store
	Now   func() time.Time
}

// ErrReason is returned for a reason that is not one of Reasons.
var ErrReason = errors.New("no such reason")

// Vote records what somebody said of an answer.
func (s *Service) Vote(ctx context.Context, v Vote) error {
	if v.Reason != "" && !known(v.Reason) {
		return ErrReason
	}
	v.At = s.Now()
	if err := s.Store.KeepVote(ctx, v); err != nil {
		return fmt.Errorf("keep a vote: %w", err)
	}
	return nil
}

func known(r Reason) bool {
	for _, one := range Reasons {
		if one.Reason == r {
			return true
		}
	}
	return false
}

// Summary counts votes over a time.
type Summary struct {
	Helpful, NotHelpful int
	ByReason            map[Reason]int
	ByPath              map[string]int // pages whose answers did not help
}

// Summary counts the votes of the last days.
func (s *Service) Summary(ctx context.Context, days int) (Summary, error) {
	votes, err := s.Store.Votes(ctx, s.Now().AddDate(0, 0, -days))
	if err != nil {
		return Summary{}, fmt.Errorf("read the votes: %w", err)
	}
	sum := Summary{ByReason: map[Reason]int{}, ByPath: map[string]int{}}
	for _, v := range votes {
		if v.Helpful {
			sum.Helpful++
			continue
		}
		sum.NotHelpful++
		if v.Reason != "" {
			sum.ByReason[v.Reason]++
		}
		if v.Path != "" {
			sum.ByPath[v.Path]++
		}
	}
	return sum, nil
}
