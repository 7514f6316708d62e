package commands

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"liaison/bot/chat"
)

// maxSuggestions is what Discord shows at most.
const maxSuggestions = 25

// follows implements chat.Table.Follows: a message in a thread goes on with a conversation when the
// same person was answered there lately. What people say to each other elsewhere is never stored.
func (h *Handler) follows(ctx context.Context, e chat.Event) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	goesOn, err := h.goesOn(ctx, e)
	if err != nil {
		// What is dropped now is acknowledged, and lost. It is looked at again before it is answered.
		h.Log.Error("a conversation could not be looked up", slog.String("platform", e.Platform), slog.Any("error", err))
		return true
	}
	return goesOn
}

// goesOn reports whether a message goes on with a conversation that Liaison has with who wrote it.
func (h *Handler) goesOn(ctx context.Context, e chat.Event) (bool, error) {
	if _, polite := courteous(e.Text, spoken(e.Text)); polite || e.Room.Thread == "" && shared(e) || thankful(e.Text) {
		return false, nil // people in a thread are polite to each other
	}
	before, err := h.Store.Conversation(ctx, e.Conversation(), h.Now().Add(-threadTime), 4*maxTurns)
	return slices.ContainsFunc(before, func(x Exchange) bool { return x.Account == e.Actor.Account.String() && !x.Private }), err
}

// suggest implements chat.Table.Suggest, from what the person and the room may see.
func (h *Handler) suggest(ctx context.Context, e chat.Event, what, typed string) []chat.Option {
	var names []string
	switch what {
	case "term":
		for _, t := range h.Ask.Terms(audience(e, e.Private)) {
			names = append(append(names, t.Term), t.Aliases...) // people know the acronym
		}
		names = append(names, h.teams()...) // define explains them too
	case "team":
		names = h.teams()
	case "topic":
		for _, o := range h.Ask.Vocabulary().Organisations {
			names = append(names, o.Covers...)
		}
		if h.Experts != nil { // what people can do, of those that whoever types may see
			for _, p := range h.Experts.Directory.People(audience(e, e.Private)) {
				names = append(names, p.Skills...)
			}
		}
	}
	return matching(names, strings.ToLower(strings.TrimSpace(typed)))
}

// teams are the names of organisations and teams, and what they are called for short. teams.yaml is public.
func (h *Handler) teams() []string {
	var names []string
	for _, o := range h.Ask.Vocabulary().Organisations {
		names = append(names, o.Name)
		if o.Short != "" {
			names = append(names, o.Short)
		}
	}
	return names
}

// matching returns the names that begin with what was typed, then those with a word that does.
func matching(names []string, typed string) []chat.Option {
	names = slices.Clone(names)
	slices.Sort(names)
	var begin, within []chat.Option
	for _, name := range slices.Compact(names) {
		lower := strings.ToLower(name)
		option := chat.Option{Value: clip(name, chat.MaxAction), Label: clip(name, 75)}
		switch {
		case strings.HasPrefix(lower, typed):
			begin = append(begin, option)
		case strings.Contains(lower, " "+typed):
			within = append(within, option)
		}
	}
	all := append(begin, within...)
	return all[:min(len(all), maxSuggestions)]
}

// clip cuts a text to at most so many bytes, at a character.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	cut := strings.ToValidUTF8(text[:most-len("…")], "")
	return cut + "…"
}
