package coffee

import (
	"testing"
	"time"

	"pgregory.net/rapid" // any hours, on any day

	"liaison/bot/directory"
	"liaison/knowledge"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// schedules returns two people of the UK and the US, with the days off that ship.
func schedules(t *testing.T) (london, newYork directory.Schedule) {
	t.Helper()
	base, err := knowledge.Open("")
	if err != nil {
		t.Fatal(err)
	}
	d := directory.Directory{Base: func() *knowledge.Base { return base }, Now: time.Now}
	london = directory.Schedule{Zone: zone(t, "Europe/London"), Calendar: d.Calendar("england-and-wales")}
	newYork = directory.Schedule{Zone: zone(t, "America/New_York"), Calendar: d.Calendar("us-federal")}
	if london.Calendar == nil || newYork.Calendar == nil {
		t.Fatal("the calendars do not ship")
	}
	return london, newYork
}

func TestTimesThatSuitBoth(t *testing.T) {
	london, newYork := schedules(t)
	early := newYork
	early.Hours, _ = knowledge.ParseHours("Mon-Wed 7:20-10:00")
	for _, c := range []struct {
		name  string
		a, b  directory.Schedule
		now   string
		until string
		times []string
	}{
		{"an ordinary week", london, newYork, "2026-06-08T13:00Z", "2026-06-09T21:00Z", []string{"2026-06-10T13:00Z", "2026-06-11T13:00Z", "2026-06-12T13:00Z"}},
		{"only the US has changed its clocks", london, newYork, "2026-03-16T13:00Z", "2026-03-17T21:00Z", []string{"2026-03-18T13:00Z", "2026-03-19T13:00Z", "2026-03-20T13:00Z"}},
		{"both have", london, newYork, "2026-03-27T13:00Z", "2026-03-30T21:00Z", []string{"2026-03-31T13:00Z", "2026-04-01T13:00Z", "2026-04-02T13:00Z"}},
		{"only the UK has", london, newYork, "2026-10-26T13:00Z", "2026-10-27T21:00Z", []string{"2026-10-28T13:00Z", "2026-10-29T13:00Z", "2026-10-30T13:00Z"}},
		{"over a weekend, and Memorial Day and the Spring bank holiday", london, newYork, "2026-05-22T13:00Z", "2026-05-26T21:00Z", []string{"2026-05-27T13:00Z", "2026-05-28T13:00Z", "2026-05-29T13:00Z"}},
		{"Juneteenth is free in the US alone", london, newYork, "2026-06-16T13:00Z", "2026-06-17T21:00Z", []string{"2026-06-18T13:00Z", "2026-06-22T13:00Z", "2026-06-23T13:00Z"}},
		{"own hours, from a full quarter", early, london, "2026-06-08T08:00Z", "2026-06-09T16:00Z", []string{"2026-06-10T11:30Z", "2026-06-15T11:30Z", "2026-06-16T11:30Z"}},
		{"never", directory.Schedule{Zone: zone(t, "Australia/Sydney")}, london, "2026-06-08T13:00Z", "", nil},
	} {
		at := func(text string) time.Time {
			moment, err := time.Parse("2006-01-02T15:04Z", text)
			if err != nil && text != "" {
				t.Fatal(err)
			}
			return moment
		}
		until, times := suit(c.a, c.b, at(c.now))
		if len(times) != len(c.times) || c.until != "" && !until.Equal(at(c.until)) {
			t.Errorf("%s: until %v, %v", c.name, until.UTC(), times)
			continue
		}
		for i, want := range c.times {
			if !times[i].Equal(at(want)) {
				t.Errorf("%s: time %d is %v, want %s", c.name, i, times[i].UTC(), want)
			}
		}
	}
}

// TestTimesAreWithinBothsHours holds for any hours, zones and moments from 2024 to 2037.
func TestTimesAreWithinBothsHours(t *testing.T) {
	london, newYork := schedules(t)
	rapid.Check(t, func(rt *rapid.T) {
		people := []directory.Schedule{london, newYork}
		for i := range people {
			from := rapid.IntRange(0, 20*60).Draw(rt, "from")
			to := rapid.IntRange(from+1, 24*60).Draw(rt, "to")
			var hours knowledge.Hours
			for day := time.Sunday; day <= time.Saturday; day++ {
				hours = append(hours, knowledge.Span{Day: day, From: from, To: to})
			}
			people[i].Hours = hours
			people[i].Zone = zone(t, rapid.SampledFrom([]string{"Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Kiritimati"}).Draw(rt, "zone"))
		}
		now := time.Date(2024, time.January, 1, 0, rapid.IntRange(0, 14*365*24*60).Draw(rt, "minute"), 0, 0, time.UTC)
		until, times := suit(people[0], people[1], now)
		if len(times) == 1 || len(times) > mostTimes || len(times) > 0 && until.Sub(now) < 0 {
			rt.Fatalf("until %v: %v", until, times)
		}
		for i, at := range times {
			for _, p := range people {
				if !p.AtWork(at) || !p.AtWork(at.Add(directory.WorthMeeting-time.Second)) {
					rt.Fatalf("%v is not within the hours of both", at)
				}
			}
			if at.Before(until) || i > 0 && at.Sub(times[i-1]) < 23*time.Hour && directory.DateOf(at.In(people[0].Zone)) == directory.DateOf(times[i-1].In(people[0].Zone)) {
				rt.Fatalf("%v comes too early", at)
			}
		}
	})
}
