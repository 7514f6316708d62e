// Package chattest holds every adapter to the contract of package chat.
//
// [Gallery] is the canonical replies: each adapter keeps a golden rendering of every one (see
// [Golden]). [Missing] says which words of a reply a rendering does not show. [Run] is the
// conformance suite of the ten promises listed in package chat.
//
// # Writing a Harness
//
// An adapter's test implements [Harness] over its fake platform:
//
//	type harness struct{}
//
//	func (harness) Name() string { return "slack" }
//	func (harness) Cannot() map[chattest.Ability]string { return nil }
//	func (harness) Start(t *testing.T, inbox chat.Inbox, table chat.Table) chattest.Session {
//		fake := fakeslack.New(t)
//		…start the adapter over it, and return once it is connected…
//	}
//
//	func TestPromises(t *testing.T) { chattest.Run(t, harness{}) }
//
// The [Session] is one adapter over one fake. The suite plays events with Deliver, takes what was
// stored from its own [Inbox], answers with the adapter's Respond and Send, and reads what a person
// would then see from Messages. The harness turns what the fake was given into [Message] values, as
// the platform would show it: escapes undone, mentions that would notify listed in Pings, link
// targets in Links. It must parse as the platform parses, not as the adapter writes. A [Wall] keeps
// such messages and tells the suite when there are more.
//
// The harness must show the faults it is asked for (Limit, Drop, LoseReply, RefusePrivate, Hold)
// exactly once each, and undo them when told. What a platform does not have at all is named in
// Cannot, with the reason; the tests that need it are then skipped, loudly. Cannot is for what the
// platform lacks, never for what the adapter does not do yet.
//
// Nothing in the suite sleeps. It waits for conditions, for at most [Patience]; where it must see
// that something does not happen it watches for [Quiet], which a correct adapter always passes.
package chattest
