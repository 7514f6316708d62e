package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
)

// engine is what SQLite and PostgreSQL do differently. Transactions are serialisable on both: on
// SQLite as there is one connection, on PostgreSQL by asking for it and doing again what was undone.
type engine struct {
	dialect   goose.Dialect
	isolation sql.IsolationLevel
	migrating func(context.Context, *sql.DB) ([]goose.ProviderOption, error)
	marks     bool             // transactions leave marks, as the reply to a commit can be lost
	passing   func(error) bool // what met the error may be tried again
	close     func(*sql.DB) error
	clean     func(context.Context, *sql.DB) error // lets no bytes stay of what was erased
}

var sqlite = engine{
	dialect:   goose.DialectSQLite3,
	migrating: func(context.Context, *sql.DB) ([]goose.ProviderOption, error) { return nil, nil },
	passing:   func(error) bool { return false },
	close:     closeSQLite,
	clean:     cleanSQLite,
}

var postgres = engine{
	dialect: goose.DialectPostgres, isolation: sql.LevelSerializable,
	migrating: oneAtATime, passing: pgPassing, marks: true,
	close: (*sql.DB).Close,
	clean: func(context.Context, *sql.DB) error { return nil }, // its own vacuum does, and its files are not ours to see
}

// How long a database that is away is waited for, and how often it is tried.
const (
	patience   = 15 * time.Second
	firstPause = 20 * time.Millisecond
	longPause  = 200 * time.Millisecond
)

// patiently does work until it succeeds, is refused, or patience or ctx ends. It must be work that may be
// done again.
func (s *Store) patiently(ctx context.Context, work func(context.Context) error) error {
	begun, pause := time.Now(), firstPause
	for {
		err := work(ctx)
		if err == nil || !s.engine.passing(err) || time.Since(begun) > patience {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		pause = min(2*pause, longPause)
	}
}

// transaction does all of what do does, once, or none of it. On PostgreSQL do may be called several
// times: when two transactions met, or a connection was lost. Each begins by leaving a mark of its own,
// the same one however often it is tried. When an earlier try was committed after all, and only its reply
// lost, the mark is there and nothing is done again; when that try is still under way, PostgreSQL lets
// this one wait for its end. (The number of a transaction would not do: after a crash numbers that were
// not written yet are given out again.)
func (s *Store) transaction(ctx context.Context, do func(*tx) error) error {
	mark := uuid.NewString()
	return s.patiently(ctx, func(ctx context.Context) error {
		begun, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: s.engine.isolation})
		if err != nil {
			return err
		}
		fresh := true
		if s.engine.marks {
			fresh, err = leaveMark(ctx, begun, mark)
		}
		if err == nil && fresh {
			err = do(&tx{begun})
		}
		if err != nil || !fresh {
			_ = begun.Rollback() // what went wrong is err; a rollback that fails too adds nothing
			return err
		}
		return begun.Commit()
	})
}

// leaveMark reports whether no try of the transaction was committed before.
func leaveMark(ctx context.Context, begun *sql.Tx, mark string) (bool, error) {
	result, err := begun.ExecContext(ctx, `INSERT INTO commits (id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, mark, millis(time.Now()))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// tx is a transaction under way. Within one, only it may be used: SQLite has one connection.
type tx struct{ *sql.Tx }

// exec runs one statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.ExecContext(ctx, query, storable(args)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// exec runs one statement; doing says what it was for, in the error.
func (s *Store) exec(ctx context.Context, doing, query string, args ...any) (changed int64, err error) {
	err = s.transaction(ctx, func(tx *tx) (err error) {
		changed, err = tx.exec(ctx, query, args...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// rows reads rows by a function that scans one.
func rows[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	found, err := q.QueryContext(ctx, query, storable(args)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // its error is that of found.Err
	var all []T
	for found.Next() {
		one, err := scan(found)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, found.Err()
}

// first reads the first row; ErrNotFound when there is none.
func first[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	all, err := rows(ctx, q, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// list reads rows outside of transactions; doing says what for, in the error.
func list[T any](ctx context.Context, s *Store, doing string, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = s.patiently(ctx, func(ctx context.Context) (err error) {
		all, err = rows(ctx, s.db, scan, query, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}

// one reads one row outside of transactions; missing is the error when there is none.
func one[T any](ctx context.Context, s *Store, doing string, missing error, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	all, err := list(ctx, s, doing, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = missing
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// storable makes texts what both engines can hold: PostgreSQL refuses the character zero and broken UTF-8.
func storable(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			arg = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
		}
		out[i] = arg
	}
	return out
}
