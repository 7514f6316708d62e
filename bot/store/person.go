package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"liaison/bot/commands"
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
	if f.Inquiries, err = t.forgetInquiries(ctx, person); err != nil {
		return err
	}
	for _, query := range []string{`DELETE FROM coffee WHERE person = $1`, `DELETE FROM blocks WHERE by_person = $1`, `DELETE FROM persons WHERE id = $1`} {
		if _, err := t.exec(ctx, query, person); err != nil {
			return err
		}
	}
	return nil
}

// Held implements commands.PeopleStore.
func (s *Store) Held(ctx context.Context, account string) (all map[string][]map[string]any, err error) {
	err = s.transaction(ctx, func(tx *tx) (err error) {
		all, err = tx.held(ctx, account)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is held about a person: %w", err)
	}
	return all, nil
}

// held reads all that holdings say is shown to a person.
func (t *tx) held(ctx context.Context, account string) (map[string][]map[string]any, error) {
	person, accounts, err := t.accountsWith(ctx, account)
	if err != nil {
		return nil, err
	}
	return t.heldOf(ctx, person, accounts)
}

// heldOf reads what is shown to a person, "" for nobody, and to accounts.
func (t *tx) heldOf(ctx context.Context, person string, accounts []string) (map[string][]map[string]any, error) {
	all := map[string][]map[string]any{}
	for _, h := range holdings {
		for _, part := range h.shown {
			query, of := part.byAccount, accounts
			if query == "" {
				query, of = part.byPerson, []string{person}
			}
			if query == part.byPerson && person == "" {
				continue // never met, or forgotten
			}
			for _, one := range of {
				found, err := t.asMaps(ctx, query, one)
				if err != nil {
					return nil, err
				}
				if len(found) > 0 {
					all[part.what] = append(all[part.what], found...)
				}
			}
		}
	}
	return all, nil
}

// asMaps reads rows by the names of their columns, times as RFC 3339.
func (t *tx) asMaps(ctx context.Context, query string, args ...any) (all []map[string]any, err error) {
	found, err := t.QueryContext(ctx, query, args...)
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
	case "at", "said", "due", "until", "asked_at", "ended_at", "listed_at", "agreed_at", "answered_at":
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
