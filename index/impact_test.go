package index

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// TestAudiencesLearnNothingOfEachOther asks in turns, so that each audience comes upon what was worked out for the
// others, in one index and past the bound of views; what each is told must be what an index of its own tells it.
func TestAudiencesLearnNothingOfEachOther(t *testing.T) {
	source := spread(60, 4)
	i, dir := built(t, source)
	audiences := []access.Audience{{}, access.StaffOf("a", "b", "c"), access.StaffOf("a"), access.StaffOf("b", "c")}
	for n := range maxViews + 2 {
		audiences = append(audiences, access.StaffOf(subset(n)...))
	}
	own := make([]*Index, len(audiences))
	for k := range own {
		var err error
		if own[k], err = Open(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		defer own[k].Close()
	}
	for round := range 2 {
		for n, text := range someQuestions(6) {
			for k := range audiences {
				k = (k + n + round) % len(audiences)
				who, q := audiences[k], Question{Text: text}
				if want, got := exact(t, own[k], who, q), exact(t, i, who, q); got != want {
					t.Fatalf("%s asking %q after others:\n%s\nby itself:\n%s", who, text, got, want)
				}
			}
		}
	}
}

// subset returns some of the organisations, another for every n below 64.
func subset(n int) []string {
	var out []string
	for bit := range 6 {
		if n&(1<<bit) != 0 {
			out = append(out, organisations[bit])
		}
	}
	return out
}

func TestImpactsAreOfViewsThatAreKept(t *testing.T) {
	i, _ := built(t, spread(40, 7))
	for n := range 2*maxViews - 1 {
		exact(t, i, access.StaffOf(subset(n)...), Question{Text: "payment service plan"})
	}
	g := i.current.Load()
	live := map[int]bool{}
	for _, v := range g.views {
		if live[v.number] {
			t.Errorf("two views have the number %d", v.number)
		}
		live[v.number] = true
	}
	if len(g.views) > maxViews || len(live) == 0 {
		t.Errorf("%d views are kept", len(g.views))
	}
	for key := range g.impacts.of {
		if !live[key.view] {
			t.Errorf("impacts of %q are kept for no view", key.term)
		}
	}
}

func TestImpactsAreKeptWithinTheirBound(t *testing.T) {
	cache := impactCache{most: 3000}
	for n := range 20 {
		cache.keep(1, fmt.Sprint("term", n), &impacts{passages: make([]impact, 20*(n%5))})
		size := 0
		for _, kept := range cache.of {
			size += kept.size()
		}
		if size != cache.size || size > cache.most {
			t.Fatalf("%d bytes are kept, counted as %d", size, cache.size)
		}
	}
	if len(cache.of) < 3 {
		t.Errorf("%d are kept", len(cache.of))
	}
	before := cache.size
	for term := range cache.of {
		cache.keep(term.view, term.term, &impacts{})
	}
	if cache.size != before {
		t.Error("what another search kept first is counted twice")
	}
}

func TestImpactsAreWorkedOutOnce(t *testing.T) {
	i, _ := built(t, guidance())
	s := searching(t, i, access.Audience{})
	for passages, want := range map[int]int{10: 32 << 20, 1_000_000: 640_000_000} {
		if got := impactBound(passages); got != want {
			t.Errorf("of %d passages %d bytes may be kept, not %d", passages, got, want)
		}
	}
	if got := i.current.Load().impacts.most; got != 32<<20 {
		t.Errorf("a small index may keep %d bytes", got)
	}
	first, err := s.impacts(t.Context(), "cooki")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.impacts(t.Context(), "cooki"); err != nil || again != first {
		t.Error("they are worked out again")
	}
}

// TestImpactsByHand compares them with the formula, on pages of which all lengths are told.
func TestImpactsByHand(t *testing.T) {
	rota := page("Rota", "# Desks and badges\nDesks are for whoever comes. A rota says who.", "Desks stand by the wall.")
	rota.AskedAs = []string{"who plans desks", "planning the desks"}
	i, _ := built(t, fake(map[string]knowledge.Document{"rota.md": rota, "wall.md": page("Walls and desks", "Paint.")}))
	s := searching(t, i, access.Audience{})
	desk, err := s.impacts(t.Context(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	if desk.df != 2 || desk.inBody != 2 || desk.inText != 1 || desk.inLines != 1 || len(desk.pages) != 1 || len(desk.passages) != 3 || len(desk.lines) != 2 {
		t.Errorf("%+v", desk)
	}
	w := s.weights
	share := func(x, k float64) float64 { return x / (k + x) }
	in := func(field string, texts int, weight, b, freq, length float64) float64 {
		return weight * freq / (1 - b + b*length/(float64(s.lengths[field])/float64(texts)))
	}
	near := func(what string, got float32, want float64) {
		if math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("%s adds %v, not %v", what, got, want)
		}
	}
	first := in(fieldHead, 3, w.Head, w.HeadB, 1, 2) + in(fieldBody, 3, w.Body, w.BodyB, 1, 5)
	near("the first passage", desk.passages[0].share, share(first, w.K1))
	near("a title", desk.passages[2].share, share(in(fieldTitle, 3, w.Title, w.TitleB, 1, 2), w.K1))
	near("a line", desk.lines[0].share, share(in(fieldLine, 2, 1, w.LineB, 1, 2), w.LineK))
	x := in(fieldBody, 2, 1, w.ParentB, 2, 8)
	y := in(fieldLine, 2, 1, w.AskedB, 2, 4)
	near("a page", desk.pages[0].text, share(x, w.ParentK))
	near("its lines", desk.pages[0].lines, share(y, w.AskedK))
	near("both", desk.pages[0].both, share(x+y, w.BothK))
	pair, err := s.impacts(t.Context(), "plan desk")
	if err != nil || len(pair.lines) != 2 {
		t.Fatal(pair, err)
	}
	near("a pair of a line", pair.lines[0].share, share(in(fieldLPair, 2, 1, w.LineB, 1, 1), w.LineK))
	if n, err := s.count("desk"); err != nil || n != 2 {
		t.Errorf("known, it stands in %d texts: %v", n, err)
	}
	if n, err := s.count("paint"); err != nil || n != 1 {
		t.Errorf("not yet known, it stands in %d texts: %v", n, err)
	}
	for range 2 { // by the texts first, then as kept
		if n, err := s.count("rota"); err != nil || n != 1 {
			t.Errorf("of a word that stands in the title of both passages and in one text: %d, %v", n, err)
		}
		if _, err := s.impacts(t.Context(), "rota"); err != nil {
			t.Fatal(err)
		}
	}
	if plan, err := s.impacts(t.Context(), "plan"); err != nil || len(plan.pages) != 1 || plan.inLines != 1 || plan.inText != 0 {
		t.Errorf("of a word that stands in lines alone: %+v, %v", plan, err)
	}
}

func TestNumbersInOrder(t *testing.T) {
	for _, numbers := range [][]uint32{{}, {7}, {3, 1, 2}, {9, 1_000_000, 4}} {
		want := slices.Sorted(slices.Values(numbers))
		inOrder(numbers, func(n uint32) bool { return slices.Contains(want, n) })
		if !slices.Equal(numbers, want) {
			t.Errorf("%v, not %v", numbers, want)
		}
	}
}
