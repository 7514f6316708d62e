package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/inquiry"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

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
	sayLetterFaded     = "Your answer to a question helped. Thank you."
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
	case inquiry.TellFaded:
		l := letter(chat.Say(sayLetterFaded))
		l.Edits = inquiry.TellThanks + "/" + i.Subject + "/" + i.Part
		return l, nil
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
