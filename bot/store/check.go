package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Check says, as an error that is a sentence for an admin, why Open would refuse the database in a
// folder. It changes nothing and takes no lock; where there is no database yet, all is well.
func Check(ctx context.Context, dir string) (err error) {
	path := filepath.Join(dir, "liaison.db")
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unwritable(dir, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file: move it away", path)
	case info.Size() == 0:
		return nil // made, and not used yet
	}
	db, err := sql.Open("sqlite", address(path)+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := check(ctx, db); err != nil {
		return err
	}
	return checkVersion(ctx, db)
}

// checkVersion says whether a newer Liaison has written the database.
func checkVersion(ctx context.Context, db *sql.DB) error {
	newest, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	var has int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&has); err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if has == 0 {
		return nil
	}
	var current int
	if err := db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&current); err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	var last int // files are named by their version: 001_start.sql
	if _, err := fmt.Sscanf(newest[len(newest)-1].Name(), "%d_", &last); err != nil {
		return fmt.Errorf("read the version of the program: %w", err)
	}
	if current > last {
		return ErrNewer
	}
	return nil
}
