// Package records says how long things are kept, and what becomes of what a person has erased.
//
// Everything that is kept for a time, and no longer, has its number here, and nowhere else. The store
// says beside each of its tables which number is the table's, and removes what is older, by itself,
// every hour, one replica for all.
//
// # Two ways to erase
//
// What a person has erased leaves everything that Liaison answers from, at once, everywhere. Whether
// anything of it remains is the duty of whoever runs Liaison, and one setting (RECORDS):
//
//   - community, uk: nothing. Backups that hold it still age out within [Backups]; one that is restored
//     before then is purged again at the start, by a ledger that holds keyed hashes and nothing else.
//   - us-federal: a sealed copy, as federal records are not for one person to destroy. It cannot be read
//     where it lies: the one thing that can be done with it is to export it, which deletes it here.
//
// The people of a workspace that Liaison is removed from are erased the same way.
//
// Which of the two it is, people are told when they first meet Liaison, and when they erase.
package records

import "time"

const day = 24 * time.Hour

// How long things are kept.
const (
	Questions     = 90 * day      // a question and its answer; then it is only counted
	Votes         = 180 * day     // whether an answer helped, and why not
	Relayed       = 30 * day      // words passed on, and what an introduction was about, once it is over
	Introductions = 365 * day     // that two people were introduced, once it is over
	Meetings      = 365 * day     // that somebody was told what is kept; then they are told again
	Audit         = 365 * day     // which admin did what
	Sent          = 30 * day      // what was told to whom, by which replies to it are known
	Events        = 7 * day       // ids of what was answered; platforms redeliver within hours
	Turns         = day           // turns of scheduled work
	Commits       = time.Hour     // marks of transactions: much longer than anything is tried again
	Ledger        = 365 * day     // keyed hashes of who was erased: much longer than any backup
	Backups       = 35 * day      // copies of the database, by whoever makes them
	ExpireEvery   = 1 * time.Hour // how often what is older is removed
)

// Mode is what becomes of what is erased.
type Mode string

// The modes, as RECORDS names them.
const (
	Community Mode = "community"
	UK        Mode = "uk"
	Federal   Mode = "us-federal"
)

// Modes are the modes, the standard one first.
func Modes() []string { return []string{string(Community), string(UK), string(Federal)} }

// Seals reports a mode in which what is erased is sealed for a records officer, rather than deleted.
func (m Mode) Seals() bool { return m == Federal }

// Days says a time as people read it.
func Days(d time.Duration) int { return int(d / day) }
