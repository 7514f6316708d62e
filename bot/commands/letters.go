package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"liaison/bot/chat"
	"liaison/bot/coffee"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

var _ outbox.Renderer = (*Handler)(nil)

const (
	sayLetterAsked    = "%s would like to talk with you about:"
	sayLetterTogether = "%s and you are connected. Write in a thread under this message, or reply to it, or use the button: they read it where they are, and what they write appears here. If you change or delete what you wrote, that is passed on too. Files stay where they are; I only say that there was one."
	sayLetterGroup    = "%s, meet %s. You both said yes to talking about:"
	sayLetterGroup2   = "I have no further part in this: the conversation is yours."
	sayLetterOver     = "You asked me to introduce you to %s. It did not come about. That can have many reasons; please try somebody else."
	sayLetterClosed   = "%s has closed the conversation. Nothing more is passed on, either way."
	sayLetterHelped   = "A while ago I brought you together with %s. Did it help?"
	sayLetterReport   = "%s has reported %s in the introduction %s, and the conversation is closed. Their words are not shown to you. Please get in touch with both."
	sayLetterLost     = "I could not pass this on, or cannot tell whether it arrived:"
	sayLetterGone     = "There was an introduction here with somebody who is not with me any more. It is over, and there is nothing left to do."
	sayLetterGoneOver = "You asked me to introduce you to somebody. It did not come about. That can have many reasons; please try somebody else."
	sayLetterGoneEnd  = "The other has closed the conversation. Nothing more is passed on, either way."
	sayLetterFile     = "They sent a file that I do not copy: %s"
)

// Letter implements outbox.Renderer: what has to be told becomes words here, when it leaves, if it may
// still be told.
func (h *Handler) Letter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	switch i.Kind {
	case tellLinked:
		return h.linkedLetter(ctx, i)
	case coffee.TellNobody:
		return h.nobodyLetter(ctx, i)
	}
	if isInquiry(i.Kind) {
		return h.inquiryLetter(ctx, i)
	}
	x, m, may, err := h.People.Intros.May(ctx, i.Kind, i.Subject, i.Part)
	if err != nil || !may {
		return outbox.Letter{}, err
	}
	side := partOf(i)
	switch i.Kind {
	case intro.TellAsked:
		return h.askedLetter(ctx, x)
	case intro.TellCoffee:
		return h.coffeeLetter(ctx, x, side)
	case intro.TellNoCoffee:
		return h.noCoffeeLetter(ctx, x, side)
	case intro.TellConnected:
		return h.togetherLetter(x, side), nil
	case intro.TellGroup:
		return h.groupLetter(x), nil
	case intro.TellOver:
		if x.Gone(intro.Helper) {
			return goneLetter(i.Kind), nil
		}
		return letter(chat.Say(fmt.Sprintf(sayLetterOver, h.party(x, intro.Helper)))), nil
	case intro.TellClosed:
		if x.Gone(side.Other()) {
			return h.inThread(ctx, i, goneLetter(i.Kind))
		}
		return h.inThread(ctx, i, letter(chat.Say(fmt.Sprintf(sayLetterClosed, h.party(x, side.Other())))))
	case intro.TellGone:
		kind, _, _ := strings.Cut(i.Part, "/")
		l := goneLetter(kind)
		l.Edits = i.Part
		return l, nil
	case intro.TellHelped:
		return letter(chat.Say(fmt.Sprintf(sayLetterHelped, h.party(x, side.Other()))), chat.Actions{Actions: []chat.Action{
			{ID: "introgood:" + x.ID, Label: "It helped"}, {ID: "intropoor:" + x.ID, Label: "It did not"},
		}}), nil
	case intro.TellReported:
		return letter(chat.Say(fmt.Sprintf(sayLetterReport, h.party(x, side), h.party(x, side.Other()), x.ID))), nil
	case intro.TellLost:
		return h.inThread(ctx, i, letter(chat.Say(sayLetterLost), words(clip(m.Text, 200))))
	case intro.TellSaid:
		return h.inThread(ctx, i, h.saidLetter(x, m))
	case intro.TellEdited:
		l := h.saidLetter(x, m)
		l.Edits = intro.TellSaid + "/" + m.Source
		return l, nil
	case intro.TellDeleted:
		return outbox.Letter{Deletes: intro.TellSaid + "/" + m.Source}, nil
	}
	return outbox.Letter{}, fmt.Errorf("nobody knows how to say %q", i.Kind)
}

// Undelivered tells the author of a message that it did not arrive, and has a question that cannot reach
// somebody go on to the next.
func (h *Handler) Undelivered(ctx context.Context, i outbox.Item) error {
	if isInquiry(i.Kind) {
		if i.State != outbox.Failed {
			return nil // perhaps it arrived
		}
		return h.People.Inquiries.Lost(ctx, i.Kind, i.Subject, i.Part)
	}
	return h.People.Intros.Lost(ctx, i.Kind, i.Subject, i.Part)
}

func letter(blocks ...chat.Block) outbox.Letter {
	return outbox.Letter{Reply: chat.Reply{Blocks: blocks}}
}

// partOf is the side that an item is told to, when it names one.
func partOf(i outbox.Item) intro.Side {
	side, _ := strconv.Atoi(i.Part) // a message names none, and is not asked
	return intro.Side(side)
}

// party names one of the two with their badge.
func (h *Handler) party(x intro.Introduction, side intro.Side) string {
	p := x.Parties[side]
	return h.named(profile.Account{ID: p.Account, Name: p.Name, Organisation: p.Organisation})
}

// askedLetter asks somebody whether they want to be introduced, when they are at work, and only while
// they are listed.
func (h *Handler) askedLetter(ctx context.Context, x intro.Introduction) (outbox.Letter, error) {
	helper, err := h.People.Profiles.Store.Person(ctx, x.Persons[intro.Helper])
	if errors.Is(err, profile.ErrNotFound) || err == nil && !helper.Listed {
		return outbox.Letter{}, nil
	}
	if err != nil {
		return outbox.Letter{}, err
	}
	l := letter(chat.Say(fmt.Sprintf(sayLetterAsked, h.party(x, intro.Asker))), words(x.Topic),
		chat.Note(chat.Info, "“Yes” means that you agree to this: "+wording(helperWording)),
		chat.Actions{Actions: []chat.Action{
			{ID: "introyes:" + x.ID, Label: "Yes, introduce us", Style: chat.Primary}, {ID: "introno:" + x.ID, Label: "Not now"},
			{ID: "introblock:" + x.ID, Label: "Keep them away", Style: chat.Danger, Confirm: "Keep this person away from you for good? They are not told."},
		}})
	l.Later = h.atWork(helper)
	return l, nil
}

// togetherLetter tells one of the two that they can write to the other, here.
func (h *Handler) togetherLetter(x intro.Introduction, side intro.Side) outbox.Letter {
	blocks := []chat.Block{chat.Say(fmt.Sprintf(sayLetterTogether, h.party(x, side.Other())))}
	if x.Kind == intro.Coffee {
		blocks = append(blocks, chat.Say(sayLetterCoffeeConn), coffeeTimes(x, side))
	}
	return letter(append(blocks, relayButtons(x.ID, true))...)
}

// groupLetter opens the conversation of two people of one workspace.
func (h *Handler) groupLetter(x intro.Introduction) outbox.Letter {
	l := letter(chat.Say(fmt.Sprintf(sayLetterGroup, h.party(x, intro.Asker), h.party(x, intro.Helper))), words(x.Topic), chat.Say(sayLetterGroup2))
	if x.Kind == intro.Coffee {
		l = letter(chat.Say(fmt.Sprintf(sayLetterCoffeeGroup, h.party(x, intro.Asker), h.party(x, intro.Helper))), groupTimes(x), chat.Say(sayLetterGroup2))
	}
	for _, p := range x.Parties {
		account, _ := chat.ParseAccount(p.Account)
		l.Group = append(l.Group, account)
	}
	return l
}

// goneLetter is what a letter reads whose other person is forgotten.
func goneLetter(kind string) outbox.Letter {
	switch kind {
	case intro.TellOver:
		return letter(chat.Say(sayLetterGoneOver))
	case intro.TellClosed:
		return letter(chat.Say(sayLetterGoneEnd))
	}
	return letter(chat.Say(sayLetterGone))
}

// saidLetter shows the words of one to the other, with a badge that says whose they are.
func (h *Handler) saidLetter(x intro.Introduction, m intro.Message) outbox.Letter {
	name := chat.Paragraph{Inlines: []chat.Inline{{Text: h.party(x, m.Side), Strong: true}, {Text: " writes:"}}}
	text := chat.Text{Paragraphs: append([]chat.Paragraph{name}, words(m.Text).Paragraphs...)}
	blocks := []chat.Block{text}
	for file := range strings.Lines(m.Files) {
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayLetterFile, strings.TrimSpace(file))))
	}
	return letter(append(blocks, relayButtons(x.ID, false))...)
}

// relayButtons stand under everything that comes from the other: each can stop at once.
func relayButtons(id string, all bool) chat.Actions {
	buttons := []chat.Action{{ID: "introreply:" + id, Label: "Write to them"}, {ID: "introclose:" + id, Label: "Close"}}
	if all {
		buttons = append(buttons,
			chat.Action{ID: "introreport:" + id, Label: "Report", Confirm: "Close this, and tell the people who run Liaison?"},
			chat.Action{ID: "introblock:" + id, Label: "Keep them away", Style: chat.Danger, Confirm: "Close this, and keep this person away from you for good?"})
	}
	return chat.Actions{Actions: buttons}
}

// inThread puts a letter into the thread that the introduction has with its reader.
func (h *Handler) inThread(ctx context.Context, i outbox.Item, l outbox.Letter) (outbox.Letter, error) {
	account, _ := chat.ParseAccount(i.Account)
	l.To = chat.To{Account: account}
	for _, side := range []intro.Side{intro.Asker, intro.Helper} {
		begun, err := h.People.Store.ItemByKey(ctx, fmt.Sprintf("%s/%s/%d", intro.TellConnected, i.Subject, side))
		if errors.Is(err, outbox.ErrNotFound) {
			continue
		}
		if err != nil {
			return l, err
		}
		if begun.Account == i.Account {
			l.To.Thread = begun.Ref.Message
		}
	}
	return l, nil
}
