package coffee_test

import (
	"errors"
	"testing"
	"time"

	"liaison/bot/coffee"
	"liaison/bot/intro"
	"liaison/bot/profile"
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
