package store

import (
	"context"
	"errors"
	"time"

	"liaison/bot/coffee"
	"liaison/bot/outbox"
)

var (
	_ coffee.Store = (*Store)(nil)
	_ coffee.Tx    = coffeeTx{}
)

// DoCoffee implements coffee.Store.
func (s *Store) DoCoffee(ctx context.Context, do func(coffee.Tx) error) error {
	err := s.transaction(ctx, func(tx *tx) error { return do(coffeeTx{introTx{tx}}) })
	s.wake()
	return err
}

// coffeeTx is what a transaction can do for coffees.
type coffeeTx struct{ introTx }

const entryColumns = `person, account, consent, at, until, introduction, missed, told`

func scanEntry(row scanner) (coffee.Entry, error) {
	var e coffee.Entry
	var at, until, missed, told int64
	err := row.Scan(&e.Person, &e.Account, &e.Consent, &at, &until, &e.Introduction, &missed, &told)
	e.At, e.Until, e.Missed, e.Told = fromMillis(at), fromMillis(until), int(missed), told == 1
	return e, err
}

// Entry implements coffee.Tx.
func (t coffeeTx) Entry(ctx context.Context, person string) (coffee.Entry, error) {
	e, err := first(ctx, t, scanEntry, `SELECT `+entryColumns+` FROM coffee WHERE person = $1`, person)
	if errors.Is(err, ErrNotFound) {
		err = coffee.ErrNotFound
	}
	return e, err
}

// KeepEntry implements coffee.Tx.
func (t coffeeTx) KeepEntry(ctx context.Context, e coffee.Entry) error {
	_, err := t.exec(ctx, `INSERT INTO coffee (`+entryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (person) DO UPDATE SET account = excluded.account, consent = excluded.consent, at = excluded.at, until = excluded.until,
		introduction = excluded.introduction, missed = excluded.missed, told = excluded.told`,
		e.Person, e.Account, e.Consent, millis(e.At), millis(e.Until), e.Introduction, e.Missed, number(e.Told))
	return err
}

// DropEntry implements coffee.Tx.
func (t coffeeTx) DropEntry(ctx context.Context, person string) error {
	_, err := t.exec(ctx, `DELETE FROM coffee WHERE person = $1`, person)
	return err
}

// introduced are the introductions whose two people met, are about to, or were proposed to each other for a
// coffee.
const introduced = `(kind = 'coffee' OR state NOT IN ('draft', 'declined', 'expired', 'withdrawn'))`

// Met implements coffee.Tx.
func (t coffeeTx) Met(ctx context.Context, a, b string) (bool, error) {
	n, err := first(ctx, t, scanNumber, `SELECT COUNT(*) FROM introductions
		WHERE (asker = $1 AND helper = $2 OR asker = $2 AND helper = $1) AND `+introduced, a, b)
	return n > 0, err
}

// AskedSince implements coffee.Tx.
func (t coffeeTx) AskedSince(ctx context.Context, person string, since time.Time) (int, error) {
	return t.askedSince(ctx, person, "", since)
}

// Queue implements coffee.Store.
func (s *Store) Queue(ctx context.Context) ([]coffee.Entry, error) {
	return list(ctx, s, "read the queue for coffee", scanEntry, `SELECT `+entryColumns+` FROM coffee ORDER BY at, person`)
}

// MetInQueue implements coffee.Store.
func (s *Store) MetInQueue(ctx context.Context) (map[[2]string]bool, error) {
	pairs, err := list(ctx, s, "read who in the queue has met", func(row scanner) (pair [2]string, err error) {
		err = row.Scan(&pair[0], &pair[1])
		return pair, err
	}, `SELECT asker, helper FROM introductions WHERE asker IN (SELECT person FROM coffee) AND helper IN (SELECT person FROM coffee) AND `+introduced)
	met := map[[2]string]bool{}
	for _, p := range pairs {
		met[p], met[[2]string{p[1], p[0]}] = true, true
	}
	return met, err
}

// Unsay implements intro.Tx.
func (t introTx) Unsay(ctx context.Context, key string) (bool, error) {
	n, err := t.exec(ctx, `UPDATE outbox SET state = $2 WHERE key = $1 AND state = $3`, key, string(outbox.Dropped), string(outbox.Waiting))
	return n == 1, err
}
