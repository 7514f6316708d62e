package commands

import (
	"context"
	"fmt"

	"liaison/bot/chat"
)

const (
	sayHelp     = "Ask me anything about how government digital teams work: I look it up in what GDS, USDS, 18F, PIF and others have published, and show you where it stands. Just write your question; no command is needed."
	sayFollowUp = "You can go on asking: “and in the US?” is understood. When I am not sure, or find nothing, I say so; and I tell you whom to ask."
)

func helpCommand() command {
	return command{
		Command: chat.Command{
			Name:     "help",
			Summary:  "Says what you can ask, with examples",
			Examples: []string{"help"},
			Private:  true,
		},
		run:   func(h *Handler, _ context.Context, r request) (chat.Reply, error) { return h.help(r.event), nil },
		alone: true,
	}
}

func helpAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "help", Private: true},
		run:        func(h *Handler, _ context.Context, e chat.Event, _ string) (chat.Reply, error) { return h.help(e), nil },
	}
}

// help lists the commands that the person may use.
func (h *Handler) help(e chat.Event) chat.Reply {
	list := chat.Items{Title: "What you can say"}
	for _, c := range commandTable() {
		if c.Admin && !h.admin(e.Actor.Account) {
			continue
		}
		list.Items = append(list.Items, chat.Item{Title: usage(c.Command), Detail: c.Summary + example(c.Command)})
	}
	return chat.Reply{Blocks: []chat.Block{chat.Say(sayHelp), list, chat.Say(sayFollowUp)}}
}

func usage(c chat.Command) string {
	if c.Argument.Name == "" {
		return c.Name
	}
	if !c.Argument.Required {
		return fmt.Sprintf("%s [%s]", c.Name, c.Argument.Name)
	}
	return fmt.Sprintf("%s <%s>", c.Name, c.Argument.Name)
}

func example(c chat.Command) string {
	if c.Argument.Name == "" || len(c.Examples) == 0 {
		return ""
	}
	return ", for example: " + c.Examples[0]
}
