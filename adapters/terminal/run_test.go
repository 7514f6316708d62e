package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// answering is an inbox whose events are answered at once by a function; nil answers nothing.
type answering struct {
	a      *Adapter
	answer func(chat.Event) *chat.Reply
	fail   error
	events []chat.Event
	errs   chan error
}

func (i *answering) Put(ctx context.Context, e chat.Event) error {
	if i.fail != nil {
		return i.fail
	}
	i.events = append(i.events, e)
	if r := i.answer(e); r != nil {
		go func() {
			_, err := i.a.Respond(context.WithoutCancel(ctx), e, *r)
			i.errs <- err
		}()
	}
	return nil
}

var table = chat.Table{
	Commands: []chat.Command{{Name: "ask"}, {Name: "help"}, {Name: "compare"}, {Name: "coffee"}, {Name: "offer", Opens: galleryForm()}},
	Actions:  []chat.ActionSpec{{Verb: "offer", Opens: true}},
	Open:     func(context.Context, chat.Event) chat.Reply { return chat.Reply{Form: galleryForm()} },
}

func galleryForm() *chat.Form { return galleryCase("form").Form }

func galleryCase(name string) chat.Reply {
	for _, c := range chattest.Gallery() {
		if c.Name == name {
			return c.Reply
		}
	}
	panic("no case " + name)
}

// transcript runs a conversation in which these keys are typed, and returns what was written and
// what was stored.
func transcript(t *testing.T, o Options, keys string, answer func(chat.Event) *chat.Reply) (string, []chat.Event) {
	t.Helper()
	out := newScreen()
	o.In, o.Out, o.Zone = strings.NewReader(keys), out, "Europe/London"
	if o.Width == 0 {
		o.Width = 80
	}
	o.Now = func() time.Time { return chattest.GalleryTime }
	a := New(o)
	a.Register(table)
	inbox := &answering{a: a, answer: answer, errs: make(chan error, 100)}
	if err := a.Run(t.Context(), inbox); err != nil {
		t.Errorf("Run: %v", err)
	}
	for range len(inbox.errs) {
		if err := <-inbox.errs; err != nil {
			t.Errorf("Respond: %v", err)
		}
	}
	return out.text(), inbox.events
}

// byKind answers questions as the gallery does, and everything else in a line.
func byKind(e chat.Event) *chat.Reply {
	r := chat.Reply{Blocks: []chat.Block{chat.Note(chat.Info, "Thank you.")}}
	switch {
	case strings.Contains(e.Text, "secrets"):
		r = galleryCase("answer-short")
	case strings.Contains(e.Text, "sprint"):
		r = galleryCase("choice")
	case e.Action == "pick:21":
		r = chat.Reply{Blocks: []chat.Block{chat.Say("You picked " + e.Values["choice"] + ".")}}
	case e.Action == "unhelpful:17":
		r = galleryCase("replaces")
	case e.Kind == chat.KindForm:
		r = chat.Reply{Blocks: []chat.Block{chat.Say(fmt.Sprintf("Posted %q, %q, %q.", e.Values["what"], e.Values["more"], e.Values["effort"]))}}
	case e.Kind == chat.KindMessage:
		r = galleryCase("not-found")
	}
	return &r
}

// One conversation with everything in it, as a person sees it. The keys typed are echoed by the line
// editor; the golden file shows them where they were typed.
func TestConversation(t *testing.T) {
	lines := []string{"How do we store secrets?", "", "b", "B)", "which sprint", "b", "offer", "", "First line", "second line", "", "week", "c", "offer", "cancel", "x", "Who feeds the cat?", "z", "exit", "never read"}
	for name, interactive := range map[string]bool{"interactive": true, "pipe": false} {
		t.Run(name, func(t *testing.T) {
			o := Options{Interactive: interactive, NoColour: true, Greeting: chat.Reply{Blocks: []chat.Block{chat.Say("Hello. Ask me something, or type exit to leave.")}}}
			out, events := transcript(t, o, strings.Join(lines, "\n")+"\n", byKind)
			chattest.Golden(t, "conversation-"+name+".txt", []byte(seen(out)))
			if !interactive && strings.ContainsAny(out, "\x1b\r\b") {
				t.Error("cursor tricks went through the pipe")
			}
			conversations := map[string]bool{}
			ids := map[string]bool{}
			for _, e := range events {
				conversations[e.Conversation()] = true
				ids[e.ID] = true
			}
			if len(conversations) != 1 || len(ids) != len(events) {
				t.Errorf("%d conversations, %d ids of %d events; want one conversation and an id for each", len(conversations), len(ids), len(events))
			}
		})
	}
}

// TestALetterThatNothingHasIsNoQuestion, also where nothing has a letter at all.
func TestALetterThatNothingHasIsNoQuestion(t *testing.T) {
	for _, slip := range []string{"a", "B)", "1", "12", "3)"} {
		out, events := transcript(t, Options{}, "who feeds the cat\n"+slip+"\n18F\n", func(chat.Event) *chat.Reply {
			return &chat.Reply{Blocks: []chat.Block{chat.Say("Nobody."), chat.Say("Really.")}}
		})
		if want := "There is nothing to choose with “" + strings.TrimSuffix(slip, ")") + "” now."; !strings.Contains(out, want) || len(events) != 2 {
			t.Errorf("%q: %d events, and not %q:\n%s", slip, len(events), want, out)
		}
	}
}

func TestAnswersComeInOrder(t *testing.T) {
	var questions strings.Builder
	for i := range 200 {
		fmt.Fprintf(&questions, "question %d\n\n", i)
	}
	out, _ := transcript(t, Options{}, questions.String(), func(e chat.Event) *chat.Reply {
		return &chat.Reply{Blocks: []chat.Block{chat.Say("answer to " + e.Text)}}
	})
	at := 0
	for i := range 200 {
		next := strings.Index(out[at:], fmt.Sprintf("answer to question %d\n", i))
		if next < 0 {
			t.Fatalf("the answer to question %d is missing or out of order", i)
		}
		at += next
	}
}

func TestTheLastLineNeedsNoEnd(t *testing.T) {
	_, events := transcript(t, Options{}, "How do we store secrets?", byKind)
	if len(events) != 1 || events[0].Text != "How do we store secrets?" {
		t.Errorf("stored %+v", events)
	}
}

func TestALineTooLong(t *testing.T) {
	long := strings.Repeat("secret ", maxLine/7+1)
	out, events := transcript(t, Options{}, long+"\nWhat now?\n"+long, byKind)
	if len(events) != 1 || events[0].Text != "What now?" {
		t.Errorf("%d events were stored", len(events))
	}
	if strings.Count(out, "so it was left out. Ask in fewer words.") != 2 {
		t.Errorf("nobody was told: %.300q", out)
	}
}

func TestHostileInput(t *testing.T) {
	out, events := transcript(t, Options{}, "\ufeffwhat\x00 is \x1b[31mred\xff?\r\n\x1b\x00\n", byKind)
	if len(events) != 1 || events[0].Text != "what is [31mred?" {
		t.Errorf("stored %+v", events)
	}
	if chat.Clean(out) != out {
		t.Errorf("control characters came back: %q", out)
	}
}

func TestConfirm(t *testing.T) {
	for said, want := range map[string]int{"yes": 2, "Y": 2, "no": 1, "": 1} {
		out, events := transcript(t, Options{}, "show\na\n"+said+"\n", func(chat.Event) *chat.Reply {
			r := galleryCase("receipt")
			return &r
		})
		if len(events) != want {
			t.Errorf("%q to %q made %d events; want %d", said, out, len(events), want)
		}
		if want == 1 && !strings.Contains(out, "Nothing was done.") {
			t.Errorf("%q is answered with silence", said)
		}
	}
}

func TestWhatCannotBeStored(t *testing.T) {
	out := newScreen()
	a := New(Options{In: strings.NewReader("one\ntwo\n"), Out: out})
	if err := a.Run(t.Context(), &answering{a: a, fail: errors.New("the disk is full")}); err != nil {
		t.Error(err)
	}
	if got := strings.Count(out.text(), "That could not be kept, so it was not answered."); got != 2 {
		t.Errorf("told %d times: %q", got, out.text())
	}
}

func TestFormProblems(t *testing.T) {
	sent := 0
	out, events := transcript(t, Options{}, "offer\n\n\nday\nA talk\nhour\n", func(e chat.Event) *chat.Reply {
		if sent++; sent == 1 {
			return &chat.Reply{Problems: galleryCase("form-problems").Problems}
		}
		return &chat.Reply{Blocks: []chat.Block{chat.Say("Posted.")}}
	})
	if len(events) != 2 {
		t.Fatalf("%d events: %s", len(events), out)
	}
	first, second := events[0].Values, events[1].Values
	if first["what"] != "A review" || first["effort"] != "day" || second["what"] != "A talk" || second["effort"] != "hour" || second["more"] != "" {
		t.Errorf("sent %v, then %v", first, second)
	}
	chattest.Golden(t, "form-problems-pipe.txt", []byte(out))
}

func TestFieldRules(t *testing.T) {
	form := chat.Form{Action: "x:1", Title: "T", Fields: []chat.Field{
		{ID: "needed", Label: "Needed", Required: true, Max: 5}, {ID: "pick", Label: "Pick", Kind: chat.FieldChoice, Options: []chat.Option{{Value: "1", Label: "One"}}}}}
	out, events := transcript(t, Options{}, "go\n\ntoo long\nabcde\ntwo\nONE\n", func(e chat.Event) *chat.Reply {
		if e.Kind == chat.KindForm {
			return &chat.Reply{Blocks: []chat.Block{chat.Say("Done.")}}
		}
		return &chat.Reply{Form: &form}
	})
	for _, want := range []string{"This one is needed.", "That has 8 characters. At most 5 fit", "That is none of them."} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in %s", want, out)
		}
	}
	if last := events[len(events)-1]; last.Values["needed"] != "abcde" || last.Values["pick"] != "1" {
		t.Errorf("sent %v", last.Values)
	}
}

// A command in a form is no answer, unless it is typed twice; cancel leaves on any line.
func TestCommandsInForms(t *testing.T) {
	const told = "is a command, and a form is open. Type cancel to leave the form first"
	for name, c := range map[string]struct {
		typed string
		told  int
		what  string // the first field as it was sent; "" when nothing was
		more  string
	}{
		"a command, then an answer":      {"offer\nHelp\nA talk\nmore\n\na\n", 1, "A talk", "more"},
		"a command that is the answer":   {"offer\nhelp\nhelp\nmore\n\na\n", 1, "help", "more"},
		"in a long field":                {"offer\nA talk\nhelp\nmore\n\na\n", 1, "A talk", "more"},
		"the answer to a long field":     {"offer\nA talk\nhelp\nhelp\nme\n\na\n", 1, "A talk", "help\nme"},
		"within an answer":               {"offer\nA talk\nmore\nhelp\n\na\n", 0, "A talk", "more\nhelp"},
		"in a choice":                    {"offer\nA talk\n\nhelp\na\n", 1, "A talk", ""},
		"cancelled after a command":      {"offer\nhelp\ncancel\n", 1, "", ""},
		"cancelled in the second line":   {"offer\nA talk\nmore\nCancel\n", 0, "", ""},
		"cancelled, and then a question": {"offer\ncancel\n", 0, "", ""},
		"never mind":                     {"offer\nNever mind.\n", 0, "", ""},
		"stop":                           {"offer\nstop\n", 0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out, events := transcript(t, Options{}, c.typed, byKind)
			if n := strings.Count(out, told); n != c.told {
				t.Errorf("told %d times:\n%s", n, out)
			}
			if c.what == "" {
				if len(events) != 0 || !strings.Contains(out, "Nothing was sent.") {
					t.Errorf("sent %+v:\n%s", events, out)
				}
				return
			}
			if len(events) != 1 || events[0].Values["what"] != c.what || events[0].Values["more"] != c.more {
				t.Errorf("sent %+v:\n%s", events, out)
			}
		})
	}
}

// TestQuestionsInForms: where no words of one's own are wanted, a question is no answer, unless it is typed twice.
func TestQuestionsInForms(t *testing.T) {
	const told = "That is a question, and the form “Offer a skill” is open. Type never mind to leave"
	for name, c := range map[string]struct {
		typed    string
		told     int
		what     string
		question bool // what the first field wants
	}{
		"a question, then an answer":     {"offer\nhow do we store secrets?\nA talk\n\na\n", 1, "A talk", false},
		"one without its mark":           {"offer\nWhere do we store secrets\nA talk\n\na\n", 1, "A talk", false},
		"one that is the answer":         {"offer\nWhy agile?\nWhy agile?\n\na\n", 1, "Why agile?", false},
		"in a choice":                    {"offer\nA talk\n\nwhat is an hour?\na\n", 1, "A talk", false},
		"in a long field":                {"offer\nA talk\nwhat else is there?\n\na\n", 0, "A talk", false},
		"where a question is wanted":     {"offer\nWhy agile?\n\na\n", 0, "Why agile?", true},
		"an answer that begins like one": {"offer\nIs fine\n\na\n", 0, "Is fine", false},
		"left":                           {"offer\nhow do we store secrets?\nnever mind\n", 1, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			form := galleryForm()
			form.Title, form.Fields[0].Question = "Offer a skill", c.question
			before := table.Open
			table.Open = func(context.Context, chat.Event) chat.Reply { return chat.Reply{Form: form} }
			defer func() { table.Open = before }()
			out, events := transcript(t, Options{}, c.typed, byKind)
			if n := strings.Count(out, told); n != c.told {
				t.Errorf("told %d times:\n%s", n, out)
			}
			if sent := len(events) == 1; sent != (c.what != "") || sent && events[0].Values["what"] != c.what {
				t.Errorf("sent %+v:\n%s", events, out)
			}
		})
	}
}

// What was refused is never what an empty line keeps; what a form held before is.
func TestARefusedValueIsNotOffered(t *testing.T) {
	form := chat.Form{Action: "x:1", Title: "T", Fields: []chat.Field{
		{ID: "hours", Label: "Hours", Value: "9:00-17:00"}, {ID: "zone", Label: "Zone"}, {ID: "asks", Label: "Asks", Required: true}}}
	sent := 0
	out, events := transcript(t, Options{}, "go\nwhenever\nMars\nmany\n\n\n\n2\n", func(e chat.Event) *chat.Reply {
		if e.Kind != chat.KindForm {
			return &chat.Reply{Form: &form}
		}
		if sent++; sent == 1 {
			return &chat.Reply{Problems: map[string]string{"hours": "No.", "zone": "No.", "asks": "No."}}
		}
		return &chat.Reply{Blocks: []chat.Block{chat.Say("Done.")}}
	})
	for _, refused := range []string{"keeps: whenever", "keeps: Mars", "keeps: many"} {
		if strings.Contains(out, refused) {
			t.Errorf("an empty line %s, which was refused:\n%s", refused, out)
		}
	}
	if v := events[len(events)-1].Values; sent != 2 || v["hours"] != "9:00-17:00" || v["zone"] != "" || v["asks"] != "2" {
		t.Errorf("sent %d times, at last %v:\n%s", sent, v, out)
	}
	if n := strings.Count(out, "Type cancel to leave"); n != 2 {
		t.Errorf("said %d times how to leave:\n%s", n, out)
	}
}

// Keys as a terminal sends them: Ctrl-C, Ctrl-D and the end of a line.
func TestLeaving(t *testing.T) {
	for name, keys := range map[string]string{
		"Ctrl-D": "hello\r\x04", "Ctrl-C": "hello\r\x03", "exit": "hello\rexit\r", "quit": "hello\rQUIT\r",
		"Ctrl-C in a form": "hello\roffer\r\x03", "exit in a form": "hello\roffer\rA talk\rexit\r", "hanging up": "hello\r",
	} {
		t.Run(name, func(t *testing.T) {
			out, events := transcript(t, Options{Interactive: true, NoColour: true}, keys, byKind)
			if len(events) != 1 {
				t.Errorf("%d events", len(events))
			}
			if !strings.HasSuffix(out, "Goodbye.\n\n") {
				t.Errorf("no farewell at the end of %q", out)
			}
		})
	}
}

func TestColour(t *testing.T) {
	for name, test := range map[string]struct {
		o    Options
		want bool
	}{
		"interactive":              {Options{Interactive: true}, true},
		"interactive and NO_COLOR": {Options{Interactive: true, NoColour: true}, false},
		"through a pipe":           {Options{}, false},
	} {
		out, _ := transcript(t, test.o, "secrets?\n", byKind)
		if got := strings.Contains(out, "\x1b[1mSources\x1b[0m"); got != test.want {
			t.Errorf("%s: bold is %v", name, got)
		}
	}
}

func TestStillWorking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		typed, out := newKeyboard(), newScreen()
		a := New(Options{In: typed, Out: out, Interactive: true, NoColour: true, Width: 80})
		inbox := &answering{a: a, answer: func(chat.Event) *chat.Reply { return nil }}
		done := make(chan error)
		go func() { done <- a.Run(t.Context(), inbox) }()
		typed.keys("slow question\r")
		time.Sleep(patience - time.Millisecond)
		synctest.Wait()
		if strings.Contains(out.text(), "Still working on it.") {
			t.Error("told too early")
		}
		time.Sleep(2 * patience)
		synctest.Wait()
		if got := strings.Count(out.text(), "Still working on it."); got != 1 {
			t.Errorf("told %d times", got)
		}
		if _, err := a.Respond(t.Context(), inbox.events[0], galleryCase("notice-info")); err != nil {
			t.Error(err)
		}
		typed.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestStoppingWhileTheLineIsOpen(t *testing.T) {
	typed, out := newKeyboard(), newScreen()
	a := New(Options{In: typed, Out: out, Interactive: true, Width: 80})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.Run(ctx, &answering{a: a}) }()
	chattest.Wait(t, "the prompt", out.next, func() bool { return strings.Contains(out.text(), "> ") })
	if !a.Status().Connected {
		t.Error("the status says that there is no conversation")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if a.Status().Connected {
		t.Error("the status says that the conversation goes on")
	}
	typed.Close() // or the read under way would go on
}

func TestSendingToOthers(t *testing.T) {
	a := New(Options{In: strings.NewReader(""), Out: io.Discard, Name: "ada"})
	_, err := a.Send(t.Context(), chat.To{Account: chat.Account{Platform: "slack", Workspace: "T1", User: "U1"}}, galleryCase("answer"))
	if chat.SendKindOf(err) != chat.SendRefused {
		t.Errorf("a message for somebody in Slack was taken: %v", err)
	}
	if _, err := a.Send(t.Context(), chat.To{Account: a.account()}, galleryCase("answer")); err != nil {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestABrokenPipeIsAnError(t *testing.T) {
	a := New(Options{In: strings.NewReader(""), Out: broken{}})
	if _, err := a.Send(t.Context(), chat.To{}, galleryCase("answer")); chat.SendKindOf(err) != chat.SendFailed {
		t.Errorf("the error is %v", err)
	}
}

func TestCompletion(t *testing.T) {
	a := New(Options{})
	a.Register(chat.Table{
		Commands: []chat.Command{{Name: "ask"}, {Name: "help"}, {Name: "compare", Argument: chat.Argument{Suggest: "topic"}}, {Name: "coffee"}},
		Suggest: func(_ context.Context, e chat.Event, what, typed string) []chat.Option {
			if what != "topic" || !e.Room.Direct {
				t.Errorf("asked for %q in %+v", what, e.Room)
			}
			return []chat.Option{{Value: "Accessibility"}, {Value: "accessible forms"}, {Value: "other"}}
		},
	})
	for line, want := range map[string]string{
		"as": "ask ", "c": "co", "com": "compare ", "": "", "x": "x", "ask me": "ask me", "ask ": "ask ",
		"compare acc": "compare Accessib", "compare o": "compare other", "compare x": "compare x", "compare accessibl": "compare accessible forms",
	} {
		got, pos, ok := a.complete(line, len(line), '\t')
		if !ok || got != want || pos != len(want) {
			t.Errorf("Tab after %q gives %q at %d; want %q", line, got, pos, want)
		}
	}
	if got, pos, ok := a.complete("ask", 1, '\t'); !ok || got != "ask" || pos != 1 {
		t.Errorf("Tab in the middle of a line gives %q at %d", got, pos)
	}
	if _, _, ok := a.complete("as", 2, 'k'); ok {
		t.Error("a letter completes something")
	}
}

// TestLettersOutliveAWord that is answered without any, and no other answer: a letter would be taken for that, so it
// presses nothing.
func TestLettersOutliveAWord(t *testing.T) {
	answer := func(e chat.Event) *chat.Reply {
		switch e.Text {
		case "ok":
			return &chat.Reply{Blocks: []chat.Block{chat.Say("All right.")}}
		case "define ATO":
			return &chat.Reply{Blocks: []chat.Block{chat.Say("authority to operate"), chat.Say("The signed decision.")}}
		}
		return byKind(e)
	}
	for keys, want := range map[string]bool{"secrets\rok\ra\r": true, "secrets\rdefine ATO\ra\r": false} {
		_, events := transcript(t, Options{Interactive: true}, keys, answer)
		if pressed := len(events) == 3 && events[2].Kind == chat.KindAction; pressed != want || !pressed && len(events) > 2 {
			t.Errorf("%q: the letter became %+v", keys, events)
		}
	}
}

// TestAPasteIsOneMessage, whether or not what is pasted ends its last line.
func TestAPasteIsOneMessage(t *testing.T) {
	const from, to = "\x1b[200~", "\x1b[201~"
	keys := from + "Hello team,\rHow do we store secrets?\rThanks" + to + "\r" + from + "secrets\r" + to + "\r" + "typed\r" + from + "one line" + to + " more\r"
	_, events := transcript(t, Options{Interactive: true}, keys, byKind)
	var got []string
	for _, e := range events {
		got = append(got, e.Text)
	}
	if want := []string{"Hello team,\nHow do we store secrets?\nThanks", "secrets", "typed", "one line more"}; !slices.Equal(got, want) {
		t.Errorf("the messages are %q; want %q", got, want)
	}
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	keys := "first question\rb\rsecond question\rsecond question\roffer\rA talk\r\rhour\r"
	transcript(t, Options{Interactive: true, History: path}, keys, byKind)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text), "first question\nsecond question\noffer\n"; got != want {
		t.Errorf("the file holds %q; want %q", got, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
	up := "\x1b[A"
	_, events := transcript(t, Options{Interactive: true, History: path}, up+up+"\r", byKind)
	if len(events) != 1 || events[0].Text != "second question" {
		t.Errorf("the arrow up recalls %+v", events)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	h := openHistory(path)
	for i := range keepLines + 10 {
		h.Add(fmt.Sprintf("line %d", i))
	}
	again := openHistory(path)
	if h.Len() != keepLines || again.Len() != keepLines || again.At(0) != fmt.Sprintf("line %d", keepLines+9) {
		t.Errorf("%d lines, and %d read again, the last %q", h.Len(), again.Len(), again.At(0))
	}
	if text, _ := os.ReadFile(path); strings.Count(string(text), "\n") != keepLines {
		t.Errorf("the file has %d lines", strings.Count(string(text), "\n"))
	}
}

func TestAReadOnlyHistoryStopsNobody(t *testing.T) {
	_, events := transcript(t, Options{Interactive: true, History: filepath.Join(t.TempDir(), "no", "such", "folder")}, "hello\r", byKind)
	if len(events) != 1 {
		t.Errorf("%d events", len(events))
	}
}

func TestForgetErasesTheLinesOfThisAndEarlierConversations(t *testing.T) {
	for name, interactive := range map[string]bool{"interactive": true, "pipe": false} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history")
			if err := os.WriteFile(path, []byte("how do I leave an abusive manager?\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			a := New(Options{In: strings.NewReader("a new question\nforget me\n"), Out: newScreen(), Interactive: interactive, Width: 80, History: path})
			inbox := &answering{a: a, errs: make(chan error, 100), answer: func(e chat.Event) *chat.Reply {
				if e.Text != "forget me" {
					return &chat.Reply{Blocks: []chat.Block{chat.Say("An answer.")}}
				}
				if n, err := a.Forget(t.Context(), chat.Account{Platform: "terminal", Workspace: "local", User: "another"}); n != 0 || err != nil {
					t.Errorf("for another: %d, %v", n, err)
				}
				n, err := a.Forget(t.Context(), e.Actor.Account)
				if want := map[bool]int{true: 3, false: 1}[interactive]; n != want || err != nil {
					t.Errorf("erased %d lines, want %d: %v", n, want, err)
				}
				return &chat.Reply{Blocks: []chat.Block{chat.Say("Done.")}}
			}}
			if err := a.Run(t.Context(), inbox); err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(path); err == nil {
				t.Errorf("still on disk: %q", text)
			}
			if a.history.Len() != 0 {
				t.Error("the lines are still in memory")
			}
		})
	}
}

func TestABareCommandAsksAPersonAndNotAPipe(t *testing.T) {
	opens := chat.Table{
		Commands: []chat.Command{{Name: "compare", Opens: galleryForm(), Argument: chat.Argument{Name: "topic", Required: true}, Examples: []string{"compare hiring"}}},
		Open:     func(context.Context, chat.Event) chat.Reply { return chat.Reply{Form: galleryForm()} },
	}
	for name, interactive := range map[string]bool{"interactive": true, "pipe": false} {
		t.Run(name, func(t *testing.T) {
			out := newScreen()
			a := New(Options{In: strings.NewReader("compare\nhow do we store secrets?\n"), Out: out, Interactive: interactive, Width: 80})
			a.Register(opens)
			inbox := &answering{a: a, answer: byKind, errs: make(chan error, 100)}
			if err := a.Run(t.Context(), inbox); err != nil {
				t.Fatal(err)
			}
			if interactive {
				if len(inbox.events) != 0 || !strings.Contains(out.text(), "cancel") {
					t.Errorf("no form was opened: %+v", inbox.events)
				}
				return
			}
			if len(inbox.events) != 1 || inbox.events[0].Text != "how do we store secrets?" || !strings.Contains(out.text(), "“compare” needs a topic after it, for example: compare hiring") {
				t.Errorf("%d events, and this was said:\n%s", len(inbox.events), out.text())
			}
		})
	}
}

func TestNobodyElseIsAtTheTerminal(t *testing.T) {
	for name, interactive := range map[string]bool{"interactive": true, "pipe": false} {
		out, _ := transcript(t, Options{Interactive: interactive}, "secrets\n", func(chat.Event) *chat.Reply {
			return &chat.Reply{Private: true, Blocks: []chat.Block{chat.Say("An answer.")}}
		})
		if !strings.Contains(out, "An answer.") || strings.Contains(out, "Only you") {
			t.Errorf("%s: %s", name, out)
		}
	}
}
