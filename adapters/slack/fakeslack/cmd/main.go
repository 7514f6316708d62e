// Command cmd runs a fake Slack with two workspaces, to try Liaison without an account:
//
//	go run ./adapters/slack/fakeslack/cmd
//
// It prints the settings that point Liaison at it. Control says how to let people do things.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"liaison/adapters/slack/fakeslack"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8765", "where to listen")
	events := flag.String("events", "", "send events over HTTP to Liaison at this address, such as http://127.0.0.1:8080; without it, Socket Mode")
	flag.Parse()
	if err := run(*addr, *events); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(addr, events string) error {
	fake, err := fakeslack.Listen(addr, nil)
	if err != nil {
		return err
	}
	defer fake.Close()
	fmt.Printf("SLACK_API_URL=%s\nSLACK_WORKSPACES=gds,usds\n", fake.APIURL())
	for id, name := range map[string]string{"T1": "gds", "T2": "usds"} {
		team := fakeslack.Team{ID: id}
		if events != "" {
			team.EventsURL = events + "/slack/" + name
		}
		added := populate(fake, team)
		upper := map[string]string{"gds": "GDS", "usds": "USDS"}[name]
		fmt.Printf("SLACK_%s_BOT_TOKEN=%s\nSLACK_%s_APP_TOKEN=%s\nSLACK_%s_SIGNING_SECRET=%s\n",
			upper, added.BotToken, upper, added.AppToken, upper, added.SigningSecret)
	}
	fmt.Fprintf(os.Stderr, "\nA fake Slack listens at %s. People are U0ADA, U0GRACE and the guest U0GUEST; channels C1 (help)\n"+
		"and CGUESTS. For example:\n\n  curl -d '{\"Team\":\"T1\",\"User\":\"U0ADA\",\"Channel\":\"C1\",\"Text\":\"How do we store secrets?\"}' %s/control/mention\n"+
		"  curl -d '{\"Team\":\"T1\",\"User\":\"U0ADA\",\"Text\":\"Said directly: how do we store secrets?\"}' %s/control/say\n"+
		"  curl %s/control/messages\n", fake.URL, fake.URL, fake.URL, fake.URL)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	return nil
}

// populate fills a workspace with people who obviously are examples.
func populate(fake *fakeslack.Server, team fakeslack.Team) *fakeslack.Team {
	added := fake.AddTeam(team)
	fake.AddPerson(team.ID,
		fakeslack.Person{ID: "U0ADA", Name: "Ada Example", Zone: "Europe/London", Locale: "en-GB"},
		fakeslack.Person{ID: "U0GRACE", Name: "Grace Example", Zone: "America/New_York", Locale: "en-US"},
		fakeslack.Person{ID: "U0GUEST", Name: "Guest Example", Guest: true})
	fake.AddChannel(team.ID,
		fakeslack.Channel{ID: "C1", Name: "help", Members: []string{"U0ADA", "U0GRACE", added.BotUser}},
		fakeslack.Channel{ID: "CGUESTS", Name: "guests", Members: []string{"U0ADA", "U0GUEST", added.BotUser}})
	return added
}
