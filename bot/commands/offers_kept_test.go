package commands

import (
	"fmt"
	"testing"
	"time"

	"liaison/bot/chat"
)

// TestTheLastOfManyPeopleAreRemembered, those who were not answered for longest forgotten.
func TestTheLastOfManyPeopleAreRemembered(t *testing.T) {
	var o offers
	now := time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)
	asks := func(n int) chat.Event {
		return chat.Event{Actor: chat.Actor{Account: chat.Account{User: fmt.Sprint(n)}}}
	}
	reply := chat.Reply{Blocks: []chat.Block{chat.Actions{Actions: []chat.Action{{ID: "seek:1", Label: "Look in the guidance"}}}}}
	for n := range offersKept + 1 {
		o.keep(asks(n), "define", reply, now.Add(time.Duration(n)))
	}
	for n, kept := range map[int]bool{0: false, 1: true, offersKept: true} {
		if last := o.to(asks(n), now.Add(time.Second)); (len(last.buttons) == 1) != kept {
			t.Errorf("of person %d is remembered %+v", n, last)
		}
	}
	if len(o.last) != offersKept {
		t.Errorf("%d people are remembered", len(o.last))
	}
}

// TestALabelOfSeveralIsNobodys: which of them is meant, nobody can tell.
func TestALabelOfSeveralIsNobodys(t *testing.T) {
	reply := chat.Reply{Blocks: []chat.Block{
		chat.Items{Items: []chat.Item{{Actions: []chat.Action{{ID: "seek:1", Label: "Look"}}}, {Actions: []chat.Action{{ID: "seek:2", Label: "Look."}}}}},
		chat.Actions{Actions: []chat.Action{{ID: "seek:3", Label: "Look again"}}},
	}}
	if got := offered(reply).buttons; len(got) != 1 || got[0].action != "seek:3" {
		t.Errorf("by its label is pressed %+v", got)
	}
}
