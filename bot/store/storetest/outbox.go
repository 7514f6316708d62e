package storetest

import (
	"context"
	"time"

	"liaison/bot/outbox"
	"liaison/bot/store"
)

// Forgetful is the outbox of a process that dies before it can note what it has done.
type Forgetful struct{ outbox.Store }

// MarkItem notes nothing.
func (Forgetful) MarkItem(context.Context, outbox.Item) error { return nil }

// DropOutbox drops all that waits in the outbox, up to a year after now: what an earlier sequence has left.
func DropOutbox(ctx context.Context, s *store.Store, now time.Time) error {
	for {
		item, ok, err := s.ClaimItem(ctx, now.AddDate(1, 0, 0), now.AddDate(1, 0, 1))
		if err != nil || !ok {
			return err
		}
		item.State = outbox.Dropped
		if err := s.MarkItem(ctx, item); err != nil {
			return err
		}
	}
}
