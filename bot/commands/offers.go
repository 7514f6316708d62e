package commands

import (
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"liaison/bot/chat"
)

// People type what a button says, or "yes", instead of pressing it. That is about the reply they were given, and no
// question: so what the last reply to somebody offered is looked at before anything else is made of their words.

const (
	sayAgree    = "To agree, say “%s”. I do nothing until you do."
	sayYesWhich = "Yes to which? Say %s."
	sayNotIt    = "I am sorry that this was not it. Tell me in other words what you are trying to do and I will look again."
	offerTime   = roomTime // after so long a "yes" is about something else
	offersKept  = 10_000   // people of whom it is remembered; those who were not answered for longest are dropped
)

// offer is what a reply let somebody do, and which command it was of.
type offer struct {
	command string
	buttons []button // none of them twice
	voted   bool     // whether it could be voted on, and so was an answer
	at      time.Time
}

// button is an action that needs no more than to be pressed, or a choice made.
type button struct {
	action  string // as chat.Action.ID
	label   string
	consent bool   // pressing it agrees to something: only its own words do
	choice  string // as the value of a chat.Option
}

// offers remembers what the last reply to each person in each room offered. It is kept in memory: after a restart, or at
// another of several replicas, a typed label is looked for as other words are.
type offers struct {
	mu   sync.Mutex
	last map[[sha256.Size]byte]offer
}

// reader names, without saying who it is, a person in a room: threads of a room are told apart by people, and hardly ever
// by what they type.
func reader(e chat.Event) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join([]string{e.Platform, e.Workspace, e.Room.ID, e.Actor.Account.String()}, "\x00")))
}

// keep remembers what a reply offers. One that only says a word leaves what stands above it open.
func (o *offers) keep(e chat.Event, command string, reply chat.Reply, now time.Time) {
	if reply.Silent() {
		return
	}
	next := offered(reply)
	next.command, next.at = command, now
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last == nil {
		o.last = map[[sha256.Size]byte]offer{}
	}
	before, known := o.last[reader(e)]
	if len(next.buttons) == 0 && len(reply.Blocks) == 1 {
		next.buttons, next.voted = before.buttons, before.voted
	}
	if !known && len(o.last) >= offersKept {
		o.makeRoom()
	}
	o.last[reader(e)] = next
}

func (o *offers) makeRoom() {
	var oldest [sha256.Size]byte
	var at time.Time
	for who, offer := range o.last {
		if at.IsZero() || offer.at.Before(at) {
			oldest, at = who, offer.at
		}
	}
	delete(o.last, oldest)
}

// to returns what the last reply offered to whoever an event is from.
func (o *offers) to(e chat.Event, now time.Time) offer {
	o.mu.Lock()
	defer o.mu.Unlock()
	last, ok := o.last[reader(e)]
	if !ok || now.Sub(last.at) > offerTime {
		return offer{}
	}
	return last
}

// offered returns what a reply lets its reader do by its buttons and choices. What asks first whether it is meant, opens a
// form or an address, or stands there for several people is only pressed.
func offered(reply chat.Reply) offer {
	var out offer
	add := func(actions ...chat.Action) {
		for _, a := range actions {
			out.voted = out.voted || a.Vote != 0
			spec, ok := actionSpec(a.ID)
			if ok && !spec.Opens && a.URL == "" && a.Confirm == "" {
				out.buttons = append(out.buttons, button{action: a.ID, label: a.Label, consent: a.Style == chat.Primary})
			}
		}
	}
	for _, block := range reply.Blocks {
		switch b := block.(type) {
		case chat.Actions:
			add(b.Actions...)
		case chat.Choice:
			for _, o := range b.Options {
				out.buttons = append(out.buttons, button{action: b.Action, label: o.Label, choice: o.Value})
			}
		case chat.People:
			for _, p := range b.People {
				add(p.Actions...)
			}
		case chat.Items:
			for _, i := range b.Items {
				add(i.Actions...)
			}
		case chat.Text, chat.Sources, chat.Facts, chat.Notice: // nothing to press
		}
	}
	all := slices.Clone(out.buttons)
	out.buttons = slices.DeleteFunc(out.buttons, func(b button) bool {
		return slices.ContainsFunc(all, func(other button) bool { return other != b && spoken(other.label) == spoken(b.label) })
	})
	return out
}

// taken returns the command, and its words, for a text that takes up what the last reply offered.
func (h *Handler) taken(e chat.Event) (c command, text string, ok bool) {
	if e.Kind != chat.KindMessage || e.Quoted != nil {
		return command{}, "", false
	}
	last := h.offers.to(e, h.Now())
	if told := tellsSkills.FindStringSubmatch(e.Text); told != nil && last.command == profileCommand().Name {
		return profileCommand(), "knows " + told[1], true
	}
	c, ok = last.takenBy(spoken(e.Text))
	return c, "", ok
}

// tellsSkills is how people answer what others may ask them about.
var tellsSkills = regexp.MustCompile(`(?i)^\s*(?:i (?:know|can help|help|am good|do)|i['’]m good|(?:people |others )?(?:can |may )?ask me)(?: (?:about|with|at|people with))?\s+(\S.*?)[.! ]*$`)

// takenBy returns the command for words that take an offer up.
func (last offer) takenBy(said string) (command, bool) {
	for _, b := range last.buttons {
		if label := spoken(b.label); said == label || bare(said) == label {
			return pressing(b), true
		}
	}
	if last.voted && slices.Contains(noes, said) {
		return saying("notit", sayNotIt), true
	}
	if last.voted || !slices.Contains(yeses, bare(said)) || len(last.buttons) == 0 {
		return command{}, false
	}
	switch agreed := slices.IndexFunc(last.buttons, func(b button) bool { return b.consent }); {
	case agreed >= 0:
		return saying("agree", fmt.Sprintf(sayAgree, last.buttons[agreed].label)), true
	case len(last.buttons) == 1:
		return pressing(last.buttons[0]), true
	}
	var labels []string
	for _, b := range last.buttons {
		labels = append(labels, "“"+b.label+"”")
	}
	return saying("which", fmt.Sprintf(sayYesWhich, orList(labels))), true
}

var noes = []string{"no", "nope", "nah", "no it isnt", "no it is not", "no it doesnt", "no it does not"}

var yeses = []string{"yes", "yep", "yeah", "yea", "yup", "sure", "do it", "do that", "do", "go ahead", "i agree", "i do"}

// pressing is the command that does what a button does.
func pressing(b button) command {
	spec, _ := actionSpec(b.action)
	return command{
		Command: chat.Command{Name: spec.Verb, Private: spec.Private, Admin: spec.Admin},
		run: func(h *Handler, ctx context.Context, r request) (chat.Reply, error) {
			e := r.event
			e.Kind, e.Action, e.Values = chat.KindAction, b.action, map[string]string{"choice": b.choice}
			reply, err := h.press(ctx, e)
			reply.Replaces = false                        // the words stand below what was offered, and so does the reply to them
			reply.Private = reply.Private || spec.Private // SECURITY: whatever was offered since this began
			return reply, err
		},
	}
}
