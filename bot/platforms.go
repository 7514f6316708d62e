package main

import (
	"log/slog"
	"net/http"

	"liaison/adapters/discord"
	"liaison/adapters/slack"
	"liaison/bot/chat"
)

// platform is a kind of place that Liaison can be on. A new one joins by a row in platforms.
type platform struct {
	name string
	// configured reports whether the settings ask for it.
	configured func(config) bool
	// connect makes the adapter. Its errors are sentences for an admin.
	connect func(c config, memory chat.Memory, log *slog.Logger) (chat.Adapter, error)
}

// platforms are those that people reach from outside. The terminal is not among them: it is what
// Liaison does when none of them is configured.
func platforms() []platform {
	return []platform{
		{"Slack", func(c config) bool { return len(c.slack) > 0 }, connectSlack},
		{"Discord", func(c config) bool { return c.discord != nil }, connectDiscord},
	}
}

func connectSlack(c config, memory chat.Memory, log *slog.Logger) (chat.Adapter, error) {
	options := slack.Options{APIURL: c.slackAPI, Memory: memory, Logger: log}
	for _, w := range c.slack {
		one := slack.Workspace{Name: w.name, Organisation: w.organisation, BotToken: w.botToken.reveal(), AppToken: w.appToken.reveal()}
		if c.httpAddr != "" {
			one.SigningSecret = w.signingSecret.reveal()
		}
		options.Workspaces = append(options.Workspaces, one)
	}
	return slack.New(options)
}

func connectDiscord(c config, memory chat.Memory, log *slog.Logger) (chat.Adapter, error) {
	return discord.New(discord.Options{
		Token: c.discord.token.reveal(), APIURL: c.discord.apiURL, MessageContent: c.discord.messageContent,
		Forums: c.discord.forums, Memory: memory, Logger: log,
	})
}

// httpServed is an adapter that also takes events over HTTP.
type httpServed interface{ Handler() http.Handler }

var _ httpServed = (*slack.Adapter)(nil)
