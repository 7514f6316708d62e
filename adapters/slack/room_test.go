package slack

import (
	"fmt"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// askIn asks in a channel, and again if the lookup of the room took longer than an event waits.
func askIn(t *testing.T, r *rig, inbox *chattest.Inbox, channel string) chat.Room {
	t.Helper()
	r.fake.Mention("T1", ada, channel, "Who is here?", "")
	room := inbox.Next(t).Room
	if room.Scope != chat.ScopeUnknown {
		return room
	}
	chattest.Wait(t, "the lookup to end", r.fake.Changed, func() bool {
		_, ended := r.adapter.workspaces[0].keptRoom(channel)
		return ended || r.poll()
	})
	r.fake.Mention("T1", ada, channel, "Who is here?", "")
	return inbox.Next(t).Room
}

func TestRoomIsAsPrivateAsItsLeastPrivilegedReader(t *testing.T) {
	many := func(n int) []fakeslack.Person {
		var people []fakeslack.Person
		for i := range n {
			people = append(people, fakeslack.Person{ID: fmt.Sprintf("U%05d", i), Name: fmt.Sprintf("Person %d", i)})
		}
		return people
	}
	ids := func(people []fakeslack.Person) []string {
		list := []string{ada, "UBOT1"}
		for _, p := range people {
			list = append(list, p.ID)
		}
		return list
	}
	for _, c := range []struct {
		name    string
		channel fakeslack.Channel
		people  []fakeslack.Person
		scopes  []string
		want    chat.Scope
		org     string
		calls   int // at most
	}{
		{name: "members only", channel: fakeslack.Channel{Members: []string{ada, grace, "UBOT1"}}, want: chat.ScopeStaff, org: "org-t1", calls: 6},
		{name: "a private channel", channel: fakeslack.Channel{Kind: "group", Members: []string{ada, grace, "UBOT1"}}, want: chat.ScopeStaff, org: "org-t1", calls: 6},
		{name: "a group message", channel: fakeslack.Channel{Kind: "mpim", Members: []string{ada, grace, "UBOT1"}}, want: chat.ScopeStaff, org: "org-t1", calls: 6},
		{name: "with a guest", channel: fakeslack.Channel{Members: []string{ada, guest, "UBOT1"}}, want: chat.ScopePublic, calls: 6},
		{name: "with a bot", channel: fakeslack.Channel{Members: []string{ada, "U0OTHERBOT", "UBOT1"}}, want: chat.ScopeStaff, org: "org-t1", calls: 6},
		{name: "with a stranger", channel: fakeslack.Channel{Members: []string{ada, "U0S", "UBOT1"}},
			people: []fakeslack.Person{{ID: "U0S", Team: "T9", Stranger: true}}, want: chat.ScopePublic, calls: 6},
		{name: "with a person of another team", channel: fakeslack.Channel{Members: []string{ada, "U0S", "UBOT1"}},
			people: []fakeslack.Person{{ID: "U0S", Team: "T9"}}, want: chat.ScopePublic, calls: 6},
		{name: "with somebody nobody knows", channel: fakeslack.Channel{Members: []string{ada, "U0NOBODY", "UBOT1"}}, want: chat.ScopeUnknown, calls: 6},
		{name: "shared with another company", channel: fakeslack.Channel{Members: []string{ada, "UBOT1"}, ExtShared: true}, want: chat.ScopePublic, calls: 6},
		{name: "shared within the Grid organisation", channel: fakeslack.Channel{Members: []string{ada, "UBOT1"}, OrgShared: true}, want: chat.ScopeStaff, calls: 6},
		{name: "that Slack does not tell of", channel: fakeslack.Channel{Members: []string{ada, "UBOT1"}, Hidden: true}, want: chat.ScopeUnknown, calls: 6},
		{name: "without the scope to look", channel: fakeslack.Channel{Members: []string{ada, "UBOT1"}}, scopes: []string{"chat:write", "users:read"}, want: chat.ScopeUnknown, calls: 6},
		{name: "of 5,000", channel: fakeslack.Channel{Members: ids(many(5000))}, people: many(5000), want: chat.ScopeStaff, org: "org-t1", calls: 20},
		{name: "of 5,000 and one guest", channel: fakeslack.Channel{Members: append(ids(many(5000)), guest)}, people: many(5000), want: chat.ScopePublic, calls: 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{prepare: func(f *fakeslack.Server) {
				f.AddPerson("T1", c.people...)
				c.channel.ID, c.channel.Name = "CX", "x"
				f.AddChannel("T1", c.channel)
				f.Change("T1", func(team *fakeslack.Team) { team.Scopes = c.scopes })
			}})
			before := len(r.fake.Calls())
			got := askIn(t, r, inbox, "CX")
			if got.Scope != c.want || got.Organisation != c.org {
				t.Errorf("scope %q of organisation %q; want %q of %q", got.Scope, got.Organisation, c.want, c.org)
			}
			if calls := len(r.fake.Calls()) - before; calls > c.calls {
				t.Errorf("finding out took %d calls; at most %d were expected", calls, c.calls)
			}
			before = len(r.fake.Calls())
			again := askIn(t, r, inbox, "CX")
			if again.Scope != got.Scope {
				t.Errorf("asked again, the scope is %q", again.Scope)
			}
			if calls := len(r.fake.Calls()) - before; calls > 0 && c.people == nil {
				t.Errorf("asked again, it took %d calls", calls)
			}
		})
	}
}

// An app that is installed for a whole Grid organisation says whose people it asks for.
func TestALargeRoomOfAGridOrganisation(t *testing.T) {
	members := []string{ada, "UBOTE1"}
	r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "E1", Enterprise: "E1", OrgInstall: true, BotUser: "UBOTE1"}}, prepare: func(f *fakeslack.Server) {
		for i := range 2 * lookupBudget {
			p := fakeslack.Person{ID: fmt.Sprintf("W%05d", i), Name: "Person", Team: "T77", Enterprise: "E1"}
			members = append(members, p.ID)
			f.AddPerson("E1", p)
		}
		f.AddChannel("E1", fakeslack.Channel{ID: "CX", Name: "x", Members: members})
	}})
	r.fake.Mention("E1", ada, "CX", "Who is here?", "")
	inbox.Next(t)
	chattest.Wait(t, "the room to be judged", r.fake.Changed, func() bool {
		_, judged := r.adapter.workspaces[0].keptRoom("CX")
		return judged || r.poll()
	})
	r.fake.Mention("E1", ada, "CX", "Who is here?", "")
	if got := inbox.Next(t).Room.Scope; got != chat.ScopeStaff {
		t.Errorf("scope %q", got)
	}
}

// However slow Slack is, those who ask in one room do not wait for what is looked up one after the other.
func TestSlowLookupsAreWaitedForFromWhenAnEventCame(t *testing.T) {
	r, inbox := newPair(t, rigOptions{tune: func(a *Adapter) { a.lookTime = time.Hour }})
	_, releasePerson := r.fake.Hold("users.info")
	defer releasePerson()
	_, releaseRoom := r.fake.Hold("conversations.info")
	defer releaseRoom()
	acked := make(chan struct{})
	r.adapter.receive(t.Context(), delivery{
		raw: []byte(question), from: r.adapter.workspaces, arrived: time.Now().Add(-time.Hour),
		ack: func(any) { close(acked) }, keep: func() { t.Error("it was not stored") },
	})
	if e := inbox.Next(t); e.Room.Scope != chat.ScopeUnknown || e.Actor.Standing != chat.StandingUnknown {
		t.Errorf("an hour late it waited for Slack: %+v in %+v", e.Actor, e.Room)
	}
	<-acked
}

func TestRoomFollowsWhoJoinsAndLeaves(t *testing.T) {
	r, inbox := newPair(t, rigOptions{prepare: func(f *fakeslack.Server) {
		f.AddPerson("T1", fakeslack.Person{ID: "U0NEW", Name: "New"}, fakeslack.Person{ID: "U0S", Team: "T9", Stranger: true})
	}})
	expect := func(after string, want chat.Scope) {
		t.Helper()
		if got := askIn(t, r, inbox, "C1").Scope; got != want {
			t.Errorf("after %s the scope is %q; want %q", after, got, want)
		}
	}
	members := func(what string, play func(team, channel, user string) *fakeslack.Receipt, user string, want chat.Scope) {
		t.Helper()
		play("T1", "C1", user)
		if e := inbox.Next(t); e.Kind != chat.KindMembers || e.Room.Scope != want || e.Actor.Account.User != user {
			t.Errorf("%s arrived as %q with scope %q; want %q", what, e.Kind, e.Room.Scope, want)
		}
		expect(what, want)
	}
	expect("nothing", chat.ScopeStaff)
	members("a colleague joined", r.fake.Join, "U0NEW", chat.ScopeStaff)
	members("a guest joined", r.fake.Join, guest, chat.ScopePublic)
	members("a stranger joined", r.fake.Join, "U0S", chat.ScopePublic)
	members("the guest left", r.fake.Leave, guest, chat.ScopePublic)
	members("the stranger left", r.fake.Leave, "U0S", chat.ScopeStaff)

	r.fake.AddPerson("T1", fakeslack.Person{ID: "U0NEW", Name: "New", Guest: true})
	awaitAck(t, "user_change", r.fake.Event("T1", map[string]any{"type": "user_change", "user": map[string]any{"id": "U0NEW", "team_id": "T1", "is_restricted": true}}))
	expect("a colleague became a guest", chat.ScopePublic)

	r.fake.Leave("T1", "C1", "U0NEW")
	inbox.Next(t)
	expect("they left", chat.ScopeStaff)
	r.fake.AddChannel("T1", fakeslack.Channel{ID: "C1", Name: "help", Members: []string{ada, grace, "UBOT1"}, ExtShared: true})
	expect("the channel was shared", chat.ScopePublic)
}

// While nothing was connected an event may have been missed, so rooms are looked up again.
func TestRoomsAreForgottenAfterAGap(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopeStaff {
		t.Fatalf("scope %q", got)
	}
	r.fake.AddChannel("T1", fakeslack.Channel{ID: "C1", Name: "help", Members: []string{ada, guest, "UBOT1"}})
	r.gap(t)
	if got := askIn(t, r, inbox, "C1").Scope; got != chat.ScopePublic {
		t.Errorf("a guest who came meanwhile is not seen: scope %q", got)
	}
}

// A lookup that takes too long keeps nobody waiting: the room is unknown now, and known later.
func TestSlowLookupsDoNotHoldUpEvents(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	held, release := r.fake.Hold("conversations.info")
	defer release()
	said := r.fake.Mention("T1", ada, "C1", "Who is here?", "")
	<-held
	awaitAck(t, "the question", said.Mention)
	if got := inbox.Next(t).Room.Scope; got != chat.ScopeUnknown {
		t.Errorf("while Slack does not say, the scope is %q", got)
	}
	release()
	chattest.Wait(t, "the room to be known", r.fake.Changed, func() bool {
		kept, ok := r.adapter.workspaces[0].keptRoom("C1")
		return ok && kept.scope == chat.ScopeStaff || r.poll()
	})
}
