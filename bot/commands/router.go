package commands

import (
	"strings"
	"unicode"

	"liaison/bot/chat"
)

// read says which command an event asks for, and with what words. Plain language is the main door:
// whatever is not unmistakably a command is a question.
func (h *Handler) read(e chat.Event) (command, string) {
	text := strings.TrimSpace(e.Text)
	if e.Quoted != nil && (e.Kind == chat.KindCommand || text == "") {
		text = strings.TrimSpace(e.Quoted.Text)
		if e.Command == "" && text != "" {
			// SECURITY: somebody else's words are asked about, and never obeyed.
			return askCommand(), text
		}
	}
	if c, text, ok := h.taken(e); ok {
		return c, text
	}
	if c, ok := find(e.Command); ok {
		if e.Command == askCommand().Name && e.Quoted == nil && e.Kind == chat.KindCommand {
			return readText(text) // "/liaison define ATO" may arrive as a question
		}
		return c, text
	}
	return readText(text)
}

// readText reads what a text asks for by itself, whoever says it and wherever.
func readText(text string) (command, string) {
	if c, ok := talked(text); ok {
		return c, ""
	}
	if whole, ok := find(plainWords(text)); ok && whole.alone {
		return whole, ""
	}
	if question, ok := asksPerson(text); ok {
		return askPersonCommand(), question
	}
	if c, rest, ok := wantsPeople(text); ok {
		return c, rest
	}
	if whoIs.MatchString(text) {
		return whoIsCommand(), text
	}
	first, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	word := strings.ToLower(strings.TrimRight(strings.TrimPrefix(first, "/"), ":,"))
	if c, ok := find(word); ok && c.leads != nil && rest != "" && c.leads(rest) {
		return c, rest
	}
	return askCommand(), text
}

// plainWords returns a text in lower case without punctuation at its ends, single-spaced.
func plainWords(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) })
}

// few reports whether a text is short enough to name a thing rather than to tell a story.
func few(most int) func(string) bool {
	return func(text string) bool { return len(strings.Fields(text)) <= most }
}

func always(string) bool { return true }

// find returns the command of a name or alias.
func find(name string) (command, bool) {
	for _, c := range commandTable() {
		if c.Name == name {
			return c, true
		}
		for _, alias := range c.Aliases {
			if alias == name {
				return c, true
			}
		}
	}
	return command{}, false
}
