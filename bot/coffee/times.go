package coffee

import (
	"time"

	"liaison/bot/directory"
)

const (
	answerDays = 2 // working days that each has to answer
	leastTimes = 2 // that are worth proposing somebody for
	mostTimes  = 3
	horizon    = 14 * 24 * time.Hour // times are no further away than this
	quarter    = 15 * time.Minute
)

// answerBy returns when somebody has had so many working days to answer: the end of the last of them. Not
// ok when they are away for longer than a month.
func answerBy(s directory.Schedule, now time.Time) (time.Time, bool) {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	worked := 0
	for day, i := directory.DateOf(now.In(zone)), 0; i < 31; day, i = day.Plus(1), i+1 {
		hours := s.Day(day)
		if len(hours) == 0 || !hours[len(hours)-1].To.After(now) {
			continue
		}
		if worked++; worked == answerDays {
			return hours[len(hours)-1].To, true
		}
	}
	return time.Time{}, false
}

// suit returns until when two can answer, and times after that at which both are at work, each on another
// day; none when there are too few.
func suit(a, b directory.Schedule, now time.Time) (until time.Time, times []time.Time) {
	first, ok := answerBy(a, now)
	second, too := answerBy(b, now)
	if !ok || !too {
		return until, nil
	}
	until = first
	if second.After(until) {
		until = second
	}
	for from := until; len(times) < mostTimes; {
		both, ok := directory.Shared(a, b, from, directory.WorthMeeting)
		if !ok || both.From.Sub(until) > horizon {
			break
		}
		times = append(times, onTheQuarter(both))
		from = directory.DateOf(both.From.In(a.Zone)).Plus(1).At(0, a.Zone)
	}
	if len(times) < leastTimes {
		return until, nil
	}
	return until, times
}

// onTheQuarter begins at a full quarter of an hour, where enough of the stretch is left.
func onTheQuarter(i directory.Interval) time.Time {
	begin := i.From.Truncate(quarter)
	if begin.Before(i.From) {
		begin = begin.Add(quarter)
	}
	if i.To.Sub(begin) < directory.WorthMeeting {
		return i.From
	}
	return begin
}
