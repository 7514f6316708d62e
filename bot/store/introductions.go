package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

var (
	_ intro.Store = (*Store)(nil)
	_ intro.Tx    = introTx{}
)

// Do implements intro.Store.
func (s *Store) Do(ctx context.Context, do func(intro.Tx) error) error {
	err := s.transaction(ctx, func(tx *tx) error { return do(introTx{tx}) })
	s.wake()
	return err
}

// introTx is what a transaction can do for introductions.
type introTx struct{ *tx }

const introColumns = `id, kind, state, asker, helper, topic, quiet, grouped, stopping, stopped_by, sides, at, asked_at, until, ended_at, times`

func scanIntroduction(row scanner) (intro.Introduction, error) {
	var x intro.Introduction
	var kind, state, stopping, sides, times string
	var quiet, grouped, by, at, asked, until, ended int64
	err := row.Scan(&x.ID, &kind, &state, &x.Persons[0], &x.Persons[1], &x.Topic, &quiet, &grouped, &stopping, &by, &sides, &at, &asked, &until, &ended, &times)
	if err != nil {
		return x, err
	}
	x.Kind, x.State, x.Stopping, x.StoppedBy = intro.Kind(kind), intro.State(state), intro.State(stopping), intro.Side(by)
	x.Quiet, x.Group, x.At, x.Until = quiet == 1, grouped == 1, fromMillis(at), fromMillis(until)
	x.Asked, x.Ended = orNever(asked), orNever(ended)
	if x.Times, err = readTimes(times); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(sides), &x.Parties)
}

// readTimes and writeTimes keep times as JSON, in milliseconds; "" for none.
func readTimes(text string) (times []time.Time, err error) {
	if text == "" {
		return nil, nil
	}
	var all []int64
	err = json.Unmarshal([]byte(text), &all)
	for _, ms := range all {
		times = append(times, fromMillis(ms))
	}
	return times, err
}

func writeTimes(times []time.Time) string {
	if len(times) == 0 {
		return ""
	}
	var all []string
	for _, t := range times {
		all = append(all, fmt.Sprint(millis(t)))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// orNever reads a time that may not have come: 0.
func orNever(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

func orZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

// Introduction implements intro.Tx.
func (t introTx) Introduction(ctx context.Context, id string) (intro.Introduction, error) {
	x, err := first(ctx, t, scanIntroduction, `SELECT `+introColumns+` FROM introductions WHERE id = $1`, id)
	if errors.Is(err, ErrNotFound) {
		err = intro.ErrNotFound
	}
	return x, err
}

// Keep implements intro.Tx.
func (t introTx) Keep(ctx context.Context, x intro.Introduction) error {
	sides, err := json.Marshal(x.Parties)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO introductions (`+introColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, quiet = excluded.quiet, stopping = excluded.stopping, stopped_by = excluded.stopped_by,
		sides = excluded.sides, asked_at = excluded.asked_at, until = excluded.until, ended_at = excluded.ended_at`,
		x.ID, string(x.Kind), string(x.State), x.Persons[0], x.Persons[1], x.Topic, number(x.Quiet), number(x.Group), string(x.Stopping), int(x.StoppedBy),
		string(sides), millis(x.At), orZero(x.Asked), millis(x.Until), orZero(x.Ended), writeTimes(x.Times))
	return err
}

// PersonOf implements intro.Tx.
func (t introTx) PersonOf(ctx context.Context, account string) (string, error) {
	person, err := t.personOf(ctx, account)
	if errors.Is(err, profile.ErrNotFound) {
		return "", nil
	}
	return person, err
}

// AccountsOf implements intro.Tx.
func (t introTx) AccountsOf(ctx context.Context, person string) ([]string, error) {
	return rows(ctx, t, scanText, `SELECT account FROM accounts WHERE person = $1 ORDER BY account`, person)
}

const messageColumns = `source, introduction, side, text, files, said, gone, told`

func scanMessage(row scanner) (intro.Message, error) {
	var m intro.Message
	var side, said, gone, told int64
	err := row.Scan(&m.Source, &m.Introduction, &side, &m.Text, &m.Files, &said, &gone, &told)
	m.Side, m.Said, m.Gone, m.Told = intro.Side(side), fromMillis(said), gone == 1, told == 1
	return m, err
}

// Message implements intro.Tx.
func (t introTx) Message(ctx context.Context, source string) (intro.Message, error) {
	m, err := first(ctx, t, scanMessage, `SELECT `+messageColumns+` FROM relayed WHERE source = $1`, source)
	if errors.Is(err, ErrNotFound) {
		err = intro.ErrNotFound
	}
	return m, err
}

// KeepMessage implements intro.Tx.
func (t introTx) KeepMessage(ctx context.Context, m intro.Message, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO relayed (`+messageColumns+`, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (source) DO UPDATE SET text = excluded.text, files = excluded.files, said = excluded.said, gone = excluded.gone, told = excluded.told`,
		m.Source, m.Introduction, int(m.Side), m.Text, m.Files, millis(m.Said), number(m.Gone), number(m.Told), millis(at))
	return err
}

// MessagesSince implements intro.Tx.
func (t introTx) MessagesSince(ctx context.Context, id string, side intro.Side, since time.Time) (int, error) {
	n, err := first(ctx, t, scanNumber, `SELECT COUNT(*) FROM relayed WHERE introduction = $1 AND side = $2 AND at > $3`, id, int(side), millis(since))
	return int(n), err
}

// blockOf is what is kept of an account that somebody blocked: enough to know it again, under the
// same blocker, and no more. The blocker's id is random, so it salts the hash.
func blockOf(by, account string) string {
	sum := sha256.Sum256([]byte(by + " " + account))
	return hex.EncodeToString(sum[:])
}

// Block implements intro.Tx.
func (t introTx) Block(ctx context.Context, by, whom string, at time.Time) error {
	accounts, err := t.AccountsOf(ctx, whom)
	for _, account := range accounts {
		if err == nil {
			_, err = t.exec(ctx, `INSERT INTO blocks (by_person, salt, blocked, at) VALUES ($1, $1, $2, $3) ON CONFLICT DO NOTHING`, by, blockOf(by, account), millis(at))
		}
	}
	return err
}

// Blocked implements intro.Tx.
func (t introTx) Blocked(ctx context.Context, a, b string) (bool, error) {
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		accounts, err := t.AccountsOf(ctx, pair[1])
		if err != nil {
			return false, err
		}
		salts, err := rows(ctx, t, scanText, `SELECT DISTINCT salt FROM blocks WHERE by_person = $1`, pair[0])
		if err != nil {
			return false, err
		}
		for _, salt := range salts {
			for _, account := range accounts {
				found, err := rows(ctx, t, scanNumber, `SELECT at FROM blocks WHERE by_person = $1 AND blocked = $2`, pair[0], blockOf(salt, account))
				if err != nil || len(found) > 0 {
					return len(found) > 0, err
				}
			}
		}
	}
	return false, nil
}

// askedAbout are the introductions about which a person ($1) was asked.
const askedAbout = `(helper = $1 AND quiet = 0 OR asker = $1 AND kind = 'coffee')`

// Counts implements intro.Tx. A proposal that a block keeps from being asked counts for its asker, as
// they must not notice, and not for the other. A coffee counts as being asked, for both, and as nobody's
// asking; while it is proposed it does not count as being between the two, who do not know of each other.
func (t introTx) Counts(ctx context.Context, asker, helper, besides string, since time.Time) (intro.Counts, error) {
	var c intro.Counts
	for _, count := range []struct {
		into  *int
		query string
		args  []any
	}{
		{&c.Open, `SELECT COUNT(*) FROM introductions WHERE asker = $1 AND id <> $2 AND state = 'proposed' AND kind <> 'coffee'`, []any{asker, besides}},
		{&c.Week, `SELECT COUNT(*) FROM introductions WHERE asker = $1 AND id <> $2 AND asked_at > $3 AND kind <> 'coffee'`, []any{asker, besides, millis(since)}},
		{&c.Between, `SELECT COUNT(*) FROM introductions WHERE id <> $3 AND (state = 'connected' OR state = 'proposed' AND kind <> 'coffee') AND stopping = ''
			AND (asker = $1 AND helper = $2 OR asker = $2 AND helper = $1 AND quiet = 0)`, []any{asker, helper, besides}},
	} {
		n, err := first(ctx, t, scanNumber, count.query, count.args...)
		if err != nil {
			return c, err
		}
		*count.into = int(n)
	}
	asked, err := t.askedSince(ctx, helper, besides, since)
	c.Asked = asked
	return c, err
}

// InFlight implements intro.Tx.
func (t introTx) InFlight(ctx context.Context, id string, now time.Time) (bool, error) {
	n, err := first(ctx, t, scanNumber, `SELECT COUNT(*) FROM outbox WHERE subject = $1 AND state = $2 AND until >= $3`, id, string(outbox.Sending), millis(now))
	return n > 0, err
}

// Tell implements intro.Tx.
func (t introTx) Tell(ctx context.Context, m intro.Tell) error {
	return t.tell(ctx, outbox.Item{Key: m.Key, Lane: m.Lane, Kind: m.Kind, Subject: m.Subject, Part: m.Part, Account: m.Account, Due: m.Due})
}

// Told implements intro.Tx.
func (t introTx) Told(ctx context.Context, id string, by time.Time) ([]intro.Tell, error) {
	return rows(ctx, t, func(row scanner) (m intro.Tell, err error) {
		var due int64
		err = row.Scan(&m.Key, &m.Lane, &m.Kind, &m.Subject, &m.Part, &m.Account, &due)
		m.Due = fromMillis(due)
		return m, err
	}, `SELECT key, lane, kind, subject, part, account, due FROM outbox WHERE subject = $1 AND (state IN ($2, $3, $4) OR state = $5 AND due <= $6) ORDER BY id`,
		id, string(outbox.Sending), string(outbox.Sent), string(outbox.Unknown), string(outbox.Waiting), millis(by))
}

// Hand implements intro.Tx.
func (t introTx) Hand(ctx context.Context, key, account string) error {
	_, err := t.exec(ctx, `UPDATE outbox SET account = $2 WHERE key = $1`, key, account)
	return err
}

// OpenIntroductions implements intro.Store.
func (s *Store) OpenIntroductions(ctx context.Context, person string) ([]intro.Introduction, error) {
	return list(ctx, s, "read introductions", scanIntroduction, `SELECT `+introColumns+` FROM introductions
		WHERE (asker = $1 OR helper = $1 AND quiet = 0) AND state IN ('proposed', 'connected') ORDER BY at DESC, id`, person)
}

// IntroductionsOf implements intro.Store.
func (s *Store) IntroductionsOf(ctx context.Context, person string) ([]string, error) {
	return list(ctx, s, "read a person's introductions", scanText, `SELECT id FROM introductions WHERE asker = $1 OR helper = $1 ORDER BY id`, person)
}

// SourcesOf implements intro.Store.
func (s *Store) SourcesOf(ctx context.Context, person string) ([]string, error) {
	return list(ctx, s, "read a person's messages", scanText, `SELECT r.source FROM relayed r JOIN introductions i ON i.id = r.introduction
		WHERE r.gone = 0 AND (i.asker = $1 AND r.side = 0 OR i.helper = $1 AND r.side = 1) ORDER BY r.source`, person)
}

// DueIntroductions implements intro.Store.
func (s *Store) DueIntroductions(ctx context.Context, now time.Time) ([]string, error) {
	return list(ctx, s, "read the introductions that are due", scanText,
		`SELECT id FROM introductions WHERE state IN ('draft', 'proposed') AND until <= $1 OR stopping <> '' ORDER BY id`, millis(now))
}
