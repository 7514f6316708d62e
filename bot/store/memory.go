package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"liaison/bot/chat"
)

var _ chat.Memory = (*Store)(nil)

// Recall implements chat.Memory.
func (s *Store) Recall(ctx context.Context, key string) ([]byte, error) {
	var value []byte
	err := s.db.QueryRowContext(ctx, `SELECT value FROM memory WHERE key = $1`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("recall %s: %w", key, err)
	}
	return value, nil
}

// Keep implements chat.Memory.
func (s *Store) Keep(ctx context.Context, key string, value []byte) error {
	if value == nil {
		value = []byte{} // nil is what Recall says of a key that was never kept
	}
	_, err := s.exec(ctx, "keep "+key,
		`INSERT INTO memory (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
