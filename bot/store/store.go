// Package store keeps the state of Liaison in one SQLite database in the data folder: events to be
// answered, conversations, votes, what adapters remember. Knowledge is not in it.
//
// It implements the small Store interfaces that the services declare. Every write is on disk when
// its method returns (WAL with synchronous=FULL). The SQL is one text for SQLite and PostgreSQL.
//
// # One server per data folder
//
// [Open] takes a lock that ends with the process; a second server gets [ErrBusy]. SQLite could bear
// two, but two would answer the same event.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock" // a lock that the system drops when the process dies, on every system
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // SQLite without cgo, so that one static binary runs anywhere
)

//go:embed migrations/*.sql
var migrations embed.FS

// What can be wrong with the data folder.
var (
	ErrBusy    = errors.New("another Liaison is serving from this data folder: stop it, or give this one its own with --data")
	ErrNewer   = errors.New("the database was written by a newer Liaison: run that one, or restore a backup")
	ErrDamaged = errors.New("the database is damaged: restore a backup, or move liaison.db away to start afresh")
)

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db   *sql.DB
	lock *flock.Flock
}

// Open opens the database in a folder, makes it when there is none, and brings it up to date. Its
// errors are sentences for an admin.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(dir, err)
	}
	lock := flock.New(filepath.Join(dir, "server.lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, unwritable(dir, err)
	}
	if !held {
		return nil, ErrBusy
	}
	db, err := openDatabase(ctx, filepath.Join(dir, "liaison.db"))
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return &Store{db, lock}, nil
}

func unwritable(dir string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("the data folder %s cannot be written (%w): mend its permissions, or name another with --data or DATA_DIR", dir, err)
}

func openDatabase(ctx context.Context, path string) (*sql.DB, error) {
	if err := create(path); err != nil {
		return nil, unwritable(filepath.Dir(path), err)
	}
	pragmas := "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1) // writers never meet, so none is ever told to come back later
	err = check(ctx, db)
	if err == nil {
		err = migrate(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// create makes an empty database readable by its owner alone; SQLite would follow the umask.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

func check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if verdict != "ok" {
		return ErrDamaged
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if current > newest {
		return ErrNewer
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}

// Close closes the database and gives the data folder back.
func (s *Store) Close() error { return errors.Join(s.db.Close(), s.lock.Unlock()) }

// exec runs one statement; doing says what it was for, in the error.
func (s *Store) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	result, err := s.db.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	return result.RowsAffected()
}

// list reads rows by a function that scans one.
func list[T any](ctx context.Context, s *Store, doing string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = rows.Close() }() // its error is that of rows.Err
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}

type scanner interface{ Scan(...any) error }

func millis(t time.Time) int64      { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
