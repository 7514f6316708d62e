package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
)

// somebody is one of the two people of a story, on whichever platform.
type somebody interface {
	// texts is what Liaison shows them in their direct messages, in order.
	texts() []string
	// press uses a button of the message that holds a text. The channel is closed when that was received.
	press(text, label string) <-chan struct{}
	// write says something: in the thread under the message that holds a text, or as a reply to it; "" for
	// neither. files are names of files that come with it. It returns the message's id.
	write(text, under string, files ...string) (id string, received <-chan struct{})
}

// inSlack is somebody in a workspace.
type inSlack struct {
	*served
	team, user string
}

func (p inSlack) texts() (all []string) {
	for _, m := range p.inSlack(p.team, p.user) {
		all = append(all, m.Show().Text)
	}
	return all
}

func (p inSlack) holding(text string) fakeslack.Message {
	p.t.Helper()
	return p.readsInSlack(p.team, p.user, text)
}

func (p inSlack) press(text, label string) <-chan struct{} {
	p.t.Helper()
	m := p.holding(text)
	for _, b := range m.Show().Buttons {
		if b.Label == label {
			return p.Press(m.Team, p.user, fakeslack.Press{ActionID: b.ActionID, Value: b.Value, Type: b.Type, TS: m.TS, Channel: m.Channel}).Acked
		}
	}
	p.t.Fatalf("no button %q under %q", label, text)
	return nil
}

func (p inSlack) write(text, under string, files ...string) (string, <-chan struct{}) {
	p.t.Helper()
	thread := ""
	if under != "" {
		if m := p.holding(under); m.Thread != "" {
			thread = m.Thread
		} else {
			thread = m.TS
		}
	}
	if len(files) == 0 {
		said := p.tellSlack(p.team, p.user, text, thread)
		return said.TS, said.Message.Acked
	}
	var attached []any
	for _, name := range files {
		attached = append(attached, map[string]any{"id": "F1", "name": name})
	}
	ts := fmt.Sprintf("%d.000100", time.Now().Unix())
	return ts, p.Event(p.team, map[string]any{
		"type": "message", "subtype": "file_share", "channel": fakeslack.DirectID(p.user), "channel_type": "im", "user": p.user, "text": text,
		"ts": ts, "event_ts": ts, "thread_ts": thread, "files": attached,
	}).Acked
}

// inDiscord is somebody in Discord.
type inDiscord struct {
	*served
	who string
}

func (p inDiscord) texts() (all []string) {
	for _, m := range p.inDiscord(p.who) {
		all = append(all, fakediscord.Show(m.Content).Text)
	}
	return all
}

func (p inDiscord) press(text, label string) <-chan struct{} {
	p.t.Helper()
	m := p.readsInDiscord(p.who, text)
	id := componentID(m.Components, label)
	if id == "" {
		p.t.Fatalf("no button %q under %q", label, text)
	}
	return p.discord.Press(fakediscord.Used{Who: p.who}, m.ID, id).Acknowledged
}

// componentID finds the button with a label among components and what is in them.
func componentID(list []map[string]any, label string) string {
	for _, c := range list {
		if c["label"] == label {
			return fmt.Sprint(c["custom_id"])
		}
		var within []map[string]any
		inner, _ := c["components"].([]any)
		for _, one := range inner {
			if component, ok := one.(map[string]any); ok {
				within = append(within, component)
			}
		}
		if id := componentID(within, label); id != "" {
			return id
		}
	}
	return ""
}

// write is never acknowledged: Discord's gateway tells of messages and asks nothing. What was said while
// nobody listened is found by looking.
func (p inDiscord) write(text, under string, files ...string) (string, <-chan struct{}) {
	p.t.Helper()
	said := fakediscord.Said{Who: p.who, Text: text, Files: files}
	if under != "" {
		said.ReplyTo = p.readsInDiscord(p.who, under).ID
	}
	received := make(chan struct{})
	close(received)
	return p.discord.Say(said), received
}

// encounter is an introduction from asking who knows to whether it helped. crash says after how many changes
// that the platforms see the process is killed in each step, once what was done is received; -1 for never.
type encounter struct {
	*served
	ada, grace somebody
	name       string // of grace, with her badge
	crash      int
	told       []func() // what must hold at the end
}

// step waits until something has come of what was done, over a crash if this is such a story.
func (s *encounter) step(what string, received <-chan struct{}, so func() bool) {
	s.t.Helper()
	if s.crash >= 0 {
		s.closes("it is received that "+what, received)
		for range s.crash {
			here, there := s.Changed(), s.discord.Changed()
			if so() {
				break
			}
			select {
			case <-here:
			case <-there:
			case <-s.t.Context().Done():
				s.t.Fatal("nothing changes")
			}
		}
		s.kill()
		s.start()
	}
	s.wait(what, so)
}

func (s *encounter) closes(what string, c <-chan struct{}) {
	s.t.Helper()
	s.wait(what, func() bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	})
}

// reads makes a condition of what somebody reads, and has it counted at the end: each is told once.
func (s *encounter) reads(who somebody, text string) func() bool {
	s.told = append(s.told, func() {
		if n := s.count(who, text); n != 1 {
			s.t.Errorf("%q is told %d times:\n%s", text, n, strings.Join(who.texts(), "\n---\n"))
		}
	})
	return func() bool { return s.count(who, text) > 0 }
}

func (s *encounter) count(who somebody, text string) (n int) {
	for _, shown := range who.texts() {
		if strings.Contains(shown, text) {
			n++
		}
	}
	return n
}

func all(conditions ...func() bool) func() bool {
	return func() bool {
		return !slices.ContainsFunc(conditions, func(so func() bool) bool { return !so() })
	}
}

// asks has Ada ask who knows, and then to be introduced to Grace.
func (s *encounter) asks() {
	_, received := s.ada.write("who hosting", "")
	s.step("Ada is told who knows", received, s.reads(s.ada, "Who knows about"))
	if s.count(s.ada, s.name) == 0 {
		s.t.Fatalf("Grace is not among those who know:\n%s", strings.Join(s.ada.texts(), "\n"))
	}
	s.ada.press("Who knows about", "Introduce me") // a form opens or it does not: there is nothing to be lost
	s.wait("Ada is asked what about", func() bool { return len(s.Views()) > 0 })
	form := s.Views()[0]
	s.step("Ada reads what would be said", s.Submit(form, map[string]string{"topic": "moving to the cloud"}).Acked, s.reads(s.ada, "“Ask them” means"))
	s.step("Grace is asked", s.ada.press("“Ask them” means", "Ask them"), all(s.reads(s.ada, "I have passed it on"), s.reads(s.grace, "would like to talk with you")))
}

// talks has the two say yes and write to each other; what Ada wrote she words better.
func (s *encounter) talks() {
	s.step("the two are connected", s.grace.press("would like to talk with you", "Yes, introduce us"),
		all(s.reads(s.ada, "you are connected"), s.reads(s.grace, "you are connected"), s.reads(s.grace, "I bring you together now")))
	id, received := s.ada.write("It rains here, says Ada.", "you are connected")
	s.step("Grace reads what Ada wrote", received, func() bool { return s.count(s.grace, "It rains here") > 0 })
	_, received = s.grace.write("The sun shines here, says Grace.", "It rains here")
	s.step("Ada reads what Grace wrote", received, s.reads(s.ada, "The sun shines here"))
	s.step("what Ada words better reads so", s.Edit(gds, fakeslack.DirectID("U1"), id, "It pours here, says Ada.").Acked, s.reads(s.grace, "It pours here"))
	if n := s.count(s.grace, "It rains here"); n != 0 {
		s.t.Errorf("the old wording stands %d times", n)
	}
	_, received = s.ada.write("Here is the plan.", "you are connected", "plan.pdf")
	s.step("a file is announced to Grace", received, s.reads(s.grace, "They sent a file that I do not copy: plan.pdf"))
	_, received = s.grace.write("And here is mine.", "you are connected", "mine.odt")
	s.step("a file is announced to Ada", received, s.reads(s.ada, "They sent a file that I do not copy: mine.odt"))
}

// ends has Grace close, and both asked a week later.
func (s *encounter) ends() {
	s.step("it is closed", s.grace.press("you are connected", "Close"), all(s.reads(s.ada, "has closed the conversation"), s.reads(s.grace, "nothing more is passed on")))
	s.weekLater()
	asked := all(s.reads(s.ada, "Did it help?"), s.reads(s.grace, "Did it help?"))
	received := make(chan struct{})
	close(received)
	s.step("both are asked whether it helped", received, asked)
	s.step("Ada says that it did", s.ada.press("Did it help?", "It helped"), s.reads(s.ada, "I have noted that"))
	s.step("Grace says that it did not", s.grace.press("Did it help?", "It did not"), s.reads(s.grace, "I have noted that"))
	s.stop()
	for _, holds := range s.told {
		holds()
	}
	for account, want := range map[string]string{"slack:" + gds + "/U1": `"Helped": "yes"`, s.account(): `"Helped": "no"`} {
		if held := s.command("export", "--person", account); !strings.Contains(held, want) {
			s.t.Errorf("%s is not held of %s:\n%s", want, account, held)
		}
	}
}

func (s *encounter) account() string {
	if p, ok := s.grace.(inSlack); ok {
		return "slack:" + p.team + "/" + p.user
	}
	return "discord:" + s.discord.User(s.grace.(inDiscord).who)
}

// weekLater stops the process, moves what is due a week on to now, and starts it again.
func (s *encounter) weekLater() {
	s.t.Helper()
	s.stop()
	s.change(`UPDATE outbox SET due = due - $1 WHERE state = 'waiting'`, (7 * 24 * time.Hour).Milliseconds())
	s.start()
}

// change changes the state of a process that is stopped, or has a database beside it: this is how time passes.
func (s *served) change(query string, args ...any) {
	s.t.Helper()
	driver, address := "sqlite", filepath.Join(s.dir, "data", "liaison.db")
	for _, set := range s.env {
		if url, ok := strings.CutPrefix(set, "DATABASE_URL="); ok {
			driver, address = "pgx", url
		}
	}
	db, err := sql.Open(driver, address)
	if err == nil {
		_, err = db.ExecContext(s.t.Context(), query, args...)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// stories runs one of them without a crash, and with one at every step, as soon as it was received what
// somebody did. LIAISON_KILLS asks for more: after one change that the platforms see, after two, …
func stories(t *testing.T, begin func(s *served) (grace somebody, name string)) {
	crashes := 1
	if more, err := strconv.Atoi(os.Getenv("LIAISON_KILLS")); err == nil {
		crashes = max(crashes, min(more/20, 10))
	}
	for crash := withoutCrash(); crash < crashes; crash++ {
		t.Run(fmt.Sprintf("crash after %d", crash), func(t *testing.T) {
			t.Parallel() // each has platforms and a process of its own
			s := &encounter{served: newServed(t), crash: crash}
			s.AddPerson(usds, fakeslack.Person{ID: "U2", Name: "Grace Example"})
			s.start()
			s.ada = inSlack{s.served, gds, "U1"}
			s.grace, s.name = begin(s.served)
			s.asks()
			s.talks()
			s.ends()
			if complaints := s.discord.Complaints(); len(complaints) > 0 {
				t.Errorf("Discord complains: %s", strings.Join(complaints, "\n"))
			}
		})
	}
}

// withoutCrash is the story in which nothing breaks; -short leaves it out, as those that break tell it too.
func withoutCrash() int {
	if testing.Short() {
		return 0
	}
	return -1
}

func TestTheWholeStoryBetweenSlackAndDiscord(t *testing.T) {
	t.Parallel()
	stories(t, func(s *served) (somebody, string) {
		s.listInDiscord("grace")
		return inDiscord{s, "grace"}, "grace"
	})
}

func TestTheWholeStoryBetweenTwoWorkspaces(t *testing.T) {
	t.Parallel()
	stories(t, func(s *served) (somebody, string) {
		s.listInSlack(usds, "U2")
		return inSlack{s, usds, "U2"}, "Grace Example"
	})
}

// TestACoffeeBetweenTwoPlaces has two people who do not know of each other join the queue, both say yes, and
// write to each other; without a crash, and with one at every step.
func TestACoffeeBetweenTwoPlaces(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func(s *served) somebody{
		"two workspaces":    func(s *served) somebody { return inSlack{s, usds, "U2"} },
		"Slack and Discord": func(s *served) somebody { return inDiscord{s, "grace"} },
	} {
		for crash := withoutCrash(); crash <= 0; crash++ {
			t.Run(fmt.Sprintf("%s, crash after %d", name, crash), func(t *testing.T) {
				t.Parallel() // each has platforms and a process of its own
				s := &encounter{served: newServed(t), crash: crash}
				s.AddPerson(usds, fakeslack.Person{ID: "U2", Name: "Grace Example"})
				s.start()
				s.ada, s.grace = inSlack{s.served, gds, "U1"}, place(s.served)
				s.hasCoffee()
			})
		}
	}
}

func (s *encounter) hasCoffee() {
	s.joins(s.ada, "Europe/London")
	s.joins(s.grace, "America/New_York")
	s.wait("both are asked", all(s.reads(s.ada, "would like a coffee and a conversation, as you do"), s.reads(s.grace, "would like a coffee and a conversation, as you do")))
	for who, holds := range map[somebody]string{s.ada: "your time (Europe/London)", s.grace: "theirs (Europe/London)"} {
		if s.count(who, holds) == 0 || s.count(who, "theirs (") == 0 {
			s.t.Errorf("%q is not in\n%s", holds, strings.Join(who.texts(), "\n"))
		}
	}
	if s.count(s.grace, "Ada") > 0 || s.count(s.ada, "Grace")+s.count(s.ada, "grace") > 0 {
		s.t.Error("one is named before both said yes")
	}
	s.step("the first says yes", s.ada.press("conversation, as you do", "Yes, bring us together"), s.reads(s.ada, "When both of you have said yes"))
	s.step("the two are connected", s.grace.press("conversation, as you do", "Yes, bring us together"), all(
		s.reads(s.grace, "When both of you have said yes"), s.reads(s.ada, "you are connected"), s.reads(s.grace, "Ada Example (GDS) and you are connected")))
	_, received := s.ada.write("Tea for me.", "you are connected")
	s.step("Grace reads it", received, s.reads(s.grace, "Tea for me."))
	_, received = s.grace.write("Coffee for me.", "you are connected")
	s.step("Ada reads it", received, s.reads(s.ada, "Coffee for me."))
	s.step("it is closed", s.ada.press("you are connected", "Close"), s.reads(s.grace, "has closed the conversation"))
	s.stop()
	for _, holds := range s.told {
		holds()
	}
}

// joins has somebody say when they are at work, and join the queue for coffee.
func (s *encounter) joins(who somebody, zone string) {
	s.t.Helper()
	for _, said := range []struct{ text, answer string }{
		{"profile knows tea", "tea"}, {"profile hours " + alwaysAtWork, alwaysAtWork}, {"profile zone " + zone, zone}, {"coffee", "“Join the queue” means"},
	} {
		who.write(said.text, "")
		s.wait("it is answered to "+said.text, func() bool { return s.count(who, said.answer) > 0 })
	}
	s.step("somebody is in the queue", who.press("“Join the queue” means", "Join the queue"), s.reads(who, "You are in the queue for a coffee"))
}

// TestReportAndBlockEndARelay between two workspaces. Who is kept away may ask again, and nobody is asked.
func TestReportAndBlockEndARelay(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.AddPerson(usds, fakeslack.Person{ID: "U2", Name: "Grace Example"})
	s.start()
	s.listInSlack(usds, "U2")
	ada, grace := inSlack{s, gds, "U1"}, inSlack{s, usds, "U2"}
	reads := func(who inSlack, text string, times int) {
		t.Helper()
		s.wait(fmt.Sprintf("%s reads %q %d times", who.user, text, times), func() bool {
			return strings.Count(strings.Join(who.texts(), "\n"), text) >= times
		})
	}
	for i, end := range []string{"Report", "Keep them away"} {
		topic := fmt.Sprintf("topic %d.", i)
		ada.write("introduce me to Grace about "+topic, "")
		ada.press(topic, "Ask them")
		grace.press(topic, "Yes, introduce us")
		reads(ada, "you are connected", i+1)
		reads(grace, "you are connected", i+1)
		last := s.inSlack(usds, "U2")
		slices.Reverse(last)
		for _, m := range last {
			if strings.Contains(m.Show().Text, "you are connected") {
				s.press("U2", m, end)
				break
			}
		}
		reads(ada, "has closed the conversation", i+1)
	}
	reads(grace, "I have told the people who run Liaison", 1)
	reads(grace, "kept away from you, under every account", 1)
	reads(inSlack{s, gds, "UADMIN"}, "has reported", 1)
	ada.write("introduce me to Grace about topic 2.", "")
	ada.press("topic 2.", "Ask them")
	reads(ada, "I have passed it on", 3)
	s.stop()
	s.start() // what would have been told is told by then
	s.stop()
	if text := strings.Join(grace.texts(), "\n"); strings.Contains(text, "topic 2.") {
		t.Errorf("Grace is asked by somebody whom she keeps away:\n%s", text)
	}
}
