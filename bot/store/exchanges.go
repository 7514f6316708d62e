package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"liaison/bot/commands"
)

var _ commands.Store = (*Store)(nil)

const exchangeColumns = `id, platform, workspace, room, message, conversation, account, command, audience, private, question, answer, path, at`

// KeepExchange implements commands.Store.
func (s *Store) KeepExchange(ctx context.Context, x commands.Exchange) error {
	audience, err := x.Audience.MarshalText()
	if err != nil {
		return fmt.Errorf("keep an exchange: %w", err)
	}
	_, err = s.exec(ctx, "keep an exchange",
		`INSERT INTO exchanges (`+exchangeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		 ON CONFLICT (id) DO UPDATE SET audience = excluded.audience, private = excluded.private, question = excluded.question,
		 answer = excluded.answer, path = excluded.path, at = excluded.at`,
		x.ID, x.Platform, x.Workspace, x.Room, x.Message, x.Conversation, x.Account, x.Command, string(audience), number(x.Private),
		x.Question, x.Answer, x.Path, millis(x.At))
	return err
}

func scanExchange(row scanner) (commands.Exchange, error) {
	var x commands.Exchange
	var audience string
	var private, at int64
	err := row.Scan(&x.ID, &x.Platform, &x.Workspace, &x.Room, &x.Message, &x.Conversation, &x.Account, &x.Command,
		&audience, &private, &x.Question, &x.Answer, &x.Path, &at)
	if err != nil {
		return x, err
	}
	x.Private, x.At = private == 1, fromMillis(at)
	return x, x.Audience.UnmarshalText([]byte(audience))
}

// Exchange implements commands.Store.
func (s *Store) Exchange(ctx context.Context, id string) (commands.Exchange, error) {
	return one(ctx, s, "read an exchange", commands.ErrNotFound, scanExchange, `SELECT `+exchangeColumns+` FROM exchanges WHERE id = $1`, id)
}

// Conversation implements commands.Store.
func (s *Store) Conversation(ctx context.Context, conversation string, since time.Time, most int) ([]commands.Exchange, error) {
	newest, err := list(ctx, s, "read a conversation", scanExchange,
		`SELECT `+exchangeColumns+` FROM exchanges WHERE conversation = $1 AND at >= $2 ORDER BY at DESC, id DESC LIMIT $3`,
		conversation, millis(since), most)
	slices.Reverse(newest)
	return newest, err
}

// Asked implements commands.Store.
func (s *Store) Asked(ctx context.Context, account string, most int) ([]commands.Exchange, error) {
	return list(ctx, s, "read what a person asked", scanExchange,
		`SELECT `+exchangeColumns+` FROM exchanges WHERE account = $1 ORDER BY at DESC, id DESC LIMIT $2`, account, most)
}

// Reword implements commands.Store.
func (s *Store) Reword(ctx context.Context, m commands.MessageID, question string) error {
	_, err := s.exec(ctx, "reword a question",
		`UPDATE exchanges SET question = $1 WHERE platform = $2 AND workspace = $3 AND room = $4 AND message = $5 AND message <> ''`,
		question, m.Platform, m.Workspace, m.Room, m.Message)
	return err
}

// DropMessage implements commands.Store.
func (s *Store) DropMessage(ctx context.Context, m commands.MessageID) error {
	_, err := s.exec(ctx, "drop a deleted message",
		`DELETE FROM exchanges WHERE platform = $1 AND workspace = $2 AND room = $3 AND message = $4 AND message <> ''`,
		m.Platform, m.Workspace, m.Room, m.Message)
	return err
}

// Meet implements commands.Store.
func (s *Store) Meet(ctx context.Context, account, event string, at time.Time) (bool, error) {
	if _, err := s.exec(ctx, "meet a person", `INSERT INTO met (account, event, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, account, event, millis(at)); err != nil {
		return false, err
	}
	text := func(row scanner) (text string, err error) {
		err = row.Scan(&text)
		return text, err
	}
	first, err := one(ctx, s, "meet a person", ErrNotFound, text, `SELECT event FROM met WHERE account = $1`, account)
	return first == event, err
}

// Record implements commands.Store.
func (s *Store) Record(ctx context.Context, account, action, outcome string, at time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "record what an admin did", `INSERT INTO audit (id, at, account, action, outcome) VALUES ($1, $2, $3, $4, $5)`,
		id.String(), millis(at), account, action, outcome)
	return err
}
