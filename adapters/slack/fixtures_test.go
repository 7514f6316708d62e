package slack

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// fixtures are payloads that nobody here wrote, by path, each as a JSON object.
func fixtures(t *testing.T) map[string]map[string]any {
	t.Helper()
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		t.Skip("LIAISON_TESTDATA is not set: the payloads recorded by others were not tried")
	}
	root := filepath.Join(data, "slack", "fixtures")
	found := map[string]map[string]any{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		outbound := strings.HasPrefix(name, "blocks-third-party") || strings.HasPrefix(name, "python-views")
		if err != nil || entry.IsDir() || outbound {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".form") {
			if content, err = formJSON(bytes.TrimSpace(content)); err != nil {
				return err
			}
		} else if !strings.HasSuffix(name, ".json") {
			return nil
		}
		var payload map[string]any
		if err := json.Unmarshal(content, &payload); err != nil {
			return err
		}
		found[name] = payload
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 150 {
		t.Fatalf("only %d payloads were found in %s", len(found), root)
	}
	return found
}

// asDelivered says how Slack would send a payload, and wraps a bare inner event.
func asDelivered(payload map[string]any) (kind string, whole map[string]any) {
	if inner, ok := payload["payload"].(map[string]any); ok { // a Socket Mode envelope
		kind, _ := payload["type"].(string)
		return kind, inner
	}
	switch payload["type"] {
	case "event_callback", "url_verification", "app_rate_limited":
		return "events_api", payload
	case "hello", "disconnect":
		return "frame", payload
	}
	switch {
	case payload["command"] != nil:
		return "slash_commands", payload
	case payload["event"] != nil:
		payload["type"] = "event_callback"
		return "events_api", payload
	case payload["event_ts"] != nil || payload["ts"] != nil && payload["actions"] == nil:
		return "events_api", map[string]any{"type": "event_callback", "event": payload}
	}
	return "interactive", payload
}

// forTeam makes a payload one of T1's, whatever it was: only then is all of it read.
// The ids are made to differ: many of the recorded ones are "Ev111".
func forTeam(name, kind string, payload map[string]any) map[string]any {
	payload["team_id"], payload["event_id"], payload["trigger_id"] = "T1", name, name
	payload["authorizations"] = []any{map[string]any{"team_id": "T1"}}
	if kind == "interactive" {
		delete(payload, "authorizations")
		payload["team"] = map[string]any{"id": "T1"}
	}
	return payload
}

// Each payload goes through the adapter twice: as it is, when it is some other team's, and as T1's.
// None may break it, and each must be acknowledged, by both transports.
func TestPayloadsOfOthersAreTaken(t *testing.T) {
	all := fixtures(t)
	for _, over := range []bool{false, true} {
		t.Run(map[bool]string{false: "by Socket Mode", true: "over HTTP"}[over], func(t *testing.T) {
			inbox := chattest.NewInbox()
			table := sampleTable()
			start := func() *rig {
				return newRig(t, inbox, rigOptions{table: table, overHTTP: over, tune: func(a *Adapter) { a.formTime = 10 * time.Millisecond }})
			}
			r := start()
			for name, payload := range all {
				kind, whole := asDelivered(payload)
				if kind == "frame" {
					continue // see TestFramesOfOthers
				}
				copied := map[string]any{}
				if err := json.Unmarshal([]byte(mustJSON(t, whole)), &copied); err != nil {
					t.Fatal(err)
				}
				awaitAck(t, name+", as it is", r.fake.Deliver("T1", kind, whole))
				awaitAck(t, name+", as T1's", r.fake.Deliver("T1", kind, forTeam(name, kind, copied)))
				if r.adapter.Status().Connected {
					continue
				}
				if !strings.Contains(strings.ToLower(name), "uninstalled") && !strings.Contains(strings.ToLower(name), "revo") {
					t.Fatalf("%s stopped the adapter: %s", name, r.adapter.Status().Detail)
				}
				r.stop()
				r = start()
			}
			if n := r.adapter.counted("panic"); n > 0 {
				t.Errorf("%d payloads caused a panic", n)
			}
			r.fake.Mention("T1", ada, "C1", "Are you still well?", "")
			chattest.Wait(t, "the question after them", inbox.Changed, func() bool {
				events := inbox.Events()
				return len(events) > 0 && events[len(events)-1].Text == "Are you still well?"
			})
			checkKept(t, inbox.Events())
		})
	}
}

func awaitAck(t *testing.T, what string, receipt *fakeslack.Receipt) {
	t.Helper()
	chattest.Wait(t, "the acknowledgement of "+what, func() <-chan struct{} { return receipt.Acked }, func() bool {
		select {
		case <-receipt.Acked:
			return true
		default:
			return false
		}
	})
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// checkKept looks at what became of them: every event has what is needed to handle it.
func checkKept(t *testing.T, events []chat.Event) {
	t.Helper()
	kinds := map[chat.Kind]int{}
	for _, e := range events {
		kinds[e.Kind]++
		if e.ID == "" || e.Workspace != "T1" || e.At.IsZero() || e.Kind == "" {
			t.Errorf("an event lacks its id, workspace, time or kind: %+v", e)
		}
		if e.Kind == chat.KindMessage && !e.Addressed {
			t.Errorf("talk that was not meant for Liaison was kept: %+v", e)
		}
	}
	for _, kind := range []chat.Kind{chat.KindMessage, chat.KindCommand, chat.KindAction, chat.KindForm, chat.KindHome, chat.KindMembers, chat.KindGone} {
		if kinds[kind] == 0 {
			t.Errorf("of all payloads none became a %q event; there were %v", kind, kinds)
		}
	}
}

// Frames that are no events: hello and disconnect as recorded by others.
func TestFramesOfOthersAreTaken(t *testing.T) {
	all := fixtures(t)
	inbox := chattest.NewInbox()
	r := newRig(t, inbox, rigOptions{table: sampleTable()})
	for name, payload := range all {
		if kind, whole := asDelivered(payload); kind == "frame" {
			if !r.fake.Frame(mustJSON(t, whole)) {
				t.Fatalf("%s could not be sent", name)
			}
		}
	}
	r.fake.Mention("T1", ada, "C1", "Are you still well?", "")
	if e := inbox.Next(t); e.Text != "Are you still well?" {
		t.Errorf("after them %q arrived", e.Text)
	}
}

// FuzzReceive checks that no payload breaks the reading of events, and that each is acknowledged or
// kept, once.
func FuzzReceive(f *testing.F) {
	for _, seed := range []string{
		`{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"app_mention","user":"U1","text":"<@UBOT1> hi <!here> *x*","ts":"1700000000.000100","channel":"C1"}}`,
		`{"type":"event_callback","team_id":"T1","event":{"type":"message","subtype":"message_changed","channel":"C1","message":{"user":"U1","text":"a","ts":"1.2"},"previous_message":{"text":"b"}}}`,
		`{"type":"event_callback","team_id":"T1","event":{"type":"message","user":{"id":"U1"},"text":7,"ts":"x","channel":["C1"]}}`,
		`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"actions":[{"action_id":"b0|more:1","value":"more:1"}],"container":{"channel_id":"C1"}}`,
		`{"type":"view_submission","team":{"id":"T1"},"user":{"id":"U1"},"view":{"callback_id":"askform:","private_metadata":"{","state":{"values":{"question":{"value":{"value":null}}}}}}`,
		`{"command":"/liaison","team_id":"T1","user_id":"U1","channel_id":"C1","text":"define &lt;x&gt; <@U2|ada>","trigger_id":"1","response_url":"http://x"}`,
		`{"type":"message_action","callback_id":"message:ask","team":{"id":"T1"},"user":{"id":"U1"},"message":{"text":"x","user":null}}`,
		`{"type":"event_callback","team_id":"T1","event":{"type":"tokens_revoked","tokens":{"bot":["x"]}}}`, `{}`, `[]`, `null`, `"x"`, ``, `{"type":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a := quietAdapter(t)
		acked, kept := 0, 0
		p, err := readPayload(data)
		_ = checkKeys(data)
		if err != nil {
			return
		}
		w := a.workspaces[0]
		var inbox chat.Inbox = chattest.NewInbox()
		a.inbox.Store(&inbox)
		a.handle(t.Context(), w, p, delivery{raw: data, ack: func(any) { acked++ }, keep: func() { kept++ }})
		if p.Type != "view_submission" && acked+kept != 1 {
			t.Errorf("it was acknowledged %d times and kept %d times", acked, kept)
		}
	})
}

// quietAdapter is one that is not connected and whose calls all fail at once.
func quietAdapter(t testing.TB) *Adapter {
	t.Helper()
	c := &clock{}
	a, err := New(Options{Workspaces: []Workspace{{Name: "t1", BotToken: "xoxb-1", SigningSecret: "s"}}, APIURL: "http://127.0.0.1:1/", Now: c.now, Pause: c.pause})
	if err != nil {
		t.Fatal(err)
	}
	a.formTime = 10 * time.Millisecond
	a.Register(sampleTable())
	w := a.workspaces[0]
	w.ready, w.id, w.self, w.bot = true, "T1", "UBOT1", "BBOT1"
	return a
}

// FuzzPlainText checks that reading what a person typed never leaves markup of Slack's behind, and
// that words without any come through as they were typed.
func FuzzPlainText(f *testing.F) {
	for _, seed := range append(hostileSeeds, "plain words", "a < b & c > d", "snake_case_name and 2*3*4", "<@UBOT1> hi") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := func(id string) string { return id }
		got := plainText(text, "UBOT1", name)
		if got != chat.Clean(got) || strings.TrimSpace(got) != got {
			t.Errorf("%q became %q", text, got)
		}
		typed := tidy(chat.Clean(strings.ToValidUTF8(text, "")))
		if strings.ContainsAny(typed, "*_~`&<>") {
			return
		}
		if got := plainText(fakeslack.Escape(typed), "UBOT1", name); got != typed {
			t.Errorf("typed %q, read %q", typed, got)
		}
	})
}
