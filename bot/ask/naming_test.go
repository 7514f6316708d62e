package ask_test

import (
	"testing"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

func TestAQuestionThatOnlyNamesAThingIsExplained(t *testing.T) {
	staff, err := access.ParseAudience("org:gds")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		who  access.Audience
		want string // the entry that speaks; "" for none
	}{
		{text: "what is an ATO?", want: "ATO"},
		{text: "ATO", want: "ATO"},
		{text: "so what's an authority to operate again?", want: "ATO"},
		{text: "What’s a “discovery phase”?", want: "discovery"},
		{text: "tell me about Section 508", want: "Section 508"},
		{text: "who are the US Digital Service", want: "US Digital Service"},
		{text: "when was 18F closed?", want: "18F"},
		{text: "what is USDS called now", want: "US Digital Service"},
		{text: "who founded GDS", want: "Government Digital Service"},
		{text: "what is Bluebird", who: staff, want: "Bluebird"},
		{text: "is 18F still a thing", want: "18F"},
		{text: "does 18f still exist?", want: "18F"},
		{text: "can I join 18F", want: "18F"}, // which has closed
		{text: "is 18F hiring?", want: "18F"},
		{text: "how do we apply for jobs at 18F", want: "18F"},

		{text: "wats an ATO", want: "ATO"},
		{text: "whta is an ato??", want: "ATO"},
		{text: "hey, quick question: what the heck is an ATO", want: "ATO"},
		{text: "pls explain ATO to me", want: "ATO"},
		{text: "I don’t know what an ATO is", want: "ATO"},
		{text: "does anyone know what section 508 means?", want: "Section 508"},
		{text: "what does ATO stand for?", want: "ATO"},
		{text: "ATO meaning", want: "ATO"},

		{text: "do we need an ATO"},
		{text: "how do I explain an ATO to my boss"},
		{text: "tell me what it is"},
		{text: "what does the crown mean"},
		{text: "what is Bluebird"}, // only staff of GDS may see it
		{text: "what is unclear"},
		{text: "what is an ATU for a laptop"},
		{text: "what is an ATX"}, // one letter off is another acronym
		{text: "what is in a discovery"},
		{text: "what is the difference between GDS and USDS"},
		{text: "when was 18F closed to new agencies"},
		{text: "how do I get an ATO"},
		{text: "what happened in the US"},
		{text: "what is it"},
		{text: "can I join USDS"},
		{text: "is GDS hiring"},
		{text: "how does 18F hire researchers"},
		{text: "how did 18F hire?"},
		{text: "how can we work like 18F?"},
		{text: "why did 18F work in the open"},
		{text: ""},
	} {
		s := service(&found{})
		vocabulary := s.Vocabulary()
		for i := range vocabulary.Organisations {
			vocabulary.Organisations[i].About = "Some words."
		}
		s.Vocabulary = func() ask.Vocabulary { return vocabulary }
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Audience: c.who})
		got := ""
		if len(a.Named) > 0 {
			got = a.Named[0].Term
		}
		if err != nil || got != c.want || a.Found() != (c.want != "") || a.NamedOnly != (c.want != "") {
			t.Errorf("%q: %q speaks, band %s, alone %v; want %q (%v)", c.text, got, a.Band, a.NamedOnly, c.want, err)
		}
	}
}

// TestWhatIsNamedIsNoFollowUp has a conversation before it: whole questions leave it, bare names go on with it.
func TestWhatIsNamedIsNoFollowUp(t *testing.T) {
	before := []index.Turn{{Text: "how do we store secrets?", ByUser: true}}
	for text, c := range map[string]struct{ named, alone bool }{
		"what is an ATO?": {true, true}, "so what’s USDS?": {true, true}, "ATO": {true, false}, "and USDS?": {false, false},
		"wats an ATO": {true, true}, "what does this ATO thing mean": {true, true}, "what about USDS?": {false, false},
	} {
		f := &found{}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: before})
		if err != nil || len(a.Named) > 0 != c.named || c.alone && len(f.asked[0].Turns) > 0 {
			t.Errorf("%q: named %v, searched with %d turns (%v)", text, len(a.Named) > 0, len(f.asked[0].Turns), err)
		}
	}
}

func TestAPageFollowsWhatIsNamedWhenItAnswers(t *testing.T) {
	for band, alone := range map[index.Band]bool{index.BandAnswer: false, index.BandMaybe: true, index.BandNone: true} {
		results := answers(.6, knowledge.Document{Path: "ato.md"})
		results.Band = band
		s := service(&found{results: map[string]index.Results{"": results}})
		a, err := s.Ask(t.Context(), ask.Question{Text: "what is an ATO"})
		if err != nil || a.Band != index.BandAnswer || a.NamedOnly != alone || len(a.Citations) != 1 {
			t.Errorf("band %s: %s, alone %v, %d citations (%v)", band, a.Band, a.NamedOnly, len(a.Citations), err)
		}
	}
}

func TestAnAcronymThatIsACommonWordIsAskedForAsItIsWritten(t *testing.T) {
	s := service(&found{})
	v := s.Vocabulary()
	v.Terms = []knowledge.Term{{Term: "US", Visibility: access.Public}, {Term: "AS", Visibility: access.Public}, {Term: "ONS", Visibility: access.Public}}
	s.Vocabulary = func() ask.Vocabulary { return v }
	for text, want := range map[string]string{
		"us": "", "what is us?": "", "what does as mean": "", "as": "",
		"what is US?": "US", "what is AS?": "AS",
		"ons": "ONS", "what is ons?": "ONS", // "on" is common, and no word for several of it
	} {
		a, err := s.Ask(t.Context(), ask.Question{Text: text})
		got := ""
		if len(a.Named) > 0 {
			got = a.Named[0].Term
		}
		if err != nil || got != want {
			t.Errorf("%q: %q, want %q (%v)", text, got, want, err)
		}
	}
}
