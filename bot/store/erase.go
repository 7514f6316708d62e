package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"liaison/bot/commands"
	"liaison/bot/inbox"
	"liaison/bot/records"
)

// Erasing is how a store erases.
type Erasing struct {
	Mode   records.Mode
	Sealer *inbox.Sealer // names who was erased in the ledger, and seals what was
	Ledger string        // a file that holds the ledger too, so that it is not restored with the database
	Now    func() time.Time
}

// Erase says how the store erases, before it is used. Without it, it keeps no ledger and seals nothing.
func (s *Store) Erase(e Erasing) { s.erasing = e }

func (s *Store) now() time.Time {
	if s.erasing.Now != nil {
		return s.erasing.Now()
	}
	return time.Now()
}

// hash names an account without saying whose it is; "" where there is no key.
func (s *Store) hash(account string) string {
	if s.erasing.Sealer == nil {
		return ""
	}
	return s.erasing.Sealer.Hash("account", account)
}

// SealAccount implements commands.PeopleStore.
func (s *Store) SealAccount(ctx context.Context, account, event string) error {
	err := s.transaction(ctx, func(tx *tx) error { return s.seal(ctx, tx, account, event) })
	if err != nil {
		return fmt.Errorf("seal what is held about a person: %w", err)
	}
	return nil
}

// seal puts all that is held about a person aside, for the records officer, where the mode asks for that.
// Of one event it does so once: what is sealed first is whole.
func (s *Store) seal(ctx context.Context, tx *tx, account, event string) error {
	if !s.erasing.Mode.Seals() {
		return nil
	}
	held, err := tx.held(ctx, account)
	if err != nil {
		return err
	}
	return s.sealThis(ctx, tx, account, event, held)
}

// sealThis puts what is held under an account aside, unless that is nothing.
func (s *Store) sealThis(ctx context.Context, tx *tx, account, event string, held map[string][]map[string]any) error {
	if len(held) == 0 {
		return nil
	}
	at := s.now()
	text, err := json.Marshal(map[string]any{"account": account, "erased": at.UTC().Format(time.RFC3339), "held": held})
	if err != nil {
		return err
	}
	id := s.erasing.Sealer.Hash("record", account+" "+event)
	_, err = tx.exec(ctx, `INSERT INTO records (id, sealed, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		id, s.erasing.Sealer.Seal("record "+id, text), millis(at))
	return err
}

// ForgetAccount implements commands.Store. Ids of events stay without a name, so that a redelivery is
// still known; so do the other side's words of an introduction, and blocks that others have set, which
// name nobody. What an admin did stays for as long as that is kept, under a hash.
func (s *Store) ForgetAccount(ctx context.Context, account, event string) (f commands.Forgotten, err error) {
	if event == "" {
		event = rand.Text()
	}
	var gone []string
	err = s.transaction(ctx, func(tx *tx) error {
		f = commands.Forgotten{Sealed: s.erasing.Mode.Seals()}
		if err := s.seal(ctx, tx, account, event); err != nil {
			return err
		}
		person, accounts, err := tx.accountsWith(ctx, account)
		if err != nil {
			return err
		}
		gone = accounts
		for _, one := range accounts {
			if err := s.forgetAccount(ctx, tx, one, event, &f); err != nil {
				return err
			}
		}
		if person == "" {
			return nil
		}
		return tx.forgetPerson(ctx, person, &f)
	})
	if err != nil {
		return f, fmt.Errorf("forget a person: %w", err)
	}
	if f.Exchanges+f.Votes+f.Accounts+f.Events+f.Actions > 0 {
		s.unclean.Store(true)
	}
	return f, s.forgot(ctx, gone)
}

// forgot notes in the file of the ledger who was erased, and lets no earlier bytes of theirs stay on disk.
func (s *Store) forgot(ctx context.Context, accounts []string) error {
	if s.erasing.Sealer != nil && s.erasing.Ledger != "" {
		lines := map[string]int64{}
		for _, account := range accounts {
			lines[s.hash(account)] = millis(s.now())
		}
		if err := appendLedger(s.erasing.Ledger, lines); err != nil {
			return err
		}
	}
	return s.clean(ctx)
}

// clean lets no bytes stay of what was erased; where that fails, the next to call it tries again.
func (s *Store) clean(ctx context.Context) error {
	if !s.unclean.Swap(false) {
		return nil
	}
	err := s.engine.clean(ctx, s.db)
	if err != nil {
		s.unclean.Store(true)
	}
	return err
}

// forgetAccount erases what stands under one account.
func (s *Store) forgetAccount(ctx context.Context, t *tx, account, event string, f *commands.Forgotten) error {
	done := string(inbox.Done)
	hash := s.hash(account)
	steps := []struct {
		count *int64
		query string
		args  []any
	}{
		{&f.Exchanges, `DELETE FROM exchanges WHERE account = $1`, []any{account}},
		{&f.Votes, `DELETE FROM votes WHERE account = $1`, []any{account}},
		{&f.Events, `DELETE FROM met WHERE account = $1`, []any{account}},
		{&f.Events, `DELETE FROM link_codes WHERE account = $1`, []any{account}},
		{&f.Events, `DELETE FROM outbox WHERE account = $1 OR subject = $1`, []any{account}},
		{&f.Accounts, `DELETE FROM accounts WHERE account = $1`, []any{account}},
		{&f.Events, `UPDATE events SET sealed = NULL, state = $2 WHERE account = $1 AND platform || '/' || workspace || '/' || event_id <> $3
			AND at <= COALESCE((SELECT MAX(at) FROM events WHERE platform || '/' || workspace || '/' || event_id = $3), at)`, []any{account, done, event}},
		{&f.Events, `UPDATE events SET account = '', conversation = '', ref = '{}' WHERE account = $1 AND state = $2`, []any{account, done}},
		{&f.Events, `UPDATE events SET account = '' WHERE account = $1`, []any{account}},
		{&f.Actions, `UPDATE audit SET account = $2 WHERE account = $1`, []any{account, "erased:" + hash}},
	}
	for _, step := range steps {
		changed, err := t.exec(ctx, step.query, step.args...)
		if err != nil {
			return err
		}
		*step.count += changed
	}
	if hash == "" {
		return nil
	}
	return t.note(ctx, hash, millis(s.now()))
}

// note writes into the ledger who was erased, and when.
func (t *tx) note(ctx context.Context, hash string, at int64) error {
	_, err := t.exec(ctx, `INSERT INTO ledger (hash, at) VALUES ($1, $2)
		ON CONFLICT (hash) DO UPDATE SET at = CASE WHEN ledger.at > excluded.at THEN ledger.at ELSE excluded.at END`, hash, at)
	return err
}

// PurgeAgain erases once more what a restored backup has brought back: of everybody in the ledger, in the
// database or in its file, all that is older than their erasure. It returns how many accounts that were.
func (s *Store) PurgeAgain(ctx context.Context) (purged int, err error) {
	if s.erasing.Sealer == nil {
		return 0, nil
	}
	ledger, err := s.mergeLedger(ctx)
	if err != nil || len(ledger) == 0 {
		return 0, err
	}
	err = s.transaction(ctx, func(tx *tx) error {
		purged = 0
		oldest, err := tx.oldest(ctx)
		if err != nil {
			return err
		}
		for _, account := range slices.Sorted(maps.Keys(oldest)) {
			until, erased := ledger[s.hash(account)]
			if !erased || oldest[account] > until {
				continue
			}
			purged++
			if err := s.forgetUntil(ctx, tx, account, until); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("erase again what a backup has brought back: %w", err)
	}
	if purged == 0 {
		return 0, nil
	}
	s.unclean.Store(true)
	return purged, s.clean(ctx)
}

// dated are the tables in which an account's rows each have a time of their own.
var dated = []string{"exchanges", "votes", "met", "accounts", "events", "audit"} //nolint:gochecknoglobals // a table

// oldest returns, of every account, when the oldest of what is held about it was written.
func (t *tx) oldest(ctx context.Context) (map[string]int64, error) {
	all := map[string]int64{}
	for _, table := range dated {
		type first struct {
			account string
			at      int64
		}
		found, err := rows(ctx, t, func(row scanner) (f first, err error) { err = row.Scan(&f.account, &f.at); return f, err },
			`SELECT account, MIN(at) FROM `+table+` WHERE account <> '' GROUP BY account`)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if at, known := all[f.account]; !known || f.at < at {
				all[f.account] = f.at
			}
		}
	}
	return all, nil
}

// forgetUntil erases of an account what is not younger than its erasure. An account that the backup
// brought back goes whole, and with the last of a person's accounts the person.
func (s *Store) forgetUntil(ctx context.Context, t *tx, account string, until int64) error {
	if err := s.seal(ctx, t, account, fmt.Sprint("restored ", until)); err != nil {
		return err
	}
	known, err := rows(ctx, t, scanText, `SELECT person FROM accounts WHERE account = $1 AND at <= $2`, account, until)
	if err != nil {
		return err
	}
	var f commands.Forgotten
	if len(known) > 0 {
		if err := s.forgetAccount(ctx, t, account, "", &f); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE ledger SET at = $2 WHERE hash = $1`, s.hash(account), until); err != nil {
			return err
		}
		others, err := rows(ctx, t, scanText, `SELECT account FROM accounts WHERE person = $1`, known[0])
		if err != nil || len(others) > 0 {
			return err
		}
		return t.forgetPerson(ctx, known[0], &f)
	}
	for _, query := range []string{
		`DELETE FROM exchanges WHERE account = $1 AND at <= $2`, `DELETE FROM votes WHERE account = $1 AND at <= $2`, `DELETE FROM met WHERE account = $1 AND at <= $2`,
		`UPDATE events SET account = '', conversation = '', ref = '{}', sealed = NULL, state = 'done' WHERE account = $1 AND at <= $2`,
	} {
		if _, err := t.exec(ctx, query, account, until); err != nil {
			return err
		}
	}
	_, err = t.exec(ctx, `UPDATE audit SET account = $3 WHERE account = $1 AND at <= $2`, account, until, "erased:"+s.hash(account))
	return err
}

// Records returns how many sealed records wait to be exported, and since when.
func (s *Store) Records(ctx context.Context) (n int, since time.Time, err error) {
	type state struct{ n, since int64 }
	found, err := one(ctx, s, "count the sealed records", ErrNotFound, func(row scanner) (f state, err error) {
		err = row.Scan(&f.n, &f.since)
		return f, err
	}, `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM records`)
	return int(found.n), orNever(found.since), err
}

// Record is one sealed record, opened for its export.
type Record struct {
	ID   string
	Text json.RawMessage
}

// OpenRecords opens all sealed records, oldest first. It is for their export alone; what is exported is
// then removed by PurgeRecords.
func (s *Store) OpenRecords(ctx context.Context) ([]Record, error) {
	type sealed struct {
		id   string
		text []byte
	}
	found, err := list(ctx, s, "read the sealed records", func(row scanner) (r sealed, err error) {
		err = row.Scan(&r.id, &r.text)
		return r, err
	}, `SELECT id, sealed FROM records ORDER BY at, id`)
	if err != nil {
		return nil, err
	}
	var all []Record
	for _, r := range found {
		text, err := s.erasing.Sealer.Open("record "+r.id, r.text)
		if err != nil {
			return nil, fmt.Errorf("open a sealed record: %w", err)
		}
		all = append(all, Record{r.id, text})
	}
	return all, nil
}

// PurgeRecords removes records that were exported.
func (s *Store) PurgeRecords(ctx context.Context, exported []Record) error {
	err := s.transaction(ctx, func(tx *tx) error {
		for _, r := range exported {
			if _, err := tx.exec(ctx, `DELETE FROM records WHERE id = $1`, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove the exported records: %w", err)
	}
	s.unclean.Store(true)
	return s.clean(ctx)
}

// Questions implements commands.Store: those that are kept, and those that are only counted.
func (s *Store) Questions(ctx context.Context) (int, error) {
	n, err := one(ctx, s, "count the questions", ErrNotFound, scanNumber,
		`SELECT (SELECT COUNT(*) FROM exchanges) + (SELECT COALESCE(SUM(n), 0) FROM counts)`)
	return int(n), err
}
