package chat

import (
	"strings"
	"time"
)

// Event is one thing that happened on a platform. It is stored before it is acknowledged and may be
// handled long after, by another process, so everything needed to answer is in it.
type Event struct {
	ID       string // the platform's delivery id: unique within Platform and Workspace, same on redelivery
	AlsoID   string // a second id that another delivery of the same message would share; "" for none
	Kind     Kind
	At       time.Time // when it happened, by the platform's clock, UTC
	Platform string    // Adapter.Name()
	// Workspace is where it happened: a Slack workspace, a Discord guild, "local" in the terminal.
	Workspace string
	Actor     Actor
	Room      Room
	Message   string // the platform's id of the message that this event is, or acts on; "" for none

	// Addressed says that the person spoke to Liaison: a mention, a direct message, a command. A message
	// that was not addressed is delivered only when Table.Follows said so.
	Addressed bool
	// Private says that the platform will show the answer to the actor alone, whatever the command
	// or action declares (a slash command in Slack). The answer may then be for the actor's eyes.
	Private bool
	// Text is what the person typed, as plain text: no markup, and no mention of Liaison itself.
	// It is never a query, never markup, and never goes to a log.
	Text string
	// Files are the names of files that came with the message. Their content stays on the platform.
	Files []string
	// Command is the name of a Command in the table, when the platform already knows it ("ask" for a
	// slash command or a shortcut). "" leaves it to the router to read Text.
	Command string
	// Action is "verb:row" of the button, menu or form used. Check who pressed when it is pressed.
	Action string
	// Values holds what a form's fields or a menu were set to, by Field.ID ("choice" for a Choice).
	Values map[string]string
	// Quoted is the message that the person pointed at (message shortcut, context menu, reply).
	Quoted *Quoted

	// Handle is what the adapter needs to answer this event (a token, a response address). It is
	// opaque to all others, kept encrypted with the event, and useless after HandleUntil.
	Handle      []byte
	HandleUntil time.Time // zero: it does not expire
}

// Kind says what sort of thing happened.
type Kind string

const (
	KindMessage Kind = "message" // somebody said something to Liaison, or in a conversation it takes part in
	KindCommand Kind = "command" // a slash command, a shortcut or a context menu: Command is set
	KindAction  Kind = "action"  // a button or menu was used: Action is set
	KindForm    Kind = "form"    // a form was sent: Action and Values are set
	KindHome    Kind = "home"    // a person opened Liaison's own page or conversation
	KindEdited  Kind = "edited"  // Message now reads Text
	KindDeleted Kind = "deleted" // Message is gone
	KindMembers Kind = "members" // who is in Room has changed
	KindGone    Kind = "gone"    // Liaison was removed from Workspace: forget what is held for it
)

// Account is a person on one platform. Nothing shorter identifies anybody: user ids repeat between
// workspaces, and names can be copied.
type Account struct {
	Platform, Workspace, User string
}

// String returns "slack:T1/U1". ParseAccount reads it back.
func (a Account) String() string { return a.Platform + ":" + a.Workspace + "/" + a.User }

// Setting returns the account as an admin writes it: "slack:T1/U1", or "discord:1" where the platform's
// users have no workspace.
func (a Account) Setting() string {
	if a.Workspace == "" {
		return a.Platform + ":" + a.User
	}
	return a.String()
}

// ParseAccount reads "slack:T1/U1", or "discord:1" where the platform's users have no workspace.
// It reports false for anything else.
func ParseAccount(s string) (Account, bool) {
	platform, rest, ok := strings.Cut(s, ":")
	if !ok || platform == "" || rest == "" {
		return Account{}, false
	}
	workspace, user, ok := strings.Cut(rest, "/")
	if !ok {
		workspace, user = "", rest
	}
	return Account{platform, workspace, user}, user != ""
}

// Actor is who did it.
type Actor struct {
	Account Account
	Name    string // as the platform shows it: never to be trusted as identity
	Zone    string // IANA time zone; "" when unknown
	Locale  string // BCP 47; "" when unknown
	// Standing is what the platform says of them. StandingUnknown counts as a stranger.
	Standing Standing
	// Organisation is the id of the organisation whose workspace they belong to; "" when unknown.
	Organisation string
}

// Standing is what a platform knows about a person's place in a workspace.
type Standing string

const (
	StandingUnknown  Standing = ""         // counts as a stranger
	StandingStranger Standing = "stranger" // a guest, a person of another company, a community member
	StandingMember   Standing = "member"   // staff: a full member of an organisation's own workspace
)

// Room is where it happened.
type Room struct {
	ID     string
	Thread string // the thread's id; "" outside threads
	Name   string // "" when unknown
	Scope  Scope
	// Organisation is the one organisation all of whose members-only room this is; "" otherwise.
	Organisation string
	// Direct says that only the actor and Liaison are in it.
	Direct bool
}

// Conversation identifies what must be handled in order: the thread, else the room. In rooms where
// every message starts its own thread, adapters set Thread on the first message too.
func (e Event) Conversation() string {
	return strings.Join([]string{e.Platform, e.Workspace, e.Room.ID, e.Room.Thread}, "/")
}

// Scope is who can read a room: the least privileged of its members decides.
type Scope string

const (
	ScopeUnknown Scope = ""       // counts as public
	ScopePublic  Scope = "public" // community members, guests or other companies can read it
	ScopeStaff   Scope = "staff"  // staff only, of Room.Organisation when that is set
	ScopeDirect  Scope = "direct" // the actor alone
)

// Quoted is a message somebody pointed at.
type Quoted struct {
	Message string // the platform's id
	Author  Account
	Text    string // plain
}
