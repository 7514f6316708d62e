package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/bot/feedback"
	"liaison/bot/inbox"
	"liaison/bot/records"
)

const (
	sayWorking = "I am still looking. The answer will appear here."
	sayBroken  = "Sorry, something went wrong on our side (ref %s). Please try again; if it happens again, tell an admin this reference."
	sayTimeout = "Sorry, that took too long and I stopped (ref %s). Please try again in a moment."
	sayAdmins  = "Only an admin can do that. If you should be one, ask whoever runs Liaison to add %s to ADMINS."
)

// How long a command may take.
const (
	answerTime  = 20 * time.Second
	reindexTime = 14 * time.Minute // Discord takes an answer for fifteen
	removedTime = 10 * time.Minute // to forget everybody of a workspace; nobody waits for an answer
)

// Handler turns events into replies. A field is required unless it says what its zero
// value means; Admins may be empty. It is safe for concurrent use.
type Handler struct {
	Ask      *ask.Service
	Feedback *feedback.Service
	Store    Store
	// Experts says who knows; nil where no people are kept.
	Experts *experts.Service
	// OfferIntroduction returns the button that asks for an introduction to somebody named in an exchange,
	// and whether to show it; nil where no introductions are made.
	OfferIntroduction func(e chat.Event, exchange string, p directory.Person) (chat.Action, bool)
	People            *People
	Records           records.Mode // what becomes of what is erased; "" deletes it
	Library           Library      // nil where there is none to look after
	Admins            []chat.Account
	Adapters          map[string]chat.Adapter // by name
	Now               func() time.Time
	Log               *slog.Logger

	once    sync.Once
	limits  *limits
	further further
	offers  offers
}

var _ inbox.Handler = (*Handler)(nil)

// request is one thing a person asks for.
type request struct {
	event   chat.Event
	text    string // what follows the command
	private bool   // only the actor reads the answer
	who     access.Audience
	home    string
}

// Handle implements inbox.Handler: an event becomes a reply here.
func (h *Handler) Handle(ctx context.Context, e chat.Event) (reply chat.Reply) {
	started, name := h.Now(), h.name(e)
	log := h.Log.With(slog.String("platform", e.Platform), slog.String("conversation", e.Conversation()), slog.String("command", name))
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may hold what somebody wrote; its type and place do not.
			reference := inbox.Reference()
			log.Error("a command broke", slog.String("ref", reference), slog.String("panic", fmt.Sprintf("%T", p)),
				slog.String("stack", string(debug.Stack())))
			reply = h.Broken(e, reference)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, patience(name))
	defer cancel()
	reply, err := h.route(ctx, e)
	if err == nil {
		reply, err = h.withoutShare(ctx, e, reply)
	}
	if err != nil {
		reference := inbox.Reference()
		log.Error("a command failed", slog.String("ref", reference), slog.Any("error", err))
		reply = h.failed(ctx, e, reference)
	}
	reply.Private = h.private(e) || reply.Private && shared(e)
	h.offers.keep(e, name, reply, h.Now())
	log.Info("handled", slog.String("took", h.Now().Sub(started).Round(time.Millisecond).String()))
	return reply
}

func patience(command string) time.Duration {
	switch command {
	case "reindex":
		return reindexTime
	case string(chat.KindGone):
		return removedTime
	}
	return answerTime
}

func (h *Handler) route(ctx context.Context, e chat.Event) (chat.Reply, error) {
	switch e.Kind {
	case chat.KindMessage, chat.KindCommand:
		if reply, ours, err := h.relayed(ctx, e); ours || err != nil {
			return reply, err
		}
		if e.Kind == chat.KindMessage && !e.Addressed {
			if goesOn, err := h.goesOn(ctx, e); err != nil || !goesOn { // the platform was told so when nobody could say
				return chat.Reply{}, err
			}
		}
		return h.command(ctx, e)
	case chat.KindAction, chat.KindForm:
		return h.action(ctx, e)
	case chat.KindHome:
		return chat.Reply{}, h.publishHome(ctx, e)
	case chat.KindEdited:
		if reply, ours, err := h.relayed(ctx, e); ours || err != nil {
			return reply, err
		}
		return chat.Reply{}, errors.Join(h.People.Inquiries.Reword(ctx, sourceOf(e), e.Text), h.Store.Reword(ctx, messageOf(e), e.Text))
	case chat.KindDeleted:
		return chat.Reply{}, errors.Join(h.People.Intros.Delete(ctx, sourceOf(e)), h.People.Inquiries.Unsay(ctx, sourceOf(e)), h.Store.DropMessage(ctx, messageOf(e)))
	case chat.KindGone:
		return chat.Reply{}, h.removed(ctx, e)
	case chat.KindMembers: // for the adapter's own memory of rooms
	}
	return chat.Reply{}, nil
}

func (h *Handler) request(e chat.Event, text string) request {
	private := h.private(e)
	return request{event: e, text: text, private: private, who: audience(e, private), home: home(e)}
}

// private reports whether only the actor of a shared room will read the answer. Platforms were told the
// same before. Where nobody else is, there is nothing to say about it.
func (h *Handler) private(e chat.Event) bool {
	if !shared(e) {
		return false
	}
	if e.Private || e.Kind == chat.KindCommand && e.Quoted != nil {
		return true
	}
	if spec, ok := actionSpec(e.Action); ok && e.Action != "" {
		return spec.Private
	}
	c, _ := h.read(e)
	return c.Private
}

func (h *Handler) command(ctx context.Context, e chat.Event) (chat.Reply, error) {
	c, text := h.read(e)
	if c.Admin && !h.admin(e.Actor.Account) {
		return say(fmt.Sprintf(sayAdmins, e.Actor.Account.Setting())), nil
	}
	if wait := h.limit(e); wait > 0 {
		return say(limitSentence(wait)), nil
	}
	reply, err := c.run(h, ctx, h.request(e, text))
	if err != nil || !c.meets {
		return reply, err
	}
	return h.tellKept(ctx, e, reply)
}

// tellKept adds, to the first answer a person gets, what is kept and how to be forgotten.
func (h *Handler) tellKept(ctx context.Context, e chat.Event, reply chat.Reply) (chat.Reply, error) {
	first, err := h.Store.Meet(ctx, e.Actor.Account.String(), eventKey(e), h.Now())
	if err != nil || !first {
		return reply, err
	}
	notes := []chat.Block{chat.Note(chat.Info, forDays(sayMet)), chat.Note(chat.Info, h.eraseWords())}
	if last := len(reply.Blocks) - 1; last >= 0 {
		if buttons, ok := reply.Blocks[last].(chat.Actions); ok {
			reply.Blocks = append(append(reply.Blocks[:last:last], notes...), buttons)
			return reply, nil
		}
	}
	reply.Blocks = append(reply.Blocks, notes...)
	return reply, nil
}

func (h *Handler) admin(a chat.Account) bool {
	for _, admin := range h.Admins {
		if admin == a {
			return true
		}
	}
	return false
}

// failed says that something went wrong, to a person who waits for an answer.
func (h *Handler) failed(ctx context.Context, e chat.Event, reference string) chat.Reply {
	reply := h.Broken(e, reference)
	if ctx.Err() == context.DeadlineExceeded && !reply.Silent() {
		return failure(fmt.Sprintf(sayTimeout, reference))
	}
	return reply
}

// Broken implements inbox.Handler.
func (h *Handler) Broken(e chat.Event, reference string) chat.Reply {
	if !waits(e) {
		return chat.Reply{}
	}
	reply := failure(fmt.Sprintf(sayBroken, reference))
	reply.Private = h.private(e)
	return reply
}

// Working implements inbox.Handler.
func (h *Handler) Working(e chat.Event) chat.Reply {
	if !waits(e) || h.showsItself(e) {
		return chat.Reply{}
	}
	reply := chat.Reply{Blocks: []chat.Block{chat.Note(chat.Info, sayWorking)}}
	reply.Private = h.private(e)
	return reply
}

// showsItself reports whether what an event asks for shows by itself how far it is.
func (h *Handler) showsItself(e chat.Event) bool {
	_, ok := h.Adapters[e.Platform].(chat.HomePublisher)
	return ok && e.Kind == chat.KindAction && chat.Verb(e.Action) == "reindex"
}

// waits reports whether a person expects an answer to the event.
func waits(e chat.Event) bool {
	switch e.Kind {
	case chat.KindMessage:
		return e.Addressed
	case chat.KindCommand, chat.KindAction, chat.KindForm:
		return true
	default:
		return false
	}
}

// name says what an event asks for, in a word for the log.
func (h *Handler) name(e chat.Event) string {
	switch e.Kind {
	case chat.KindMessage, chat.KindCommand:
		c, _ := h.read(e)
		return c.Name
	case chat.KindAction, chat.KindForm:
		if _, ok := actionSpec(e.Action); ok {
			return chat.Verb(e.Action)
		}
		return "unknown action"
	default:
		return string(e.Kind)
	}
}

func say(sentences ...string) chat.Reply {
	return chat.Reply{Blocks: []chat.Block{chat.Say(strings.Join(sentences, " "))}}
}

func failure(sentence string) chat.Reply {
	return chat.Reply{Blocks: []chat.Block{chat.Note(chat.Failure, sentence)}}
}
