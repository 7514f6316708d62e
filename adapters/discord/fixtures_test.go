package discord

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func fixtures(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(testdata, "discord", "fixtures")
	if _, err := os.Stat(folder); testdata == "" || err != nil {
		t.Skip("LIAISON_TESTDATA names no folder with discord/fixtures: payloads that others recorded are NOT TESTED")
	}
	return folder
}

// Every payload that others recorded passes through, whatever it is taken for: by the real decoder, in
// the real order, without a panic, and the line stays good.
func TestRecordedPayloadsPassThrough(t *testing.T) {
	folder := fixtures(t)
	inbox := chattest.NewInbox()
	s := start(t, inbox, doorsTable(), unchanged, func(a *Adapter) { a.rest.limits.rate.SetLimit(1e6) })
	count := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, payload := range objects(text, 4) {
			count++
			for _, kind := range []string{"MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE", "THREAD_CREATE", "CHANNEL_UPDATE", "GUILD_DELETE", "THREAD_LIST_SYNC", "MESSAGE_DELETE"} {
				s.fake.Event(kind, payload)
			}
		}
		return nil
	})
	if err != nil || count < 100 {
		t.Fatalf("%d payloads: %v", count, err)
	}
	t.Logf("%d payloads", count)
	s.fake.Say(fakediscord.Said{Who: "ada", Text: "still there?"})
	chattest.Wait(t, "a question after all of them", inbox.Changed, func() bool {
		for _, e := range inbox.Events() {
			if e.Text == "still there?" {
				return true
			}
		}
		return false
	})
	for _, e := range inbox.Events() {
		if e.Actor.Standing != chat.StandingStranger && e.Kind != chat.KindGone || e.Room.Organisation != "" || e.Room.Scope == chat.ScopeStaff {
			t.Errorf("not public: %+v", e)
		}
	}
}

// objects returns the JSON objects of a text, and those within them, to some depth.
func objects(text []byte, depth int) []json.RawMessage {
	var found []json.RawMessage
	var list []json.RawMessage
	var object map[string]json.RawMessage
	switch {
	case depth == 0:
	case json.Unmarshal(text, &object) == nil && object != nil:
		found = append(found, text)
		for _, inner := range object {
			found = append(found, objects(inner, depth-1)...)
		}
	case json.Unmarshal(text, &list) == nil:
		for _, inner := range list {
			found = append(found, objects(inner, depth-1)...)
		}
	}
	return found
}

// A live bot's recorded events are read as what they were.
func TestRecordedEventsAreRead(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(fixtures(t), "vercel-chat", "replay-discord.json"))
	if err != nil {
		t.Fatal(err)
	}
	var recordings map[string]struct {
		Type  string
		Data  json.RawMessage
		BotID string
	}
	var metadata struct {
		Metadata struct{ BotID, GuildID, RoleID, UserID string }
	}
	if err := json.Unmarshal(text, &metadata); err != nil {
		t.Fatal(err)
	}
	json.Unmarshal(text, &recordings)
	m := metadata.Metadata
	for name, addressed := range map[string]bool{"gatewayMention": true, "gatewayRoleMention": true, "gatewaySubscribedMessage": false, "gatewayBotWelcome": false} {
		inbox := chattest.NewInbox()
		a, err := New(Options{Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		var store chat.Inbox = inbox
		a.inbox.Store(&store)
		a.world.meet(m.BotID, m.BotID)
		a.world.roles[m.GuildID] = m.RoleID
		var message wireMessage
		if err := json.Unmarshal(recordings[name].Data, &message); err != nil {
			t.Fatal(err)
		}
		a.world.channels.set(message.ChannelID, place{guild: m.GuildID, name: "general"})
		a.messageCreated(message)
		a.lanes.wait()
		events := inbox.Events()
		if len(events) > 0 != addressed {
			t.Errorf("%s: stored %d events", name, len(events))
			continue
		}
		if addressed && (events[0].Actor.Account.User != m.UserID || events[0].ID != message.ID || strings.Contains(events[0].Text, "<@")) {
			t.Errorf("%s: read as %+v", name, events[0])
		}
	}
}
