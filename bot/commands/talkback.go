package commands

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/experts"
	"liaison/index"
)

// People also talk about the answer itself: they want more of it, its sources, whose it is, or they say that
// it is wrong. Its pages know nothing of that, so looking for those words would only bring the same again.

const (
	sayNoAnswerYet = "I have not shown you an answer here yet. Ask me something in your own words, for example: how do we test with users?"
	sayTheSources  = "These are the pages I found for “%s”."
	sayNoPage      = "I found no page for that, so there is no source to name. Ask me something in other words."
	sayOnlyPeople  = "That was a list of people, and no guidance. Ask me a question, and I show you whose words answer it."
	sayAllThereIs  = "That was all I have on it. Ask me something else about it, in a few words."
	sayWrong       = "I am sorry. I show what the pages say and cannot judge it. Tell me in other words what you are trying to do and I will look again; “Not helpful” tells the people who look after the knowledge."
	sayNotWritten  = "I show the words of the page as they stand and cannot put them in other ones. Ask about the one thing you need, and I look for the sentences that say it."
	sayInShort     = "I show the words of the page as they stand and cannot put them in other ones. In short, it begins:"
	sayBrokenLink  = "I am sorry. I only know the address that the page had when I read it. “Not helpful” tells the people who look after the knowledge; these can help with the page:"
	sayWhose       = "“%s” is from %s%s."
	sayBinds       = "“%s” says that it binds %s."
	saySure        = "I think that this page is about what you asked. I only compare words, so read the page before you rely on it."
	sayUnsure      = "No, I am not sure: it is the nearest page that I found, as it has some of your words."
	sayDated       = "“%s”: %s."
	sayUndated     = "“%s” does not say when it was written or last reviewed."
	sayBindsNobody = "“%s” does not say whom it binds: it is %s, so ask them before you rely on it."
)

// talkback is a way to speak of the answer before.
type talkback struct {
	name string
	is   *regexp.Regexp // of what was said, as spoken makes it
	// question says that the words may ask something of their own when there is no answer before them.
	question bool
	reply    func(h *Handler, r request, x Exchange, a ask.Answer) chat.Reply
}

// that is what people call the answer or its page.
const that = `(?:that|this|it|those|these|them|the answer|your answer|the (?:last )?(?:one|page|text|guidance|advice|link|source)|your link)`

// The ways to say so, compiled once: every message is held against them.
var (
	moreSaid      = regexp.MustCompile(`^(?:(?:and|ok|yes|please|can you|could you|i want) )*(?:more|(?:tell|show|give|see|read) (?:me |us )?(?:some )?more|say more|go on|carry on|continue|keep going|what else|anything else|(?:the )?(?:full|whole) (?:text|answer|thing|page)|the rest|(?:tell me )?more about ` + that + `)(?: please| then)*$`)
	sourcesSaid   = regexp.MustCompile(`^(?:(?:and|ok|please|can you|could you|can i|show|give|see|tell|list|me|us|have|what|whats|are|is|the|your|all|any) )*(?:sources?|references?|citations?|links|(?:the|a|your) link)(?: (?:please|to|for ` + that + `|again|are there))*$|^(?:and )?where (?:is|was|does|did|do) (?:` + that + `|you) (?:from|come from|get ` + that + `(?: from)?|find ` + that + `|say ` + that + `)$|^says who$|^link please$`)
	sureSaid      = regexp.MustCompile(`^(?:(?:and|but|ok|hmm|wait|thanks) )*(?:are you (?:really )?(?:sure|certain|positive|confident)(?: (?:about|of|in) ` + that + `)?|is ` + that + ` (?:really )?(?:right|true|correct|accurate)|why (?:did|do|are) you (?:show|showing|give|giving|tell|telling|send|sending) (?:me|us) ` + that + `|why ` + that + `|really|seriously|can i (?:trust|rely on) ` + that + `|how (?:sure|certain|confident) are you(?: (?:about|of|in) ` + that + `)?)$`)
	datedSaid     = regexp.MustCompile(`^(?:(?:and|but|so) )*(?:when (?:was|is|were|did) ` + that + ` (?:last )?(?:updated?|written|reviewed?|published?|changed?|made|posted|checked|from)|how (?:old|recent|current|new|up to date) is ` + that + `|is ` + that + ` (?:still )?(?:up to date|current|recent|old|valid|out of date))$`)
	whoseSaid     = regexp.MustCompile(`^(?:and |so )?(?:whose (?:guidance|advice|page|rules?|policy|words?|standard)? ?(?:is|are|was) ` + that + `|who (?:says|said|wrote|writes|published|publishes|made|owns|maintains|issued) ` + that + `|who says so|which (?:organisation|organization|team|department|agency|country|side) (?:is|was|says|wrote) ` + that + `(?: from)?|is ` + that + ` (?:from )?(?:uk|us|british|american|gds|usds|18f)(?: or (?:from )?(?:uk|us|british|american|gds|usds|18f))? ?(?:guidance|advice)?)$`)
	bindingSaid   = regexp.MustCompile(`^(?:and |so |but )?(?:(?:is|are) ` + that + ` (?:mandatory|binding|compulsory|obligatory|optional|a (?:rule|law|must|requirement|legal requirement)|the law|law|legally binding|(?:just )?(?:guidance|advice)|required|a recommendation|official)(?: (?:for|on) (?:us|me|everyone|everybody|all of us))?|(?:who|whom) (?:does|do) ` + that + ` (?:apply to|bind)|(?:does|do) ` + that + ` (?:apply to|bind) (?:us|me)|do (?:we|i) have to(?: (?:do|follow) ` + that + `)?|must (?:we|i)(?: (?:do|follow) ` + that + `)?)$`)
	whomtoaskSaid = regexp.MustCompile(`^(?:(?:and|so|ok|then|but|well) )*(?:whom? (?:do|should|would|must|shall) (?:i|we) (?:ask|contact|email|message|call|ring|phone|go to|turn to)|whom? to (?:ask|contact|email|call))(?: (?:please|then|instead|now))*$`)
	wrongSaid     = regexp.MustCompile(`^(?:(?:no|nope|yes|yeah|oh|ah|sorry|but|hmm|well|i think|im afraid|thanks|thank you|ok|okay) )*(?:(?:thats|that one is|that one was|that is|that was|this is|this was|thiss|its|it is|it was|you are|youre|you were|your answer is|your answer was|the answer is) (?:(?:just|all|totally|completely|plain|simply|really) )?(?:wrong|incorrect|not (?:right|true|correct|helpful|what i (?:asked|meant|want|wanted|need|needed)(?: for)?|it|the answer|relevant|useful)|out of date|outdated|nonsense|irrelevant|useless|old)|(?:still )?wrong(?: answer)?|(?:(?:this|that|the|your) (?:answer|page|one)) (?:is|was) (?:(?:just|all|totally|completely|plain|simply|really) )?(?:wrong|incorrect|not right|mistaken|out of date)|still not (?:it|right|what i (?:asked|meant|wanted|need|needed)(?: for)?)|not what i (?:asked|meant|wanted|need|needed)(?: for)?|(?:that|this|it) (?:does not|doesnt|didnt|did not|isnt|wasnt) (?:answer (?:my|the) question|answer it|answer|help|right|it|true|what i (?:asked|meant|wanted)(?: for)?)|you (?:misunderstood|did not understand|didnt understand)(?: me)?)$`)
	shorterSaid   = regexp.MustCompile(`^(?:(?:please|can you|could you|would you|will you|just|ok|and) )*(?:(?:shorten|summari[sz]e|simplify|condense|rephrase|reword|paraphrase|translate|rewrite) ` + that + `(?: (?:please|for me|down))*|make ` + that + ` (?:shorter|simpler|easier|clearer)|(?:say|explain|put) ` + that + ` (?:again )?(?:(?:in )?(?:simpler|shorter|plainer|plain|fewer|other|simple) (?:words|terms|english|language)|(?:more )?(?:simply|briefly|clearly)|shorter)|(?:a )?(?:summary|tldr|tl dr|shorter|simpler|too long|eli5)(?: (?:please|version|of ` + that + `))*|(?:thats|that is|its|it is) too (?:long|complicated|much)|(?:i )?(?:do not|dont) understand(?: ` + that + `)?)(?: please)*$`)
	brokenSaid    = regexp.MustCompile(`^(?:(?:no|sorry|but|hey|hi) )*(?:(?:` + that + `|the links?|a link|your links?|that link|this link|the url|that url|the page|that page) (?:is|are|seems|looks|does|do|gives|gave|goes|returns) (?:me )?(?:a |to a )?(?:broken|dead|down|gone|not (?:work|working|there|open|found)|404|page not found|an error|error)|(?:` + that + `|the links?|that link|this link|your link|the page) (?:doesnt|dont|does not|do not|isnt|is not|wont|will not|cant) (?:work|working|open|load|exist)|(?:broken|dead) links?|(?:i )?(?:get|got|getting) (?:a )?404)$`)
)

// talkbacks are looked at in this order.
func talkbacks() []talkback {
	return []talkback{
		{"more", moreSaid, false, tellMore},
		{"sources", sourcesSaid, false, tellSources},
		{"sure", sureSaid, false, tellSure},
		{"dated", datedSaid, false, tellDated},
		{"whose", whoseSaid, false, tellWhose},
		{"binding", bindingSaid, true, tellBinding},
		{"whomtoask", whomtoaskSaid, true, tellWhomToAsk},
		{"wrong", wrongSaid, false, tellWrong},
		{"shorter", shorterSaid, false, tellShorter},
		{"broken", brokenSaid, false, tellBroken},
	}
}

// talkedBack returns the command for a text that is about the answer before.
func talkedBack(said string) (command, bool) {
	for _, t := range talkbacks() {
		if t.is.MatchString(said) {
			return command{Command: chat.Command{Name: t.name}, meets: t.question, run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
				return h.talkBack(ctx, r, t)
			}}, true
		}
	}
	return command{}, false
}

func (h *Handler) talkBack(ctx context.Context, r request, t talkback) (chat.Reply, error) {
	x, ok, err := h.lastExchange(ctx, r)
	switch {
	case err != nil:
		return chat.Reply{}, err
	case !ok && t.question:
		r.text = r.event.Text
		return h.runAsk(ctx, r)
	case !ok:
		return say(sayNoAnswerYet), nil
	case x.Command != "ask":
		return t.reply(h, r, x, ask.Answer{}), nil
	}
	a, err := h.again(ctx, r.event, x.ID)
	if err != nil {
		return chat.Reply{}, err
	}
	if t.question && len(a.Citations) > 0 && a.Citations[0].Binds == "" { // its words may say so all the same
		if reply, found, err := h.saysItself(ctx, r, x); err != nil || found {
			return reply, err
		}
	}
	return t.reply(h, r, x, a), nil
}

// saysItself looks whether the page of an exchange answers what is asked about it, and answers with that.
func (h *Handler) saysItself(ctx context.Context, r request, x Exchange) (chat.Reply, bool, error) {
	r.text = r.event.Text
	turns, err := h.turns(ctx, r.event, r.who)
	if err != nil {
		return chat.Reply{}, false, err
	}
	a, err := h.Ask.Ask(ctx, ask.Question{Text: r.text, Turns: turns, Audience: r.who, Home: r.home, OneSide: true})
	if err != nil || a.Band != index.BandAnswer || a.NewSubject || a.Citations[0].Document.Path != x.Path {
		return chat.Reply{}, false, err
	}
	reply, err := h.answer(ctx, r, turns)
	return reply, true, err
}

// lastExchange returns the last one of the conversation that may feed an answer for these readers.
func (h *Handler) lastExchange(ctx context.Context, r request) (Exchange, bool, error) {
	span := threadTime
	if r.event.Room.Thread == "" {
		span = roomTime
	}
	before, err := h.Store.Conversation(ctx, r.event.Conversation(), h.Now().Add(-span), 4*maxTurns)
	for _, x := range slices.Backward(before) {
		if x.ID != exchangeID(r.event) && mayFeed(x, r.event.Actor.Account.String(), r.who) {
			return x, true, err
		}
	}
	return Exchange{}, false, err
}

func tellMore(h *Handler, r request, x Exchange, a ask.Answer) chat.Reply {
	return h.moreReply(r.event, x, a)
}

func tellSources(h *Handler, _ request, x Exchange, a ask.Answer) chat.Reply {
	if len(a.Citations) == 0 || !a.Found() {
		return noPage(x)
	}
	return chat.Reply{Blocks: append([]chat.Block{chat.Say(fmt.Sprintf(sayTheSources, x.Question))}, sources(a.Citations)...)}
}

// noPage says why an exchange has no page to tell of.
func noPage(x Exchange) chat.Reply {
	if x.Command == "who" {
		return say(sayOnlyPeople)
	}
	return say(sayNoPage)
}

// tellWhomToAsk names the places of an answer, and offers people.
func tellWhomToAsk(h *Handler, r request, x Exchange, a ask.Answer) chat.Reply {
	contacts := a.Contacts
	if len(contacts) == 0 {
		contacts = h.Ask.Places(x.Question, r.home)
	}
	blocks := places("Where to ask", contacts)
	if h.asksPeople() {
		blocks = append(blocks, chat.Actions{Actions: []chat.Action{personButton(x.ID)}})
	}
	return chat.Reply{Blocks: blocks}
}

// tellSure says how sure an answer is, and whose it is.
func tellSure(h *Handler, r request, x Exchange, a ask.Answer) chat.Reply {
	reply := tellWhose(h, r, x, a)
	switch {
	case len(a.Citations) == 0 || !a.Found():
		return reply
	case a.Band == index.BandAnswer:
		reply.Blocks = append([]chat.Block{chat.Say(saySure)}, reply.Blocks...)
	default:
		reply.Blocks = append([]chat.Block{chat.Say(sayUnsure)}, reply.Blocks...)
	}
	return reply
}

// tellDated says how old a page is, if it says so.
func tellDated(_ *Handler, _ request, x Exchange, a ask.Answer) chat.Reply {
	if len(a.Citations) == 0 || !a.Found() {
		return noPage(x)
	}
	c := a.Citations[0]
	sentence := fmt.Sprintf(sayUndated, c.Document.Title)
	if c.Age != "" {
		sentence = fmt.Sprintf(sayDated, c.Document.Title, c.Age)
	}
	return chat.Reply{Blocks: append([]chat.Block{chat.Say(sentence)}, sources(a.Citations[:1])...)}
}

func tellWhose(_ *Handler, _ request, x Exchange, a ask.Answer) chat.Reply {
	if len(a.Citations) == 0 || !a.Found() {
		return noPage(x)
	}
	c := a.Citations[0]
	more := ""
	owner := c.Owner()
	if owner != "" {
		owner = "owner " + owner
	}
	for _, part := range []string{c.Stamp, owner, c.Age} {
		if part != "" {
			more += ", " + part
		}
	}
	blocks := []chat.Block{chat.Say(fmt.Sprintf(sayWhose, c.Document.Title, c.FullName(), more))}
	return chat.Reply{Blocks: append(append(blocks, sources(a.Citations[:1])...), places("Where to ask", a.Contacts)...)}
}

func tellBinding(_ *Handler, _ request, x Exchange, a ask.Answer) chat.Reply {
	if len(a.Citations) == 0 || !a.Found() {
		return noPage(x)
	}
	c := a.Citations[0]
	sentence := fmt.Sprintf(sayBindsNobody, c.Document.Title, c.Name()+"’s guidance")
	if c.Binds != "" {
		sentence = fmt.Sprintf(sayBinds, c.Document.Title, c.Binds)
	}
	return chat.Reply{Blocks: append(append([]chat.Block{chat.Say(sentence)}, sources(a.Citations[:1])...), places("Where to ask", a.Contacts)...)}
}

func tellWrong(h *Handler, _ request, x Exchange, _ ask.Answer) chat.Reply {
	return chat.Reply{Blocks: []chat.Block{chat.Say(sayWrong), h.complaint(x)}}
}

func tellShorter(_ *Handler, _ request, _ Exchange, a ask.Answer) chat.Reply {
	if len(a.Citations) == 0 || !a.Found() {
		return say(sayNotWritten)
	}
	c := a.Citations[0]
	return chat.Reply{Blocks: append([]chat.Block{chat.Say(sayInShort), chat.Text{Paragraphs: quote(c, opening(c.Quote))}}, sources(a.Citations[:1])...)}
}

// opening returns the first sentence of a quote; all of it where its first line only opens a list.
func opening(quoted string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(quoted), "\n")
	if strings.HasSuffix(line, ":") {
		return quoted
	}
	return experts.FirstSentence(line)
}

func tellBroken(h *Handler, _ request, x Exchange, a ask.Answer) chat.Reply {
	blocks := []chat.Block{chat.Say(sayBrokenLink)}
	return chat.Reply{Blocks: append(append(blocks, places("Where to ask", a.Contacts)...), h.complaint(x))}
}

// complaint offers what can be done about a bad answer.
func (h *Handler) complaint(x Exchange) chat.Actions {
	buttons := []chat.Action{{ID: "no:" + x.ID, Label: "Not helpful", Vote: -1}}
	if h.asksPeople() {
		buttons = append(buttons, personButton(x.ID))
	}
	return chat.Actions{Actions: buttons}
}
