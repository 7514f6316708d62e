package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid" // properties that must hold whatever the day

	"liaison/bot/directory"
	"liaison/knowledge"
)

// calendarOf returns a calendar that ships.
func calendarOf(t testing.TB, id string) *directory.Calendar {
	t.Helper()
	base, err := knowledge.Open("")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(base.Calendars, func(c knowledge.Calendar) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no calendar %s ships", id)
	}
	return directory.NewCalendar(base.Calendars[i])
}

// The days below were copied from the published lists: https://www.gov.uk/bank-holidays and
// https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/ with the executive orders.
var published = map[string]map[int]string{
	"england-and-wales": {
		2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
		2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
		2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
		2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
		2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
		2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
		2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
		2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
	},
	"scotland": {
		2022: "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
		2023: "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26",
		2024: "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26",
		2025: "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26",
		2026: "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
	},
	"northern-ireland": {
		2024: "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26",
		2025: "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26",
		2026: "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
	},
	"us-federal": {
		2020: "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
		2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
		2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
		2023: "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
		2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-24 12-25",
		2025: "01-01 01-09 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-24 12-25 12-26",
		2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
		2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
	},
}

func TestHolidaysAreThosePublished(t *testing.T) {
	for id, years := range published {
		calendar := calendarOf(t, id)
		for year, want := range years {
			var days []string
			for date := range calendar.Holidays(year) {
				days = append(days, fmt.Sprintf("%02d-%02d", date.Month, date.Day))
			}
			slices.Sort(days)
			if got := strings.Join(days, " "); got != want {
				t.Errorf("%s %d:\n got %s\nwant %s", id, year, got, want)
			}
		}
	}
}

func TestSubstituteDaysAreNamed(t *testing.T) {
	calendar := calendarOf(t, "england-and-wales")
	for date, want := range map[directory.Date]string{
		{Year: 2026, Month: time.December, Day: 28}: "Boxing Day (substitute day)",
		{Year: 2026, Month: time.December, Day: 25}: "Christmas Day",
		{Year: 2022, Month: time.December, Day: 27}: "Christmas Day (substitute day)",
		{Year: 2026, Month: time.December, Day: 26}: "", // a Saturday
	} {
		if got, free := calendar.Free(date); got != want || !free {
			t.Errorf("%v: %q, %v, want %q", date, got, free, want)
		}
	}
	if _, free := calendar.Free(directory.Date{Year: 2026, Month: time.December, Day: 29}); free {
		t.Error("29 December 2026 is an ordinary Tuesday")
	}
}

func TestWithoutACalendarOnlyWeekendsAreFree(t *testing.T) {
	var none *directory.Calendar
	for day := 1; day <= 7; day++ {
		date := directory.Date{Year: 2026, Month: time.June, Day: day} // 1 June 2026 is a Monday
		if _, free := none.Free(date); free != (day >= 6) {
			t.Errorf("%v: free is %v", date, free)
		}
	}
}

func TestAnotherWeekend(t *testing.T) {
	calendar := directory.NewCalendar(knowledge.Calendar{
		Weekend: []time.Weekday{time.Friday, time.Saturday}, Observed: knowledge.ObservedNearest,
		Days: []knowledge.HolidayRule{{Name: "X", Month: time.May, Day: 14}},
	})
	for year, want := range map[int]directory.Date{
		2021: {Year: 2021, Month: time.May, Day: 13}, // a Friday goes back
		2022: {Year: 2022, Month: time.May, Day: 15}, // a Saturday goes on
		2023: {Year: 2023, Month: time.May, Day: 14}, // a Sunday is a working day
	} {
		if got := calendar.Holidays(year); len(got) != 1 || got[want] == "" {
			t.Errorf("%d: %v, want %v", year, got, want)
		}
	}
}

func TestEveryHolidayRuleHoldsForAllYears(t *testing.T) {
	for id, wantDays := range map[string]int{"england-and-wales": 8, "scotland": 9, "northern-ireland": 10, "us-federal": 11} {
		calendar := calendarOf(t, id)
		rapid.Check(t, func(t *rapid.T) {
			year := rapid.IntRange(2028, 2190).Draw(t, "year")
			// A US New Year's Day may be kept in the old year: then one year has one more and the next one fewer.
			holidays := calendar.Holidays(year)
			if n := len(holidays); n < wantDays-1 || n > wantDays+1 || id != "us-federal" && n != wantDays {
				t.Fatalf("%s %d has %d holidays: %v", id, year, n, holidays)
			}
			for date, name := range holidays {
				if day := date.Weekday(); day == time.Saturday || day == time.Sunday {
					t.Fatalf("%s: %s of %d is kept on a %v", id, name, year, day)
				}
			}
		})
	}
}
