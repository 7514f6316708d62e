package commands_test

import "testing"

func TestTimeZonesAreTakenAsPeopleSayThem(t *testing.T) {
	o := newOffice(t)
	o.say(gdsMember, direct, "profile knows keeping secrets")
	for said, zone := range map[string]string{
		"London": "Europe/London", "london": "Europe/London", "UK": "Europe/London", "New York": "America/New_York", "new_york": "America/New_York",
		"america/new_york": "America/New_York", "Washington, DC": "America/New_York", "EST": "America/New_York", "Pacific time": "America/Los_Angeles",
		"Seoul": "Asia/Seoul", "Tallinn": "Europe/Tallinn", "port moresby": "Pacific/Port_Moresby", "San Francisco": "America/Los_Angeles",
	} {
		o.expect(said, o.say(gdsMember, direct, "profile zone "+said), []string{"I took “" + said + "” for the time zone " + zone, "Time zone: " + zone})
	}
	o.expect("by its name", o.say(gdsMember, direct, "profile zone Europe/London"), []string{"Noted.", "Time zone: Europe/London"}, "I took")
	for _, said := range []string{"Narnia", "../etc/passwd", "Europe", "local", "London/Paris"} {
		o.expect(said, o.say(gdsMember, direct, "profile zone "+said), []string{"I do not know that time zone"})
	}
	o.expect("what is kept", o.say(gdsMember, direct, "profile"), []string{"Europe/London"})
}
