package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strings"
	"unicode"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// Commands are registered for all guilds at once, and only when their definition has changed: Discord
// counts creations, and shows a changed command again as new.

type wireCommand struct {
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	Type        int          `json:"type"`
	Options     []wireChoice `json:"options,omitempty"`
	Permissions *string      `json:"default_member_permissions,omitempty"`
	Contexts    []int        `json:"contexts"`
	Installs    []int        `json:"integration_types"`
}

type wireChoice struct {
	Type         int    `json:"type"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	Required     bool   `json:"required"`
	Autocomplete bool   `json:"autocomplete,omitempty"`
}

// manageServer is who is offered the commands of admins. It hides them; whoever uses one is checked
// again when it runs.
const manageServer = "32"

// definition returns the table as Discord's commands.
func definition(t chat.Table) []wireCommand {
	var slash, menus []wireCommand
	for _, c := range t.Commands {
		if w, ok := slashCommand(c); ok {
			slash = append(slash, w)
		}
		if name := menuName(c); name != "" {
			menus = append(menus, everywhere(wireCommand{Name: name, Type: int(discordgo.MessageApplicationCommand)}, c))
		}
	}
	return append(slash[:min(len(slash), maxCommands)], menus[:min(len(menus), maxMenuEntries)]...)
}

func slashCommand(c chat.Command) (wireCommand, bool) {
	name := commandName(c.Name)
	if name == "" {
		return wireCommand{}, false
	}
	w := everywhere(wireCommand{
		Name: name, Type: int(discordgo.ChatApplicationCommand),
		Description: shorten(orText(oneLine(c.Summary), name), maxDescription),
	}, c)
	if argument := commandName(c.Argument.Name); argument != "" {
		w.Options = []wireChoice{{
			Type: int(discordgo.ApplicationCommandOptionString), Name: argument,
			Description:  shorten(orText(oneLine(c.Argument.Hint), argument), maxDescription),
			Required:     c.Argument.Required && c.Opens == nil,
			Autocomplete: c.Argument.Suggest != "",
		}}
	}
	return w, true
}

// everywhere offers a command in guilds and in direct messages to the bot.
func everywhere(w wireCommand, c chat.Command) wireCommand {
	w.Contexts = []int{int(discordgo.InteractionContextGuild), int(discordgo.InteractionContextBotDM)}
	w.Installs = []int{int(discordgo.ApplicationIntegrationGuildInstall)}
	if c.Admin {
		rights := manageServer
		w.Permissions = &rights
	}
	return w
}

// commandName makes a name as Discord takes it: lower-case letters, digits, hyphens.
func commandName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case unicode.IsSpace(r):
			return '-'
		}
		return -1
	}, strings.TrimSpace(name))
	return name[:runeOffset(name, maxCommandName)]
}

// menuName is the label of a command on a message; "" when it is not offered there.
func menuName(c chat.Command) string { return shorten(oneLine(c.OnMessage), maxCommandName) }

// registered is what is kept of the last registration.
type registered struct {
	App, Definition string
}

// registerCommands tells Discord of the commands unless it knows them.
func (a *Adapter) registerCommands(ctx context.Context) {
	_, app := a.world.self()
	commands := definition(*a.table.Load())
	if len(commands) == 0 || app == "" {
		return
	}
	text, _ := json.Marshal(commands) // strings, numbers and booleans
	sum := sha256.Sum256(text)
	now := registered{App: app, Definition: hex.EncodeToString(sum[:])}
	var before registered
	a.recall(ctx, "commands", &before)
	if before == now {
		return
	}
	if err := a.rest.do(ctx, request{method: "PUT", path: "applications/" + app + "/commands", body: commands, again: true}); err != nil {
		a.log.Warn("the commands could not be registered with Discord; they will be at the next connection", slog.Any("error", err))
		return
	}
	a.keep(ctx, "commands", now)
	a.log.Info("commands registered with Discord", slog.Int("count", len(commands)))
}

// suggest answers what is being typed. Nothing of it is trusted: whatever is sent in the end arrives as
// text, suggested or not.
func (a *Adapter) suggest(i wireInteraction) {
	e := a.interactionEvent(i)
	e.Kind = chat.KindCommand
	c, _ := a.commandOf(i.Data)
	e.Command = c.Name
	e.Private = (c.Private || c.Lookup) && !e.Room.Direct
	choices := []map[string]string{}
	if ask := a.table.Load().Suggest; ask != nil && c.Argument.Suggest != "" {
		ctx, cancel := context.WithTimeout(a.life, hookTimeout)
		defer cancel()
		for _, o := range ask(ctx, e, c.Argument.Suggest, typed(i.Data)) {
			value := orText(o.Value, o.Label)
			if len(choices) == maxChoices || value == "" || units(value) > maxChoiceText {
				continue
			}
			choices = append(choices, map[string]string{"name": shorten(orText(oneLine(o.Label), value), maxChoiceText), "value": value})
		}
	}
	h := handle{App: i.ApplicationID, ID: i.ID, Token: i.Token}
	a.answer(h, callback{Type: int(discordgo.InteractionApplicationCommandAutocompleteResult), Data: map[string]any{"choices": choices}})
}

func typed(d *wireData) string {
	for _, o := range d.Options {
		if o.Focused {
			return o.text()
		}
	}
	return ""
}
