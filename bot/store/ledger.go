package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"liaison/bot/records"
)

// The ledger stands in the database and in a file beside it. Who restores a backup of the database does
// not restore that file with it, and the file says who must be erased from the database again. It is text,
// one line a person: a keyed hash, and when they were erased.

// mergeLedger makes the ledger in the database and the one in the file the same, and returns it.
func (s *Store) mergeLedger(ctx context.Context) (map[string]int64, error) {
	inFile, err := readLedger(s.erasing.Ledger)
	if err != nil {
		return nil, err
	}
	oldest := millis(s.now().Add(-records.Ledger))
	maps.DeleteFunc(inFile, func(_ string, at int64) bool { return at < oldest })
	type line struct {
		hash string
		at   int64
	}
	var kept []line
	err = s.transaction(ctx, func(tx *tx) error {
		for _, hash := range slices.Sorted(maps.Keys(inFile)) {
			if err := tx.note(ctx, hash, inFile[hash]); err != nil {
				return err
			}
		}
		kept, err = rows(ctx, tx, func(row scanner) (l line, err error) { err = row.Scan(&l.hash, &l.at); return l, err },
			`SELECT hash, at FROM ledger WHERE at >= $1`, oldest)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger of who was erased: %w", err)
	}
	all, missing := map[string]int64{}, map[string]int64{}
	for _, l := range kept {
		all[l.hash] = l.at
		if inFile[l.hash] < l.at {
			missing[l.hash] = l.at
		}
	}
	return all, appendLedger(s.erasing.Ledger, missing)
}

// readLedger reads the file, of which the last line about somebody counts. No file is an empty one.
func readLedger(path string) (map[string]int64, error) {
	all := map[string]int64{}
	if path == "" {
		return all, nil
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger of who was erased: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		hash, at, _ := strings.Cut(lines.Text(), " ")
		ms, err := strconv.ParseInt(at, 10, 64)
		if err != nil { // a line that a crash cut short stands in the database too
			continue
		}
		all[hash] = max(all[hash], ms)
	}
	return all, lines.Err()
}

func appendLedger(path string, entries map[string]int64) error {
	if path == "" || len(entries) == 0 {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the ledger of who was erased: %w", err)
	}
	var text strings.Builder
	text.WriteString("\n") // ends a line that a crash cut short
	for _, hash := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(&text, "%s %d\n", hash, entries[hash])
	}
	_, err = file.WriteString(text.String())
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the ledger of who was erased: %w", err)
	}
	return nil
}
