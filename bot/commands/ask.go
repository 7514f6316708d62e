package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/index"
)

const (
	sayMaybe      = "I am not sure that this answers you. It is the nearest I found."
	sayShortened  = "That was long: I read the first %d characters of it."
	sayUnasked    = "This answers your first question. Ask me the others one at a time: “%s”"
	sayOtherSide  = "Across the Atlantic: "
	sayOwnSide    = "On your own side of the Atlantic: "
	sayAlsoSearch = "Also searched for: %s."
	sayNewSubject = "I took this as a new question."
	sayNotFound   = "Try other words, or ask a person:"
	sayTryAgain   = "Try other words."
)

func askCommand() command {
	return command{
		Command: chat.Command{
			Name:     "ask",
			Summary:  "Answers a question from what the teams have published, with its sources",
			Argument: chat.Argument{Name: "question", Hint: "in your own words", Required: true, Suggest: "topic"},
			Examples: []string{"ask how do we get an authority to operate?", "how should we store secrets?"},
			Opens: &chat.Form{Action: "askform:", Title: "Ask Liaison", Submit: "Ask", Fields: []chat.Field{
				{ID: "question", Label: "What would you like to know?", Hint: "In your own words", Kind: chat.FieldLong, Required: true},
			}},
			OnMessage: "Answer this",
		},
		run:   (*Handler).runAsk,
		leads: always,
		meets: true,
	}
}

func (h *Handler) runAsk(ctx context.Context, r request) (chat.Reply, error) {
	turns, err := h.turns(ctx, r.event, r.who)
	if err != nil {
		return chat.Reply{}, err
	}
	return h.answer(ctx, r, turns)
}

// answer asks, keeps the exchange, and says the answer.
func (h *Handler) answer(ctx context.Context, r request, turns []index.Turn) (chat.Reply, error) {
	a, err := h.Ask.Ask(ctx, ask.Question{Text: r.text, Turns: turns, Audience: r.who, Home: r.home})
	if err != nil {
		return chat.Reply{}, err
	}
	x := newExchange(r.event, "ask", r.text, r.who, r.private, h.Now())
	x.Answer = AnswerText(a, h.Ask.Name)
	if a.Found() && !a.NamedOnly {
		x.Path = a.Citations[0].Document.Path
	}
	if err := h.Store.KeepExchange(ctx, x); err != nil {
		return chat.Reply{}, err
	}
	reply := AnswerReply(a, h.Ask.Name)
	if buttons := h.buttons(r, x, a); len(buttons) > 0 {
		reply.Blocks = append(reply.Blocks, chat.Actions{Actions: buttons})
	}
	return reply, nil
}

// shownSources is how many sources stand under an answer; Show more has the rest.
const shownSources = 3

// AnswerReply says an answer: what was found with its sources and where to ask, or why nothing was; name
// returns what to call an organisation of an id.
func AnswerReply(a ask.Answer, name func(id string) string) chat.Reply {
	if !a.Found() {
		return notFoundReply(a)
	}
	blocks := unasked(a)
	if a.Note != "" {
		blocks = append(blocks, chat.Note(chat.Info, a.Note))
	}
	if a.Band == index.BandMaybe {
		blocks = append(blocks, chat.Note(chat.Info, sayMaybe))
	}
	blocks = append(blocks, answerBlocks(a, name)...)
	blocks = append(blocks, sources(a.Citations[:min(len(a.Citations), shownSources)])...)
	if a.Other != nil {
		blocks = append(blocks, chat.Notice{Kind: chat.Info, Text: otherSide(*a.Other, a.OwnSide)})
	}
	blocks = append(blocks, places("Where to ask", a.Contacts)...)
	return chat.Reply{Blocks: append(blocks, remarks(a)...)}
}

// AnswerText says the answer alone, in plain words with its [1] marks; "" when nothing was found.
func AnswerText(a ask.Answer, name func(id string) string) string {
	if !a.Found() {
		return ""
	}
	return chat.PlainText(chat.Reply{Blocks: answerBlocks(a, name)})
}

// answerBlocks say what the glossary has of the thing asked for, and what the first page says.
func answerBlocks(a ask.Answer, name func(id string) string) []chat.Block {
	var blocks []chat.Block
	for _, t := range a.Named {
		blocks = append(blocks, termBlocks(t, name)...)
	}
	if !a.NamedOnly {
		blocks = append(blocks, chat.Text{Paragraphs: quotes(a.Citations[0])})
	}
	return blocks
}

func notFoundReply(a ask.Answer) chat.Reply {
	return chat.Reply{Blocks: slices.Concat(unasked(a), nothing(a.Reason, a.Contacts), remarks(a))}
}

// unasked says which questions of a message are not answered.
func unasked(a ask.Answer) []chat.Block {
	if len(a.Unasked) == 0 {
		return nil
	}
	return []chat.Block{chat.Note(chat.Info, fmt.Sprintf(sayUnasked, strings.Join(a.Unasked, "” and “")))}
}

// nothing says why there is no answer, and what to do next.
func nothing(reason string, contacts []ask.Contact) []chat.Block {
	switch {
	case len(contacts) == 0 && strings.HasSuffix(reason, "?"): // it ends with an example to try
		return []chat.Block{chat.Say(reason)}
	case len(contacts) == 0:
		return []chat.Block{chat.Say(reason + " " + sayTryAgain)}
	}
	return append([]chat.Block{chat.Say(reason)}, places(sayNotFound, contacts)...)
}

// remarks say what Liaison did with the question.
func remarks(a ask.Answer) []chat.Block {
	var blocks []chat.Block
	if len(a.Added) > 0 && a.Found() {
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayAlsoSearch, strings.Join(a.Added, ", "))))
	}
	if a.Shortened {
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayShortened, ask.MaxQuestion)))
	}
	if a.NewSubject {
		blocks = append(blocks, chat.Note(chat.Info, sayNewSubject))
	}
	return blocks
}

// quotes returns what a page says, and what another section of it does where that leaves room.
func quotes(c ask.Citation) []chat.Paragraph {
	paragraphs := quote(c, c.Quote)
	if c.Beside == nil {
		return paragraphs
	}
	if heading := strings.Join(c.Beside.Passage.Headings, " › "); heading != c.Heading() {
		paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Heading, Inlines: []chat.Inline{{Text: cmp.Or(heading, c.Document.Title)}}})
	}
	return append(paragraphs, cite(chat.Passage(c.Beside.Snippet, c.Beside.Matched), c.Number)...)
}

// quote returns a text of a page as written, under its title and headings, with the mark of its source.
func quote(c ask.Citation, text string) []chat.Paragraph {
	paragraphs := append([]chat.Paragraph{{Kind: chat.Heading, Inlines: []chat.Inline{{Text: c.Place()}}}}, chat.Passage(text, c.Matched)...)
	return cite(paragraphs, c.Number)
}

// cite puts the mark of a source after the last words of a quote.
func cite(paragraphs []chat.Paragraph, number int) []chat.Paragraph {
	mark := chat.Inline{Text: fmt.Sprintf(" [%d]", number)}
	last := &paragraphs[len(paragraphs)-1]
	switch last.Kind {
	case chat.Plain, chat.Bullet, chat.Number:
		last.Inlines = append(last.Inlines, mark)
		return paragraphs
	default: // in code and tables it would look like a part of them
		mark.Text = strings.TrimSpace(mark.Text)
		return append(paragraphs, chat.Paragraph{Inlines: []chat.Inline{mark}})
	}
}

// sources lists pages. An attribution that several of them ask for is said once, for all of them.
func sources(citations []ask.Citation) []chat.Block {
	if len(citations) == 0 {
		return nil
	}
	var list chat.Sources
	var blocks []chat.Block
	asking := map[string][]int{}
	var attributions []string
	for _, c := range citations {
		if len(asking[c.Attribution]) == 0 && c.Attribution != "" {
			attributions = append(attributions, c.Attribution)
		}
		asking[c.Attribution] = append(asking[c.Attribution], c.Number)
	}
	for _, c := range citations {
		source := chat.Source{
			Number: c.Number, Title: c.Document.Title, Heading: c.Heading(), URL: c.URL(), Organisation: c.Name(),
			Age: c.Age, Stamp: c.Stamp, Binds: c.Binds, Owner: c.Owner(),
		}
		if len(asking[c.Attribution]) == 1 {
			source.Licence = c.Attribution
		}
		list.Sources = append(list.Sources, source)
	}
	blocks = append(blocks, list)
	for _, attribution := range attributions {
		if numbers := asking[attribution]; len(numbers) > 1 {
			blocks = append(blocks, chat.Say(marks(numbers)+": "+attribution))
		}
	}
	return blocks
}

// marks says "[1], [2], [4]".
func marks(numbers []int) string {
	var all []string
	for _, n := range numbers {
		all = append(all, fmt.Sprintf("[%d]", n))
	}
	return strings.Join(all, ", ")
}

// otherSide offers a page of the other side, or of the asker's own: by its number when it is among the sources shown, else
// by a link.
func otherSide(c ask.Citation, own bool) chat.Paragraph {
	text := sayOtherSide
	if own {
		text = sayOwnSide
	}
	text += c.Name() + " answers this in "
	if c.Number > 0 && c.Number <= shownSources {
		return chat.Line(fmt.Sprintf("%s“%s” [%d].", text, c.Document.Title, c.Number))
	}
	return chat.Paragraph{Inlines: []chat.Inline{{Text: text}, {Text: "“" + c.Document.Title + "”", URL: c.URL()}, {Text: "."}}}
}

// places lists where to ask; nothing when there is nowhere.
func places(title string, contacts []ask.Contact) []chat.Block {
	if len(contacts) == 0 {
		return nil
	}
	facts := chat.Facts{Title: title}
	for _, c := range contacts {
		label := c.Organisation
		if c.Why != "" && c.Why != "your organisation" {
			label = strings.TrimSpace(label + " (" + c.Why + ")")
		}
		facts.Facts = append(facts.Facts, chat.Fact{Label: label, Value: chat.Inline{Text: c.Text, URL: c.URL}})
	}
	return []chat.Block{facts}
}

// buttons are those under an answer. What they offer depends on who may see what, never on what was found.
func (h *Handler) buttons(r request, x Exchange, a ask.Answer) []chat.Action {
	var buttons []chat.Action
	if a.Found() {
		buttons = append(buttons,
			chat.Action{ID: "yes:" + x.ID, Label: "Helpful", Vote: 1},
			chat.Action{ID: "no:" + x.ID, Label: "Not helpful", Vote: -1},
			chat.Action{ID: "more:" + x.ID, Label: "Show more"})
	}
	if h.asksPeople() {
		buttons = append(buttons, personButton(x.ID))
	}
	if h.Experts != nil {
		buttons = append(buttons, chat.Action{ID: "who:" + x.ID, Label: "Who knows"})
	}
	if a.Found() {
		buttons = append(buttons, shareButton(r, x)...)
	}
	if !r.private && shared(r.event) && wider(personAudience(r.event.Actor), r.who) {
		buttons = append(buttons, chat.Action{ID: "mine:" + x.ID, Label: "Show me privately"})
	}
	if adapter := h.Adapters[r.event.Platform]; adapter != nil && adapter.Capabilities().FollowUp {
		buttons = append(buttons, chat.Action{ID: "follow:" + x.ID, Label: "Follow up"})
	}
	return buttons
}
