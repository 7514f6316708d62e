package slack

import (
	"context"
	"log/slog"
	"time"

	slackapi "github.com/slack-go/slack"

	"liaison/bot/chat"
)

// A room is as private as its least privileged reader. Its members are looked up once, and the result
// is kept until an event says that they changed, or the connection was down and could have missed one,
// and never longer than roomKept.
type room struct {
	scope        chat.Scope
	name         string
	organisation string
	at           time.Time // when it was found out
	retry        time.Time // of a scope that could not be found out: when to try again
	looking      bool      // it is being looked up
}

const unknownKept = time.Minute

// roomKept bounds how long a scope is believed, should the news of a change never come.
const roomKept = 12 * time.Hour

func (r room) as(channel string) chat.Room {
	return chat.Room{
		ID: channel, Name: r.name, Scope: r.scope, Organisation: r.organisation, Direct: r.scope == chat.ScopeDirect,
	}
}

// room describes where something happened. It waits for a lookup no longer than ctx; a room that is
// not known by then is ScopeUnknown, and will be known the next time.
func (w *workspace) room(ctx context.Context, channel, kind string, shared bool) chat.Room {
	switch {
	case channel == "":
		return chat.Room{}
	case kind == "im":
		w.keepRoom(channel, &room{scope: chat.ScopeDirect})
	case shared:
		w.keepRoom(channel, &room{scope: chat.ScopePublic})
	}
	if r, ok := w.keptRoom(channel); ok {
		return r.as(channel)
	}
	result := w.lookups.DoChan("room/"+channel, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return w.lookUpRoom(ctx, channel), nil
	})
	select {
	case r := <-result:
		return r.Val.(*room).as(channel)
	case <-ctx.Done():
		return chat.Room{ID: channel}
	}
}

func (w *workspace) keptRoom(channel string) (room, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.rooms[channel]
	switch {
	case !ok, r.looking, w.now().Sub(r.at) >= roomKept:
		return room{}, false
	case r.scope == chat.ScopeUnknown && !w.now().Before(r.retry):
		return room{}, false
	}
	return *r, true
}

func (w *workspace) keepRoom(channel string, r *room) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if before, ok := w.rooms[channel]; ok && r.name == "" {
		r.name = before.name
	}
	r.at = w.now()
	w.rooms[channel] = r
}

// forgetRoom makes the next event look a room up again, and what is being looked up now not count;
// forgetRooms does so for all.
func (w *workspace) forgetRoom(channel string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.rooms, channel)
	w.lookups.Forget("room/" + channel)
}

func (w *workspace) forgetRooms() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropRooms()
}

// dropRooms is forgetRooms for who holds the lock.
func (w *workspace) dropRooms() {
	for channel := range w.rooms {
		w.lookups.Forget("room/" + channel)
	}
	w.rooms = map[string]*room{}
}

// lookUpRoom finds out who can read a room, and keeps it. When something changes the room each time
// meanwhile, it is ScopeUnknown.
func (w *workspace) lookUpRoom(ctx context.Context, channel string) *room {
	var found *room
	for range glanceTries {
		var current bool
		if found, current = w.tryRoom(ctx, channel); current {
			return found
		}
	}
	return &room{name: found.name}
}

// tryRoom looks a room up once. current is false when something changed it meanwhile.
func (w *workspace) tryRoom(ctx context.Context, channel string) (found *room, current bool) {
	began := w.now()
	w.mu.Lock()
	marker := &room{looking: true}
	w.rooms[channel] = marker
	w.mu.Unlock()

	found = w.judgeRoom(ctx, channel)
	found.at = began
	if found.scope == chat.ScopeUnknown {
		found.retry = w.now().Add(unknownKept)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	// SECURITY: what was found is kept only if nothing changed the room meanwhile.
	switch now := w.rooms[channel]; {
	case now == marker:
		w.rooms[channel] = found
		return found, true
	case now != nil && !now.looking:
		return now, true
	}
	return found, false
}

// judgeRoom asks Slack who can read a channel, in at most lookupBudget calls, or directorySize more
// when it is large. What cannot be found out is ScopeUnknown.
func (w *workspace) judgeRoom(ctx context.Context, channel string) *room {
	info, err := w.api.GetConversationInfoContext(ctx, &slackapi.GetConversationInfoInput{ChannelID: channel})
	if err != nil {
		w.log.Info("room not known", slog.String("room", channel), slog.String("why", codeOf(err)))
		return &room{}
	}
	if info.IsIM { // Slack tells of no direct messages but Liaison's own
		return &room{scope: chat.ScopeDirect}
	}
	found := &room{name: info.Name}
	if info.IsMpIM {
		found.name = "" // it is made of its members' handles
	}
	if info.IsExtShared || info.IsPendingExtShared || info.IsShared && !info.IsOrgShared {
		found.scope = chat.ScopePublic
		return found
	}
	members, calls, ok := w.members(ctx, channel, lookupBudget-1)
	if !ok {
		return found
	}
	found.scope = w.judgeMembers(ctx, members, info.ContextTeamID, lookupBudget-1-calls)
	if found.scope == chat.ScopeStaff && !info.IsOrgShared && !info.IsGlobalShared {
		found.organisation = w.Organisation
	}
	return found
}

// members returns the ids of all members, and how many calls that took; ok is false when they could
// not all be read within the budget.
func (w *workspace) members(ctx context.Context, channel string, budget int) (ids []string, calls int, ok bool) {
	cursor := ""
	for calls < budget {
		calls++
		params := &slackapi.GetUsersInConversationParameters{ChannelID: channel, Cursor: cursor, Limit: 999}
		var page []string
		err := patiently(ctx, func(ctx context.Context) (err error) {
			page, cursor, err = w.api.GetUsersInConversationContext(ctx, params)
			return err
		})
		if err != nil {
			return nil, calls, false
		}
		ids = append(ids, page...)
		if cursor == "" {
			return ids, calls, true
		}
	}
	return nil, calls, false
}

// judgeMembers is ScopePublic as soon as one is no full member, ScopeStaff when all are. team is the
// workspace that the room is in.
func (w *workspace) judgeMembers(ctx context.Context, ids []string, team string, budget int) chat.Scope {
	unknown := w.unknownOf(ids)
	if len(unknown) > budget {
		w.readDirectory(ctx, team)
		unknown = w.unknownOf(ids)
	}
	if w.anyStranger(ids) {
		return chat.ScopePublic
	}
	if len(unknown) > budget || len(ids) == 0 {
		return chat.ScopeUnknown
	}
	for _, id := range unknown {
		p, known := w.person(ctx, id)
		switch {
		case !known:
			return chat.ScopeUnknown
		case !p.bot && p.standing != chat.StandingMember:
			return chat.ScopePublic
		}
	}
	return chat.ScopeStaff
}

func (w *workspace) unknownOf(ids []string) []string {
	var unknown []string
	for _, id := range ids {
		if _, ok := w.keptPerson(id); !ok && id != slackbot {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

func (w *workspace) anyStranger(ids []string) bool {
	for _, id := range ids {
		if p, ok := w.keptPerson(id); ok && !p.bot && p.standing != chat.StandingMember {
			return true
		}
	}
	return false
}

// readDirectory reads everybody in the workspace, a thousand to a call, at most once an hour. It
// stops at directorySize pages; who is beyond stays unknown. An app that is installed for a whole Grid
// organisation must say which of its workspaces it means.
func (w *workspace) readDirectory(ctx context.Context, team string) {
	w.mu.Lock()
	if w.enterprise == "" || w.id != w.enterprise {
		team = ""
	}
	recent := w.now().Sub(w.directory[team]) < personKept
	if !recent {
		w.directory[team] = w.now()
	}
	w.mu.Unlock()
	if recent {
		return
	}
	pages := w.api.GetUsersPaginated(slackapi.GetUsersOptionLimit(999), slackapi.GetUsersOptionTeamID(team))
	for range directorySize {
		if !w.readPage(ctx, &pages) {
			return
		}
	}
}

// readPage reads the next page of people and reports whether there was one.
func (w *workspace) readPage(ctx context.Context, pages *slackapi.UserPagination) bool {
	g := w.beginGlance()
	defer w.endGlance(g)
	err := patiently(ctx, func(ctx context.Context) error {
		next, err := pages.Next(ctx)
		if err == nil || pages.Done(err) {
			*pages = next
		}
		return err
	})
	if err != nil {
		return false
	}
	for _, u := range pages.Users {
		w.keepPerson(u, g)
	}
	return true
}

// joined takes a member_joined_channel event, and left a member_left_channel one.
func (w *workspace) joined(ctx context.Context, channel, user, homeTeam string) {
	self, _ := w.selfIDs()
	if user != self && w.isForeign(homeTeam) {
		w.keepRoom(channel, &room{scope: chat.ScopePublic})
		return
	}
	if kept, ok := w.keptRoom(channel); ok && kept.scope == chat.ScopeStaff && user != self {
		if p, known := w.person(ctx, user); known && (p.bot || p.standing == chat.StandingMember) {
			return
		}
	}
	w.forgetRoom(channel)
	w.room(ctx, channel, "", false)
}

func (w *workspace) left(channel, user string) {
	self, _ := w.selfIDs()
	if kept, ok := w.keptRoom(channel); ok && kept.scope == chat.ScopeStaff && user != self {
		return // a room does not become less private when somebody leaves
	}
	w.forgetRoom(channel)
}
