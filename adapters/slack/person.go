package slack

import (
	"context"
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
	bot                bool // no person at all: not an actor, and not counted among a room's readers
	at                 time.Time
}

const slackbot = "USLACKBOT"

// actor describes who did something, waiting for the lookup no longer than ctx. homeTeam is the team
// that the payload says they belong to; "" when it says none.
func (w *workspace) actor(ctx context.Context, user, homeTeam string) (chat.Actor, bool) {
	account := w.account(user)
	if w.isForeign(homeTeam) {
		// SECURITY: ids of other companies' people are never looked up as if they were ours.
		account.Workspace = homeTeam
		return chat.Actor{Account: account, Standing: chat.StandingStranger}, false
	}
	p, known := w.person(ctx, user)
	actor := chat.Actor{Account: account, Name: p.name, Zone: p.zone, Locale: p.locale, Standing: p.standing}
	if p.standing == chat.StandingMember {
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
		found, err := w.api.GetUserInfoContext(ctx, user)
		if err != nil {
			return person{}, err
		}
		return w.keepPerson(*found), nil
	})
	select {
	case r := <-result:
		p, _ := r.Val.(person)
		return p, r.Err == nil
	case <-ctx.Done():
		return person{}, false
	}
}

func (w *workspace) keptPerson(user string) (person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.people[user]
	return p, ok && w.now().Sub(p.at) < personKept
}

func (w *workspace) keepPerson(u slackapi.User) person {
	p := person{
		name: orText(u.Profile.DisplayName, orText(u.RealName, u.Name)),
		zone: u.TZ, locale: u.Locale, bot: u.IsBot || u.ID == slackbot, standing: w.standing(u), at: w.now(),
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if before, ok := w.people[u.ID]; ok && before.standing == chat.StandingMember && p.standing != chat.StandingMember {
		w.rooms = map[string]*room{} // rooms that were staff only may not be any more
	}
	w.people[u.ID] = p
	return p
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

// personChanged takes what a user_change or team_join event says.
func (w *workspace) personChanged(user wireUser) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, ok := w.people[user.ID]
	if ok && before.standing == chat.StandingMember && user.Guest {
		w.rooms = map[string]*room{}
	}
	delete(w.people, user.ID)
}

// nameOf says a user id in words, for a mention of somebody else. It does not ask Slack: a name that
// is not known yet is not worth a call while an event waits.
func (w *workspace) nameOf(user string) string {
	if p, ok := w.keptPerson(user); ok && p.name != "" {
		return p.name
	}
	return user
}
