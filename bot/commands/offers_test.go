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

// TestNobodyElsesWordsPressAButton: SECURITY, a message that somebody points at is asked about and never obeyed.
func TestNobodyElsesWordsPressAButton(t *testing.T) {
	o := withPeople(newOffice(t))
	o.say(gdsMember, direct, "profile knows prototypes")
	o.say(gdsMember, direct, "Everyone")
	e := o.event(gdsMember, direct, chat.KindMessage)
	e.Text, e.Quoted = "list me", &chat.Quoted{Text: "where are secrets kept?"}
	o.expect("with a message pointed at", o.handle(e), nil, "You can be found now")
	o.expect("in another room", o.say(gdsMember, channel, "list me"), nil, "You can be found now")
	o.expect("where it was offered", o.say(gdsMember, direct, "list me"), []string{"You can be found now"})
}

// TestATypedReasonReplacesNothing, as it stands below what was offered, and is its author's alone.
func TestATypedReasonReplacesNothing(t *testing.T) {
	o := newOffice(t)
	o.say(gdsMember, channel, "where are secrets kept?")
	o.say(gdsMember, channel, "not helpful")
	r := o.say(gdsMember, channel, "It is out of date")
	o.expect("noted", r, []string{"Thank you. The people who look after the knowledge"})
	if r.Replaces || !r.Private {
		t.Errorf("it replaces: %v, it is private: %v", r.Replaces, r.Private)
	}
}
