package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/store"
)

// guildUsed is a person in the fake guild's channel.
func guildUsed(who string) fakediscord.Used {
	return fakediscord.Used{Who: who, Channel: fakediscord.GeneralID}
}

// newGuild is a served whose bot may read what is not addressed to it, or not, and answers in the forum.
func newGuild(t *testing.T, content bool) *served {
	s := newServed(t)
	s.discord.MessageContentAllowed = content
	s.env = append(s.env, "DISCORD_FORUMS="+fakediscord.ForumID, "DISCORD_MESSAGE_CONTENT="+map[bool]string{true: "1", false: "0"}[content],
		"ADMINS=discord:"+s.discord.User("mod"))
	return s
}

// reads waits until a text stands in a channel, for one reader or for all; what is no answer is waited out.
func (s *served) reads(channel, reader, text string) (found fakediscord.Message) {
	s.t.Helper()
	if reader != "" {
		reader = s.discord.User(reader)
	}
	s.wait(fmt.Sprintf("%q stands in %s for %q", text, channel, reader), func() bool {
		for _, m := range s.discord.Messages() {
			if m.Author == fakediscord.BotID && m.Channel == channel && m.Reader == reader && strings.Contains(fakediscord.Show(m.Content).Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// customID returns the custom id of the button with a label, or of the menu; off says that it is switched off.
func customID(m fakediscord.Message, label string) (id string, off bool) {
	for _, row := range m.Components {
		parts, _ := row["components"].([]any)
		for _, part := range parts {
			if c, _ := part.(map[string]any); c["label"] == label || c["placeholder"] == label {
				id, _ = c["custom_id"].(string)
				off, _ = c["disabled"].(bool)
			}
		}
	}
	return id, off
}

// uses presses a button or chooses from a menu.
func (s *served) uses(who string, m fakediscord.Message, label string, values ...string) {
	s.t.Helper()
	id, _ := customID(m, label)
	if id == "" {
		s.t.Fatalf("no button %q on %q: %v", label, m.Content, m.Components)
	}
	s.discord.Press(fakediscord.Used{Who: who, Channel: m.Channel}, m.ID, id, values...)
}

// TestAStoryInDiscord follows people through the doors: a question, feedback on its answer, a look-up that
// is shared, a follow-up in a thread, a forum post, somebody else's message, an admin, and being forgotten.
func TestAStoryInDiscord(t *testing.T) {
	s := newGuild(t, true)
	s.start()
	const general = fakediscord.GeneralID

	s.discord.Command(guildUsed("ada"), "ask", map[string]string{"question": "where are secrets kept?"})
	answer := s.reads(general, "", "secret store")
	s.uses("grace", answer, "Helpful")
	s.reads(general, "grace", "Thank you. I have noted that this helped")
	s.uses("ada", answer, "Not helpful")
	s.uses("ada", s.reads(general, "ada", "What was wrong with it?"), "Choose", "old")
	s.reads(general, "ada", "Thank you. The people who look after the knowledge see this")

	s.discord.Command(guildUsed("ada"), "define", map[string]string{"term": "GDS"})
	private := s.reads(general, "ada", "Government Digital Service")
	s.uses("ada", private, "Share with the channel")
	s.reads(general, "", "ada asked me, and shares the answer: “GDS”")
	s.wait("the button is switched off", func() bool {
		_, off := customID(s.reads(general, "ada", "Government Digital Service"), "Share with the channel")
		return off
	})

	thread := s.discord.Thread("ada", general, "hosting")
	s.discord.Say(fakediscord.Said{Who: "ada", Channel: thread, Text: "who decides about hosting?", Mention: true})
	s.reads(thread, "", "decided by the agency")
	s.discord.Say(fakediscord.Said{Who: "grace", Channel: thread, Text: "lunch, anyone?"})
	s.discord.Say(fakediscord.Said{Who: "ada", Channel: thread, Text: "and where are secrets kept?"})
	s.reads(thread, "", "secret store")

	post := s.discord.Post("ada", "Where are secrets kept?", "We use a spreadsheet.")
	card := s.reads(post, "", "secret store")
	s.uses("grace", card, "This answered it")
	s.reads(post, "grace", "Only the person who asked")
	s.uses("ada", card, "This answered it")
	s.wait("the post is tagged", func() bool { return slices.Contains(s.discord.Tags(post), fakediscord.SolvedTag) })

	question := s.discord.Say(fakediscord.Said{Who: "grace", Channel: general, Text: "I wonder where secrets are kept"})
	for label, said := range map[string]string{"Answer this": "secret store", "Who knows about this?": "I know nobody"} {
		s.discord.OnMessage(guildUsed("mary"), label, question)
		s.reads(general, "mary", said)
	}
	s.discord.Command(guildUsed("ada"), "status", nil)
	s.reads(general, "ada", "Only an admin can do that")
	s.discord.Command(guildUsed("mod"), "status", nil)
	s.reads(general, "mod", "Discord: connected")

	s.discord.Say(fakediscord.Said{Who: "ada", Text: "forget me"})
	s.readsInDiscord("ada", "I have erased everything I held about you")
	s.stop()
	s.checkDiscord()
	for _, m := range s.discord.Messages() {
		if m.Author == fakediscord.BotID && strings.Contains(m.Content, "anyone") {
			t.Errorf("talk of others is answered: %s", m.Content)
		}
	}
}

// Without the intent a form takes the place of what Liaison cannot hear.
func TestAStoryInDiscordWithoutMessageContent(t *testing.T) {
	s := newGuild(t, false)
	s.start()
	const general = fakediscord.GeneralID
	s.discord.Command(guildUsed("ada"), "ask", map[string]string{"question": "where are secrets kept?"})
	answer := s.reads(general, "", "secret store")
	s.discord.Say(fakediscord.Said{Who: "ada", Channel: general, Text: "lunch, anyone?"})
	s.uses("ada", answer, "Follow up")
	var form fakediscord.Message
	s.wait("a form is open", func() bool {
		i := slices.IndexFunc(s.discord.Messages(), func(m fakediscord.Message) bool { return m.Form })
		if i >= 0 {
			form = s.discord.Messages()[i]
		}
		return i >= 0
	})
	s.discord.Submit(guildUsed("ada"), answer.ID, form.FormID, map[string]string{"question": "and who decides about hosting?"})
	s.reads(general, "", "decided by the agency")
	post := s.discord.Post("ada", "Where are secrets kept?", "This cannot be read.")
	s.reads(post, "", "secret store")
	s.stop()
	s.checkDiscord()
}

func (s *served) checkDiscord() {
	s.t.Helper()
	if complaints := s.discord.Complaints(); len(complaints) > 0 {
		s.t.Errorf("Discord complains: %s", strings.Join(complaints, "\n"))
	}
	for _, m := range s.discord.Messages() {
		if m.Author == fakediscord.BotID && len(m.Pings()) > 0 {
			s.t.Errorf("%q pings %v", m.Content, m.Pings())
		}
	}
}

// TestHiddenKnowledgeChangesNothingInDiscord plays the same to two programs, one of which holds pages, terms
// and people for staff and for one organisation: what Discord is sent is the same, byte for byte.
func TestHiddenKnowledgeChangesNothingInDiscord(t *testing.T) {
	without := saidInDiscord(t, false)
	with := saidInDiscord(t, true)
	if !strings.Contains(without, "secret") || len(without) < 4_000 || without != with {
		i := 0
		for i < min(len(without), len(with)) && without[i] == with[i] {
			i++
		}
		t.Errorf("of %d and %d bytes, they differ from byte %d on: %.300q and %.300q", len(without), len(with), i, without[i:], with[i:])
	}
}

// saidInDiscord plays people who look for what is hidden, and returns all that they were sent.
func saidInDiscord(t *testing.T, hidden bool) string {
	s := newGuild(t, true)
	os.Remove(s.dir + "/knowledge/guidance/gds/vault.md")
	if hidden {
		s.write("guidance/gds/vault.md", "---\nvisibility: org:gds\n---\n# Secrets of the vault\n\nSecrets secrets secrets are kept with the duty officer, Eagle. Hosting too.\n")
		s.write("guidance/usds/staff.md", "---\nvisibility: staff\nquestions: \"#canary\"\n---\n# Hosting for staff (HFS)\n\nHosting is decided by the Canary board. Where are secrets kept? In the canary.\n")
		s.write("glossary.yaml", "terms:\n  - {term: Eagle, meaning: The duty officer., visibility: \"org:gds\"}\n  - {term: secret canary, meaning: A board., visibility: staff}\n")
		s.write("people/sam.md", "---\nname: Sam Example\norganisation: gds\nskills: [secrets, hosting]\nhelps_with: [hosting]\nreach: staff\nconsent: in chat, 1 March 2026\n---\n")
	}
	s.start()
	if hidden && !strings.Contains(s.ask(gds, "C1", "where are the secrets of the vault kept?"), "Eagle") {
		t.Error("it does not hold what is hidden")
	}
	var all []string
	for n, text := range []string{"where are secrets kept?", "who decides about hosting?", "eagle", "canary", "HFS", "who knows about secrets?", "compare hosting", "define Eagle", "define egle", "the vault of GDS"} {
		channel := fakediscord.GeneralID
		if n%3 == 0 {
			channel = s.discord.DM("ada")
		}
		all = append(all, s.answerTo(func() string {
			return s.discord.Say(fakediscord.Said{Who: "ada", Channel: channel, Text: text, Mention: n%3 > 0})
		}))
	}
	for _, c := range []struct{ command, option, text string }{{"define", "term", "e"}, {"define", "term", "secret"}, {"who", "topic", "s"}, {"compare", "topic", ""}, {"ask", "question", "h"}} {
		i := s.discord.Type(guildUsed("ada"), c.command, c.option, c.text)
		<-i.Acknowledged
		all = append(all, fmt.Sprint(i.Choices()))
	}
	commands := s.discord.Commands()
	s.stop()
	s.checkDiscord()
	all = append(all, fmt.Sprint(commands))
	// Exchanges are named anew each time.
	return regexp.MustCompile(`(v1|s1|c1):(\w+):[a-z0-9]+`).ReplaceAllString(strings.Join(all, "\n"), "$1:$2:…")
}

// answerTo waits for the answer to a message and returns its words and buttons.
func (s *served) answerTo(say func() string) (said string) {
	s.t.Helper()
	id := say()
	s.wait("there is an answer", func() bool {
		said = ""
		for _, m := range s.discord.Messages() {
			if m.ReplyTo == id && !strings.Contains(m.Content, "still looking") {
				said = fmt.Sprint(m.Content, m.Components)
			}
		}
		return said != ""
	})
	return said
}

// TestAKilledProcessAnswersOnceInDiscord kills the process after some changes that Discord sees, and starts
// it again, while people mention it, write to it, post in the forum and use commands: what was said is
// answered once, and so is every command that it acknowledged. LIAISON_KILLS asks for more kills.
func TestAKilledProcessAnswersOnceInDiscord(t *testing.T) {
	t.Parallel()
	kills := 6
	if more, err := strconv.Atoi(os.Getenv("LIAISON_KILLS")); err == nil {
		kills = more
	}
	s := newGuild(t, true)
	s.start()
	s.discord.Say(fakediscord.Said{Who: known, Text: "help"}) // bots cannot list who could write to them
	s.readsInDiscord(known, "Ask me anything")
	asked := map[string]func() int{} // how often each was answered, by what was asked
	commands := map[string]*fakediscord.Interaction{}
	for i := range kills {
		changes := s.discord.Changed()
		name, answers := s.askInDiscord(i, commands)
		asked[name] = answers
		for range i % 9 {
			select {
			case <-changes:
				changes = s.discord.Changed()
			case <-time.After(3 * time.Second): // all that there is has come
			}
			if answers() > 0 {
				break
			}
		}
		s.kill()
		if i%100 == 99 {
			s.nextDay()
		}
		s.start()
	}
	lost := 0
	for name, answers := range asked {
		if i := commands[name]; i != nil && !acknowledged(i) {
			lost++ // Discord has told the person so
			delete(asked, name)
			continue
		}
		s.wait("there is an answer to "+name, func() bool { return answers() > 0 })
	}
	s.stop()
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if n := asked[name](); n != 1 {
			t.Errorf("%s: answered %d times", name, n)
		}
	}
	t.Logf("%d kills: %d questions answered once each, %d commands never acknowledged", kills, len(asked), lost)
	s.checkDiscord()
}

func acknowledged(i *fakediscord.Interaction) bool {
	select {
	case <-i.Acknowledged:
		return true
	default:
		return false
	}
}

const known = "somebody who is known"

// askInDiscord asks by one door after the other, and returns how to count the answers.
func (s *served) askInDiscord(n int, commands map[string]*fakediscord.Interaction) (name string, answers func() int) {
	const question = "where are secrets kept?"
	who := fmt.Sprint("person ", n)
	channel, answered := fakediscord.GeneralID, ""
	switch n % 4 {
	case 0:
		name = "mention " + who
		answered = s.discord.Say(fakediscord.Said{Who: who, Channel: channel, Text: question, Mention: true})
	case 1:
		name, who = "direct message of "+who, known
		channel = s.discord.DM(who)
		answered = s.discord.Say(fakediscord.Said{Who: who, Text: question})
	case 2:
		name = "post of " + who
		channel = s.discord.Post(who, question, "Tell me.")
		answered = channel
	case 3:
		name, channel = "command of "+who, s.discord.DM(who)
		commands[name] = s.discord.Command(fakediscord.Used{Who: who}, "ask", map[string]string{"question": question})
	}
	return name, func() (n int) {
		for _, m := range s.discord.Messages() {
			if m.Author == fakediscord.BotID && m.Channel == channel && m.ReplyTo == answered && strings.Contains(fakediscord.Show(m.Content).Text, "secret store") {
				n++
			}
		}
		return n
	}
}

// nextDay forgets how often the bot has connected today. The process must not be running.
func (s *served) nextDay() {
	s.t.Helper()
	held, err := store.Open(s.t.Context(), s.dir+"/data", "")
	if err != nil {
		s.t.Fatal(err)
	}
	defer held.Close()
	if err := held.Keep(s.t.Context(), "discord/identifies", []byte("{}")); err != nil {
		s.t.Fatal(err)
	}
}
