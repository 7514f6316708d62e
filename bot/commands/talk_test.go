package commands_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"liaison/bot/chat"
)

func TestTalkIsAnsweredAsTalk(t *testing.T) {
	o := newOffice(t)
	for holds, texts := range map[string][]string{
		"Hello.":            {"hello", "Hi there!", "good morning all", "How are you today?"},
		"You are welcome.":  {"thanks!", "cheers mate", "thank you very much for your help", "ok, thanks a lot", "👍", "🎉 🎉", "👍🏽", "❤️", ":+1:", "great, that helped"},
		"a program and not": {"who are you", "What are you?", "are you chatgpt", "are you a bot?", "Are you a real person or a bot?", "what's your name?"},
		"What you can say": {"help", "hepl", "help me please", "what can you do?", "what can I ask you", "how do you work?",
			"can you help me?", "could you help me please", "I need help", "tell me everything"},
		"I only answer when I am asked": {"stop", "Stop it!", "please stop", "stop sending me stuff", "leave me alone"},
		"I am sorry that I was":         {"you are useless", "fuck off", "stupid bot", "This is rubbish!!", "you're so stupid", "what the hell"},
		"Say “forget me” and all":       {"what do you store about me", "how do I delete my data?", "foget me", "what data do you keep?", "forgot me"},
		"I know nothing of that": {"what's the weather", "What is the weather like today?", "how's the weather in London tomorrow", "will it rain in London on Saturday?", "weather", "tell me a joke",
			"can you tell us another funny joke please", "do you know any good jokes?", "knock knock", "write me a haiku about bees", "who won the football last night"},
		"116 123": {"I feel really low today", "i'm so depressed", "I want to kill myself", "some days I don't want to be here anymore, and the deploy failed again", "I'm suicidal", "Feeling down."},
		"nobody else is shown": {"can my boss see what I ask?", "who can see my questions", "is this chat private?", "do others see what i type here", "is what I ask anonymous?",
			"can anybody else read this chat", "so can my line manager read my messages to you", "are my questions recorded?"},
		"profile zone London":       {"I'm in London", "I am based in New York.", "we're in Manchester", "I'm from San Francisco"},
		"I have erased nothing yet": {"forget everything", "delete my data", "Please forget me!", "delete everything", "erase my history"},
	} {
		for _, text := range texts {
			o.expect(text, o.later().say(gdsMember, direct, text), []string{holds}, "Where to ask", "ask a person", "http")
		}
	}
}

func TestAQuestionIsNeverTakenForTalk(t *testing.T) {
	o := newOffice(t)
	for _, text := range []string{
		"hello, where are secrets kept?", "thanks, and where are secrets kept?", "help us keep secrets", "who are you meant to tell about secrets?",
		"are secrets stupid?", "how do I delete my data from the secret store?", "forget everything about secrets", "is this useless secret rotation needed?",
		"what do you know about secrets", "ok help with secrets", "what is the weather of secrets", "tell me a joke about keeping secrets in teams", "is it going to be secrets", "I'm in London and where are secrets kept", "I'm in secrets", "can you help me keep secrets?", "stop secrets leaking", "tell me everything about secrets",
		"how do we write about suicide and secrets?", "our secret service is down", "I feel down about secrets", "is the low secret count sad",
		"is it logged? secrets", "can the team monitor this secrets store", "is that secret anonymous",
		"can my boss see secrets?", "who can see secrets of other teams", "are secrets private?", "is this secrets page private",
	} {
		o.expect(text, o.later().say(gdsMember, direct, text), []string{"[1] Keeping secrets"})
	}
}

// TestNobodyElseReadsWhoIsInDespair: in a room, too, the answer is for them alone.
func TestNobodyElseReadsWhoIsInDespair(t *testing.T) {
	o := newOffice(t)
	if r := o.say(gdsMember, channel, "I want to die"); !r.Private || !strings.Contains(chat.PlainText(r), "988") {
		t.Errorf("private %v: %q", r.Private, chat.PlainText(r))
	}
}

// TestOnlyTheWordsOfTheCommandErase, as other wordings may be meant of something else.
func TestOnlyTheWordsOfTheCommandErase(t *testing.T) {
	o := newOffice(t)
	o.say(gdsMember, channel, "where are secrets kept?")
	for _, text := range []string{"forget everything", "delete everything", "delete my data", "wipe my history", "please forget me"} {
		r := o.say(gdsMember, channel, text)
		o.expect(text, r, []string{"erased nothing", "Say “forget me”", "questions and answers: 1"})
		if !r.Private || !slices.Contains(labels(r), "Forget me") {
			t.Errorf("%q: private %v, buttons %v", text, r.Private, labels(r))
		}
	}
	o.expect("the command", o.say(gdsMember, channel, "Forget me."), []string{"1 question with its answer"})
}

// desk is a platform that keeps words of people itself.
type desk struct {
	platform
	lines map[chat.Account]int
}

func (d desk) Forget(_ context.Context, who chat.Account) (int, error) {
	n := d.lines[who]
	delete(d.lines, who)
	return n, nil
}

func TestForgetReachesWhatThePlatformKeeps(t *testing.T) {
	o := newOffice(t)
	d := desk{platform{o}, map[chat.Account]int{gdsMember.Account: 3, other.Account: 1}}
	o.Adapters["slack"] = d
	o.expect("kept", o.say(gdsMember, direct, "what do you store about me"), []string{"lines that you typed"})
	o.expect("forgotten", o.say(gdsMember, direct, "forget me"), []string{"erased 3 lines that you typed here"}, "nothing about you", "0 votes")
	if len(d.lines) != 1 || d.lines[other.Account] != 1 {
		t.Errorf("left: %v", d.lines)
	}
	o.expect("again", o.say(gdsMember, direct, "forget me"), []string{"I hold nothing about you"})
}

func TestWhatIsKeptIsToldPrivatelyWithAButtonToErase(t *testing.T) {
	o := newOffice(t)
	o.say(gdsMember, channel, "where are secrets kept?")
	r := o.say(gdsMember, channel, "how do I delete my data")
	if !r.Private || !slices.Contains(labels(r), "Forget me") {
		t.Errorf("private %v, buttons %v", r.Private, labels(r))
	}
	if got := chat.PlainText(o.press(gdsMember, channel, r, "Forget me")); !strings.Contains(got, "1 question with its answer") {
		t.Errorf("forgot: %s", got)
	}
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
