package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// newPair is a rig with its inbox, and a table that follows threads whose words say so.
func newPair(t *testing.T, o rigOptions) (*rig, *chattest.Inbox) {
	t.Helper()
	inbox := chattest.NewInbox()
	if o.table.Commands == nil {
		o.table = sampleTable()
		o.table.Follows = func(_ context.Context, e chat.Event) bool { return strings.HasPrefix(e.Text, "and ") }
	}
	return newRig(t, &onceInbox{Inbox: inbox}, o), inbox
}

// none checks that nothing but what follows is stored, by asking something afterwards.
func none(t *testing.T, r *rig, inbox *chattest.Inbox, what string) {
	t.Helper()
	r.fake.Say("T1", grace, grace, "next, please", "")
	if e := inbox.Next(t); e.Text != "next, please" {
		t.Errorf("%s was stored: %+v", what, e)
	}
}

func TestMentionIsOneQuestionInItsThread(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	said := r.fake.Mention("T1", ada, "C1", "How do we store *secrets*, in `vaults` & <safes>?", "")
	e := inbox.Next(t)
	awaitAck(t, "app_mention", said.Mention)
	awaitAck(t, "message", said.Message)
	want := chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T1", User: ada}, Name: "Ada Example", Zone: "Europe/London",
		Locale: "en-GB", Standing: chat.StandingMember, Organisation: "org-t1"}
	if e.Actor != want {
		t.Errorf("actor %+v; want %+v", e.Actor, want)
	}
	room := chat.Room{ID: "C1", Thread: said.TS, Name: "help", Scope: chat.ScopeStaff, Organisation: "org-t1"}
	if e.Room != room || e.Message != said.TS || e.AlsoID != "C1/"+said.TS {
		t.Errorf("room %+v, message %q, also %q; want %+v, %q", e.Room, e.Message, e.AlsoID, room, said.TS)
	}
	if want := "How do we store secrets, in vaults & <safes>?"; e.Text != want {
		t.Errorf("text %q; want %q", e.Text, want)
	}
	none(t, r, inbox, "the second event of one mention")
}

func TestWhatIsNoQuestionIsNotKept(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	said := r.fake.Mention("T1", ada, "C1", "How?", "")
	inbox.Next(t)
	awaitAck(t, "a preview", r.fake.Unfurl("T1", "C1", said.TS))
	none(t, r, inbox, "a preview")
	r.fake.Say("T1", ada, "C1", "lunch?", said.TS)
	none(t, r, inbox, "talk")
	for _, subtype := range []string{"channel_join", "bot_message", "channel_topic", "me_message", "reminder_add"} {
		awaitAck(t, subtype, r.fake.Event("T1", map[string]any{"type": "message", "subtype": subtype, "user": ada, "text": "<@UBOT1> x",
			"channel": "C1", "channel_type": "channel", "ts": "1700000000.000200"}))
	}
	none(t, r, inbox, "a message of a kind nobody speaks in")
	awaitAck(t, "a bot without bot_id", r.fake.Event("T1", map[string]any{"type": "app_mention", "user": "U0OTHERBOT", "text": "<@UBOT1> x",
		"channel": "C1", "ts": "1700000000.000300"}))
	none(t, r, inbox, "another bot")
}

func TestFollowUpsEditsAndDeletions(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	said := r.fake.Mention("T1", ada, "C1", "How?", "")
	inbox.Next(t)
	r.fake.Say("T1", ada, "C1", "and in the US?", said.TS)
	if e := inbox.Next(t); e.Addressed || e.Room.Thread != said.TS || e.Text != "and in the US?" {
		t.Errorf("a follow-up: %+v", e)
	}
	r.fake.Edit("T1", "C1", said.TS, "<@UBOT1> How, and why?")
	if e := inbox.Next(t); e.Kind != chat.KindEdited || e.Text != "How, and why?" || e.Message != said.TS || !e.Addressed {
		t.Errorf("an edit: %+v", e)
	}
	r.fake.Delete("T1", "C1", said.TS)
	if e := inbox.Next(t); e.Kind != chat.KindDeleted || e.Text != "" || e.Message != said.TS {
		t.Errorf("a deletion: %+v", e)
	}
	other := r.fake.Say("T1", ada, "C1", "lunch?", "")
	r.fake.Edit("T1", "C1", other.TS, "lunch at one?")
	r.fake.Delete("T1", "C1", other.TS)
	none(t, r, inbox, "a change of what was not meant for Liaison")
}

// Nobody is looked up, and nobody asked, about what people say to each other in the open channel.
func TestTalkCostsNothing(t *testing.T) {
	asked := make(chan chat.Event, 10)
	table := sampleTable()
	table.Follows = func(_ context.Context, e chat.Event) bool { asked <- e; return false }
	r, inbox := newPair(t, rigOptions{table: table})
	before := len(r.fake.Calls())
	awaitAck(t, "talk", r.fake.Say("T1", ada, "C1", "and lunch?", "").Message)
	if calls := r.fake.Calls()[before:]; len(calls) > 0 || len(asked) > 0 {
		t.Errorf("for talk Slack was asked %v, and the table %d times", calls, len(asked))
	}
	none(t, r, inbox, "talk")
}

func TestDirectMessages(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	said := r.fake.Say("T1", ada, ada, "How do we store secrets?", "")
	e := inbox.Next(t)
	if !e.Room.Direct || e.Room.Scope != chat.ScopeDirect || e.Room.Thread != said.TS || !e.Addressed {
		t.Errorf("a direct message: %+v", e)
	}
	chattest.Wait(t, "the agent view to be told", r.fake.Changed, func() bool { return len(r.fake.Statuses()) >= 2 })
	want := []string{"status " + fakeslack.DirectID(ada) + " is looking…", "title How do we store secrets?"}
	if got := r.fake.Statuses(); got[0] != want[0] || got[1] != want[1] {
		t.Errorf("the agent view was told %q; want %q", got, want)
	}
}

// Some workspaces report a mention in a direct message as one, without saying where it is.
func TestAMentionInADirectMessageIsDirect(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	_, release := r.fake.Hold("conversations.info")
	defer release()
	r.fake.Event("T1", map[string]any{"type": "app_mention", "user": ada, "text": "<@UBOT1> How?", "channel": fakeslack.DirectID(ada), "ts": "1700000000.000700"})
	if e := inbox.Next(t); !e.Room.Direct || e.Room.Scope != chat.ScopeDirect {
		t.Errorf("it is in %+v", e.Room)
	}
}

func TestSlashCommands(t *testing.T) {
	for _, c := range []struct{ typed, command, text string }{
		{"", "help", ""},
		{"help", "help", ""},
		{"How do we store secrets?", "ask", "How do we store secrets?"},
		{"define ATO", "ask", "define ATO"}, // the router reads it
		{"Reindex", "reindex", ""},
	} {
		t.Run(c.typed, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{})
			r.fake.Slash("T1", ada, "C1", c.typed)
			e := inbox.Next(t)
			if e.Kind != chat.KindCommand || e.Command != c.command || e.Text != c.text || !e.Private || !e.Addressed {
				t.Errorf("arrived as kind %q, command %q, text %q, private %v", e.Kind, e.Command, e.Text, e.Private)
			}
			if e.Room.Scope != chat.ScopeStaff || e.HandleUntil.IsZero() || len(e.Handle) == 0 {
				t.Errorf("room %+v, handle until %v", e.Room, e.HandleUntil)
			}
		})
	}
}

// A slash command may be typed where Liaison is not: between two people, or in a room it cannot see.
func TestSlashCommandElsewhere(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	r.fake.Slash("T1", ada, "D0OTHERS", "How?")
	e := inbox.Next(t)
	if e.Room.Direct || e.Room.Scope != chat.ScopeUnknown {
		t.Fatalf("a conversation of others counts as Liaison's own: %+v", e.Room)
	}
	ref, err := r.adapter.Respond(t.Context(), e, chat.Reply{Blocks: []chat.Block{chat.Say("So.")}})
	if err != nil || !ref.Private {
		t.Fatalf("Respond: %+v, %v", ref, err)
	}
	if got := r.fake.Answers(); len(got) != 1 || got[0].Reader != ada || got[0].Channel != "D0OTHERS" {
		t.Errorf("answered with %+v", got)
	}
}

func TestShortcuts(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	said := r.fake.Say("T1", grace, "C1", "Does anybody know <https://gov.uk|where> to ask?", "")
	r.fake.Shortcut("T1", ada, "message:ask", "C1", said.TS)
	e := inbox.Next(t)
	want := chat.Quoted{Message: said.TS, Author: chat.Account{Platform: "slack", Workspace: "T1", User: grace}, Text: "Does anybody know where (https://gov.uk) to ask?"}
	if e.Kind != chat.KindCommand || e.Command != "ask" || e.Quoted == nil || *e.Quoted != want || !e.Private {
		t.Errorf("Answer this: %+v, quoted %+v", e, e.Quoted)
	}
	r.fake.Shortcut("T1", ada, "global:ask", "", "")
	chattest.Wait(t, "the form", r.fake.Changed, func() bool { return len(r.fake.Views()) == 1 })
	awaitAck(t, "the form", r.fake.Submit(r.fake.Views()[0], map[string]string{"question": "Who signs it off?"}))
	e = inbox.Next(t)
	if e.Kind != chat.KindForm || e.Action != "askform:" || e.Values["question"] != "Who signs it off?" || !e.Private || !e.Room.Direct {
		t.Errorf("Ask Liaison: %+v", e)
	}
	if _, err := r.adapter.Respond(t.Context(), e, chat.Reply{Blocks: []chat.Block{chat.Say("She does.")}}); err != nil {
		t.Fatal(err)
	}
	if got := r.fake.Answers(); len(got) != 1 || got[0].Channel != fakeslack.DirectID(ada) {
		t.Errorf("answered with %+v", got)
	}
}

func TestHomeAndConversationTabs(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	r.fake.OpenHome("T1", ada, "home")
	e := inbox.Next(t)
	if e.Kind != chat.KindHome || e.Actor.Name != "Ada Example" || !e.Room.Direct {
		t.Fatalf("the Home tab: %+v", e)
	}
	if err := r.adapter.PublishHome(t.Context(), e.Actor.Account, chat.Reply{Blocks: []chat.Block{chat.Say("Ask me anything."),
		chat.Actions{Actions: []chat.Action{{ID: "undo:1", Label: "Undo"}}}}}); err != nil {
		t.Fatal(err)
	}
	home, ok := r.fake.Home("T1", ada)
	if !ok || !strings.Contains(home.Show().Text, "Ask me anything.") {
		t.Errorf("the Home tab shows %q", home.Show().Text)
	}
	b := home.Show().Buttons[0]
	r.fake.Press("T1", ada, fakeslack.Press{ActionID: b.ActionID, Value: b.Value, Home: true})
	e = inbox.Next(t)
	if e.Action != "undo:1" || !e.Room.Direct {
		t.Fatalf("a button of the Home tab: %+v", e)
	}
	if _, err := r.adapter.Respond(t.Context(), e, chat.Reply{Replaces: true, Blocks: []chat.Block{chat.Say("Undone.")}}); err != nil {
		t.Fatal(err)
	}
	if home, _ := r.fake.Home("T1", ada); !strings.Contains(home.Show().Text, "Undone.") {
		t.Errorf("after the press the Home tab shows %q", home.Show().Text)
	}
	awaitAck(t, "the conversation", r.fake.OpenHome("T1", ada, "messages"))
	chattest.Wait(t, "the suggestions", r.fake.Changed, func() bool { return len(r.fake.Statuses()) > 0 })
	if got := r.fake.Statuses()[0]; got != "prompt How do we store secrets?" {
		t.Errorf("suggested first: %q", got)
	}
	none(t, r, inbox, "the conversation tab")
}

func TestLinkButtonsAskNothing(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	awaitAck(t, "a link", r.fake.Press("T1", ada, fakeslack.Press{ActionID: "ub0|page:1", Value: "page:1", Channel: "C1"}))
	none(t, r, inbox, "a press of a link")
}

func TestMenusAndVotes(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	long := strings.Repeat("v", chat.MaxAction)
	for _, c := range []struct {
		press          fakeslack.Press
		action, choice string
	}{
		{fakeslack.Press{ActionID: "pick:1", Selected: "agile", Type: "static_select"}, "pick:1", "agile"},
		{fakeslack.Press{ActionID: pickID("pick:1", 2), Value: long}, "pick:1", long},
		{fakeslack.Press{ActionID: voteID("vote:1"), Value: "unvote:1", Type: "feedback_buttons"}, "unvote:1", ""},
		{fakeslack.Press{ActionID: buttonID("a|b:1", 0), Value: "a|b:1"}, "a|b:1", ""},
	} {
		c.press.Channel = "C1"
		r.fake.Press("T1", ada, c.press)
		if e := inbox.Next(t); e.Action != c.action || e.Values["choice"] != c.choice {
			t.Errorf("%q pressed: action %q, choice %q", c.press.ActionID, e.Action, e.Values["choice"])
		}
	}
}

func TestWorkspacesAreApart(t *testing.T) {
	r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1"}, {ID: "T2"}}})
	for _, team := range []string{"T1", "T2"} {
		r.fake.Mention(team, ada, "C1", "asked in "+team, "")
		e := inbox.Next(t)
		if e.Workspace != team || e.Actor.Account.Workspace != team || e.Actor.Organisation != "org-"+strings.ToLower(team) {
			t.Errorf("asked in %s, it is from %s of %+v", team, e.Workspace, e.Actor)
		}
		if _, err := r.adapter.Respond(t.Context(), e, chat.Reply{Blocks: []chat.Block{chat.Say("answered in " + team)}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range r.fake.Answers() {
		if !strings.Contains(m.Show().Text, m.Team) {
			t.Errorf("in %s it says %q", m.Team, m.Show().Text)
		}
	}
}

func TestGridInstallation(t *testing.T) {
	r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "E1", Enterprise: "E1", OrgInstall: true}}, prepare: func(f *fakeslack.Server) {
		f.AddPerson("E1", fakeslack.Person{ID: "W0GRID", Name: "Grid Example", Team: "T77", Enterprise: "E1"},
			fakeslack.Person{ID: "W0VISITOR", Name: "Visitor", Team: "T88", Enterprise: "E2"})
		f.Change("E1", func(t *fakeslack.Team) {})
	}})
	r.fake.Mention("E1", "W0GRID", "C1", "How?", "")
	if e := inbox.Next(t); e.Workspace != "E1" || e.Actor.Standing != chat.StandingMember {
		t.Errorf("a member of the Grid organisation: %+v", e)
	}
	r.fake.Mention("E1", "W0VISITOR", "C1", "How?", "")
	if e := inbox.Next(t); e.Actor.Standing != chat.StandingStranger || e.Actor.Organisation != "" {
		t.Errorf("a visitor to the Grid organisation: %+v", e.Actor)
	}
}

// Liaison in one workspace of a Grid organisation: who is in another of them is no member of this one's
// organisation, whether they speak in a shared channel or write directly.
func TestOneWorkspaceOfAGridOrganisation(t *testing.T) {
	r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1", Enterprise: "E1"}}, prepare: func(f *fakeslack.Server) {
		f.AddPerson("T1", fakeslack.Person{ID: "W0BOTH", Name: "Both Example", Team: "T77", Teams: []string{"T1"}, Enterprise: "E1"},
			fakeslack.Person{ID: "W0OTHER", Name: "Other Example", Team: "T77", Enterprise: "E1"})
		f.AddChannel("T1", fakeslack.Channel{ID: "CORG", Name: "org", Members: []string{ada, "W0BOTH", "W0OTHER", "UBOT1"}, OrgShared: true})
	}})
	for user, organisation := range map[string]string{ada: "org-t1", "W0BOTH": "org-t1", "W0OTHER": ""} {
		for _, channel := range []string{"CORG", user} {
			r.fake.Mention("T1", user, channel, "How?", "")
			e := inbox.Next(t)
			if e.Actor.Standing != chat.StandingMember || e.Actor.Organisation != organisation || e.Room.Organisation != "" {
				t.Errorf("%s in %s: %+v in %+v", user, channel, e.Actor, e.Room)
			}
		}
	}
}

func TestConnectStrangersAreStrangers(t *testing.T) {
	r, inbox := newPair(t, rigOptions{prepare: func(f *fakeslack.Server) {
		// SECURITY: the visitor's id is that of one of our own people.
		f.AddChannel("T1", fakeslack.Channel{ID: "CSHARED", Name: "shared", Members: []string{ada, grace, "UBOT1"}, ExtShared: true})
	}})
	r.fake.Mention("T1", ada, "CSHARED", "How?", "")
	if e := inbox.Next(t); e.Room.Scope != chat.ScopePublic || e.Actor.Standing != chat.StandingMember {
		t.Errorf("our own person in a shared channel: %+v", e)
	}
	r.fake.Event("T1", map[string]any{"type": "app_mention", "user": ada, "user_team": "T9", "source_team": "T9", "text": "<@UBOT1> Who am I?",
		"channel": "CSHARED", "ts": "1700000000.000400"})
	e := inbox.Next(t)
	if e.Actor.Standing != chat.StandingStranger || e.Actor.Account != (chat.Account{Platform: "slack", Workspace: "T1", User: ada + "@T9"}) || e.Actor.Organisation != "" {
		t.Errorf("a visitor with the id of one of ours: %+v", e.Actor)
	}
	if _, err := r.adapter.Respond(t.Context(), e, chat.Reply{Private: true, Blocks: []chat.Block{chat.Say("A visitor.")}}); err != nil {
		t.Errorf("Respond to a visitor: %v", err)
	}
	if answers := r.fake.Answers(); len(answers) != 1 || answers[0].Reader != ada || answers[0].Channel != "CSHARED" {
		t.Errorf("a visitor is answered with %+v", answers)
	}
}

// Who holds the secret of one workspace cannot speak for the people of another: not even as visitors.
func TestASecretMakesNobodyOfAnotherWorkspace(t *testing.T) {
	r, inbox := newPair(t, rigOptions{overHTTP: true, teams: []fakeslack.Team{{ID: "T1"}, {ID: "T2"}}, prepare: func(f *fakeslack.Server) {
		f.AddPerson("T1", fakeslack.Person{ID: "U0TWO", Name: "Two Example", Team: "T2", Stranger: true})
	}})
	r.fake.Mention("T2", ada, "C1", "export me", "")
	own := inbox.Next(t).Actor.Account
	forged := []string{
		`{"type":"event_callback","event_id":"Ev8","team_id":"T1","event":{"type":"app_mention","user":"U0ADA","user_team":"T2","text":"<@UBOT1> export me","ts":"1700000000.000800","channel":"C1"}}`,
		`{"type":"event_callback","event_id":"Ev9","team_id":"T1","event":{"type":"app_mention","user":"U0TWO","text":"<@UBOT1> export me","ts":"1700000000.000900","channel":"C1"}}`,
	}
	for _, body := range forged {
		post(t, r.fake.Signed("T1", "/events", "application/json", []byte(body), r.clock.now()))
		e := inbox.Next(t)
		if e.Actor.Account == own || e.Actor.Account.Workspace != "T1" || e.Actor.Standing != chat.StandingStranger {
			t.Errorf("T1's secret spoke for %v: %+v", own, e.Actor)
		}
	}
	press := `{"type":"block_actions","trigger_id":"9.9","team":{"id":"T1"},"user":{"id":"U0ADA","team_id":"T2"},"actions":[{"action_id":"b0|more:1","value":"more:1"}],"container":{"channel_id":"C1","message_ts":"1700000000.000100"}}`
	post(t, r.fake.Signed("T1", "/interactive", "application/x-www-form-urlencoded", []byte(url.Values{"payload": {press}}.Encode()), r.clock.now()))
	if e := inbox.Next(t); e.Actor.Account == own {
		t.Errorf("by a press T1's secret spoke for %v", own)
	}
}

func TestRemovalStopsOneWorkspace(t *testing.T) {
	for _, event := range []map[string]any{{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": map[string]any{"bot": []any{"UBOT1"}}}} {
		r, inbox := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1"}, {ID: "T2"}}})
		inbox.Fail(errors.New("the disk is full"))
		removal := r.fake.Event("T1", event)
		chattest.Wait(t, "the removal to be tried", inbox.Changed, func() bool { return len(inbox.Puts()) > 0 })
		inbox.Fail(nil) // what could not be stored comes again, and still counts
		r.fake.Again(removal)
		if e := inbox.Next(t); e.Kind != chat.KindGone || e.Workspace != "T1" {
			t.Errorf("%v: %+v", event, e)
		}
		chattest.Wait(t, "the workspace to be stopped", r.fake.Changed, func() bool { return r.adapter.workspaces[0].stopped() != "" || r.poll() })
		if status := r.adapter.Status(); !status.Connected || !strings.Contains(status.Detail, "removed") {
			t.Errorf("the status is %+v", status)
		}
		r.fake.Mention("T2", ada, "C1", "Still there?", "")
		if e := inbox.Next(t); e.Workspace != "T2" {
			t.Errorf("the other workspace: %+v", e)
		}
		_, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, chat.Reply{Blocks: []chat.Block{chat.Say("x")}})
		if chat.SendKindOf(err) != chat.SendRefused {
			t.Errorf("Send to a workspace that is gone: %v", err)
		}
	}
}
