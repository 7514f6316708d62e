package discord

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

// The benchmarks are figures, each measured once: they take minutes and are no gate.

// discard is an inbox that hands events over and keeps none.
type discard struct{ events chan chat.Event }

func (d *discard) Put(_ context.Context, e chat.Event) error {
	d.events <- e
	return nil
}

// firstAnswers plays interactions, each after a pause, and returns how long each waited for its first
// answer, shortest first. All are answered too.
func firstAnswers(b *testing.B, many int, every time.Duration) []time.Duration {
	inbox := &discard{events: make(chan chat.Event, many)}
	s := start(b, inbox, doorsTable(), unchanged)
	waits := make([]time.Duration, many)
	var waiting sync.WaitGroup
	pace := time.NewTicker(max(every, time.Nanosecond))
	defer pace.Stop()
	for n := range many {
		if every > 0 {
			<-pace.C
		}
		begun := time.Now()
		i := s.fake.Command(general("person "+strconv.Itoa(n%100)), "ask", map[string]string{"question": "q"})
		waiting.Go(func() {
			<-i.Acknowledged
			waits[n] = time.Since(begun)
		})
		waiting.Go(func() {
			if _, err := s.adapter.Respond(context.Background(), <-inbox.events, answerReply()); err != nil {
				b.Errorf("Respond: %v", err)
			}
		})
	}
	waiting.Wait()
	slices.Sort(waits)
	return waits
}

func BenchmarkFirstAnswerAt50PerSecond(b *testing.B) {
	for b.Loop() {
		waits := firstAnswers(b, 3000, 20*time.Millisecond)
		b.ReportMetric(float64(waits[len(waits)*999/1000].Milliseconds()), "p99.9-ms")
		b.ReportMetric(float64(waits[len(waits)/2].Milliseconds()), "p50-ms")
	}
}

func BenchmarkFirstAnswerInBurstOf500(b *testing.B) {
	for b.Loop() {
		waits := firstAnswers(b, 500, 0)
		b.ReportMetric(float64(waits[len(waits)-1].Milliseconds()), "slowest-ms")
	}
}

// Interactions leave nothing behind beyond what is kept of the latest.
func BenchmarkMemoryOver50000Interactions(b *testing.B) {
	for b.Loop() {
		inbox := &discard{events: make(chan chat.Event, 1000)}
		s := start(b, inbox, doorsTable(), unchanged)
		s.answerMany(2*maxRemembered, inbox) // fills what is remembered
		before := s.heap()
		s.answerMany(50_000, inbox)
		grown := int64(s.heap()) - int64(before)
		b.ReportMetric(float64(grown)/50_000, "B-left/interaction")
		b.ReportMetric(float64(before)/1024, "kB-heap")
		if grown > 4<<20 {
			b.Errorf("50,000 interactions left %d bytes", grown)
		}
	}
}

func (s *session) heap() uint64 {
	s.fake.ForgetExchanges()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (s *session) answerMany(n int, inbox *discard) {
	var answering sync.WaitGroup
	for i := range n {
		s.fake.Command(general("person "+strconv.Itoa(i%100)), "ask", map[string]string{"question": "q"})
		e := <-inbox.events
		answering.Go(func() { s.adapter.Respond(context.Background(), e, answerReply()) })
		if i%200 == 199 {
			answering.Wait()
			s.fake.ForgetExchanges()
		}
	}
	answering.Wait()
}

// Rendering is quick: an answer is not what a person waits for.
func BenchmarkRender(b *testing.B) {
	for _, c := range chattest.Gallery() {
		if c.Name == "answer" || c.Name == "long-answer" || c.Name == "long-word" {
			b.Run(fmt.Sprint(c.Name), func(b *testing.B) {
				for b.Loop() {
					renderMessages(c.Reply)
				}
			})
		}
	}
}
