// Package knowledge reads what Liaison knows: plain files that people edit. It turns them into
// Documents and Passages, and reads the vocabulary beside them (organisations, glossary, people,
// judged questions). The files that ship lie in this folder and are embedded in the program.
//
// This file is the vocabulary of the package. It knows nothing of search and nothing of chat.
package knowledge

import (
	"time"

	"liaison/bot/access"
)

// Document is one page of guidance as people know it: one file of a source.
type Document struct {
	// Path identifies the document. It is relative to the knowledge folder, with forward slashes
	// ("guidance/gds/service-standard.md"); for a source whose folder lies outside, the source's
	// name and the path within ("gds-way/source/index.html.md.erb").
	Path         string
	Source       string // name of the source in sources.yaml; "" for the folder's own guidance
	Title        string
	URL          string // where the page is published; "" when it is not
	Organisation string // id of the organisation whose page it is
	Visibility   access.Visibility
	Owner        string // who answers for the page
	Contacts     []Contact
	Licence      string
	AppliesTo    []string // whom the page says it binds; empty when it says nothing
	Tags         []string
	AskedAs      []string // what people would ask, in their words
	Authors      []string
	Lang         string
	Published    time.Time // zero when unknown; a date without time is midnight UTC
	Reviewed     time.Time // when somebody last checked it; zero when unknown
	ReviewDue    time.Time // Reviewed plus the page's review_in; zero when either is unknown
	Archived     bool
	Passages     []Passage
	Hash         string // hex SHA-256 of all that decides the fields above
}

// Passage is a piece of a Document that can answer on its own: a section, or a part of a long one.
type Passage struct {
	Headings []string // the headings above it, outermost first, without the document's title
	URL      string   // the exact heading, as a link; the document's URL when it has no anchor
	Line     int      // first line in the file, from 1
	// Text is at most about 1,200 characters (MaxPassage) and carries no markup of its source but this:
	// paragraphs part at a blank line; list items start with "- " or "1. ", two spaces deeper a level;
	// code stands between lines of ```; a table is a line a row, cells parted by " | ".
	Text    string
	AskedAs []string // what people would ask that this passage answers, besides Document.AskedAs
}

// Contact is where to ask about a page.
type Contact struct {
	Text string // "#admins-github", "the payments team", "x@example.gov.uk"
	URL  string // https or mailto; "" when there is none
}

// Problem is something in a file that a person should know.
type Problem struct {
	Path    string
	Line    int // 0 when it is the whole file
	Reason  string
	Skipped bool // the file was left out; otherwise only a note
	Meant   bool // it was left out because it says so itself: there is nothing to mend
	// Grave says that more than one file is concerned: a source is left out, or stands as it was last read, or
	// a file that all else rests on stands as it was last understood.
	Grave bool
}

// Organisation is a government digital team as knowledge/teams.yaml describes it.
type Organisation struct {
	ID        string // "gds"
	Name      string // "Government Digital Service"
	Short     string // "GDS"
	Aliases   []string
	Kind      string // "organisation", "team" or "community"
	Country   string // ISO 3166-1 alpha-2, lower case: "gb", "us"
	Zone      string // IANA time zone
	Holidays  string // the calendar of days off: "england-and-wales", "us-federal", …
	Parent    string // id of the organisation it belongs to
	About     string
	Covers    []string // topics
	Contacts  []Contact
	Founded   time.Time // zero when unknown
	Renamed   []Renaming
	Successor string    // id
	Until     time.Time // when it closed; zero while it goes on
	Source    string    // public source of these facts
}

// Renaming says that an organisation was called Name until a date.
type Renaming struct {
	Name  string
	Until time.Time
}

// Term is one entry of knowledge/glossary.yaml.
type Term struct {
	Term       string
	Aliases    []string // acronyms, long forms and other spellings of the same thing
	Meanings   []Meaning
	Nearest    []Equivalent
	Source     string // public source
	Visibility access.Visibility
}

// Meaning is what a term means, to one organisation or (Organisation "") to all.
type Meaning struct {
	Organisation string
	Text         string
}

// Equivalent is the nearest thing on the other side of the Atlantic.
type Equivalent struct {
	Term string
	Note string // how it differs
}

// Person is one file of knowledge/people. A file without Consent is an invitation to ask them.
type Person struct {
	Path         string
	Name         string
	Organisation string
	Role         string
	Skills       []string
	HelpsWith    []string
	Zone         string
	Holidays     string    // id of a calendar; "" for that of the organisation
	OfficeHours  Hours     // nil when they have not said
	AskBudget    *int      // how many questions a week they are glad to get; nil when they have not said
	WritesAs     []string  // other names that pages have as their author
	Left         time.Time // when they left; zero while they are here
	Contact      string
	Consent      string // when and how it was given; "" is no consent
	Reach        access.Visibility
	Example      bool // an example person, shown only in the terminal demonstration
	Text         string
}

// Question is a judged question: what a person asks, and which pages should answer.
type Question struct {
	ID           string
	Text         string
	Relevant     []string // paths of documents
	Unanswerable bool
	AnswerQuote  string // words that the shown text must hold; "" when not judged
	Style        []string
}
