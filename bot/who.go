package main

import (
	"context"
	"encoding/json"
	"time"

	"liaison/bot/commands"
	"liaison/bot/directory"
	"liaison/bot/experts"
)

type whoCommand struct {
	who
	JSON  bool     `help:"Print one JSON object."`
	Topic []string `arg:"" help:"The topic."`
}

// Run prints who knows about the topic, or who bears it as a name. Made-up people are among them, marked so: this is the terminal.
func (c *whoCommand) Run(ctx context.Context, p *program) error {
	topic, err := spoken(c.Topic, "who", "user research")
	if err != nil {
		return err
	}
	audience, home, err := c.parse()
	if err != nil {
		return err
	}
	library, _, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer library.close()
	people := library.people(true)
	found, err := library.experts(people).Who(ctx, experts.Question{Topic: commands.Topic(topic), Audience: audience, Home: home})
	if err != nil {
		return err
	}
	view := commands.WhoView{Directory: people, Reader: people.ScheduleOf(home, ""), Now: library.now()}
	named := view.ByName(audience, found)
	if len(named) > 0 {
		found.People, found.Places, found.Reason = named, nil, ""
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(whoJSON(found, view))
	}
	if len(named) > 0 {
		return p.show(view.NamedReply(named))
	}
	return p.show(commands.WhoReply(found, view))
}

// jsonWho is what `who --json` prints. Scripts rely on its names: they are only ever added to.
type jsonWho struct {
	Topic  string       `json:"topic"`
	Found  bool         `json:"found"`
	Reason string       `json:"reason,omitempty"` // when not found
	People []jsonExpert `json:"people"`           // best first
	Places []jsonExpert `json:"places"`
}

// jsonExpert is one person or place.
type jsonExpert struct {
	ID           string         `json:"id,omitempty"` // of a person
	Name         string         `json:"name"`
	Organisation string         `json:"organisation"` // its id
	Role         string         `json:"role,omitempty"`
	Reach        string         `json:"reach,omitempty"`
	Example      bool           `json:"example,omitempty"` // made up
	Contact      string         `json:"contact,omitempty"`
	URL          string         `json:"url,omitempty"`
	LocalTime    string         `json:"local_time,omitempty"`   // RFC 3339
	SharedFrom   string         `json:"shared_from,omitempty"`  // when both are next at work, RFC 3339
	SharedUntil  string         `json:"shared_until,omitempty"` // until when
	Score        float64        `json:"score"`
	Evidence     []jsonEvidence `json:"evidence"`
}

type jsonEvidence struct {
	Kind  experts.Kind `json:"kind"`
	Text  string       `json:"text,omitempty"`
	Path  string       `json:"path,omitempty"`
	Title string       `json:"title,omitempty"`
	URL   string       `json:"url,omitempty"`
	Date  string       `json:"date,omitempty"`
}

func whoJSON(f experts.Found, v commands.WhoView) jsonWho {
	out := jsonWho{Topic: f.Topic, Found: len(f.People)+len(f.Places) > 0 && f.Reason == "", Reason: f.Reason, People: []jsonExpert{}, Places: []jsonExpert{}}
	for _, e := range f.People {
		one := expertJSON(e)
		one.ID, one.Role, one.Reach, one.Example, one.Contact = e.Person.ID, e.Person.Role, string(e.Person.Reach), e.Person.Example, e.Person.Contact
		there := v.Directory.Schedule(*e.Person)
		one.hours(&there, v)
		out.People = append(out.People, one)
	}
	for _, e := range f.Places {
		one := expertJSON(e)
		one.Contact, one.URL = e.Contact.Text, e.Contact.URL
		if e.Staffed() {
			one.hours(v.Directory.ScheduleOf(e.Organisation.ID, ""), v)
		}
		out.Places = append(out.Places, one)
	}
	return out
}

// hours fills in what time it is there, and when both are next at work for half an hour or more.
func (j *jsonExpert) hours(there *directory.Schedule, v commands.WhoView) {
	if there == nil || there.Zone == nil {
		return
	}
	j.LocalTime = v.Now.In(there.Zone).Format(time.RFC3339)
	if v.Reader == nil {
		return
	}
	if both, ok := directory.Shared(*v.Reader, *there, v.Now, directory.WorthMeeting); ok {
		j.SharedFrom, j.SharedUntil = both.From.UTC().Format(time.RFC3339), both.To.UTC().Format(time.RFC3339)
	}
}

func expertJSON(e experts.Expert) jsonExpert {
	out := jsonExpert{Name: e.Name, Organisation: e.Organisation.ID, Score: e.Score, Evidence: []jsonEvidence{}}
	for _, evidence := range e.Evidence {
		out.Evidence = append(out.Evidence, jsonEvidence{
			Kind: evidence.Kind, Text: evidence.Text, Path: evidence.Document.Path, Title: evidence.Document.Title,
			URL: evidence.Document.URL, Date: day(evidence.At),
		})
	}
	return out
}
