package commands

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"liaison/bot/ask"
	"liaison/bot/chat"
)

// Who is shown a numbered list speaks of "the second one", "source 2" or "[2]". Its pages know nothing of those words.

const (
	sayOnlySoMany  = "I have listed only %d there."
	sayNothingThat = "I have listed nothing there that I could show you. Ask me something in your own words."
)

// lastOne is the number of the last of a list, however long it is.
const lastOne = -1

var ordinals = map[string]int{
	"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "last": lastOne,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
}

const nthWord = `first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last`

var (
	nthSaid = regexp.MustCompile(`^(?:(?:tell me (?:more )?about|whats|what is|what does|what do|show(?: me)?|open|read(?: me)?|give(?: me)?|see|explain|quote|expand|(?:the )?link (?:to|for|of)|more (?:on|about|of|from)|answer|what about|how about|try) )*` +
		`(?:the (` + nthWord + `)|(?:the )?(` + nthWord + `) (?:one|source|page|link|result|answer|person|name|contact|place|channel|question)|(?:number|source|page|link|result|question) ([1-9]|one|two|three|four|five)|([1-9]))(?: of (?:them|those|these))?(?: (?:say|says|said))?$`)
	nthQuestion = regexp.MustCompile(`\bquestion\b`)
)

// nthMeant returns which of a list a text speaks of, and of nothing else; 0 for any other.
func nthMeant(said string) int {
	found := nthSaid.FindStringSubmatch(bare(said))
	if found == nil {
		return 0
	}
	word := strings.Join(found[1:], "")
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	return ordinals[word]
}

// pick returns the nth of a list; nil when it is not so long.
func pick[T any](list []T, n int) []T {
	if n == lastOne {
		n = len(list)
	}
	if n < 1 || n > len(list) {
		return nil
	}
	return list[n-1 : n]
}

// nthCommand shows one of what was listed last.
func nthCommand(said string) command {
	return command{
		Command: chat.Command{Name: "nth"},
		run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
			x, ok, err := h.lastExchange(ctx, r)
			n := nthMeant(said)
			switch {
			case err != nil:
				return chat.Reply{}, err
			case !ok:
				return say(sayNoAnswerYet), nil
			case x.Command == "who":
				return h.nthWho(ctx, r, x, n)
			case x.Command != "ask":
				return say(sayNothingThat), nil
			}
			a, err := h.again(ctx, r.event, x.ID)
			if err != nil {
				return chat.Reply{}, err
			}
			if nthQuestion.MatchString(said) {
				return h.nthUnasked(ctx, r, a, n)
			}
			return nthSource(a, n), nil
		},
	}
}

// nthUnasked answers a question of a message of several; the first is answered already, and may be asked again.
func (h *Handler) nthUnasked(ctx context.Context, r request, a ask.Answer, n int) (chat.Reply, error) {
	if n > 0 {
		n-- // the first is not among those left
	}
	asked := pick(a.Unasked, n)
	if asked == nil {
		return say(fmt.Sprintf(sayOnlySoMany, len(a.Unasked)+1)), nil
	}
	r.text = asked[0]
	return h.runAsk(ctx, r)
}

// nthSource shows a page at length.
func nthSource(a ask.Answer, n int) chat.Reply {
	if !a.Found() || len(a.Citations) == 0 {
		return say(sayNothingThat)
	}
	if n == lastOne {
		n = min(len(a.Citations), shownSources)
	}
	picked := pick(a.Citations, n)
	if picked == nil {
		return say(fmt.Sprintf(sayOnlySoMany, len(a.Citations)))
	}
	return chat.Reply{Blocks: append([]chat.Block{chat.Text{Paragraphs: quote(picked[0], picked[0].Passage.Text)}}, sources(picked)...)}
}

// nthWho shows one of the people and places of an exchange.
func (h *Handler) nthWho(ctx context.Context, r request, x Exchange, n int) (chat.Reply, error) {
	found, err := h.whoFor(ctx, r, x.Question)
	if err != nil {
		return chat.Reply{}, err
	}
	picked := pick(append(found.People[:len(found.People):len(found.People)], found.Places...), n)
	if picked == nil {
		return say(fmt.Sprintf(sayOnlySoMany, len(found.People)+len(found.Places))), nil
	}
	found.People, found.Places = nil, nil
	if picked[0].Person != nil {
		found.People = picked
	} else {
		found.Places = picked
	}
	return WhoReply(found, h.viewOf(ctx, r, x.ID)), nil
}
