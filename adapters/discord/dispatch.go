package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// lanes handle events: those of one lane one after the other, lanes side by side, never more than
// maxAtOnce at a time. A panic ends one event, not the process.
type lanes struct {
	log     *slog.Logger
	room    chan struct{} // one for each event that waits or is handled
	atOnce  chan struct{}
	working tracker

	mu    sync.Mutex
	queue map[string][]func() // the lanes with work; the first is being done
}

func newLanes(log *slog.Logger) *lanes {
	return &lanes{log: log, room: make(chan struct{}, maxWaiting), atOnce: make(chan struct{}, maxAtOnce), queue: map[string][]func(){}}
}

// do puts a task at the end of a lane. It blocks when there is too much to do, so that the line is read
// more slowly; then it gives up when ctx ends.
func (l *lanes) do(ctx context.Context, lane string, task func()) {
	select {
	case l.room <- struct{}{}:
	case <-ctx.Done():
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting, busy := l.queue[lane]
	l.queue[lane] = append(waiting, task)
	if !busy {
		go l.work(lane, l.working.start())
	}
}

// doSoon is do for a task that cannot wait: when its turn has not come in time, it is done beside its lane.
func (l *lanes) doSoon(ctx context.Context, lane string, within time.Duration, task func()) {
	once := sync.OnceFunc(func() { safely(l.log, task) })
	done := l.working.start()
	late := time.AfterFunc(within, func() { defer done(); once() })
	l.do(ctx, lane, func() {
		if late.Stop() {
			defer done()
		}
		once()
	})
}

func (l *lanes) work(lane string, done func()) {
	defer done()
	for {
		l.mu.Lock()
		tasks := l.queue[lane]
		if len(tasks) == 0 {
			delete(l.queue, lane)
			l.mu.Unlock()
			return
		}
		l.queue[lane] = tasks[1:]
		l.mu.Unlock()
		l.atOnce <- struct{}{}
		safely(l.log, tasks[0])
		<-l.atOnce
		<-l.room
	}
}

func (l *lanes) wait() { l.working.wait() }

// safely does a task. Of a panic the log gets the place and the type, never what was being said.
func safely(log *slog.Logger, task func()) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("an event of Discord broke its handler", slog.String("panic", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
		}
	}()
	task()
}
