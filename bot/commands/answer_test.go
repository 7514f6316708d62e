package commands_test

import (
	"strings"
	"testing"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/index"
	"liaison/knowledge"
)

// TestTwoShortSectionsAreShownUnderTheirHeadings, each with the mark of its source.
func TestTwoShortSectionsAreShownUnderTheirHeadings(t *testing.T) {
	passage := func(headings ...string) knowledge.Passage { return knowledge.Passage{Headings: headings} }
	for name, c := range map[string]struct {
		first, next knowledge.Passage
		want        string
	}{
		"other headings": {passage("Rooms", "Booking"), passage("Rooms", "Giving back"), "Moving in › Rooms › Booking\n\nBook one early. [1]\n\nRooms › Giving back\n\nGive it back by noon. [1]"},
		"the same ones":  {passage("Rooms"), passage("Rooms"), "Moving in › Rooms\n\nBook one early. [1]\n\nGive it back by noon. [1]"},
		"the top":        {passage("Rooms"), passage(), "Moving in › Rooms\n\nBook one early. [1]\n\nMoving in\n\nGive it back by noon. [1]"},
	} {
		citation := ask.Citation{Number: 1, Document: knowledge.Document{Title: "Moving in"}, Passage: c.first, Quote: "Book one early.",
			Beside: &index.Excerpt{Passage: c.next, Snippet: "Give it back by noon.", Matched: []string{"noon"}}}
		reply := commands.AnswerReply(ask.Answer{Band: index.BandAnswer, Citations: []ask.Citation{citation}}, func(id string) string { return id })
		if got := chat.PlainText(reply); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: shown is\n%s\nnot\n%s", name, got, c.want)
		}
	}
}

func TestALongUnknownWordIsNotSaidAgainWhole(t *testing.T) {
	reply := commands.DefineReply(ask.Definition{Asked: strings.Repeat("ATO", 30_000)}, func(id string) string { return id }, "")
	if got := chat.PlainText(reply); len(got) > 400 || !strings.Contains(got, "ATOATO") || !strings.Contains(got, "…") {
		t.Errorf("%d bytes are said: %.200s", len(got), got)
	}
}

func TestAnOfferSaysOfWhichSideItIs(t *testing.T) {
	first := ask.Citation{Number: 1, Document: knowledge.Document{Title: "Leave", Organisation: "gds"}, Quote: "Much."}
	other := ask.Citation{Number: 2, Document: knowledge.Document{Title: "Time off", Organisation: "usds"}, Quote: "Less."}
	for own, want := range map[bool]string{
		false: "Across the Atlantic: usds answers this in “Time off” [2].",
		true:  "On your own side of the Atlantic: usds answers this in “Time off” [2].",
	} {
		a := ask.Answer{Band: index.BandAnswer, Citations: []ask.Citation{first, other}, Other: &other, OwnSide: own}
		if text := chat.PlainText(commands.AnswerReply(a, strings.Clone)); !strings.Contains(text, want) {
			t.Errorf("says %q, without %q", text, want)
		}
	}
}

// TestWhatSomebodySaysOfThemselvesIsNotSaidOfOthers, in one conversation of several without an organisation.
func TestWhatSomebodySaysOfThemselvesIsNotSaidOfOthers(t *testing.T) {
	o := newOffice(t)
	somebody, another := chat.Actor{Account: account("somebody")}, chat.Actor{Account: account("another")}
	o.say(somebody, open, "I work at USDS. What is in the secret store?")
	o.expect("who said it", o.say(somebody, open, "where are keeping secrets kept?"), []string{ask.StampOwn, ask.StampOther})
	o.expect("another", o.say(another, open, "where are keeping secrets kept?"), []string{"GDS"}, ask.StampOwn, ask.StampOther)
	o.expect("a comparison for who said it", o.say(somebody, open, "compare secrets"), []string{ask.StampOwn, ask.StampOther})
	o.expect("a comparison for another", o.say(another, open, "compare secrets"), []string{"GDS"}, ask.StampOwn, ask.StampOther)
}

func TestAnAnswerSaysWhichQuestionsItLeaves(t *testing.T) {
	for text, holds := range map[string]string{"where are secrets kept? how do unicorns graze?": "[1] Keeping secrets", "how do unicorns graze? where are secrets kept?": "Nothing I have read"} {
		o := newOffice(t)
		o.expect(text, o.say(gdsMember, direct, text), []string{"This answers your first question. Ask me the others one at a time: “", holds})
	}
}
