package main

import (
	"context"
	"errors"

	"liaison/bot/commands"
)

type reindexCommand struct {
	Fresh bool `help:"Read every file again, not only what changed."`
}

// Run brings the index up to date and prints a receipt. A running server moves over by itself. It ends with
// exit code 3 when a source, or a file that all else rests on, could not be read.
func (c *reindexCommand) Run(ctx context.Context, p *program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	library := newLibrary(config, p.quiet(), p.progress())
	defer library.close()
	receipt, err := library.build(ctx, c.Fresh)
	if stale := (*staleError)(nil); errors.As(err, &stale) {
		return stale.err
	}
	if err != nil {
		return err
	}
	if err := p.show(commands.ReceiptReply(receiptOf(receipt))); err != nil {
		return err
	}
	if len(receipt.Grave()) > 0 {
		return errFound
	}
	return nil
}
