package slack

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"liaison/adapters/slack/fakeslack"
	"liaison/bot/chat"
)

// diskInbox takes as long over an event as a durable write does.
type diskInbox struct {
	mu sync.Mutex
	n  int
}

func (d *diskInbox) Put(context.Context, chat.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	timer := time.NewTimer(time.Millisecond)
	<-timer.C
	d.n++
	return nil
}

// TestLoad reports how soon events are acknowledged: 50 a second for as long as LIAISON_SLACK_LOAD says
// ("60s"), then 500 at once. It asserts no time, as machines differ.
func TestLoad(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("LIAISON_SLACK_LOAD"))
	if err != nil {
		t.Skip("LIAISON_SLACK_LOAD is not set to a time such as 60s: the load was not tried")
	}
	for _, overHTTP := range []bool{false, true} {
		r := newRig(t, &diskInbox{}, rigOptions{table: sampleTable(), overHTTP: overHTTP, prepare: func(f *fakeslack.Server) {
			for i := range 20 {
				f.AddChannel("T1", fakeslack.Channel{ID: fmt.Sprintf("C%03d", i), Name: "x", Members: []string{ada, grace, "UBOT1"}})
			}
		}})
		name := map[bool]string{false: "Socket Mode", true: "HTTP"}[overHTTP]
		steady := timed(r, int(length.Seconds()*25), 40*time.Millisecond)
		t.Logf("%s, 50 events a second for %v: acknowledged p50 %v, p99 %v, max %v", name, length, at(steady, 0.5), at(steady, 0.99), at(steady, 1))
		burst := timed(r, 250, 0)
		t.Logf("%s, 500 events at once: acknowledged p50 %v, p99 %v, max %v", name, at(burst, 0.5), at(burst, 0.99), at(burst, 1))
	}
}

// timed plays mentions, one every so often, and returns how long each took to be acknowledged. A mention
// is two events, and both count.
func timed(r *rig, n int, every time.Duration) []time.Duration {
	took := make([]time.Duration, n)
	var waiting sync.WaitGroup
	ticker := time.NewTicker(max(every, time.Microsecond))
	defer ticker.Stop()
	for i := range n {
		if every > 0 {
			<-ticker.C
		}
		waiting.Go(func() {
			started := time.Now()
			said := r.fake.Mention("T1", ada, fmt.Sprintf("C%03d", i%20), "How?", "")
			<-said.Mention.Acked
			<-said.Message.Acked
			took[i] = time.Since(started)
		})
	}
	waiting.Wait()
	slices.Sort(took)
	return took
}

func at(sorted []time.Duration, share float64) time.Duration {
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)].Round(100 * time.Microsecond)
}
