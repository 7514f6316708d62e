package feedback_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/bot/feedback"
)

// shelf keeps votes in memory.
type shelf struct {
	votes []feedback.Vote
	err   error
}

func (s *shelf) KeepVote(_ context.Context, v feedback.Vote) error {
	s.votes = append(s.votes, v)
	return s.err
}

func (s *shelf) Votes(_ context.Context, since time.Time) ([]feedback.Vote, error) {
	var recent []feedback.Vote
	for _, v := range s.votes {
		if !v.At.Before(since) {
			recent = append(recent, v)
		}
	}
	return recent, s.err
}

func TestVotesAreCounted(t *testing.T) {
	now := time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)
	kept := &shelf{votes: []feedback.Vote{{Helpful: true, At: now.AddDate(0, -2, 0)}}}
	s := &feedback.Service{Store: kept, Now: func() time.Time { return now }}
	for _, v := range []feedback.Vote{
		{Account: "a", Helpful: true, Path: "good.md"}, {Account: "b", Path: "bad.md"}, {Account: "c", Path: "bad.md", Reason: feedback.Wrong},
	} {
		if err := s.Vote(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Vote(t.Context(), feedback.Vote{Reason: "forged"}); !errors.Is(err, feedback.ErrReason) {
		t.Errorf("a reason that is none: %v", err)
	}
	got, err := s.Summary(t.Context(), 30)
	want := feedback.Summary{Helpful: 1, NotHelpful: 2, ByReason: map[feedback.Reason]int{feedback.Wrong: 1}, ByPath: map[string]int{"bad.md": 2}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Summary: %v\n%s", err, diff)
	}
}

func TestAStoreThatFailsIsNotHidden(t *testing.T) {
	broken := errors.New("broken")
	s := &feedback.Service{Store: &shelf{err: broken}, Now: time.Now}
	if err := s.Vote(t.Context(), feedback.Vote{}); !errors.Is(err, broken) {
		t.Errorf("Vote: %v", err)
	}
	if _, err := s.Summary(t.Context(), 30); !errors.Is(err, broken) {
		t.Errorf("Summary: %v", err)
	}
}
