package main

import (
	"fmt"
	"strings"
	"testing"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/index"
	"liaison/knowledge"
)

func TestAnExplanationTellsWhatBecameOfThePages(t *testing.T) {
	pages := make([]ask.Citation, explained+2)
	for i := range pages {
		pages[i] = ask.Citation{Document: knowledge.Document{Title: "Page", Path: fmt.Sprintf("page-%d.md", i+1)}, Why: []string{fmt.Sprint("reason ", i+1)}}
	}
	for want, a := range map[string]ask.Answer{
		"at 83 %: enough to show it as the answer.":    {Band: index.BandAnswer, Confidence: .834, Citations: pages},
		"at 20 %: enough to show it as what may help.": {Band: index.BandMaybe, Confidence: .2, Citations: pages},
		"at 3 %: too little to show any.":              {Band: index.BandNone, Confidence: .03, Citations: pages},
		"The glossary or the list of teams answers.":   {Band: index.BandAnswer, Confidence: 1, NamedOnly: true, Citations: pages},
		"No page was found.":                           {Band: index.BandNone},
	} {
		said := chat.PlainText(chat.Reply{Blocks: []chat.Block{explanation(a)}})
		if !strings.Contains(said, want) {
			t.Errorf("it says %q, not %q", said, want)
		}
		for i := range pages {
			if shown := i < explained && len(a.Citations) > 0; strings.Contains(said, fmt.Sprintf("page-%d.md", i+1)) != shown || strings.Contains(said, fmt.Sprint("reason ", i+1)) != shown {
				t.Errorf("page %d is explained: %v, in %q", i+1, !shown, said)
			}
		}
	}
}
