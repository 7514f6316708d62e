package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"liaison/bot/inbox"
)

// How a replica shows that it is alive. What one left that is not is taken over.
const (
	signEvery = 5 * time.Second
	signLasts = 20 * time.Second
)

// live names this replica, and keeps saying that it is alive until Close.
func (s *Store) live(ctx context.Context) error {
	s.server = uuid.NewString()
	if err := s.sign(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(signEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = s.sign(ctx) // tried again at the next tick; a replica that cannot sign loses its work to another
			}
		}
	}()
	s.rest = func() { cancel(); <-done; s.leave() } //nolint:contextcheck // it leaves after its context has ended
	return nil
}

func (s *Store) sign(ctx context.Context) error {
	_, err := s.exec(ctx, "say that this replica is alive", `INSERT INTO servers (id, until) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET until = excluded.until`, s.server, millis(time.Now().Add(signLasts)))
	return err
}

// leave hands over what is unanswered at once; without it others wait until the sign has run out.
func (s *Store) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = s.db.ExecContext(ctx, `DELETE FROM servers WHERE id = $1`, s.server)
}

// AbandonedEvents implements inbox.Store.
func (s *Store) AbandonedEvents(ctx context.Context, now time.Time) (taken []inbox.Entry, err error) {
	if s.server == "" {
		return nil, nil
	}
	err = s.transaction(ctx, func(tx *tx) error {
		taken, err = rows(ctx, tx, func(row scanner) (inbox.Entry, error) { return scanEvent(row) },
			`UPDATE events SET owner = $1 WHERE state <> $2 AND owner <> $1 AND owner NOT IN (SELECT id FROM servers WHERE until > $3)
			 RETURNING `+eventColumns, s.server, string(inbox.Done), millis(now))
		return err
	})
	return taken, err
}
