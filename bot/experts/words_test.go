package experts

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFit(t *testing.T) {
	read := new(phraser).read
	r := rarityOf(read("load testing", "accessibility testing", "user research", "hiring", "testing of forms"))
	for _, test := range []struct {
		topic, phrase string
		fits          bool
	}{
		{"load testing", "load testing", true},
		{"Loads, tested!", "load testing", true},
		{"load", "load testing", true},
		{"accessibility testing", "load testing", false},
		{"hiring", "planning the hiring of designers", true},
		{"we are about to launch and nobody here has done user research so far", "user research", true},
		{"we are about to launch and are hiring for it", "hiring", false}, // one word in many is chance
		{"who knows", "load testing", false},
		{"", "", false},
	} {
		if fit := r.fit(newTopic(test.topic, nil), read(test.phrase)[0]); (fit >= enough) != test.fits {
			t.Errorf("%q and %q fit %.2f", test.topic, test.phrase, fit)
		}
	}
}

func TestFitIsAShare(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"load", "testing", "the", "forms", "API", "naïve", "☃", "x2", "research"}), 0, 8).Draw(t, "words"), " ")
	})
	rapid.Check(t, func(t *rapid.T) {
		read := new(phraser).read
		phrases := read(rapid.SliceOfN(text, 0, 8).Draw(t, "phrases")...)
		r := rarityOf(phrases)
		about := newTopic(text.Draw(t, "topic"), rapid.SliceOfN(text, 0, 3).Draw(t, "added"))
		for _, p := range phrases {
			if fit := r.fit(about, p); fit < 0 || fit > 1 {
				t.Fatalf("%v and %v fit %v", about, p, fit)
			}
		}
		if best := r.best(about, phrases); best.score < 0 || best.score > 1 {
			t.Fatalf("%v fits %v", phrases, best)
		}
	})
}

func TestNames(t *testing.T) {
	n := newNames()
	for name, id := range map[string]string{"Ada Example": "ada", "Ada Example Smith": "smith", "bea": "bea", "#design": "design", "": "nobody", "Siân O’Brien-Pugh": "sian"} {
		n.add(name, id)
	}
	n.add("Cy Example", "cy")
	n.add("Cy Example", "other")
	for text, want := range map[string]string{"ada example": "ada", " Ada  EXAMPLE ": "ada", "Bea": "bea", "Cy Example": "", "": "", "Ada": "", "siân o’brien-pugh": "sian"} {
		if got := n.is(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"We thank Ada Example, Ada Example Smith and Siân O’Brien-Pugh.": "ada smith sian",
		"Ask in #design, not in design.":                                 "design",
		"bea ada Example example":                                        "ada",
		"Cy Example":                                                     "",
	} {
		got := n.in(text)
		if strings.Join(got, " ") != want {
			t.Errorf("%q names %v, want %q", text, got, want)
		}
	}
}

// Memory is bounded: a phraser that has seen too many words begins anew, and reads the same.
func TestAPhraserForgets(t *testing.T) {
	var p phraser
	first := p.read("testing forms")
	p.mu.Lock()
	p.stems = map[string]string{}
	for i := range mostStems + 1 {
		p.stems[strings.Repeat("z", 3)+string(rune(i+0x4e00))] = ""
	}
	p.mu.Unlock()
	again := p.read("testing forms")
	if !slices.Equal(first[0].words, again[0].words) || len(p.stems) > 2 {
		t.Errorf("read %v, then %v, and remembers %d words", first, again, len(p.stems))
	}
}
