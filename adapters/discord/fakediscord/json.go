package fakediscord

import (
	"fmt"
	"strconv"
	"time"
)

const (
	kindText          = 0
	kindDM            = 1
	kindThread        = 11
	kindForum         = 15
	flagSuppress      = 1 << 2
	flagEphemeral     = 1 << 6
	flagLoading       = 1 << 7
	intentContent     = 1 << 15
	contentAppFlag    = 1 << 19
	maxContent        = 2000
	maxConcurrency    = 50 // as of a large bot, so that tests need not wait between sessions
	interactionAnswer = 3 * time.Second
	interactionLives  = 15 * time.Minute
)

// Message is one message as people see it.
type Message struct {
	ID, Channel, Author string
	Reader              string // who alone sees it; "" for all in the channel
	Content             string
	Components          []map[string]any
	Flags               int
	// Notifies says what Discord was allowed to notify of; nil allows everything.
	Notifies  map[string]any
	ReplyTo   string
	Form      bool // it is a form that was opened, for Reader
	FormID    string
	Nonce     string
	Edited    string
	interact  string
	deleted   bool
	at        time.Time
	mentioned []string
	roles     []string
	files     []string
	webhook   bool
}

func (s *Server) userJSON(u *user) map[string]any {
	m := map[string]any{
		"id": u.id, "username": u.name, "global_name": nil, "avatar": nil, "discriminator": "0",
		"public_flags": 0, "flags": 0, "primary_guild": nil,
	}
	if u.bot {
		m["bot"] = true
	}
	return m
}

func (s *Server) memberJSON(u *user, permissions string) map[string]any {
	return map[string]any{
		"avatar": nil, "banner": nil, "communication_disabled_until": nil, "flags": 0, "joined_at": stamp(s.now()),
		"nick": nil, "pending": false, "premium_since": nil, "roles": []string{}, "mute": false, "deaf": false,
		"permissions": permissions, "user": s.userJSON(u),
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// attachments are files as Discord tells of them.
func attachments(files []string) []any {
	all := []any{}
	for i, name := range files {
		all = append(all, map[string]any{"id": fmt.Sprint(1400000000000000000 + i), "filename": name, "size": 1, "url": "https://cdn.example/" + name, "proxy_url": "https://cdn.example/" + name})
	}
	return all
}

func (s *Server) messageJSON(m *Message, fetched bool) map[string]any {
	mentions := []any{}
	for _, id := range m.mentioned {
		if u := s.users[id]; u != nil {
			mentions = append(mentions, s.userJSON(u))
		}
	}
	j := map[string]any{
		"id": m.ID, "channel_id": m.Channel, "author": s.userJSON(s.users[m.Author]), "type": 0, "content": m.Content,
		"mentions": mentions, "mention_roles": append([]string{}, m.roles...), "attachments": attachments(m.files), "embeds": []any{},
		"timestamp": stamp(m.at), "edited_timestamp": nil, "flags": m.Flags, "components": withNumbers(m.Components),
		"pinned": false, "mention_everyone": false, "tts": false,
	}
	if m.Edited != "" {
		j["edited_timestamp"] = m.Edited
	}
	if m.ReplyTo != "" {
		j["type"] = 19
		j["message_reference"] = map[string]any{"type": 0, "channel_id": m.Channel, "message_id": m.ReplyTo}
	}
	if m.interact != "" {
		j["application_id"], j["webhook_id"] = AppID, AppID
		j["interaction_metadata"] = s.metadata(m)
		if m.webhook {
			j["type"] = 20
		}
	}
	if m.Nonce != "" && !fetched {
		j["nonce"] = m.Nonce // lost when a message is fetched
	}
	return j
}

func (s *Server) metadata(m *Message) map[string]any {
	for _, i := range s.interactions {
		if i.ID == m.interact {
			j := map[string]any{"id": i.ID, "type": i.kind, "user": s.userJSON(s.users[i.User]), "authorizing_integration_owners": map[string]any{}}
			switch i.kind {
			case 3:
				j["interacted_message_id"] = orText(i.source, m.ID)
			case 5:
				j["triggering_interaction_metadata"] = map[string]any{
					"id": i.ID, "type": 2, "user": s.userJSON(s.users[i.User]), "authorizing_integration_owners": map[string]any{}, "name": "offer", "command_type": 1,
				}
			default:
				j["name"], j["command_type"] = "ask", 1
			}
			return j
		}
	}
	return nil
}

func orText(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// withNumbers gives components the numbers that Discord gives them.
func withNumbers(list []map[string]any) []any {
	n := 0
	var number func(c map[string]any) map[string]any
	number = func(c map[string]any) map[string]any {
		n++
		out := map[string]any{"id": n}
		for k, v := range c {
			out[k] = v
		}
		if kind(c) == 3 {
			for k, v := range map[string]any{"min_values": 1, "max_values": 1} {
				if out[k] == nil {
					out[k] = v
				}
			}
		}
		if kids := children(c); kids != nil {
			numbered := []any{}
			for _, k := range kids {
				numbered = append(numbered, number(k))
			}
			out["components"] = numbered
		}
		return out
	}
	all := []any{}
	for _, c := range list {
		all = append(all, number(c))
	}
	return all
}

func kind(c map[string]any) int {
	f, _ := c["type"].(float64)
	return int(f)
}

func children(c map[string]any) []map[string]any {
	list, _ := c["components"].([]any)
	var out []map[string]any
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func (s *Server) channelJSON(c *channel) map[string]any {
	if c.kind == kindDM {
		return map[string]any{"id": c.id, "type": kindDM, "flags": 0, "last_message_id": orNil(c.last), "recipients": []any{s.userJSON(s.users[c.recipient])}}
	}
	j := map[string]any{"id": c.id, "type": c.kind, "flags": 0, "guild_id": c.guild, "name": c.name, "last_message_id": orNil(c.last)}
	switch c.kind {
	case kindThread:
		j["parent_id"], j["owner_id"], j["applied_tags"] = c.parent, c.owner, append([]string{}, c.tags...)
		j["message_count"], j["member_count"], j["total_message_sent"] = 1, 1, 1
		j["thread_metadata"] = map[string]any{
			"archived": c.archived, "archive_timestamp": stamp(s.now()), "auto_archive_duration": 1440, "locked": c.locked, "create_timestamp": stamp(s.now()),
		}
	case kindForum:
		j["position"], j["parent_id"] = 1, nil
		j["available_tags"] = []any{tagJSON(TopicTag, "accessibility"), tagJSON(SolvedTag, "Solved")}
	default:
		j["position"], j["parent_id"] = 0, nil
	}
	return j
}

func tagJSON(id, name string) map[string]any {
	return map[string]any{"id": id, "name": name, "moderated": false, "emoji_id": nil, "emoji_name": nil}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (s *Server) guildJSON(g *guild) map[string]any {
	channels, threads := []any{}, []any{}
	for _, c := range s.channels {
		switch {
		case c.guild != g.id:
		case c.kind == kindThread:
			if !c.archived {
				threads = append(threads, s.channelJSON(c))
			}
		default:
			channels = append(channels, s.channelJSON(c))
		}
	}
	return map[string]any{
		"id": g.id, "name": g.name, "owner_id": s.user("owner", false).id, "channels": channels, "threads": threads, "members": []any{},
		"roles": []any{
			map[string]any{"id": g.id, "name": "@everyone", "permissions": "0", "position": 0},
			map[string]any{"id": BotRoleID, "name": "Liaison", "permissions": Permissions, "position": 1, "managed": true, "tags": map[string]any{"bot_id": BotID}},
		},
		"large": false, "member_count": len(s.users), "unavailable": false,
	}
}

func (s *Server) applicationJSON() map[string]any {
	flags := 0
	if s.MessageContentAllowed {
		flags |= contentAppFlag
	}
	return map[string]any{
		"id": AppID, "name": "Liaison", "icon": nil, "description": "", "type": nil, "verify_key": "0000000000000000000000000000000000000000000000000000000000000000",
		"flags": flags, "flags_new": strconv.Itoa(flags), "redirect_uris": []any{}, "interactions_endpoint_url": nil, "role_connections_verification_url": nil,
		"owner": s.userJSON(s.user("owner", false)), "approximate_guild_count": 1, "approximate_user_install_count": 0,
		"approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": nil, "eligible_oauth2_scopes": []any{},
	}
}
