package discord

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

// In a forum that opted in every post gets one short card: the best answer, and a button by which who
// asked says that it was answered.

const (
	sayAnswered   = "This answered it"
	sayShortened  = "This is shortened. Press a button below or ask me here for the rest."
	sayNotAsker   = "Only the person who asked, or a moderator, can say that it is answered."
	sayNoTag      = "This forum has no tag called Solved. A moderator can add one in the channel's settings."
	sayNoTagRight = "I may not change the tags of this post. A moderator can give me the permission to manage threads."
	cardText      = 900 // UTF-16 units of prose on a card
)

var solvedTag = regexp.MustCompile(`(?i)^\W*(solved|answered|resolved)\W*$`)

// renderCard makes the one message that answers a post. A reply that is no answer, or whose sources
// alone are too long, is rendered as anywhere else.
func renderCard(r chat.Reply) []message {
	if !isAnswer(r) {
		return renderMessages(r)
	}
	var kept []piece
	room, cut := cardText, false
	ids := idMaker{}
	vote := ""
	for _, b := range r.Blocks {
		pieces := renderBlock(b, ids)
		if _, prose := b.(chat.Text); !prose {
			kept = append(kept, pieces...)
		} else {
			for _, p := range pieces {
				if room -= units(p.text); room < 0 {
					cut = true
					break
				}
				kept = append(kept, p)
			}
		}
		vote = orText(vote, helpful(b))
	}
	if cut {
		kept = append(kept, piece{text: escape(sayShortened)})
	}
	kept = append(kept, piece{buttons: []component{{
		Type: int(discordgo.ButtonComponent), Style: int(discordgo.SuccessButton), Label: sayAnswered, CustomID: customID(solvedMark, 0, vote),
	}}})
	if card := pack(kept); len(card) == 1 {
		return card
	}
	return renderMessages(r)
}

func isAnswer(r chat.Reply) bool {
	return slices.ContainsFunc(r.Blocks, func(b chat.Block) bool {
		s, ok := b.(chat.Sources)
		return ok && len(s.Sources) > 0
	})
}

// helpful returns the action by which a reader says that an answer helped; "" when there is none.
func helpful(b chat.Block) string {
	actions, _ := b.(chat.Actions)
	for _, action := range actions.Actions {
		if action.Vote > 0 {
			return action.ID
		}
	}
	return ""
}

// takeSolved takes the press of "This answered it": checked, shown, passed on as the vote that it is.
func (a *Adapter) takeSolved(i wireInteraction, e chat.Event, h handle) {
	if e.Room.Thread == "" || a.askerOf(e.Room.Thread) != e.Actor.Account.User && !maySet(i.Member) {
		a.aside(func() { a.tell(h, sayNotAsker) })
		return
	}
	first := a.pressed(i, &h)
	if e.Action != "" {
		a.store(e, h, first)
	} else {
		a.aside(func() { a.answer(h, first) })
	}
	a.aside(func() {
		ctx, cancel := context.WithTimeout(a.life, callTimeout)
		defer cancel()
		if problem := a.setSolved(ctx, e.Room.ID, e.Room.Thread); problem != "" && a.acknowledged(ctx, h) == nil {
			if _, err := a.followUp(ctx, h, []message{{content: escape(problem)}}, true); err != nil {
				a.log.Warn("why a post could not be marked as solved could not be said", slog.Any("error", err))
			}
		}
	})
}

// askerOf returns who began a post; "" when Discord does not say.
func (a *Adapter) askerOf(post string) string {
	if p, _ := a.world.channels.get(post); p.owner != "" {
		return p.owner
	}
	ctx, cancel := context.WithTimeout(a.life, hookTimeout)
	defer cancel()
	var c wireChannel
	if a.rest.do(ctx, request{method: "GET", path: "channels/" + post, out: &c, again: true}) != nil {
		return ""
	}
	return a.world.learn(c).owner
}

// maySet reports whether a member may manage threads, as Discord says with every interaction.
func maySet(m *wireMember) bool {
	if m == nil {
		return false
	}
	rights, err := strconv.ParseInt(m.Permissions, 10, 64)
	return err == nil && rights&(discordgo.PermissionManageThreads|discordgo.PermissionAdministrator) != 0
}

// setSolved puts the solved tag on a post. It returns a sentence when it could not.
func (a *Adapter) setSolved(ctx context.Context, forum, post string) string {
	tags, ok := a.world.tags.get(forum)
	if !ok {
		var c wireChannel
		if a.rest.do(ctx, request{method: "GET", path: "channels/" + forum, out: &c, again: true}) == nil {
			a.world.learn(c)
			tags = c.AvailableTags
		}
	}
	solved := slices.IndexFunc(tags, func(t wireTag) bool { return solvedTag.MatchString(t.Name) })
	if solved < 0 {
		return sayNoTag
	}
	var thread wireChannel
	if a.rest.do(ctx, request{method: "GET", path: "channels/" + post, out: &thread, again: true}) != nil {
		return sayNoTagRight
	}
	if slices.Contains(thread.AppliedTags, tags[solved].ID) {
		return ""
	}
	applied := append(thread.AppliedTags[:min(len(thread.AppliedTags), maxTags-1)], tags[solved].ID)
	err := a.rest.do(ctx, request{method: "PATCH", path: "channels/" + post, body: map[string]any{"applied_tags": applied}, again: true})
	if err != nil {
		a.log.Warn("a post could not be marked as solved", slog.Any("error", err))
		return sayNoTagRight
	}
	return ""
}
