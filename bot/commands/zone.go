package commands

import (
	"strings"
	"time"
)

// zoneNames are what people call their time zone and what no zone is called: capitals and large cities that
// share the zone of another, countries of one zone, and the letters that Americans and Britons say. What
// stands for a zone all year in the letters ("EST") stands for the place, whose clocks change.
var zoneNames = map[string]string{
	"uk": "Europe/London", "united kingdom": "Europe/London", "britain": "Europe/London", "england": "Europe/London", "scotland": "Europe/London", "wales": "Europe/London",
	"edinburgh": "Europe/London", "manchester": "Europe/London", "cardiff": "Europe/London", "bristol": "Europe/London", "leeds": "Europe/London", "newcastle": "Europe/London",
	"glasgow": "Europe/London", "birmingham": "Europe/London", "bst": "Europe/London", "uk time": "Europe/London", "northern ireland": "Europe/London",
	"washington": "America/New_York", "washington dc": "America/New_York", "dc": "America/New_York", "nyc": "America/New_York", "boston": "America/New_York", "philadelphia": "America/New_York",
	"atlanta": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "eastern": "America/New_York",
	"dallas": "America/Chicago", "austin": "America/Chicago", "houston": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago", "ct": "America/Chicago", "central": "America/Chicago",
	"mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver", "mountain": "America/Denver",
	"san francisco": "America/Los_Angeles", "sf": "America/Los_Angeles", "la": "America/Los_Angeles", "seattle": "America/Los_Angeles", "portland": "America/Los_Angeles",
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
	"ottawa": "America/Toronto", "estonia": "Europe/Tallinn", "korea": "Asia/Seoul", "south korea": "Asia/Seoul", "israel": "Asia/Jerusalem", "tel aviv": "Asia/Jerusalem",
	"new zealand": "Pacific/Auckland", "wellington": "Pacific/Auckland", "canberra": "Australia/Sydney",
}

// zoneAreas are what stands before the city in the name of a zone.
var zoneAreas = []string{"Europe", "America", "Asia", "Australia", "Africa", "Pacific", "Atlantic", "Indian"}

// zoneMeant returns the time zone that somebody means: by its name, by a city, or as people call it.
func zoneMeant(text string) (string, bool) {
	said := strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == '_' || r == ',' || r == '.' }), " ")
	if said == "" || said == "local" {
		return text, said == "" // nothing is for their platform's
	}
	said = strings.TrimSuffix(said, " time")
	if zone, ok := zoneNames[said]; ok {
		return zone, true
	}
	if isZone(text) {
		return text, true
	}
	name := titled(said)
	if strings.Contains(name, "/") && isZone(name) {
		return name, true
	}
	for _, area := range zoneAreas {
		if zone := area + "/" + name; isZone(zone) {
			return zone, true
		}
	}
	return "", false
}

// titled writes words as the names of zones do: "america/new york" as "America/New_York".
func titled(words string) string {
	upper := true
	return strings.Map(func(r rune) rune {
		if upper && r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if upper = r == ' ' || r == '/' || r == '-'; r == ' ' {
			return '_'
		}
		return r
	}, words)
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil
}
