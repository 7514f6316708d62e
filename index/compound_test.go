package index

import (
	"slices"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// TestWhatIsWrittenTogetherIsReadApart where pages write it apart, and only there.
func TestWhatIsWrittenTogetherIsReadApart(t *testing.T) {
	docs := map[string]knowledge.Document{
		"guide/wcag-2.2.md": page("Contrast", "Text must be easy to see."), "rare.md": page("Rare", "The codesource is in TLS1.2 and C#."), "c.md": page("Vitamins", "Vitamin C is good."),
	}
	for _, name := range []string{"t.md", "u.md", "v.md"} {
		docs[name] = page("Shed", "A garden needs tools.")
	}
	for _, name := range []string{"p.md", "q.md", "r.md", "s.md"} {
		docs[name] = page("Page", "Open source code in Python, with a code review and UTF-8. Co-design is a sign of a new code.")
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	for text, want := range map[string][]string{
		"opensource": {"open", "sourc", "+opensourc"}, "codereview": {"code", "review", "+codereview"},
		"utf8": {"utf8"}, "utf16": {"utf", "+16", "+utf16"}, "python3": {"python", "+3", "+python3"}, "codesign": {"codesign"},
		"codesource": {"codesourc"}, "python": {"python"}, "zzz3": {"zzz3"}, "M16-22": {"m16", "22", "+m1622"}, "opensnow": {"opensnow"}, "gardencode": {"gardencod"},
		"TLS1.2": {"tls", "1.2"}, "c#": {"c#"}, "opensourcecodereviewpython": {"opensourcecodereviewpython"},
	} {
		r := s.generation.lexicon.borrow()
		words, err := s.takeApart(t.Context(), r, r.read(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range words {
			if w.extra {
				got = append(got, "+"+w.term)
			} else {
				got = append(got, w.term)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if found, err := i.Search(t.Context(), access.Audience{}, Question{Text: "utf8"}); err != nil || found.Band == BandNone || found.Hits[0].Fits[0].Held < .99 {
		t.Errorf("utf8 finds %+v (%v), which holds it as UTF-8", found, err)
	}
	for question, want := range map[string]string{"wcag-2.2.md": "guide/wcag-2.2.md", "WCAG 2.2": "guide/wcag-2.2.md", "rare.md": "rare.md", "C#": "rare.md"} {
		if found := paths(t, i, access.Audience{}, question); len(found) == 0 || found[0] != want {
			t.Errorf("%q finds %q, want %s first", question, found, want)
		}
	}
}

// TestTheNameOfAFile is what its author called the page, without endings and the number of a part.
func TestTheNameOfAFile(t *testing.T) {
	for path, want := range map[string]string{
		"a/b/leave.html.md.erb": "b leave", "guide/wcag-2.2.md": "guide wcag-2.2", "a/tests/index.md#4": "a tests", "a/leave.md#4": "a leave", "q17": "",
	} {
		if got := slugText(path); got != want {
			t.Errorf("%s is called %q, want %q", path, got, want)
		}
	}
}

// TestSeveralOfAnAcronym are the same as one of it.
func TestSeveralOfAnAcronym(t *testing.T) {
	for several, one := range map[string]string{"SROs": "SRO", "kpis": "kpi", "APIs": "API", "COs": "co"} {
		r := newLexicon(nil, nil).reader()
		if a, b := r.read(several), r.read(one); len(a) != 1 || len(b) != 1 || a[0].term != b[0].term {
			t.Errorf("%s is read as %v, %s as %v", several, a, one, b)
		}
	}
}

// TestWhatIsHeardOfAMessage is what it asks, without greetings and thanks.
func TestWhatIsHeardOfAMessage(t *testing.T) {
	for text, want := range map[string]string{
		"Hope you are well! what is a discovery": "what is a discovery", "Hi all. Who signs it off? Thanks in advance": "Who signs it off?",
		"who signs it off": "who signs it off", "thanks": "thanks", "My laptop broke.": "My laptop broke.",
	} {
		if got := heardOf(text); got != want {
			t.Errorf("of %q is heard %q, want %q", text, got, want)
		}
	}
}
