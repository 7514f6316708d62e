package ask_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

var now = time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC)

func on(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// found is a search that finds the same whatever is asked: by organisation, "" for all.
type found struct {
	results map[string]index.Results
	asked   []index.Question
	who     []access.Audience
	pages   map[string]int // that are searched when nothing is found
	err     error
}

func (f *found) Search(_ context.Context, who access.Audience, q index.Question) (index.Results, error) {
	f.asked, f.who = append(f.asked, q), append(f.who, who)
	if r, ok := f.results[strings.Join(q.Organisations, " ")]; ok {
		return r, f.err
	}
	return index.Results{Band: index.BandNone, Reason: "Nothing is close.", Documents: f.pages[strings.Join(q.Organisations, " ")]}, f.err
}

func answers(confidence float64, documents ...knowledge.Document) index.Results {
	r := index.Results{Band: index.BandAnswer, Confidence: confidence, Documents: len(documents)}
	for _, d := range documents {
		r.Hits = append(r.Hits, index.Hit{Document: d, Passage: knowledge.Passage{Headings: []string{"One", "Two"}, Text: "Words."}, Fits: []index.Match{{Held: 1, Headed: 1, Near: 1}}, Snippet: "Words."})
	}
	return r
}

func service(f *found) *ask.Service {
	return &ask.Service{Search: f, Now: func() time.Time { return now }, Vocabulary: func() ask.Vocabulary {
		return ask.Vocabulary{
			Organisations: []knowledge.Organisation{
				{ID: "gds", Name: "Government Digital Service", Short: "GDS", Country: "gb", Contacts: contact("#gds"), Covers: []string{"service standard", "APIs"}},
				{ID: "usds", Name: "US Digital Service", Short: "USDS", Country: "us", Contacts: contact("#usds"), Covers: []string{"health care"}},
				{ID: "18f", Name: "18F", Country: "us", Contacts: contact("#18f"), Covers: []string{"procurement"}, Until: on(2025, 3, 1), Successor: "usds"},
				{ID: "nz", Name: "NZ Digital", Country: "nz"},
			},
			Terms: []knowledge.Term{
				{Term: "Section 508", Aliases: []string{"508"}, Visibility: access.Public},
				{Term: "ATO", Aliases: []string{"authority to operate"}, Visibility: access.Public},
				{Term: "ATU", Visibility: access.Public},
				{Term: "discovery", Visibility: access.Public},
				{Term: "alpha", Visibility: access.Public},
				{Term: "Bluebird", Visibility: access.Organisation("gds")},
				{Term: "unclear"},
			},
		}
	}}
}

func contact(text string) []knowledge.Contact { return []knowledge.Contact{{Text: text}} }

func TestStamps(t *testing.T) {
	for _, c := range []struct {
		name, home string
		document   knowledge.Document
		want       string
	}{
		{"one's own", "gds", knowledge.Document{Organisation: "gds"}, ask.StampOwn},
		{"another's", "gds", knowledge.Document{Organisation: "usds"}, ask.StampOther},
		{"of nobody's home", "", knowledge.Document{Organisation: "usds"}, ""},
		{"archived", "gds", knowledge.Document{Organisation: "gds", Archived: true}, ask.StampArchived},
		{"of a closed organisation", "", knowledge.Document{Organisation: "18f"}, ask.StampArchived},
		{"of nobody", "gds", knowledge.Document{}, ""},
	} {
		s := service(&found{results: map[string]index.Results{"": answers(0.9, c.document)}})
		a, err := s.Ask(t.Context(), ask.Question{Text: "what?", Home: c.home})
		if err != nil || a.Citations[0].Stamp != c.want {
			t.Errorf("%s: stamped %q, want %q (%v)", c.name, a.Citations[0].Stamp, c.want, err)
		}
	}
}

// TestTheRulesOfSomebodyElseAreNotOnesOwn, though one's own organisation tells them.
func TestTheRulesOfSomebodyElseAreNotOnesOwn(t *testing.T) {
	for owner, want := range map[string]string{
		"": ask.StampOwn, "Payments team": ask.StampOwn, "#gds-content": ask.StampOwn,
		"Government Digital Service, service standards office": ask.StampOwn,
		"Home Office and GDS":   ask.StampOwn,
		"Cabinet Office":        ask.StampOwn, // GDS is part of it
		"Local Council Unit":    ask.StampOwn, // is part of GDS
		"Student Loans Company": "",
		"Cybersecurity and Infrastructure Security Agency": "",
		"US Digital Service":                   "",
		"Citizenship and Immigration Services": "",
		"People services team":                 ask.StampOwn,
		"Department for Culture, Media":        ask.StampOwn, // as the Cabinet Office was called
	} {
		s := service(&found{results: map[string]index.Results{"": answers(0.9, knowledge.Document{Organisation: "gds", Owner: owner})}})
		v := s.Vocabulary()
		v.Organisations[0].Parent = "co"
		v.Organisations = append(v.Organisations, knowledge.Organisation{ID: "co", Name: "Cabinet Office", Renamed: []knowledge.Renaming{{Name: "Department for Culture, Media"}}}, knowledge.Organisation{ID: "local", Name: "Local Council Unit", Parent: "gds"})
		s.Vocabulary = func() ask.Vocabulary { return v }
		a, err := s.Ask(t.Context(), ask.Question{Text: "what?", Home: "gds"})
		if err != nil || a.Citations[0].Stamp != want {
			t.Errorf("owned by %q: stamped %q, want %q (%v)", owner, a.Citations[0].Stamp, want, err)
		}
		if a, err = s.Ask(t.Context(), ask.Question{Text: "what?", Home: "usds"}); err != nil || a.Citations[0].Stamp != ask.StampOther {
			t.Errorf("owned by %q: stamped %q for another, want %q (%v)", owner, a.Citations[0].Stamp, ask.StampOther, err)
		}
	}
}

func TestAges(t *testing.T) {
	for _, c := range []struct {
		name     string
		document knowledge.Document
		want     string
	}{
		{"reviewed lately", knowledge.Document{Reviewed: on(2026, 3, 14)}, "reviewed 14 Mar 2026"},
		{"a day short of two years ago", knowledge.Document{Reviewed: on(2024, 11, 21)}, "reviewed 21 Nov 2024"},
		{"two years ago", knowledge.Document{Reviewed: on(2024, 11, 20)}, "not reviewed for 2 years"},
		{"long ago", knowledge.Document{Reviewed: on(2014, 1, 1)}, "not reviewed for 12 years"},
		{"past its own date", knowledge.Document{Reviewed: on(2026, 1, 1), ReviewDue: on(2026, 7, 1)}, "reviewed 1 Jan 2026, review was due 1 Jul 2026"},
		{"only published", knowledge.Document{Published: on(2019, 2, 12), Reviewed: time.Time{}}, "published 12 Feb 2019"},
		{"unknown", knowledge.Document{}, ""},
	} {
		s := service(&found{results: map[string]index.Results{"": answers(0.9, c.document)}})
		a, err := s.Ask(t.Context(), ask.Question{Text: "what?"})
		if err != nil || a.Citations[0].Age != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, a.Citations[0].Age, c.want, err)
		}
	}
}

func TestAttributions(t *testing.T) {
	const ogl = "Contains public sector information licensed under the Open Government Licence v"
	for licence, want := range map[string]string{
		"OGL v3.0":                             ogl + "3.0.",
		"Content OGL v2.0; code MIT (LICENCE)": ogl + "2.0.",
		"MIT (code); documentation (c) Crown copyright, OGL v3.0": ogl + "3.0.",
		"Open Government Licence":                                 ogl + "3.0.",
		"CC0":                                                     "",
		"MIT":                                                     "",
		"":                                                        "",
		"the google licence":                                      "",
	} {
		s := service(&found{results: map[string]index.Results{"": answers(0.9, knowledge.Document{Licence: licence})}})
		a, err := s.Ask(t.Context(), ask.Question{Text: "what?"})
		if err != nil || a.Citations[0].Attribution != want {
			t.Errorf("%q: %q, want %q (%v)", licence, a.Citations[0].Attribution, want, err)
		}
	}
}

func TestOnlyThePageItselfSaysWhomItBinds(t *testing.T) {
	s := service(&found{results: map[string]index.Results{"": answers(0.9,
		knowledge.Document{Path: "a", AppliesTo: []string{"federal agencies", "contractors"}}, knowledge.Document{Path: "b"})}})
	a, err := s.Ask(t.Context(), ask.Question{Text: "what?"})
	if err != nil || a.Citations[0].Binds != "federal agencies, contractors" || a.Citations[1].Binds != "" {
		t.Errorf("binds %q and %q (%v)", a.Citations[0].Binds, a.Citations[1].Binds, err)
	}
}

func TestTheOtherSideOfTheAtlantic(t *testing.T) {
	uk, us := knowledge.Document{Path: "uk", Organisation: "gds"}, knowledge.Document{Path: "us", Organisation: "usds"}
	old, nz := knowledge.Document{Path: "old", Organisation: "18f"}, knowledge.Document{Path: "nz", Organisation: "nz"}
	maybe := answers(0.99, us)
	maybe.Band = index.BandMaybe
	fits := func(confidence, held, headed float64) index.Results {
		r := answers(confidence, us)
		r.Hits[0].Fits = []index.Match{{Held: held, Headed: headed}}
		return r
	}
	unsure := answers(0.2, uk, us)
	unsure.Band = index.BandMaybe
	for _, c := range []struct {
		name, text string
		results    map[string]index.Results
		want       string
		number     int
	}{
		{"strong, and cited", "which words?", map[string]index.Results{"": answers(0.9, uk, us), "usds 18f": answers(0.8, us)}, "us", 2},
		{"most of what is asked, partly in its title", "which words?", map[string]index.Results{"": answers(0.9, uk, us), "usds 18f": fits(.3, .8, .4)}, "us", 2},
		{"most of what is asked, in passing", "which words?", map[string]index.Results{"": answers(0.9, uk, us), "usds 18f": fits(.9, 1, .2)}, "", 0},
		{"half of what is asked", "which words?", map[string]index.Results{"": answers(0.9, uk, us), "usds 18f": fits(.7, .6, .6)}, "", 0},
		{"half of what is asked, surely", "which words?", map[string]index.Results{"": answers(0.9, uk, us), "usds 18f": fits(.9, .6, .6)}, "us", 2},
		{"not among those found", "which words?", map[string]index.Results{"": answers(0.9, uk), "usds 18f": answers(0.8, us)}, "", 0},
		{"another page than is cited", "which words?", map[string]index.Results{"": answers(0.9, uk, old), "usds 18f": answers(0.8, us)}, "", 0},
		{"of a closed organisation", "which words?", map[string]index.Results{"": answers(0.9, uk, us, old), "usds 18f": answers(0.7, old, us)}, "old", 3},
		{"seen from the US", "which words?", map[string]index.Results{"": answers(0.9, us, uk), "gds": answers(0.8, uk)}, "uk", 2},
		{"weak", "which words?", map[string]index.Results{"": answers(0.9, uk, us), "usds 18f": maybe}, "", 0},
		{"strong, where nothing is said to answer", "which words?", map[string]index.Results{"": unsure, "usds 18f": answers(0.8, us)}, "", 0},
		{"none", "which words?", map[string]index.Results{"": answers(0.9, uk, us)}, "", 0},
		{"from neither side", "which words?", map[string]index.Results{"": answers(0.9, nz, us), "usds 18f": answers(0.8, us)}, "", 0},
	} {
		f := &found{results: c.results}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: c.text, Audience: access.StaffOf("gds")})
		got, number := "", 0
		if a.Other != nil {
			got, number = a.Other.Document.Path, a.Other.Number
		}
		if err != nil || got != c.want || number != c.number {
			t.Errorf("%s: %q [%d], want %q [%d] (%v)", c.name, got, number, c.want, c.number, err)
		}
		for _, who := range f.who {
			if who != access.StaffOf("gds") {
				t.Errorf("%s: searched as %v", c.name, who)
			}
		}
	}
}

func TestWhereToAsk(t *testing.T) {
	named := knowledge.Document{Path: "a", Organisation: "gds", Contacts: contact("#page")}
	closed := knowledge.Document{Path: "b", Organisation: "18f", Contacts: contact("#closed")}
	plain := knowledge.Document{Path: "c", Organisation: "gds"}
	lab, gone := knowledge.Document{Path: "d", Organisation: "lab"}, knowledge.Document{Path: "e", Organisation: "gone"}
	for _, c := range []struct {
		name, text, home string
		results          index.Results
		want             string
	}{
		{"what the cited page names", "what?", "", answers(0.9, named, plain), "#page (named in [1])"},
		{"who took over, when it has closed", "what?", "", answers(0.9, closed, named), "#usds (took over from 18F)"},
		{"not what a page further down names", "what?", "", answers(0.9, plain, named), "#gds (publishes [1])"},
		{"else its organisation, and nobody elsewhere who covers the topic", "health care costs", "", answers(0.9, plain), "#gds (publishes [1])"},
		{"its organisation once, when that covers it too", "how do APIs work?", "", answers(0.9, plain), "#gds (publishes [1])"},
		{"and who covers the topic beside it", "do veterans sign in", "", answers(0.9, plain), "#gds (publishes [1]), #login (covers sign-in)"},
		{"what it belongs to, when it has no place of its own", "what?", "", answers(0.9, lab), "#gds (lab is part of it)"},
		{"what it belonged to, when nobody took over", "what?", "", answers(0.9, gone), "#gds (gone was part of it)"},
		{"on a miss, not for a part of a topic's words", "who signs it off?", "", index.Results{Band: index.BandNone}, "#gds, #usds"},
		{"on a miss, nobody of another country", "user research costs", "", index.Results{Band: index.BandNone}, "#gds, #usds"},
		{"on a miss, of a country that is named", "user research costs in New Zealand", "", index.Results{Band: index.BandNone}, "#nz (covers user research), #gds, #usds"},
		{"on a miss, who covers the topic", "buying health care systems", "", index.Results{Band: index.BandNone}, "#usds (covers health care), #gds"},
		{"on a miss, one's own", "what?", "usds", index.Results{Band: index.BandNone}, "#usds (your organisation), #gds"},
		{"on a miss, who took over from one's own", "what?", "18f", index.Results{Band: index.BandNone}, "#usds (took over from 18F), #gds"},
		{"a closed one that covers it is not asked", "procurement", "", index.Results{Band: index.BandNone}, "#gds, #usds"},
	} {
		s := service(&found{results: map[string]index.Results{"": c.results}})
		v := s.Vocabulary()
		v.Organisations[3].Contacts, v.Organisations[3].Covers = contact("#nz"), []string{"user research"}
		v.Organisations = append(v.Organisations,
			knowledge.Organisation{ID: "login", Name: "login", Country: "gb", Contacts: contact("#login"), Covers: []string{"sign-in"}},
			knowledge.Organisation{ID: "lab", Name: "lab", Country: "gb", Parent: "gone"},
			knowledge.Organisation{ID: "gone", Name: "gone", Country: "gb", Contacts: contact("#gone"), Parent: "gds", Until: on(2025, 3, 1)})
		s.Vocabulary = func() ask.Vocabulary { return v }
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Home: c.home})
		var list []string
		for _, place := range a.Contacts {
			if place.Why != "" {
				place.Text += " (" + place.Why + ")"
			}
			list = append(list, place.Text)
		}
		if got := strings.Join(list, ", "); err != nil || got != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.name, got, c.want, err)
		}
	}
}

func TestWhatIsNotFoundSaysWhy(t *testing.T) {
	s := service(&found{results: map[string]index.Results{"": {Band: index.BandNone, Reason: "It is out of scope.", Hits: answers(0, knowledge.Document{}).Hits}}})
	a, err := s.Ask(t.Context(), ask.Question{Text: "what?"})
	if err != nil || a.Found() || a.Reason != "It is out of scope." || len(a.Citations) != 1 || len(a.Contacts) == 0 {
		t.Errorf("%+v, %v", a, err)
	}
	for _, text := range []string{"", "  \n", "🎉🙈", "?!… ---"} {
		f := &found{}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: text})
		if err != nil || a.Found() || a.Reason == "" || len(a.Contacts) == 0 || len(f.asked) > 0 {
			t.Errorf("%q: %+v, %v, searched %d times", text, a, err, len(f.asked))
		}
	}
}

func TestALongQuestionIsReadFromTheBeginning(t *testing.T) {
	f := &found{}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: strings.Repeat("wörd ", 10_000)})
	if err != nil || !a.Shortened || len([]rune(f.asked[0].Text)) > ask.MaxQuestion || !strings.HasSuffix(f.asked[0].Text, "wörd") {
		t.Errorf("shortened %v to %d characters, %v", a.Shortened, len(f.asked[0].Text), err)
	}
}

func TestAFailingSearchIsAnError(t *testing.T) {
	broken := errors.New("broken")
	s := service(&found{err: broken})
	if _, err := s.Ask(t.Context(), ask.Question{Text: "what?"}); !errors.Is(err, broken) {
		t.Errorf("Ask: %v", err)
	}
	if _, err := s.Compare(t.Context(), ask.Question{Text: "what?"}); !errors.Is(err, broken) {
		t.Errorf("Compare: %v", err)
	}
}

func TestCompare(t *testing.T) {
	maybe := answers(0.4, knowledge.Document{Path: "b", Organisation: "18f"})
	maybe.Band, maybe.Hits[0].Fits = index.BandMaybe, []index.Match{{Held: 1}}
	s := service(&found{results: map[string]index.Results{
		"": maybe, "usds": answers(0.9, knowledge.Document{Path: "a", Organisation: "usds"}, knowledge.Document{Path: "a2", Organisation: "usds"}), "18f": maybe,
	}, pages: map[string]int{"gds": 3}})
	c, err := s.Compare(t.Context(), ask.Question{Text: "hiring", Home: "18f"})
	if err != nil || len(c.Groups) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	first, second := c.Groups[0], c.Groups[1]
	if first.Organisation.ID != "18f" || !first.Maybe || second.Organisation.ID != "usds" || second.Maybe {
		t.Errorf("the groups are %s and %s", first.Organisation.ID, second.Organisation.ID)
	}
	if first.Citations[0].Number != 1 || second.Citations[0].Number != 2 || len(second.Citations) != 1 {
		t.Error("the citations are not numbered through")
	}
	if first.Citations[0].Stamp != ask.StampArchived || second.Citations[0].Stamp != ask.StampOther {
		t.Errorf("stamped %q and %q", first.Citations[0].Stamp, second.Citations[0].Stamp)
	}
	if len(c.Silent) != 1 || c.Silent[0].ID != "gds" {
		t.Errorf("%+v are silent, want only the one that has pages", c.Silent)
	}
	none, err := service(&found{}).Compare(t.Context(), ask.Question{Text: "alpacas"})
	if err != nil || none.Reason == "" || len(none.Contacts) == 0 {
		t.Errorf("nothing found: %+v, %v", none, err)
	}
}

// TestCompareKeepsToTheSidesThatAreNamed, when there are several and a topic.
func TestCompareKeepsToTheSidesThatAreNamed(t *testing.T) {
	for text, want := range map[string]struct{ topic, of string }{
		"GDS and 18F on open source":                  {"open source", "gds 18f"},
		"how 18F and GDS do open source":              {"open source", "gds 18f"},
		"the UK and New Zealand: open source":         {"open source", "gds nz"},
		"open source at GDS":                          {"open source at GDS", "gds usds 18f nz"},
		"GDS and 18F on USDS":                         {"USDS", "gds 18f"},
		"GDS and the Digital Corps on hiring":         {"hiring", "gds usds"}, // as it was called
		"GDS and 18F":                                 {"GDS and 18F", "gds usds 18f nz"},
		"GDS on open source":                          {"GDS on open source", "gds usds 18f nz"},
		"the U.S. Digital Team, GDS: hiring compared": {"hiring", "gds usds"}, // as names are written
		"open source":                                 {"open source", "gds usds 18f nz"},
	} {
		f := &found{}
		asked := service(f)
		v := asked.Vocabulary()
		v.Organisations[1].Renamed, v.Organisations[1].Aliases = []knowledge.Renaming{{Name: "Digital Corps"}}, []string{"U.S. Digital Team"}
		asked.Vocabulary = func() ask.Vocabulary { return v }
		c, err := asked.Compare(t.Context(), ask.Question{Text: text})
		var of []string
		for _, q := range f.asked[1:] {
			of = append(of, q.Organisations...)
		}
		if err != nil || c.Topic != want.topic || strings.Join(of, " ") != want.of || f.asked[0].Text != want.topic {
			t.Errorf("%q compares %v on %q (%v), want %s on %q", text, of, c.Topic, err, want.of, want.topic)
		}
	}
}

// TestWhoIsNamedAndHasNothingIsSaidSo: silence is not hidden.
func TestWhoIsNamedAndHasNothingIsSaidSo(t *testing.T) {
	f := &found{results: map[string]index.Results{"gds": answers(.9, knowledge.Document{Path: "a", Organisation: "gds"})}}
	c, err := service(f).Compare(t.Context(), ask.Question{Text: "GDS and NZ Digital on hiring"})
	if err != nil || len(c.Groups) != 1 || len(c.Silent) != 1 || c.Silent[0].Name != "NZ Digital" {
		t.Errorf("%+v (%v), want NZ Digital silent", c, err)
	}
	c, err = service(f).Compare(t.Context(), ask.Question{Text: "the UK and Canada on hiring"})
	if err != nil || len(c.Groups) != 1 || len(c.Silent) != 1 || c.Silent[0].Name != "Canada" {
		t.Errorf("%+v (%v), want Canada silent, of which nobody is known", c, err)
	}
	f.pages = map[string]int{"usds": 3}
	c, err = service(f).Compare(t.Context(), ask.Question{Text: "the UK and the US on hiring"})
	if err != nil || len(c.Groups) != 1 || len(c.Silent) != 1 || c.Silent[0].ID != "usds" {
		t.Errorf("%+v (%v), want the one silent that has pages, and not the country besides", c, err)
	}
	c, err = service(&found{}).Compare(t.Context(), ask.Question{Text: "NZ Digital and 18F on hiring"})
	if err != nil || c.Reason != "I found nothing on this from NZ Digital or 18F." {
		t.Errorf("says %q (%v)", c.Reason, err)
	}
}

// TestCompareShowsOnlyWhatSpeaksOfTheTopic has an organisation whose best page is the best of whatever it has.
func TestCompareShowsOnlyWhatSpeaksOfTheTopic(t *testing.T) {
	const shown, hedged, silent = "shown", "hedged", "silent"
	for _, c := range []struct {
		name, topic string
		band        index.Band
		fits        []index.Match // of a page's passage, and one more
		want        string
	}{
		{"the word that weighs most, in the title", "code review", index.BandAnswer, []index.Match{{Held: .6, Headed: .6}}, hedged},
		{"both words somewhere", "code review", index.BandAnswer, []index.Match{{Held: 1, Near: .1}}, silent},
		{"one of two words", "code review", index.BandAnswer, []index.Match{{Held: .6}}, silent},
		{"named in passing", "code review", index.BandAnswer, []index.Match{{Held: 1, Near: 1}}, hedged},
		{"in the title", "code review", index.BandNone, []index.Match{{Held: 1, Headed: 1, Near: 1}}, shown},
		{"another passage of the page", "code review", index.BandAnswer, []index.Match{{Held: .5}, {Held: 1, Headed: .6, Near: .5}}, shown},
		{"one word, too little to be sure of", "accessibility", index.BandNone, []index.Match{{Held: 1}}, hedged},
		{"far from the first of all pages, by one word", "accessibility", index.BandAnswer, []index.Match{{Held: 1}}, silent},
		{"far from the first of all pages, in the title", "accessibility", index.BandAnswer, []index.Match{{Held: 1, Headed: 1}}, shown},
		{"one word, in the title", "accessibility", index.BandNone, []index.Match{{Held: 1, Headed: 1}}, shown},
		{"no word of it", "accessibility", index.BandAnswer, []index.Match{{}}, silent},
		{"most of a long topic", "paying people for research", index.BandAnswer, []index.Match{{Held: .7, Headed: .7, Near: .4}}, shown},
		{"little of a long topic", "paying people for research", index.BandAnswer, []index.Match{{Held: .4, Headed: .4, Near: .4}}, silent},
	} {
		hit := index.Hit{Document: knowledge.Document{Path: "a", Organisation: "usds"}, Passage: knowledge.Passage{Text: "0"}, Also: []knowledge.Passage{{Text: "1"}}, Fits: c.fits}
		all := index.Results{Hits: []index.Hit{hit}}
		if strings.HasPrefix(c.name, "far") {
			all = index.Results{}
		}
		s := service(&found{results: map[string]index.Results{"": all, "usds": {Band: c.band, Documents: 1, Hits: []index.Hit{{Document: hit.Document, Fits: []index.Match{{}}}, hit}}}})
		got := silent
		comparison, err := s.Compare(t.Context(), ask.Question{Text: c.topic})
		if len(comparison.Groups) > 0 {
			got = shown
			if comparison.Groups[0].Maybe {
				got = hedged
			}
			if text := comparison.Groups[0].Citations[0].Passage.Text; text != map[int]string{1: "0", 2: "1"}[len(c.fits)] {
				t.Errorf("%s: passage %s is shown", c.name, text)
			}
		}
		if err != nil || got != c.want || (got == silent) != (len(comparison.Silent) == 1) {
			t.Errorf("%s: %s, want %s (%v)", c.name, got, c.want, err)
		}
	}
}

func TestDefine(t *testing.T) {
	for _, c := range []struct {
		word, want string
		guessed    bool
		nearest    []string
	}{
		{"ATO", "ATO", false, nil},
		{"ato's", "ATO", false, nil},
		{"ATOs", "ATO", false, nil},
		{"section-508", "Section 508", false, nil},
		{"Authority to Operate", "ATO", false, nil},
		{"discvoery", "discovery", true, []string{"discovery"}},
		{"authorty to opperate", "ATO", true, []string{"authority to operate"}},
		{"ATX", "", false, []string{"ATO", "ATU"}}, // three letters: one wrong is another word
		{"alfa", "", false, []string{"alpha"}},     // it sounds so
		{"disco", "", false, []string{"discovery"}},
		{"Bluebird", "", false, nil},
		{"Blue", "", false, nil},
		{"unclear", "", false, nil}, // without a visibility nobody may see it
		{"zebra", "", false, nil},
		{"", "", false, nil},
		{"?!", "", false, nil},
	} {
		d := service(&found{}).Define(access.Audience{}, c.word)
		got := ""
		if len(d.Entries) > 0 {
			got = d.Entries[0].Term
		}
		if got != c.want || d.Guessed != c.guessed || !slices.Equal(d.Nearest, c.nearest) {
			t.Errorf("%q: %q, guessed %v, nearest %q", c.word, got, d.Guessed, d.Nearest)
		}
	}
	if d := service(&found{}).Define(access.StaffOf("gds"), "bluebrid"); len(d.Entries) != 1 {
		t.Error("a member does not find their own word")
	}
}

func TestASectionThatOnlyNamesSourcesIsNotQuoted(t *testing.T) {
	source := knowledge.Passage{Headings: []string{"Sources"}, Text: "See the manual."}
	long := knowledge.Passage{Headings: []string{"How"}, Text: strings.Repeat("Words that tell. ", 20) + "\n\nMore of it.", URL: "https://example.gov.uk/#how"}
	for _, c := range []struct {
		name string
		also []knowledge.Passage
		want string
	}{
		{"another passage tells", []knowledge.Passage{source, long}, strings.Repeat("Words that tell. ", 20)},
		{"no other does", nil, "See the manual."},
	} {
		s := service(&found{results: map[string]index.Results{"": {Band: index.BandAnswer, Hits: []index.Hit{{Passage: source, Also: c.also, Snippet: source.Text}}}}})
		a, err := s.Ask(t.Context(), ask.Question{Text: "how?"})
		if err != nil || a.Citations[0].Quote != c.want {
			t.Errorf("%s: quoted %q (%v)", c.name, a.Citations[0].Quote, err)
		}
	}
}

// TestWhatStandsBesideAnAnswerTells something: not where else to look, nor what the other side does, and nothing when
// another passage is shown than the one found.
func TestWhatStandsBesideAnAnswerTells(t *testing.T) {
	told, source := knowledge.Passage{Headings: []string{"How"}, Text: "Words that tell."}, knowledge.Passage{Headings: []string{"Sources"}, Text: "See the manual."}
	for heading, want := range map[string]bool{"When": true, "": true, "Sources": false, "Read more": false, "Across the Atlantic": false} {
		beside := &index.Excerpt{Passage: knowledge.Passage{Headings: []string{heading}}, Snippet: "More of it."}
		for _, first := range []knowledge.Passage{told, source} {
			s := service(&found{results: map[string]index.Results{"": {Band: index.BandAnswer, Hits: []index.Hit{{Passage: first, Also: []knowledge.Passage{told}, Snippet: first.Text, Beside: beside}}}}})
			a, err := s.Ask(t.Context(), ask.Question{Text: "how?"})
			if first.Text == source.Text {
				want = false
			}
			if got := a.Citations[0].Beside; err != nil || (got != nil) != want || want && got.Snippet != "More of it." {
				t.Errorf("beside %q stands what is under %q: %+v, %v", first.Text, heading, got, err)
			}
		}
	}
}

func TestWhatIsExplainedIsOfThePassageFoundFirst(t *testing.T) {
	source := knowledge.Passage{Headings: []string{"Sources"}, Text: "See the manual."}
	told := knowledge.Passage{Headings: []string{"How"}, Text: "Words that tell."}
	for _, c := range []struct {
		name     string
		passages []knowledge.Passage
		why      []string
		want     int
	}{
		{"the passage found first is shown", []knowledge.Passage{told, source}, []string{"score 1"}, 1},
		{"another is shown", []knowledge.Passage{source, told}, []string{"score 1"}, 2},
		{"nobody asked", []knowledge.Passage{source, told}, nil, 0},
	} {
		s := service(&found{results: map[string]index.Results{"": {Band: index.BandAnswer, Hits: []index.Hit{{Passage: c.passages[0], Also: c.passages[1:], Why: c.why}}}}})
		a, err := s.Ask(t.Context(), ask.Question{Text: "how?", Explain: true})
		if err != nil || len(a.Citations[0].Why) != c.want || c.want > 0 && a.Citations[0].Why[c.want-1] != "score 1" {
			t.Errorf("%s: explained as %q (%v)", c.name, a.Citations[0].Why, err)
		}
	}
}

func TestOfSeveralQuestionsTheFirstIsAnswered(t *testing.T) {
	for text, want := range map[string][]string{ // what is asked, and what is left
		"how do we store secrets? how do we pay participants? and what is an ATO?": {"how do we store secrets?", "how do we pay participants?", "what is an ATO?"},
		"How do we store secrets? Also, who signs a contract?":                     {"How do we store secrets?", "who signs a contract?"},
		"how do we store secrets? where are secrets kept?":                         {"how do we store secrets? where are secrets kept?"},
		"how do we store secrets? and who may see them?":                           {"how do we store secrets? and who may see them?"},
		"I joined last week. how do I get a laptop? who pays for travel?":          {"I joined last week. how do I get a laptop? who pays for travel?"},
		"how do we store secrets? I have a contract":                               {"how do we store secrets? I have a contract"},
		"how do we store secrets??":                                                {"how do we store secrets??"},
		"how do we store secrets? ok?":                                             {"how do we store secrets? ok?"},
	} {
		f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: text})
		if err != nil || f.asked[0].Text != want[0] || !slices.Equal(a.Unasked, want[1:]) {
			t.Errorf("%q asks %q, leaves %q (%v)", text, f.asked[0].Text, a.Unasked, err)
		}
	}
}

func TestWhatIsNotEnglishIsToldSo(t *testing.T) {
	for text, want := range map[string]bool{
		"comment stocker les secrets ?":        true,
		"Wie können wir das testen?":           true,
		"¿cómo guardamos los secretos?":        true,
		"sut mae cadw cyfrinachau yn ddiogel?": true,
		"如何保存密码":                               true,
		"как хранить секреты":                  true,
		"how do we store les secrets des mots": false,
		"das boot":                             false,
		"mit licence comment, os met as":       false, // all of them English, too
		"das les":                              false, // of two languages
		"como é que vocês fazem uma cópia":     true,
		"resume templates for UX":              false,
		"":                                     false,
	} {
		a, err := service(&found{}).Ask(t.Context(), ask.Question{Text: text})
		if err != nil || strings.Contains(a.Reason, "in English") != want {
			t.Errorf("%q: %q (%v), in another language: %v", text, a.Reason, err, want)
		}
	}
}
