package commands

import (
	"context"
	"fmt"
	"strings"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/knowledge"
)

const (
	sayNoTerm      = "Tell me which word to explain, for example: define ATO."
	sayUnknownTerm = "“%s” is not in the glossary."
	sayDidYouMean  = "Did you mean %s?"
	sayAskInstead  = "I can also look for it in the guidance."
	sayGuessed     = "“%s” is not in the glossary; the nearest is “%s”."
	sayNearest     = "Nearest across the Atlantic"
)

func defineCommand() command {
	return command{
		Command: chat.Command{
			Name:     "define",
			Summary:  "Explains a word or acronym, and names its nearest equivalent elsewhere",
			Argument: chat.Argument{Name: "term", Hint: "a word or acronym, such as ATO", Required: true, Suggest: "term"},
			Examples: []string{"define ATO", "what does PIF stand for?"},
			Opens:    topicForm("defineform:", "Define", "Which word should I explain?"),
			Lookup:   true,
		},
		run:   (*Handler).runDefine,
		leads: few(6),
		alone: true,
		meets: true,
	}
}

func (h *Handler) runDefine(ctx context.Context, r request) (chat.Reply, error) {
	term := strings.TrimRight(r.text, "?!. ")
	if term == "" {
		return say(sayNoTerm), nil
	}
	d := h.Ask.Define(r.who, term)
	reply := DefineReply(d, h.Ask.Name, sayAskInstead)
	x := newExchange(r.event, "define", term, r.who, r.private, h.Now())
	x.Answer = chat.PlainText(reply)
	if err := h.Store.KeepExchange(ctx, x); err != nil {
		return chat.Reply{}, err
	}
	var buttons []chat.Action
	if len(d.Entries) == 0 || d.Guessed {
		buttons = append(buttons, chat.Action{ID: "seek:" + x.ID, Label: "Look in the guidance"})
	}
	if len(d.Entries) > 0 {
		buttons = append(buttons, shareButton(r, x)...)
	}
	if len(buttons) > 0 {
		reply.Blocks = append(reply.Blocks, chat.Actions{Actions: buttons})
	}
	return reply, nil
}

// DefineReply says a definition; name returns what to call an organisation of an id. instead says how a word that
// the glossary does not have can be looked for elsewhere: by a button, or by another command.
func DefineReply(d ask.Definition, name func(id string) string, instead string) chat.Reply {
	if len(d.Entries) == 0 {
		return unknownTerm(d, instead)
	}
	var blocks []chat.Block
	if d.Guessed {
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayGuessed, d.Asked, d.Entries[0].Term)))
	}
	for _, t := range d.Entries {
		blocks = append(blocks, termBlocks(t, name)...)
	}
	return chat.Reply{Blocks: blocks}
}

// mostOfATerm is how much of an unknown word is said again, in bytes.
const mostOfATerm = 100

func unknownTerm(d ask.Definition, instead string) chat.Reply {
	sentences := []string{fmt.Sprintf(sayUnknownTerm, clip(d.Asked, mostOfATerm))}
	if len(d.Nearest) > 0 {
		sentences = append(sentences, fmt.Sprintf(sayDidYouMean, orList(d.Nearest)))
	}
	return say(append(sentences, instead)...)
}

func orList(names []string) string { return listed(names, "or") }

// listed says "a, b or c"; there is at least one.
func listed(names []string, word string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}

func termBlocks(t knowledge.Term, name func(id string) string) []chat.Block {
	title := t.Term
	if len(t.Aliases) > 0 {
		title += " (" + strings.Join(t.Aliases, ", ") + ")"
	}
	paragraphs := []chat.Paragraph{{Kind: chat.Heading, Inlines: []chat.Inline{{Text: title}}}}
	for _, m := range t.Meanings {
		var inlines []chat.Inline
		if m.Organisation != "" {
			inlines = append(inlines, chat.Inline{Text: name(m.Organisation) + ": ", Strong: true})
		}
		paragraphs = append(paragraphs, chat.Paragraph{Inlines: append(inlines, chat.Inline{Text: m.Text})})
	}
	blocks := []chat.Block{chat.Text{Paragraphs: paragraphs}}
	if len(t.Nearest) > 0 {
		list := chat.Items{Title: sayNearest}
		for _, n := range t.Nearest {
			list.Items = append(list.Items, chat.Item{Title: n.Term, Detail: n.Note})
		}
		blocks = append(blocks, list)
	}
	if t.Source != "" {
		blocks = append(blocks, chat.Text{Paragraphs: []chat.Paragraph{{Inlines: []chat.Inline{{Text: "Source: "}, {Text: t.Source, URL: linkOf(t.Source)}}}}})
	}
	return blocks
}

// linkOf returns a source that is itself an address.
func linkOf(source string) string {
	if strings.HasPrefix(source, "https://") && !strings.ContainsAny(source, " \n") {
		return source
	}
	return ""
}

// seekAction looks in the guidance for a word that the glossary does not have.
func seekAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "seek", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			return h.answer(ctx, h.request(e, "what is "+x.Question), nil)
		},
	}
}
