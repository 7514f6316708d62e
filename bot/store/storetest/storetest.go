// Package storetest opens stores for tests, on both engines, so that every test of state can run on each.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid" // names schemas that no other test has

	"liaison/bot/store"
)

// Each runs a test on SQLite, and on PostgreSQL where one answers (see Postgres).
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Run("SQLite", func(t *testing.T) { test(t, Open(t, "")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, Open(t, Postgres(t))) })
}

// Open opens a new store, on PostgreSQL when there is a URL, for the length of a test.
func Open(t *testing.T, url string) *store.Store {
	t.Helper()
	dir := t.TempDir()
	if url == "" {
		dir = Folder(t)
	}
	s, err := store.Open(context.WithoutCancel(t.Context()), dir, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Folder returns a new folder with an empty store on SQLite: to open one takes a tenth of what it takes to make one.
func Folder(t testing.TB) string {
	t.Helper()
	data, err := emptyStore()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, databaseFile), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const databaseFile = "liaison.db"

// emptyStore returns the file of a store that holds nothing.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "liaison-store")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // at worst it stays among temporary files
	s, err := store.Open(context.Background(), dir, "")
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, databaseFile))
})

// Postgres returns the URL of a PostgreSQL with a new, empty schema that ends with the test: that of
// TEST_DATABASE_URL, else the database "test" on this machine. Where neither answers the test is skipped.
func Postgres(t *testing.T) string {
	t.Helper()
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		address = "postgres://root@127.0.0.1:5432/test?sslmode=disable"
		probe, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", "127.0.0.1:5432")
		if err != nil {
			t.Skip("NOT TESTED ON POSTGRESQL: nothing answers on 127.0.0.1:5432, and TEST_DATABASE_URL is not set")
		}
		_ = probe.Close()
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal("TEST_DATABASE_URL cannot be read")
	}
	schema := "t" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := db.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		_ = db.Close()
		if os.Getenv("TEST_DATABASE_URL") == "" {
			t.Skipf("NOT TESTED ON POSTGRESQL: the one on 127.0.0.1:5432 has no database test that root may use (%v), and TEST_DATABASE_URL is not set", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	return WithSchema(t, address, schema)
}

// WithSchema returns a URL of the same database whose tables are in a schema.
func WithSchema(t *testing.T, address, schema string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal("the URL of the database cannot be read")
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return fmt.Sprint(u)
}
