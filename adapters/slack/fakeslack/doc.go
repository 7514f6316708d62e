// Package fakeslack is a Slack in one process, for tests and for trying Liaison without an account:
// the Web API, Socket Mode, and events over HTTP with real signatures. It refuses what Slack refuses
// (see limits.go), keeps what was posted so that it can be read back as people would see it
// (shown.go), and plays Slack's bad days when told to (faults.go).
//
// A test makes a Server, adds teams, people and channels, lets people do things (play.go), and looks
// at Messages. It imports nothing of Liaison, so that it can be wrong in no way that Liaison is.
package fakeslack
