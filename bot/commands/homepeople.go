package commands

import (
	"context"

	"liaison/bot/chat"
	"liaison/bot/intro"
)

const (
	sayHomeIntros  = "Your introductions"
	sayHomeWaits   = "waits for your answer"
	sayHomeWaiting = "waits for their answer"
	sayHomeTalking = "you are connected"
)

// homePeople shows a person their profile in short, and the introductions they have under way.
func (h *Handler) homePeople(ctx context.Context, e chat.Event) ([]chat.Block, error) {
	p, err := h.me(ctx, e)
	if err != nil {
		return nil, err
	}
	open, err := h.People.Intros.Store.OpenIntroductions(ctx, p.Person)
	if err != nil {
		return nil, err
	}
	var blocks []chat.Block
	if p.Knows != "" {
		blocks = append(blocks, chat.Facts{Title: "Your profile", Facts: []chat.Fact{
			fact("Ask me about", "%s", p.Knows), fact("Who can find you", "%s", h.reachWords(p)),
		}})
	}
	list := chat.Items{Title: sayHomeIntros}
	for _, x := range open {
		if own, _ := x.SideOf(p.Person); x.Kind == intro.Coffee && x.Parties[own].No {
			continue // to them it is over
		}
		side := intro.Asker
		if x.Persons[intro.Helper] == p.Person && !p.Has(x.Parties[intro.Asker].Account) {
			side = intro.Helper
		}
		list.Items = append(list.Items, h.homeIntroduction(x, side))
	}
	if len(list.Items) > 0 {
		blocks = append(blocks, list)
	}
	return append(blocks, h.profileButtons(p)), nil
}

func (h *Handler) homeIntroduction(x intro.Introduction, side intro.Side) chat.Item {
	item := chat.Item{Title: h.party(x, side.Other()), Time: x.Asked, Detail: sayHomeWaiting + ": " + clip(x.Topic, 100)}
	if x.Kind == intro.Coffee {
		return h.homeCoffee(x, side)
	}
	end := chat.Action{ID: "introclose:" + x.ID, Label: "Close"}
	switch {
	case x.State == intro.Connected:
		item.Detail = sayHomeTalking + ": " + clip(x.Topic, 100)
		item.Actions = []chat.Action{end}
		if !x.Group {
			item.Actions = []chat.Action{{ID: "introreply:" + x.ID, Label: "Write to them"}, end}
		}
	case side == intro.Helper:
		item.Detail = sayHomeWaits + ": " + clip(x.Topic, 100)
		item.Actions = []chat.Action{{ID: "introyes:" + x.ID, Label: "Yes, introduce us"}, {ID: "introno:" + x.ID, Label: "Not now"}}
	default:
		item.Actions = []chat.Action{{ID: "introclose:" + x.ID, Label: "Take it back"}}
	}
	return item
}

// homeCoffee names the other when both have said yes.
func (h *Handler) homeCoffee(x intro.Introduction, side intro.Side) chat.Item {
	item := chat.Item{Title: "Coffee with somebody " + h.whence(x.Parties[side.Other()]), Time: x.Asked, Detail: sayHomeWaits, Actions: coffeeButtons(x.ID).Actions}
	switch {
	case x.State == intro.Connected:
		item.Title, item.Detail = "Coffee with "+h.party(x, side.Other()), sayHomeTalking
		item.Actions = []chat.Action{{ID: "introreply:" + x.ID, Label: "Write to them"}, {ID: "introclose:" + x.ID, Label: "Close"}}
		if x.Group {
			item.Actions = item.Actions[1:]
		}
	case x.Parties[side].Yes:
		item.Detail, item.Actions = sayHomeWaiting, []chat.Action{{ID: "coffeestop:" + x.ID, Label: "Take it back"}}
	}
	return item
}
