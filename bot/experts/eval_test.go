package experts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPeopleAreFound judges the ranking on real people and pages, where they lie.
func TestPeopleAreFound(t *testing.T) {
	data := os.Getenv("LIAISON_TESTDATA")
	if data == "" {
		t.Skip("LIAISON_TESTDATA is not set: the judged questions about people are not there, and their figures were NOT checked")
	}
	// What was reached when the ranking was last changed, less a hair: hit@1, hit@5 and nDCG@10. The package
	// doc has the figures beside those of plain votes and popularity.
	for _, test := range []struct {
		name    string
		holdOut bool
		least   Figures
	}{
		{"experts_18f", false, Figures{Hit1: .307, Hit5: .576, NDCG10: .412}},
		{"experts_18f", true, Figures{Hit1: .244, Hit5: .537, NDCG10: .400}},
		{"owners_tts", false, Figures{Hit1: .65, Hit5: .75, NDCG10: .717}},
		{"owners_tts", true, Figures{Hit1: .562, Hit5: .812, NDCG10: .744}},
		{"owners_gds", false, Figures{Hit1: .642, Hit5: .964, NDCG10: .815}},
		{"owners_gds", true, Figures{Hit1: .541, Hit5: .893, NDCG10: .770}},
	} {
		if testing.Short() && test.name != "owners_tts" {
			continue // one goroutine judges: under the race detector one folder is enough
		}
		r, err := Evaluate(t.Context(), EvalOptions{Folder: filepath.Join(data, "eval", test.name), HoldOut: test.holdOut})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s, held out %v, %d questions:\n Liaison    %+v\n votes      %+v\n popularity %+v", test.name, test.holdOut, r.Queries, r.Figures, r.PlainVotes, r.Popularity)
		if r.Hit1 < test.least.Hit1 || r.Hit5 < test.least.Hit5 || r.NDCG10 < test.least.NDCG10 {
			t.Errorf("%s, held out %v: %+v, and it was %+v", test.name, test.holdOut, r.Figures, test.least)
		}
		if r.NDCG10 <= r.Popularity.NDCG10 {
			t.Errorf("%s, held out %v: popularity does as well (%.3f)", test.name, test.holdOut, r.Popularity.NDCG10)
		}
	}
}

func TestMistakesInAPeopleFolder(t *testing.T) {
	good := map[string]string{
		"docs.jsonl": `{"_id": "a", "title": "A", "text": ""}` + "\n", "people.jsonl": `{"id": "ada", "name": "Ada", "evidence": ["a"]}` + "\n",
		"queries.jsonl": `{"_id": "q", "text": "a"}` + "\n", "qrels.tsv": "q\tada\t1\n",
	}
	for name, text := range map[string]string{"": "", "docs.jsonl": "{}", "people.jsonl": "{}", "queries.jsonl": "{", "qrels.tsv": "a\tb\t1\nq\tada\tmuch"} {
		dir := t.TempDir()
		for file, content := range good {
			if file == name {
				content = text
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Evaluate(t.Context(), EvalOptions{Folder: dir})
		if name == "" && (err != nil || r.Hit1 != 1 || !IsPeopleFolder(dir)) {
			t.Errorf("without a mistake: %+v, %v", r, err)
		}
		if name != "" && (err == nil || !strings.Contains(err.Error(), name+" line ")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if IsPeopleFolder(t.TempDir()) {
		t.Error("an empty folder holds no people")
	}
}
