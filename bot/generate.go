package main

import (
	"os"

	"liaison/adapters/slack"
	"liaison/bot/commands"
)

//go:generate go run . generate env-example ../.env.example
//go:generate go run . generate slack-manifest ../adapters/slack/manifest.json

// generateCommand writes the files that are made from tables in the code. Tests see that they are current.
type generateCommand struct {
	What string `arg:"" enum:"env-example,slack-manifest" help:"What to write: ${enum}."`
	File string `arg:"" help:"Where to write it."`
}

// Run writes the file.
func (c *generateCommand) Run() error {
	return os.WriteFile(c.File, generated()[c.What], 0o644) //nolint:gosec // for everybody to read
}

// generated returns the files that are made from tables, by what they are called.
func generated() map[string][]byte {
	return map[string][]byte{
		"env-example":    []byte(envExample()),
		"slack-manifest": slack.Manifest((&commands.Handler{}).Table()),
	}
}
