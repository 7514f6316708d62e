package commands

import (
	"context"
	"regexp"

	"liaison/bot/chat"
)

// Somebody who says that they want to die is not looking for a page. Liaison can only tell them who listens, and does so
// where nobody else reads it.

// sayCare names who answers at any hour: the Samaritans (samaritans.org) and the 988 Lifeline (988lifeline.org).
const sayCare = "I am sorry that you feel like this. I am only a program that looks things up, so please talk to somebody. In the UK, Samaritans listen on 116 123; in the US and Canada, call or text 988. Both are free, at any hour. If you are in danger now, call 999 in the UK or 911 in the US."

var (
	// despairing is what people say of themselves; that others write about suicide is their work.
	despairing = regexp.MustCompile(`(?i)\b(?:kill(?:ing)? myself|(?:end|ending|take|taking) my (?:own )?life|(?:harm|hurt)(?:ing)? myself|self[ -]?harming|i(?:['’]?m| am| feel)(?: feeling)? suicidal|i (?:really |just |often )?(?:want|wish) (?:to die|i (?:was|were) dead)|(?:don['’]?t|do not) (?:want|wish) to (?:live|be alive|be here any ?more)|no reason to (?:live|go on living)|better off (?:dead|without me))\b`)
	// low is all of what somebody says.
	low = regexp.MustCompile(`^(?:(?:hi|hello|sorry|honestly|today) )*(?:i am|im|i feel|i am feeling|im feeling|feeling) (?:(?:really|so|very|quite|pretty|a bit|just|rather|feeling) )*(?:low|down|depressed|hopeless|worthless|lonely|miserable|desperate|sad)(?: (?:today|lately|now|right now|again|all the time|at the moment|this week|and alone|at work))*$`)
)

// needsCare reports whether somebody says that they are in distress.
func needsCare(text string) bool {
	return despairing.MatchString(text) || low.MatchString(spoken(text))
}

func careCommand() command {
	return command{
		Command: chat.Command{Name: "care", Private: true},
		run:     func(*Handler, context.Context, request) (chat.Reply, error) { return say(sayCare), nil },
	}
}
