// Package commands is the waist of Liaison: the one package that knows both what people say on
// platforms (bot/chat) and the services that know something (bot/ask, bot/feedback).
//
// Read [Handler.Handle] first: an event becomes a reply there. Who may see the reply is decided in
// audience.go. Each command has a file of its own, with the sentences it says at the top.
package commands
