package chattest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/chat"
)

// Run holds an adapter to the ten promises of package chat, each a subtest.
func Run(t *testing.T, h Harness) {
	for _, promise := range []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"promise 1: store, then acknowledge, before the work", storesThenAcknowledges},
		{"promise 2: what opens a form answers with the form", opensForms},
		{"promise 3: no messages of its own, nor of other bots", ignoresBots},
		{"promise 4: the id is the platform's, the same when delivered again", keepsIDs},
		{"promise 5: an unknown room is unknown", judgesRooms},
		{"promise 6: every block, split, nothing cut", showsEverything},
		{"promise 7: no pings, no hidden links, no previews", pingsNobody},
		{"promise 8: private reaches one person or fails", keepsPrivate},
		{"promise 9: limits, reconnects, status", survivesBadDays},
		{"promise 10: stops after the replies in flight", drains},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.test(t, h) })
	}
}

// suiteTable is the table of commands and actions that the suite's adapters are told of.
func suiteTable(follows string, open func(chat.Event) chat.Reply) chat.Table {
	return chat.Table{
		Commands: []chat.Command{
			{Name: "ask", Summary: "An answer with its sources", Argument: chat.Argument{Name: "question", Required: true}, Examples: []string{"ask How do we store secrets?"}},
			{Name: "define", Summary: "What a term means", Argument: chat.Argument{Name: "term", Required: true}, Private: true, Examples: []string{"define ATO"}},
			{Name: "offer", Summary: "Offer your help", Argument: chat.Argument{Name: "text"}, Private: true, Opens: form(), Examples: []string{"offer"}},
		},
		Actions: []chat.ActionSpec{
			{Verb: "more"}, {Verb: "helpful", Private: true}, {Verb: "pick"}, {Verb: "offer", Opens: true}, {Verb: "introduce", Private: true},
		},
		Follows: func(_ context.Context, e chat.Event) bool { return follows != "" && strings.Contains(e.Text, follows) },
		Suggest: func(context.Context, chat.Event, string, string) []chat.Option { return nil },
		Open: func(_ context.Context, e chat.Event) chat.Reply {
			if open == nil {
				return chat.Reply{Form: form()}
			}
			return open(e)
		},
	}
}

// start runs an adapter with the suite's table over a fresh inbox.
func start(t *testing.T, h Harness) (Session, *Inbox) {
	t.Helper()
	inbox := NewInbox()
	return h.Start(t, inbox, suiteTable("", nil)), inbox
}

// place returns the suite's usual room: a shared one where the platform has any.
func place(h Harness) Place {
	if _, lacks := h.Cannot()[Rooms]; lacks {
		return Direct
	}
	return Shared
}

func await(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		t.Fatalf("waited %s for %s", Patience, what)
	}
}

// stays fails the test when the channel is closed within Quiet.
func stays(t *testing.T, never string, done <-chan struct{}) {
	t.Helper()
	watch := time.NewTimer(Quiet)
	defer watch.Stop()
	select {
	case <-done:
		t.Fatal(never)
	case <-watch.C:
	}
}

func respond(t *testing.T, s Session, e chat.Event, r chat.Reply) chat.Ref {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	ref, err := s.Adapter().Respond(ctx, e, r)
	if err != nil {
		t.Fatalf("Respond: %v", err)
	}
	return ref
}

// ask plays a question and returns it as it was stored.
func ask(t *testing.T, h Harness, s Session, inbox *Inbox, id, words string) chat.Event {
	t.Helper()
	s.Deliver(t, Delivery{ID: id, Kind: Mention, Place: place(h), Text: words})
	return inbox.Next(t)
}

func storesThenAcknowledges(t *testing.T, h Harness) {
	kinds := []struct {
		name  string
		needs []Ability
		d     Delivery
	}{
		{"a question", nil, Delivery{Kind: Mention, Place: place(h), Text: "How do we store secrets?"}},
		{"a direct message", nil, Delivery{Kind: Mention, Place: Direct, Text: "How do we store secrets?"}},
		{"a command", []Ability{Commands}, Delivery{Kind: Command, Command: "ask", Place: place(h), Text: "How do we store secrets?"}},
		{"a button", nil, Delivery{Kind: Press, Place: place(h), Action: "more:1"}},
		{"a form", []Ability{Forms}, Delivery{Kind: Submit, Place: place(h), Action: "offer:new", Values: map[string]string{"what": "A review", "more": "", "effort": "hour"}}},
	}
	for _, k := range kinds {
		t.Run(k.name+" arrives whole", func(t *testing.T) {
			need(t, h, k.needs...)
			arrivesWhole(t, h, k.d)
		})
		t.Run(k.name+" is not acknowledged before it is stored", func(t *testing.T) {
			need(t, h, append(k.needs, Acknowledges)...)
			isStoredFirst(t, h, k.d)
		})
		t.Run(k.name+" that cannot be stored is not acknowledged", func(t *testing.T) {
			need(t, h, append(k.needs, Acknowledges)...)
			isNotAcknowledgedUnstored(t, h, k.d)
		})
	}
}

func arrivesWhole(t *testing.T, h Harness, d Delivery) {
	s, inbox := start(t, h)
	d.ID = "d1"
	receipt := s.Deliver(t, d)
	checkEvent(t, s, d, inbox.Next(t))
	if receipt.Acknowledged != nil {
		// Nobody answers: the acknowledgement must not wait for the work.
		await(t, "the acknowledgement", receipt.Acknowledged)
	}
}

func isStoredFirst(t *testing.T, h Harness, d Delivery) {
	s, inbox := start(t, h)
	entered, release := inbox.Hold()
	defer release()
	d.ID = "d1"
	receipt := s.Deliver(t, d)
	if receipt.Acknowledged == nil {
		t.Skipf("NOT TESTED on %s: %s. The platform wants no acknowledgement of it", h.Name(), t.Name())
	}
	await(t, "Inbox.Put", entered)
	stays(t, "acknowledged before Inbox.Put returned", receipt.Acknowledged)
	release()
	await(t, "the acknowledgement after Inbox.Put", receipt.Acknowledged)
}

func isNotAcknowledgedUnstored(t *testing.T, h Harness, d Delivery) {
	s, inbox := start(t, h)
	inbox.Fail(errors.New("the disk is full"))
	d.ID = "d1"
	lost := s.Deliver(t, d)
	if lost.Acknowledged == nil {
		t.Skipf("NOT TESTED on %s: %s. The platform wants no acknowledgement of it", h.Name(), t.Name())
	}
	Wait(t, "Inbox.Put to be tried", inbox.Changed, func() bool { return len(inbox.Puts()) > 0 })
	stays(t, "acknowledged though Inbox.Put failed", lost.Acknowledged)
}

// checkEvent compares what was stored with what was played.
func checkEvent(t *testing.T, s Session, d Delivery, e chat.Event) {
	t.Helper()
	adapter := s.Adapter()
	if e.ID == "" || e.Platform != adapter.Name() || e.Actor.Account.User == "" || e.Actor.Account.Platform != adapter.Name() || e.Room.ID == "" {
		t.Errorf("the event lacks its id, platform, actor or room: %+v", e)
	}
	if e.At.IsZero() || e.At.Location() != time.UTC {
		t.Errorf("At is %v: it must be set, in UTC", e.At)
	}
	if d.Place == Direct && !e.Room.Direct {
		t.Error("a direct conversation has Room.Direct unset")
	}
	switch d.Kind {
	case Mention:
		if e.Kind != chat.KindMessage || !e.Addressed || e.Text != d.Text {
			t.Errorf("a question arrived as kind %q, addressed %v, text %q; want %q", e.Kind, e.Addressed, e.Text, d.Text)
		}
	case Command:
		words := strings.TrimSpace(d.Command + " " + d.Text)
		if (e.Command != d.Command || e.Text != d.Text) && e.Text != words {
			t.Errorf("command %q %q arrived as command %q, text %q", d.Command, d.Text, e.Command, e.Text)
		}
	case Press:
		if e.Kind != chat.KindAction || e.Action != d.Action {
			t.Errorf("a button arrived as kind %q, action %q; want %q", e.Kind, e.Action, d.Action)
		}
	case Submit:
		if e.Kind != chat.KindForm || e.Action != d.Action {
			t.Errorf("a form arrived as kind %q, action %q; want %q", e.Kind, e.Action, d.Action)
		}
		for id, value := range d.Values {
			if e.Values[id] != value {
				t.Errorf("the form's %q arrived as %q; want %q", id, e.Values[id], value)
			}
		}
	case Talk, Own, Bot: // arrive only where the promise that delivers them says so
	}
}

func opensForms(t *testing.T, h Harness) {
	t.Run("a button opens it", func(t *testing.T) {
		need(t, h, Forms)
		opens(t, h, Delivery{ID: "d1", Kind: Press, Place: place(h), Action: "offer:new"})
	})
	t.Run("a command opens it", func(t *testing.T) {
		need(t, h, Forms, Commands)
		opens(t, h, Delivery{ID: "d1", Kind: Command, Place: place(h), Command: "offer"})
	})
	t.Run("or says why not", func(t *testing.T) {
		need(t, h, Forms)
		why := reply(chat.Note(chat.Warning, "Offers are closed until Monday."))
		s := h.Start(t, NewInbox(), suiteTable("", func(chat.Event) chat.Reply { return why }))
		s.Deliver(t, Delivery{ID: "d1", Kind: Press, Place: place(h), Action: "offer:new"})
		Wait(t, "the reason why no form opens", s.Changed, func() bool { return len(Missing(why, shownOf(s.Messages()))) == 0 })
	})
	t.Run("and shows what is wrong in it", func(t *testing.T) {
		need(t, h, Forms)
		s, inbox := start(t, h)
		s.Deliver(t, Delivery{ID: "d1", Kind: Press, Place: place(h), Action: "offer:new"})
		waitForm(t, s)
		s.Deliver(t, Delivery{ID: "d2", Kind: Submit, Place: place(h), Action: "offer:new", Values: map[string]string{"what": "A review", "more": "", "effort": "hour"}})
		before := len(s.Messages())
		problems := chat.Reply{Problems: formProblems().Problems}
		respond(t, s, inbox.Next(t), formProblems())
		Wait(t, "the problems", s.Changed, func() bool {
			all := s.Messages()
			return len(Missing(problems, shownOf(all))) == 0
		})
		checkHarmless(t, formProblems(), s.Messages()[min(before, len(s.Messages())):])
	})
}

// opens plays what opens a form while nothing can be stored: the form must not wait for that.
func opens(t *testing.T, h Harness, d Delivery) {
	asked := make(chan chat.Event, 1)
	inbox := NewInbox()
	inbox.Fail(errors.New("nothing may be stored before the form is shown"))
	s := h.Start(t, inbox, suiteTable("", func(e chat.Event) chat.Reply {
		select {
		case asked <- e:
		default:
		}
		return chat.Reply{Form: form()}
	}))
	receipt := s.Deliver(t, d)
	shown := waitForm(t, s)
	if missing := Missing(chat.Reply{Form: form()}, shown.Shown()); len(missing) > 0 {
		t.Errorf("the form does not show %q", missing)
	}
	e := <-asked
	if e.Actor.Account.User == "" || e.Action != d.Action || e.Platform != s.Adapter().Name() {
		t.Errorf("Table.Open was asked with %+v", e)
	}
	if receipt.Acknowledged != nil {
		await(t, "the acknowledgement", receipt.Acknowledged)
	}
}

func waitForm(t *testing.T, s Session) Message {
	t.Helper()
	var shown Message
	Wait(t, "a form", s.Changed, func() bool {
		for _, m := range s.Messages() {
			if m.Form {
				shown = m
				return true
			}
		}
		return false
	})
	return shown
}

func shownOf(messages []Message) string {
	parts := make([]string, len(messages))
	for i, m := range messages {
		parts[i] = m.Shown()
	}
	return strings.Join(parts, "\n")
}

func ignoresBots(t *testing.T, h Harness) {
	never := func(d Delivery, abilities ...Ability) func(*testing.T) {
		return func(t *testing.T) {
			need(t, h, abilities...)
			s, inbox := start(t, h)
			if r := s.Deliver(t, d); r.Acknowledged != nil {
				await(t, "the acknowledgement of what must be ignored", r.Acknowledged)
			}
			e := ask(t, h, s, inbox, "after", "Is anybody there?")
			stays(t, "more was delivered than the question", inbox.Changed())
			if e.Text != "Is anybody there?" || len(inbox.Puts()) != 1 {
				t.Errorf("%s was delivered: %+v", d.Kind, inbox.Puts())
			}
		}
	}
	t.Run("its own", never(Delivery{ID: "d1", Kind: Own, Place: Shared, Text: "I said this myself"}, Rooms, OwnMessages))
	t.Run("its own, direct", never(Delivery{ID: "d1", Kind: Own, Place: Direct, Text: "I said this myself"}, OwnMessages))
	t.Run("other bots", never(Delivery{ID: "d1", Kind: Bot, Place: Shared, Text: "Are you a bot too?"}, Rooms, OtherBots))
	t.Run("talk that was not meant for it", never(Delivery{ID: "d1", Kind: Talk, Place: Shared, Text: "Lunch?"}, Rooms))
	t.Run("but talk that follows on", func(t *testing.T) {
		need(t, h, Rooms)
		inbox := NewInbox()
		s := h.Start(t, inbox, suiteTable("and in the US", nil))
		s.Deliver(t, Delivery{ID: "d1", Kind: Talk, Place: Shared, Text: "and in the US?"})
		if e := inbox.Next(t); e.Addressed || e.Text != "and in the US?" {
			t.Errorf("a follow-up arrived addressed %v, text %q", e.Addressed, e.Text)
		}
	})
}

func keepsIDs(t *testing.T, h Harness) {
	t.Run("again is the same", func(t *testing.T) {
		need(t, h, Redelivery)
		s, inbox := start(t, h)
		d := Delivery{ID: "d1", Kind: Mention, Place: place(h), Text: "How do we store secrets?"}
		s.Deliver(t, d)
		inbox.Next(t)
		again := s.Deliver(t, d)
		if again.Acknowledged != nil {
			await(t, "the acknowledgement of what was delivered again", again.Acknowledged)
		}
		d.ID, d.Text = "d2", "Something else?"
		s.Deliver(t, d)
		if e := inbox.Next(t); e.Text != "Something else?" || len(inbox.Events()) != 2 {
			t.Errorf("delivered again, it counts as new: %+v", inbox.Events())
		}
	})
	t.Run("the same words twice are two", func(t *testing.T) {
		s, inbox := start(t, h)
		first := ask(t, h, s, inbox, "d1", "How do we store secrets?")
		second := ask(t, h, s, inbox, "d2", "How do we store secrets?")
		if first.ID == second.ID {
			t.Errorf("two questions share the id %q", first.ID)
		}
	})
}

func judgesRooms(t *testing.T, h Harness) {
	judged := func(d Delivery, allowed []chat.Scope, abilities ...Ability) func(*testing.T) {
		return func(t *testing.T) {
			need(t, h, abilities...)
			s, inbox := start(t, h)
			s.Deliver(t, d)
			e := inbox.Next(t)
			if !slices.Contains(allowed, e.Room.Scope) {
				t.Errorf("the room's scope is %q; want one of %q", e.Room.Scope, allowed)
			}
			if e.Room.Scope != chat.ScopeStaff && e.Room.Organisation != "" {
				t.Errorf("a room of scope %q claims to be all of organisation %q", e.Room.Scope, e.Room.Organisation)
			}
		}
	}
	public := []chat.Scope{chat.ScopeUnknown, chat.ScopePublic}
	t.Run("unknown", judged(Delivery{ID: "d1", Kind: Mention, Place: Unknown, Text: "Who is here?"}, public, UnknownRooms))
	t.Run("with guests", judged(Delivery{ID: "d1", Kind: Mention, Place: Guests, Text: "Who is here?"}, public, GuestRooms))
	t.Run("direct", judged(Delivery{ID: "d1", Kind: Mention, Place: Direct, Text: "Who is here?"}, append(public, chat.ScopeDirect)))
	t.Run("a button in a room with guests", judged(Delivery{ID: "d1", Kind: Press, Place: Guests, Action: "more:1"}, public, GuestRooms))
}

func showsEverything(t *testing.T, h Harness) {
	for _, c := range Gallery() {
		if c.Reply.Form != nil || c.Reply.Problems != nil {
			continue // promise 2 shows forms
		}
		t.Run(c.Name, func(t *testing.T) {
			s, inbox := start(t, h)
			shown, ref := show(t, h, s, inbox, c)
			if missing := Missing(c.Reply, shownOf(shown)); len(missing) > 0 {
				t.Errorf("%d words are not shown, among them %.300q", len(missing), missing)
			}
			if ref == (chat.Ref{}) {
				t.Error("Respond returned the zero Ref")
			}
			checkButtons(t, c.Reply, shown)
		})
	}
	t.Run("nothing at all is an error", func(t *testing.T) {
		s, inbox := start(t, h)
		e := ask(t, h, s, inbox, "d1", "Say nothing")
		before := len(s.Messages())
		if _, err := s.Adapter().Respond(t.Context(), e, chat.Reply{}); err == nil {
			t.Error("Respond took a reply that says nothing")
		}
		if after := len(s.Messages()); after != before {
			t.Errorf("a reply that says nothing became %d messages", after-before)
		}
	})
	t.Run("what answers no event", func(t *testing.T) {
		need(t, h, Sending)
		s, inbox := start(t, h)
		e := ask(t, h, s, inbox, "d1", "Tell me later")
		before := len(s.Messages())
		to := chat.To{Workspace: e.Workspace, Room: e.Room.ID, Thread: e.Room.Thread, Key: "later-1"}
		if _, err := s.Adapter().Send(t.Context(), to, answer()); err != nil {
			t.Fatalf("Send: %v", err)
		}
		if missing := Missing(answer(), shownOf(s.Messages()[before:])); len(missing) > 0 {
			t.Errorf("Send does not show %q", missing)
		}
	})
	t.Run("what goes to one person", func(t *testing.T) {
		need(t, h, Sending)
		s, inbox := start(t, h)
		e := ask(t, h, s, inbox, "d1", "Tell me later")
		before := len(s.Messages())
		if _, err := s.Adapter().Send(t.Context(), chat.To{Account: e.Actor.Account, Key: "later-2"}, answer()); err != nil {
			t.Fatalf("Send: %v", err)
		}
		checkReader(t, e, s.Messages()[before:])
	})
}

// show plays what the case answers, answers it, and returns the messages that this made or changed.
func show(t *testing.T, h Harness, s Session, inbox *Inbox, c Case) ([]Message, chat.Ref) {
	t.Helper()
	d := Delivery{ID: "d1", Kind: Mention, Place: place(h), Text: "Show me"}
	switch _, noCommands := h.Cannot()[Commands]; {
	case c.Reply.Replaces:
		before := len(s.Messages())
		respond(t, s, ask(t, h, s, inbox, "d0", "Show me"), reply(chat.Say("To be replaced"), chat.Actions{Actions: []chat.Action{{ID: "more:1", Label: "More"}}}))
		if made := s.Messages()[before:]; len(made) > 0 {
			d.On = made[len(made)-1].ID
		}
		d.Kind, d.Action, d.Text = Press, "more:1", ""
	case c.Reply.Private && !noCommands:
		d.Kind, d.Command, d.Text = Command, "define", "ATO"
	}
	before := s.Messages()
	s.Deliver(t, d)
	ref := respond(t, s, inbox.Next(t), c.Reply)
	return changed(before, s.Messages()), ref
}

// changed returns the messages of after that are not in before as they were.
func changed(before, after []Message) []Message {
	old := map[string]string{}
	for _, m := range before {
		old[m.ID] = fmt.Sprint(m)
	}
	return slices.DeleteFunc(slices.Clone(after), func(m Message) bool { return old[m.ID] == fmt.Sprint(m) })
}

// checkButtons fails when an action or choice of the reply cannot be used.
func checkButtons(t *testing.T, r chat.Reply, shown []Message) {
	t.Helper()
	var there []string
	for _, m := range shown {
		for _, b := range m.Buttons {
			there = append(there, b.ID, b.URL)
		}
	}
	for _, a := range actionsOf(r) {
		if a.URL == "" && !slices.Contains(there, a.ID) || a.URL != "" && chat.SafeURL(a.URL) != "" && !slices.Contains(there, chat.SafeURL(a.URL)) {
			t.Errorf("no button for the action %q (%s)", a.ID, a.Label)
		}
	}
}

func actionsOf(r chat.Reply) []chat.Action {
	var list []chat.Action
	for _, b := range r.Blocks {
		switch b := b.(type) {
		case chat.Actions:
			list = append(list, b.Actions...)
		case chat.People:
			for _, p := range b.People {
				list = append(list, p.Actions...)
			}
		case chat.Items:
			for _, i := range b.Items {
				list = append(list, i.Actions...)
			}
		case chat.Choice:
			list = append(list, chat.Action{ID: b.Action, Label: b.Prompt})
		case chat.Text, chat.Sources, chat.Facts, chat.Notice: // offer none
		}
	}
	return list
}

func pingsNobody(t *testing.T, h Harness) {
	for _, c := range Gallery() {
		if c.Reply.Form != nil || c.Reply.Problems != nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			s, inbox := start(t, h)
			shown, _ := show(t, h, s, inbox, c)
			checkHarmless(t, c.Reply, shown)
		})
	}
	t.Run("what the person typed", func(t *testing.T) {
		s, inbox := start(t, h)
		words := "tell @everyone about <!channel> and [x](https://evil.example)"
		e := ask(t, h, s, inbox, "d1", words)
		if e.Text != words {
			t.Errorf("the question %q arrived as %q", words, e.Text)
		}
		before := s.Messages()
		echo := reply(chat.Say("You asked: " + e.Text))
		respond(t, s, e, echo)
		checkHarmless(t, echo, changed(before, s.Messages()))
	})
}

// checkHarmless fails when messages ping, preview, hide characters, or hold links that the reply
// does not have or whose words read like another address.
func checkHarmless(t *testing.T, r chat.Reply, shown []Message) {
	t.Helper()
	addresses := addressesOf(r)
	for _, m := range shown {
		if len(m.Pings) > 0 {
			t.Errorf("it pings %q", m.Pings)
		}
		if m.Unfurls {
			t.Error("it lets the platform preview links")
		}
		if clean := chat.Clean(m.Text); clean != m.Text {
			t.Errorf("it shows characters that chat.Clean removes: %s", hiddenIn(m.Text))
		}
		for _, l := range m.Links {
			if l.Text == l.URL || "mailto:"+l.Text == l.URL {
				continue // a platform may make any address that is written out a link: it says where it leads
			}
			if chat.SafeURL(l.URL) == "" {
				t.Errorf("%q links to %q, which is not https or mailto", l.Text, l.URL)
			}
			if chat.Misleads(l.Text, l.URL) {
				t.Errorf("%q leads to %q", l.Text, l.URL)
			}
			if !slices.Contains(addresses, l.URL) {
				t.Errorf("text became a link: %q leads to %q", l.Text, l.URL)
			}
		}
	}
}

func hiddenIn(text string) string {
	var found []string
	for _, r := range text {
		if chat.Clean(string(r)) == "" && !slices.Contains(found, fmt.Sprintf("%U", r)) {
			found = append(found, fmt.Sprintf("%U", r))
		}
	}
	return strings.Join(found, " ")
}

// addressesOf returns the addresses that the reply itself links to.
func addressesOf(r chat.Reply) []string {
	var c collector
	c.linksOnly = true
	for _, b := range r.Blocks {
		c.block(b)
	}
	return c.words
}

func keepsPrivate(t *testing.T, h Harness) {
	t.Run("a private command", func(t *testing.T) {
		need(t, h, Rooms, Commands)
		s, inbox := start(t, h)
		s.Deliver(t, Delivery{ID: "d1", Kind: Command, Command: "define", Text: "ATO", Place: Shared})
		e := inbox.Next(t)
		before := s.Messages()
		ref := respond(t, s, e, private())
		checkReader(t, e, changed(before, s.Messages()))
		if !ref.Private {
			t.Error("the Ref of a private reply is not marked private")
		}
	})
	t.Run("a private reply to a public question", func(t *testing.T) {
		s, inbox := start(t, h)
		e := ask(t, h, s, inbox, "d1", "How do we store secrets?")
		before := s.Messages()
		if _, err := s.Adapter().Respond(t.Context(), e, private()); err != nil {
			t.Logf("it failed, which is allowed: %v", err)
		}
		checkReader(t, e, changed(before, s.Messages()))
	})
	t.Run("a private answer to a button", func(t *testing.T) {
		need(t, h, Rooms)
		s, inbox := start(t, h)
		s.Deliver(t, Delivery{ID: "d1", Kind: Press, Who: "grace", Action: "helpful:1", Place: Shared})
		e := inbox.Next(t)
		before := s.Messages()
		respond(t, s, e, private())
		checkReader(t, e, changed(before, s.Messages()))
	})
	t.Run("or it fails", func(t *testing.T) {
		need(t, h, Rooms, PrivateFails)
		s, inbox := start(t, h)
		e := ask(t, h, s, inbox, "d1", "How do we store secrets?")
		before := s.Messages()
		s.RefusePrivate()
		if _, err := s.Adapter().Respond(t.Context(), e, private()); err == nil {
			t.Error("Respond says that a private reply went out which the platform refused")
		} else if chat.SendKindOf(err) == chat.SendUnknown {
			t.Errorf("it is certain that the reply did not go out, but the error says unknown: %v", err)
		}
		checkReader(t, e, changed(before, s.Messages()))
	})
}

// checkReader fails when anybody but the actor can read one of the messages.
func checkReader(t *testing.T, e chat.Event, shown []Message) {
	t.Helper()
	for _, m := range shown {
		if m.Reader != e.Actor.Account.User {
			t.Errorf("meant for %q alone, but %q can read it: %.80q", e.Actor.Account.User, m.Reader, m.Text)
		}
	}
}

func survivesBadDays(t *testing.T, h Harness) {
	t.Run("waits when told to", func(t *testing.T) { waitsWhenTold(t, h) })
	t.Run("connects again", func(t *testing.T) { connectsAgain(t, h) })
	t.Run("a lost reply is unknown, and goes out once", func(t *testing.T) { losesAReply(t, h) })
	t.Run("a lost send can be found", func(t *testing.T) { findsALostSend(t, h) })
	t.Run("says how it is", func(t *testing.T) { reports(t, h) })
}

func waitsWhenTold(t *testing.T, h Harness) {
	need(t, h, Limits)
	s, inbox := start(t, h)
	e := ask(t, h, s, inbox, "d1", "How do we store secrets?")
	lift := s.Limit(time.Second)
	defer lift()
	_, err := s.Adapter().Respond(t.Context(), e, answer())
	var send *chat.SendError
	switch {
	case err == nil: // it waited by itself
	case !errors.As(err, &send) || send.Kind != chat.SendLimited || send.After <= 0:
		t.Errorf("told to wait for 1 s, Respond returned %v", err)
	default:
		lift()
		respond(t, s, e, answer())
	}
	if early := s.Early(); early > 1 { // the first is how the adapter learns of the limit
		t.Errorf("%d sends came while the platform had asked to wait", early)
	}
	if missing := Missing(answer(), shownOf(s.Messages())); len(missing) > 0 {
		t.Errorf("after the wait these are missing: %q", missing)
	}
}

func connectsAgain(t *testing.T, h Harness) {
	need(t, h, Connection)
	s, inbox := start(t, h)
	for i := range 3 {
		s.Drop()
		words := fmt.Sprintf("question %d", i)
		if e := ask(t, h, s, inbox, words, words); e.Text != words {
			t.Errorf("after a cut %q arrived; want %q", e.Text, words)
		}
	}
}

func losesAReply(t *testing.T, h Harness) {
	need(t, h, LostReplies)
	s, inbox := start(t, h)
	e := ask(t, h, s, inbox, "d1", "How do we store secrets?")
	before := s.Messages()
	s.LoseReply()
	_, err := s.Adapter().Respond(t.Context(), e, answerShort())
	if err != nil && chat.SendKindOf(err) != chat.SendUnknown {
		t.Errorf("the line was cut before the platform answered, but the error says %q: %v", chat.SendKindOf(err), err)
	}
	if made := changed(before, s.Messages()); len(made) != 1 {
		t.Errorf("one reply became %d messages", len(made))
	}
}

func findsALostSend(t *testing.T, h Harness) {
	need(t, h, LostReplies, Sending)
	s, inbox := start(t, h)
	finder, ok := s.Adapter().(chat.Finder)
	if !ok {
		t.Skipf("NOT TESTED on %s: %s. The adapter is no chat.Finder", h.Name(), t.Name())
	}
	e := ask(t, h, s, inbox, "d1", "Tell me later")
	to := chat.To{Workspace: e.Workspace, Room: e.Room.ID, Thread: e.Room.Thread, Key: "key-1"}
	never := to
	never.Key = "key-2"
	s.LoseReply()
	if _, err := s.Adapter().Send(t.Context(), to, answerShort()); err != nil && chat.SendKindOf(err) != chat.SendUnknown {
		t.Errorf("Send: %v", err)
	}
	if ref, err := finder.Find(t.Context(), to); err != nil || ref == (chat.Ref{}) {
		t.Errorf("Find does not find what arrived: %+v, %v", ref, err)
	}
	if ref, err := finder.Find(t.Context(), never); err != nil || ref != (chat.Ref{}) {
		t.Errorf("Find finds what was never sent: %+v, %v", ref, err)
	}
}

func reports(t *testing.T, h Harness) {
	s, inbox := start(t, h)
	reporter, ok := s.Adapter().(chat.Reporter)
	if !ok {
		t.Fatal("the adapter is no chat.Reporter")
	}
	// Held where it is stored, the event has come and nothing after it has run: what the status says
	// cannot depend on who is quicker.
	entered, release := inbox.Hold()
	defer release()
	s.Deliver(t, Delivery{ID: "d1", Kind: Mention, Place: place(h), Text: "Is anybody there?"})
	await(t, "Inbox.Put", entered)
	status := reporter.Status()
	if !status.Connected || status.Detail == "" || status.Since.IsZero() || status.LastEvent.IsZero() {
		t.Errorf("connected, with an event received, the status is %+v", status)
	}
}

func drains(t *testing.T, h Harness) {
	t.Run("Run waits for a reply in flight", func(t *testing.T) {
		need(t, h, SlowSends)
		s, inbox := start(t, h)
		e := ask(t, h, s, inbox, "d1", "How do we store secrets?")
		held, release := s.Hold()
		defer release()
		sent := make(chan error, 1)
		go func() {
			_, err := s.Adapter().Respond(context.Background(), e, answerShort())
			sent <- err
		}()
		await(t, "the send", held)
		s.Stop()
		stays(t, "Run returned while a reply was in flight", s.Stopped())
		release()
		await(t, "Run to return", s.Stopped())
		select {
		case err := <-sent:
			if err != nil {
				t.Errorf("the reply in flight failed: %v", err)
			}
		case <-time.After(Patience):
			t.Error("Respond never returned")
		}
		if missing := Missing(answerShort(), shownOf(s.Messages())); len(missing) > 0 {
			t.Errorf("the reply in flight was lost: %q", missing)
		}
	})
	t.Run("Run returns nil when it is told to stop", func(t *testing.T) {
		s, _ := start(t, h)
		s.Stop()
		await(t, "Run to return", s.Stopped())
		if err := s.Err(); err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
}
