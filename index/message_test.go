package index

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// messages are what people write around a question.
var messages = []string{
	"Hi all, hope everyone had a good weekend. I joined the team two weeks ago from another department and I am still finding my feet. QUESTION Any pointers much appreciated! Thanks, Sam",
	"Morning! Quick one before stand-up. My manager asked me this yesterday in our one-to-one and I had no idea what to say. QUESTION",
	"QUESTION\n\nFor context: we are a small team of five, mostly remote, and our delivery manager is on leave until the end of the month so I cannot ask her.",
	"Hello folks, I was chatting with a colleague at the coffee machine and this came up. She said she had read something about it last year but could not find the page again. QUESTION",
}

// questionsAreHeard asks the judged questions within messages that tell other things. What is found is written down, so
// that a change shows, and so is how often what nothing answers is answered.
func questionsAreHeard(t *testing.T, i *Index) {
	var asked, first, five, missed, answered int
	for _, name := range []string{"gov_questions", "gov_issue_questions", "gov_everyday"} {
		err := EachLine(filepath.Join(testdata(t), "eval", "gov", name+".jsonl"), func(line []byte) error {
			var q judged
			if err := json.Unmarshal(line, &q); err != nil {
				return err
			}
			relevant := map[string]float64{}
			for _, path := range q.Relevant {
				relevant[path] = 1
			}
			for _, message := range messages {
				results, _, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: strings.Replace(message, "QUESTION", q.Text, 1), Limit: 10}, 1)
				if err != nil {
					return err
				}
				var found []string
				for _, hit := range results.Hits {
					found = append(found, hit.Document.Path)
				}
				switch {
				case len(relevant) > 0:
					asked++
					first += int(success(found, relevant, 1))
					five += int(success(found, relevant, 5))
				case q.Unanswerable == "near_miss":
					missed++
					answered += int(one(results.Band == BandAnswer))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("of %d, first %d and among five %d; of %d near misses %d are answered", asked, first, five, missed, answered)
	// Now 311, 442 and 31; where what is told counted as it did before, see setAside, 212, 350 and 50.
	if asked != 664 || first < 300 || five < 430 || answered > 34 {
		t.Errorf("fewer are found: of %d, first %d and among five %d; or more near misses answered: %d of %d", asked, first, five, answered, missed)
	}
}

// pastedTexts asks with whole texts: those of another subject are seldom answered, and a page finds itself.
func pastedTexts(t *testing.T, i *Index, source Source) {
	enough := errors.New("enough are read")
	search := func(text string) Results {
		results, _, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text, Limit: 10}, 1)
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	foreign, answered := 0, 0
	err := EachLine(filepath.Join(testdata(t), "eval", "scifact", "corpus.jsonl"), func(line []byte) error {
		var paper struct{ Title, Text string }
		if err := json.Unmarshal(line, &paper); err != nil {
			return err
		}
		answered += int(one(search(paper.Title+". "+paper.Text).Band == BandAnswer))
		if foreign++; foreign == 300 {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		t.Fatal(err)
	}
	pages, itself := 0, 0
	files, _, err := source.Files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(files) && pages < 200; n += 7 {
		doc, _, ok, err := source.Read(t.Context(), files[n])
		if err != nil {
			t.Fatal(err)
		}
		if text := wholeText(doc); ok && len(text) > 1500 {
			pages++
			hits := search(text).Hits
			itself += int(one(len(hits) > 0 && hits[0].Document.Path == doc.Path))
		}
	}
	t.Logf("of %d foreign texts %d are answered; of %d pages %d find themselves", foreign, answered, pages, itself)
	// Now 2 and 189.
	if foreign != 300 || answered > 10 || pages != 200 || itself < 185 {
		t.Errorf("of %d foreign texts %d are answered; of %d pages %d find themselves", foreign, answered, pages, itself)
	}
}

func wholeText(doc knowledge.Document) string {
	var text strings.Builder
	for _, p := range doc.Passages {
		text.WriteString(p.Text + "\n")
	}
	return text.String()
}
