package slack

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"liaison/bot/chat"
)

// sampleTable is a small table of commands and actions.
func sampleTable() chat.Table {
	return chat.Table{
		Commands: []chat.Command{
			{Name: "ask", Summary: "Answers a question, with its sources", OnMessage: "Answer this",
				Argument: chat.Argument{Name: "question", Required: true}, Examples: []string{"How do we store secrets?", "Who signs off a service?"},
				Opens: &chat.Form{Action: "askform:", Title: "Ask Liaison", Submit: "Ask",
					Fields: []chat.Field{{ID: "question", Label: "What would you like to know?", Kind: chat.FieldLong, Required: true}}}},
			{Name: "define", Summary: "What a term means", Argument: chat.Argument{Name: "term", Required: true}, Examples: []string{"define ATO"}},
			{Name: "help", Summary: "What can be asked", Private: true},
			{Name: "reindex", Summary: "Reads the knowledge again", Admin: true, Private: true, Examples: []string{"reindex"}},
		},
		Actions: []chat.ActionSpec{{Verb: "more", Private: true}, {Verb: "share"}, {Verb: "follow", Opens: true}, {Verb: "askform"}, {Verb: "undo"}},
	}
}

func TestManifestOffersTheTable(t *testing.T) {
	var m slackManifest
	if err := json.Unmarshal(Manifest(sampleTable()), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Features.Commands) != 1 || m.Features.Commands[0].Command != "/liaison" || !m.Features.Commands[0].Escape {
		t.Errorf("slash commands: %+v", m.Features.Commands)
	}
	want := []manifestShortcut{
		{"Answer this", "message", "message:ask", "Answers a question, with its sources"},
		{"Ask Liaison", "global", "global:ask", "Answers a question, with its sources"},
	}
	if got := m.Features.Shortcuts; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("shortcuts: %+v; want %+v", got, want)
	}
	for _, p := range m.Features.Agent.Prompts {
		if p.Message == "reindex" {
			t.Error("an admin's command is suggested to everybody")
		}
	}
	if !m.Settings.Socket || !m.Settings.Interactivity.Enabled || m.Settings.Rotation {
		t.Errorf("settings: %+v", m.Settings)
	}
}

func TestEveryPermissionHasItsReason(t *testing.T) {
	for _, p := range append(append([]permission{}, scopes...), botEvents...) {
		if len(p.reason) < 5 {
			t.Errorf("%s is asked for without a reason", p.name)
		}
	}
}

func TestManifestIsWhatSlackTakes(t *testing.T) {
	checker, why := slackChecker()
	if checker == "" {
		t.Skip("NOT TESTED, the manifest was not judged by Slack's schema: " + why)
	}
	manifests := map[string][]byte{"of the sample table": Manifest(sampleTable())}
	committed, err := os.ReadFile("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	manifests["that is committed"] = committed
	for name, manifest := range manifests {
		if out, err := runChecker(checker, json.RawMessage(manifest), "--manifest"); err != nil {
			t.Errorf("the manifest %s: %v\n%s", name, err, out)
		}
	}
}

// The events that are subscribed to must be readable with the scopes that are asked for.
func TestEventsHaveTheirScopes(t *testing.T) {
	needs := map[string]string{
		"app_mention": "app_mentions:read", "message.channels": "channels:history", "message.groups": "groups:history",
		"message.im": "im:history", "message.mpim": "mpim:history", "member_joined_channel": "channels:read",
		"member_left_channel": "channels:read", "user_change": "users:read", "channel_shared": "channels:read", "channel_unshared": "channels:read",
	}
	granted := strings.Join(namesOf(scopes), " ")
	for _, e := range botEvents {
		if scope := needs[e.name]; scope != "" && !strings.Contains(granted, scope) {
			t.Errorf("%s needs the scope %s", e.name, scope)
		}
	}
}
