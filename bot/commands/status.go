package commands

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"liaison/bot/chat"
	"liaison/bot/feedback"
)

const (
	sayDamage     = "Part of the index was damaged and has been put aside; reindex to build it anew."
	feedbackDays  = 30
	sayUnhelpful  = "Pages whose answers did not help, last 30 days"
	maxUnhelpful  = 5
	dayAndTime    = "2 Jan 2006 15:04 UTC"
	sayNoFeedback = "none in the last 30 days"
)

func statusCommand() command {
	return command{
		Command: chat.Command{
			Name:     "status",
			Summary:  "Shows how the index, the platforms and the feedback are",
			Examples: []string{"status"},
			Admin:    true,
			Private:  true,
		},
		run:   func(h *Handler, ctx context.Context, r request) (chat.Reply, error) { return h.status(ctx) },
		alone: true,
	}
}

func (h *Handler) status(ctx context.Context) (chat.Reply, error) {
	index, indexErr := h.indexBlocks(ctx)
	votes, votesErr := h.feedbackBlocks(ctx)
	return chat.Reply{Blocks: slices.Concat(index, h.platformBlocks(), votes)}, errors.Join(indexErr, votesErr)
}

func (h *Handler) indexBlocks(ctx context.Context) ([]chat.Block, error) {
	if h.Library == nil {
		return nil, nil
	}
	s, err := h.Library.State(ctx)
	if err != nil {
		return nil, err
	}
	facts := chat.Facts{Title: "Index", Facts: []chat.Fact{
		fact("Pages", "%s in %s passages", grouped(s.Documents), grouped(s.Passages)),
		{Label: "Built", Value: chat.Inline{Text: s.Built.UTC().Format(dayAndTime), Time: s.Built}},
		fact("Knowledge", "%s", s.Folder),
		fact("To look at", "%s", count(int64(s.KnowledgeProblems), "file", "files")),
	}}
	blocks := append([]chat.Block{facts}, graveBlocks(s.Grave)...)
	if len(s.Damage) > 0 {
		blocks = append(blocks, chat.Note(chat.Warning, sayDamage))
	}
	return blocks, nil
}

func (h *Handler) platformBlocks() []chat.Block {
	facts := chat.Facts{Title: "Platforms"}
	for _, name := range slices.Sorted(maps.Keys(h.Adapters)) {
		reporter, ok := h.Adapters[name].(chat.Reporter)
		if !ok {
			continue
		}
		facts.Facts = append(facts.Facts, fact(capital(name), "%s", statusWords(reporter.Status())))
	}
	if len(facts.Facts) == 0 {
		return nil
	}
	return []chat.Block{facts}
}

// statusWords say how a platform is: its own words, which say that it is connected.
func statusWords(s chat.Status) string {
	switch {
	case !s.Connected && s.Detail == "":
		return "not connected"
	case !s.Connected:
		return "not connected: " + s.Detail
	case s.Detail == "":
		return "connected"
	}
	return s.Detail
}

// capital writes the name of a platform as a name.
func capital(platform string) string { return strings.ToUpper(platform[:1]) + platform[1:] }

func (h *Handler) feedbackBlocks(ctx context.Context) ([]chat.Block, error) {
	sum, err := h.Feedback.Summary(ctx, feedbackDays)
	if err != nil {
		return nil, err
	}
	asked, err := h.Store.Questions(ctx)
	if err != nil {
		return nil, err
	}
	facts := chat.Facts{Title: "Feedback", Facts: []chat.Fact{fact("Questions so far", "%s", grouped(asked)), fact("Votes", "%s", feedbackWords(sum))}}
	blocks := []chat.Block{facts}
	if list := unhelpful(sum); len(list.Items) > 0 {
		blocks = append(blocks, list)
	}
	return blocks, nil
}

func feedbackWords(sum feedback.Summary) string {
	if sum.Helpful+sum.NotHelpful == 0 {
		return sayNoFeedback
	}
	words := grouped(sum.Helpful) + " helpful, " + grouped(sum.NotHelpful) + " not"
	var reasons []string
	for _, r := range feedback.Reasons {
		if n := sum.ByReason[r.Reason]; n > 0 {
			reasons = append(reasons, strings.ToLower(r.Words[:1])+r.Words[1:]+": "+grouped(n))
		}
	}
	if len(reasons) > 0 {
		words += " (" + strings.Join(reasons, "; ") + ")"
	}
	return words
}

func unhelpful(sum feedback.Summary) chat.Items {
	paths := slices.SortedFunc(maps.Keys(sum.ByPath), func(a, b string) int {
		if sum.ByPath[a] != sum.ByPath[b] {
			return sum.ByPath[b] - sum.ByPath[a]
		}
		return strings.Compare(a, b)
	})
	list := chat.Items{Title: sayUnhelpful}
	for _, path := range paths[:min(len(paths), maxUnhelpful)] {
		list.Items = append(list.Items, chat.Item{Title: path, Detail: count(int64(sum.ByPath[path]), "vote", "votes")})
	}
	return list
}
