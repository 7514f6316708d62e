package experts

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// votes draws what a search might find: up to forty pages, best first, for up to eight people.
func votes(t *rapid.T) []vote {
	all := make([]vote, rapid.IntRange(0, 40).Draw(t, "pages"))
	score := 100.
	for i := range all {
		score *= rapid.Float64Range(.5, 1).Draw(t, "of the score before")
		all[i] = vote{score: score, authors: people(t, "authors"), mentioned: people(t, "mentioned")}
		if rapid.Bool().Draw(t, "dated") {
			all[i].date = time.Date(rapid.IntRange(1990, 2030).Draw(t, "year"), time.May, 1, 0, 0, 0, 0, time.UTC)
		}
	}
	return all
}

func people(t *rapid.T, label string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}), 0, 4, rapid.ID).Draw(t, label)
}

var today = time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)

func placeOf(id string, all []standing) int {
	return slices.IndexFunc(all, func(s standing) bool { return s.id == id })
}

func TestVotesAreCountedFairly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lead := rapid.Float64Range(0, 1).Draw(t, "lead")
		given := votes(t)
		all := count(given, lead, today)
		for i, s := range all {
			if s.score < 0 || s.score > 1 || s.best < 0 || s.best > 1 || i == 0 && s.score != 1 || i > 0 && byScore(all[i-1], s) >= 0 {
				t.Fatalf("the order is %v", all)
			}
		}
		turned := slices.Clone(given)
		for i := range turned {
			turned[i].authors = slices.Clone(turned[i].authors)
			slices.Reverse(turned[i].authors)
		}
		if got := count(turned, lead, today); fmt.Sprint(got) != fmt.Sprint(all) {
			t.Fatalf("with authors the other way about: %v, not %v", got, all)
		}
	})
}

// Whoever wrote one more of the pages, alone, does not fall behind for it.
func TestOneMorePageDoesNoHarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lead := rapid.Float64Range(0, 1).Draw(t, "lead")
		given := votes(t)
		if len(given) == 0 {
			return
		}
		i := rapid.IntRange(0, len(given)-1).Draw(t, "page")
		before := count(given, lead, today)
		given[i].authors, given[i].mentioned = []string{"a"}, nil
		after := count(given, lead, today)
		if was, is := placeOf("a", before), placeOf("a", after); was >= 0 && is > was {
			t.Fatalf("a fell from %d to %d:\n%v\n%v", was, is, before, after)
		}
	})
}

// TestHowFarTheBestLeads: not at all among equals, wholly where it is alone, and the further the less the others score.
func TestHowFarTheBestLeads(t *testing.T) {
	scored := func(scores ...float64) []vote {
		all := make([]vote, len(scores))
		for i, score := range scores {
			all[i].score = score
		}
		return all
	}
	if none, nothing := leadOf(nil), leadOf(scored(0, 0)); none != 0 || nothing != 0 {
		t.Errorf("of no pages %v, of pages that score nothing %v", none, nothing)
	}
	last := -1.
	for _, all := range [][]vote{scored(2, 2, 2), scored(2, 1.9, 1.5), scored(2, 1.9, 1), scored(2, 1, 1), scored(2, .1), scored(2)} {
		lead := leadOf(all)
		if lead <= last || lead > 1 {
			t.Errorf("%v leads by %v, and those before by %v", all, lead, last)
		}
		last = lead
	}
	far := append(scored(2, 1), make([]vote, 200)...)
	if lead := leadOf(far[:rivals]); lead != leadOf(far) {
		t.Errorf("pages that are no rivals change %v to %v", lead, leadOf(far))
	}
	if last != 1 || leadOf(scored(2, 2, 2)) != 0 {
		t.Errorf("alone it leads by %v, among equals by %v", last, leadOf(scored(2, 2, 2)))
	}
}

// TestAnOldPageOfManyStillSpeaksForEach: it counts less, and yet it fits as well as it does.
func TestAnOldPageOfManyStillSpeaksForEach(t *testing.T) {
	many := strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w x y z")
	all := count([]vote{{score: 10, authors: many, mentioned: []string{"named"}, date: today.AddDate(-20, 0, 0)}, {score: 5, authors: []string{"a"}}}, 0, today)
	for _, s := range all {
		if s.id != "named" && s.best != 1 || s.id == "named" && s.best != mentioned {
			t.Errorf("the best page of %s weighs %v", s.id, s.best)
		}
	}
	if all[0].id != "a" || len(all) != len(many)+1 {
		t.Errorf("found %v", all)
	}
}

// TestADoorIsWorthLessWhereAPageLeads, and nothing where no page names one.
func TestADoorIsWorthLessWhereAPageLeads(t *testing.T) {
	if none, few, most, leading := door(0, 0, 0), door(1, 9, 0), door(9, 9, 0), door(9, 9, 1); none != 0 || few <= 0 || few >= most || math.Abs(most-anyDoor) > 1e-9 || leading >= most/2 {
		t.Errorf("no door %v, one of few pages %v, of most %v, and where a page leads %v", none, few, most, leading)
	}
}

func TestNoVotes(t *testing.T) {
	for name, given := range map[string][]vote{"none": nil, "worth nothing": {{authors: []string{"a"}}}, "for nobody": {{score: 1}}} {
		if got := count(given, 1, today); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFresh(t *testing.T) {
	for date, want := range map[time.Time]float64{{}: 1, today.AddDate(1, 0, 0): 1, today: 1, today.Add(-halfLife): .9, today.Add(-2 * halfLife): .85} {
		if got := fresh(date, today); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%v counts %v, want %v", date, got, want)
		}
	}
}
