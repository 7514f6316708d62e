package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"liaison/bot/chat"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/profile"
	"liaison/bot/records"
	"liaison/bot/store"
)

type exportCommand struct {
	Person string `required:"" placeholder:"ACCOUNT" help:"An account of the person: slack:T1/U1 or discord:1."`
}

// Run prints everything held about a person, as one JSON object.
func (c *exportCommand) Run(ctx context.Context, p *program) error {
	return p.about(ctx, c.Person, func(s *store.Store, _ config, account string) error {
		held, err := s.Held(ctx, account)
		if err != nil {
			return err
		}
		if err := s.Record(ctx, atTerminal, "export", "handed over what is held about a person", time.Now()); err != nil {
			return err
		}
		encoder := json.NewEncoder(p.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(held)
	})
}

type forgetCommand struct {
	Person string `required:"" placeholder:"ACCOUNT" help:"An account of the person: slack:T1/U1 or discord:1."`
}

// Run erases everything held about a person, as "forget me" in chat does. Those they had something under
// way with are told by the running server.
func (c *forgetCommand) Run(ctx context.Context, p *program) error {
	return p.about(ctx, c.Person, func(s *store.Store, config config, account string) error {
		event := "erasure/" + uuid.NewString()
		if err := s.SealAccount(ctx, account, event); err != nil {
			return err // before words that were passed on are taken back
		}
		held, err := s.ProfileOf(ctx, account)
		if err == nil {
			intros, inquiries := &intro.Service{Store: s, Now: time.Now}, &inquiry.Service{Store: s, Now: time.Now}
			err = errors.Join(intros.Leave(ctx, held.Person, account), inquiries.Leave(ctx, held.Person, account))
		}
		if err != nil && !errors.Is(err, profile.ErrNotFound) {
			return err
		}
		f, err := s.ForgetAccount(ctx, account, event)
		if err != nil {
			return err
		}
		if account == atTerminal {
			if err := os.Remove(historyFile(config)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		erased := fmt.Sprintf("%s, %s, %s, %s, %s", plural(int(f.Exchanges), "exchange"), plural(int(f.Votes), "vote"),
			plural(int(f.Accounts), "account"), plural(int(f.Introductions), "introduction"),
			plural(int(f.Inquiries), "part")+" in questions to people")
		fmt.Fprintf(p.out, "Erased: %s.\n", erased)
		if f.Accounts > 0 {
			fmt.Fprintf(p.out, "What others were sent about them in the last %d days is rewritten without their name and words by the Liaison that serves.\n"+
				"Answers to people who asked who knows, whom Liaison would ask, or to meet them, and reports to admins, stay as they are.\n", records.Days(records.Sent))
		}
		if f.Sealed {
			fmt.Fprintln(p.out, "A sealed copy waits for its export: "+chat.Program()+" records --export FILE")
		}
		return s.Record(ctx, atTerminal, "forget", "erased a person: "+erased, time.Now())
	})
}

// atTerminal is the account of whoever works at the terminal.
const atTerminal = "terminal:local/you"

// historyFile is where lines that were typed at the terminal are kept.
func historyFile(c config) string { return filepath.Join(c.data, "history") }

// about does something with what is held about a person, beside a server that may be running.
func (p *program) about(ctx context.Context, person string, do func(*store.Store, config, string) error) error {
	account, ok := chat.ParseAccount(person)
	if !ok {
		return &usageError{fmt.Errorf("%q is no account: write slack:T1/U1 or discord:1", person)}
	}
	return p.beside(ctx, func(s *store.Store, c config) error { return do(s, c, account.String()) })
}

// beside does something with the state, beside a server that may be running.
func (p *program) beside(ctx context.Context, do func(*store.Store, config) error) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	s, err := store.Beside(ctx, config.data, config.database.reveal())
	if err != nil {
		return err
	}
	sealer, err := config.sealer()
	if err != nil {
		return errors.Join(err, s.Close())
	}
	s.Erase(config.erasing(sealer))
	return errors.Join(do(s, config), s.Close())
}
