package discord

import (
	"context"
	"net/http"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"liaison/bot/chat"
)

var _ chat.Checker = (*Adapter)(nil)

// Flags of an application that say whether it may read what is not addressed to it: resources/application.
const (
	appContent        = 1 << 18
	appContentLimited = 1 << 19
)

// needs are the permissions in a guild, with what each is for. The README's invitation asks for them
// and a few that help.
var needs = []struct {
	right  int64
	name   string
	reason string
}{
	{discordgo.PermissionViewChannel, "View Channels", "to see where it is asked"},
	{discordgo.PermissionSendMessages, "Send Messages", "to answer"},
	{discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads", "to answer in threads and forum posts"},
	{discordgo.PermissionReadMessageHistory, "Read Message History", "to reply to a message, and to catch up after an outage"},
}

// Check implements chat.Checker: the token, the intent, the permissions and the forums. It asks
// Discord a few questions and changes nothing.
func (a *Adapter) Check(ctx context.Context) []chat.Finding {
	var me wireUser
	if err := a.rest.do(ctx, request{method: "GET", path: "users/@me", out: &me, again: true}); err != nil {
		if statusOf(err) == http.StatusUnauthorized {
			return []chat.Finding{found("the token was refused.", "Make a new one in the Developer Portal under Bot, and set DISCORD_TOKEN.")}
		}
		return []chat.Finding{found("it could not be asked ("+err.Error()+").", "Check the network, and DISCORD_API_URL if it is set.")}
	}
	var findings []chat.Finding
	findings = append(findings, a.checkIntent(ctx)...)
	findings = append(findings, a.checkGuilds(ctx)...)
	findings = append(findings, a.checkForums(ctx)...)
	if len(findings) == 0 {
		findings = []chat.Finding{{Subject: "Discord", Advice: "the bot is " + oneLine(me.Username) + "."}}
	}
	return findings
}

func found(problem, advice string) chat.Finding {
	return chat.Finding{Subject: "Discord", Problem: problem, Advice: advice}
}

func (a *Adapter) checkIntent(ctx context.Context) []chat.Finding {
	var app struct {
		Flags int `json:"flags"`
	}
	err := a.rest.do(ctx, request{method: "GET", path: "applications/@me", out: &app, again: true})
	if err != nil {
		return []chat.Finding{found("the application could not be read: "+err.Error()+".", "Try again in a minute.")}
	}
	if a.options.MessageContent && app.Flags&(appContent|appContentLimited) == 0 {
		return []chat.Finding{found("DISCORD_MESSAGE_CONTENT is set, but the bot has no Message Content Intent.",
			"Switch it on in the Developer Portal under Bot, or set DISCORD_MESSAGE_CONTENT=0.")}
	}
	return nil
}

func (a *Adapter) checkGuilds(ctx context.Context) []chat.Finding {
	var guilds []struct {
		Name        string `json:"name"`
		Permissions string `json:"permissions"`
	}
	err := a.rest.do(ctx, request{method: "GET", path: "users/@me/guilds", out: &guilds, again: true})
	switch {
	case err != nil:
		return []chat.Finding{found("the servers could not be listed: "+err.Error()+".", "Try again in a minute.")}
	case len(guilds) == 0:
		return []chat.Finding{found("the bot is in no server yet.", "Open the invite link of the README and choose one.")}
	}
	var findings []chat.Finding
	for _, g := range guilds {
		rights, err := strconv.ParseInt(g.Permissions, 10, 64)
		if err != nil || rights&discordgo.PermissionAdministrator != 0 {
			continue
		}
		for _, need := range needs {
			if rights&need.right == 0 {
				findings = append(findings, found("on the server "+oneLine(g.Name)+" the bot may not "+need.name+", which it needs "+need.reason+".",
					"Open the invite link of the README again, or give its role the permission."))
			}
		}
	}
	return findings
}

func (a *Adapter) checkForums(ctx context.Context) []chat.Finding {
	var findings []chat.Finding
	for _, forum := range a.options.Forums {
		var c wireChannel
		err := a.rest.do(ctx, request{method: "GET", path: "channels/" + forum, out: &c, again: true})
		kind := discordgo.ChannelType(c.Type)
		switch {
		case err != nil:
			findings = append(findings, found("the forum "+forum+" cannot be seen by the bot.", "Give its role View Channels there, or correct DISCORD_FORUMS."))
		case kind != discordgo.ChannelTypeGuildForum && kind != discordgo.ChannelTypeGuildMedia:
			findings = append(findings, found("the channel "+oneLine(c.Name)+" of DISCORD_FORUMS is no forum.", "Name forum channels only."))
		case !hasSolved(c.AvailableTags):
			findings = append(findings, found("", "the forum "+oneLine(c.Name)+" has no tag called Solved, so “"+sayAnswered+"” marks nothing there."))
		}
	}
	return findings
}

func hasSolved(tags []wireTag) bool {
	for _, t := range tags {
		if solvedTag.MatchString(t.Name) {
			return true
		}
	}
	return false
}
