package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"liaison/bot/chat"
	"liaison/bot/intro"
	"liaison/bot/outbox"
)

var _ outbox.Store = (*Store)(nil)

const itemColumns = `id, key, lane, kind, subject, part, account, due, state, ref, tries, doubt, fence, until`

func scanItem(row scanner) (outbox.Item, error) {
	var i outbox.Item
	var state, ref string
	var due, tries, doubt, until int64
	err := row.Scan(&i.ID, &i.Key, &i.Lane, &i.Kind, &i.Subject, &i.Part, &i.Account, &due, &state, &ref, &tries, &doubt, &i.Fence, &until)
	if err != nil {
		return i, err
	}
	i.Due, i.State, i.Tries, i.Doubt, i.Until = fromMillis(due), outbox.State(state), int(tries), doubt == 1, fromMillis(until)
	return i, json.Unmarshal([]byte(ref), &i.Ref)
}

// tell writes an item into the outbox, unless one of its key is there. It is sent once the
// transaction is committed.
func (t *tx) tell(ctx context.Context, i outbox.Item) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO outbox (`+itemColumns+`, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}', 0, 0, 0, 0, '')
		ON CONFLICT (key) DO NOTHING`,
		id.String(), i.Key, i.Lane, i.Kind, i.Subject, i.Part, i.Account, millis(i.Due), string(outbox.Waiting))
	return err
}

// Tell writes an item that no other change goes with.
func (s *Store) Tell(ctx context.Context, i outbox.Item) error {
	err := s.transaction(ctx, func(tx *tx) error { return tx.tell(ctx, i) })
	if err != nil {
		return fmt.Errorf("write to the outbox: %w", err)
	}
	s.wake()
	return nil
}

// Wake gets a value when something was written to the outbox by this process.
func (s *Store) Wake() <-chan struct{} { return s.told }

func (s *Store) wake() {
	select {
	case s.told <- struct{}{}:
	default: // whoever listens will look anyway
	}
}

// ClaimItem implements outbox.Store.
func (s *Store) ClaimItem(ctx context.Context, now, until time.Time) (outbox.Item, bool, error) {
	var claimed []outbox.Item
	err := s.transaction(ctx, func(tx *tx) (err error) {
		claimed, err = rows(ctx, tx, scanItem,
			`UPDATE outbox SET doubt = CASE WHEN state = $1 THEN 1 ELSE doubt END, state = $1, fence = fence + 1, until = $2
			 WHERE id = (SELECT o.id FROM outbox o
				WHERE (o.state = $3 AND o.due <= $4 OR o.state = $1 AND o.until < $4)
				AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.lane = o.lane AND b.state IN ($1, $3) AND b.id < o.id)
				ORDER BY o.due, o.id LIMIT 1)
			 RETURNING `+itemColumns,
			string(outbox.Sending), millis(until), string(outbox.Waiting), millis(now))
		return err
	})
	if err != nil {
		return outbox.Item{}, false, fmt.Errorf("claim an item of the outbox: %w", err)
	}
	if len(claimed) == 0 {
		return outbox.Item{}, false, nil
	}
	return claimed[0], true, nil
}

// MarkItem implements outbox.Store.
func (s *Store) MarkItem(ctx context.Context, i outbox.Item) error {
	ref, err := json.Marshal(i.Ref)
	if err != nil {
		return err
	}
	err = s.transaction(ctx, func(tx *tx) error {
		marked, err := tx.exec(ctx, `UPDATE outbox SET state = $1, ref = $2, message = $3, tries = $4, doubt = $5, due = $6, until = $7
			WHERE id = $8 AND fence = $9 AND state = $10`,
			string(i.State), string(ref), placeOf(i.Ref), i.Tries, number(i.Doubt), millis(i.Due), millis(i.Until), i.ID, i.Fence, string(outbox.Sending))
		if err == nil && marked == 0 {
			return outbox.ErrLate
		}
		if err != nil || i.Kind != intro.TellCoffee || i.State != outbox.Sent && i.State != outbox.Unknown {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE introductions SET told = told | CASE WHEN $2 = '1' THEN 2 ELSE 1 END WHERE id = $1`, i.Subject, i.Part)
		return err
	})
	if err != nil && !errors.Is(err, outbox.ErrLate) {
		err = fmt.Errorf("mark an item of the outbox: %w", err)
	}
	s.wake() // the next of its lane may leave
	return err
}

// placeOf names a message everywhere; "" for none. One that took several platform messages is named by
// all of them, the way its adapter wrote it.
func placeOf(r chat.Ref) string {
	if r.Message == "" {
		return ""
	}
	return strings.Join([]string{r.Platform, r.Workspace, r.Room, r.Message}, "/")
}

// ItemByKey implements outbox.Store.
func (s *Store) ItemByKey(ctx context.Context, key string) (outbox.Item, error) {
	return one(ctx, s, "read an item of the outbox", outbox.ErrNotFound, scanItem, `SELECT `+itemColumns+` FROM outbox WHERE key = $1`, key)
}

// ItemByMessage returns the item that a message of Liaison's was sent for; outbox.ErrNotFound for none.
func (s *Store) ItemByMessage(ctx context.Context, r chat.Ref) (outbox.Item, error) {
	place := placeOf(r)
	if place == "" {
		return outbox.Item{}, outbox.ErrNotFound
	}
	return one(ctx, s, "read an item of the outbox", outbox.ErrNotFound, scanItem, `SELECT `+itemColumns+` FROM outbox WHERE message = $1`, place)
}

// SendingTo implements commands.PeopleStore.
func (s *Store) SendingTo(ctx context.Context, account string, now time.Time) (bool, error) {
	n, err := one(ctx, s, "read the outbox", ErrNotFound, scanNumber,
		`SELECT COUNT(*) FROM outbox WHERE account = $1 AND state = $2 AND until >= $3`, account, string(outbox.Sending), millis(now))
	return n > 0, err
}
