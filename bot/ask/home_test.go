package ask_test

import (
	"slices"
	"strings"
	"testing"

	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

func TestPeopleSayWhereTheyWork(t *testing.T) {
	for text, want := range map[string]string{
		"I work at GDS, how much leave do I get?":                                   ask.StampOther,
		"how much leave do I get? i WORK for the Government Digital Service":        ask.StampOther,
		"We currently work in GDS: can we travel first class?":                      ask.StampOther,
		"hi, I'm a new interaction designer at GDS. who pays for my trip?":          ask.StampOther,
		"we’re at GDS. do we need approval?":                                        ask.StampOther,
		"I'm based at GDS; leave?":                                                  ask.StampOther,
		"I am employed by GDS, leave?":                                              ask.StampOther,
		"I've been at GDS for 3 years, leave?":                                      ask.StampOther,
		"I'm from the GDS, what about leave":                                        ask.StampOther,
		"I've just joined GDS, what about leave":                                    ask.StampOther,
		"how do we do this here at GDS":                                             ask.StampOther,
		"our small team at gds wants to hire":                                       ask.StampOther,
		"my role at GDS has changed, what now":                                      ask.StampOther,
		"I work at GDS. Does GDS pay for travel?":                                   ask.StampOther,
		"What should I do? I work at GDS":                                           ask.StampOther,
		"How do I get leave at USDS? I work at GDS and want to know what USDS does": ask.StampOther,
		"what does USDS do that we work at GDS on":                                  "",
		"I work in the US and I work at GDS, leave?":                                ask.StampOther,
		"I work at USDS and want to know what GDS does about leave":                 ask.StampOwn,
		"I am at USDS; how does GDS hire?":                                          ask.StampOwn,
		"I work at the UK's GDS, leave?":                                            ask.StampOther,
		"I'm a designer at UK GDS, leave?":                                          ask.StampOther,
		"I work for GDS suppliers, leave?":                                          "",
		"I'm a vendor at GDS customers, leave?":                                     "",
		"suppose I work at GDS, what leave do I get?":                               "",
		"whether or not, imagine I'm at GDS, what leave do I get?":                  "",
		"can I work for GDS?":                                                       "",
		"Should we work at GDS?":                                                    "",
		"if I work at GDS, what leave do I get?":                                    "",
		"do you know whether we work at GDS":                                        "",
		"what should I know before I joined GDS":                                    "",
		"how do I join GDS":                                                         "",
		"should we work with GDS on payments?":                                      "",
		"we work with GDS on payments, who do we contact?":                          "",
		"I'm with GDS on this one":                                                  "",
		"I'm new to GDS products":                                                   "",
		"we joined GDS last year as a customer":                                     "",
		"I'm a bit confused by guidance from GDS":                                   "",
		"we're the ones waiting for approval from GDS":                              "",
		"our service in GDS keeps crashing":                                         "",
		"I am looking for the guidance of GDS":                                      "",
		"I work in the UK, how much leave do I get":                                 "",
		"we want to work like GDS does":                                             "",
		"who at GDS knows about leave?":                                             "",
		"what is leave like at GDS":                                                 "",
	} {
		s := service(&found{results: map[string]index.Results{
			"": answers(.9, knowledge.Document{Organisation: "usds"}), "gds": answers(.9, knowledge.Document{Organisation: "usds"}), "usds": answers(.9, knowledge.Document{Organisation: "usds"}),
		}})
		a, err := s.Ask(t.Context(), ask.Question{Text: text})
		if err != nil || len(a.Citations) == 0 || a.Citations[0].Stamp != want {
			t.Errorf("%q: %+v, want the stamp %q (%v)", text, a, want, err)
		}
	}
}

// TestAWorkspaceIsBelievedBeforeAQuestion: it is vouched for.
func TestAWorkspaceIsBelievedBeforeAQuestion(t *testing.T) {
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"})}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "I work at GDS. How much leave?", Home: "usds"})
	if err != nil || a.Citations[0].Stamp != ask.StampOwn || f.asked[0].Text != "How much leave?" {
		t.Errorf("%+v, asked for %+v (%v)", a.Citations[0], f.asked, err)
	}
}

func TestWhatWasStatedHoldsForTheConversation(t *testing.T) {
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"})}}
	turns := []index.Turn{
		{Text: "I work at USDS. And leave?", ByUser: true, ByAsker: true}, {Text: "Leave\nMuch."}, {Text: "I no longer work at USDS", ByUser: true, ByAsker: true},
		{Text: "I'm at GDS, how much leave?", ByUser: true, ByAsker: true}, {Text: "I work at USDS and answer."}, {Text: "thanks", ByUser: true, ByAsker: true},
		{Text: "I work at USDS, and leave is short", ByUser: true}, // somebody else
	}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "how is sick leave requested?", Turns: turns})
	if err != nil || a.Citations[0].Stamp != ask.StampOther || a.Note == "" {
		t.Errorf("%+v (%v), want it stamped for GDS", a, err)
	}
	for _, taken := range []string{"no, I don't work at GDS", "I left GDS", "we do not work for GDS", "I no longer work at GDS"} {
		a, err := service(f).Ask(t.Context(), ask.Question{Text: "how is sick leave requested?", Turns: append(turns, index.Turn{Text: taken, ByUser: true, ByAsker: true})})
		if err != nil || a.Citations[0].Stamp != "" || a.Note != "" {
			t.Errorf("after %q: %+v (%v), want no stamp", taken, a, err)
		}
		if a, err = service(f).Ask(t.Context(), ask.Question{Text: taken + ". How is sick leave requested?", Turns: turns}); err != nil || a.Citations[0].Stamp != "" {
			t.Errorf("with %q: %+v (%v), want no stamp", taken, a, err)
		}
	}
}

// TestWhereSomebodyWorksCanBeCorrected, without anything being looked for.
func TestWhereSomebodyWorksCanBeCorrected(t *testing.T) {
	before := []index.Turn{{Text: "I work for USDS", ByUser: true, ByAsker: true}, {}}
	for _, text := range []string{"actually I'm at GDS", "I'm at GDS actually", "No, I'm at GDS.", "sorry, I work at GDS now", "I'm actually at GDS", "I moved to GDS", "Oops, wait: I am now at GDS"} {
		f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"})}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: before})
		if err != nil || a.Found() || len(f.asked) > 0 || !strings.Contains(a.Reason, "works at GDS") {
			t.Errorf("%q: %+v after %+v (%v)", text, a, f.asked, err)
		}
		turns := append(slices.Clone(before), index.Turn{Text: text, ByUser: true, ByAsker: true}, index.Turn{})
		if a, err = service(f).Ask(t.Context(), ask.Question{Text: "how is sick leave requested?", Turns: turns}); err != nil || a.Citations[0].Stamp != ask.StampOther {
			t.Errorf("after %q: %+v (%v), want it stamped for GDS", text, a, err)
		}
	}
	for text, want := range map[string]string{"no, how do I join GDS?": "no, how do I join GDS?", "actually, I work at GDS. Who pays?": "actually, Who pays?"} {
		f := &found{}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: text}); err != nil || len(f.asked) == 0 || f.asked[0].Text != want {
			t.Errorf("%q is looked for as %+v (%v), want %q", text, f.asked, err, want)
		}
	}
}

func TestAFollowUpThatSaysWhereSomebodyWorksIsAskedThere(t *testing.T) {
	user := func(text string) index.Turn { return index.Turn{Text: text, ByUser: true, ByAsker: true} }
	leave, shown := user("how much leave do I get?"), index.Turn{Text: "Leave › Annual leave\nSo much."}
	for _, c := range []struct {
		text, asked, at string
		turns           []index.Turn
	}{
		{"I work at GDS", "how much leave do I get?", "gds", []index.Turn{leave, shown}},
		{"I moved to GDS", "how much leave do I get?", "gds", []index.Turn{leave, shown}},
		{"I'm at GDS now", "how much leave do I get?", "gds", []index.Turn{leave, shown}},
		{"and I'm at GDS", "how much leave do I get?", "gds", []index.Turn{leave, shown}},
		{"and in the US?", "how much leave do I get?", "usds 18f", []index.Turn{leave, shown, user("I work at GDS"), shown}},
		{"and at USDS?", "How much leave do I get?", "usds", []index.Turn{user("I work at GDS. How much leave do I get?"), shown}},
	} {
		f := &found{results: map[string]index.Results{c.at: answers(.9, knowledge.Document{Path: "there.md", Organisation: "usds"})}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: c.text, Turns: c.turns})
		if err != nil || len(a.Citations) == 0 || f.asked[0].Text != c.asked {
			t.Errorf("%q asks %+v (%v), want %q of %s", c.text, f.asked, err, c.asked, c.at)
		}
	}
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"})}}
	if a, err := service(f).Ask(t.Context(), ask.Question{Text: "I work at GDS, how do I claim expenses?", Turns: []index.Turn{leave, shown}}); err != nil || f.asked[0].Text != "how do I claim expenses?" || a.Citations[0].Stamp != ask.StampOther {
		t.Errorf("a question of its own asks %+v (%v)", f.asked, err)
	}
}

// TestAMoveOfTheirsIsNoQuestionAboutTheOrganisation, of which the list has that it moved, too.
func TestAMoveOfTheirsIsNoQuestionAboutTheOrganisation(t *testing.T) {
	s := service(&found{results: map[string]index.Results{"gds": answers(.9, knowledge.Document{Organisation: "gds"})}})
	vocabulary := s.Vocabulary()
	vocabulary.Organisations[0].About = "It moved in 2025."
	s.Vocabulary = func() ask.Vocabulary { return vocabulary }
	turns := []index.Turn{{Text: "how much leave do I get?", ByUser: true, ByAsker: true}, {Text: "So much."}}
	if a, err := s.Ask(t.Context(), ask.Question{Text: "I moved to GDS", Turns: turns}); err != nil || len(a.Named) > 0 {
		t.Errorf("%+v (%v), want the question before, asked there", a, err)
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
			f := &found{results: ofBoth()}
			a, err := service(f).Ask(t.Context(), ask.Question{Text: "how much leave?", Home: c.home, OneSide: oneSide})
			if err != nil {
				t.Fatal(err)
			}
			if a.Citations[0].Document.Path != c.first || a.Note != c.note || a.Confidence != c.confidence || len(a.Citations) != 3 {
				t.Errorf("%s, one side %v: first %s of %d, %v sure, noting %q", c.home, oneSide, a.Citations[0].Document.Path, len(a.Citations), a.Confidence, a.Note)
			}
			if searches := len(f.asked); oneSide && a.Note == "" && c.confidence == .9 && searches != 1 {
				t.Errorf("%s: %d searches, though the other side is not wanted", c.home, searches)
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

// TestWhatIsNamedKeepsItsConfidence, whichever page follows.
func TestWhatIsNamedKeepsItsConfidence(t *testing.T) {
	a, err := service(&found{results: ofBoth()}).Ask(t.Context(), ask.Question{Text: "what is an ATO?", Home: "gds"})
	if err != nil || len(a.Named) != 1 || a.Confidence != 1 || a.Citations[0].Document.Path != "here.md" {
		t.Errorf("%+v (%v)", a, err)
	}
}

func TestAPageFarBehindIsNotOffered(t *testing.T) {
	for score, want := range map[float64]bool{7.4: false, 7.6: true} {
		results := ofBoth()
		for i, s := range []float64{10, 9, score} {
			results[""].Hits[i].Score = s
		}
		a, err := service(&found{results: results}).Ask(t.Context(), ask.Question{Text: "how much leave?", Home: "gds"})
		if err != nil || (a.Other != nil) != want || (a.Citations[0].Document.Path == "here.md") != want {
			t.Errorf("with %v of 10 it is offered: %v, want %v (%v)", score, a.Other != nil, want, err)
		}
	}
}

func TestAnArchivedPageOfTheAskersSideDoesNotComeFirst(t *testing.T) {
	there, here := knowledge.Document{Path: "there.md", Organisation: "gds"}, knowledge.Document{Path: "here.md", Organisation: "18f"}
	f := &found{results: map[string]index.Results{"": answers(.9, there, here), "usds 18f": answers(.9, here)}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "how much leave?", Home: "usds"})
	if err != nil || a.Citations[0].Document.Path != "there.md" || a.Other == nil || !a.OwnSide || a.Note == "" {
		t.Errorf("%+v (%v), want the page from abroad first, with a note, and the archived one offered as their own side's", a, err)
	}
	there.Archived = true
	f.results[""] = answers(.9, there, here)
	a, err = service(f).Ask(t.Context(), ask.Question{Text: "how much leave?", Home: "usds"})
	if err != nil || a.Citations[0].Document.Path != "here.md" || a.Other == nil || a.OwnSide {
		t.Errorf("%+v (%v), want that of their own side first, as both are archived", a, err)
	}
}

func TestAnAnswerSaysWhatMustBeKnownBefore(t *testing.T) {
	of := func(organisation string) index.Results {
		return answers(.9, knowledge.Document{Organisation: organisation})
	}
	maybe, kept := of("18f"), answers(.9, knowledge.Document{Organisation: "gds", Archived: true})
	maybe.Band = index.BandMaybe
	const (
		closed = "18F closed on 1 March 2025. This page is archived, and may be out of date."
		abroad = "This is from USDS, in the US. It is not GDS's own guidance."
		both   = "This is from 18F, in the US, and archived: it may be out of date. It is not GDS's own guidance."
	)
	for _, c := range []struct {
		name, text, home, want string
		results                index.Results
	}{
		{"of another country", "how much leave?", "gds", abroad, of("usds")},
		{"said in the question", "I work at GDS, how much leave?", "", abroad, of("usds")},
		{"of another country, and closed", "how much leave?", "gds", both, of("18f")},
		{"of another country, as another has nothing", "how much leave do people get in New Zealand?", "gds", "I found nothing on this from New Zealand. Here is what I have from others. " + abroad, of("usds")},
		{"of an organisation of no known country", "how much leave?", "gds", "", of("mars")},
		{"of another country, asked for", "what does USDS say about annual leave?", "gds", "", of("usds")},
		{"closed, asked for", "what does 18F say about annual leave?", "gds", closed, of("18f")},
		{"closed, of the same country", "how much leave?", "usds", closed, of("18f")},
		{"closed, of nobody's home", "how much leave?", "", closed, of("18f")},
		{"closed, of a home that teams.yaml lacks", "how much leave?", "mars", closed, of("18f")},
		{"archived", "how much leave?", "gds", "This page is archived, and may be out of date.", kept},
		{"one's own", "how much leave?", "usds", "", of("usds")},
		{"that may help", "how much leave?", "gds", "", maybe},
		{"with what the glossary says before it", "what is an ATO?", "gds", "", of("18f")},
	} {
		a, err := service(&found{results: map[string]index.Results{"": c.results, "usds": c.results, "18f": c.results}}).Ask(t.Context(), ask.Question{Text: c.text, Home: c.home})
		if err != nil || a.Note != c.want {
			t.Errorf("%s: notes %q, want %q (%v)", c.name, a.Note, c.want, err)
		}
	}
}

// TestWhoOnlySaysWhereTheyWorkIsAskedWhatTheyWant, and nothing is looked for, then or later, with these words.
func TestWhoOnlySaysWhereTheyWorkIsAskedWhatTheyWant(t *testing.T) {
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"})}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "Hi, I work at GDS"})
	if err != nil || a.Found() || len(f.asked) > 0 || a.Reason != "I will answer you as somebody who works at GDS, and say when guidance is not GDS's own. What would you like to know?" {
		t.Errorf("%+v after %+v (%v)", a, f.asked, err)
	}
	a, err = service(f).Ask(t.Context(), ask.Question{Text: "I work at GDS", Home: "usds"}) // a workspace knows better
	if err != nil || a.Found() || a.Reason != "I will answer you as somebody who works at USDS, and say when guidance is not USDS's own. What would you like to know?" {
		t.Errorf("%+v (%v)", a, err)
	}
	turns := []index.Turn{{Text: "I work at GDS", ByUser: true, ByAsker: true}, {Text: "You work at GDS."}}
	if a, err = service(f).Ask(t.Context(), ask.Question{Text: "what about sick leave for parents?", Turns: turns}); err != nil || a.Citations[0].Stamp != ask.StampOther {
		t.Errorf("%+v (%v)", a, err)
	}
	for _, q := range f.asked {
		if q.Text == "" || len(q.Turns) > 0 && q.Turns[0].ByUser {
			t.Errorf("asked %+v", q)
		}
	}
}

func TestWhatOnlySaysWhereSomebodyWorksIsNotLookedFor(t *testing.T) {
	for text, want := range map[string]string{
		"I work at GDS, can we use Notify?":            "can we use Notify?",
		"i work at 18F. Can we use notify":             "Can we use notify",
		"can we use it? I'm a designer at GDS":         "can we use it?",
		"We at GDS need a privacy policy. What now?":   "We at GDS need a privacy policy. What now?",
		"as I work at GDS: who pays, and when, for it": "who pays, and when, for it",
		"can I work at GDS?":                           "can I work at GDS?",
	} {
		f := &found{}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: text}); err != nil || len(f.asked) == 0 || f.asked[0].Text != want {
			t.Errorf("%q is looked for as %+v, want %q (%v)", text, f.asked, want, err)
		}
	}
}

// TestWhoseSideSpeaksFirstGoesByRankAndName: one's own page that ranks about as well comes first, when it holds half of the
// question; one that is called by its name, too; but never before a page that is called by its.
func TestWhoseSideSpeaksFirstGoesByRankAndName(t *testing.T) {
	for _, c := range []struct {
		text, there, here string
		score             float64 // of the own page, where the first has 1
		fits              index.Match
		first             string
	}{
		{"what reading age?", "Plain Writing Act", "Plain English", .93, index.Match{Held: .5}, "here.md"},
		{"what reading age?", "Plain Writing Act", "Plain English", .93, index.Match{Held: .4}, "there.md"},
		{"what reading age?", "Plain Writing Act", "Plain English", .9, index.Match{Held: .5}, "there.md"},
		{"what reading age?", "Plain Writing Act", "Plain English", .8, index.Match{Held: 1, Headed: 1}, "here.md"},
		{"who can use login.gov?", "Login.gov: one account", "GOV.UK One Login", .95, index.Match{Held: 1, Headed: 1}, "there.md"},
		{"how do I get a .GOV domain", ".gov domains", "Domain names, .gov.uk", .95, index.Match{Held: 1, Headed: 1}, "there.md"},
		{"what does 18F do", "18F and its work", "What we do", .95, index.Match{Held: 1, Headed: 1}, "there.md"},
		{"should we publish a PDF", "PDF files", "Publishing", .95, index.Match{Held: 1, Headed: 1}, "here.md"},
		{"what changed in 2023", "2023", "Changes", .95, index.Match{Held: 1, Headed: 1}, "here.md"},
		{"who can use login.gov?", "Login.gov", "Login.gov and One Login", .95, index.Match{Held: 1, Headed: 1}, "here.md"},
		{"what does GOV.UK Pay cost", "Pay.gov", "GOV.UK Pay", .8, index.Match{}, "here.md"},
		{"what does gov.uk pay cost", "Pay.gov", "GOV.UK Pay", .7, index.Match{}, "there.md"},
	} {
		there := knowledge.Document{Path: "there.md", Organisation: "usds", Title: c.there}
		here := knowledge.Document{Path: "here.md", Organisation: "gds", Title: c.here}
		own, all := answers(.7, here), answers(.9, there, here)
		own.Hits[0].Fits, all.Hits[0].Score, all.Hits[1].Score = []index.Match{c.fits}, 1, c.score
		s := service(&found{results: map[string]index.Results{"": all, "gds": own}})
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Home: "gds"})
		if err != nil || a.Citations[0].Document.Path != c.first {
			t.Errorf("%s, of %q and %q with %v: first %+v (%v), want %s", c.text, c.there, c.here, c.score, a.Citations, err, c.first)
		}
	}
}

// TestWhatPeopleSayOfThemselvesIsNotLookedFor: the question before it is asked again, for whoever they then are.
func TestWhatPeopleSayOfThemselvesIsNotLookedFor(t *testing.T) {
	user := func(text string) index.Turn { return index.Turn{Text: text, ByUser: true, ByAsker: true} }
	leave, shown := user("how much leave do I get?"), index.Turn{Text: "Leave\nSo much."}
	here, atGDS := []index.Turn{leave, shown}, []index.Turn{leave, shown, user("I work at GDS"), shown}
	for _, c := range []struct {
		text  string
		turns []index.Turn
		stamp string
	}{
		{"but I'm at GDS", here, ask.StampOther},
		{"sorry I should have said I'm at GDS", here, ask.StampOther},
		{"Sorry, I should have said, I'm at GDS", here, ask.StampOther},
		{"I forgot to say that I work for GDS", here, ask.StampOther},
		{"I forgot to mention I work at GDS", here, ask.StampOther},
		{"no, I work at GDS", here, ask.StampOther},
		{"I'm not at GDS", atGDS, ""},
		{"no, I don't work at GDS", atGDS, ""},
		{"we have left GDS", atGDS, ""},
		{"sorry, I mean USDS", atGDS, ask.StampOwn},
		{"no, I meant USDS", atGDS, ask.StampOwn},
	} {
		pages := answers(.9, knowledge.Document{Organisation: "usds"})
		f := &found{results: map[string]index.Results{"": pages, "usds": pages, "gds": {Band: index.BandNone}}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: c.text, Turns: c.turns})
		if err != nil || len(a.Citations) == 0 || a.Citations[0].Stamp != c.stamp {
			t.Errorf("%q: %+v (%v), want the stamp %q", c.text, a, err, c.stamp)
		}
		for _, q := range f.asked {
			if q.Text != leave.Text {
				t.Errorf("%q looks for %q", c.text, q.Text)
			}
		}
		then := append(slices.Clone(c.turns), user(c.text), shown)
		if a, err = service(f).Ask(t.Context(), ask.Question{Text: "how is sick leave requested?", Turns: then}); err != nil || a.Citations[0].Stamp != c.stamp {
			t.Errorf("after %q: stamped %q (%v), want %q", c.text, a.Citations[0].Stamp, err, c.stamp)
		}
	}
	for text, want := range map[string]string{
		"did I say that I work at GDS or not": "did I say that I work at GDS or not",
		"I'm not at GDS, can I use Notify?":   "can I use Notify?",
		"not at GDS, where else":              "not at GDS, where else",
		"if I'm not staff, can I use Notify?": "if I'm not staff, can I use Notify?",
	} {
		f := &found{}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: text}); err != nil || f.asked[0].Text != want {
			t.Errorf("%q is looked for as %+v (%v), want %q", text, f.asked, err, want)
		}
	}
}

func TestWhoIsOfNoOrganisationIsHeard(t *testing.T) {
	user := func(text string) index.Turn { return index.Turn{Text: text, ByUser: true, ByAsker: true} }
	before := []index.Turn{user("I work at GDS. How much leave?"), {Text: "Leave\nSo much."}}
	for _, text := range []string{"I'm not staff, I'm just a member of the public", "I am a member of the public.", "sorry, I'm not staff"} {
		for _, turns := range [][]index.Turn{nil, before} {
			f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
			a, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: turns})
			if err != nil || a.Found() || len(f.asked) > 0 || !strings.Contains(a.Reason, "not take any organisation's guidance to be your own") {
				t.Errorf("%q: %+v after %+v (%v)", text, a, f.asked, err)
			}
			then := append(slices.Clone(turns), user(text), index.Turn{})
			if a, err = service(f).Ask(t.Context(), ask.Question{Text: "how is sick leave requested?", Turns: then}); err != nil || a.Citations[0].Stamp != "" {
				t.Errorf("after %q: %+v (%v), want no stamp", text, a, err)
			}
		}
	}
}

// TestWhoIsNewIsAnsweredOfThat, without the name of where, which pages about that have most.
func TestWhoIsNewIsAnsweredOfThat(t *testing.T) {
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "usds"})}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "it's my first week at GDS, what should I know?"})
	if err != nil || a.Citations[0].Stamp != ask.StampOther || f.asked[0].Text != "it's my first week, what should I know?" {
		t.Errorf("%+v is looked for (%v), stamped %+v", f.asked, err, a.Citations)
	}
}
