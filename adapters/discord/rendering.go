package discord

import (
	"encoding/json"
	"fmt"
	"strings"

	"liaison/bot/chat"
)

// Rendering returns a reply to an event as Discord is sent it: the content of each message with a line
// for every component, or the modal as JSON. It sends nothing, and is for looking at.
func (a *Adapter) Rendering(e chat.Event, r chat.Reply) ([]byte, error) {
	switch {
	case len(r.Problems) > 0:
		return []byte(readable(a.renderProblems(e, r))), nil
	case r.Form != nil:
		form, err := json.MarshalIndent(modal(*r.Form), "", "  ")
		return append(form, '\n'), err
	}
	return []byte(readable(renderMessages(r))), nil
}

func readable(messages []message) string {
	var out strings.Builder
	for n, m := range messages {
		fmt.Fprintf(&out, "===== message %d of %d =====\n%s\n", n+1, len(messages), m.content)
		for _, row := range m.components {
			for _, c := range row.Components {
				id := c.CustomID
				if strings.HasPrefix(id, retryMark) {
					id = retryMark + ":<key>"
				}
				fmt.Fprintf(&out, "[%s%s | %s%s | style %d]\n", c.Label, c.Placeholder, id, c.URL, c.Style)
				for _, o := range c.Options {
					fmt.Fprintf(&out, "  ( ) %s | %s | %s\n", o.Label, o.Description, o.Value)
				}
			}
		}
	}
	return out.String()
}
