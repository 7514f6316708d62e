package ask_test

import (
	"testing"

	"liaison/bot/ask"
	"liaison/index"
	"liaison/knowledge"
)

func TestThePageThatIsKeptUpComesBeforeItsArchivedTwin(t *testing.T) {
	old := knowledge.Document{Path: "old.md", Title: "Life of a launch", Organisation: "18f"} // closed
	kept := knowledge.Document{Path: "kept.md", Title: "life of a Launch ", Organisation: "usds"}
	several := knowledge.Document{Path: "several.md", Title: "Lives of launches", Organisation: "usds"}
	other := knowledge.Document{Path: "other.md", Title: "Life of a page", Organisation: "usds"}
	for _, c := range []struct {
		name, text string
		documents  []knowledge.Document
		scores     []float64
		first      string
	}{
		{"behind it", "launching?", []knowledge.Document{old, kept}, []float64{10, 9}, "kept.md"},
		{"with another between", "launching?", []knowledge.Document{old, other, kept}, []float64{10, 9.5, 9}, "kept.md"},
		{"far behind", "launching?", []knowledge.Document{old, kept}, []float64{10, 7.9}, "old.md"},
		{"too many between", "launching?", []knowledge.Document{old, other, other, other, kept}, []float64{10, 10, 10, 10, 10}, "old.md"},
		{"of another title", "launching?", []knowledge.Document{old, other, several}, []float64{10, 10, 10}, "old.md"},
		{"archived, too", "launching?", []knowledge.Document{old, {Path: "also.md", Title: old.Title, Organisation: "usds", Archived: true}}, []float64{10, 10}, "old.md"},
		{"without titles", "launching?", []knowledge.Document{{Path: "old.md", Organisation: "18f"}, {Path: "kept.md", Organisation: "usds"}}, []float64{10, 10}, "old.md"},
		{"of what is kept up itself", "launching?", []knowledge.Document{several, kept}, []float64{10, 10}, "several.md"},
		{"of what it was part of", "launching?", []knowledge.Document{old, {Path: "gsa.md", Title: old.Title, Organisation: "gsa"}}, []float64{10, 10}, "gsa.md"},
		{"of another part of that", "launching?", []knowledge.Document{old, {Path: "tts.md", Title: old.Title, Organisation: "tts"}}, []float64{10, 10}, "tts.md"},
		{"of a part of it", "launching?", []knowledge.Document{old, {Path: "part.md", Title: old.Title, Organisation: "part"}}, []float64{10, 10}, "part.md"},
		{"of an organisation that has nothing to do with it", "launching?", []knowledge.Document{old, {Path: "gds.md", Title: old.Title, Organisation: "gds"}}, []float64{10, 10}, "old.md"},
		{"asked of the closed one", "what does 18F say about launching services?", []knowledge.Document{old, kept}, []float64{10, 9}, "old.md"},
	} {
		results := answers(.9, c.documents...)
		for i := range results.Hits {
			results.Hits[i].Score = c.scores[i]
		}
		f := &found{results: map[string]index.Results{"": results, "18f": results}}
		s := service(f)
		v := s.Vocabulary()
		v.Organisations[2].Parent = "gsa" // of 18F
		v.Organisations = append(v.Organisations, knowledge.Organisation{ID: "gsa"}, knowledge.Organisation{ID: "tts", Parent: "gsa"}, knowledge.Organisation{ID: "part", Parent: "18f"})
		s.Vocabulary = func() ask.Vocabulary { return v }
		a, err := s.Ask(t.Context(), ask.Question{Text: c.text, OneSide: true})
		if err != nil || a.Citations[0].Document.Path != c.first || len(a.Citations) != len(c.documents) {
			t.Errorf("%s: first %s of %d (%v), want %s", c.name, a.Citations[0].Document.Path, len(a.Citations), err, c.first)
		}
	}
}

// TestATwinIsQuotedAsTheFirstPage: of the first page the most is quoted.
func TestATwinIsQuotedAsTheFirstPage(t *testing.T) {
	both := answers(.9, knowledge.Document{Path: "old.md", Title: "Launch", Organisation: "18f"}, knowledge.Document{Path: "kept.md", Title: "Launch", Organisation: "usds"})
	alone := answers(.9, knowledge.Document{Path: "kept.md", Title: "Launch", Organisation: "usds"})
	alone.Hits[0].Snippet = "Many more words."
	a, err := service(&found{results: map[string]index.Results{"": both, "usds": alone}}).Ask(t.Context(), ask.Question{Text: "launching?", OneSide: true})
	if err != nil || a.Citations[0].Quote != "Many more words." || a.Citations[1].Document.Path != "old.md" || a.Citations[1].Number != 2 {
		t.Errorf("%+v (%v)", a.Citations, err)
	}
}
