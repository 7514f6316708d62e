package directory

import (
	"slices"
	"time"

	"liaison/knowledge"
)

// Schedule is when somebody is at work.
type Schedule struct {
	Zone     *time.Location  // nil for UTC
	Hours    knowledge.Hours // nil for nine to five, Monday to Friday
	Calendar *Calendar       // nil for weekends only
}

// Interval is a stretch of time from From up to, but without, To.
type Interval struct{ From, To time.Time }

// Length returns how long it is.
func (i Interval) Length() time.Duration { return i.To.Sub(i.From) }

func (s Schedule) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

var nineToFive = knowledge.NineToFive()

// Day returns the hours at which somebody is at work on a day of their own calendar, in order, on their
// own clock; none on a day off.
func (s Schedule) Day(d Date) []Interval {
	if _, free := s.Calendar.Free(d); free {
		return nil
	}
	hours := s.Hours
	if hours == nil {
		hours = nineToFive
	}
	var all []Interval
	for _, span := range hours {
		if span.Day == d.Weekday() {
			all = appendInterval(all, Interval{d.At(span.From, s.zone()), d.At(span.To, s.zone())})
		}
	}
	return merged(all)
}

func appendInterval(all []Interval, i Interval) []Interval {
	if !i.From.Before(i.To) {
		return all // clocks went forward over it
	}
	return append(all, i)
}

// merged orders intervals and joins those that touch.
func merged(all []Interval) []Interval {
	slices.SortFunc(all, func(a, b Interval) int { return a.From.Compare(b.From) })
	var out []Interval
	for _, i := range all {
		if last := len(out) - 1; last >= 0 && !i.From.After(out[last].To) {
			if i.To.After(out[last].To) {
				out[last].To = i.To
			}
			continue
		}
		out = append(out, i)
	}
	return out
}

// AtWork reports whether somebody is at work at t.
func (s Schedule) AtWork(t time.Time) bool {
	for _, i := range s.Day(DateOf(t.In(s.zone()))) {
		if !t.Before(i.From) && t.Before(i.To) {
			return true
		}
	}
	return false
}

// DayOff reports whether the day that it is there at t is free, and the holiday's name; "" for a weekend.
func (s Schedule) DayOff(t time.Time) (holiday string, off bool) {
	return s.Calendar.Free(DateOf(t.In(s.zone())))
}

// lookAhead is how many days ahead shared hours are looked for. Further away is no help to anybody.
const lookAhead = 31

// Next returns what is left of somebody's hours at work from t on: the first stretch that ends after t.
// Not ok when there is none within a month.
func (s Schedule) Next(t time.Time) (Interval, bool) { return Shared(s, s, t, 0) }

// Shared returns the first stretch, at least so long, in which two people are both at work, from a
// moment on. Not ok when there is none within a month.
func Shared(a, b Schedule, from time.Time, atLeast time.Duration) (Interval, bool) {
	// A day may begin there up to 26 hours before it does here: from Kiritimati (UTC+14) to Baker Island (−12).
	first := DateOf(from.UTC()).Plus(-1)
	var mine, theirs []Interval
	for i := range lookAhead + 3 {
		mine = append(mine, a.Day(first.Plus(i))...)
		theirs = append(theirs, b.Day(first.Plus(i))...)
	}
	mine, theirs = merged(mine), merged(theirs)
	for i, j := 0, 0; i < len(mine) && j < len(theirs); {
		both := Interval{latest(mine[i].From, theirs[j].From, from), earliest(mine[i].To, theirs[j].To)}
		if both.From.Before(both.To) && both.Length() >= atLeast {
			return both, true
		}
		if mine[i].To.Before(theirs[j].To) {
			i++
		} else {
			j++
		}
	}
	return Interval{}, false
}

func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}

func earliest(times ...time.Time) time.Time {
	return slices.MinFunc(times, time.Time.Compare)
}
