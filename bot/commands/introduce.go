package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/intro"
	"liaison/bot/profile"
)

const (
	sayIntroHow    = "Tell me whom you would like to meet, and about what, by their name or by what they know: introduce me to somebody who knows about digital identity"
	sayIntroNobody = "I know nobody called “%s” whom I may introduce you to. People can be found once they have listed themselves."
	sayIntroOthers = "“who” and a topic finds others."
	sayIntroChoose = "“Introduce me” asks the person first whether they want to meet you."
	sayIntroWrite  = "I can introduce you only to people who have listed themselves with me, and none of these has. Please turn to them yourself, in the place named."
	sayIntroNone   = "There is nobody to introduce you to yet: people can be met once they have listed themselves in chat, with “profile”."
	sayIntroMadeUp = "%s is made up, to show what a person’s page looks like."
	sayIntroAlone  = "%s has not listed themselves with me in chat, so I cannot introduce you. You can turn to them yourself:"
	sayIntroWhich  = "Several people fit. Whom do you mean?"
	sayIntroThese  = "Whom do you mean?"
	sayIntroPlaces = "Those are places and not people, so there is nobody to introduce you to: write to them there, in your own name."
	sayIntroTopic  = "What would you like to talk with %s about?"
	sayIntroDraft  = "I will ask %s whether they want to be introduced to you, when they are at work. They read your name, where you are from, and what you want to talk about:"
	sayIntroAsked  = "I have passed it on. If they say yes, I bring you together; if it does not come about, I tell you within a week."
	sayIntroNot    = "Then I ask nobody."
	sayIntroSelf   = "That is you."
	sayIntroOpen   = "You two have an introduction under way already."
	sayIntroMany   = "You have several people to hear from already. Please wait until they have answered, or ask again next week."
	sayIntroBudget = "%s has been asked as often as they want this week. Please try somebody else, or ask again next week."
	sayIntroLong   = "Please say it in at most %d characters."
	sayIntroOver   = "That introduction is not open any more."
	sayIntroTheirs = "That introduction is other people's."
	sayIntroYes    = "Thank you. I bring you together now."
	sayIntroNo     = "Thank you. They are not told that it was you who said no."
	sayIntroClosed = "It is closed: nothing more is passed on, either way."
	sayIntroBlock  = "They are kept away from you, under every account they have. They are not told."
	sayIntroReport = "I have told the people who run Liaison, and closed the conversation. They will get in touch with you."
	sayIntroNoone  = "The conversation is closed. No admin is named whom I could tell: please turn to whoever runs Liaison."
	sayIntroThanks = "Thank you, I have noted that."
	sayIntroSent   = "Passed on."
	sayIntroFast   = "That was a lot in one minute. Please wait a moment and send it again."
	sayIntroText   = "That is too long to pass on: at most %d characters at a time, please."
	sayIntroEmpty  = "There is nothing in it that I could pass on."
)

// The wordings that people agree to. A new wording needs a new number.
const (
	askerWording  = "1: The other person reads my name, where I am from, and what I want to talk about. If they say yes we are brought together, and when we are in different places Liaison passes our words on and keeps them until 30 days after the end. I can close it at any time."
	helperWording = "1: The other person learns that I said yes, my name and where I am from. We are brought together, and when we are in different places Liaison passes our words on and keeps them until 30 days after the end. I can close it at any time."
)

func introduceCommand() command {
	return command{
		Command: chat.Command{
			Name:     "introduce",
			Summary:  "Asks somebody whether they want to be introduced to you; both must say yes",
			Argument: chat.Argument{Name: "person", Hint: "me to somebody who knows about digital identity", Required: true},
			Examples: []string{"introduce me to somebody who knows about digital identity"},
			Private:  true,
		},
		run:   (*Handler).runIntroduce,
		alone: true,
		leads: func(rest string) bool { return leadIn.MatchString(rest) },
	}
}

var (
	leadIn  = regexp.MustCompile(`(?i)^(?:me\s+)?to\s+\S`)
	meTo    = regexp.MustCompile(`(?i)^(?:me\s+)?to\s+`)
	aboutIt = regexp.MustCompile(`(?i)\s+about\s+`)
)

func (h *Handler) runIntroduce(ctx context.Context, r request) (chat.Reply, error) {
	text := strings.TrimSpace(sayPlease.ReplaceAllString(meTo.ReplaceAllString(strings.TrimSpace(r.text), ""), ""))
	if described(text) {
		return h.introduceSomebody(ctx, r, text)
	}
	name, topic := strings.TrimRight(text, "?!. "), ""
	if at := aboutIt.FindStringIndex(text); at != nil {
		name, topic = text[:at[0]], strings.TrimSpace(text[at[1]:])
	}
	if name == "" || oneOfThem.MatchString(name) || nthMeant(spoken(name)) != 0 {
		return h.whomOfThem(ctx, r, name)
	}
	if _, err := h.me(ctx, r.event); err != nil {
		return chat.Reply{}, err
	}
	found, err := h.People.Profiles.Find(ctx, r.who, name)
	switch {
	case err != nil:
		return chat.Reply{}, err
	case len(found) == 0:
		return h.notToIntroduce(ctx, r, name, topic)
	case len(found) > 1:
		return h.whichPerson(found), nil
	case topic == "":
		return chat.Reply{Blocks: []chat.Block{
			chat.Say(fmt.Sprintf(sayIntroTopic, h.named(found[0].Named()))),
			chat.Actions{Actions: []chat.Action{{ID: "introduce:" + found[0].Person, Label: "Say what about", Style: chat.Primary}}},
		}}, nil
	}
	return h.draftIntroduction(ctx, r.event, found[0], topic)
}

// introduceSomebody finds people by what they know, for one who has nobody in mind, and offers to introduce
// those who can be.
func (h *Handler) introduceSomebody(ctx context.Context, r request, text string) (chat.Reply, error) {
	r.text = text
	reply, found, err := h.whoKnows(ctx, r)
	if err != nil || len(found.People) == 0 {
		return reply, err
	}
	note := sayIntroWrite
	switch {
	case slices.ContainsFunc(found.People, func(e experts.Expert) bool { return h.introducible(r.event, *e.Person) }):
		note = sayIntroChoose
	case !slices.ContainsFunc(found.People, func(e experts.Expert) bool { return !e.Person.Example }):
		note = sayIntroNone
	}
	reply.Blocks = append(reply.Blocks[:2:2], append([]chat.Block{chat.Note(chat.Info, note)}, reply.Blocks[2:]...)...)
	return reply, nil
}

// oneOfThem is what people call somebody they were told of before.
var oneOfThem = regexp.MustCompile(`(?i)^(?:(?:one|any|either|all|both|some)\s+of\s+)?(?:them|these|those|him|her|(?:these|those|the)\s+people|(?:this|that)\s+person)$`)

// whomOfThem asks which of the people is meant who were shown last, when that was the last thing said; of one that is named
// by its place in the list, it offers that one.
func (h *Handler) whomOfThem(ctx context.Context, r request, name string) (chat.Reply, error) {
	x, ok, err := h.lastExchange(ctx, r)
	if err != nil || !ok || x.Command != "who" || h.Experts == nil {
		return say(sayIntroHow), err
	}
	found, err := h.whoFor(ctx, r, x.Question)
	switch n := nthMeant(spoken(name)); {
	case err != nil:
		return chat.Reply{}, err
	case len(found.People) == 0 && len(found.Places) > 0:
		return say(sayIntroPlaces), nil
	case n != 0:
		found.People = pick(found.People, n)
	}
	if len(found.People) == 0 {
		return say(sayIntroHow), nil
	}
	list := chat.Items{Title: sayIntroThese}
	var others []directory.Person
	for _, e := range found.People {
		if !h.introducible(r.event, *e.Person) {
			others = append(others, *e.Person)
			continue
		}
		button, _ := h.OfferIntroduction(r.event, x.ID, *e.Person)
		list.Items = append(list.Items, chat.Item{Title: e.Person.Name + " (" + shortName(e.Organisation) + ")", Actions: []chat.Action{button}})
	}
	if len(list.Items) == 0 {
		return h.turnTo(others), nil
	}
	return chat.Reply{Blocks: []chat.Block{list}}, nil
}

// introducible reports whether an introduction to somebody would be offered.
func (h *Handler) introducible(e chat.Event, p directory.Person) bool {
	if h.OfferIntroduction == nil {
		return false
	}
	_, ok := h.OfferIntroduction(e, "", p)
	return ok
}

// notToIntroduce says why somebody of a name cannot be introduced, and who else knows about the topic, or
// about what may be one instead of a name: "introduce me to the Notify team".
func (h *Handler) notToIntroduce(ctx context.Context, r request, name, topic string) (chat.Reply, error) {
	if known := h.onFile(r.who, name); len(known) > 0 {
		return h.turnTo(known), nil
	}
	nobody := fmt.Sprintf(sayIntroNobody, clip(name, 100))
	r.text = Topic(cmp.Or(topic, name))
	if h.Experts == nil || !experts.NamesTopic(r.text) {
		return say(nobody, sayIntroOthers), nil
	}
	if found, err := h.finds(ctx, Exchange{Command: "who"}, r, nil); err != nil || !found {
		return say(nobody, sayIntroOthers), err
	}
	reply, err := h.introduceSomebody(ctx, r, r.text)
	reply.Blocks = append([]chat.Block{chat.Say(nobody)}, reply.Blocks...)
	return reply, err
}

// onFile returns people of a name whom the knowledge names, and who are not in chat.
func (h *Handler) onFile(who access.Audience, name string) []directory.Person {
	if h.Experts == nil {
		return nil
	}
	return slices.DeleteFunc(WhoView{Directory: h.Experts.Directory}.called(who, name), func(p directory.Person) bool { return len(p.Accounts) > 0 })
}

// turnTo says of people who are not in chat how they are reached.
func (h *Handler) turnTo(known []directory.Person) chat.Reply {
	var reply chat.Reply
	view := WhoView{Directory: h.Experts.Directory, Now: h.Now()}
	for _, p := range known[:min(len(known), profile.MaxFound)] {
		if p.Example {
			reply.Blocks = append(reply.Blocks, chat.Say(fmt.Sprintf(sayIntroMadeUp, p.Name)+" "+sayIntroNone))
			continue
		}
		reply.Blocks = append(append(reply.Blocks, chat.Say(fmt.Sprintf(sayIntroAlone, p.Name))), view.people([]directory.Person{p}).Blocks...)
	}
	return reply
}

func (h *Handler) whichPerson(found []profile.Profile) chat.Reply {
	list := chat.Items{Title: sayIntroWhich}
	for _, p := range found {
		list.Items = append(list.Items, chat.Item{
			Title: h.named(p.Named()), Detail: p.Knows,
			Actions: []chat.Action{{ID: "introduce:" + p.Person, Label: "Introduce me"}},
		})
	}
	return chat.Reply{Blocks: []chat.Block{list}}
}

// Offer returns the button under a person whom an exchange has named; none for those who are
// not in chat, and for the asker themselves.
func (h *Handler) Offer(e chat.Event, exchange string, p directory.Person) (chat.Action, bool) {
	if len(p.Accounts) == 0 || slices.Contains(p.Accounts, e.Actor.Account.String()) {
		return chat.Action{}, false
	}
	return chat.Action{ID: "introduce:" + exchange + "." + p.ID, Label: "Introduce me"}, true
}

// introduceAction asks what about, for the person whose id it carries, and drafts the introduction. The
// exchange that named the person, if there is one, stands before the id, and says what it may be about.
func introduceAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "introduce", Private: true, Opens: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			exchange, person, named := strings.Cut(row, ".")
			if !named {
				exchange, person = "", row
			}
			if _, err := h.me(ctx, e); err != nil {
				return chat.Reply{}, err
			}
			p, err := h.People.Profiles.Visible(ctx, personAudience(e.Actor), person)
			if errors.Is(err, profile.ErrNotFound) {
				return say(fmt.Sprintf(sayIntroNobody, "that"), sayIntroOthers), nil
			}
			if err != nil {
				return chat.Reply{}, err
			}
			if e.Kind != chat.KindForm {
				return chat.Reply{Form: &chat.Form{Action: "introduce:" + row, Title: "Introduce me", Submit: "Go on", Fields: []chat.Field{
					{ID: "topic", Label: "What would you like to talk about?", Kind: chat.FieldLong, Required: true, Max: intro.MaxTopic, Value: h.topicFrom(ctx, e, exchange)},
				}}}, nil
			}
			return h.draftIntroduction(ctx, e, p, strings.TrimSpace(e.Values["topic"]))
		},
	}
}

// topicFrom is what an exchange was about, when the person may know it; "" otherwise.
func (h *Handler) topicFrom(ctx context.Context, e chat.Event, exchange string) string {
	if exchange == "" {
		return ""
	}
	x, err := h.exchange(ctx, e, exchange)
	if err != nil {
		return ""
	}
	return clip(x.Question, intro.MaxTopic)
}

// draftIntroduction shows the asker what will be said of them, and to whom, before anything is.
func (h *Handler) draftIntroduction(ctx context.Context, e chat.Event, p profile.Profile, topic string) (chat.Reply, error) {
	other := p.Named()
	me := intro.Party{Account: e.Actor.Account.String(), Name: chat.Clean(e.Actor.Name), Organisation: home(e)}
	x, err := h.People.Intros.Draft(ctx, me, intro.Party{Account: other.ID, Name: other.Name, Organisation: other.Organisation}, p.Person, topic, h.oneRoom(e.Actor.Account, other.ID))
	if err != nil {
		return h.introProblem(err, other)
	}
	return chat.Reply{Blocks: []chat.Block{
		chat.Say(fmt.Sprintf(sayIntroDraft, h.named(other))),
		words(topic),
		chat.Note(chat.Info, "“Ask them” means that you agree to this: "+wording(askerWording)),
		chat.Actions{Actions: []chat.Action{{ID: "introask:" + x.ID, Label: "Ask them", Style: chat.Primary}, {ID: "introclose:" + x.ID, Label: "Ask nobody"}}},
	}}, nil
}

// oneRoom reports whether two people are in one workspace, where they can have a conversation of their own.
func (h *Handler) oneRoom(a chat.Account, other string) bool {
	b, ok := chat.ParseAccount(other)
	_, opens := h.Adapters[a.Platform].(chat.GroupOpener)
	return ok && opens && a.Platform == b.Platform && a.Workspace == b.Workspace && a.Workspace != ""
}

// words shows what a person wrote: as a quote, with nothing in it read as markup.
func words(text string) chat.Text {
	var t chat.Text
	for line := range strings.Lines(text) {
		p := chat.Line(strings.TrimRight(line, "\r\n"))
		p.Quoted = true
		t.Paragraphs = append(t.Paragraphs, p)
	}
	return t
}

// introProblem says why something about an introduction cannot be; other errors stay errors.
func (h *Handler) introProblem(err error, other profile.Account) (chat.Reply, error) {
	for _, known := range []struct {
		err      error
		sentence string
	}{
		{intro.ErrSelf, sayIntroSelf}, {intro.ErrAlready, sayIntroOpen}, {intro.ErrTooMany, sayIntroMany},
		{intro.ErrBudget, fmt.Sprintf(sayIntroBudget, h.named(other))}, {intro.ErrLong, fmt.Sprintf(sayIntroLong, intro.MaxTopic)},
		{intro.ErrOver, sayIntroOver}, {intro.ErrNotFound, sayIntroOver}, {intro.ErrNotYours, sayIntroTheirs},
		{profile.ErrNotFound, sayIntroOver},
	} {
		if errors.Is(err, known.err) {
			return say(known.sentence), nil
		}
	}
	return chat.Reply{}, err
}

// introButton is a button that does one thing to an introduction and says a sentence.
func introButton(verb string, do func(h *Handler, ctx context.Context, id, account string) (sentence string, err error)) action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: verb, Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, id string) (chat.Reply, error) {
			sentence, err := do(h, ctx, id, e.Actor.Account.String())
			if err != nil {
				return h.introProblem(err, profile.Account{})
			}
			return say(sentence), nil
		},
	}
}

// introActions are the buttons of introductions. Who pressed is checked by the service, when it is pressed.
func introActions() []action {
	return []action{
		introduceAction(), replyAction(),
		introButton("introask", (*Handler).agreeToAsk),
		introButton("introyes", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			_, err := h.People.Intros.Accept(ctx, id, account, helperWording)
			return sayIntroYes, err
		}),
		introButton("introno", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			_, err := h.People.Intros.Decline(ctx, id, account)
			return sayIntroNo, err
		}),
		introButton("introclose", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			x, err := h.People.Intros.Close(ctx, id, account)
			if x.State == intro.Withdrawn {
				return sayIntroNot, err
			}
			return sayIntroClosed, err
		}),
		introButton("introblock", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			_, err := h.People.Intros.Block(ctx, id, account)
			return sayIntroBlock, err
		}),
		introButton("introreport", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			var admins []string
			for _, a := range h.Admins {
				admins = append(admins, a.String())
			}
			_, err := h.People.Intros.Report(ctx, id, account, admins)
			if len(admins) == 0 {
				return sayIntroNoone, err
			}
			return sayIntroReport, err
		}),
		introButton("introgood", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			_, err := h.People.Intros.Helped(ctx, id, account, true)
			return sayIntroThanks, err
		}),
		introButton("intropoor", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			_, err := h.People.Intros.Helped(ctx, id, account, false)
			return sayIntroThanks, err
		}),
	}
}

// agreeToAsk is the asker's yes. The other's budget is looked up as it is now.
func (h *Handler) agreeToAsk(ctx context.Context, id, account string) (string, error) {
	x, _, err := h.People.Intros.Introduction(ctx, id, account)
	if err != nil {
		return "", err
	}
	helper, err := h.People.Profiles.Store.Person(ctx, x.Persons[intro.Helper])
	if err != nil {
		return "", err
	}
	if !helper.Listed {
		return "", intro.ErrOver
	}
	_, err = h.People.Intros.Agree(ctx, id, account, askerWording, helper.Budget)
	if errors.Is(err, intro.ErrBudget) {
		return fmt.Sprintf(sayIntroBudget, h.named(helper.Named())), nil
	}
	return sayIntroAsked, err
}
