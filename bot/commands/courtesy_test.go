package commands_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"liaison/bot/commands"
)

func TestPeopleArePolite(t *testing.T) {
	o := newOffice(t)
	for holds, texts := range map[string][]string{
		"Hello.":   {"hi, thanks", "hello thank you", "hi, how are things?", "long time no see", "I'm back", "nice to meet you", "morning all", "Good afternoon, hope you had a lovely weekend!", "hiya, how are you doing today?", "heyyy", "happy friday everyone", "Hi there! Hope the week's treating you well"},
		"Goodbye.": {"ok bye", "TAKE CARE", "speak soon", "bye", "see ya tomorrow", "Right, I'm off home. Have a good evening!", "night night bot", "gotta run, laters"},
		"You are welcome.": {"no thank you", "thnaks", "thanks bye", "that's all thanks", "u r great", "legend", "spot on", "merci",
			"Thank you so much for your help, that is exactly what I was looking for, have a lovely rest of your day", "Thank you so much, that's a massive help", "you're a lifesaver", "Brilliant, thanks for sorting that so quickly", "much appreciated", "good bot", "wow, you're clever"},
		"All right.": {"yes please", "no problem", "you too", "all sorted now", "that answers my question", "sure thing", "let me try that", "good to know", "found it", "I'm good", "don't worry",
			"no more questions", "maybe later", "no, that's everything", "testing 123", "nice", "cancel", "never mind", "nvm found it", "Totally agree", "makes sense", "sounds good to me", "oh right, I see now", "ok cool, never mind", "hahahaha", "oops, didn't mean to send that", "k"},
		"a program and not": {"how old are you", "can you hear me?", "where do you live?", "will you take my job?", "do you ever sleep", "do you like your job", "are you even listening?", "are you going to take over the world 😅"},
	} {
		for _, text := range texts {
			o.expect(text, o.later().say(gdsMember, direct, text), []string{holds}, "Where to ask", "ask a person", "http")
		}
	}
}

// polite are the names of talk that asks nothing.
var polite = map[string]bool{"hello": true, "bye": true, "thanks": true, "noted": true, "about": true}

func TestAWordMoreThanPolitenessIsAQuestion(t *testing.T) {
	texts := []string{
		"morning standup how long", "hi, who do I ask for a badge", "good day rates for contractors", "happy path tests", "welcome back interviews", "have a great service assessment",
		"night shift allowance", "see you in the service manual", "im off sick today", "take care of a dependant", "have to run a workshop",
		"thanks, who owns this page", "great job descriptions for designers", "helpful error messages", "love it or leave it research", "you are the best placed to assess this",
		"ok to leave early on friday", "right to work checks", "no fixed abode", "yes or no questions in forms", "same sex partner leave", "sure start", "oh and the travel form", "sorry page content",
		"thanks, as always？", "Thanks. Is it always needed?", "thanks, what is needed exactly?", "thanks, how quick is it?", "thanks, what is it for?", "hi, is there a team for this?", "hi, how are people doing this?",
		"hello, is there a week for new people?", "morning! is there a team day this week?", "love this. is this for everyone?", "useful for everyone?", "useful to have for new people", "ok, is that right for us?",
		"ok is it fixed already?", "no, is it already solved?", "ok to send it", "fine to send it to you?", "sure?", "done right?", "same channel", "have to run the team", "signing off for the team", "TA", "TA for the team", "yes, send it", "sure, send it", "hi, is this the team for new people?", "thanks what is the bot for", "nice one what is the answer", "later this year", "im off all week", "take care of this for me",
		"agree a contract", "sounds good but who pays", "forget it policy", "is it ok", "how old are our laptops", "where do you live test", "are you there for the launch",
	}
	judged, err := os.ReadFile(filepath.Join("..", "..", "knowledge", "questions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`(?m)^ *text: "(.*)"$`).FindAllStringSubmatch(string(judged), -1)
	if len(asked) < 200 {
		t.Fatalf("only %d judged questions were read", len(asked))
	}
	for _, a := range asked {
		texts = append(texts, a[1])
	}
	for _, text := range texts {
		if name, _ := commands.Route(text); polite[name] {
			t.Errorf("%q was taken for politeness: %s", text, name)
		}
	}
}

// TestPolitenessIsAnsweredWhereNothingIsKept: what Route finds, TalkReply answers.
func TestPolitenessIsAnsweredWhereNothingIsKept(t *testing.T) {
	for _, text := range []string{"morning all", "ok bye", "much appreciated", "never mind", "how old are you", "are you sure?"} {
		name, _ := commands.Route(text)
		if reply, ok := commands.TalkReply(name); !ok || len(reply.Blocks) == 0 {
			t.Errorf("%q, a %s, is answered with %+v", text, name, reply)
		}
	}
}
