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

// wordy is a source of many pages, so that words that stand in few of them say much.
func wordy() *fakeSource {
	docs := map[string]knowledge.Document{
		"w.md": page("Words", "Look after mother, claim a tax credit a year or a week, fix a broken laptop, order a laptop, an exam in April, a bus late, a good idea."),
	}
	for n := range 60 {
		docs[fmt.Sprintf("%d.md", n)] = page("Common", "Common things are good.")
	}
	return fake(docs)
}

func TestWhatIsToldBesideAQuestion(t *testing.T) {
	i, _ := built(t, wordy())
	s := searching(t, i, access.Audience{})
	for text, want := range map[string]string{
		"I look after my mother. Can I claim a tax credit?":                                           "look mother",
		"Can I claim a tax credit? I look after my mother.":                                           "look mother",
		"I look after my mother\ncan I claim a tax credit":                                            "look mother",
		"i look after my mother. can i claim a tax credit? the bus is late":                           "look mother bus late", // small letters
		"Where do I claim tax? And how much is the credit? I have a mother.":                          "mother",
		"I look after my mother. I want a tax credit.":                                                "",             // nothing is asked
		"I look after my mother. Need a tax credit by April.":                                         "look mother",  // but wanted
		"I look after my mother. With an exam in April, how do I claim a tax credit.":                 "look mother",  // or asked within
		"My laptop is broken. Who can fix it?":                                                        "",             // what is told is asked about
		"My laptop is broken. What now?":                                                              "",             // the question has no word of its own
		"My laptop is broken. Good idea?":                                                             "laptop break", // hardly any: it counts for nearly as much
		"The bus is late. Can I claim it as a tax credit for my laptop?":                              "bus late",     // it says enough
		"Can I claim a tax credit?":                                                                   "",
		"In a year, " + strings.Repeat("and a week, ", 30) + "can I claim a credit? I have a mother.": "mother", // however long the question
		"The bus is late. Zzyzx?":                                                                     "",       // nobody knows a word of it
		"":                                                                                            "",
	} {
		words := s.generation.lexicon.reader().read(text)
		if err := s.setAside(text, words); err != nil {
			t.Fatal(err)
		}
		var aside []string
		for _, w := range words {
			if w.aside > 0 {
				aside = append(aside, w.form)
			}
		}
		if got := strings.Join(aside, " "); got != want {
			t.Errorf("%q: told besides %q, want %q", text, got, want)
		}
	}
}

// TestTheLessAQuestionSaysTheMoreCountsWhatIsTold, and the more when it may point there.
func TestTheLessAQuestionSaysTheMoreCountsWhatIsTold(t *testing.T) {
	for _, c := range []struct {
		says   float64
		points bool
		want   float64
	}{
		{0, false, 1}, {saysLittle, false, 1}, {saysEnough, false, asideShare}, {9, false, asideShare},
		{(saysLittle + saysEnough) / 2, false, (1 + asideShare) / 2},
		{saysEnough, true, 1}, {pointingEnough, true, asideShare}, {(pointingLittle + pointingEnough) / 2, true, (1 + asideShare) / 2},
	} {
		if got := shareOfTold(c.says, c.points); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("beside one that says %v, pointing %t, it counts %v, want %v", c.says, c.points, got, c.want)
		}
	}
}

// TestWhatIsAskedComesBeforeWhatIsTold: the words told are as many and as rare as those asked.
func TestWhatIsAskedComesBeforeWhatIsTold(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"asked.md": page("Laptops", "Order a laptop from the service desk."),
		"told.md":  page("Parking", "Park a bicycle in the basement."),
	}))
	for _, text := range []string{
		"I park a bicycle in the basement. How do I order a laptop from the desk?",
		"How do I order a laptop from the desk? I park a bicycle in the basement.",
	} {
		if got := paths(t, i, access.Audience{}, text); len(got) == 0 || got[0] != "asked.md" {
			t.Errorf("%q finds %v", text, got)
		}
	}
}

// prepared reads a question as a search over an index does.
func prepared(t *testing.T, i *Index, text string) (*query, *lens) {
	t.Helper()
	return preparedIn(t, searching(t, i, access.Audience{}), text)
}

// preparedIn is prepared for a search that goes on.
func preparedIn(t *testing.T, s *search, text string) (*query, *lens) {
	t.Helper()
	q, err := s.prepare(t.Context(), s.generation.lexicon.reader(), Question{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.scoreTerms(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	return q, s.newLens(q)
}

// TestWhatIsToldCountsLess in every part of the score, with what is looked for besides it.
func TestWhatIsToldCountsLess(t *testing.T) {
	source := wordy()
	source.docs["a.md"] = page("Laptops", "Order a laptop from the desk. A blue badge is for the cabinet office.")
	source.teams = []knowledge.Organisation{{ID: "co", Name: "Cabinet Office", Short: "CBO"}}
	i, _ := built(t, source)
	q, l := prepared(t, i, "I have a CBO blue badge. Do I order a laptop?")
	weights := map[string]float64{}
	for _, w := range append(q.terms, q.pairs...) {
		weights[w.text] = w.weight
	}
	for text, want := range map[string]float64{
		"laptop": 1, "order laptop": 1, "badg": asideShare, "blue badg": asideShare, "badg order": asideShare, "cabinet": asideShare * ranking.LongForm,
	} {
		if math.Abs(weights[text]-want) > 1e-9 {
			t.Errorf("%q weighs %v, want %v", text, weights[text], want)
		}
	}
	for term, want := range map[string]float64{"laptop": 1, "badg": asideShare} {
		if got := l.idfs[l.terms[hash32(term)]] / q.idfs[term]; math.Abs(got-want) > 1e-9 {
			t.Errorf("looked at again, %q counts %v, want %v", term, got, want)
		}
	}
}

// TestWordsOfAskingCountLess: they say that something is asked, not what.
func TestWordsOfAskingCountLess(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Laptops", "Information on a laptop.")}))
	q, _ := prepared(t, i, "looking for information about a laptop")
	for _, w := range q.terms {
		if want := map[bool]float64{true: 1, false: askingShare}[w.text == "laptop"]; w.weight != want || askingShare >= 1 {
			t.Errorf("%q weighs %v", w.text, w.weight)
		}
	}
}

// TestALongTaleLeavesRoomForTheQuestion tells more rare words than are looked for, and then asks.
func TestALongTaleLeavesRoomForTheQuestion(t *testing.T) {
	tale := strings.Join(strings.Fields("aardvark bassoon cartilage dromedary estuary flamingo gazebo harmonium igloo juniper kayak lagoon marmalade nectarine obelisk pelican quagmire rhubarb saxophone tarpaulin umbrella"), " and ")
	i, _ := built(t, fake(map[string]knowledge.Document{
		"a.md": page("Laptops", "Order a laptop from the service desk.", "Return a laptop to the desk.", "A laptop is ordered once."),
		"b.md": page("Tale", tale),
	}))
	q, _ := prepared(t, i, "I have "+tale+". How do I order a laptop?")
	for _, term := range []string{"order", "laptop"} {
		if !slices.ContainsFunc(q.terms, func(w weighted) bool { return w.text == term && w.weight == 1 }) {
			t.Errorf("%q is not looked for in full: %v", term, q.terms)
		}
	}
}

// TestWhatIsToldMakesNoAnswerSure: a page that holds what is told, and nothing of what is asked, is no answer.
func TestWhatIsToldMakesNoAnswerSure(t *testing.T) {
	source := wordy()
	source.docs["parking.md"] = page("Parking a bicycle", "Park a bicycle in the basement, in any rack of the basement, and lock the bicycle.", "The basement opens at six.")
	source.docs["laptop.md"] = page("Ordering a laptop", "Order a laptop from the service desk. The laptop comes within a week.")
	i, _ := built(t, source)
	for text, want := range map[string]bool{
		"How do I park a bicycle in the basement?":                                                 true,
		"I park a bicycle in a rack of the basement. Where do I claim an exam in April?":           false,
		"I park a bicycle in the basement. How do I order a laptop from the service desk, please?": true,
	} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil || len(results.Hits) == 0 {
			t.Fatal(results, err)
		}
		if got := results.Band == BandAnswer; got != want {
			t.Errorf("%q: band %s with %.2f of %s", text, results.Band, results.Confidence, results.Hits[0].Document.Path)
		}
	}
}

// TestCoverOwnIsOfTheQuestionItself, in passage or line, and of nothing told besides.
func TestCoverOwnIsOfTheQuestionItself(t *testing.T) {
	source := wordy()
	source.docs["parking.md"] = page("Parking a bicycle", "Park a bicycle in the basement.")
	money := page("Money", "Ask the treasurer.")
	money.AskedAs = []string{"claim a tax credit"}
	source.docs["money.md"] = money
	i, _ := built(t, source)
	s := searching(t, i, access.Audience{})
	q, l := preparedIn(t, s, "I park a bicycle in the basement. How do I claim a tax credit?")
	s.gatherDocs(Question{}, mostPages)
	for path, want := range map[string]float64{"parking.md": 0, "money.md": 1, "w.md": 1} {
		doc := slices.IndexFunc(s.docs, func(d *record) bool { return d.Document.Path == path })
		if got := s.coverOwn(q, l, found{documentScore: documentScore{doc: doc}, text: s.first[doc]}); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s holds %v of the question itself, want %v", path, got, want)
		}
	}
}
