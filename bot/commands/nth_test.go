package commands_test

import "testing"

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
