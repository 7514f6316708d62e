package commands

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/profile"
	"liaison/knowledge"
)

const (
	sayProfileNew   = "So far I only know your name. Three short questions, or the form below. First: what may others ask you about? Say, for example: profile knows accessibility testing, prototypes"
	sayProfileNext  = "Noted. Others may ask you about: %s"
	sayProfileReach = "Second: who may find you, once you are listed?"
	sayProfileList  = "Last: may I list you? “List me” means that you agree to this: %s"
	sayProfileHow   = "Change it with the button, or say for example: profile knows accessibility testing, prototypes · profile hours Mon-Thu 9:00-16:00 · profile zone Europe/London · profile reach staff · profile asks 2 · profile questions no · profile hide"
	sayProfileKept  = "Noted."
	sayListed       = "You can be found now. You agreed to: “%s”"
	sayHidden       = "You are hidden: nobody can find you, and nobody new is asked to meet you."
	sayListHow      = "“List me” means that you agree to this: %s"
	sayNeedsKnows   = "Say first what others may ask you about: profile knows accessibility testing, prototypes"
	sayBadQuestions = "Write yes or no: may others put questions to you?"
	sayNewWording   = "The wording has changed since you said yes. “List me” means that you agree to this: %s Until then you are not listed."
	sayReachPublic  = "Only staff of an organisation can choose a narrower reach, as I cannot tell whose colleague you are. Yours is public."
	sayBadZone      = "I do not know that time zone. Write a large city in it, as London or New York, or its name, as America/Los_Angeles."
	sayTookZone     = "Noted: I took “%s” for the time zone %s."
	sayBadReach     = "Write public, staff, or mine (my organisation)."
	sayBadBudget    = "Write how often a week you may be asked: a number from 1 to %d."
	sayBadHours     = "Write your hours as 9:00-17:00, or Mon-Thu 8:00-18:00; Fri 8:00-12:00."
	sayKnowsTooLong = "Please keep it to %d characters."
)

func profileCommand() command {
	return command{
		Command: chat.Command{
			Name:     "profile",
			Aliases:  []string{"my profile"},
			Summary:  "Shows and changes what others can find of you, and when you may be asked",
			Argument: chat.Argument{Name: "change", Hint: "nothing to see it, or for example: hours 9:00-17:00"},
			Examples: []string{"profile", "profile knows accessibility testing, prototypes", "profile hide"},
			Private:  true,
		},
		run:   (*Handler).runProfile,
		alone: true,
		leads: func(rest string) bool {
			word, _ := profileChange(rest)
			_, known := profileFields[word]
			return known && (word == "knows" || len(rest) <= profile.MaxKnows+20)
		},
	}
}

// profileFields are the words that may follow "profile", with what they set. Each returns a sentence
// about what is wrong, or "".
var profileFields = map[string]func(p *profile.Profile, value string) string{
	"knows": func(p *profile.Profile, value string) string {
		if utf8.RuneCountInString(value) > profile.MaxKnows {
			return fmt.Sprintf(sayKnowsTooLong, profile.MaxKnows)
		}
		p.Knows = value
		return ""
	},
	"hours": func(p *profile.Profile, value string) string {
		if _, err := knowledge.ParseHours(value); err != nil && value != "" {
			return sayBadHours
		}
		p.Hours = value
		return ""
	},
	"zone": func(p *profile.Profile, value string) string {
		zone, ok := zoneMeant(value)
		if !ok {
			return sayBadZone
		}
		p.Zone = zone
		return ""
	},
	"reach": setReach,
	"asks": func(p *profile.Profile, value string) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > profile.MaxBudget {
			return fmt.Sprintf(sayBadBudget, profile.MaxBudget)
		}
		p.Budget = n
		return ""
	},
	"questions": func(p *profile.Profile, value string) string {
		switch strings.ToLower(value) {
		case "yes":
			p.NoQuestions = false
		case "no":
			p.NoQuestions = true
		default:
			return sayBadQuestions
		}
		return ""
	},
	"list": nil, "hide": nil, // not fields, but said the same way
}

// profileWords are other words for those, with what may stand behind them.
var profileWords = []struct{ said, field string }{{"time zone ", "zone "}, {"timezone ", "zone "}, {"skills ", "knows "}, {"helps with ", "knows "}, {"can help with ", "knows "}}

// profileChange returns which field some words set, and to what.
func profileChange(text string) (field, value string) {
	text = strings.TrimSpace(text)
	for _, other := range profileWords {
		if len(text) > len(other.said) && strings.EqualFold(text[:len(other.said)], other.said) {
			text = other.field + text[len(other.said):]
		}
	}
	field, value, _ = strings.Cut(text, " ")
	return strings.ToLower(field), strings.TrimSpace(value)
}

func setReach(p *profile.Profile, value string) string {
	organisation := p.Named().Organisation
	switch strings.ToLower(value) {
	case "public", "everyone":
		p.Reach = access.Public
	case "staff", "staff of all organisations", "mine", "my organisation":
		if organisation == "" {
			return sayReachPublic
		}
		p.Reach = access.Staff
		if v := strings.ToLower(value); !strings.HasPrefix(v, "staff") {
			p.Reach = access.Organisation(organisation)
		}
	default:
		return sayBadReach
	}
	return ""
}

func (h *Handler) runProfile(ctx context.Context, r request) (chat.Reply, error) {
	p, err := h.me(ctx, r.event)
	if err != nil {
		return chat.Reply{}, err
	}
	p.Home = r.event.Actor.Account.String() // its organisation is the one that counts for the reach
	word, value := profileChange(r.text)
	switch word {
	case "":
		return h.profilePage(p), nil
	case "list":
		return h.listMe(ctx, r.event)
	case "hide":
		return h.hideMe(ctx, r.event)
	}
	set := profileFields[word]
	if set == nil {
		return say(sayProfileHow), nil
	}
	begins := p.Knows == "" && word == "knows" && value != ""
	if problem := set(&p, value); problem != "" {
		return say(problem), nil
	}
	kept, err := h.People.Profiles.Change(ctx, r.event.Actor.Account.String(), func(p *profile.Profile) { set(p, value) })
	switch {
	case err != nil:
		return chat.Reply{}, err
	case begins:
		return h.secondQuestion(kept), nil
	}
	reply := h.notedProfile(kept)
	if word == "zone" && kept.Zone != value {
		reply.Blocks[0] = chat.Say(fmt.Sprintf(sayTookZone, value, kept.Zone))
	}
	return reply, nil
}

// secondQuestion asks for the reach, of those who have a choice; of others the last question.
func (h *Handler) secondQuestion(p profile.Profile) chat.Reply {
	noted := chat.Say(fmt.Sprintf(sayProfileNext, p.Knows))
	if p.Named().Organisation == "" {
		return chat.Reply{Blocks: append([]chat.Block{noted}, lastQuestion()...)}
	}
	return chat.Reply{Blocks: []chat.Block{noted, chat.Choice{Action: "profilereach:", Prompt: sayProfileReach, Options: reachOptions}}}
}

// lastQuestion asks for consent, to the wording as it is.
func lastQuestion() []chat.Block {
	return []chat.Block{chat.Say(fmt.Sprintf(sayProfileList, wording(profile.Consent))), chat.Actions{Actions: []chat.Action{
		{ID: "profilelist:", Label: "List me", Style: chat.Primary}, {ID: "profilehide:", Label: "Not now"}, {ID: "profileform:", Label: "Hours and the rest"},
	}}}
}

// reachAction takes the answer to the second question.
func reachAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "profilereach", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			p, err := h.me(ctx, e)
			if err != nil {
				return chat.Reply{}, err
			}
			p.Home = e.Actor.Account.String()
			if problem := setReach(&p, e.Values["choice"]); problem != "" {
				return say(problem), nil
			}
			_, err = h.People.Profiles.Change(ctx, p.Home, func(p *profile.Profile) { setReach(p, e.Values["choice"]) })
			return chat.Reply{Blocks: lastQuestion()}, err
		},
	}
}

var reachOptions = []chat.Option{
	{Value: "mine", Label: "my organisation"}, {Value: "staff", Label: "staff of all organisations"}, {Value: "public", Label: "everyone"},
}

func (h *Handler) notedProfile(p profile.Profile) chat.Reply {
	page := h.profilePage(p)
	page.Blocks = append([]chat.Block{chat.Say(sayProfileKept)}, page.Blocks...)
	return page
}

// profilePage shows what Liaison knows about a person, to them.
func (h *Handler) profilePage(p profile.Profile) chat.Reply {
	if p.Knows == "" && (p.Hours != "" || p.Zone != "") {
		return chat.Reply{Blocks: []chat.Block{chat.Say(sayNeedsKnows), h.profileButtons(p)}}
	}
	if p.Knows == "" {
		return chat.Reply{Blocks: []chat.Block{chat.Say(sayProfileNew), h.profileButtons(p)}}
	}
	facts := chat.Facts{Title: "Your profile", Facts: []chat.Fact{
		fact("Shown as", "%s", h.named(p.Named())), fact("Ask me about", "%s", p.Knows),
		fact("Who can find you", "%s", h.reachWords(p)), fact("Office hours", "%s", cmp.Or(p.Hours, "Monday to Friday, 9:00 to 17:00")),
		fact("Time zone", "%s", cmp.Or(p.Zone, p.Named().Zone, "that of your organisation")),
		fact("Asked at most", "%s a week", count(int64(p.Budget), "time", "times")), fact("Questions of others", "%s", questionWords(p)),
	}}
	if len(p.Accounts) > 1 {
		var all []string
		for _, a := range p.Accounts {
			all = append(all, h.named(a))
		}
		facts.Facts = append(facts.Facts, fact("Linked accounts", "%s", strings.Join(all, ", ")))
	}
	blocks := []chat.Block{facts}
	switch {
	case p.Listed:
	case p.Consent != "" && p.Consent != profile.Consent:
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayNewWording, wording(profile.Consent))))
	default:
		blocks = append(blocks, chat.Note(chat.Info, fmt.Sprintf(sayListHow, wording(profile.Consent))))
	}
	return chat.Reply{Blocks: append(blocks, h.profileButtons(p))}
}

func questionWords(p profile.Profile) string {
	if p.NoQuestions {
		return "no, thank you"
	}
	return "welcome"
}

// wording leaves out the number that stands before a wording.
func wording(consent string) string {
	_, words, _ := strings.Cut(consent, ": ")
	return words
}

func (h *Handler) reachWords(p profile.Profile) string {
	words := "people at " + h.Ask.Name(p.Reach.Organisation())
	switch p.Reach {
	case access.Public:
		words = "everyone"
	case access.Staff:
		words = "staff of all organisations"
	}
	if !p.Listed {
		return "nobody until you are listed, then " + words
	}
	return words
}

func (h *Handler) profileButtons(p profile.Profile) chat.Actions {
	buttons := []chat.Action{{ID: "profileform:", Label: "Change my profile", Style: chat.Primary}}
	switch {
	case p.Listed:
		if p.Consent != profile.Consent {
			buttons = append(buttons, chat.Action{ID: "profilelist:", Label: "List me"})
		}
		buttons = append(buttons, chat.Action{ID: "profilehide:", Label: "Hide me"})
	case p.Knows != "":
		buttons = append(buttons, chat.Action{ID: "profilelist:", Label: "List me"})
	}
	return chat.Actions{Actions: append(buttons, chat.Action{ID: "link:", Label: "Link another account"}, chat.Action{ID: "export:", Label: "Show all you hold"})}
}

func (h *Handler) listMe(ctx context.Context, e chat.Event) (chat.Reply, error) {
	p, err := h.me(ctx, e)
	if err != nil {
		return chat.Reply{}, err
	}
	if p.Knows == "" {
		return say(sayNeedsKnows), nil
	}
	if err := h.People.Profiles.List(ctx, e.Actor.Account.String()); err != nil {
		return chat.Reply{}, err
	}
	return say(fmt.Sprintf(sayListed, wording(profile.Consent))), nil
}

func (h *Handler) hideMe(ctx context.Context, e chat.Event) (chat.Reply, error) {
	if _, err := h.me(ctx, e); err != nil {
		return chat.Reply{}, err
	}
	return say(sayHidden), h.People.Profiles.Hide(ctx, e.Actor.Account.String())
}

func listAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "profilelist", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return h.listMe(ctx, e)
		},
	}
}

func hideAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "profilehide", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return h.hideMe(ctx, e)
		},
	}
}

// takeProfile sets what a form says, and returns what is wrong with it, by field.
func takeProfile(p *profile.Profile, values map[string]string) map[string]string {
	problems := map[string]string{}
	for _, field := range []string{"knows", "hours", "zone", "reach", "asks"} {
		value := strings.TrimSpace(values[field])
		if value == "" && field != "knows" && field != "hours" {
			continue // left as it is
		}
		if problem := profileFields[field](p, value); problem != "" {
			problems[field] = problem
		}
	}
	return problems
}

// profileFormAction opens the form, and takes it.
func profileFormAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "profileform", Private: true, Opens: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			p, err := h.me(ctx, e)
			if err != nil {
				return chat.Reply{}, err
			}
			if e.Kind != chat.KindForm {
				return chat.Reply{Form: profileForm(p)}, nil
			}
			p.Home = e.Actor.Account.String()
			if problems := takeProfile(&p, e.Values); len(problems) > 0 {
				return chat.Reply{Problems: problems}, nil
			}
			kept, err := h.People.Profiles.Change(ctx, p.Home, func(p *profile.Profile) { takeProfile(p, e.Values) })
			if err != nil {
				return chat.Reply{}, err
			}
			return h.notedProfile(kept), nil
		},
	}
}

func profileForm(p profile.Profile) *chat.Form {
	reach := map[access.Visibility]string{access.Public: "public", access.Staff: "staff"}[p.Reach]
	if p.Reach.Organisation() != "" {
		reach = "mine"
	}
	return &chat.Form{Action: "profileform:", Title: "My profile", Submit: "Keep", Fields: []chat.Field{
		{ID: "knows", Label: "What may others ask you about?", Hint: "Topics, parted by commas", Kind: chat.FieldLong, Required: true, Value: p.Knows, Max: profile.MaxKnows},
		{ID: "reach", Label: "Who may find you, once you are listed?", Kind: chat.FieldChoice, Value: reach, Options: reachOptions},
		{ID: "hours", Label: "When are you at work?", Hint: "Mon-Thu 9:00-17:00; nothing for Monday to Friday, nine to five", Kind: chat.FieldLine, Value: p.Hours, Max: 100},
		{ID: "zone", Label: "Your time zone", Hint: "London, or Europe/London; nothing for your platform's", Kind: chat.FieldLine, Value: p.Zone, Max: 60},
		{ID: "asks", Label: "How often a week may you be asked?", Kind: chat.FieldLine, Value: strconv.Itoa(p.Budget), Max: 3},
	}}
}
