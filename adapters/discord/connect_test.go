package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func unchanged(*fakediscord.Server, *Options) {}

// begin starts an adapter over a fake that may never let it connect.
func begin(t *testing.T, adjust func(*fakediscord.Server, *Options), tune ...func(*Adapter)) (*runningAdapter, *fakediscord.Server) {
	t.Helper()
	fake, err := fakediscord.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	o := Options{Token: fakediscord.Token, APIURL: fake.URL() + "/api/v9/", Logger: logTo(t)}
	adjust(fake, &o)
	return launch(t, o, chattest.NewInbox(), doorsTable(), tune...), fake
}

func TestWhatNoWaitingMendsStopsTheAdapter(t *testing.T) {
	for code, word := range map[int]string{4004: "token", 4010: "shard", 4011: "guilds", 4012: "update", 4013: "intents", 4014: "Message Content Intent"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			r, fake := begin(t, func(f *fakediscord.Server, _ *Options) { f.RefuseIdentify(code) })
			<-r.stopped
			if r.err == nil || !strings.Contains(r.err.Error(), word) || strings.Contains(r.err.Error(), fakediscord.Token) {
				t.Errorf("Run returned %v", r.err)
			}
			if identifies, _, _ := fake.Counts(); identifies != 1 {
				t.Errorf("it identified %d times", identifies)
			}
			if s := r.adapter.Status(); s.Connected || !strings.Contains(s.Detail, word) {
				t.Errorf("the status is %+v", s)
			}
		})
	}
	t.Run("a token that was never good", func(t *testing.T) {
		r, fake := begin(t, func(_ *fakediscord.Server, o *Options) { o.Token = "ZmFrZQ.another.token" })
		<-r.stopped
		if identifies, _, _ := fake.Counts(); identifies != 0 || r.err == nil || !strings.Contains(r.err.Error(), "token") {
			t.Errorf("it identified %d times, and returned %v", identifies, r.err)
		}
	})
}

// hears fails the test unless a question still arrives, once.
func (s *session) hears(t testing.TB, inbox *chattest.Inbox, words string) {
	t.Helper()
	s.awaitLine(t)
	s.fake.Say(fakediscord.Said{Who: "ada", Text: words})
	if e := inbox.Next(t); e.Text != words {
		t.Errorf("%q arrived as %q", words, e.Text)
	}
}

func TestBadLines(t *testing.T) {
	bad := []struct {
		name       string
		happen     func(*fakediscord.Server)
		identifies int // in all, with the first
	}{
		{"asked to reconnect", func(f *fakediscord.Server) { f.Op(7, nil) }, 2}, // discordgo closes with 1012: a session may go on or not
		{"asked for a heartbeat", func(f *fakediscord.Server) { f.Op(1, nil) }, 1},
		{"the session is no longer valid", func(f *fakediscord.Server) { f.Op(9, false) }, 2},
		{"closed with a code that may be resumed", func(f *fakediscord.Server) { f.CloseLines(4000) }, 1},
		{"cut", func(f *fakediscord.Server) { f.Drop() }, 1},
		{"cut, and the resume is refused", func(f *fakediscord.Server) { f.AnswerResumes(9); f.Drop() }, 2},
		{"cut, and the resume locks discordgo up", func(f *fakediscord.Server) { f.AnswerResumes(7); f.Drop() }, 2},
		{"cut, with the session gone", func(f *fakediscord.Server) { f.EndSessions() }, 2},
	}
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			inbox := chattest.NewInbox()
			s := start(t, inbox, doorsTable(), unchanged, func(a *Adapter) { a.opening = 500 * time.Millisecond })
			s.hears(t, inbox, "before")
			lost := s.adapter.Status().Since
			b.happen(s.fake)
			if b.identifies > 1 || strings.HasPrefix(b.name, "c") {
				chattest.Wait(t, "the line to be lost or made anew", s.fake.Changed, func() bool {
					identifies, resumes, _ := s.fake.Counts()
					return identifies+resumes > 1 || s.adapter.Status().Since.After(lost)
				})
			}
			s.hears(t, inbox, "after")
			if identifies, _, _ := s.fake.Counts(); identifies > b.identifies {
				t.Errorf("it identified %d times; want %d at most", identifies, b.identifies)
			}
			if got := len(inbox.Events()); got != 2 {
				t.Errorf("%d events", got)
			}
		})
	}
}

func TestSilentLineIsNoticed(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), func(f *fakediscord.Server, _ *Options) { f.HeartbeatEvery = 50 * time.Millisecond },
		func(a *Adapter) { a.silence = 300 * time.Millisecond })
	s.hears(t, inbox, "before")
	before := s.fake.Lines()
	s.fake.Zombie(true)
	chattest.Wait(t, "another line", s.fake.Changed, func() bool { return s.fake.Lines() > before })
	if s.adapter.Status().Connected {
		t.Error("it says that it is connected")
	}
	s.fake.Zombie(false)
	s.hears(t, inbox, "after")
}

// Whoever asks is told that a heartbeat is missing before the line is given up.
func TestReadinessComesFromHeartbeats(t *testing.T) {
	var later atomic.Int64
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), func(_ *fakediscord.Server, o *Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	})
	s.hears(t, inbox, "before")
	if !s.adapter.Status().Connected {
		t.Error("it is not connected")
	}
	later.Store(int64(heartbeatLate + time.Second))
	if status := s.adapter.Status(); status.Connected || status.Detail == "" {
		t.Errorf("a minute later: %+v", status)
	}
}

// A line on which events still come, but no heartbeat is acknowledged, is dead too.
func TestDeafLineIsNoticed(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), func(f *fakediscord.Server, _ *Options) { f.HeartbeatEvery = 50 * time.Millisecond },
		func(a *Adapter) { a.silence = 300 * time.Millisecond })
	s.hears(t, inbox, "before")
	before := s.fake.Lines()
	s.fake.Deaf(true)
	chattest.Wait(t, "another line", s.fake.Changed, func() bool {
		s.fake.Event("TYPING_START", json.RawMessage(`{}`))
		return s.fake.Lines() > before
	})
	s.fake.Deaf(false)
	s.hears(t, inbox, "after")
}

// A gateway that lies ends neither the process nor the adapter. discordgo by itself would fall over most of
// these, where nothing can catch it.
func TestALyingGatewayEndsNothing(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), unchanged)
	s.hears(t, inbox, "before")
	for n, text := range []string{
		`null`, `[]`, `"x"`, `{`, ``, `{"op":"x"}`, `{"op":-1}`, `{"op":99}`, `{"op":0,"t":"READY","d":null,"s":1}`, `{"op":0,"t":"READY","d":{"guilds":[null]},"s":1}`,
		`{"op":0,"t":"GUILD_CREATE","d":null}`, `{"op":0,"t":"GUILD_CREATE","d":{}}`, `{"op":0,"t":"GUILD_UPDATE","d":{}}`, `{"op":0,"t":"VOICE_STATE_UPDATE","d":null}`,
		`{"op":0,"t":"VOICE_STATE_UPDATE","d":{"guild_id":"1"}}`, `{"op":0,"t":"VOICE_SERVER_UPDATE","d":null}`, `{"op":0,"t":"GUILD_CREATE","d":{"id":"1","channels":[null],"members":[null],"voice_states":[null]}}`,
		`{"op":10,"d":{"heartbeat_interval":0}}`, `{"op":10,"d":{"heartbeat_interval":-5}}`, `{"op":10,"d":null}`, `{"op":7,"d":null}`, `{"op":9,"d":true}`, `{"op":9,"d":"x"}`, `{"op":11}`, `{"op":1}`,
		`{"op":0,"t":"RESUMED","d":"x","s":5}`, `{"op":0,"t":"__INTERFACE__","d":{}}`, `{"op":0,"t":"__DISCONNECT__","d":{}}`, strings.Repeat(`[`, 100_000),
	} {
		s.fake.Packet(text)
		s.hears(t, inbox, fmt.Sprintf("after lie %d", n))
	}
}

// Every identify is in the budget, also those that Discord closes the line on.
func TestFailedIdentifiesAreCounted(t *testing.T) {
	memory := newNotebook()
	r, fake := begin(t, func(f *fakediscord.Server, o *Options) {
		f.RefuseIdentify(4008)
		o.Memory = memory
		o.Pause = func(ctx context.Context, d time.Duration) error { return pauseFor(ctx, d/100) }
	})
	chattest.Wait(t, "some identifies", fake.Changed, func() bool {
		fake.Post("ada", "something", "changes")
		n, _, _ := fake.Counts()
		return n >= 4
	})
	r.cancel()
	<-r.stopped
	var b budget
	json.Unmarshal(memory.all()["discord/identifies"], &b)
	if n, _, _ := fake.Counts(); len(b.Identified) < n {
		t.Errorf("%d of %d identifies were counted", len(b.Identified), n)
	}
}

func TestMissedMessagesAreFetched(t *testing.T) {
	inbox := chattest.NewInbox()
	memory := newNotebook()
	s := start(t, inbox, doorsTable(), func(_ *fakediscord.Server, o *Options) { o.Memory = memory })
	s.hears(t, inbox, "a direct message, so that the channel is known")
	thread := s.fake.Thread("ada", fakediscord.GeneralID, "a thread")
	s.cancel()
	<-s.stopped
	for _, said := range []fakediscord.Said{
		{Who: "ada", Channel: fakediscord.GeneralID, Text: "missed in the channel", Mention: true},
		{Who: "ada", Channel: thread, Text: "missed in the thread", Mention: true},
		{Who: "ada", Text: "missed directly"},
		{Who: "ada", Channel: fakediscord.GeneralID, Text: "talk among people"},
		{Who: "a bot", Bot: true, Channel: fakediscord.GeneralID, Text: "a bot speaks", Mention: true},
	} {
		s.fake.Say(said)
	}
	o := Options{Token: fakediscord.Token, APIURL: s.fake.URL(), Memory: memory, Logger: logTo(t)}
	again := launch(t, o, inbox, doorsTable())
	var texts []string
	for range 3 {
		texts = append(texts, inbox.Next(t).Text)
	}
	slices.Sort(texts)
	if want := []string{"missed directly", "missed in the channel", "missed in the thread"}; !slices.Equal(texts, want) {
		t.Errorf("fetched %q; want %q", texts, want)
	}
	again.cancel()
	<-again.stopped
	if got := len(inbox.Events()); got != 4 {
		t.Errorf("%d events in all; want 4: %+v", got, inbox.Events())
	}
}

// Whoever has spoken with Liaison directly is heard after it was killed, however soon that was.
func TestDirectConversationsSurviveAKill(t *testing.T) {
	for name, meet := range map[string]func(*session, *chattest.Inbox){
		"they wrote": func(s *session, inbox *chattest.Inbox) { s.hears(t, inbox, "hello") },
		"they used a command": func(s *session, inbox *chattest.Inbox) {
			<-s.fake.Command(fakediscord.Used{Who: "ada"}, "ask", map[string]string{"question": "How?"}).Acknowledged
			inbox.Next(t)
		},
		"they were written to": func(s *session, inbox *chattest.Inbox) {
			if _, err := s.adapter.Send(t.Context(), chat.To{Account: account(s.fake.User("ada"))}, say("hello")); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inbox, memory := chattest.NewInbox(), newNotebook()
			kept := make(chan string, 100)
			s := start(t, inbox, doorsTable(), func(_ *fakediscord.Server, o *Options) { o.Memory = told{memory, kept} })
			meet(s, inbox)
			channel := s.fake.DM("ada")
			for !strings.Contains(<-kept, `"direct":["`+channel) { // the test runs out of time when it never is
			}
			killed := newNotebook()
			maps.Copy(killed.kept, memory.all())
			s.fake.Say(fakediscord.Said{Who: "ada", Text: "missed directly", Silent: true})
			launch(t, Options{Token: fakediscord.Token, APIURL: s.fake.URL(), Memory: killed, Logger: logTo(t)}, inbox, doorsTable())
			if e := inbox.Next(t); e.Text != "missed directly" {
				t.Errorf("it arrived as %+v", e)
			}
		})
	}
}

// told says what is kept.
type told struct {
	*notebook
	kept chan string
}

func (n told) Keep(ctx context.Context, key string, value []byte) error {
	err := n.notebook.Keep(ctx, key, value)
	n.kept <- string(value)
	return err
}

func (n *notebook) all() map[string][]byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.kept)
}

// The session may be gone while the process lives: a new one is begun, and what was missed is fetched.
func TestMissedWhileTheSessionWasGone(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), unchanged)
	s.hears(t, inbox, "before")
	s.fake.EndSessions()
	s.fake.Say(fakediscord.Said{Who: "ada", Text: "missed directly"})
	if e := inbox.Next(t); e.Text != "missed directly" {
		t.Errorf("it arrived as %+v", e)
	}
	s.fake.EndSessions()
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "missed in the channel", Mention: true})
	if e := inbox.Next(t); e.Text != "missed in the channel" {
		t.Errorf("it arrived as %+v", e)
	}
}

// Two sessions are not begun at once.
func TestSessionsAreSpaced(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	b := budget{Identified: []time.Time{now.Add(-2 * time.Second)}}
	if wait := b.wait(now, identifyEvery); wait != 3*time.Second {
		t.Errorf("it waits %s; want 3s", wait)
	}
}

// What could not be stored is fetched again when it can.
func TestMessagesThatCouldNotBeStored(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), func(_ *fakediscord.Server, o *Options) {
		o.Pause = func(ctx context.Context, d time.Duration) error { return pauseFor(ctx, d/500) }
	})
	inbox.Fail(context.DeadlineExceeded)
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "a question", Mention: true})
	chattest.Wait(t, "Put to be given up", inbox.Changed, func() bool { return len(inbox.Puts()) >= putTries })
	inbox.Fail(nil)
	if e := inbox.Next(t); e.Text != "a question" {
		t.Errorf("it arrived as %+v", e)
	}
}

func TestIdentifyBudget(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	now, identified := start, 0
	var b budget
	for range 300 { // a crash loop: the process comes back every few seconds
		text, _ := json.Marshal(b)
		b = budget{}
		json.Unmarshal(text, &b)
		if b.wait(now, identifyEvery) == 0 {
			b.Identified = append(b.Identified, now)
			identified++
		}
		now = now.Add(6 * time.Second)
	}
	if identified != maxIdentifies {
		t.Errorf("it identified %d times; want %d", identified, maxIdentifies)
	}
	if wait := b.wait(now, identifyEvery); wait <= 23*time.Hour || wait > 24*time.Hour {
		t.Errorf("it waits %s", wait)
	}
	if wait := b.wait(start.Add(25*time.Hour), identifyEvery); wait != 0 || len(b.Identified) != 0 {
		t.Errorf("a day later it waits %s", wait)
	}
}

func TestIdentifiesAreCountedOverRestarts(t *testing.T) {
	memory := newNotebook()
	used := budget{}
	for i := range maxIdentifies {
		used.Identified = append(used.Identified, time.Now().Add(-time.Hour+time.Duration(i)*time.Second))
	}
	text, _ := json.Marshal(used)
	memory.Keep(t.Context(), "discord/identifies", text)
	waited := make(chan time.Duration, 100)
	r, fake := begin(t, func(_ *fakediscord.Server, o *Options) {
		o.Memory = memory
		o.Pause = func(ctx context.Context, d time.Duration) error {
			select {
			case waited <- d:
			default:
			}
			<-ctx.Done()
			return ctx.Err()
		}
	})
	if wait := <-waited; wait < 50*time.Minute {
		t.Errorf("it waits %s", wait)
	}
	if identifies, _, _ := fake.Counts(); identifies != 0 || r.adapter.Status().Connected {
		t.Error("it connected beyond its budget")
	}
}

// An event that nobody foresaw ends neither the process nor the events behind it.
func TestStrangeEvents(t *testing.T) {
	inbox := chattest.NewInbox()
	table := doorsTable()
	table.Follows = func(_ context.Context, e chat.Event) bool { panic("the hook broke") }
	fakeLog := &logs{}
	s := start(t, inbox, table, func(f *fakediscord.Server, o *Options) {
		f.MessageContentAllowed, o.MessageContent = true, true
		o.Logger = newLog(fakeLog)
	})
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "talk"})
	for _, raw := range []string{
		`{}`, `null`, `[]`, `"x"`, `{"id":null}`, `{"id":"1","channel_id":"2"}`, `{"id":"1","channel_id":"2","author":null,"content":"x"}`,
		`{"id":5,"type":"x"}`, `{"id":"1","channel_id":"` + fakediscord.GeneralID + `","author":{"id":"7"},"type":99}`,
	} {
		for _, kind := range []string{"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "INTERACTION_CREATE", "GUILD_CREATE", "GUILD_DELETE", "THREAD_CREATE", "THREAD_LIST_SYNC", "MESSAGE_DELETE_BULK", "NOBODY_KNOWS_THIS"} {
			s.fake.Event(kind, json.RawMessage(raw))
		}
	}
	// A component that discordgo cannot read: it would hand over an empty message.
	s.fake.Event("MESSAGE_CREATE", json.RawMessage(`{"id":"1300000000000000009","channel_id":"`+fakediscord.GeneralID+`","guild_id":"`+fakediscord.GuildID+`","type":0,
		"content":"<@`+fakediscord.BotID+`> with a new component","timestamp":"2026-03-01T09:00:00+00:00","author":{"id":"7","username":"x"},"mentions":[{"id":"`+fakediscord.BotID+`"}],
		"components":[{"type":99,"components":[{"type":98}]}]}`))
	chattest.Wait(t, "the message with a new component", inbox.Changed, func() bool {
		return slices.ContainsFunc(inbox.Events(), func(e chat.Event) bool { return e.Text == "with a new component" })
	})
	if !strings.Contains(fakeLog.String(), "broke its handler") || strings.Contains(fakeLog.String(), "the hook broke") {
		t.Errorf("the log says %s", fakeLog)
	}
}

// Messages, commands and buttons of one channel are stored in the order in which they came, whoever's they are.
func TestOrderIsKeptAcrossDoors(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), unchanged)
	answer := s.fake.Say(fakediscord.Said{Who: "ada", Self: true, Channel: fakediscord.GeneralID, Text: "an answer", Silent: true})
	for n := range 150 {
		who := fmt.Sprint("person ", n%7)
		switch n % 3 {
		case 0:
			s.fake.Say(fakediscord.Said{Who: who, Channel: fakediscord.GeneralID, Text: fmt.Sprint(n), Mention: true})
		case 1:
			s.fake.Command(general(who), "ask", map[string]string{"question": fmt.Sprint(n)})
		case 2:
			s.fake.Press(general(who), answer, fmt.Sprintf("v1:more:%d", n))
		}
	}
	for n := range 150 {
		e := inbox.Next(t)
		if got := e.Text + strings.TrimPrefix(e.Action, "more:"); got != fmt.Sprint(n) {
			t.Fatalf("%s came as number %d", got, n)
		}
	}
}

// What happened before in a channel does not cost an interaction its three seconds.
func TestAnInteractionDoesNotWaitForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes(slog.New(slog.DiscardHandler))
		stuck, begun := make(chan struct{}), time.Now()
		l.do(t.Context(), "a channel", func() { <-stuck })
		times := 0
		l.doSoon(t.Context(), "a channel", laneTime, func() {
			times++
			if waited := time.Since(begun); waited != laneTime {
				t.Errorf("it waited %s", waited)
			}
			close(stuck)
		})
		l.wait()
		if times != 1 {
			t.Errorf("it was done %d times", times)
		}
	})
}

func TestOrderIsKeptPerChannel(t *testing.T) {
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), unchanged)
	people := []string{"ada", "grace", "mary"}
	for n := range 300 {
		s.fake.Say(fakediscord.Said{Who: people[n%3], Text: fmt.Sprint(n)})
	}
	last := map[string]int{}
	for range 300 {
		e := inbox.Next(t)
		var n int
		fmt.Sscan(e.Text, &n)
		if before, ok := last[e.Room.ID]; ok && n != before+3 {
			t.Fatalf("after %d came %d", before, n)
		}
		last[e.Room.ID] = n
	}
}
