package discord

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo" // Discord's gateway, requests and constants

	"liaison/bot/chat"
)

// What Discord sends, as far as the adapter reads it. discordgo decodes every event too, but drops one
// whole for a component it does not know; these types ignore what they do not name.

type wireUser struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

type wireMember struct {
	Nick        string    `json:"nick"`
	User        *wireUser `json:"user"`
	Permissions string    `json:"permissions"`
}

type wireMessage struct {
	ID              string        `json:"id"`
	ChannelID       string        `json:"channel_id"`
	GuildID         string        `json:"guild_id"`
	Author          *wireUser     `json:"author"`
	Member          *wireMember   `json:"member"`
	Content         string        `json:"content"`
	Timestamp       string        `json:"timestamp"`
	EditedTimestamp string        `json:"edited_timestamp"`
	WebhookID       string        `json:"webhook_id"`
	Type            int           `json:"type"`
	Flags           int           `json:"flags"`
	Mentions        []wireUser    `json:"mentions"`
	MentionRoles    []string      `json:"mention_roles"`
	Nonce           any           `json:"nonce"`
	Reference       *wireRef      `json:"message_reference"`
	Referenced      *wireMessage  `json:"referenced_message"`
	Components      []component   `json:"components"`
	Interaction     *wireMetadata `json:"interaction_metadata"`
	Attachments     []struct {
		Name string `json:"filename"`
	} `json:"attachments"`
}

// fileNames are the names of what came with a message.
func (m wireMessage) fileNames() (names []string) {
	for _, f := range m.Attachments {
		names = append(names, chat.Clean(f.Name))
	}
	return names
}

type wireRef struct {
	Type      int    `json:"type"`
	MessageID string `json:"message_id"`
}

type wireMetadata struct {
	ID string `json:"id"`
}

type wireChannel struct {
	ID            string     `json:"id"`
	GuildID       string     `json:"guild_id"`
	Type          int        `json:"type"`
	Name          string     `json:"name"`
	ParentID      string     `json:"parent_id"`
	OwnerID       string     `json:"owner_id"`
	LastMessageID string     `json:"last_message_id"`
	AppliedTags   []string   `json:"applied_tags"`
	AvailableTags []wireTag  `json:"available_tags"`
	Recipients    []wireUser `json:"recipients"`
	NewlyCreated  bool       `json:"newly_created"`
}

type wireTag struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type wireGuild struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Unavailable bool          `json:"unavailable"`
	Channels    []wireChannel `json:"channels"`
	Threads     []wireChannel `json:"threads"`
	Roles       []wireRole    `json:"roles"`
}

type wireRole struct {
	ID   string `json:"id"`
	Tags struct {
		BotID string `json:"bot_id"`
	} `json:"tags"`
}

type wireReady struct {
	User        wireUser `json:"user"`
	Application wireID   `json:"application"`
}

type wireID struct {
	ID string `json:"id"`
}

type wireInteraction struct {
	ID            string       `json:"id"`
	ApplicationID string       `json:"application_id"`
	Type          int          `json:"type"`
	Token         string       `json:"token"`
	GuildID       string       `json:"guild_id"`
	ChannelID     string       `json:"channel_id"`
	Channel       *wireChannel `json:"channel"`
	Member        *wireMember  `json:"member"`
	User          *wireUser    `json:"user"`
	Message       *wireMessage `json:"message"`
	Locale        string       `json:"locale"`
	Data          *wireData    `json:"data"`
}

type wireData struct {
	Name          string       `json:"name"`
	Type          int          `json:"type"`
	CustomID      string       `json:"custom_id"`
	ComponentType int          `json:"component_type"`
	Values        []string     `json:"values"`
	TargetID      string       `json:"target_id"`
	Options       []wireOption `json:"options"`
	Components    []component  `json:"components"`
	Resolved      struct {
		Messages map[string]wireMessage `json:"messages"`
	} `json:"resolved"`
}

type wireOption struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
}

// text returns what was typed, whatever kind of value it is.
func (o wireOption) text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return s
	}
	return string(o.Value)
}

// component is a part of a message or form, sent or received.
type component struct {
	Type        int         `json:"type"`
	CustomID    string      `json:"custom_id,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	URL         string      `json:"url,omitempty"`
	Disabled    bool        `json:"disabled,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Options     []option    `json:"options,omitempty"`
	Content     string      `json:"content,omitempty"`
	Value       string      `json:"value,omitempty"`
	Required    *bool       `json:"required,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	Components  []component `json:"components,omitempty"`
	// Of forms that were sent by newer parts than text inputs.
	Values    []string   `json:"values,omitempty"`
	Component *component `json:"component,omitempty"`
}

type option struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
}

// What is sent. Every message says that it mentions nobody and shows no previews of links.

type body struct {
	Content         string      `json:"content"`
	Components      []component `json:"components"`
	AllowedMentions mentions    `json:"allowed_mentions"`
	Flags           int         `json:"flags"`
	Nonce           string      `json:"nonce,omitempty"`
	EnforceNonce    bool        `json:"enforce_nonce,omitempty"`
	Reference       *reference  `json:"message_reference,omitempty"`
}

type mentions struct {
	Parse       []string `json:"parse"`
	RepliedUser bool     `json:"replied_user"`
}

type reference struct {
	MessageID       string `json:"message_id"`
	FailIfNotExists bool   `json:"fail_if_not_exists"`
}

type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

const (
	suppressEmbeds = int(discordgo.MessageFlagsSuppressEmbeds)
	ephemeral      = int(discordgo.MessageFlagsEphemeral)
	loading        = int(discordgo.MessageFlagsLoading)
)

// nobody is the allowed_mentions of everything that is sent: no text can ping anybody.
func nobody() mentions { return mentions{Parse: []string{}} }

func newBody(m message) body {
	components := m.components
	if components == nil {
		components = []component{} // so that an edit takes old buttons away
	}
	return body{Content: m.content, Components: components, AllowedMentions: nobody(), Flags: suppressEmbeds}
}

// Discord counts time in ids from the first second of 2015: reference, "Snowflakes".
const discordEpoch = 1420070400000

// timeOf returns when Discord made the thing of this id; the zero time for what is no id.
func timeOf(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + discordEpoch).UTC()
}

// isID reports whether a text is an id, and so may stand in a path.
func isID(text string) bool { return !timeOf(text).IsZero() }

// isToken reports whether a text can be an interaction's token, and so may stand in a path.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && r != '=' && (r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
}

// idAt returns the smallest id of things made at t or later.
func idAt(t time.Time) string {
	return strconv.FormatUint(uint64(max(0, t.UnixMilli()-discordEpoch))<<22, 10)
}

// older reports whether the thing of id a was made before that of id b. What is no id is the oldest.
func older(a, b string) bool {
	x, _ := strconv.ParseUint(a, 10, 64)
	y, _ := strconv.ParseUint(b, 10, 64)
	return x < y
}
