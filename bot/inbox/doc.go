// Package inbox takes every event once and answers it once, whatever crashes in between.
//
// [Inbox.Put] stores an event before the platform is told that it was taken. Stored events are answered
// in order within a conversation, and different conversations side by side, so many of one room; after a
// restart they are gone on with where the last process stopped. A room that its platform takes messages
// for slowly keeps nobody elsewhere waiting: what waits to be sent takes no place from what is thought about.
//
// # How an event is answered once
//
// An event is waiting, then sending (the answer is on its way and may or may not arrive), then sent
// (the platform named the message: its Ref is kept), then done. A process that dies while waiting or
// sent loses nothing: the work is done again, and an answer that has a Ref is edited, which may be
// repeated. Dying while sending is the one doubtful moment. Then the platform is asked whether the
// message is there ([chat.Finder]); an answer that nobody can look up is not sent a second time.
//
// # What is kept, and for how long
//
// The event is encrypted (see [Sealer]) and erased as soon as it is answered. Its ids stay a while
// (records.Events), so that a late redelivery is still known.
package inbox
