package main

import (
	"fmt"
	"math"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/index"
)

// explained is of how many pages ask --explain tells why they ranked.
const explained = 5

const wordsNote = "Words are given as they are indexed, without their endings; a number after one says in how many sections it stands."

// explanation says in words why the pages found rank as they do, for those who look after the knowledge: also of
// pages that were not shown, as nothing was sure enough.
func explanation(a ask.Answer) chat.Text {
	out := chat.Text{Paragraphs: []chat.Paragraph{paragraph(chat.Heading, "Why these pages"), paragraph(chat.Plain, verdict(a))}}
	if len(a.Citations) > 0 {
		out.Paragraphs = append(out.Paragraphs, paragraph(chat.Plain, wordsNote))
	}
	for i, c := range a.Citations[:min(len(a.Citations), explained)] {
		name := c.Document.Title
		if heading := c.Heading(); heading != "" {
			name += " › " + heading
		}
		out.Paragraphs = append(out.Paragraphs, paragraph(chat.Plain, fmt.Sprintf("%d. %s (%s)", i+1, name, c.Document.Path)))
		for _, why := range c.Why {
			out.Paragraphs = append(out.Paragraphs, paragraph(chat.Bullet, why))
		}
	}
	return out
}

// notRanked stands for an explanation where none can be given.
var notRanked = chat.Text{Paragraphs: []chat.Paragraph{paragraph(chat.Plain,
	"No pages were ranked for this, so there is nothing to explain. To have it looked up like any other question, begin with the word “ask”.")}}

// explained is a reply with an explanation, where one was asked for.
func (d *desk) explained(r chat.Reply, why chat.Text) chat.Reply {
	if d.asker.Explain {
		r.Blocks = append(r.Blocks, why)
	}
	return r
}

// verdict says what the search made of what it found.
func verdict(a ask.Answer) string {
	chance := fmt.Sprintf("I put the chance that the first one answers at %.0f %%", math.Round(100*a.Confidence))
	switch {
	case len(a.Citations) == 0:
		return "No page was found."
	case a.NamedOnly:
		return "The glossary or the list of teams answers. These are the pages found besides."
	case a.Band == index.BandNone:
		return chance + ": too little to show any."
	case a.Band == index.BandMaybe:
		return chance + ": enough to show it as what may help."
	}
	return chance + ": enough to show it as the answer."
}

func paragraph(kind chat.ParagraphKind, text string) chat.Paragraph {
	return chat.Paragraph{Kind: kind, Inlines: []chat.Inline{{Text: text}}}
}
