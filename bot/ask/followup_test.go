package ask_test

import (
	"context"
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
	case q.Organisation != "":
		d.Path, band = q.Organisation+": "+q.Text, index.BandAnswer
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
		{"and how long does that take?", answer, answer, "within: and how long does that take?"},
		{"how long does it take?", answer, maybe, "within: how long does it take?"},
		{"who signs it?", answer, none, ""}, // alone it asks nothing
		{"does renewal cost anything then?", answer, none, "alone: does renewal cost anything then?"},
		{"who signs it?", none, none, ""},
		{"what is the Service Standard?", answer, answer, "alone: what is the Service Standard?"},
		{"what does renewal cost?", maybe, answer, "within: what does renewal cost?"},
		{"what does renewal cost?", none, answer, "within: what does renewal cost?"},
		{"what does renewal cost?", maybe, maybe, "alone: what does renewal cost?"},
		{"how do I breed alpacas?", none, answer, ""}, // what is found within says nothing of alpacas
		{"asdf qwer", none, answer, ""},
		{"and in the UK?", answer, answer, "gds: how do we get an ATO?"},
		{"What about GDS?", answer, answer, "gds: how do we get an ATO?"},
		{"what does 18F say about it?", answer, answer, "18f: how do we get an ATO?"},
		{"and the US Digital Service?", answer, answer, "usds: how do we get an ATO?"},
		{"can you tell us?", answer, answer, "alone: can you tell us?"}, // "us" is a pronoun
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
	if a, err := s.Ask(t.Context(), ask.Question{Text: "and in the UK?"}); err != nil || a.Citations[0].Document.Path != "alone: and in the UK?" {
		t.Errorf("with nothing said before: %+v, %v", a.Citations, err)
	}
}
