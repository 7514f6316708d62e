package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/outbox"
	"liaison/bot/records"
	"liaison/knowledge"
)

// The people who would like a coffee. It is Monday 16 March 2026, 12:00 in London and 8:00 in New York.
var (
	london  = chat.Actor{Account: account("london"), Name: "Ada Example", Standing: chat.StandingMember, Organisation: "gds", Zone: "Europe/London"}
	newYork = chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T2", User: "ny"}, Name: "Grace Example", Standing: chat.StandingMember, Organisation: "usds", Zone: "America/New_York"}
	sydney  = chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T2", User: "syd"}, Name: "Mary Example", Standing: chat.StandingMember, Organisation: "usds", Zone: "Australia/Sydney"}
	retired = chat.Actor{Account: chat.Account{Platform: "slack", Workspace: "T3", User: "old"}, Name: "Joan Example", Standing: chat.StandingMember, Organisation: "18f", Zone: "America/New_York"}
)

// joins lets somebody join the queue for coffee.
func (o *office) joins(who chat.Actor) {
	o.t.Helper()
	card := o.say(who, direct, "coffee")
	o.expect("what joining means", card, []string{"“Join the queue” means that you agree to this: Liaison looks for", "in the queue until"})
	o.expect("joined", o.press(who, direct, card, "Join the queue"), []string{"You are in the queue for a coffee, until "})
}

// reads returns the one letter that somebody has.
func (o *office) reads(who chat.Actor, holds []string, lacks ...string) chat.Reply {
	o.t.Helper()
	letters := o.letters(who)
	if len(letters) != 1 {
		o.t.Fatalf("%s has %d letters, want one that says %q", who.Name, len(letters), holds)
	}
	o.expect(who.Name+" reads", letters[0].Reply, holds, lacks...)
	return letters[0].Reply
}

// both returns what two people read, of what is due at one time.
func (o *office) both(a, b chat.Actor) (one, other chat.Reply) {
	o.t.Helper()
	all := map[string][]outbox.Letter{}
	o.each(func(item outbox.Item, l outbox.Letter) { all[item.Account] = append(all[item.Account], l) })
	if len(all[a.Account.String()]) != 1 || len(all[b.Account.String()]) != 1 {
		o.t.Fatalf("%s has %d letters and %s %d", a.Name, len(all[a.Account.String()]), b.Name, len(all[b.Account.String()]))
	}
	return all[a.Account.String()][0].Reply, all[b.Account.String()][0].Reply
}

// sweeps lets time pass and the minute's work be done.
func (o *office) sweeps(to time.Time) {
	o.t.Helper()
	o.now = to
	if err := o.People.Intros.Sweep(o.t.Context()); err != nil {
		o.t.Error(err)
	}
	if err := o.People.Coffee.Sweep(o.t.Context()); err != nil {
		o.t.Error(err)
	}
}

func march(day, hour int) time.Time { return time.Date(2026, time.March, day, hour, 0, 0, 0, time.UTC) }

func TestTwoHaveACoffee(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 14) // both are at work
	o.joins(london)
	o.expect("asked again", o.say(london, direct, "coffee"), []string{"You are in the queue for a coffee, until Monday 13 April"})
	o.joins(newYork)
	here, there := o.both(london, newYork)
	// Each has until the end of their second working day: Tuesday, 17:00 in New York. Then come three days.
	o.expect("in London", here, []string{
		"Somebody from USDS", "Wednesday 18 March, 13:00 your time (Europe/London), 09:00 theirs (America/New_York)",
		"Thursday 19 March, 13:00 your time", "Friday 20 March, 13:00 your time", "answer by Tuesday 17 March, 21:00", "“Yes” means that you agree",
	}, "Grace")
	o.expect("in New York", there, []string{"Somebody from GDS", "Wednesday 18 March, 09:00 your time (America/New_York), 13:00 theirs (Europe/London)", "answer by Tuesday 17 March, 17:00"}, "Ada")
	o.expect("by another", o.press(other, direct, here, "Yes, bring us together"), []string{"other people's"})
	o.expect("the first yes", o.press(london, direct, here, "Yes, bring us together"), []string{"When both of you have said yes"})
	if n := len(o.letters(newYork)); n != 0 {
		t.Errorf("one yes alone makes %d letters", n)
	}
	o.expect("the second yes", o.press(newYork, direct, there, "Yes, bring us together"), []string{"When both of you have said yes"})
	here, there = o.both(london, newYork)
	o.expect("connected in London", here, []string{"Grace Example (USDS) and you are connected", "13:00 your time (Europe/London)"})
	o.expect("connected in New York", there, []string{"Ada Example (GDS) and you are connected", "09:00 your time (America/New_York)"})
	o.expect("out of the queue", o.say(london, direct, "coffee"), []string{"means that you agree"})
	if held, err := o.store.Held(t.Context(), london.Account.String()); err != nil || len(held["coffees proposed to you"]) != 1 {
		t.Errorf("held: %v %v", held, err)
	}
	o.joins(london)
	o.joins(newYork)
	o.sweeps(march(17, 14))
	if n := len(o.letters(london)); n != 0 {
		t.Errorf("two who have met get %d letters", n)
	}
}

// TestACoffeeThatWasNotProposedIsNotExported has one say no before the other, who is not at work yet, has read
// of it. Whoever read of it is shown it for as long as it is held, also when what was told is not kept any more.
func TestACoffeeThatWasNotProposedIsNotExported(t *testing.T) {
	for _, saysNo := range []bool{true, false} {
		o := newOffice(t)
		o.joins(london)
		o.joins(newYork)
		card := o.reads(london, []string{"Somebody from USDS"})
		shown := func(who chat.Actor) int {
			held, err := o.store.Held(t.Context(), who.Account.String())
			if err != nil {
				t.Fatal(err)
			}
			return len(held["coffees proposed to you"])
		}
		if a, b := shown(london), shown(newYork); a != 1 || b != 0 {
			t.Errorf("before the other is at work, one is shown %d coffees and the other %d", a, b)
		}
		if saysNo {
			o.press(london, direct, card, "Not now")
		}
		o.now = march(16, 14)
		letters := len(o.letters(newYork))
		if a, b := shown(london), shown(newYork); a != 1 || b != letters || (letters == 0) != saysNo {
			t.Errorf("said no: %v; one is shown %d coffees, and the other, who has %d letters, %d", saysNo, a, letters, b)
		}
		if err := o.store.Expire(t.Context(), o.now.Add(records.Sent+time.Hour)); err != nil {
			t.Fatal(err)
		}
		if a, b := shown(london), shown(newYork); a != 1 || b != letters {
			t.Errorf("later one is shown %d, and the other %d", a, b)
		}
	}
}

// TestNobodyLearnsWhoSaidNoToACoffee compares what somebody who said yes reads, and when, whatever the other did.
func TestNobodyLearnsWhoSaidNoToACoffee(t *testing.T) {
	seen := map[string]string{}
	for _, answer := range []string{"", "Somebody else, please", "Not now", "leave", "forget"} {
		o := newOffice(t)
		o.now = march(16, 14)
		o.joins(london)
		o.joins(newYork)
		here, there := o.both(london, newYork)
		switch answer {
		case "":
		case "leave":
			o.say(newYork, direct, "coffee leave")
		case "forget":
			o.say(newYork, direct, "forget me")
		default:
			o.expect(answer, o.press(newYork, direct, there, answer), []string{"They are not told."})
			o.expect("a yes after that", o.press(newYork, direct, there, "Yes, bring us together"), []string{"not open any more"})
		}
		read := chat.PlainText(o.press(london, direct, here, "Yes, bring us together")) + chat.PlainText(o.say(london, direct, "coffee"))
		for range 48 {
			o.sweeps(o.now.Add(time.Hour))
			for _, l := range o.letters(london) {
				read += o.now.Format("\n2 January 15:04: ") + chat.PlainText(l.Reply)
			}
		}
		seen[answer] = read + chat.PlainText(o.say(london, direct, "coffee"))
	}
	if !strings.Contains(seen[""], "did not come about") || !strings.Contains(seen[""], "in the queue again, until Monday 13 April") {
		t.Errorf("who said yes reads:\n%s", seen[""])
	}
	for answer, read := range seen {
		if read != seen[""] {
			t.Errorf("%q can be told from silence:\n%s\n---\n%s", answer, read, seen[""])
		}
	}
}

func TestWhoSaysNoWaitsOnOrLeavesAsTheySay(t *testing.T) {
	for answer, waits := range map[string]bool{"Somebody else, please": true, "Not now": false} {
		o := newOffice(t)
		o.now = march(16, 14)
		o.joins(london)
		o.joins(newYork)
		_, there := o.both(london, newYork)
		o.press(newYork, direct, there, answer)
		want := "“Join the queue” means"
		if waits {
			want = "You are in the queue"
		}
		o.expect(answer, o.say(newYork, direct, "coffee"), []string{want})
		third := chat.Actor{Account: account("third"), Name: "Third", Standing: chat.StandingMember, Organisation: "gds", Zone: "Europe/London"}
		o.joins(third)
		if n := len(o.letters(newYork)); (n == 1) != waits {
			t.Errorf("after %q somebody else makes %d letters", answer, n)
		}
	}
}

// TestWhoHasNotReadOfItFreesTheOther says no before the other is at work: then there is nothing to hide.
func TestWhoHasNotReadOfItFreesTheOther(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 9) // 5:00 in New York
	o.joins(newYork)
	o.joins(london)
	here := o.reads(london, []string{"Somebody from USDS"})
	o.press(london, direct, here, "Not now")
	o.expect("the other waits on", o.say(newYork, direct, "coffee"), []string{"As soon as somebody fits"})
	o.sweeps(march(18, 15))
	if letters := o.letters(newYork); len(letters) != 0 {
		t.Errorf("the other reads of it:\n%s", chat.PlainText(letters[0].Reply))
	}
}

func TestSomebodyWhoNeverAnswersLeavesTheQueue(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 14)
	o.joins(newYork)
	o.joins(london)
	here, _ := o.both(london, newYork)
	o.press(london, direct, here, "Yes, bring us together")
	o.sweeps(march(18, 14))
	o.reads(newYork, []string{"did not come about", "in the queue again"})
	o.joins(chat.Actor{Account: account("third"), Name: "Third", Standing: chat.StandingMember, Organisation: "gds", Zone: "Europe/London"})
	o.reads(newYork, []string{"Somebody from GDS"})
	o.sweeps(march(20, 14))
	o.reads(newYork, []string{"did not come about", "not in the queue any more"})
	o.expect("out", o.say(newYork, direct, "coffee"), []string{"means that you agree"})
	o.expect("who said yes waits", o.say(london, direct, "coffee"), []string{"You are in the queue"})
}

func TestWhoDoesNotFitIsNotMatched(t *testing.T) {
	colleague := chat.Actor{Account: account("colleague"), Name: "Ben", Standing: chat.StandingMember, Organisation: "gds", Zone: "Europe/London"}
	for name, who := range map[string]chat.Actor{"a colleague": colleague, "somebody whose hours never meet": sydney} {
		o := newOffice(t)
		o.now = march(16, 14)
		o.joins(london)
		o.joins(who)
		if n := len(o.letters(london)); n != 0 {
			t.Errorf("%s: %d letters", name, n)
		}
	}
	t.Run("kept away", func(t *testing.T) {
		o := newOffice(t)
		o.now = march(16, 14)
		o.listed(newYork, "staff")
		o.say(newYork, direct, "profile hours 9:00-17:00")
		card := o.say(london, direct, "introduce me to Grace about hosting")
		o.press(london, direct, card, "Ask them")
		o.press(newYork, direct, o.reads(newYork, []string{"would like to talk"}), "Keep them away")
		o.joins(london)
		o.joins(newYork)
		if n := len(o.letters(london)) + len(o.letters(newYork)); n != 0 {
			t.Errorf("%d letters", n)
		}
	})
	t.Run("asked often enough", func(t *testing.T) {
		o := newOffice(t)
		o.now = march(16, 14)
		o.say(newYork, direct, "profile knows hosting")
		o.say(newYork, direct, "profile asks 1")
		o.joins(newYork)
		o.joins(london)
		_, there := o.both(london, newYork)
		o.press(newYork, direct, there, "Somebody else, please")
		o.joins(colleague)
		if n := len(o.letters(newYork)); n != 0 {
			t.Errorf("beyond the budget: %d letters", n)
		}
		o.sweeps(march(24, 14))
		o.sweeps(march(24, 15))
		o.reads(newYork, []string{"Somebody from GDS"})
	})
	t.Run("of an organisation that has closed", func(t *testing.T) {
		o := newOffice(t)
		o.Ask.Vocabulary = func() ask.Vocabulary {
			v := vocabulary()
			v.Organisations = append(v.Organisations, knowledge.Organisation{ID: "18f", Name: "18F", Country: "us", Until: time.Date(2025, time.March, 1, 0, 0, 0, 0, time.UTC)})
			return v
		}
		o.expect("closed", o.say(retired, direct, "coffee"), []string{"18F has closed"}, "Join the queue")
		o.expect("by a forged button", o.pressID(retired, "coffeejoin:"), []string{"18F has closed"})
	})
}

func TestWithoutATimeZoneOneIsAskedForIt(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 14)
	card := o.say(joan, direct, "coffee")
	o.expect("no zone", card, []string{"I need your time zone"})
	if form := o.press(joan, direct, card, "Say my time zone"); form.Form == nil || len(form.Form.Fields) != 1 {
		t.Fatalf("no form: %+v", form)
	}
	form := o.event(joan, direct, chat.KindForm)
	form.Action, form.Values = "coffeezone:", map[string]string{"zone": "Nowhere"}
	if r := o.handle(form); r.Problems["zone"] == "" {
		t.Error("a zone that is none is taken")
	}
	form.Values = map[string]string{"zone": "Europe/Paris"}
	o.expect("in the queue", o.press(joan, direct, o.handle(form), "Join the queue"), []string{"You are in the queue"})
	o.joins(london)
	o.reads(london, []string{"Somebody on Discord", "09:00 your time (Europe/London), 10:00 theirs (Europe/Paris)"})
}

func TestSomebodyWithoutAMatchIsToldOnce(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 14)
	o.joins(london)
	o.sweeps(march(18, 14))
	if n := len(o.letters(london)); n != 0 {
		t.Errorf("after two days: %d letters", n)
	}
	o.sweeps(march(19, 20)) // in the evening
	if n := len(o.letters(london)); n != 0 {
		t.Errorf("off hours: %d letters", n)
	}
	o.now = march(20, 10)
	o.reads(london, []string{"I have found nobody", "until Monday 13 April"})
	for day := 20; day <= 28+16; day++ {
		o.sweeps(march(day, 15))
		if letters := o.letters(london); len(letters) != 0 {
			t.Errorf("told again:\n%s", chat.PlainText(letters[0].Reply))
		}
	}
	o.expect("after four weeks", o.say(london, direct, "coffee"), []string{"means that you agree"})
}

func TestTheHomePageShowsACoffeeWithoutTheName(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 14)
	o.joins(newYork)
	o.joins(london)
	o.both(london, newYork)
	o.handle(o.event(london, direct, chat.KindHome))
	o.expect("the page", o.homes[0], []string{"Coffee with somebody from USDS", "waits for your answer"}, "Grace")
	var yes string
	for _, b := range o.homes[0].Blocks {
		if items, ok := b.(chat.Items); ok {
			for _, item := range items.Items {
				if i := slices.IndexFunc(item.Actions, func(a chat.Action) bool { return a.Label == "Somebody else, please" }); i >= 0 {
					yes = item.Actions[i].ID
				}
			}
		}
	}
	o.expect("no from the page", o.pressID(london, yes), []string{"They are not told."})
	o.homes = nil
	o.handle(o.event(london, direct, chat.KindHome))
	o.expect("the page after it", o.homes[0], nil, "Coffee with")
	o.homes = nil
	o.handle(o.event(newYork, direct, chat.KindHome))
	o.expect("the other's page", o.homes[0], []string{"Coffee with somebody from GDS", "waits for your answer"})
}

// TestWhoIsNotAskedYetSeesNoProposalComeAndGo has one of two be asked at once, and refuse, before the other
// is at work.
func TestWhoIsNotAskedYetSeesNoProposalComeAndGo(t *testing.T) {
	o := newOffice(t)
	o.now = march(16, 10) // 10:00 in London, 6:00 in New York
	o.joins(london)
	o.joins(newYork)
	here := o.reads(london, []string{"coffee"})
	sees := func() string {
		o.homes = nil
		o.handle(o.event(newYork, direct, chat.KindHome))
		return chat.PlainText(o.say(newYork, direct, "coffee")) + chat.PlainText(o.homes[0])
	}
	before := sees()
	o.press(london, direct, here, "Somebody else, please")
	if after := sees(); after != before || strings.Contains(before, "Coffee with") {
		t.Errorf("before the other refused:\n%s\n---\nafter:\n%s", before, after)
	}
}
