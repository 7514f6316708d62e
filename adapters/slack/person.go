package slack

import (
	"context"
	"errors"
	"slices"
	"time"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// personKept is how long what is known of a person is believed; user_change renews it at once.
const personKept = time.Hour

// person is somebody as their workspace knows them.
type person struct {
	name, zone, locale string
	standing           chat.Standing
	ours               bool   // a member of this workspace, and not of another one of the same Grid organisation
	home               string // the other company's team that they are of; "" for our own people
	bot                bool   // no person at all: not an actor, and not counted among a room's readers
	at                 time.Time
}

const slackbot = "USLACKBOT"

// actor describes who did something, waiting for the lookup no longer than ctx. homeTeam is the team
// that the payload says they belong to; "" when it says none.
func (w *workspace) actor(ctx context.Context, user, homeTeam string) (chat.Actor, bool) {
	if w.isForeign(homeTeam) {
		// SECURITY: ids of other companies' people are never looked up as if they were ours.
		return chat.Actor{Account: w.visitor(user, homeTeam), Standing: chat.StandingStranger}, false
	}
	p, known := w.person(ctx, user)
	account := w.account(user)
	if p.home != "" {
		account = w.visitor(user, p.home)
	}
	actor := chat.Actor{Account: account, Name: p.name, Zone: p.zone, Locale: p.locale, Standing: p.standing}
	if p.standing == chat.StandingMember && p.ours {
		actor.Organisation = w.Organisation
	}
	return actor, known && p.bot
}

// isForeign reports whether a team is certainly another company's. Inside Enterprise Grid a team id
// does not tell; users.info does.
func (w *workspace) isForeign(team string) bool {
	id, enterprise, _ := w.known()
	switch {
	case team == "" || team == id || team == enterprise:
		return false
	case enterprise == "":
		return true
	}
	return team[0] == 'E'
}

// foreign returns a team if it is certainly another company's, else "".
func (w *workspace) foreign(team string) string {
	if w.isForeign(team) {
		return team
	}
	return ""
}

// person returns what is known of a user, asking Slack when it is not. known is false when Slack did
// not say in time: then nothing may be concluded.
func (w *workspace) person(ctx context.Context, user string) (p person, known bool) {
	if user == "" {
		return person{}, false
	}
	if user == slackbot {
		return person{bot: true}, true
	}
	if p, ok := w.keptPerson(user); ok {
		return p, true
	}
	result := w.lookups.DoChan("user/"+user, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
		defer cancel()
		return w.lookUpPerson(ctx, user)
	})
	select {
	case r := <-result:
		p, _ := r.Val.(person)
		return p, r.Err == nil
	case <-ctx.Done():
		return person{}, false
	}
}

// glance is a look at people that is under way. What it finds of somebody who changed meanwhile may be
// what they were before.
type glance struct {
	changed map[string]bool
	all     bool
}

func (w *workspace) beginGlance() *glance {
	g := &glance{changed: map[string]bool{}}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.glances[g] = true
	return g
}

func (w *workspace) endGlance(g *glance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.glances, g)
}

// errChanging says that somebody changed each time they were looked up.
var errChanging = errors.New("the person changed while they were looked up")

const glanceTries = 3

func (w *workspace) lookUpPerson(ctx context.Context, user string) (person, error) {
	for range glanceTries {
		p, current, err := w.glanceAt(ctx, user)
		if err != nil || current {
			return p, err
		}
	}
	return person{}, errChanging
}

func (w *workspace) glanceAt(ctx context.Context, user string) (p person, current bool, err error) {
	g := w.beginGlance()
	defer w.endGlance(g)
	found, err := w.api.GetUserInfoContext(ctx, user)
	if err != nil {
		return person{}, false, err
	}
	p, current = w.keepPerson(*found, g)
	return p, current, nil
}

func (w *workspace) keptPerson(user string) (person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.people[user]
	return p, ok && w.now().Sub(p.at) < personKept
}

// keepPerson keeps what a glance found of somebody. current is false, and nothing is kept, when they
// changed since it began.
func (w *workspace) keepPerson(u slackapi.User, g *glance) (p person, current bool) {
	p = person{
		name: orText(u.Profile.DisplayName, orText(u.RealName, u.Name)),
		home: w.foreign(u.TeamID), zone: u.TZ, locale: u.Locale, bot: u.IsBot || u.ID == slackbot, standing: w.standing(u), ours: w.isOurs(u), at: w.now(),
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if g.all || g.changed[u.ID] {
		return person{}, false
	}
	if before, ok := w.people[u.ID]; ok && before.standing == chat.StandingMember && p.standing != chat.StandingMember {
		w.dropRooms() // rooms that were staff only may not be any more
	}
	w.people[u.ID] = p
	return p, true
}

// isOurs reports whether somebody belongs to this very workspace.
//
// SECURITY: a Grid organisation may hold workspaces of several organisations of ours, and others. Who is
// in another of its workspaces is staff, but not of this workspace's organisation.
func (w *workspace) isOurs(u slackapi.User) bool {
	id, enterprise, _ := w.known()
	return u.TeamID == id || id == enterprise || slices.Contains(u.Enterprise.Teams, id)
}

// standing is StandingMember for a full, current member of this workspace or Grid organisation, and
// for nobody else.
func (w *workspace) standing(u slackapi.User) chat.Standing {
	switch {
	case u.Deleted, u.IsRestricted, u.IsUltraRestricted, u.IsStranger, u.IsInvitedUser, u.IsBot:
		return chat.StandingStranger
	case u.TeamID == "":
		return chat.StandingUnknown
	}
	id, enterprise, _ := w.known()
	if u.TeamID == id || enterprise != "" && (u.TeamID == enterprise || u.Enterprise.EnterpriseID == enterprise) {
		return chat.StandingMember
	}
	return chat.StandingStranger
}

// personChanged takes what a user_change or team_join event says. They are looked up again when they
// are next met.
//
// SECURITY: rooms are forgotten whenever somebody is no full member now, whatever was known of them
// before: a room may have been judged by what they were.
func (w *workspace) personChanged(user wireUser) {
	foreign := w.isForeign(user.TeamID)
	w.mu.Lock()
	defer w.mu.Unlock()
	if user.Guest || foreign {
		w.dropRooms()
	}
	if before, ok := w.people[user.ID]; ok {
		before.at = time.Time{} // what they were stays, so that a fall from member is noticed
		w.people[user.ID] = before
	}
	for g := range w.glances {
		g.changed[user.ID] = true
	}
	w.lookups.Forget("user/" + user.ID)
}

// forgetPeople makes everybody be looked up again, and what is being looked up now not count.
func (w *workspace) forgetPeople() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for user := range w.people {
		w.lookups.Forget("user/" + user)
	}
	w.people, w.directory = map[string]person{}, map[string]time.Time{}
	for g := range w.glances {
		g.all = true
	}
}

// nameOf says a user id in words, for a mention of somebody else. It does not ask Slack: a name that
// is not known yet is not worth a call while an event waits.
func (w *workspace) nameOf(user string) string {
	if p, ok := w.keptPerson(user); ok && p.name != "" {
		return p.name
	}
	return user
}
