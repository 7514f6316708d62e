package directory

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones of the people, on machines that have no zone files

	"liaison/bot/access"
	"liaison/knowledge"
)

// DefaultAskBudget is how many questions a week somebody is asked who has not said how many are welcome.
const DefaultAskBudget = 2

// Person is somebody who can be found, asked and introduced.
type Person struct {
	ID           string // "ada-example"; "people/ada-example.md" without folder and ending, or the store's own
	Name         string
	Organisation string // id
	Role         string
	Skills       []string
	HelpsWith    []string
	Zone         string          // IANA; "" when they have not said: their organisation's then
	OfficeHours  knowledge.Hours // nil when they have not said
	Holidays     string          // id of a calendar; "" for their organisation's
	AskBudget    int             // questions a week, at most; 0 for none
	Contact      string          // how they wish to be reached; "" when they have not said
	Reach        access.Visibility
	Consent      string    // when and how it was given; "" is none
	Left         time.Time // zero while they are here
	Example      bool      // made up, for the demonstration in the terminal
	Accounts     []string  // chat accounts, "slack:T1/U1", proven to be theirs
	Questions    bool      // they said yes, in chat, to being asked questions of others
	WritesAs     []string  // other names that pages have as their author
	Text         string    // what they say of themselves
}

// FromFile returns the person of a file of knowledge/people.
func FromFile(p knowledge.Person) Person {
	budget := DefaultAskBudget
	if p.AskBudget != nil {
		budget = *p.AskBudget
	}
	return Person{
		ID: strings.TrimSuffix(path.Base(p.Path), path.Ext(p.Path)), Name: p.Name, Organisation: p.Organisation, Role: p.Role,
		Skills: p.Skills, HelpsWith: p.HelpsWith, Zone: p.Zone, OfficeHours: p.OfficeHours, Holidays: p.Holidays,
		AskBudget: budget, Contact: p.Contact, Reach: p.Reach, Consent: p.Consent, Left: p.Left, Example: p.Example,
		WritesAs: p.WritesAs, Text: p.Text,
	}
}

// Directory is everybody Liaison knows of. It is safe for concurrent use.
type Directory struct {
	// Base returns the knowledge in use: people's files, organisations, calendars.
	Base func() *knowledge.Base
	// Profiles returns what people declared in chat; nil where nothing of the kind is kept. A profile with
	// the ID of a file takes its place.
	Profiles func() []Person
	// Examples lists made-up people too: for the demonstration in the terminal alone.
	Examples bool
	Now      func() time.Time

	made calendars
}

// UnsafeAll returns everybody who consented and can be asked, whoever may see them, ordered by ID.
//
// SECURITY: it is for delivering to people and for rebuilding. A list that anybody sees comes from People.
func (d *Directory) UnsafeAll() []Person {
	byID := map[string]Person{}
	for _, p := range d.Base().People {
		person := FromFile(p)
		byID[person.ID] = person
	}
	if d.Profiles != nil {
		for _, p := range d.Profiles() {
			byID[p.ID] = p
		}
	}
	var all []Person
	for _, p := range byID {
		if d.Listed(p) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// People returns those who can be asked and whom the audience may see, ordered by ID.
func (d *Directory) People(who access.Audience) []Person {
	return slices.DeleteFunc(d.UnsafeAll(), func(p Person) bool { return !who.May(p.Reach) })
}

// Person returns one of People by ID.
func (d *Directory) Person(who access.Audience, id string) (Person, bool) {
	for _, p := range d.People(who) {
		if p.ID == id {
			return p, true
		}
	}
	return Person{}, false
}

// Listed reports whether somebody may be named at all: they said yes, are still there, and so is their
// organisation.
func (d *Directory) Listed(p Person) bool {
	switch {
	case p.Consent == "", p.Example && !d.Examples, p.Reach == "":
		return false
	case !p.Left.IsZero() && !p.Left.After(d.Now()):
		return false
	}
	o, known := d.Organisation(p.Organisation)
	return !known || !Closed(o, d.Now())
}

// Closed reports whether an organisation is no more at a time.
func Closed(o knowledge.Organisation, now time.Time) bool {
	return !o.Until.IsZero() && !o.Until.After(now)
}

// Organisation returns an organisation by its id.
func (d *Directory) Organisation(id string) (knowledge.Organisation, bool) {
	for _, o := range d.Base().Organisations {
		if o.ID == id {
			return o, true
		}
	}
	return knowledge.Organisation{}, false
}

// Heir returns the organisation to ask in the place of one that has closed: its successor, that one's
// successor, and so on. Not ok when nobody took over.
func (d *Directory) Heir(id string) (knowledge.Organisation, bool) {
	for range len(d.Base().Organisations) + 1 { // a circle of successors ends
		o, known := d.Organisation(id)
		if known && !Closed(o, d.Now()) {
			return o, true
		}
		id = o.Successor
	}
	return knowledge.Organisation{}, false
}

// Schedule returns when somebody is at work: as they said, else as is usual in their organisation.
func (d *Directory) Schedule(p Person) Schedule {
	return d.schedule(p.Organisation, p.Zone, p.Holidays, p.OfficeHours)
}

// ScheduleOf returns the usual hours of somebody of an organisation ("" when unknown) in a zone ("" when
// unknown); nil when neither says on what clock they live.
func (d *Directory) ScheduleOf(organisation, zone string) *Schedule {
	s := d.schedule(organisation, zone, "", nil)
	if s.Zone == nil {
		return nil
	}
	return &s
}

func (d *Directory) schedule(organisation, zone, holidays string, hours knowledge.Hours) Schedule {
	o, _ := d.Organisation(organisation)
	s := Schedule{Hours: hours, Calendar: d.Calendar(cmp.Or(holidays, o.Holidays))}
	if namesWeekend(hours) {
		s.Calendar = withoutWeekends(s.Calendar)
	}
	for _, name := range []string{zone, o.Zone} {
		if loaded, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			s.Zone = loaded
			break
		}
	}
	return s
}

// namesWeekend reports hours of one who has said that they work at weekends.
func namesWeekend(hours knowledge.Hours) bool {
	return slices.ContainsFunc(hours, func(s knowledge.Span) bool { return s.Day == time.Saturday || s.Day == time.Sunday })
}

// withoutWeekends is a calendar of the same holidays, for one whose own hours say what is free.
func withoutWeekends(c *Calendar) *Calendar {
	var rules knowledge.Calendar
	if c != nil {
		rules = c.Calendar
	}
	rules.Weekend = nil
	return NewCalendar(rules)
}
