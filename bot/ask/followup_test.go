package ask_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

// talk is a search that finds one page for a question alone, another within its conversation, and one
// for each organisation.
type talk struct {
	alone, within index.Band
}

func (f talk) Search(_ context.Context, _ access.Audience, q index.Question) (index.Results, error) {
	d := knowledge.Document{Path: "alone: " + q.Text, Title: "Vouchers"}
	band := f.alone
	switch {
	case len(q.Organisations) > 0:
		d.Path, band = strings.Join(q.Organisations, " ")+": "+q.Text, index.BandAnswer
	case len(q.Turns) > 0:
		d.Path, band = "within: "+q.Text, f.within
	}
	return index.Results{Band: band, Confidence: 0.5, Hits: []index.Hit{{Document: d, Passage: knowledge.Passage{Text: "Renewal costs nothing."}}}}, nil
}

func TestAQuestionIsHeardWithinItsConversation(t *testing.T) {
	before := []index.Turn{{ByUser: true, Text: "how do we get an ATO?"}, {Text: "Speak to the security office."}, {ByUser: true, Text: "and in the US?"}, {Text: "The same."}}
	const answer, maybe, none = index.BandAnswer, index.BandMaybe, index.BandNone
	for _, c := range []struct {
		text          string
		alone, within index.Band
		want          string
	}{
		{"and how long does that take?", answer, answer, "alone: how do we get an ATO? and how long does that take?"},
		{"how long does it take?", answer, maybe, "alone: how do we get an ATO? how long does it take?"},
		{"who signs it?", answer, none, ""}, // alone it asks nothing
		{"does renewal cost anything then?", answer, none, "alone: does renewal cost anything then?"},
		{"who signs it?", none, none, ""},
		{"what is the Service Standard?", answer, answer, "alone: what is the Service Standard?"},
		{"what does renewal cost?", maybe, answer, "within: what does renewal cost?"},
		{"what does renewal cost?", none, answer, "within: what does renewal cost?"},
		{"what does renewal cost?", maybe, maybe, "within: what does renewal cost?"}, // the index did not see a new subject
		{"how do I breed alpacas?", none, answer, ""},                                // what is found within says nothing of alpacas
		{"asdf qwer", none, answer, ""},
		{"and in the UK?", answer, answer, "gds: how do we get an ATO?"},
		{"What about GDS?", answer, answer, "gds: how do we get an ATO?"},
		{"what does 18F say about it?", answer, answer, "18f: how do we get an ATO?"},
		{"and the US Digital Service?", answer, answer, "usds: how do we get an ATO?"},
		{"and for Wales?", answer, answer, "gds: how do we get an ATO?"},
		{"what about America and Britain?", answer, answer, "usds 18f: how do we get an ATO?"},
		{"and in Estonia?", answer, none, "alone: how do we get an ATO?"},                     // nobody there: with a note
		{"can you tell us?", answer, answer, "alone: how do we get an ATO? can you tell us?"}, // "us" is a pronoun
		{"and GDS hiring?", answer, answer, "within: and GDS hiring?"},
	} {
		s := service(&found{})
		s.Search = talk{c.alone, c.within}
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Turns: before})
		got := ""
		if err == nil && a.Found() {
			got = a.Citations[0].Document.Path
		}
		if got != c.want {
			t.Errorf("%q (alone %s, within %s) finds %q, want %q (%v)", c.text, c.alone, c.within, got, c.want, err)
		}
	}
	named := []index.Turn{{ByUser: true, Text: "what happened to 18F?"}, {Text: "It was closed."}}
	s := service(&found{})
	s.Search = talk{answer, answer}
	if a, err := s.Ask(t.Context(), ask.Question{Text: "and USDS?", Turns: named}); err != nil || a.Citations[0].Document.Path != "alone: what happened to USDS" {
		t.Errorf("another name in the last question: %+v, %v", a.Citations, err)
	}
}

// sidesOnly is a search over the pages of some organisations, which answers every question.
type sidesOnly []string

func (f sidesOnly) Search(_ context.Context, _ access.Audience, q index.Question) (index.Results, error) {
	r := index.Results{Band: index.BandNone, Documents: 1}
	for _, id := range f {
		if len(q.Organisations) == 0 || slices.Contains(q.Organisations, id) {
			d := knowledge.Document{Path: id + ": " + q.Text, Organisation: id}
			r.Band, r.Hits = index.BandAnswer, append(r.Hits, index.Hit{Document: d, Passage: knowledge.Passage{Text: q.Text}})
		}
	}
	return r, nil
}

func TestNamesChooseWhosePagesAreRead(t *testing.T) {
	for _, c := range []struct {
		text  string
		turns []string
		want  string
		note  bool
	}{
		{"how do GDS and 18F differ on research payments?", nil, "gds: research payments, 18f: research payments", false},
		{"GDS vs the US Digital Service: research payments", nil, "gds: research payments", true}, // USDS is silent
		{"what does 18F say about accessibility?", nil, "18f: accessibility", false},
		{"what is 18F’s guidance on research payments?", nil, "18f: guidance on research payments", false},
		{"how are people paid for research in the US?", nil, "18f: people paid for research", false},
		{"what does 18F do?", nil, "gds: what does 18F do?", false}, // about 18F, wherever it stands
		{"how did 18F close?", nil, "gds: how did 18F close?", false},
		{"who told us that 18F and GDS met?", nil, "gds: who told us that 18F and GDS met?", false},
		{"and in the US?", []string{"how do GDS and 18F differ on research payments?"}, "18f: research payments", false},
		{"and 18F?", []string{"what does GDS say about accessibility?"}, "18f: accessibility", false},
		{"and in Canada?", []string{"how do we pay people for research?"}, "gds: how do we pay people for research?", true},
	} {
		s := service(&found{})
		s.Search = sidesOnly{"gds", "18f"}
		var turns []index.Turn
		for _, text := range c.turns {
			turns = append(turns, index.Turn{ByUser: true, Text: text})
		}
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Turns: turns})
		var got []string
		for _, citation := range a.Citations {
			got = append(got, citation.Document.Path)
		}
		if all := strings.Join(got, ", "); err != nil || !strings.HasPrefix(all, c.want) || strings.Contains(a.Note, "I found nothing on this") != c.note {
			t.Errorf("%q after %q finds %q and notes %q, want %q (%v)", c.text, c.turns, all, a.Note, c.want, err)
		}
	}
}

// TestSidesAreAskedWhatAQuestionSaysByItself, without what was said before.
func TestSidesAreAskedWhatAQuestionSaysByItself(t *testing.T) {
	for text, want := range map[string]int{
		"how do GDS and 18F differ on research payments?": 0,
		"what does 18F say about accessibility?":          0, // for which nothing is found within the talk
		"what does 18F say about research payments there": 1, // which leans on it
	} {
		f := &found{}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: []index.Turn{{Text: "how do we test with users?", ByUser: true}}}); err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, q := range f.asked {
			if len(q.Organisations) == 1 {
				asked++
				if len(q.Turns) != want {
					t.Errorf("%q asks %+v, want %d turns", text, q, want)
				}
			}
		}
		if asked == 0 {
			t.Errorf("%q asks no side: %+v", text, f.asked)
		}
	}
}

// TestNothingIsNotLookedFor, where a conversation has only said where.
func TestNothingIsNotLookedFor(t *testing.T) {
	f := &found{}
	turns := []index.Turn{{Text: "and in the US?", ByUser: true}, {Text: "Of what?"}}
	if _, err := service(f).Ask(t.Context(), ask.Question{Text: "and the other side?", Turns: turns}); err != nil {
		t.Fatal(err)
	}
	for _, q := range f.asked {
		if q.Text == "" {
			t.Errorf("asked %+v", f.asked)
		}
	}
}

func TestAFollowUpInFull(t *testing.T) {
	s := service(&found{})
	for _, c := range []struct{ before, text, want, topic string }{
		{"how do we get an ATO?", "and in the UK?", "how do we get an ATO? and in the UK?", "how do we get an ATO?"},
		{"how do we get an ATO?", "how long does it take?", "how do we get an ATO? how long does it take?", "how do we get an ATO? how long does it take?"},
		{"how do we get an ATO?", "what is the Service Standard?", "what is the Service Standard?", "what is the Service Standard?"},
		{"", "and in the UK?", "and in the UK?", "and in the UK?"},
	} {
		var turns []index.Turn
		if c.before != "" {
			turns = []index.Turn{{ByUser: true, Text: c.before}, {Text: "An answer."}}
		}
		if full, topic := s.InFull(c.text, turns); full != c.want || topic != c.topic {
			t.Errorf("after %q: %q is %q in full, about %q; want %q and %q", c.before, c.text, full, topic, c.want, c.topic)
		}
	}
	turns := []index.Turn{{ByUser: true, Text: "how much leave?"}, {ByUser: true, Text: "I work at GDS"}}
	if full, topic := s.InFull("and in the US?", turns); full != "how much leave? and in the US?" || topic != "how much leave?" {
		t.Errorf("after who works where it is %q in full, about %q", full, topic)
	}
	if got, topic := s.InFull("and USDS?", []index.Turn{{ByUser: true, Text: "what happened to 18F?"}}); got != topic || !strings.HasPrefix(got, "what happened to ") || strings.Contains(got, "18F") {
		t.Errorf("asked of another name: %q", got)
	}
}

// TestTheSameAskedTwiceMeansTheSame, whatever was said since.
func TestTheSameAskedTwiceMeansTheSame(t *testing.T) {
	leave, store := index.Turn{Text: "how much leave?", ByUser: true}, index.Turn{Text: "How do we store secrets?", ByUser: true}
	shown := index.Turn{Text: "Secrets\nSo."}
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
	if _, err := service(f).Ask(t.Context(), ask.Question{Text: "how do we store secrets", Turns: []index.Turn{leave, store, shown, leave, shown}}); err != nil || len(f.asked[0].Turns) != 1 {
		t.Errorf("it is asked after %+v (%v), want what was said before it was first asked", f.asked[0].Turns, err)
	}
	f = &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
	quoted := index.Turn{Text: "How do we store secrets?"}
	if _, err := service(f).Ask(t.Context(), ask.Question{Text: "how do we store secrets", Turns: []index.Turn{leave, quoted}}); err != nil || len(f.asked[0].Turns) != 2 {
		t.Errorf("what Liaison itself said is taken for asked: %+v (%v)", f.asked[0].Turns, err)
	}
	for _, text := range []string{"and then?", "why is that?", "and who stores secrets?", "what?"} {
		then := index.Turn{Text: text, ByUser: true}
		f = &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: []index.Turn{store, shown, then, shown}}); err != nil || len(f.asked[0].Turns) != 4 {
			t.Errorf("%q asked again is asked after %+v (%v)", text, f.asked[0].Turns, err)
		}
	}
}

// TestWhatIsMeantIsAsked by who was taken wrongly, and is what a further question goes on with.
func TestWhatIsMeantIsAsked(t *testing.T) {
	before := []index.Turn{{Text: "I need to know about pay", ByUser: true}, {Text: "GOV.UK Pay\nSo."}}
	for text, want := range map[string]string{
		"no not gov.uk pay, my salary":            "my salary",
		"Not GOV.UK Pay, I mean my salary":        "my salary",
		"no, I mean how do I apply for it":        "how do I apply for it",
		"sorry, what I meant was my salary":       "my salary",
		"what I meant is my salary":               "my salary",
		"not AWS, Azure":                          "Azure",
		"not sure, how do I apply":                "not sure, how do I apply",
		"not only that, how much is it":           "not only that, how much is it",
		"not “a, b”, salaries":                    "not “a, b”, salaries",
		"not sure how to apply for it":            "not sure how to apply for it",
		"I mean it":                               "I mean it",
		"do I need not pay, or do I pay salaries": "do I need not pay, or do I pay salaries",
		"no": "no",
	} {
		f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: before}); err != nil || f.asked[0].Text != want || len(f.asked[0].Turns) != 2 {
			t.Errorf("%q asks %+v (%v), want %q", text, f.asked[0], err, want)
		}
		f = &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
		then := append(slices.Clone(before), index.Turn{Text: text, ByUser: true}, index.Turn{Text: "Salaries\nSo."})
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: "how is it paid?", Turns: then}); err != nil || f.asked[0].Turns[2].Text != want {
			t.Errorf("after %q, it is asked after %+v (%v), want %q", text, f.asked[0].Turns, err, want)
		}
	}
	f := &found{results: map[string]index.Results{"usds 18f": answers(.9, knowledge.Document{Organisation: "usds"})}}
	if _, err := service(f).Ask(t.Context(), ask.Question{Text: "not in the UK, in the US", Turns: before}); err != nil || f.asked[0].Text != before[0].Text {
		t.Errorf("of the other country, %+v is asked (%v)", f.asked[0], err)
	}
	f = &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
	if _, err := service(f).Ask(t.Context(), ask.Question{Text: "not this one, salaries"}); err != nil || f.asked[0].Text != "not this one, salaries" {
		t.Errorf("where nothing was said before, %+v is asked (%v)", f.asked[0], err)
	}
}

// lean is a search that finds a page about rates for any question, and one about travel before it for what goes on with
// another, about which the travel page is by so much.
type lean float64

func (f lean) Search(_ context.Context, _ access.Audience, q index.Question) (index.Results, error) {
	hit := func(title string, about float64) index.Hit {
		return index.Hit{
			Document: knowledge.Document{Path: title, Title: title}, Passage: knowledge.Passage{Text: "There is a limit: " + title},
			Fits: []index.Match{{Held: 1, Headed: 1, About: about}},
		}
	}
	rates := index.Results{Band: index.BandAnswer, Confidence: .7, Hits: []index.Hit{hit("Rates", 0)}}
	if q.About != "" && f > 0 {
		rates.Hits = []index.Hit{rates.Hits[0], hit("Travel", float64(f))}
	}
	if q.Text == travelMeals {
		rates.Hits = []index.Hit{hit("Meals", 0)}
	}
	return rates, nil
}

const travelMeals = "can I claim meals when I travel?"

// TestALittleFollowUpIsAnsweredAboutItsSubject and is no sure answer about anything else.
func TestALittleFollowUpIsAnsweredAboutItsSubject(t *testing.T) {
	before := []index.Turn{{ByUser: true, Text: travelMeals}, {Text: "Meals\nYou can."}, {ByUser: true, Text: "and in the US?"}, {Text: "Meals\nYou can."}}
	for _, c := range []struct {
		text  string
		about lean
		want  string
		band  index.Band
	}{
		{"is there a limit", 1, "Travel", index.BandAnswer},
		{"who sets their limits?", 1, "Travel", index.BandAnswer},
		{"no, I meant limits", 1, "Travel", index.BandAnswer},
		{"limits", 1, "Rates", index.BandAnswer}, // which may be a subject, too
		{"how do I get a limit?", 1, "Rates", index.BandAnswer},
		{"is there a limit", .3, "Rates", index.BandMaybe},
		{"is there a limit", 0, "Rates", index.BandMaybe},
		{"what limit does the API gateway have", 1, "Rates", index.BandAnswer}, // a subject of its own
	} {
		s := service(&found{})
		s.Search = c.about
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Turns: before})
		if err != nil || len(a.Citations) == 0 || a.Citations[0].Document.Path != c.want || a.Band != c.band {
			t.Errorf("%q, with a page that is about its subject by %.1f, finds %+v as %s (%v), want %s as %s", c.text, float64(c.about), a.Citations, a.Band, err, c.want, c.band)
		}
	}
}

// TestWhatLeansOnNothingIsToldSo, and is looked for nowhere.
func TestWhatLeansOnNothingIsToldSo(t *testing.T) {
	for text, want := range map[string]string{
		"and in the UK?":     "What about the UK? Tell me the subject too, for example: how do we store secrets in the UK?",
		"UK?":                "What about the UK? Tell me the subject too, for example: how do we store secrets in the UK?",
		"and at USDS?":       "What about USDS? Tell me the subject too, for example: how do we store secrets at USDS?",
		"and then?":          "I do not know what that is about. Tell me the subject too, for example: how do we store secrets?",
		"how about that one": "I do not know what that is about. Tell me the subject too, for example: how do we store secrets?",
	} {
		f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: text})
		if err != nil || a.Found() || len(a.Contacts) > 0 || len(f.asked) > 0 || a.Reason != want {
			t.Errorf("%q: %+v after %+v (%v), want the reason %q", text, a, f.asked, err, want)
		}
	}
}

func TestTheOtherSideIsTakenUpInWords(t *testing.T) {
	before := []index.Turn{{ByUser: true, Text: "how do we run user research?"}, {Text: "Research\nSo."}}
	for text, want := range map[string]string{
		"show me the 18F one":                    "18f",
		"show me what the Americans do":          "usds 18f",
		"yes show me the American one":           "usds 18f",
		"what do the Brits do?":                  "gds",
		"ok, go back to the GDS one":             "gds",
		"how do others do it?":                   "usds 18f",
		"what do other countries do?":            "usds 18f",
		"yes, show me the other side":            "usds 18f",
		"do they have one at USDS?":              "usds",
		"is there anything like that in the US?": "usds 18f",
	} {
		page := answers(.9, knowledge.Document{Organisation: "gds"})
		f := &found{results: map[string]index.Results{"": page, want: page}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: text, Turns: before})
		last := f.asked[len(f.asked)-1]
		if err != nil || !a.Found() || last.Text != before[0].Text || strings.Join(last.Organisations, " ") != want || a.Note != "" {
			t.Errorf("%q asks %+v and notes %q (%v), want %q of %s", text, f.asked, a.Note, err, before[0].Text, want)
		}
	}
}

// TestAPageBesideThePointIsNoAnswerOfASide, though it comes first among the few that it has.
func TestAPageBesideThePointIsNoAnswerOfASide(t *testing.T) {
	before := []index.Turn{{ByUser: true, Text: "how do we write content for Notify?"}, {Text: "Notify\nSo."}}
	for score, want := range map[float64]string{5.9: "I found nothing on this from USDS. Here is what I have from others.", 6.1: ""} {
		all, theirs := answers(.9, knowledge.Document{Organisation: "gds"}), answers(.9, knowledge.Document{Organisation: "usds"})
		all.Hits[0].Score, theirs.Hits[0].Score = 10, score
		f := &found{results: map[string]index.Results{"": all, "usds": theirs}}
		a, err := service(f).Ask(t.Context(), ask.Question{Text: "what does USDS say?", Turns: before})
		if err != nil || a.Note != want {
			t.Errorf("with %.1f of 10: %+v (%v), want the note %q", score, a, err, want)
		}
	}
	f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"}), "nz": {Band: index.BandNone}}}
	a, err := service(f).Ask(t.Context(), ask.Question{Text: "and NZ Digital?", Turns: before})
	if err != nil || a.Note != "I found nothing on this from NZ Digital. Here is what I have from others." || f.asked[len(f.asked)-1].Text != before[0].Text {
		t.Errorf("of an organisation without pages: %+v after %+v (%v)", a, f.asked, err)
	}
}

// TestWhatIsMeantMoreCloselyIsAskedWithTheQuestion that it narrows, and what further ones go on with.
func TestWhatIsMeantMoreCloselyIsAskedWithTheQuestion(t *testing.T) {
	for _, c := range []struct{ before, text, want string }{
		{"how do we set up 2fa for our accounts?", "no I meant for github", "how do we set up 2fa for github"},
		{"how do we run a retro?", "not that, I meant for a remote team", "how do we run a retro for a remote team"},
		{"how do we run a retro?", "sorry, I mean with suppliers", "how do we run a retro with suppliers"},
	} {
		f := &found{results: map[string]index.Results{"": answers(.9, knowledge.Document{Organisation: "gds"})}}
		turns := []index.Turn{{ByUser: true, Text: c.before}, {Text: "A page\nSo."}}
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: c.text, Turns: turns}); err != nil || f.asked[0].Text != c.want || len(f.asked[0].Turns) > 0 {
			t.Errorf("%q after %q asks %+v (%v), want %q", c.text, c.before, f.asked[0], err, c.want)
		}
		then := append(turns, index.Turn{ByUser: true, Text: c.text}, index.Turn{Text: "A page\nSo."})
		if _, err := service(f).Ask(t.Context(), ask.Question{Text: "and in the US?", Turns: then}); err != nil || f.asked[len(f.asked)-1].Text != c.want {
			t.Errorf("after %q, the US is asked %+v (%v)", c.text, f.asked[len(f.asked)-1], err)
		}
	}
}
