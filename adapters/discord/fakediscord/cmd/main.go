// Command cmd runs a fake Discord with one guild, to try Liaison without an account:
//
//	go run ./adapters/discord/fakediscord/cmd
//
// It prints the settings that point Liaison at it, and says how to let people do things.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"liaison/adapters/discord/fakediscord"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8766", "where to listen")
	content := flag.Bool("content", false, "the bot has the Message Content intent")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *content); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string, content bool) error {
	fake := fakediscord.New()
	fake.MessageContentAllowed = content
	if err := fake.Listen(ctx, addr); err != nil {
		return err
	}
	defer fake.Close()
	fmt.Printf("DISCORD_TOKEN=%s\nDISCORD_API_URL=%s\nDISCORD_FORUMS=%s\n", fakediscord.Token, fake.URL(), fakediscord.ForumID)
	if content {
		fmt.Println("DISCORD_MESSAGE_CONTENT=1")
	}
	fmt.Fprintf(os.Stderr, help, fake.URL(), fakediscord.GeneralID, fakediscord.ForumID)
	<-ctx.Done()
	return nil
}

const help = `
A fake Discord listens at %[1]s. Its guild has the channel %[2]s (general) and the forum %[3]s (help);
people are whoever is named. For example:

  curl -d '{"Who":"ada","Channel":"%[2]s","Name":"ask","Options":{"question":"How do we store secrets?"}}' %[1]s/fake/command
  curl -d '{"Who":"ada","Channel":"%[2]s","Text":"How do we store secrets?","Mention":true}' %[1]s/fake/say
  curl -d '{"Who":"ada","Text":"Said directly: how do we store secrets?"}' %[1]s/fake/say
  curl -d '{"Who":"ada","Title":"How do we store secrets?","Text":"We use a spreadsheet."}' %[1]s/fake/post
  curl %[1]s/fake/shown
`
