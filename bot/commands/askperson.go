package commands

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/inquiry"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

const (
	sayPersonHow     = "Tell me your question, for example: ask a person how do you run a private beta?"
	sayPersonNobody  = "I know nobody whom I could ask about this in chat. People can be asked once they have listed themselves with “profile”."
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

	sayAskedThanks   = "Thank you. I pass it on."
	sayAskedAnswered = "Somebody has answered it meanwhile. Thank you all the same."
	sayAskedOnce     = "You have answered it already, and I have passed that on. Thank you."
	sayAskedPass     = "Thank you. I ask somebody else, and tell nobody that it was not you."
	sayAskedLater    = "I come back to you with it on your next working day, unless it is answered by then."
	sayAskedTwice    = "I have put it off once already. You can still answer until somebody else does, or say “Not me”."
	sayAskedNever    = "I put no more questions of others to you. You are still listed: “profile hide” ends that too, and “profile questions yes” takes questions again."
	sayAskedBlock    = "Whoever asked is kept away from you, under every account they have: you get no questions and no introductions from them. They are not told."
	sayAskedText     = "Please answer in words, at most %d characters."
	sayAskedHow      = "Please choose: with my name, or without."
)

// The wordings that people agree to. A new wording needs a new number.
const (
	askNamedWording      = "1: The people named here may read my question, one after another, with my name and where I am from. " + askTerms
	askUnnamedWording    = "1: The people named here may read my question, one after another, and where I am from, but not my name. " + askTerms
	askTerms             = "If an answer helps, those who may see what can be seen in this conversation may read that its author helped with my question, without my name. I can take the question back at any time; it is kept until 30 days after it is closed, or for a year when an answer helped."
	answerNamedWording   = "1: My answer goes back to the conversation in which it was asked, with my name and where I am from, and whoever can read that conversation can read it. If it helps, others may see that I helped with this question."
	answerUnnamedWording = "1: My answer goes back to the conversation in which it was asked, without my name but with where I am from, and whoever can read that conversation can read it. The person who asked knows the names of up to three people who may be asked, and mine is one of them."
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
				return h.draftInquiry(ctx, e, fromExchange(e, x))
			}
		}
		return say(sayPersonHow), nil
	}
	x := inquiry.Inquiry{Question: question}
	x.Place, x.Audience = placeOf(e, e.Kind == chat.KindMessage && !e.Private)
	return h.draftInquiry(ctx, e, x)
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
// anything is. Of the inquiry it takes Question, Place and Audience.
func (h *Handler) draftInquiry(ctx context.Context, e chat.Event, x inquiry.Inquiry) (chat.Reply, error) {
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
		Topic: x.Question, Audience: x.Seen, Asker: x.Asker.Account, Home: x.Asker.Organisation,
		Fits: func(p directory.Person) bool { return p.ID != me.Person && h.reachable(p) },
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
	if errors.Is(err, inquiry.ErrNobody) {
		blocks, err := h.placesToAsk(ctx, x, found)
		return chat.Reply{Blocks: append([]chat.Block{chat.Say(sayPersonNobody)}, blocks...)}, err
	}
	if err != nil {
		return h.personProblem(err)
	}
	return h.draftCard(e, x, found), nil
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
func (h *Handler) draftCard(e chat.Event, x inquiry.Inquiry, found experts.Found) chat.Reply {
	view := WhoView{Directory: h.Experts.Directory, Reader: h.readerSchedule(e), Now: h.Now()}
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
			return h.draftInquiry(ctx, e, fromExchange(e, x))
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
			return h.draftInquiry(ctx, e, x)
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
			return h.draftInquiry(ctx, e, inquiry.Inquiry{Question: e.Values["question"], Place: x.Place, Audience: x.Audience})
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

// personAnswerAction opens the form for an answer, and takes it.
func personAnswerAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "personanswer", Private: true, Opens: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, id string) (chat.Reply, error) {
			account := e.Actor.Account.String()
			x, _, turn, err := h.People.Inquiries.Inquiry(ctx, id, account)
			if err == nil && turn < 0 {
				err = inquiry.ErrNotYours
			}
			if err != nil {
				return h.personProblem(err)
			}
			if e.Kind != chat.KindForm {
				return h.answerForm(x, turn)
			}
			text, how := strings.TrimSpace(e.Values["text"]), strings.ToLower(strings.TrimSpace(e.Values["how"]))
			switch {
			case text == "" || len(text) > inquiry.MaxText:
				return chat.Reply{Problems: map[string]string{"text": fmt.Sprintf(sayAskedText, inquiry.MaxText)}}, nil
			case how != "named" && how != "unnamed":
				return chat.Reply{Problems: map[string]string{"how": sayAskedHow}}, nil
			}
			return h.giveAnswer(ctx, id, account, text, "form/"+eventKey(e), how == "named")
		},
	}
}

// answerForm asks for an answer, and whose it is to be; who cannot answer any more learns that at once.
func (h *Handler) answerForm(x inquiry.Inquiry, turn int) (chat.Reply, error) {
	switch t := x.Turns[turn]; {
	case t.State == inquiry.TurnGave, t.State == inquiry.TurnPoor, t.State == inquiry.TurnHelped:
		return h.personProblem(inquiry.ErrOnce)
	case x.State == inquiry.Answered, x.State == inquiry.Solved, x.State == inquiry.Lapsed:
		return h.personProblem(inquiry.ErrAnswered)
	case x.State != inquiry.Asking || x.Stopping:
		return h.personProblem(inquiry.ErrOver)
	}
	me := x.Turns[turn].Party
	return chat.Reply{Form: &chat.Form{Action: "personanswer:" + x.ID, Title: "Answer", Submit: "Pass it on",
		Intro: "With your name: " + wording(answerNamedWording) + "\n\nWithout: " + wording(answerUnnamedWording),
		Fields: []chat.Field{
			{ID: "text", Label: "Your answer", Kind: chat.FieldLong, Required: true, Max: inquiry.MaxText},
			{ID: "how", Label: "Whose answer is it to be?", Kind: chat.FieldChoice, Required: true, Options: []chat.Option{
				{Value: "named", Label: clip("with my name: "+h.partyNamed(me), 75)}, {Value: "unnamed", Label: clip("without: a colleague "+h.partyUnnamed(me), 75)},
			}},
		}}}, nil
}

// giveAnswer passes an answer on, under the wording that belongs to it.
func (h *Handler) giveAnswer(ctx context.Context, id, account, text, source string, named bool) (chat.Reply, error) {
	consent := answerUnnamedWording
	if named {
		consent = answerNamedWording
	}
	if _, err := h.People.Inquiries.Answer(ctx, id, account, text, source, consent, named); err != nil {
		if errors.Is(err, inquiry.ErrLong) || errors.Is(err, inquiry.ErrEmpty) {
			return say(fmt.Sprintf(sayAskedText, inquiry.MaxText)), nil
		}
		return h.personProblem(err)
	}
	return say(sayAskedThanks), nil
}

// answeredInWords takes what somebody wrote under a question they were asked for their answer, with
// their name: the letter said so. If they change it, the answer changes.
func (h *Handler) answeredInWords(ctx context.Context, e chat.Event, id string) (chat.Reply, bool, error) {
	if e.Kind == chat.KindEdited {
		return chat.Reply{}, true, h.People.Inquiries.Reword(ctx, sourceOf(e), e.Text)
	}
	reply, err := h.giveAnswer(ctx, id, e.Actor.Account.String(), e.Text, sourceOf(e), true)
	return reply, true, err
}

// askedLater puts a question off to the next working day.
func (h *Handler) askedLater(ctx context.Context, e chat.Event, id string) (string, error) {
	p, err := h.me(ctx, e)
	if err != nil {
		return "", err
	}
	at := h.working(p, h.Now().Add(nextDay)).From
	_, err = h.People.Inquiries.Later(ctx, id, e.Actor.Account.String(), at, h.turnEnd(p, at))
	return sayAskedLater, err
}

// askedNever ends questions for a person, this one included.
func (h *Handler) askedNever(ctx context.Context, e chat.Event, id string) (string, error) {
	account := e.Actor.Account.String()
	if _, _, turn, err := h.People.Inquiries.Inquiry(ctx, id, account); err != nil || turn < 0 {
		return "", errors.Join(err, inquiry.ErrNotYours)
	}
	p, err := h.me(ctx, e)
	if err == nil {
		err = h.People.Profiles.Questions(ctx, p, false)
	}
	if err != nil {
		return "", err
	}
	if _, err = h.People.Inquiries.Pass(ctx, id, account); errors.Is(err, inquiry.ErrOver) || errors.Is(err, inquiry.ErrAnswered) {
		err = nil // it was over anyway
	}
	return sayAskedNever, err
}

// What the turn of somebody depends on.
const (
	nextDay  = 16 * time.Hour     // after this it is not the same working day
	turnLong = 24 * time.Hour     // they have it for a day at least,
	turnMore = 8 * time.Hour      // and then for as long as they are at work, so many hours at most
	maxAway  = 6 * 24 * time.Hour // who is away for longer is not waited for
)

// turnEnd is until when somebody who is asked at a time has to answer before the next is asked: the end of
// their working day after a day.
func (h *Handler) turnEnd(p profile.Profile, asked time.Time) time.Time {
	i := h.working(p, asked.Add(turnLong))
	if most := i.From.Add(turnMore); i.To.After(most) {
		return most
	}
	return i.To
}

const (
	sayLetterPerson    = "%s asks, and I think that you may know:"
	sayLetterSomebody  = "Somebody %s who gives no name"
	sayLetterAgain     = "You asked me to come back to you with this."
	sayLetterReply     = "Write in a thread under this message, or reply to it, and that goes back as your answer, with your name; if you change or delete it, that is passed on too. The button lets you leave your name out. By answering you agree to this: %s"
	sayLetterColleague = "A colleague %s"
	sayLetterOnPlace   = "Somebody %s"
	sayLetterAnswer    = "An answer to your question:"
	sayLetterNobody    = "Nobody of those I could ask has answered your question:"
	sayLetterElsewhere = "Try it in other words, or ask in your own team."
	sayLetterHelpedYou = "Your answer helped: the person who asked says that this answered it. Thank you."
	sayLetterTaken     = "A question stood here. It was taken back, and there is nothing left to do."
	sayLetterSettled   = "A question stood here. It is closed, and there is nothing left to do. Thank you."
	sayLetterElse      = "A question stood here. It has been answered, and there is nothing left to do. Thank you."
)

func isInquiry(kind string) bool { return strings.HasPrefix(kind, "inquiry.") }

// inquiryLetter says what is to be told of a question to people.
func (h *Handler) inquiryLetter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	x, turn, may, err := h.People.Inquiries.May(ctx, i.Kind, i.Subject, i.Part)
	if err != nil || !may.May {
		return outbox.Letter{Later: may.Later}, err
	}
	_, word := inquiry.ParseTurn(i.Part)
	switch i.Kind {
	case inquiry.TellAsked:
		return h.questionLetter(ctx, i, x, turn)
	case inquiry.TellAnswer:
		return h.answerLetter(i, x, turn, word == inquiry.Direct), nil
	case inquiry.TellReword:
		l := h.answerLetter(i, x, turn, false)
		l.Edits = inquiry.TellAnswer + "/" + i.Subject + "/" + i.Part
		return l, nil
	case inquiry.TellOver:
		return h.overLetter(ctx, x)
	case inquiry.TellThanks:
		return letter(chat.Say(sayLetterHelpedYou), words(x.Question)), nil
	case inquiry.TellSettled:
		sentence := sayLetterSettled
		switch x.State {
		case inquiry.Withdrawn:
			sentence = sayLetterTaken
		case inquiry.Solved, inquiry.Lapsed:
			sentence = sayLetterElse
		case inquiry.Draft, inquiry.Asking, inquiry.Answered, inquiry.Unanswered, inquiry.Expired:
		}
		l := letter(chat.Say(sentence))
		l.Edits = inquiry.TellAsked + "/" + i.Subject + "/" + i.Part
		return l, nil
	case inquiry.TellUnsaid:
		return outbox.Letter{Deletes: inquiry.TellAnswer + "/" + i.Subject + "/" + i.Part}, nil
	}
	return outbox.Letter{}, fmt.Errorf("nobody knows how to say %q", i.Kind)
}

// questionLetter shows somebody the question, when they are at work. Who is not there to be asked any more,
// or is away for long, is passed over.
//
// SECURITY: whether they are listed, take questions and let the asker see them is looked up here, when it leaves.
func (h *Handler) questionLetter(ctx context.Context, i outbox.Item, x inquiry.Inquiry, turn int) (outbox.Letter, error) {
	p, err := h.People.Profiles.Store.Person(ctx, x.Turns[turn].Person)
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return outbox.Letter{}, err
	}
	when := h.Now()
	if err == nil {
		when = h.atWork(p)
	}
	person := PersonOf(p)
	if err != nil || !p.TakesQuestions() || !x.Seen.May(p.Reach) || !h.Experts.Directory.Listed(person) || when.Sub(h.Now()) > maxAway {
		return outbox.Letter{}, h.People.Inquiries.Skip(ctx, x.ID, turn)
	}
	if when.After(h.Now()) {
		return outbox.Letter{Later: when}, nil
	}
	if may, err := h.People.Inquiries.Begin(ctx, x.ID, i.Part, h.turnEnd(p, when)); err != nil || !may {
		return outbox.Letter{}, err
	}
	who := fmt.Sprintf(sayLetterSomebody, h.partyUnnamed(x.Asker))
	if x.Named {
		who = h.partyNamed(x.Asker)
	}
	blocks := []chat.Block{chat.Say(fmt.Sprintf(sayLetterPerson, who)), words(x.Question)}
	if _, word := inquiry.ParseTurn(i.Part); word == inquiry.Again {
		blocks = append([]chat.Block{chat.Say(sayLetterAgain)}, blocks...)
	}
	return letter(append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayLetterReply, wording(answerNamedWording))),
		chat.Actions{Actions: []chat.Action{
			{ID: "personanswer:" + x.ID, Label: "Answer", Style: chat.Primary}, {ID: "personpass:" + x.ID, Label: "Not me"}, {ID: "personlater:" + x.ID, Label: "Later"},
			{ID: "personnever:" + x.ID, Label: "Stop asking me", Style: chat.Danger, Confirm: "Put no more questions of others to you?"},
			{ID: "personblock:" + x.ID, Label: "Keep them away", Style: chat.Danger, Confirm: "Keep whoever asked this away from you for good? They are not told."},
		}})...), nil
}

// answerLetter brings an answer back to where it was asked, as its author agreed to be named.
func (h *Handler) answerLetter(i outbox.Item, x inquiry.Inquiry, turn int, direct bool) outbox.Letter {
	t := x.Turns[turn]
	who := fmt.Sprintf(sayLetterOnPlace, h.partyUnnamed(t.Party))
	switch {
	case t.Named:
		who = h.partyNamed(t.Party)
	case t.Organisation != "":
		who = fmt.Sprintf(sayLetterColleague, h.partyUnnamed(t.Party))
	}
	name := chat.Paragraph{Inlines: []chat.Inline{{Text: who, Strong: true}, {Text: " answers:"}}}
	row := fmt.Sprintf("%s.%d", x.ID, turn)
	l := letter(chat.Say(sayLetterAnswer), words(x.Question), chat.Text{Paragraphs: append([]chat.Paragraph{name}, words(t.Text).Paragraphs...)},
		chat.Actions{Actions: []chat.Action{
			{ID: "personsolved:" + row, Label: "This answered it", Style: chat.Primary}, {ID: "personmore:" + row, Label: "Not quite"},
		}})
	account, _ := chat.ParseAccount(i.Account)
	switch {
	case x.Place.Room == "":
		l.To = chat.To{Account: account, Thread: x.Place.Thread}
	case !direct:
		l.To = chat.To{Workspace: x.Place.Workspace, Room: x.Place.Room, Thread: x.Place.Thread}
	}
	return l
}

// overLetter tells the asker alone that nobody answered, and where they can ask.
func (h *Handler) overLetter(ctx context.Context, x inquiry.Inquiry) (outbox.Letter, error) {
	found, err := h.Experts.Who(ctx, experts.Question{
		Topic: x.Question, Audience: x.Audience, Asker: x.Asker.Account, Home: x.Asker.Organisation, Fits: func(directory.Person) bool { return false },
	})
	if err != nil {
		return outbox.Letter{}, err
	}
	next, err := h.placesToAsk(ctx, x, found)
	if err != nil {
		return outbox.Letter{}, err
	}
	if len(next) == 0 {
		next = []chat.Block{chat.Say(sayLetterElsewhere)}
	}
	l := letter(append([]chat.Block{chat.Say(sayLetterNobody), words(x.Question)}, next...)...)
	if x.Place.Room == "" {
		account, _ := chat.ParseAccount(x.Asker.Account)
		l.To = chat.To{Account: account, Thread: x.Place.Thread}
	}
	return l, nil
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
