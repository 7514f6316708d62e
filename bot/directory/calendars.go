package directory

import (
	"sync"

	"liaison/knowledge"
)

// calendars are those of the knowledge in use, each reckoned once.
type calendars struct {
	mu   sync.Mutex
	of   *knowledge.Base
	byID map[string]*Calendar
}

// Calendar returns a calendar of holidays.yaml; nil, which has weekends only, for an id that it does not
// hold.
func (d *Directory) Calendar(id string) *Calendar {
	base := d.Base()
	d.made.mu.Lock()
	defer d.made.mu.Unlock()
	if d.made.of != base {
		d.made.of, d.made.byID = base, map[string]*Calendar{}
		for _, rules := range base.Calendars {
			d.made.byID[rules.ID] = NewCalendar(rules)
		}
	}
	return d.made.byID[id]
}
