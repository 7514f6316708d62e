package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"        // PostgreSQL; keeps the password out of its errors
	"github.com/jackc/pgx/v5/pgconn" // says of an error whether anything was sent
	"github.com/jackc/pgx/v5/stdlib" // through database/sql, as SQLite
)

// How connections to PostgreSQL are kept. A failover changes the address behind the name, so none
// lives for ever.
const (
	pgConnections = 16
	pgLife        = 30 * time.Minute
	pgIdle        = 5 * time.Minute
	pgConnect     = 3 * time.Second
)

// openPostgres opens a database by its URL, whose words never show in an error.
func openPostgres(ctx context.Context, url string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("DATABASE_URL cannot be read: write postgres://user:password@host:5432/database, with special characters percent-encoded")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = pgConnect
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(pgConnections)
	db.SetMaxIdleConns(pgConnections)
	db.SetConnMaxLifetime(pgLife)
	db.SetConnMaxIdleTime(pgIdle)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database of DATABASE_URL does not answer (%w): check that it runs, and the name and password", err), db.Close())
	}
	return db, nil
}

// Probe asks a PostgreSQL database for its version, and changes nothing.
func Probe(ctx context.Context, url string) (version string, err error) {
	db, err := openPostgres(ctx, url)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }() // nothing was written
	if err := db.QueryRowContext(ctx, "SHOW server_version").Scan(&version); err != nil {
		return "", fmt.Errorf("ask the database for its version: %w", err)
	}
	return version, nil
}

// pgPassing reports an error that is not about the statement: the connection broke, the server ends or
// begins, or two transactions met and PostgreSQL undid this one.
func pgPassing(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return passingCode(refused.Code)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.HasSuffix(err.Error(), "conn closed")
}

// passingCode reads an error code of PostgreSQL (Appendix A of its manual).
func passingCode(code string) bool {
	switch code {
	case "40001", "40P01", "53300": // two transactions met, a deadlock, too many connections
		return true
	}
	return strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") // the server ends or begins; the connection broke
}
