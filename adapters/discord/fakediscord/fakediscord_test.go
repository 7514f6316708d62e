package fakediscord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func started(t *testing.T) *Server {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// asked makes a request as a bot does, and returns the status and what was said.
func asked(t *testing.T, s *Server, method, path string, body any) (int, map[string]any) {
	t.Helper()
	text, _ := json.Marshal(body)
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(resp.Body)
	var answer map[string]any
	json.Unmarshal(said, &answer)
	return resp.StatusCode, answer
}

func TestRefusesWhatDiscordRefuses(t *testing.T) {
	s := started(t)
	row := func(components ...any) []any { return []any{map[string]any{"type": 1, "components": components}} }
	button := func(id, label string) map[string]any {
		return map[string]any{"type": 2, "style": 2, "custom_id": id, "label": label}
	}
	thread := s.Thread("ada", GeneralID, "a thread")
	s.Archive(thread, true)
	s.CloseDMs("grace")
	for name, c := range map[string]struct {
		channel string
		body    map[string]any
		code    int
	}{
		"2,001 characters":       {GeneralID, map[string]any{"content": strings.Repeat("x", 2001)}, 50035},
		"nothing":                {GeneralID, map[string]any{"content": " "}, 50006},
		"six rows":               {GeneralID, map[string]any{"components": []any{1, 2, 3, 4, 5, 6}[:0], "content": "x"}, 0},
		"an id of 101":           {GeneralID, map[string]any{"content": "x", "components": row(button(strings.Repeat("x", 101), "l"))}, 50035},
		"an id twice":            {GeneralID, map[string]any{"content": "x", "components": row(button("a", "l"), button("a", "l"))}, 50035},
		"no label":               {GeneralID, map[string]any{"content": "x", "components": row(button("a", ""))}, 50035},
		"a type it has not":      {GeneralID, map[string]any{"content": "x", "components": row(map[string]any{"type": 99})}, 50035},
		"a link with no address": {GeneralID, map[string]any{"content": "x", "components": row(map[string]any{"type": 2, "style": 5, "label": "l", "url": "mailto:a@b.example"})}, 50035},
		"a menu of 26":           {GeneralID, map[string]any{"content": "x", "components": row(map[string]any{"type": 3, "custom_id": "m", "options": make([]any, 26)})}, 50035},
		"no channel":             {"1", map[string]any{"content": "x"}, 10003},
		"a forum":                {ForumID, map[string]any{"content": "x"}, 50008},
		"a thread that is shut":  {thread, map[string]any{"content": "x"}, 160005},
		"closed messages":        {s.DM("grace"), map[string]any{"content": "x"}, 50007},
	} {
		status, said := asked(t, s, http.MethodPost, "/api/v9/channels/"+c.channel+"/messages", c.body)
		code, _ := said["code"].(float64)
		if int(code) != c.code || (status == http.StatusOK) != (c.code == 0) {
			t.Errorf("%s: %d, %v; want code %d", name, status, said, c.code)
		}
	}
}

func TestInteractionsEnd(t *testing.T) {
	s := started(t)
	answer := map[string]any{"type": 4, "data": map[string]any{"content": "x"}}
	path := func(i *Interaction) string { return fmt.Sprintf("/api/v9/interactions/%s/%s/callback", i.ID, i.Token) }
	fresh := s.Command(Used{Who: "ada", Channel: GeneralID}, "ask", nil)
	late := s.Command(Used{Who: "ada", Channel: GeneralID, Age: 4 * time.Second}, "ask", nil)
	for _, c := range []struct {
		i      *Interaction
		status int
	}{{fresh, 204}, {fresh, 400}, {late, 404}} {
		if status, said := asked(t, s, http.MethodPost, path(c.i), answer); status != c.status {
			t.Errorf("answered %d, %v; want %d", status, said, c.status)
		}
	}
	old := s.Command(Used{Who: "ada", Channel: GeneralID, Age: 16 * time.Minute}, "ask", nil)
	if status, _ := asked(t, s, http.MethodPost, "/api/v9/webhooks/"+AppID+"/"+old.Token, map[string]any{"content": "x"}); status != 401 || len(s.Complaints()) != 1 {
		t.Errorf("after fifteen minutes: %d, %q", status, s.Complaints())
	}
}

// The same nonce makes one message.
func TestNonces(t *testing.T) {
	s := started(t)
	body := map[string]any{"content": "x", "nonce": "n", "enforce_nonce": true}
	_, first := asked(t, s, http.MethodPost, "/api/v9/channels/"+GeneralID+"/messages", body)
	_, second := asked(t, s, http.MethodPost, "/api/v9/channels/"+GeneralID+"/messages", body)
	if first["id"] != second["id"] || len(s.Messages()) != 1 {
		t.Errorf("%d messages", len(s.Messages()))
	}
}

func TestAnotherProcessCanPlay(t *testing.T) {
	s := started(t)
	status, said := asked(t, s, http.MethodPost, "/fake/say", map[string]any{"Who": "ada", "Channel": GeneralID, "Text": "hello", "Mention": true})
	if id, _ := said["id"].(string); status != 200 || id == "" {
		t.Fatalf("%d, %v", status, said)
	}
	_, said = asked(t, s, http.MethodGet, "/fake/messages", nil)
	if text := fmt.Sprint(said); !strings.Contains(text, "hello") {
		t.Errorf("the messages are %s", text)
	}
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		content, text            string
		links, mentions, covered int
	}{
		{"plain", "plain", 0, 0, 0},
		{"**bold** _it_ ~~s~~ `c*d*`", "bold it s c*d*", 0, 0, 0},
		{`\*\*not bold\*\* \<@1\>`, "**not bold** <@1>", 0, 0, 0},
		{"<@1> <@&2> <#3> @everyone", "<@1> <@&2> <#3> @everyone", 0, 4, 0},
		{"`<@1> @everyone`", "<@1> @everyone", 0, 0, 0},
		{"[words](https://a.example/x) <https://b.example> https://c.example.", "words https://b.example https://c.example.", 3, 0, 0},
		{"[words](javascript:x)", "[words](javascript:x)", 0, 0, 0},
		{"||covered||", "covered", 0, 0, 1},
		{"# h\n> q\n- b\n1. n", " h\n q\n b\n n", 0, 0, 0},
		{"```go\nx := `<@1>`\n```", "x := `<@1>`", 0, 0, 0},
		{"at <t:1:R>", "at (a time)", 0, 0, 0},
	} {
		got := Show(c.content)
		if got.Text != c.text || len(got.Links) != c.links || len(got.Mentions) != c.mentions || len(got.Hidden) != c.covered {
			t.Errorf("%q shows as %+v", c.content, got)
		}
	}
}

// TestTheEndOfALineIsTold to whoever waits for it: a killed bot says no goodbye.
func TestTheEndOfALineIsTold(t *testing.T) {
	s := started(t)
	ws, resp, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(s.URL(), "http", "ws", 1)+"/gateway-line/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := ws.WriteJSON(map[string]any{"op": 2, "d": map[string]any{"token": Token}}); err != nil {
		t.Fatal(err)
	}
	until := func(connected bool) {
		for deadline := time.After(30 * time.Second); ; {
			changed := s.Changed()
			if s.Connected() == connected {
				return
			}
			select {
			case <-changed:
			case <-deadline:
				t.Fatalf("waited in vain until it is connected: %v", connected)
			}
		}
	}
	until(true)
	if err := ws.NetConn().Close(); err != nil {
		t.Fatal(err)
	}
	until(false)
}
