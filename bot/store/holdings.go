package store

import (
	"context"
	"fmt"
	"time"

	"liaison/bot/commands"
	"liaison/bot/records"
)

// holding says what a table holds, who is handed it, and when it goes. Every table and every column of the
// database stands in [holdings]: a test walks the schema and fails for one that does not, fills every row
// of a person with words that are nowhere else, and looks for them after an export and after an erasure.
type holding struct {
	table string
	what  string // as a person reads it; "" for what is about nobody

	// The columns, by what they hold, parted by spaces.
	words  string // what somebody wrote, or is called: handed over by an export, gone with an erasure
	who    string // accounts, and rooms that may be one person's: gone with an erasure
	person string // ids of persons: gone with an erasure
	hashed string // hashes and encrypted bytes, that say nothing to who reads them
	plain  string // ids of rows and messages, states, times and numbers

	shown []shown  // what an export hands over
	kept  string   // for how long, as a person reads it; made of expire where it is ""
	goes  []expiry // what removes it, by itself
}

// shown is one part of an export: what it is, and how it is found, by account ($1) or by person ($2); a
// query uses one of the two.
type shown struct{ what, byAccount, byPerson string }

// expiry is a statement that removes, or empties, what is older than a time ($1).
type expiry struct {
	after time.Duration
	query string
}

const untilForgotten = "until you say “forget me”"

// coffeeState is how far a coffee has come, for either of its two: neither learns who said no.
const coffeeState = `CASE WHEN state IN ('connected', 'closed') THEN state ELSE 'proposed, or did not come about' END AS state`

// holdings is what is held. Of an introduction each sees their own part, and who asked does not learn
// from it who said no, or when. A coffee that was never proposed to somebody is not shown to them: that it
// was not says that the other said no first.
//
//nolint:gochecknoglobals // a table
var holdings = []holding{
	{
		table: "exchanges", what: "What you asked, and what I answered; then it is only counted",
		words: "question answer", who: "account conversation room message",
		plain: "id platform workspace command audience private path at",
		shown: []shown{{what: "questions and answers", byAccount: `SELECT at, question, answer, command, audience, path, conversation, room, message FROM exchanges WHERE account = $1 ORDER BY at`}},
		goes: []expiry{
			{records.Questions, `INSERT INTO counts (week, command, n) SELECT at - at % 604800000, command, COUNT(*) FROM exchanges WHERE at < $1 GROUP BY 1, 2
				ON CONFLICT (week, command) DO UPDATE SET n = counts.n + excluded.n`},
			{records.Questions, `DELETE FROM exchanges WHERE at < $1`},
		},
	},
	{
		table: "votes", what: "Your votes on answers, and the reasons you chose",
		words: "reason path", who: "account", plain: "exchange helpful at",
		shown: []shown{{what: "votes", byAccount: `SELECT at, exchange, helpful, reason, path FROM votes WHERE account = $1 ORDER BY at`}},
		goes:  []expiry{{records.Votes, `DELETE FROM votes WHERE at < $1`}},
	},
	{
		table: "met", what: "That I have told you what I keep", who: "account", plain: "event at",
		shown: []shown{{what: "first meeting", byAccount: `SELECT at FROM met WHERE account = $1`}},
		goes:  []expiry{{records.Meetings, `DELETE FROM met WHERE at < $1`}},
	},
	{
		table: "events", what: "The ids of your messages, so that none is answered twice; their words until they are answered, encrypted",
		who: "account conversation", hashed: "sealed", plain: "id platform workspace event_id also_id state ref at owner",
		shown: []shown{{what: commands.HeldIDs, byAccount: `SELECT at, platform, workspace, event_id, state, conversation FROM events WHERE account = $1 ORDER BY at`}},
		goes:  []expiry{{records.Events, `DELETE FROM events WHERE state = 'done' AND at < $1`}},
	},
	{
		table: "persons", what: "Your profile", kept: untilForgotten,
		words: "knows zone hours consent", who: "home", person: "id", plain: "reach budget listed no_questions at listed_at",
		shown: []shown{{what: "profile", byPerson: `SELECT home, knows, zone, hours, reach, budget, listed, consent, no_questions, at, listed_at FROM persons WHERE id = $1`}},
	},
	{
		table: "accounts", what: "Your accounts, as the platform names you", kept: untilForgotten,
		words: "name organisation zone", who: "account", person: "person", plain: "at",
		shown: []shown{{what: "accounts", byPerson: `SELECT account, name, organisation, zone, at FROM accounts WHERE person = $1 ORDER BY account`}},
	},
	{
		table: "link_codes", what: "A code that links two accounts, as a hash", who: "account", hashed: "hash", plain: "until", kept: "15 minutes",
		shown: []shown{{what: "link codes", byAccount: `SELECT until FROM link_codes WHERE account = $1`}},
		goes:  []expiry{{0, `DELETE FROM link_codes WHERE until < $1`}},
	},
	{
		table: "introductions", what: "Your introductions: with whom, what each agreed to, whether it helped, once they are over",
		words: "topic sides", person: "asker helper", plain: "id kind state quiet grouped stopping stopped_by times told at asked_at until ended_at",
		shown: []shown{
			{what: "introductions you asked for", byPerson: `SELECT id, topic, sides AS asker_part, at, asked_at,
				CASE WHEN state IN ('draft', 'connected', 'closed', 'withdrawn') THEN state ELSE 'asked, or did not come about' END AS state
				FROM introductions WHERE asker = $1 AND kind <> 'coffee' ORDER BY at`},
			{what: "introductions you were asked for", byPerson: `SELECT id, state, topic, sides AS helper_part, asked_at, ended_at
				FROM introductions WHERE helper = $1 AND quiet = 0 AND asked_at > 0 AND kind <> 'coffee' ORDER BY at`},
			{what: "coffees proposed to you", byPerson: `SELECT id, sides AS asker_part, asked_at, ` + coffeeState + ` FROM introductions WHERE asker = $1 AND kind = 'coffee' AND told IN (1, 3) ORDER BY at`},
			{what: "coffees proposed to you", byPerson: `SELECT id, sides AS helper_part, asked_at, ` + coffeeState + ` FROM introductions WHERE helper = $1 AND kind = 'coffee' AND told IN (2, 3) ORDER BY at`},
		},
		goes: []expiry{
			{records.Introductions, `DELETE FROM introductions WHERE ended_at > 0 AND ended_at < $1`},
			{records.Relayed, `UPDATE introductions SET topic = '' WHERE ended_at > 0 AND ended_at < $1 AND topic <> ''`},
		},
	},
	{
		table: "relayed", what: "What I passed on between you and somebody, and what it was about, once it is over",
		words: "text files", plain: "source introduction side said gone told at",
		shown: []shown{{what: "messages passed on", byPerson: `SELECT r.introduction, r.text, r.files, r.said FROM relayed r JOIN introductions i ON i.id = r.introduction
			WHERE r.gone = 0 AND (i.asker = $1 AND r.side = 0 OR i.helper = $1 AND r.side = 1) ORDER BY r.said`}},
		goes: []expiry{{records.Relayed, `DELETE FROM relayed WHERE introduction NOT IN (SELECT id FROM introductions)
			OR introduction IN (SELECT id FROM introductions WHERE ended_at > 0 AND ended_at < $1)`}},
	},
	{
		table: "coffee", what: "That you would like a coffee with somebody, once it has run out or come about",
		words: "consent", who: "account", person: "person", plain: "at until introduction missed told",
		shown: []shown{{what: "your place in the queue for coffee", byPerson: `SELECT account, consent, at, until, missed FROM coffee WHERE person = $1`}},
		goes:  []expiry{{records.Relayed, `DELETE FROM coffee WHERE until < $1`}},
	},
	{
		table: "inquiries", what: "Questions you put to people, once they are closed; what a named answer helped with for a year",
		words: "name organisation question consent", who: "account place", person: "asker",
		plain: "id state named seen audience stopping at agreed_at until ended_at",
		shown: []shown{{what: "questions you put to people", byPerson: `SELECT id, state, name, organisation, question, named, consent, at, agreed_at, ended_at
			FROM inquiries WHERE asker = $1 ORDER BY at`}},
		goes: []expiry{
			{records.Relayed, `UPDATE inquiries SET name = '', organisation = '', account = '', place = '{}' WHERE account <> '' AND ended_at > 0 AND ended_at < $1`},
			{records.Relayed, `UPDATE inquiries SET question = '', consent = '' WHERE consent <> '' AND ended_at > 0 AND ended_at < $1 AND id NOT IN
				(SELECT inquiry FROM inquiry_turns WHERE state = 'helped' AND named = 1)`},
			{records.Introductions, `DELETE FROM inquiries WHERE ended_at > 0 AND ended_at < $1`},
		},
	},
	{
		table: "inquiry_turns", what: "Questions you were asked, and your answers, once they are closed; for a year, that a named answer helped",
		words: "name organisation text consent", who: "account source", person: "person",
		plain: "inquiry turn state quiet later asked_at until named answered_at",
		shown: []shown{{what: "questions you were asked", byPerson: `SELECT inquiry, state, name, organisation, text, named, consent, asked_at, answered_at
			FROM inquiry_turns WHERE person = $1 AND quiet = 0 AND state NOT IN ('listed', 'due', 'skipped') ORDER BY asked_at`}},
		goes: []expiry{
			{records.Relayed, `UPDATE inquiry_turns SET text = '', name = '', organisation = '', account = '', source = '', consent = CASE WHEN state = 'helped' AND named = 1 THEN consent ELSE '' END
				WHERE account <> '' AND (inquiry NOT IN (SELECT id FROM inquiries) OR inquiry IN (SELECT id FROM inquiries WHERE ended_at > 0 AND ended_at < $1))`},
			{records.Introductions, `DELETE FROM inquiry_turns WHERE inquiry NOT IN (SELECT id FROM inquiries)
				OR inquiry IN (SELECT id FROM inquiries WHERE ended_at > 0 AND ended_at < $1)`},
		},
	},
	{
		table: "blocks", what: "Whom you keep away, as hashes", person: "by_person salt", hashed: "blocked", plain: "at", kept: untilForgotten,
		shown: []shown{{what: "people you keep away, as hashes", byPerson: `SELECT blocked, at FROM blocks WHERE by_person = $1 ORDER BY at`}},
	},
	{
		table: "outbox", what: "What I have told you: when and of what kind, not the words",
		who: "account", plain: "id key lane kind subject part due state ref message tries doubt fence until",
		shown: []shown{{what: "what you were told", byAccount: `SELECT kind, subject, due, state FROM outbox WHERE account = $1 AND state IN ('sending', 'sent', 'unknown') ORDER BY id`}},
		goes:  []expiry{{records.Sent, `DELETE FROM outbox WHERE due < $1 AND state NOT IN ('waiting', 'sending')`}},
	},
	{
		table: "audit", what: "What you did as an admin; a year, under a hash once you are forgotten",
		who: "account", plain: "id action outcome at",
		shown: []shown{{what: "admin actions", byAccount: `SELECT at, action, outcome FROM audit WHERE account = $1 ORDER BY at`}},
		goes:  []expiry{{records.Audit, `DELETE FROM audit WHERE at < $1`}},
	},
	{
		table: "ledger", what: "That you were erased, as a keyed hash, so that a restored backup is purged again", hashed: "hash", plain: "at",
		goes: []expiry{{records.Ledger, `DELETE FROM ledger WHERE at < $1`}},
	},
	{
		table: "records", what: "With RECORDS=us-federal: what you erased, sealed", hashed: "sealed", plain: "id at",
		kept: "until the records officer has exported it",
	},
	{table: "counts", plain: "week command n"},
	{table: "memory", plain: "key value"}, // of adapters: how often they connected, up to where they have read
	{table: "servers", plain: "id until", goes: []expiry{{records.Turns, `DELETE FROM servers WHERE until < $1`}}},
	{table: "commits", plain: "id at", goes: []expiry{{records.Commits, `DELETE FROM commits WHERE at < $1`}}},
	{table: "turns", plain: "job slot fence until done", goes: []expiry{{records.Turns, `DELETE FROM turns WHERE slot < $1`}}},
}

// Expire removes what is older than it is kept. Doing it twice, or by several replicas at once, does no
// more than doing it once.
func (s *Store) Expire(ctx context.Context, now time.Time) error {
	for _, h := range holdings {
		err := s.transaction(ctx, func(tx *tx) error {
			for _, e := range h.goes {
				if _, err := tx.exec(ctx, e.query, millis(now.Add(-e.after))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("remove what is old from %s: %w", h.table, err)
		}
	}
	return s.clean(ctx)
}

// Kept is one thing that is kept of people, as people read it.
type Kept struct{ What, Long string }

// WhatIsKept lists what is kept of people, and for how long.
func WhatIsKept() (all []Kept) {
	for _, h := range holdings {
		if h.what != "" {
			all = append(all, Kept{h.what, h.long()})
		}
	}
	return all
}

func (h holding) long() string {
	if h.kept != "" {
		return h.kept
	}
	return fmt.Sprintf("%d days", records.Days(h.goes[0].after))
}
