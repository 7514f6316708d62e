package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/joho/godotenv" // reads .env for development; the environment wins over it

	"liaison/bot/chat"
	"liaison/bot/inbox"
	"liaison/bot/records"
)

// setting is one row of the table of settings.
type setting struct {
	name     string // "%s" in it stands for each workspace of SLACK_WORKSPACES, in capitals
	group    string // the heading it stands under in .env.example
	standard string // what it is when not set
	example  string // shown in .env.example where there is no standard
	secret   bool
	// needed says, given all settings, why this one must be set; "" when it need not be. nil: never.
	needed func(values) string
	// check says what is wrong with a value, as the end of a sentence; "" for nothing. nil: anything goes.
	check func(string) string
	help  string // one sentence
}

const sayBoth = "SLACK_WORKSPACES and SLACK_BOT_TOKEN are both set: use one or the other. Of several workspaces, each has a token of its own, such as SLACK_GDS_BOT_TOKEN."

// values are the settings as they are set, by name; those not set have their standard.
type values map[string]string

const (
	groupKnowledge = "Knowledge and state"
	groupSlack     = "Slack, one workspace"
	groupSlacks    = "Slack, several workspaces (instead of the four above)"
	groupDiscord   = "Discord"
	groupModel     = "Language model (off unless set; drafts asked-as lines for people to read, see: go run ./bot asked draft --help)"
)

// settings is the table. Everything that can be set is here; .env.example is generated from it.
func settings() []setting {
	return []setting{
		{name: "KNOWLEDGE_DIR", group: groupKnowledge, standard: "knowledge",
			help: "The folder of knowledge files; without it, and without a folder of that name, the knowledge that ships is used."},
		{name: "DATA_DIR", group: groupKnowledge, standard: "data",
			help: "Where the index and the state are kept; one running Liaison per folder."},
		{name: "DATABASE_URL", group: groupKnowledge, secret: true, example: "postgres://liaison:…@db.example:5432/liaison", check: checkDatabase,
			help: "A PostgreSQL database for the state, for several replicas or where the disk is not kept; without it the state is SQLite in DATA_DIR."},
		{name: "LOG_LEVEL", group: groupKnowledge, standard: "info", check: oneOf("debug", "info", "warn", "error"), example: "debug, or warn, or error",
			help: "How much is logged to standard error; never what people ask."},
		{name: "ADMINS", group: groupKnowledge, example: "slack:T0123/U0123,discord:1234", check: checkAdmins,
			help: "Who may reindex and see the status: accounts, parted by commas."},
		{name: "LIAISON_KEY", group: groupKnowledge, secret: true, example: "base64 of 32 bytes", needed: sharedKey, check: checkKey,
			help: "The key that stored events are encrypted with; without it, and without DATABASE_URL, one is made in DATA_DIR. Make one with: openssl rand -base64 32"},
		{name: "RECORDS", group: groupKnowledge, standard: string(records.Community), check: oneOf(records.Modes()...), example: "uk, or us-federal",
			help: "What becomes of what a person has erased: community and uk delete it; us-federal puts a sealed copy aside for the records officer (go run ./bot records)."},
		{name: "FORGOTTEN_FILE", group: groupKnowledge, example: "/var/lib/liaison/forgotten",
			help: "Where it is noted, as keyed hashes, who was erased, so that a restored backup is purged again; without it DATA_DIR/forgotten. Keep it out of backups of the database."},
		{name: "ALLOW_EPHEMERAL_STATE", group: groupKnowledge, standard: "0", check: oneOf("0", "1"),
			help: "Set to 1 to start on Cloud Foundry, whose disks are wiped at each restage."},

		{name: "SLACK_BOT_TOKEN", group: groupSlack, secret: true, example: "xoxb-…", needed: withAny("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_ORGANISATION"), check: prefix("xoxb-"),
			help: "The bot token of the workspace, from OAuth & Permissions."},
		{name: "SLACK_APP_TOKEN", group: groupSlack, secret: true, example: "xapp-…", needed: slackTransport, check: prefix("xapp-"),
			help: "The app-level token for Socket Mode (connections:write); or leave it out and set HTTP_ADDR."},
		{name: "SLACK_SIGNING_SECRET", group: groupSlack, secret: true, needed: slackSigning,
			help: "The signing secret, needed with HTTP_ADDR."},
		{name: "SLACK_ORGANISATION", group: groupSlack, example: "gds", check: checkID,
			help: "The id, in teams.yaml, of the organisation whose workspace it is; without it, its members are staff of no known organisation."},
		{name: "SLACK_WORKSPACES", group: groupSlacks, example: "gds,usds", check: checkNames,
			help: "Names of the workspaces, parted by commas; each has settings of its own, such as SLACK_GDS_BOT_TOKEN."},
		{name: "SLACK_%s_BOT_TOKEN", group: groupSlacks, secret: true, example: "xoxb-…", needed: always("SLACK_WORKSPACES names the workspace"), check: prefix("xoxb-"),
			help: "The bot token of that workspace, from OAuth & Permissions."},
		{name: "SLACK_%s_APP_TOKEN", group: groupSlacks, secret: true, example: "xapp-…", needed: slacksTransport, check: prefix("xapp-"),
			help: "The app-level token of that workspace for Socket Mode (connections:write); or leave it out and set HTTP_ADDR."},
		{name: "SLACK_%s_SIGNING_SECRET", group: groupSlacks, secret: true, needed: slacksSigning,
			help: "The signing secret of that workspace, needed with HTTP_ADDR."},
		{name: "SLACK_%s_ORGANISATION", group: groupSlacks, check: checkID,
			help: "The id, in teams.yaml, of the organisation whose workspace that is; without it, the workspace's name is taken for it."},
		{name: "HTTP_ADDR", group: groupSlack, example: ":8080", check: checkAddress,
			help: "Where to listen for Slack's events over HTTP, instead of Socket Mode: at /slack/events, with several workspaces at /slack/<name>/events."},
		{name: "SLACK_API_URL", group: groupSlack, example: "https://slack.com/api/", check: checkURL,
			help: "Another address of Slack's API, for GovSlack, a proxy or tests."},

		{name: "DISCORD_TOKEN", group: groupDiscord, secret: true, needed: withAny("DISCORD_MESSAGE_CONTENT", "DISCORD_FORUMS"),
			help: "The bot's token, from the Developer Portal."},
		{name: "DISCORD_MESSAGE_CONTENT", group: groupDiscord, standard: "0", check: oneOf("0", "1"),
			help: "Set to 1 when the bot has the Message Content intent: then forum posts and follow-ups need no mention."},
		{name: "DISCORD_FORUMS", group: groupDiscord, example: "1234,5678", check: checkNumbers,
			help: "Ids of the forum channels in which every new post is answered, parted by commas; none by default."},
		{name: "DISCORD_API_URL", group: groupDiscord, example: "https://discord.com/api/v9/", check: checkURL,
			help: "Another address of Discord's API, for a proxy or tests."},

		{name: "LLM_URL", group: groupModel, example: "https://api.openai.com/v1", secret: true, needed: withAny("LLM_MODEL", "LLM_KEY"), check: checkModelURL, // an address may hold a key
			help: "The base address of an OpenAI-compatible endpoint; pages that an admin chooses are sent there, and only then."},
		{name: "LLM_MODEL", group: groupModel, example: "gpt-4.1-mini", needed: withAny("LLM_URL", "LLM_KEY"),
			help: "The model's name at that endpoint."},
		{name: "LLM_KEY", group: groupModel, secret: true, check: checkToken,
			help: "The key that the endpoint asks for, if it asks for one."},
	}
}

// secret is a setting that is never shown: however it is printed, even deep inside something else, its
// words are not there.
type secret struct{ words *string }

func newSecret(words string) secret {
	if words == "" {
		return secret{}
	}
	return secret{&words}
}

func (s secret) String() string   { return "[secret]" }
func (s secret) GoString() string { return "[secret]" }

// reveal returns the secret, for the library that needs it; "" when it is not set.
func (s secret) reveal() string {
	if s.words == nil {
		return ""
	}
	return *s.words
}

// config is what the settings say.
type config struct {
	knowledge string // the folder; "" for the copy in the program
	data      string
	logLevel  string
	admins    []chat.Account
	key       secret
	database  secret // "" for SQLite
	records   records.Mode
	forgotten string // the file of who was erased
	ephemeral bool
	httpAddr  string
	slackAPI  string
	slack     []workspace
	discord   *guild // nil when it is not configured
	llm       *model // nil when it is not configured
	unknown   []unknownSetting
}

// workspace is one Slack workspace.
type workspace struct {
	name          string // "" for the only one
	organisation  string
	botToken      secret
	appToken      secret
	signingSecret secret
}

// guild is what is set for Discord.
type guild struct {
	token          secret
	apiURL         string
	messageContent bool
	forums         []string
}

// model is what is set for the language model.
type model struct {
	url  string
	name string
	key  secret
}

// overrides are flags that stand above the settings.
type overrides struct{ knowledge, data string }

// envFile is where settings can stand besides the environment, for development.
const envFile = ".env"

// loadConfig reads .env and the environment and checks every row. Its error joins all that is wrong,
// one sentence a line.
func loadConfig(flags overrides) (config, error) {
	file, err := readEnvFile()
	if err != nil {
		return config{}, err
	}
	lookup := func(name string) string {
		if value := strings.TrimSpace(os.Getenv(name)); value != "" {
			return value
		}
		return strings.TrimSpace(file[name])
	}
	c, err := configOf(lookup, flags)
	inFile := func(name string) bool { _, in := file[name]; return in }
	c.unknown = unknownSettings(namesSet(file), inFile, splitList(lookup("SLACK_WORKSPACES")))
	if err != nil { // what is missing may only be misspelt
		for _, unknown := range c.unknown {
			if unknown.wrong {
				err = errors.Join(err, errors.New(unknown.why))
			}
		}
	}
	return c, err
}

// readEnvFile returns what .env sets; nothing when there is none.
func readEnvFile() (map[string]string, error) {
	text, err := os.ReadFile(envFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read (%w): mend its permissions", envFile, err)
	}
	set, err := godotenv.UnmarshalBytes(text)
	if err == nil {
		return set, nil
	}
	lines := strings.SplitAfter(string(text), "\n")
	good := len(lines) - 1 // how many lines can be read; after a bad one, nothing can
	for good > 0 {
		if _, err := godotenv.Unmarshal(strings.Join(lines[:good], "")); err == nil {
			break
		}
		good--
	}
	return nil, fmt.Errorf("%s:%d cannot be understood: write one NAME=value a line, without spaces round the =", envFile, good+1)
}

// namesSet are the names of all that is set to something, in the environment or in .env, in order.
func namesSet(file map[string]string) []string {
	var names []string
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.TrimSpace(value) != "" {
			names = append(names, name)
		}
	}
	for name, value := range file {
		if strings.TrimSpace(value) != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func configOf(lookup func(string) string, flags overrides) (config, error) {
	if flags.knowledge != "" {
		lookup = with(lookup, "KNOWLEDGE_DIR", flags.knowledge)
	}
	if flags.data != "" {
		lookup = with(lookup, "DATA_DIR", flags.data)
	}
	all := values{}
	rows := expand(settings(), splitList(lookup("SLACK_WORKSPACES")))
	for _, row := range rows {
		all[row.name] = lookup(row.name)
		if all[row.name] == "" {
			all[row.name] = row.standard
		}
	}
	var problems []error
	for _, row := range rows {
		if problem := row.problem(all); problem != "" {
			problems = append(problems, errors.New(problem))
		}
	}
	if all["SLACK_WORKSPACES"] != "" && all["SLACK_BOT_TOKEN"] != "" {
		problems = append(problems, errors.New(sayBoth)) //nolint:staticcheck // a sentence, as all problems are
	}
	if len(problems) > 0 {
		return config{}, errors.Join(problems...)
	}
	return all.config(lookup("KNOWLEDGE_DIR") != ""), nil
}

func with(lookup func(string) string, name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return lookup(asked)
	}
}

// expand writes each row of one workspace out for every workspace.
func expand(table []setting, workspaces []string) []setting {
	var rows []setting
	slices.Sort(workspaces)
	workspaces = slices.Compact(workspaces)
	for _, row := range table {
		if !strings.Contains(row.name, "%s") {
			rows = append(rows, row)
			continue
		}
		for _, name := range workspaces {
			row := row
			row.name = fmt.Sprintf(row.name, envName(name))
			rows = append(rows, row)
		}
	}
	return rows
}

func envName(workspace string) string {
	return strings.ToUpper(strings.ReplaceAll(workspace, "-", "_"))
}

// problem says what is wrong with a row and what to do, or "".
func (s setting) problem(all values) string {
	value := all[s.name]
	if value == "" {
		if s.needed == nil {
			return ""
		}
		if why := s.needed(all); why != "" {
			return fmt.Sprintf("%s is not set, and is needed because %s. %s", s.name, why, s.help)
		}
		return ""
	}
	if s.check == nil {
		return ""
	}
	wrong := s.check(value)
	if wrong == "" {
		return ""
	}
	shown := fmt.Sprintf("%q ", value)
	if s.secret || strings.HasPrefix(wrong, `has "`) { // of a list, what is wrong in it is named
		shown = ""
	}
	return fmt.Sprintf("%s %s%s. %s", s.name, shown, wrong, s.help)
}

func (v values) config(knowledgeSet bool) config {
	c := config{
		knowledge: v["KNOWLEDGE_DIR"], data: v["DATA_DIR"], logLevel: v["LOG_LEVEL"], key: newSecret(v["LIAISON_KEY"]),
		database: newSecret(v["DATABASE_URL"]), records: records.Mode(v["RECORDS"]), forgotten: v["FORGOTTEN_FILE"],
		ephemeral: v["ALLOW_EPHEMERAL_STATE"] == "1", httpAddr: v["HTTP_ADDR"], slackAPI: v["SLACK_API_URL"],
	}
	if _, err := os.Stat(c.knowledge); err != nil && !knowledgeSet {
		c.knowledge = ""
	}
	if c.forgotten == "" {
		c.forgotten = filepath.Join(c.data, "forgotten")
	}
	for _, name := range splitList(v["ADMINS"]) {
		account, _ := chat.ParseAccount(name)
		c.admins = append(c.admins, account)
	}
	c.slack = v.workspaces()
	if v["DISCORD_TOKEN"] != "" {
		c.discord = &guild{newSecret(v["DISCORD_TOKEN"]), v["DISCORD_API_URL"], v["DISCORD_MESSAGE_CONTENT"] == "1", splitList(v["DISCORD_FORUMS"])}
	}
	if v["LLM_URL"] != "" {
		c.llm = &model{v["LLM_URL"], v["LLM_MODEL"], newSecret(v["LLM_KEY"])}
	}
	return c
}

func (v values) workspaces() []workspace {
	names := splitList(v["SLACK_WORKSPACES"])
	if len(names) == 0 {
		if v["SLACK_BOT_TOKEN"] == "" {
			return nil
		}
		return []workspace{{"", v["SLACK_ORGANISATION"], newSecret(v["SLACK_BOT_TOKEN"]), newSecret(v["SLACK_APP_TOKEN"]), newSecret(v["SLACK_SIGNING_SECRET"])}}
	}
	var list []workspace
	for _, name := range names {
		of := func(what string) string { return v["SLACK_"+envName(name)+"_"+what] }
		organisation := of("ORGANISATION")
		if organisation == "" {
			organisation = name
		}
		list = append(list, workspace{name, organisation, newSecret(of("BOT_TOKEN")), newSecret(of("APP_TOKEN")), newSecret(of("SIGNING_SECRET"))})
	}
	return list
}

func splitList(text string) []string {
	var list []string
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// The conditions under which a setting is needed.

func always(why string) func(values) string { return func(values) string { return why } }

func withAny(names ...string) func(values) string {
	return func(v values) string {
		for _, name := range names {
			if v[name] != "" && v[name] != "0" {
				return name + " is set"
			}
		}
		return ""
	}
}

func slackTransport(v values) string {
	if v["SLACK_BOT_TOKEN"] != "" && v["HTTP_ADDR"] == "" {
		return "SLACK_BOT_TOKEN is set, and HTTP_ADDR is not"
	}
	return ""
}

func slackSigning(v values) string {
	if v["SLACK_BOT_TOKEN"] != "" && v["HTTP_ADDR"] != "" {
		return "HTTP_ADDR is set"
	}
	return ""
}

func slacksTransport(v values) string {
	if v["HTTP_ADDR"] == "" {
		return "SLACK_WORKSPACES names the workspace, and HTTP_ADDR is not set"
	}
	return ""
}

func slacksSigning(v values) string {
	if v["HTTP_ADDR"] != "" {
		return "SLACK_WORKSPACES names the workspace, and HTTP_ADDR is set"
	}
	return ""
}

// sharedKey wants a key that every replica has, and that outlives the disk.
func sharedKey(v values) string {
	if v["DATABASE_URL"] != "" {
		return "DATABASE_URL is set, and every replica must read what another has stored"
	}
	return ""
}

// The checks of values.

func oneOf(words ...string) func(string) string {
	return func(value string) string {
		if slices.Contains(words, value) {
			return ""
		}
		if len(words) == 2 {
			return "is neither " + words[0] + " nor " + words[1]
		}
		return "is not one of " + strings.Join(words, ", ")
	}
}

func prefix(begin string) func(string) string {
	return func(value string) string {
		if strings.HasPrefix(value, begin) {
			return ""
		}
		return "does not begin with " + begin
	}
}

func checkAdmins(value string) string {
	for _, name := range splitList(value) {
		account, ok := chat.ParseAccount(name)
		if !ok {
			return fmt.Sprintf("has %q, which is no account: write slack:T1/U1 or discord:1", name)
		}
		if account.Platform == "slack" && account.Workspace == "" {
			return fmt.Sprintf("has %q, which does not name both the workspace and the member: write slack:T1/U1", name)
		}
	}
	return ""
}

func checkDatabase(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" {
		return "is not the address of a PostgreSQL database: write postgres://user:password@host:5432/database, special characters percent-encoded"
	}
	return ""
}

func checkKey(value string) string {
	if _, err := inbox.ParseKey(value); err != nil {
		return "is not 32 bytes in base64"
	}
	return ""
}

var shortID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func checkID(value string) string {
	if shortID.MatchString(value) {
		return ""
	}
	return "is not an id: use small letters, digits and hyphens"
}

func checkNames(value string) string {
	seen := map[string]bool{}
	for _, name := range splitList(value) {
		if wrong := checkID(name); wrong != "" {
			return fmt.Sprintf("has %q, which %s", name, wrong)
		}
		if seen[envName(name)] {
			return fmt.Sprintf("has %q twice", name)
		}
		seen[envName(name)] = true
	}
	return ""
}

func checkNumbers(value string) string {
	for _, id := range splitList(value) {
		if strings.Trim(id, "0123456789") != "" {
			return fmt.Sprintf("has %q, which is not an id of a channel: ids are numbers", id)
		}
	}
	return ""
}

func checkAddress(value string) string {
	if _, _, err := net.SplitHostPort(value); err != nil {
		return "is not an address to listen at: write :8080 or 127.0.0.1:8080"
	}
	return ""
}

// checkURL wants https, but for the machine itself, as tests use.
func checkURL(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "is not an address: write https://…"
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "must begin with https, as tokens are sent there"
	}
	return ""
}

// checkModelURL is checkURL without a name or password in it, which logs on the way would keep.
func checkModelURL(value string) string {
	if u, err := url.Parse(value); err == nil && u.User != nil {
		return "holds a name or password: put the key into LLM_KEY"
	}
	return checkURL(value)
}

// checkToken wants what can stand in a header.
func checkToken(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "holds spaces or characters that no key has: copy it again"
	}
	return ""
}
