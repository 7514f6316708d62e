package fakeslack

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Control is what a person does, as the control address takes it: POST /control/<verb> with this as
// JSON, where the verb is say, mention, slash, press, shortcut, submit, home, join or leave. GET
// /control/messages and /control/views show what stands.
type Control struct {
	Team, User, Channel string // without a channel, say is to Liaison directly
	Text                string // of say (Slack's markup), mention and slash
	Thread              string
	Message             string            // ts, of press and shortcut
	Button              string            // label of the button or option to press
	Callback            string            // of shortcut
	Tab                 string            // of home
	Values              map[string]string // of submit, for the form that was opened last
}

// seen is a message or view as people see it.
type seen struct {
	ID, Team, Channel, Thread, User, Reader, Text string
	Links                                         []Link
	Buttons                                       []string
}

func (s *Server) serveControl(rw http.ResponseWriter, r *http.Request) {
	var c Control
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(rw, "the body is no control: "+err.Error(), http.StatusBadRequest)
		return
	}
	verb := r.PathValue("verb")
	if missing := s.missing(verb, c); missing != "" {
		http.Error(rw, missing, http.StatusNotFound)
		return
	}
	out := map[string]any{}
	switch verb {
	case "say":
		out["ts"] = s.Say(c.Team, c.User, c.Channel, c.Text, c.Thread).TS
	case "mention":
		out["ts"] = s.Mention(c.Team, c.User, c.Channel, c.Text, c.Thread).TS
	case "slash":
		s.Slash(c.Team, c.User, c.Channel, c.Text)
	case "press":
		if !s.pressLabel(c) {
			http.Error(rw, "no button "+c.Button, http.StatusNotFound)
			return
		}
	case "shortcut":
		s.Shortcut(c.Team, c.User, c.Callback, c.Channel, c.Message)
	case "submit":
		views := s.Views()
		if len(views) == 0 {
			http.Error(rw, "no form is open", http.StatusNotFound)
			return
		}
		s.Submit(views[len(views)-1], c.Values)
	case "home":
		s.OpenHome(c.Team, c.User, c.Tab)
	case "join":
		s.Join(c.Team, c.Channel, c.User)
	case "leave":
		s.Leave(c.Team, c.Channel, c.User)
	default:
		http.Error(rw, "no such verb", http.StatusNotFound)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(out)
}

// missing says which team, channel or message a control names that there is not; "" for none.
func (s *Server) missing(verb string, c Control) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[c.Team]
	switch {
	case t == nil:
		return "no team " + c.Team
	case (verb == "say" || verb == "mention") && s.roomFor(t, c.User, c.Channel) == nil, (verb == "join" || verb == "leave") && t.channels[c.Channel] == nil:
		return "no channel " + c.Channel + " in " + c.Team
	case verb == "shortcut" && c.Message != "" && s.find(t, c.Channel, c.Message) == nil:
		return "no message " + c.Message + " in " + c.Channel
	}
	return ""
}

// pressLabel presses the button of that label that was posted last, on the given message or any.
func (s *Server) pressLabel(c Control) bool {
	answers := s.Answers()
	for i := len(answers) - 1; i >= 0; i-- {
		m := answers[i]
		if m.Team != c.Team || c.Message != "" && m.TS != c.Message {
			continue
		}
		for _, b := range m.Show().Buttons {
			if b.Label == c.Button {
				s.Press(c.Team, c.User, Press{ActionID: b.ActionID, Value: b.Value, Selected: b.Selected, Type: b.Type, TS: m.TS, Channel: m.Channel})
				return true
			}
		}
	}
	return false
}

func (s *Server) serveSeen(rw http.ResponseWriter, r *http.Request) {
	all := []seen{}
	if r.PathValue("what") == "views" {
		for _, v := range s.Views() {
			all = append(all, asSeen(seen{ID: v.ID, Team: v.Team, Reader: v.User}, v.Show()))
		}
	} else {
		for _, m := range s.Messages() {
			all = append(all, asSeen(seen{ID: m.TS, Team: m.Team, Channel: m.Channel, Thread: m.Thread, User: m.User, Reader: m.Reader}, m.Show()))
		}
	}
	rw.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(rw)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(all)
}

func asSeen(one seen, shown Shown) seen {
	one.Text, one.Links = strings.TrimSpace(shown.Text), shown.Links
	for _, b := range shown.Buttons {
		one.Buttons = append(one.Buttons, b.Label)
	}
	return one
}
