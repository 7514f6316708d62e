package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"liaison/bot/access"
	"liaison/bot/inquiry"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

var (
	_ inquiry.Store = (*Store)(nil)
	_ inquiry.Tx    = inquiryTx{}
)

// DoInquiry implements inquiry.Store.
func (s *Store) DoInquiry(ctx context.Context, do func(inquiry.Tx) error) error {
	err := s.transaction(ctx, func(tx *tx) error { return do(inquiryTx{introTx{tx}}) })
	s.wake()
	return err
}

// inquiryTx is what a transaction can do for inquiries: some of it is the same for introductions.
type inquiryTx struct{ introTx }

const inquiryColumns = `id, state, asker, account, name, organisation, named, question, seen, audience, place, consent, stopping, at, agreed_at, until, ended_at`

func scanInquiry(row scanner) (inquiry.Inquiry, error) {
	var x inquiry.Inquiry
	var state, seen, audience, place string
	var named, stopping, at, agreed, until, ended int64
	err := row.Scan(&x.ID, &state, &x.Asker.Person, &x.Asker.Account, &x.Asker.Name, &x.Asker.Organisation, &named, &x.Question,
		&seen, &audience, &place, &x.Consent, &stopping, &at, &agreed, &until, &ended)
	if err != nil {
		return x, err
	}
	x.State, x.Named, x.Stopping = inquiry.State(state), named == 1, stopping == 1
	x.At, x.Agreed, x.Until, x.Ended = fromMillis(at), orNever(agreed), fromMillis(until), orNever(ended)
	return x, errors.Join(x.Seen.UnmarshalText([]byte(seen)), x.Audience.UnmarshalText([]byte(audience)), json.Unmarshal([]byte(place), &x.Place))
}

const turnColumns = `person, account, name, organisation, state, quiet, later, asked_at, until, text, source, named, consent, answered_at`

func scanTurn(row scanner) (inquiry.Turn, error) {
	var t inquiry.Turn
	var state string
	var quiet, later, asked, until, named, answered int64
	err := row.Scan(&t.Person, &t.Account, &t.Name, &t.Organisation, &state, &quiet, &later, &asked, &until, &t.Text, &t.Source, &named, &t.Consent, &answered)
	t.State, t.Quiet, t.Later, t.Named = inquiry.TurnState(state), quiet == 1, later == 1, named == 1
	t.Asked, t.Until, t.Answered = orNever(asked), orNever(until), orNever(answered)
	return t, err
}

// Inquiry implements inquiry.Tx.
func (t inquiryTx) Inquiry(ctx context.Context, id string) (inquiry.Inquiry, error) {
	x, err := first(ctx, t, scanInquiry, `SELECT `+inquiryColumns+` FROM inquiries WHERE id = $1`, id)
	if errors.Is(err, ErrNotFound) {
		return x, inquiry.ErrNotFound
	}
	if err != nil {
		return x, err
	}
	x.Turns, err = rows(ctx, t, scanTurn, `SELECT `+turnColumns+` FROM inquiry_turns WHERE inquiry = $1 ORDER BY turn`, id)
	return x, err
}

// KeepInquiry implements inquiry.Tx.
func (t inquiryTx) KeepInquiry(ctx context.Context, x inquiry.Inquiry) error {
	seen, err := x.Seen.MarshalText()
	if err != nil {
		return err
	}
	audience, err := x.Audience.MarshalText()
	if err != nil {
		return err
	}
	place, err := json.Marshal(x.Place)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO inquiries (`+inquiryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, named = excluded.named, consent = excluded.consent, stopping = excluded.stopping,
		agreed_at = excluded.agreed_at, until = excluded.until, ended_at = excluded.ended_at`,
		x.ID, string(x.State), x.Asker.Person, x.Asker.Account, x.Asker.Name, x.Asker.Organisation, number(x.Named), x.Question, string(seen), string(audience),
		string(place), x.Consent, number(x.Stopping), millis(x.At), orZero(x.Agreed), millis(x.Until), orZero(x.Ended))
	for i, turn := range x.Turns {
		if err == nil {
			err = t.keepTurn(ctx, x.ID, i, turn)
		}
	}
	return err
}

func (t inquiryTx) keepTurn(ctx context.Context, id string, i int, turn inquiry.Turn) error {
	_, err := t.exec(ctx, `INSERT INTO inquiry_turns (inquiry, turn, `+turnColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (inquiry, turn) DO UPDATE SET person = excluded.person, state = excluded.state, quiet = excluded.quiet, later = excluded.later,
		asked_at = excluded.asked_at, until = excluded.until, text = excluded.text, source = excluded.source, named = excluded.named,
		consent = excluded.consent, answered_at = excluded.answered_at`,
		id, i, turn.Person, turn.Account, turn.Name, turn.Organisation, string(turn.State), number(turn.Quiet), number(turn.Later), orZero(turn.Asked),
		orZero(turn.Until), turn.Text, turn.Source, number(turn.Named), turn.Consent, orZero(turn.Answered))
	return err
}

// Welcomes implements inquiry.Tx. What others were asked, by whatever name, is counted together.
func (t inquiryTx) Welcomes(ctx context.Context, person, besides string, since time.Time) (bool, error) {
	p, err := t.person(ctx, person)
	if errors.Is(err, profile.ErrNotFound) || err == nil && !p.TakesQuestions() {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	asked, err := t.askedSince(ctx, person, besides, since)
	return asked < p.Budget, err
}

// askedSince counts how often a person was asked something, besides one thing.
func (t *tx) askedSince(ctx context.Context, person, besides string, since time.Time) (int, error) {
	n, err := first(ctx, t, scanNumber, `SELECT
		(SELECT COUNT(*) FROM introductions WHERE id <> $2 AND asked_at > $3 AND `+askedAbout+`) +
		(SELECT COUNT(*) FROM inquiry_turns WHERE person = $1 AND inquiry <> $2 AND asked_at > $3 AND quiet = 0 AND state <> 'skipped')`, person, besides, millis(since))
	return int(n), err
}

// CountInquiries implements inquiry.Tx.
func (t inquiryTx) CountInquiries(ctx context.Context, asker, question, besides string, since time.Time) (inquiry.Counts, error) {
	var c inquiry.Counts
	for _, count := range []struct {
		into  *int
		where string
		args  []any
	}{
		{&c.Open, `state IN ('asking', 'answered')`, nil},
		{&c.Week, `agreed_at > $3`, []any{millis(since)}},
		{&c.Same, `state IN ('asking', 'answered') AND stopping = 0 AND question = $3`, []any{question}},
	} {
		n, err := first(ctx, t, scanNumber, `SELECT COUNT(*) FROM inquiries WHERE asker = $1 AND id <> $2 AND `+count.where, append([]any{asker, besides}, count.args...)...)
		if err != nil {
			return c, err
		}
		*count.into = int(n)
	}
	return c, nil
}

// TellOf implements inquiry.Tx.
func (t inquiryTx) TellOf(ctx context.Context, m inquiry.Tell) error {
	return t.tell(ctx, outbox.Item{Key: m.Key, Lane: m.Lane, Kind: m.Kind, Subject: m.Subject, Part: m.Part, Account: m.Account, Due: m.Due})
}

// OpenInquiries implements inquiry.Store.
func (s *Store) OpenInquiries(ctx context.Context, person string) (all []inquiry.Inquiry, err error) {
	err = s.transaction(ctx, func(tx *tx) error {
		all = nil
		ids, err := rows(ctx, tx, scanText, `SELECT id FROM inquiries WHERE state IN ('asking', 'answered') AND stopping = 0 AND
			(asker = $1 OR id IN (SELECT inquiry FROM inquiry_turns WHERE person = $1 AND state IN ('asked', 'silent') AND quiet = 0)) ORDER BY at DESC, id`, person)
		for _, id := range ids {
			x, err := inquiryTx{introTx{tx}}.Inquiry(ctx, id)
			if err != nil {
				return err
			}
			all = append(all, x)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read a person's inquiries: %w", err)
	}
	return all, nil
}

// InquiriesOf implements inquiry.Store.
func (s *Store) InquiriesOf(ctx context.Context, person string) ([]string, error) {
	return list(ctx, s, "read what a person asked and was asked", scanText,
		`SELECT id FROM inquiries WHERE asker = $1 OR id IN (SELECT inquiry FROM inquiry_turns WHERE person = $1) ORDER BY id`, person)
}

// InquiryBySource implements inquiry.Store.
func (s *Store) InquiryBySource(ctx context.Context, source string) (string, error) {
	if source == "" {
		return "", inquiry.ErrNotFound
	}
	return one(ctx, s, "read what a message answered", inquiry.ErrNotFound, scanText, `SELECT inquiry FROM inquiry_turns WHERE source = $1`, source)
}

// DueInquiries implements inquiry.Store.
func (s *Store) DueInquiries(ctx context.Context, now time.Time) ([]string, error) {
	return list(ctx, s, "read the inquiries that are due", scanText, `SELECT id FROM inquiries
		WHERE state IN ('draft', 'asking', 'answered') AND until <= $1 OR stopping = 1
		OR state = 'asking' AND id IN (SELECT inquiry FROM inquiry_turns WHERE state IN ('due', 'asked') AND until <= $1) ORDER BY id`, millis(now))
}

// HelpfulAnswers implements inquiry.Store.
//
// SECURITY: the audience is part of the query, so what it may not know of is not even read. An answer
// without a name speaks for nobody, and nobody speaks for themselves.
func (s *Store) HelpfulAnswers(ctx context.Context, who access.Audience) ([]inquiry.Help, error) {
	within := []any{who.String(), access.Audience{}.String()}
	for _, v := range visibilities(who) {
		within = append(within, string(v))
	}
	return list(ctx, s, "read the answers that helped", func(row scanner) (h inquiry.Help, err error) {
		var at int64
		err = row.Scan(&h.Person, &h.Question, &at)
		h.At = fromMillis(at)
		return h, err
	}, `SELECT t.person, x.question, t.answered_at FROM inquiry_turns t JOIN inquiries x ON x.id = t.inquiry
		WHERE t.state = 'helped' AND t.named = 1 AND t.person <> x.asker AND x.question <> '' AND x.audience IN ($1`+numbered(2, len(within))+`)
		ORDER BY t.answered_at, x.id`, within...)
}

// forgetInquiries erases a person's part in inquiries: what they asked whole, and what they answered.
func (t *tx) forgetInquiries(ctx context.Context, person string) (n int64, err error) {
	for _, query := range []string{
		`UPDATE inquiries SET asker = '', account = '', name = '', organisation = '', question = '', consent = '', place = '{}' WHERE asker = $1`,
		`UPDATE inquiry_turns SET person = '', account = '', name = '', organisation = '', text = '', source = '', consent = '', named = 0 WHERE person = $1`,
	} {
		changed, err := t.exec(ctx, query, person)
		if err != nil {
			return n, err
		}
		n += changed
	}
	return n, nil
}

// goneInquiries ends what people of a workspace that is gone had asked, and their turns; Sweep tells the rest.
func (t *tx) goneInquiries(ctx context.Context) error {
	for _, query := range []string{
		`UPDATE inquiries SET stopping = CASE WHEN state IN ('draft', 'asking', 'answered') THEN 1 ELSE 0 END, question = '', name = '', consent = ''
			WHERE asker <> '' AND asker NOT IN (SELECT id FROM persons)`,
		`UPDATE inquiry_turns SET text = '', name = '', consent = '', named = 0, until = 1, state = CASE WHEN state = 'listed' THEN 'skipped' ELSE state END
			WHERE person <> '' AND person NOT IN (SELECT id FROM persons)`,
	} {
		if _, err := t.exec(ctx, query); err != nil {
			return err
		}
	}
	return nil
}
