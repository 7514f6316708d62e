package chat

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// SendError is why a reply could not be delivered. Its text holds no secret and nobody's words.
type SendError struct {
	Kind  SendKind
	After time.Duration // of SendLimited: how long the platform asks to wait
	Err   error         // already redacted
}

// SendKind says what to do about a SendError.
type SendKind string

const (
	SendFailed  SendKind = "failed"  // certainly not delivered; trying again may help
	SendUnknown SendKind = "unknown" // the reply was lost: look before sending again
	SendLimited SendKind = "limited" // not delivered: wait for After
	SendRefused SendKind = "refused" // not delivered and never will be: closed, left, not allowed
	SendExpired SendKind = "expired" // the event's Handle is no longer good
)

func (e *SendError) Error() string { return fmt.Sprintf("send %s: %v", e.Kind, e.Err) }
func (e *SendError) Unwrap() error { return e.Err }

// SendKindOf returns the kind of a send error: "" for nil, and SendUnknown for an error that is not a
// SendError, as nothing can be said of it.
func SendKindOf(err error) SendKind {
	if err == nil {
		return ""
	}
	var send *SendError
	if errors.As(err, &send) {
		return send.Kind
	}
	return SendUnknown
}

// Verb returns "vote" of "vote:17".
func Verb(action string) string {
	verb, _, _ := strings.Cut(action, ":")
	return verb
}

// RowOf returns "17" of "vote:17".
func RowOf(action string) string {
	_, row, _ := strings.Cut(action, ":")
	return row
}
