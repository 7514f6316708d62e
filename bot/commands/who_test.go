package commands_test

import (
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/knowledge"
)

// withPeople gives an office people, and who knows among them.
func withPeople(o *office) *office {
	budget := 1
	base := &knowledge.Base{
		Organisations: []knowledge.Organisation{
			{ID: "gds", Name: "Government Digital Service", Short: "GDS", Country: "gb", Zone: "Europe/London", Contacts: []knowledge.Contact{{Text: "#gds"}}, Covers: []string{"service standard"}},
			{ID: "usds", Name: "US Digital Service", Short: "USDS", Country: "us", Zone: "America/New_York"},
		},
		People: []knowledge.Person{
			{Path: "people/grace.md", Name: "Grace", Organisation: "usds", Role: "Engineer", Skills: []string{"vault keys"}, HelpsWith: []string{"keeping secrets"}, Consent: "in chat", Reach: access.Public, Contact: "grace@example.org", AskBudget: &budget},
			{Path: "people/sam.md", Name: "Sam", Organisation: "gds", Skills: []string{"canary secrets"}, Consent: "in chat", Reach: access.Staff},
			{Path: "people/eve.md", Name: "Eve", Organisation: "gds", Skills: []string{"eagle secrets"}, Consent: "in chat", Reach: access.Organisation("gds")},
			{Path: "people/ivy.md", Name: "Ivy", Organisation: "gds", Skills: []string{"uninvited secrets"}, Reach: access.Public},
		},
	}
	o.pages.list[0].Authors, o.pages.list[0].Published = []string{"Grace"}, o.now.AddDate(-1, 0, 0)
	o.Experts = &experts.Service{Search: o.pages, Directory: &directory.Directory{Base: func() *knowledge.Base { return base }, Now: o.Now}}
	return o
}

func TestWho(t *testing.T) {
	o := withPeople(newOffice(t))
	o.expect("no topic", o.say(gdsMember, direct, "who"), []string{"Tell me what you want to know of"})
	reply := o.say(gdsMember, open, "who keeping secrets")
	o.expect("who", reply, []string{
		"Who knows about “keeping secrets”", "Grace", "USDS", "Offers help with: keeping secrets", "Wrote “Keeping secrets” (https://example.gov.uk/secrets.md) (GDS, published 16 March 2025)",
		"Keep secrets in the secret store.", "08:00 there now, outside office hours", "today 13:00 to 17:00 your time (09:00 to 13:00 theirs)", "grace@example.org",
	}, "Sam", "Eve", "Ivy")
	o.expect("in a room of all staff", o.say(gdsMember, staff, "who knows about secrets?"), []string{"Grace", "Sam"}, "Eve", "Ivy")
	o.expect("in their own", o.say(gdsMember, direct, "who can I ask about secrets"), []string{"Grace", "Sam", "Eve"}, "Ivy")
	o.expect("a guest", o.say(guest, direct, "who knows anything about secrets?"), []string{"Grace"}, "Sam", "Eve", "your time")
	o.expect("nobody", o.say(guest, direct, "who alpacas"), []string{"I know nobody"})
	o.expect("nobody, to staff", o.say(gdsMember, direct, "who alpacas"), []string{"I know nobody", "#gds"})
	o.expect("a team", o.say(gdsMember, direct, "who service standard"), []string{"Government Digital Service", "Covers: service standard"})
}

// TestWhoGoesOnWithTheConversation asks for people without naming the topic, which was said before.
func TestWhoGoesOnWithTheConversation(t *testing.T) {
	o := withPeople(newOffice(t))
	o.expect("nothing was said before", o.say(gdsMember, direct, "who can i talk to about that"), []string{"Tell me what you want to know of"})
	o.say(gdsMember, direct, "keeping secrets")
	o.say(gdsMember, direct, "and at USDS?")
	for _, text := range []string{"who can i talk to about that", "who knows?", "who can help me with it", "introduce me to somebody who knows about this", "is there anyone who can help with that?"} {
		o.expect(text, o.say(gdsMember, direct, text), []string{"Who knows about “keeping secrets”", "Grace"})
	}
	o.say(gdsMember, direct, "who canary secrets")
	o.expect("of the last who", o.say(gdsMember, direct, "who knows about that?"), []string{"Who knows about “canary secrets”"})
	o.expect("all were named", o.say(gdsMember, direct, "who else knows about that?"), []string{"Those are all that I know of for “canary secrets”"}, "Who knows about")
	o.expect("elsewhere", o.say(gdsMember, open, "who can i talk to about that"), []string{"Tell me what you want to know of"})
	o.later().say(gdsMember, direct, "keeping secrets")
	o.say(gdsMember, direct, "how long does it take?")
	o.expect("of what that is about", o.say(gdsMember, direct, "who can help me with that?"), []string{"Who knows about “keeping secrets how long does it take”"})
}

// TestOnlyPeopleAreAtWork says nothing of hours where a mailbox or a page is named.
func TestOnlyPeopleAreAtWork(t *testing.T) {
	o := withPeople(newOffice(t))
	o.pages.list[0].Contacts = []knowledge.Contact{{Text: "secrets@example.gov.uk", URL: "mailto:secrets@example.gov.uk"}}
	reply := o.say(gdsMember, direct, "who secret store")
	for _, b := range reply.Blocks {
		list, _ := b.(chat.People)
		for _, p := range list.People {
			if (p.Name == "secrets@example.gov.uk") != (p.Times == "") {
				t.Errorf("%s: %q", p.Name, p.Times)
			}
		}
	}
	o.expect("the mailbox", reply, []string{"secrets@example.gov.uk", "Grace"})
	o.expect("a channel", o.say(gdsMember, direct, "who service standard"), []string{"#gds", "its office hours meet yours"})
}

// TestWhoByTheReadersOwnHours has readers whose hours are not those of their organisation.
func TestWhoByTheReadersOwnHours(t *testing.T) {
	o := withPeople(newOffice(t))
	o.say(gdsMember, direct, "profile hours Mon-Fri 15:00-16:30")
	o.expect("hours, and a clock that is not known", o.say(gdsMember, direct, "who keeping secrets"), []string{"today 13:00 to 17:00 your time"})
	o.say(gdsMember, direct, "profile zone Europe/London")
	o.expect("hours and a clock", o.say(gdsMember, direct, "who keeping secrets"), []string{"today 15:00 to 16:30 your time (11:00 to 12:30 theirs)"})
	o.expect("somebody else", o.say(other, direct, "who keeping secrets"), []string{"today 13:00 to 17:00 your time"})
	o.say(gdsMember, direct, "profile zone Asia/Tokyo")
	o.expect("on another clock, on another day", o.say(gdsMember, direct, "who keeping secrets"), []string{"your office hours do not meet"})
	o.say(gdsMember, direct, "profile hours Tue 21:00-23:00")
	o.expect("late there", o.say(gdsMember, direct, "who keeping secrets"), []string{"tomorrow 22:00 to 23:00 your time (09:00 to 10:00 theirs)"})
	o.expect("nothing of a stranger's", o.say(guest, direct, "who keeping secrets"), nil, "your time")
	o.say(guest, direct, "profile hours Mon-Fri 15:00-16:00")
	o.say(guest, direct, "profile zone Europe/London")
	o.expect("a stranger with hours of their own", o.say(guest, direct, "who keeping secrets"), []string{"today 15:00 to 16:00 your time"})
}

func TestWhoOrAQuestion(t *testing.T) {
	o := withPeople(newOffice(t))
	for text, people := range map[string]bool{
		"who secrets": true, "who knows about secrets?": true, "Who can help me with secrets?": true, "who should I ask about secrets": true,
		"who do we talk to about secrets?": true, "/who secrets": true, "who has experience with secrets": true,
		"who is responsible for secrets?": false, "who keeps secrets when everybody who wrote them down has left the team?": false, "who owns the secrets?": false,
	} {
		said := chat.PlainText(o.say(gdsMember, direct, text))
		if got := strings.Contains(said, "Who knows about “secrets”"); got != people {
			t.Errorf("%q: %s", text, said)
		}
	}
}

func TestWhoKnowsAboutAMessage(t *testing.T) {
	o := withPeople(newOffice(t))
	e := o.event(gdsMember, open, chat.KindCommand)
	e.Command, e.Quoted = "who", &chat.Quoted{Message: "m", Text: "Who knows about keeping secrets?"}
	reply := o.handle(e)
	o.expect("about a message", reply, []string{"“keeping secrets”", "Grace"}, "Ivy")
	if !reply.Private {
		t.Error("the answer about somebody's message is for whoever asked alone")
	}
}

func TestWhoKnowsUnderAnAnswer(t *testing.T) {
	o := newOffice(t)
	if button(o.say(gdsMember, direct, "where are secrets kept?"), "Who knows") != "" {
		t.Error("where no people are kept, nobody is offered")
	}
	o = withPeople(o)
	reply := o.say(gdsMember, open, "where are the secrets?")
	o.expect("pressed in a public room, by staff", o.press(gdsMember, open, reply, "Who knows"), []string{"Grace", "Sam", "Eve"}, "Ivy")
	o.expect("pressed by a guest", o.press(guest, open, reply, "Who knows"), []string{"Grace"}, "Sam", "Eve", "Ivy")
	o.expect("under a miss", o.press(gdsMember, direct, o.say(gdsMember, direct, "how are alpacas bred?"), "Who knows"), []string{"I know nobody"})
}

func TestWhoWithoutPeople(t *testing.T) {
	o := newOffice(t)
	o.expect("who", o.say(gdsMember, direct, "who secrets"), []string{"I keep no list of people"})
}

func TestAnIntroductionIsOfferedOnlyWhereOneCanBeMade(t *testing.T) {
	o := withPeople(newOffice(t))
	people := func(r chat.Reply) []chat.Person {
		for _, b := range r.Blocks {
			if list, ok := b.(chat.People); ok {
				return list.People
			}
		}
		return nil
	}
	for _, p := range people(o.say(gdsMember, direct, "who secrets")) {
		if len(p.Actions) > 0 {
			t.Errorf("%s has %v", p.Name, p.Actions)
		}
	}
	o.OfferIntroduction = func(e chat.Event, exchange string, p directory.Person) (chat.Action, bool) {
		return chat.Action{ID: "introduce:" + exchange + "." + p.ID, Label: "Introduce me"}, p.ID != "sam" && e.Actor == gdsMember
	}
	offered := 0
	for _, p := range people(o.say(gdsMember, direct, "who secrets")) {
		offered += len(p.Actions)
	}
	if offered != 2 {
		t.Errorf("%d introductions are offered, want those to Grace and Eve", offered)
	}
}

func TestTopicsThatPeopleKnowAreSuggestedToThoseWhoMaySeeThem(t *testing.T) {
	o := withPeople(newOffice(t))
	suggest := func(who chat.Actor, where chat.Room, typed string) string {
		var all []string
		for _, option := range o.Table().Suggest(t.Context(), o.event(who, where, chat.KindCommand), "topic", typed) {
			all = append(all, option.Value)
		}
		return strings.Join(all, ", ")
	}
	if got := suggest(gdsMember, direct, "s"); got != "service standard, canary secrets, eagle secrets" {
		t.Errorf("staff are offered %s", got)
	}
	if got := suggest(guest, open, ""); got != "service standard, vault keys" {
		t.Errorf("a guest is offered %s", got)
	}
}

func TestSaidReadsAloud(t *testing.T) {
	for quote, want := range map[string]string{
		"Check how to:\n- meet the regulations\n- make it inclusive\n\nThen ask.": "Check how to: meet the regulations; make it inclusive Then ask.",
		"1. Begin early with it.\n2. Tell everybody who has to know.":             "Begin early with it. Tell everybody who has to know.",
		"This shows every request there is:\n```\nkubectl get pods\n```":          "This shows every request there is:",
		"+-----+-----+\n| User | Host |":                                          "",
		"Yes.":                                                                    "",
		"Example: \n{% include \"x\" %}":                                          "",
		strings.Repeat("word ", 60):                                               strings.TrimSpace(strings.Repeat("word ", 40)) + " …",
	} {
		if got := commands.Said(quote); got != want {
			t.Errorf("%q is said as %q, want %q", quote, got, want)
		}
	}
}

// TestIntroduceMeToSomebody has nobody in mind: those who know are found, and who can be met is offered.
func TestIntroduceMeToSomebody(t *testing.T) {
	o := withPeople(newOffice(t))
	reply := o.say(gdsMember, direct, "introduce me to somebody who knows about keeping secrets")
	o.expect("nobody in chat", reply, []string{"Who knows about “keeping secrets”", "Grace", "I can introduce you only to people who have listed themselves"}, "Ivy", "asks the person first")
	o.OfferIntroduction = func(_ chat.Event, exchange string, p directory.Person) (chat.Action, bool) {
		return chat.Action{ID: "introduce:" + exchange + "." + p.ID, Label: "Introduce me"}, p.ID == "grace"
	}
	for _, text := range []string{
		"introduce me to somebody who knows about keeping secrets", "can you put me in touch with someone in keeping secrets?",
		"introduce me to an expert on keeping secrets please", "I'd like to talk to someone about keeping secrets",
		"connect me with somebody else who can help with keeping secrets", "introduce me to Bob Unknown about keeping secrets",
	} {
		o.expect(text, o.say(gdsMember, direct, text), []string{"Who knows about “keeping secrets”", "Grace", "Introduce me", "asks the person first"}, "I can introduce you only")
	}
	o.expect("a guest", o.say(guest, direct, "introduce me to someone who knows about secrets"), []string{"Grace"}, "Sam", "Eve")
	if shown := o.say(gdsMember, open, "introduce me to somebody who knows about secrets"); !shown.Private {
		t.Error("whom somebody would like to meet is told to everybody")
	}
	o.expect("nobody knows", o.say(gdsMember, direct, "introduce me to somebody who knows about alpacas"), []string{"I know nobody", "“alpacas”"})
	o.expect("no topic", o.say(other, open, "introduce me"), []string{"Tell me whom you would like to meet"})
}

// TestIntroduceMeToThem asks which of the people is meant who were shown last.
func TestIntroduceMeToThem(t *testing.T) {
	o := withPeople(newOffice(t))
	o.OfferIntroduction = func(_ chat.Event, exchange string, p directory.Person) (chat.Action, bool) {
		return chat.Action{ID: "introduce:" + exchange + "." + p.ID, Label: "Introduce me"}, p.ID != "sam"
	}
	o.expect("nobody was shown", o.say(gdsMember, direct, "introduce me to them"), []string{"Tell me whom you would like to meet"}, "called")
	for _, text := range []string{"introduce me to them", "introduce me", "introduce me to one of them please", "can you introduce me to her?", "connect me with these people"} {
		o.say(gdsMember, direct, "who knows about secrets?")
		list, ok := o.say(gdsMember, direct, text).Blocks[0].(chat.Items)
		if !ok || len(list.Items) != 2 || list.Items[0].Title != "Grace (USDS)" || list.Items[1].Title != "Eve (GDS)" || len(list.Items[0].Actions) != 1 {
			t.Errorf("%q: %+v", text, list)
		}
	}
	o.OfferIntroduction = nil
	o.expect("nobody can be met", o.say(gdsMember, direct, "introduce me to them"), []string{"Grace has not listed themselves with me", "grace@example.org"}, "called")
	o.say(gdsMember, direct, "where are secrets kept?")
	o.expect("something else was said since", o.say(gdsMember, direct, "introduce me to them"), []string{"Tell me whom you would like to meet"})
}

// TestIntroduceMeToWhoIsNotInChat names people of files, who have no account, and people that nobody knows.
func TestIntroduceMeToWhoIsNotInChat(t *testing.T) {
	o := withPeople(newOffice(t))
	o.expect("with a contact", o.say(gdsMember, direct, "introduce me to Grace about vaults"), []string{"Grace has not listed themselves with me", "grace@example.org"})
	o.expect("who may be seen by no stranger", o.say(guest, direct, "introduce me to Sam"), []string{"I know nobody called “Sam”", "“who” and a topic"})
	o.expect("who has not said yes", o.say(gdsMember, direct, "introduce me to Ivy"), []string{"I know nobody called “Ivy”"})
	o.expect("a team", o.say(gdsMember, direct, "introduce me to the service standard team"), []string{"I know nobody called", "Government Digital Service"})
	o.Experts.Directory.Examples = true
	base := o.Experts.Directory.Base()
	base.People[0].Example = true
	o.expect("made up", o.say(gdsMember, direct, "introduce me to Grace about secrets"), []string{"Grace is made up"}, "I know nobody")
	o.expect("marked where they stand", o.say(gdsMember, direct, "who vault keys"), []string{"Grace", "Engineer, a made-up example", "Made-up people only show"})
	o.expect("made-up people alone", o.say(gdsMember, direct, "introduce me to someone who knows about vault keys"), []string{"Grace", "There is nobody to introduce you to yet"})
}

// TestTheExampleOfIntroduceIsUnderstood has what help says to try: it must not end in "I know nobody called".
func TestTheExampleOfIntroduceIsUnderstood(t *testing.T) {
	o := withPeople(newOffice(t))
	o.expect("help", o.say(gdsMember, direct, "help"), []string{"introduce me to somebody who knows about digital identity"})
	o.expect("its example", o.say(gdsMember, direct, "introduce me to somebody who knows about digital identity"), []string{"I know nobody who has said", "“digital identity”"}, "called")
}

func TestWhoIsSomebody(t *testing.T) {
	o := withPeople(newOffice(t))
	for _, text := range []string{"who is grace?", "Who's Grace", "who is @Grace"} {
		o.expect(text, o.say(guest, direct, text), []string{"Grace", "USDS", "Offers help with: keeping secrets", "Knows: vault keys", "grace@example.org"})
	}
	o.expect("by the name alone", o.say(guest, direct, "who Grace"), []string{"Grace", "Offers help with: keeping secrets", "grace@example.org"}, "I know nobody", "Who knows about")
	o.expect("whom a guest may not see by it", o.say(guest, direct, "who Sam"), []string{"I know nobody"}, "canary")
	o.expect("whom a guest may not see", o.say(guest, direct, "who is Sam?"), []string{"Nothing I have read is close"}, "canary")
	o.expect("who has not said yes", o.say(gdsMember, direct, "who is Ivy?"), []string{"Nothing I have read is close"}, "uninvited")
	o.expect("nobody's name", o.say(gdsMember, direct, "who is keeping secrets?"), []string{"[1] Keeping secrets"})
}
