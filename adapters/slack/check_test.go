package slack

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
)

// checked runs Check on an adapter that is set up as given, over teams T1 and T2.
func checked(t *testing.T, change func(*fakeslack.Server), workspaces ...Workspace) []chat.Finding {
	t.Helper()
	c := &clock{}
	fake, err := fakeslack.New(c.now)
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	for _, team := range []string{"T1", "T2"} {
		populate(fake, fakeslack.Team{ID: team, Scopes: namesOf(scopes)})
	}
	if change != nil {
		change(fake)
	}
	a, err := New(Options{Workspaces: workspaces, APIURL: fake.APIURL(), Now: c.now, Pause: c.pause})
	if err != nil {
		t.Fatal(err)
	}
	return a.Check(t.Context())
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	socket := Workspace{Name: "gds", BotToken: "xoxb-T1", AppToken: "xapp-T1"}
	http := Workspace{Name: "gds", BotToken: "xoxb-T1", SigningSecret: "s"}
	without := func(w Workspace, change func(*Workspace)) Workspace { change(&w); return w }
	team := func(change func(*fakeslack.Team)) func(*fakeslack.Server) {
		return func(f *fakeslack.Server) { f.Change("T1", change) }
	}
	for _, c := range []struct {
		name       string
		change     func(*fakeslack.Server)
		workspaces []Workspace
		want       []string // what each finding says, in part; none means all is well
	}{
		{"all is well by Socket Mode", nil, []Workspace{socket}, nil},
		{"all is well over HTTP", nil, []Workspace{http}, nil},
		{"a bot token nobody knows", nil, []Workspace{without(socket, func(w *Workspace) { w.BotToken = "xoxb-9" })}, []string{"does not know the token"}},
		{"an app token nobody knows", nil, []Workspace{without(socket, func(w *Workspace) { w.AppToken = "xapp-9" })}, []string{"does not know the app token"}},
		{"a token that was revoked", team(func(t *fakeslack.Team) { t.Revoked = "token_revoked" }), []Workspace{http}, []string{"revoked"}},
		{"Socket Mode off", team(func(t *fakeslack.Team) { t.NoSocketMode = true }), []Workspace{socket}, []string{"Socket Mode is off"}},
		{"scopes missing", team(func(t *fakeslack.Team) { t.Scopes = t.Scopes[:len(t.Scopes)-2] }), []Workspace{http},
			[]string{"lacks the scope mpim:write", "lacks the scope users:read"}},
		{"one workspace twice", nil, []Workspace{http, without(http, func(w *Workspace) { w.Name = "usds" })}, []string{"of the same workspace"}},
		{"Slack not reached", func(f *fakeslack.Server) { f.Close() }, []Workspace{http}, []string{"check that this machine can reach"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var problems []string
			for _, f := range checked(t, c.change, c.workspaces...) {
				if !strings.HasPrefix(f.Subject, "Slack workspace ") || strings.Contains(f.Problem+f.Advice, "xoxb-T") {
					t.Errorf("a finding without its workspace, or with a secret: %+v", f)
				}
				if f.Problem != "" {
					problems = append(problems, f.Problem+" "+strings.ToLower(f.Advice[:1])+f.Advice[1:])
				}
			}
			if len(problems) != len(c.want) {
				t.Fatalf("found %q; want %q", problems, c.want)
			}
			for i, want := range c.want {
				if !strings.Contains(problems[i], want) {
					t.Errorf("found %q; want %q", problems[i], want)
				}
			}
		})
	}
}

// Whoever only starts the program hears of it too: in the log, and in the status.
func TestAMissingScopeIsSaidWhenServing(t *testing.T) {
	var granted []string
	for _, scope := range namesOf(scopes) {
		if scope != "users:read" {
			granted = append(granted, scope)
		}
	}
	var log bytes.Buffer
	r, _ := newPair(t, rigOptions{teams: []fakeslack.Team{{ID: "T1", Scopes: granted}},
		options: func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) }})
	const want = "Slack workspace t1: the app lacks the scope users:read, which is needed to tell members from guests"
	if status := r.adapter.Status(); !status.Connected || strings.Count(status.Detail, want) != 1 {
		t.Errorf("the status is %+v", status)
	}
	r.stop()
	<-r.stopped
	if strings.Count(log.String(), want) != 1 {
		t.Errorf("the log says:\n%s", log.String())
	}
}

func TestMistakesInSettingsAreNamedTogether(t *testing.T) {
	_, err := New(Options{APIURL: "slack.com", Workspaces: []Workspace{{Name: "gds", BotToken: "xapp-1"}, {Name: "gds", BotToken: "xoxb-1", AppToken: "xoxb-2"}}})
	if err == nil {
		t.Fatal("New took it")
	}
	for _, want := range []string{"needs a bot token", "needs an app token", "begins with xapp-", "two Slack workspaces", "not an address"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "xoxb-1") || strings.Contains(err.Error(), "xoxb-2") {
		t.Errorf("the error holds a token: %v", err)
	}
	if _, err := New(Options{}); err == nil {
		t.Error("New took no workspace at all")
	}
}

func TestOneWorkspaceNeedsNoName(t *testing.T) {
	w := Workspace{BotToken: "xoxb-1", SigningSecret: "s"}
	if w.path() != "/slack" || w.label() != "Slack" {
		t.Errorf("path %q, label %q", w.path(), w.label())
	}
}

func TestTheStatusReadsAloud(t *testing.T) {
	const connecting, lacks = "Slack workspace b is connecting.", "Slack workspace a: the app lacks the scope x, which is needed to y. Add it."
	for _, c := range []struct {
		serving, of int
		problems    []string
		want        string
	}{
		{1, 1, nil, "1 of 1 workspace connected"},
		{2, 2, []string{lacks}, "2 of 2 workspaces connected. " + lacks},
		{1, 2, []string{lacks, connecting}, "1 of 2 workspaces connected. " + lacks + " " + connecting},
		{0, 2, []string{"Slack workspace a is connecting.", connecting}, "Slack workspace a is connecting. " + connecting},
	} {
		if got := statusDetail(c.serving, c.of, c.problems); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.serving, c.of, got, c.want)
		}
	}
}
