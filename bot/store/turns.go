package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Turn is one turn of scheduled work that was taken.
type Turn struct {
	Job   string
	Slot  time.Time
	fence int64
}

// ErrLate says that a turn was taken by another meanwhile, as its taker took too long.
var ErrLate = errors.New("the turn was taken by another")

// TakeTurn takes the turn of a job that was due at slot, until a time. It reports false when another
// has it, or it is done. Of several replicas one gets it; when that one dies, another may after until.
func (s *Store) TakeTurn(ctx context.Context, job string, slot, now, until time.Time) (Turn, bool, error) {
	turn := Turn{Job: job, Slot: slot}
	var taken bool
	err := s.transaction(ctx, func(tx *tx) error {
		fences, err := rows(ctx, tx, scanNumber,
			`INSERT INTO turns (job, slot, fence, until, done) VALUES ($1, $2, 1, $3, 0)
			 ON CONFLICT (job, slot) DO UPDATE SET fence = turns.fence + 1, until = excluded.until
			 WHERE turns.done = 0 AND turns.until < $4 RETURNING fence`,
			job, millis(slot), millis(until), millis(now))
		taken = err == nil && len(fences) == 1
		if taken {
			turn.fence = fences[0]
		}
		return err
	})
	if err != nil {
		return Turn{}, false, fmt.Errorf("take a turn of %s: %w", job, err)
	}
	return turn, taken, nil
}

// EndTurn marks a turn as done. ErrLate says that another has taken it.
func (s *Store) EndTurn(ctx context.Context, t Turn) error {
	ended, err := s.exec(ctx, "end a turn of "+t.Job, `UPDATE turns SET done = 1 WHERE job = $1 AND slot = $2 AND fence = $3`,
		t.Job, millis(t.Slot), t.fence)
	if err == nil && ended == 0 {
		err = ErrLate
	}
	return err
}

func scanNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}
