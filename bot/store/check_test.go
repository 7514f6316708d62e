package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"liaison/bot/store"
)

func TestCheckFindsWhatOpenRefusesAndChangesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := store.Check(t.Context(), dir); err != nil {
		t.Errorf("before the first start: %v", err)
	}
	if found, _ := os.ReadDir(dir); len(found) > 0 {
		t.Errorf("it made %v", found)
	}
	s, err := store.Open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Check(t.Context(), dir); err != nil {
		t.Errorf("beside a server: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Check(t.Context(), dir); err != nil {
		t.Errorf("after it: %v", err)
	}
	path := filepath.Join(dir, "liaison.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := store.Check(t.Context(), dir); !errors.Is(err, store.ErrNewer) {
		t.Errorf("of a newer Liaison: %v", err)
	}
	if err := os.WriteFile(path, []byte("this is no database, but a text that is long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Check(t.Context(), dir); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
}
