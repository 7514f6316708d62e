package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
)

// served is a Liaison in a process of its own, before a fake Slack with two workspaces whose user
// ids collide, and a fake Discord.
type served struct {
	*fakeslack.Server
	discord *fakediscord.Server
	direct  map[string]bool // conversations with Liaison in Slack that are open, by team and person
	t       tester
	dir     string
	env     []string
	log     *logged
	cmd     *exec.Cmd
	done    chan error
}

// tester is what is used of a test here. Stories implement it too.
type tester interface {
	Helper()
	Cleanup(func())
	Context() context.Context
	Failed() bool
	Logf(format string, args ...any)
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// logged is what a process says on standard error, for reading while it runs.
type logged struct {
	mu    sync.Mutex
	text  strings.Builder
	nudge func()
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nudge()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newServed(t *testing.T) *served {
	t.Helper()
	s := newServedIn(t, t.TempDir())
	s.write("teams.yaml", "organisations:\n  - {id: gds, name: Government Digital Service, short: GDS, country: gb}\n  - {id: usds, name: US Digital Service, short: USDS, country: us}\n")
	s.write("glossary.yaml", "terms: []\n")
	s.write("guidance/gds/secrets.md", "# Keeping secrets\n\nSecrets are kept in the secret store.\n")
	s.write("guidance/gds/vault.md", "---\nvisibility: org:gds\n---\n# The GDS vault\n\nThe keys of the GDS vault are with the duty officer, Eagle.\n")
	s.write("guidance/usds/hosting.md", "# Hosting\n\nHosting is decided by the agency.\n")
	return s
}

// newServedIn is one whose knowledge is yet to be written into the folder.
func newServedIn(t tester, dir string) *served {
	t.Helper()
	fake, err := fakeslack.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	discord, err := fakediscord.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(discord.Close)
	s := &served{Server: fake, discord: discord, direct: map[string]bool{}, t: t, dir: dir}
	for i, name := range []string{"gds", "usds"} {
		team := fake.AddTeam(fakeslack.Team{
			ID: fmt.Sprintf("T0000000%d", i+1), BotToken: "xoxb-" + name, AppToken: "xapp-" + name, BotUser: fmt.Sprintf("U0BOT%d", i+1), BotID: fmt.Sprintf("B%d", i+1),
		})
		fake.AddPerson(team.ID, fakeslack.Person{ID: "U1", Name: "Ada Example"}, fakeslack.Person{ID: "UADMIN", Name: "Admin Example"}, fakeslack.Person{ID: "UGUEST", Name: "Guest Example", Guest: true})
		fake.AddChannel(team.ID,
			fakeslack.Channel{ID: "C1", Name: "help", Kind: "channel", Members: []string{"U1", team.BotUser}},
			fakeslack.Channel{ID: "CGUESTS", Name: "guests", Kind: "channel", Members: []string{"U1", "UGUEST", team.BotUser}})
	}
	s.env = append(os.Environ(), "SLACK_API_URL="+fake.APIURL(), "SLACK_WORKSPACES=gds,usds",
		"SLACK_GDS_BOT_TOKEN=xoxb-gds", "SLACK_GDS_APP_TOKEN=xapp-gds", "SLACK_USDS_BOT_TOKEN=xoxb-usds", "SLACK_USDS_APP_TOKEN=xapp-usds",
		"KNOWLEDGE_DIR=knowledge", "DATA_DIR=data", "ADMINS=slack:T00000001/UADMIN", "DISCORD_TOKEN="+fakediscord.Token, "DISCORD_API_URL="+discord.URL())
	return s
}

func (s *served) write(path, text string) {
	s.t.Helper()
	path = filepath.Join(s.dir, "knowledge", path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// start starts the process and waits until both workspaces are connected.
func (s *served) start() {
	s.t.Helper()
	program, err := exec.LookPath("liaison") // testscript put it there
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(program)
	log := &logged{nudge: s.Nudge}
	cmd.Dir, cmd.Env, cmd.Stderr = s.dir, s.env, log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- cmd.Wait()
		s.Nudge()
	}()
	s.cmd, s.done, s.log = cmd, done, log
	s.t.Cleanup(func() {
		cmd.Process.Kill()
		if s.t.Failed() {
			s.t.Logf("log of the process:\n%s", log.String())
		}
	})
	s.wait("all are connected", func() bool {
		return (s.Connections() >= 2 || strings.Contains(log.String(), "listening for events")) && s.discord.Connected()
	})
}

// wait waits until something is so, looking whenever anything changes at the fake.
func (s *served) wait(what string, so func() bool) {
	s.t.Helper()
	deadline, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	for {
		changed, inDiscord := s.Changed(), s.discord.Changed()
		if so() {
			return
		}
		select {
		case <-changed:
		case <-inDiscord:
		case <-deadline.Done():
			s.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// kill ends the process at once, and waits until the platforms have seen its connections end: what somebody presses would
// go over one of them otherwise, and is not sent again.
func (s *served) kill() {
	s.t.Helper()
	s.cmd.Process.Kill()
	<-s.done
	s.wait("the connections of the killed process end", func() bool { return s.Connections() == 0 && !s.discord.Connected() })
}

// stop ends the process as a platform does, and checks that it ends well.
func (s *served) stop() {
	s.t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-s.done; err != nil {
		s.t.Errorf("told to stop, the process ended with %v", err)
	}
}

// answers returns what Liaison says in a thread, whatever it said there.
func (s *served) answers(team, thread string) []string {
	var all []string
	for _, m := range s.Answers() {
		if m.Team == team && m.Thread == thread && !m.Deleted {
			all = append(all, m.Show().Text)
		}
	}
	return all
}

// ask mentions Liaison and returns the answer, when it is not only a note that it comes.
func (s *served) ask(team, channel, words string) string {
	s.t.Helper()
	said := s.Mention(team, "U1", channel, words, "")
	var got []string
	s.wait("there is an answer to "+words, func() bool {
		got = s.answers(team, said.TS)
		return len(got) > 0 && !strings.Contains(got[0], "still looking")
	})
	return got[0]
}

// shown returns what stands in a channel of Slack for one reader, or for all, that holds a text.
func (s *served) shown(channel, reader, text string) (fakeslack.Message, bool) {
	for _, m := range s.Answers() {
		if m.Channel == channel && m.Reader == reader && !m.Deleted && strings.Contains(m.Show().Text, text) {
			return m, true
		}
	}
	return fakeslack.Message{}, false
}

// appears waits until such a message stands there.
func (s *served) appears(channel, reader, text string) (found fakeslack.Message) {
	s.t.Helper()
	s.wait(fmt.Sprintf("%q appears in %s for %q", text, channel, reader), func() bool {
		var ok bool
		found, ok = s.shown(channel, reader, text)
		return ok
	})
	return found
}

// press uses the button of a message that has a label.
func (s *served) press(user string, m fakeslack.Message, label string) *fakeslack.Receipt {
	s.t.Helper()
	for _, b := range m.Show().Buttons {
		if b.Label == label {
			return s.Press(m.Team, user, fakeslack.Press{ActionID: b.ActionID, Value: b.Value, Type: b.Type, TS: m.TS, Channel: m.Channel})
		}
	}
	s.t.Fatalf("no button %q in %+v", label, m.Show().Buttons)
	return nil
}

func TestOneProcessServesSlackAndDiscord(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	const question = "who has the keys of the vault?"
	for _, c := range []struct {
		team, channel string
		eagle         bool
	}{{"T00000001", "C1", true}, {"T00000001", "CGUESTS", false}, {"T00000002", "C1", false}} {
		got := s.ask(c.team, c.channel, question)
		if strings.Contains(got, "Eagle") != c.eagle || strings.Contains(got, "vault ·") && !c.eagle {
			t.Errorf("in %s of %s it says:\n%s", c.channel, c.team, got)
		}
	}
	for text, want := range map[string]string{"where are secrets kept?": "secret store", question: "Try other words"} {
		s.discord.Command(fakediscord.Used{Who: "ada", Channel: fakediscord.GeneralID}, "ask", map[string]string{"question": text})
		said := ""
		s.wait("Discord has an answer to "+text, func() bool {
			said = ""
			for _, m := range s.discord.Messages() {
				said += fakediscord.Show(m.Content).Text + "\n" // nobody else writes there
			}
			return strings.Contains(said, want)
		})
		if strings.Contains(said, "Eagle") {
			t.Errorf("Discord is told:\n%s", said)
		}
	}
	s.write("guidance/gds/lunch.md", "# Lunch\n\nThe canteen opens at noon.\n")
	s.wait("the new page answers", func() bool { return strings.Contains(s.ask("T00000002", "C1", "when does the canteen open?"), "noon") })
	s.stop()
	if complaints := s.discord.Complaints(); len(complaints) > 0 {
		t.Errorf("Discord complains: %s", strings.Join(complaints, "\n"))
	}
}

func TestSlackOverHTTP(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.env = append(s.env, "HTTP_ADDR=127.0.0.1:0", "SLACK_GDS_APP_TOKEN=", "SLACK_USDS_APP_TOKEN=",
		"SLACK_GDS_SIGNING_SECRET=signing-gds", "SLACK_USDS_SIGNING_SECRET=signing-usds")
	s.start()
	address := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(s.log.String())
	if address == nil {
		t.Fatalf("the log names no address:\n%s", s.log)
	}
	for i, name := range []string{"gds", "usds"} {
		s.Change(fmt.Sprintf("T0000000%d", i+1), func(team *fakeslack.Team) {
			team.SigningSecret, team.EventsURL = "signing-"+name, "http://"+address[1]+"/slack/"+name
		})
	}
	for _, team := range []string{"T00000001", "T00000002"} {
		if got := s.ask(team, "C1", "where are secrets kept?"); !strings.Contains(got, "secret store") {
			t.Errorf("%s is told:\n%s", team, got)
		}
	}
	for path, want := range map[string]int{"/slack/gds/events": 401, "/slack/other/events": 404, "/": 404} {
		response, err := http.Post("http://"+address[1]+path, "application/json", strings.NewReader(`{"type":"event_callback"}`))
		if err != nil || response.StatusCode != want {
			t.Errorf("an unsigned request to %s gets %v, %v", path, response.Status, err)
			continue
		}
		response.Body.Close()
	}
	s.stop()
}

// TestAStoryInSlack follows one person through the doors: a private question, shared with the guests
// of the channel, a follow-up without a mention, a vote, the Home tab, and being forgotten.
func TestAStoryInSlack(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	const team = "T00000001"
	s.Slash(team, "U1", "CGUESTS", "who has the keys of the vault?")
	private := s.appears("CGUESTS", "U1", "Eagle")
	if _, leaked := s.shown("CGUESTS", "", "Eagle"); leaked {
		t.Fatal("the private answer stands in the channel")
	}
	if text := fmt.Sprint(private.Show()); strings.Contains(text, "Share with the channel") || !strings.Contains(text, "Show more") {
		t.Errorf("what guests may not see is offered for sharing: %s", text)
	}
	s.Slash(team, "U1", "CGUESTS", "where are secrets kept?")
	private = s.appears("CGUESTS", "U1", "secret store")
	s.press("U1", private, "Share with the channel")
	shared := s.appears("CGUESTS", "", "shares the answer")
	if text := shared.Show().Text; strings.Contains(text, "Eagle") {
		t.Errorf("shared with guests:\n%s", text)
	}

	said := s.Mention(team, "U1", "C1", "where are secrets kept?", "")
	s.wait("an answer stands in the thread", func() bool { return len(s.answers(team, said.TS)) == 1 })
	s.Say(team, "U1", "C1", "and who has the keys of the vault?", said.TS)
	s.wait("the follow-up is answered without a mention", func() bool {
		got := s.answers(team, said.TS)
		return len(got) == 2 && strings.Contains(got[1], "Eagle")
	})
	s.Say(team, "U1", "C1", "lunch, anyone?", "")
	answer := s.appears("C1", "", "secret store")
	s.press("UADMIN", answer, "Show more")
	s.appears("C1", "UADMIN", "That was all I have on it")

	s.OpenHome(team, "U1", "home")
	s.wait("the Home tab shows what was asked", func() bool {
		view, ok := s.Home(team, "U1")
		return ok && strings.Contains(view.Show().Text, "where are secrets kept?") && !strings.Contains(view.Show().Text, "Reindex now")
	})
	s.OpenHome(team, "UADMIN", "home")
	s.wait("an admin's Home tab has more", func() bool {
		view, ok := s.Home(team, "UADMIN")
		return ok && strings.Contains(view.Show().Text, "Reindex now")
	})
	s.Slash(team, "UADMIN", "C1", "reindex")
	s.appears("C1", "UADMIN", "Reindexed")
	s.Slash(team, "U1", "C1", "reindex")
	s.appears("C1", "U1", "Only an admin can do that")

	s.Slash(team, "U1", "C1", "forget me")
	s.appears("C1", "U1", "I have erased everything I held about you")
	s.stop()
	for _, m := range s.Answers() {
		if strings.Contains(m.Show().Text, "anyone") {
			t.Errorf("talk of others is answered: %s", m.Show().Text)
		}
	}
}

// TestAKilledProcessAnswersOnce kills the process after one change that Slack sees, two, three, …
// and starts it again: whatever was acknowledged is answered once. LIAISON_KILLS asks for more kills.
func TestAKilledProcessAnswersOnce(t *testing.T) {
	t.Parallel()
	kills := 6
	if more, err := strconv.Atoi(os.Getenv("LIAISON_KILLS")); err == nil {
		kills = more
	}
	s := newServed(t)
	s.start()
	var asked []string
	for i := range kills {
		changes := s.Changed()
		said := s.Mention("T00000001", "U1", "C1", "where are secrets kept?", "")
		asked = append(asked, said.TS)
		for range i % 8 {
			select {
			case <-changes:
				changes = s.Changed()
			case <-t.Context().Done():
				t.Fatal("nothing changes")
			}
			if len(s.answers("T00000001", said.TS)) > 0 {
				break
			}
		}
		s.kill()
		if i%100 == 99 {
			s.nextDay() // Discord allows so many connections a day
		}
		s.start()
	}
	for _, ts := range asked {
		s.wait("everything is answered", func() bool { return len(s.answers("T00000001", ts)) > 0 })
	}
	s.stop()
	for i, ts := range asked {
		if got := s.answers("T00000001", ts); len(got) != 1 {
			t.Errorf("question %d has %d answers:\n%s", i, len(got), strings.Join(got, "\n---\n"))
		}
	}
}
