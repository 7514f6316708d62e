// Package terminal is Liaison without any account: a conversation with one person at a terminal, or
// through a pipe, over the same contract as every other platform.
//
// At a terminal lines can be edited and recalled, text is wrapped, and what can be pressed has a
// letter: typing the letter presses it. Through a pipe each line is a question and the answers come
// in order as plain text, without prompts, colour, or line breaks of our own.
//
// Both read well aloud. Nothing is said by colour, position or a symbol alone, nothing that was
// written is written over, and there are no spinners.
//
// Start with [Of] and [New]; [Render] is the rendering alone, for commands that print a reply.
package terminal
