package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
	"liaison/bot/store/storetest"
)

// relay is Ada in Slack and Grace in Discord, who write to each other while things break.
type relay struct {
	*served
	introductions int
	here          fakeslack.Message   // under which Ada writes
	there         fakediscord.Message // to which Grace replies
	said          []string            // what both wrote while it was open
	late          []string            // what Ada wrote after its end
}

func newRelay(s *served) *relay {
	s.t.Helper()
	r := &relay{served: s}
	r.listInDiscord("grace")
	s.discord.Say(fakediscord.Said{Who: "grace", Text: "profile asks 50"})
	r.readsInDiscord("grace", "50 times")
	return r
}

// connect introduces the two, once more.
func (r *relay) connect() {
	r.t.Helper()
	r.introductions++
	topic := fmt.Sprintf("topic %d.", r.introductions)
	r.tellSlack(gds, "U1", "introduce me to grace about "+topic, "")
	r.press("U1", r.readsInSlack(gds, "U1", topic), "Ask them")
	r.pressInDiscord("grace", r.readsInDiscord("grace", topic), "Yes, introduce us")
	r.wait("both are connected", func() bool {
		here := slices.DeleteFunc(r.inSlack(gds, "U1"), func(m fakeslack.Message) bool { return !strings.Contains(m.Show().Text, "you are connected") })
		there := slices.DeleteFunc(r.inDiscord("grace"), func(m fakediscord.Message) bool { return !strings.Contains(m.Content, "you are connected") })
		if len(here) < r.introductions || len(there) < r.introductions {
			return false
		}
		r.here, r.there = here[len(here)-1], there[len(there)-1]
		return true
	})
}

// write has both write a numbered message.
func (r *relay) write(n int) {
	for _, from := range []string{"Ada", "Grace"} {
		r.said = append(r.said, fmt.Sprintf("from %s number %d.", from, n))
	}
	r.tellSlack(gds, "U1", fmt.Sprintf("from Ada number %d.", n), r.here.TS)
	r.discord.Say(fakediscord.Said{Who: "grace", Text: fmt.Sprintf("from Grace number %d.", n), ReplyTo: r.there.ID})
}

// arrives waits until both have read all.
func (r *relay) arrives() {
	r.t.Helper()
	r.wait("everything has arrived", func() bool {
		counts := r.counts()
		return !slices.ContainsFunc(r.said, func(text string) bool { return counts[text] == 0 })
	})
}

// counts is how often the messages stand where the other reads them.
func (r *relay) counts() map[string]int {
	var shown strings.Builder
	for _, m := range r.inDiscord("grace") {
		shown.WriteString(m.Content + "\n")
	}
	for _, m := range r.inSlack(gds, "U1") {
		shown.WriteString(m.Show().Text + "\n")
	}
	counts, all := map[string]int{}, shown.String()
	for _, text := range slices.Concat(r.said, r.late) {
		counts[text] = strings.Count(all, text)
	}
	return counts
}

// close has Grace close it, and Ada write after that. broken breaks something just then.
func (r *relay) close(broken func()) {
	r.t.Helper()
	r.arrives()
	pressed := r.discord.Press(fakediscord.Used{Who: "grace"}, r.there.ID, componentID(r.there.Components, "Close"))
	<-pressed.Acknowledged
	closed := func() bool { return r.howOften("nothing more is passed on") >= r.introductions }
	r.wait("it is closed", closed)
	late := fmt.Sprintf("too late %d.", r.introductions)
	r.late = append(r.late, late)
	r.tellSlack(gds, "U1", late, r.here.TS)
	broken()
	r.wait("Ada is told that it is closed", func() bool {
		n := 0
		for _, m := range r.inSlack(gds, "U1") {
			n += strings.Count(m.Show().Text, "not open any more")
		}
		return n >= r.introductions
	})
}

// judge is what must hold at the end: nothing is lost, nothing repeated, nothing passed on without consent.
func (r *relay) judge() {
	r.t.Helper()
	counts := r.counts()
	for _, text := range r.said {
		if counts[text] != 1 {
			r.t.Errorf("%q stands %d times", text, counts[text])
		}
	}
	for _, text := range r.late {
		if counts[text] != 0 {
			r.t.Errorf("%q was passed on", text)
		}
	}
	if n := r.howOften("would like to talk with you"); n != r.introductions {
		r.t.Errorf("grace was asked %d times for %d introductions", n, r.introductions)
	}
	r.t.Logf("%d introductions, %d messages, %d after the end", r.introductions, len(r.said), len(r.late))
}

// perIntroduction is how many of the breaks each introduction sees, within what one may ask for in a week;
// perMinute within what one side may say in a minute.
const (
	perIntroduction = 25
	perMinute       = 20
)

// TestARelayLosesAndRepeatsNothingWhenKilled kills the process again and again while two people write, and
// just after one has closed. LIAISON_KILLS asks for more kills.
func TestARelayLosesAndRepeatsNothingWhenKilled(t *testing.T) {
	t.Parallel()
	kills := 4
	if more, err := strconv.Atoi(os.Getenv("LIAISON_KILLS")); err == nil {
		kills = more
	}
	s := newServed(t)
	s.start()
	r := newRelay(s)
	killed := func() {
		s.kill()
		s.start()
	}
	for i := range kills {
		if i%perIntroduction == 0 {
			if i > 0 {
				r.close(killed)
			}
			r.connect()
		}
		changes := s.Changed()
		r.write(i)
		for range i % 5 {
			select {
			case <-changes:
				changes = s.Changed()
			case <-t.Context().Done():
				t.Fatal("nothing changes")
			}
		}
		s.kill()
		if i%perMinute == perMinute-1 {
			s.change(`UPDATE relayed SET at = at - 60000`)
			s.change(`DELETE FROM memory WHERE key LIKE '%identifies'`) // how often a day it may begin anew with Discord
		}
		s.start()
	}
	r.close(killed)
	s.stop()
	r.judge()
}

// TestARelayOverADatabaseThatRestarts stops a PostgreSQL of its own in the middle of things, while two people
// write and just after one has closed. LIAISON_RESTARTS asks for so many restarts; without it the test is
// skipped.
func TestARelayOverADatabaseThatRestarts(t *testing.T) {
	t.Parallel()
	restarts, err := strconv.Atoi(os.Getenv("LIAISON_RESTARTS"))
	if err != nil {
		t.Skip("LIAISON_RESTARTS is not set: no database is restarted")
	}
	cluster := storetest.NewCluster(t)
	s := newServed(t)
	s.env = append(s.env, "DATABASE_URL="+cluster.URL, "LIAISON_KEY="+strings.Repeat("A", 43)+"=")
	s.start()
	r := newRelay(s)
	var took []time.Duration
	for i := range restarts {
		if i%perIntroduction == 0 {
			if i > 0 {
				r.close(cluster.Restart)
			}
			r.connect()
		}
		if i%perMinute == perMinute-1 {
			s.change(`UPDATE relayed SET at = at - 60000`)
		}
		r.write(i)
		cluster.Restart()
		begun := time.Now()
		r.arrives()
		took = append(took, time.Since(begun))
	}
	r.close(cluster.Restart)
	s.stop()
	r.judge()
	slices.Sort(took)
	t.Logf("%d restarts: all has arrived %v after the database is back at the median, %v at most", restarts, took[len(took)/2], took[len(took)-1])
}
