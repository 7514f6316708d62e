package ask_test

import (
	"testing"

	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

func TestPeopleSayWhereTheyWork(t *testing.T) {
	for text, want := range map[string]string{
		"I work at GDS, how much leave do I get?":                            ask.StampOther,
		"how much leave do I get? i work for the Government Digital Service": ask.StampOther,
		"We currently work in GDS: can we travel first class?":               ask.StampOther,
		"hi, I'm a new interaction designer at GDS. who pays for my trip?":   ask.StampOther,
		"I’m new to GDS, how do I claim expenses":                            ask.StampOther,
		"we’re at GDS. do we need approval?":                                 ask.StampOther,
		"I've just joined GDS, what about leave":                             ask.StampOther,
		"how do we do this here at GDS":                                      ask.StampOther,
		"our team at gds wants to hire":                                      ask.StampOther,
		"I work at USDS and want to know what GDS does about leave":          ask.StampOwn,
		"I am at USDS; how does GDS hire?":                                   ask.StampOwn,

		"can I work for GDS?":                       "",
		"how do I join GDS":                         "",
		"should we work with GDS on payments?":      "",
		"I am looking for the guidance of GDS":      "",
		"I work in the UK, how much leave do I get": "",
		"we want to work like GDS does":             "",
		"who at GDS knows about leave?":             "",
		"what is leave like at GDS":                 "",
	} {
		s := service(&found{results: map[string]index.Results{
			"": answers(.9, knowledge.Document{Organisation: "usds"}), "gds": answers(.9, knowledge.Document{Organisation: "usds"}),
		}})
		a, err := s.Ask(t.Context(), ask.Question{Text: text})
		if err != nil || len(a.Citations) == 0 || a.Citations[0].Stamp != want {
			t.Errorf("%q: %+v, want the stamp %q (%v)", text, a, want, err)
		}
	}
}

func TestAFollowUpThatSaysWhereSomebodyWorksIsAskedThere(t *testing.T) {
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"}), "gds": answers(.9, knowledge.Document{Path: "gds.md", Organisation: "gds"})}}
	turns := []index.Turn{{Text: "how much leave do I get?", ByUser: true}, {Text: "Leave › Annual leave\nSo much."}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "I work at GDS", Turns: turns})
	if err != nil || len(a.Citations) == 0 || a.Citations[0].Document.Path != "gds.md" || a.Citations[0].Stamp != ask.StampOwn {
		t.Errorf("finds %+v (%v), want the page of GDS, stamped as their own", a.Citations, err)
	}
}

// ofBoth are pages of both sides, that of the US first; each side answers by itself.
func ofBoth() map[string]index.Results {
	there, here := knowledge.Document{Path: "there.md", Organisation: "usds"}, knowledge.Document{Path: "here.md", Organisation: "gds"}
	further := knowledge.Document{Path: "further.md", Organisation: "usds"}
	return map[string]index.Results{"": answers(.9, there, further, here), "gds": answers(.7, here), "usds 18f": answers(.8, there)}
}

func TestTheAskersOwnSideSpeaksFirst(t *testing.T) {
	for _, c := range []struct {
		home, first, other, note string
		confidence               float64
	}{
		{"gds", "here.md", "there.md", "", .7},
		{"usds", "there.md", "here.md", "", .9},
		{"", "there.md", "here.md", "", .9},
		{"nz", "there.md", "here.md", "This is from USDS, in the US. It is not NZ Digital's own guidance.", .9},
	} {
		for _, oneSide := range []bool{false, true} {
			a, err := service(&found{results: ofBoth()}).Ask(t.Context(), ask.Question{Text: "how much leave?", Home: c.home, OneSide: oneSide})
			if err != nil {
				t.Fatal(err)
			}
			if a.Citations[0].Document.Path != c.first || a.Note != c.note || a.Confidence != c.confidence || len(a.Citations) != 3 {
				t.Errorf("%s, one side %v: first %s of %d, %v sure, noting %q", c.home, oneSide, a.Citations[0].Document.Path, len(a.Citations), a.Confidence, a.Note)
			}
			if (a.Other == nil) != oneSide || a.Other != nil && a.Other.Document.Path != c.other {
				t.Errorf("%s, one side %v: offers %+v, want %s", c.home, oneSide, a.Other, c.other)
			}
			for i, citation := range a.Citations {
				if citation.Number != i+1 {
					t.Errorf("%s: the citation at %d is [%d]", c.home, i+1, citation.Number)
				}
			}
		}
	}
}

func TestAnArchivedPageOfTheAskersSideDoesNotComeFirst(t *testing.T) {
	there, here := knowledge.Document{Path: "there.md", Organisation: "gds"}, knowledge.Document{Path: "here.md", Organisation: "18f"}
	f := &found{results: map[string]index.Results{"": answers(.9, there, here), "usds 18f": answers(.9, here)}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "how much leave?", Home: "usds"})
	if err != nil || a.Citations[0].Document.Path != "there.md" || a.Other == nil || a.Note == "" {
		t.Errorf("%+v (%v), want the page from abroad first, with a note, and the archived one offered", a, err)
	}
}

func TestAnAnswerFromAbroadSaysSo(t *testing.T) {
	abroad := answers(.9, knowledge.Document{Organisation: "18f"})
	maybe := abroad
	maybe.Band = index.BandMaybe
	for _, c := range []struct {
		name, text, home, want string
		results                index.Results
	}{
		{"of another country", "how much leave?", "gds", "This is from 18F, in the US. It is not GDS's own guidance.", abroad},
		{"said in the question", "I work at GDS, how much leave?", "", "This is from 18F, in the US. It is not GDS's own guidance.", abroad},
		{"of the same country", "how much leave?", "usds", "", abroad},
		{"of nobody's home", "how much leave?", "", "", abroad},
		{"of a home that teams.yaml lacks", "how much leave?", "mars", "", abroad},
		{"that may help", "how much leave?", "gds", "", maybe},
		{"with what the glossary says before it", "what is an ATO?", "gds", "", abroad},
	} {
		a, err := service(&found{results: map[string]index.Results{"": c.results}}).Ask(t.Context(), ask.Question{Text: c.text, Home: c.home})
		if err != nil || a.Note != c.want {
			t.Errorf("%s: notes %q, want %q (%v)", c.name, a.Note, c.want, err)
		}
	}
}
