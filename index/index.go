// Package index is everything about finding: it builds Bleve indexes of the knowledge, one for each
// visibility, and answers a question with the passages that fit best and how sure it is of them.
//
// Nothing outside this package touches a score.
package index

import (
	"context"

	"liaison/bot/access"
	"liaison/knowledge"
)

// Question is what to look for.
type Question struct {
	Text  string
	Turns []Turn // what was said before in the same conversation, oldest first
	Limit int    // documents wanted; 0 means 10
	// Organisation, when not "", keeps only the documents of that organisation.
	Organisation string
	Explain      bool // fill Hit.Why
}

// Turn is one earlier message of the conversation.
type Turn struct {
	ByUser bool // a person's; otherwise Liaison's own answer
	Text   string
}

// Band says what may be done with what was found.
type Band string

const (
	BandAnswer Band = "answer" // show it as the answer
	BandMaybe  Band = "maybe"  // show it as "this may help"
	BandNone   Band = "none"   // show none of it: say honestly that nothing was found
)

// Results is what a search found.
type Results struct {
	Hits       []Hit // distinct documents, best first; may be filled in any band
	Band       Band
	Confidence float64 // probability, 0 to 1, that the first hit answers
	// Reason says in a sentence why Band is BandNone: nothing close, several readings, out of scope.
	Reason string
	// Added says what was looked for besides the words typed, for "also searched for …".
	Added []string
	// NewSubject says that the question was taken as a change of subject, and Turns left out of it.
	NewSubject bool
}

// Hit is one document found, with the passage of it that fits best.
type Hit struct {
	Document knowledge.Document  // without its Passages
	Passage  knowledge.Passage   // the best one
	Also     []knowledge.Passage // the next best of the same document, at most two
	Snippet  string              // the sentences of Passage that answer, as written, about 300 characters
	Matched  []string            // words of the snippet that the question asked for, as they stand there
	Score    float64
	Why      []string // with Question.Explain: why it ranked here, in words
}

// Searcher finds. *Index implements it; so may a test's fake.
type Searcher interface {
	// Search returns what the audience may see, best first. It is safe for concurrent use. No text of
	// a question is an error; errors are ctx's, or damage to the index.
	Search(ctx context.Context, who access.Audience, q Question) (Results, error)
}
