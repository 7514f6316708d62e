package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot/records"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

func TestTurns(t *testing.T) { storetest.Each(t, testTurns) }

func testTurns(t *testing.T, s *store.Store) {
	ctx := t.Context()
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	slow, taken, err := s.TakeTurn(ctx, "digest", noon, at(0), at(30))
	if err != nil || !taken {
		t.Fatal(taken, err)
	}
	if _, taken, err := s.TakeTurn(ctx, "digest", noon, at(29), at(60)); taken || err != nil {
		t.Errorf("taken a second time within the first one's time: %v, %v", taken, err)
	}
	if _, taken, err := s.TakeTurn(ctx, "other", noon, at(0), at(30)); !taken || err != nil {
		t.Errorf("another job: %v, %v", taken, err)
	}
	second, taken, err := s.TakeTurn(ctx, "digest", noon, at(31), at(60))
	if err != nil || !taken {
		t.Fatal("what its taker left was not taken over:", taken, err)
	}
	if err := s.EndTurn(ctx, slow); !errors.Is(err, store.ErrLate) {
		t.Errorf("one who came back late: %v", err)
	}
	if err := s.EndTurn(ctx, second); err != nil {
		t.Error(err)
	}
	if _, taken, err := s.TakeTurn(ctx, "digest", noon, at(99), at(120)); taken || err != nil {
		t.Errorf("done, and taken again: %v, %v", taken, err)
	}
	if err := s.Expire(ctx, noon.Add(records.Turns+time.Second)); err != nil {
		t.Error(err)
	}
	if _, taken, _ := s.TakeTurn(ctx, "digest", noon, at(0), at(30)); !taken {
		t.Error("an old turn was not removed")
	}
}

// TestOfManyReplicasOneGetsATurn lets eight take the same fifty turns.
func TestOfManyReplicasOneGetsATurn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var got atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for i := range 50 {
					slot := noon.Add(time.Duration(i) * time.Hour)
					_, taken, err := s.TakeTurn(t.Context(), "digest", slot, noon, noon.Add(time.Minute))
					if err != nil {
						t.Error(err)
					}
					if taken {
						got.Add(1)
					}
				}
			})
		}
		group.Wait()
		if got.Load() != 50 {
			t.Errorf("50 turns were taken %d times", got.Load())
		}
	})
}
