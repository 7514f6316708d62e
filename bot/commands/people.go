package commands

import (
	"context"
	"strings"
	"time"

	"liaison/bot/chat"
	"liaison/bot/coffee"
	"liaison/bot/directory"
	"liaison/bot/inquiry"
	"liaison/bot/intro"
	"liaison/bot/outbox"
	"liaison/bot/profile"
	"liaison/knowledge"
)

// People is what commands about people work with.
type People struct {
	Profiles *profile.Service
	Intros   *intro.Service
	// Inquiries puts questions to people.
	Inquiries *inquiry.Service
	Coffee    *coffee.Service
	// Schedule returns when somebody is at work.
	Schedule func(p directory.Person) directory.Schedule
	Store    PeopleStore
}

// PeopleStore keeps what commands about people need besides.
type PeopleStore interface {
	// ItemByKey returns what was told under a key; ItemByMessage what a message of Liaison's was sent
	// for. Both return outbox.ErrNotFound when there is none.
	ItemByKey(ctx context.Context, key string) (outbox.Item, error)
	ItemByMessage(ctx context.Context, r chat.Ref) (outbox.Item, error)
	// SendingTo reports whether something is being sent to an account.
	SendingTo(ctx context.Context, account string, now time.Time) (bool, error)
	// Tell puts something into the outbox that goes with no other change.
	Tell(ctx context.Context, i outbox.Item) error
	// SealAccount puts a copy of everything held about a person aside, where that is asked for, before an
	// event erases it. For one event it does so once.
	SealAccount(ctx context.Context, account, event string) error
	// OnlyIn returns an account of everybody who has a part in what others have a part in too, and all of
	// whose accounts are of one workspace.
	OnlyIn(ctx context.Context, platform, workspace string) ([]string, error)
	// Held returns everything held about a person, by what it is, whatever accounts they have.
	Held(ctx context.Context, account string) (map[string][]map[string]any, error)
}

// me returns the profile of whoever an event comes from, who is met by it.
func (h *Handler) me(ctx context.Context, e chat.Event) (profile.Profile, error) {
	return h.People.Profiles.Meet(ctx, profile.Account{
		ID: e.Actor.Account.String(), Name: chat.Clean(e.Actor.Name), Organisation: home(e), Zone: e.Actor.Zone,
	})
}

// badge says where somebody is from: the organisation whose workspace they are in, else the platform.
// Both come from the platform, and nobody can write either into their name.
func (h *Handler) badge(account, organisation string) string {
	if organisation != "" {
		return h.Ask.Name(organisation)
	}
	a, _ := chat.ParseAccount(account)
	if a.Platform == "" {
		return "elsewhere"
	}
	return "on " + capital(a.Platform)
}

// named is a person's name with their badge: "Ada Example (GDS)".
func (h *Handler) named(a profile.Account) string {
	return orSomebody(a.Name) + " (" + h.badge(a.ID, a.Organisation) + ")"
}

func orSomebody(name string) string {
	if name = strings.TrimSpace(name); name != "" {
		return name
	}
	return "Somebody without a name"
}

// PersonOf is a profile as the directory knows people.
func PersonOf(p profile.Profile) directory.Person {
	account := p.Named()
	person := directory.Person{
		ID: p.Person, Name: account.Name, Organisation: account.Organisation, Zone: account.Zone, AskBudget: p.Budget,
		Reach: p.Reach, Consent: p.Consent, Questions: p.TakesQuestions(),
	}
	if p.Zone != "" {
		person.Zone = p.Zone
	}
	if p.Knows != "" {
		person.HelpsWith = splitTopics(p.Knows)
	}
	if hours, err := knowledge.ParseHours(p.Hours); err == nil && p.Hours != "" {
		person.OfficeHours = hours
	}
	for _, a := range p.Accounts {
		person.Accounts = append(person.Accounts, a.ID)
	}
	return person
}

func splitTopics(text string) (topics []string) {
	for topic := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		if topic = strings.TrimSpace(topic); topic != "" {
			topics = append(topics, topic)
		}
	}
	return topics
}

// atWork returns now when a person may be asked now, else the next time they may be.
func (h *Handler) atWork(p profile.Profile) time.Time {
	return h.working(p, h.Now()).From
}

// working returns what is left of a person's next hours at work, from a time on. Where there are none
// within a month it is a moment a month away.
func (h *Handler) working(p profile.Profile, from time.Time) directory.Interval {
	next, ok := h.schedule(p).Next(from)
	switch {
	case !ok:
		return directory.Interval{From: from.AddDate(0, 1, 0), To: from.AddDate(0, 1, 0)}
	case next.From.Before(from):
		next.From = from
	}
	return next
}

// schedule returns when somebody is at work, as they and their organisation say.
func (h *Handler) schedule(p profile.Profile) directory.Schedule {
	return h.People.Schedule(PersonOf(p))
}
