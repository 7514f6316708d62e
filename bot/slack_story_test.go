package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"liaison/adapters/slack/fakeslack"
)

// story is what a script has going on in Slack: a Liaison in a process of its own, before a fake Slack
// with two workspaces, and where people talk at the moment.
type story struct {
	*served
	team, room, thread string
}

type storyKey struct{}

// The names that stories use, and the ids of the fake.
var (
	storyTeams  = map[string]string{"gds": "T00000001", "usds": "T00000002"}
	storyRooms  = map[string]string{"help": "C1", "guests": "CGUESTS"}
	storyPeople = map[string]string{"ada": "U1", "admin": "UADMIN", "guest": "UGUEST"}
)

// slackStory lets people do things in Slack, and looks at what they see:
//
//	slack start                          Liaison is started with the story's knowledge
//	slack ada mentions gds help WORDS    in a channel of a workspace; here begins a thread
//	slack ada adds WORDS                 to that thread, without naming Liaison
//	slack ada types gds help WORDS       after /liaison
//	slack ada writes gds WORDS           to Liaison directly
//	slack ada points SHORTCUT WORDS      uses a shortcut on the newest message of a person with the words
//	slack ada opens SHORTCUT WORDS       uses a shortcut from anywhere, and sends its form with the words
//	slack ada presses LABEL              the newest button of that label, or option of a menu, that ada sees
//	slack ada visits gds                 Liaison's Home tab
//	slack thread shows WORDS             to everybody, below the question
//	slack everybody sees WORDS           in the channel where people talk
//	slack ada alone sees WORDS           there, or in her conversation with Liaison
//	slack ada home shows WORDS
//
// What is seen is waited for. With a "!" before it, it must not be there: say first what must be.
func slackStory(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(storyKey{}).(*story)
	if len(args) == 1 && args[0] == "start" {
		s.served = newServedIn(scriptTest{ts}, ts.MkAbs("."))
		s.start()
		return
	}
	if s.served == nil || len(args) < 3 {
		ts.Fatalf("usage: slack start, and then slack WHO DOES WHAT")
	}
	if see, what := s.seeing(args); see != nil {
		if neg && see() {
			ts.Fatalf("%s, and should not", what)
		} else if !neg {
			s.wait(what, see)
		}
		ts.Logf("%s", what)
		return
	}
	if neg || !s.does(args) {
		ts.Fatalf("slack %s: not understood", strings.Join(args, " "))
	}
}

// seeing returns what looks for something, and its name.
func (s *story) seeing(args []string) (see func() bool, what string) {
	words, who := args[len(args)-1], storyPeople[args[0]]
	sees := func(reader, thread string) func() bool {
		return func() bool {
			return slices.ContainsFunc(s.Answers(), func(m fakeslack.Message) bool {
				here := m.Channel == s.room || reader != "" && m.Channel == fakeslack.DirectID(reader)
				return m.Team == s.team && here && m.Reader == reader && (thread == "" || m.Thread == thread) && strings.Contains(m.Show().Text, words)
			})
		}
	}
	switch strings.Join(args[:len(args)-1], " ") {
	case "thread shows":
		see = sees("", s.thread)
	case "everybody sees":
		see = sees("", "")
	case args[0] + " alone sees":
		see = sees(who, "")
	case args[0] + " home shows":
		see = func() bool {
			view, ok := s.Home(s.team, who)
			return ok && strings.Contains(view.Show().Text, words)
		}
	}
	return see, strings.Join(args, " ")
}

// does has somebody do something. It reports false for what no story can do.
func (s *story) does(args []string) bool {
	who, known := storyPeople[args[0]]
	if !known {
		return false
	}
	words := args[len(args)-1]
	switch verb := args[1]; {
	case verb == "mentions" && len(args) == 5:
		s.team, s.room = storyTeams[args[2]], storyRooms[args[3]]
		s.thread = s.Mention(s.team, who, s.room, words, "").TS
	case verb == "adds" && len(args) == 3:
		s.Say(s.team, who, s.room, fakeslack.Escape(words), s.thread)
	case verb == "types" && len(args) == 5:
		s.team, s.room = storyTeams[args[2]], storyRooms[args[3]]
		s.Slash(s.team, who, s.room, words)
	case verb == "writes" && len(args) == 4:
		s.team = storyTeams[args[2]]
		s.Say(s.team, who, who, fakeslack.Escape(words), "")
	case verb == "points" && len(args) == 4:
		s.points(who, args[2], words)
	case verb == "opens" && len(args) == 4:
		s.opens(who, args[2], words)
	case verb == "presses" && len(args) == 3:
		s.presses(who, words)
	case verb == "visits" && len(args) == 3:
		s.team = storyTeams[words]
		s.OpenHome(s.team, who, "home")
	default:
		return false
	}
	return true
}

func (s *story) points(who, label, words string) {
	messages := s.Messages()
	for _, m := range slices.Backward(messages) {
		if !m.Bot && m.Team == s.team && m.Channel == s.room && strings.Contains(m.Text, words) {
			s.Shortcut(s.team, who, s.shortcut("message", label), s.room, m.TS)
			return
		}
	}
	s.t.Fatalf("nobody wrote %q", words)
}

func (s *story) opens(who, label, words string) {
	s.Shortcut(s.team, who, s.shortcut("global", label), "", "")
	s.wait("a form is open", func() bool { return len(s.Views()) > 0 })
	s.Submit(s.Views()[0], map[string]string{"question": words})
}

// shortcut finds a shortcut in the manifest by what people see of it.
func (s *story) shortcut(kind, label string) string {
	data, err := os.ReadFile("../adapters/slack/manifest.json")
	if err != nil {
		s.t.Fatal(err)
	}
	var manifest struct {
		Features struct {
			Shortcuts []struct {
				Name, Type string
				ID         string `json:"callback_id"`
			}
		}
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		s.t.Fatal(err)
	}
	for _, one := range manifest.Features.Shortcuts {
		if one.Name == label && one.Type == kind {
			return one.ID
		}
	}
	s.t.Fatalf("the manifest has no %s shortcut %q", kind, label)
	return ""
}

// presses uses a button or an option, in the newest message that the person sees, or in their Home tab.
func (s *story) presses(who, label string) {
	named := func(b fakeslack.Button) bool { return b.Label == label }
	answers := s.Answers()
	for _, m := range slices.Backward(answers) {
		buttons := m.Show().Buttons
		if i := slices.IndexFunc(buttons, named); i >= 0 && m.Team == s.team && (m.Reader == "" || m.Reader == who) {
			b := buttons[i]
			s.Press(s.team, who, fakeslack.Press{ActionID: b.ActionID, Value: b.Value, Selected: b.Selected, Type: b.Type, TS: m.TS, Channel: m.Channel})
			return
		}
	}
	if view, ok := s.Home(s.team, who); ok {
		buttons := view.Show().Buttons
		if i := slices.IndexFunc(buttons, named); i >= 0 {
			s.Press(s.team, who, fakeslack.Press{ActionID: buttons[i].ActionID, Value: buttons[i].Value, Home: true})
			return
		}
	}
	s.t.Fatalf("nobody offers %q", label)
}

// scriptTest is a script as a test.
type scriptTest struct{ ts *testscript.TestScript }

func (scriptTest) Helper()                             {}
func (scriptTest) Context() context.Context            { return context.Background() }
func (scriptTest) Failed() bool                        { return false }
func (s scriptTest) Cleanup(do func())                 { s.ts.Defer(do) }
func (s scriptTest) Logf(format string, args ...any)   { s.ts.Logf(format, args...) }
func (s scriptTest) Error(args ...any)                 { s.Fatal(args...) }
func (s scriptTest) Errorf(format string, args ...any) { s.ts.Fatalf(format, args...) }
func (s scriptTest) Fatal(args ...any)                 { s.ts.Fatalf("%s", fmt.Sprint(args...)) }
func (s scriptTest) Fatalf(format string, args ...any) { s.ts.Fatalf(format, args...) }
