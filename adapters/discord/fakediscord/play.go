package fakediscord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Interaction is a command, button, menu, form or completion that somebody used.
type Interaction struct {
	ID, Token    string
	User         string
	Acknowledged chan struct{} // closed when the bot has answered for the first time

	s        *Server
	at       time.Time
	kind     int
	channel  string
	source   string // the message whose button was used
	original string
	answered bool
	choices  []string
	payload  map[string]any
}

// Choices returns what was offered as completions.
func (i *Interaction) Choices() []string {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return slices.Clone(i.choices)
}

// Said is a message that somebody writes.
type Said struct {
	Who     string
	Channel string // "" for their direct conversation with the bot
	Text    string
	Mention bool   // it begins with a mention of the bot
	Role    bool   // it begins with a mention of the bot's role
	ReplyTo string // a message's id
	Files   []string
	Bot     bool // a bot says it
	Self    bool // the bot itself says it
	Silent  bool // the gateway does not tell
}

var mentionOf = regexp.MustCompile(`<@!?(\d+)>`)

// Say writes a message and returns its id.
func (s *Server) Say(said Said) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.write1(said)
	if !said.Silent {
		s.dispatch("MESSAGE_CREATE", m)
	}
	s.notify()
	return m.ID
}

func (s *Server) write1(said Said) *Message {
	u := s.user(said.Who, said.Bot)
	channel := said.Channel
	if channel == "" {
		channel = s.dm(u.id).id
	}
	m := &Message{Channel: channel, Author: u.id, Content: said.Text, ReplyTo: said.ReplyTo, files: said.Files}
	if said.Self {
		m.Author = BotID
	}
	switch {
	case said.Mention:
		m.Content = "<@" + BotID + "> " + said.Text
	case said.Role:
		m.Content, m.roles = "<@&"+BotRoleID+"> "+said.Text, []string{BotRoleID}
	}
	for _, found := range mentionOf.FindAllStringSubmatch(m.Content, -1) {
		if s.users[found[1]] != nil && !slices.Contains(m.mentioned, found[1]) {
			m.mentioned = append(m.mentioned, found[1])
		}
	}
	if answered := s.message(said.ReplyTo); answered != nil && !slices.Contains(m.mentioned, answered.Author) {
		m.mentioned = append(m.mentioned, answered.Author)
	}
	return s.add(m)
}

// Again tells of a message once more, as after a resume.
func (s *Server) Again(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.message(id); m != nil {
		s.dispatch("MESSAGE_CREATE", m)
	}
}

// Reword changes what a message says.
func (s *Server) Reword(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.message(id); m != nil {
		m.Content, m.Edited = text, stamp(s.now())
		s.dispatch("MESSAGE_UPDATE", m)
	}
}

// Erase deletes a message of a person.
func (s *Server) Erase(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.message(id); m != nil {
		m.deleted = true
		s.dispatch("MESSAGE_DELETE", map[string]any{"id": m.ID, "channel_id": m.Channel, "guild_id": orNil(s.channels[m.Channel].guild)})
	}
}

// Post begins a forum post and returns its thread.
func (s *Server) Post(who, title, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(who, false)
	c := &channel{id: s.newID(s.now()), guild: GuildID, parent: ForumID, name: title, owner: u.id, kind: kindThread, tags: []string{TopicTag}}
	s.channels[c.id] = c
	j := s.channelJSON(c)
	j["newly_created"] = true
	s.dispatch("THREAD_CREATE", j)
	m := s.add(&Message{ID: c.id, Channel: c.id, Author: u.id, Content: text})
	s.dispatch("MESSAGE_CREATE", m)
	s.notify()
	return c.id
}

// Thread begins a thread in a channel and returns it.
func (s *Server) Thread(who, parent, title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.newID(s.now()), guild: GuildID, parent: parent, name: title, owner: s.user(who, false).id, kind: kindThread}
	s.channels[c.id] = c
	s.dispatch("THREAD_CREATE", s.channelJSON(c))
	return c.id
}

// Used is where somebody uses a command, a button or a form.
type Used struct {
	Who     string
	Channel string        // "" for their direct conversation with the bot
	Age     time.Duration // how long ago
	Rights  string        // the person's permissions there; "" for none that matter
}

// Command gives a slash command, with the value of each option.
func (s *Server) Command(used Used, name string, options map[string]string) *Interaction {
	return s.use(used, 2, "", map[string]any{"id": "1300000000000000001", "name": name, "type": 1, "options": optionList(options, "")})
}

// OnMessage gives a command of a message's menu.
func (s *Server) OnMessage(used Used, label, message string) *Interaction {
	s.mu.Lock()
	m := s.message(message)
	target := map[string]any{}
	if m != nil {
		target[message] = s.messageJSON(m, true)
	}
	s.mu.Unlock()
	return s.use(used, 2, "", map[string]any{"id": "1300000000000000002", "name": label, "type": 3, "target_id": message, "resolved": map[string]any{"messages": target}})
}

// Type asks for completions of what is typed into an option.
func (s *Server) Type(used Used, name, option, typed string) *Interaction {
	return s.use(used, 4, "", map[string]any{"id": "1300000000000000001", "name": name, "type": 1, "options": optionList(map[string]string{option: typed}, option)})
}

// Press uses a button or, with values, a menu of a message.
func (s *Server) Press(used Used, message, customID string, values ...string) *Interaction {
	kind := 2
	if len(values) > 0 {
		kind = 3
	}
	return s.use(used, 3, message, map[string]any{"id": 2, "custom_id": customID, "component_type": kind, "values": append([]string{}, values...)})
}

// Submit sends a form; message is the one whose button opened it, "" for a command.
func (s *Server) Submit(used Used, message, customID string, values map[string]string) *Interaction {
	rows := []any{}
	for id, value := range values {
		rows = append(rows, map[string]any{"type": 1, "id": 1, "components": []any{map[string]any{"type": 4, "id": 2, "custom_id": id, "value": value}}})
	}
	return s.use(used, 5, message, map[string]any{"custom_id": customID, "components": rows})
}

func optionList(options map[string]string, focused string) []any {
	list := []any{}
	for name, value := range options {
		o := map[string]any{"name": name, "type": 3, "value": value}
		if name == focused {
			o["focused"] = true
		}
		list = append(list, o)
	}
	return list
}

func (s *Server) use(used Used, kind int, message string, data map[string]any) *Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(used.Who, false)
	c := s.channels[used.Channel]
	if c == nil {
		c = s.dm(u.id)
	}
	at := s.now().Add(-used.Age)
	i := &Interaction{ID: s.newID(at), User: u.id, Acknowledged: make(chan struct{}), s: s, at: at, kind: kind, channel: c.id, source: message}
	i.Token = fmt.Sprintf("token-of-interaction-%s-%s", i.ID, u.id)
	s.interactions[i.Token] = i
	j := map[string]any{
		"id": i.ID, "application_id": AppID, "type": kind, "token": i.Token, "version": 1, "channel_id": c.id, "channel": s.channelJSON(c),
		"locale": "en-GB", "app_permissions": Permissions, "entitlements": []any{}, "authorizing_integration_owners": map[string]any{}, "data": data, "context": 0,
	}
	if c.guild != "" {
		j["guild_id"], j["guild_locale"], j["member"] = c.guild, "en-GB", s.memberJSON(u, orText(used.Rights, "0"))
	} else {
		j["user"], j["context"] = s.userJSON(u), 1
	}
	if m := s.message(message); m != nil {
		j["message"] = s.messageJSON(m, false)
	}
	i.payload = j
	s.dispatch("INTERACTION_CREATE", j)
	return i
}

// Deliver tells of an interaction once more.
func (i *Interaction) Deliver() {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.s.dispatch("INTERACTION_CREATE", i.payload)
}

const controlPath = "/fake/"

// serveControl lets another process play: POST /fake/say, /fake/command, /fake/menu, /fake/type,
// /fake/press, /fake/submit, /fake/post with the fields of what is played below as JSON; POST /fake/drop;
// GET /fake/messages, /fake/exchanges and, for people to read, /fake/shown.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	var ask played
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	name := r.URL.Path[len(controlPath):]
	if name == "shown" {
		_, _ = fmt.Fprint(w, s.Shown())
		return
	}
	answer, ok := s.play(name, ask)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// played is what somebody does, of the fields of Said, Used and the methods that play.
type played struct {
	Said
	Used
	Who, Channel, Name, Message, ID, Title, Text string
	Options, Fields                              map[string]string
	Values                                       []string
}

// play lets somebody do something. It reports false for what nobody can do.
func (s *Server) play(name string, ask played) (answer map[string]any, ok bool) {
	said, used := ask.Said, ask.Used
	said.Who, said.Channel, said.Text = ask.Who, ask.Channel, ask.Text
	used.Who, used.Channel = ask.Who, ask.Channel
	var id string
	switch name {
	case "say":
		id = s.Say(said)
	case "post":
		id = s.Post(ask.Who, ask.Title, ask.Text)
	case "command":
		id = s.Command(used, ask.Name, ask.Options).ID
	case "menu":
		id = s.OnMessage(used, ask.Name, ask.Message).ID
	case "press":
		id = s.Press(used, ask.Message, ask.ID, ask.Values...).ID
	case "submit":
		id = s.Submit(used, ask.Message, ask.ID, ask.Fields).ID
	case "type":
		return s.completions(used, ask), true
	case "drop":
		s.Drop()
		return map[string]any{}, true
	case "messages":
		return map[string]any{"messages": s.Messages()}, true
	case "exchanges":
		return map[string]any{"exchanges": s.Exchanges()}, true
	default:
		return nil, false
	}
	return map[string]any{"id": id}, true
}

// completions asks what is offered for what is typed into the first of the options.
func (s *Server) completions(used Used, ask played) map[string]any {
	for option, typed := range ask.Options {
		i := s.Type(used, ask.Name, option, typed)
		late := time.NewTimer(interactionAnswer)
		defer late.Stop()
		select {
		case <-i.Acknowledged:
		case <-late.C:
		}
		return map[string]any{"id": i.ID, "choices": i.Choices()}
	}
	return map[string]any{}
}

// Shown returns all that people can see, oldest first, for a person to read.
func (s *Server) Shown() string {
	var out strings.Builder
	for _, m := range s.Messages() {
		s.mu.Lock()
		who := s.users[m.Author].name
		reader := s.users[m.Reader]
		s.mu.Unlock()
		fmt.Fprintf(&out, "--- %s, message %s in %s", who, m.ID, m.Channel)
		if reader != nil {
			fmt.Fprintf(&out, ", for %s alone", reader.name)
		}
		fmt.Fprintf(&out, "\n%s\n", Show(m.Content).Text)
		for _, row := range m.Components {
			for _, c := range append([]map[string]any{row}, children(row)...) {
				if id := c["custom_id"]; id != nil {
					fmt.Fprintf(&out, "  [%v | %v]\n", c["label"], id)
				}
			}
		}
	}
	return out.String()
}
