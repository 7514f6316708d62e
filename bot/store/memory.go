package store

import (
	"context"

	"liaison/bot/chat"
)

var _ chat.Memory = (*Store)(nil)

// Recall implements chat.Memory.
func (s *Store) Recall(ctx context.Context, key string) ([]byte, error) {
	found, err := list(ctx, s, "recall "+key, func(row scanner) (value []byte, err error) {
		err = row.Scan(&value)
		return value, err
	}, `SELECT value FROM memory WHERE key = $1`, key)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
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
