package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"liaison/bot/chat"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	for what, file := range map[string]string{"env-example": "../.env.example", "slack-manifest": "../adapters/slack/manifest.json", "readme": "../README.md"} {
		got, err := os.ReadFile(file)
		if err != nil || string(got) != string(generated(string(got))[what]) {
			t.Errorf("%s is not what the code says (%v): run go generate ./bot", file, err)
		}
	}
}

// lookupIn reads settings from a list of NAME=value.
func lookupIn(list ...string) func(string) string {
	return func(name string) string {
		for _, one := range list {
			if value, ok := strings.CutPrefix(one, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		name     string
		set      []string
		problems []string
	}{
		{"nothing", nil, nil},
		{"one workspace by socket", []string{"SLACK_BOT_TOKEN=xoxb-1", "SLACK_APP_TOKEN=xapp-1", "SLACK_ORGANISATION=gds"}, nil},
		{"one workspace by HTTP", []string{"SLACK_BOT_TOKEN=xoxb-1", "SLACK_SIGNING_SECRET=s", "HTTP_ADDR=:8080"}, nil},
		{"a token alone", []string{"SLACK_BOT_TOKEN=xoxb-1"}, []string{"SLACK_APP_TOKEN is not set"}},
		{"HTTP without the secret", []string{"SLACK_BOT_TOKEN=xoxb-1", "HTTP_ADDR=:8080"}, []string{"SLACK_SIGNING_SECRET is not set"}},
		{"an app token alone", []string{"SLACK_APP_TOKEN=xapp-1"}, []string{"SLACK_BOT_TOKEN is not set, and is needed because SLACK_APP_TOKEN is set"}},
		{"several workspaces, one whole and one not", []string{"SLACK_WORKSPACES=gds, us-ds", "SLACK_GDS_BOT_TOKEN=xoxb-1", "SLACK_GDS_APP_TOKEN=xapp-1", "SLACK_US_DS_BOT_TOKEN=xoxp-2"},
			[]string{"SLACK_US_DS_BOT_TOKEN does not begin with xoxb-", "SLACK_US_DS_APP_TOKEN is not set"}},
		{"one workspace and several", []string{"SLACK_WORKSPACES=gds", "SLACK_GDS_BOT_TOKEN=xoxb-1", "SLACK_GDS_APP_TOKEN=xapp-1", "SLACK_BOT_TOKEN=xoxb-1", "SLACK_APP_TOKEN=xapp-1"}, []string{"use one or the other"}},
		{"a workspace named twice", []string{"SLACK_WORKSPACES=gds,gds"}, []string{`has "gds" twice`, "SLACK_GDS_BOT_TOKEN is not set", "SLACK_GDS_APP_TOKEN is not set"}},
		{"Discord", []string{"DISCORD_TOKEN=t", "DISCORD_MESSAGE_CONTENT=1", "DISCORD_FORUMS=1,2"}, nil},
		{"Discord without its token", []string{"DISCORD_MESSAGE_CONTENT=1"}, []string{"DISCORD_TOKEN is not set"}},
		{"forums without it", []string{"DISCORD_FORUMS=1"}, []string{"DISCORD_TOKEN is not set, and is needed because DISCORD_FORUMS is set"}},
		{"an admin of a list that is none", []string{"ADMINS=discord:1,bob"}, []string{`ADMINS has "bob", which is no account`}},
		{"an admin of Slack without a workspace", []string{"ADMINS=slack:U1"}, []string{`ADMINS has "slack:U1", which does not name both`}},
		{"one of two words", []string{"ALLOW_EPHEMERAL_STATE=yes"}, []string{`ALLOW_EPHEMERAL_STATE "yes" is neither 0 nor 1. Set to 1`}},
		{"a language model on this machine, which needs no key", []string{"LLM_URL=http://127.0.0.1:9/v1", "LLM_MODEL=m"}, nil},
		{"a language model without its address", []string{"LLM_KEY=k"}, []string{"LLM_URL is not set, and is needed because LLM_KEY is set", "LLM_MODEL is not set"}},
		{"a language model's key where it does not belong", []string{"LLM_URL=https://me:hidden@llm.example", "LLM_MODEL=m", "LLM_KEY=a b"},
			[]string{"LLM_URL holds a name or password", "LLM_KEY holds spaces"}},
		{"every check", []string{"LOG_LEVEL=x", "ADMINS=x", "LIAISON_KEY=short", "HTTP_ADDR=8080", "DISCORD_API_URL=ftp://x", "SLACK_API_URL=http://example.com", "DISCORD_FORUMS=x", "SLACK_ORGANISATION=A B"},
			[]string{"LOG_LEVEL", "ADMINS", "LIAISON_KEY", "SLACK_BOT_TOKEN is not set", "SLACK_ORGANISATION", "HTTP_ADDR", "SLACK_API_URL", "DISCORD_TOKEN is not set", "DISCORD_FORUMS", "DISCORD_API_URL"}},
		{"PostgreSQL", []string{"DATABASE_URL=postgres://u:p@h/d", "LIAISON_KEY=" + strings.Repeat("A", 43) + "="}, nil},
		{"PostgreSQL without a key", []string{"DATABASE_URL=postgres://u:p@h/d"}, []string{"LIAISON_KEY is not set, and is needed because DATABASE_URL is set"}},
		{"another database", []string{"DATABASE_URL=mysql://u:hidden@h/d", "LIAISON_KEY=" + strings.Repeat("A", 43) + "="}, []string{"DATABASE_URL is not the address"}},
		{"a test's own server", []string{"SLACK_API_URL=http://127.0.0.1:9/", "DISCORD_API_URL=http://localhost:9/"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := configOf(lookupIn(c.set...), overrides{})
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if len(got) != len(c.problems) {
				t.Fatalf("%d problems, want %d:\n%s", len(got), len(c.problems), strings.Join(got, "\n"))
			}
			for i, want := range c.problems {
				if !strings.Contains(got[i], want) || strings.Contains(got[i], "hidden") {
					t.Errorf("problem %d: %s, want %s", i, got[i], want)
				}
			}
		})
	}
}

func TestConfigOfSeveralWorkspaces(t *testing.T) {
	c, err := configOf(lookupIn("SLACK_WORKSPACES=gds,usds", "SLACK_GDS_BOT_TOKEN=xoxb-1", "SLACK_GDS_APP_TOKEN=xapp-1",
		"SLACK_USDS_BOT_TOKEN=xoxb-2", "SLACK_USDS_APP_TOKEN=xapp-2", "SLACK_USDS_ORGANISATION=usx", "ADMINS=slack:T1/U1, discord:7"), overrides{data: "d"})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.slack) != 2 || c.slack[0].organisation != "gds" || c.slack[1].organisation != "usx" || c.slack[1].botToken.reveal() != "xoxb-2" || c.data != "d" {
		t.Errorf("got %+v", c)
	}
	if len(c.admins) != 2 || c.admins[0] != (chat.Account{Platform: "slack", Workspace: "T1", User: "U1"}) || c.admins[1] != (chat.Account{Platform: "discord", User: "7"}) {
		t.Errorf("admins %v", c.admins)
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	c := config{key: newSecret("hidden"), slack: []workspace{{botToken: newSecret("hidden")}}, discord: &guild{token: newSecret("hidden")}, llm: &model{key: newSecret("hidden")}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, c) + fmt.Sprintf(format, *c.discord) + fmt.Sprintf(format, *c.llm) + fmt.Sprintf(format, c.slack[0].botToken); strings.Contains(text, "hidden") {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

func TestUnknownSettingsAreNamed(t *testing.T) {
	names := []string{"ADMIN", "DISCORD_TOKEN", "HOME", "KNOWLEDGE_DRI", "LIAISON_TESTDATA", "LLM_TEMPERATURE", "PATH", "SLACK_BOT_TOKN", "SLACK_GDS_BOT_TOKEN", "SLACK_USDS_APP_TOKEN", "SLACK_WEBHOOK_URL", "discord_token"}
	inFile := func(name string) bool { return name == "LLM_TEMPERATURE" }
	want := []struct {
		holds string
		wrong bool
	}{
		{"ADMIN is not known: did you mean ADMINS?", true},
		{"KNOWLEDGE_DRI is not known: did you mean KNOWLEDGE_DIR?", true},
		{"LLM_TEMPERATURE is not known: take it out of .env", true},
		{"SLACK_BOT_TOKN is not known: did you mean SLACK_BOT_TOKEN?", true},
		{`SLACK_USDS_APP_TOKEN is not used: SLACK_WORKSPACES names no workspace "usds"`, true},
		{"SLACK_WEBHOOK_URL is set, but is no setting of Liaison", false},
		{"discord_token is not known: did you mean DISCORD_TOKEN?", true},
	}
	got := unknownSettings(names, inFile, []string{"gds"})
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, w := range want {
		if !strings.Contains(got[i].why, w.holds) || got[i].wrong != w.wrong {
			t.Errorf("%d: %+v, want %+v", i, got[i], w)
		}
	}
}

func TestNoSettingSaysTheSameTwice(t *testing.T) {
	_, err := configOf(lookupIn("LOG_LEVEL=x", "LIAISON_KEY=short"), overrides{})
	for _, words := range []string{"openssl", "warn"} {
		if n := strings.Count(err.Error(), words); n != 1 {
			t.Errorf("%q is said %d times in:\n%v", words, n, err)
		}
	}
}
