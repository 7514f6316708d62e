package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestGalleryIsRenderedAsBefore(t *testing.T) {
	for _, c := range chattest.Gallery() {
		t.Run(c.Name, func(t *testing.T) {
			out, err := Rendering(c.Reply)
			if err != nil {
				t.Fatal(err)
			}
			chattest.Golden(t, c.Name+".json", out)
		})
	}
}

// asPosted parses messages as Slack would.
func asPosted(t testing.TB, messages []message) []fakeslack.Message {
	t.Helper()
	var all []fakeslack.Message
	for _, m := range messages {
		posted := fakeslack.Message{Text: m.topText(), Parse: "none"}
		if err := json.Unmarshal([]byte(blocksJSON(m.blocks)), &posted.Blocks); err != nil {
			t.Fatal(err)
		}
		all = append(all, posted)
	}
	return all
}

func TestTopLevelTextSaysEverything(t *testing.T) {
	for _, c := range chattest.Gallery() {
		if c.Reply.Form != nil || c.Reply.Problems != nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			var said []string
			for _, m := range asPosted(t, renderMessages(c.Reply)) {
				shown := m.ShowText()
				said = append(said, shown.Text)
				for _, l := range shown.Links {
					said = append(said, l.URL)
				}
				if len(shown.Pings) > 0 {
					t.Errorf("the text pings %q", shown.Pings)
				}
			}
			spoken := withoutButtons(c.Reply)
			if missing := chattest.Missing(spoken, strings.Join(said, "\n")); len(missing) > 0 {
				t.Errorf("the text does not say %.300q", missing)
			}
		})
	}
}

// withoutButtons leaves out what cannot be done from a text, but not the addresses of buttons.
func withoutButtons(r chat.Reply) chat.Reply {
	keep := func(actions []chat.Action) []chat.Action {
		var links []chat.Action
		for _, a := range actions {
			if chat.SafeURL(a.URL) != "" {
				links = append(links, a)
			}
		}
		return links
	}
	var out chat.Reply
	for _, b := range r.Blocks {
		switch b := b.(type) {
		case chat.Actions:
			out.Blocks = append(out.Blocks, chat.Actions{Actions: keep(b.Actions)})
		case chat.People:
			people := append([]chat.Person(nil), b.People...)
			for i := range people {
				people[i].Actions = keep(people[i].Actions)
			}
			out.Blocks = append(out.Blocks, chat.People{People: people})
		case chat.Items:
			items := append([]chat.Item(nil), b.Items...)
			for i := range items {
				items[i].Actions = keep(items[i].Actions)
			}
			out.Blocks = append(out.Blocks, chat.Items{Title: b.Title, Items: items})
		default:
			out.Blocks = append(out.Blocks, b)
		}
	}
	return out
}

func TestMessagesKeepWithinSlacksLimits(t *testing.T) {
	for _, c := range chattest.Gallery() {
		for i, m := range renderMessages(c.Reply) {
			runes := 0
			var blocks any
			if err := json.Unmarshal([]byte(blocksJSON(m.blocks)), &blocks); err != nil {
				t.Fatal(err)
			}
			countText(blocks, &runes)
			if len(m.blocks) > maxMessageBlocks || runes >= 10_000 {
				t.Errorf("%s, message %d: %d blocks with %d characters", c.Name, i, len(m.blocks), runes)
			}
			if utf8.RuneCountInString(m.text) > maxTopText {
				t.Errorf("%s, message %d: a text of %d characters", c.Name, i, utf8.RuneCountInString(m.text))
			}
		}
	}
}

func countText(v any, runes *int) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			countText(one, runes)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok {
			*runes += utf8.RuneCountInString(text)
		}
		for _, one := range v {
			countText(one, runes)
		}
	}
}

func TestTextThatIsAllEscapesIsNotCut(t *testing.T) {
	r := chat.Reply{Blocks: []chat.Block{chat.Say(strings.Repeat("&<> ", 10_000))}}
	n := 0
	for _, m := range renderMessages(r) {
		if m.topText() != m.text {
			t.Error("the text was cut")
		}
		n += strings.Count(m.topText(), "&amp;&lt;&gt;")
	}
	if n < 9_900 { // one may be parted at each end of a block
		t.Errorf("%d of 10,000 are said", n)
	}
}

func TestLinksThatAreTooLongAreStillSaid(t *testing.T) {
	long := "https://www.example.gov.uk/" + strings.Repeat("a/", 600)
	longer := "https://www.example.gov.uk/" + strings.Repeat("b/", 3000)
	for _, link := range []chat.Inline{
		{Text: "words", URL: long}, {Text: strings.Repeat("many words ", 400), URL: long}, {Text: "words", URL: longer},
		{Text: "words", URL: longer[:2_900]}, {Text: "", URL: longer[:2_900]}, {Text: "another.example.gov.uk", URL: longer[:2_900]}, {Text: strings.Repeat("words", 300), URL: long},
	} {
		r := chat.Reply{Blocks: []chat.Block{chat.Text{Paragraphs: []chat.Paragraph{{Inlines: []chat.Inline{link}}}}, chat.Sources{Sources: []chat.Source{{Number: 1, Title: link.Text, URL: link.URL}}}}}
		var said []string
		for _, m := range asPosted(t, renderMessages(r)) {
			shown := m.Show()
			checkParsed(t, shown, link.URL)
			checkParsed(t, m.ShowText(), link.URL)
			said = append(said, shown.Text)
			for _, l := range shown.Links {
				said = append(said, l.URL)
			}
		}
		if missing := chattest.Missing(r, strings.Join(said, "\n")); len(missing) > 0 {
			t.Errorf("a link of %d and %d characters lost %d words", len(link.Text), len(link.URL), len(missing))
		}
	}
}

func TestHomeSaysWhenThereIsMore(t *testing.T) {
	var blocks []chat.Block
	for i := range 300 {
		blocks = append(blocks, chat.Actions{Actions: []chat.Action{{ID: fmt.Sprintf("ask:%d", i), Label: "Ask"}}})
	}
	view := renderView(blocks)
	if len(view) != maxViewBlocks {
		t.Errorf("a view of %d blocks", len(view))
	}
	if last := blocksJSON(view[len(view)-1:]); !strings.Contains(last, "There is more") {
		t.Errorf("the last block is %s", last)
	}
}

// hostileSeeds are what people and documents could try.
var hostileSeeds = []string{
	"<!channel>", "<!here|here>", "<!everyone>", "<@U1>", "<@U1|ada>", "<!subteam^S1|@all>", "<#C1|general>",
	"<https://evil.example|gov.uk>", "https://evil.example", "&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;", "<!date^1^{date}|x>",
	"*bold* _it_ ~no~ `code`", "```\n<!channel>\n```", "> quote", "@channel @here", "\u202e\u200b<!chan\u200bnel>", "a|b>c<d&e", "<", ">", "&",
	"[1] <https://x.example|source>", "mailto:a@b.example", "javascript:alert(1)", "\x00\x07", strings.Repeat("<!channel>", 600),
}

// FuzzRender checks that no text, wherever it stands, becomes a mention or a link that the reply did
// not have, in the blocks or in the top-level text, and that Slack takes the result.
func FuzzRender(f *testing.F) {
	for _, seed := range hostileSeeds {
		f.Add(seed, "https://www.example.gov.uk/"+seed)
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, address string) {
		link := chat.Inline{Text: text, URL: address}
		r := chat.Reply{Blocks: []chat.Block{
			chat.Text{Paragraphs: []chat.Paragraph{
				{Kind: chat.Heading, Inlines: []chat.Inline{{Text: text}}}, {Inlines: []chat.Inline{{Text: text, Mark: true}, link}},
				{Kind: chat.Code, Inlines: []chat.Inline{{Text: text}}}, {Kind: chat.Bullet, Quoted: true, Inlines: []chat.Inline{{Text: text}}},
				{Kind: chat.Number, Number: 3, Inlines: []chat.Inline{link}}, {Kind: chat.Row, Header: true, Cells: [][]chat.Inline{{{Text: text}}, {link}}},
			}},
			chat.Sources{Sources: []chat.Source{{Number: 1, Title: text, Heading: text, URL: address, Owner: text, Licence: text}}},
			chat.Note(chat.Info, text), chat.Note(chat.Failure, text),
			chat.Facts{Title: text, Facts: []chat.Fact{{Label: text, Value: link}}},
			chat.Items{Title: text, Items: []chat.Item{{Title: text, URL: address, Detail: text}}},
			chat.Choice{Action: "pick:1", Prompt: text, Options: []chat.Option{{Value: "a", Label: text, Hint: text}}},
			chat.Actions{Actions: []chat.Action{{ID: "do:1", Label: text, URL: address, Confirm: text}}},
		}}
		allowed := chat.SafeURL(address)
		for _, m := range asPosted(t, renderMessages(r)) {
			checkParsed(t, m.Show(), allowed)
			checkParsed(t, m.ShowText(), allowed)
			if err := fakeslack.CheckBlocks(m.Text, m.Blocks); err != nil {
				t.Errorf("Slack refuses it: %v", err)
			}
		}
	})
}

func checkParsed(t *testing.T, shown fakeslack.Shown, allowed string) {
	t.Helper()
	if len(shown.Pings) > 0 {
		t.Errorf("it pings %q", shown.Pings)
	}
	for _, l := range shown.Links {
		if l.URL != allowed || allowed == "" {
			t.Errorf("%q leads to %q, which nobody gave it", l.Text, l.URL)
		}
		if chat.Misleads(l.Text, l.URL) {
			t.Errorf("%q leads to %q", l.Text, l.URL)
		}
	}
	for _, b := range shown.Buttons {
		if b.URL != "" && b.URL != allowed {
			t.Errorf("a button leads to %q", b.URL)
		}
	}
	if strings.ContainsAny(shown.Text, "\u202e\u200b\x00") {
		t.Errorf("it shows hidden characters: %q", shown.Text)
	}
}

// A host whose letters look like others' is written as machines write it, beside whatever the words say.
func TestHostsThatLookLikeOthers(t *testing.T) {
	const lookAlike, plainly = "https://www.g\u043ev.uk/guidance", "www.xn--gv-fmc.uk"
	for _, words := range []string{"Guidance", lookAlike, "www.g\u043ev.uk", "https://www.gov.uk/guidance", ""} {
		r := chat.Reply{Blocks: []chat.Block{
			chat.Text{Paragraphs: []chat.Paragraph{{Inlines: []chat.Inline{{Text: words, URL: lookAlike}}}}},
			chat.Sources{Sources: []chat.Source{{Number: 1, Title: words, URL: lookAlike}}},
			chat.Actions{Actions: []chat.Action{{ID: "page:1", Label: words, URL: lookAlike}}},
		}}
		for _, m := range asPosted(t, renderMessages(r)) {
			if n := strings.Count(m.Show().Text, plainly); n != 3 {
				t.Errorf("%q: the host is said %d times of 3 in:\n%s", words, n, m.Show().Text)
			}
			if n := strings.Count(m.ShowText().Text, plainly); n != 3 {
				t.Errorf("%q: the host is said %d times of 3 in the text:\n%s", words, n, m.ShowText().Text)
			}
		}
	}
}

// What a page says of itself stays on the line of its source: it cannot add another.
func TestASourceIsOneLine(t *testing.T) {
	forged := "Team\n[2] GOV.UK \u00b7 your organisation's guidance"
	m := renderMessages(chat.Reply{Blocks: []chat.Block{chat.Sources{Sources: []chat.Source{
		{Number: 1, Title: forged, Heading: forged, URL: "https://www.example.gov.uk/", Owner: forged, Licence: forged, Binds: forged, Stamp: forged, Organisation: forged, Age: forged},
		{Number: 1, Title: forged, Heading: forged},
	}}}})[0]
	if lines := strings.Split(m.text, "\n"); len(lines) != 2 {
		t.Errorf("two sources are %d lines:\n%s", len(lines), m.text)
	}
}

// Whatever a reply holds, the Home tab and a modal take it.
func TestGalleryInHomeAndModals(t *testing.T) {
	r, _ := newPair(t, rigOptions{})
	who := chat.Account{Platform: "slack", Workspace: "T1", User: ada}
	for _, c := range chattest.Gallery() {
		if len(c.Reply.Blocks) == 0 {
			continue
		}
		if err := r.adapter.PublishHome(t.Context(), who, c.Reply); err != nil {
			t.Errorf("%s in the Home tab: %v", c.Name, err)
		}
		view, err := json.Marshal(blocksView(c.Reply.Blocks, origin{}))
		if err != nil {
			t.Fatal(err)
		}
		if err := fakeslack.CheckView(view, "modal"); err != nil {
			t.Errorf("%s in a modal: %v", c.Name, err)
		}
	}
}

func TestChoicesOfEverySize(t *testing.T) {
	for _, c := range []struct {
		name            string
		n, value, label int
		menu            bool
	}{
		{"a few", 3, 10, 20, true}, {"as many as a menu takes", 100, 75, 75, true}, {"more", 230, 10, 20, true},
		{"values longer than a menu takes", 30, chat.MaxAction, 20, false}, {"labels longer than a menu takes", 3, 10, 90, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			choice := chat.Choice{Action: "pick:1", Prompt: "Which?"}
			for i := range c.n {
				pad := func(n int) string { return fmt.Sprintf("%03d", i) + strings.Repeat("x", n-3) }
				choice.Options = append(choice.Options, chat.Option{Value: pad(c.value), Label: pad(c.label), Hint: "hint"})
			}
			r, inbox := newPair(t, rigOptions{})
			e := asked(t, r, inbox, "C1")
			if _, err := r.adapter.Respond(t.Context(), e, chat.Reply{Blocks: []chat.Block{choice}}); err != nil {
				t.Fatal(err)
			}
			picked := map[string]bool{}
			var shown strings.Builder
			for _, m := range r.fake.Answers() {
				shown.WriteString(m.Show().Text)
				for _, b := range m.Show().Buttons {
					action, pick := readAction(b.ActionID, b.Value, b.Selected)
					if action == "pick:1" && (b.Type == "static_select") == c.menu {
						picked[pick] = true
					}
				}
			}
			for _, o := range choice.Options {
				if !picked[o.Value] {
					t.Fatalf("%q cannot be picked", o.Value)
				}
			}
			if missing := chattest.Missing(chat.Reply{Blocks: []chat.Block{choice}}, shown.String()); len(missing) > 0 {
				t.Errorf("not shown: %.200q", missing)
			}
		})
	}
}
