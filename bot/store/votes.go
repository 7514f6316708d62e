package store

import (
	"context"
	"strings"
	"time"

	"liaison/bot/feedback"
)

var _ feedback.Store = (*Store)(nil)

// KeepVote implements feedback.Store.
func (s *Store) KeepVote(ctx context.Context, v feedback.Vote) error {
	_, err := s.exec(ctx, "keep a vote",
		`INSERT INTO votes (exchange, account, helpful, reason, path, at) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (exchange, account) DO UPDATE SET helpful = excluded.helpful, reason = excluded.reason, at = excluded.at`,
		v.Exchange, v.Account, number(v.Helpful), string(v.Reason), v.Path, millis(v.At))
	return err
}

// Votes implements feedback.Store.
func (s *Store) Votes(ctx context.Context, since time.Time) ([]feedback.Vote, error) {
	return list(ctx, s, "read the votes", scanVote,
		`SELECT exchange, account, helpful, reason, path, at FROM votes WHERE at >= $1 ORDER BY at, exchange, account`, millis(since))
}

func scanVote(row scanner) (feedback.Vote, error) {
	var v feedback.Vote
	var reason string
	var helpful, at int64
	err := row.Scan(&v.Exchange, &v.Account, &helpful, &reason, &v.Path, &at)
	v.Helpful, v.Reason, v.At = helpful == 1, feedback.Reason(reason), fromMillis(at)
	return v, err
}

// likePrefix makes a pattern for LIKE … ESCAPE '\' of all that begins with a text.
func likePrefix(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
