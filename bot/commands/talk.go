package commands

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"liaison/bot/chat"
)

const (
	sayHello  = "Hello. Ask me how government digital teams do things, in your own words. For example: how do we get an authority to operate? Say “help” for what else I can do."
	sayThanks = "You are welcome. Ask me again whenever you like."
	sayAbout  = "I am Liaison, a program and not a person. I look questions up in what government digital teams have published and show you their own words with a link; I make nothing up, and no language model writes my answers. Say “help” for what you can ask."
	sayCalm   = "I am sorry that I was no help. Tell me in a few words what you are trying to do and I will look again, or say “help” for what I can do."
	sayPlace  = "If you want me to know when you are at work, say your time zone by a large city in it, for example “profile zone London”."
	saySees   = "What I answer to you alone, nobody else is shown, unless you put it to people or share it; what I answer in a channel, everybody in it can read. Whoever runs Liaison could look into its database, and Slack or Discord keep messages under rules of their own, which your organisation may see."
	sayStop   = "All right. I only answer when I am asked."
	sayReport = "Say “not helpful” under the answer that shows it, and why: the people who look after the knowledge see that, without your name. The page itself belongs to whoever published it, who is named with it."
	sayUnask  = "I cannot pick one question out and forget it. Where you can delete your message, do, and I forget the question with it; “forget me” erases all that I hold about you."
	sayHuman  = "I am a program. Tell me your question, and I look for somebody whom I can ask; nothing is sent before you agree."
	sayTyped  = "I also keep the lines that you typed here, so that you can call them back."
)

// talk is what people say to somebody, rather than ask. It is recognised by the whole text, so that
// no question is ever taken for it, and it is in no table: nobody needs to be told that they may say
// hello.
type talk struct {
	is      func(said string) bool // said is as spoken makes it
	command func() command
}

// talks are looked at in this order.
func talks() []talk {
	return []talk{
		{about.MatchString, func() command { return saying("about", sayAbout) }},
		{helping.MatchString, helpCommand},
		{helpful.MatchString, helpfulCommand},
		{notHelpful.MatchString, notHelpfulCommand},
		{idle.MatchString, func() command { return saying("idle", sayIdle) }},
		{stopping.MatchString, func() command { return saying("stop", sayStop) }},
		{rude, calmCommand},
		{reporting.MatchString, func() command { return saying("report", sayReport) }},
		{wantsHuman.MatchString, humanCommand},
		{unasking.MatchString, func() command { return saying("unask", sayUnask) }},
		{whoElse.MatchString, whoElseCommand},
		{listing.MatchString, func() command { return profileCommand() }},
		{hiding.MatchString, hideCommand},
		{erasing.MatchString, eraseCommand},
		{placed, func() command { return saying("place", sayPlace) }},
		{keeping.MatchString, keptCommand},
		{watching.MatchString, seenCommand},
	}
}

var (
	about = regexp.MustCompile(`^(?:so )?(?:(?:who|what) (?:are you|is liaison|is this|is this bot)|whats? (?:is )?your name|who (?:made|built|runs|wrote) you|` +
		`(?:are|r) (?:you|u) (?:an? )?(?:real |actual )?(?:chatgpt|chat gpt|gpt|claude|gemini|copilot|bot|robot|chatbot|ai|human|person|real|machine|language model|llm)(?: or (?:an? )?(?:real )?(?:bot|robot|human|person|ai|chatgpt|machine))?` +
		`|whats your name anyway|how old are you|where (?:are you(?: from)?|do you live)|can you hear me|(?:are|r) (?:you|u) (?:(?:still|even|really) )*(?:alive|awake|there|listening|sentient|conscious|real|ok|okay|happy|tired|bored|busy)` +
		`|(?:are you going to|will you|do you want to) take (?:over the world|my job|our jobs)|do you (?:ever |really )?(?:sleep|rest|get (?:bored|tired|lonely)(?: of (?:us|me|this|it))?|like (?:your job|your work|working here|it here|us|people|humans)|have (?:feelings|emotions|friends|a (?:name|family|soul))))$`)
	helping    = regexp.MustCompile(`^(?:(?:(?:can|could|would|will) (?:you|u)|please|i need(?: some)?|i want) )*(?:help|hepl|hlep|hekp|helpp)(?: (?:me|please|me please|me out))?$|^(?:please )?(?:tell|show) (?:me|us) everything(?: (?:please|(?:that )?(?:you|u) (?:can do|know)))*$|^(?:so )?(?:what (?:can|could|do) (?:you|u|liaison|this bot)(?: actually)? do(?: for (?:me|us))?|what (?:can|could|should) i ask(?: you| here| liaison)?|how (?:do you|does (?:this|it|liaison|this bot)) work|how (?:do|can) i use (?:you|this|liaison|this bot))$`)
	helpful    = regexp.MustCompile(`^(?:(?:yes|very|really|quite|so) )*helpful$`)
	notHelpful = regexp.MustCompile(`^(?:no )?(?:(?:not|that was not|this was not) (?:(?:very|really|that|so|at all) )*helpful(?: at all)?|(?:very |really )?unhelpful)$`)
	erasing    = regexp.MustCompile(`^(?:please )?(?:forget|erase|delete|wipe|remove|clear)(?: all)? (?:me|everything|my (?:data|questions|history|information)|everything about me|everything you (?:know|hold|have|store|keep)(?: (?:about|on) me)?|all about me)(?: please)?$`)
	keeping    = regexp.MustCompile(`^(?:how long (?:do|will|are|would) you (?:keep|store|hold|remember|save|keeping|storing) (?:it|that|this|them|these|things|data|my \w+|what i (?:ask|say|write|asked|said))|how long (?:is|are) (?:my (?:data|questions?)|what i (?:ask|say)) (?:kept|stored|held)|what (?:data |information )?(?:do|does|have) (?:you|liaison|it|this bot) (?:(?:know|have|hold|got|remember|store|keep|save|collect|record)(?: (?:about|on|of) me)|(?:store|keep|save|collect|record))` +
		`|what (?:data|information) (?:do|does) (?:you|liaison|it) (?:have|hold)|how (?:do|can) i (?:delete|erase|remove|wipe|clear|see) my (?:data|questions|history|information)|how (?:do|can) i be forgotten` +
		`|(?:can|could|will) you (?:forget|delete|erase) (?:me|my data|my questions|my history)|do you (?:store|keep|record|save|log|remember) (?:my (?:questions|data|messages)|what i (?:ask|say|write)|me)` +
		`|(?:fo[gr]+et+|forgt|frget|froget|forgot|fogret|forger) (?:me|everything)|forget em|forgetme)$`)
	watching = regexp.MustCompile(`^(?:(?:and|so|but|hey|hi|wait|liaison) )*(?:(?:can|could|will|would|does|do|is|are) (?:(?:my|our|your|the|any) )*(?:boss|bosses|manager|managers|line manager|supervisor|colleagues?|coworkers?|teammates?|team|others?|other people|others here|any ?(?:one|body)(?: else)?|some ?(?:one|body)(?: else)?|people|everyone|everybody|admins?|gds|hr) (?:able to )?(?:see|read|know|look at|find out|track|watch|monitor)(?:ing)? (?:what (?:i|we) (?:am |are )?(?:ask|asking|asked|say|type|write|typed|wrote|search|search for|look up)(?: you)?|my (?:questions?|messages?|chats?|searches)|our chat|this chat|this conversation)` +
		`|who (?:can |else can |else |will )?(?:see|sees|read|reads|know|knows) (?:what i (?:ask|say|type|write|asked|typed)(?: you)?|my (?:questions?|messages?|searches)|this chat|this conversation)` +
		`|(?:is|are) (?:what i (?:ask|say|type|write)(?: you)?|my (?:questions?|messages?)|this chat|this conversation|our chat|our conversation)(?: here)? (?:private|confidential|anonymous|secret|between us|just between us|monitored|recorded|logged|tracked))(?: (?:here|to you|in here|please|from you|with you))*$`)
	stopping   = regexp.MustCompile(`^(?:(?:stop|quit)(?: (?:it|this|that|(?:sending|showing|messaging|telling|giving|writing)(?: to)? (?:me|us)(?: (?:\w+ ){0,2}(?:stuff|things|messages|answers|this|that|it|rubbish|nonsense))?|talking|answering|replying))?|leave me alone|be quiet|quiet|shush|shh+|unsubscribe|no more messages|do not (?:message|write to) me|dont (?:message|write to) me)$`)
	reporting  = regexp.MustCompile(`^(?:(?:how|where|whom?) (?:do|can|should|would) (?:i|we) )?(?:report|flag|correct|tell you about)(?: you)? (?:a|an|the|this|that) (?:(?:wrong|bad|broken|outdated|old|incorrect) (?:page|answer|link|guidance)|mistake|error|problem)(?: (?:on|in|with) (?:a|an|the|this|that|your) (?:page|answer|guidance|link))?$|^(?:i (?:have )?(?:found|spotted|noticed|saw) |there is |theres )(?:a|an) (?:mistake|error|typo|broken link) (?:on|in) (?:a|the|this|that|your|one of your) (?:pages?|answers?|guidance|links?)(?: (?:about|on) .*)?$`)
	wantsHuman = regexp.MustCompile(`^(?:(?:i want|i need|is there|get me|give me|find me|where is|how do i|how can i|can i|could i|i want to|i need to) )*(?:to )?(?:(?:speak|talk|chat) (?:to|with) )?(?:a|an|some|another)? ?(?:(?:real|actual|live|proper) )*(?:human(?: being)?|real person|actual person|live person|operator|human help)(?: (?:i can|to|who i can|here|there|speak|talk|chat|ask|with|please))*$|^(?:speak|talk|chat) (?:to|with) (?:somebody|someone|a person|people|a human)$`)
	unasking   = regexp.MustCompile(`^(?:forget|delete|erase|remove|unsend) (?:(?:what|that) i (?:have )?(?:just |last )?(?:asked|said|wrote|typed)(?: you)?|(?:my|that|this|the) (?:(?:last|previous|one) )?(?:question|message))$`)
	whoElse    = regexp.MustCompile(`^(?:(?:and|ok|is there|are there|do you know) )*(?:(?:who|anyone|anybody|somebody|someone) else|any others?|others)(?: (?:(?:who |that )?(?:knows?|can help|could help|to ask|i can ask|i could ask|is there)(?: (?:about|with))?(?: (?:it|that|this))?))?$`)
	listing    = regexp.MustCompile(`^(?:how (?:do|can) i )?(?:list|add|register) (?:me|myself)(?: (?:so (?:that )?(?:people|others) can (?:ask|find) me|as an expert|as somebody who knows|on the list|to the list))?$|^(?:show|open|see|change|edit) my profile$`)
	hiding     = regexp.MustCompile(`^(?:hide|unlist|delist) (?:me|myself|my profile)$|^(?:take|remove) (?:me|myself) (?:off|from) the list$`)
	acronymTA  = regexp.MustCompile(`^\s*TA\b`) // travel authorisation, and no thanks
	thanksSign = regexp.MustCompile(`^(?::(?:\+1|thumbsup|tada|pray|clap|heart|raised_hands|ok_hand|white_check_mark|100)(?::?:skin-tone-\d)?:\s*)+$`)
)

// talked returns the command for a text that is no question but talk.
func talked(text string) (command, bool) {
	if needsCare(text) {
		return careCommand(), true
	}
	if thankful(text) {
		return saying("thanks", sayThanks), true
	}
	said := spoken(text)
	if acronymTA.MatchString(text) {
		return command{}, false
	}
	if said == "forget me" { // nothing else erases at once
		return forgetCommand(), true
	}
	if c, ok := recognised(said); ok {
		return c, true
	}
	if c, ok := courteous(text, said); ok {
		return c, true
	}
	return recognised(bare(said))
}

// recognised returns the command for what was said to Liaison, or about what it showed.
func recognised(said string) (command, bool) {
	for _, t := range talks() {
		if t.is(said) {
			return t.command(), true
		}
	}
	if nthMeant(said) != 0 {
		return nthCommand(said), true
	}
	return talkedBack(said)
}

// thankful reports whether a text is nothing but signs of approval.
func thankful(text string) bool {
	text = strings.TrimSpace(text)
	signs := strings.Map(func(r rune) rune {
		if r == '\ufe0f' || r >= '\U0001F3FB' && r <= '\U0001F3FF' || unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1 // how an emoji is to be shown, and its skin tone
		}
		return r
	}, text)
	return thanksSign.MatchString(text) || signs != "" && strings.Trim(signs, "👍👏🙏🎉🙌❤😀😃😄😊🙂💯👌✅🤝🥳💪") == ""
}

var (
	// goesBefore and goesAfter are what people put round a request without changing what it asks.
	goesBefore = regexp.MustCompile(`^(?:(?:so|and|but|then|ok|okay|hey|hi|hello|please|actually|just|now|also|oh|ah|hmm|um|wait|sorry|liaison|thanks|i think|i said|can you|could you|would you|will you|can i|could i|may i|i want you to|i need you to|i would like you to|id like you to|i want to|i need to|i would like to|id like to|let me|lets) )+`)
	goesAfter  = regexp.MustCompile(`(?: (?:please|thanks|thank you|cheers|then|now|right now|instead|again|for me|if you can|mate|liaison|at once|completely))+$`)
)

// bare returns what was said, as spoken makes it, without what is put round a request.
func bare(said string) string {
	return goesAfter.ReplaceAllString(goesBefore.ReplaceAllString(said, ""), "")
}

// spoken returns the words of a text in lower case, a space between each, without punctuation.
func spoken(text string) string {
	if len(text) > 200 {
		return "" // a story, whatever it begins with
	}
	text = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(text))
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, " ")
}

var (
	insults = strings.Fields(`bloody ugh argh grr ffs wtf ridiculous useless stupid rubbish crap shit shite dumb idiot idiotic moron hopeless pathetic suck sucks hate fuck fucking
		fucked piss shut bollocks wanker bastard bitch arse ass asshole arsehole hell damn terrible awful worst`)
	besides = strings.Fields(`you youre your are a an so is this bot the off liaison what that thats its it really very absolutely totally
		complete completely keep giving showing telling sending wrong again every time same all right for gods sake seriously thing up go away me of ever robot program tool answer answers just such piece i dont know anything`)
)

// rude reports whether somebody only vents: a text of few words, one of them an insult, none of them
// about anything.
func rude(said string) bool {
	words := strings.Fields(said)
	in := func(list []string) func(string) bool { return func(w string) bool { return slices.Contains(list, w) } }
	if said == "go away" || said == "piss off" {
		return true
	}
	return len(words) <= 8 && slices.ContainsFunc(words, in(insults)) &&
		!slices.ContainsFunc(words, func(w string) bool { return !in(insults)(w) && !in(besides)(w) })
}

var inPlace = regexp.MustCompile(`^(?:im|i am|were|we are) (?:(?:currently|based|now) )*(?:in|from) (.+)$`)

// placed reports whether somebody only says in which city they are. No page is about that; their profile may be.
func placed(said string) bool {
	found := inPlace.FindStringSubmatch(said)
	if found == nil {
		return false
	}
	_, ok := zoneMeant(found[1])
	return ok
}

// calmCommand answers somebody who vents, and offers them a person, as a program was no help.
func calmCommand() command {
	return command{Command: chat.Command{Name: "calm"}, run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
		return h.withPerson(ctx, r, sayCalm)
	}}
}

// humanCommand offers a person to somebody who wants no program.
func humanCommand() command {
	return command{Command: chat.Command{Name: "human"}, run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
		return h.withPerson(ctx, r, sayHuman)
	}}
}

// withPerson says a sentence, with the button that puts the last question to people, if there is one.
func (h *Handler) withPerson(ctx context.Context, r request, sentence string) (chat.Reply, error) {
	reply := say(sentence)
	x, ok, err := h.lastExchange(ctx, r)
	if ok && h.asksPeople() {
		reply.Blocks = append(reply.Blocks, chat.Actions{Actions: []chat.Action{personButton(x.ID)}})
	}
	return reply, err
}

// hideCommand is "profile hide" in other words.
func hideCommand() command {
	c := profileCommand()
	c.run = func(h *Handler, ctx context.Context, r request) (chat.Reply, error) { return h.hideMe(ctx, r.event) }
	return c
}

func saying(name, sentence string) command {
	return command{
		Command: chat.Command{Name: name},
		run:     func(*Handler, context.Context, request) (chat.Reply, error) { return say(sentence), nil },
	}
}

// keptCommand tells what is kept of a person, and how to have it erased.
func keptCommand() command {
	return command{
		Command: chat.Command{Name: "kept", Private: true},
		run: func(h *Handler, _ context.Context, r request) (chat.Reply, error) {
			return keptReply(append(append([]string{forDays(sayKept)}, h.typed(r.event)...), h.eraseWords())...), nil
		},
	}
}

// seenCommand tells who sees what somebody asks.
func seenCommand() command {
	return command{
		Command: chat.Command{Name: "seen", Private: true},
		run: func(h *Handler, _ context.Context, r request) (chat.Reply, error) {
			return keptReply(append(append([]string{saySees, forDays(sayKept)}, h.typed(r.event)...), h.eraseWords())...), nil
		},
	}
}

func keptReply(sentences ...string) chat.Reply {
	r := say(sentences...)
	r.Blocks = append(r.Blocks, chat.Actions{Actions: []chat.Action{
		{ID: "forget:", Label: "Forget me", Style: chat.Danger, Confirm: "Erase everything Liaison holds about you?"},
	}})
	return r
}

// eraseCommand tells what would be erased. Only the words of the command itself erase: "delete my data" may be meant of
// anything else, and what is erased is gone.
func eraseCommand() command {
	return command{
		Command: chat.Command{Name: "erase", Private: true},
		run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
			held, err := h.People.Store.Held(ctx, r.event.Actor.Account.String())
			reply := keptReply(sayNotErased, h.eraseWords())
			reply.Blocks = slices.Insert(reply.Blocks, 1, chat.Block(heldList("What would be erased", held)))
			return reply, err
		},
	}
}

// typed says that a platform keeps what is typed on it; nothing on others.
func (h *Handler) typed(e chat.Event) []string {
	if _, ok := h.Adapters[e.Platform].(forgetter); ok {
		return []string{sayTyped}
	}
	return nil
}

// Route returns the name of the command that a text asks for, as in a conversation, and its words.
func Route(text string) (name, rest string) {
	c, rest := readText(strings.TrimSpace(text))
	return c.Name, rest
}

// TalkReply answers, where nothing is kept, what is no question: a greeting, thanks, or a request for
// help. It reports false for the name of any other command.
func TalkReply(name string) (chat.Reply, bool) {
	switch name {
	case "hello":
		return say(sayHello), true
	case "thanks", "helpful":
		return say(sayThanks), true
	case "about":
		return say(sayAbout), true
	case "calm":
		return say(sayCalm), true
	case "idle":
		return say(sayIdle), true
	case "place":
		return say(sayPlace), true
	case "bye":
		return say(sayBye), true
	case "stop":
		return say(sayStop), true
	case "report":
		return say(sayReport), true
	case "unask":
		return say(sayUnask), true
	case "human":
		return say(sayHuman), true
	case "noted":
		return say(sayNoted), true
	case "help":
		return (&Handler{}).help(chat.Event{}), true
	case "nth", "dated", "whoelse", "more", "sources", "whose", "sure", "whomtoask", "wrong", "nothelpful", "shorter", "broken":
		return say(sayNoAnswerYet), true
	case "care":
		return say(sayCare), true
	case "seen":
		return keptReply(saySees, forDays(sayKept), sayErase), true
	case "kept", "erase", "forget":
		return keptReply(forDays(sayKept), sayErase), true
	}
	return chat.Reply{}, false
}
