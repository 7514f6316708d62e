package slack

import "time"

// What Slack takes. Sources: docs.slack.dev/reference/block-kit and the comments of @slack/types 3.2.0,
// except maxMessageRunes (see there).
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	// maxMessageRunes is for all text of one message. Slack answers msg_blocks_too_long at about
	// 13,200 characters and has been seen to at 11,341 (slackapi/bolt-js issues 2509 and 2867).
	maxMessageRunes  = 9_500
	maxBlockRunes    = 2_800 // a text object holds 3,000; escaping is counted
	maxTopText       = 39_000
	maxHeader        = 150
	maxButton        = 75
	maxButtons       = 25
	maxTableRows     = 100
	maxTableCells    = 20
	maxTableRunes    = 5_000
	maxOptions       = 100
	maxOptionLabel   = 75
	maxOptionValue   = 75
	maxPlaceholder   = 150
	maxConfirm       = 300
	maxConfirmButton = 30
	maxViewTitle     = 24
	maxFieldLabel    = 2_000
	maxFieldText     = 3_000
	maxMetadata      = 3_000
	maxButtonURL     = 3_000
	maxListIndent    = 8
	maxPrompts       = 4
	maxGroup         = 8
	maxThreadTitle   = 60
)

// How Slack and this adapter keep time.
const (
	maxBody       = 1 << 20          // of a request from Slack, bytes
	maxBodies     = 32 << 20         // of all bodies being read, bytes
	freshness     = 5 * time.Minute  // of a signed request, either way
	readBody      = 10 * time.Second // for the whole body to arrive
	responseURLs  = 30 * time.Minute // a response_url works this long
	triggerLives  = 3 * time.Second
	lookupWait    = 800 * time.Millisecond  // how long an event waits to learn its room and its person
	formWait      = 1200 * time.Millisecond // how long a sent form waits to hear what is wrong with it
	openWait      = 500 * time.Millisecond  // how long a form is waited for before "Loading…" is shown
	callTimeout   = 15 * time.Second        // of one call of the Web API
	drainTime     = 10 * time.Second        // for replies in flight when stopping
	patience      = 10 * time.Second        // the longest Retry-After that is sat out; longer ones are the caller's
	channelPace   = time.Second             // one message a second a channel,
	channelBurst  = 3                       // with short bursts
	lookupBudget  = 40                      // calls of one lookup of a room
	directorySize = 20                      // pages of 1,000 people read when a room is large
)
