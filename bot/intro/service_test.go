package intro_test

import (
	"context"
	"testing"
	"time"

	"liaison/bot/intro"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// meanwhile is a store in which something happens while somebody's open introductions are read.
type meanwhile struct {
	*store.Store
	happens func()
}

func (m meanwhile) OpenIntroductions(ctx context.Context, person string) ([]intro.Introduction, error) {
	m.happens()
	return m.Store.OpenIntroductions(ctx, person)
}

// TestWhatIsSaidWhileLeavingIsTakenBack has one message of somebody come in by another way while they are
// being forgotten.
func TestWhatIsSaidWhileLeavingIsTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)
		one, err := s.MeetAccount(ctx, profile.Account{ID: "p:w/one", Name: "One"}, now)
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.MeetAccount(ctx, profile.Account{ID: "p:w/other", Name: "Other"}, now)
		if err != nil {
			t.Fatal(err)
		}
		service := &intro.Service{Store: s, Now: func() time.Time { return now }}
		x, err := service.Draft(ctx, intro.Party{Account: "p:w/one"}, intro.Party{Account: "p:w/other"}, other.Person, "a topic", false)
		if err == nil {
			_, err = service.Agree(ctx, x.ID, "p:w/one", "wording", 3)
		}
		if err == nil {
			_, err = service.Accept(ctx, x.ID, "p:w/other", "wording")
		}
		if err != nil {
			t.Fatal(err)
		}
		service.Store = meanwhile{s, func() {
			if _, err := service.Say(ctx, x.ID, "p:w/one", "p/w/r/1", "words", nil, now); err != nil {
				t.Error(err)
			}
		}}
		if err := service.Leave(ctx, one.Person, "p:w/one"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ItemByKey(ctx, intro.TellDeleted+"/p/w/r/1"); err != nil {
			t.Errorf("what was said meanwhile stays with the other: %v", err)
		}
	})
}
