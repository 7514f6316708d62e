package index

import (
	"testing"

	"liaison/bot/access"
)

func TestOfWhomAQuestionSpeaks(t *testing.T) {
	we, you, my := pronouns{we: true}, pronouns{you: true}, pronouns{my: true}
	for text, want := range map[string]pronouns{
		"do we have to?": we, "Our form is long": we, "can we?": we, "is it ours": we, "We're moving": we,
		"would you mind": you, "YOUR turn": you, "all yours.": you, "my form": my, "that is mine": my, "My team asks you": {you: true, my: true},
		"who won the us open": {}, "does it apply in the US": {}, "west of power": {}, "": {}, "tell us": {}, "miner": {}, "youth": {},
	} {
		if got := pronounsOf(text); got != want {
			t.Errorf("%q speaks of %+v", text, got)
		}
	}
}

// TestATeamIsHeard in a question, and not in a text that is pasted.
func TestATeamIsHeard(t *testing.T) {
	i, _ := built(t, wordy())
	for text, want := range map[string][2]bool{"do we order a laptop": {true, false}, "do I order a laptop": {}, "do we order a laptop " + manyWords(): {false, true}} {
		q, _ := prepared(t, i, text)
		if q.of.we != want[0] || q.pasted != want[1] {
			t.Errorf("%.40q: for several %v, pasted %v", text, q.of.we, q.pasted)
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
