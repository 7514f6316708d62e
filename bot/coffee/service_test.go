package coffee_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"liaison/bot/coffee"
	"liaison/bot/directory"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

func TestWhoAgreedToAnOlderWordingIsAskedAnew(t *testing.T) {
	s := storetest.Open(t, "")
	clock := func() time.Time { return monday }
	service := &coffee.Service{Store: s, Intros: &intro.Service{Store: s, Now: clock}, Now: clock}
	p, err := s.MeetAccount(t.Context(), profile.Account{ID: "p:w/1"}, monday)
	if err != nil {
		t.Fatal(err)
	}
	old := coffee.Entry{Person: p.Person, Account: "p:w/1", Consent: "0: an older wording", At: monday, Until: monday.Add(coffee.QueueTime)}
	if err := s.DoCoffee(t.Context(), func(tx coffee.Tx) error { return tx.KeepEntry(t.Context(), old) }); err != nil {
		t.Fatal(err)
	}
	if _, err := service.Of(t.Context(), p.Person); !errors.Is(err, coffee.ErrNotFound) {
		t.Errorf("still in the queue: %v", err)
	}
	if e, err := service.Join(t.Context(), p.Person, "p:w/1"); err != nil || e.Consent != coffee.Consent {
		t.Errorf("joined with %q, %v", e.Consent, err)
	}
	if _, err := service.Of(t.Context(), p.Person); err != nil {
		t.Errorf("not in the queue: %v", err)
	}
}

// TestTwoReplicasProposeNobodyTwice has two servers of one PostgreSQL match at the same time.
func TestTwoReplicasProposeNobodyTwice(t *testing.T) {
	url := storetest.Postgres(t)
	clock := func() time.Time { return monday }
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	var replicas []*coffee.Service
	for range 2 {
		s := storetest.Open(t, url)
		replicas = append(replicas, &coffee.Service{
			Store: s, Intros: &intro.Service{Store: s, Now: clock}, Now: clock, OneRoom: func(string, string) bool { return false },
			Look: func(_ context.Context, e coffee.Entry) (coffee.Seat, error) {
				organisation := e.Account[len("p:"):][:1] // of its workspace
				return coffee.Seat{Organisations: []string{organisation}, Schedule: directory.Schedule{Zone: london}, Budget: 3}, nil
			},
		})
	}
	kept := replicas[0].Store.(*store.Store)
	for i := range 12 {
		account := fmt.Sprintf("p:%d/%d", i%2, i)
		p, err := kept.MeetAccount(t.Context(), profile.Account{ID: account}, monday)
		if err == nil {
			_, err = replicas[i%2].Join(t.Context(), p.Person, account)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for _, replica := range replicas {
		group.Go(func() {
			if err := replica.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	queue, err := kept.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[string]int{}
	for _, e := range queue {
		pairs[e.Introduction]++
	}
	asked := 0
	for _, replica := range replicas {
		for {
			item, ok, err := replica.Store.(outbox.Store).ClaimItem(t.Context(), monday, monday.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			if item.Kind == intro.TellCoffee {
				asked++
			}
		}
	}
	if len(pairs) != 6 || pairs[""] != 0 || asked != 12 {
		t.Errorf("12 people make %d pairs, %d are left, and %d are asked", len(pairs), pairs[""], asked)
	}
}
