package commands

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"time"

	"liaison/bot/access"
	"liaison/bot/chat"
	"liaison/index"
)

// Within these times, what was said before is taken to be about the same thing.
const (
	threadTime = 24 * time.Hour
	roomTime   = 30 * time.Minute // where there are no threads, talk moves on sooner
	maxTurns   = 6                // exchanges that a follow-up looks back on
)

// Exchange is one question with what was answered.
type Exchange struct {
	ID           string // made of the event, so that handling it again keeps it once
	Platform     string
	Workspace    string
	Room         string
	Message      string // the platform's id of the question; "" for none
	Conversation string
	Account      string // who asked, as chat.Account.String
	Command      string // "ask", "compare", "define" or "who"
	Audience     access.Audience
	Private      bool // only who asked could read the answer
	Question     string
	Answer       string // plain
	Path         string // the page shown first; "" when nothing was found
	At           time.Time
}

// ErrNotFound says that an exchange is not kept, or no longer.
var ErrNotFound = errors.New("no such exchange")

// Forgotten counts what was erased.
type Forgotten struct {
	Exchanges, Votes, Accounts, Introductions int64

	Inquiries int64 // questions put to people: theirs, and those they were asked
	Events    int64 // and what else is not worth a word: that they were met, what they were told
	Actions   int64 // of an admin, which stay without a name
	Sealed    bool  // a sealed copy is kept for the records officer
}

// HeldIDs is what the ids of messages are called among what is held about somebody. They say nothing to a person.
const HeldIDs = "ids of your messages"

// Store keeps what commands need over a restart.
type Store interface {
	// KeepExchange stores an exchange; one of the same ID is replaced.
	KeepExchange(ctx context.Context, x Exchange) error
	// Exchange returns one; an error that is ErrNotFound when it is not there.
	Exchange(ctx context.Context, id string) (Exchange, error)
	// Conversation returns the newest exchanges of a conversation since a time, at most so many, oldest first.
	Conversation(ctx context.Context, conversation string, since time.Time, most int) ([]Exchange, error)
	// Asked returns the newest exchanges of one person, at most so many, newest first.
	Asked(ctx context.Context, account string, most int) ([]Exchange, error)
	// Reword replaces the question of a message that was edited.
	Reword(ctx context.Context, e MessageID, question string) error
	// DropMessage erases the exchange of a message that was deleted.
	DropMessage(ctx context.Context, e MessageID) error
	// ForgetAccount erases what is held about the person an account belongs to, under all of their
	// accounts, but for the event being handled.
	ForgetAccount(ctx context.Context, account, event string) (Forgotten, error)
	// ForgetWorkspace erases what is held for a workspace, by an event that says that Liaison was removed.
	ForgetWorkspace(ctx context.Context, platform, workspace, event string) error
	// Meet reports whether a person was never answered before this event, and remembers it.
	Meet(ctx context.Context, account, event string, at time.Time) (bool, error)
	// Record keeps what an admin did and how it ended.
	Record(ctx context.Context, account, action, outcome string, at time.Time) error
	// Questions returns how many were asked so far, those included of which only the number is kept.
	Questions(ctx context.Context) (int, error)
}

// MessageID names a message on a platform.
type MessageID struct{ Platform, Workspace, Room, Message string }

func messageOf(e chat.Event) MessageID {
	return MessageID{e.Platform, e.Workspace, e.Room.ID, e.Message}
}

// eventKey names an event everywhere.
func eventKey(e chat.Event) string { return strings.Join([]string{e.Platform, e.Workspace, e.ID}, "/") }

// exchangeID makes twelve letters and digits of an event.
func exchangeID(e chat.Event) string {
	sum := sha256.Sum256([]byte(eventKey(e)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
}

func newExchange(e chat.Event, command, question string, who access.Audience, private bool, now time.Time) Exchange {
	return Exchange{
		ID: exchangeID(e), Platform: e.Platform, Workspace: e.Workspace, Room: e.Room.ID, Message: e.Message,
		Conversation: e.Conversation(), Account: e.Actor.Account.String(), Command: command,
		Audience: who, Private: private, Question: question, At: now,
	}
}

// turns returns what was said before in the conversation of an event that may feed an answer for
// this audience: nothing that a reader of the answer could not have been told, and what was private
// only to the person it was said to.
func (h *Handler) turns(ctx context.Context, e chat.Event, who access.Audience) ([]index.Turn, error) {
	span := threadTime
	if e.Room.Thread == "" {
		span = roomTime
	}
	before, err := h.Store.Conversation(ctx, e.Conversation(), h.Now().Add(-span), maxTurns+1)
	if err != nil {
		return nil, err
	}
	before = slices.DeleteFunc(before, func(x Exchange) bool {
		return x.ID == exchangeID(e) || !mayFeed(x, e.Actor.Account.String(), who)
	})
	return asTurns(before[max(0, len(before)-maxTurns):], e.Actor.Account.String()), nil
}

// mayFeed is the rule of turns for one exchange. SECURITY: an answer for fewer eyes never shapes one for more.
func mayFeed(x Exchange, account string, who access.Audience) bool {
	return x.Audience.Within(who) == x.Audience && (!x.Private || x.Account == account)
}

// asTurns returns what was said in some exchanges; asker is the account of who asks now.
func asTurns(exchanges []Exchange, asker string) []index.Turn {
	var turns []index.Turn
	for _, x := range exchanges {
		turns = append(turns, index.Turn{ByUser: true, ByAsker: x.Account == asker, Text: x.Question}, index.Turn{Text: x.Answer})
	}
	return turns
}
