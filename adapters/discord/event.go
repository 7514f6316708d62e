package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// handlerOf returns what takes an event of a type off the line, and at once gives back the line: the
// work is done in a lane. It returns nil for types that mean nothing to Liaison.
func (a *Adapter) handlerOf(l *line, kind string) func(json.RawMessage) {
	switch kind {
	case "READY":
		return take(func(r wireReady) { a.ready(l, r) })
	case "RESUMED":
		return func(json.RawMessage) { a.cameUp(l) }
	case "GUILD_CREATE":
		return take(a.guildCreated)
	case "GUILD_DELETE":
		return take(a.guildDeleted)
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE":
		return take(func(c wireChannel) { a.world.learn(c) })
	case "THREAD_LIST_SYNC":
		return take(func(g wireSync) { a.world.learnGuild(wireGuild{ID: g.GuildID, Threads: g.Threads}) })
	case "MESSAGE_CREATE":
		return take(a.messageCreated)
	case "MESSAGE_UPDATE":
		return take(a.messageUpdated)
	case "MESSAGE_DELETE":
		return take(func(m wireMessage) { a.messageDeleted(m.GuildID, m.ChannelID, m.ID) })
	case "MESSAGE_DELETE_BULK":
		return take(func(d wireBulk) {
			for _, id := range d.IDs {
				a.messageDeleted(d.GuildID, d.ChannelID, id)
			}
		})
	case "INTERACTION_CREATE":
		return take(a.interactionCreated)
	}
	return nil
}

type wireSync struct {
	GuildID string        `json:"guild_id"`
	Threads []wireChannel `json:"threads"`
}

type wireBulk struct {
	IDs       []string `json:"ids"`
	ChannelID string   `json:"channel_id"`
	GuildID   string   `json:"guild_id"`
}

// take decodes an event for its handler. What does not decode is not an event.
func take[T any](handle func(T)) func(json.RawMessage) {
	return func(raw json.RawMessage) {
		var value T
		if json.Unmarshal(raw, &value) == nil {
			handle(value)
		}
	}
}

func (a *Adapter) ready(l *line, r wireReady) {
	a.world.meet(r.User.ID, orText(r.Application.ID, r.User.ID))
	a.cameUp(l)
	a.beginCatchUp()
	a.aside(func() {
		a.catchUp(func(since string) { a.catchUpDirect(a.receiving, since) })
		a.registerCommands(a.life)
	})
}

func (a *Adapter) guildCreated(g wireGuild) {
	a.world.learnGuild(g)
	a.mu.Lock()
	a.seen.catching++
	a.mu.Unlock()
	a.aside(func() { a.catchUp(func(since string) { a.catchUpGuild(a.receiving, g, since) }) })
}

func (a *Adapter) guildDeleted(g wireGuild) {
	if g.Unavailable || g.ID == "" {
		return // an outage of Discord's
	}
	a.world.forgetGuild(g.ID)
	e := chat.Event{
		ID: "gone/" + g.ID + "/" + a.now().UTC().Format("2006010215"), Kind: chat.KindGone, At: a.now().UTC(),
		Platform: platform, Workspace: g.ID,
	}
	a.lanes.do(a.life, g.ID, func() { _ = a.put(a.life, e) })
}

// messageCreated takes a new message: from the line, or fetched after an outage.
func (a *Adapter) messageCreated(m wireMessage) {
	a.noteOwn(m)
	if !a.isPersons(m) {
		return
	}
	a.received(m.ID)
	a.lanes.do(a.life, m.ChannelID, func() { a.takeMessage(m, false) })
}

// isPersons reports a message that a person wrote. Liaison hears neither itself nor other bots.
func (a *Adapter) isPersons(m wireMessage) bool {
	me, _ := a.world.self()
	kind := discordgo.MessageType(m.Type)
	return isID(m.ID) && isID(m.ChannelID) && m.Author != nil && m.Author.ID != "" && m.Author.ID != me &&
		!m.Author.Bot && m.WebhookID == "" &&
		(kind == discordgo.MessageTypeDefault || kind == discordgo.MessageTypeReply)
}

// takeMessage stores a message that was meant for Liaison. missed says that it was fetched later.
func (a *Adapter) takeMessage(m wireMessage, missed bool) {
	ctx, cancel := context.WithTimeout(a.life, callTimeout)
	defer cancel()
	e := a.messageEvent(ctx, m)
	if !e.Addressed && (missed || e.Text == "" || !a.follows(ctx, e)) {
		a.handled(m.ID)
		return
	}
	if e.Room.Direct {
		a.rememberDirect(m.ChannelID)
	}
	if a.put(a.life, e) != nil {
		go a.fetchLater(m)
		return
	}
	a.handled(m.ID)
}

// messageEvent says what a message is.
func (a *Adapter) messageEvent(ctx context.Context, m wireMessage) chat.Event {
	room := a.room(ctx, m.GuildID, m.ChannelID, nil)
	text, named := a.textOf(m)
	e := chat.Event{
		ID: m.ID, Kind: chat.KindMessage, At: a.at(m), Platform: platform, Workspace: m.GuildID,
		Actor: actorOf(m.Author, m.Member, ""), Room: room, Message: m.ID, Text: text, Files: m.fileNames(),
		Addressed: named || room.Direct || a.namesRole(m),
		Quoted:    a.repliedTo(m),
	}
	me, _ := a.world.self()
	if e.Quoted != nil && e.Quoted.Author.User == me && text != "" {
		e.Addressed = true // a reply to Liaison
	}
	if a.isPost(e) {
		e.Addressed = true // the channel has opted in
		e.Text = strings.TrimSpace(room.Name + "\n" + text)
	}
	return e
}

// isPost reports the first message of a post in a forum that opted in; it has the id of the thread.
func (a *Adapter) isPost(e chat.Event) bool {
	return e.Room.Thread != "" && e.Room.Thread == e.Message && a.isForum(e.Room.ID)
}

// namesRole reports a mention of the bot's own role, which people pick in its place. Discord does not
// show such a message's text without the intent; Liaison then answers with what it can do.
func (a *Adapter) namesRole(m wireMessage) bool {
	role := a.world.role(m.GuildID)
	return role != "" && slices.Contains(m.MentionRoles, role)
}

// room says where something happened.
//
// SECURITY: this and actorOf are the only places that say who can read a room and who somebody is.
// Discord is public: there is no staff on it, and no organisation.
func (a *Adapter) room(ctx context.Context, guild, channel string, known *wireChannel) chat.Room {
	if guild == "" {
		return chat.Room{ID: channel, Scope: chat.ScopeDirect, Direct: true}
	}
	room := chat.Room{ID: channel, Scope: chat.ScopePublic}
	var p place
	if known != nil && known.ID == channel {
		known.GuildID = guild
		p = a.world.learn(*known)
	} else {
		p, _ = a.place(ctx, channel)
	}
	room.Name = p.name
	if p.thread && p.parent != "" {
		room.ID, room.Thread = p.parent, channel
	}
	return room
}

// actorOf says who did something: always a stranger, see room.
func actorOf(u *wireUser, m *wireMember, locale string) chat.Actor {
	if u == nil {
		u = &wireUser{}
	}
	name := orText(u.GlobalName, u.Username)
	if m != nil && m.Nick != "" {
		name = m.Nick
	}
	return chat.Actor{Account: account(u.ID), Name: chat.Clean(name), Locale: locale, Standing: chat.StandingStranger}
}

// account is a person's: Discord's ids are the same in every guild.
func account(user string) chat.Account { return chat.Account{Platform: platform, User: user} }

func (a *Adapter) at(m wireMessage) time.Time {
	if t, err := time.Parse(time.RFC3339, m.Timestamp); err == nil {
		return t.UTC()
	}
	if t := timeOf(m.ID); !t.IsZero() {
		return t
	}
	return a.now().UTC()
}

var (
	userMention  = regexp.MustCompile(`<@!?(\d+)>`)
	emojiMention = regexp.MustCompile(`<a?:(\w+):\d+>`)
)

// textOf returns what was typed, with people by name and without the mention of Liaison; named says
// that there was one.
func (a *Adapter) textOf(m wireMessage) (text string, named bool) {
	me, _ := a.world.self()
	names := map[string]string{}
	for _, u := range m.Mentions {
		names[u.ID] = orText(u.GlobalName, u.Username)
		named = named || u.ID == me && me != ""
	}
	text = userMention.ReplaceAllStringFunc(m.Content, func(mention string) string {
		id := userMention.FindStringSubmatch(mention)[1]
		if id == me {
			return ""
		}
		if name, ok := names[id]; ok {
			return "@" + name
		}
		return mention
	})
	if role := a.world.role(m.GuildID); role != "" {
		text = strings.ReplaceAll(text, "<@&"+role+">", "")
	}
	return strings.TrimSpace(emojiMention.ReplaceAllString(text, ":$1:")), named
}

// repliedTo returns what a message replies to. Discord may leave out the words of that, never its id.
func (a *Adapter) repliedTo(m wireMessage) *chat.Quoted {
	if quoted := a.quotedOf(m.Referenced); quoted != nil {
		return quoted
	}
	if m.Reference == nil || m.Reference.Type != 0 || m.Reference.MessageID == "" {
		return nil // a forwarded message replies to nothing
	}
	return &chat.Quoted{Message: m.Reference.MessageID}
}

func (a *Adapter) quotedOf(m *wireMessage) *chat.Quoted {
	if m == nil || m.Author == nil {
		return nil
	}
	text, _ := a.textOf(*m)
	return &chat.Quoted{Message: m.ID, Author: account(m.Author.ID), Text: text}
}

// messageUpdated takes what a message reads now. Discord also says so when it has added a preview;
// then there is no time of edit.
func (a *Adapter) messageUpdated(m wireMessage) {
	if !a.isPersons(m) || m.EditedTimestamp == "" {
		return
	}
	a.lanes.do(a.life, m.ChannelID, func() {
		ctx, cancel := context.WithTimeout(a.life, callTimeout)
		defer cancel()
		e := a.messageEvent(ctx, m)
		if !e.Addressed && (e.Text == "" || !a.follows(ctx, e)) {
			return
		}
		e.Kind, e.ID = chat.KindEdited, m.ID+"/edited/"+m.EditedTimestamp
		if at, err := time.Parse(time.RFC3339, m.EditedTimestamp); err == nil {
			e.At = at.UTC()
		}
		_ = a.put(a.life, e)
	})
}

// messageDeleted takes the news that a message is gone. Discord does not say whose it was; only its ids
// are passed on, so that what is kept of it can be erased.
func (a *Adapter) messageDeleted(guild, channel, id string) {
	if _, own := a.own.get(id); own || !isID(id) || !isID(channel) {
		return
	}
	a.lanes.do(a.life, channel, func() {
		ctx, cancel := context.WithTimeout(a.life, callTimeout)
		defer cancel()
		_ = a.put(a.life, chat.Event{
			ID: id + "/deleted", Kind: chat.KindDeleted, At: a.now().UTC(), Platform: platform, Workspace: guild,
			Actor: actorOf(nil, nil, ""), Room: a.room(ctx, guild, channel, nil), Message: id,
		})
	})
}

// follows asks whether talk goes on with a conversation; it must not be stored before.
func (a *Adapter) follows(ctx context.Context, e chat.Event) bool {
	ask := a.table.Load().Follows
	if ask == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, hookTimeout)
	defer cancel()
	return ask(ctx, e)
}

const putTries = 5

// put stores an event, trying again for a while: Discord delivers a message once. The log gets why one
// could not be stored.
func (a *Adapter) put(ctx context.Context, e chat.Event) error {
	a.noteEvent() // it has come, whether or not it can be stored
	var err error
	for try := 1; try <= putTries; try++ {
		if err = (*a.inbox.Load()).Put(ctx, e); err == nil {
			return nil
		}
		if e.Handle != nil || a.pause(ctx, backoff(try, firstBackoff, patience)) != nil {
			break // an interaction cannot wait
		}
	}
	a.log.Error("an event of Discord could not be stored", slog.String("kind", string(e.Kind)), slog.Any("error", err))
	return err
}
