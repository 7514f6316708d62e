package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/bot/chat"
	"liaison/bot/inquiry"
	"liaison/bot/profile"
)

const (
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

// The wordings that people agree to who answer. A new wording needs a new number.
const (
	answerNamedWording   = "1: My answer goes back to the conversation in which it was asked, with my name and where I am from, and whoever can read that conversation can read it. If it helps, others may see that I helped with this question."
	answerUnnamedWording = "1: My answer goes back to the conversation in which it was asked, without my name but with where I am from, and whoever can read that conversation can read it. The person who asked knows the names of up to three people who may be asked, and mine is one of them."
)

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
			case text == "" || utf8.RuneCountInString(text) > inquiry.MaxText:
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
	if err := h.People.Profiles.Questions(ctx, account, false); err != nil {
		return "", err
	}
	_, err := h.People.Inquiries.Pass(ctx, id, account)
	if errors.Is(err, inquiry.ErrOver) || errors.Is(err, inquiry.ErrAnswered) {
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
