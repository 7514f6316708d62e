package commands

import (
	"cmp"
	"context"
	"fmt"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/experts"
)

const (
	sayCompared     = "What each organisation says about “%s”:"
	sayNoComparison = "Tell me what to compare, for example: compare accessibility."
	saySilent       = "I found nothing on this from %s."
	maxSilent       = 4 // more are counted, not named
	sayMaybeAbout   = "This may be about it:"
)

func compareCommand() command {
	return command{
		Command: chat.Command{
			Name:     "compare",
			Summary:  "Shows what each organisation does about a topic, side by side",
			Argument: chat.Argument{Name: "topic", Hint: "a topic, such as accessibility", Required: true, Suggest: "topic"},
			Examples: []string{"compare accessibility", "compare hiring"},
			Opens:    topicForm("compareform:", "Compare", "What should I compare?"),
		},
		run:   (*Handler).runCompare,
		leads: always,
		alone: true,
		meets: true,
	}
}

func topicForm(action, title, label string) *chat.Form {
	return &chat.Form{Action: action, Title: title, Submit: title, Fields: []chat.Field{
		{ID: "question", Label: label, Kind: chat.FieldLine, Required: true, Max: 200, Question: true},
	}}
}

func (h *Handler) runCompare(ctx context.Context, r request) (chat.Reply, error) {
	topic, err := h.topicHere(ctx, r)
	if err != nil || topic == "" {
		return say(sayNoComparison), err
	}
	if !experts.NamesTopic(Topic(r.text)) { // "compare them"
		r.text = topic
	}
	turns, err := h.turns(ctx, r.event, r.who)
	if err != nil {
		return chat.Reply{}, err
	}
	c, err := h.Ask.Compare(ctx, ask.Question{Text: r.text, Audience: r.who, Home: cmp.Or(r.home, h.Ask.WorksAt(turns))})
	if err != nil {
		return chat.Reply{}, err
	}
	reply := CompareReply(c)
	x := newExchange(r.event, "compare", r.text, r.who, r.private, h.Now())
	x.Answer = chat.PlainText(reply)
	return reply, h.Store.KeepExchange(ctx, x)
}

// CompareReply says a comparison.
func CompareReply(c ask.Comparison) chat.Reply {
	if len(c.Groups) == 0 {
		return chat.Reply{Blocks: nothing(c.Reason, c.Contacts)}
	}
	blocks := []chat.Block{chat.Say(fmt.Sprintf(sayCompared, c.Topic))}
	var cited []ask.Citation
	for _, group := range c.Groups {
		blocks = append(blocks, chat.Text{Paragraphs: groupText(group)})
		cited = append(cited, group.Citations...)
	}
	blocks = append(blocks, sources(cited)...)
	if len(c.Silent) > 0 {
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(saySilent, silentNames(c))))
	}
	return chat.Reply{Blocks: blocks}
}

func groupText(g ask.Group) []chat.Paragraph {
	name := g.Citations[0].Name()
	if stamp := g.Citations[0].Stamp; stamp != "" {
		name += " (" + stamp + ")"
	}
	paragraphs := []chat.Paragraph{{Kind: chat.Heading, Inlines: []chat.Inline{{Text: name}}}}
	if g.Maybe {
		paragraphs = append(paragraphs, chat.Line(sayMaybeAbout))
	}
	first := g.Citations[0]
	paragraphs = append(paragraphs, chat.Paragraph{Inlines: []chat.Inline{{Text: first.Place(), Strong: true}}})
	return append(paragraphs, cite(chat.Passage(first.Quote, first.Matched), first.Number)...)
}

func silentNames(c ask.Comparison) string {
	if len(c.Silent) > maxSilent {
		return fmt.Sprintf("the other %d organisations whose pages I have", len(c.Silent))
	}
	var names []string
	for _, o := range c.Silent {
		name := o.Short
		if name == "" {
			name = o.Name
		}
		names = append(names, name)
	}
	return orList(names)
}
