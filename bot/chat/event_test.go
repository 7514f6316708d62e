package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"liaison/bot/chat"
)

func TestParseAccount(t *testing.T) {
	for text, want := range map[string]chat.Account{
		"slack:T1/U1": {Platform: "slack", Workspace: "T1", User: "U1"},
		"discord:1":   {Platform: "discord", User: "1"},
		"discord:/1":  {Platform: "discord", User: "1"},
	} {
		got, ok := chat.ParseAccount(text)
		if !ok || got != want {
			t.Errorf("ParseAccount(%q) is %+v, %v", text, got, ok)
		}
		if again, ok := chat.ParseAccount(got.String()); !ok || again != got {
			t.Errorf("%+v does not come back from %q", got, got.String())
		}
		if again, ok := chat.ParseAccount(got.Setting()); !ok || again != got || strings.Contains(got.Setting(), ":/") {
			t.Errorf("%+v is written %q", got, got.Setting())
		}
	}
	for _, text := range []string{"", "slack", "slack:", ":T1/U1", "slack:T1/"} {
		if got, ok := chat.ParseAccount(text); ok {
			t.Errorf("ParseAccount(%q) is %+v", text, got)
		}
	}
}

func TestConversation(t *testing.T) {
	e := chat.Event{Platform: "slack", Workspace: "T1", Room: chat.Room{ID: "C1", Thread: "1.2"}}
	other := e
	other.Workspace = "T2"
	if e.Conversation() == other.Conversation() {
		t.Error("two workspaces share a conversation")
	}
	if got := e.Conversation(); got != "slack/T1/C1/1.2" {
		t.Errorf("the conversation is %q", got)
	}
}

func TestSendKindOf(t *testing.T) {
	limited := fmt.Errorf("respond: %w", &chat.SendError{Kind: chat.SendLimited, Err: errors.New("wait")})
	for _, test := range []struct {
		err  error
		want chat.SendKind
	}{{limited, chat.SendLimited}, {errors.New("other"), chat.SendUnknown}, {nil, ""}} {
		if got := chat.SendKindOf(test.err); got != test.want {
			t.Errorf("the kind of %v is %q; want %q", test.err, got, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	table := chat.Table{
		Commands: []chat.Command{{Name: "exchange", Aliases: []string{"board"}}},
		Actions:  []chat.ActionSpec{{Verb: "vote", Private: true}},
	}
	if c, ok := table.Command("board"); !ok || c.Name != "exchange" {
		t.Errorf("the alias finds %+v, %v", c, ok)
	}
	if _, ok := table.Command("Board"); ok {
		t.Error("commands are lower-case words")
	}
	if a, ok := table.Action("vote:17"); !ok || !a.Private {
		t.Errorf("vote:17 finds %+v, %v", a, ok)
	}
	if _, ok := table.Action("voter:17"); ok {
		t.Error("voter:17 is no vote")
	}
	if chat.Verb("vote:1:2") != "vote" || chat.RowOf("vote:1:2") != "1:2" {
		t.Error("only the first colon parts verb and row")
	}
}
