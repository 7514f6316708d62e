package directory

import (
	"slices"
	"sync"
	"time"

	"liaison/knowledge"
)

// Date is a day of the calendar, without a place or a clock.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that it is at t, in the zone of t.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Plus returns the day so many days later.
func (d Date) Plus(days int) Date { return DateOf(d.utc().AddDate(0, 0, days)) }

// At returns the moment so many minutes after the midnight of the day, on the clock of a zone. A time that
// is skipped there when clocks go forward is moved on by as much; one that comes twice is the first.
func (d Date) At(minutes int, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, minutes/60, minutes%60, 0, 0, zone)
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Calendar says which days are free. The nil Calendar has free Saturdays and Sundays only. It is safe
// for concurrent use.
type Calendar struct {
	knowledge.Calendar

	mu    sync.Mutex
	years map[int]map[Date]string
}

// NewCalendar returns the calendar of its rules.
func NewCalendar(rules knowledge.Calendar) *Calendar {
	return &Calendar{Calendar: rules, years: map[int]map[Date]string{}}
}

// Free reports whether a day is free, and the name of the holiday; "" for a weekend.
func (c *Calendar) Free(d Date) (holiday string, free bool) {
	if c == nil {
		day := d.Weekday()
		return "", day == time.Saturday || day == time.Sunday
	}
	if name, ok := c.Holidays(d.Year)[d]; ok {
		return name, true
	}
	return "", c.weekend(d)
}

func (c *Calendar) weekend(d Date) bool { return slices.Contains(c.Weekend, d.Weekday()) }

// Holidays returns the holidays of a year with their names, substitutes in the place of those that fall
// on a weekend. A holiday of the year after that is kept in December is among them. The map is shared:
// do not change it.
func (c *Calendar) Holidays(year int) map[Date]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.years[year]
	if !ok {
		found = c.holidays(year)
		c.years[year] = found
	}
	return found
}

// holidays reckons the year, with the years beside it: a substitute may cross the end of one.
func (c *Calendar) holidays(year int) map[Date]string {
	all := map[Date]string{}
	var moving []named
	for y := year - 1; y <= year+1; y++ {
		for _, rule := range c.Days {
			date, fixed, ok := ruleOn(rule, y)
			switch {
			case !ok:
			case fixed && c.weekend(date) && c.Observed != knowledge.ObservedNever:
				moving = append(moving, named{rule.Name, date})
			default:
				all[date] = rule.Name
			}
		}
	}
	for _, once := range c.Once {
		all[DateOf(once.Date)] = once.Name
	}
	slices.SortStableFunc(moving, func(a, b named) int { return a.date.utc().Compare(b.date.utc()) })
	for _, day := range moving {
		all[c.observed(day.date, all)] = day.name + " (substitute day)"
	}
	for date := range all {
		if date.Year != year {
			delete(all, date)
		}
	}
	return all
}

type named struct {
	name string
	date Date
}

// observed returns the weekday on which a holiday on a weekend is kept.
func (c *Calendar) observed(d Date, taken map[Date]string) Date {
	if c.Observed == knowledge.ObservedNearest {
		// 5 U.S.C. 6103(b) and Executive Order 11582: the first free day of a weekend goes back, the second on.
		if before := d.Plus(-1); !c.weekend(before) {
			return before
		}
		for c.weekend(d) {
			d = d.Plus(1)
		}
		return d
	}
	for {
		if _, holiday := taken[d]; !holiday && !c.weekend(d) {
			return d
		}
		d = d.Plus(1)
	}
}

// ruleOn returns the day of a rule in a year. fixed says that it is a date, which may move off a weekend;
// ok is false when the rule does not hold that year.
func ruleOn(r knowledge.HolidayRule, year int) (d Date, fixed, ok bool) {
	if r.From != 0 && year < r.From || r.Until != 0 && year > r.Until {
		return d, false, false
	}
	if moved, ok := r.Moved[year]; ok {
		return DateOf(moved), false, true
	}
	switch {
	case r.Easter:
		return easter(year).Plus(r.Offset), false, true
	case r.Nth != 0:
		d, ok = nth(year, r.Month, r.Weekday, r.Nth)
		return d, false, ok
	}
	d = Date{year, r.Month, r.Day}
	return d, true, DateOf(d.utc()) == d // 29 February comes every fourth year
}

// nth returns the nth weekday of a month, from 1, or the last for -1; not ok when there are fewer.
func nth(year int, month time.Month, day time.Weekday, n int) (Date, bool) {
	if n < 0 {
		last := DateOf(time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC))
		return last.Plus(-(int(last.Weekday()-day) + 7) % 7), true
	}
	first := Date{year, month, 1}
	d := first.Plus((int(day-first.Weekday())+7)%7 + 7*(n-1))
	return d, d.Month == month
}

// easter returns Easter Sunday of the Gregorian calendar, by the anonymous algorithm as New Scientist of
// 30 March 1961 shortened it.
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return Date{year, time.Month(month), (h + l - 7*m + 33*month + 19) % 32}
}
