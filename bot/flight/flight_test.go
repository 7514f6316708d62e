package flight_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"liaison/bot/flight"
)

func TestItWaitsUntilAllHasLanded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, asked := time.Now(), 0
		err := flight.Landed(t.Context(), time.Now, nil, func() (bool, error) {
			asked++
			return time.Since(begun) >= 3*time.Second, nil
		})
		if took := time.Since(begun); err != nil || took < 3*time.Second || took > 4*time.Second || asked < 2 {
			t.Errorf("after %v and %d looks: %v", took, asked, err)
		}
	})
}

func TestItGivesUp(t *testing.T) {
	broken := errors.New("the database is away")
	for name, c := range map[string]struct {
		landed func() (bool, error)
		ends   time.Duration // when the context does
		want   error
		least  time.Duration
		most   time.Duration
	}{
		"when it takes too long":    {func() (bool, error) { return false, nil }, time.Hour, nil, 12 * time.Second, 13 * time.Second},
		"when nobody waits":         {func() (bool, error) { return false, nil }, time.Second, context.DeadlineExceeded, time.Second, 2 * time.Second},
		"when nobody can say":       {func() (bool, error) { return false, broken }, time.Hour, broken, 0, 0},
		"at once, when it has":      {func() (bool, error) { return true, nil }, time.Hour, nil, 0, 0},
		"at once, though it failed": {func() (bool, error) { return true, broken }, time.Hour, broken, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.ends)
				defer cancel()
				begun := time.Now()
				err := flight.Landed(ctx, time.Now, nil, c.landed)
				if took := time.Since(begun); !errors.Is(err, c.want) || took < c.least || took > c.most {
					t.Errorf("after %v: %v", took, err)
				}
			})
		})
	}
}
