package commands_test

import (
	"testing"
	"time"

	"liaison/bot/chat"
)

// TestWhatAButtonSaysCanBeTyped by whom it was offered to, where it was, while it is.
func TestWhatAButtonSaysCanBeTyped(t *testing.T) {
	o := withPeople(newOffice(t))
	o.say(gdsMember, direct, "profile")
	o.expect("skills", o.say(gdsMember, direct, "I know about prototypes and testing."), []string{"Noted. Others may ask you about: prototypes and testing"})
	o.expect("a choice", o.say(gdsMember, direct, "Everyone"), []string{"“List me” means that you agree to this"})
	o.expect("yes agrees to nothing", o.say(gdsMember, direct, "yes please"), []string{"To agree, say “List me”"})
	o.expect("other words", o.say(gdsMember, direct, "ok, list me then"), []string{"You can be found now. You agreed to:"})
	o.expect("hidden", o.say(gdsMember, direct, "unlist me"), []string{"You are hidden"})
	o.expect("nothing is open", o.say(gdsMember, direct, "how do I list myself?"), []string{"Ask me about", "prototypes and testing"})

	o.say(gdsMember, direct, "where are secrets kept?")
	o.expect("why", o.say(gdsMember, direct, "not helpful"), []string{"What was wrong with it?"})
	o.expect("a reason", o.say(gdsMember, direct, "it is out of date"), []string{"Thank you. The people who look after the knowledge see this"})

	o.say(gdsMember, direct, "define NTEU")
	o.expect("one offer", o.say(gdsMember, direct, "yes please"), []string{"Nothing I have read is close"})
	o.say(gdsMember, direct, "define NTEU")
	o.expect("of another's", o.say(other, direct, "look in the guidance"), []string{"Secrets for staff"}, "NTEU")
	o.now = o.now.Add(time.Hour)
	o.expect("too late", o.say(gdsMember, direct, "yes please"), []string{"All right"})
}

// TestATypedButtonIsForFewerEyesToo: where the button's answer is its reader's alone, so is that to its words.
func TestATypedButtonIsForFewerEyesToo(t *testing.T) {
	o := withPeople(newOffice(t))
	o.say(gdsMember, channel, "where are secrets kept?")
	if r := o.say(gdsMember, channel, "who knows"); !r.Private {
		t.Errorf("everybody reads %q", chat.PlainText(r))
	}
}

// TestWhatAsksFirstIsNotTyped, nor what stands under several people.
func TestWhatAsksFirstIsNotTyped(t *testing.T) {
	o := newOffice(t)
	if button(o.say(gdsMember, direct, "what do you store about me?"), "Forget me") == "" {
		t.Fatal("there is no button to be forgotten")
	}
	o.expect("yes", o.say(gdsMember, direct, "yes"), []string{"All right"}, "erased")
	o.say(gdsMember, direct, "where are secrets kept?")
	o.expect("no after an answer", o.say(gdsMember, direct, "no"), []string{"I am sorry that this was not it"})
	o.expect("no after nothing", o.later().say(gdsMember, direct, "no"), []string{"All right"})
}

func TestTheNthOfWhatWasListed(t *testing.T) {
	o := withPeople(newOffice(t))
	o.expect("of nothing", o.say(gdsMember, direct, "the second one"), []string{"I have not shown you an answer here yet"})
	for text, holds := range map[string][]string{
		"the second one": {"[2] Secrets for staff", "canary"}, "what does source 2 say?": {"[2] Secrets for staff"}, "[3]": {"[3] Secrets of GDS", "eagle"},
		"open the first source please": {"[1] Keeping secrets"}, "the last one": {"[3] Secrets of GDS"}, "number 9": {"I have listed only 4 there"},
		"tell me more about the third one": {"[3] Secrets of GDS"},
	} {
		o.later().say(gdsMember, direct, "where are secrets kept?")
		o.expect(text, o.say(gdsMember, direct, text), holds, "I took this as a new question")
	}
	o.later().say(gdsMember, direct, "who knows about secrets?")
	o.expect("of people", o.say(gdsMember, direct, "the second one"), []string{"Eve"}, "Grace", "Sam")
	o.expect("a place", o.say(gdsMember, direct, "number 9"), []string{"I have listed only"})
	o.say(gdsMember, direct, "define ATO")
	o.expect("of a word", o.say(gdsMember, direct, "the second one"), []string{"I have listed nothing there"})
	o.expect("a question of its own", o.say(gdsMember, direct, "what is the second line of secrets"), []string{"Keeping secrets"})
}

func TestTheSecondQuestionOfAMessage(t *testing.T) {
	o := newOffice(t)
	o.expect("the first", o.say(gdsMember, direct, "Where are secrets kept? What is the canary eating?"), []string{"This answers your first question"})
	o.expect("the second", o.say(gdsMember, direct, "the second question"), []string{"canary secrets"}, "This answers your first question")
	o.later().say(gdsMember, direct, "Where are secrets kept?")
	o.expect("there is none", o.say(gdsMember, direct, "the second question"), []string{"I have listed only 1 there"})
}

func TestIntroduceTheFirstOfThem(t *testing.T) {
	o := withPeople(newOffice(t))
	o.say(gdsMember, direct, "who service standard")
	o.expect("a place", o.say(gdsMember, direct, "introduce me to the first one"), []string{"Those are places and not people"})
	o.say(gdsMember, direct, "who knows about secrets?")
	o.expect("somebody", o.say(gdsMember, direct, "introduce me to the second person"), []string{"Eve"}, "Grace", "Sam")
}

func TestTalkAboutLiaisonItself(t *testing.T) {
	o := newOffice(t)
	for text, holds := range map[string]string{
		"ok forget me": "I have erased nothing yet", "I want you to forget me": "I have erased nothing yet", "can you forget what I just asked?": "I cannot pick one question out",
		"how long do you keep it": "90 days", "I want to speak to a human": "I am a program", "where is a human?": "I am a program", "can I talk to a real person please": "I am a program",
		"how do I report a wrong page": "Say “not helpful”", "I found a mistake on your page about retros": "Say “not helpful”", "ugh": "I am sorry that I was", "you keep giving me the wrong bloody answer": "I am sorry that I was",
		"why did you show me this?": "I think that this page is about what you asked", "how confident are you": "I think that this page is about", "this answer is wrong": "I am sorry. I show what the pages say",
		"nope, still not it": "I am sorry. I show what the pages say", "when was it last updated?": "does not say when it was", "too long": "In short, it begins", "who sits on the panel": "Nothing I have read",
	} {
		o.later().say(gdsMember, direct, "where are secrets kept?")
		o.expect(text, o.say(gdsMember, direct, text), []string{holds})
	}
}

func TestCompareThem(t *testing.T) {
	o := newOffice(t)
	o.expect("nothing", o.say(gdsMember, direct, "compare them"), []string{"Tell me what to compare"})
	o.say(gdsMember, direct, "keeping secrets")
	o.expect("the last", o.say(gdsMember, direct, "compare them"), []string{"What each organisation says about “keeping secrets"})
}

func TestOtherWordsForTheProfile(t *testing.T) {
	o := newOffice(t)
	o.expect("help", o.say(gdsMember, direct, "profile helps with content design"), []string{"Others may ask you about: content design"})
	o.expect("zone", o.say(gdsMember, direct, "profile time zone Europe/London"), []string{"Europe/London"})
}
