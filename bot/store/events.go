package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"liaison/bot/chat"
	"liaison/bot/inbox"
)

var _ inbox.Store = (*Store)(nil)

// AddEvent implements inbox.Store.
func (s *Store) AddEvent(ctx context.Context, e inbox.Entry) (bool, error) {
	ref, err := json.Marshal(e.Ref)
	if err != nil {
		return false, err
	}
	also := sql.NullString{String: e.AlsoID, Valid: e.AlsoID != ""}
	added, err := s.exec(ctx, "add an event",
		`INSERT INTO events (id, platform, workspace, event_id, also_id, account, conversation, sealed, state, ref, at, owner)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		e.ID, e.Platform, e.Workspace, e.EventID, also, e.Account, e.Conversation, e.Sealed, string(e.State), string(ref), millis(e.At), s.server)
	return added == 1, err
}

const eventColumns = `id, platform, workspace, event_id, also_id, account, conversation, state, ref, at`

// PendingEvents implements inbox.Store.
func (s *Store) PendingEvents(ctx context.Context) ([]inbox.Entry, error) {
	return list(ctx, s, "read the events that wait", func(row scanner) (inbox.Entry, error) { return scanEvent(row) },
		`SELECT `+eventColumns+` FROM events WHERE state <> $1 AND owner = $2 ORDER BY id`, string(inbox.Done), s.server)
}

// Event implements inbox.Store.
func (s *Store) Event(ctx context.Context, id string) (inbox.Entry, error) {
	whole := func(row scanner) (inbox.Entry, error) {
		var sealed []byte
		e, err := scanEvent(row, &sealed)
		e.Sealed = sealed
		return e, err
	}
	return one(ctx, s, "read an event", inbox.ErrNotFound, whole, `SELECT `+eventColumns+`, sealed FROM events WHERE id = $1`, id)
}

func scanEvent(row scanner, more ...any) (inbox.Entry, error) {
	var e inbox.Entry
	var also sql.NullString
	var state, ref string
	var at int64
	fields := []any{&e.ID, &e.Platform, &e.Workspace, &e.EventID, &also, &e.Account, &e.Conversation, &state, &ref, &at}
	if err := row.Scan(append(fields, more...)...); err != nil {
		return inbox.Entry{}, err
	}
	e.AlsoID, e.State, e.At = also.String, inbox.State(state), fromMillis(at)
	return e, json.Unmarshal([]byte(ref), &e.Ref)
}

// MarkEvent implements inbox.Store.
func (s *Store) MarkEvent(ctx context.Context, id string, state inbox.State, ref chat.Ref) error {
	text, err := json.Marshal(ref)
	if err != nil {
		return err
	}
	sealed := `sealed`
	if state == inbox.Done {
		sealed = `NULL`
	}
	marked, err := s.exec(ctx, "mark an event", `UPDATE events SET state = $1, ref = $2, sealed = `+sealed+` WHERE id = $3 AND owner = $4`,
		string(state), string(text), id, s.server)
	if err == nil && marked == 0 {
		err = inbox.ErrTaken
	}
	return err
}
