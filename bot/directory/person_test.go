package directory_test

import (
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/directory"
	"liaison/knowledge"
)

var now = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func office(people ...knowledge.Person) *directory.Directory {
	base := &knowledge.Base{
		People: people,
		Organisations: []knowledge.Organisation{
			{ID: "gds", Zone: "Europe/London"}, {ID: "cddo", Until: now.AddDate(-1, 0, 0), Successor: "gds"},
			{ID: "a", Until: now.AddDate(-1, 0, 0), Successor: "b"}, {ID: "b", Until: now.AddDate(-1, 0, 0), Successor: "a"},
		},
	}
	return &directory.Directory{Base: func() *knowledge.Base { return base }, Now: func() time.Time { return now }}
}

func TestWhoIsListed(t *testing.T) {
	budget := 0
	d := office(
		knowledge.Person{Path: "people/yes.md", Organisation: "gds", Consent: "asked in May", Reach: access.Public, AskBudget: &budget},
		knowledge.Person{Path: "people/staff.md", Organisation: "gds", Consent: "asked in May", Reach: access.Staff},
		knowledge.Person{Path: "people/own.md", Organisation: "gds", Consent: "asked in May", Reach: access.Organisation("gds")},
		knowledge.Person{Path: "people/unasked.md", Organisation: "gds", Reach: access.Public},
		knowledge.Person{Path: "people/left.md", Organisation: "gds", Consent: "yes", Reach: access.Public, Left: now.AddDate(0, 0, -1)},
		knowledge.Person{Path: "people/leaving.md", Organisation: "gds", Consent: "yes", Reach: access.Public, Left: now.AddDate(0, 0, 1)},
		knowledge.Person{Path: "people/closed.md", Organisation: "cddo", Consent: "yes", Reach: access.Public},
		knowledge.Person{Path: "people/example.md", Organisation: "gds", Consent: "made up", Reach: access.Public, Example: true},
		knowledge.Person{Path: "people/withdrawn.md", Organisation: "gds", Consent: "yes", Reach: access.Public},
	)
	d.Profiles = func() []directory.Person {
		return []directory.Person{{ID: "withdrawn"}, {ID: "chat", Consent: "in chat", Reach: access.Public, AskBudget: 3}}
	}
	for _, test := range []struct {
		who      access.Audience
		examples bool
		want     string
	}{
		{access.Audience{}, false, "chat leaving yes "},
		{access.StaffOf(), false, "chat leaving staff yes "},
		{access.StaffOf("usds"), false, "chat leaving staff yes "},
		{access.StaffOf("gds"), false, "chat leaving own staff yes "},
		{access.Audience{}, true, "chat example leaving yes "},
	} {
		d.Examples = test.examples
		got := ""
		for _, p := range d.People(test.who) {
			got += p.ID + " "
		}
		if got != test.want {
			t.Errorf("%v (examples %v) sees %s, want %s", test.who, test.examples, got, test.want)
		}
	}
	if p, ok := d.Person(access.Audience{}, "yes"); !ok || p.AskBudget != 0 {
		t.Errorf("got %+v, %v", p, ok)
	}
	if p, _ := d.Person(access.Audience{}, "leaving"); p.AskBudget != directory.DefaultAskBudget {
		t.Errorf("who has not said how often is asked %d times a week", p.AskBudget)
	}
	if p, ok := d.Person(access.Audience{}, "own"); ok {
		t.Errorf("the public finds %+v", p)
	}
}

func TestHeir(t *testing.T) {
	d := office()
	for id, want := range map[string]string{"gds": "gds", "cddo": "gds", "a": "", "nobody": ""} {
		if o, ok := d.Heir(id); o.ID != want || ok != (want != "") {
			t.Errorf("heir of %s is %q, %v", id, o.ID, ok)
		}
	}
}

func TestSchedule(t *testing.T) {
	d := office()
	for _, test := range []struct {
		p    directory.Person
		want string
	}{
		{directory.Person{Organisation: "gds"}, "Europe/London"},
		{directory.Person{Organisation: "gds", Zone: "America/Denver"}, "America/Denver"},
		{directory.Person{Organisation: "gds", Zone: "Nowhere/Here"}, "Europe/London"},
	} {
		if got := d.Schedule(test.p); got.Zone.String() != test.want {
			t.Errorf("%+v: %v, want %s", test.p, got.Zone, test.want)
		}
	}
	if s := d.ScheduleOf("nobody", ""); s != nil {
		t.Errorf("of nobody's hours, %+v is known", s)
	}
	if s := d.ScheduleOf("gds", ""); s == nil || s.Zone.String() != "Europe/London" {
		t.Errorf("somebody of GDS works %+v", s)
	}
}

func TestWhoSaysThatTheyWorkAtWeekendsDoes(t *testing.T) {
	saturday := time.Date(2026, time.March, 14, 8, 0, 0, 0, time.UTC)
	for hours, want := range map[string]int{"Mon-Sun 9:00-17:00": 14, "Mon-Fri 9:00-17:00": 16, "": 16} {
		parsed, err := knowledge.ParseHours(hours)
		if err != nil && hours != "" {
			t.Fatal(err)
		}
		next, ok := office().Schedule(directory.Person{Organisation: "gds", OfficeHours: parsed}).Next(saturday)
		if !ok || next.From.Day() != want {
			t.Errorf("%q: at work on %v, want the %dth", hours, next.From, want)
		}
	}
}
