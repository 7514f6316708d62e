package store_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot/store/storetest"
)

// TestADatabaseThatRestartsLosesAndRepeatsNothing runs a PostgreSQL of its own and stops it in the middle
// of things, as a crash does (pg_ctl -m immediate), while events are stored. LIAISON_RESTARTS asks for
// so many restarts; without it the test is skipped.
func TestADatabaseThatRestartsLosesAndRepeatsNothing(t *testing.T) {
	restarts, err := strconv.Atoi(os.Getenv("LIAISON_RESTARTS"))
	if err != nil {
		t.Skip("LIAISON_RESTARTS is not set: no database is restarted")
	}
	cluster := storetest.NewCluster(t)
	s := storetest.Open(t, cluster.URL)
	var group sync.WaitGroup
	stop := make(chan struct{})
	stored := make([]atomic.Int64, 3)
	for w := range stored {
		group.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if added, err := s.AddEvent(t.Context(), entry(fmt.Sprintf("%d-%d", w, i))); err != nil || !added {
					t.Errorf("event %d-%d: added %v, %v", w, i, added, err)
					return
				}
				stored[w].Add(1)
			}
		})
	}
	var took []time.Duration
	more := 0 // events that this loop has stored
	for i := range restarts {
		cluster.Restart()
		begun := time.Now()
		if added, err := s.AddEvent(t.Context(), entry(fmt.Sprint("after ", i))); err != nil || !added {
			t.Errorf("after restart %d: added %v, %v", i, added, err)
		}
		took = append(took, time.Since(begun))
		more++
		for w := range stored { // all are at work again before the next stop
			for before := stored[w].Load(); stored[w].Load() < before+5 && !t.Failed(); more++ {
				if _, err := s.AddEvent(t.Context(), entry(fmt.Sprint("meanwhile ", more))); err != nil {
					t.Error(err)
				}
			}
		}
	}
	close(stop)
	group.Wait()
	want := more
	for w := range stored {
		want += int(stored[w].Load())
	}
	pending, err := s.PendingEvents(t.Context())
	if err != nil || len(pending) != want {
		t.Errorf("%d events are stored, want %d; %v", len(pending), want, err)
	}
	slices.Sort(took)
	t.Logf("%d restarts, %d events: back after %v at the median, %v at most", restarts, want, took[len(took)/2], took[len(took)-1])
}
