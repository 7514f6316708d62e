package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
)

const penguins = "how do we keep penguins warm?"

// penguinKeepers lists one person in another workspace and one in Discord who know about penguins.
func (s *served) penguinKeepers() {
	s.t.Helper()
	s.AddPerson(usds, fakeslack.Person{ID: "U2", Name: "Grace Example"})
	s.listInSlackFor(usds, "U2", "penguins")
	s.listInDiscordFor("joan", "penguins")
}

// inThread is what Liaison says in a thread of the first channel, once it holds a text.
func (s *served) inThread(thread, text string) (found fakeslack.Message) {
	s.t.Helper()
	s.wait(fmt.Sprintf("%q stands in the thread", text), func() bool {
		for _, m := range s.Answers() {
			if m.Team == gds && m.Channel == "C1" && m.Thread == thread && m.Reader == "" && !m.Deleted && strings.Contains(m.Show().Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// timesInThread is how often a text stands in a thread of the first channel.
func (s *served) timesInThread(thread, text string) (n int) {
	for _, said := range s.answers(gds, thread) {
		n += strings.Count(said, text)
	}
	return n
}

// pressed uses a button, and waits until the press is taken: only then is it promised to be kept.
func (s *served) pressed(user string, m fakeslack.Message, label string) {
	s.t.Helper()
	select {
	case <-s.press(user, m, label).Acked:
	case <-s.t.Context().Done():
		s.t.Fatal("the press was not acknowledged")
	}
}

// missed has U1 of GDS ask what nothing answers, in a channel, and then a person.
func (s *served) missed(agree string) fakeslack.Said {
	s.t.Helper()
	said := s.Mention(gds, "U1", "C1", penguins, "")
	s.press("U1", s.inThread(said.TS, "Try other words"), "Ask a person")
	card := s.appears("C1", "U1", "Nothing is passed on before you agree")
	text := card.Show().Text
	for _, part := range []string{"Grace Example", "joan", penguins, "Not of your organisation: Grace Example (USDS), joan (on Discord)", "back into this conversation"} {
		if !strings.Contains(text, part) {
			s.t.Errorf("the asker agrees without reading %q:\n%s", part, text)
		}
	}
	s.press("U1", card, agree)
	s.appears("C1", "U1", "I am asking them")
	return said
}

// TestAPersonAnswersWhatNothingDid is the story of a question that goes to two people on two platforms.
func TestAPersonAnswersWhatNothingDid(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	s.penguinKeepers()
	said := s.missed("Ask them")
	first := s.readsInSlack(usds, "U2", "I think that you may know")
	if text := first.Show().Text; !strings.Contains(text, "Ada Example (GDS) asks") || !strings.Contains(text, penguins) {
		t.Errorf("Grace is asked:\n%s", text)
	}
	if asked := s.inDiscord("joan"); len(asked) > 0 && strings.Contains(asked[len(asked)-1].Content, "penguins warm") {
		t.Error("two people are asked at once")
	}
	s.press("U2", first, "Not me")
	second := s.readsInDiscord("joan", "I think that you may know")
	s.discord.Say(fakediscord.Said{Who: "joan", Text: "With <!channel> @everyone fish and *patience*.", ReplyTo: second.ID})
	s.readsInDiscord("joan", "I pass it on")
	answer := s.inThread(said.TS, "fish and *patience*")
	if shown := answer.Show(); !strings.Contains(shown.Text, "joan (on Discord) answers:") || !strings.Contains(shown.Text, penguins) || len(shown.Pings) > 0 {
		t.Errorf("the answer pings %v and reads:\n%s", shown.Pings, shown.Text)
	}
	s.press("UADMIN", answer, "This answered it")
	s.appears("C1", "UADMIN", "Only the person who asked")
	s.press("U1", answer, "This answered it")
	s.appears("C1", "U1", "I tell them that it helped")
	s.readsInDiscord("joan", "Your answer helped")
	s.readsInSlack(usds, "U2", "It has been answered")
	for _, m := range s.inSlack(usds, "U2") {
		if strings.Contains(m.Show().Text, "penguins warm") {
			t.Errorf("Grace still has the question:\n%s", m.Show().Text)
		}
	}
	s.Mention(gds, "U1", "C1", "who knows about keeping penguins warm?", "")
	s.appears("C1", "", "Helped with “"+penguins+"”")
	s.stop()
	if n := s.timesInThread(said.TS, "fish and"); n != 1 {
		t.Errorf("the answer stands %d times", n)
	}
	s.check()
}

// TestNamesAreLeftOut has neither of the two give a name; the answer comes by a form.
func TestNamesAreLeftOut(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	s.penguinKeepers()
	said := s.missed("Ask without my name")
	asked := s.readsInSlack(usds, "U2", "I think that you may know")
	if text := asked.Show().Text; !strings.Contains(text, "Somebody at GDS who gives no name") || strings.Contains(text, "Ada") {
		t.Errorf("Grace is asked:\n%s", text)
	}
	s.press("U2", asked, "Answer")
	s.wait("a form opens", func() bool { return len(s.Views()) > 0 })
	s.Submit(s.Views()[len(s.Views())-1], map[string]string{"text": "With fish.", "how": "unnamed"})
	answer := s.inThread(said.TS, "With fish.")
	if text := answer.Show().Text; !strings.Contains(text, "A colleague at USDS answers:") || strings.Contains(text, "Grace") {
		t.Errorf("the answer reads:\n%s", text)
	}
	s.press("U1", answer, "Not quite")
	second := s.readsInDiscord("joan", "I think that you may know")
	s.pressInDiscord("joan", second, "Not me")
	over := s.readsInSlack(gds, "U1", "Nobody of those I could ask has answered")
	if text := over.Show().Text; !strings.Contains(text, penguins) {
		t.Errorf("what next:\n%s", text)
	}
	s.stop()
	n := 0
	for _, m := range s.inSlack(gds, "U1") {
		n += strings.Count(m.Show().Text, "Nobody of those")
	}
	if n != 1 {
		t.Errorf("the asker is told %d times", n)
	}
	s.check()
}

// TestAQuestionIsTakenBackFromWhoHasIt withdraws it while somebody is about to answer.
func TestAQuestionIsTakenBackFromWhoHasIt(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	s.penguinKeepers()
	said := s.missed("Ask them")
	asked := s.readsInSlack(usds, "U2", "I think that you may know")
	s.press("U1", s.appears("C1", "U1", "I am asking them"), "Take it back")
	s.appears("C1", "U1", "It is taken back")
	s.readsInSlack(usds, "U2", "It was taken back")
	s.tellSlack(usds, "U2", "With fish, but too late.", asked.TS)
	s.readsInSlack(usds, "U2", "not open any more")
	s.stop()
	if n := s.timesInThread(said.TS, "too late"); n != 0 {
		t.Error("an answer comes back after the question was taken back")
	}
	for _, m := range s.inDiscord("joan") {
		if strings.Contains(m.Content, "penguins warm") {
			t.Error("the next is asked after the question was taken back")
		}
	}
	s.check()
}

// TestAQuestionToPeopleSurvivesBeingKilled kills the process at more and more places of the story.
// LIAISON_KILLS asks for more of them.
func TestAQuestionToPeopleSurvivesBeingKilled(t *testing.T) {
	t.Parallel()
	kills := 4
	if more, err := strconv.Atoi(os.Getenv("LIAISON_KILLS")); err == nil {
		kills = min(more, 40)
	}
	s := newServed(t)
	s.start()
	s.penguinKeepers()
	s.tellSlack(usds, "U2", "profile asks 50", "")
	s.readsInSlack(usds, "U2", "50 times a week")
	said := s.missed("Ask them")
	asked := s.readsInSlack(usds, "U2", "I think that you may know")
	for i := range kills {
		changes := s.Changed()
		if i == 0 {
			s.pressed("U2", asked, "Later") // what is put off is asked of nobody else meanwhile
		}
		if i == kills/2 {
			s.tellSlack(usds, "U2", "With fish.", asked.TS)
		}
		for range i % 5 {
			select {
			case <-changes:
				changes = s.Changed()
			default: // nothing more happens
			}
		}
		s.kill()
		s.start()
	}
	answer := s.inThread(said.TS, "With fish.")
	s.pressed("U1", answer, "This answered it")
	s.kill()
	s.start()
	s.readsInSlack(usds, "U2", "Your answer helped")
	s.stop()
	if n := s.timesInThread(said.TS, "With fish."); n != 1 {
		t.Errorf("the answer stands %d times", n)
	}
	thanks, questions := 0, 0
	for _, m := range s.inSlack(usds, "U2") {
		thanks += strings.Count(m.Show().Text, "Your answer helped")
		questions += strings.Count(m.Show().Text, "I think that you may know")
	}
	if thanks != 1 || questions != 1 {
		t.Errorf("Grace is thanked %d times, and asked %d times", thanks, questions)
	}
	for _, m := range s.inDiscord("joan") {
		if strings.Contains(m.Content, "penguins warm") {
			t.Error("somebody else was asked although the first had the turn")
		}
	}
	s.check()
}

// inGeneral is what the bot says in the public channel of Discord, once it holds a text.
func (s *served) inGeneral(text string) (found fakediscord.Message) {
	s.t.Helper()
	s.wait(fmt.Sprintf("%q stands in Discord", text), func() bool {
		for _, m := range s.discord.Messages() {
			if m.Channel == fakediscord.GeneralID && m.Author == fakediscord.BotID && strings.Contains(fakediscord.Show(m.Content).Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// TestAQuestionFromDiscord goes to staff who let the public find them, and to nobody else; its answer is
// edited, and then taken back.
func TestAQuestionFromDiscord(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.start()
	s.penguinKeepers()
	s.AddPerson(usds, fakeslack.Person{ID: "U3", Name: "Katherine Example"})
	s.listInSlackFor(usds, "U3", "penguins")
	s.tellSlack(usds, "U3", "profile reach public", "")
	s.readsInSlack(usds, "U3", "Who can find you: everyone")
	s.discord.Command(fakediscord.Used{Who: "ada", Channel: fakediscord.GeneralID}, "ask", map[string]string{"question": penguins})
	miss := s.inGeneral("Try other words")
	general := fakediscord.Used{Who: "ada", Channel: fakediscord.GeneralID}
	s.pressAs(general, miss, "Ask a person")
	card := s.inGeneral("Nothing is passed on before you agree")
	if text := fakediscord.Show(card.Content).Text; !strings.Contains(text, "Katherine Example") || strings.Contains(text, "Grace Example") {
		t.Errorf("the card reads:\n%s", text)
	}
	s.pressAs(general, card, "Ask them")
	asked := s.readsInSlack(usds, "U3", "ada (on Discord) asks")
	said := s.tellSlack(usds, "U3", "With fish.", asked.TS)
	answer := s.inGeneral("With fish.")
	if !strings.Contains(answer.Content, "Katherine Example (USDS)") {
		t.Errorf("the answer reads:\n%s", answer.Content)
	}
	s.Edit(usds, fakeslack.DirectID("U3"), said.TS, "With herring.")
	s.inGeneral("With herring.")
	s.Delete(usds, fakeslack.DirectID("U3"), said.TS)
	s.wait("what was taken back is gone", func() bool {
		for _, m := range s.discord.Messages() {
			if strings.Contains(m.Content, "herring") {
				return false
			}
		}
		return true
	})
	s.pressInDiscord("joan", s.readsInDiscord("joan", "I think that you may know"), "Not me")
	s.readsInDiscord("ada", "Nobody of those I could ask has answered")
	s.stop()
	s.check()
}
