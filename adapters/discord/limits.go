package discord

import "time"

// What Discord takes. Source: the pages of github.com/discord/discord-api-docs named beside each.
const (
	maxContent     = 2_000 // resources/message: UTF-16 units of content
	maxRows        = 5     // components/reference: action rows of a message
	maxRowButtons  = 5
	maxOptions     = 25 // of one menu
	maxOptionText  = 100
	maxLabel       = 80  // of a button
	maxLinkButton  = 512 // the address of a link button
	maxCustomID    = 100
	maxModalTitle  = 45
	maxModalParts  = 5 // interactions/receiving-and-responding
	maxInputLabel  = 45
	maxInputHint   = 100
	maxInput       = 4_000
	maxChoices     = 25 // of autocomplete
	maxChoiceText  = 100
	maxNonce       = 25
	nonceLives     = 2 * time.Minute // resources/message: enforce_nonce looks back “a few minutes”
	maxTags        = 5               // of a forum post
	maxCommandName = 32
	maxDescription = 100
	maxCommands    = 100
	maxMenuEntries = 15 // message commands
)

// How Discord and this adapter keep time.
const (
	answerWithin   = 3 * time.Second         // a first answer to an interaction
	ackTimeout     = 2500 * time.Millisecond // of sending it
	laneTime       = 500 * time.Millisecond  // that an interaction waits for what happened before it in its channel
	hookTimeout    = time.Second             // of Table.Follows and Table.Suggest
	openTimeout    = 2 * time.Second         // of Table.Open
	tokenLives     = 15 * time.Minute        // of an interaction's token
	tokenMargin    = 10 * time.Second        // a token is not used when it has less than this left
	callTimeout    = 15 * time.Second        // of one request
	patience       = 5 * time.Second         // the longest wait asked for that is sat out; longer ones are the caller's
	maxWait        = 24 * time.Hour          // that Discord can ask for: what is longer is a mistake of its
	drainTime      = 10 * time.Second        // for replies in flight when stopping
	goodbyeTime    = 200 * time.Millisecond  // for the close frame to leave
	lineSilence    = 90 * time.Second        // heartbeats are acknowledged every 41 s: a line silent for longer is dead
	heartbeatLate  = time.Minute             // without an acknowledgement: one is missing
	connectTimeout = 30 * time.Second        // of opening a connection
	firstBackoff   = 500 * time.Millisecond  // before connecting again, doubled each time
	maxBackoff     = time.Minute
	identifyEvery  = 5 * time.Second // Discord refuses sooner ones, and discordgo then asks again at once, for ever
	maxIdentifies  = 200             // in 24 hours; Discord resets the token of a bot beyond 1,000
	maxResumeTries = 3               // failures after which the session is given up and a new one made
	catchUpReach   = 24 * time.Hour
	catchUpOverlap = time.Minute      // fetched again, as messages of different channels may overtake each other
	catchUpRooms   = 200              // channels looked into after an outage
	catchUpPages   = 5                // of 100 messages, of one channel
	refetchAfter   = 30 * time.Second // of a message that could not be stored
)

// How much is held at once.
const (
	maxAnswer     = 16 << 20 // bytes of an answer
	maxWaiting    = 10_000   // events received and not handled
	maxAtOnce     = 64       // events handled at the same time
	maxRemembered = 10_000   // channels, tokens, nonces: of each
	maxDMs        = 500      // direct channels looked into after an outage
	requestRate   = 45       // requests a second, of the 50 that Discord allows
	maxInvalid    = 5_000    // answers of 401, 403 and 429 in ten minutes; Discord bans at 10,000
	invalidSpan   = 10 * time.Minute
)
