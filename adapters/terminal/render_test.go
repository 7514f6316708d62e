package terminal

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func london(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func rendered(t testing.TB, r chat.Reply, look Look) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := Render(&out, r, look); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestGallery(t *testing.T) {
	for name, look := range map[string]Look{
		"interactive": {Width: 80, Zone: london(t), Letters: true},
		"pipe":        {Zone: london(t), Letters: true},
		"command":     {Zone: london(t)},
	} {
		for _, c := range chattest.Gallery() {
			t.Run(name+"/"+c.Name, func(t *testing.T) {
				out := rendered(t, c.Reply, look)
				if name != "interactive" && len(out) > 10_000 {
					t.Skip("the long ones are kept once; that no word is lost has tests of its own")
				}
				chattest.Golden(t, name+"/"+c.Name+".txt", []byte(out))
			})
		}
	}
}

func TestLinesFit(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		for _, c := range chattest.Gallery() {
			for line := range strings.Lines(rendered(t, c.Reply, Look{Width: width, Letters: true})) {
				line = strings.TrimSuffix(line, "\n")
				words := strings.Fields(line)
				code := strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "      ")
				if columns(line) > width && len(words) > 2 && !code {
					t.Errorf("%s at %d columns has a line of %d: %.100q", c.Name, width, columns(line), line)
				}
			}
		}
	}
}

func TestBold(t *testing.T) {
	r := chat.Reply{Blocks: []chat.Block{chat.Note(chat.Warning, "mind the \x1b[31mgap")}}
	if got, want := rendered(t, r, Look{Bold: true}), "\x1b[1mPlease note:\x1b[0m mind the [31mgap\n"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	if got, want := rendered(t, r, Look{}), "Please note: mind the [31mgap\n"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestLetters(t *testing.T) {
	for n, want := range map[int]string{0: "a", 25: "z", 26: "a2", 52: "a3"} {
		if got := letter(n); got != want {
			t.Errorf("letter(%d) is %q; want %q", n, got, want)
		}
	}
}

func TestTimesAreInTheReadersZone(t *testing.T) {
	moment := time.Date(2026, time.July, 1, 14, 30, 0, 0, time.UTC)
	r := chat.Reply{Blocks: []chat.Block{chat.Facts{Facts: []chat.Fact{{Label: "When", Value: chat.Inline{Text: "1 July, 14:30 UTC", Time: moment}}}}}}
	if got, want := rendered(t, r, Look{Zone: london(t)}), "When: Wed 1 Jul 2026 at 15:30 BST\n"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	if got, want := rendered(t, r, Look{}), "When: 1 July, 14:30 UTC\n"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

// Whatever text arrives, what is written holds no control character but newlines, nothing that
// hides, and every word.
func FuzzRender(f *testing.F) {
	for _, c := range chattest.Gallery() {
		if text := chat.PlainText(c.Reply); len(text) < 2000 { // long seeds slow the search down
			f.Add(text, 80)
		}
		f.Add(c.Event.Text, 20)
	}
	f.Add("\xb5\xd8", -50) // the end of a letter and the beginning of one
	f.Add("\u2003", 208)   // a space that is no plain one
	f.Fuzz(func(t *testing.T, text string, width int) {
		link := chat.Inline{Text: text, URL: "https://www.example.gov.uk/" + text}
		line := chat.Paragraph{Inlines: []chat.Inline{{Text: text}, {Text: text, Strong: true}, link}}
		quoted := chat.Passage(text, []string{"the"})
		cells := [][]chat.Inline{{{Text: text}}, {link}}
		r := chat.Reply{Private: true, Blocks: []chat.Block{
			chat.Text{Paragraphs: append(quoted, line, chat.Paragraph{Kind: chat.Code, Inlines: line.Inlines},
				chat.Paragraph{Kind: chat.Row, Header: true, Cells: cells}, chat.Paragraph{Kind: chat.Row, Cells: cells})},
			chat.Sources{Sources: []chat.Source{{Number: 1, Title: text, Heading: text, URL: text, Organisation: text, Age: text, Stamp: text, Binds: text, Owner: text, Licence: text}}},
			chat.People{People: []chat.Person{{Name: text, Organisation: text, Role: text, Times: text, Reasons: []chat.Paragraph{line}, Contact: &link}}},
			chat.Items{Title: text, Items: []chat.Item{{Title: text, Detail: text, URL: text}}},
			chat.Facts{Title: text, Facts: []chat.Fact{{Label: text, Value: link}}},
			chat.Notice{Kind: chat.Failure, Text: line},
			chat.Choice{Action: "pick:1", Prompt: text, Options: []chat.Option{{Value: "a", Label: text, Hint: text}}},
			chat.Actions{Actions: []chat.Action{{ID: "do:1", Label: text}, {Label: text, URL: "https://www.example.gov.uk/" + text}}},
		}, Problems: map[string]string{"what": text}}
		out := rendered(t, r, Look{Width: width % 200, Letters: true})
		for _, r := range out {
			if r != '\n' && unicode.IsControl(r) {
				t.Fatalf("the control character %U was written", r)
			}
		}
		if out != chat.Clean(out) {
			t.Error("characters were written that chat.Clean removes")
		}
		if missing := chattest.Missing(r, out); len(missing) > 0 {
			t.Errorf("not shown: %.200q", missing)
		}
	})
}
