package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"liaison/bot/chat"
)

// The library refuses a whole message for one block element it does not know, and with it somebody's
// question. So what arrives is read into the few fields that are used here, and the rest is not looked at.

// payload is the body of an event, an interaction or a slash command. One struct reads them all:
// their field names do not collide, but for "team", "channel" and "user", which are read by id.
type payload struct {
	Type      string    `json:"type"` // event_callback, block_actions, view_submission …; "" for a slash command
	Challenge string    `json:"challenge"`
	EventID   string    `json:"event_id"`
	EventTime int64     `json:"event_time"`
	Event     wireEvent `json:"event"`

	TeamID         string          `json:"team_id"`
	EnterpriseID   string          `json:"enterprise_id"`
	ContextTeam    string          `json:"context_team_id"`
	ContextOrg     string          `json:"context_enterprise_id"`
	Authorizations []authorization `json:"authorizations"`
	ExtShared      bool            `json:"is_ext_shared_channel"`

	Team       wireTeam     `json:"team"`
	Enterprise wireTeam     `json:"enterprise"`
	OrgInstall looseBool    `json:"is_enterprise_install"`
	User       wireUser     `json:"user"`
	Channel    wireChannel  `json:"channel"`
	Container  container    `json:"container"`
	Message    wireMessage  `json:"message"`
	MessageTS  string       `json:"message_ts"`
	ActionTS   string       `json:"action_ts"`
	CallbackID string       `json:"callback_id"`
	TriggerID  string       `json:"trigger_id"`
	Response   string       `json:"response_url"`
	Actions    []wireAction `json:"actions"`
	View       wireView     `json:"view"`

	// Of a slash command.
	Command     string `json:"command"`
	Text        string `json:"text"`
	ChannelID   string `json:"channel_id"`
	ChannelName string `json:"channel_name"`
	UserID      string `json:"user_id"`
}

type authorization struct {
	EnterpriseID string `json:"enterprise_id"`
	TeamID       string `json:"team_id"`
	UserID       string `json:"user_id"`
	OrgInstall   bool   `json:"is_enterprise_install"`
}

// wireEvent is the inner event.
type wireEvent struct {
	wireMessage
	Channel     wireChannel `json:"channel"`
	ChannelType string      `json:"channel_type"`
	Tab         string      `json:"tab"`
	DeletedTS   string      `json:"deleted_ts"`

	Message  *wireMessage `json:"message"`          // of message_changed
	Previous *wireMessage `json:"previous_message"` // of message_changed and message_deleted

	Tokens    wireTokens  `json:"tokens"`
	Assistant assistantOf `json:"assistant_thread"`
}

type wireMessage struct {
	Type       string   `json:"type"`
	Subtype    string   `json:"subtype"`
	User       wireUser `json:"user"`
	BotID      string   `json:"bot_id"`
	Text       string   `json:"text"`
	TS         string   `json:"ts"`
	ThreadTS   string   `json:"thread_ts"`
	Team       wireTeam `json:"team"`
	UserTeam   string   `json:"user_team"`
	SourceTeam string   `json:"source_team"`
	Files      []struct {
		Name string `json:"name"`
	} `json:"files"`
}

// fileNames are the names of what came with a message.
func (m wireMessage) fileNames() (names []string) {
	for _, f := range m.Files {
		names = append(names, chat.Clean(f.Name))
	}
	return names
}

type wireTokens struct {
	Bot []string `json:"bot"`
}

type assistantOf struct {
	User     string `json:"user_id"`
	Channel  string `json:"channel_id"`
	ThreadTS string `json:"thread_ts"`
}

type container struct {
	Type      string `json:"type"`
	MessageTS string `json:"message_ts"`
	ThreadTS  string `json:"thread_ts"`
	Channel   string `json:"channel_id"`
	Ephemeral bool   `json:"is_ephemeral"`
}

type wireAction struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
	ActionTS string `json:"action_ts"`
	Selected struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

type wireView struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	Hash       string    `json:"hash"`
	CallbackID string    `json:"callback_id"`
	Metadata   string    `json:"private_metadata"`
	State      wireState `json:"state"`
}

type wireState struct {
	Values map[string]map[string]struct {
		Value    string `json:"value"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"values"`
}

// wireUser and its like stand as an id in some payloads and as an object in others.
type wireUser struct {
	ID, TeamID string
	Guest      bool // in a user_change: a guest, a stranger, not here yet, or gone
}
type wireTeam struct{ ID string }
type wireChannel struct{ ID, Name string }

func (u *wireUser) UnmarshalJSON(data []byte) error {
	var object struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`

		Restricted bool `json:"is_restricted"`
		Ultra      bool `json:"is_ultra_restricted"`
		Stranger   bool `json:"is_stranger"`
		Invited    bool `json:"is_invited_user"`
		Deleted    bool `json:"deleted"`
	}
	err := idOrObject(data, &u.ID, &object)
	if object.ID != "" {
		u.ID, u.TeamID = object.ID, object.TeamID
		u.Guest = object.Restricted || object.Ultra || object.Stranger || object.Invited || object.Deleted
	}
	return err
}

func (t *wireTeam) UnmarshalJSON(data []byte) error {
	var object struct {
		ID string `json:"id"`
	}
	err := idOrObject(data, &t.ID, &object)
	if object.ID != "" {
		t.ID = object.ID
	}
	return err
}

func (c *wireChannel) UnmarshalJSON(data []byte) error {
	var object struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	err := idOrObject(data, &c.ID, &object)
	if object.ID != "" {
		c.ID, c.Name = object.ID, object.Name
	}
	return err
}

func idOrObject(data []byte, id *string, object any) error {
	switch {
	case len(data) > 0 && data[0] == '"':
		return json.Unmarshal(data, id)
	case len(data) > 0 && data[0] == '{':
		return json.Unmarshal(data, object)
	}
	return nil // null, or a form this program has no use for
}

// looseBool is true, "true" or neither: slash commands send words.
type looseBool bool

func (b *looseBool) UnmarshalJSON(data []byte) error {
	*b = looseBool(strings.Trim(string(data), `"`) == "true")
	return nil
}

var (
	errAmbiguous = errors.New("a key stands twice")
	errNotJSON   = errors.New("not a JSON object")
)

// readPayload reads one JSON object. A field of an unexpected type is left empty rather than losing
// the others, as encoding/json goes on after such an error.
func readPayload(data []byte) (payload, error) {
	var p payload
	err := json.Unmarshal(data, &p)
	var wrongType *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &wrongType) {
		return payload{}, errNotJSON
	}
	if len(bytes.TrimSpace(data)) == 0 || bytes.TrimSpace(data)[0] != '{' {
		return payload{}, errNotJSON
	}
	return p, nil
}

// checkKeys refuses JSON in which a key stands twice in one object, in whatever capitals: two readers of
// it could see different things, and encoding/json takes the last that fits. It returns errAmbiguous or errNotJSON.
func checkKeys(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := checkValue(decoder, 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errNotJSON
	}
	return nil
}

func checkValue(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil || depth > 100 {
		return errNotJSON
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		if delim == '{' {
			key, err := decoder.Token()
			if err != nil {
				return errNotJSON
			}
			text, _ := key.(string)
			name := strings.Map(folded, text)
			if seen[name] {
				return errAmbiguous
			}
			seen[name] = true
		}
		if err := checkValue(decoder, depth+1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return errNotJSON
	}
	return nil
}

// folded returns the smallest of the characters that differ from r by capitals alone, as encoding/json
// compares keys: the long s and the sign of the Kelvin are letters to it too.
func folded(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}

// formJSON turns a form body into the JSON that Socket Mode would have sent. Only the body is read,
// never the address. A field that stands twice is refused.
func formJSON(body []byte) ([]byte, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errNotJSON
	}
	fields := map[string]string{}
	for key, all := range values {
		if len(all) != 1 {
			return nil, errAmbiguous
		}
		fields[key] = all[0]
	}
	return json.Marshal(fields)
}

// timeOfTS reads the moment out of a message's id, "1610241741.000200". It is zero for anything else.
func timeOfTS(ts string) time.Time {
	seconds, micros, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s <= 0 || s > 1<<34 {
		return time.Time{}
	}
	us, err := strconv.ParseInt(fmt.Sprintf("%-6.6s", micros), 10, 64)
	if err != nil {
		us = 0
	}
	return time.Unix(s, us*1000).UTC()
}
