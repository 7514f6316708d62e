package index

import (
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
)

// TestChoosesThePassageToShow shows, of a page's passages, neither a mere pointer nor what stands under
// another heading, when one under the heading asked for fits nearly as well.
func TestChoosesThePassageToShow(t *testing.T) {
	source := guidance()
	filler := strings.Repeat(" Every team writes down what it agreed and why it did so.", 3)
	source.docs["d/console.md"] = page("Cheatsheet",
		"# Run a task\nTo open a console, open a console: who opens a console has an open console."+filler,
		"# Open a console\nType the command and wait for the prompt."+filler,
		"# See also\nConsole: see the manual.")
	i, _ := built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "open a console"})
	if err != nil || len(results.Hits) == 0 {
		t.Fatal(results, err)
	}
	if hit := results.Hits[0]; hit.Document.Path != "d/console.md" || hit.Passage.Headings[0] != "Open a console" {
		t.Errorf("shows %s, %v", hit.Document.Path, hit.Passage.Headings)
	}
}

// TestChoosesThePassageThatHoldsTheQuestion before one that repeats a part of it.
func TestChoosesThePassageThatHoldsTheQuestion(t *testing.T) {
	source := guidance()
	filler := strings.Repeat(" Every team writes down what it agreed and why it did so.", 3)
	source.docs["d/handbook.md"] = page("Writing",
		"# Links\nTo link a handbook page to a page of the handbook, take the path of the page."+filler,
		"# Pictures\nTo put an image on a page of the handbook, first add the file."+filler)
	i, _ := built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "image handbook page"})
	if err != nil || len(results.Hits) == 0 {
		t.Fatal(results, err)
	}
	if hit := results.Hits[0]; hit.Document.Path != "d/handbook.md" || hit.Passage.Headings[0] != "Pictures" {
		t.Errorf("shows %s, %v", hit.Document.Path, hit.Passage.Headings)
	}
}

// TestChoosesAmongPassagesNotLookedAt as among others: those of a page that is found by what people would ask.
func TestChoosesAmongPassagesNotLookedAt(t *testing.T) {
	source := guidance()
	filler := strings.Repeat(" Every team writes down what it agreed and why it did so.", 3)
	source.docs["d/handbook.md"] = page("Writing",
		"# Links\nTo link a handbook page to a page of the handbook, take the path of the page in the handbook."+filler,
		"# Pictures\nTo put an image on a page of the handbook, first add the file."+filler)
	i, _ := built(t, source)
	s := searching(t, i, access.Audience{})
	_, l := preparedIn(t, s, "image handbook page")
	doc := slices.IndexFunc(s.docs, func(d *record) bool { return d.Document.Path == "d/handbook.md" })
	links, pictures := s.first[doc], s.first[doc]+1
	f := found{documentScore: documentScore{doc: doc}, passages: []passageScore{{links, 1.1}, {pictures, 1}}}
	if err := s.choose(l, &f); err != nil || f.passages[0].slot != pictures {
		t.Errorf("shows passage %d before %d", links, pictures)
	}
}

// TestASectionOpensWhereItBegins when its headings hold what is asked for, and not when a passage of it holds more.
func TestASectionOpensWhereItBegins(t *testing.T) {
	source := guidance()
	filler := strings.Repeat(" Every team writes down what it agreed and why it did so.", 5)
	source.docs["d/handbook-a.md"] = page("Handbook", "# Gym\nOpen."+filler, "# Parking permits and season tickets\nSee the other page."+filler) // which stands before it
	source.docs["d/handbook.md"] = page("Handbook",
		"# Parking permits and season tickets\nParking permits are made at the desk."+filler,
		"# Fire drills\nA drill is on Monday."+filler,
		"# Parking permits and season tickets\nAsk reception, which is open from eight."+filler,
		"# Parking permits and season tickets\nParking permits end after a year, and a new permit for parking is made then."+filler,
		"# Parking permits and season tickets\nLost ones are replaced by the guard."+filler)
	source.docs["d/gifts.md"] = page("Gifts",
		"# What you may buy for the birthday of a colleague\nFlowers and cards for whoever leaves."+filler,
		"# What you may not buy for the birthday of a colleague\nWine and gold for whoever comes."+filler)
	i, _ := built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "do we buy gold for gifts on the birthday of a colleague"})
	if err != nil || len(results.Hits) == 0 || results.Hits[0].Passage.Line != 2 {
		t.Errorf("what may not be bought is told by %+v, %v", results.Hits, err)
	}
	results, err = i.Search(t.Context(), access.Audience{}, Question{Text: "do we buy flowers for gifts on the birthday of a colleague"})
	if err != nil || len(results.Hits) == 0 || results.Hits[0].Passage.Line != 1 {
		t.Errorf("what may be bought is told by %+v, %v", results.Hits, err)
	}
	for text, want := range map[string]int{"parking permits and season tickets made at the desk": 1, "how do parking permits work": 3, "lost parking permit and the guard": 5, "parking permits that end after a year": 4} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil || len(results.Hits) == 0 {
			t.Fatal(results, err)
		}
		if hit := results.Hits[0]; hit.Document.Path != "d/handbook.md" || hit.Passage.Line != want {
			t.Errorf("%q shows %s, line %d, not %d", text, hit.Document.Path, hit.Passage.Line, want)
		}
	}
	s := searching(t, i, access.Audience{})
	for opening, want := range map[int][]int{1: {1, 3, 2}, 0: {0, 3, 1}, 3: {3, 1, 2}} {
		f := found{passages: []passageScore{{3, 3}, {1, 2}, {2, 1}}}
		s.openAt(&f, opening)
		var got []int
		for _, p := range f.passages {
			got = append(got, p.slot)
		}
		if !slices.Equal(got, want) {
			t.Errorf("opened at %d, the passages are %v, not %v", opening, got, want)
		}
	}
	for slot, doc := range s.docOf {
		if start, err := s.startOfSection(int(doc), slot); err != nil || s.docOf[start] != doc {
			t.Errorf("a section of %s begins in %s", s.docs[doc].Document.Path, s.docs[s.docOf[start]].Document.Path)
		}
	}
}

func TestOneWordOpensThePageOfItsName(t *testing.T) {
	source := guidance()
	source.docs["d/parking.md"] = page("Parking", "There are two bays, and the front desk lends them out for a day at a time.",
		"# Bicycles\nParking of bicycles: the parking for them, bicycle parking, is behind the parking garage.")
	i, _ := built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "parking"})
	if err != nil || len(results.Hits) == 0 || results.Band == BandNone {
		t.Fatal(results, err)
	}
	if hit := results.Hits[0]; hit.Document.Path != "d/parking.md" || hit.Passage.Line != 1 {
		t.Errorf("shows %s, line %d", hit.Document.Path, hit.Passage.Line)
	}
}

// TestAPageFoundByItsTitleAloneOpensAtTheTop, unless a passage says more of what is asked.
func TestAPageFoundByItsTitleAloneOpensAtTheTop(t *testing.T) {
	source := guidance()
	doc := page("Parking your bike", "Forty stands in the basement.",
		"# Getting a fob\nTake your staff pass to reception between eight and six, and they give you one the same day, or the next when it rains.",
		"# Showers and lockers\nShowers are on the ground floor, and whoever comes first takes a locker, which is to be empty again by Friday.")
	source.docs["d/bike.md"] = doc
	i, _ := built(t, source)
	for text, want := range map[string]string{"where do I park my bike": "", "park a bike and get a fob": "Getting a fob", "park a bike by the showers": "Showers and lockers"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil || len(results.Hits) == 0 {
			t.Fatal(results, err)
		}
		if got := strings.Join(results.Hits[0].Passage.Headings, "/"); results.Hits[0].Document.Path != "d/bike.md" || got != want {
			t.Errorf("%q shows %q of %s", text, got, results.Hits[0].Document.Path)
		}
	}
	doc.Passages[2].AskedAs = []string{"where do I wash after cycling my bike here"}
	source.docs["d/bike.md"] = doc
	i, _ = built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "where do I wash my bike"})
	if err != nil || len(results.Hits) == 0 || strings.Join(results.Hits[0].Passage.Headings, "/") != "Showers and lockers" {
		t.Errorf("the line of a section leads to %+v, %v", results.Hits, err)
	}
}

// TestAShortPassageIsShownWithTheNext, where that holds enough of the question; a longer one is shown alone.
func TestAShortPassageIsShownWithTheNext(t *testing.T) {
	source := guidance()
	filler := strings.Repeat(" Every team writes down what it agreed and why it did so.", 8)
	short, next := "# Bicycle permits\nA bicycle permit is asked for at the desk, by anybody who works in the building for longer than a month.", "# After a year\nA bicycle permit ends after a year."
	for name, c := range map[string]struct {
		passages []string
		want     string
	}{
		"both short":           {[]string{short, next, "# Showers\nThey are on the ground floor."}, "A bicycle permit ends after a year."},
		"the first is long":    {[]string{short + " It is a bicycle permit." + filler, next}, ""},
		"the next is long":     {[]string{short, next + filler + filler}, "A bicycle permit ends after a year. Every team"},
		"the next holds less":  {[]string{short, "# Desks\nBring a permit."}, ""},
		"there is no other":    {[]string{short}, ""},
		"no other is about it": {[]string{short, "# Showers\nThey are on the ground floor."}, ""},
	} {
		source.docs["d/bicycle.md"] = page("Getting to the building", c.passages...)
		i, _ := built(t, source)
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "bicycle permit"})
		if err != nil || len(results.Hits) == 0 || results.Hits[0].Document.Path != "d/bicycle.md" {
			t.Fatal(name, results, err)
		}
		got := ""
		if beside := results.Hits[0].Beside; beside != nil {
			got = beside.Snippet
			if len(got) > besideRoom.whole+10 || !slices.Contains(beside.Matched, "permit") {
				t.Errorf("%s: %d characters, matched %q", name, len(got), beside.Matched)
			}
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: beside it stands %q, not %q", name, got, c.want)
		}
		for _, other := range results.Hits[1:] {
			if other.Beside != nil {
				t.Errorf("%s: beside %s stands %q", name, other.Document.Path, other.Beside.Snippet)
			}
		}
	}
}
