package main

import (
	"time"

	"liaison/bot/ask"
	"liaison/bot/commands"
	"liaison/index"
)

// jsonSources is how many documents `ask --json` lists at most.
const jsonSources = 10

// jsonAnswer is what `ask --json` prints. Scripts rely on its names: they are only ever added to.
type jsonAnswer struct {
	Found      bool          `json:"found"` // false only in the band none
	Band       index.Band    `json:"band"`
	Confidence float64       `json:"confidence"`        // 0 to 1
	Reason     string        `json:"reason,omitempty"`  // when not found
	Note       string        `json:"note,omitempty"`    // what must be known before the answer
	Unasked    []string      `json:"unasked,omitempty"` // further questions of the message, which this does not answer
	Answer     string        `json:"answer"`            // plain text
	Sources    []jsonSource  `json:"sources"`           // best first, in any band
	Contacts   []jsonContact `json:"contacts"`
}

// jsonSource is one document.
type jsonSource struct {
	Path         string   `json:"path"`
	Title        string   `json:"title"`
	Heading      string   `json:"heading"`
	URL          string   `json:"url"`
	Organisation string   `json:"organisation"` // its id
	Visibility   string   `json:"visibility"`
	Reviewed     string   `json:"reviewed"` // 2026-03-14; "" when unknown
	Stamp        string   `json:"stamp"`
	Licence      string   `json:"licence"`
	Score        float64  `json:"score"`
	Why          []string `json:"why,omitempty"` // with --explain
}

type jsonContact struct {
	Text         string `json:"text"`
	URL          string `json:"url"`
	Organisation string `json:"organisation"`
}

func answerJSON(a ask.Answer, name func(id string) string) jsonAnswer {
	out := jsonAnswer{
		Found: a.Found(), Band: a.Band, Confidence: a.Confidence, Reason: a.Reason, Note: a.Note, Unasked: a.Unasked,
		Answer: commands.AnswerText(a, name), Sources: []jsonSource{}, Contacts: []jsonContact{},
	}
	for _, c := range a.Citations {
		out.Sources = append(out.Sources, jsonSource{
			Path: c.Document.Path, Title: c.Document.Title, Heading: c.Heading(), URL: c.URL(),
			Organisation: c.Document.Organisation, Visibility: string(c.Document.Visibility),
			Reviewed: day(c.Document.Reviewed), Stamp: c.Stamp, Licence: c.Document.Licence, Score: c.Score, Why: c.Why,
		})
	}
	for _, c := range a.Contacts {
		out.Contacts = append(out.Contacts, jsonContact{c.Text, c.URL, c.Organisation})
	}
	return out
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
