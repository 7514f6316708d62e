package index

import (
	"fmt"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

func TestOfWhomAQuestionSpeaks(t *testing.T) {
	we, you, my := pronouns{we: true}, pronouns{you: true}, pronouns{my: true}
	for text, want := range map[string]pronouns{
		"do we have to?": we, "Our form is long": we, "can we?": we, "is it ours": we, "We're moving": we,
		"would you mind": you, "YOUR turn": you, "all yours.": you, "ask yourself": you, "my form": my, "by myself": my, "that is mine": my, "My team asks you": {you: true, my: true},
		"who won the us open": {}, "does it apply in the US": {}, "west of power": {}, "": {}, "tell us": {}, "miner": {}, "youth": {},
	} {
		if got := pronounsOf(text); got != want {
			t.Errorf("%q speaks of %+v", text, got)
		}
	}
}

// TestTheModelsHearOfWhomAQuestionSpeaks, and not of whom a text that is pasted does.
func TestTheModelsHearOfWhomAQuestionSpeaks(t *testing.T) {
	i, _ := built(t, wordy())
	for text, want := range map[string]struct{ we, you, my, pasted bool }{
		"do we order a laptop": {we: true}, "would you order yourself a laptop": {you: true}, "order myself a laptop": {my: true}, "do I order a laptop": {},
		"do we order you my laptop " + manyWords(): {pasted: true},
	} {
		_, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1)
		if err != nil || seen.We != one(want.we) || seen.You != one(want.you) || seen.My != one(want.my) || seen.pasted != want.pasted {
			t.Errorf("%.40q: for several %v, to somebody %v, of one's own %v, pasted %v (%v)", text, seen.We, seen.You, seen.My, seen.pasted, err)
		}
	}
}

func manyWords() string {
	text := ""
	for n := range maxAsked {
		text += " word" + string(rune('a'+n))
	}
	return text
}

// TestAnAnswerIsLikelyToBeHere: what is barely likely to be here at all is no more than what may help, and a pasted text
// needs more still.
func TestAnAnswerIsLikelyToBeHere(t *testing.T) {
	for name, c := range map[string]struct {
		here float64 // bias of the model: 0 is a probability of a half
		m    confidenceModel
		f    features
		want Band
	}{
		"likely":                     {.1, confidenceModel{NoneBelow: .2, Likely: .5}, features{}, BandAnswer},
		"hardly":                     {-.1, confidenceModel{NoneBelow: .2, Likely: .5}, features{}, BandMaybe},
		"hardly, where it need not":  {-.1, confidenceModel{NoneBelow: .2}, features{}, BandAnswer},
		"pasted":                     {.3, confidenceModel{NoneBelow: .2, Likely: .5}, features{pasted: true}, BandMaybe},
		"pasted, and much about it":  {1, confidenceModel{NoneBelow: .2, Likely: .5}, features{pasted: true}, BandAnswer},
		"not at all":                 {-3, confidenceModel{NoneBelow: .2, Likely: .5}, features{}, BandNone},
		"not at all, but the title":  {-3, confidenceModel{NoneBelow: .2, Likely: .5}, features{titled: true}, BandAnswer},
		"strange, all of it here":    {-3, confidenceModel{NoneBelow: .2, Likely: .5}, features{Cover: 1, Mass: 2, Asked: 1}, BandNone},
		"strange, but a name":        {-3, confidenceModel{NoneBelow: .2}, features{Cover: 1, Mass: 2, Asked: 1, bare: true}, BandAnswer},
		"a word by itself":           {1, confidenceModel{NoneBelow: .2}, features{Single: 1, bare: true}, BandMaybe},
		"a word, asked about":        {1, confidenceModel{NoneBelow: .2}, features{Single: 1}, BandAnswer},
		"a word, the title":          {1, confidenceModel{NoneBelow: .2}, features{Single: 1, bare: true, titled: true}, BandAnswer},
		"strange, but the title":     {-3, confidenceModel{NoneBelow: .2}, features{titled: true, Asked: 1}, BandAnswer},
		"strange, where none asks":   {-3, confidenceModel{NoneBelow: .2}, features{Cover: 1, Mass: 2}, BandAnswer},
		"hardly, but all of it here": {-.1, confidenceModel{NoneBelow: .2, Likely: .5}, features{Cover: 1, Mass: 2}, BandAnswer},
	} {
		c.m.Here, c.m.Answers, c.m.AnswerFrom = model{Bias: c.here}, model{Bias: 2}, .5
		out := Results{Hits: []Hit{{}}}
		if c.m.judge(&out, &query{}, c.f); out.Band != c.want {
			t.Errorf("%s: the band is %q, not %q", name, out.Band, c.want)
		}
	}
}

// TestTheModelsSeeWhatIsAskedFor: everyday words as a share of all, and whether a team asks.
func TestTheModelsSeeWhatIsAskedFor(t *testing.T) {
	i, _ := built(t, wordy())
	for text, want := range map[string]struct{ some, all, we bool }{
		"order a laptop": {}, "do we order a dog": {some: true, we: true}, "giraffe dogs": {some: true, all: true},
	} {
		_, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1)
		if err != nil || seen.Everyday > 0 != want.some || seen.Everyday > .99 != want.all || seen.We > 0 != want.we {
			t.Errorf("%q: everyday %v, for several %v, %v", text, seen.Everyday, seen.We, err)
		}
	}
}

func TestEverydayWordsAreTakenAsWritten(t *testing.T) {
	for word, want := range map[string]bool{"dog": true, "dogs": true, "weather": true, "leave": false, "laptop": false, "currency": false, "form": false} {
		if isEveryday()[word] != want {
			t.Errorf("%s is everyday: %v", word, !want)
		}
	}
}

// TestAPageThatIsNamedIsTheAnswer: of one word the models can tell nothing, but who types the title of a page wants it.
func TestAPageThatIsNamedIsTheAnswer(t *testing.T) {
	docs := map[string]knowledge.Document{"accordion.md": page("Accordion", "It folds sections away."), "rota.md": page("The rota of the desk", "It says who is there.")}
	for n := range 30 {
		docs[fmt.Sprint("desk/", n, ".md")] = page(fmt.Sprint("Desk ", n), "The desk is open all day.")
	}
	i, _ := built(t, fake(docs))
	for text, want := range map[string]bool{"accordion": true, "Accordions?": true, "what is the accordion": true, "rota of desks": true, "desk": false, "rota": false, "accordion sections": false, "hello": false} {
		results, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1)
		if err != nil || seen.titled != want || want && results.Band != BandAnswer {
			t.Errorf("%q is a title: %v, %s, want %v (%v)", text, seen.titled, results.Band, want, err)
		}
	}
}

func TestAMissSaysWhatWouldHelp(t *testing.T) {
	for want, f := range map[string]features{
		"I look things up in what government digital teams have written, and found nothing about this there.": {Sound: -.1, Unknown: .9},
		"What it is about does not come up in what I have read.":                                              {Unknown: .9},
		"It could mean many things: a few more words would help.":                                             {Mass: .5},
		"Pages share single words with it, but none is about it as a whole.":                                  {Mass: 2, Cover: .4},
		"Nothing I have read is close to it.":                                                                 {Mass: 2, Cover: .9},
	} {
		if got := reason(f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
}

func TestWhatIsStrange(t *testing.T) {
	for _, c := range []struct {
		f    features
		here float64
		want bool
	}{
		{features{Asked: 1}, .14, true},
		{features{Asked: 1}, .16, false},
		{features{Asked: 1, bare: true}, .01, false},
		{features{Asked: 1, titled: true}, .01, false},
		{features{}, .01, false},
	} {
		if got := c.f.strange(c.here); got != c.want {
			t.Errorf("%+v, here by %v: strange %v", c.f, c.here, got)
		}
	}
}

func TestANameIsBare(t *testing.T) {
	i, _ := built(t, guidance())
	for text, want := range map[string]bool{"burn up": true, "secrets": true, "burn up it": false} {
		if _, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1); err != nil || seen.bare != want {
			t.Errorf("%q is bare: %v (%v)", text, seen.bare, err)
		}
	}
}
