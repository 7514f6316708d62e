package chat_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp" // shows where two values differ

	"liaison/bot/chat"
)

func plain(text string) []chat.Inline { return []chat.Inline{{Text: text}} }

func TestPassage(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []chat.Paragraph
	}{
		{"nothing", " \n\n ", nil},
		{"lines of one paragraph", "One line\nand the next.", []chat.Paragraph{{Inlines: []chat.Inline{{Text: "One line"}, {Text: " "}, {Text: "and the next."}}}}},
		{"two paragraphs", "One.\n\nTwo.\r\n", []chat.Paragraph{{Inlines: plain("One.")}, {Inlines: plain("Two.")}}},
		{"bullets, one deeper", "- a\n  - b", []chat.Paragraph{{Kind: chat.Bullet, Inlines: plain("a")}, {Kind: chat.Bullet, Level: 1, Inlines: plain("b")}}},
		{"a bullet that goes on", "- a\n  more", []chat.Paragraph{{Kind: chat.Bullet, Inlines: []chat.Inline{{Text: "a"}, {Text: " "}, {Text: "more"}}}}},
		{"numbers", "9. i\n10. j", []chat.Paragraph{{Kind: chat.Number, Number: 9, Inlines: plain("i")}, {Kind: chat.Number, Number: 10, Inlines: plain("j")}}},
		{"a year is no number", "2015. It began.", []chat.Paragraph{{Inlines: plain("2015. It began.")}}},
		{"what only looks like a number", "+1. Yes\n\n007. Bond\n\n-0. No", []chat.Paragraph{{Inlines: plain("+1. Yes")}, {Inlines: plain("007. Bond")}, {Inlines: plain("-0. No")}}},
		{"code, its blank lines kept", "```\na\n\n  b\n```", []chat.Paragraph{{Kind: chat.Code, Inlines: plain("a\n\n  b")}}},
		{"code that never ends", "text\n```\na", []chat.Paragraph{{Inlines: plain("text")}, {Kind: chat.Code, Inlines: plain("a")}}},
		{"a table", "h | i\na | b", []chat.Paragraph{
			{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{plain("h"), plain("i")}}, {Kind: chat.Row, Cells: [][]chat.Inline{plain("a"), plain("b")}}}},
		{"empty cells at the ends", " | GDS | 18F\nStandard |  | \nLast | x |", []chat.Paragraph{
			{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{nil, plain("GDS"), plain("18F")}},
			{Kind: chat.Row, Cells: [][]chat.Inline{plain("Standard"), nil, nil}},
			{Kind: chat.Row, Cells: [][]chat.Inline{plain("Last"), plain("x"), nil}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i := range test.want {
				test.want[i].Quoted = true
			}
			if diff := cmp.Diff(test.want, chat.Passage(test.text, nil)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPassageMarksWholeWords(t *testing.T) {
	for text, want := range map[string]string{
		"Keep Secrets secret.":     "Keep Secrets [secret].",
		"'secret' ’secret’":        "'[secret]' ’[secret]’",
		"non-secret secretive":     "non-secret secretive",
		"-secret-":                 "-[secret]-",
		"a secret\nsecret":         "a [secret] [secret]",
		"secret":                   "[secret]",
		"\xffsecret\xff --":        "[secret] --",
		"geheim-secret's secret's": "geheim-secret's secret's",
	} {
		var got strings.Builder
		for _, i := range chat.Passage(text, []string{"SECRET", ""})[0].Inlines {
			if i.Mark {
				got.WriteString("[" + i.Text + "]")
			} else {
				got.WriteString(i.Text)
			}
		}
		if got.String() != want {
			t.Errorf("%q is marked %q; want %q", text, got.String(), want)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"as it was\n\tkept":              "as it was\n\tkept",
		"\x1b[31mred\x07\x00\r\u009b":    "[31mred",
		"a\u200bb\u200dc\ufeffd\u2060e":  "abcde",
		"\u202eabc\u202c \u2066x\u2069":  "abc x",
		"soft\u00adhyphen":               "softhyphen",
		"tags\U000e0041\U000e007f":       "tags",
		"\u3164\u115f\u1160\uffa0\u034f": "",
		"one\u2028two\u2029three":        "one\ntwo\nthree",
		"bad\xff\xfebytes\ufffd":         "badbytes",
		"\U000e0100variation ☑\ufe0f":    "variation ☑\ufe0f",
		"é e\u0301 한국어 שלום 🌲👍🏽":         "é e\u0301 한국어 שלום 🌲👍🏽",
	} {
		if got := chat.Clean(text); got != want {
			t.Errorf("Clean(%q) is %q; want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("@\u200beveryone \x1b]8;;https://evil.example\x07\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		got := chat.Clean(text)
		if chat.Clean(got) != got {
			t.Errorf("cleaning %q twice gives something else", text)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp) {
				t.Errorf("%U is left in %q", r, got)
			}
		}
	})
}

// No letter or digit of a passage may be lost or made up, whatever its marks.
func FuzzPassage(f *testing.F) {
	f.Add("1. a\n  - b | c\n```\nd\n\n| e | f |", "b")
	f.Add(" | h\n- \n3. \n```", "")
	f.Fuzz(func(t *testing.T, text, word string) {
		var got strings.Builder
		for _, p := range chat.Passage(text, []string{word}) {
			if !p.Quoted {
				t.Error("a paragraph is not marked as quoted")
			}
			got.WriteString(chat.PlainParagraphs([]chat.Paragraph{p}))
		}
		text = strings.ToValidUTF8(text, "") // bytes that are no text are left out
		if want, got := lettersOf(withoutFences(text)), lettersOf(got.String()); got != want {
			t.Errorf("%q became %q; want %q", text, got, want)
		}
	})
}

// withoutFences drops the lines that begin and end code, and with them the name of its language.
func withoutFences(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "```") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}
