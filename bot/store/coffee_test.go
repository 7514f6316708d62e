package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp" // says where two values differ

	"liaison/bot/coffee"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

func TestCoffee(t *testing.T) { storetest.Each(t, testCoffee) }

func testCoffee(t *testing.T, s *store.Store) {
	ctx := t.Context()
	a, b := met(t, s, "slack:T1/A"), met(t, s, "slack:T2/B")
	// Every field is set, so that one that is not stored shows.
	entry := coffee.Entry{Person: a, Account: "slack:T1/A", Consent: "1: yes", At: noon, Until: noon.Add(time.Hour), Introduction: "x", Missed: 1, Told: true}
	do := func(what string, do func(tx coffee.Tx) error) {
		t.Helper()
		if err := s.DoCoffee(ctx, do); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	do("keep", func(tx coffee.Tx) error {
		if _, err := tx.Entry(ctx, a); !errors.Is(err, coffee.ErrNotFound) {
			t.Errorf("an entry of nobody: %v", err)
		}
		return errors.Join(tx.KeepEntry(ctx, coffee.Entry{Person: b, At: noon.Add(-time.Hour), Until: noon}), tx.KeepEntry(ctx, entry))
	})
	queue, err := s.Queue(ctx)
	if err != nil || len(queue) != 2 || queue[0].Person != b {
		t.Fatalf("the queue is %+v, %v", queue, err)
	}
	if diff := cmp.Diff(entry, queue[1]); diff != "" {
		t.Error(diff)
	}
	if err := s.DoCoffee(ctx, func(tx coffee.Tx) error { return errors.Join(tx.DropEntry(ctx, a), errors.New("no")) }); err == nil {
		t.Error("an error is lost")
	}
	do("what failed is undone", func(tx coffee.Tx) error { _, err := tx.Entry(ctx, a); return err })

	var x intro.Introduction
	do("pair", func(tx coffee.Tx) error {
		if met, err := tx.Met(ctx, a, b); met || err != nil {
			t.Errorf("before: met %v, %v", met, err)
		}
		parties := [2]intro.Party{{Account: "slack:T1/A", Zone: "Europe/London", No: true}, {Account: "slack:T2/B"}}
		x, err = intro.Pair(ctx, tx, parties, [2]string{a, b}, []time.Time{noon, noon.Add(time.Hour)}, false, noon, noon.Add(time.Hour))
		return err
	})
	do("read", func(tx coffee.Tx) error {
		got, err := tx.Introduction(ctx, x.ID)
		if diff := cmp.Diff(x, got); diff != "" {
			t.Error(diff)
		}
		for _, two := range [][2]string{{a, b}, {b, a}} {
			if met, err := tx.Met(ctx, two[0], two[1]); !met || err != nil {
				t.Errorf("after: met %v, %v", met, err)
			}
			if n, err := tx.AskedSince(ctx, two[0], noon.Add(-time.Second)); n != 1 || err != nil {
				t.Errorf("asked %d times, %v", n, err)
			}
			if n, err := tx.AskedSince(ctx, two[0], noon.Add(time.Second)); n != 0 || err != nil {
				t.Errorf("asked %d times since, %v", n, err)
			}
			// They must not learn from it who is meant, nor be held back by it, but it counts as being asked.
			if counts, err := tx.Counts(ctx, two[0], two[1], "", noon.Add(-time.Second)); counts != (intro.Counts{Asked: 1}) || err != nil {
				t.Errorf("counts %+v, %v", counts, err)
			}
		}
		return err
	})
	met, err := s.MetInQueue(ctx)
	if err != nil || len(met) != 2 || !met[[2]string{a, b}] || !met[[2]string{b, a}] {
		t.Errorf("met in the queue: %v, %v", met, err)
	}
	testUnsay(t, s, x)
}

func testUnsay(t *testing.T, s *store.Store, x intro.Introduction) {
	ctx := t.Context()
	item, ok, err := s.ClaimItem(ctx, noon, noon.Add(time.Minute))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	other := intro.TellCoffee + "/" + x.ID + "/" + map[string]string{"0": "1", "1": "0"}[item.Part]
	if err := s.Do(ctx, func(tx intro.Tx) error {
		for key, unread := range map[string]bool{item.Key: false, other: true, "none": false} {
			if got, err := tx.Unsay(ctx, key); got != unread || err != nil {
				t.Errorf("%s is unread: %v, %v", key, got, err)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if got, err := s.ItemByKey(ctx, other); got.State != outbox.Dropped || err != nil {
		t.Errorf("what is taken back is %s, %v", got.State, err)
	}
}

// met makes an account known, and returns whose it is.
func met(t *testing.T, s *store.Store, account string) string {
	t.Helper()
	p, err := s.MeetAccount(t.Context(), profile.Account{ID: account, Name: "Example"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return p.Person
}

func TestTheQueueForCoffeeFollowsPeople(t *testing.T) {
	storetest.Each(t, testTheQueueForCoffeeFollowsPeople)
}

func testTheQueueForCoffeeFollowsPeople(t *testing.T, s *store.Store) {
	ctx := t.Context()
	profiles := &profile.Service{Store: s, Now: func() time.Time { return noon }}
	in := func(account string) {
		t.Helper()
		person := met(t, s, account) //nolint:contextcheck // the context is the test's
		if err := s.DoCoffee(ctx, func(tx coffee.Tx) error {
			return tx.KeepEntry(ctx, coffee.Entry{Person: person, Account: account, At: noon, Until: noon})
		}); err != nil {
			t.Fatal(err)
		}
	}
	link := func(shown, typed string) {
		t.Helper()
		code, err := profiles.Code(ctx, shown)
		if err == nil {
			_, err = profiles.Link(ctx, typed, code)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what string, want ...string) {
		t.Helper()
		queue, err := s.Queue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range queue {
			p, err := s.Person(ctx, e.Person)
			if err != nil || !p.Has(e.Account) {
				t.Errorf("%s: %s is in the queue for nobody: %v", what, e.Account, err)
			}
			got = append(got, e.Account)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: in the queue are %v, want %v", what, got, want)
		}
	}
	met(t, s, "slack:T1/A")
	in("slack:T2/A")
	link("slack:T1/A", "slack:T2/A")
	expect("linked to one who is not in it", "slack:T2/A")
	in("slack:T2/B")
	in("slack:T3/B")
	link("slack:T2/B", "slack:T3/B")
	expect("two of it linked", "slack:T2/A", "slack:T2/B")
	if err := s.Unlink(ctx, "slack:T2/A"); err != nil {
		t.Error(err)
	}
	expect("unlinked: the place stays with the person", "slack:T1/A", "slack:T2/B")
	if held, err := s.Held(ctx, "slack:T1/A"); err != nil || len(held["your place in the queue for coffee"]) != 1 {
		t.Errorf("held: %v, %v", held, err)
	}
	if _, err := s.ForgetAccount(ctx, "slack:T1/A", ""); err != nil {
		t.Error(err)
	}
	expect("one forgotten", "slack:T2/B")
	if err := s.ForgetWorkspace(ctx, "slack", "T2", "event"); err != nil {
		t.Error(err)
	}
	expect("a workspace forgotten")
}
