package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"liaison/bot/commands"
	"liaison/bot/inbox"
	"liaison/bot/intro"
	"liaison/bot/profile"
)

// accountsWith returns all accounts of whoever an account belongs to, and who that is: "" and the
// account alone when it was never met.
func (t *tx) accountsWith(ctx context.Context, account string) (person string, accounts []string, err error) {
	person, err = t.personOf(ctx, account)
	if errors.Is(err, profile.ErrNotFound) {
		return "", []string{account}, nil
	}
	if err != nil {
		return "", nil, err
	}
	accounts, err = rows(ctx, t, scanText, `SELECT account FROM accounts WHERE person = $1 ORDER BY account`, person)
	return person, accounts, err
}

// ForgetAccount implements commands.Store. Ids of events stay without a name, so that a redelivery is
// still known; so do the other side's words of an introduction, and blocks that others have set, which
// name nobody.
func (s *Store) ForgetAccount(ctx context.Context, account, event string) (f commands.Forgotten, err error) {
	err = s.transaction(ctx, func(tx *tx) error {
		f = commands.Forgotten{}
		person, accounts, err := tx.accountsWith(ctx, account)
		if err != nil {
			return err
		}
		for _, one := range accounts {
			if err := tx.forgetAccount(ctx, one, event, &f); err != nil {
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
	return f, nil
}

func (t *tx) forgetAccount(ctx context.Context, account, event string, f *commands.Forgotten) error {
	done := string(inbox.Done)
	for _, step := range []struct {
		count *int64
		query string
		args  []any
	}{
		{&f.Exchanges, `DELETE FROM exchanges WHERE account = $1`, []any{account}},
		{&f.Votes, `DELETE FROM votes WHERE account = $1`, []any{account}},
		{new(int64), `DELETE FROM met WHERE account = $1`, []any{account}},
		{new(int64), `DELETE FROM link_codes WHERE account = $1`, []any{account}},
		{new(int64), `DELETE FROM outbox WHERE account = $1`, []any{account}},
		{&f.Accounts, `DELETE FROM accounts WHERE account = $1`, []any{account}},
		{&f.Events, `UPDATE events SET account = '', sealed = NULL, state = $2 WHERE account = $1 AND state = $2`, []any{account, done}},
		{new(int64), `UPDATE events SET account = '', sealed = NULL, state = $2
			WHERE account = $1 AND platform || '/' || workspace || '/' || event_id <> $3`, []any{account, done, event}},
		{new(int64), `UPDATE events SET account = '' WHERE account = $1`, []any{account}},
	} {
		changed, err := t.exec(ctx, step.query, step.args...)
		if err != nil {
			return err
		}
		*step.count += changed
	}
	return nil
}

// forgetPerson erases a person's part in everything that others have a part in too.
func (t *tx) forgetPerson(ctx context.Context, person string, f *commands.Forgotten) error {
	all, err := rows(ctx, t, scanIntroduction, `SELECT `+introColumns+` FROM introductions WHERE asker = $1 OR helper = $1`, person)
	if err != nil {
		return err
	}
	for _, x := range all {
		f.Introductions++
		for _, side := range []intro.Side{intro.Asker, intro.Helper} {
			if x.Persons[side] != person {
				continue
			}
			x.Parties[side] = intro.Party{Yes: x.Parties[side].Yes, No: x.Parties[side].No}
			if _, err := t.exec(ctx, `UPDATE relayed SET text = '', files = '', gone = 1 WHERE introduction = $1 AND side = $2`, x.ID, int(side)); err != nil {
				return err
			}
		}
		sides, err := json.Marshal(x.Parties)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE introductions SET sides = $2, topic = '', asker = CASE WHEN asker = $3 THEN '' ELSE asker END,
			helper = CASE WHEN helper = $3 THEN '' ELSE helper END WHERE id = $1`, x.ID, string(sides), person); err != nil {
			return err
		}
	}
	for _, query := range []string{`DELETE FROM coffee WHERE person = $1`, `DELETE FROM blocks WHERE by_person = $1`, `DELETE FROM persons WHERE id = $1`} {
		if _, err := t.exec(ctx, query, person); err != nil {
			return err
		}
	}
	return nil
}

// coffeeState is how far a coffee has come, for either of its two: neither learns who said no.
const coffeeState = `CASE WHEN state IN ('connected', 'closed') THEN state ELSE 'proposed, or did not come about' END AS state`

// held says what is kept about a person, by account ($1) or by person ($2); a query uses one of them.
// Every table with a person in it has a row here. Of an introduction each sees their own part, and who
// asked does not learn from it who said no, or when.
var held = []struct{ what, byAccount, byPerson string }{
	{what: "questions and answers", byAccount: `SELECT at, question, answer, command, audience, path, conversation FROM exchanges WHERE account = $1 ORDER BY at`},
	{what: "votes", byAccount: `SELECT at, exchange, helpful, reason, path FROM votes WHERE account = $1 ORDER BY at`},
	{what: "first meeting", byAccount: `SELECT at FROM met WHERE account = $1`},
	{what: "events, as ids", byAccount: `SELECT at, platform, workspace, event_id, state FROM events WHERE account = $1 ORDER BY at`},
	{what: "admin actions", byAccount: `SELECT at, action, outcome FROM audit WHERE account = $1 ORDER BY at`},
	{what: "accounts", byPerson: `SELECT account, name, organisation, zone, at FROM accounts WHERE person = $1 ORDER BY account`},
	{what: "profile", byPerson: `SELECT home, knows, zone, hours, reach, budget, listed, consent, at, listed_at FROM persons WHERE id = $1`},
	{what: "link codes", byAccount: `SELECT until FROM link_codes WHERE account = $1`},
	{what: "people you keep away, as hashes", byPerson: `SELECT blocked, at FROM blocks WHERE by_person = $1 ORDER BY at`},
	{what: "introductions you asked for", byPerson: `SELECT id, topic, sides AS asker_part, at, asked_at,
		CASE WHEN state IN ('draft', 'connected', 'closed', 'withdrawn') THEN state ELSE 'asked, or did not come about' END AS state
		FROM introductions WHERE asker = $1 AND kind <> 'coffee' ORDER BY at`},
	{what: "introductions you were asked for", byPerson: `SELECT id, state, topic, sides AS helper_part, asked_at, ended_at FROM introductions WHERE helper = $1 AND quiet = 0 AND asked_at > 0 AND kind <> 'coffee' ORDER BY at`},
	{what: "coffees proposed to you", byPerson: `SELECT id, sides AS asker_part, asked_at, ` + coffeeState + ` FROM introductions WHERE asker = $1 AND kind = 'coffee' ORDER BY at`},
	{what: "coffees proposed to you", byPerson: `SELECT id, sides AS helper_part, asked_at, ` + coffeeState + ` FROM introductions WHERE helper = $1 AND kind = 'coffee' ORDER BY at`},
	{what: "your place in the queue for coffee", byPerson: `SELECT account, consent, at, until, missed FROM coffee WHERE person = $1`},
	{what: "messages passed on", byPerson: `SELECT r.introduction, r.text, r.files, r.said FROM relayed r JOIN introductions i ON i.id = r.introduction
		WHERE r.gone = 0 AND (i.asker = $1 AND r.side = 0 OR i.helper = $1 AND r.side = 1) ORDER BY r.said`},
	{what: "what you were told", byAccount: `SELECT kind, subject, due, state FROM outbox WHERE account = $1 AND state <> 'waiting' ORDER BY id`},
}

// Held implements commands.PeopleStore.
func (s *Store) Held(ctx context.Context, account string) (map[string][]map[string]any, error) {
	all := map[string][]map[string]any{}
	err := s.transaction(ctx, func(tx *tx) error {
		clear(all)
		person, accounts, err := tx.accountsWith(ctx, account)
		if err != nil {
			return err
		}
		for _, h := range held {
			query, of := h.byAccount, accounts
			if query == "" {
				query, of = h.byPerson, []string{person}
			}
			if query == h.byPerson && person == "" {
				continue // never met, or forgotten
			}
			for _, one := range of {
				found, err := tx.asMaps(ctx, query, one)
				if err != nil {
					return err
				}
				if len(found) > 0 {
					all[h.what] = append(all[h.what], found...)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is held about a person: %w", err)
	}
	return all, nil
}

// asMaps reads rows by the names of their columns, times as RFC 3339.
func (t *tx) asMaps(ctx context.Context, query, arg string) (all []map[string]any, err error) {
	found, err := t.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // its error is that of found.Err
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	for found.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.NullString)
		}
		if err := found.Scan(values...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, column := range columns {
			row[column] = readable(column, values[i].(*sql.NullString).String)
		}
		all = append(all, row)
	}
	return all, found.Err()
}

// readable turns the columns that are times into times, and takes a person's own part out of both.
func readable(column, value string) any {
	switch column {
	case "at", "said", "due", "until", "asked_at", "ended_at", "listed_at":
		var ms int64
		if _, err := fmt.Sscan(value, &ms); err != nil || ms == 0 {
			return nil
		}
		return fromMillis(ms).Format(time.RFC3339)
	case "asker_part", "helper_part":
		var sides [2]intro.Party
		if err := json.Unmarshal([]byte(value), &sides); err != nil {
			return nil
		}
		if column == "asker_part" {
			return sides[intro.Asker]
		}
		return sides[intro.Helper]
	}
	return value
}

var _ commands.PeopleStore = (*Store)(nil)
