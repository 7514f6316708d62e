package fakeslack

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// address is a response_url: five uses, half an hour.
type address struct {
	team, channel, user string
	original            *Message // whose button was used
	at                  time.Time
	uses                int
}

const (
	addressLife = 30 * time.Minute
	addressUses = 5
)

// newAddress makes a response_url. The lock is held.
func (s *Server) newAddress(a address) string {
	id := s.nextID("R")
	a.at = s.now()
	s.addresses[id] = &a
	return s.URL + "/response/" + id
}

func (s *Server) serveAddress(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return
	}
	call := Call{Method: "response_url", ContentType: r.Header.Get("Content-Type"), Body: string(body), At: s.now()}
	call.Args, _ = argsOf("json", body, "")
	s.mu.Lock()
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	lose, done := s.suffer(rw, r, call)
	if done {
		return
	}
	s.mu.Lock()
	word, status := s.takeAddress(r.PathValue("id"), call.Args)
	s.notify()
	s.mu.Unlock()
	if lose {
		hangUp(rw)
		return
	}
	rw.WriteHeader(status) // Slack sends no content type either
	_, _ = io.WriteString(rw, word)
}

func (s *Server) takeAddress(id string, args map[string]string) (word string, status int) {
	a := s.addresses[id]
	switch {
	case a == nil:
		return "no_such_url", http.StatusNotFound
	case s.now().Sub(a.at) > addressLife:
		return "expired_url", http.StatusNotFound
	case a.uses >= addressUses:
		return "used_url", http.StatusNotFound
	}
	a.uses++
	var private bool
	switch args["response_type"] {
	case "ephemeral":
		private = true
	case "in_channel":
	default:
		private = true
	}
	blocks, err := checkMessage(args)
	if err != nil {
		return err.Error(), http.StatusBadRequest
	}
	t := s.teams[a.team]
	if args["replace_original"] == "true" && a.original != nil {
		a.original.Text, a.original.Blocks = args["text"], blocks
		a.original.Edits++
		return "ok", http.StatusOK
	}
	m := &Message{TS: s.nextTS(), Team: a.team, Channel: a.channel, Thread: args["thread_ts"], User: t.BotUser, Bot: true,
		Text: args["text"], Blocks: blocks, Parse: args["parse"]}
	if private {
		m.Reader = a.user
	} else {
		m.LinkPreviews = args["unfurl_links"] != "false" || args["unfurl_media"] != "false"
	}
	s.messages = append(s.messages, m)
	return "ok", http.StatusOK
}

// jsonOf is a value as JSON; only values that encode are given.
func jsonOf(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
