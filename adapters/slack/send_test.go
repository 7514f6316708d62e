package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func saying(words string) chat.Reply { return chat.Reply{Blocks: []chat.Block{chat.Say(words)}} }

// asked plays a question in a channel and returns it as it was stored.
func asked(t *testing.T, r *rig, inbox *chattest.Inbox, channel string) chat.Event {
	t.Helper()
	r.fake.Mention("T1", ada, channel, "How?", "")
	return inbox.Next(t)
}

func TestAnswerStandsInTheThread(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	e := asked(t, r, inbox, "C1")
	ref, err := r.adapter.Respond(t.Context(), e, saying("Like so."))
	if err != nil {
		t.Fatal(err)
	}
	m := r.fake.Answers()[0]
	if m.Thread != e.Message || m.Channel != "C1" || m.Reader != "" || m.LinkPreviews || ref != (chat.Ref{Platform: "slack", Workspace: "T1", Room: "C1", Message: m.TS}) {
		t.Errorf("posted %+v, ref %+v", m, ref)
	}
	for _, c := range r.fake.CallsOf("chat.postMessage") {
		if c.Args["reply_broadcast"] != "" || c.Args["parse"] != "none" || c.Args["link_names"] != "false" || c.Args["text"] == "" {
			t.Errorf("sent with %v", c.Args)
		}
	}
}

func TestStillWorkingBecomesTheAnswer(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	e := asked(t, r, inbox, "C1")
	ref, err := r.adapter.Respond(t.Context(), e, saying("Still working on it."))
	if err != nil {
		t.Fatal(err)
	}
	long := chat.Reply{}
	for i := range 40 {
		long.Blocks = append(long.Blocks, chat.Say(fmt.Sprintf("%d %s", i, strings.Repeat("word ", 150))))
	}
	if err := r.adapter.Edit(t.Context(), ref, long); err != nil {
		t.Fatal(err)
	}
	if err := r.adapter.Edit(t.Context(), ref, long); err != nil { // as the next process does after a kill
		t.Fatal(err)
	}
	answers := r.fake.Answers()
	if len(answers) != len(renderMessages(long)) || len(answers) < 2 || answers[0].TS != ref.Message || answers[0].Edits != 2 {
		t.Fatalf("%d messages of %d, the first edited %d times", len(answers), len(renderMessages(long)), answers[0].Edits)
	}
	var shown strings.Builder
	for _, m := range answers {
		shown.WriteString(m.Show().Text)
		if m.Thread != e.Message {
			t.Errorf("a part stands in thread %q, not %q", m.Thread, e.Message)
		}
	}
	if missing := chattest.Missing(long, shown.String()); len(missing) > 0 {
		t.Errorf("%d words are missing", len(missing))
	}
	if err := r.adapter.Delete(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if err := r.adapter.Delete(t.Context(), ref); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
	if err := r.adapter.Edit(t.Context(), ref, saying("x")); chat.SendKindOf(err) != chat.SendRefused {
		t.Errorf("editing what is gone: %v", err)
	}
}

// A restart forgets which thread a message is in; Slack is asked.
func TestOverflowOfAnEditAfterARestart(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	e := asked(t, r, inbox, "C1")
	ref, err := r.adapter.Respond(t.Context(), e, saying("Still working on it."))
	if err != nil {
		t.Fatal(err)
	}
	w := r.adapter.workspaces[0]
	w.mu.Lock()
	w.threads = map[string]string{}
	w.mu.Unlock()
	if err := r.adapter.Edit(t.Context(), ref, saying(strings.Repeat("word ", 4000))); err != nil {
		t.Fatal(err)
	}
	for _, m := range r.fake.Answers() {
		if m.Thread != e.Message {
			t.Errorf("a part stands in thread %q, not %q", m.Thread, e.Message)
		}
	}
}

func TestPrivateAnswers(t *testing.T) {
	private := saying("For you alone.")
	private.Private = true
	for _, c := range []struct {
		name    string
		faults  []fakeslack.Fault
		age     time.Duration
		slash   bool
		channel string // where it is seen
		inTurn  string // the calls made for it
	}{
		{name: "a mention", channel: "C1", inTurn: "chat.postEphemeral"},
		{name: "a mention where Liaison is no member", faults: []fakeslack.Fault{{Method: "chat.postEphemeral", Error: "not_in_channel"}},
			channel: fakeslack.DirectID(ada), inTurn: "chat.postEphemeral chat.postMessage"},
		{name: "a slash command", slash: true, channel: "C1", inTurn: "response_url"},
		{name: "a slash command after half an hour", slash: true, age: time.Hour, channel: "C1", inTurn: "chat.postEphemeral"},
		{name: "a slash command whose address is used up", slash: true, faults: []fakeslack.Fault{{Method: "response_url", Error: "used_url"}},
			channel: "C1", inTurn: "response_url chat.postEphemeral"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{})
			if c.slash {
				r.fake.Slash("T1", ada, "C1", "How?")
			} else {
				r.fake.Mention("T1", ada, "C1", "How?", "")
			}
			e := inbox.Next(t)
			for _, f := range c.faults {
				r.fake.Add(f)
			}
			r.clock.pass(c.age)
			before := len(r.fake.Calls())
			ref, err := r.adapter.Respond(t.Context(), e, private)
			if err != nil || !ref.Private {
				t.Fatalf("ref %+v, %v", ref, err)
			}
			answers := r.fake.Answers()
			if len(answers) != 1 || answers[0].Reader != ada || answers[0].Channel != c.channel || answers[0].Thread != "" {
				t.Errorf("answered with %+v", answers)
			}
			var turns []string
			for _, call := range r.fake.Calls()[before:] {
				turns = append(turns, call.Method)
			}
			if got := strings.Join(turns, " "); got != c.inTurn {
				t.Errorf("it called %q; want %q", got, c.inTurn)
			}
		})
	}
}

func TestShareAndReplace(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	r.fake.Slash("T1", ada, "C1", "How?")
	e := inbox.Next(t)
	answer := saying("Like so.")
	answer.Blocks = append(answer.Blocks, chat.Actions{Actions: []chat.Action{{ID: "share:1", Label: "Share"}, {ID: "more:1", Label: "More"}}})
	if _, err := r.adapter.Respond(t.Context(), e, answer); err != nil {
		t.Fatal(err)
	}
	hidden := r.fake.Answers()[0]
	press := func(action string) chat.Event {
		for _, b := range hidden.Show().Buttons {
			if b.Value == action {
				r.fake.Press("T1", ada, fakeslack.Press{ActionID: b.ActionID, Value: b.Value, TS: hidden.TS})
				return inbox.Next(t)
			}
		}
		t.Fatalf("no button %s", action)
		return chat.Event{}
	}
	if _, err := r.adapter.Respond(t.Context(), press("share:1"), saying("Ada shares: like so.")); err != nil {
		t.Fatal(err)
	}
	replaced := saying("Shared.")
	replaced.Replaces = true
	if _, err := r.adapter.Respond(t.Context(), press("more:1"), replaced); err != nil {
		t.Fatal(err)
	}
	answers := r.fake.Answers()
	if len(answers) != 2 || answers[0].Show().Text != "Shared.\n" || answers[0].Reader != ada || answers[1].Reader != "" || answers[1].Channel != "C1" {
		t.Errorf("the channel shows %+v", answers)
	}
}

// Sharing works where Liaison is no member, too: Slack's address for the press may post there.
func TestShareWhereLiaisonIsNoMember(t *testing.T) {
	r, inbox := newPair(t, rigOptions{prepare: func(f *fakeslack.Server) {
		f.AddChannel("T1", fakeslack.Channel{ID: "CAWAY", Name: "away", Members: []string{ada, grace}, NoBot: true})
	}})
	r.fake.Press("T1", ada, fakeslack.Press{ActionID: buttonID("share:1", 0), Value: "share:1", Channel: "CAWAY"})
	e := inbox.Next(t)
	if _, err := r.adapter.Respond(t.Context(), e, saying("Ada shares: like so.")); err != nil {
		t.Fatal(err)
	}
	answers := r.fake.Answers()
	if last := answers[len(answers)-1]; last.Channel != "CAWAY" || last.Reader != "" || last.LinkPreviews {
		t.Errorf("shared as %+v", last)
	}
}

// A private reply never takes the place of a message that all can read.
func TestPrivateDoesNotReplaceThePublic(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	e := asked(t, r, inbox, "C1")
	if _, err := r.adapter.Respond(t.Context(), e, saying("For all.")); err != nil {
		t.Fatal(err)
	}
	r.fake.Press("T1", grace, fakeslack.Press{ActionID: buttonID("more:1", 0), Value: "more:1", TS: r.fake.Answers()[0].TS})
	e = inbox.Next(t)
	reply := saying("For Grace.")
	reply.Replaces, reply.Private = true, true
	if _, err := r.adapter.Respond(t.Context(), e, reply); err != nil {
		t.Fatal(err)
	}
	for _, m := range r.fake.Answers() {
		if strings.Contains(m.Show().Text, "Grace") && m.Reader != grace {
			t.Errorf("%q can be read by %q", m.Show().Text, m.Reader)
		}
	}
}

func TestOneMessageASecondAChannel(t *testing.T) {
	r, _ := newPair(t, rigOptions{})
	start := r.clock.now()
	for i := range 10 {
		if _, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, saying(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if passed := r.clock.now().Sub(start); passed < (10-channelBurst)*channelPace {
		t.Errorf("ten messages to one channel took %v", passed)
	}
	start = r.clock.now()
	for _, room := range []string{"CGUESTS", "CHIDDEN", ada, grace} {
		if _, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: room}, saying("x")); err != nil {
			t.Fatal(err)
		}
	}
	if passed := r.clock.now().Sub(start); passed > channelPace {
		t.Errorf("four channels waited %v for one another", passed)
	}
}

// Who is told to come back later has not used up a turn.
func TestATurnThatIsNotWaitedForIsNotTaken(t *testing.T) {
	c := &clock{}
	courier := newCourier(nil, c.now, func(context.Context, time.Duration) error { return nil }) // no time passes
	refused := 0
	for range 100 {
		var limited *limitedError
		if err := courier.turn(t.Context(), "C1"); errors.As(err, &limited) {
			refused++
		}
	}
	c.pass(patience + channelBurst*channelPace)
	if err := courier.turn(t.Context(), "C1"); refused == 0 || err != nil {
		t.Errorf("%d were refused, and when all turns are over: %v", refused, err)
	}
}

// What a response address puts into a channel is one of the channel's messages, and a channel that is
// limited holds up no other.
func TestResponseAddressesAreOfAChannel(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	w := r.adapter.workspaces[0]
	r.fake.Slash("T1", ada, "C1", "how?")
	var h handle
	_ = decode(inbox.Next(t).Handle, &h)
	m := renderMessages(saying("x"))[0]
	start := r.clock.now()
	for range maxURLUses {
		if err := w.postToURL(t.Context(), "C1", h.URL, urlMessage{Type: inChannel}, m); err != nil {
			t.Fatal(err)
		}
	}
	if passed := r.clock.now().Sub(start); passed < (maxURLUses-channelBurst)*channelPace {
		t.Errorf("%d messages to one channel took %v", maxURLUses, passed)
	}
	r.fake.Add(fakeslack.Fault{Method: "response_url", Status: http.StatusTooManyRequests, RetryAfter: "600", Once: true})
	if err := w.postToURL(t.Context(), "C1", h.URL, urlMessage{Type: onlyYou}, m); chat.SendKindOf(err) != chat.SendLimited {
		t.Errorf("told to wait: %v", err)
	}
	r.fake.Slash("T1", ada, "CGUESTS", "how?")
	_ = decode(inbox.Next(t).Handle, &h)
	if err := w.postToURL(t.Context(), "CGUESTS", h.URL, urlMessage{Type: onlyYou}, m); err != nil {
		t.Errorf("another channel has to wait: %v", err)
	}
}

func TestWaitsAsLongAsToldTo(t *testing.T) {
	for _, c := range []struct {
		header string
		least  time.Duration
		gives  bool // it is left to the caller
	}{
		{"2", 2 * time.Second, false}, {"0", 0, false}, {"", time.Second, false}, {"soon", time.Second, false}, {"-5", time.Second, false},
		{"1.5", 1500 * time.Millisecond, false}, {"3600", 0, true}, {"99999999999", 0, true}, {"NaN", time.Second, false},
	} {
		t.Run(c.header, func(t *testing.T) {
			r, _ := newPair(t, rigOptions{})
			r.fake.Add(fakeslack.Fault{Method: "chat.postMessage", Status: http.StatusTooManyRequests, RetryAfter: c.header, Once: true})
			start := r.clock.now()
			_, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, saying("x"))
			if c.gives {
				var send *chat.SendError
				if !errors.As(err, &send) || send.Kind != chat.SendLimited || send.After < time.Minute || send.After > time.Hour {
					t.Errorf("told to wait for %s, Send returned %v", c.header, err)
				}
				_, again := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, saying("x"))
				if chat.SendKindOf(again) != chat.SendLimited || len(r.fake.CallsOf("chat.postMessage")) != 1 {
					t.Errorf("before the time was over it asked again: %v", again)
				}
				if _, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "CGUESTS"}, saying("x")); err != nil {
					t.Errorf("another channel has to wait: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if passed := r.clock.now().Sub(start); passed < c.least {
				t.Errorf("told to wait for %q it waited %v", c.header, passed)
			}
		})
	}
}

func TestErrorsSayWhatToDoAndNoSecret(t *testing.T) {
	for _, c := range []struct {
		fault fakeslack.Fault
		want  chat.SendKind
	}{
		{fakeslack.Fault{Error: "channel_not_found"}, chat.SendRefused},
		{fakeslack.Fault{Error: "is_archived"}, chat.SendRefused},
		{fakeslack.Fault{Error: "a_word_of_next_year"}, chat.SendRefused},
		{fakeslack.Fault{Error: "internal_error"}, chat.SendUnknown},
		{fakeslack.Fault{Error: "service_unavailable"}, chat.SendFailed},
		{fakeslack.Fault{Status: 500}, chat.SendUnknown},
		{fakeslack.Fault{Status: 404}, chat.SendRefused},
		{fakeslack.Fault{Status: 302}, chat.SendRefused},
		{fakeslack.Fault{Lose: true}, chat.SendUnknown},
	} {
		r, inbox := newPair(t, rigOptions{})
		r.fake.Slash("T1", ada, "C1", "How?")
		e := inbox.Next(t)
		public := asked(t, r, inbox, "C1")
		c.fault.Method = ""
		r.fake.Add(c.fault)
		_, err := r.adapter.Respond(t.Context(), public, saying("a secret of ours"))
		if chat.SendKindOf(err) != c.want {
			t.Errorf("%+v: %v; want %s", c.fault, err, c.want)
		}
		_, hidden := r.adapter.Respond(t.Context(), e, saying("a secret of ours"))
		for _, err := range []error{err, hidden} {
			text := fmt.Sprint(err)
			for _, secret := range []string{"xoxb", "xapp", "/response/", r.fake.URL, "a secret of ours"} {
				if strings.Contains(text, secret) {
					t.Errorf("%+v: the error holds %q: %s", c.fault, secret, text)
				}
			}
		}
	}
}

func TestUnreachableIsNotDelivered(t *testing.T) {
	a := quietAdapter(t)
	_, err := a.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, saying("x"))
	if chat.SendKindOf(err) != chat.SendFailed {
		t.Errorf("Send to nobody: %v", err)
	}
}

func TestLostAnswersAreFound(t *testing.T) {
	long := saying(strings.Repeat("word ", 4000))
	parts := len(renderMessages(long))
	for _, c := range []struct {
		name  string
		reply chat.Reply
		lose  int // which send's reply is lost
		whole bool
	}{
		{"one message", saying("Like so."), 1, true},
		{"the last of several", long, parts, true},
		{"the first of several", long, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inbox := newPair(t, rigOptions{})
			e := asked(t, r, inbox, "C1")
			sends := 0
			r.fake.Add(fakeslack.Fault{Method: "chat.postMessage", Lose: true, Match: func(fakeslack.Call) bool { sends++; return sends == c.lose }})
			// What cannot be taken back now must be found later.
			lift, _ := r.fake.Add(fakeslack.Fault{Method: "chat.delete", Error: "internal_error"})
			if _, err := r.adapter.Respond(t.Context(), e, c.reply); chat.SendKindOf(err) != chat.SendUnknown {
				t.Fatalf("Respond: %v", err)
			}
			lift()
			to := chat.To{Workspace: e.Workspace, Room: e.Room.ID, Thread: e.Room.Thread, Key: e.ID}
			ref, err := r.adapter.Find(t.Context(), to)
			if err != nil || (ref != chat.Ref{}) != c.whole {
				t.Fatalf("Find: %+v, %v", ref, err)
			}
			if !c.whole {
				if _, err := r.adapter.Respond(t.Context(), e, c.reply); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(r.fake.Answers()); got != len(renderMessages(c.reply)) {
				t.Errorf("%d messages stand; want %d", got, len(renderMessages(c.reply)))
			}
		})
	}
}

func TestFindAsksWhatItCan(t *testing.T) {
	r, inbox := newPair(t, rigOptions{})
	e := asked(t, r, inbox, "C1")
	to := chat.To{Workspace: "T1", Room: "C1", Thread: e.Room.Thread, Key: "never"}
	if ref, err := r.adapter.Find(t.Context(), to); err != nil || ref != (chat.Ref{}) {
		t.Errorf("what was never sent: %+v, %v", ref, err)
	}
	r.fake.Slash("T1", ada, "C1", "How?")
	slash := inbox.Next(t)
	to = chat.To{Workspace: "T1", Room: "C1", Key: slash.ID, Private: true}
	if _, err := r.adapter.Find(t.Context(), to); chat.SendKindOf(err) != chat.SendRefused || err == nil {
		t.Errorf("an answer that only one person sees was looked up: %v", err)
	}
	to.Private = false // it was shared
	if ref, err := r.adapter.Find(t.Context(), to); err != nil || ref != (chat.Ref{}) {
		t.Errorf("what was never shared: %+v, %v", ref, err)
	}
	direct := chat.To{Account: e.Actor.Account, Key: "k1"}
	if _, err := r.adapter.Send(t.Context(), direct, saying("Hello.")); err != nil {
		t.Fatal(err)
	}
	if ref, err := r.adapter.Find(t.Context(), direct); err != nil || ref.Room != fakeslack.DirectID(ada) || !ref.Private {
		t.Errorf("a direct message: %+v, %v", ref, err)
	}
	r.fake.Add(fakeslack.Fault{Method: "conversations.history", Error: "missing_scope"})
	if _, err := r.adapter.Find(t.Context(), direct); err == nil {
		t.Error("what may not be looked up was said not to be there")
	}
}

func TestOpenGroup(t *testing.T) {
	r, _ := newPair(t, rigOptions{})
	account := func(user string) chat.Account {
		return chat.Account{Platform: "slack", Workspace: "T1", User: user}
	}
	to, err := r.adapter.OpenGroup(t.Context(), []chat.Account{account(ada), account(grace)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.adapter.Send(t.Context(), to, saying("Ada, this is Grace.")); err != nil {
		t.Fatal(err)
	}
	again, err := r.adapter.OpenGroup(t.Context(), []chat.Account{account(grace), account(ada)})
	if err != nil || again != to {
		t.Errorf("the same two people got %+v and %+v, %v", to, again, err)
	}
	for name, people := range map[string][]chat.Account{
		"nobody": nil, "nine": make([]chat.Account, 9), "two workspaces": {account(ada), {Platform: "slack", Workspace: "T2", User: grace}},
		"another platform": {account(ada), {Platform: "discord", User: "1"}}, "somebody unknown": {account(ada), account("U0NOBODY")},
	} {
		if _, err := r.adapter.OpenGroup(t.Context(), people); chat.SendKindOf(err) != chat.SendRefused || err == nil {
			t.Errorf("a group of %s: %v", name, err)
		}
	}
}

func TestWhatCannotBeSentIsRefused(t *testing.T) {
	r, _ := newPair(t, rigOptions{})
	private := saying("x")
	private.Private = true
	for name, send := range map[string]func() error{
		"nothing": func() error {
			_, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, chat.Reply{})
			return err
		},
		"a form without a press": func() error {
			_, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, chat.Reply{Form: &chat.Form{}})
			return err
		},
		"a secret to a room": func() error {
			_, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1", Room: "C1"}, private)
			return err
		},
		"to nowhere": func() error { _, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T1"}, saying("x")); return err },
		"to another workspace": func() error {
			_, err := r.adapter.Send(t.Context(), chat.To{Workspace: "T9", Room: "C1"}, saying("x"))
			return err
		},
		"to another platform": func() error {
			_, err := r.adapter.Send(t.Context(), chat.To{Account: chat.Account{Platform: "discord", User: "1"}}, saying("x"))
			return err
		},
	} {
		if err := send(); chat.SendKindOf(err) != chat.SendRefused || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := r.fake.Answers(); len(got) > 0 {
		t.Errorf("it was sent all the same: %+v", got)
	}
}

func TestFormsThatAreSlowOrLate(t *testing.T) {
	table := sampleTable()
	opened := make(chan struct{})
	table.Open = func(_ context.Context, _ chat.Event) chat.Reply {
		<-opened
		return chat.Reply{Form: &chat.Form{Action: "follow:1", Title: "Follow up", Fields: []chat.Field{{ID: "question", Label: "What else?"}}}}
	}
	r, _ := newPair(t, rigOptions{table: table})
	r.fake.Press("T1", ada, fakeslack.Press{ActionID: buttonID("follow:1", 0), Value: "follow:1", Channel: "C1"})
	chattest.Wait(t, "Loading…", r.fake.Changed, func() bool {
		views := r.fake.Views()
		return len(views) == 1 && strings.Contains(views[0].Show().Text, "Loading…")
	})
	close(opened)
	chattest.Wait(t, "the form", r.fake.Changed, func() bool { return strings.Contains(r.fake.Views()[0].Show().Text, "What else?") })
	if views := r.fake.Views(); len(views) != 1 {
		t.Errorf("%d modals are open", len(views))
	}
	r.fake.Add(fakeslack.Fault{Method: "views.open", Error: "expired_trigger_id"})
	r.fake.Press("T1", ada, fakeslack.Press{ActionID: buttonID("follow:1", 0), Value: "follow:1", Channel: "C1"})
	chattest.Wait(t, "the apology", r.fake.Changed, func() bool {
		answers := r.fake.Answers()
		last := answers[len(answers)-1]
		return last.Reader == ada && strings.Contains(last.Show().Text, "try that again")
	})
}
