package store

import (
	"context"
	"fmt"

	"liaison/bot/commands"
	"liaison/bot/inbox"
)

// ForgetWorkspace implements commands.Store. Everybody in it is erased as if they had asked for it: sealed
// where records are kept, noted in the ledger, and with their last account as a person. What they had under
// way with others is ended by the next Sweep, which tells those.
func (s *Store) ForgetWorkspace(ctx context.Context, platform, workspace, event string) error {
	people := likePrefix(platform + ":" + workspace + "/")
	var gone []string
	err := s.transaction(ctx, func(tx *tx) (err error) {
		if gone, err = tx.accountsLike(ctx, people); err != nil {
			return err
		}
		for _, account := range gone {
			if err := s.goWith(ctx, tx, account, people, event); err != nil {
				return err
			}
		}
		if err := s.sealVisitors(ctx, tx, platform, workspace, people, event); err != nil {
			return err
		}
		if err := tx.emptyWorkspace(ctx, platform, workspace, people); err != nil {
			return err
		}
		if err := tx.goneInquiries(ctx); err != nil {
			return err
		}
		return tx.forgetGone(ctx)
	})
	if err != nil {
		return fmt.Errorf("forget a workspace: %w", err)
	}
	s.unclean.Store(true)
	return s.forgot(ctx, gone)
}

// OnlyIn implements commands.PeopleStore.
func (s *Store) OnlyIn(ctx context.Context, platform, workspace string) ([]string, error) {
	return list(ctx, s, "read the people of a workspace", scanText, `SELECT MIN(account) FROM accounts
		WHERE person IN (SELECT asker FROM introductions UNION SELECT helper FROM introductions UNION SELECT asker FROM inquiries UNION SELECT person FROM inquiry_turns)
		GROUP BY person HAVING MIN(CASE WHEN account LIKE $1 ESCAPE '\' THEN 1 ELSE 0 END) = 1 ORDER BY 1`, likePrefix(platform+":"+workspace+"/"))
}

// accountsLike returns the accounts of which anything is held, by the beginning that they share.
func (t *tx) accountsLike(ctx context.Context, people string) ([]string, error) {
	query := ""
	for i, table := range append([]string{"outbox", "link_codes"}, dated...) {
		if i > 0 {
			query += ` UNION `
		}
		query += `SELECT account FROM ` + table + ` WHERE account LIKE $1 ESCAPE '\'`
	}
	return rows(ctx, t, scanText, query+` ORDER BY 1`, people)
}

// goWith does for one account of a workspace that goes what cannot be done for all of them at once.
func (s *Store) goWith(ctx context.Context, tx *tx, account, people, event string) error {
	if s.erasing.Mode.Seals() {
		held, err := tx.heldIn(ctx, account, people)
		if err == nil {
			err = s.sealThis(ctx, tx, account, event, held)
		}
		if err != nil {
			return err
		}
	}
	hash := s.hash(account)
	if _, err := tx.exec(ctx, `UPDATE audit SET account = $2 WHERE account = $1`, account, "erased:"+hash); err != nil || hash == "" {
		return err
	}
	return tx.note(ctx, hash, millis(s.now()))
}

// heldIn reads what goes with an account: all that is held about its person, unless they have an account
// elsewhere too, with which the rest stays.
func (t *tx) heldIn(ctx context.Context, account, people string) (map[string][]map[string]any, error) {
	elsewhere, err := rows(ctx, t, scanText, `SELECT account FROM accounts WHERE account NOT LIKE $2 ESCAPE '\'
		AND person IN (SELECT person FROM accounts WHERE account = $1)`, account, people)
	if err != nil {
		return nil, err
	}
	if len(elsewhere) > 0 {
		return t.heldOf(ctx, "", []string{account})
	}
	return t.held(ctx, account)
}

// sealVisitors seals what people of elsewhere asked in a workspace that goes; it is all of theirs that goes.
func (s *Store) sealVisitors(ctx context.Context, tx *tx, platform, workspace, people, event string) error {
	if !s.erasing.Mode.Seals() {
		return nil
	}
	visitors, err := rows(ctx, tx, scanText, `SELECT DISTINCT account FROM exchanges WHERE platform = $1 AND workspace = $2
		AND account NOT LIKE $3 ESCAPE '\' ORDER BY account`, platform, workspace, people)
	if err != nil {
		return err
	}
	for _, account := range visitors {
		held := map[string][]map[string]any{}
		for what, query := range map[string]string{
			"questions and answers": `SELECT at, question, answer, command, audience, path, conversation, room, message FROM exchanges
				WHERE platform = $1 AND workspace = $2 AND account = $3 ORDER BY at`,
			"votes": `SELECT at, exchange, helpful, reason, path FROM votes
				WHERE exchange IN (SELECT id FROM exchanges WHERE platform = $1 AND workspace = $2) AND account = $3 ORDER BY at`,
		} {
			found, err := tx.asMaps(ctx, query, platform, workspace, account)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				held[what] = found
			}
		}
		if err := s.sealThis(ctx, tx, account, event, held); err != nil {
			return err
		}
	}
	return nil
}

// emptyWorkspace erases what stands under the accounts of a workspace, and ends what its people have under way.
func (t *tx) emptyWorkspace(ctx context.Context, platform, workspace, people string) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM votes WHERE account LIKE $3 ESCAPE '\' OR exchange IN (SELECT id FROM exchanges WHERE platform = $1 AND workspace = $2)`, []any{platform, workspace, people}},
		{`DELETE FROM exchanges WHERE account LIKE $3 ESCAPE '\' OR platform = $1 AND workspace = $2`, []any{platform, workspace, people}},
		{`DELETE FROM met WHERE account LIKE $1 ESCAPE '\'`, []any{people}},
		{`DELETE FROM link_codes WHERE account LIKE $1 ESCAPE '\'`, []any{people}},
		{`UPDATE persons SET listed = 0, consent = '', at = at + 1 WHERE home LIKE $1 ESCAPE '\'`, []any{people}},
		{`DELETE FROM coffee WHERE account LIKE $1 ESCAPE '\'`, []any{people}},
		{`DELETE FROM accounts WHERE account LIKE $1 ESCAPE '\'`, []any{people}},
		{`DELETE FROM persons WHERE id NOT IN (SELECT person FROM accounts)`, nil},
		{`DELETE FROM outbox WHERE account LIKE $1 ESCAPE '\' OR subject LIKE $1 ESCAPE '\'`, []any{people}},
		{`UPDATE introductions SET stopping = 'closed',
			stopped_by = CASE WHEN helper NOT IN (SELECT id FROM persons) THEN 1 ELSE 0 END WHERE state IN ('draft', 'proposed', 'connected') AND stopping = ''
			AND (asker NOT IN (SELECT id FROM persons) OR helper NOT IN (SELECT id FROM persons))`, nil},
		{`UPDATE events SET account = '', conversation = '', ref = '{}', sealed = NULL, state = $4 WHERE account LIKE $3 ESCAPE '\' OR platform = $1 AND workspace = $2`,
			[]any{platform, workspace, people, string(inbox.Done)}},
	} {
		if _, err := t.exec(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// forgetGone erases the part in what others have a part in too, of everybody who is a person no more.
func (t *tx) forgetGone(ctx context.Context) error {
	gone, err := rows(ctx, t, scanText, `SELECT person FROM (SELECT asker AS person FROM introductions UNION SELECT helper FROM introductions
		UNION SELECT asker FROM inquiries UNION SELECT person FROM inquiry_turns UNION SELECT by_person FROM blocks) parts
		WHERE person <> '' AND person NOT IN (SELECT id FROM persons) ORDER BY person`)
	if err != nil {
		return err
	}
	for _, person := range gone {
		if err := t.forgetPerson(ctx, person, new(commands.Forgotten)); err != nil {
			return err
		}
	}
	return nil
}
