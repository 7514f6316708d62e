package chat

// Form asks for several things at once: a modal in Slack and Discord, one question after the other
// in the terminal.
type Form struct {
	Action string // "verb:row" of the event that sending it makes
	Title  string // at most 24 characters
	Submit string // what sending does, at most 24 characters; "" means "Send"
	Intro  string // said above the fields; "" for nothing
	Fields []Field
}

// Field is one thing a Form asks for. Discord takes at most five.
type Field struct {
	ID       string
	Label    string // at most 45 characters
	Hint     string // at most 100 characters
	Kind     FieldKind
	Options  []Option // of a FieldChoice
	Required bool
	Value    string // what it starts as
	Max      int    // most characters; 0 means 3,000
	Question bool   // of a FieldLine: a question will do; elsewhere one is meant for outside the form
}

// FieldKind says how a Field is filled in.
type FieldKind string

const (
	FieldLine   FieldKind = "line"
	FieldLong   FieldKind = "long"
	FieldChoice FieldKind = "choice" // where a platform's forms have no menus, the options are listed in the hint
)
