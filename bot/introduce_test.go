package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
	"liaison/bot/store/storetest"
)

const alwaysAtWork = "Mon-Sun 0:00-24:00"

// inSlack is what a person reads in their direct messages, newest last; thread "" is any.
func (s *served) inSlack(team, user string) (all []fakeslack.Message) {
	for _, m := range s.Answers() {
		if m.Team == team && m.Channel == fakeslack.DirectID(user) && !m.Deleted {
			all = append(all, m)
		}
	}
	return all
}

// readsInSlack waits until a person reads something in their direct messages.
func (s *served) readsInSlack(team, user, text string) (found fakeslack.Message) {
	s.t.Helper()
	defer func() {
		if s.t.Failed() && found.TS == "" {
			for _, m := range s.inSlack(team, user) {
				s.t.Logf("%s in %s reads: %s", user, team, m.Show().Text)
			}
		}
	}()
	s.wait(fmt.Sprintf("%s in %s reads %q", user, team, text), func() bool {
		for _, m := range s.inSlack(team, user) {
			if strings.Contains(m.Show().Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// tellSlack says something in a direct message, in a thread when one is named.
func (s *served) tellSlack(team, user, text, thread string) fakeslack.Said {
	s.t.Helper()
	if !s.direct[team+user] {
		s.direct[team+user] = true
		s.AddChannel(team, fakeslack.Channel{ID: fakeslack.DirectID(user), Kind: "im", Members: []string{user, "U0BOT" + team[len(team)-1:]}})
	}
	return s.Say(team, user, fakeslack.DirectID(user), text, thread)
}

// inDiscord is what the bot has written to a person there.
func (s *served) inDiscord(who string) (all []fakediscord.Message) {
	channel := s.discord.DM(who)
	for _, m := range s.discord.Messages() {
		if m.Channel == channel && m.Author == fakediscord.BotID {
			all = append(all, m)
		}
	}
	return all
}

func (s *served) readsInDiscord(who, text string) (found fakediscord.Message) {
	s.t.Helper()
	s.wait(fmt.Sprintf("%s reads %q in Discord", who, text), func() bool {
		for _, m := range s.inDiscord(who) {
			if strings.Contains(fakediscord.Show(m.Content).Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// pressInDiscord uses the button of a direct message that has a label.
func (s *served) pressInDiscord(who string, m fakediscord.Message, label string) {
	s.t.Helper()
	s.pressAs(fakediscord.Used{Who: who}, m, label)
}

// pressAs uses a button somewhere else than in a direct message.
func (s *served) pressAs(used fakediscord.Used, m fakediscord.Message, label string) {
	s.t.Helper()
	id := componentID(m.Components, label)
	if id == "" {
		s.t.Fatalf("no button %q on %q: %v", label, m.Content, m.Components)
	}
	s.discord.Press(used, m.ID, id)
}

// listInDiscord makes somebody findable there.
func (s *served) listInDiscord(who string) { s.listInDiscordFor(who, "hosting") }

func (s *served) listInDiscordFor(who, topic string) {
	s.t.Helper()
	for _, said := range []struct{ text, answer string }{
		{"profile knows " + topic, topic}, {"profile hours " + alwaysAtWork, alwaysAtWork}, {"profile list", "You can be found now"},
	} {
		s.discord.Say(fakediscord.Said{Who: who, Text: said.text})
		s.readsInDiscord(who, said.answer)
	}
}

func (s *served) listInSlack(team, user string) { s.listInSlackFor(team, user, "hosting") }

func (s *served) listInSlackFor(team, user, topic string) {
	s.t.Helper()
	for _, said := range []struct{ text, answer string }{
		{"profile knows " + topic, topic}, {"profile hours " + alwaysAtWork, alwaysAtWork}, {"profile reach staff", "staff of all"}, {"profile list", "You can be found now"},
	} {
		s.tellSlack(team, user, said.text, "")
		s.readsInSlack(team, user, said.answer)
	}
}

const (
	gds  = "T00000001"
	usds = "T00000002"
)

// propose lets U1 of GDS ask to be introduced to a person.
func (s *served) propose(name string) {
	s.t.Helper()
	s.tellSlack(gds, "U1", "introduce me to "+name+" about moving to the cloud", "")
	card := s.readsInSlack(gds, "U1", "moving to the cloud")
	s.press("U1", card, "Ask them")
	s.readsInSlack(gds, "U1", "I have passed it on")
}

// TestTwoPlatformsAreBroughtTogether is the story of an introduction between Slack and Discord.
func TestTwoPlatformsAreBroughtTogether(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	s.bringTogether()
	s.stop()
	s.check()
}

// TestTwoReplicasBringTogetherOnce tells the same story with two processes on one PostgreSQL, both of
// which hear of everything in Discord, and either of which may hear of what happens in Slack.
func TestTwoReplicasBringTogetherOnce(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.env = append(s.env, "DATABASE_URL="+storetest.Postgres(t), "LIAISON_KEY="+strings.Repeat("A", 43)+"=")
	s.start()
	first, firstDone := s.cmd, s.done
	s.env = append(s.env, "DATA_DIR=data2")
	s.start()
	s.bringTogether()
	s.stop()
	s.cmd, s.done = first, firstDone
	s.stop()
	s.check()
	if n := s.howOften("would like to talk with you"); n != 1 {
		t.Errorf("grace is asked %d times", n)
	}
}

func (s *served) howOften(text string) (n int) {
	for _, m := range s.inDiscord("grace") {
		n += strings.Count(fakediscord.Show(m.Content).Text, text)
	}
	return n
}

// check looks at what must hold after the story.
func (s *served) check() {
	s.t.Helper()
	if s.howOften("still there") > 0 {
		s.t.Error("something was passed on after the end")
	}
	if complaints := s.discord.Complaints(); len(complaints) > 0 {
		s.t.Errorf("Discord complains: %s", strings.Join(complaints, "\n"))
	}
}

func (s *served) bringTogether() {
	t := s.t
	s.listInDiscord("grace")
	s.propose("grace")
	asked := s.readsInDiscord("grace", "would like to talk with you")
	if text := fakediscord.Show(asked.Content).Text; !strings.Contains(text, "Ada Example (GDS)") || !strings.Contains(text, "moving to the cloud") || strings.Contains(text, "U1") {
		t.Errorf("grace is asked:\n%s", text)
	}
	s.pressInDiscord("grace", asked, "Yes, introduce us")
	here := s.readsInSlack(gds, "U1", "you are connected")
	there := s.readsInDiscord("grace", "you are connected")

	hostile := "Hello <!channel> <@UADMIN> @everyone"
	said := s.tellSlack(gds, "U1", hostile+" from Ada", here.TS)
	arrived := s.readsInDiscord("grace", "from Ada")
	if pings := arrived.Pings(); len(pings) > 0 || !strings.Contains(fakediscord.Show(arrived.Content).Text, "Ada Example (GDS)") {
		t.Errorf("what arrived pings %v:\n%s", pings, arrived.Content)
	}
	reply := s.discord.Say(fakediscord.Said{Who: "grace", Text: "Good morning @here <!channel> from Grace", ReplyTo: arrived.ID})
	back := s.readsInSlack(gds, "U1", "from Grace")
	if back.Thread != here.TS || len(back.Show().Pings) > 0 || !strings.Contains(back.Show().Text, "grace (on Discord)") {
		t.Errorf("what came back stands in thread %q (want %q), pings %v:\n%s", back.Thread, here.TS, back.Show().Pings, back.Show().Text)
	}
	s.Edit(gds, fakeslack.DirectID("U1"), said.TS, "Hello again from Ada, in better words")
	s.readsInDiscord("grace", "in better words")
	s.discord.Reword(reply, "Good evening from Grace")
	s.readsInSlack(gds, "U1", "Good evening")
	s.discord.Erase(reply)
	s.wait("what Grace deleted is gone in Slack", func() bool {
		for _, m := range s.inSlack(gds, "U1") {
			if strings.Contains(m.Show().Text, "Good evening") {
				return false
			}
		}
		return true
	})
	s.pressInDiscord("grace", there, "Close")
	s.readsInDiscord("grace", "nothing more is passed on")
	s.readsInSlack(gds, "U1", "has closed the conversation")
	s.tellSlack(gds, "U1", "are you still there?", here.TS)
	s.readsInSlack(gds, "U1", "not open any more")
}

// TestTwoWorkspacesWithADeclineAndAWithdrawal has two Slack workspaces whose user ids are the same.
func TestTwoWorkspacesWithADeclineAndAWithdrawal(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.AddPerson(usds, fakeslack.Person{ID: "U2", Name: "Grace Example"}, fakeslack.Person{ID: "U3", Name: "Joan Example"})
	s.start()
	s.listInSlack(usds, "U2")
	s.listInSlack(usds, "U3")
	s.propose("Joan Example")
	s.press("U3", s.readsInSlack(usds, "U3", "would like to talk"), "Not now")
	s.readsInSlack(usds, "U3", "not told")

	s.tellSlack(gds, "U1", "introduce me to Grace about the weather", "")
	s.press("U1", s.readsInSlack(gds, "U1", "the weather"), "Ask them")
	s.press("U2", s.readsInSlack(usds, "U2", "would like to talk"), "Yes, introduce us")
	here, there := s.readsInSlack(gds, "U1", "you are connected"), s.readsInSlack(usds, "U2", "you are connected")
	s.tellSlack(gds, "U1", "It rains here", here.TS)
	got := s.readsInSlack(usds, "U2", "It rains here")
	if got.Thread != there.TS {
		t.Errorf("it stands in thread %q, not %q", got.Thread, there.TS)
	}
	s.tellSlack(usds, "U2", "The sun shines here", there.TS)
	s.readsInSlack(gds, "U1", "The sun shines here")
	for i := range 5 {
		s.tellSlack(gds, "U1", fmt.Sprint("word ", i), here.TS)
	}
	s.press("U2", there, "Close")
	s.readsInSlack(usds, "U2", "nothing more is passed on")
	before := len(s.inSlack(usds, "U2"))
	s.tellSlack(gds, "U1", "one more", here.TS)
	s.readsInSlack(gds, "U1", "not open any more")
	if after := len(s.inSlack(usds, "U2")); after != before {
		t.Errorf("%d messages more after Grace was told that it is closed", after-before)
	}
	for _, m := range s.inSlack(gds, "U1") {
		if strings.Contains(m.Show().Text, "Joan Example") && strings.Contains(m.Show().Text, "no") && strings.Contains(m.Show().Text, "declin") {
			t.Errorf("Ada learns who declined:\n%s", m.Show().Text)
		}
	}
	s.stop()
}

// TestOneWorkspaceGetsAGroupConversation needs no relay.
func TestOneWorkspaceGetsAGroupConversation(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.AddPerson(gds, fakeslack.Person{ID: "U2", Name: "Grace Example"})
	s.start()
	s.listInSlack(gds, "U2")
	s.propose("Grace Example")
	s.press("U2", s.readsInSlack(gds, "U2", "would like to talk"), "Yes, introduce us")
	s.wait("a conversation of the two is opened", func() bool {
		for _, m := range s.Answers() {
			if strings.Contains(m.Show().Text, "the conversation is yours") && m.Channel != fakeslack.DirectID("U1") && m.Channel != fakeslack.DirectID("U2") {
				return true
			}
		}
		return false
	})
	s.stop()
}

// command runs a subcommand beside the server and returns what it prints.
func (s *served) command(args ...string) string {
	s.t.Helper()
	program, err := exec.LookPath("liaison")
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}
