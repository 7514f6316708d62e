package directory_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liaison/bot/directory"
	"liaison/knowledge"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loaded, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// weekdayOf returns the nth weekday of a month, or the last for -1, reckoned without the package's own rules.
func weekdayOf(year int, month time.Month, day time.Weekday, n int) time.Time {
	var found []time.Time
	for d := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC); d.Month() == month; d = d.AddDate(0, 0, 1) {
		if d.Weekday() == day {
			found = append(found, d)
		}
	}
	if n < 0 {
		return found[len(found)-1]
	}
	return found[n-1]
}

// British and American clocks change on different Sundays: the UK's on the last of March and October at
// 01:00 UTC, the US's on the second of March and the first of November at 02:00 local time. On each side
// of each of these, every year, shared hours are what they should be.
func TestSharedHoursAroundEveryClockChange(t *testing.T) {
	london := directory.Schedule{Zone: zone(t, "Europe/London")}
	washington := directory.Schedule{Zone: zone(t, "America/New_York")}
	for year := 2024; year <= 2037; year++ {
		us := [2]time.Time{weekdayOf(year, time.March, time.Sunday, 2), weekdayOf(year, time.November, time.Sunday, 1)}
		uk := [2]time.Time{weekdayOf(year, time.March, time.Sunday, -1), weekdayOf(year, time.October, time.Sunday, -1)}
		for d := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if day := d.Weekday(); day == time.Saturday || day == time.Sunday {
				continue
			}
			ukSummer := d.After(uk[0]) && d.Before(uk[1])
			usSummer := d.After(us[0]) && d.Before(us[1])
			start, apart := 14, 5 // London sees Washington begin at 14:00, when five hours lie between them
			if usSummer && !ukSummer {
				start, apart = 13, 4
			}
			got, ok := directory.Shared(london, washington, d, 30*time.Minute)
			here, there := got.From.In(london.Zone), got.From.In(washington.Zone)
			if !ok || here.Hour() != start || here.Minute() != 0 || got.To.In(london.Zone).Hour() != 17 || there.Hour() != start-apart || here.Day() != d.Day() {
				t.Fatalf("%s: shared hours are %v to %v, want them from %d:00 in London (%d:00 in Washington)", d.Format(time.DateOnly), here, got.To, start, start-apart)
			}
		}
	}
}

// On the Sundays themselves the day has 23 or 25 hours; somebody who works through the night still
// works from when they say to when they say.
func TestADayWithAClockChange(t *testing.T) {
	night, err := knowledge.ParseHours("Sun 0:30-8:00")
	if err != nil {
		t.Fatal(err)
	}
	for year := 2024; year <= 2037; year++ {
		for _, change := range []struct {
			zone string
			day  time.Time
			long time.Duration
		}{
			{"Europe/London", weekdayOf(year, time.March, time.Sunday, -1), 6*time.Hour + 30*time.Minute},
			{"Europe/London", weekdayOf(year, time.October, time.Sunday, -1), 8*time.Hour + 30*time.Minute},
			{"America/New_York", weekdayOf(year, time.March, time.Sunday, 2), 6*time.Hour + 30*time.Minute},
			{"America/New_York", weekdayOf(year, time.November, time.Sunday, 1), 8*time.Hour + 30*time.Minute},
		} {
			s := directory.Schedule{Zone: zone(t, change.zone), Hours: night, Calendar: directory.NewCalendar(knowledge.Calendar{})}
			got := s.Day(directory.DateOf(change.day))
			if len(got) != 1 || got[0].Length() != change.long || got[0].From.Format("15:04") != "00:30" || got[0].To.Format("15:04") != "08:00" {
				t.Errorf("%s %s: %v, want %v", change.zone, change.day.Format(time.DateOnly), got, change.long)
			}
		}
	}
}

func TestNobodyIsAtWorkOnADayOff(t *testing.T) {
	us := directory.Schedule{Zone: zone(t, "America/New_York"), Calendar: calendarOf(t, "us-federal")}
	uk := directory.Schedule{Zone: zone(t, "Europe/London"), Calendar: calendarOf(t, "england-and-wales")}
	thanksgiving := time.Date(2026, time.November, 26, 15, 0, 0, 0, time.UTC)
	if us.AtWork(thanksgiving) || !uk.AtWork(thanksgiving) {
		t.Error("Thanksgiving is a holiday there and not here")
	}
	got, ok := directory.Shared(uk, us, thanksgiving, 30*time.Minute)
	if want := time.Date(2026, time.November, 27, 14, 0, 0, 0, time.UTC); !ok || !got.From.Equal(want) {
		t.Errorf("shared hours begin %v, want %v", got.From, want)
	}
	never := directory.Schedule{Hours: knowledge.Hours{}}
	if got, ok := directory.Shared(uk, never, thanksgiving, 0); ok {
		t.Errorf("with somebody who is never at work, shared hours are %v", got)
	}
}

// schedules draws a schedule of any zone, with up to three stretches.
func schedules(t testing.TB) *rapid.Generator[directory.Schedule] {
	var zones []*time.Location
	for _, name := range []string{"Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Seoul", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Niue", "Pacific/Auckland", "America/St_Johns", "Asia/Jerusalem", "UTC"} {
		zones = append(zones, zone(t, name))
	}
	calendars := []*directory.Calendar{nil, calendarOf(t, "us-federal"), calendarOf(t, "scotland")}
	return rapid.Custom(func(t *rapid.T) directory.Schedule {
		s := directory.Schedule{Zone: rapid.SampledFrom(zones).Draw(t, "zone"), Calendar: rapid.SampledFrom(calendars).Draw(t, "calendar")}
		for range rapid.IntRange(0, 3).Draw(t, "stretches") {
			from := rapid.IntRange(0, 23*4).Draw(t, "from") * 15
			to := rapid.IntRange(from/15+1, 24*4).Draw(t, "to") * 15
			first := rapid.IntRange(0, 6).Draw(t, "first")
			for day := first; day <= rapid.IntRange(first, 6).Draw(t, "last"); day++ {
				s.Hours = append(s.Hours, knowledge.Span{Day: time.Weekday(day), From: from, To: to})
			}
		}
		return s
	})
}

// Whatever the two schedules: the shared hours are hours at which both are at work, no earlier ones were
// missed, and both are told the same.
func TestSharedHoursAreRight(t *testing.T) {
	someone := schedules(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := someone.Draw(t, "a"), someone.Draw(t, "b")
		quarter := rapid.IntRange(0, 14*365*96).Draw(t, "quarter of an hour since 2024")
		from := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(quarter) * 15 * time.Minute)
		got, ok := directory.Shared(a, b, from, 15*time.Minute)
		if other, also := directory.Shared(b, a, from, 15*time.Minute); ok != also || !got.From.Equal(other.From) || !got.To.Equal(other.To) {
			t.Fatalf("one is told %v, the other %v", got, other)
		}
		both := func(at time.Time) bool { return a.AtWork(at) && b.AtWork(at) }
		end := from.AddDate(0, 0, 31)
		if ok {
			end = got.From
			for at := got.From; at.Before(got.To); at = at.Add(15 * time.Minute) {
				if !both(at) {
					t.Fatalf("%v is among the shared hours %v, but not both are at work", at, got)
				}
			}
			if both(got.To) {
				t.Fatalf("the shared hours %v end too early", got)
			}
		}
		for at := from; at.Before(end); at = at.Add(15 * time.Minute) {
			if both(at) {
				t.Fatalf("both are at work at %v, but the shared hours are %v (%v)", at, got, ok)
			}
		}
	})
}

// A day's stretches are in order, apart, within what was said, and only on working days.
func TestADaysHoursAreRight(t *testing.T) {
	someone := schedules(t)
	rapid.Check(t, func(t *rapid.T) {
		s := someone.Draw(t, "schedule")
		day := directory.Date{Year: 2024, Month: time.January, Day: 1}.Plus(rapid.IntRange(0, 14*365).Draw(t, "day"))
		hours := s.Day(day)
		if _, free := s.Calendar.Free(day); free && len(hours) > 0 {
			t.Fatalf("at work on the free day %v: %v", day, hours)
		}
		if !slices.IsSortedFunc(hours, func(a, b directory.Interval) int { return a.To.Compare(b.From) }) {
			t.Fatalf("%v: stretches run into each other: %v", day, hours)
		}
		for _, i := range hours {
			if !i.From.Before(i.To) || directory.DateOf(i.From) != day && i.From.Hour() != 0 {
				t.Fatalf("%v: %v", day, i)
			}
		}
	})
}

func TestTimes(t *testing.T) {
	london := directory.Schedule{Zone: zone(t, "Europe/London"), Calendar: calendarOf(t, "england-and-wales")}
	washington := directory.Schedule{Zone: zone(t, "America/New_York"), Calendar: calendarOf(t, "us-federal")}
	seoul := directory.Schedule{Zone: zone(t, "Asia/Seoul")}
	auckland := directory.Schedule{Zone: zone(t, "Pacific/Auckland")}
	at := func(day, hour int) time.Time { return time.Date(2026, time.November, day, hour, 10, 0, 0, time.UTC) }
	for _, test := range []struct {
		name   string
		there  directory.Schedule
		reader *directory.Schedule
		now    time.Time
		want   string
	}{
		{"within shared hours", washington, &london, at(23, 15), "10:10 there now; you are both at work today 15:10 to 17:00 your time (10:10 to 12:00 theirs)"},
		{"before them", washington, &london, at(23, 10), "05:10 there now, outside office hours; you are both at work today 14:00 to 17:00 your time (09:00 to 12:00 theirs)"},
		{"too little is left today", washington, &london, at(23, 16).Add(30 * time.Minute), "11:40 there now; you are both at work tomorrow 14:00 to 17:00 your time (09:00 to 12:00 theirs)"},
		{"on Thanksgiving", washington, &london, at(26, 15), "10:10 there now, a day off (Thanksgiving Day); you are both at work tomorrow 14:00 to 17:00 your time (09:00 to 12:00 theirs)"},
		{"on a Saturday", london, &london, at(28, 12), "12:10 there now, a day off; you are both at work on Monday 09:00 to 17:00 your time"},
		{"no hours in common", seoul, &london, at(23, 12), "21:10 there now, outside office hours; your office hours do not meet"},
		{"another day there", auckland, &directory.Schedule{Zone: zone(t, "America/Los_Angeles")}, at(23, 12), "01:10 there now, outside office hours; you are both at work today 12:00 to 17:00 your time (Tuesday 09:00 to 14:00 theirs)"},
		{"nothing known of the reader", washington, nil, at(23, 15), "10:10 there now"},
		{"nothing known of their clock", directory.Schedule{}, &london, at(23, 15), ""},
		{"after a week off", directory.Schedule{Zone: london.Zone, Hours: knowledge.Hours{{Day: time.Friday, From: 540, To: 1020}}, Calendar: directory.NewCalendar(knowledge.Calendar{Once: []knowledge.Holiday{{Name: "Move", Date: at(27, 0)}}})},
			&london, at(23, 12), "12:10 there now, outside office hours; you are both at work on Friday 4 December 09:00 to 17:00 your time"},
	} {
		if got := directory.Times(test.there, test.reader, test.now); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

// TestATeamHasNoDayOff of its own: nobody is likely to read there, for whatever reason.
func TestATeamHasNoDayOff(t *testing.T) {
	london := directory.Schedule{Zone: zone(t, "Europe/London"), Calendar: calendarOf(t, "england-and-wales")}
	washington := directory.Schedule{Zone: zone(t, "America/New_York"), Calendar: calendarOf(t, "us-federal")}
	at := func(day, hour int) time.Time { return time.Date(2026, time.November, day, hour, 10, 0, 0, time.UTC) }
	for want, now := range map[string]time.Time{
		"10:10 there now; its office hours meet yours today 15:10 to 17:00 your time (10:10 to 12:00 theirs)":                                             at(23, 15),
		"05:10 there now, outside office hours; its office hours meet yours today 14:00 to 17:00 your time (09:00 to 12:00 theirs)":                       at(23, 10),
		"10:10 there now, outside office hours (Thanksgiving Day); its office hours meet yours tomorrow 14:00 to 17:00 your time (09:00 to 12:00 theirs)": at(26, 15),
		"07:10 there now, outside office hours; its office hours meet yours on Monday 14:00 to 17:00 your time (09:00 to 12:00 theirs)":                   at(28, 12),
	} {
		if got := directory.TeamTimes(washington, &london, now); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}
