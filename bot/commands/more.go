package commands

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/index"
)

const (
	sayShared   = "%s asked me, and shares the answer: “%s”"
	saySomebody = "Somebody"
	sayUnshared = "I have shared nothing: what everybody here may see does not answer this."
	morePages   = 4     // pages shown at length at once
	moreKept    = 1_000 // answers of which it is remembered how much more was shown
)

// moreAction shows what was not shown yet, to whoever pressed.
func moreAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "more", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			a, err := h.again(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			return h.moreReply(e, x, a), nil
		},
	}
}

// moreReply shows the next pages at length: first what the answer left out, then what the last "more" did.
func (h *Handler) moreReply(e chat.Event, x Exchange, a ask.Answer) chat.Reply {
	var left []ask.Citation
	if a.Found() {
		left = a.Citations
	}
	if len(left) > 0 && left[0].Document.Path == x.Path && shownWhole(left[0]) {
		left = left[1:]
	}
	reader := x.ID
	if h.private(e) { // nobody else of the room has seen it
		reader += "/" + e.Actor.Account.String()
	}
	left = left[min(len(left), morePages*h.further.before(sha256.Sum256([]byte(reader)), eventKey(e))):]
	if len(left) == 0 {
		return say(sayAllThereIs)
	}
	now := left[:min(len(left), morePages)]
	var blocks []chat.Block
	for _, c := range now {
		blocks = append(blocks, chat.Text{Paragraphs: quote(c, c.Passage.Text)})
	}
	blocks = append(blocks, sources(now)...)
	if len(left) > len(now) {
		blocks = append(blocks, chat.Actions{Actions: []chat.Action{{ID: "more:" + x.ID, Label: "Show more"}}})
	}
	return chat.Reply{Blocks: blocks}
}

// shownWhole reports whether an answer that quotes a page first leaves nothing out of the passage.
func shownWhole(c ask.Citation) bool {
	return slices.Equal(strings.Fields(c.Quote), strings.Fields(c.Passage.Text))
}

// further remembers which events asked for more of an answer, so that each goes on and none, handled again, skips
// anything. It is kept in memory: after a restart, or at another of several replicas, "more" begins again with what the
// answer left out.
type further struct {
	mu     sync.Mutex
	events map[[sha256.Size]byte][]string // by answer and reader, as a hash that names nobody; in order
	oldest [][sha256.Size]byte            // keys of events
}

// before returns how many other events asked for more of an answer before this one.
func (f *further) before(reader [sha256.Size]byte, event string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked, known := f.events[reader]
	if at := slices.Index(asked, event); at >= 0 {
		return at
	}
	if !known {
		f.makeRoom()
		f.oldest = append(f.oldest, reader)
	}
	f.events[reader] = append(asked, event)
	return len(asked)
}

func (f *further) makeRoom() {
	if f.events == nil {
		f.events = map[[sha256.Size]byte][]string{}
	}
	if len(f.oldest) == moreKept {
		delete(f.events, f.oldest[0])
		f.oldest = f.oldest[1:]
	}
}

// mineAction answers again for the eyes of whoever pressed alone.
func mineAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "mine", Private: true},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			r := h.request(e, x.Question)
			turns, err := h.turnsBefore(ctx, x, r)
			if err != nil {
				return chat.Reply{}, err
			}
			return h.answer(ctx, r, turns)
		},
	}
}

// shareAction says a private answer to the room. SECURITY: it is asked anew for the room's audience;
// what was found for the person alone is not reused.
func shareAction() action {
	return action{
		ActionSpec: chat.ActionSpec{Verb: "share"},
		run: func(h *Handler, ctx context.Context, e chat.Event, row string) (chat.Reply, error) {
			x, err := h.exchange(ctx, e, row)
			if err != nil {
				return chat.Reply{}, err
			}
			if x.Account != e.Actor.Account.String() {
				return chat.Reply{}, errNotYours
			}
			r := h.request(e, x.Question)
			turns, err := h.turnsBefore(ctx, x, r)
			if err != nil {
				return chat.Reply{}, err
			}
			if found, err := h.finds(ctx, x, r, turns); err != nil || !found {
				return aside(sayUnshared), err
			}
			reply, err := h.repeat(ctx, x, r, turns)
			who := e.Actor.Name
			if who == "" {
				who = saySomebody
			}
			reply.Blocks = append([]chat.Block{chat.Say(fmt.Sprintf(sayShared, who, x.Question))}, reply.Blocks...)
			return reply, err
		},
	}
}

// shareButton offers to share what one person of a shared room reads; nothing elsewhere.
func shareButton(r request, x Exchange) []chat.Action {
	if !r.private || !shared(r.event) {
		return nil
	}
	return []chat.Action{{ID: "share:" + x.ID, Label: "Share with the channel"}}
}

// repeat answers an exchange anew, for those who a request is for.
func (h *Handler) repeat(ctx context.Context, x Exchange, r request, turns []index.Turn) (chat.Reply, error) {
	switch x.Command {
	case "define":
		return h.runDefine(ctx, r)
	case "who":
		return h.runWho(ctx, r)
	}
	return h.answer(ctx, r, turns)
}

// finds reports whether repeating an exchange would give them anything.
func (h *Handler) finds(ctx context.Context, x Exchange, r request, turns []index.Turn) (bool, error) {
	switch {
	case x.Command == "define":
		return len(h.Ask.Define(r.who, r.text).Entries) > 0, nil
	case x.Command == "who" && h.Experts != nil:
		found, err := h.whoFor(ctx, r, r.text)
		return len(found.People)+len(found.Places) > 0 && found.Reason == "", err
	}
	a, err := h.Ask.Ask(ctx, ask.Question{Text: r.text, Turns: turns, Audience: r.who, Home: r.home, OneSide: true})
	return a.Found(), err
}

// withoutShare takes the button to share away from a private answer when the room would get none.
func (h *Handler) withoutShare(ctx context.Context, e chat.Event, reply chat.Reply) (chat.Reply, error) {
	if len(reply.Blocks) == 0 || audience(e, false) == personAudience(e.Actor) {
		return reply, nil
	}
	last := len(reply.Blocks) - 1
	buttons, _ := reply.Blocks[last].(chat.Actions)
	at := slices.IndexFunc(buttons.Actions, func(a chat.Action) bool { return chat.Verb(a.ID) == "share" })
	if at < 0 {
		return reply, nil
	}
	x, err := h.exchange(ctx, e, chat.RowOf(buttons.Actions[at].ID))
	if err != nil {
		return chat.Reply{}, err
	}
	r := request{event: e, text: x.Question, who: audience(e, false), home: home(e)}
	turns, err := h.turnsBefore(ctx, x, r)
	if err != nil {
		return chat.Reply{}, err
	}
	found, err := h.finds(ctx, x, r, turns)
	if err != nil || found {
		return reply, err
	}
	reply.Blocks = append(reply.Blocks[:last:last], chat.Actions{Actions: slices.Delete(slices.Clone(buttons.Actions), at, at+1)})
	return reply, nil
}

// again asks the question of an exchange for whoever pressed, without keeping it as a new one.
func (h *Handler) again(ctx context.Context, e chat.Event, row string) (ask.Answer, error) {
	x, err := h.exchange(ctx, e, row)
	if err != nil {
		return ask.Answer{}, err
	}
	r := h.request(e, x.Question)
	turns, err := h.turnsBefore(ctx, x, r)
	if err != nil {
		return ask.Answer{}, err
	}
	return h.Ask.Ask(ctx, ask.Question{Text: x.Question, Turns: turns, Audience: r.who, Home: r.home})
}

// turnsBefore returns what was said before an exchange that may feed its answer for another audience.
func (h *Handler) turnsBefore(ctx context.Context, x Exchange, r request) ([]index.Turn, error) {
	asker := r.event.Actor.Account.String()
	feeding, err := h.before(ctx, x, asker, r.who)
	return asTurns(feeding[max(0, len(feeding)-maxTurns):], asker), err
}

// before returns the exchanges before one that may feed what somebody is told of it, for an audience; oldest first.
func (h *Handler) before(ctx context.Context, x Exchange, account string, who access.Audience) ([]Exchange, error) {
	all, err := h.Store.Conversation(ctx, x.Conversation, x.At.Add(-threadTime), 4*maxTurns)
	return slices.DeleteFunc(all, func(b Exchange) bool { return !b.At.Before(x.At) || !mayFeed(b, account, who) }), err
}

// wider reports whether a person may see more than those a reply is for.
func wider(person, reply access.Audience) bool {
	return person != reply && person != (access.Audience{})
}
