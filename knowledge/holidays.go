package knowledge

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"liaison/bot/access"
)

const holidaysFile = "holidays.yaml"

// Calendar is one calendar of days off, as knowledge/holidays.yaml describes it. Which days those are
// in a year is for whoever reads it (package directory) to reckon.
type Calendar struct {
	ID       string
	Name     string
	Source   string         // public page that says so
	Weekend  []time.Weekday // free every week
	Observed Observed
	Days     []HolidayRule
	Once     []Holiday
}

// Observed says what becomes of a fixed date that falls on a weekend.
type Observed string

const (
	ObservedNever   Observed = "never"   // nothing
	ObservedNearest Observed = "nearest" // Saturday is kept on Friday, Sunday on Monday
	ObservedNext    Observed = "next"    // it is kept on the next weekday that is no holiday itself
)

// Holiday is a single day off; Date is midnight UTC of that day.
type Holiday struct {
	Name string
	Date time.Time
}

// HolidayRule is a day off that comes every year. One of three forms is set: Month with Day; Month with
// Weekday and Nth; or Easter, alone.
type HolidayRule struct {
	Name        string
	Month       time.Month
	Day         int // 1 to 31; 0 when the rule is another
	Weekday     time.Weekday
	Nth         int               // 1 to 5, or -1 for the last; 0 when the rule is another
	Easter      bool              // counted from Easter Sunday
	Offset      int               // days after Easter Sunday; negative before it
	From, Until int               // first and last year; 0 for no limit
	Moved       map[int]time.Time // by year: kept on this date instead
}

type rawCalendar struct {
	ID       string       `yaml:"id"`
	Name     string       `yaml:"name"`
	Source   string       `yaml:"source"`
	Weekend  []string     `yaml:"weekend"`
	Observed string       `yaml:"observed"`
	Days     []rawHoliday `yaml:"days"`
	Once     []rawOnce    `yaml:"once"`
}

type rawHoliday struct {
	Name  string         `yaml:"name"`
	On    string         `yaml:"on"`
	From  int            `yaml:"from"`
	Until int            `yaml:"until"`
	Moved map[int]string `yaml:"moved"`
}

type rawOnce struct {
	Name string `yaml:"name"`
	Date string `yaml:"date"`
}

// readHolidays fills Calendars from holidays.yaml. A calendar with a mistake is left out whole and said
// so: half a calendar would have people asked on their day off.
func (b *Base) readHolidays(folder fs.FS) {
	parts := b.parts(holidaysFile, b.readWithDefault(folder, holidaysFile), "calendars")
	entries(b, holidaysFile, parts["calendars"], func(node *yaml.Node, raw rawCalendar) {
		c, reason := raw.calendar()
		if slices.ContainsFunc(b.Calendars, func(o Calendar) bool { return o.ID == raw.ID }) {
			reason = "is there twice: put its days together in one"
		}
		if reason != "" {
			b.note(holidaysFile, node.Line, true, "calendar %q %s", raw.ID, reason)
			return
		}
		b.Calendars = append(b.Calendars, c)
	})
}

// calendar checks a calendar of the file; reason is "" when it can be used.
func (raw rawCalendar) calendar() (c Calendar, reason string) {
	c = Calendar{ID: raw.ID, Name: raw.Name, Source: raw.Source, Observed: Observed(raw.Observed)}
	if _, err := access.ParseVisibility("org:" + raw.ID); err != nil {
		return c, "needs an id of small letters, digits and hyphens"
	}
	switch c.Observed {
	case "":
		c.Observed = ObservedNever
	case ObservedNever, ObservedNearest, ObservedNext:
	default:
		return c, "has observed: " + raw.Observed + ": use nearest, next or never"
	}
	if c.Weekend, reason = weekend(raw.Weekend); reason != "" {
		return c, reason
	}
	for _, day := range raw.Days {
		rule, reason := day.rule()
		if reason != "" {
			return c, reason
		}
		c.Days = append(c.Days, rule)
	}
	for _, once := range raw.Once {
		date, ok := wholeDay(once.Date)
		if !ok || once.Name == "" {
			return c, "has a single day without a name or a date: write it as {name: …, date: 2026-06-15}"
		}
		c.Once = append(c.Once, Holiday{once.Name, date})
	}
	return c, ""
}

func weekend(names []string) ([]time.Weekday, string) {
	if names == nil {
		return []time.Weekday{time.Saturday, time.Sunday}, ""
	}
	var days []time.Weekday
	for _, name := range names {
		day, ok := weekdays[strings.ToLower(name)]
		if !ok {
			return nil, "has weekend: " + name + ": use names of weekdays, such as [friday, saturday]"
		}
		days = append(days, day)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(days)))) > 6 {
		return nil, "leaves no day to work on: name fewer weekdays in weekend:"
	}
	return days, ""
}

// The words of the rules "third Monday of January", "12-25" and "Easter - 2".
var (
	weekdays = map[string]time.Weekday{}
	months   = map[string]time.Month{}
	ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}

	ruleDate    = regexp.MustCompile(`^(\d{1,2})-(\d{1,2})$`)
	ruleWeekday = regexp.MustCompile(`^(\w+) (\w+) (?:of|in) (\w+)$`)
	ruleEaster  = regexp.MustCompile(`^easter(?: ?([+-]) ?(\d{1,3}))?$`)
)

func init() {
	for day := time.Sunday; day <= time.Saturday; day++ {
		weekdays[strings.ToLower(day.String())] = day
	}
	for month := time.January; month <= time.December; month++ {
		months[strings.ToLower(month.String())] = month
	}
}

// rule reads one day of every year; reason is "" when it can be used.
func (raw rawHoliday) rule() (r HolidayRule, reason string) {
	r = HolidayRule{Name: raw.Name, From: raw.From, Until: raw.Until, Moved: map[int]time.Time{}}
	if raw.Name == "" {
		return r, "has a day without a name"
	}
	for _, year := range slices.Sorted(maps.Keys(raw.Moved)) {
		date, ok := wholeDay(raw.Moved[year])
		if !ok || date.Year() != year {
			return r, raw.Name + ": moved names a year and a date in it, such as {2022: 2022-06-02}"
		}
		r.Moved[year] = date
	}
	if !r.on(strings.ToLower(tidy(raw.On))) {
		return r, raw.Name + `: on is a date such as "12-25", a weekday such as "third Monday of January", or "Easter - 2"`
	}
	return r, ""
}

// on reads when the day is; false when it cannot be understood.
func (r *HolidayRule) on(text string) bool {
	if m := ruleDate.FindStringSubmatch(text); m != nil {
		month, _ := strconv.Atoi(m[1])
		r.Day, _ = strconv.Atoi(m[2])
		r.Month = time.Month(month)
		inLeapYear := time.Date(2024, r.Month, r.Day, 0, 0, 0, 0, time.UTC)
		return inLeapYear.Month() == r.Month && inLeapYear.Day() == r.Day
	}
	if m := ruleEaster.FindStringSubmatch(text); m != nil {
		r.Easter = true
		r.Offset, _ = strconv.Atoi(m[1] + m[2])
		return true
	}
	if m := ruleWeekday.FindStringSubmatch(text); m != nil {
		var known bool
		r.Nth = ordinals[m[1]]
		r.Weekday, known = weekdays[m[2]]
		r.Month = months[m[3]]
		return known && r.Nth != 0 && r.Month != 0
	}
	return false
}

// wholeDay reads a date that is one day: 2026-06-15.
func wholeDay(text string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	return t, err == nil && t.Year() >= 1900 && t.Year() < 2200
}

// calendar reports whether holidays.yaml holds the id.
func (b *Base) calendar(id string) bool {
	return slices.ContainsFunc(b.Calendars, func(c Calendar) bool { return c.ID == id })
}
