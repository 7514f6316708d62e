package index

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

func TestLinesOfASectionLeadToIt(t *testing.T) {
	source := guidance()
	doc := page("Time off", "# Holidays\nHolidays are booked with the calendar. Everybody books holidays.", "# Sickness\nTell the office by ten.", "# Holidays carried over\nHolidays lapse in April.")
	doc.Passages[1].AskedAs = []string{"woke up feeling rotten, who do I ring"}
	source.docs["d/leave.md"] = doc
	i, _ := built(t, source)
	for _, text := range []string{"feeling rotten, who do I ring", "rotten when I woke up"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text, Explain: true})
		if err != nil || len(results.Hits) == 0 {
			t.Fatal(results, err)
		}
		hit := results.Hits[0]
		if hit.Document.Path != "d/leave.md" || hit.Passage.Headings[0] != "Sickness" {
			t.Errorf("%q leads to %s, %v", text, hit.Document.Path, hit.Passage)
		}
		if len(hit.Why) < 2 || hit.Why[1] != `decided by what people would ask: "woke up feeling rotten, who do I ring"` {
			t.Errorf("it is explained as %q", hit.Why)
		}
		var score, text, asked, both float64
		_, err = fmt.Sscanf(hit.Why[0], "score %f: text %f, what people would ask %f, both together %f", &score, &text, &asked, &both)
		if err != nil || asked == 0 || math.Abs(score-text-asked-both) > .02 {
			t.Errorf("the parts of a score are not the whole of it (%v): %s", err, hit.Why[0])
		}
	}
}

// TestTheLineOfASectionLeadsBesideBetterOnes: the best line is of the page as a whole, and the section has one that
// fits nearly as well.
func TestTheLineOfASectionLeadsBesideBetterOnes(t *testing.T) {
	source := guidance()
	doc := page("Time off", "# Leave\nFeeling like a holiday? Book it.", "# Sickness\nWhen you woke up ill, tell the office by ten.")
	doc.AskedAs = []string{"on holiday and woke up feeling rotten"}
	for n := range 20 { // among the lines of others, its words are rare
		other := page(fmt.Sprint("Page ", n), "Something else.")
		other.AskedAs = []string{"where is the form for a desk"}
		source.docs[fmt.Sprint("e/", n, ".md")] = other
	}
	doc.Passages[1].AskedAs = []string{"woke up feeling rotten"}
	source.docs["d/leave.md"] = doc
	i, _ := built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "holiday, and woke up feeling rotten"})
	if err != nil || len(results.Hits) == 0 || results.Hits[0].Passage.Headings[0] != "Sickness" {
		t.Errorf("found %+v, %v", results.Hits, err)
	}
}

// TestLinesOfASectionSurviveWritingAnew changes more than a tenth, so that the partition is written anew.
func TestLinesOfASectionSurviveWritingAnew(t *testing.T) {
	source := guidance()
	doc := page("Time off", "# Holidays\nBook them with the calendar.", "# Sickness\nTell the office by ten.")
	doc.Passages[1].AskedAs = []string{"woke up feeling rotten, who do I ring"}
	source.docs["d/leave.md"] = doc
	i, dir := built(t, source)
	for path := range source.docs {
		if path != "d/leave.md" {
			source.docs[path] = page("Other "+path, "Something else.")
		}
	}
	rebuild(t, source, dir)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "feeling rotten, who do I ring"})
	if err != nil || len(results.Hits) == 0 || results.Hits[0].Passage.Headings[0] != "Sickness" {
		t.Errorf("found %+v, %v", results.Hits, err)
	}
}

// TestAnotherOrganisationsPagesSayNothingOfAQuestion: what a question is like is seen from the pages that are wanted.
func TestAnotherOrganisationsPagesSayNothingOfAQuestion(t *testing.T) {
	docs := map[string]knowledge.Document{"b/badges.md": page("Badges", "Badges open doors.")}
	for n := range 2 * firstDocuments {
		docs[fmt.Sprintf("a/%d.md", n)] = page("Badges and badges", "Badges, badges, badges.")
	}
	for path, doc := range docs {
		doc.Organisation = path[:1]
		docs[path] = doc
	}
	i, _ := built(t, fake(docs))
	var seen kind
	_, err := i.Search(t.Context(), access.Audience{}, Question{Text: "badges", Organisations: []string{"b"}, watch: func(_ string, k kind, _ parts) { seen = k }})
	if err != nil || seen.covered != 1 {
		t.Errorf("the question is like %+v, %v", seen, err)
	}
}

func TestWithoutLinesTheTextOrders(t *testing.T) {
	for _, k := range []kind{{}, {1, 1}, {0, 1}, {1, 0}} {
		weights := fused.weigh(k)
		for i, w := range weights {
			if w < 0 || i == 0 && w < leastText {
				t.Errorf("for a question like %v %s counts %v", k, partNames[i], w)
			}
		}
		if (parts{text: .2}).score(weights) >= (parts{text: .3}).score(weights) {
			t.Errorf("for a question like %v less text is more", k)
		}
	}
}

// TestFusionLearnsTheKind has questions whose right page is best by text when it covers them, and by
// lines when it does not.
func TestFusionLearnsTheKind(t *testing.T) {
	var questions []listed
	for i := range 60 {
		k := kind{covered: float64(i%2) * .9, words: .5}
		q := listed{group: "made", weight: 1, kind: k}
		for j := range 10 {
			text, line := float64(j)/10, float64(9-j)/10
			q.docs = append(q.docs, listedDocument{parts{text: text, line: line}, j == 9*(i%2)})
		}
		questions = append(questions, q)
	}
	f := fitFusion(questions)
	for _, q := range questions {
		if q.rank(f) != 0 {
			t.Fatalf("a question like %v ranks its page %d under %+v", q.kind, q.rank(f)+1, f)
		}
	}
	crossValidate(questions, io.Discard)
	for name, p := range f.Parts {
		if math.IsNaN(p.Always + p.Covered + p.Words) {
			t.Error(fmt.Sprint(name, " has no number"))
		}
	}
}

// TestPagesWithoutLinesAreFoundBesideOthers: that nobody has said what people would ask for a page says nothing
// against it, and a word of everyday life may be what it is about.
func TestPagesWithoutLinesAreFoundBesideOthers(t *testing.T) {
	source := guidance()
	doc := page("Typeface", "Letters are set in Transport, which only government may use.")
	doc.AskedAs = []string{"my mum's shop wants the same fonts as us, may she"}
	source.docs["d/typeface.md"] = doc
	source.docs["d/expenses.md"] = page("Claiming expenses", "# Taxis\nYou can claim a taxi after ten in the evening.", "# Hotels\nBook hotels through the portal.")
	i, _ := built(t, source)
	for _, text := range []string{"taxi", "hotels", "can I expense a taxi"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil || results.Band == BandNone || results.Hits[0].Document.Path != "d/expenses.md" {
			t.Errorf("%q: %s, %s, %v", text, results.Band, results.Reason, err)
		}
	}
	for text, asked := range map[string]float64{"can I claim a taxi": 0, "wants the same fonts as us": 1} {
		if _, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1); err != nil || seen.Asked != asked {
			t.Errorf("%q is judged by a page with lines: %v, want %v; %v", text, seen.Asked, asked, err)
		}
	}
}

func TestWhatAPageHoldsAsAWholeIsShown(t *testing.T) {
	for _, c := range []struct {
		seen features
		want bool
	}{
		{features{Cover: 1, Mass: 1.2}, true},
		{features{Cover: 1, Mass: 1.2, Chatter: .3}, false},               // everyday words in the text alone
		{features{Cover: 1, Mass: 1.2, Chatter: .3, CoverHead: .6}, true}, // and in a heading
		{features{Cover: 1, Mass: .8}, true},
		{features{Cover: 1, Mass: .8, Everyday: .3}, false},
		{features{Cover: 1, Mass: .6}, false},                        // next to nothing was asked
		{features{Cover: 1, Mass: .6, Near: 1, CoverHead: .3}, true}, // but it stands there side by side, some of it in a heading
		{features{Cover: 1, Mass: .6, Near: 1}, false},
		{features{Cover: 1, Mass: .6, Near: .9, CoverHead: .3}, false},
		{features{Cover: 1, Mass: .6, Chatter: .3, CoverHead: 1}, true},   // but all of it is a heading
		{features{Cover: .9, Mass: 1.2, CoverHead: .9}, false},            // not the whole
		{features{Cover: 1, Mass: 1.2, CoverHead: 1, Unknown: .2}, false}, // a word is strange
		{features{Cover: 1, Mass: 1.2, CoverHead: 1, Single: 1}, false},   // see topic
	} {
		if got := c.seen.whole(); got != c.want {
			t.Errorf("%+v: whole %v", c.seen, got)
		}
	}
}

// TestAQuestionAsPeopleAskItIsAnswered though the first model takes it for something else, when the second takes the
// page for the answer.
func TestAQuestionAsPeopleAskItIsAnswered(t *testing.T) {
	m := confidenceModel{Here: model{Bias: -2}, Answers: model{Bias: 2}, NoneBelow: .5, AnswerFrom: .5}
	for covered, want := range map[float64]Band{1: BandAnswer, .5: BandNone} {
		out := Results{Hits: []Hit{{}}}
		if m.judge(&out, &query{}, features{CoverLine: covered, Mass: 1.2}); out.Band != want {
			t.Errorf("with %v of it in a line the band is %q, want %q", covered, out.Band, want)
		}
	}
}

func TestASubjectIsNamed(t *testing.T) {
	for _, c := range []struct {
		seen features
		want bool
	}{
		{features{Single: 1, Mass: .5, CoverHead: 1}, true},
		{features{Single: 1, Mass: .5, CoverHead: .4, Cover: 1}, false},    // in the text alone
		{features{Single: 1, Mass: .5, CoverLine: 1}, true},                // people ask for it
		{features{Single: 1, Mass: .5, CoverLine: 1, Chatter: 1}, false},   // but in words of everyday life
		{features{Mass: .75, Cover: 1, CoverHead: .7}, true},               // "how do I get a laptop"
		{features{Mass: .75, Cover: .9, CoverHead: .7}, false},             // not all of it is there
		{features{Mass: .75, Cover: 1, CoverHead: .3}, false},              // and little of it in a heading
		{features{Mass: .65, Cover: 1, CoverHead: .7}, false},              // all pages have its words
		{features{Mass: .75, Cover: 1, CoverHead: .7, Unknown: .1}, false}, // a word is strange
		{features{Single: 1, Unknown: 1, called: true}, true},              // and it is called what the page is
	} {
		if got := c.seen.topic(); got != c.want {
			t.Errorf("%+v: a subject %v", c.seen, got)
		}
	}
}

func TestOneWordGoesByTheText(t *testing.T) {
	lines := func(k kind) (sum float64) {
		weights := fused.weigh(k)
		for _, w := range weights[1:] {
			sum += w
		}
		return sum
	}
	if got := lines(kind{covered: 1, words: 1. / mostWords}); got != 0 {
		t.Errorf("lines count %v for one word that a text holds", got)
	}
	if lines(kind{covered: 1, words: 2. / mostWords}) == 0 || lines(kind{words: 1. / mostWords}) == 0 {
		t.Error("lines count nothing for two words, or for one that no text holds")
	}
}

// TestWordsOfLinesAreKnown: a word that only a line holds is neither mended nor strange, and a question that a
// line holds as a whole is not refused.
func TestWordsOfLinesAreKnown(t *testing.T) {
	source := guidance()
	for n := range 5 {
		source.docs[fmt.Sprintf("e/front-%d.md", n)] = page("The front page", "The front page greets people.")
	}
	doc := page("Typeface", "Letters are set in Transport, which only government may use.")
	doc.AskedAs = []string{"my mum's shop wants the same fonts as us, may she"}
	source.docs["d/typeface.md"] = doc
	i, _ := built(t, source)
	for _, text := range []string{"fonts", "font", "wants the same font as us", "wants the same fonts as us", "my mum's shop wants the same fonts, may she"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil || results.Band == BandNone || len(results.Added) > 0 || results.Hits[0].Document.Path != "d/typeface.md" {
			t.Errorf("%q: %s, %s, also searched for %q, %v", text, results.Band, results.Reason, results.Added, err)
		}
	}
}

// TestAPageWithoutLinesIsFound among pages that have them: somebody adds a page, and says later what people would ask.
func TestAPageWithoutLinesIsFound(t *testing.T) {
	source := guidance()
	for n := range 20 {
		other := page(fmt.Sprint("Room ", n), "The room has a screen and seats for ten. A projector stands in the cupboard.")
		other.AskedAs = []string{"how do I book a room for tomorrow", "does the room have a projector"}
		source.docs[fmt.Sprint("e/", n, ".md")] = other
	}
	for why, lines := range map[string][]string{
		"nobody has said yet what people would ask for it: its text is taken for that too":     nil,
		"few lines say what people would ask for it: a part of its text is taken for that too": {"who has the remote"},
	} {
		doc := page("Booking a projector", "Book a projector at the desk, a day before.")
		doc.AskedAs = lines
		source.docs["d/projectors.md"] = doc
		i, _ := built(t, source)
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "how do I book a projector for tomorrow morning", Explain: true})
		if err != nil || len(results.Hits) == 0 || results.Hits[0].Document.Path != "d/projectors.md" {
			t.Fatalf("with lines %q: found %+v, %v", lines, results.Hits, err)
		}
		if results.Hits[0].Why[1] != why {
			t.Errorf("it is explained as %q", results.Hits[0].Why)
		}
	}
}

// TestLinesWeighNothingAgainstNone: where nobody has said of any page what people would ask, the text alone ranks.
func TestLinesWeighNothingAgainstNone(t *testing.T) {
	i, _ := built(t, guidance())
	s := searching(t, i, access.Audience{})
	for doc := range s.docs {
		if s.unasked(doc) > 0 {
			t.Errorf("%s is taken for a page that others have lines beside", s.docs[doc].Document.Path)
		}
	}
}

// TestTheMoreLinesTheLessIsGuessed of what people would ask for a page.
func TestTheMoreLinesTheLessIsGuessed(t *testing.T) {
	docs := map[string]knowledge.Document{"a.md": page("None", "Text.")}
	for n, path := range map[int]string{1: "b.md", 5: "c.md", 10: "d.md", 12: "e.md"} {
		doc := page("Some", "Text.")
		for i := range n {
			doc.AskedAs = append(doc.AskedAs, fmt.Sprint("question ", i))
		}
		docs[path] = doc
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	for doc, want := range []float64{1, .9, .5, 0, 0} {
		if got := s.unasked(doc); math.Abs(got-want) > 1e-9 {
			t.Errorf("of %s %v is guessed, not %v", s.docs[doc].Document.Path, got, want)
		}
	}
}

// TestWhatIsSaidOutweighsTheGuess: lines that fit count as they do, and where they do not the guess is a part of the
// text, the smaller the more lines there are.
func TestWhatIsSaidOutweighsTheGuess(t *testing.T) {
	fits, none, five := page("Kettle", "Boil it."), page("Kettle", "Boil it."), page("Kettle", "Boil it.")
	fits.AskedAs = []string{"boil a kettle before the meeting"}
	five.AskedAs = []string{"mug", "saucer", "spoon", "plate", "tray"}
	i, _ := built(t, fake(map[string]knowledge.Document{"fits.md": fits, "none.md": none, "five.md": five, "other.md": page("Desk", "Wood.")}))
	seen := map[string]parts{}
	q := Question{Text: "boil a kettle before the meeting", watch: func(path string, _ kind, p parts) { seen[path] = p }}
	if _, err := i.Search(t.Context(), access.Audience{}, q); err != nil {
		t.Fatal(err)
	}
	for path, unasked := range map[string]float64{"none.md": 1, "five.md": .5} {
		guess := unasked * ranking.Unasked * seen[path].text
		for n, part := range seen[path].list() {
			if name := partNames[n]; name != "text" && name != "both" && math.Abs(part-guess) > 1e-9 {
				t.Errorf("%s: %s is %v, not the guess %v", path, name, part, guess)
			}
		}
	}
	for n, part := range seen["fits.md"].list() {
		if name := partNames[n]; name != "text" && part < 1.5*ranking.Unasked*seen["fits.md"].text {
			t.Errorf("%s of a line that fits is %v", name, part)
		}
	}
}

func TestAnExplanationSaysHowNearTheWordsOfTheQuestionStand(t *testing.T) {
	source := guidance()
	source.docs["d/near.md"] = page("Parking", "The permit for bicycle sheds is free. Ask the porter for it.")
	source.docs["d/far.md"] = page("Moving in", "A bicycle may be kept in the yard, if it is locked, lit and bears the name of whoever owns it. Garden sheds may not be used.")
	i, _ := built(t, source)
	said := map[string]string{}
	for _, text := range []string{"bicycle sheds", "porter"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text, Explain: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range results.Hits {
			said[text+" "+hit.Document.Path] = strings.Join(hit.Why, "\n")
		}
	}
	for key, want := range map[string]string{
		"bicycle sheds d/near.md": "100 % of the question stands in it, where a rare word counts for more than a common one; most of the words that stand together in the question stand next to each other there too",
		"bicycle sheds d/far.md":  "; words that stand together in the question do not stand near each other there",
		"porter d/near.md":        "100 % of the question stands in it, where a rare word counts for more than a common one",
	} {
		if !strings.Contains(said[key], want) || key == "porter d/near.md" && strings.Contains(said[key], "stand together") {
			t.Errorf("%s is explained as %q", key, said[key])
		}
	}
	if some := nearness(.3); !strings.HasPrefix(some, "some of the words") {
		t.Errorf("near in part is said as %q", some)
	}
}
