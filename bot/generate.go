package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"liaison/adapters/slack"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/store"
)

//go:generate go run . generate env-example ../.env.example
//go:generate go run . generate slack-manifest ../adapters/slack/manifest.json
//go:generate go run . generate readme ../README.md

// generateCommand writes the files that are made from tables in the code. Tests see that they are current.
type generateCommand struct {
	What string `arg:"" enum:"env-example,slack-manifest,readme" help:"What to write: ${enum}."`
	File string `arg:"" help:"Where to write it."`
}

// Run writes the file.
func (c *generateCommand) Run() error {
	old, err := os.ReadFile(c.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(c.File, generated(string(old))[c.What], 0o644) //nolint:gosec // for everybody to read
}

// generated returns the files that are made from tables, by what they are called; old is what such a
// file holds now, of which the README keeps all but its lists of commands and of what is kept.
func generated(old string) map[string][]byte {
	table := (&commands.Handler{}).Table()
	return map[string][]byte{
		"env-example":    []byte(envExample()),
		"slack-manifest": slack.Manifest(table),
		"readme":         []byte(withKept(withCommands(old, table))),
	}
}

// The README's lists stand between these lines.
const (
	commandsBegin = "<!-- commands -->\n"
	commandsEnd   = "<!-- /commands -->\n"
	keptBegin     = "<!-- kept -->\n"
	keptEnd       = "<!-- /kept -->\n"
)

// withCommands returns the README with its list of commands as the table has them.
func withCommands(readme string, table chat.Table) string {
	var list strings.Builder
	list.WriteString("| say | what it does |\n| --- | --- |\n")
	for _, c := range table.Commands {
		name := c.Name
		switch {
		case c.Argument.Required:
			name += " <" + c.Argument.Name + ">"
		case c.Argument.Name != "":
			name += " [" + c.Argument.Name + "]"
		}
		summary := c.Summary
		if c.Admin {
			summary += " (admins)"
		}
		fmt.Fprintf(&list, "| `%s` | %s |\n", name, summary)
	}
	return between(readme, commandsBegin, commandsEnd, list.String())
}

// withKept returns the README with its list of what is kept as the store has it.
func withKept(readme string) string {
	var list strings.Builder
	list.WriteString("| what | for how long |\n| --- | --- |\n")
	for _, k := range store.WhatIsKept() {
		fmt.Fprintf(&list, "| %s | %s |\n", k.What, k.Long)
	}
	return between(readme, keptBegin, keptEnd, list.String())
}

// between returns a text with something else between two lines of it; as it is when it has them not.
func between(text, begin, end, what string) string {
	before, rest, begun := strings.Cut(text, begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return text
	}
	return before + begin + what + end + after
}
