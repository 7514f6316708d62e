package discord

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestGalleryIsGolden(t *testing.T) {
	for _, c := range chattest.Gallery() {
		t.Run(c.Name, func(t *testing.T) {
			a, err := New(Options{Token: "t"})
			if err != nil {
				t.Fatal(err)
			}
			name := c.Name + ".md"
			if c.Reply.Form != nil && len(c.Reply.Problems) == 0 {
				name = c.Name + ".json"
			}
			got, err := a.Rendering(c.Event, c.Reply)
			if err != nil {
				t.Fatal(err)
			}
			chattest.Golden(t, name, got)
		})
	}
}

// readable writes messages as a reviewer can read them.
// Every gallery reply is within Discord's limits, whatever is in it.
func TestGalleryFits(t *testing.T) {
	for _, c := range chattest.Gallery() {
		for _, m := range renderMessages(c.Reply) {
			checkLimits(t, m)
		}
	}
}

func checkLimits(t testing.TB, m message) {
	t.Helper()
	if n := units(m.content); n > maxContent || n == 0 {
		t.Errorf("content of %d characters", n)
	}
	if len(m.components) > maxRows {
		t.Errorf("%d rows", len(m.components))
	}
	ids := map[string]bool{}
	for _, row := range m.components {
		for _, c := range row.Components {
			if units(c.CustomID) > maxCustomID || c.CustomID != "" && ids[c.CustomID] || units(c.Label) > maxLabel || c.Type == 2 && c.Label == "" {
				t.Errorf("component %+v", c)
			}
			ids[c.CustomID] = true
		}
	}
}

func TestSplitsAtSentences(t *testing.T) {
	sentence := "This sentence is here to be counted and to end with a full stop. "
	messages := renderMessages(chat.Reply{Blocks: []chat.Block{chat.Say(strings.Repeat(sentence, 80)),
		chat.Actions{Actions: []chat.Action{{ID: "more:1", Label: "More"}}}}})
	if len(messages) < 2 {
		t.Fatalf("%d messages", len(messages))
	}
	for i, m := range messages {
		if !strings.HasSuffix(m.content, ".") {
			t.Errorf("message %d ends in %q", i, m.content[len(m.content)-20:])
		}
		if has := len(m.components) > 0; has != (i == len(messages)-1) {
			t.Errorf("message %d of %d has buttons: %v", i, len(messages), has)
		}
	}
}

func TestPlainTextShowsAsItIs(t *testing.T) {
	for _, text := range []string{
		"@everyone @here <@123> <@&1> <#5> </ask:1> <id:customize> <t:1:R> <:a:1>",
		"[gov.uk](https://evil.example) <https://evil.example> https://evil.example/x_y discord.gg/abc",
		"**b** __u__ *i* _i_ ~~s~~ ||spoiler|| `c` ``c`` ```c``` \\*",
		"# h\n## h\n-# s\n> q\n>>> q\n- b\n* b\n+ b\n1. n\n  2. n", "a\\", "\\", "`", "snake_case_name and 2*3*4", "1.5 and v1.2.3",
	} {
		shown := fakediscord.Show(escape(text))
		if shown.Text != text || len(shown.Links)+len(shown.Mentions)+len(shown.Hidden) > 0 {
			t.Errorf("%q shows as %+v", text, shown)
		}
	}
}

func TestForumCardIsOneMessage(t *testing.T) {
	for _, c := range chattest.Gallery() {
		if c.Name != "long-answer" && c.Name != "answer" && c.Name != "answer-short" {
			continue
		}
		card := renderCard(c.Reply)
		if len(card) != 1 {
			t.Fatalf("%s: a card of %d messages", c.Name, len(card))
		}
		checkLimits(t, card[0])
		if !slices.ContainsFunc(card[0].components, func(row component) bool {
			return slices.ContainsFunc(row.Components, func(c component) bool {
				return c.Label == sayAnswered && strings.HasPrefix(c.CustomID, solvedMark+":helpful")
			})
		}) {
			t.Errorf("%s: no button says that it was answered", c.Name)
		}
		if long := c.Name != "answer-short"; strings.Contains(card[0].content, "shortened") != long {
			t.Errorf("%s: says wrongly whether it is shortened", c.Name)
		}
	}
}

// Whatever text is put wherever, its rendering mentions nobody, hides nothing, fits, and shows all of it.
func FuzzRender(f *testing.F) {
	for _, c := range chattest.Gallery() {
		f.Add(c.Event.Text, "https://www.example.gov.uk/"+c.Name, uint8(0))
	}
	f.Add("](https://evil.example) [", "https://a.example/)(", uint8(3))
	f.Add("a`b``c```d", "javascript:alert(1)", uint8(6))
	f.Add("\\", "mailto:a@b.example", uint8(9))
	f.Add("x**y <@1> @here [x](https://evil.example)", "https://a.example/", uint8(10<<3)) // bold neighbours, and code
	f.Add("a**b <@1> @everyone [x](https://evil.example) ||s||", "", uint8(3<<3|1))        // code in bold
	f.Fuzz(func(t *testing.T, text, url string, where uint8) {
		if !utf8.ValidString(text) || len(text) > 5_000 { // several messages; more only takes longer
			t.Skip()
		}
		r := fuzzReply(text, url, where)
		var shown []string
		for _, m := range renderMessages(r) {
			checkLimits(t, m)
			seen := asSeen(fakediscord.Message{Content: m.content, Flags: suppressEmbeds, Components: asJSON(m.components), Notifies: map[string]any{"parse": []any{}}})
			if len(seen.Pings) > 0 {
				t.Errorf("%q mentions or hides %q", m.content, seen.Pings)
			}
			for _, l := range seen.Links {
				if l.URL != chat.SafeURL(url) || chat.Misleads(l.Text, l.URL) {
					t.Errorf("%q links %q to %q", m.content, l.Text, l.URL)
				}
			}
			shown = append(shown, seen.Shown())
		}
		if units(text)+units(url) < maxContent/4 {
			if missing := chattest.Missing(r, strings.Join(shown, "\n")); len(missing) > 0 {
				t.Errorf("%q does not show %q", shown, missing)
			}
		}
	})
}

func asJSON(list []component) []map[string]any {
	text, _ := json.Marshal(list)
	var maps []map[string]any
	json.Unmarshal(text, &maps)
	return maps
}

func fuzzReply(text, url string, where uint8) chat.Reply {
	inline := chat.Inline{Text: text, Strong: where&1 > 0, Mark: where&2 > 0}
	paragraph := chat.Paragraph{Inlines: []chat.Inline{inline}, Quoted: where&4 > 0}
	switch where >> 3 % 11 {
	case 10:
		paragraph.Inlines = []chat.Inline{{Text: "a", Strong: true, URL: url}, {Text: text, Strong: true}, {Text: " "}, {Text: text, Code: true}, {Text: text, Mark: true, Code: true}, inline}
	case 1:
		paragraph.Inlines[0].URL = url
	case 2:
		paragraph.Kind = chat.Code
	case 3:
		paragraph.Inlines[0].Code = true
	case 4:
		paragraph.Kind = chat.Heading
	case 5:
		paragraph.Kind, paragraph.Level = chat.Bullet, 2
	case 6:
		return chat.Reply{Blocks: []chat.Block{chat.Sources{Sources: []chat.Source{{Number: 1, Title: text, Heading: text, URL: url, Organisation: text}}}}}
	case 7:
		return chat.Reply{Blocks: []chat.Block{chat.Items{Title: text, Items: []chat.Item{{Title: text, URL: url, Detail: text}}}}}
	case 8:
		return chat.Reply{Blocks: []chat.Block{chat.Facts{Title: text, Facts: []chat.Fact{{Label: text, Value: chat.Inline{Text: text, URL: url}}}}}}
	case 9:
		return chat.Reply{Blocks: []chat.Block{chat.Text{Paragraphs: []chat.Paragraph{
			{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{{{Text: text}}, {{Text: "b"}}}},
			{Kind: chat.Row, Cells: [][]chat.Inline{{{Text: text, URL: url}}, {{Text: text}}}}}}}}
	}
	return chat.Reply{Blocks: []chat.Block{chat.Text{Paragraphs: []chat.Paragraph{paragraph}}}}
}
