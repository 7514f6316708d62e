// Package store keeps the state of Liaison: events to be answered, conversations, votes, people and
// introductions, what is still to be told, what adapters remember. Knowledge is not in it.
//
// It implements the small Store interfaces that the services declare. Every write is on disk when its
// method returns.
//
// # Two engines, one SQL
//
// By default the state is one SQLite database in the data folder (WAL with synchronous=FULL); with a
// URL it is PostgreSQL, for several replicas or a disk that is not kept. Every statement and every
// migration is one text for both, and one suite of tests runs on both. [engine] holds what differs.
//
// On PostgreSQL a lost connection is waited for and the work done again, exactly once: see [Store.transaction].
//
// # One server per data folder
//
// [Open] takes a lock that ends with the process; a second server gets [ErrBusy]. SQLite could bear
// two, but two would answer the same event.
//
// # Why what is to be told and scheduled stands in our own tables, not in River's
//
// River (riverqueue.com) is a good queue and runs on both engines. It delivers at least once and in no
// order per recipient (its sequences are part of the paid edition), and it knows "failed", but not
// "perhaps arrived: look before you repeat". The three of them are what the outbox is for, and would
// have to be built on top of it; what would be left for River is one table and one claim.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock" // a lock that the system drops when the process dies, on every system
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"liaison/bot/outbox"
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
	db     *sql.DB
	engine engine
	lock   *flock.Flock
	told   chan struct{} // gets a value when the outbox grew
	server string        // this replica among several; "" where there is one server
	rest   func()        // ends the sign of life of a replica

	erasing Erasing
	unclean atomic.Bool // something was erased, and its bytes may still lie in the files
}

// Open opens the database in a folder, makes it when there is none, and brings it up to date. With
// the URL of a PostgreSQL database (postgres://…) that one holds the state; the folder is locked all
// the same, as the index in it has one writer. Its errors are sentences for an admin.
func Open(ctx context.Context, dir, url string) (*Store, error) {
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
	s := &Store{lock: lock, told: make(chan struct{}, 1)}
	if url == "" {
		s.engine = sqlite
		s.db, err = openSQLite(ctx, filepath.Join(dir, "liaison.db"))
	} else {
		s.engine = postgres
		s.db, err = openPostgres(ctx, url)
	}
	if err == nil {
		if err = migrate(ctx, s.db, s.engine); err != nil {
			err = errors.Join(err, s.db.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	if url == "" {
		// Whoever claimed something here is dead, or this one would not have the lock.
		_, err = s.exec(ctx, "give back what was claimed", `UPDATE outbox SET until = 0 WHERE state = $1`, string(outbox.Sending))
	} else {
		err = s.live(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// ErrUnready says that no server has brought the database up to date yet.
var ErrUnready = errors.New("the state is not there yet, or is an older Liaison's: start Liaison once, then try again")

// Beside opens the state while a server may be running with it, for one thing that an admin wants to
// do. It takes no lock, and makes and changes no tables: what it would not understand it refuses.
func Beside(ctx context.Context, dir, url string) (*Store, error) {
	s := &Store{told: make(chan struct{}, 1)}
	var err error
	if url != "" {
		s.engine = postgres
		s.db, err = openPostgres(ctx, url)
	} else {
		path := filepath.Join(dir, "liaison.db")
		if _, missing := os.Stat(path); missing != nil {
			return nil, ErrUnready
		}
		s.engine = sqlite
		s.db, err = openSQLite(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	if err := current(ctx, s.db, s.engine); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// current reports a database that has not exactly the tables of this program.
func current(ctx context.Context, db *sql.DB, e engine) error {
	provider, err := migrationsOf(ctx, db, e)
	if err != nil {
		return err
	}
	has, wants, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the version of the database: %w", err)
	case has > wants:
		return ErrNewer
	case has < wants:
		return ErrUnready
	}
	return nil
}

func unwritable(dir string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("the data folder %s cannot be written (%w): mend its permissions, or name another with --data or DATA_DIR", dir, err)
}

func migrationsOf(ctx context.Context, db *sql.DB, e engine) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options, err := e.migrating(ctx, db)
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(e.dialect, db, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

func migrate(ctx context.Context, db *sql.DB, e engine) error {
	provider, err := migrationsOf(ctx, db, e)
	if err != nil {
		return err
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

// oneAtATime lets one replica migrate while others wait; each schema has a lock of its own.
func oneAtATime(ctx context.Context, db *sql.DB) ([]goose.ProviderOption, error) {
	var schema string
	if err := db.QueryRowContext(ctx, `SELECT current_schema()`).Scan(&schema); err != nil {
		return nil, fmt.Errorf("ask the database for its schema: %w", err)
	}
	name := fnv.New32a()
	name.Write([]byte("liaison " + schema)) // never fails
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(int64(name.Sum32())), lock.WithLockTimeout(1, 120))
	if err != nil {
		return nil, err
	}
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}

// Close closes the database and gives the data folder back.
func (s *Store) Close() error {
	if s.rest != nil {
		s.rest()
	}
	err := s.engine.close(s.db)
	if s.lock == nil {
		return err
	}
	return errors.Join(err, s.lock.Unlock())
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
