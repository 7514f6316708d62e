package commands_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/chat"
)

func TestTalkAboutTheAnswerIsNotLookedFor(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		texts   []string
		holds   []string
		buttons []string
	}{
		{[]string{"more", "tell me more", "go on", "can you show me more please", "what else?"}, []string{"The staff vault", "Federal secrets"}, nil},
		{[]string{"sources", "what are your sources?", "links please", "link please", "where is that from?", "can I have the link"}, []string{"These are the pages I found for “where are secrets kept?”", "[1] Keeping secrets"}, nil},
		{[]string{"whose guidance is this", "who says so?", "who wrote that?", "which organisation is that from", "are you sure?", "is that right?", "really?"}, []string{"“Keeping secrets” is from Government Digital Service (GDS)", "#gds"}, nil},
		{[]string{"is it mandatory", "is this the law?", "Is that binding for us?", "who does it apply to"}, []string{"“Keeping secrets” does not say whom it binds: it is GDS’s guidance", "#gds"}, nil},
		{[]string{"who do I ask?", "and who should we contact", "who to ask then"}, []string{"Where to ask", "#gds"}, nil},
		{[]string{"no thats wrong", "That's not what I asked.", "this doesn't answer my question", "wrong", "no, that was wrong", "sorry that was not it", "yes it is wrong", "yeah thats wrong", "ok that was wrong", "sorry, that one is wrong", "thanks but that's not what I asked"}, []string{"I am sorry.", "in other words"}, []string{"Not helpful"}},
		{[]string{"can you shorten that", "summarise it please", "tl;dr", "that's too long", "explain that in simpler words"}, []string{"words of the page as they stand", "https://example.gov.uk/secrets.md"}, nil},
		{[]string{"that link is broken", "the link doesn't work", "dead link", "I get a 404"}, []string{"the address that the page had", "#gds"}, []string{"Not helpful"}},
	} {
		for _, text := range c.texts {
			o.later().say(gdsMember, direct, "where are secrets kept?")
			r := o.say(gdsMember, direct, text)
			o.expect(text, r, c.holds, "I am not sure")
			for _, label := range c.buttons {
				if !slices.Contains(labels(r), label) {
					t.Errorf("%q: buttons %q, without %q", text, labels(r), label)
				}
			}
		}
	}
}

// TestMoreGoesOnWhereTheLastLeftOff, from what the answer did not show to the end.
func TestMoreGoesOnWhereTheLastLeftOff(t *testing.T) {
	o := newOffice(t)
	for i := range 7 {
		o.pages.list = append(o.pages.list, page(fmt.Sprintf("more%d.md", i), "gds", access.Public, fmt.Sprintf("More secrets %d", i), fmt.Sprintf("The secrets of drawer %d.", i)))
	}
	pages := func(what, text string, holds ...string) {
		t.Helper()
		all := []string{"secret store", "staff vault", "eagle", "by the agency", "drawer 0", "drawer 1", "drawer 2", "drawer 3", "drawer 4", "drawer 5", "drawer 6"}
		o.expect(what, o.say(gdsMember, direct, text), holds, slices.DeleteFunc(all, func(s string) bool { return slices.Contains(holds, s) })...)
	}
	r := o.say(gdsMember, direct, "where are secrets kept?")
	pages("first", "more", "staff vault", "eagle", "by the agency", "drawer 0", "[2] Secrets for staff", "[5] More secrets 0")
	r = o.press(gdsMember, direct, r, "Show more")
	o.expect("the button goes on, too", r, []string{"drawer 1", "drawer 4", "[9] More secrets 4"}, "drawer 0", "drawer 5")
	again := o.event(gdsMember, direct, chat.KindAction)
	again.Action = button(r, "Show more")
	for range 2 { // as after a crash
		r = o.handle(again)
		if button(r, "Show more") != "" {
			t.Error("more is offered where there is none")
		}
		o.expect("the end", r, []string{"drawer 5", "[10] More secrets 5"}, "drawer 4", "That was all")
	}
	pages("over", "more", "That was all I have on it")
	o.say(gdsMember, direct, "where are all secrets kept?")
	o.expect("of another answer", o.say(gdsMember, direct, "more"), []string{"[2] Secrets for staff"}, "[6]")
}

// TestMoreBeginsWithTheWholePassageWhereOnlyAPartWasShown, and each reader of a room reads all of it.
func TestMoreBeginsWithTheWholePassageWhereOnlyAPartWasShown(t *testing.T) {
	o := newOffice(t)
	o.pages.snippet = "Keep secrets"
	r := o.say(gdsMember, channel, "where are secrets kept?")
	for _, who := range []chat.Actor{gdsMember, other} {
		o.expect("whole", o.press(who, channel, r, "Show more"), []string{"Keep secrets in the secret store."})
		o.expect("then no more", o.press(who, channel, r, "Show more"), []string{"That was all I have on it"})
	}
}

// TestPeopleHaveNoSources, nor has what was not found.
func TestPeopleHaveNoSources(t *testing.T) {
	for before, want := range map[string]string{"who knows about secrets": "That was a list of people", "where do unicorns graze?": "I found no page for that"} {
		for _, text := range []string{"sources", "whose guidance is this", "is it mandatory"} {
			o := withPeople(newOffice(t))
			o.say(gdsMember, direct, before)
			o.expect(text+" after "+before, o.say(gdsMember, direct, text), []string{want}, "That was all")
		}
	}
}

// TestOnlyAnAnswerIsVotedOn by who types it: a list of people has no such button.
func TestOnlyAnAnswerIsVotedOn(t *testing.T) {
	for _, text := range []string{"helpful", "very helpful", "not helpful", "not very helpful", "that was not helpful at all", "unhelpful"} {
		o := withPeople(newOffice(t))
		o.say(gdsMember, direct, "who knows about secrets")
		r := o.say(gdsMember, direct, text)
		if votes, err := o.store.Votes(t.Context(), time.Time{}); err != nil || len(votes) != 0 {
			t.Errorf("%q after a list of people: %v (%v), %q", text, votes, err, chat.PlainText(r))
		}
		o.say(gdsMember, direct, "where are secrets kept?")
		o.say(gdsMember, direct, text)
		if votes, err := o.store.Votes(t.Context(), time.Time{}); err != nil || len(votes) != 1 {
			t.Errorf("%q after an answer: %v (%v)", text, votes, err)
		}
	}
}

func TestTalkAboutAnAnswerBeforeThereIsOne(t *testing.T) {
	o := newOffice(t)
	o.expect("more", o.say(gdsMember, direct, "more"), []string{"I have not shown you an answer here yet"})
	o.say(other, channel, "where are secrets kept?")
	o.expect("elsewhere", o.say(gdsMember, direct, "sources"), []string{"I have not shown you an answer here yet"})
	o.expect("a question of its own", o.say(gdsMember, direct, "is it mandatory"), []string{"Nothing I have read is close"})
	o.expect("after a miss", o.say(gdsMember, direct, "more"), []string{"That was all I have on it"})
	if _, ok := o.Table().Command("link"); !ok {
		t.Fatal("no command link")
	}
	o.expect("a command is no talk", o.say(gdsMember, direct, "link"), nil, "These are the pages")
}

// What was said to one person alone is nobody else's to hear more of.
func TestTalkAboutAnAnswerOfSomebodyElse(t *testing.T) {
	o := newOffice(t)
	private := o.event(gdsMember, channel, chat.KindMessage)
	private.Text, private.Private = "where is the eagle?", true
	o.handle(private)
	for _, text := range []string{"more", "sources", "whose guidance is this", "can you shorten that", "that link is broken"} {
		o.expect(text, o.say(other, channel, text), []string{"I have not shown you an answer here yet"}, "eagle", "Secrets of GDS")
	}
}
