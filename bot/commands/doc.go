// Package commands is the waist of Liaison: the one package that knows both what people say on
// platforms (bot/chat) and the services that know or do something: of pages (bot/ask, bot/feedback) and of people (bot/experts,
// bot/profile, bot/intro, bot/inquiry, bot/coffee).
//
// Read [Handler.Handle] first: an event becomes a reply there. Who may see the reply is decided in
// audience.go. Each command has a file of its own, with the sentences it says at the top.
package commands
