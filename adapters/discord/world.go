package discord

import (
	"context"
	"log/slog"
	"sync"

	"github.com/bwmarrin/discordgo"
)

// world is what is known of Discord's guilds and channels: only what is needed to say where something
// happened. Channels come with the guilds; others are looked up once.
type world struct {
	channels *cache[place]
	dms      *cache[string]    // a person's direct channel
	tags     *cache[[]wireTag] // of forums

	mu    sync.Mutex
	me    string // the bot's user id
	app   string
	roles map[string]string // by guild: the role that is the bot's own
}

// place is a channel or thread.
type place struct {
	guild, name, parent string
	owner               string // who began the thread
	thread, direct      bool
}

func newWorld() *world {
	return &world{channels: newCache[place](), dms: newCache[string](), tags: newCache[[]wireTag](), roles: map[string]string{}}
}

func (w *world) self() (user, app string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.me, w.app
}

func (w *world) meet(user, app string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.me, w.app = user, app
}

func (w *world) role(guild string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.roles[guild]
}

// learnGuild keeps the channels of a guild and the bot's own role in it.
func (w *world) learnGuild(g wireGuild) {
	for _, c := range g.Channels {
		c.GuildID = g.ID
		w.learn(c)
	}
	for _, c := range g.Threads {
		c.GuildID = g.ID
		w.learn(c)
	}
	me, _ := w.self()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range g.Roles {
		if r.Tags.BotID != "" && r.Tags.BotID == me {
			w.roles[g.ID] = r.ID
		}
	}
}

func (w *world) forgetGuild(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.roles, id)
}

func (w *world) learn(c wireChannel) place {
	p := place{guild: c.GuildID, name: c.Name, owner: c.OwnerID}
	if isID(c.ParentID) {
		p.parent = c.ParentID
	}
	if before, _ := w.channels.get(c.ID); p.owner == "" {
		p.owner = before.owner // what comes with an interaction may leave it out
	}
	switch discordgo.ChannelType(c.Type) {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		p.thread = true
	case discordgo.ChannelTypeDM:
		p.direct = true
	case discordgo.ChannelTypeGuildForum, discordgo.ChannelTypeGuildMedia:
		if c.AvailableTags != nil {
			w.tags.set(c.ID, c.AvailableTags)
		}
	default:
	}
	w.channels.set(c.ID, p)
	return p
}

// place returns what is known of a channel, asking Discord when it is new. ok is false when Discord
// does not say.
func (a *Adapter) place(ctx context.Context, id string) (p place, ok bool) {
	if p, ok = a.world.channels.get(id); ok {
		return p, true
	}
	var c wireChannel
	if err := a.rest.do(ctx, request{method: "GET", path: "channels/" + id, out: &c, again: true}); err != nil {
		a.log.Warn("a channel could not be looked up", slog.Any("error", err))
		return place{}, false
	}
	return a.world.learn(c), true
}

// direct returns the channel in which a person is written to directly.
func (a *Adapter) direct(ctx context.Context, user string) (string, error) {
	if id, ok := a.world.dms.get(user); ok {
		return id, nil
	}
	var c wireChannel
	err := a.rest.do(ctx, request{method: "POST", path: "users/@me/channels", body: map[string]string{"recipient_id": user}, out: &c, again: true})
	if err != nil {
		return "", err
	}
	a.world.learn(c)
	a.world.dms.set(user, c.ID)
	a.rememberDirect(c.ID) // they may answer while the line is down
	return c.ID, nil
}
