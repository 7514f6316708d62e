package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"liaison/bot/chat"
	"liaison/bot/inbox"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// TestReplicasAnswerEachEventOnce has three on one database: each sees its own, and what one leaves that
// is gone goes to one of the others.
func TestReplicasAnswerEachEventOnce(t *testing.T) {
	address := storetest.Postgres(t)
	a, b := storetest.Open(t, address), storetest.Open(t, address)
	gone, err := store.Open(t.Context(), t.TempDir(), address)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range []*store.Store{a, b, gone} {
		for range 2 { // delivered to one, and to all again
			for _, to := range []*store.Store{s, a, b, gone} {
				if _, err := to.AddEvent(t.Context(), entry(fmt.Sprint(i))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		s    *store.Store
		want string
	}{"a": {a, "row-0"}, "b": {b, "row-1"}} {
		if pending, err := c.s.PendingEvents(t.Context()); idsOf(pending) != c.want || err != nil {
			t.Errorf("%s has %s, %v", name, idsOf(pending), err)
		}
		if left, err := c.s.AbandonedEvents(t.Context(), time.Now()); len(left) != 0 || err != nil {
			t.Errorf("%s takes over %s from the living, %v", name, idsOf(left), err)
		}
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	first, err := a.AbandonedEvents(t.Context(), time.Now())
	second, errSecond := b.AbandonedEvents(t.Context(), time.Now())
	if err := errors.Join(err, errSecond); err != nil || idsOf(first) != "row-2" || len(second) != 0 {
		t.Errorf("a took over %q, b %q, %v", idsOf(first), idsOf(second), err)
	}
	if err := b.MarkEvent(t.Context(), "row-2", inbox.Done, chat.Ref{}); !errors.Is(err, inbox.ErrTaken) {
		t.Errorf("b marks what is a's: %v", err)
	}
	if err := a.MarkEvent(t.Context(), "row-2", inbox.Done, chat.Ref{}); err != nil {
		t.Error(err)
	}
}
