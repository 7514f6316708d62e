package main

import (
	"context"
	"encoding/json"
	"strings"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/index"
)

// desk answers one text after another for the ask subcommand, each as a conversation would.
type desk struct {
	*program
	service *ask.Service
	asker   ask.Question // who asks; without a text
	json    bool
}

// answer prints what a conversation would say to a text: an answer, a definition, a comparison, or a
// sentence to what is no question.
func (d *desk) answer(ctx context.Context, text string) error {
	name, rest := commands.Route(text)
	if reply, ok := commands.TalkReply(name); ok {
		return d.talk(reply)
	}
	switch {
	case name == "define" && rest != "":
		return d.define(ctx, rest)
	case name == "compare" && rest != "":
		return d.compare(ctx, rest)
	case name == "ask":
		text = rest
	}
	a, err := d.ask(ctx, text)
	if err != nil {
		return err
	}
	return d.show(d.explained(commands.AnswerReply(a, d.service.Name), explanation(a)), answerJSON(a, d.service.Name))
}

func (d *desk) ask(ctx context.Context, text string) (ask.Answer, error) {
	q := d.asker
	q.Text = text
	return d.service.Ask(ctx, q)
}

// talk prints what is said to no question. In an object it is the reason why there is no answer.
func (d *desk) talk(reply chat.Reply) error {
	a := ask.Answer{Band: index.BandNone, Reason: oneLine(reply)}
	return d.show(d.explained(reply, notRanked), answerJSON(a, d.service.Name))
}

// oneLine is a reply as a sentence for scripts.
func oneLine(r chat.Reply) string { return strings.Join(strings.Fields(chat.PlainText(r)), " ") }

// define prints the glossary's words. An object also lists pages on the term, and holds their answer
// when the glossary does not have it.
func (d *desk) define(ctx context.Context, term string) error {
	found := d.service.Define(d.asker.Audience, strings.TrimRight(term, "?!. "))
	reply := commands.DefineReply(found, d.service.Name, askInstead(found))
	if !d.json {
		return d.show(d.explained(reply, notRanked), jsonAnswer{})
	}
	a, err := d.ask(ctx, "what is "+term)
	if err != nil {
		return err
	}
	out := answerJSON(a, d.service.Name)
	if len(found.Entries) > 0 && !found.Guessed {
		out.Found, out.Band, out.Confidence, out.Reason, out.Answer = true, index.BandAnswer, 1, "", chat.PlainText(reply)
	}
	return d.show(reply, out)
}

func (d *desk) compare(ctx context.Context, topic string) error {
	q := d.asker
	q.Text = topic
	found, err := d.service.Compare(ctx, q)
	if err != nil {
		return err
	}
	a := ask.Answer{Band: index.BandNone, Reason: found.Reason, Contacts: found.Contacts}
	for _, group := range found.Groups {
		a.Citations = append(a.Citations, group.Citations...)
		if a.Band != index.BandAnswer {
			a.Band = index.BandMaybe
		}
		if !group.Maybe {
			a.Band = index.BandAnswer
		}
	}
	reply := d.explained(commands.CompareReply(found), notRanked)
	out := answerJSON(a, d.service.Name)
	if a.Found() {
		out.Answer = chat.PlainText(reply)
	}
	return d.show(reply, out)
}

// show prints a reply for people, or the object that scripts get instead.
func (d *desk) show(r chat.Reply, object jsonAnswer) error {
	if d.json {
		return json.NewEncoder(d.out).Encode(object)
	}
	return d.program.show(r)
}
