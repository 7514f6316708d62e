package discord

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"

	"liaison/bot/chat"
)

// A custom_id is a mark, a point and a number where an action stands more than once in a message, a
// colon, and the action: "v1:vote:17", "v1.2:pick:4". The mark tells versions and the adapter's own
// buttons apart; a button of an unknown mark was made by another version.
const (
	actMark     = "v1" // the action itself
	confirmMark = "c1" // asks first, then the action
	retryMark   = "r1" // "r1:<key>:<action>" opens a form again with what was typed
	solvedMark  = "s1" // "s1:<action>" marks a forum post as solved; the action, if any, is a vote
	cancelMark  = "n1" // takes back the question whether one is sure
)

func customID(mark string, n int, action string) string {
	if n > 0 {
		mark += "." + strconv.Itoa(n)
	}
	return mark + ":" + action
}

// readCustomID returns the mark and what follows it. ok is false for what this version did not make.
func readCustomID(id string) (mark, action string, ok bool) {
	mark, action, ok = strings.Cut(id, ":")
	mark, _, _ = strings.Cut(mark, ".")
	switch mark {
	case actMark, confirmMark, retryMark, solvedMark, cancelMark:
		return mark, action, ok
	}
	return "", id, false
}

// nonceOf names the n-th message of a send, so that Discord itself refuses to make it twice.
func nonceOf(key string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", key, n))
	return base32.StdEncoding.EncodeToString(sum[:])[:maxNonce]
}

// messageIDs reads Ref.Message: an answer that took several messages names all of them.
func messageIDs(ref chat.Ref) []string { return strings.Split(ref.Message, "+") }

func joinIDs(ids []string) string { return strings.Join(ids, "+") }
