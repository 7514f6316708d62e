package commands_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/outbox"
	"liaison/knowledge"
)

// elsewhere is a platform that people of the tests are on, and where nothing is looked at.
type elsewhere struct{ platform }

func (elsewhere) Name() string { return "discord" }

// withListed gives an office the people who list themselves, and who knows among them.
func withListed(o *office) *office {
	base := &knowledge.Base{Organisations: []knowledge.Organisation{
		{ID: "gds", Name: "Government Digital Service", Short: "GDS", Country: "gb", Contacts: []knowledge.Contact{{Text: "#gds-hosting"}}, Covers: []string{"hosting"}},
		{ID: "usds", Name: "US Digital Service", Short: "USDS", Country: "us"},
		{ID: "gone", Name: "The Closed Office", Short: "TCO", Until: o.now.AddDate(0, 0, -1)},
	}}
	o.Experts = &experts.Service{
		Search: o.pages,
		Directory: &directory.Directory{Base: func() *knowledge.Base { return base }, Now: o.Now, Profiles: func() (all []directory.Person) {
			listed, err := o.store.UnsafeListedProfiles(context.Background())
			if err != nil {
				o.t.Error(err)
			}
			for _, p := range listed {
				all = append(all, commands.PersonOf(p))
			}
			return all
		}},
		Helped: func(ctx context.Context, who access.Audience) (all []experts.Help, err error) {
			found, err := o.store.HelpfulAnswers(ctx, who)
			for _, h := range found {
				all = append(all, experts.Help{Person: h.Person, Question: h.Question, At: h.At})
			}
			return all, err
		},
	}
	o.Adapters["discord"] = elsewhere{platform{o}}
	return o
}

// read sends what is due, and returns what everybody reads of it, by account, the newest last.
func (o *office) read() map[string][]outbox.Letter {
	o.t.Helper()
	all := map[string][]outbox.Letter{}
	for {
		item, ok, err := o.store.ClaimItem(o.t.Context(), o.now, o.now.Add(time.Minute))
		if err != nil {
			o.t.Fatal(err)
		}
		if !ok {
			return all
		}
		letter, err := o.Letter(o.t.Context(), item)
		if err != nil {
			o.t.Fatal(err)
		}
		item.State = outbox.Sent
		switch {
		case letter.Later.After(o.now):
			item.State, item.Due = outbox.Waiting, letter.Later
		case letter.Reply.Silent() && letter.Deletes == "":
			item.State = outbox.Dropped
		default:
			all[item.Account] = append(all[item.Account], letter)
		}
		if err := o.store.MarkItem(o.t.Context(), item); err != nil {
			o.t.Fatal(err)
		}
	}
}

// newest is the last thing somebody reads now.
func (o *office) newest(who chat.Actor) chat.Reply {
	o.t.Helper()
	letters := o.read()[who.Account.String()]
	if len(letters) == 0 {
		o.t.Fatalf("%s reads nothing", who.Name)
	}
	return letters[len(letters)-1].Reply
}

// answer sends the form of an answer.
func (o *office) answer(who chat.Actor, card chat.Reply, text, how string) chat.Reply {
	o.t.Helper()
	e := o.event(who, direct, chat.KindForm)
	e.Action, e.Values = button(card, "Answer"), map[string]string{"text": text, "how": how}
	return o.handle(e)
}

const hosting = "how do we move hosting to the cloud?"

// asksAPerson has somebody put a question to people, and agree by a button.
func (o *office) asksAPerson(who chat.Actor, where chat.Room, label string) chat.Reply {
	o.t.Helper()
	card := o.say(who, where, "ask somebody "+hosting)
	return o.press(who, where, card, label)
}

func TestTheAskerSeesWhoWouldBeAskedAndWhy(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	card := o.say(gdsMember, direct, "ask a person: "+hosting)
	o.expect("the card", card, []string{
		"Nothing is passed on before you agree", "Grace Example", "Joan Example", "Offers help with: hosting, the cloud", hosting,
		"Not of your organisation: Grace Example (USDS), Joan Example (on Discord).", "comes back to you alone", "“Ask them” means that you agree to this",
	}, "gds-member", "grace@", "Ada")
	if letters := o.read(); len(letters) != 0 {
		t.Errorf("somebody is asked before the asker agreed: %v", letters)
	}
	o.expect("a stranger's card", o.say(guest, direct, "ask somebody "+hosting), []string{"Joan Example"}, "Grace Example")
	o.expect("somebody else's button", o.press(other, direct, card, "Ask them"), []string{"Only the person who asked"})
	o.expect("nobody", o.press(gdsMember, direct, card, "Ask nobody"), []string{"Then I ask nobody"})
	o.expect("agreed afterwards", o.press(gdsMember, direct, card, "Ask them"), []string{"not open any more"})
	o.expect("no question", o.say(other, direct, "ask a person"), []string{"Tell me your question"})
	if letters := o.read(); len(letters) != 0 {
		t.Errorf("somebody is asked though the asker said no: %v", letters)
	}
}

func TestWhoIsNamedByAnAgreement(t *testing.T) {
	for label, c := range map[string]struct{ holds, lacks string }{
		"Ask them":            {"Ada (GDS) asks", "gives no name"},
		"Ask without my name": {"Somebody at GDS who gives no name asks", "Ada"},
	} {
		o := withListed(newOffice(t))
		o.listed(joan, "public")
		o.expect(label, o.asksAPerson(gdsMember, direct, label), []string{"I am asking them"})
		o.expect(label, o.newest(joan), []string{c.holds, hosting, "By answering you agree"}, c.lacks, "gds-member")
	}
}

func TestTheFirstAnswerComesBackOnce(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, channel, "Ask them")
	card := o.newest(grace)
	if text := chat.PlainText(o.answer(other, card, "I am Grace", "named")); !strings.Contains(text, "Only the person") {
		t.Errorf("somebody who was not asked may answer: %s", text)
	}
	o.expect("answered by one who was not asked yet", o.answer(joan, card, "me first", "named"), []string{"Only the person"})
	if r := o.answer(grace, card, "Slowly.", "somehow"); r.Problems["how"] == "" {
		t.Errorf("whose it is was not asked: %+v", r)
	}
	o.expect("passed", o.press(grace, direct, card, "Not me"), []string{"I ask somebody else"})
	card = o.newest(joan)
	o.expect("answered", o.answer(joan, card, "<!channel> Slowly, *step* by step.", "named"), []string{"I pass it on"})
	o.expect("answered again", o.answer(joan, card, "Or at once.", "named"), []string{"You have answered it already"})
	letters := o.read()[gdsMember.Account.String()]
	if len(letters) != 1 {
		t.Fatalf("the asker has %d letters", len(letters))
	}
	if to := letters[0].To; to.Room != channel.ID || to.Thread != channel.Thread || to.Workspace != "T1" {
		t.Errorf("the answer goes to %+v", to)
	}
	reply := letters[0].Reply
	o.expect("the answer", reply, []string{hosting, "Joan Example (on Discord) answers:", "<!channel> Slowly, *step* by step."})
	o.expect("judged by another in the room", o.press(other, channel, reply, "This answered it"), []string{"Only the person who asked"})
	o.expect("solved", o.press(gdsMember, channel, reply, "This answered it"), []string{"I tell them that it helped"})
	o.expect("twice", o.press(gdsMember, channel, reply, "This answered it"), []string{"I tell them that it helped"})
	read := o.read()
	if n := len(read[joan.Account.String()]); n != 1 {
		t.Errorf("Joan is thanked %d times", n)
	}
	if settled := read[grace.Account.String()]; len(settled) != 1 || settled[0].Edits == "" || !strings.Contains(chat.PlainText(settled[0].Reply), "has been answered") {
		t.Errorf("Grace's card: %+v", settled)
	}
	o.expect("evidence", o.say(other, channel, "who moving hosting"), []string{"Helped with “" + hosting + "”"})
	o.expect("evidence for the public", o.say(guest, direct, "who moving hosting"), []string{"I know nobody"}, "Joan", "Helped with")
}

func TestAnAnswerWithoutANameSpeaksForNobody(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.asksAPerson(gdsMember, direct, "Ask without my name")
	o.answer(grace, o.newest(grace), "Slowly.", "unnamed")
	reply := o.newest(gdsMember)
	o.expect("the answer", reply, []string{"A colleague at USDS answers:", "Slowly."}, "Grace")
	o.press(gdsMember, direct, reply, "This answered it")
	o.expect("evidence", o.say(gdsMember, direct, "who hosting"), []string{"Grace"}, "Helped with")
}

func TestNotQuiteAsksTheNext(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, direct, "Ask them")
	first := o.newest(grace)
	o.answer(grace, first, "No idea.", "named")
	reply := o.newest(gdsMember)
	o.expect("not quite", o.press(gdsMember, direct, reply, "Not quite"), []string{"I ask the next person"})
	o.answer(joan, o.newest(joan), "Slowly.", "named")
	second := o.newest(gdsMember)
	o.expect("the second answer", second, []string{"Slowly."})
	o.expect("not quite, pressed late", o.press(gdsMember, direct, reply, "Not quite"), []string{"I ask the next"})
	o.expect("not quite either", o.press(gdsMember, direct, second, "Not quite"), []string{"nobody left"})
	o.expect("what next", o.newest(gdsMember), []string{"Nobody of those I could ask has answered", "#gds-hosting"})
	o.expect("the first after all", o.press(gdsMember, direct, reply, "This answered it"), []string{"not open any more"})
}

func TestNobodyAnswers(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, channel, "Ask them")
	card := o.newest(joan)
	over := 0
	for range 20 {
		o.now = o.now.AddDate(0, 0, 1)
		if err := o.People.Inquiries.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, l := range o.read()[gdsMember.Account.String()] {
			over++
			o.expect("what next", l.Reply, []string{"Nobody of those I could ask has answered", hosting, "#gds-hosting"})
			if l.To != (chat.To{}) {
				t.Errorf("it goes to %+v, not to the asker alone", l.To)
			}
		}
	}
	if over != 1 {
		t.Errorf("the asker is told %d times", over)
	}
	o.expect("answered too late", o.answer(joan, card, "Slowly.", "named"), []string{"not open any more"})
}

func TestAQuestionIsTakenBack(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	asked := o.asksAPerson(gdsMember, direct, "Ask them")
	card := o.newest(joan)
	o.expect("by another", o.press(other, direct, asked, "Take it back"), []string{"Only the person who asked"})
	o.expect("taken back", o.press(gdsMember, direct, asked, "Take it back"), []string{"It is taken back"})
	letters := o.read()
	if back := letters[joan.Account.String()]; len(back) != 1 || back[0].Edits == "" || strings.Contains(chat.PlainText(back[0].Reply), "cloud") {
		t.Errorf("Joan's card: %+v", back)
	}
	o.expect("answered", o.answer(joan, card, "Slowly.", "named"), []string{"not open any more"})
	if letters := o.read(); len(letters) != 0 {
		t.Errorf("something leaves after it was taken back: %v", letters)
	}
}

// TestWhoIsNeverAsked has a person each who must not read the question, and Joan, who then does.
func TestWhoIsNeverAsked(t *testing.T) {
	for name, prepare := range map[string]func(o *office){
		"hidden meanwhile":       func(o *office) { o.say(grace, direct, "profile hide") },
		"takes no questions":     func(o *office) { o.say(grace, direct, "profile questions no") },
		"narrowed their reach":   func(o *office) { o.say(grace, direct, "profile reach mine") },
		"asked enough this week": func(o *office) { o.budgetSpent(grace) },
		"the asker's own, linked meanwhile": func(o *office) {
			code := strings.Fields(chat.PlainText(o.say(gdsMember, direct, "link")))[3]
			o.say(grace, direct, "link "+strings.TrimSuffix(code, "."))
		},
		"away for weeks": func(o *office) { o.People.Schedule = awayFor(o.now.AddDate(0, 0, 20)) },
		"their organisation has closed": func(o *office) {
			base := o.Experts.Directory.Base()
			base.Organisations[1].Until = o.now
		},
		"forgotten": func(o *office) { o.say(grace, direct, "forget me") },
	} {
		t.Run(name, func(t *testing.T) {
			o := withListed(newOffice(t))
			o.listed(grace, "staff")
			o.listed(joan, "public")
			card := o.say(gdsMember, direct, "ask somebody "+hosting)
			o.expect("the card", card, []string{"Grace Example", "Joan Example"})
			prepare(o)
			o.press(gdsMember, direct, card, "Ask them")
			o.now = o.now.Add(time.Minute)
			letters := o.read()
			for _, l := range letters[grace.Account.String()] {
				if strings.Contains(chat.PlainText(l.Reply), "I think that you may know") {
					t.Errorf("Grace reads:\n%s", chat.PlainText(l.Reply))
				}
			}
			asked := 0
			for _, l := range letters[joan.Account.String()] {
				asked += strings.Count(chat.PlainText(l.Reply), hosting)
			}
			if asked != 1 {
				t.Errorf("Joan is asked %d times", asked)
			}
		})
	}
}

// TestWhoCannotBeAskedIsNotShown has the draft keep to the rule of the sending.
func TestWhoCannotBeAskedIsNotShown(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	o.budgetSpent(grace)
	o.expect("the card", o.say(gdsMember, direct, "ask somebody "+hosting), []string{"Joan Example"}, "Grace Example")
	o.budgetSpent(joan)
	o.expect("nobody left this week", o.say(gdsMember, direct, "ask somebody "+hosting),
		[]string{"take no more questions this week", "Try again in a few days", "#gds-hosting"}, "Grace Example", "Joan Example", "I know nobody")
	o.now = o.now.AddDate(0, 0, 7)
	o.expect("a week later", o.say(gdsMember, direct, "ask somebody "+hosting), []string{"Grace Example", "Joan Example"})
}

// TestBehindWhoCannotBeAsked has more people at their limit than a list of who knows has places.
func TestBehindWhoCannotBeAsked(t *testing.T) {
	o := withListed(newOffice(t))
	for i := range experts.Most {
		busy := chat.Actor{Account: account(fmt.Sprint("busy", i)), Name: fmt.Sprintf("A%d Busy", i), Standing: chat.StandingMember, Organisation: []string{"gds", "usds"}[i%2]}
		o.listed(busy, "staff")
		o.budgetSpent(busy)
	}
	o.listed(joan, "public")
	o.expect("the card", o.say(gdsMember, direct, "ask somebody "+hosting), []string{"Joan Example"}, "Busy")
}

// budgetSpent has somebody asked as often as they want.
func (o *office) budgetSpent(who chat.Actor) {
	o.say(who, direct, "profile asks 1")
	card := o.say(other, direct, "introduce me to "+who.Name+" about hosting")
	o.press(other, direct, card, "Ask them")
}

// awayFor is a schedule of people of one workspace who come back at a time.
func awayFor(until time.Time) func(directory.Person) directory.Schedule {
	return func(p directory.Person) directory.Schedule {
		if p.Organisation != "usds" {
			return directory.Schedule{Hours: p.OfficeHours}
		}
		rules := knowledge.Calendar{}
		for day := until.AddDate(0, 0, -40); day.Before(until); day = day.AddDate(0, 0, 1) {
			rules.Once = append(rules.Once, knowledge.Holiday{Date: day.Truncate(24 * time.Hour), Name: "leave"})
		}
		return directory.Schedule{Hours: p.OfficeHours, Calendar: directory.NewCalendar(rules)}
	}
}

func TestABlockLooksLikeSilence(t *testing.T) {
	for _, blocked := range []bool{false, true} {
		o := withListed(newOffice(t))
		o.listed(grace, "staff")
		if blocked {
			o.asked("Grace")
			o.press(grace, direct, o.letters(grace)[0].Reply, "Keep them away")
		}
		r := o.asksAPerson(gdsMember, direct, "Ask them")
		o.expect(fmt.Sprint("blocked: ", blocked), r, []string{"I am asking them"})
		if n := len(o.read()[grace.Account.String()]); (n == 0) != blocked {
			t.Errorf("blocked: %v, Grace has %d letters", blocked, n)
		}
		o.now = o.now.Add(24 * time.Hour)
		if err := o.People.Inquiries.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(o.read()[gdsMember.Account.String()]); n != 0 {
			t.Errorf("blocked: %v, the asker hears of it within a day", blocked)
		}
	}
}

func TestWhoeverAsksCanBeKeptAwayUnseen(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, direct, "Ask without my name")
	card := o.newest(grace)
	o.expect("by one who was not asked", o.press(other, direct, card, "Keep them away"), []string{"Only the person"})
	o.expect("kept away", o.press(grace, direct, card, "Keep them away"), []string{"is kept away from you", "They are not told"}, "Ada")
	o.expect("the next is asked", o.newest(joan), []string{hosting})
	next := o.say(gdsMember, direct, "ask somebody about the cloud")
	o.expect("another question", o.press(gdsMember, direct, next, "Ask them"), []string{"I am asking them"})
	if letters := o.read()[grace.Account.String()]; len(letters) != 0 {
		t.Errorf("Grace is asked by one she keeps away: %s", chat.PlainText(letters[0].Reply))
	}
	o.expect("and from another", o.asksAPerson(other, direct, "Ask them"), []string{"I am asking them"})
	o.expect("Grace is asked by others", o.newest(grace), []string{"Ben (GDS) asks"})
}

func TestLaterAndNever(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	o.listed(grace, "staff")
	o.say(grace, direct, "profile hours Mon-Fri 9:00-17:00")
	o.asksAPerson(gdsMember, direct, "Ask them")
	card := o.newest(grace)
	o.expect("later", o.press(grace, direct, card, "Later"), []string{"next working day"})
	o.expect("later again", o.press(grace, direct, card, "Later"), []string{"put it off once already"})
	if letters := o.read(); len(letters) != 0 {
		t.Errorf("asked at once: %v", letters)
	}
	o.now = time.Date(2026, time.March, 17, 9, 0, 1, 0, time.UTC)
	again := o.newest(grace)
	o.expect("asked again", again, []string{"You asked me to come back to you", hosting})
	o.expect("never", o.press(grace, direct, again, "Stop asking me"), []string{"no more questions of others"})
	o.expect("her profile", o.say(grace, direct, "profile"), []string{"no, thank you"})
	o.expect("the next", o.newest(joan), []string{hosting})
	o.expect("who would be asked", o.say(other, direct, "ask somebody "+hosting), []string{"Joan Example"}, "Grace Example")
	o.expect("by one who was not asked", o.pressID(other, "personnever:"+chat.RowOf(button(card, "Answer"))), []string{"Only the person"})
}

func TestQuestionsComeInWorkingHours(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.say(grace, direct, "profile hours Mon-Fri 14:00-17:00")
	o.asksAPerson(gdsMember, direct, "Ask them")
	if letters := o.read(); len(letters) != 0 {
		t.Errorf("asked at %s, before her hours", o.now.Format("15:04"))
	}
	o.now = time.Date(2026, time.March, 16, 14, 0, 1, 0, time.UTC)
	o.expect("in her hours", o.newest(grace), []string{hosting})
}

func TestAskAPersonIsOfferedWhereAnAnswerIsMissing(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	miss := o.say(gdsMember, channel, hosting)
	o.expect("the card", o.press(gdsMember, channel, miss, "Ask a person"), []string{hosting, "back into this conversation", "Joan Example"})
	o.expect("another's question", o.press(other, channel, miss, "Ask a person"), []string{"Only the person who asked"})

	found := o.say(gdsMember, direct, "how do we keep secrets in the cloud?")
	why := o.press(gdsMember, direct, found, "Not helpful")
	e := o.event(gdsMember, direct, chat.KindAction)
	for _, b := range why.Blocks {
		if c, ok := b.(chat.Choice); ok {
			e.Action, e.Values = c.Action, map[string]string{"choice": "wrong"}
		}
	}
	o.expect("after a reason", o.press(gdsMember, direct, o.handle(e), "Ask a person"), []string{"how do we keep secrets in the cloud?", "to you alone"})
	o.expect("the last question", o.say(gdsMember, direct, "ask somebody"), []string{"how do we keep secrets in the cloud?"})
}

func TestAQuestionIsChangedBeforeItIsAsked(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	card := o.say(gdsMember, channel, "ask somebody "+hosting)
	edit := o.event(gdsMember, channel, chat.KindAction)
	edit.Action = button(card, "Change the question")
	if r := o.handle(edit); r.Form == nil || r.Form.Fields[0].Value != hosting {
		t.Fatalf("no form: %+v", r)
	}
	edit = o.event(gdsMember, channel, chat.KindForm)
	edit.Action, edit.Values = button(card, "Change the question"), map[string]string{"question": "who pays for hosting in the cloud?"}
	changed := o.handle(edit)
	o.expect("changed", changed, []string{"who pays for hosting in the cloud?", "back into this conversation"}, hosting)
	o.expect("the old card", o.press(gdsMember, channel, card, "Ask them"), []string{"not open any more"})
	o.press(gdsMember, channel, changed, "Ask them")
	o.expect("what Joan reads", o.newest(joan), []string{"who pays for hosting in the cloud?"}, hosting)
}

func TestAnAnswerInAThread(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, direct, "Ask them")
	item, ok, err := o.store.ClaimItem(t.Context(), o.now, o.now.Add(time.Minute))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := o.Letter(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	item.State, item.Ref = outbox.Sent, chat.Ref{Platform: "slack", Workspace: "T1", Room: "D1", Message: "asked"}
	if err := o.store.MarkItem(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	e := o.event(joan, chat.Room{ID: "D1", Thread: "asked", Scope: chat.ScopeDirect, Direct: true}, chat.KindMessage)
	e.Text = "Slowly, I would say."
	o.expect("passed on", o.handle(e), []string{"I pass it on"})
	o.expect("delivered again", o.handle(e), []string{"I pass it on"})
	o.expect("the answer", o.newest(gdsMember), []string{"Joan Example (on Discord) answers:", "Slowly, I would say."})
	if letters := o.read(); len(letters) != 0 {
		t.Errorf("twice: %v", letters)
	}
	e.Kind, e.Text = chat.KindEdited, "Slowly, I would say now."
	if r := o.handle(e); !r.Silent() {
		t.Errorf("an edit is answered: %s", chat.PlainText(r))
	}
	edited := false
	for _, l := range o.read()[gdsMember.Account.String()] {
		edited = edited || strings.HasPrefix(l.Edits, "inquiry.answer/") && strings.Contains(chat.PlainText(l.Reply), "I would say now.")
	}
	if !edited {
		t.Error("an edit of the answer is not followed")
	}
	e.Kind, e.Text = chat.KindDeleted, ""
	o.handle(e)
	letters := o.read()[gdsMember.Account.String()]
	if len(letters) < 2 || !strings.HasPrefix(letters[0].Deletes, "inquiry.answer/") {
		t.Fatalf("a deletion of the answer is not followed: %+v", letters)
	}
	o.expect("nobody is left", letters[len(letters)-1].Reply, []string{"Nobody of those I could ask"})
}

func TestWhatCannotBeDelivered(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, channel, "Ask them")
	lose := func(kind string) {
		t.Helper()
		item, ok, err := o.store.ClaimItem(t.Context(), o.now, o.now.Add(time.Minute))
		if err != nil || !ok || item.Kind != kind {
			t.Fatal(item, ok, err)
		}
		if _, err := o.Letter(t.Context(), item); err != nil {
			t.Fatal(err)
		}
		item.State = outbox.Failed
		for range 2 {
			if err := o.Undelivered(t.Context(), item); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.store.MarkItem(t.Context(), item); err != nil {
			t.Fatal(err)
		}
	}
	lose("inquiry.asked")
	card := o.newest(joan)
	o.expect("the next is asked", card, []string{hosting})
	o.answer(joan, card, "Slowly.", "named")
	lose("inquiry.answer")
	letters := o.read()[gdsMember.Account.String()]
	if len(letters) != 1 || letters[0].To.Room != "" {
		t.Fatalf("the asker has %+v", letters)
	}
	o.expect("to them directly", letters[0].Reply, []string{"Slowly."})
}

func TestForgettingTakesBackWhatWasAskedAndAnswered(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, direct, "Ask them")
	o.answer(grace, o.newest(grace), "Slowly, says the canary.", "named")
	o.newest(gdsMember)
	o.expect("her export", o.say(grace, direct, "export me"), []string{"questions you were asked", "Slowly, says the canary.", "My answer goes back"}, hosting)
	o.expect("his export", o.say(gdsMember, direct, "export me"), []string{"questions you put to people", hosting, "The people named here"}, "Slowly")
	o.expect("she is forgotten", o.say(grace, direct, "forget me"), []string{"1 part in a question to people"})
	letters := o.read()
	deleted := false
	for _, l := range letters[gdsMember.Account.String()] {
		deleted = deleted || strings.HasPrefix(l.Deletes, "inquiry.answer/")
	}
	if !deleted {
		t.Errorf("her answer still stands: %+v", letters)
	}
	asked := letters[joan.Account.String()]
	if len(asked) != 1 {
		t.Fatalf("Joan has %d letters", len(asked))
	}
	o.expect("the next is asked", asked[0].Reply, []string{hosting})
	o.expect("he is forgotten", o.say(gdsMember, direct, "forget me"), []string{"1 part in a question to people"})
	if back := o.read()[joan.Account.String()]; len(back) != 1 || back[0].Edits == "" || strings.Contains(chat.PlainText(back[0].Reply), "cloud") {
		t.Errorf("Joan's card: %+v", back)
	}
	for _, who := range []chat.Actor{grace, gdsMember} {
		o.expect("nothing left", o.say(who, direct, "export me"), []string{"I hold nothing about you"})
	}
}

func TestForgettingTakesTheQuestionOutOfTheThanks(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	o.asksAPerson(gdsMember, direct, "Ask them")
	o.answer(joan, o.newest(joan), "Slowly.", "named")
	o.press(gdsMember, direct, o.newest(gdsMember), "This answered it")
	o.expect("she is thanked", o.newest(joan), []string{"Your answer helped", hosting})
	o.say(gdsMember, direct, "forget me")
	for _, l := range o.read()[joan.Account.String()] {
		if strings.HasPrefix(l.Edits, "inquiry.thanks/") {
			o.expect("then", l.Reply, []string{"Your answer to a question helped"}, hosting)
			return
		}
	}
	t.Error("his question still stands in her thanks")
}

func TestTheHomePageShowsQuestions(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.asksAPerson(gdsMember, direct, "Ask without my name")
	home := func(who chat.Actor) chat.Reply {
		o.homes = nil
		o.handle(o.event(who, direct, chat.KindHome))
		return o.homes[0]
	}
	o.expect("not before it left", home(grace), nil, "Questions waiting for you")
	card := o.newest(grace)
	o.expect("what waits for her", home(grace), []string{"Questions waiting for you", hosting, "Somebody at GDS"}, "Ada")
	o.expect("his own", home(gdsMember), []string{"Your questions to people", "people are being asked"})
	o.answer(grace, card, "Slowly.", "unnamed")
	o.expect("answered", home(gdsMember), []string{"somebody has answered"}, "Grace")
	o.expect("done", home(grace), nil, "Questions waiting for you")
}

func TestListingsOfBeforeTakeNoQuestions(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	p, err := o.People.Profiles.Store.ProfileOf(t.Context(), grace.Account.String())
	if err != nil {
		t.Fatal(err)
	}
	p.Consent = "1: an older wording"
	if err := o.People.Profiles.Store.KeepProfile(t.Context(), p, p.At); err != nil {
		t.Fatal(err)
	}
	o.expect("nobody", o.say(gdsMember, direct, "ask somebody "+hosting), []string{"I know nobody whom I could ask about this in chat", hosting, "#gds-hosting"})
	page := o.say(grace, direct, "profile")
	o.expect("her profile", page, []string{"The wording has changed since you said yes"})
	o.press(grace, direct, page, "List me")
	o.expect("asked", o.say(gdsMember, direct, "ask somebody "+hosting), []string{"Grace Example"})
}

func TestQuestionsAndIntroductionsShareABudget(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(grace, "staff")
	o.say(grace, direct, "profile asks 1")
	o.asksAPerson(gdsMember, direct, "Ask them")
	card := o.say(other, direct, "introduce me to Grace about hosting")
	o.expect("a second in a week", o.press(other, direct, card, "Ask them"), []string{"as often as they want this week"})
}

func TestOneAskerSetsOffOnlySoMuch(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	o.say(joan, direct, "profile asks 50")
	o.asksAPerson(gdsMember, direct, "Ask them")
	o.expect("the same again", o.asksAPerson(gdsMember, direct, "Ask them"), []string{"is still open"})
	for i := range 3 {
		card := o.say(gdsMember, direct, fmt.Sprintf("ask somebody about hosting number %d", i))
		want := "I am asking them"
		if i == 2 {
			want = "You have several questions with people already"
		}
		o.expect(fmt.Sprint("question ", i), o.press(gdsMember, direct, card, "Ask them"), []string{want})
	}
}

// TestAFollowUpIsPassedOnWithItsQuestion: whoever is asked has not seen the conversation; and what others asked there stays.
func TestAFollowUpIsPassedOnWithItsQuestion(t *testing.T) {
	o := withListed(newOffice(t))
	o.listed(joan, "public")
	o.listed(grace, "staff")
	o.say(grace, direct, "profile knows Wales")
	thread := channel
	thread.Thread = "T1"
	o.say(gdsMember, thread, hosting)
	o.say(other, thread, "how do we write alt text?")
	o.say(gdsMember, thread, "and in Wales?")
	o.expect("the follow-up", o.say(gdsMember, thread, "ask a person"), []string{hosting + " and in Wales?", "Joan Example"}, "alt text", "Grace Example") // Wales is no topic
	o.expect("somebody else's", o.say(other, thread, "ask a person"), []string{"how do we write alt text?"}, hosting)
	private := o.event(gdsMember, thread, chat.KindMessage)
	private.Text, private.Private = "how do we test with screen readers?", true
	o.handle(private)
	o.say(gdsMember, thread, "and in Wales?")
	o.expect("after what was asked privately", o.say(gdsMember, thread, "ask a person"), []string{hosting + " and in Wales?"}, "screen readers")
	o.say(gdsMember, thread, "who hosting")
	o.say(gdsMember, thread, "and in Scotland?")
	o.expect("after another command", o.say(gdsMember, thread, "ask a person"), []string{hosting + " and in Scotland?"})
	o.say(gdsMember, thread, "how do we write alt text?")
	o.expect("a question of its own", o.say(gdsMember, thread, "ask a person"), []string{"how do we write alt text?"}, hosting)
}
