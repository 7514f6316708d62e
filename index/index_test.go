package index

import (
	"errors"
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
	for _, want := range []string{"in the title: ", "cooki", "side by side: cooki banner", "in its text: "} {
		if !strings.Contains(why, want) {
			t.Errorf("the reasons lack %q:\n%s", want, why)
		}
	}
}
