package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"liaison/bot/chat"
	"liaison/bot/coffee"
	"liaison/bot/directory"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
)

const (
	sayCoffee        = "I look for somebody from another organisation who would like a coffee and a conversation too, at times when both of you are at work, and ask you both. You would be in the queue until %s."
	sayCoffeeConsent = "“Join the queue” means that you agree to this: %s"
	sayCoffeeZone    = "To find times when both of you are at work I need your time zone. Use the button, or say for example “profile zone London”, and then “coffee” again."
	sayCoffeeClosed  = "%s has closed, and I bring people of organisations together that are at work now. Link the account that you have where you work now, and say “coffee” there."
	sayCoffeeWaiting = "You are in the queue for a coffee, until %s. As soon as somebody fits I ask you both."
	sayCoffeeAsked   = "You said yes to a coffee. By %s you know whether it comes about; when it does not, you stay in the queue until %s."
	sayCoffeeLeft    = "You are not in the queue for a coffee. Nobody learns that you left. Say “coffee” whenever you want to join again."
	sayCoffeeHow     = "Say “coffee” to join the queue or to see how it stands, and “coffee leave” to leave it."
	sayCoffeeYes     = "Thank you. When both of you have said yes, I bring you together."
	sayCoffeePass    = "Then I look for somebody else. They are not told."
	sayCoffeeStop    = "Then not now: you are out of the queue. They are not told. Say “coffee” whenever you want to join again."

	sayLetterCoffee       = "Somebody %s would like a coffee and a conversation, as you do. At these times you are both at work:"
	sayLetterCoffeeBy     = "Please answer by %s. Neither of you learns who said no, or nothing; names I tell when both have said yes."
	sayLetterCoffeeConn   = "You both said yes to a coffee. At these times you are both at work:"
	sayLetterCoffeeGroup  = "%s, meet %s. You both said yes to a coffee. At these times you are both at work:"
	sayLetterNoCoffee     = "The coffee that I proposed to you did not come about. That can have many reasons."
	sayLetterCoffeeAgain  = "You are in the queue again, until %s."
	sayLetterCoffeeOut    = "You are not in the queue any more; say “coffee” to join again."
	sayLetterNobodyCoffee = "I have found nobody for a coffee with you yet: it takes somebody from another organisation whom you have not met and whose working hours meet yours. You stay in the queue until %s and I ask you as soon as somebody fits; then you leave it without a further word. “coffee” tells you how it stands, “coffee leave” takes you out."
)

// coffeeWording is what the two agree to. A new wording needs a new number.
const coffeeWording = "1: If the other person says yes too, we learn each other's name and are brought together, and when we are in different places Liaison passes our words on and keeps them until 30 days after the end. I can close it at any time."

func coffeeCommand() command {
	return command{
		Command: chat.Command{
			Name:     "coffee",
			Summary:  "Finds somebody from another organisation for a conversation; both must say yes",
			Argument: chat.Argument{Name: "leave", Hint: "nothing to join or to see how it stands; leave to leave the queue"},
			Examples: []string{"coffee", "coffee leave"},
			Private:  true,
		},
		run:   (*Handler).runCoffee,
		alone: true,
		leads: func(rest string) bool {
			return leavesCoffee(rest) || slices.Contains([]string{"join", "please"}, plainWords(rest))
		},
	}
}

func leavesCoffee(text string) bool {
	return slices.Contains([]string{"leave", "stop", "no", "not now"}, plainWords(text))
}

func (h *Handler) runCoffee(ctx context.Context, r request) (chat.Reply, error) {
	p, err := h.me(ctx, r.event)
	if err != nil {
		return chat.Reply{}, err
	}
	switch text := plainWords(r.text); {
	case leavesCoffee(text):
		return say(sayCoffeeLeft), h.People.Coffee.Leave(ctx, p.Person, r.event.Actor.Account.String())
	case text != "" && text != "join":
		return say(sayCoffeeHow), nil
	}
	e, err := h.People.Coffee.Of(ctx, p.Person)
	if errors.Is(err, coffee.ErrNotFound) {
		return h.coffeeCard(p), nil
	}
	if err != nil {
		return chat.Reply{}, err
	}
	return h.coffeeState(ctx, p, e)
}

// coffeeCard says what joining means, before anybody joins.
func (h *Handler) coffeeCard(p profile.Profile) chat.Reply {
	open, closed := h.organisations(p)
	if len(open) == 0 && len(closed) > 0 {
		return say(fmt.Sprintf(sayCoffeeClosed, h.Ask.Name(closed[0])))
	}
	zone := h.schedule(p).Zone
	if zone == nil {
		return chat.Reply{Blocks: []chat.Block{chat.Say(sayCoffeeZone), chat.Actions{Actions: []chat.Action{
			{ID: "coffeezone:", Label: "Say my time zone", Style: chat.Primary},
		}}}}
	}
	return chat.Reply{Blocks: []chat.Block{
		chat.Say(fmt.Sprintf(sayCoffee, day(h.Now().Add(coffee.QueueTime), zone))),
		chat.Note(chat.Info, fmt.Sprintf(sayCoffeeConsent, wording(coffee.Consent))),
		chat.Actions{Actions: []chat.Action{{ID: "coffeejoin:", Label: "Join the queue", Style: chat.Primary}}},
	}}
}

// coffeeState says how it stands for somebody in the queue.
func (h *Handler) coffeeState(ctx context.Context, p profile.Profile, e coffee.Entry) (chat.Reply, error) {
	zone := h.schedule(p).Zone
	text := fmt.Sprintf(sayCoffeeWaiting, day(e.Until, zone))
	if e.Introduction != "" {
		x, side, err := h.People.Intros.Introduction(ctx, e.Introduction, e.Account)
		if err != nil {
			return h.introProblem(err, profile.Account{})
		}
		if x.Parties[side].Yes { // who has not been asked yet must not see a proposal come and go
			text = fmt.Sprintf(sayCoffeeAsked, hour(x.Until, zone), day(e.Until, zone))
		}
	}
	return chat.Reply{Blocks: []chat.Block{chat.Say(text), chat.Actions{Actions: []chat.Action{{ID: "coffeeleave:", Label: "Leave the queue"}}}}}, nil
}

// day and hour say a time on somebody's clock.
func day(t time.Time, zone *time.Location) string { return inZone(t, zone).Format("Monday 2 January") }
func hour(t time.Time, zone *time.Location) string {
	return inZone(t, zone).Format("Monday 2 January, 15:04")
}

func inZone(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		return t.UTC()
	}
	return t.In(zone)
}

// organisations are those of all of a person's accounts: those at work, and those that have closed.
func (h *Handler) organisations(p profile.Profile) (open, closed []string) {
	for _, a := range p.Accounts {
		if a.Organisation == "" || slices.Contains(open, a.Organisation) || slices.Contains(closed, a.Organisation) {
			continue
		}
		into := &open
		for _, o := range h.Ask.Vocabulary().Organisations {
			if o.ID == a.Organisation && directory.Closed(o, h.Now()) {
				into = &closed
			}
		}
		*into = append(*into, a.Organisation)
	}
	return open, closed
}

// Seat says who somebody in the queue for coffee is now; see coffee.Service.
func (h *Handler) Seat(ctx context.Context, e coffee.Entry) (coffee.Seat, error) {
	p, err := h.People.Profiles.Store.Person(ctx, e.Person)
	if errors.Is(err, profile.ErrNotFound) {
		return coffee.Seat{}, coffee.ErrAway
	}
	if err != nil {
		return coffee.Seat{}, err
	}
	seat := coffee.Seat{Schedule: h.schedule(p), Budget: p.Budget}
	for _, a := range p.Accounts {
		if a.ID == e.Account {
			seat.Name, seat.Organisation = a.Name, a.Organisation
		}
	}
	open, closed := h.organisations(p)
	if !p.Has(e.Account) || seat.Schedule.Zone == nil || len(open) == 0 && len(closed) > 0 || slices.Contains(closed, seat.Organisation) {
		return coffee.Seat{}, coffee.ErrAway
	}
	seat.Organisations = open
	return seat, nil
}

// OneRoom reports whether two accounts can have a conversation of their platform's own.
func (h *Handler) OneRoom(a, b string) bool {
	account, ok := chat.ParseAccount(a)
	return ok && h.oneRoom(account, b)
}

// coffeeActions are the buttons of the queue and of what is proposed. Who pressed is checked by the service.
func coffeeActions() []action {
	return []action{
		{ActionSpec: chat.ActionSpec{Verb: "coffeejoin", Private: true}, run: (*Handler).joinCoffee},
		{ActionSpec: chat.ActionSpec{Verb: "coffeezone", Private: true, Opens: true}, run: (*Handler).coffeeZone},
		{ActionSpec: chat.ActionSpec{Verb: "coffeeleave", Private: true}, run: func(h *Handler, ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
			return h.runCoffee(ctx, h.request(e, "leave"))
		}},
		introButton("coffeeyes", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			_, err := h.People.Coffee.Accept(ctx, id, account, coffeeWording)
			return sayCoffeeYes, err
		}),
		introButton("coffeepass", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			return sayCoffeePass, h.People.Coffee.Pass(ctx, id, account)
		}),
		introButton("coffeestop", func(h *Handler, ctx context.Context, id, account string) (string, error) {
			return sayCoffeeStop, h.People.Coffee.Stop(ctx, id, account)
		}),
	}
}

// joinCoffee is the yes to standing in the queue. Whoever fits is looked for at once; when that fails,
// there is the next turn.
func (h *Handler) joinCoffee(ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
	p, err := h.me(ctx, e)
	if err != nil {
		return chat.Reply{}, err
	}
	if card := h.coffeeCard(p); !slices.ContainsFunc(card.Blocks, holdsAction("coffeejoin:")) {
		return card, nil // things have changed since they were asked
	}
	entry, err := h.People.Coffee.Join(ctx, p.Person, e.Actor.Account.String())
	if err != nil {
		return chat.Reply{}, err
	}
	if err := h.People.Coffee.Match(ctx); err != nil {
		h.Log.Warn("nobody could be looked for at once", slog.Any("error", err))
	}
	return h.coffeeState(ctx, p, coffee.Entry{Until: entry.Until})
}

func holdsAction(id string) func(chat.Block) bool {
	return func(b chat.Block) bool {
		actions, ok := b.(chat.Actions)
		return ok && slices.ContainsFunc(actions.Actions, func(a chat.Action) bool { return a.ID == id })
	}
}

// coffeeZone asks for the time zone in a form, keeps it, and goes on.
func (h *Handler) coffeeZone(ctx context.Context, e chat.Event, _ string) (chat.Reply, error) {
	p, err := h.me(ctx, e)
	if err != nil {
		return chat.Reply{}, err
	}
	if e.Kind != chat.KindForm {
		return chat.Reply{Form: &chat.Form{Action: "coffeezone:", Title: "My time zone", Submit: "Keep", Fields: []chat.Field{
			{ID: "zone", Label: "Your time zone", Hint: "A large city in it, such as London or New York", Kind: chat.FieldLine, Required: true, Value: p.Zone, Max: 60},
		}}}, nil
	}
	value := strings.TrimSpace(e.Values["zone"])
	problem := sayBadZone
	if value != "" {
		problem = profileFields["zone"](&p, value)
	}
	if problem != "" {
		return chat.Reply{Problems: map[string]string{"zone": problem}}, nil
	}
	kept, err := h.People.Profiles.Change(ctx, p.Home, func(p *profile.Profile) { profileFields["zone"](p, value) })
	if err != nil {
		return chat.Reply{}, err
	}
	return h.coffeeCard(kept), nil
}

// coffeeLetter asks one of the two, when they are at work.
func (h *Handler) coffeeLetter(ctx context.Context, x intro.Introduction, side intro.Side) (outbox.Letter, error) {
	p, err := h.People.Profiles.Store.Person(ctx, x.Persons[side])
	if errors.Is(err, profile.ErrNotFound) {
		return outbox.Letter{}, nil
	}
	if err != nil {
		return outbox.Letter{}, err
	}
	l := letter(chat.Say(fmt.Sprintf(sayLetterCoffee, h.whence(x.Parties[side.Other()]))), coffeeTimes(x, side),
		chat.Say(fmt.Sprintf(sayLetterCoffeeBy, hour(x.Until, zoneOf(x.Parties[side])))),
		chat.Note(chat.Info, "“Yes” means that you agree to this: "+wording(coffeeWording)), coffeeButtons(x.ID))
	l.Later = h.atWork(p)
	return l, nil
}

func coffeeButtons(id string) chat.Actions {
	return chat.Actions{Actions: []chat.Action{
		{ID: "coffeeyes:" + id, Label: "Yes, bring us together", Style: chat.Primary}, {ID: "coffeepass:" + id, Label: "Somebody else, please"},
		{ID: "coffeestop:" + id, Label: "Not now"},
	}}
}

// whence says where somebody is from, and no more.
func (h *Handler) whence(p intro.Party) string {
	if badge := h.badge(p.Account, p.Organisation); p.Organisation != "" {
		return "from " + badge
	} else if badge != "elsewhere" {
		return badge
	}
	return "from elsewhere"
}

// coffeeTimes lists the times that suit both, on the reader's clock first.
func coffeeTimes(x intro.Introduction, side intro.Side) chat.Items {
	var list chat.Items
	for _, t := range x.Times {
		list.Items = append(list.Items, chat.Item{Title: directory.InBoth(t, zoneOf(x.Parties[side]), zoneOf(x.Parties[side.Other()]))})
	}
	return list
}

// groupTimes lists the times for both at once.
func groupTimes(x intro.Introduction) chat.Items {
	var list chat.Items
	first, second := zoneOf(x.Parties[intro.Asker]), zoneOf(x.Parties[intro.Helper])
	for _, t := range x.Times {
		title := hour(t, first) + " (" + first.String() + ")"
		if first.String() != second.String() {
			title += ", " + hour(t, second) + " (" + second.String() + ")"
		}
		list.Items = append(list.Items, chat.Item{Title: title})
	}
	return list
}

func zoneOf(p intro.Party) *time.Location {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// noCoffeeLetter says that a coffee did not come about, and what is next.
func (h *Handler) noCoffeeLetter(ctx context.Context, x intro.Introduction, side intro.Side) (outbox.Letter, error) {
	e, err := h.People.Coffee.Of(ctx, x.Persons[side])
	switch {
	case errors.Is(err, coffee.ErrNotFound):
		return letter(chat.Say(sayLetterNoCoffee + " " + sayLetterCoffeeOut)), nil
	case err != nil:
		return outbox.Letter{}, err
	}
	return letter(chat.Say(sayLetterNoCoffee + " " + fmt.Sprintf(sayLetterCoffeeAgain, day(e.Until, zoneOf(x.Parties[side]))))), nil
}

// nobodyLetter says once, to somebody who still waits, that nobody was found yet.
func (h *Handler) nobodyLetter(ctx context.Context, i outbox.Item) (outbox.Letter, error) {
	p, err := h.People.Profiles.Store.ProfileOf(ctx, i.Account)
	if errors.Is(err, profile.ErrNotFound) {
		return outbox.Letter{}, nil
	}
	if err != nil {
		return outbox.Letter{}, err
	}
	e, err := h.People.Coffee.Of(ctx, p.Person)
	if errors.Is(err, coffee.ErrNotFound) || err == nil && e.Introduction != "" {
		return outbox.Letter{}, nil
	}
	l := letter(chat.Say(fmt.Sprintf(sayLetterNobodyCoffee, day(e.Until, h.schedule(p).Zone))))
	l.Later = h.atWork(p)
	return l, err
}
