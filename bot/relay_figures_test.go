package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
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
	s.readsInDiscord("grace", "you are connected")
	var took []time.Duration
	for i := range 25 { // within what one side may say in a minute
		text := fmt.Sprintf("number %d.", i)
		begun := time.Now()
		s.tellSlack(gds, "U1", text, here.TS)
		s.wait(text+" arrives", func() bool {
			return slices.ContainsFunc(s.inDiscord("grace"), func(m fakediscord.Message) bool { return strings.Contains(m.Content, text) })
		})
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	t.Logf("from Slack's event to Discord's post: median %v, slowest of %d %v", took[len(took)/2], len(took), took[len(took)-1])
	s.stop()
}
