// Package directory knows people and when they can be asked: who they are, what they offered to help
// with, who may see them, their accounts, and their hours of work.
//
// A person is listed because they said yes. [Directory.People] is the one list: it takes the audience, and
// leaves out whoever has not consented, has left, or whose organisation has closed.
//
// # Calendars
//
// Days off are data: knowledge/holidays.yaml, which anybody can edit. A fixed date on a weekend is kept on
// another day as the calendar says: in the UK on the next weekday that is not a holiday itself, in US
// federal offices on the Friday before a Saturday and the Monday after a Sunday. Hours are reckoned on
// each person's own clock and compared as moments, so they are right in the weeks of March, October and
// November in which one country has changed its clocks and the other has not. The zone rules are those of
// Go's time/tzdata, in the program itself, so that a machine without zone files reckons the same.
package directory
