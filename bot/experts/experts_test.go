package experts_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/directory"
	"liaison/bot/experts"
	"liaison/index"
	"liaison/knowledge"
)

var now = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// found is a search that finds the same pages for everybody who may see them, best first.
type found struct {
	hits  []index.Hit
	band  index.Band
	added []string
	err   error
}

func (f found) Search(_ context.Context, who access.Audience, _ index.Question) (index.Results, error) {
	out := index.Results{Band: f.band, Added: f.added}
	for _, hit := range f.hits {
		if who.May(hit.Document.Visibility) {
			out.Hits = append(out.Hits, hit)
		}
	}
	return out, f.err
}

// page is a hit; authors are parted by commas.
func page(title string, score float64, authors string, change ...func(*index.Hit)) index.Hit {
	hit := index.Hit{Score: score, Snippet: "About " + title + ".", Document: knowledge.Document{
		Path: title + ".md", Title: title, Organisation: "gds", Visibility: access.Public,
	}}
	if authors != "" {
		hit.Document.Authors = strings.Split(authors, ",")
	}
	for _, c := range change {
		c(&hit)
	}
	return hit
}

// somebody is a person of a file, of GDS and for everybody to see.
func somebody(id string, change ...func(*knowledge.Person)) knowledge.Person {
	p := knowledge.Person{Path: "people/" + id + ".md", Name: strings.ToUpper(id[:1]) + id[1:] + " Example", Organisation: "gds", Consent: "yes", Reach: access.Public}
	for _, c := range change {
		c(&p)
	}
	return p
}

func skills(of ...string) func(*knowledge.Person) {
	return func(p *knowledge.Person) { p.Skills = of }
}
func offers(of ...string) func(*knowledge.Person) {
	return func(p *knowledge.Person) { p.HelpsWith = of }
}
func at(organisation string) func(*knowledge.Person) {
	return func(p *knowledge.Person) { p.Organisation = organisation }
}
func reach(v access.Visibility) func(*knowledge.Person) {
	return func(p *knowledge.Person) { p.Reach = v }
}

func service(search found, people ...knowledge.Person) *experts.Service {
	base := &knowledge.Base{People: people, Organisations: []knowledge.Organisation{
		{ID: "gds", Name: "Government Digital Service", Short: "GDS", Contacts: []knowledge.Contact{{Text: "#gds"}}, Covers: []string{"spend controls", "service standard"}},
		{ID: "tts", Name: "Technology Transformation Services", Short: "TTS", Contacts: []knowledge.Contact{{Text: "#tts"}}},
		{ID: "18f", Name: "18F", Until: now.AddDate(-1, 0, 0), Successor: "tts", Covers: []string{"agile contracts"}},
		{ID: "gone", Name: "Gone", Until: now.AddDate(-1, 0, 0), Covers: []string{"typewriters"}},
	}}
	if search.band == "" {
		search.band = index.BandAnswer
	}
	return &experts.Service{Search: search, Directory: &directory.Directory{Base: func() *knowledge.Base { return base }, Now: func() time.Time { return now }}}
}

// told says who was found: people, then "| " and places, each with kinds of evidence.
func told(f experts.Found) string {
	var parts []string
	list := func(all []experts.Expert) {
		for _, e := range all {
			var kinds []string
			for _, evidence := range e.Evidence {
				kinds = append(kinds, string(evidence.Kind))
			}
			parts = append(parts, e.Name+" ("+strings.Join(kinds, " ")+")")
		}
	}
	list(f.People)
	parts = append(parts, "|")
	list(f.Places)
	return strings.Join(parts, " ")
}

func TestWho(t *testing.T) {
	old := func(h *index.Hit) { h.Document.Published = now.AddDate(-12, 0, 0) }
	fresh := func(h *index.Hit) { h.Document.Published = now.AddDate(0, -1, 0) }
	contact := func(text string) func(*index.Hit) {
		return func(h *index.Hit) { h.Document.Contacts = []knowledge.Contact{{Text: text}} }
	}
	of := func(id string) func(*index.Hit) { return func(h *index.Hit) { h.Document.Organisation = id } }
	owner := func(name string) func(*index.Hit) { return func(h *index.Hit) { h.Document.Owner = name } }
	says := func(text string) func(*index.Hit) { return func(h *index.Hit) { h.Passage.Text = text } }
	for _, test := range []struct {
		name    string
		topic   string
		service *experts.Service
		want    string
	}{
		{"what people offer comes before what they can do, and both before a role", "load testing", service(found{},
			somebody("ada", skills("load testing")), somebody("bea", offers("load testing")), somebody("cy", func(p *knowledge.Person) { p.Role = "Load testing" })),
			"Bea Example (offers) Ada Example (skill) Cy Example (skill) |"},
		{"words are read as the search reads them", "tested loads", service(found{}, somebody("ada", skills("load testing"))), "Ada Example (skill) |"},
		{"half a topic is not the topic", "accessibility testing", service(found{}, somebody("ada", skills("load testing"))), "|"},
		{"a long message that holds a skill", "hello all does anybody have time to look at our load testing before the launch of the new service on Monday", service(found{}, somebody("ada", skills("load testing"))), "Ada Example (skill) |"},
		{"an acronym is known by its long form", "ATO", service(found{added: []string{"authority to operate"}}, somebody("ada", skills("ATO")), somebody("bea", offers("authority to operate"))), "Ada Example (skill) Bea Example (offers) |"},
		{"whoever wrote most and best", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example"), page("B", 9, "Bea Example"), page("C", 8, "Bea Example"), page("D", 1, "Cy Example")}},
			somebody("ada"), somebody("bea"), somebody("cy")), "Bea Example (wrote wrote) Ada Example (wrote) |"},
		{"many weak pages are not one good one", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example"), page("B", 4.2, "Bea Example"), page("C", 4.2, "Bea Example"), page("D", 4.2, "Bea Example")}},
			somebody("ada"), somebody("bea")), "Ada Example (wrote) Bea Example (wrote wrote wrote) |"},
		{"a page that fits half as well speaks for its author", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example"), page("B", 4.5, "Bea Example")}}, somebody("ada"), somebody("bea")),
			"Ada Example (wrote) Bea Example (wrote) |"},
		{"one that fits a third as well does not", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example"), page("B", 3.5, "Bea Example")}}, somebody("ada"), somebody("bea")),
			"Ada Example (wrote) |"},
		{"nor for a channel", "logging", service(found{hits: []index.Hit{page("A", 10, "", contact("#help")), page("B", 3.5, "", contact("#logs"))}}), "| #help (asked)"},
		{"who covers a topic comes before the channel that all pages name", "spend controls", service(found{hits: []index.Hit{page("A", 10, "", contact("#help")), page("B", 9.9, "", contact("#help")), page("C", 9.9, "", contact("#help"))}}),
			"| Government Digital Service (covers) #help (asked asked asked)"},
		{"old evidence fades", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example", old), page("B", 9.5, "Bea Example", fresh)}}, somebody("ada"), somebody("bea")),
			"Bea Example (wrote) Ada Example (wrote) |"},
		{"many authors share a page", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example,X,Y,Cy Example"), page("B", 9.5, "Bea Example")}}, somebody("ada"), somebody("bea"), somebody("cy")),
			"Bea Example (wrote) Ada Example (wrote) Cy Example (wrote) |"},
		{"an owner answers for a page; an author may write under another name", "logging", service(found{hits: []index.Hit{page("A", 10, "adae", owner("BEA example"))}},
			somebody("ada", func(p *knowledge.Person) { p.WritesAs = []string{"adae"} }), somebody("bea")), "Ada Example (wrote) Bea Example (owns) |"},
		{"to be named is not to know", "logging", service(found{hits: []index.Hit{page("A", 10, "Bea Example", says("We thank Ada Example."))}}, somebody("ada"), somebody("bea")), "Bea Example (wrote) |"},
		{"to be named helps who knows", "logging", service(found{hits: []index.Hit{page("A", 10, "", says("Talk to Cy Example."))}}, somebody("ada", skills("logging")), somebody("cy", skills("logging"))),
			"Cy Example (skill named) Ada Example (skill) |"},
		{"pages that are not about it say nothing", "logging", service(found{band: index.BandNone, hits: []index.Hit{page("A", 10, "Ada Example", contact("#logs"))}}, somebody("ada")), "|"},
		{"channels, when no person fits", "logging", service(found{hits: []index.Hit{page("A", 10, "", contact("#help")), page("B", 9, "", contact("#logs")), page("C", 9, "", contact("#logs"))}}),
			"| #logs (asked asked) #help (asked)"},
		{"a channel that is named for it", "logs", service(found{hits: []index.Hit{page("A", 10, "", contact("#help")), page("B", 9, "", contact("#logs"))}}), "| #logs (asked) #help (asked)"},
		{"teams that cover it", "spend controls", service(found{}), "| Government Digital Service (covers)"},
		{"who took over from a team that closed", "agile contracts", service(found{hits: []index.Hit{page("A", 10, "", of("18f"), contact("#18f"))}}), "| Technology Transformation Services (covers asked)"},
		{"a team that closed for good is not named", "typewriters", service(found{hits: []index.Hit{page("A", 10, "", of("gone"), contact("#gone"))}}), "|"},
		{"people of a closed organisation are not asked", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example")}}, somebody("ada", skills("logging"), at("18f"))), "|"},
		{"two of one name are not mixed up", "logging", service(found{hits: []index.Hit{page("A", 10, "Ada Example")}}, somebody("ada"), somebody("eda", func(p *knowledge.Person) { p.Name = "Ada Example" })), "|"},
		{"without words", "what do you know?", service(found{}), "|"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := test.service.Who(t.Context(), experts.Question{Topic: test.topic})
			if err != nil {
				t.Fatal(err)
			}
			if got := told(f); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if empty := len(f.People)+len(f.Places) == 0; empty != (f.Reason != "") {
				t.Errorf("reason is %q", f.Reason)
			}
		})
	}
}

func TestFiveAtMostAndSeveralOrganisations(t *testing.T) {
	var people []knowledge.Person
	for i := range 9 {
		people = append(people, somebody(fmt.Sprintf("p%d", i), skills("load testing")))
	}
	for name, test := range map[string]struct {
		other knowledge.Person
		want  string
	}{
		"another organisation takes the last place when it is good": {somebody("zoe", skills("load testing of websites"), at("tts")), "P0 P1 P2 P3 Zoe"},
		"and does not when it is not":                               {somebody("zoe", func(p *knowledge.Person) { p.Role = "Lead for load testing, monitoring, incidents and much else" }, at("tts")), "P0 P1 P2 P3 P4"},
	} {
		f, err := service(found{}, append(people, test.other)...).Who(t.Context(), experts.Question{Topic: "load testing"})
		var got []string
		for _, e := range f.People {
			got = append(got, strings.TrimSuffix(e.Name, " Example"))
		}
		if err != nil || strings.Join(got, " ") != test.want || len(f.Places) != 0 {
			t.Errorf("%s: %v and %d places, %v; want %s", name, got, len(f.Places), err, test.want)
		}
	}
}

// What an audience may not see leaves no trace: what it is told is what a Liaison would tell that never
// held it.
func TestHiddenMaterialLeavesNoTrace(t *testing.T) {
	open := []knowledge.Person{somebody("ada", skills("load testing")), somebody("bea", skills("logging"), offers("testing of logs"))}
	pages := []index.Hit{page("A", 9, "Bea Example")}
	hiddenPage := page("Hidden", 10, "Ada Example,Cy Example", func(h *index.Hit) {
		h.Document.Visibility = access.Organisation("tts")
		h.Document.Contacts = []knowledge.Contact{{Text: "#hidden"}}
		h.Passage.Text = "Bea Example knows."
	})
	hidden := somebody("cy", skills("load testing", "logging"), reach(access.Organisation("tts")))
	with := service(found{hits: append([]index.Hit{hiddenPage}, pages...)}, append(open, hidden)...)
	without := service(found{hits: pages}, open...)
	for _, topic := range []string{"load testing", "logging", "testing", "Cy Example"} {
		for _, who := range []access.Audience{{}, access.StaffOf(), access.StaffOf("gds")} {
			a, errA := with.Who(t.Context(), experts.Question{Topic: topic, Audience: who})
			b, errB := without.Who(t.Context(), experts.Question{Topic: topic, Audience: who})
			if errA != nil || errB != nil || fmt.Sprintf("%+v", deref(a)) != fmt.Sprintf("%+v", deref(b)) {
				t.Errorf("%v asks %q:\n with hidden material %+v\n without it %+v", who, topic, deref(a), deref(b))
			}
		}
		f, err := with.Who(t.Context(), experts.Question{Topic: "logging", Audience: access.StaffOf("tts")})
		if err != nil || !strings.Contains(told(f), "Cy") {
			t.Errorf("those who may see them are told %s, %v", told(f), err)
		}
	}
}

// deref returns what was found with people in the place of pointers, to be compared.
func deref(f experts.Found) []any {
	all := []any{f.Topic, f.Reason, f.Places}
	for _, e := range f.People {
		person := *e.Person
		e.Person = nil
		all = append(all, person, e)
	}
	return all
}

func TestNobodyIsSentToThemselves(t *testing.T) {
	s := service(found{hits: []index.Hit{page("A", 10, "Ada Example")}})
	s.Directory.Profiles = func() []directory.Person {
		return []directory.Person{{ID: "ada", Name: "Ada Example", Skills: []string{"logging"}, Consent: "in chat", Reach: access.Public, Accounts: []string{"slack:T1/U1"}}}
	}
	for asker, want := range map[string]string{"slack:T1/U1": "|", "slack:T1/U2": "Ada Example (skill wrote) |", "": "Ada Example (skill wrote) |"} {
		f, err := s.Who(t.Context(), experts.Question{Topic: "logging", Asker: asker})
		if got := told(f); err != nil || got != want {
			t.Errorf("%q is told %s, %v; want %s", asker, got, err, want)
		}
	}
}

func TestAnswersThatHelped(t *testing.T) {
	s := service(found{}, somebody("ada", skills("logging")), somebody("bea", skills("logging")))
	s.Helped = func(_ context.Context, who access.Audience) ([]experts.Help, error) {
		return []experts.Help{{Person: "bea", Question: "how long do we keep logging?", At: now.AddDate(0, -1, 0)}, {Person: "ada", Question: "what is for lunch?"}, {Person: "nobody", Question: "logging"}}, nil
	}
	f, err := s.Who(t.Context(), experts.Question{Topic: "logging"})
	if got := told(f); err != nil || got != "Bea Example (helped skill) Ada Example (skill) |" {
		t.Errorf("told %s, %v", got, err)
	}
	s.Helped = func(context.Context, access.Audience) ([]experts.Help, error) { return nil, errors.New("broken") }
	if _, err := s.Who(t.Context(), experts.Question{Topic: "logging"}); err == nil {
		t.Error("a store that is broken is not told of")
	}
}

func TestAnAskersOwnTeamWhenThereIsNobody(t *testing.T) {
	s := service(found{})
	for home, want := range map[string]string{"gds": "| Government Digital Service ()", "18f": "| Technology Transformation Services ()", "": "|"} {
		f, err := s.Who(t.Context(), experts.Question{Topic: "alpacas", Home: home})
		if got := told(f); err != nil || got != want || f.Reason == "" {
			t.Errorf("%q is told %s (%s), %v; want %s", home, got, f.Reason, err, want)
		}
	}
}

func TestABrokenSearchIsTold(t *testing.T) {
	if _, err := service(found{err: errors.New("broken")}).Who(t.Context(), experts.Question{Topic: "logging"}); err == nil {
		t.Error("it is not")
	}
}

func TestWhoIsFoundCanBeNarrowedAndWidened(t *testing.T) {
	s := service(found{band: index.BandNone},
		knowledge.Person{Path: "people/ada.md", Name: "Ada", HelpsWith: []string{"hosting"}, Consent: "yes", Reach: access.Public},
		knowledge.Person{Path: "people/bea.md", Name: "Bea", HelpsWith: []string{"moving a service to the cloud"}, Consent: "yes", Reach: access.Public})
	for _, c := range []struct {
		name string
		q    experts.Question
		want string
	}{
		{"a topic", experts.Question{Topic: "hosting"}, "Ada (offers) |"},
		{"a question of more words", experts.Question{Topic: "who pays when hosting costs double within months"}, "|"},
		{"for which one word is enough", experts.Question{Topic: "who pays when hosting costs double within months", Wide: true}, "Ada (offers) |"},
		{"of those who fit", experts.Question{Topic: "hosting", Fits: func(p directory.Person) bool { return p.Name != "Ada" }}, "|"},
	} {
		f, err := s.Who(t.Context(), c.q)
		if got := told(f); err != nil || got != c.want {
			t.Errorf("%s: %s, not %s; %v", c.name, got, c.want, err)
		}
	}
}

// TestATeamIsFoundByItsName says nothing of what the team covers, and is found all the same, before those who
// cover it.
func TestATeamIsFoundByItsName(t *testing.T) {
	asked := func(h *index.Hit) { h.Document.Contacts = []knowledge.Contact{{Text: "#asked"}} }
	for name, search := range map[string]found{
		"no pages": {}, "pages that send everybody to a channel": {hits: []index.Hit{page("A", 10, "", asked), page("B", 9.9, "", asked), page("C", 9.8, "", asked)}},
	} {
		t.Run(name, func(t *testing.T) { teamsAreFoundByName(t, service(search), len(search.hits) > 0) })
	}
}

func teamsAreFoundByName(t *testing.T, s *experts.Service, sent bool) {
	base := s.Directory.Base()
	base.Organisations = append(base.Organisations,
		knowledge.Organisation{ID: "other", Name: "Other Team", Covers: []string{"Login.gov"}, Contacts: []knowledge.Contact{{Text: "#other"}}},
		knowledge.Organisation{ID: "login", Name: "Login.gov team", Short: "Login.gov", About: "It runs the sign-in\nof U.S. Digital services. It began in 2017.", Contacts: []knowledge.Contact{{Text: "#login"}}},
		knowledge.Organisation{ID: "one", Name: "GOV.UK One Login", Contacts: []knowledge.Contact{{Text: "#one"}}})
	for topic, want := range map[string]string{
		"login.gov": "| Login.gov team (itself) Other Team (covers)", "the Login.gov team": "| Login.gov team (itself) Other Team (covers)",
		"government digital service": "| Government Digital Service (itself)", "gone": "|", "login": "| Other Team (covers)", "alpacas at the government": "|",
	} {
		f, err := s.Who(t.Context(), experts.Question{Topic: topic})
		got := told(f)
		if sent { // a channel that pages name may stand behind the team, and where there is none
			if got = strings.Replace(got, " #asked (asked asked asked)", "", 1); strings.Contains(want, "itself") && f.Places[0].Name == "#asked" {
				t.Errorf("%q: %s is asked first", topic, f.Places[0].Name)
			}
		}
		if err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", topic, got, err, want)
		} else if strings.Contains(want, "itself") && strings.Contains(topic, "ogin") && f.Places[0].Evidence[0].Text != "It runs the sign-in of U.S. Digital services." {
			t.Errorf("%q: it is said to be %q", topic, f.Places[0].Evidence[0].Text)
		}
	}
}

// sentences is a search to which single words mean too little.
type sentences struct{ found }

func (s sentences) Search(ctx context.Context, who access.Audience, q index.Question) (index.Results, error) {
	if !strings.Contains(q.Text, " ") {
		s.band = index.BandNone
	}
	return s.found.Search(ctx, who, q)
}

func TestASingleWordIsATopic(t *testing.T) {
	s := service(found{}, somebody("ada"))
	s.Search = sentences{found{band: index.BandAnswer, hits: []index.Hit{page("WCAG", 9, "Ada Example")}}}
	f, err := s.Who(t.Context(), experts.Question{Topic: "wcag"})
	if got := told(f); err != nil || got != "Ada Example (wrote) |" || f.Topic != "wcag" {
		t.Errorf("%s about %q, %v", got, f.Topic, err)
	}
}
