package discord

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// doorsTable is a table of commands and actions with one of each kind.
func doorsTable() chat.Table {
	return chat.Table{
		Commands: []chat.Command{
			{Name: "ask", Summary: "An answer with its sources", Argument: chat.Argument{Name: "question", Hint: "What do you want to know?"}, Opens: askForm(), OnMessage: "Answer this"},
			{Name: "define", Summary: "What a term means", Argument: chat.Argument{Name: "term", Required: true, Suggest: "term"}, Lookup: true},
			{Name: "help", Summary: "What I can do", Private: true},
			{Name: "status", Summary: "How I am", Private: true, Admin: true},
		},
		Actions: []chat.ActionSpec{{Verb: "more", Private: true}, {Verb: "share"}, {Verb: "yes", Private: true}, {Verb: "follow", Opens: true}, {Verb: "askform"}, {Verb: "pick"}, {Verb: "erase", Private: true}},
		Follows: func(_ context.Context, e chat.Event) bool { return strings.Contains(e.Text, "and in the US") },
		Suggest: func(_ context.Context, _ chat.Event, what, typed string) []chat.Option {
			var options []chat.Option
			for _, term := range []string{"ATO", "ATO package", "Beta"} {
				if what == "term" && strings.HasPrefix(strings.ToLower(term), strings.ToLower(typed)) {
					options = append(options, chat.Option{Value: term, Label: term})
				}
			}
			return options
		},
		Open: func(context.Context, chat.Event) chat.Reply { return chat.Reply{Form: askForm()} },
	}
}

func askForm() *chat.Form {
	return &chat.Form{Action: "askform:new", Title: "Ask", Fields: []chat.Field{
		{ID: "question", Label: "Your question", Kind: chat.FieldLong, Required: true},
		{ID: "when", Label: "When?", Kind: chat.FieldChoice, Options: []chat.Option{{Value: "1", Label: "Today"}, {Value: "2", Label: "This week"}}},
	}}
}

func answerReply() chat.Reply {
	return chat.Reply{Blocks: []chat.Block{
		chat.Say("Keep secrets out of source code [1]."),
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: "Storing secrets", URL: "https://way.example.gov.uk/secrets"}}},
		chat.Actions{Actions: []chat.Action{
			{ID: "yes:1", Label: "Helpful", Vote: 1}, {ID: "share:1", Label: "Share with the channel"}, {ID: "more:1", Label: "Show more"},
			{ID: "erase:1", Label: "Erase it", Confirm: "Erase this for good?"}, {ID: "follow:1", Label: "Follow up"},
		}},
	}}
}

// opened is a session with an inbox, and with or without the message content intent.
func opened(t *testing.T, content bool) (*session, *chattest.Inbox) {
	t.Helper()
	inbox := chattest.NewInbox()
	return start(t, inbox, doorsTable(), func(f *fakediscord.Server, o *Options) {
		f.MessageContentAllowed, o.MessageContent = content, content
	}), inbox
}

func general(who string) fakediscord.Used {
	return fakediscord.Used{Who: who, Channel: fakediscord.GeneralID}
}

func (s *session) last(t testing.TB) fakediscord.Message {
	t.Helper()
	var said []fakediscord.Message
	for _, m := range s.fake.Messages() {
		if m.Author == fakediscord.BotID {
			said = append(said, m)
		}
	}
	if len(said) == 0 {
		t.Fatal("the bot has said nothing")
	}
	return said[len(said)-1]
}

func (s *session) respond(t testing.TB, e chat.Event, r chat.Reply) chat.Ref {
	t.Helper()
	ref, err := s.adapter.Respond(t.Context(), e, r)
	if err != nil {
		t.Fatalf("Respond: %v", err)
	}
	return ref
}

// waitFor waits for a message of the bot that satisfies is.
func (s *session) waitFor(t testing.TB, what string, is func(fakediscord.Message) bool) (found fakediscord.Message) {
	t.Helper()
	chattest.Wait(t, what, s.fake.Changed, func() bool {
		for _, m := range s.fake.Messages() {
			if m.Author == fakediscord.BotID && is(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// button returns the custom id of a message's button, and whether it is switched off.
func button(m fakediscord.Message, label string) (id string, off bool) {
	for _, row := range m.Components {
		for _, c := range asMaps(row["components"]) {
			if c["label"] == label {
				id, _ = c["custom_id"].(string)
				off, _ = c["disabled"].(bool)
				return id, off
			}
		}
	}
	return "", false
}

// SECURITY: whatever door somebody comes through, they are a stranger in a public room, or alone.
func TestEveryDoorIsPublic(t *testing.T) {
	s, inbox := opened(t, true)
	answer := s.fake.Say(fakediscord.Said{Who: "ada", Self: true, Channel: fakediscord.GeneralID, Text: "an answer", Silent: true})
	for _, direct := range []bool{false, true} {
		used, channel := general("ada"), fakediscord.GeneralID
		if direct {
			used.Channel, channel = "", ""
		}
		question := s.fake.Say(fakediscord.Said{Who: "grace", Channel: channel, Text: "Where is the style guide?", Silent: true})
		doors := map[string]func(){
			"mention or direct message": func() {
				s.fake.Say(fakediscord.Said{Who: "ada", Channel: channel, Text: "Who am I?", Mention: !direct})
			},
			"slash command":   func() { s.fake.Command(used, "ask", map[string]string{"question": "Who am I?"}) },
			"private command": func() { s.fake.Command(used, "define", map[string]string{"term": "ATO"}) },
			"admin command":   func() { s.fake.Command(used, "status", nil) },
			"menu of a message": func() {
				s.fake.OnMessage(used, "Answer this", question)
			},
			"button": func() { s.fake.Press(used, answer, "v1:share:1") },
			"menu":   func() { s.fake.Press(used, answer, "v1:pick:1", "a") },
			"form":   func() { s.fake.Submit(used, "", "v1:askform:new", map[string]string{"question": "Who am I?"}) },
		}
		if !direct {
			doors["reply"] = func() {
				s.fake.Say(fakediscord.Said{Who: "ada", Channel: channel, Text: "and then?", ReplyTo: answer})
			}
			doors["role"] = func() { s.fake.Say(fakediscord.Said{Who: "ada", Channel: channel, Text: "Who am I?", Role: true}) }
			doors["forum post"] = func() { s.fake.Post("ada", "Who am I?", "Tell me.") }
			doors["follow-up"] = func() { s.fake.Say(fakediscord.Said{Who: "ada", Channel: channel, Text: "and in the US?"}) }
		}
		for name, enter := range doors {
			enter()
			e := inbox.Next(t)
			want := chat.ScopePublic
			if direct {
				want = chat.ScopeDirect
			}
			if e.Room.Scope != want || e.Room.Direct != direct || e.Actor.Standing != chat.StandingStranger || e.Room.Organisation != "" || e.Actor.Organisation != "" {
				t.Errorf("%s: the room is %+v, the actor %+v", name, e.Room, e.Actor)
			}
			if e.Actor.Account != account(s.fake.User("ada")) {
				t.Errorf("%s: the account is %v", name, e.Actor.Account)
			}
		}
	}
}

func TestCommands(t *testing.T) {
	s, inbox := opened(t, false)
	t.Run("one that looks up is deferred for one person", func(t *testing.T) {
		i := s.fake.Command(general("ada"), "define", map[string]string{"term": "never suggested"})
		e := inbox.Next(t)
		if e.Text != "never suggested" || e.Command != "define" || !e.Private || e.Actor.Locale != "en-GB" {
			t.Errorf("the event is %+v", e)
		}
		<-i.Acknowledged
		ref := s.respond(t, e, answerReply())
		if m := s.last(t); m.Reader != s.fake.User("ada") || !ref.Private {
			t.Errorf("read by %q, %+v", m.Reader, ref)
		}
	})
	t.Run("a question is answered for all, its failure for who asked", func(t *testing.T) {
		s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
		s.respond(t, inbox.Next(t), answerReply())
		if m := s.last(t); m.Reader != "" {
			t.Errorf("an answer is read by %q alone", m.Reader)
		}
		s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
		s.respond(t, inbox.Next(t), chat.Reply{Blocks: []chat.Block{chat.Note(chat.Failure, "It broke.")}})
		if m := s.last(t); m.Reader != s.fake.User("ada") || !strings.Contains(m.Content, "It broke") {
			t.Errorf("a failure is read by %q: %q", m.Reader, m.Content)
		}
	})
	t.Run("on a message it answers privately", func(t *testing.T) {
		id := s.fake.Say(fakediscord.Said{Who: "grace", Channel: fakediscord.GeneralID, Text: "Where is the style guide?"})
		s.fake.OnMessage(general("ada"), "Answer this", id)
		e := inbox.Next(t)
		if e.Command != "ask" || e.Quoted == nil || e.Quoted.Text != "Where is the style guide?" || !e.Private {
			t.Errorf("the event is %+v, quoted %+v", e, e.Quoted)
		}
		s.respond(t, e, answerReply())
		if m := s.last(t); m.Reader != s.fake.User("ada") {
			t.Errorf("read by %q", m.Reader)
		}
	})
	t.Run("completions", func(t *testing.T) {
		i := s.fake.Type(general("ada"), "define", "term", "at")
		<-i.Acknowledged
		if got := i.Choices(); !slices.Equal(got, []string{"ATO", "ATO package"}) {
			t.Errorf("offered %q", got)
		}
	})
	t.Run("without its argument it opens a form", func(t *testing.T) {
		s.fake.Command(general("ada"), "ask", nil)
		m := s.waitFor(t, "the form", func(m fakediscord.Message) bool { return m.Form })
		s.fake.Submit(general("ada"), "", m.FormID, map[string]string{"question": "How?", "when": "this week"})
		if e := inbox.Next(t); e.Kind != chat.KindForm || e.Action != "askform:new" || e.Values["question"] != "How?" || e.Values["when"] != "2" {
			t.Errorf("the event is %+v", e)
		}
	})
}

// answer asks a question in the general channel, and returns its answer.
func (s *session) answer(t *testing.T, inbox *chattest.Inbox) fakediscord.Message {
	t.Helper()
	s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
	s.respond(t, inbox.Next(t), answerReply())
	return s.last(t)
}

func TestButtonForAllIsSwitchedOffAVoteIsNot(t *testing.T) {
	s, inbox := opened(t, false)
	m := s.answer(t, inbox)
	share, _ := button(m, "Share with the channel")
	<-s.fake.Press(general("grace"), m.ID, share).Acknowledged
	inbox.Next(t)
	helpful, _ := button(m, "Helpful")
	<-s.fake.Press(general("grace"), m.ID, helpful).Acknowledged
	e := inbox.Next(t)
	after := s.waitFor(t, "the button to be switched off", func(n fakediscord.Message) bool {
		_, off := button(n, "Share with the channel")
		return n.ID == m.ID && off
	})
	if _, off := button(after, "Helpful"); off || after.Content != m.Content {
		t.Errorf("the vote is off: %v; the text is %q", off, after.Content)
	}
	if e.Action != "yes:1" || e.Message != m.ID || e.Actor.Account.User != s.fake.User("grace") {
		t.Errorf("the event is %+v", e)
	}
}

func TestButtonThatNeedsAYesAsksFirst(t *testing.T) {
	s, inbox := opened(t, false)
	m := s.answer(t, inbox)
	erase, _ := button(m, "Erase it")
	<-s.fake.Press(general("ada"), m.ID, erase).Acknowledged
	question := s.waitFor(t, "the question", func(m fakediscord.Message) bool { return strings.Contains(m.Content, "Erase this for good?") })
	if question.Reader != s.fake.User("ada") {
		t.Errorf("the question is read by %q", question.Reader)
	}
	yes, _ := button(question, "Erase it")
	s.fake.Press(general("ada"), question.ID, yes)
	if e := inbox.Next(t); e.Action != "erase:1" {
		t.Errorf("the event is %+v", e)
	}
	no, _ := button(question, sayCancel)
	<-s.fake.Press(general("ada"), question.ID, no).Acknowledged
	s.waitFor(t, "the cancelling", func(m fakediscord.Message) bool { return m.Content == sayCancelled })
}

func TestButtonOfAnotherVersionSaysSo(t *testing.T) {
	s, inbox := opened(t, false)
	m := s.answer(t, inbox)
	<-s.fake.Press(general("ada"), m.ID, "v9:what:ever").Acknowledged
	if said := s.last(t); !strings.Contains(said.Content, "older version") || said.Reader != s.fake.User("ada") {
		t.Errorf("it says %q to %q", said.Content, said.Reader)
	}
}

func TestReplyTakesThePlaceOfTheMessage(t *testing.T) {
	s, inbox := opened(t, false)
	m := s.answer(t, inbox)
	share, _ := button(m, "Share with the channel")
	s.fake.Press(general("ada"), m.ID, share)
	r := chat.Reply{Blocks: []chat.Block{chat.Say("Shared.")}, Replaces: true}
	if ref := s.respond(t, inbox.Next(t), r); ref.Message != m.ID {
		t.Errorf("it replaced %s, not %s", ref.Message, m.ID)
	}
}

func TestButtonsThatOnePersonReads(t *testing.T) {
	s, inbox := opened(t, false)
	s.fake.Command(general("ada"), "define", map[string]string{"term": "ATO"})
	s.respond(t, inbox.Next(t), answerReply())
	m := s.last(t)
	helpful, _ := button(m, "Helpful")
	<-s.fake.Press(general("ada"), m.ID, helpful).Acknowledged
	e := inbox.Next(t)
	if _, off := button(s.last(t), "Helpful"); !off || !e.Private {
		t.Errorf("switched off: %v; the event is private: %v", off, e.Private)
	}
	s.respond(t, e, chat.Reply{Blocks: []chat.Block{chat.Say("Thank you.")}, Private: true})
	if said := s.last(t); said.ID == m.ID || said.Reader != s.fake.User("ada") {
		t.Errorf("the thanks went to %q", said.Reader)
	}
	more, _ := button(m, "Show more")
	s.fake.Press(general("ada"), m.ID, more)
	ref := s.respond(t, inbox.Next(t), chat.Reply{Blocks: []chat.Block{chat.Say("More.")}, Private: true, Replaces: true})
	if ref.Message != m.ID || !ref.Private {
		t.Errorf("it replaced %+v, not %s", ref, m.ID)
	}
}

func TestFormWithMistakesCanBeTriedAgain(t *testing.T) {
	s, inbox := opened(t, false)
	s.fake.Submit(general("ada"), "", "v1:askform:new", map[string]string{"question": "", "when": "never"})
	e := inbox.Next(t)
	s.respond(t, e, chat.Reply{Form: askForm(), Problems: map[string]string{"when": "Choose one of the two."}})
	m := s.last(t)
	if m.Reader != s.fake.User("ada") || !strings.Contains(m.Content, "Choose one of the two") {
		t.Fatalf("it says %q to %q", m.Content, m.Reader)
	}
	again, _ := button(m, sayTryAgain)
	s.fake.Press(general("ada"), m.ID, again)
	form := s.waitFor(t, "the form", func(m fakediscord.Message) bool { return m.Form })
	if words := asSeen(form).Text; !strings.Contains(words, "never") {
		t.Errorf("the form has lost what was typed: %q", words)
	}
}

// SECURITY: a form holds what somebody typed, and opens again for nobody else, whatever they send.
func TestATypedFormIsItsPersonsOwn(t *testing.T) {
	s, inbox := opened(t, false)
	s.fake.Submit(general("ada"), "", "v1:askform:new", map[string]string{"question": "my secret", "when": "never"})
	s.respond(t, inbox.Next(t), chat.Reply{Form: askForm(), Problems: map[string]string{"when": "Choose one of the two."}})
	m := s.last(t)
	again, _ := button(m, sayTryAgain)
	for _, forged := range []string{again, "r1:shown/askform:new:askform:new", "r1::askform:new"} {
		<-s.fake.Press(general("grace"), m.ID, forged).Acknowledged
		if form := s.last(t); form.Reader != s.fake.User("grace") || strings.Contains(asSeen(form).Text, "my secret") {
			t.Errorf("grace is shown %q", asSeen(form).Text)
		}
	}
}

// Whoever waits for a form is told when it breaks.
func TestABrokenFormIsSaid(t *testing.T) {
	table, fakeLog := doorsTable(), &logs{}
	table.Open = func(context.Context, chat.Event) chat.Reply { panic("the hook broke") }
	inbox := chattest.NewInbox()
	s := start(t, inbox, table, func(_ *fakediscord.Server, o *Options) { o.Logger = newLog(fakeLog) })
	<-s.fake.Command(general("ada"), "ask", nil).Acknowledged
	if m := s.last(t); !strings.Contains(m.Content, sayBroken) || m.Reader != s.fake.User("ada") {
		t.Errorf("ada reads %q", m.Content)
	}
	if s.adapter.Status().LastEvent.IsZero() {
		t.Error("what opens a form is no event to the status")
	}
	if said := fakeLog.String(); !strings.Contains(said, "broke its handler") || strings.Contains(said, "the hook broke") {
		t.Errorf("the log says %s", said)
	}
}

// What Discord tells of a channel with an interaction may leave out who began it.
func TestTheAskerIsKnownWithoutBeingTold(t *testing.T) {
	w := newWorld()
	w.learn(wireChannel{ID: "1300000000000000001", OwnerID: "7", ParentID: "../x", Type: 11})
	if p := w.learn(wireChannel{ID: "1300000000000000001", ParentID: fakediscord.ForumID, Type: 11}); p.owner != "7" || p.parent != fakediscord.ForumID {
		t.Errorf("it is %+v", p)
	}
	s, inbox := opened(t, true)
	post := s.fake.Post("ada", "How?", "So?")
	s.respond(t, inbox.Next(t), answerReply())
	card := s.last(t)
	s.adapter.world.channels.update(post, func(p place) place { p.owner = ""; return p })
	id, _ := button(card, sayAnswered)
	<-s.fake.Press(fakediscord.Used{Who: "ada", Channel: post}, card.ID, id).Acknowledged
	if e := inbox.Next(t); e.Action != "yes:1" {
		t.Errorf("the vote arrived as %+v", e)
	}
}

func TestForum(t *testing.T) {
	s, inbox := opened(t, true)
	post := s.fake.Post("ada", "How do we store secrets?", "We use a spreadsheet.")
	e := inbox.Next(t)
	if !e.Addressed || e.Room.ID != fakediscord.ForumID || e.Room.Thread != post || e.Text != "How do we store secrets?\nWe use a spreadsheet." {
		t.Fatalf("the event is %+v", e)
	}
	s.respond(t, e, answerReply())
	card := s.last(t)
	id, _ := button(card, sayAnswered)
	used := fakediscord.Used{Who: "grace", Channel: post}
	<-s.fake.Press(used, card.ID, id).Acknowledged
	if m := s.last(t); !strings.Contains(m.Content, "Only the person who asked") || len(s.fake.Tags(post)) != 1 {
		t.Errorf("a stranger could mark it: %q, tags %q", m.Content, s.fake.Tags(post))
	}
	used.Who = "ada"
	<-s.fake.Press(used, card.ID, id).Acknowledged
	if e := inbox.Next(t); e.Action != "yes:1" {
		t.Errorf("the vote arrived as %+v", e)
	}
	chattest.Wait(t, "the solved tag", s.fake.Changed, func() bool { return slices.Contains(s.fake.Tags(post), fakediscord.SolvedTag) })
	if _, off := button(s.waitFor(t, "the card", func(m fakediscord.Message) bool { return m.ID == card.ID }), sayAnswered); !off {
		t.Error("the button is still on")
	}
	// A moderator may too, and what follows in the thread is a conversation.
	other := s.fake.Post("ada", "Another", "question")
	s.respond(t, inbox.Next(t), answerReply())
	card = s.last(t)
	<-s.fake.Press(fakediscord.Used{Who: "mod", Channel: other, Rights: "17179869184"}, card.ID, id).Acknowledged
	inbox.Next(t)
	chattest.Wait(t, "the solved tag", s.fake.Changed, func() bool { return slices.Contains(s.fake.Tags(other), fakediscord.SolvedTag) })
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: other, Text: "and in the US?"})
	if e := inbox.Next(t); e.Addressed || e.Room.Thread != other || e.Room.ID != fakediscord.ForumID {
		t.Errorf("the follow-up is %+v", e)
	}
}

func TestWithoutMessageContent(t *testing.T) {
	s, inbox := opened(t, false)
	if !s.adapter.Capabilities().FollowUp {
		t.Error("it does not ask for Follow up buttons")
	}
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "and in the US?"})
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "what can you do?", Role: true})
	if e := inbox.Next(t); !e.Addressed || e.Text != "" {
		t.Errorf("a mention of the role arrived as %+v", e)
	}
	s.fake.Post("ada", "How do we store secrets?", "hidden")
	if e := inbox.Next(t); e.Text != "How do we store secrets?" {
		t.Errorf("a post arrived as %q", e.Text)
	}
	s.fake.Say(fakediscord.Said{Who: "ada", Text: "A direct question"})
	if e := inbox.Next(t); e.Text != "A direct question" {
		t.Errorf("a direct message arrived as %q", e.Text)
	}
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "ask <@" + s.fake.User("grace") + "> please", Mention: true})
	if e := inbox.Next(t); e.Text != "ask @grace please" {
		t.Errorf("a mention arrived as %q", e.Text)
	}
}

func TestEditedAndDeleted(t *testing.T) {
	s, inbox := opened(t, true)
	id := s.fake.Say(fakediscord.Said{Who: "ada", Text: "A direct qestion"})
	first := inbox.Next(t)
	s.fake.Reword(id, "A direct question")
	if e := inbox.Next(t); e.Kind != chat.KindEdited || e.Message != id || e.Text != "A direct question" || e.ID == first.ID {
		t.Errorf("the edit is %+v", e)
	}
	s.fake.Erase(id)
	if e := inbox.Next(t); e.Kind != chat.KindDeleted || e.Message != id {
		t.Errorf("the deletion is %+v", e)
	}
	s.fake.Event("GUILD_DELETE", json.RawMessage(`{"id":"`+fakediscord.GuildID+`","unavailable":true}`))
	s.fake.Event("GUILD_DELETE", json.RawMessage(`{"id":"`+fakediscord.GuildID+`"}`))
	if e := inbox.Next(t); e.Kind != chat.KindGone || e.Workspace != fakediscord.GuildID {
		t.Errorf("the goodbye is %+v", e)
	}
}

// Commands are registered when their definition changes, and only then.
func TestCommandsAreRegisteredOnce(t *testing.T) {
	memory := newNotebook()
	for run, want := range []int{1, 0, 1} {
		table := doorsTable()
		if run == 2 {
			table.Commands[0].Summary = "Another summary"
		}
		inbox := chattest.NewInbox()
		s := start(t, inbox, table, func(_ *fakediscord.Server, o *Options) { o.Memory = memory })
		s.hears(t, inbox, "so it is ready")
		s.cancel()
		<-s.stopped // what was begun at the start is done
		if _, _, overwrites := s.fake.Counts(); overwrites != want {
			t.Errorf("run %d: registered %d times; want %d", run, overwrites, want)
		}
		if run == 0 && len(s.fake.Commands()) != 5 {
			t.Errorf("%d commands", len(s.fake.Commands()))
		}
	}
}
