package slack

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"liaison/bot/chat"
)

// These begin the callback_id of a shortcut, on a message or from anywhere; the command's name follows.
const (
	onMessageMark = "message:"
	anywhereMark  = "global:"
)

// slashCommand is the one slash command. Every command of the table follows it as a word.
const slashCommand = "/liaison"

// permission is a scope or an event that Liaison asks an administrator for, and what for.
type permission struct{ name, reason string }

// scopes are the only ones asked for; Check names the missing ones with their reason.
var scopes = []permission{
	{"app_mentions:read", "to hear when it is mentioned"},
	{"assistant:write", "to show that it is looking, and to suggest what to ask"},
	{"channels:history", "to follow a thread it answers in, and to find an answer of its own whose delivery is in doubt"},
	{"channels:read", "to know who can read a public channel before it answers there"},
	{"chat:write", "to answer"},
	{"commands", "for the slash command and the shortcuts"},
	{"groups:history", "as channels:history, in private channels it was invited to"},
	{"groups:read", "as channels:read, in private channels it was invited to"},
	{"im:history", "to hear direct messages to it"},
	{"im:read", "to tell its own direct messages from other conversations"},
	{"im:write", "to begin a direct message, such as an introduction that somebody agreed to"},
	{"mpim:history", "to hear mentions in group messages it is part of"},
	{"mpim:read", "to know who can read a group message before it answers there"},
	{"mpim:write", "to bring two people together who both said yes"},
	{"users:read", "to tell members from guests, and to show times in a person's own zone"},
}

// botEvents are what Slack is asked to send.
var botEvents = []permission{
	{"app_home_opened", "to show the Home tab, and suggestions in a new conversation"},
	{"app_mention", "questions"},
	{"app_uninstalled", "to forget what is held for a workspace that removed it"},
	{"channel_shared", "a channel that another company can read is public"},
	{"channel_unshared", "and is not any more"},
	{"member_joined_channel", "a guest may have joined"},
	{"member_left_channel", "the last guest may have left"},
	{"message.channels", "follow-ups in its threads; other talk is not kept"},
	{"message.groups", "follow-ups in its threads; other talk is not kept"},
	{"message.im", "questions in direct messages"},
	{"message.mpim", "follow-ups in its threads; other talk is not kept"},
	{"tokens_revoked", "to stop, and to forget"},
	{"user_change", "somebody may have become a guest, or left"},
}

type slackManifest struct {
	Metadata struct {
		Major int `json:"major_version"`
		Minor int `json:"minor_version"`
	} `json:"_metadata"`
	Display struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Long        string `json:"long_description"`
		Colour      string `json:"background_color"`
	} `json:"display_information"`
	Features struct {
		Home struct {
			HomeTab  bool `json:"home_tab_enabled"`
			Messages bool `json:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		Agent struct {
			Description string           `json:"agent_description"`
			Prompts     []manifestPrompt `json:"suggested_prompts,omitempty"`
		} `json:"agent_view"`
		Bot struct {
			Name   string `json:"display_name"`
			Online bool   `json:"always_online"`
		} `json:"bot_user"`
		Commands  []manifestCommand  `json:"slash_commands"`
		Shortcuts []manifestShortcut `json:"shortcuts,omitempty"`
	} `json:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `json:"is_enabled"`
		} `json:"interactivity"`
		OrgDeploy bool `json:"org_deploy_enabled"`
		Socket    bool `json:"socket_mode_enabled"`
		Rotation  bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

type manifestPrompt struct {
	Title   string `json:"title"`
	Message string `json:"message"`
}

type manifestCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
	Hint        string `json:"usage_hint,omitempty"`
	Escape      bool   `json:"should_escape"`
}

type manifestShortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

// Limits of the manifest, from Slack's published schema 2.0.0.
const (
	maxShortcutName = 24
	maxShortcutText = 150
	maxPromptText   = 300
)

const summary = "Answers questions about how government digital teams work, and connects people"

// Manifest returns the app manifest, as JSON, for a command table: what an administrator pastes into
// Slack to make the app.
func Manifest(table chat.Table) []byte {
	var m slackManifest
	m.Metadata.Major, m.Metadata.Minor = 2, 1
	m.Display.Name, m.Display.Description, m.Display.Colour = "Liaison", summary, "#1d3557"
	m.Display.Long = "Liaison answers questions from what government digital teams have published, each answer with " +
		"its sources, and introduces people to each other when both agree. Mention it in a channel, write to it " +
		"directly, or type " + slashCommand + ". Its answers can be wrong: follow the links to the source."
	m.Features.Home.HomeTab, m.Features.Home.Messages = true, true
	m.Features.Agent.Description = "Ask a question and get an answer with its sources, or the person who knows."
	m.Features.Agent.Prompts = promptsOf(table)
	m.Features.Bot.Name, m.Features.Bot.Online = "Liaison", true
	m.Features.Commands = []manifestCommand{{
		Command: slashCommand, Description: "Ask a question; only you see the answer", Hint: "your question, or help", Escape: true,
	}}
	m.Features.Shortcuts = shortcutsOf(table)
	m.OAuth.Scopes.Bot = namesOf(scopes)
	m.Settings.Events.Bot = namesOf(botEvents)
	m.Settings.Interactivity.Enabled = true
	m.Settings.OrgDeploy, m.Settings.Socket = true, true
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(m) // a struct of strings and booleans always encodes
	return out.Bytes()
}

func promptsOf(table chat.Table) []manifestPrompt {
	var prompts []manifestPrompt
	for _, c := range table.Commands {
		if !c.Admin && len(c.Examples) > 0 && len(prompts) < maxPrompts {
			example := shorten(exampleOf(c, 0), maxPromptText)
			prompts = append(prompts, manifestPrompt{example, example})
		}
	}
	return prompts
}

// exampleOf is an example as a person would put it to Liaison: asking needs no command word.
func exampleOf(c chat.Command, i int) string {
	if c.Name == "ask" {
		return strings.TrimPrefix(c.Examples[i], "ask ")
	}
	return c.Examples[i]
}

// shortcutsOf offers each command that can be used on a message, and the form for asking.
func shortcutsOf(table chat.Table) []manifestShortcut {
	var shortcuts []manifestShortcut
	add := func(c chat.Command, kind, mark, name string) {
		shortcuts = append(shortcuts, manifestShortcut{
			Name: shorten(name, maxShortcutName), Type: kind, CallbackID: mark + c.Name,
			Description: shorten(c.Summary, maxShortcutText),
		})
	}
	for _, c := range table.Commands {
		if c.OnMessage != "" {
			add(c, "message", onMessageMark, c.OnMessage)
		}
		if c.Name == "ask" && c.Opens != nil {
			add(c, "global", anywhereMark, "Ask Liaison")
		}
	}
	return shortcuts
}

func namesOf(permissions []permission) []string {
	var names []string
	for _, p := range permissions {
		names = append(names, p.name)
	}
	slices.Sort(names)
	return names
}
