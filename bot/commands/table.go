package commands

import (
	"context"
	"slices"

	"liaison/bot/chat"
)

// command is a chat.Command with what it does.
type command struct {
	chat.Command
	run func(h *Handler, ctx context.Context, r request) (chat.Reply, error)
	// leads says, of the words after the command's name, whether it is the command that is meant, and
	// not a sentence that happens to begin with that word. nil: it never is in a longer text.
	leads func(rest string) bool
	alone bool // the name alone, as the whole text, is the command
	meets bool // it answers from knowledge, and so may be the first answer a person gets
}

// commandTable is every command there is. Commands are functions, as help reads the table it is in.
func commandTable() []command {
	return []command{askCommand(), compareCommand(), whoCommand(), defineCommand(), askPersonCommand(), introduceCommand(), coffeeCommand(), profileCommand(), linkCommand(),
		helpCommand(), exportCommand(), forgetCommand(), reindexCommand(), statusCommand()}
}

// actionTable is every action there is, with what it does.
func actionTable() []action {
	return append(slices.Concat(introActions(), personActions(), coffeeActions()), []action{
		yesAction(), noAction(), whyAction(), moreAction(), shareAction(), mineAction(), seekAction(), followAction(),
		formAction("askform", askCommand()), formAction("compareform", compareCommand()), formAction("defineform", defineCommand()),
		formAction("whoform", whoCommand()), whoAction(),
		helpAction(), reindexAction(), forgetAction(),
		profileFormAction(), reachAction(), listAction(), hideAction(), linkAction(), unlinkAction(), exportAction(),
	}...)
}

// Table returns the command table for adapters.
func (h *Handler) Table() chat.Table {
	t := chat.Table{Follows: h.follows, Suggest: h.suggest, Open: h.open}
	for _, c := range commandTable() {
		t.Commands = append(t.Commands, c.Command)
	}
	for _, a := range actionTable() {
		t.Actions = append(t.Actions, a.ActionSpec)
	}
	return t
}
