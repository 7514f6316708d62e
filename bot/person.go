package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"liaison/bot/chat"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/profile"
	"liaison/bot/store"
)

type exportCommand struct {
	Person string `required:"" placeholder:"ACCOUNT" help:"An account of the person: slack:T1/U1 or discord:1."`
}

// Run prints everything held about a person, as one JSON object.
func (c *exportCommand) Run(ctx context.Context, p *program) error {
	return p.about(ctx, c.Person, func(s *store.Store, account string) error {
		held, err := s.Held(ctx, account)
		if err != nil {
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
	return p.about(ctx, c.Person, func(s *store.Store, account string) error {
		held, err := s.ProfileOf(ctx, account)
		if err == nil {
			intros, inquiries := &intro.Service{Store: s, Now: time.Now}, &inquiry.Service{Store: s, Now: time.Now}
			err = errors.Join(intros.Leave(ctx, held.Person, account), inquiries.Leave(ctx, held.Person, account))
		}
		if err != nil && !errors.Is(err, profile.ErrNotFound) {
			return err
		}
		f, err := s.ForgetAccount(ctx, account, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "Erased: %s, %s, %s, %s, %s.\n", plural(int(f.Exchanges), "exchange"), plural(int(f.Votes), "vote"),
			plural(int(f.Accounts), "account"), plural(int(f.Introductions), "introduction"),
			plural(int(f.Inquiries), "part")+" in questions to people")
		return nil
	})
}

// about does something with what is held about a person, beside a server that may be running.
func (p *program) about(ctx context.Context, person string, do func(*store.Store, string) error) error {
	account, ok := chat.ParseAccount(person)
	if !ok {
		return &usageError{fmt.Errorf("%q is no account: write slack:T1/U1 or discord:1", person)}
	}
	config, err := p.config()
	if err != nil {
		return err
	}
	s, err := store.Beside(ctx, config.data, config.database.reveal())
	if err != nil {
		return err
	}
	return errors.Join(do(s, account.String()), s.Close())
}
