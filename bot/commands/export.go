package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"liaison/bot/chat"
)

const (
	sayExportNone = "I hold nothing about you."
	sayExport     = "This is everything I hold about you, and after it the same for a machine. “forget me” erases it."
	sayExportLong = "The machine's copy is too long for a conversation; an admin can give you it with: liaison export --person %s"
	maxExport     = 20_000 // characters of JSON that are shown in a conversation
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
		run:   func(h *Handler, ctx context.Context, r request) (chat.Reply, error) { return h.export(ctx, r.event) },
		alone: true,
		leads: func(rest string) bool { return plainWords(rest) == "me" },
	}
}

func exportAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "export", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return h.export(ctx, e)
		},
	}
}

func (h *Handler) export(ctx context.Context, e chat.Event) (chat.Reply, error) {
	held, err := h.People.Store.Held(ctx, e.Actor.Account.String())
	if err != nil {
		return chat.Reply{}, err
	}
	list := chat.Facts{Title: "What I hold about you"}
	for _, what := range slices.Sorted(maps.Keys(held)) {
		list.Facts = append(list.Facts, fact(what, "%d", len(held[what])))
	}
	if len(list.Facts) == 0 {
		return say(sayExportNone), nil
	}
	text, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return chat.Reply{}, err
	}
	blocks := []chat.Block{chat.Say(sayExport), list}
	if len(text) > maxExport {
		return chat.Reply{Blocks: append(blocks, chat.Say(fmt.Sprintf(sayExportLong, e.Actor.Account)))}, nil
	}
	return chat.Reply{Blocks: append(blocks, chat.Text{Paragraphs: []chat.Paragraph{{Kind: chat.Code, Inlines: []chat.Inline{{Text: string(text)}}}}})}, nil
}
