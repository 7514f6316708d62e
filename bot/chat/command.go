package chat

import "context"

// Command is one thing a person can say. The table of them makes the help, the platforms' own
// command lists and the README's.
type Command struct {
	Name     string // one lower-case word
	Aliases  []string
	Summary  string // what it gives, at most 100 characters, no full stop
	Argument Argument
	Examples []string // real ones, that work on the starter knowledge
	Admin    bool     // only admins; checked again when it runs
	// Private answers are shown to the actor alone where the room is shared. Platforms must be told
	// before the work, so it is fixed here.
	Private bool
	// Lookup says that what it gives serves who asked: a platform that can show the answer to a command
	// to the actor alone does so, and sets Event.Private. Said in words, it is answered where it was said.
	Lookup bool
	// Opens says that without its argument the command opens a form.
	Opens *Form
	// OnMessage is the label under which it is offered on somebody's message ("Answer this"); ""
	// when it is not. The event then has Quoted, and the answer is private.
	OnMessage string
}

// Argument is what follows a command's name.
type Argument struct {
	Name     string // "question"; "" when it takes none
	Hint     string // at most 100 characters
	Required bool
	// Suggest names what can be offered while typing: "topic", "team" or "term"; "" for nothing.
	Suggest string
}

// ActionSpec declares the actions that begin with a verb.
type ActionSpec struct {
	Verb    string
	Private bool // its answer goes to who pressed, alone
	Opens   bool // it answers with a form, so nothing may be acknowledged before
	Admin   bool
}

// Table is every command and action there is.
type Table struct {
	Commands []Command
	Actions  []ActionSpec
	// Follows reports whether a message that was not addressed to Liaison goes on with a conversation
	// it is having with that person. Adapters ask before Put, so that other talk is not stored; when nobody
	// can say just then it reports true, and the talk of others that is stored then is erased unanswered.
	Follows func(ctx context.Context, e Event) bool
	// Suggest returns up to 25 completions of what is being typed, for the person and room of e.
	// It answers within a second or returns nothing. Adapters must not trust that one was taken.
	Suggest func(ctx context.Context, e Event, what, typed string) []Option
	// Open returns the form that an action or command which Opens answers with. It must be quick:
	// platforms allow three seconds, network included. The Reply has Form set, or Blocks that say
	// why not.
	Open func(ctx context.Context, e Event) Reply
}

// Command returns the command of that name or alias.
func (t Table) Command(name string) (Command, bool) {
	for _, c := range t.Commands {
		if c.Name == name {
			return c, true
		}
		for _, alias := range c.Aliases {
			if alias == name {
				return c, true
			}
		}
	}
	return Command{}, false
}

// Action returns the spec for "verb:row".
func (t Table) Action(id string) (ActionSpec, bool) {
	verb := Verb(id)
	for _, a := range t.Actions {
		if a.Verb == verb {
			return a, true
		}
	}
	return ActionSpec{}, false
}
