package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
)

// TestFiguresOfSlack prints how the whole program, in a process of its own with its real store, serves a
// Slack that asks a lot, over the organisations' real documents. It judges only that each question has
// one answer: times are the machine's as much as the program's.
func TestFiguresOfSlack(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("LIAISON_SLACK_LOAD"))
	data := os.Getenv("LIAISON_TESTDATA")
	if err != nil || data == "" {
		t.Skip("LIAISON_SLACK_LOAD is not set to a time such as 60s, or LIAISON_TESTDATA to the folder with corpus/: nothing is measured")
	}
	l := newLoad(t, data)
	for _, phase := range []struct {
		what      string
		questions int
		every     time.Duration
	}{
		{"to warm up", 20, 100 * time.Millisecond},
		{"5 questions a second", int(length.Seconds() * 5), 200 * time.Millisecond},
		{"50 events a second", int(length.Seconds() * 25), 40 * time.Millisecond}, // a mention is two events
		{"500 events at once", 250, 0},
	} {
		acked, answered := l.ask(phase.questions, phase.every)
		t.Logf("%s: acknowledged p50 %v, p99 %v, max %v; from the event to the posted answer p50 %v, p99 %v, max %v",
			phase.what, share(acked, 0.5), share(acked, 0.99), share(acked, 1), share(answered, 0.5), share(answered, 0.99), share(answered, 1))
	}
	l.stop()
	used := l.cmd.ProcessState
	t.Logf("the program used %v of processor time for %d questions", (used.UserTime() + used.SystemTime()).Round(time.Millisecond), l.asked)
}

// load is a served Liaison that many people ask, in many channels.
type load struct {
	*served
	questions []string
	asked     int
}

const (
	loadPeople   = 400
	loadChannels = 60
)

func newLoad(t *testing.T, data string) *load {
	t.Helper()
	l := &load{served: newServed(t), questions: judgedQuestions(t, filepath.Join(data, "eval", "gov", "gov_questions.jsonl"))}
	l.env = append(l.env, "KNOWLEDGE_DIR="+filepath.Join(data, "corpus"))
	team := "T00000001"
	members := []string{"U0BOT1"}
	for i := range loadPeople {
		id := fmt.Sprintf("ULOAD%03d", i)
		l.AddPerson(team, fakeslack.Person{ID: id, Name: "Example " + strconv.Itoa(i)})
		members = append(members, id)
	}
	for i := range loadChannels {
		l.AddChannel(team, fakeslack.Channel{ID: fmt.Sprintf("CLOAD%02d", i), Name: "load", Kind: "channel", Members: members})
	}
	program, err := exec.LookPath("liaison")
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command(program, "reindex") // it takes longer than a start is waited for
	build.Dir, build.Env = l.dir, l.env
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("reindex: %v\n%s", err, out)
	}
	l.start()
	return l
}

func judgedQuestions(t *testing.T, path string) (texts []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var q struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, q.Text)
	}
	return texts
}

// ask asks so many questions, one every so often, and returns how long each was on its way to being
// acknowledged, both its events, and answered, shortest first.
func (l *load) ask(many int, every time.Duration) (acked, answered []time.Duration) {
	said := make([]fakeslack.Said, many)
	acked = make([]time.Duration, many)
	pace := time.NewTicker(max(every, time.Microsecond))
	defer pace.Stop()
	var waiting sync.WaitGroup
	for i := range many {
		if every > 0 {
			<-pace.C
		}
		l.asked++
		user, channel := fmt.Sprintf("ULOAD%03d", l.asked%loadPeople), fmt.Sprintf("CLOAD%02d", l.asked%loadChannels)
		begun := time.Now()
		said[i] = l.Mention("T00000001", user, channel, l.questions[l.asked%len(l.questions)], "")
		waiting.Go(func() {
			<-said[i].Mention.Acked
			<-said[i].Message.Acked
			acked[i] = time.Since(begun)
		})
	}
	waiting.Wait()
	posted := l.posted(said)
	for idle := time.Now(); len(posted) < many && time.Since(idle) < time.Minute; {
		time.Sleep(time.Second) // figures, and no gate
		now := l.posted(said)
		if len(now) > len(posted) {
			idle = time.Now()
		}
		posted = now
	}
	for _, s := range said {
		if len(posted[s.TS]) != 1 {
			l.t.Errorf("a question has %d answers", len(posted[s.TS]))
			continue
		}
		answered = append(answered, moment(posted[s.TS][0])-moment(s.TS))
	}
	slices.Sort(acked)
	slices.Sort(answered)
	return acked, answered
}

// posted returns when answers were posted, by the question that they stand under.
func (l *load) posted(to []fakeslack.Said) map[string][]string {
	wanted := map[string]bool{}
	for _, s := range to {
		wanted[s.TS] = true
	}
	all := map[string][]string{}
	for _, m := range l.Answers() {
		if wanted[m.Thread] {
			all[m.Thread] = append(all[m.Thread], m.TS)
		}
	}
	return all
}

// moment reads the time in a message's id, which the fake takes from its clock.
func moment(ts string) time.Duration {
	seconds, micros, _ := strings.Cut(ts, ".")
	s, _ := strconv.ParseInt(seconds, 10, 64)
	us, _ := strconv.ParseInt(micros, 10, 64)
	return time.Duration(s)*time.Second + time.Duration(us)*time.Microsecond
}

func share(sorted []time.Duration, of float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(of*float64(len(sorted))), len(sorted)-1)].Round(100 * time.Microsecond)
}
