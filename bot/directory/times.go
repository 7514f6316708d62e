package directory

import (
	"fmt"
	"time"
)

// WorthMeeting is the shortest stretch that is offered as shared hours: less is no time to talk.
const WorthMeeting = 30 * time.Minute

// LocalTime says what time it is for somebody at now, and why it is no good time to ask when it is not:
// "15:10 there now", "15:10 there now, a day off (Juneteenth)", "03:10 there now, outside office hours".
func LocalTime(s Schedule, now time.Time) string {
	text := now.In(s.zone()).Format("15:04") + " there now"
	holiday, off := s.DayOff(now)
	switch {
	case off && holiday != "":
		return text + ", a day off (" + holiday + ")"
	case off:
		return text + ", a day off"
	case !s.AtWork(now):
		return text + ", outside office hours"
	}
	return text
}

// Times says somebody's local time, and, for a reader whose schedule is known, the next hours at which
// both are at work: "15:10 there now; you are both at work today 14:00 to 17:00 your time (09:00 to 12:00
// theirs)". reader is nil when nothing is known of the reader; "" when nothing is known of their zone.
func Times(there Schedule, reader *Schedule, now time.Time) string {
	return times(there, reader, now, LocalTime, "you are both at work ")
}

// TeamTimes says the same of a channel or a team, which has office hours and no day off of its own: "15:10 there now,
// outside office hours (Juneteenth); its office hours meet yours tomorrow 14:00 to 17:00 your time".
func TeamTimes(there Schedule, reader *Schedule, now time.Time) string {
	return times(there, reader, now, teamTime, "its office hours meet yours ")
}

func teamTime(s Schedule, now time.Time) string {
	text := now.In(s.zone()).Format("15:04") + " there now"
	switch holiday, off := s.DayOff(now); {
	case off && holiday != "":
		return text + ", outside office hours (" + holiday + ")"
	case off, !s.AtWork(now):
		return text + ", outside office hours"
	}
	return text
}

func times(there Schedule, reader *Schedule, now time.Time, local func(Schedule, time.Time) string, meeting string) string {
	if there.Zone == nil {
		return ""
	}
	text := local(there, now)
	if reader == nil {
		return text
	}
	both, ok := Shared(*reader, there, now, WorthMeeting)
	if !ok {
		return text + "; your office hours do not meet"
	}
	here, far := both.In(reader.zone()), both.In(there.zone())
	hours := dayName(here.From, now.In(reader.zone())) + " " + here.clock() + " your time"
	if theirs := far.clock(); theirs != here.clock() || DateOf(far.From) != DateOf(here.From) {
		hours += " (" + theirsOn(here, far) + theirs + " theirs)"
	}
	return text + "; " + meeting + hours
}

// In returns the interval on the clock of a zone.
func (i Interval) In(zone *time.Location) Interval { return Interval{i.From.In(zone), i.To.In(zone)} }

// clock says "14:00 to 17:00".
func (i Interval) clock() string { return i.From.Format("15:04") + " to " + i.To.Format("15:04") }

// theirsOn names the day there, when it is another one.
func theirsOn(here, there Interval) string {
	if DateOf(here.From) == DateOf(there.From) {
		return ""
	}
	return there.From.Format("Monday") + " "
}

// dayName says a day near now as people do: today, tomorrow, on Monday, on 24 March.
func dayName(t, now time.Time) string {
	today := DateOf(now)
	switch day := DateOf(t); {
	case day == today:
		return "today"
	case day == today.Plus(1):
		return "tomorrow"
	case day.utc().Before(today.Plus(7).utc()):
		return "on " + t.Format("Monday")
	}
	return fmt.Sprintf("on %s", t.Format("Monday 2 January"))
}

// InBoth says a time to come on the reader's clock and then on somebody else's: "Tuesday 17 March, 14:00
// your time (Europe/London), 10:00 theirs (America/New_York)".
func InBoth(t time.Time, here, there *time.Location) string {
	mine, theirs := t.In(here), t.In(there)
	text := mine.Format("Monday 2 January, 15:04") + " your time (" + here.String() + "), "
	if DateOf(mine) != DateOf(theirs) {
		text += theirs.Format("Monday ")
	}
	return text + theirs.Format("15:04") + " theirs (" + there.String() + ")"
}
