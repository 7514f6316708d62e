package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"liaison/bot/access"
	"liaison/bot/profile"
)

var _ profile.Store = (*Store)(nil)

const profileColumns = `id, home, knows, zone, hours, reach, budget, listed, consent, at, listed_at, no_questions`

func scanProfile(row scanner) (profile.Profile, error) {
	var p profile.Profile
	var reach string
	var budget, listed, at, listedAt, noQuestions int64
	err := row.Scan(&p.Person, &p.Home, &p.Knows, &p.Zone, &p.Hours, &reach, &budget, &listed, &p.Consent, &at, &listedAt, &noQuestions)
	p.NoQuestions = noQuestions == 1
	p.Reach, p.Budget, p.At, p.ListedAt = access.Visibility(reach), int(budget), fromMillis(at), fromMillis(listedAt)
	p.Listed = listed == 1 && p.Consent == profile.Consent // a new wording needs a new yes
	return p, err
}

func scanAccount(row scanner) (a profile.Account, err error) {
	err = row.Scan(&a.ID, &a.Person, &a.Name, &a.Organisation, &a.Zone)
	return a, err
}

const accountColumns = `account, person, name, organisation, zone`

// person reads a profile with its accounts, within a transaction.
func (t *tx) person(ctx context.Context, id string) (profile.Profile, error) {
	p, err := first(ctx, t, scanProfile, `SELECT `+profileColumns+` FROM persons WHERE id = $1`, id)
	if errors.Is(err, ErrNotFound) {
		return p, profile.ErrNotFound
	}
	if err != nil {
		return p, err
	}
	p.Accounts, err = rows(ctx, t, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE person = $1 ORDER BY account`, id)
	return p, err
}

// personOf returns whose an account is; profile.ErrNotFound when it was never met.
func (t *tx) personOf(ctx context.Context, account string) (string, error) {
	a, err := first(ctx, t, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE account = $1`, account)
	if errors.Is(err, ErrNotFound) {
		return "", profile.ErrNotFound
	}
	return a.Person, err
}

// MeetAccount implements profile.Store.
func (s *Store) MeetAccount(ctx context.Context, a profile.Account, at time.Time) (p profile.Profile, err error) {
	err = s.transaction(ctx, func(tx *tx) error {
		person, err := tx.personOf(ctx, a.ID)
		if errors.Is(err, profile.ErrNotFound) {
			person, err = tx.newPerson(ctx, a.ID, at)
		}
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO accounts (account, person, name, organisation, zone, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (account) DO UPDATE SET name = excluded.name, organisation = excluded.organisation, zone = excluded.zone`,
			a.ID, person, a.Name, a.Organisation, a.Zone, millis(at))
		if err == nil {
			p, err = tx.person(ctx, person)
		}
		return err
	})
	if err != nil {
		return profile.Profile{}, fmt.Errorf("meet an account: %w", err)
	}
	return p, nil
}

func (t *tx) newPerson(ctx context.Context, home string, at time.Time) (string, error) {
	id := strings.ReplaceAll(uuid.NewString(), "-", "") // short enough for a button
	_, err := t.exec(ctx, `INSERT INTO persons (`+profileColumns+`) VALUES ($1, $2, '', '', '', '', $3, 0, '', $4, 0, 0)`,
		id, home, profile.StandardBudget, millis(at))
	return id, err
}

// ProfileOf implements profile.Store.
func (s *Store) ProfileOf(ctx context.Context, account string) (p profile.Profile, err error) {
	err = s.transaction(ctx, func(tx *tx) error {
		id, err := tx.personOf(ctx, account)
		if err == nil {
			p, err = tx.person(ctx, id)
		}
		return err
	})
	return p, err
}

// Person implements profile.Store.
func (s *Store) Person(ctx context.Context, id string) (p profile.Profile, err error) {
	err = s.transaction(ctx, func(tx *tx) (err error) { p, err = tx.person(ctx, id); return err })
	return p, err
}

// KeepProfile implements profile.Store.
func (s *Store) KeepProfile(ctx context.Context, p profile.Profile, was time.Time) error {
	changed, err := s.exec(ctx, "keep a profile",
		`UPDATE persons SET home = $2, knows = $3, zone = $4, hours = $5, reach = $6, budget = $7, listed = $8,
		 consent = $9, at = $10, listed_at = $11, no_questions = $12 WHERE id = $1 AND at = $13`,
		p.Person, p.Home, p.Knows, p.Zone, p.Hours, string(p.Reach), p.Budget, number(p.Listed), p.Consent, millis(p.At), millis(p.ListedAt), number(p.NoQuestions), millis(was))
	if err == nil && changed == 0 {
		err = profile.ErrChanged
	}
	return err
}

// ListedProfiles implements profile.Store.
//
// SECURITY: the audience is part of the query, so what it may not see is not even read.
func (s *Store) ListedProfiles(ctx context.Context, who access.Audience) ([]profile.Profile, error) {
	args := []any{}
	for _, v := range visibilities(who) {
		args = append(args, string(v))
	}
	return s.listed(ctx, `reach IN ($1`+numbered(2, len(args))+`)`, args...)
}

// UnsafeListedProfiles returns all profiles that are listed, whoever may see them.
//
// SECURITY: it is for the directory, which holds each against the audience. No reply is made of it.
func (s *Store) UnsafeListedProfiles(ctx context.Context) ([]profile.Profile, error) {
	return s.listed(ctx, `reach <> ''`)
}

func (s *Store) listed(ctx context.Context, within string, args ...any) ([]profile.Profile, error) {
	var all []profile.Profile
	err := s.transaction(ctx, func(tx *tx) (err error) {
		all, err = rows(ctx, tx, scanProfile, `SELECT `+profileColumns+` FROM persons WHERE listed = 1 AND `+within+` ORDER BY id`, args...)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(p profile.Profile) bool { return !p.Listed })
		accounts, err := rows(ctx, tx, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE person IN
			(SELECT id FROM persons WHERE listed = 1 AND `+within+`) ORDER BY account`, args...)
		of := map[string][]profile.Account{}
		for _, a := range accounts {
			of[a.Person] = append(of[a.Person], a)
		}
		for i := range all {
			all[i].Accounts = of[all[i].Person]
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the people who are listed: %w", err)
	}
	return all, nil
}

// visibilities are what an audience may see.
func visibilities(who access.Audience) []access.Visibility {
	all := []access.Visibility{access.Public}
	if who.May(access.Staff) {
		all = append(all, access.Staff)
	}
	for _, id := range who.Organisations() {
		all = append(all, access.Organisation(id))
	}
	return all
}

// numbered writes ", $from, …, $to".
func numbered(from, to int) string {
	var out strings.Builder
	for n := from; n <= to; n++ {
		fmt.Fprintf(&out, ", $%d", n)
	}
	return out.String()
}

// KeepCode implements profile.Store.
func (s *Store) KeepCode(ctx context.Context, hash, account string, until time.Time) error {
	_, err := s.exec(ctx, "keep a code", `INSERT INTO link_codes (account, hash, until) VALUES ($1, $2, $3)
		ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, until = excluded.until`, account, hash, millis(until))
	return err
}

// Link implements profile.Store. What the two persons were becomes one: the profile of the account
// that showed the code stays, and takes the other's where it says nothing. Blocks add up. Who was
// hidden in one place is hidden, and who takes no questions in one takes none.
func (s *Store) Link(ctx context.Context, hash, account string, now time.Time) (shown string, err error) {
	err = s.transaction(ctx, func(tx *tx) error {
		shown, err = first(ctx, tx, scanText, `SELECT account FROM link_codes WHERE hash = $1 AND until > $2`, hash, millis(now))
		if errors.Is(err, ErrNotFound) {
			return profile.ErrCode
		}
		if err != nil {
			return err
		}
		if shown == account {
			return profile.ErrSame
		}
		into, err := tx.personOf(ctx, shown)
		if err != nil {
			return err
		}
		from, err := tx.personOf(ctx, account)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM link_codes WHERE hash = $1`, hash); err != nil || from == into {
			return err
		}
		return tx.merge(ctx, from, into)
	})
	return shown, err
}

func (t *tx) merge(ctx context.Context, from, into string) error {
	a, err := t.person(ctx, into)
	if err != nil {
		return err
	}
	b, err := t.person(ctx, from)
	if err != nil {
		return err
	}
	hidden := a.Listed != b.Listed && a.Knows != "" && b.Knows != ""
	if a.Knows == "" {
		a.Knows, a.Listed, a.Consent, a.Reach, a.Hours, a.Budget, a.ListedAt, a.Home = b.Knows, b.Listed, b.Consent, b.Reach, b.Hours, b.Budget, b.ListedAt, b.Home
	}
	if hidden {
		a.Listed, a.Consent = false, ""
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE persons SET home = $2, knows = $3, hours = $4, reach = $5, budget = $6, listed = $7, consent = $8, listed_at = $9, no_questions = $10, at = at + 1 WHERE id = $1`,
			[]any{into, a.Home, a.Knows, a.Hours, string(a.Reach), a.Budget, number(a.Listed), a.Consent, millis(a.ListedAt), number(a.NoQuestions || b.NoQuestions)}},
		{`UPDATE accounts SET person = $2 WHERE person = $1`, []any{from, into}},
		{`INSERT INTO blocks (by_person, salt, blocked, at) SELECT $2, salt, blocked, at FROM blocks WHERE by_person = $1 ON CONFLICT DO NOTHING`, []any{from, into}},
		{`DELETE FROM blocks WHERE by_person = $1`, []any{from}},
		{`UPDATE introductions SET asker = $2 WHERE asker = $1`, []any{from, into}},
		{`UPDATE introductions SET helper = $2 WHERE helper = $1`, []any{from, into}},
		{`UPDATE inquiries SET asker = $2 WHERE asker = $1`, []any{from, into}},
		{`UPDATE inquiry_turns SET person = $2 WHERE person = $1`, []any{from, into}},
		{`DELETE FROM coffee WHERE person = $1 AND EXISTS (SELECT 1 FROM coffee c WHERE c.person = $2)`, []any{from, into}},
		{`UPDATE coffee SET person = $2 WHERE person = $1`, []any{from, into}},
		{`DELETE FROM persons WHERE id = $1`, []any{from}},
	} {
		if _, err := t.exec(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// Unlink implements profile.Store.
func (s *Store) Unlink(ctx context.Context, account string) error {
	return s.transaction(ctx, func(tx *tx) error {
		before, err := tx.personOf(ctx, account)
		if err != nil {
			return err
		}
		person, err := tx.newPerson(ctx, account, time.UnixMilli(0))
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE accounts SET person = $2 WHERE account = $1`, account, person); err != nil {
			return err
		}
		if _, err = tx.exec(ctx, `UPDATE coffee SET account = COALESCE((SELECT MIN(account) FROM accounts WHERE person = $1), '') WHERE person = $1 AND account = $2`, before, account); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE persons SET home = COALESCE((SELECT MIN(account) FROM accounts WHERE person = $1), '') WHERE id = $1 AND home = $2`, before, account)
		return err
	})
}

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}
