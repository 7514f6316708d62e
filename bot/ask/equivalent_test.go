package ask_test

import (
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

// bothSides is a service whose glossary knows what is nearest to what.
func bothSides() *ask.Service {
	s := service(&found{})
	v := s.Vocabulary()
	v.Organisations[0].About = "The digital centre."
	v.Terms = []knowledge.Term{
		{Term: "Section 508", Nearest: []knowledge.Equivalent{{Term: "Accessibility regulations", Note: "Websites only."}}, Visibility: access.Public},
		{Term: "Accessibility regulations", Nearest: []knowledge.Equivalent{{Term: "Section 508"}}, Source: "https://www.gov.uk/regulations", Visibility: access.Public},
		{Term: "spend controls", Aliases: []string{"spending controls"}, Nearest: []knowledge.Equivalent{{Term: "FITARA"}}, Visibility: access.Public},
		{Term: "FITARA", Source: "https://www.example.gov/fitara", Visibility: access.Public},
		{Term: "FedRAMP authorization", Nearest: []knowledge.Equivalent{{Term: "cloud security principles"}}, Visibility: access.Public},
		{Term: "Government Digital Service", Nearest: []knowledge.Equivalent{{Term: "US Digital Service"}}, Visibility: access.Public},
		{Term: "Bluebird", Nearest: []knowledge.Equivalent{{Term: "FITARA"}}, Visibility: access.Organisation("gds")},
		{Term: "sprint", Visibility: access.Public},
	}
	s.Vocabulary = func() ask.Vocabulary { return v }
	return s
}

func TestWhatIsNearestAcrossTheAtlanticIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		"what's the uk version of section 508":            "Section 508, Accessibility regulations",
		"what is the British equivalent of Section 508?":  "Section 508, Accessibility regulations",
		"uk equivalent of fedramp":                        "FedRAMP authorization",
		"what is the american version of GDS":             "Government Digital Service, US Digital Service",
		"who is the US counterpart of GDS":                "Government Digital Service, US Digital Service",
		"what do americans call spend control":            "spend controls, FITARA",
		"and what do they call spending controls":         "spend controls, FITARA",
		"what are spend controls called in the US?":       "spend controls, FITARA",
		"is there a british section 508":                  "Section 508, Accessibility regulations",
		"section 508 uk equivalent":                       "Section 508, Accessibility regulations",
		"nearest thing to section 508":                    "Section 508, Accessibility regulations",
		"what corresponds to spend controls in america":   "spend controls, FITARA",
		"does the UK have a Section 508":                  "Section 508, Accessibility regulations",
		"what would the uk equivalent of section 508 be":  "Section 508, Accessibility regulations",
		"what version of section 508 applies":             "",
		"uk version of bluebird":                          "", // not for everybody
		"uk version of a sprint":                          "", // nobody knows of one
		"what do people call when their laptop is broken": "",
		"which version of node do we use":                 "",
		"what do you call spend controls in the US":       "spend controls, FITARA",
		"how do we name our spend controls":               "",
		"how do you name a spend control":                 "",
		"what do we call our spend controls":              "",
		"what are our spend controls called?":             "",
		"what do you use for spend control":               "",
	} {
		a, err := bothSides().Ask(t.Context(), ask.Question{Text: text})
		var got []string
		for _, term := range a.Named {
			got = append(got, term.Term)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%q: %q, want %q (%v)", text, got, want, err)
		}
		if want != "" && (!a.Found() || len(a.Named[0].Nearest) == 0 || len(a.Named) > 1 && len(a.Named[1].Nearest) > 0) {
			t.Errorf("%q does not say what is nearest: %+v", text, a.Named)
		}
	}
}

func TestTheEquivalentOfWhatWasJustNamed(t *testing.T) {
	for _, c := range []struct{ before, text, want string }{
		{"what is section 508?", "what's the uk version of that", "Section 508, Accessibility regulations"},
		{"what is section 508?", "what's the UK version?", "Section 508, Accessibility regulations"},
		{"what is section 508?", "and is there an equivalent?", "Section 508, Accessibility regulations"},
		{"what is section 508?", "the british equivalent", "Section 508, Accessibility regulations"},
		{"what is section 508?", "and in the UK?", "Section 508, Accessibility regulations"},
		{"what is section 508?", "and in the US?", ""},
		{"what is section 508?", "and in Canada?", ""},
		{"what are spend controls?", "and in America?", "spend controls, FITARA"},
		{"what are spend controls?", "and in Scotland?", ""},
		{"what is section 508?", "in the UK and the US", ""},
		{"what is section 508?", "and at GDS?", ""},
		{"what is section 508?", "which version do we use", ""},
		{"how do we buy things", "and in the UK?", ""},
		{"what is a sprint?", "and in the UK?", ""}, // nobody knows of one
		{"how do we buy things", "what's the UK version?", ""},
	} {
		before := []index.Turn{{ByUser: true, Text: c.before}, {Text: "A law."}}
		a, err := bothSides().Ask(t.Context(), ask.Question{Text: c.text, Turns: before})
		var got []string
		for _, term := range a.Named {
			got = append(got, term.Term)
		}
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%q after %q: %q, want %q (%v)", c.text, c.before, got, c.want, err)
		}
	}
	turns := []index.Turn{{ByUser: true, Text: "what is section 508?"}, {Text: "A law."}, {ByUser: true, Text: "is there a british equivalent?"}, {Text: "Another."}}
	if a, err := bothSides().Ask(t.Context(), ask.Question{Text: "and in the UK?", Turns: turns}); err != nil || len(a.Named) != 2 {
		t.Errorf("asked again it names %+v (%v)", a.Named, err)
	}
}

func TestOneEntryTellsOfAnOrganisation(t *testing.T) {
	d := bothSides().Define(access.Audience{}, "GDS")
	if len(d.Entries) != 1 || d.Entries[0].Meanings[0].Text != "The digital centre." || len(d.Entries[0].Nearest) != 1 {
		t.Errorf("%+v", d.Entries)
	}
}

// TestWhetherASideHasWhatWasAskedAboutIsSaid, also where the question before did more than name it.
func TestWhetherASideHasWhatWasAskedAboutIsSaid(t *testing.T) {
	for before, want := range map[string]string{
		"what is Section 508?":              "Section 508, Accessibility regulations",
		"how do we comply with Section 508": "Section 508, Accessibility regulations",
		"how do we plan a sprint":           "",
	} {
		turns := []index.Turn{{ByUser: true, Text: before}, {Text: "So."}}
		a, err := bothSides().Ask(t.Context(), ask.Question{Text: "do we have that in the UK?", Turns: turns})
		var got []string
		for _, term := range a.Named {
			got = append(got, term.Term)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("after %q: %q (%v), want %q", before, got, err, want)
		}
	}
}
