package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"liaison/bot/chat"
	"liaison/bot/store"
)

type recordsCommand struct {
	Export string `placeholder:"FILE" type:"path" help:"Write all sealed records to a new file, one JSON object a line, and then remove them here."`
}

// Run says how many sealed records wait, or hands them over: once they are safely in the file, they are
// removed here.
func (c *recordsCommand) Run(ctx context.Context, p *program) error {
	return p.beside(ctx, func(s *store.Store, _ config) error {
		if c.Export == "" {
			return sayRecords(ctx, p, s)
		}
		all, err := s.OpenRecords(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			fmt.Fprintln(p.out, "No sealed records wait; nothing was written.")
			return nil
		}
		if err := writeRecords(c.Export, all); err != nil {
			return err
		}
		if err := s.PurgeRecords(ctx, all); err != nil {
			return fmt.Errorf("the records are in %s, and here too: %w", c.Export, err)
		}
		outcome := plural(len(all), "record") + " exported, and removed here"
		fmt.Fprintf(p.out, "%s: %s.\n", c.Export, outcome)
		return s.Record(ctx, atTerminal, "records", outcome, time.Now())
	})
}

func sayRecords(ctx context.Context, p *program, s *store.Store) error {
	n, since, err := s.Records(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintln(p.out, "No sealed records wait.")
		return nil
	}
	fmt.Fprintf(p.out, "%s, the oldest of %s. Export them, which removes them here: %s records --export FILE\n",
		plural(n, "sealed record"), since.Format("2 January 2006"), chat.Program())
	return nil
}

// writeRecords writes a new file that only its owner can read, and returns when it is on disk.
func writeRecords(path string, all []store.Record) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write the records: %w", err)
	}
	out := bufio.NewWriter(file)
	encoder := json.NewEncoder(out)
	for _, r := range all {
		if err == nil {
			err = encoder.Encode(r.Text)
		}
	}
	if err = errors.Join(err, out.Flush(), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the records: %w", err)
	}
	return nil
}
