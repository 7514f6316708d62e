package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"liaison/adapters/discord/fakediscord"
)

// TestFiguresOfDiscord prints how soon the whole program, with its store on a disk, answers Discord for the
// first time, and what memory it takes over many interactions. LIAISON_DISCORD_LOAD is how long 50 a second
// are played, LIAISON_DISCORD_BURST how many come at once, LIAISON_DISCORD_MANY how many the memory is
// watched over. Times are the machine's as much as the program's, and judged by nobody; memory that grows
// without end fails.
func TestFiguresOfDiscord(t *testing.T) {
	load, _ := time.ParseDuration(os.Getenv("LIAISON_DISCORD_LOAD"))
	burst, _ := strconv.Atoi(os.Getenv("LIAISON_DISCORD_BURST"))
	many, _ := strconv.Atoi(os.Getenv("LIAISON_DISCORD_MANY"))
	if load == 0 && burst == 0 && many == 0 {
		t.Skip("neither LIAISON_DISCORD_LOAD, LIAISON_DISCORD_BURST nor LIAISON_DISCORD_MANY is set: nothing is measured")
	}
	s := newGuild(t, false)
	s.start()
	if load > 0 {
		n := int(load / (20 * time.Millisecond))
		waits := s.firstAnswers(n, 20*time.Millisecond)
		t.Logf("50 interactions a second for %s: first answer after %s (p50), %s (p99), %s (p99.9), %s (slowest)",
			load, waits[n/2], waits[n*99/100], waits[n*999/1000], waits[n-1])
	}
	if burst > 0 {
		waits := s.firstAnswers(burst, 0)
		t.Logf("%d interactions at once: first answer after %s (p50), %s (slowest)", burst, waits[burst/2], waits[burst-1])
	}
	if many > 0 {
		s.watchMemory(many)
	}
	s.stop()
	s.checkDiscord()
}

// firstAnswers plays commands of many people, each after a pause, has all of them answered, and returns how
// long the first answers took, shortest first.
func (s *served) firstAnswers(n int, every time.Duration) []time.Duration {
	waits := make([]time.Duration, n)
	pace := time.NewTicker(max(every, time.Nanosecond))
	defer pace.Stop()
	var waiting sync.WaitGroup
	for i := range n {
		if every > 0 {
			<-pace.C
		}
		begun := time.Now()
		played := s.askCommand(i)
		waiting.Go(func() {
			select {
			case <-played.Acknowledged:
			case <-time.After(time.Minute):
				s.t.Errorf("command %d was never acknowledged", i)
			}
			waits[i] = time.Since(begun)
		})
	}
	waiting.Wait()
	s.wait("all are answered", func() bool { return s.answered() >= n })
	s.discord.ForgetExchanges()
	slices.Sort(waits)
	return waits
}

func (s *served) askCommand(i int) *fakediscord.Interaction {
	return s.discord.Command(guildUsed(fmt.Sprint("person ", i%1000)), "ask", map[string]string{"question": "where are secrets kept?"})
}

// answered counts what stands there of the bot.
func (s *served) answered() (n int) {
	for _, m := range s.discord.Messages() {
		if m.Author == fakediscord.BotID {
			n++
		}
	}
	return n
}

// watchMemory has many interactions answered, some at a time, and looks at what memory the process takes.
func (s *served) watchMemory(many int) {
	const atOnce = 100
	var taken []int // KiB, after each tenth
	for done := 0; done < many; done += atOnce {
		if done%(max(many/10, atOnce)) == 0 {
			taken = append(taken, s.resident())
		}
		for i := range atOnce {
			s.askCommand(done + i)
		}
		s.wait("these are answered", func() bool { return s.answered() >= atOnce })
		s.discord.ForgetExchanges()
	}
	taken = append(taken, s.resident())
	s.t.Logf("resident memory over %d interactions, in KiB, after each tenth: %v", many, taken)
	warm := taken[len(taken)*3/10]
	if grown := taken[len(taken)-1] - warm; len(taken) > 5 && grown > max(warm/4, 16<<10) {
		s.t.Errorf("it grew by %d KiB since it was warm", grown)
	}
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is how much memory the process takes, in KiB.
func (s *served) resident() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Logf("NOT MEASURED: this system does not say how much memory a process takes")
		return 0
	}
	n, _ := strconv.Atoi(string(residentLine.FindSubmatch(status)[1]))
	return n
}
