package knowledge

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Hours are the hours of a week in which somebody is at work, on their own clock.
type Hours []Span

// Span is one stretch of one weekday, in minutes from midnight. From is less than To, which is at most
// 24 hours.
type Span struct {
	Day      time.Weekday
	From, To int
}

// NineToFive are the office hours of somebody who has not said when they work.
func NineToFive() Hours {
	hours, err := ParseHours("Mon-Fri 9:00-17:00")
	if err != nil {
		panic(err) // the text above is right
	}
	return hours
}

var (
	hoursPart = regexp.MustCompile(`(?i)^(?:([a-z]{3,9})(?:\s*-\s*([a-z]{3,9}))?:?\s+)?(\d{1,2})(?:[:.](\d\d))?\s*-\s*(\d{1,2})(?:[:.](\d\d))?$`)
	dashes    = strings.NewReplacer("–", "-", "—", "-", " to ", "-", "−", "-")
)

// ParseHours reads office hours: "9-17" (Monday to Friday), "9:30-12:30, 13:30-17:00",
// "Mon-Thu 8:00-18:00; Fri 8:00-12:00". The error is a sentence for whoever wrote it.
func ParseHours(text string) (Hours, error) {
	var hours Hours
	first, last := time.Monday, time.Friday
	for part := range strings.FieldsFuncSeq(dashes.Replace(text), func(r rune) bool { return r == ';' || r == ',' }) {
		m := hoursPart.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, fmt.Errorf("office hours %q cannot be understood: write 9:30-17:00, or Mon-Thu 8:00-18:00; Fri 8:00-12:00", text)
		}
		if m[1] != "" {
			var known bool
			if first, known = weekdayOf(m[1]); !known {
				return nil, fmt.Errorf("office hours %q: %q is no weekday: write Mon, Tue, Wed, Thu, Fri, Sat or Sun", text, m[1])
			}
			if last = first; m[2] != "" {
				if last, known = weekdayOf(m[2]); !known {
					return nil, fmt.Errorf("office hours %q: %q is no weekday: write Mon, Tue, Wed, Thu, Fri, Sat or Sun", text, m[2])
				}
			}
		}
		from, to := minutes(m[3], m[4]), minutes(m[5], m[6])
		if from < 0 || to > 24*60 || from >= to {
			return nil, fmt.Errorf("office hours %q: each stretch ends later on the same day than it begins, such as 9:30-17:00", text)
		}
		for day := first; ; day = (day + 1) % 7 {
			hours = append(hours, Span{day, from, to})
			if day == last {
				break
			}
		}
	}
	if len(hours) == 0 {
		return nil, fmt.Errorf("office hours are empty: write 9:30-17:00, or Mon-Thu 8:00-18:00; Fri 8:00-12:00")
	}
	return hours, nil
}

// weekdayOf reads a weekday by its first three letters or more.
func weekdayOf(text string) (time.Weekday, bool) {
	text = strings.ToLower(text)
	for name, day := range weekdays {
		if len(text) >= 3 && strings.HasPrefix(name, text) {
			return day, true
		}
	}
	return 0, false
}

// minutes returns the minutes from midnight, or a number that is too large when the text is no time.
func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if m > 59 {
		return 1 << 20
	}
	return 60*h + m
}
