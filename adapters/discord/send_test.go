package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func say(words string) chat.Reply { return chat.Reply{Blocks: []chat.Block{chat.Say(words)}} }

func kindOfError(t testing.TB, err error) *chat.SendError {
	t.Helper()
	var send *chat.SendError
	if !errors.As(err, &send) {
		t.Fatalf("the error is %v, which is no SendError", err)
	}
	return send
}

func TestClosedDirectMessages(t *testing.T) {
	s, inbox := opened(t, true)
	ada := chat.To{Account: account(s.fake.User("ada")), Key: "k"}
	s.fake.CloseDMs("ada")
	_, err := s.adapter.Send(t.Context(), ada, say("hello"))
	if kindOfError(t, err).Kind != chat.SendRefused {
		t.Errorf("with nothing to fall back to: %v", err)
	}
	s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
	inbox.Next(t)
	ref, err := s.adapter.Send(t.Context(), ada, say("hello"))
	if err != nil || !ref.Private {
		t.Fatalf("Send: %+v, %v", ref, err)
	}
	if m := s.last(t); m.Content != "hello" || m.Reader != s.fake.User("ada") || m.Channel != fakediscord.GeneralID {
		t.Errorf("it went to %q in %s", m.Reader, m.Channel)
	}
}

func TestWhereItMayNotWriteItAnswersDirectly(t *testing.T) {
	s, inbox := opened(t, true)
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "How?", Mention: true})
	e := inbox.Next(t)
	s.fake.Forbid(fakediscord.GeneralID)
	s.respond(t, e, say("So."))
	if m := s.last(t); m.Reader != s.fake.User("ada") {
		t.Errorf("read by %q", m.Reader)
	}
	if _, err := s.adapter.Send(t.Context(), chat.To{Room: fakediscord.GeneralID}, say("x")); kindOfError(t, err).Kind != chat.SendRefused {
		t.Errorf("Send: %v", err)
	}
}

func TestThreads(t *testing.T) {
	s, inbox := opened(t, true)
	thread := s.fake.Thread("ada", fakediscord.GeneralID, "a thread")
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: thread, Text: "How?", Mention: true})
	e := inbox.Next(t)
	if e.Room.ID != fakediscord.GeneralID || e.Room.Thread != thread {
		t.Fatalf("the room is %+v", e.Room)
	}
	ref := s.respond(t, e, say("So."))
	s.fake.Archive(thread, false)
	if err := s.adapter.Edit(t.Context(), ref, say("Not so.")); err != nil {
		t.Errorf("in a thread that was archived: %v", err)
	}
	s.fake.Archive(thread, true)
	if _, err := s.adapter.Respond(t.Context(), e, say("And so.")); kindOfError(t, err).Kind != chat.SendRefused {
		t.Errorf("in a thread that is locked: %v", err)
	}
}

// A token lives for fifteen minutes; what is said later goes where a message can go.
func TestExpiredTokens(t *testing.T) {
	s, inbox := opened(t, true)
	s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
	e := inbox.Next(t)
	s.fake.Command(general("grace"), "define", map[string]string{"term": "ATO"})
	private := inbox.Next(t)
	a, err := New(Options{Token: fakediscord.Token, APIURL: s.fake.URL(), Now: func() time.Time { return time.Now().Add(20 * time.Minute) }})
	if err != nil {
		t.Fatal(err)
	}
	if ref, err := a.Respond(t.Context(), e, say("Late.")); err != nil || ref.Room != fakediscord.GeneralID {
		t.Errorf("Respond: %+v, %v", ref, err)
	}
	if _, err := a.Respond(t.Context(), private, say("Late and private.")); err != nil {
		t.Errorf("Respond: %v", err)
	}
	if m := s.last(t); m.Reader != s.fake.User("grace") {
		t.Errorf("what was private is read by %q", m.Reader)
	}
}

// Nor is a token used when its time runs out while a request waits or is tried again.
func TestTokensAreNotUsedAfterTheirTime(t *testing.T) {
	s, inbox := opened(t, true)
	aging := general("ada")
	aging.Age = tokenLives - time.Minute
	s.fake.Command(aging, "ask", map[string]string{"question": "How?"})
	e := inbox.Next(t)
	late := time.Duration(0)
	a, err := New(Options{
		Token: fakediscord.Token, APIURL: s.fake.URL(), Now: func() time.Time { return time.Now().Add(late) },
		Pause: func(context.Context, time.Duration) error { late = 2 * time.Minute; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	chattest.Wait(t, "the first answer, which comes too late", s.fake.Changed, func() bool {
		s.fake.Say(fakediscord.Said{Who: "grace", Text: "changes", Silent: true})
		_, _, registered := s.fake.Counts() // the other request that could meet the outage
		return registered > 0 && slices.ContainsFunc(s.fake.Exchanges(), func(x fakediscord.Exchange) bool { return strings.HasSuffix(x.Path, "/callback") })
	})
	s.fake.Status(500) // tried again after a pause
	before := len(s.fake.Exchanges())
	if _, err := a.Respond(t.Context(), e, say("Late.")); err != nil {
		t.Errorf("Respond: %v", err)
	}
	used := 0
	for _, x := range s.fake.Exchanges()[before:] {
		if strings.Contains(x.Path, "token-of") {
			used++
		}
	}
	if used != 1 {
		t.Errorf("the token was used %d times; want the one before its time", used)
	}
}

// A wait of years is a mistake, and holds nothing up for good; an answer without end is not read to its end.
func TestAnswersOfDiscordThatCannotBe(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	limits := newThrottle(func() time.Time { return now }, pauseFor)
	resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"retry_after": 1e300, "global": true}`))}
	limits.learn("POST", "channels/1/messages", resp)
	if left := limits.left("POST", "channels/2/messages"); left != maxWait {
		t.Errorf("it waits %s", left)
	}
	endless := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(strings.NewReader(`"`), zeros{}))}, nil
	})
	once := func(context.Context, time.Duration) error { return context.Canceled }
	a, err := New(Options{Token: "t", Transport: endless, Pause: once})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.rest.do(t.Context(), request{method: "GET", path: "users/@me", out: &wireUser{}}); err == nil {
		t.Error("an endless answer was taken")
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// The limit of one channel holds up nobody elsewhere, and is waited for as told.
func TestAChannelsLimitIsItsOwn(t *testing.T) {
	s, inbox := opened(t, true)
	s.fake.LimitChannel(fakediscord.GeneralID, time.Second)
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "How?", Mention: true})
	slow := inbox.Next(t)
	done := make(chan chat.Ref)
	go func() {
		ref, _ := s.adapter.Respond(context.Background(), slow, say("Later."))
		done <- ref
	}()
	chattest.Wait(t, "the limit to be told", s.fake.Changed, func() bool {
		s.fake.Say(fakediscord.Said{Who: "grace", Channel: s.fake.DM("grace"), Text: "changes", Silent: true})
		return slices.ContainsFunc(s.fake.Exchanges(), func(x fakediscord.Exchange) bool { return x.Status == 429 })
	})
	s.fake.Say(fakediscord.Said{Who: "ada", Text: "And here?"})
	s.respond(t, inbox.Next(t), say("At once."))
	if slices.ContainsFunc(s.Messages(), func(m chattest.Message) bool { return m.Text == "Later." }) {
		t.Error("the other channel was held up too")
	}
	if ref := <-done; ref == (chat.Ref{}) || s.fake.Early() > 0 {
		t.Errorf("answered as %+v, with %d requests too early", ref, s.fake.Early())
	}
}

// Who was told by Discord that Liaison did not respond is answered all the same.
func TestLateFirstAnswers(t *testing.T) {
	s, inbox := opened(t, true)
	late := general("ada")
	late.Age = 5 * time.Second
	for command, reader := range map[string]string{"ask": "", "define": s.fake.User("ada")} {
		s.fake.Command(late, command, map[string]string{"question": "How?"})
		if ref := s.respond(t, inbox.Next(t), say("So, for "+command)); ref == (chat.Ref{}) {
			t.Error("no Ref")
		}
		if m := s.last(t); m.Content != "So, for "+command || m.Reader != reader {
			t.Errorf("%q is read by %q", m.Content, m.Reader)
		}
	}
}

func TestEditGrowsAndShrinks(t *testing.T) {
	s, inbox := opened(t, true)
	long := say(strings.Repeat("A sentence that is said often. ", 150))
	for _, command := range []bool{false, true} {
		if command {
			s.fake.Command(general("ada"), "define", map[string]string{"term": "x"})
		} else {
			s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "How?", Mention: true})
		}
		before := len(s.Messages())
		ref := s.respond(t, inbox.Next(t), say("I am still looking."))
		for _, step := range []struct {
			reply chat.Reply
			want  int
		}{{long, 3}, {say("Short."), 1}, {long, 3}, {long, 3}} {
			if err := s.adapter.Edit(t.Context(), ref, step.reply); err != nil {
				t.Fatalf("Edit: %v", err)
			}
			made := s.Messages()[before:]
			if len(made) != step.want {
				t.Fatalf("command %v: %d messages; want %d", command, len(made), step.want)
			}
			for _, m := range made {
				if command != (m.Reader != "") {
					t.Errorf("a part is read by %q", m.Reader)
				}
			}
		}
		if err := s.adapter.Delete(t.Context(), ref); err != nil {
			t.Errorf("Delete: %v", err)
		}
		if err := s.adapter.Delete(t.Context(), ref); err != nil {
			t.Errorf("Delete again: %v", err)
		}
		if left := len(s.Messages()) - before; left != 0 {
			t.Errorf("command %v: %d messages are left", command, left)
		}
	}
}

// A process that died while sending asks what became of its answer: by then another process asks.
func TestAnotherProcessFindsTheAnswer(t *testing.T) {
	s, inbox := opened(t, true)
	long := say(strings.Repeat("A sentence that is said often. ", 150))
	other := launch(t, Options{Token: fakediscord.Token, APIURL: s.fake.URL(), Logger: logTo(t)}, chattest.NewInbox(), doorsTable())
	chattest.Wait(t, "the other process to connect", s.fake.Changed, func() bool { n, _, _ := s.fake.Counts(); return n == 2 })
	ask := map[string]func(){
		"message": func() {
			s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "How?", Mention: true})
		},
		"direct":  func() { s.fake.Say(fakediscord.Said{Who: "ada", Text: "How?"}) },
		"command": func() { s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"}) },
	}
	for name, happen := range ask {
		happen()
		e := inbox.Next(t)
		to := chat.To{Workspace: e.Workspace, Room: e.Room.ID, Thread: e.Room.Thread, Key: e.ID}
		if ref, err := other.adapter.Find(t.Context(), to); err != nil || ref != (chat.Ref{}) {
			t.Errorf("%s: before it was sent: %+v, %v", name, ref, err)
		}
		sent := s.respond(t, e, long)
		fresh, err := New(Options{Token: fakediscord.Token, APIURL: s.fake.URL()})
		if err != nil {
			t.Fatal(err)
		}
		if ref, err := fresh.Find(t.Context(), to); err != nil || ref.Message != sent.Message {
			t.Errorf("%s: found %+v, %v; want %+v", name, ref, err, sent)
		}
	}
}

func TestOutagesOfDiscord(t *testing.T) {
	s, inbox := opened(t, true)
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "How?", Mention: true})
	e := inbox.Next(t)
	t.Run("two answers of 502 and 500", func(t *testing.T) {
		before := len(s.Messages())
		s.fake.Status(502, 500)
		s.respond(t, e, say("So."))
		if made := len(s.Messages()) - before; made != 1 {
			t.Errorf("%d messages", made)
		}
	})
	t.Run("a wait that is too long", func(t *testing.T) {
		lift := s.fake.Limit(time.Minute, true)
		defer lift()
		_, err := s.adapter.Respond(t.Context(), e, say("Later."))
		if send := kindOfError(t, err); send.Kind != chat.SendLimited || send.After < 50*time.Second {
			t.Errorf("the error is %v, after %s", send, send.After)
		}
		_, err = s.adapter.Send(t.Context(), chat.To{Room: fakediscord.ForumID}, say("Elsewhere."))
		if kindOfError(t, err).Kind != chat.SendLimited || s.fake.Early() > 0 {
			t.Errorf("%d requests came too early: %v", s.fake.Early(), err)
		}
	})
}

func TestCloudflareIsWaitedFor(t *testing.T) {
	s, inbox := opened(t, true)
	s.fake.Say(fakediscord.Said{Who: "ada", Channel: fakediscord.GeneralID, Text: "How?", Mention: true})
	e := inbox.Next(t)
	s.fake.Cloudflare(1)
	begun := time.Now()
	s.respond(t, e, say("So."))
	if took := time.Since(begun); took < time.Second {
		t.Errorf("it waited %s; Cloudflare asked for a second", took)
	}
}

// Errors name neither tokens nor addresses nor words.
func TestErrorsHoldNoSecrets(t *testing.T) {
	s, inbox := opened(t, true)
	s.fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
	e := inbox.Next(t)
	s.respond(t, e, say("So."))
	var errs []error
	for _, fault := range []func(){s.fake.Close, func() {}} {
		fault()
		_, err := s.adapter.Respond(t.Context(), e, say("my secret words"))
		errs = append(errs, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.adapter.Respond(ended, e, say("my secret words"))
	for _, err := range append(errs, err) {
		for _, secret := range []string{"token-of", fakediscord.Token, "secret words", "127.0.0.1", "http"} {
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
				t.Errorf("the error %q holds %q", err, secret)
			}
		}
		if err == nil {
			t.Error("no error")
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, word string
		adjust     func(*fakediscord.Server, *Options)
	}{
		{"all well", "", unchanged},
		{"bad token", "token was refused", func(_ *fakediscord.Server, o *Options) { o.Token = "another" }},
		{"no intent", "no Message Content Intent", func(f *fakediscord.Server, o *Options) { o.MessageContent = true }},
		{"no forum", "is no forum", func(_ *fakediscord.Server, o *Options) { o.Forums = []string{fakediscord.GeneralID} }},
		{"hidden forum", "cannot be seen", func(f *fakediscord.Server, o *Options) {
			o.Forums = []string{fakediscord.ForumID}
			f.Forbid(fakediscord.ForumID)
		}},
		{"no permission", "may not Send Messages in Threads", func(f *fakediscord.Server, o *Options) { f.Rights = "68608" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, err := fakediscord.Start()
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			o := Options{Token: fakediscord.Token, APIURL: fake.URL()}
			c.adjust(fake, &o)
			a, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			findings := a.Check(t.Context())
			if len(findings) != 1 || !strings.Contains(findings[0].Problem, c.word) || (findings[0].Problem == "") != (c.word == "") || findings[0].Advice == "" {
				t.Errorf("found %+v", findings)
			}
		})
	}
}

func TestNewNamesEveryMistake(t *testing.T) {
	_, err := New(Options{APIURL: "ftp://x", Forums: []string{"help"}})
	for _, setting := range []string{"DISCORD_TOKEN", "DISCORD_API_URL", "DISCORD_FORUMS"} {
		if err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("the error does not name %s: %v", setting, err)
		}
	}
}

// SECURITY: nothing that is not public changes a byte of what is sent. One program holds hidden
// material and shows it to staff; the other never held it. The same people do the same things.
func TestHiddenMaterialLeavesNoTrace(t *testing.T) {
	without := played(t, "")
	with := played(t, "The vault is in the cellar")
	if len(without) < 20_000 || without != with {
		i := 0
		for i < min(len(without), len(with)) && without[i] == with[i] {
			i++
		}
		t.Errorf("what is sent differs at byte %d of %d and %d: %.200q", i, len(without), len(with), with[min(i, len(with)):])
	}
}

// played runs a script against a program that would show hidden to staff, and returns all that was
// sent, with ids by the order in which they appear.
func played(t *testing.T, hidden string) string {
	inbox := chattest.NewInbox()
	staff := func(e chat.Event) bool {
		return e.Actor.Standing == chat.StandingMember || e.Actor.Organisation != "" || e.Room.Organisation != "" || e.Room.Scope == chat.ScopeStaff
	}
	reply := func(e chat.Event) chat.Reply {
		r := answerReply()
		if hidden != "" && staff(e) {
			r.Blocks = append([]chat.Block{chat.Say(hidden)}, r.Blocks...)
		}
		return r
	}
	table := doorsTable()
	table.Suggest = func(_ context.Context, e chat.Event, _, _ string) []chat.Option {
		if hidden != "" && staff(e) {
			return []chat.Option{{Value: hidden}}
		}
		return []chat.Option{{Value: "ATO"}}
	}
	s := start(t, inbox, table, func(f *fakediscord.Server, o *Options) { f.MessageContentAllowed, o.MessageContent = true, true })
	answered := func(happen func()) {
		happen()
		s.respond(t, inbox.Next(t), reply(inbox.Events()[len(inbox.Events())-1]))
	}
	for _, who := range []string{"ada", "grace"} {
		for _, channel := range []string{fakediscord.GeneralID, ""} {
			used := fakediscord.Used{Who: who, Channel: channel, Rights: "8"} // an administrator of the guild is no staff either
			answered(func() {
				s.fake.Say(fakediscord.Said{Who: who, Channel: channel, Text: "Where is the vault?", Mention: true})
			})
			for _, c := range []string{"ask", "define", "help", "status"} {
				answered(func() { s.fake.Command(used, c, map[string]string{"question": "vault"}) })
			}
			last := s.last(t)
			answered(func() { s.fake.Press(used, last.ID, "v1:more:1") })
			answered(func() { s.fake.Submit(used, "", "v1:askform:1", map[string]string{"question": "vault"}) })
			<-s.fake.Type(used, "define", "term", "v").Acknowledged
		}
		answered(func() { s.fake.Post(who, "The vault", "Where is it?") })
	}
	s.cancel()
	<-s.stopped
	return bytesSent(s.fake.Exchanges())
}

// bytesSent writes down what was sent, with ids by the order in which they appear.
func bytesSent(exchanges []fakediscord.Exchange) string {
	var sent, registered bytes.Buffer
	for _, e := range exchanges {
		line, _ := json.Marshal([]any{e.Method, e.Path, e.Body})
		if e.Method == http.MethodPut { // done beside the rest, so not always at the same place
			registered.Write(append(line, '\n'))
			continue
		}
		if e.Method != http.MethodGet && len(e.Body) > 0 && !bytes.Contains(e.Body, []byte(`"type":5`)) && !bytes.Contains(e.Body, []byte(`"type":6`)) {
			sent.Write(append(line, '\n'))
		}
	}
	ids := map[string]string{}
	return regexp.MustCompile(`\d{17,}|"nonce":"\w+"`).ReplaceAllStringFunc(sent.String()+registered.String(), func(id string) string {
		if ids[id] == "" {
			ids[id] = fmt.Sprintf("#%d", len(ids))
		}
		return ids[id]
	})
}

// Many at once: each is told at once that it was heard, and each is answered once.
func TestBurst(t *testing.T) {
	s, inbox := opened(t, false)
	many := 300
	if testing.Short() { // under the race detector, where a busy machine would need more than Discord's three seconds
		many = 60
	}
	interactions := make([]*fakediscord.Interaction, many)
	begun := time.Now()
	for n := range many {
		interactions[n] = s.fake.Command(general(fmt.Sprintf("person %d", n%40)), "ask", map[string]string{"question": fmt.Sprint(n)})
	}
	var answering sync.WaitGroup
	for range many {
		e := inbox.Next(t)
		answering.Go(func() {
			if _, err := s.adapter.Respond(context.Background(), e, say("Answer to "+e.Text)); err != nil {
				t.Errorf("Respond: %v", err)
			}
		})
	}
	for _, i := range interactions {
		<-i.Acknowledged
	}
	t.Logf("%d interactions deferred in %s", many, time.Since(begun))
	answering.Wait()
	said := map[string]int{}
	for _, m := range s.Messages() {
		said[m.Text]++
	}
	if len(said) != many {
		t.Errorf("%d different answers; want %d", len(said), many)
	}
}
