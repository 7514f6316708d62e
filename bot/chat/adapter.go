package chat

import (
	"context"
	"time"
)

// Adapter connects one platform. One value may serve several workspaces of it.
type Adapter interface {
	// Name is the platform's: "slack", "discord", "terminal". It stands in Event.Platform.
	Name() string

	// Capabilities says what the platform can show. It may be called at any time, and does no I/O.
	Capabilities() Capabilities

	// Run receives events and puts each in the inbox until ctx ends, then stops receiving, lets the
	// replies in flight go out (for at most ten seconds) and returns nil. It reconnects by itself;
	// it returns an error only for what no waiting mends (a revoked token), as a sentence for an
	// admin. It is called once.
	Run(ctx context.Context, inbox Inbox) error

	// Respond answers an event where it happened: in its thread, privately when the reply or the
	// command says so. It may be called for an event that an earlier process received. It blocks
	// until the platform took the reply. Errors are a *SendError. The key of an answer is its
	// Event.ID: a Finder is asked for it by To{Workspace, Room, Thread, Key: e.ID}.
	Respond(ctx context.Context, e Event, r Reply) (Ref, error)

	// Send says something that answers no event. Errors are as of Respond.
	Send(ctx context.Context, to To, r Reply) (Ref, error)
}

// Inbox takes events from adapters. Put returns nil once the event is stored, or was stored before;
// only then may the adapter acknowledge it. It blocks for a disk write, and returns an error when
// the event could not be kept: then the adapter must not acknowledge, so that the platform retries.
type Inbox interface {
	Put(ctx context.Context, e Event) error
}

// Ref names a message that was sent, for editing, deleting, and answers to it. It survives a
// restart. The zero Ref names nothing.
type Ref struct {
	Platform, Workspace, Room, Message string
	// Private is set when only one person could read it; such messages often cannot be edited.
	Private bool
}

// To says where to send: to a person directly (Account), or to a room, and into a thread of either. A
// platform whose direct messages have no threads ignores Thread there.
type To struct {
	Account   Account // set: a direct message, and Workspace and Room are not used
	Workspace string
	Room      string
	Thread    string
	Key       string // names this send, so that a repeat after a lost reply can be recognised; "" for none
	Private   bool   // for a Finder: what is looked for was for one person's eyes, in Room
}

// Capabilities say what a platform can show.
type Capabilities struct {
	Edits    bool // Editor is implemented
	Forms    bool
	Private  bool // a reply in a shared room can be shown to one person
	Threads  bool
	MaxWait  time.Duration // how soon a person must see something: 3 s; 0 where nobody watches a clock
	Markdown bool
	// FollowUp asks for a Follow up button under answers, as the platform does not deliver messages
	// that are not addressed to Liaison.
	FollowUp bool
	// KeyLives is how long the platform itself takes a Send of the same To.Key for the same message and
	// makes no second one; 0 for never.
	KeyLives time.Duration
}

// Editor changes messages already sent. Both return a *SendError.
type Editor interface {
	Edit(ctx context.Context, ref Ref, r Reply) error
	Delete(ctx context.Context, ref Ref) error
}

// Finder looks up a message whose send got no reply, by To.Key. It returns the zero Ref and nil
// when the platform is sure that it never arrived, and an error when it cannot be sure (a message
// that only one person saw): then the message is not sent again.
type Finder interface {
	Find(ctx context.Context, to To) (Ref, error)
}

// RoomJudge says who can read a room, and who somebody is, as things stand now. An event may wait for
// hours before it is answered, and people join rooms meanwhile.
type RoomJudge interface {
	// Judge returns the event's actor and room anew. It may ask the platform, no longer than ctx; what
	// it cannot find out by then is StandingUnknown or ScopeUnknown. Use Narrow, which calls it.
	Judge(ctx context.Context, e Event) (Actor, Room)
}

// GroupOpener opens a conversation of Liaison and several people of one workspace.
type GroupOpener interface {
	OpenGroup(ctx context.Context, people []Account) (To, error)
}

// HomePublisher shows a person their own page, where the platform has one.
type HomePublisher interface {
	PublishHome(ctx context.Context, who Account, r Reply) error
}

// CommandRegistrar is told of the command table before Run.
type CommandRegistrar interface {
	Register(t Table)
}

// Reporter says how the connection is, in words for an admin.
type Reporter interface {
	Status() Status
}

// Status is how one adapter is doing.
type Status struct {
	Connected bool
	Since     time.Time
	LastEvent time.Time // when the last one came, stored or not; zero when none came yet
	Detail    string    // how it is, also when all is well: "2 of 2 workspaces connected", "the token was revoked: make a new one"
}

// Memory keeps small facts of an adapter over a restart, such as how often it has connected today.
// Keys begin with the adapter's name. Recall returns nil and no error for what was never kept.
type Memory interface {
	Recall(ctx context.Context, key string) ([]byte, error)
	Keep(ctx context.Context, key string, value []byte) error
}

// Checker tries out what is set for a platform, before Run and without receiving anything: tokens,
// scopes, intents. `doctor` prints what it finds.
type Checker interface {
	Check(ctx context.Context) []Finding
}

// Finding is one thing that a check looked at, as sentences without secrets.
type Finding struct {
	Subject string // "Slack workspace gds"
	Problem string // what is wrong; "" when all is well
	Advice  string // what to do about the problem; else what is good to know, or ""
}
