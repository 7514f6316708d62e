package commands

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/knowledge"
)

const (
	sayNoTopic    = "Tell me what you want to know of, for example: who knows about user research?"
	sayNobodyKept = "I keep no list of people here, so I cannot say who knows."
	sayWhoKnows   = "Who knows about “%s”, and why I think so:"
	sayWhereToAsk = "I know of nobody for “%s”, but you can ask here:"
	sayEverybody  = "Those are all that I know of for “%s”."
	sayAskThere   = "%s You can ask your own team’s place:"
	sayMadeUp     = "Made-up people only show what this looks like."
	sayMorePages  = "And %d more"
	saySamePages  = "Is named on the same pages as %s"
	saySomePages  = "Is named on some of the pages of %s"

	maxReasons   = 3   // shown for each; the rest is counted
	maxSaid      = 200 // characters of what a page says, cut at a word
	minSaid      = 20  // of less nobody learns anything
	exampleBadge = "a made-up example"
)

func whoCommand() command {
	return command{
		Command: chat.Command{
			Name:      "who",
			Summary:   "Finds people and teams who know about a topic, and says why",
			Argument:  chat.Argument{Name: "topic", Hint: "a topic, such as user research", Required: true, Suggest: "topic"},
			Examples:  []string{"who user research", "who knows about agile contracts?"},
			Opens:     topicForm("whoform:", "Who knows", "What do you want to know about?"),
			OnMessage: "Who knows about this?",
			Lookup:    true,
		},
		run:   (*Handler).runWho,
		leads: asksWho,
		alone: true,
		meets: true,
	}
}

func (h *Handler) runWho(ctx context.Context, r request) (chat.Reply, error) {
	reply, _, err := h.whoKnows(ctx, r)
	return reply, err
}

// whoKnows finds who knows, keeps that it was asked, and says it.
func (h *Handler) whoKnows(ctx context.Context, r request) (chat.Reply, experts.Found, error) {
	if h.Experts == nil {
		return say(sayNobodyKept), experts.Found{}, nil
	}
	topic, err := h.topicHere(ctx, r)
	if err != nil || topic == "" {
		return say(sayNoTopic), experts.Found{}, err
	}
	found, err := h.whoFor(ctx, r, topic)
	if err != nil {
		return chat.Reply{}, found, err
	}
	x := newExchange(r.event, "who", topic, r.who, r.private, h.Now())
	view := h.viewOf(ctx, r, x.ID)
	if named := view.ByName(r.who, found); len(named) > 0 {
		return h.viewOf(ctx, r, "").NamedReply(named), experts.Found{}, nil
	}
	// Who was named is not kept beside the question: it would stay there when they ask to be forgotten.
	reply := WhoReply(found, view)
	if buttons := shareButton(r, x); len(buttons) > 0 && found.Reason == "" {
		reply.Blocks = append(reply.Blocks, chat.Actions{Actions: buttons})
	}
	return reply, found, h.Store.KeepExchange(ctx, x)
}

// whoElseCommand says that everybody was named; before anybody was, it names them.
func whoElseCommand() command {
	c := whoCommand()
	c.run = func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
		x, ok, err := h.lastExchange(ctx, r)
		if err != nil || !ok || x.Command != "who" {
			return h.runWho(ctx, r)
		}
		reply := say(fmt.Sprintf(sayEverybody, x.Question))
		if h.asksPeople() {
			reply.Blocks = append(reply.Blocks, chat.Actions{Actions: []chat.Action{personButton(x.ID)}})
		}
		return reply, nil
	}
	return c
}

// whoFor finds who knows about a topic, for whoever a request is for; nobody where no people are kept.
func (h *Handler) whoFor(ctx context.Context, r request, topic string) (experts.Found, error) {
	if h.Experts == nil {
		return experts.Found{}, nil
	}
	return h.Experts.Who(ctx, experts.Question{Topic: topic, Audience: r.who, Asker: r.event.Actor.Account.String(), Home: r.home})
}

// topicHere returns the topic that is asked about: when the words name none, as "who can I talk to about
// that?", what was last asked in the conversation; "" when that is nothing either.
func (h *Handler) topicHere(ctx context.Context, r request) (string, error) {
	topic := Topic(r.text)
	if experts.NamesTopic(topic) {
		return topic, nil
	}
	turns, err := h.turns(ctx, r.event, r.who)
	newest := ""
	for i, turn := range slices.Backward(turns) {
		_, full := h.Ask.InFull(turn.Text, turns[:i]) // "how long does it take?" is about what was asked before it
		before := Topic(full)
		switch {
		case !turn.ByUser || !experts.NamesTopic(before):
		case !goesOnWith.MatchString(turn.Text):
			return before, err
		case newest == "":
			newest = before
		}
	}
	return newest, err
}

// goesOnWith is how a question begins that says little by itself: "and at 18F?"
var goesOnWith = regexp.MustCompile(`(?i)^\s*(?:and|but|or|what\s+about|how\s+about)\b`)

// readerSchedule returns when the person who asks is at work; nil when their clock is not known.
func (h *Handler) readerSchedule(ctx context.Context, e chat.Event) *directory.Schedule {
	if p, err := h.People.Profiles.Store.ProfileOf(ctx, e.Actor.Account.String()); err == nil && p.Hours != "" {
		if own := h.schedule(p); own.Zone != nil {
			return &own
		}
	}
	return h.Experts.Directory.ScheduleOf(home(e), e.Actor.Zone)
}

// whoAction asks who knows about the question of an exchange.
func whoAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "who", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			return h.runWho(ctx, h.request(e, x.Question))
		},
	}
}

// WhoView is what showing people depends on besides who was found.
type WhoView struct {
	Directory *directory.Directory
	Reader    *directory.Schedule // nil when nothing is known of the reader's hours
	Now       time.Time
	// Offer returns the button that asks for an introduction to somebody; nil where none are made.
	Offer func(directory.Person) (chat.Action, bool)
}

// WhoReply says who knows, why, and when they can be reached.
func WhoReply(f experts.Found, v WhoView) chat.Reply {
	var list chat.People
	madeUp := false
	for _, e := range f.People {
		list.People = append(list.People, v.person(e))
		madeUp = madeUp || e.Person.Example
	}
	for i, e := range f.Places {
		shown := v.place(e)
		if said := samePages(e, f.Places[:i]); said != "" {
			shown.Reasons = []chat.Paragraph{chat.Line(said)}
		}
		list.People = append(list.People, shown)
	}
	switch {
	case len(list.People) == 0:
		return say(f.Reason, sayTryAgain)
	case f.Reason != "":
		return chat.Reply{Blocks: []chat.Block{chat.Say(fmt.Sprintf(sayAskThere, f.Reason)), list}}
	case len(f.People) == 0:
		return chat.Reply{Blocks: []chat.Block{chat.Say(fmt.Sprintf(sayWhereToAsk, f.Topic)), list}}
	}
	blocks := []chat.Block{chat.Say(fmt.Sprintf(sayWhoKnows, f.Topic)), list}
	if madeUp {
		blocks = append(blocks, chat.Note(chat.Info, sayMadeUp))
	}
	return chat.Reply{Blocks: blocks}
}

// samePages says that a place is named by no other pages than one of the same organisation before it, as a
// mailbox beside its channel is; "" when it is not so.
func samePages(e experts.Expert, before []experts.Expert) string {
	for _, other := range before {
		if other.Organisation.ID != e.Organisation.ID || len(e.Evidence) == 0 || !slices.ContainsFunc(other.Evidence, isPage) {
			continue
		}
		if within(e.Evidence, other.Evidence) {
			if len(e.Evidence) < len(other.Evidence) {
				return fmt.Sprintf(saySomePages, barelyNamed(other.Name))
			}
			return fmt.Sprintf(saySamePages, barelyNamed(other.Name))
		}
	}
	return ""
}

func isPage(e experts.Evidence) bool { return e.Document.Path != "" }

// within reports whether all of some evidence is among other evidence.
func within(some, all []experts.Evidence) bool {
	return !slices.ContainsFunc(some, func(x experts.Evidence) bool {
		return !slices.ContainsFunc(all, func(y experts.Evidence) bool {
			return x.Kind == y.Kind && x.Text == y.Text && x.Document.Path == y.Document.Path
		})
	})
}

func (v WhoView) person(e experts.Expert) chat.Person {
	p := *e.Person
	shown := chat.Person{
		Name: p.Name, Organisation: shortName(e.Organisation), Role: p.Role, Reasons: v.reasons(e),
		Times: directory.Times(v.Directory.Schedule(p), v.Reader, v.Now), Contact: contactOf(p.Contact),
	}
	if p.Example {
		shown.Role = strings.TrimPrefix(p.Role+", "+exampleBadge, ", ")
	}
	if v.Offer != nil {
		if action, ok := v.Offer(p); ok {
			shown.Actions = []chat.Action{action}
		}
	}
	return shown
}

func (v WhoView) place(e experts.Expert) chat.Person {
	shown := chat.Person{Name: barelyNamed(e.Name), Organisation: shortName(e.Organisation), Reasons: v.reasons(e)}
	if there := v.Directory.ScheduleOf(e.Organisation.ID, ""); there != nil && e.Staffed() {
		shown.Times = directory.TeamTimes(*there, v.Reader, v.Now)
	}
	if e.Contact.URL != "" || e.Contact.Text != e.Name {
		shown.Contact = &chat.Inline{Text: e.Contact.Text, URL: e.Contact.URL}
	}
	return shown
}

// barelyNamed leaves out of a place that is called by its address what nobody reads aloud.
func barelyNamed(name string) string {
	bare, isAddress := strings.CutPrefix(name, "https://")
	if !isAddress {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(bare, "www."), "/")
}

func shortName(o knowledge.Organisation) string {
	if o.Short != "" {
		return o.Short
	}
	if o.Name != "" {
		return o.Name
	}
	return o.ID
}

// contactOf returns how somebody wishes to be reached; nil when they have not said.
func contactOf(text string) *chat.Inline {
	if text == "" {
		return nil
	}
	if address, err := mail.ParseAddress(text); err == nil && address.Address == text {
		return &chat.Inline{Text: text, URL: "mailto:" + text}
	}
	return &chat.Inline{Text: text, URL: linkOf(text)}
}

// reasons says the evidence, best first, with what the best page says.
func (v WhoView) reasons(e experts.Expert) []chat.Paragraph {
	var all []chat.Paragraph
	var before experts.Kind
	quoted := false
	for _, evidence := range e.Evidence[:min(len(e.Evidence), maxReasons)] {
		inlines := v.reason(e, evidence, evidence.Kind == before)
		if quote := said(evidence.Quote); quote != "" && !quoted {
			inlines = append(inlines, chat.Inline{Text: ": “" + quote + "”"})
			quoted = true
		}
		all = append(all, chat.Paragraph{Inlines: inlines})
		before = evidence.Kind
	}
	if more := len(e.Evidence) - maxReasons; more > 0 {
		all = append(all, chat.Line(fmt.Sprintf(sayMorePages, more)))
	}
	return all
}

// reasonLeads are what each kind of evidence is called before what it is about: the first time, and when
// the reason before was of the same kind.
var reasonLeads = map[experts.Kind][2]string{
	experts.Offers: {"Offers help with: ", "Offers help with: "}, experts.Skill: {"Knows: ", "Knows: "}, experts.Helped: {"Helped with ", "Helped with "},
	experts.Owns: {"Looks after ", "Also looks after "}, experts.Wrote: {"Wrote ", "Also wrote "}, experts.Named: {"Is named in ", "Also in "},
	experts.Itself: {"", ""}, experts.Asked: {"Is where to ask about ", "Also about "}, experts.Covers: {"Covers: ", "Covers: "},
}

// reason says one piece of evidence; again when the one before was of the same kind.
func (v WhoView) reason(e experts.Expert, evidence experts.Evidence, again bool) []chat.Inline {
	leads := reasonLeads[evidence.Kind]
	lead := leads[0]
	if again {
		lead = leads[1]
	}
	switch evidence.Kind {
	case experts.Offers, experts.Skill, experts.Covers, experts.Itself:
		return []chat.Inline{{Text: lead + evidence.Text}}
	case experts.Helped:
		return []chat.Inline{{Text: lead + "“" + evidence.Text + "”" + on(" on ", evidence.At)}}
	case experts.Owns, experts.Wrote, experts.Named, experts.Asked: // name a page, below
	}
	d := evidence.Document
	publisher, known := v.Directory.Organisation(d.Organisation)
	if !known {
		publisher.ID = d.Organisation
	}
	whose := shortName(publisher)
	if d.Organisation == e.Organisation.ID {
		whose = "" // it has just been named
	} else if evidence.Kind == experts.Asked {
		lead = "Took over from " + whose + ", which published "
	}
	return []chat.Inline{{Text: lead}, {Text: "“" + d.Title + "”", URL: d.URL}, {Text: imprint(whose, d)}}
}

// imprint says whose a page is and how old: " (GDS, reviewed 14 March 2026)".
func imprint(publisher string, d knowledge.Document) string {
	var parts []string
	if publisher != "" {
		parts = append(parts, publisher)
	}
	switch {
	case !d.Reviewed.Before(d.Published) && !d.Reviewed.IsZero():
		parts = append(parts, on("reviewed ", d.Reviewed))
	case !d.Published.IsZero():
		parts = append(parts, on("published ", d.Published))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// on says a date; "" when it is not known.
func on(before string, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return before + at.Format("2 January 2006")
}

// said returns the beginning of what a page says, on one line, cut at a word: the items of a list parted by
// semicolons, and up to what is for a machine to read. "" when too little is left to say anything.
func said(quote string) string {
	var text strings.Builder
	for line := range strings.Lines(quote) {
		line = strings.TrimSpace(line)
		if forMachines.MatchString(line) {
			break
		}
		bare := listMark.ReplaceAllString(line, "")
		switch before := text.String(); {
		case bare == "":
			continue
		case before == "":
		case bare != line && !strings.HasSuffix(before, ":") && !strings.HasSuffix(before, "."):
			text.WriteString("; ")
		default:
			text.WriteString(" ")
		}
		text.WriteString(strings.Join(strings.Fields(bare), " "))
	}
	whole := strings.TrimLeft(text.String(), "*|` ")
	runes := []rune(whole)
	switch {
	case len(runes) < minSaid:
		return ""
	case len(runes) > maxSaid:
		whole = string(runes[:maxSaid])
		if cut := strings.LastIndexByte(whole, ' '); cut > maxSaid/2 {
			whole = whole[:cut]
		}
		whole = strings.TrimRight(whole, " ,;:") + " …"
	}
	return whole
}

var (
	listMark    = regexp.MustCompile(`^(?:[-*+•–]|\d{1,2}[.)])\s+`)
	forMachines = regexp.MustCompile("^(?:```|~~~|[+|][-+=| :]{3})|{[%{]")
)
