package knowledge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHolidays(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{
		"guidance/gds/a.md": "A.", "teams.yaml": "organisations: [{id: gds, name: GDS, holidays: moon}]",
		"holidays.yaml": `calendars:
  - {id: good, name: Good, observed: next, weekend: [Friday, saturday], days: [{name: A, on: "12-25", from: 2020}, {name: B, on: last Monday of May, moved: {2022: 2022-06-02}}, {name: C, on: Easter - 2}], once: [{name: D, date: 2026-06-15}]}
  - {id: Bad Id}
  - {id: observed, observed: later}
  - {id: weekend, weekend: [caturday]}
  - {id: restless, weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}
  - {id: rule, days: [{name: A, on: sixth Monday of May}]}
  - {id: date, days: [{name: A, on: "02-30"}]}
  - {id: nameless, days: [{on: "12-25"}]}
  - {id: moved, days: [{name: A, on: "12-25", moved: {2022: 2023-01-01}}]}
  - {id: once, once: [{name: A, date: soon}]}
  - {id: good}
`}))
	checkProblems(t, b.Problems, [2]string{"holidays.yaml:3:true", "small letters"}, [2]string{"holidays.yaml:4:true", "nearest, next or never"},
		[2]string{"holidays.yaml:5:true", "caturday"}, [2]string{"holidays.yaml:6:true", "no day to work"}, [2]string{"holidays.yaml:7:true", "third Monday"},
		[2]string{"holidays.yaml:8:true", "third Monday"}, [2]string{"holidays.yaml:9:true", "without a name"}, [2]string{"holidays.yaml:10:true", "2022"},
		[2]string{"holidays.yaml:11:true", "single day"}, [2]string{"holidays.yaml:12:true", "twice"}, [2]string{"teams.yaml:0:false", "moon"})
	none := map[int]time.Time{}
	want := []Calendar{{
		ID: "good", Name: "Good", Observed: ObservedNext, Weekend: []time.Weekday{time.Friday, time.Saturday},
		Days: []HolidayRule{
			{Name: "A", Month: time.December, Day: 25, From: 2020, Moved: none},
			{Name: "B", Month: time.May, Weekday: time.Monday, Nth: -1, Moved: map[int]time.Time{2022: time.Date(2022, time.June, 2, 0, 0, 0, 0, time.UTC)}},
			{Name: "C", Easter: true, Offset: -2, Moved: none},
		},
		Once: []Holiday{{"D", time.Date(2026, time.June, 15, 0, 0, 0, 0, time.UTC)}},
	}}
	if diff := cmp.Diff(want, b.Calendars); diff != "" {
		t.Error(diff)
	}
}

func TestHolidaysThatShip(t *testing.T) {
	b := mustOpen(t, "")
	for _, id := range []string{"england-and-wales", "scotland", "northern-ireland", "us-federal"} {
		if !b.calendar(id) {
			t.Errorf("there is no calendar %s", id)
		}
	}
	for _, o := range b.Organisations {
		if o.Holidays != "" && !b.calendar(o.Holidays) {
			t.Errorf("%s names the calendar %q, which is not there", o.ID, o.Holidays)
		}
	}
}

func TestParseHours(t *testing.T) {
	for text, want := range map[string]Hours{
		"Fri 9-17":                   {{time.Friday, 540, 1020}},
		"sat-mon 22:00–24:00":        {{time.Saturday, 1320, 1440}, {time.Sunday, 1320, 1440}, {time.Monday, 1320, 1440}},
		"Tue 9.30-12.30, 13:30 - 17": {{time.Tuesday, 570, 750}, {time.Tuesday, 810, 1020}},
	} {
		got, err := ParseHours(text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	if got := NineToFive(); len(got) != 5 || got[0] != (Span{time.Monday, 540, 1020}) {
		t.Errorf("nine to five is %v", got)
	}
	for _, text := range []string{"", ";", "always", "17-9", "9-25", "9:75-17", "Mun 9-17", "Mon-Xyz 9-17", "9-9"} {
		if got, err := ParseHours(text); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
}

func TestAPersonsLimits(t *testing.T) {
	b := mustOpen(t, folderWith(t, map[string]string{
		"guidance/gds/a.md": "A.", "teams.yaml": "organisations: [{id: gds, name: GDS}]",
		"people/a.md": "---\nname: A\norganisation: gds\noffice_hours: Fri 9-17\nask_budget: 0\nleft: 2025-03-01\nholidays: scotland\nwrites_as: ada, a.example\n---\n",
		"people/b.md": "---\nname: B\norganisation: gds\noffice_hours: late\n---\n",
		"people/c.md": "---\nname: C\norganisation: gds\nask_budget: some\n---\n",
		"people/d.md": "---\nname: D\norganisation: gds\nleft: true\n---\n",
	}))
	checkProblems(t, b.Problems, [2]string{"people/b.md:4:true", "office hours"}, [2]string{"people/c.md:4:true", "whole number"}, [2]string{"people/d.md:4:false", "not a date"}, [2]string{"people/d.md:4:true", "not when"})
	if len(b.People) != 1 {
		t.Fatalf("people are %v", b.People)
	}
	p := b.People[0]
	if len(p.OfficeHours) != 1 || p.AskBudget == nil || *p.AskBudget != 0 || p.Left.Year() != 2025 || p.Holidays != "scotland" || len(p.WritesAs) != 2 {
		t.Errorf("got %+v", p)
	}
}
