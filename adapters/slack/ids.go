package slack

import (
	"fmt"
	"strings"
)

// Slack wants every action_id of a block to differ, but the same "verb:row" may stand on two buttons,
// and the two votes are one element. So an action_id is a mark, a number and the action, and what was
// pressed is read from the value that Slack hands back.
const (
	buttonMark = "b" // "b2|share:17": the value is the action again
	voteMark   = "v" // "v0|vote:17": the value is the action of the thumb that was pressed
	pickMark   = "p" // "p4|pick:17": the value is what was picked
	linkMark   = "u" // "ub1|page:17": a link; Slack reports the press, and nothing is to be done about it
	inputID    = "value"
)

func buttonID(action string, i int) string { return fmt.Sprintf("%s%d|%s", buttonMark, i, action) }
func voteID(action string) string          { return fmt.Sprintf("%s0|%s", voteMark, action) }
func pickID(action string, i int) string   { return fmt.Sprintf("%s%d|%s", pickMark, i, action) }

// readAction returns the "verb:row" of an element that was used, and the choice made with it.
func readAction(id, value, selected string) (action, choice string) {
	mark, action, ok := strings.Cut(id, "|")
	if !ok {
		return id, selected // a menu
	}
	switch mark[:min(len(mark), 1)] {
	case pickMark:
		return action, value
	case buttonMark, voteMark:
		if value != "" {
			return value, ""
		}
		return action, ""
	}
	return id, selected
}
