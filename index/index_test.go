package index

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

func guidance() *fakeSource {
	return fake(map[string]knowledge.Document{
		"a/secrets.md":  page("Storing credentials", "# Where to keep secrets\nKeep API keys in the secret store of your cloud provider, never in the repository."),
		"a/cookies.md":  page("Cookie banner", "# When to show it\nShow the cookie banner until the person has accepted or rejected cookies."),
		"b/colour.md":   page("Colour", "Use colours that have enough contrast. The organisation publishes a palette."),
		"b/frontend.md": page("Front end", "Install govuk-frontend 5.4 with npm. Run it with Node.js 22."),
	})
}

func TestSearchFindsThePage(t *testing.T) {
	i, _ := built(t, guidance())
	for question, want := range map[string]string{
		"where should api keys go":               "a/secrets.md",
		"cookies banner":                         "a/cookies.md",
		"which colors does the organization use": "b/colour.md",
		"govuk frontend":                         "b/frontend.md",
		"govukfrontend":                          "b/frontend.md",
		"nodejs":                                 "b/frontend.md",
		"version 5.4":                            "b/frontend.md",
	} {
		if got := paths(t, i, access.Audience{}, question); len(got) == 0 || got[0] != want {
			t.Errorf("%q found %v, not %s first", question, got, want)
		}
	}
}

func TestOpenWithoutAnIndexSaysSo(t *testing.T) {
	if _, err := Open(t.Context(), t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
}

func TestBuildReadsOnlyWhatChanged(t *testing.T) {
	source := guidance()
	i, dir := built(t, source)
	source.reads.Store(0)
	if receipt := rebuild(t, source, dir); source.reads.Load() != 0 || receipt.Unchanged != 4 || receipt.Generation != "00000001" {
		t.Errorf("nothing changed, but %d files were read: %+v", source.reads.Load(), receipt)
	}
	source.docs["b/colour.md"] = page("Colour", "Use the tartan.")
	delete(source.docs, "a/cookies.md")
	source.docs["c/new.md"] = page("Bagpipes", "Play them outdoors.")
	receipt := rebuild(t, source, dir)
	if source.reads.Load() != 2 || !slices.Equal(receipt.Added, []string{"c/new.md"}) || !slices.Equal(receipt.Changed, []string{"b/colour.md"}) || !slices.Equal(receipt.Removed, []string{"a/cookies.md"}) {
		t.Errorf("read %d files: %+v", source.reads.Load(), receipt)
	}
	for question, want := range map[string][]string{"tartan": {"b/colour.md"}, "bagpipes": {"c/new.md"}, "cookie banner": nil, "palette": nil, "api keys": {"a/secrets.md"}} {
		if got := paths(t, i, access.Audience{}, question); !slices.Equal(got, want) {
			t.Errorf("after the change %q found %v, want %v", question, got, want)
		}
	}
}

func TestHiddenThingsAreForTheirAudienceOnly(t *testing.T) {
	source := guidance()
	hidden := page("Secret banners", "Banner cookies for gds eyes.")
	hidden.Visibility = access.Organisation("gds")
	source.docs["a/hidden.md"] = hidden
	i, _ := built(t, source)
	if got := paths(t, i, access.StaffOf("usds"), "secret banners gds"); slices.Contains(got, "a/hidden.md") {
		t.Errorf("another organisation sees %v", got)
	}
	if got := paths(t, i, access.StaffOf("gds"), "secret banners gds"); got[0] != "a/hidden.md" {
		t.Errorf("its own organisation sees %v", got)
	}
}

func TestExplainSaysWhereTheWordsStand(t *testing.T) {
	i, _ := built(t, guidance())
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "cookie banner", Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	why := strings.Join(results.Hits[0].Why, "\n")
	for _, want := range []string{"in the title: ", "cooki", "side by side in title or headings, of which 100 % is asked: cooki banner", "in its text: "} {
		if !strings.Contains(why, want) {
			t.Errorf("the reasons lack %q:\n%s", want, why)
		}
	}
}

// TestExplainTellsPairsOfHeadings only where they stand side by side in one of title and headings.
func TestExplainTellsPairsOfHeadings(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"half.md": page("Cookie banner wording rules", "It shows once."), "apart.md": page("Cookie", "# Banner\nIt shows once."), "meets.md": page("Rules", "# Cookie\nBanner of all."),
		"text.md": page("Rules", "A cookie banner shows once."),
	}))
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "cookie banner", Explain: true})
	if err != nil || len(results.Hits) != 4 {
		t.Fatalf("%d found, %v", len(results.Hits), err)
	}
	for _, hit := range results.Hits {
		told := slices.Contains(hit.Why, "side by side in title or headings, of which 50 % is asked: cooki banner")
		if told != (hit.Document.Path == "half.md") || !told && strings.Contains(strings.Join(hit.Why, "\n"), "side by side") {
			t.Errorf("%s: %q", hit.Document.Path, hit.Why)
		}
	}
}

func TestNothingToFind(t *testing.T) {
	i, _ := built(t, fake(nil))
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "where should api keys go"})
	if err != nil || len(results.Hits) > 0 || results.Band != BandNone || results.Reason == "" {
		t.Errorf("an empty index answers %+v, %v", results, err)
	}
	hidden := page("Hidden", "api keys")
	hidden.Visibility = access.Organisation("gds")
	i, _ = built(t, fake(map[string]knowledge.Document{"hidden.md": hidden}))
	if got := paths(t, i, access.Audience{}, "api keys"); len(got) > 0 {
		t.Errorf("the public sees %v", got)
	}
}

func TestLimitAndOrganisation(t *testing.T) {
	source := guidance()
	for path, doc := range source.docs {
		doc.Organisation = path[:1]
		source.docs[path] = doc
	}
	i, _ := built(t, source)
	all, err := i.Search(t.Context(), access.Audience{}, Question{Text: "api keys cookies colours npm"})
	if err != nil || len(all.Hits) != 4 {
		t.Fatalf("found %d documents: %v", len(all.Hits), err)
	}
	two, err := i.Search(t.Context(), access.Audience{}, Question{Text: "api keys cookies colours npm", Limit: 2})
	if err != nil || len(two.Hits) != 2 || two.Hits[0].Score != all.Hits[0].Score {
		t.Errorf("the first two are %v: %v", two.Hits, err)
	}
	of, err := i.Search(t.Context(), access.Audience{}, Question{Text: "api keys cookies colours npm", Organisations: []string{"b"}})
	if err != nil || len(of.Hits) != 2 || of.Hits[0].Document.Organisation != "b" {
		t.Errorf("of one organisation: %v, %v", of.Hits, err)
	}
}

// TestHowSureItIsDoesNotHangOnHowManyAreAskedFor, over the knowledge that ships.
func TestHowSureItIsDoesNotHangOnHowManyAreAskedFor(t *testing.T) {
	i := knowledgeIndex(t, filepath.Join("..", "knowledge"), t.TempDir())
	for _, text := range []string{"what level of WCAG do I have to meet?", "can I work abroad", "hosting", "who won the cup", "do we need an ATO for a pilot", "someone's left and still has access"} {
		var first Results
		for _, limit := range []int{10, 1, 2, 5, 30} {
			got, err := i.Search(t.Context(), access.Audience{}, Question{Text: text, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			if limit == 10 {
				first = got
			}
			if got.Band != first.Band || got.Confidence != first.Confidence || len(got.Hits) > limit || len(got.Hits) < min(limit, len(first.Hits)) || got.Hits[0].Score != first.Hits[0].Score {
				t.Errorf("%q, of %d: %d hits, %s with %v; of ten %s with %v", text, limit, len(got.Hits), got.Band, got.Confidence, first.Band, first.Confidence)
			}
		}
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	i, _ := built(t, guidance())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := i.Search(ctx, access.Audience{}, Question{Text: "cookie banner"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	i.Close()
	if _, err := i.Search(t.Context(), access.Audience{}, Question{Text: "cookie banner"}); err == nil {
		t.Error("a closed index answers")
	}
}

func TestAskedAsFindsAPageInPeoplesWords(t *testing.T) {
	source := guidance()
	doc := source.docs["a/secrets.md"]
	doc.AskedAs = []string{"my password leaked onto the web", "where does the sensitive stuff live"}
	source.docs["a/secrets.md"] = doc
	source.docs["c/web.md"] = page("Sensitive subjects", "Stuff about web design.")
	i, _ := built(t, source)
	if got := paths(t, i, access.Audience{}, "leaked password cloud"); len(got) == 0 || got[0] != "a/secrets.md" {
		t.Errorf("found %v", got)
	}
	if got := paths(t, i, access.Audience{}, "password leaked"); !slices.Contains(got, "a/secrets.md") {
		t.Errorf("words that only the asked lines have found %v", got)
	}
}

func TestAHitTellsHowMuchItSpeaksOfTheQuestion(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"a/review.md": page("Code review", "# Who reviews\nTwo people review each change to the code.", "# Rota\nThe rota is in the wiki, and people swap."),
		"b/apply.md":  page("Applications", "Experts review what people send, in spring. The house wrote down how they must dress, behave and pay, in a code."),
	}))
	turns := []Turn{{ByUser: true, Text: "which rota"}}
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "code review", Turns: turns})
	if err != nil || len(results.Hits) != 2 {
		t.Fatalf("%+v, %v", results, err)
	}
	for at, want := range [][]Match{{{Held: 1, Headed: 1, Near: 1}, {Held: 1, Headed: 1, Near: 1}}, {{Held: 1}}} {
		if got := results.Hits[at].Fits; !slices.EqualFunc(got, want, func(a, b Match) bool {
			return a.Held == b.Held && a.Headed == b.Headed && (a.Near > .4) == (b.Near > .4)
		}) {
			t.Errorf("%s fits %+v, want about %+v", results.Hits[at].Document.Path, got, want)
		}
	}
}
