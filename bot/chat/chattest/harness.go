package chattest

import (
	"strings"
	"testing"
	"time"

	"liaison/bot/chat"
)

// Harness starts an adapter over its fake platform. The package comment says how to write one.
type Harness interface {
	// Name is the platform's, for messages of the suite.
	Name() string
	// Cannot names what the platform, not the adapter, does not have, each with the reason. It may be nil.
	Cannot() map[Ability]string
	// Start runs a new adapter over a new fake and returns once it receives events. The harness ends
	// both with t.Cleanup.
	Start(t *testing.T, inbox chat.Inbox, table chat.Table) Session
}

// Session is one adapter over one fake platform.
type Session interface {
	Adapter() chat.Adapter
	// Deliver plays one event as the platform sends it, and does not wait for what follows. After
	// Drop it first waits until the adapter has connected again.
	Deliver(t *testing.T, d Delivery) Receipt
	// Messages returns all that people can see, oldest first.
	Messages() []Message
	// Changed returns a channel that is closed when Messages next changes.
	Changed() <-chan struct{}

	// Limit makes the fake refuse what is sent, asking to wait for after, until lifted.
	Limit(after time.Duration) (lift func())
	// Early returns how many sends came while the fake had asked to wait and the wait was not over. The
	// one send by which the adapter learns that it must wait may be counted or not.
	Early() int
	// Drop cuts the connection that events come over, without a goodbye.
	Drop()
	// LoseReply makes the fake take the next send and cut the line before it says so.
	LoseReply()
	// RefusePrivate makes the fake refuse whatever only one person could read.
	RefusePrivate()
	// Hold makes the fake sit on the next send: held is closed when it came, release lets it through.
	// Release may be called twice.
	Hold() (held <-chan struct{}, release func())

	// Stop ends the context of Run. Stopped is closed when Run has returned, and Err then says what.
	Stop()
	Stopped() <-chan struct{}
	Err() error
}

// Delivery is an event for a fake platform to play.
type Delivery struct {
	// ID names it: two deliveries of one ID are the same event, delivered again.
	ID    string
	Kind  DeliveryKind
	Who   string // "ada" or "grace"; "" is ada
	Place Place
	Text  string
	// Command is that of a Command, Action that of an Action or Form. On is the Message.ID of the
	// message whose button is used; "" for one that the fake makes up.
	Command, Action, On string
	Values              map[string]string // of a Form
}

// DeliveryKind is what sort of event to play.
type DeliveryKind string

const (
	Mention DeliveryKind = "mention"   // says Text to Liaison in Place (in a direct conversation: without naming it)
	Talk    DeliveryKind = "talk"      // says Text in Place, not to Liaison
	Command DeliveryKind = "command"   // gives the platform's own command, with Text as its argument
	Press   DeliveryKind = "press"     // presses the button Action
	Submit  DeliveryKind = "form"      // sends the form Action with Values
	Own     DeliveryKind = "own"       // the platform sends back a message of the adapter itself
	Bot     DeliveryKind = "other bot" // another bot mentions Liaison
)

// Place is where an event happens.
type Place string

const (
	Shared  Place = ""        // a room of several people; where the platform knows such a thing, all of them staff
	Direct  Place = "direct"  // the actor and Liaison alone
	Guests  Place = "guests"  // a room that somebody who is not staff can read
	Unknown Place = "unknown" // a room whose members cannot be found out
)

// Receipt says how an event was received.
type Receipt struct {
	// Acknowledged is closed when the platform was told that the event arrived. It is nil for events
	// that the platform wants no word about.
	Acknowledged <-chan struct{}
}

// Ability is something a platform has, or does not.
type Ability string

const (
	Acknowledges Ability = "acknowledgement"
	Rooms        Ability = "rooms of several people" // Shared, and Talk in it
	GuestRooms   Ability = "rooms with guests"       // Guests
	UnknownRooms Ability = "rooms of unknown people" // Unknown
	Commands     Ability = "commands"
	Forms        Ability = "forms"
	OwnMessages  Ability = "own messages coming back"
	OtherBots    Ability = "other bots"
	Redelivery   Ability = "delivering an event again"
	Limits       Ability = "limits on sending"
	Connection   Ability = "a connection that can drop"
	LostReplies  Ability = "replies that can be lost"
	PrivateFails Ability = "private messages that can be refused"
	SlowSends    Ability = "sends that take time"
	Previews     Ability = "previews of links"
	// Sending is saying something that answers no event.
	Sending Ability = "sending without an event"
)

// need skips the test when the platform lacks one of the abilities, naming it and the reason.
func need(t *testing.T, h Harness, abilities ...Ability) {
	t.Helper()
	for _, a := range abilities {
		if reason, lacks := h.Cannot()[a]; lacks {
			if strings.TrimSpace(reason) == "" {
				t.Fatalf("%s cannot have %q, but the harness gives no reason", h.Name(), a)
			}
			t.Skipf("NOT TESTED on %s: %s. It has no %s: %s", h.Name(), t.Name(), a, reason)
		}
	}
}
