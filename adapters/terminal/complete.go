package terminal

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/bot/chat"
)

// complete is a term.Terminal's AutoCompleteCallback. At Tab it goes on with what is typed as far as
// there is only one way: the name of a command, then what the command's argument can be.
func (a *Adapter) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	typed := strings.ToLower(line)
	if pos != len(line) || typed == "" {
		return line, pos, true // a tab is never part of a question
	}
	common := ""
	for i, way := range a.waysOn(typed) {
		if i == 0 {
			common = way
		}
		for !strings.HasPrefix(strings.ToLower(way), strings.ToLower(common)) {
			_, size := utf8.DecodeLastRuneInString(common)
			common = common[:len(common)-size]
		}
	}
	if len(common) <= len(line) || !strings.HasPrefix(strings.ToLower(common), typed) {
		return line, pos, true
	}
	return common, len(common), true
}

// waysOn returns the lines that what is typed could become.
func (a *Adapter) waysOn(typed string) []string {
	var ways []string
	name, argument, spaced := strings.Cut(typed, " ")
	if !spaced {
		for _, command := range a.table.Commands {
			if strings.HasPrefix(command.Name, typed) {
				ways = append(ways, command.Name+" ")
			}
		}
		return ways
	}
	command, ok := a.table.Command(name)
	if !ok || command.Argument.Suggest == "" || a.table.Suggest == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), suggestTime)
	defer cancel()
	e := a.person(chat.Event{Kind: chat.KindCommand, Command: command.Name, At: a.options.Now().UTC()})
	for _, option := range a.table.Suggest(ctx, e, command.Argument.Suggest, argument) {
		if value := clean(option.Value); strings.HasPrefix(strings.ToLower(value), argument) {
			ways = append(ways, name+" "+value)
		}
	}
	return ways
}

// suggestTime is how long suggestions may take, as chat.Table says.
const suggestTime = time.Second
