// Package outbox tells people what happened, once, in order, and only while it may still be told.
//
// A service writes an [Item] in the same transaction as the change that it tells of (the store sees
// to that), so neither can be without the other. An item says what happened and to whom it is told,
// not the words: a [Renderer] makes those when the item leaves, and says nothing when by then a
// consent was withdrawn, somebody was blocked, or a message was deleted.
//
// # How an item is sent once
//
// An item is waiting, then sending (claimed, and perhaps on its way), then sent, failed, dropped (there
// was nothing left to say) or unknown. A process that dies while sending leaves a claim that runs out;
// whoever claims the item next asks the platform whether the message is there ([chat.Finder]), and
// where that cannot be told the item is unknown and not sent again. One exception: a platform that
// itself takes a send with the same key for the same ([chat.Capabilities].KeyLives) is simply asked again.
//
// # Order
//
// The items of one lane leave one after the other. A lane is usually one recipient.
//
// # Several replicas
//
// Items are claimed in the database, with a lease and a fence: who comes back after its lease may not
// record anything any more.
package outbox

import (
	"context"
	"errors"
	"time"

	"liaison/bot/chat"
)

// State says how far an item has come.
type State string

const (
	Waiting State = "waiting"
	Sending State = "sending" // claimed; it may have been sent
	Sent    State = "sent"
	Failed  State = "failed"  // certainly not delivered, and given up
	Unknown State = "unknown" // perhaps delivered; not sent again
	Dropped State = "dropped" // there was nothing to say any more
)

// Item is one thing to tell.
type Item struct {
	ID      string // ours, in order of time
	Key     string // unique: the same thing told twice is told once
	Lane    string // items of a lane leave in the order of their IDs
	Kind    string // what happened: it chooses how the item is rendered
	Subject string // the row that it is about
	Part    string // what of that row: a side of it, a message; "" for none
	Account string // whom it is told to, as chat.Account.String; "" for nobody in particular
	Due     time.Time

	State State
	Ref   chat.Ref // of the message, when it is sent
	Tries int
	Doubt bool      // an earlier try may have arrived: look before sending again
	Fence int64     // grows with each claim
	Until time.Time // when the claim runs out
}

// Letter is an item in words, made when it leaves.
type Letter struct {
	Reply chat.Reply // silent: nothing is to be said any more
	To    chat.To    // "" everywhere: to Item.Account
	// Group asks for a conversation with several people of one workspace, and to send into that.
	Group []chat.Account
	// Edits and Deletes name, by Item.Key, the item whose message is changed or removed instead.
	Edits, Deletes string
	// Later puts the item off until a time, when it is not the moment to send it.
	Later time.Time
}

// Renderer makes letters. *commands.Handler implements it.
type Renderer interface {
	// Letter says what an item reads now. It is called when the item is claimed: from then until the
	// item is marked, whoever withdraws a consent waits for it.
	Letter(ctx context.Context, i Item) (Letter, error)
}

// Store keeps items. Every change is on disk when the method returns.
type Store interface {
	// ClaimItem takes an item that is due, or whose claim ran out, and before which nothing of its
	// lane is left to send. It is sending then, until a time. It reports false when there is none.
	ClaimItem(ctx context.Context, now, until time.Time) (Item, bool, error)
	// MarkItem records what became of a claimed item: its State, Ref, Tries, Doubt, Due and Until. It returns
	// ErrLate when the item was claimed by another meanwhile.
	MarkItem(ctx context.Context, i Item) error
	// ItemByKey returns an item; ErrNotFound when there is none.
	ItemByKey(ctx context.Context, key string) (Item, error)
}

// What a Store says.
var (
	ErrNotFound = errors.New("no such item")
	ErrLate     = errors.New("the item was claimed by another")
)
