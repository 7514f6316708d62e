package main

import (
	"fmt"
	"slices"
	"strings"
)

// envExample writes .env.example from the table of settings.
func envExample() string {
	var out strings.Builder
	out.WriteString("# Settings of Liaison. Copy this file to .env and set what you need: nothing is needed to try it in the terminal.\n")
	out.WriteString("# The environment wins over .env. Generated from bot/settings.go by `go generate ./bot`.\n")
	table := settings()
	for _, group := range groups(table) {
		fmt.Fprintf(&out, "\n# --- %s ---\n", group)
		for _, row := range table {
			if row.group == group {
				out.WriteString("\n" + exampleRow(row))
			}
		}
	}
	return out.String()
}

func groups(table []setting) []string {
	var names []string
	for _, row := range table {
		if !slices.Contains(names, row.group) {
			names = append(names, row.group)
		}
	}
	return names
}

func exampleRow(row setting) string {
	name := row.name
	if strings.Contains(name, "%s") {
		name = fmt.Sprintf(name, "GDS")
	}
	text := fmt.Sprintf("# %s\n", row.help)
	if row.example != "" {
		text += fmt.Sprintf("# For example: %s\n", row.example)
	}
	return text + fmt.Sprintf("#%s=%s\n", name, row.standard)
}
