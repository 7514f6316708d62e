package chat

import "time"

// Reply is what Liaison says: what it means, not how it looks. Its zero value says nothing, and
// sending it is an error.
type Reply struct {
	Blocks []Block
	// Private asks that only the actor can read it. It reaches one person or fails.
	Private bool
	// Form, when set, is opened instead of showing Blocks. Only a command or action that declares
	// Opens may return one, because platforms must be told before the work.
	Form *Form
	// Problems, in answer to a form, names what is wrong by Field.ID; the form stays open.
	Problems map[string]string
	// Replaces says that the reply takes the place of the message whose button was used.
	Replaces bool
}

// Silent reports whether the reply says nothing, as for events that want no answer.
func (r Reply) Silent() bool { return len(r.Blocks) == 0 && r.Form == nil && len(r.Problems) == 0 }

// Block is one part of a Reply. The set is closed: a renderer that misses one fails its tests.
//
//sumtype:decl
type Block interface{ block() }

// Text is prose.
type Text struct{ Paragraphs []Paragraph }

// Sources are the pages an answer stands on, numbered as the text cites them.
type Sources struct{ Sources []Source }

// People are persons and teams who know, each with the reasons for saying so.
type People struct{ People []Person }

// Items is a list of like things: questions asked, gaps, posts, changes.
type Items struct {
	Title string
	Items []Item
}

// Facts are labels with values: a status, a receipt, a profile.
type Facts struct {
	Title string
	Facts []Fact
}

// Notice is said by Liaison about itself or about the answer, apart from the answer's own words.
type Notice struct {
	Kind NoticeKind
	Text Paragraph
}

// Choice asks the person to pick one of a few, by a menu. The event has the pick as Values["choice"].
type Choice struct {
	Action  string // "verb:row"
	Prompt  string
	Options []Option
}

// Actions are buttons.
type Actions struct{ Actions []Action }

func (Text) block()    {}
func (Sources) block() {}
func (People) block()  {}
func (Items) block()   {}
func (Facts) block()   {}
func (Notice) block()  {}
func (Choice) block()  {}
func (Actions) block() {}

// Paragraph is a run of Inlines of one kind. Level is the depth of a list item, from 0; Number is
// that of a numbered one; Cells holds a table row, and Header marks the first row of a table.
type Paragraph struct {
	Kind    ParagraphKind
	Inlines []Inline
	Level   int
	Number  int
	Cells   [][]Inline
	Header  bool
	Quoted  bool // the words of a source, as written
}

// ParagraphKind says what a Paragraph is.
type ParagraphKind string

const (
	Plain   ParagraphKind = ""        // ordinary text
	Heading ParagraphKind = "heading" // a short title above what follows
	Bullet  ParagraphKind = "bullet"
	Number  ParagraphKind = "number"
	Code    ParagraphKind = "code" // shown as typed, line breaks kept
	Row     ParagraphKind = "row"  // of a table
)

// Inline is a piece of text of one style. At most one of URL and Time is set.
type Inline struct {
	Text   string // plain; renderers escape it
	Strong bool
	Code   bool
	Mark   bool      // a word the question asked for
	URL    string    // https or mailto only: renderers show any other as text
	Time   time.Time // shown in the reader's own zone; Text says it for those who cannot
}

// Source is one page an answer stands on.
type Source struct {
	Number       int // as cited: [1]
	Title        string
	Heading      string // the path of headings within the page, "Storing secrets › In the cloud"; "" at the top
	URL          string // the exact heading; "" when it is not published
	Organisation string // short name
	Age          string // "reviewed 14 Mar 2026", "not reviewed for 2 years"; "" when unknown
	Stamp        string // "your organisation's guidance", "another organisation's practice", "archived"; "" for none
	Binds        string // whom the page says it binds; "" when it says nothing
	Owner        string
	Licence      string // the attribution that the licence asks for; "" when it asks for none
}

// Person is somebody, or a team, who knows.
type Person struct {
	Name         string
	Organisation string // short name: the badge
	Role         string
	Reasons      []Paragraph // the evidence, best first
	Times        string      // "15:10 there now; you are both at work 14:00 to 17:00 your time"
	Contact      *Inline     // nil when they have not said how
	Actions      []Action
}

// Item is one entry of Items.
type Item struct {
	Title   string
	URL     string
	Detail  string
	Time    time.Time // zero for none
	Actions []Action
}

// Fact is a label with its value.
type Fact struct {
	Label string
	Value Inline
}

// NoticeKind says how a Notice is meant; renderers say it in words, never by colour alone.
type NoticeKind string

const (
	Info    NoticeKind = "info"
	Warning NoticeKind = "warning"
	Failure NoticeKind = "failure"
)

// Action is a button. ID is "verb:row", at most MaxAction bytes; state lives in the store, never in it.
type Action struct {
	ID      string
	Label   string // a verb phrase, at most 30 characters: what pressing does
	Style   Style
	URL     string // when set the button opens this address and sends no event
	Confirm string // when set, the person is asked this first
	// Vote marks Helpful (+1) and Not helpful (-1), which some platforms show in their own way.
	Vote int
}

// Style is how much a button asks to be pressed.
type Style string

const (
	Ordinary Style = ""
	Primary  Style = "primary"
	Danger   Style = "danger"
)

// Option is one thing to choose.
type Option struct {
	Value string // at most MaxAction bytes
	Label string // at most 75 characters
	Hint  string
}

// MaxAction is the most bytes in an Action.ID or Option.Value; Discord's custom_id holds 100, and
// adapters put a version in front.
const MaxAction = 90
