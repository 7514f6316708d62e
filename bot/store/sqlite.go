package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // SQLite without cgo, so that one static binary runs anywhere
)

func openSQLite(ctx context.Context, path string) (*sql.DB, error) {
	if err := create(path); err != nil {
		return nil, unwritable(filepath.Dir(path), err)
	}
	pragmas := "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"
	db, err := sql.Open("sqlite", address(path)+"?"+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1) // writers never meet, so none is ever told to come back later
	if err = check(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// lastWork is how long closing waits for a statement that was told to stop.
const lastWork = 5 * time.Second

// closeSQLite closes the database when nothing works with it any more. database/sql by itself would not
// wait for a statement or rollback under way, the process could end first, and what was written last would
// stay in the log beside the database instead of in it.
func closeSQLite(db *sql.DB) error {
	ctx, cancel := context.WithTimeout(context.Background(), lastWork)
	defer cancel()
	only, err := db.Conn(ctx) // there is one connection: who has it is the last
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(db.Close(), only.Close())
}

// cleanSQLite lets nothing that was erased stay in the files. secure_delete overwrites a row where it
// lies, but not the copies that stay in the free part of a page when rows move to another, so the database is
// written anew. Then the log beside it, in which everything still stands as it was, is emptied into it; when
// another process reads just then, that happens the next time. It takes a second or two for 100 MB.
func cleanSQLite(ctx context.Context, db *sql.DB) error {
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("clean the files of the database: %w", err)
		}
	}
	return nil
}

// address writes a path as SQLite reads one in an address, where a "#" or "?" in it would end it.
func address(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
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
