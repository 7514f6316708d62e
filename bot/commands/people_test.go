package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/inbox"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/bot/records"
	"liaison/bot/store"
)

// The people of other places.
var (
	grace    = chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T2", User: "grace"}, Name: "Grace Example", Standing: chat.StandingMember, Organisation: "usds"}
	joan     = chat.Actor{Account: chat.Account{Platform: "discord", User: "7"}, Name: "Joan Example", Standing: chat.StandingStranger}
	impostor = chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T1", User: "grace"}, Name: "Grace Example (USDS)", Standing: chat.StandingMember, Organisation: "gds"}
)

// listed makes somebody findable.
func (o *office) listed(who chat.Actor, reach string) {
	o.t.Helper()
	for _, text := range []string{"profile knows hosting, the cloud", "profile hours Mon-Sun 0:00-24:00", "profile reach " + reach} {
		o.expect(text, o.say(who, direct, text), []string{"Noted."})
	}
	o.expect("list", o.say(who, direct, "profile list"), []string{"You can be found now"})
}

// letters sends what is due and returns what somebody reads of it.
func (o *office) letters(who chat.Actor) (all []outbox.Letter) {
	o.t.Helper()
	o.each(func(item outbox.Item, l outbox.Letter) {
		if item.Account == who.Account.String() {
			all = append(all, l)
		}
	})
	return all
}

// each sends what is due, and shows what is read.
func (o *office) each(read func(outbox.Item, outbox.Letter)) {
	o.t.Helper()
	for {
		item, ok, err := o.store.ClaimItem(o.t.Context(), o.now, o.now.Add(time.Minute))
		if err != nil {
			o.t.Fatal(err)
		}
		if !ok {
			return
		}
		letter, err := o.Letter(o.t.Context(), item)
		if err != nil {
			o.t.Fatal(err)
		}
		item.State = outbox.Sent
		if letter.Later.After(o.now) {
			item.State, item.Due = outbox.Waiting, letter.Later
		} else if !letter.Reply.Silent() {
			read(item, letter)
		}
		if err := o.store.MarkItem(o.t.Context(), item); err != nil {
			o.t.Fatal(err)
		}
	}
}

// asked lets the member of GDS ask for somebody, and agree.
func (o *office) asked(name string) chat.Reply {
	o.t.Helper()
	card := o.say(gdsMember, direct, "introduce me to "+name+" about <!channel> moving *house*")
	return o.press(gdsMember, direct, card, "Ask them")
}

// pressID uses a button by its id, as one who forges it can.
func (o *office) pressID(who chat.Actor, id string) chat.Reply {
	o.t.Helper()
	e := o.event(who, direct, chat.KindAction)
	e.Action = id
	return o.handle(e)
}

func TestAProfileIsShownChangedAndHidden(t *testing.T) {
	o := newOffice(t)
	o.expect("at first", o.say(gdsMember, direct, "profile"), []string{"So far I only know your name"})
	o.expect("listing nothing", o.say(gdsMember, direct, "profile list"), []string{"Say first what others may ask you about"})
	for text, holds := range map[string]string{
		"profile zone Nowhere/Land": "I do not know that time zone", "profile zone Local": "I do not know that time zone",
		"profile hours nine to five": "Write your hours as", "profile asks many": "a number from 1 to 50", "profile asks 0": "a number from 1",
		"profile reach everybody": "Write public, staff, or mine",
	} {
		o.expect(text, o.say(gdsMember, direct, text), []string{holds})
	}
	o.expect("a stranger's reach", o.say(joan, direct, "profile reach staff"), []string{"Yours is public"})
	o.say(gdsMember, direct, "profile knows secrets")
	page := o.say(gdsMember, direct, "profile asks 2")
	o.expect("kept", page, []string{"secrets", "2 times a week", "Ada (GDS)", "nobody until you are listed, then people at GDS", "“List me” means that you agree to this"})
	o.expect("listed by a button", o.press(gdsMember, direct, page, "List me"), []string{"You can be found now", "I can hide again, or take no more questions, at any time"})
	page = o.say(gdsMember, direct, "my profile")
	o.expect("listed", page, []string{"people at GDS"}, "List me")
	o.expect("hidden", o.press(gdsMember, direct, page, "Hide me"), []string{"nobody can find you"})
	o.expect("no command", o.say(gdsMember, direct, "profile of a secrets user"), []string{"Keeping secrets"})
}

// TestAProfileIsTakenAsItIsSaid has words that could go astray: those of the buttons, and far too many.
func TestAProfileIsTakenAsItIsSaid(t *testing.T) {
	o := newOffice(t)
	long := "profile knows " + strings.Repeat("é", profile.MaxKnows)
	o.expect("hours first", o.say(gdsMember, direct, "profile hours Mon-Fri 9:00-16:00"), []string{"Noted.", "Say first what others may ask you about"})
	o.expect("as long as may be", o.say(gdsMember, direct, long), []string{"Noted."})
	o.expect("too long", o.say(gdsMember, direct, long+strings.Repeat(" and more", 100)), []string{"Please keep it to 500 characters"}, "I have read")
	o.expect("as the button says", o.say(gdsMember, direct, "profile reach everyone"), []string{"Noted.", "Who can find you"}, "Write public")
	o.expect("politely", o.say(gdsMember, direct, "coffee please"), []string{"coffee"}, "I have read")
}

func TestAProfileByThreeQuestions(t *testing.T) {
	o := newOffice(t)
	o.expect("first", o.say(gdsMember, direct, "profile"), []string{"First: what may others ask you about?"})
	second := o.say(gdsMember, direct, "profile knows secrets, vaults")
	o.expect("second", second, []string{"Noted. Others may ask you about: secrets, vaults", "Second: who may find you"})
	choose := func(value string) chat.Reply {
		e := o.event(gdsMember, direct, chat.KindAction)
		e.Action, e.Values = second.Blocks[1].(chat.Choice).Action, map[string]string{"choice": value}
		return o.handle(e)
	}
	o.expect("forged", choose("everybody"), []string{"Write public, staff, or mine"})
	last := choose("staff")
	o.expect("last", last, []string{"Last: may I list you?", "I can hide again, or take no more questions, at any time"})
	o.expect("not yet listed", o.say(gdsMember, direct, "profile"), []string{"nobody until you are listed, then staff of all organisations"})
	o.expect("listed", o.press(gdsMember, direct, last, "List me"), []string{"You can be found now"})
	o.expect("a stranger has no choice", o.say(joan, direct, "profile knows hosting"), []string{"Noted.", "Last: may I list you?"}, "Second")
}

func TestAProfileByAForm(t *testing.T) {
	o := newOffice(t)
	e := o.event(gdsMember, direct, chat.KindAction)
	e.Action = "profileform:"
	if r := o.handle(e); r.Form == nil || len(r.Form.Fields) != 5 {
		t.Fatalf("no form: %+v", r)
	}
	form := o.event(gdsMember, direct, chat.KindForm)
	form.Action, form.Values = "profileform:", map[string]string{"knows": "secrets", "hours": "never", "zone": "Mars", "asks": "x", "reach": "staff"}
	if r := o.handle(form); len(r.Problems) != 3 {
		t.Errorf("problems: %v", r.Problems)
	}
	form = o.event(gdsMember, direct, chat.KindForm)
	form.Action, form.Values = "profileform:", map[string]string{"knows": "secrets", "hours": "9:00-12:00", "zone": "America/New_York", "asks": "4", "reach": "staff"}
	o.expect("kept", o.handle(form), []string{"secrets", "9:00-12:00", "America/New_York", "4 times", "staff of all organisations"})
}

func TestAnIntroductionNeedsBothAndTellsNobodyWhoDeclined(t *testing.T) {
	o := newOffice(t)
	o.listed(grace, "staff")
	o.expect("passed on", o.asked("Grace"), []string{"I have passed it on"})
	letters := o.letters(grace)
	if len(letters) != 1 {
		t.Fatalf("Grace has %d letters", len(letters))
	}
	card := letters[0].Reply
	o.expect("what Grace reads", card, []string{"Ada (GDS) would like to talk", "<!channel> moving *house*", "“Yes” means that you agree to this"}, "gds-member")
	for _, stranger := range []chat.Actor{other, impostor, guest, admin, gdsMember} {
		for _, label := range []string{"Yes, introduce us", "Not now"} {
			o.expect("pressed by "+stranger.Account.String(), o.press(stranger, direct, card, label), []string{"other people's"})
		}
	}
	o.expect("declined", o.press(grace, direct, card, "Not now"), []string{"not told that it was you"})
	o.expect("then accepted", o.press(grace, direct, card, "Yes, introduce us"), []string{"not open any more"})
	if letters := o.letters(gdsMember); len(letters) != 0 {
		t.Errorf("the asker is told at once:\n%s", chat.PlainText(letters[0].Reply))
	}
	o.now = o.now.AddDate(0, 0, 8)
	if err := o.People.Intros.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	if letters := o.letters(gdsMember); len(letters) != 1 || !strings.Contains(chat.PlainText(letters[0].Reply), "did not come about. That can have many reasons") {
		t.Errorf("a week later the asker has %d letters", len(letters))
	}
}

// TestBlockedDeclinedAndSilentLookTheSame compares all that the asker reads in the three.
func TestBlockedDeclinedAndSilentLookTheSame(t *testing.T) {
	seen := map[string]string{}
	for name, answer := range map[string]string{"declined": "Not now", "silent": "", "kept away": "Keep them away"} {
		o := newOffice(t)
		o.listed(grace, "staff")
		read := chat.PlainText(o.asked("Grace"))
		card := o.letters(grace)[0].Reply
		if answer != "" {
			o.press(grace, direct, card, answer)
		}
		for range 9 {
			o.now = o.now.AddDate(0, 0, 1)
			if err := o.People.Intros.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
			for _, l := range o.letters(gdsMember) {
				read += o.now.Format(" day 2: ") + chat.PlainText(l.Reply)
			}
		}
		seen[name] = read
		// and the next time, when a block is in the way from the start
		again := chat.PlainText(o.asked("Grace"))
		if n := len(o.letters(grace)); (n == 1) != (name != "kept away") {
			t.Errorf("%s: asked again, Grace has %d letters", name, n)
		}
		seen[name] += again
	}
	if seen["declined"] != seen["silent"] || seen["kept away"] != seen["silent"] {
		t.Errorf("the asker can tell:\n%s\n---\n%s\n---\n%s", seen["silent"], seen["declined"], seen["kept away"])
	}
}

// TestAnyWordAfterLinkIsMeantForACode, and a sentence that begins so is a question.
func TestAnyWordAfterLinkIsMeantForACode(t *testing.T) {
	o := newOffice(t)
	for _, text := range []string{"link 123456", "link ABCD", "link ABCD-EFGH", "link ABCD-EFGHI"} {
		o.expect(text, o.say(gdsMember, direct, text), []string{"That code does not work"})
	}
	o.expect("a question", o.say(gdsMember, direct, "link secrets to their store?"), []string{"[1] Keeping secrets"})
	command := o.event(gdsMember, direct, chat.KindCommand)
	command.Command, command.Text = "link", "my other account"
	o.expect("words after the command", o.handle(command), []string{"to get a code"})
}

func TestABlockFollowsLinkedAccounts(t *testing.T) {
	o := newOffice(t)
	o.listed(grace, "public")
	o.asked("Grace")
	o.press(grace, direct, o.letters(grace)[0].Reply, "Keep them away")
	second := chat.Actor{Account: account("second"), Name: "Ada", Standing: chat.StandingMember, Organisation: "gds"}
	code := strings.Fields(chat.PlainText(o.say(gdsMember, direct, "link")))[3]
	o.expect("linked", o.say(second, direct, "link "+strings.TrimSuffix(code, ".")), []string{"Done: this account and Ada (GDS) are both you"})
	card := o.say(second, direct, "introduce me to Grace about hosting")
	o.expect("asked from the second account", o.press(second, direct, card, "Ask them"), []string{"I have passed it on"})
	if letters := o.letters(grace); len(letters) != 0 {
		t.Errorf("Grace is asked by somebody she keeps away:\n%s", chat.PlainText(letters[0].Reply))
	}
}

func TestNobodyIsAskedBeyondTheirBudgetOrOffHours(t *testing.T) {
	o := newOffice(t)
	o.listed(grace, "staff")
	o.say(grace, direct, "profile asks 1")
	o.say(grace, direct, "profile hours Mon-Fri 14:00-17:00")
	o.expect("the first", o.asked("Grace"), []string{"I have passed it on"})
	if letters := o.letters(grace); len(letters) != 0 {
		t.Errorf("asked at %s, before her hours", o.now.Format("15:04"))
	}
	o.now = time.Date(2026, time.March, 16, 14, 0, 1, 0, time.UTC)
	if letters := o.letters(grace); len(letters) != 1 {
		t.Errorf("in her hours she has %d letters", len(letters))
	}
	card := o.say(other, direct, "introduce me to Grace about hosting")
	o.expect("the second in a week", o.press(other, direct, card, "Ask them"), []string{"as often as they want this week"})
}

func TestWhoHidesMeanwhileIsNotAsked(t *testing.T) {
	o := newOffice(t)
	o.listed(grace, "staff")
	card := o.say(gdsMember, direct, "introduce me to Grace about hosting")
	o.press(gdsMember, direct, card, "Ask them")
	o.say(grace, direct, "profile hide")
	if letters := o.letters(grace); len(letters) != 0 {
		t.Error("asked after hiding")
	}
	o.expect("not found", o.say(other, direct, "introduce me to Grace about hosting"), []string{"I know nobody called “Grace”"})
}

func TestPeopleAreFoundWithinTheirReachAlone(t *testing.T) {
	o := newOffice(t)
	o.listed(grace, "mine")
	for _, c := range []struct {
		who   chat.Actor
		found bool
	}{{gdsMember, false}, {joan, false}, {chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T2", User: "x"}, Standing: chat.StandingMember, Organisation: "usds"}, true}} {
		r := o.say(c.who, direct, "introduce me to Grace Example about hosting")
		if found := button(r, "Ask them") != ""; found != c.found {
			t.Errorf("%s finds her: %v", c.who.Account, found)
		}
	}
	who, err := o.People.Profiles.Store.ProfileOf(t.Context(), grace.Account.String())
	if err != nil {
		t.Fatal(err)
	}
	o.expect("by a forged button", o.pressID(joan, "introduce:"+who.Person), []string{"I know nobody called"})
}

func TestWhatIsSaidInARelay(t *testing.T) {
	o := newOffice(t)
	o.listed(joan, "public")
	o.asked("Joan")
	o.press(joan, direct, o.letters(joan)[0].Reply, "Yes, introduce us")
	together := o.letters(gdsMember)
	if len(together) != 1 {
		t.Fatalf("the asker has %d letters", len(together))
	}
	o.expect("connected", together[0].Reply, []string{"Joan Example (on Discord) and you are connected"})
	id := chat.RowOf(button(together[0].Reply, "Close"))

	form := o.event(gdsMember, direct, chat.KindForm)
	form.Action, form.Values = "introreply:"+id, map[string]string{"text": "line one\n[a link](https://evil.example) @everyone"}
	o.expect("passed on", o.handle(form), []string{"Passed on."})
	said := o.letters(joan)
	o.expect("what Joan reads", said[len(said)-1].Reply, []string{"Ada (GDS) writes:", "[a link](https://evil.example)"})
	form = o.event(other, direct, chat.KindForm)
	form.Action, form.Values = "introreply:"+id, map[string]string{"text": "I am Ada, honest"}
	o.expect("by another", o.handle(form), []string{"other people's"})
	form = o.event(gdsMember, direct, chat.KindForm)
	form.Action, form.Values = "introreply:"+id, map[string]string{"text": strings.Repeat("x", 3001)}
	o.expect("too long", o.handle(form), []string{"at most 3000 characters"})
	o.expect("reported", o.press(joan, direct, said[len(said)-1].Reply, "Close"), []string{"nothing more is passed on"})
	form.Values = map[string]string{"text": "hello?"}
	form.ID = "another"
	o.expect("after the end", o.handle(form), []string{"not open any more"})
	if letters := o.letters(gdsMember); len(letters) != 1 || !strings.Contains(chat.PlainText(letters[0].Reply), "has closed the conversation") {
		t.Errorf("the asker has %d letters", len(letters))
	}
	o.now = o.now.AddDate(0, 0, 8)
	for _, who := range []chat.Actor{gdsMember, joan} {
		o.now = o.now.Add(time.Hour)
		letters := o.helpedLetters(who)
		if letters != 1 {
			t.Errorf("%s is asked %d times whether it helped", who.Name, letters)
		}
	}
}

// helpedLetters sends what is due, and counts how often somebody was asked whether it helped.
func (o *office) helpedLetters(who chat.Actor) (n int) {
	o.letters(who)
	held, err := o.store.Held(o.t.Context(), who.Account.String())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, told := range held["what you were told"] {
		if told["kind"] == "intro.helped" {
			n++
		}
	}
	return n
}

func TestAReportReachesTheAdmins(t *testing.T) {
	o := newOffice(t)
	o.listed(joan, "public")
	o.asked("Joan")
	o.press(joan, direct, o.letters(joan)[0].Reply, "Yes, introduce us")
	var card chat.Reply
	for _, l := range o.letters(gdsMember) {
		card = l.Reply
	}
	o.expect("reported", o.press(gdsMember, direct, card, "Report"), []string{"I have told the people who run Liaison"})
	letters := o.letters(admin)
	if len(letters) != 1 {
		t.Fatalf("the admin has %d letters", len(letters))
	}
	o.expect("what the admin reads", letters[0].Reply, []string{"Ada (GDS) has reported Joan Example (on Discord)"}, "moving")
}

func TestAnImpostorsNameCarriesTheirOwnBadge(t *testing.T) {
	o := newOffice(t)
	o.listed(impostor, "staff")
	o.expect("found", o.say(other, direct, "introduce me to Grace about hosting"), []string{"Grace Example (USDS) (GDS)"})
}

func TestForgettingHidesAndExportShowsTheRest(t *testing.T) {
	o := newOffice(t)
	o.expect("nothing", o.say(gdsMember, direct, "export me"), []string{"I hold nothing about you"})
	o.listed(grace, "staff")
	o.asked("Grace")
	o.letters(grace)
	o.expect("export", o.say(grace, direct, "export me"), []string{"hosting, the cloud", "Grace Example"})
	o.expect("forgotten", o.say(grace, direct, "forget me"), []string{"1 profile and 1 part in an introduction"})
	o.expect("nothing left", o.say(grace, direct, "export me"), []string{"I hold nothing about you"})
	o.expect("not found", o.say(other, direct, "introduce me to Grace about hosting"), []string{"I know nobody called"})
}

// TestForgettingTakesTheNameOutOfWhatOthersHave has somebody forgotten at each point of an introduction, and
// looks at all that stands before the other then, as edits have left it.
func TestForgettingTakesTheNameOutOfWhatOthersHave(t *testing.T) {
	hers := grace
	hers.Account = account("grace-here") // in one workspace with the asker, and so in a group
	week := 7*24*time.Hour + time.Minute
	for name, c := range map[string]struct {
		asked  chat.Actor
		says   string        // the button that she answers with; "" for none
		later  time.Duration // after this
		leaves chat.Actor
		held   int    // how many cards the other has then that name who leaves
		left   string // what one of them reads afterwards
	}{
		"the asker, before an answer":            {grace, "", 0, gdsMember, 1, "nothing left to do"},
		"the asker, connected":                   {grace, "Yes, introduce us", 0, gdsMember, 2, "The other has closed the conversation"},
		"the one asked, connected":               {grace, "Yes, introduce us", 0, grace, 1, "The other has closed the conversation"},
		"the one asked, after “Did it help?”":    {grace, "Yes, introduce us", week, grace, 2, "nothing left to do"},
		"the one asked, when it came to nothing": {grace, "", week, grace, 1, "It did not come about"},
		"the asker, in a group":                  {hers, "Yes, introduce us", 0, gdsMember, 2, "nothing left to do"},
		"the one asked, in a group":              {hers, "Yes, introduce us", 0, hers, 1, "nothing left to do"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.Adapters["slack"] = opener{platform{o}}
			o.listed(c.asked, "staff")
			other := c.asked
			if c.leaves == c.asked {
				other = gdsMember
			}
			o.asked("Grace")
			w := wall{}
			card := w.take(o, other)
			if c.says != "" {
				o.press(c.asked, direct, card, c.says)
			}
			o.now = o.now.Add(c.later)
			w.take(o, other)
			if n := w.naming(c.leaves.Name); n != c.held {
				t.Fatalf("the test is wrong: %d cards have the name: %q", n, w)
			}
			o.expect("what is said of it", o.say(c.leaves, direct, "forget me"), []string{"loses your name and your words", "30 days", "who knows about something, whom I would ask, or to meet you"})
			w.take(o, other)
			if n := w.naming(c.leaves.Name); n != 0 {
				t.Errorf("%d cards have the name still: %q", n, w)
			}
			if w.naming("moving *house*") != 0 && c.leaves == gdsMember {
				t.Errorf("the asker's words still stand: %q", w)
			}
			if w.naming(c.left) == 0 {
				t.Errorf("%q is said nowhere: %q", c.left, w)
			}
		})
	}
}

// TestARemovedWorkspaceFadesFromWhatOthersHave has Liaison removed from the workspace of one of two who were
// brought together, and who has asked the other a question too.
func TestARemovedWorkspaceFadesFromWhatOthersHave(t *testing.T) {
	o := withListed(newOffice(t))
	sealer, err := inbox.NewSealer(make([]byte, inbox.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	o.store.Erase(store.Erasing{Mode: records.Federal, Sealer: sealer, Now: func() time.Time { return o.now }})
	o.listed(grace, "staff")
	o.asked("Grace")
	o.press(grace, direct, o.newest(grace), "Yes, introduce us")
	form := o.event(gdsMember, direct, chat.KindForm)
	form.Action, form.Values = button(o.newest(gdsMember), "Write to them"), map[string]string{"text": "words of the canary"}
	o.handle(form)
	o.expect("she reads", o.newest(grace), []string{"Ada", "words of the canary"})
	o.asksAPerson(gdsMember, direct, "Ask them")
	o.expect("she is asked", o.newest(grace), []string{"Ada", hosting})

	o.handle(o.event(chat.Actor{}, chat.Room{}, chat.KindGone))
	changed := ""
	for _, l := range o.read()[grace.Account.String()] {
		o.expect("what it reads then", l.Reply, nil, "Ada", "canary", "moving", "cloud")
		changed += l.Edits + l.Deletes + "\n"
	}
	for _, card := range []string{"intro.asked/", "intro.connected/", "relay.said/", "inquiry.asked/"} {
		if strings.Count(changed, card) != 1 {
			t.Errorf("%s… is not changed once: %q", card, changed)
		}
	}
	sealed, err := o.store.OpenRecords(t.Context())
	if err != nil || len(sealed) != 1 || !strings.Contains(string(sealed[0].Text), "words of the canary") {
		t.Errorf("sealed: %s, %v", sealed, err)
	}
}

// patient is a store that notes how long it may take to forget a workspace.
type patient struct {
	commands.Store
	left time.Duration
}

func (p *patient) ForgetWorkspace(ctx context.Context, platform, workspace, event string) error {
	until, _ := ctx.Deadline()
	p.left = time.Until(until)
	return p.Store.ForgetWorkspace(ctx, platform, workspace, event)
}

func TestALargeWorkspaceHasTimeToBeForgotten(t *testing.T) {
	o := newOffice(t)
	p := &patient{Store: o.store}
	o.Store = p
	o.handle(o.event(chat.Actor{}, chat.Room{}, chat.KindGone))
	if p.left < 5*time.Minute {
		t.Errorf("it must be forgotten within %v, and is not looked at again", p.left)
	}
}

// opener is a platform that opens conversations of several people.
type opener struct{ platform }

func (opener) OpenGroup(context.Context, []chat.Account) (chat.To, error) {
	return chat.To{Room: "G1"}, nil
}

// wall is what stands before somebody, by the key it was told under.
type wall map[string]string

// take puts up what is due, and changes what stands. It returns the last card that was sent to anybody.
func (w wall) take(o *office, reader chat.Actor) (last chat.Reply) {
	o.each(func(i outbox.Item, l outbox.Letter) {
		text := chat.PlainText(l.Reply)
		last = l.Reply
		switch {
		case l.Edits != "":
			if _, err := o.store.ItemByKey(o.t.Context(), l.Edits); err != nil {
				o.t.Errorf("%s changes %s: %v", i.Key, l.Edits, err)
			}
			w[l.Edits] = text
		case i.Account == reader.Account.String() || len(l.Group) > 0:
			w[i.Key] = text
		}
	})
	return last
}

func (w wall) naming(words string) (n int) {
	for _, text := range w {
		if strings.Contains(text, words) {
			n++
		}
	}
	return n
}

func TestTheHomePageShowsWhatWaitsForMe(t *testing.T) {
	o := newOffice(t)
	o.listed(grace, "staff")
	o.asked("Grace")
	for who, holds := range map[chat.Actor]string{grace: "waits for your answer", gdsMember: "waits for their answer"} {
		o.homes = nil
		o.handle(o.event(who, direct, chat.KindHome))
		if len(o.homes) != 1 {
			t.Fatalf("%d pages", len(o.homes))
		}
		o.expect(who.Name, o.homes[0], []string{holds, "moving *house*"})
	}
	o.homes = nil
	o.handle(o.event(grace, direct, chat.KindHome))
	var answer string
	for _, b := range o.homes[0].Blocks {
		if items, ok := b.(chat.Items); ok {
			for _, item := range items.Items {
				for _, a := range item.Actions {
					if a.Label == "Yes, introduce us" {
						answer = a.ID
					}
				}
			}
		}
	}
	o.expect("yes from the page", o.pressID(grace, answer), []string{"I bring you together now"})
}

func TestTheAuthorLearnsThatAMessageDidNotArrive(t *testing.T) {
	o := newOffice(t)
	o.listed(joan, "public")
	o.asked("Joan")
	o.press(joan, direct, o.letters(joan)[0].Reply, "Yes, introduce us")
	id := chat.RowOf(button(o.letters(gdsMember)[0].Reply, "Close"))
	form := o.event(gdsMember, direct, chat.KindForm)
	form.Action, form.Values = "introreply:"+id, map[string]string{"text": "are you there?"}
	o.handle(form)
	item, ok, err := o.store.ClaimItem(t.Context(), o.now, o.now.Add(time.Minute))
	if err != nil || !ok || item.Kind != "relay.said" {
		t.Fatal(item, ok, err)
	}
	item.State = outbox.Failed
	if err := errors.Join(o.Undelivered(t.Context(), item), o.Undelivered(t.Context(), item), o.store.MarkItem(t.Context(), item)); err != nil {
		t.Fatal(err)
	}
	letters := o.letters(gdsMember)
	if len(letters) != 1 {
		t.Fatalf("the author has %d letters", len(letters))
	}
	o.expect("what the author reads", letters[0].Reply, []string{"I could not pass this on", "are you there?"})
}

// withIDs holds ids of messages besides what a store holds.
type withIDs struct {
	commands.PeopleStore
	n int
}

func (w withIDs) Held(ctx context.Context, account string) (map[string][]map[string]any, error) {
	held, err := w.PeopleStore.Held(ctx, account)
	for i := range w.n {
		held[commands.HeldIDs] = append(held[commands.HeldIDs], map[string]any{"event_id": fmt.Sprint("id-", i, strings.Repeat("x", 100))})
	}
	return held, err
}

// TestAnExportEndsWithTheIDsOfMessages, which say nothing to a person, however many there are.
func TestAnExportEndsWithTheIDsOfMessages(t *testing.T) {
	for n, parts := range map[int]int{2: 1, 300: 4} {
		o := newOffice(t)
		o.People.Store = withIDs{o.People.Store, n}
		o.say(gdsMember, direct, "where are secrets kept?")
		reply := o.say(gdsMember, direct, "export me")
		text := chat.PlainText(reply)
		o.expect("export", reply, []string{"questions and answers: 1", fmt.Sprintf("ids of your messages: %d", n), "Say “forget me”"}, "“export me”")
		all := labels(reply)
		for ; len(all) > 0; all = labels(reply) {
			reply = o.press(gdsMember, direct, reply, all[0])
			text += "\n" + chat.PlainText(reply)
			parts--
		}
		heading, asked, first, last := strings.Index(text, "The ids of your messages, by which"), strings.Index(text, "where are secrets kept?"), strings.Index(text, "id-0x"), strings.Index(text, fmt.Sprintf("id-%dx", n-1))
		if parts != 1 || asked < 0 || heading < asked || first < heading || last < first {
			t.Errorf("with %d ids: %d parts missing; asked at %d, heading at %d, ids from %d to %d", n, parts-1, asked, heading, first, last)
		}
	}
}

// TestAnExportIsHandedOverWholeHoweverLong presses through all its parts.
func TestAnExportIsHandedOverWholeHoweverLong(t *testing.T) {
	o := newOffice(t)
	long := strings.Repeat("secrets and more of them ", 60)
	for i := range 30 {
		o.say(gdsMember, direct, fmt.Sprintf("question number %d about %s", i, long))
	}
	text, parts := "", 0
	for reply := o.say(gdsMember, direct, "export me"); ; parts++ {
		text += chat.PlainText(reply)
		all := labels(reply)
		if len(all) == 0 {
			break
		}
		reply = o.press(gdsMember, direct, reply, all[0])
	}
	for i := range 30 {
		if want := fmt.Sprintf("question number %d about", i); !strings.Contains(text, want) {
			t.Errorf("%q is in none of the %d parts", want, parts+1)
		}
	}
	if parts == 0 {
		t.Error("the test is wrong: everything fits into one part")
	}
}

// TestWhereRecordsAreKeptPeopleAreToldExactlyThat compares what is said in both ways to erase.
func TestWhereRecordsAreKeptPeopleAreToldExactlyThat(t *testing.T) {
	for mode, says := range map[records.Mode]struct{ kept, forgot, not string }{
		records.UK:      {"all of it is erased at once", "I have erased everything I held about you: 1 question", "sealed"},
		records.Federal: {"a sealed copy goes to its records officer", "a sealed copy waits for the records officer", "erased"},
	} {
		o := newOffice(t)
		o.Records = mode
		sealer, err := inbox.NewSealer(make([]byte, inbox.KeyBytes))
		if err != nil {
			t.Fatal(err)
		}
		o.store.Erase(store.Erasing{Mode: mode, Sealer: sealer, Now: o.Now})
		o.expect("the first answer", o.say(gdsMember, direct, "where are secrets kept?"), []string{says.kept}, says.not)
		o.expect("asked what is kept", o.say(gdsMember, direct, "what do you store about me"), []string{says.kept, "90 days"}, says.not)
		o.expect("forgotten", o.say(gdsMember, direct, "forget me"), []string{says.forgot}, says.not)
		n, _, err := o.store.Records(t.Context())
		if err != nil || n != map[records.Mode]int{records.UK: 0, records.Federal: 1}[mode] {
			t.Errorf("%s: %d sealed records, %v", mode, n, err)
		}
	}
}

// TestWordsPassedOnAreSealedBeforeTheyAreTakenBack: taking them back empties them.
func TestWordsPassedOnAreSealedBeforeTheyAreTakenBack(t *testing.T) {
	o := newOffice(t)
	sealer, err := inbox.NewSealer(make([]byte, inbox.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	o.Records = records.Federal
	o.store.Erase(store.Erasing{Mode: o.Records, Sealer: sealer, Now: o.Now})
	o.listed(grace, "staff")
	o.asked("Grace")
	o.press(grace, direct, o.letters(grace)[0].Reply, "Yes, introduce us")
	letters := o.letters(grace)
	form := o.event(grace, direct, chat.KindForm)
	form.Action, form.Values = button(letters[0].Reply, "Write to them"), map[string]string{"text": "words of the canary"}
	o.handle(form)
	o.say(grace, direct, "forget me")
	all, err := o.store.OpenRecords(t.Context())
	if err != nil || len(all) != 1 || !strings.Contains(string(all[0].Text), "words of the canary") {
		t.Errorf("the sealed records: %v, %v", all, err)
	}
}

func TestOtherWordsForTheProfile(t *testing.T) {
	o := newOffice(t)
	o.expect("help", o.say(gdsMember, direct, "profile helps with content design"), []string{"Others may ask you about: content design"})
	o.expect("zone", o.say(gdsMember, direct, "profile time zone Europe/London"), []string{"Europe/London"})
}
