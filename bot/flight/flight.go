// Package flight waits for what is on its way. Somebody who reads that something is taken back, or at an
// end, must not get it a moment later: whoever ends it lets nothing more leave first, and then waits here
// until what had left before has landed.
package flight

import (
	"context"
	"time"
)

const (
	settleTime = 12 * time.Second // longer than sending takes, and no longer than somebody waits for an answer
	look       = 20 * time.Millisecond
)

// Landed waits until landed reports true, which it is asked again and again. It gives up without an error
// after a time on the clock now: what takes that long is left to whoever looks after it later. pause waits a
// moment; nil waits on the real clock.
func Landed(ctx context.Context, now func() time.Time, pause func(context.Context) error, landed func() (bool, error)) error {
	if pause == nil {
		pause = moment
	}
	begun := now()
	for {
		done, err := landed()
		if err != nil || done || now().Sub(begun) > settleTime {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func moment(ctx context.Context) error {
	timer := time.NewTimer(look)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
