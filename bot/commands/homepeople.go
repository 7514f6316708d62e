package commands

import (
	"context"
	"fmt"

	"liaison/bot/chat"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/profile"
)

const (
	sayHomeIntros  = "Your introductions"
	sayHomeWaits   = "waits for your answer"
	sayHomeWaiting = "waits for their answer"
	sayHomeTalking = "you are connected"
)

// homePeople shows a person their profile in short, the introductions they have under way, and the
// questions that wait for them or that they have put to people.
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
		own, _ := x.SideOf(p.Person)
		if x.Kind == intro.Coffee && (x.Parties[own].No || h.notAskedYet(x, own, p)) {
			continue // to them it is over, or not there yet
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
	inquiries, err := h.homeInquiries(ctx, p)
	if err != nil {
		return nil, err
	}
	return append(append(blocks, inquiries...), h.profileButtons(p)), nil
}

// notAskedYet reports a coffee of which somebody has not read, as they are not at work: they must not see it
// come, and go when the other refuses.
func (h *Handler) notAskedYet(x intro.Introduction, own intro.Side, p profile.Profile) bool {
	return x.State == intro.Proposed && !x.Parties[own].Yes && h.atWork(p).After(h.Now())
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

const (
	sayHomeAsked    = "Questions waiting for you"
	sayHomeAsking   = "Your questions to people"
	sayHomeInquired = "people are being asked"
	sayHomeAnswered = "somebody has answered"
)

// homeInquiries shows a person the questions that wait for them, and their own that are open.
func (h *Handler) homeInquiries(ctx context.Context, p profile.Profile) ([]chat.Block, error) {
	if !h.asksPeople() {
		return nil, nil
	}
	open, err := h.People.Inquiries.Store.OpenInquiries(ctx, p.Person)
	if err != nil {
		return nil, err
	}
	waiting, mine := chat.Items{Title: sayHomeAsked}, chat.Items{Title: sayHomeAsking}
	for _, x := range open {
		item := chat.Item{Title: clip(x.Question, 200), Time: x.Agreed}
		if x.Asker.Person == p.Person {
			item.Detail, item.Actions = sayHomeInquired, []chat.Action{{ID: "personclose:" + x.ID, Label: "Take it back"}}
			if last := x.Last(); x.State == inquiry.Answered && last >= 0 {
				row := fmt.Sprintf("%s.%d", x.ID, last)
				item.Detail = sayHomeAnswered
				item.Actions = []chat.Action{{ID: "personsolved:" + row, Label: "This answered it"}, {ID: "personmore:" + row, Label: "Not quite"}}
			}
			mine.Items = append(mine.Items, item)
			continue
		}
		if x.State != inquiry.Asking {
			continue // answered meanwhile
		}
		item.Detail = fmt.Sprintf(sayLetterSomebody, h.partyUnnamed(x.Asker))
		if x.Named {
			item.Detail = h.partyNamed(x.Asker)
		}
		item.Actions = []chat.Action{{ID: "personanswer:" + x.ID, Label: "Answer"}, {ID: "personpass:" + x.ID, Label: "Not me"}}
		waiting.Items = append(waiting.Items, item)
	}
	var blocks []chat.Block
	for _, list := range []chat.Items{waiting, mine} {
		if len(list.Items) > 0 {
			blocks = append(blocks, list)
		}
	}
	return blocks, nil
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
