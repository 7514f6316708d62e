package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"liaison/bot/chat"
)

const (
	sayExportNone = "I hold nothing about you."
	sayExport     = "This is everything I hold about you, and after it the same for a machine. %s"
	sayExportPart = "Part %d of %d of what I hold about you, for a machine:"
	sayExportNext = "Part %d of %d"
	maxExport     = 20_000 // characters of JSON that are shown at once
)

func exportCommand() command {
	return command{
		Command: chat.Command{
			Name:     "export",
			Aliases:  []string{"export me"},
			Summary:  "Hands over everything Liaison holds about you",
			Examples: []string{"export me"},
			Private:  true,
		},
		run:   func(h *Handler, ctx context.Context, r request) (chat.Reply, error) { return h.export(ctx, r.event, 0) },
		alone: true,
		leads: func(rest string) bool { return plainWords(rest) == "me" },
	}
}

func exportAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "export", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			part, _ := strconv.Atoi(row) // "" is the first
			return h.export(ctx, e, part)
		},
	}
}

// export hands over everything held about whoever asks: at first what it is, and then a part at a time.
func (h *Handler) export(ctx context.Context, e chat.Event, part int) (chat.Reply, error) {
	held, err := h.People.Store.Held(ctx, e.Actor.Account.String())
	if err != nil {
		return chat.Reply{}, err
	}
	parts, err := exportParts(held)
	if err != nil {
		return chat.Reply{}, err
	}
	if len(parts) == 0 {
		return say(sayExportNone), nil
	}
	var blocks []chat.Block
	if part == 0 {
		blocks = []chat.Block{chat.Say(fmt.Sprintf(sayExport, h.eraseWords())), heldList("What I hold about you", held)}
	}
	part = min(max(part, 0), len(parts)-1)
	if len(parts) > 1 {
		blocks = append(blocks, chat.Say(fmt.Sprintf(sayExportPart, part+1, len(parts))))
	}
	blocks = append(blocks, chat.Text{Paragraphs: []chat.Paragraph{{Kind: chat.Code, Inlines: []chat.Inline{{Text: parts[part]}}}}})
	if next := part + 1; next < len(parts) {
		blocks = append(blocks, chat.Actions{Actions: []chat.Action{{ID: fmt.Sprint("export:", next), Label: fmt.Sprintf(sayExportNext, next+1, len(parts))}}})
	}
	return chat.Reply{Blocks: blocks}, nil
}

// heldList counts what is held about somebody.
func heldList(title string, held map[string][]map[string]any) chat.Facts {
	list := chat.Facts{Title: title}
	for _, what := range slices.Sorted(maps.Keys(held)) {
		list.Facts = append(list.Facts, fact(what, "%d", len(held[what])))
	}
	return list
}

// exportParts writes what is held as JSON, each part an object of its own and, unless one row is longer, of
// at most maxExport characters.
func exportParts(held map[string][]map[string]any) ([]string, error) {
	var parts []string
	part, size := map[string][]map[string]any{}, 0
	end := func() error {
		text, err := json.MarshalIndent(part, "", "  ")
		parts = append(parts, string(text))
		part, size = map[string][]map[string]any{}, 0
		return err
	}
	for _, what := range slices.Sorted(maps.Keys(held)) {
		for _, row := range held[what] {
			text, err := json.MarshalIndent(row, "    ", "  ")
			if err != nil {
				return nil, err
			}
			if size > 0 && size+len(text) > maxExport {
				if err := end(); err != nil {
					return nil, err
				}
			}
			part[what] = append(part[what], row)
			size += len(text)
		}
	}
	if size == 0 {
		return parts, nil
	}
	err := end()
	return parts, err
}
