package fakeslack

import (
	"net/http"
	"strings"
	"testing"
)

// Whoever tries Liaison out writes to it directly before it has written to them, and mistypes ids.
func TestControlTakesDirectMessagesAndRefusesWhatThereIsNot(t *testing.T) {
	s, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.AddTeam(Team{ID: "T1"})
	s.AddPerson("T1", Person{ID: "U1", Name: "Ada Example"})
	for _, c := range []struct {
		verb, body string
		status     int
	}{
		{"say", `{"Team":"T1","User":"U1","Channel":"DU1","Text":"hello"}`, http.StatusOK},
		{"say", `{"Team":"T1","User":"U1","Text":"hello"}`, http.StatusOK},
		{"say", `{"Team":"T1","User":"U1","Channel":"C9","Text":"hello"}`, http.StatusNotFound},
		{"mention", `{"Team":"T1","User":"U1","Channel":"C9","Text":"hello"}`, http.StatusNotFound},
		{"say", `{"Team":"T1","User":"U9","Text":"hello"}`, http.StatusNotFound},
		{"join", `{"Team":"T1","User":"U1","Channel":"C9"}`, http.StatusNotFound},
		{"shortcut", `{"Team":"T1","User":"U1","Channel":"DU1","Message":"1.0"}`, http.StatusNotFound},
		{"say", `{"Team":"T9","User":"U1","Text":"hello"}`, http.StatusNotFound},
	} {
		answer, err := http.Post(s.URL+"/control/"+c.verb, "application/json", strings.NewReader(c.body))
		if err != nil {
			t.Errorf("%s %s: %v", c.verb, c.body, err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != c.status {
			t.Errorf("%s %s: status %d, want %d", c.verb, c.body, answer.StatusCode, c.status)
		}
	}
	for _, m := range s.Messages() {
		if m.Channel != DirectID("U1") || m.Text != "hello" {
			t.Errorf("%s stands in %s, want what was said directly", m.Text, m.Channel)
		}
	}
	if n := len(s.Messages()); n != 2 {
		t.Errorf("%d messages stand, want 2", n)
	}
}
