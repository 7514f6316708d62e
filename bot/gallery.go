package main

import (
	"fmt"
	"strings"

	"liaison/adapters/discord"
	"liaison/adapters/slack"
	"liaison/adapters/terminal"
	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

type galleryCommand struct {
	Platform string   `help:"Only this platform: ${enum}." enum:"all,slack,discord,terminal" default:"all"`
	Name     []string `arg:"" optional:"" help:"Only the replies of these names."`
}

// rendering shows a reply as one platform would.
type rendering struct {
	platform string
	render   func(p *program, c chattest.Case) error
}

// renderings are the platforms that can show a reply without being connected.
func renderings() []rendering {
	return []rendering{{"slack", renderSlack}, {"discord", renderDiscord}, {"terminal", renderTerminal}}
}

func renderSlack(p *program, c chattest.Case) error {
	text, err := slack.Rendering(c.Reply)
	if err == nil {
		_, err = p.out.Write(text)
	}
	return err
}

func renderDiscord(p *program, c chattest.Case) error {
	adapter, err := discord.New(discord.Options{Token: "none"}) // it connects only when it is run
	if err != nil {
		return err
	}
	text, err := adapter.Rendering(c.Event, c.Reply)
	if err == nil {
		_, err = p.out.Write(text)
	}
	return err
}

func renderTerminal(p *program, c chattest.Case) error {
	_, err := terminal.Render(p.out, c.Reply, terminal.Look{Letters: true, Width: 80, Zone: chattest.GalleryTime.Location()})
	return err
}

// Run prints the canonical replies in every rendering.
func (g *galleryCommand) Run(p *program) error {
	if err := g.known(); err != nil {
		return err
	}
	for _, c := range chattest.Gallery() {
		if len(g.Name) > 0 && !contains(g.Name, c.Name) {
			continue
		}
		for _, r := range renderings() {
			if g.Platform != "all" && g.Platform != r.platform {
				continue
			}
			fmt.Fprintf(p.out, "=== %s, %s ===\n\n", c.Name, r.platform)
			if c.Event.Text != "" {
				fmt.Fprintf(p.out, "(asked: %s)\n\n", chat.Clean(c.Event.Text))
			}
			if err := r.render(p, c); err != nil {
				return fmt.Errorf("render %s for %s: %w", c.Name, r.platform, err)
			}
			fmt.Fprintln(p.out)
		}
	}
	return nil
}

// known is an error of usage when a reply is named that there is none of.
func (g *galleryCommand) known() error {
	var names []string
	for _, c := range chattest.Gallery() {
		names = append(names, c.Name)
	}
	for _, name := range g.Name {
		if !contains(names, name) {
			return &usageError{fmt.Errorf("the gallery has no reply %q: name one of %s", name, strings.Join(names, ", "))}
		}
	}
	return nil
}

func contains(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}
