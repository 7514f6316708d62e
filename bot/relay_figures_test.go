package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
)

// TestFiguresOfARelay prints how long a message takes from the event of one platform to the post on the
// other, against the fakes. It judges nothing: times are the machine's as much as the program's.
func TestFiguresOfARelay(t *testing.T) {
	if os.Getenv("LIAISON_FIGURES") == "" {
		t.Skip("LIAISON_FIGURES is not set: nothing is measured")
	}
	s := newServed(t)
	s.start()
	s.listInDiscord("grace")
	s.propose("grace")
	s.pressInDiscord("grace", s.readsInDiscord("grace", "would like to talk"), "Yes, introduce us")
	here := s.readsInSlack(gds, "U1", "you are connected")
	there := s.readsInDiscord("grace", "you are connected")
	at := make(chan time.Time)
	close(at)
	report(t, "from Slack's event to Discord's post", at, func(text string) {
		s.tellSlack(gds, "U1", text, here.TS)
		s.wait(text+" arrives", func() bool {
			return slices.ContainsFunc(s.inDiscord("grace"), func(m fakediscord.Message) bool { return strings.Contains(m.Content, text) })
		})
	})
	// Slack takes a message a second in one conversation: faster ones would measure how long they wait for it.
	pace := time.NewTicker(1100 * time.Millisecond)
	defer pace.Stop()
	report(t, "from Discord's event to Slack's post", pace.C, func(text string) {
		s.discord.Say(fakediscord.Said{Who: "grace", Text: text, ReplyTo: there.ID})
		s.wait(text+" arrives", func() bool {
			return slices.ContainsFunc(s.inSlack(gds, "U1"), func(m fakeslack.Message) bool {
				return strings.Contains(m.Show().Text, "writes:") && strings.Contains(m.Show().Text, text)
			})
		})
	})
	s.stop()
}

// report times something for a number of texts, within what one side may say in a minute, at a pace.
func report(t *testing.T, what string, pace <-chan time.Time, do func(text string)) {
	t.Helper()
	var took []time.Duration
	for i := range 25 {
		<-pace
		begun := time.Now()
		do(fmt.Sprintf("number %d.", i))
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	t.Logf("%s: median %v, slowest of %d %v", what, took[len(took)/2], len(took), took[len(took)-1])
}
