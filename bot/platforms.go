package main

import (
	"log/slog"

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
	return []platform{}
}
