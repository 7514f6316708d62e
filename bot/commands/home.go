package commands

import (
	"context"
	"slices"

	"liaison/bot/chat"
)

const (
	sayHomeTitle  = "Ask me how government digital teams do things, in your own words: here in a message, by mentioning me in a channel, or with a command."
	sayHomeTry    = "For example"
	sayHomeRecent = "What you asked lately"
	sayHomeOther  = "New from the other side of the Atlantic"
	homeRecent    = 5
	homeLatest    = 5
)

// publishHome shows a person Liaison's own page, where the platform has one.
func (h *Handler) publishHome(ctx context.Context, e chat.Event) error {
	publisher, ok := h.Adapters[e.Platform].(chat.HomePublisher)
	if !ok {
		return nil
	}
	page, err := h.homePage(ctx, e)
	if err != nil {
		return err
	}
	return publisher.PublishHome(ctx, e.Actor.Account, page)
}

// homePage makes the page. live, which only an admin is shown, stands above how the index is.
func (h *Handler) homePage(ctx context.Context, e chat.Event, live ...chat.Block) (chat.Reply, error) {
	recent, err := h.Store.Asked(ctx, e.Actor.Account.String(), homeRecent)
	if err != nil {
		return chat.Reply{}, err
	}
	blocks := []chat.Block{chat.Say(sayHomeTitle), homeExamples()}
	if len(recent) > 0 {
		blocks = append(blocks, recentQuestions(recent))
	}
	people, err := h.homePeople(ctx, e)
	if err != nil {
		return chat.Reply{}, err
	}
	blocks = append(append(blocks, people...), h.latest(ctx, e)...)
	if h.admin(e.Actor.Account) {
		admin, err := h.status(ctx)
		if err != nil {
			return chat.Reply{}, err
		}
		blocks = slices.Concat(blocks, live, admin.Blocks, []chat.Block{chat.Actions{Actions: []chat.Action{{ID: "reindex:", Label: "Reindex now"}}}})
	}
	buttons := chat.Actions{Actions: []chat.Action{
		{ID: "help:", Label: "What can I ask?"},
		{ID: "forget:", Label: "Forget me", Style: chat.Danger, Confirm: "Erase everything Liaison holds about you?"},
	}}
	return chat.Reply{Blocks: append(blocks, chat.Note(chat.Info, forDays(sayHomeKept)+" "+h.eraseWords()), buttons)}, nil
}

func homeExamples() chat.Block {
	list := chat.Items{Title: sayHomeTry}
	for _, c := range commandTable() {
		for _, example := range c.Examples {
			if c.meets {
				list.Items = append(list.Items, chat.Item{Title: example})
			}
		}
	}
	return list
}

func recentQuestions(recent []Exchange) chat.Block {
	list := chat.Items{Title: sayHomeRecent}
	for _, x := range recent {
		list.Items = append(list.Items, chat.Item{Title: clip(x.Question, 200), Time: x.At})
	}
	return list
}

// latest shows what is new from organisations of other countries than the person's own.
func (h *Handler) latest(ctx context.Context, e chat.Event) []chat.Block {
	if h.Library == nil {
		return nil
	}
	country := ""
	for _, o := range h.Ask.Vocabulary().Organisations {
		if o.ID == home(e) && o.ID != "" {
			country = o.Country
		}
	}
	list := chat.Items{Title: sayHomeOther}
	for _, d := range h.Library.Latest(ctx, personAudience(e.Actor), country, homeLatest) {
		list.Items = append(list.Items, chat.Item{Title: d.Title, URL: d.URL, Detail: h.Ask.Name(d.Organisation)})
	}
	if len(list.Items) == 0 {
		return nil
	}
	return []chat.Block{list}
}
