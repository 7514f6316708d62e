package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

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
