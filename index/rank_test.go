package index

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

func TestBestThree(t *testing.T) {
	for _, c := range []struct {
		scores []float64
		want   [3]float64
	}{
		{nil, [3]float64{}},
		{[]float64{2}, [3]float64{2}},
		{[]float64{0, 1, 0}, [3]float64{1}},
		{[]float64{1, 2, 3, 4}, [3]float64{4, 3, 2}},
		{[]float64{4, 3, 2, 1}, [3]float64{4, 3, 2}},
		{[]float64{2, 4, 4, 1, 3}, [3]float64{4, 4, 3}},
	} {
		if first, second, third := bestThree(c.scores); [3]float64{first, second, third} != c.want {
			t.Errorf("of %v: %v, %v, %v", c.scores, first, second, third)
		}
	}
	if got := greatest([]float32{1, 3, 0, 2}); got != 3 {
		t.Errorf("the greatest is %v", got)
	}
}

// TestThePageOfAPartIsFoundToo: a page of several parts opens with its first, and parts that say nothing of it stay away.
func TestThePageOfAPartIsFoundToo(t *testing.T) {
	told := page("", "Send the form and wait for ten days.")
	told.AskedAs = []string{"how long until my numberplate arrives"}
	i, _ := built(t, fake(map[string]knowledge.Document{
		"a#0": page("", "About registering."), "a#1": told, "a#2": page("", "Where to send it."), "b": page("", "Something else."),
	}))
	for _, text := range []string{"numberplate arrives", "wait ten days"} {
		if got := paths(t, i, access.Audience{}, text); !slices.Equal(got, []string{"a#1", "a#0"}) {
			t.Errorf("%q finds %q", text, got)
		}
	}
}

// TestMoreLinesThanPassages, and a page that is nothing but lines.
func TestMoreLinesThanPassages(t *testing.T) {
	asked := page("Badges", "Ask the desk.")
	asked.AskedAs = []string{"lost my lanyard", "new lanyard", "lanyard colours"}
	bare := knowledge.Document{Path: "bare.md", Title: "Bare", Visibility: access.Public, AskedAs: []string{"where is the lanyard shop"}}
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": asked, "bare.md": bare}))
	if got := paths(t, i, access.Audience{}, "lanyard shop"); !slices.Equal(got, []string{"a.md"}) {
		t.Errorf("found %q", got)
	}
}

// TestEqualsStandInTheirOrder: documents by path wherever they may be seen, passages and lines by place.
func TestEqualsStandInTheirOrder(t *testing.T) {
	last := page("Kettle", "Boil the kettle.")
	last.Visibility = access.Organisation("a")
	i, _ := built(t, fake(map[string]knowledge.Document{"m.md": page("Kettle", "Boil the kettle."), "z.md": last, "b.md": page("Kettle", "Boil the kettle.")}))
	for limit, want := range map[int][]string{1: {"b.md"}, 2: {"b.md", "m.md"}} {
		results, err := i.Search(t.Context(), access.StaffOf("a"), Question{Text: "kettle", Limit: limit})
		if err != nil || len(results.Hits) != limit || results.Hits[0].Document.Path != want[0] || results.Hits[limit-1].Document.Path != want[limit-1] {
			t.Errorf("the first %d are %+v, %v", limit, results.Hits, err)
		}
	}
	texts := make([]string, 60)
	for n := range texts {
		texts[n] = "Boil the kettle twice."
	}
	same := page("Same", texts...)
	same.AskedAs = []string{"kettle on", "kettle on"}
	i, _ = built(t, fake(map[string]knowledge.Document{"a.md": same, "b.md": page("Other", "A mug.")}))
	s := searching(t, i, access.Audience{})
	q := &query{terms: []weighted{{"kettl", 1}}, idfs: map[string]float64{}, found: map[string]*impacts{}, weight: map[string]float64{}}
	if err := s.scoreTerms(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	s.gatherDocs(Question{}, mostPages)
	if line := s.bestLine(0); line.slot != 0 || line.score == 0 {
		t.Errorf("the best line is %+v", line)
	}
	for n, p := range s.bestPassages(0) {
		if p.slot != n {
			t.Errorf("passage %d stands at place %d", p.slot, n)
		}
	}
}

// TestEqualPassagesAreLookedAtInTheirOrder, though those of an organisation are met first.
func TestEqualPassagesAreLookedAtInTheirOrder(t *testing.T) {
	texts := make([]string, secondLook+10)
	for n := range texts {
		texts[n] = "Boil the kettle twice."
	}
	last := page("Same", texts...)
	last.Visibility = access.Organisation("a")
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Same", texts...), "b.md": last}))
	s := searching(t, i, access.StaffOf("a"))
	q := &query{terms: []weighted{{"kettl", 1}}, idfs: map[string]float64{}, found: map[string]*impacts{}, weight: map[string]float64{}}
	if err := s.scoreTerms(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	slots := s.bestSlots(secondLook, Question{})
	for _, slot := range slots {
		if path := s.docs[s.docOf[slot.at]].Document.Path; path != "a.md" {
			t.Fatalf("%s is looked at before a.md", path)
		}
	}
	if len(slots) != secondLook {
		t.Errorf("%d are looked at", len(slots))
	}
}

// TestADatedPostCountsLess in every part of its score.
func TestADatedPostCountsLess(t *testing.T) {
	doc := page("Kettle", "Boil the kettle twice.", "Wash it up.", "Dry it.")
	for range enoughLines { // nothing is guessed
		doc.AskedAs = append(doc.AskedAs, "how long do kettles boil")
	}
	i, _ := built(t, fake(map[string]knowledge.Document{"2016-03-04-kettle.md": doc, "kettle.md": doc, "other.md": page("Mugs", "A mug.")}))
	seen := map[string]parts{}
	q := Question{Text: "boil a kettle", watch: func(path string, _ kind, p parts) { seen[path] = p }}
	if _, err := i.Search(t.Context(), access.Audience{}, q); err != nil {
		t.Fatal(err)
	}
	post, same := seen["2016-03-04-kettle.md"].list(), seen["kettle.md"].list()
	for n, name := range partNames {
		if same[n] == 0 || math.Abs(post[n]/same[n]-ranking.Post) > 1e-3 && name != "text" || post[n] >= same[n] {
			t.Errorf("%s of a post is %v, of the same page undated %v", name, post[n], same[n])
		}
	}
}

// TestWorkingMemoryIsClearedBetweenSearches over indexes of different sizes, which share it.
func TestWorkingMemoryIsClearedBetweenSearches(t *testing.T) {
	small, _ := built(t, spread(10, 1))
	large, _ := built(t, spread(90, 3))
	fresh := map[*Index]map[string]string{small: {}, large: {}}
	everybody := access.StaffOf(organisations...)
	for round := range 3 {
		for n, text := range someQuestions(8) {
			for _, i := range []*Index{small, large} {
				got := exact(t, i, everybody, Question{Text: text})
				if round == 0 {
					fresh[i][text] = got
				} else if want := fresh[i][text]; got != want {
					t.Fatalf("round %d, question %d, %q:\n%s\nbefore:\n%s", round, n, text, got, want)
				}
			}
		}
	}
	w := scratches.Get().(*scratch)
	for name, dirty := range map[string]bool{
		"score": slices.Max(append(w.score[:cap(w.score)], 0)) > 0, "line": slices.Max(append(w.line[:cap(w.line)], 0)) > 0,
		"pages": slices.ContainsFunc(w.pages[:cap(w.pages)], func(p pageScore) bool { return p != pageScore{} }),
		"part":  slices.Max(append(w.part[:cap(w.part)], 0)) > 0, "forms": slices.Max(append(w.forms.marks[:cap(w.forms.marks)], 0)) > 0, "looks": len(w.looks) > 0,
		"pages of a term": slices.Max(append(w.textFreq[:cap(w.textFreq)], 0)) > 0, "pages of its lines": slices.Max(append(w.lineFreq[:cap(w.lineFreq)], 0)) > 0,
	} {
		if dirty {
			t.Errorf("%s is not zero after a search", name)
		}
	}
}

// TestNextBestPassagesAreOfTheFirstHits, or of all where that is asked for.
func TestNextBestPassagesAreOfTheFirstHits(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for n := range 8 {
		docs[fmt.Sprintf("%d.md", n)] = page("Kettle", "Boil the kettle.", "Empty the kettle.")
	}
	i, _ := built(t, fake(docs))
	for _, all := range []bool{false, true} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "kettle", AllPassages: all})
		if err != nil || len(results.Hits) != 8 {
			t.Fatal(results.Hits, err)
		}
		for n, hit := range results.Hits {
			if full := len(hit.Also) == 1 && len(hit.Fits) == 2; full != (all || n < 5) || hit.Passage.Text == "" || len(hit.Fits) == 0 {
				t.Errorf("hit %d, all passages %t: %+v", n, all, hit)
			}
		}
	}
}

// TestPagesThatMayBeAmongTheBest are as many as asked for or more, of those a question wants, and never one that scores
// nothing.
func TestPagesThatMayBeAmongTheBest(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for n := range 40 {
		doc := page("Kettle", "Boil the kettle.", "Empty the kettle.")
		doc.Organisation = "a"
		if n%2 > 0 {
			doc.Organisation = "b"
		}
		docs[fmt.Sprintf("%02d.md", n)] = doc
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	for doc := range 30 {
		s.scratch.pages[doc].both = math.Pow(1.1, float64(doc))
	}
	gathered := func(q Question, n int) int {
		s.gatherDocs(q, n)
		return len(s.scratch.candidates)
	}
	for n, want := range map[int]int{1: 1, 7: 7, 29: 29, 30: 30, 35: 30} {
		if got := gathered(Question{}, n); got != want {
			t.Errorf("of the best %d there are %d, want %d", n, got, want)
		}
	}
	if got := gathered(Question{Organisations: []string{"a"}}, 10); got != 10 {
		t.Errorf("the best 10 of one of two organisations are %d", got)
	}
	s.scratch.likely = append(s.scratch.likely, s.first[4]+1, s.first[3], s.first[4])
	if got := gathered(Question{Organisations: []string{"a"}, without: map[string]float64{"28.md": 1}}, 1); got != 2 || s.scratch.candidates[0] != 4 || s.scratch.candidates[1] != 26 {
		t.Errorf("without the best, the best and one of a likely passage are %v", s.scratch.candidates)
	}
	s.scratch.clear()
	if got := gathered(Question{}, 10); got != 0 {
		t.Errorf("where no document scores there are %d", got)
	}
	parts := map[string]knowledge.Document{}
	for n := range 40 {
		parts[fmt.Sprintf("%d#%d", n/4, n%4)] = page("Kettle", "Boil the kettle.")
	}
	i, _ = built(t, fake(parts))
	s = searching(t, i, access.Audience{})
	for doc := range 40 {
		s.scratch.pages[doc].both = math.Pow(1.1, float64(doc/4))
	}
	if got := gathered(Question{}, 5); got != 4*5 {
		t.Errorf("the best 5 pages of 4 parts each are %d parts", got)
	}
}

// TestPagesOfAName are all found, though nothing but their titles holds the word, and one of them has more passages than
// are looked at again.
func TestPagesOfAName(t *testing.T) {
	many := make([]string, secondLook+10)
	for n := range many {
		many[n] = fmt.Sprintf("Boil it, step %d.", n)
	}
	docs := map[string]knowledge.Document{"handbook.md": page("Kettle handbook", many...)}
	for n := range 8 {
		docs[fmt.Sprintf("%d.md", n)] = page("Kettle notes", "Empty it of scale.")
	}
	i, _ := built(t, fake(docs))
	if got := paths(t, i, access.Audience{}, "kettle"); len(got) != len(docs) {
		t.Errorf("found %v", got)
	}
	// What goes on from such a page is no new subject.
	docs = map[string]knowledge.Document{"kettle.md": page("Kettle", "Boil the water, and empty it of scale each week."), "mug.md": page("Mug", "Wash it up.")}
	i, _ = built(t, fake(docs))
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "empty scale", Turns: []Turn{{ByUser: true, Text: "kettle"}}})
	if err != nil || results.NewSubject || len(results.Hits) == 0 || results.Hits[0].Document.Path != "kettle.md" {
		t.Errorf("taken for a new subject %t, found %+v, %v", results.NewSubject, results.Hits, err)
	}
}

// TestMorePagesThanArePutTogether: the best passage is found on a page that scores little as a whole, no page twice, and
// as many as are asked for.
func TestMorePagesThanArePutTogether(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for n := range mostPages + 50 {
		docs[fmt.Sprintf("%03d.md", n)] = page("Kettle", "Boil."+strings.Repeat(" More.", n%50), "Boil the kettle.", "The kettle again.")
	}
	long := make([]string, 400)
	for n := range long {
		long[n] = strings.Repeat("Something else altogether. ", 20)
	}
	long[200] = "# Boil the kettle twice\nBoil the kettle twice."
	docs["long.md"] = page("Other", long...)
	i, _ := built(t, fake(docs))
	if got := paths(t, i, access.Audience{}, "boil the kettle twice"); len(got) == 0 || got[0] != "long.md" {
		t.Errorf("found first: %v", got[:min(3, len(got))])
	}
	results, _, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: "kettle", Limit: 2 * mostPages}, 0)
	found := map[string]bool{}
	for _, hit := range results.Hits {
		found[hit.Document.Path] = true
	}
	if err != nil || len(results.Hits) != len(docs) || len(found) != len(docs) {
		t.Errorf("%d hits of %d pages among %d, %v", len(results.Hits), len(found), len(docs), err)
	}
	for doc := range docs { // of as many alike
		docs[doc] = page("Kettle", "Boil the kettle"+strings.Repeat(" slowly", 20))
	}
	i, _ = built(t, fake(docs))
	got := paths(t, i, access.Audience{}, "kettle")
	if slices.Sort(got); len(slices.Compact(got)) != 10 {
		t.Errorf("found %v", got)
	}
}
