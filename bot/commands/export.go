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
	sayExportIDs  = "The ids of your messages, by which I know that none is answered twice:"
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
		blocks = []chat.Block{chat.Say(fmt.Sprintf(sayExport, h.forgetWords())), heldList("What I hold about you", held)}
	}
	part = min(max(part, 0), len(parts)-1)
	if len(parts) > 1 {
		blocks = append(blocks, chat.Say(fmt.Sprintf(sayExportPart, part+1, len(parts))))
	}
	for _, text := range []string{parts[part].text, parts[part].ids} {
		if text == "" {
			continue
		}
		if text == parts[part].ids {
			blocks = append(blocks, chat.Say(sayExportIDs))
		}
		blocks = append(blocks, chat.Text{Paragraphs: []chat.Paragraph{{Kind: chat.Code, Inlines: []chat.Inline{{Text: text}}}}})
	}
	if next := part + 1; next < len(parts) {
		blocks = append(blocks, chat.Actions{Actions: []chat.Action{{ID: fmt.Sprint("export:", next), Label: fmt.Sprintf(sayExportNext, next+1, len(parts))}}})
	}
	return chat.Reply{Blocks: blocks}, nil
}

// exportPart is what is shown at once, as JSON; ids are those of messages.
type exportPart struct{ text, ids string }

// exportParts writes what is held: the ids of messages, which say nothing to a person, after all else.
func exportParts(held map[string][]map[string]any) ([]exportPart, error) {
	rest := maps.Clone(held)
	delete(rest, HeldIDs)
	texts, err := exportTexts(rest)
	if err != nil {
		return nil, err
	}
	ids, err := exportTexts(map[string][]map[string]any{HeldIDs: held[HeldIDs]})
	if err != nil {
		return nil, err
	}
	var parts []exportPart
	for _, text := range texts {
		parts = append(parts, exportPart{text: text})
	}
	for i, text := range ids {
		if last := len(parts) - 1; i == 0 && last >= 0 && len(parts[last].text)+len(text) <= maxExport {
			parts[last].ids = text
			continue
		}
		parts = append(parts, exportPart{ids: text})
	}
	return parts, nil
}

// heldList counts what is held about somebody.
func heldList(title string, held map[string][]map[string]any) chat.Facts {
	list := chat.Facts{Title: title}
	for _, what := range slices.Sorted(maps.Keys(held)) {
		if what != HeldIDs {
			list.Facts = append(list.Facts, fact(what, "%d", len(held[what])))
		}
	}
	if ids := len(held[HeldIDs]); ids > 0 {
		list.Facts = append(list.Facts, fact(HeldIDs, "%d", ids))
	}
	return list
}

// exportTexts writes what is held as JSON, each text an object of its own and, unless one row is longer, of
// at most maxExport characters.
func exportTexts(held map[string][]map[string]any) ([]string, error) {
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
