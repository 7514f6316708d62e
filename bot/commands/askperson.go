package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/inquiry"
	"liaison/bot/profile"
)

const (
	sayPersonHow     = "Tell me your question, for example: ask a person how do you run a private beta?"
	sayPersonNobody  = "I know nobody whom I could ask about this in chat. People can be asked once they have listed themselves with “profile”."
	sayPersonSpent   = "Those who may know about this take no more questions this week: everybody says how often they can be asked. Try again in a few days."
	sayPersonInstead = "You can ask here yourself:"
	sayPersonDraft   = "Nothing is passed on before you agree. I would put your question to these people, one after another, when each is at work, until one answers:"
	sayPersonReads   = "They read this, and nothing else of our conversation:"
	sayPersonOutside = "Not of your organisation: %s. They read your question all the same, if you agree."
	sayPersonHere    = "The answer comes back into this conversation, for everybody who can read it."
	sayPersonAlone   = "The answer comes back to you alone."
	sayPersonNamed   = "“Ask them” means that you agree to this: %s"
	sayPersonUnnamed = "“Ask without my name” means the same, but that they read where you are from and not your name."
	sayPersonAsked   = "I am asking them, one after another. When somebody answers you have it at once; if nobody does, I tell you. You can take it back at any time."
	sayPersonNoone   = "None of them can be asked at present. I send you where else you can ask."
	sayPersonNot     = "Then I ask nobody."
	sayPersonBack    = "It is taken back. Nobody is asked any more, and those who had the question are told so."
	sayPersonOver    = "That question is not open any more."
	sayPersonOthers  = "Only the person who asked can do that."
	sayPersonSame    = "You have put this question to people already, and it is still open."
	sayPersonMany    = "You have several questions with people already. Please wait for an answer, or take one back."
	sayPersonLong    = "Please say it in at most %d characters."
	sayPersonEmpty   = "There is no question in it that I could put to somebody."
	sayPersonSolved  = "Thank you. I tell them that it helped."
	sayPersonNext    = "I ask the next person."
	sayPersonNoNext  = "There is nobody left whom I could ask. I send you where else you can ask."
)

// The wordings that people agree to. A new wording needs a new number.
const (
	askNamedWording   = "1: The people named here may read my question, one after another, with my name and where I am from. " + askTerms
	askUnnamedWording = "1: The people named here may read my question, one after another, and where I am from, but not my name. " + askTerms
	askTerms          = "If an answer helps, those who may see what can be seen in this conversation may read that its author helped with my question, without my name. I can take the question back at any time; it is kept until 30 days after it is closed, or for a year when an answer helped."
)

func askPersonCommand() command {
	return command{
		Command: chat.Command{
			Name:     "askperson",
			Summary:  "Puts your question to people who may know, one after another, once you agree",
			Argument: chat.Argument{Name: "question", Hint: "in your own words", Required: true, Suggest: "topic"},
			Examples: []string{"askperson how do you run a private beta?", "ask somebody how to run a private beta"},
			Private:  true,
			Opens: &chat.Form{Action: "personform:", Title: "Ask a person", Submit: "Go on", Fields: []chat.Field{
				{ID: "question", Label: "What would you like to know?", Hint: "You see who would be asked before anybody is", Kind: chat.FieldLong, Required: true, Max: inquiry.MaxQuestion},
			}},
		},
		run:   (*Handler).runAskPerson,
		leads: always,
		alone: true,
	}
}

// toPerson is how somebody says in a sentence that they want a person to be asked.
var toPerson = regexp.MustCompile(`(?i)^/?ask\s+(?:a\s+(?:real\s+)?(?:person|human|colleague)|somebody|someone)(?:\s+else)?(?:[\s:,]+(?:about\s+)?(.*))?$`)

// asksPerson returns the question that a text wants put to a person.
func asksPerson(text string) (question string, ok bool) {
	found := toPerson.FindStringSubmatch(strings.TrimSpace(text))
	if found == nil {
		return "", false
	}
	return strings.TrimSpace(found[1]), true
}

// asksPeople reports whether questions can be put to people here.
func (h *Handler) asksPeople() bool { return h.Experts != nil }

// personButton offers to put the question of an exchange to people.
func personButton(exchange string) chat.Action {
	return chat.Action{ID: "person:" + exchange, Label: "Ask a person"}
}

// runAskPerson takes a question said to it, or the last one of the conversation.
func (h *Handler) runAskPerson(ctx context.Context, r request) (chat.Reply, error) {
	e, question := r.event, strings.TrimSpace(r.text)
	if question == "" {
		before, err := h.Store.Conversation(ctx, e.Conversation(), h.Now().Add(-threadTime), maxTurns)
		if err != nil {
			return chat.Reply{}, err
		}
		for _, x := range slices.Backward(before) {
			if x.Account == e.Actor.Account.String() && x.Command == askCommand().Name {
				return h.draftFrom(ctx, e, x)
			}
		}
		return say(sayPersonHow), nil
	}
	x := inquiry.Inquiry{Question: question}
	x.Place, x.Audience = placeOf(e, e.Kind == chat.KindMessage && !e.Private)
	return h.draftInquiry(ctx, e, x, "")
}

// placeOf says where an answer goes to a question of an event, and who reads it there: the conversation,
// where others could see it asked; else the asker alone.
func placeOf(e chat.Event, seen bool) (inquiry.Place, access.Audience) {
	switch {
	case !shared(e):
		return inquiry.Place{Thread: e.Room.Thread}, personAudience(e.Actor)
	case seen:
		return inquiry.Place{Workspace: e.Workspace, Room: e.Room.ID, Thread: e.Room.Thread}, audience(e, false)
	}
	return inquiry.Place{}, personAudience(e.Actor)
}

// draftFrom drafts an inquiry about the question of an exchange, which is the actor's own, after the one of theirs that it
// leans on: whoever is asked has not seen the conversation.
func (h *Handler) draftFrom(ctx context.Context, e chat.Event, x Exchange) (chat.Reply, error) {
	before, err := h.before(ctx, x, x.Account, x.Audience)
	if err != nil {
		return chat.Reply{}, err
	}
	// SECURITY: what others asked, or what was asked with fewer to read it, is not passed on with it.
	before = slices.DeleteFunc(before, func(b Exchange) bool {
		return b.Account != x.Account || b.Command != askCommand().Name || b.Private && !x.Private
	})
	asked := fromExchange(e, x)
	full, topic := h.Ask.InFull(x.Question, asTurns(before, x.Account))
	asked.Question = full
	return h.draftInquiry(ctx, e, asked, topic)
}

// fromExchange is an inquiry about the question of an exchange, which is the actor's own.
func fromExchange(e chat.Event, x Exchange) inquiry.Inquiry {
	asked := inquiry.Inquiry{Question: x.Question}
	asked.Place, asked.Audience = placeOf(e, !x.Private && x.Room == e.Room.ID)
	if asked.Place.Room != "" {
		asked.Place.Thread = strings.TrimPrefix(x.Conversation, strings.Join([]string{x.Platform, x.Workspace, x.Room, ""}, "/"))
		asked.Audience = asked.Audience.Within(x.Audience)
	}
	return asked
}

// reachable reports whether a question of somebody may be put to a person in chat.
func (h *Handler) reachable(p directory.Person) bool {
	return p.Questions && slices.ContainsFunc(p.Accounts, func(id string) bool {
		account, ok := chat.ParseAccount(id)
		return ok && h.Adapters[account.Platform] != nil
	})
}

// draftInquiry shows the asker who would be asked and why, and what would be said to them, before
// anything is. Of the inquiry it takes Question, Place and Audience. People are sought by the topic, or by the question
// when it is "".
func (h *Handler) draftInquiry(ctx context.Context, e chat.Event, x inquiry.Inquiry, topic string) (chat.Reply, error) {
	if !h.asksPeople() {
		return say(sayNobodyKept), nil
	}
	me, err := h.me(ctx, e)
	if err != nil {
		return chat.Reply{}, err
	}
	x.Question, x.Seen = clip(strings.TrimSpace(x.Question), inquiry.MaxQuestion), personAudience(e.Actor)
	x.Asker = inquiry.Party{Account: e.Actor.Account.String(), Name: chat.Clean(e.Actor.Name), Organisation: home(e)}
	sought := experts.Question{
		Topic: cmp.Or(topic, x.Question), Audience: x.Seen, Asker: x.Asker.Account, Home: x.Asker.Organisation,
		Fits: func(p directory.Person) bool { return p.ID != me.Person && h.reachable(p) }, Limit: mostSought,
	}
	found, err := h.Experts.Who(ctx, sought)
	if err == nil && len(found.People) == 0 { // a question has more words than a topic
		sought.Wide = true
		found, err = h.Experts.Who(ctx, sought)
	}
	if err != nil {
		return chat.Reply{}, err
	}
	for _, expert := range found.People {
		p, err := h.People.Profiles.Visible(ctx, x.Seen, expert.Person.ID)
		if errors.Is(err, profile.ErrNotFound) {
			continue // hidden since
		}
		if err != nil {
			return chat.Reply{}, err
		}
		named := p.Named()
		x.Turns = append(x.Turns, inquiry.Turn{Party: inquiry.Party{Person: p.Person, Account: named.ID, Name: named.Name, Organisation: named.Organisation}})
	}
	x, err = h.People.Inquiries.Draft(ctx, x)
	switch {
	case errors.Is(err, inquiry.ErrNobody):
		return h.nobodyToAsk(ctx, x, found, sayPersonNobody)
	case errors.Is(err, inquiry.ErrSpent):
		return h.nobodyToAsk(ctx, x, found, sayPersonSpent)
	case err != nil:
		return h.personProblem(err)
	}
	return h.draftCard(ctx, e, x, found), nil
}

// mostSought is among how many who may know those are looked for who can be asked now.
const mostSought = 20

// nobodyToAsk says why nobody can be asked what, and where the asker can ask themselves.
func (h *Handler) nobodyToAsk(ctx context.Context, x inquiry.Inquiry, found experts.Found, why string) (chat.Reply, error) {
	blocks, err := h.placesToAsk(ctx, x, found)
	return chat.Reply{Blocks: append([]chat.Block{chat.Say(why), words(x.Question)}, blocks...)}, err
}

// placesToAsk names where the asker can ask themselves: those that fit the question, else those that a
// miss names.
func (h *Handler) placesToAsk(ctx context.Context, x inquiry.Inquiry, found experts.Found) ([]chat.Block, error) {
	view := WhoView{Directory: h.Experts.Directory, Now: h.Now()}
	var list chat.People
	for _, place := range found.Places {
		list.People = append(list.People, view.place(place))
	}
	if len(list.People) > 0 {
		return []chat.Block{chat.Say(sayPersonInstead), list}, nil
	}
	a, err := h.Ask.Ask(ctx, ask.Question{Text: x.Question, Audience: x.Audience, Home: x.Asker.Organisation})
	if err != nil {
		return nil, err
	}
	return places(sayPersonInstead, a.Contacts), nil
}

// draftCard is what the asker agrees to.
func (h *Handler) draftCard(ctx context.Context, e chat.Event, x inquiry.Inquiry, found experts.Found) chat.Reply {
	view := WhoView{Directory: h.Experts.Directory, Reader: h.readerSchedule(ctx, e), Now: h.Now()}
	var list chat.People
	var outside []string
	for _, t := range x.Turns {
		for _, expert := range found.People {
			if expert.Person.ID == t.Person {
				shown := view.person(expert)
				shown.Contact = nil // they are asked, not written to
				list.People = append(list.People, shown)
			}
		}
		if x.Asker.Organisation != "" && t.Organisation != x.Asker.Organisation {
			outside = append(outside, h.partyNamed(t.Party))
		}
	}
	blocks := []chat.Block{chat.Say(sayPersonDraft), list, chat.Say(sayPersonReads), words(x.Question)}
	if len(outside) > 0 {
		blocks = append(blocks, chat.Note(chat.Warning, fmt.Sprintf(sayPersonOutside, strings.Join(outside, ", "))))
	}
	where := sayPersonAlone
	if x.Place.Room != "" {
		where = sayPersonHere
	}
	return chat.Reply{Blocks: append(blocks, chat.Say(where),
		chat.Note(chat.Info, fmt.Sprintf(sayPersonNamed, wording(askNamedWording))),
		chat.Note(chat.Info, sayPersonUnnamed),
		chat.Actions{Actions: []chat.Action{
			{ID: "personask:" + x.ID, Label: "Ask them", Style: chat.Primary}, {ID: "personanon:" + x.ID, Label: "Ask without my name"},
			{ID: "personedit:" + x.ID, Label: "Change the question"}, {ID: "personclose:" + x.ID, Label: "Ask nobody"},
		}})}
}

// partyNamed names somebody with their badge.
func (h *Handler) partyNamed(p inquiry.Party) string {
	return h.named(profile.Account{ID: p.Account, Name: p.Name, Organisation: p.Organisation})
}

// partyUnnamed says where somebody is from, without a name: "at GDS", "on Discord".
func (h *Handler) partyUnnamed(p inquiry.Party) string {
	if p.Organisation != "" {
		return "at " + h.badge(p.Account, p.Organisation)
	}
	return h.badge(p.Account, "")
}

// personProblem says why something about a question to people cannot be; other errors stay errors.
func (h *Handler) personProblem(err error) (chat.Reply, error) {
	for _, known := range []struct {
		err      error
		sentence string
	}{
		{inquiry.ErrOver, sayPersonOver}, {inquiry.ErrNotFound, sayPersonOver}, {inquiry.ErrNotYours, sayPersonOthers},
		{inquiry.ErrAlready, sayPersonSame}, {inquiry.ErrTooMany, sayPersonMany}, {inquiry.ErrLong, fmt.Sprintf(sayPersonLong, inquiry.MaxQuestion)},
		{inquiry.ErrEmpty, sayPersonEmpty}, {inquiry.ErrAnswered, sayAskedAnswered}, {inquiry.ErrTwice, sayAskedTwice},
		{inquiry.ErrOnce, sayAskedOnce},
	} {
		if errors.Is(err, known.err) {
			return aside(known.sentence), nil
		}
	}
	return chat.Reply{}, err
}

// personButtonAction is a button that does one thing to an inquiry and says a sentence.
func personButtonAction(verb string, do func(h *Handler, ctx context.Context, e chat.Event, row string) (sentence string, err error)) action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: verb, Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			sentence, err := do(h, ctx, e, row)
			if err != nil {
				return h.personProblem(err)
			}
			return say(sentence), nil
		},
	}
}

// personActions are the buttons of questions to people. Who pressed is checked by the service, when it
// is pressed.
func personActions() []action {
	return []action{
		personAction(), personFormAction(), personEditAction(), personAnswerAction(),
		agreeAction("personask", askNamedWording, true), agreeAction("personanon", askUnnamedWording, false),
		personButtonAction("personclose", func(h *Handler, ctx context.Context, e chat.Event, id string) (string, error) {
			x, err := h.People.Inquiries.Withdraw(ctx, id, e.Actor.Account.String())
			switch {
			case x.Agreed.IsZero():
				return sayPersonNot, err
			case x.State == inquiry.Withdrawn || x.Stopping:
				return sayPersonBack, err
			}
			return sayPersonOver, err
		}),
		personButtonAction("personsolved", func(h *Handler, ctx context.Context, e chat.Event, row string) (string, error) {
			id, turn := rowOfTurn(row)
			_, err := h.People.Inquiries.Solved(ctx, id, e.Actor.Account.String(), turn)
			return sayPersonSolved, err
		}),
		personButtonAction("personmore", func(h *Handler, ctx context.Context, e chat.Event, row string) (string, error) {
			id, turn := rowOfTurn(row)
			x, err := h.People.Inquiries.NotQuite(ctx, id, e.Actor.Account.String(), turn)
			if x.State == inquiry.Unanswered {
				return sayPersonNoNext, err
			}
			return sayPersonNext, err
		}),
		personButtonAction("personpass", func(h *Handler, ctx context.Context, e chat.Event, id string) (string, error) {
			_, err := h.People.Inquiries.Pass(ctx, id, e.Actor.Account.String())
			return sayAskedPass, err
		}),
		personButtonAction("personblock", func(h *Handler, ctx context.Context, e chat.Event, id string) (string, error) {
			_, err := h.People.Inquiries.Block(ctx, id, e.Actor.Account.String())
			return sayAskedBlock, err
		}),
		personButtonAction("personlater", (*Handler).askedLater),
		personButtonAction("personnever", (*Handler).askedNever),
	}
}

// rowOfTurn reads "inquiry.turn", the row of a button under an answer.
func rowOfTurn(row string) (id string, turn int) {
	id, number, _ := strings.Cut(row, ".")
	turn, err := strconv.Atoi(number)
	if err != nil {
		return id, -1
	}
	return id, turn
}

// personAction offers to put the question of an exchange to people. It is its asker's alone to pass on.
func personAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "person", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			if x.Account != e.Actor.Account.String() {
				return chat.Reply{}, errNotYours
			}
			return h.draftFrom(ctx, e, x)
		},
	}
}

// personFormAction takes the form that the command opens. What is typed there nobody else has seen.
func personFormAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "personform", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			x := inquiry.Inquiry{Question: e.Values["question"]}
			x.Place, x.Audience = placeOf(e, false)
			return h.draftInquiry(ctx, e, x, "")
		},
	}
}

// personEditAction lets the asker put their question otherwise before anybody reads it. Whoever fits the
// new words is asked.
func personEditAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "personedit", Private: true, Opens: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, id string) (chat.Reply, error) {
			x, asks, _, err := h.People.Inquiries.Inquiry(ctx, id, e.Actor.Account.String())
			switch {
			case err == nil && !asks:
				err = inquiry.ErrNotYours
			case err == nil && x.State != inquiry.Draft:
				err = inquiry.ErrOver
			}
			if err != nil {
				return h.personProblem(err)
			}
			if e.Kind != chat.KindForm {
				return chat.Reply{Form: &chat.Form{Action: "personedit:" + id, Title: "Change the question", Submit: "Go on", Fields: []chat.Field{
					{ID: "question", Label: "What would you like to know?", Kind: chat.FieldLong, Required: true, Max: inquiry.MaxQuestion, Value: x.Question},
				}}}, nil
			}
			if _, err := h.People.Inquiries.Withdraw(ctx, id, e.Actor.Account.String()); err != nil {
				return h.personProblem(err)
			}
			return h.draftInquiry(ctx, e, inquiry.Inquiry{Question: e.Values["question"], Place: x.Place, Audience: x.Audience}, "")
		},
	}
}

// agreeAction is the asker's yes to a wording.
func agreeAction(verb, wording string, named bool) action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: verb, Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, id string) (chat.Reply, error) {
			x, err := h.People.Inquiries.Agree(ctx, id, e.Actor.Account.String(), wording, named)
			switch {
			case err != nil:
				return h.personProblem(err)
			case x.State == inquiry.Unanswered:
				return say(sayPersonNoone), nil
			}
			reply := say(sayPersonAsked)
			reply.Blocks = append(reply.Blocks, chat.Actions{Actions: []chat.Action{{ID: "personclose:" + id, Label: "Take it back"}}})
			return reply, nil
		},
	}
}
