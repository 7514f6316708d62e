package discord

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// After an outage Discord repeats what happened only while the session lives. For longer ones the
// adapter remembers up to when it has seen everything, and fetches what was written to it since. What
// it fetched twice is stored once, as it has the same id.

// seen is what is kept for this.
type seen struct {
	UpTo     string          `json:"up_to"`  // everything up to this id has been handled
	Direct   []string        `json:"direct"` // direct channels, as bots cannot list them; the latest last
	waiting  map[string]bool // received and not handled yet
	newest   string
	dirty    bool
	since    string // where catching up begins in this session
	catching int    // parts of catching up that are not done
}

// recallSeen reads what an earlier process kept. The first one ever has seen everything up to now, which
// is written down at once: it may be killed before it has heard of anything.
func (a *Adapter) recallSeen(ctx context.Context) {
	a.mu.Lock()
	a.recall(ctx, "seen", &a.seen)
	if a.seen.UpTo == "" {
		a.seen.UpTo, a.seen.dirty = idAt(a.now()), true
	}
	a.seen.newest = a.seen.UpTo
	a.mu.Unlock()
	a.keepSeen(ctx)
}

// handledUpTo is the id up to which everything that was received has been handled.
func (s *seen) handledUpTo() string {
	upTo := s.newest
	for id := range s.waiting {
		if older(id, upTo) {
			upTo = idAt(timeOf(id).Add(-time.Millisecond))
		}
	}
	return upTo
}

// keepSeen writes down how far everything is handled.
func (a *Adapter) keepSeen(ctx context.Context) {
	a.writing.Lock() // so that what is older is not written last
	defer a.writing.Unlock()
	a.mu.Lock()
	s := &a.seen
	upTo := s.UpTo
	if s.catching == 0 {
		upTo = s.handledUpTo()
	}
	changed := s.dirty || upTo != s.UpTo
	s.UpTo, s.dirty = upTo, false
	kept := seen{UpTo: upTo, Direct: slices.Clone(s.Direct)}
	a.mu.Unlock()
	if changed {
		a.keep(ctx, "seen", kept)
	}
}

// received says that a message came, handled that it is dealt with.
func (a *Adapter) received(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen.waiting[id] = true
	if older(a.seen.newest, id) {
		a.seen.newest = id
	}
}

func (a *Adapter) handled(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.seen.waiting, id)
}

// rememberDirect notes a direct channel as used. One that is new is written down at once: a process that
// is killed would not look into it when it comes back.
func (a *Adapter) rememberDirect(channel string) {
	if a.noteDirect(channel) {
		a.keepSeen(a.life)
	}
}

// noteDirect reports whether a direct channel was not known.
func (a *Adapter) noteDirect(channel string) (isNew bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.seen
	isNew = !slices.Contains(s.Direct, channel)
	if last := len(s.Direct) - 1; last >= 0 && s.Direct[last] == channel {
		return false
	}
	s.Direct = append(slices.DeleteFunc(s.Direct, func(id string) bool { return id == channel }), channel)
	if len(s.Direct) > maxDMs {
		s.Direct = s.Direct[1:]
	}
	s.dirty = true
	return isNew
}

// beginCatchUp notes, when a session is new, since when something may have been missed. It must run
// before anything that is new in the session is received.
func (a *Adapter) beginCatchUp() {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.seen
	s.catching++
	upTo := s.handledUpTo()
	s.since = laterOf(idAt(timeOf(upTo).Add(-catchUpOverlap)), idAt(a.now().Add(-catchUpReach)))
}

// catchUp does one part of catching up. Until all are done, what was handled is not counted as such.
func (a *Adapter) catchUp(fetch func(since string)) {
	a.mu.Lock()
	since := a.seen.since
	a.mu.Unlock()
	fetch(since)
	a.mu.Lock()
	a.seen.catching--
	a.mu.Unlock()
	a.keepSeen(a.life)
}

// catchUpDirect fetches what was missed in direct conversations, the latest first.
func (a *Adapter) catchUpDirect(ctx context.Context, since string) {
	a.mu.Lock()
	channels := slices.Clone(a.seen.Direct)
	a.mu.Unlock()
	slices.Reverse(channels)
	for _, channel := range channels[:min(len(channels), catchUpRooms)] {
		a.fetchMissed(ctx, "", channel, since)
	}
}

func laterOf(a, b string) string {
	if older(a, b) {
		return b
	}
	return a
}

// catchUpGuild fetches what was written to Liaison in the channels of a guild in which there is news.
func (a *Adapter) catchUpGuild(ctx context.Context, g wireGuild, since string) {
	var news []wireChannel
	for _, c := range slices.Concat(g.Channels, g.Threads) {
		if hasMessages(c.Type) && older(since, c.LastMessageID) {
			news = append(news, c)
		}
	}
	slices.SortFunc(news, func(x, y wireChannel) int {
		if older(x.LastMessageID, y.LastMessageID) {
			return 1
		}
		return -1
	})
	for _, c := range news[:min(len(news), catchUpRooms)] {
		a.fetchMissed(ctx, g.ID, c.ID, since)
	}
}

func hasMessages(kind int) bool {
	switch discordgo.ChannelType(kind) {
	case discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews, discordgo.ChannelTypeGuildNewsThread,
		discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		return true
	default:
		return false
	}
}

// fetchMissed stores what was written to Liaison in a channel since an id, oldest first.
func (a *Adapter) fetchMissed(ctx context.Context, guild, channel, since string) {
	for range catchUpPages {
		list, err := a.messagesAfter(ctx, channel, since)
		if err != nil {
			if chat.SendKindOf(sendError(err)) != chat.SendRefused {
				a.log.Warn("what was missed in a channel could not be fetched", slog.Any("error", err))
			}
			return
		}
		for _, m := range list {
			m.GuildID = guild
			if a.isPersons(m) {
				a.received(m.ID)
				a.lanes.do(a.life, m.ChannelID, func() { a.takeMessage(m, true) }) //nolint:contextcheck // as those from the line
			}
			since = m.ID
		}
		if len(list) < 100 {
			return
		}
	}
}

// messagesAfter returns up to a hundred messages after an id, oldest first.
func (a *Adapter) messagesAfter(ctx context.Context, channel, id string) ([]wireMessage, error) {
	var list []wireMessage
	path := fmt.Sprintf("channels/%s/messages?limit=100&after=%s", channel, id)
	err := a.rest.do(ctx, request{method: "GET", path: path, out: &list, again: true})
	slices.SortFunc(list, func(x, y wireMessage) int {
		if older(x.ID, y.ID) {
			return -1
		}
		return 1
	})
	return list, err
}

// fetchLater fetches a message again that could not be stored.
func (a *Adapter) fetchLater(m wireMessage) {
	if a.pause(a.life, refetchAfter) == nil {
		a.fetchMissed(a.life, m.GuildID, m.ChannelID, idAt(timeOf(m.ID).Add(-time.Millisecond)))
	}
}
