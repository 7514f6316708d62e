package ask_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

// shelf is a search over a few pages that, as the index does, reads what was said before along with the
// question, so that a passage that was quoted is found again by whatever is asked next.
type shelf []knowledge.Document

func (f shelf) Search(_ context.Context, _ access.Audience, q index.Question) (index.Results, error) {
	var said strings.Builder
	for _, turn := range q.Turns {
		said.WriteString(" " + turn.Text)
	}
	r := index.Results{Band: index.BandMaybe, Confidence: .3}
	for _, d := range f {
		if len(q.Organisations) > 0 && !slices.Contains(q.Organisations, d.Organisation) {
			continue
		}
		passages := slices.Clone(d.Passages)
		worth := func(p knowledge.Passage) float64 {
			return 5*share(q.Text, d, p) + float64(len(longWords(said.String())))*share(said.String(), d, p)
		}
		slices.SortStableFunc(passages, func(a, b knowledge.Passage) int { return cmp.Compare(worth(b), worth(a)) })
		d.Passages = nil
		hit := index.Hit{Document: d, Passage: passages[0], Also: passages[1:], Snippet: passages[0].Text, Score: worth(passages[0])}
		for _, p := range passages {
			hit.Fits = append(hit.Fits, index.Match{Held: share(q.Text, d, p)})
		}
		if hit.Score > 0 {
			r.Hits = append(r.Hits, hit)
		}
	}
	slices.SortStableFunc(r.Hits, func(a, b index.Hit) int { return cmp.Compare(b.Score, a.Score) })
	if len(r.Hits) == 0 {
		r.Band = index.BandNone
	}
	return r, nil
}

// share tells which share of the words of a text stand in a passage, its title and headings.
func share(text string, d knowledge.Document, p knowledge.Passage) float64 {
	in := longWords(d.Title + " " + strings.Join(p.Headings, " ") + " " + p.Text)
	held, all := 0., 0.
	for w := range longWords(text) {
		all++
		if in[w] {
			held++
		}
	}
	return held / max(all, 1)
}

func longWords(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", r) }) {
		if len(w) > 2 && !slices.Contains(strings.Fields("how the and are for they them this what who many much does"), w) {
			set[w] = true
		}
	}
	return set
}

func sectioned(path, organisation, title string, sections ...string) knowledge.Document {
	d := knowledge.Document{Path: path, Organisation: organisation, Title: title}
	for _, s := range sections {
		heading, text, _ := strings.Cut(s, ": ")
		d.Passages = append(d.Passages, knowledge.Passage{Headings: []string{heading}, Text: text})
	}
	return d
}

func research() shelf {
	return shelf{
		sectioned("recruiting.md", "gds", "Recruiting participants",
			"Ways to find them: Recruit participants through agencies, panels, charities and those whom people trust.",
			"Incentives: You may pay people for their time, as a thank you, in vouchers.",
			"Amounts: Most teams pay between £30 and £60 for an hour."),
		sectioned("paying.md", "usds", "Finding research participants", "Whom to look for: Recruit participants who are trying to do the task, five or six of them."),
		sectioned("consent.md", "gds", "Consent of participants", "Children: For children ask a parent as well.", "Data: Delete recordings after a year."),
		sectioned("pay.md", "usds", "Pay.gov", "What it is: Pay taxes, pay fees and pay fines: people pay there."),
		sectioned("alpacas.md", "usds", "Alpacas", "Shearing: Shear alpacas in spring."),
	}
}

func TestTheNewWordsOfAFollowUpDecide(t *testing.T) {
	s := service(&found{})
	s.Search = research()
	var turns []index.Turn
	last := ""
	for _, step := range []struct{ text, want string }{
		{"how do we recruit participants?", "Recruiting participants › Ways to find them"},
		{"how many", "Finding research participants › Whom to look for"},
		{"do we pay them", "Recruiting participants › Incentives"},
		{"how much", "Recruiting participants › Amounts"},
		{"what if they are children", "Consent of participants › Children"},
		{"should we pay participants", "Recruiting participants › Incentives"},
		{"and why is that", ""}, // whatever it is, not once more what was just shown
	} {
		a, err := s.Ask(t.Context(), ask.Question{Text: step.text, Turns: turns})
		if err != nil || !a.Found() {
			t.Fatalf("%q: %+v, %v", step.text, a, err)
		}
		c := a.Citations[0]
		if got := c.Place(); got != step.want && step.want != "" || got == last {
			t.Errorf("%q shows %q after %q, want %q", step.text, got, last, step.want)
		}
		last = c.Place()
		turns = append(turns, index.Turn{ByUser: true, Text: step.text}, index.Turn{Text: last + "\n" + c.Quote + " [1]"})
	}
}

// TestAHeadingSpeaksForItsSection has a page whose title holds the word asked for, and so all of its sections.
func TestAHeadingSpeaksForItsSection(t *testing.T) {
	s := service(&found{})
	s.Search = shelf{sectioned("pay.md", "gds", "Recruit and pay participants",
		"Ways to find them: Recruit participants through agencies.", "Why: To pay is fair to participants.", "Paying people: Vouchers are best.")}
	a, err := s.Ask(t.Context(), ask.Question{Text: "do we pay them", Turns: []index.Turn{
		{ByUser: true, Text: "how do we recruit participants?"}, {Text: "Recruit and pay participants › Ways to find them\nRecruit participants through agencies. [1]"}}})
	if err != nil || !a.Found() || a.Citations[0].Heading() != "Paying people" {
		t.Errorf("%+v, %v", a.Citations, err)
	}
}

func TestTheOtherSideIsTheOneThatDidNotAnswer(t *testing.T) {
	recruit := []index.Turn{{ByUser: true, Text: "how do we recruit participants?"}, {Text: "Recruiting participants › Ways to find them\nRecruit participants through agencies [1]"}}
	for _, c := range []struct {
		text  string
		turns []index.Turn
		want  string
	}{
		{"and on the other side?", recruit, "paying.md"},
		{"what about across the Atlantic", recruit, "paying.md"},
		{"and over there?", append(slices.Clone(recruit), index.Turn{ByUser: true, Text: "and in the US?"}, index.Turn{Text: "Finding research participants"}), "recruiting.md"},
		{"and in the UK?", append(slices.Clone(recruit), index.Turn{ByUser: true, Text: "and on the other side?"}, index.Turn{Text: "Finding research participants"}), "recruiting.md"},
		{"what about the other side of the street", recruit, "recruiting.md"},
	} {
		s := service(&found{})
		s.Search = research()
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, Turns: c.turns})
		if err != nil || !a.Found() || a.Citations[0].Document.Path != c.want {
			t.Errorf("%q: %+v, %v; want %s", c.text, a.Citations, err, c.want)
		}
	}
}
