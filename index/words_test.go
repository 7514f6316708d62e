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

func TestReadWords(t *testing.T) {
	r := newLexicon([][2]string{{"maths", "math"}}, []string{"Notify"}).reader()
	for text, want := range map[string]string{
		"The service's users":       "servic user",
		"govuk-frontend":            "govuk frontend govukfrontend",
		"GOV.UK":                    "gov uk govuk",
		"e-mail":                    "e mail email",
		"WCAG 2.2":                  "wcag 2.2",
		"v1.26.0":                   "1.26.0",
		"config.yml":                "config yml configyml",
		"snake_case_name":           "snake case name snakecasenam",
		"includeSubDomains":         "includesubdomain includ sub domain",
		"GitHub":                    "github",
		"1,200 users":               "1200 user",
		"the IT team put it there":  "IT team put",
		"in the US and in the U.S.": "US US",
		"let us see":                "let see",
		"digital digitise digits":   "digital digit digit",
		"organisation organization": "organ organ",
		"colour colors licence":     "color color licens",
		"maths":                     "math",
		"notify":                    "notify",
		"café":                      "cafe",
		"don't won't I'm":           "",
		"日本":                        "日 本",
		"to-do":                     "todo",
	} {
		if got := strings.Join(terms(r.read(text)), " "); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}

func TestWordsStandWhereTheySay(t *testing.T) {
	text := "Ask GDS’s team — about e-mail, v1.2 and café."
	for _, w := range newLexicon(nil, nil).reader().read(text) {
		if w.start >= w.end || strings.ContainsAny(text[w.start:w.end], " —,") {
			t.Errorf("%+v stands at %q", w, text[w.start:w.end])
		}
	}
}

func TestFoldRule(t *testing.T) {
	for uk, us := range map[string]string{
		"organise": "organize", "organisations": "organizations", "prioritising": "prioritizing", "exercise": "exercise",
		"advised": "advised", "likewise": "likewise", "enterprises": "enterprises", "behaviour": "behavior", "centred": "centered",
		"licence": "license", "modelling": "modeling", "programme": "program", "programmer": "programmer", "rise": "rise", "analyse": "analyze",
	} {
		if got := foldRule(uk); foldRule(us) != got {
			t.Errorf("%s becomes %s, but %s becomes %s", uk, got, us, foldRule(us))
		}
	}
	for a, b := range map[string]string{"raising": "razing", "prise": "prize", "wise": "wize"} {
		if foldRule(a) == foldRule(b) {
			t.Errorf("%s and %s are one word", a, b)
		}
	}
}

func TestMineAcronyms(t *testing.T) {
	for text, want := range map[string]acronym{
		"An Authority to Operate (ATO) is needed.":               {"ATO", "authority to operate"},
		"Ask the Senior Responsible Owners (SROs) first.":        {"SRO", "senior responsible owners"},
		"Research and Development (R&D) tax relief":              {"R&D", "research and development"},
		"the department (DWP) said":                              {},
		"see the table (Figure)":                                 {},
		"The Content Delivery Network (CDN) keeps pages.":        {"CDN", "content delivery network"},
		"something else entirely (which happens) and then (OK).": {},
	} {
		got := mineAcronyms([]knowledge.Passage{{Text: text}})
		if want == (acronym{}) && len(got) > 0 || want != (acronym{}) && !slices.Equal(got, []acronym{want}) {
			t.Errorf("%q gives %v, want %v", text, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for pair, want := range map[[2]string]int{
		{"seperate", "separate"}: 1, {"acount", "account"}: 1, {"recieve", "receive"}: 1, {"beaver", "bearer"}: 2,
		{"same", "same"}: 0, {"particpents", "participants"}: 2, {"sneaking", "speaking"}: 2, {"cache", "cloud"}: 3,
	} {
		limit := 2
		if want == 2 && pair[0] == "beaver" {
			limit = 1
		}
		if got := distance(pair[0], pair[1], limit); got != want && (want <= limit || got <= limit) {
			t.Errorf("%v are %d apart, want %d", pair, got, want)
		}
	}
}

func TestExpansions(t *testing.T) {
	source := guidance()
	source.docs["ato.md"] = page("Assurance", "An Authority to Operate (ATO) is signed by the authorizing official.")
	source.docs["long.md"] = page("Security", "The authority to operate takes three months.")
	source.docs["gds.md"] = page("Payments", "The Government Digital Service runs payments.")
	source.teams = []knowledge.Organisation{{ID: "gds", Name: "Government Digital Service", Short: "GDS"}}
	source.terms = []knowledge.Term{{Term: "cookie banner", Aliases: []string{"consent pop-up"}, Visibility: access.Public}, {Term: "palette", Aliases: []string{"hues"}, Visibility: access.Organisation("gds")}}
	i, _ := built(t, source)
	for question, want := range map[string]string{"what is an ATO": "long.md", "GDS payments": "gds.md", "consent pop-up": "a/cookies.md"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: question})
		if err != nil {
			t.Fatal(err)
		}
		if len(results.Added) == 0 || !slices.ContainsFunc(results.Hits, func(h Hit) bool { return h.Document.Path == want }) {
			t.Errorf("%q found %d documents, not %s; added %v", question, len(results.Hits), want, results.Added)
		}
	}
	if got := paths(t, i, access.Audience{}, "hues"); len(got) > 0 {
		t.Errorf("a term of an organisation's own reached everybody: %v", got)
	}
	if got := paths(t, i, access.StaffOf("gds"), "hues"); !slices.Contains(got, "b/colour.md") {
		t.Errorf("the organisation itself found %v", got)
	}
}

// TestCapitalsAreLookedForWhereTheWordStands has chat before an acronym that is an everyday word in small letters.
// TestANameOfStopWordsIsLookedForAsItStands: a contract may be a call-off, but who is on call asks for none.
func TestANameOfStopWordsIsLookedForAsItStands(t *testing.T) {
	source := guidance()
	source.terms = []knowledge.Term{{Term: "framework contract", Aliases: []string{"call-off", "A-130"}, Visibility: access.Public}}
	i, _ := built(t, source)
	for text, want := range map[string]bool{
		"what is a call-off?": true, "a Call off, signed": true, "Circular A-130": true,
		"who is on call": false, "what should we call it": false, "calls off the hook": false, "130 people": false,
	} {
		q, _ := prepared(t, i, text)
		if got := slices.ContainsFunc(q.terms, func(w weighted) bool { return w.text == "framework" }); got != want {
			t.Errorf("%q is looked for as a framework contract: %v", text, got)
		}
	}
}

func TestCapitalsAreLookedForWhereTheWordStands(t *testing.T) {
	source := guidance()
	source.docs["aim.md"] = page("Payments", "Accessible Information Management runs payments.")
	source.teams = []knowledge.Organisation{{ID: "aim", Name: "Accessible Information Management", Short: "AIM"}}
	i, _ := built(t, source)
	for question, want := range map[string]bool{"what does AIM do": true, "please tell me what does AIM do": true, "what do we aim at": false, "please, what do WE aim at": false} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: question})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(results.Added) > 0; got != want {
			t.Errorf("%q: looked for %v besides", question, results.Added)
		}
	}
}

func TestTypingErrors(t *testing.T) {
	source := spread(20, 1)
	for _, path := range []string{"x/1.md", "x/2.md", "x/3.md"} {
		source.docs[path] = page("Separate accounts", "Keep a separate account for administration.")
	}
	i, _ := built(t, source)
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "seperate acounts"})
	if err != nil {
		t.Fatal(err)
	}
	if len(results.Hits) == 0 || results.Hits[0].Document.Path != "x/1.md" || !slices.Equal(results.Added, []string{"separate", "accounts"}) {
		t.Errorf("found %d documents, added %v", len(results.Hits), results.Added)
	}
}

// TestCommonWordsStayAsTheyAre asks for what the knowledge lacks, in words that are a slip or two from
// words that it holds: they must stay unknown, or nothing tells that the question is about something else.
func TestCommonWordsStayAsTheyAre(t *testing.T) {
	source := spread(20, 1)
	for i := range 12 {
		source.docs[fmt.Sprintf("x/%d.md", i)] = page("Whether a bearer pairs", "Ask whether the breach spin counts in the house of which the separate environment accounts receive guidance, recommended until accessibility is current, by reading.")
	}
	i, _ := built(t, source)
	for text, want := range map[string]string{
		"weather": "", "beaver": "", "currency": "", "regarding": "", "paris": "", "beach": "", "spain": "", "horse": "", "hose": "", "bread": "", "puppy": "",
		"seperate": "separate", "acounts": "accounts", "recieve": "receive", "enviroment": "environment", "guidence": "guidance",
		"wether": "whether", "accesibility": "accessibility", "reccomended": "recommended", "guiadnce": "guidance",
	} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(results.Added, " "); got != want {
			t.Errorf("%q was taken for %q, want %q", text, got, want)
		}
	}
}

func TestProtectedStopWordsStayStopWords(t *testing.T) {
	words := vocabulary{Protected: []string{"it", "us", "Notify", "do"}}
	r := words.lexicon().reader()
	for text, want := range map[string]string{
		"do tell us about it":      "tell",
		"the IT of the US":         "IT US",
		"notify us":                "notify",
		"WHO CAN HELP US WITH IT?": "can help us with it", // unshout leaves small letters
	} {
		want = strings.Join(terms(r.read(want)), " ")
		if got := strings.Join(terms(r.read(unshout(text))), " "); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}

func TestFollowUps(t *testing.T) {
	i, _ := built(t, guidance())
	turns := []Turn{{ByUser: true, Text: "when do I show the cookie banner?"}, {Text: "Show the cookie banner until the person has accepted or rejected cookies."}}
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "and on which page does it go?", Turns: turns})
	if err != nil {
		t.Fatal(err)
	}
	if len(results.Hits) == 0 || results.Hits[0].Document.Path != "a/cookies.md" || results.NewSubject {
		t.Errorf("the follow-up found %v, new subject %v", results.Hits, results.NewSubject)
	}
	results, err = i.Search(t.Context(), access.Audience{}, Question{Text: "where should API keys of a cloud provider live", Turns: turns})
	if err != nil {
		t.Fatal(err)
	}
	if len(results.Hits) == 0 || results.Hits[0].Document.Path != "a/secrets.md" || !results.NewSubject {
		t.Errorf("the new subject found %v, new subject %v", results.Hits, results.NewSubject)
	}
}

func TestSnippet(t *testing.T) {
	lead := "Publish the statement on every service. It lists what does not work yet. "
	filler := strings.Repeat("Teams differ in how they work from day to day. ", 12)
	passage := lead + filler + "Captions must be corrected by a person. " + filler
	r := newLexicon(nil, nil).reader()
	query := func(words ...string) *query {
		q := &query{weight: map[string]float64{}}
		for _, w := range words {
			term, _ := r.term(w)
			q.terms = append(q.terms, weighted{term, 1})
			q.weight[term] = 1
		}
		return q
	}
	if got, _ := r.snippet(passage, query("statement", "publish"), otherRoom); !strings.HasPrefix(got, lead[:30]) {
		t.Errorf("the lead was not shown: %q", got)
	}
	if got, _ := r.snippet(passage, query("captions", "corrected"), otherRoom); !strings.Contains(got, "Captions must be corrected") || len(got) > otherRoom.text*5/4 {
		t.Errorf("the sentence that answers was not shown: %q", got)
	}
	if got, _ := r.snippet("Short, e.g. this. All of it.", query("it"), otherRoom); got != "Short, e.g. this. All of it." {
		t.Errorf("a short passage was cut: %q", got)
	}
	list := "You need:\n- a laptop\n- a pass\n\n" + filler
	if got, _ := r.snippet(list, query("laptop"), otherRoom); !strings.HasPrefix(got, "You need:\n- a laptop\n- a pass") {
		t.Errorf("the list was broken: %q", got)
	}
	numbered := "Plays:\n1. Understand what people need.\n2. Address the whole experience.\n" + strings.Repeat("3. Make it simple and intuitive for everybody who comes.\n", 12)
	if got, _ := r.snippet(numbered, query("plays"), otherRoom); !strings.HasPrefix(got, "Plays:\n1. Understand") || !strings.HasSuffix(got, "comes.\n…") {
		t.Errorf("the numbers went astray, or the cut was not marked: %q", got)
	}
	long := filler + "Ask the desk for " + strings.Repeat("a badge, and a key, ", 40)
	if got, _ := r.snippet(long, query("desk", "badge"), otherRoom); !strings.HasSuffix(got, " …") {
		t.Errorf("a sentence was cut and it was not marked: %q", got)
	}
	if got, _ := r.snippet(filler+"Captions must be corrected.", query("captions"), otherRoom); len(got) < otherRoom.text/2 || !strings.HasSuffix(got, "corrected.") {
		t.Errorf("the end of a passage was shown alone: %q", got)
	}
	ends := filler + "You need:\n" + strings.Repeat("- a thing of the office, which the desk has\n", 20) + "- a badge\n- a pass\n"
	if got, _ := r.snippet(ends, query("badge", "pass"), otherRoom); strings.Count(got, "a thing of the office") < 4 || !strings.HasPrefix(got, "- a thing") && !strings.HasPrefix(got, "You need:") {
		t.Errorf("the end of a list was shown alone: %q", got)
	}
	for n := range 12 { // wherever going back would end
		begun := "Split what you ask over several pages, each of one thing, for example:\n" + strings.Repeat("- one decision they have to make\n", 12) + "\nThis helps people." + strings.Repeat(" Teams differ in how they work.", n) + " The label may be the heading of the page.\n"
		if got, _ := r.snippet(begun, query("label", "heading"), otherRoom); strings.HasPrefix(got, "- one") || !strings.Contains(got, "The label may be") {
			t.Errorf("the last items of a list were shown before what follows it: %q", got)
		}
	}
	terms := "Words we use:\n" + strings.Repeat("- other, a word of ours that is not the one.\n", 12) + "- **drop-down** before a noun. Never _dropdown_.\n" + strings.Repeat("- another, a word of ours.\n", 20)
	for _, within := range []room{firstRoom, otherRoom} {
		got, _ := r.snippet(terms, query("dropdown"), within)
		if !strings.Contains(got, "- **drop-down** before a noun. Never _dropdown_.") {
			t.Errorf("an item was shown in part: %q", got)
		}
		for n := range 60 { // wherever the window ends
			if got, _ := r.snippet("Words we use:"+strings.Repeat("x", n)+"\n"+strings.Repeat("- one. It is a word. Of ours.\n", 60), query("we"), within); !strings.HasSuffix(got, "Of ours.\n…") {
				t.Fatalf("an item was cut: %q", got)
			}
		}
	}
	if got, _ := r.snippet(terms[:len(terms)-300], query("dropdown"), firstRoom); !strings.HasPrefix(got, "- **drop-down** before a noun.") {
		t.Errorf("the entry looked up does not come first: %q", got)
	}
	if got, _ := r.snippet(terms, query("words", "dropdown"), firstRoom); strings.HasPrefix(got, "- **drop") {
		t.Errorf("an entry was shown first that holds a half: %q", got)
	}
	if got, _ := r.snippet("1. Begin.\n2. Go on.\n3. Go on.\n4. Go on.\n5. Fill in the badge form.\n"+strings.Repeat("6. Go on with it.\n", 60), query("badge"), firstRoom); !strings.HasPrefix(got, "1. Begin.") {
		t.Errorf("steps were shown from their middle: %q", got)
	}
	for text, why := range map[string]string{
		"- one thing\n- a badge\n" + strings.Repeat("- another thing\n", 60):                            "the second entry",
		"- first of all\n" + strings.Repeat("- another thing\n", 60):                                    "nothing of the question",
		"A badge is a thing.\n" + strings.Repeat("- another thing\n", 90) + "- a badge\n- and one more": "an entry behind the lead",
	} {
		if got, _ := r.snippet(text, query("badge"), firstRoom); !strings.HasPrefix(text, got[:12]) {
			t.Errorf("for %s a list was not shown from where it begins: %q", why, got)
		}
	}
	late := "You need:\n- " + strings.Repeat("Ask the desk, and then ask again. ", 50) + "The badge is blue. " + strings.Repeat("Then it is over. ", 12) + "\n- and more"
	if got, marked := r.snippet(late, query("badge"), firstRoom); !strings.Contains(got, "badge is blue") || len(marked) == 0 {
		t.Errorf("what answers, late in a long item, is not shown: %q", got)
	}
	for n := range 40 {
		items := strings.Repeat("- One. It is a word. Of ours.\n", 30+n) + "- Badge. It is last. Of all.\n"
		if got, _ := r.snippet(strings.Repeat("x", n)+"\n"+items, query("badge"), otherRoom); !strings.HasPrefix(got, "- ") {
			t.Fatalf("the end of a list was shown from within an item: %q", got)
		}
	}
	if got, _ := r.snippet("Badge."+strings.Repeat(" ", 900)+strings.Repeat("Another sentence. ", 90), query("badge"), firstRoom); !strings.HasPrefix(got, "Badge.") {
		t.Errorf("a run of spaces is shown as %q", got)
	}
	steps := "Do this:\n1. Begin early. The pattern of captions is described. Captions have a pattern.\n" + strings.Repeat("2. Another step, which is as long as this one is.\n", 20)
	if got, _ := r.snippet(filler+filler+steps, query("captions", "pattern"), otherRoom); !strings.HasPrefix(got, "Do this:\n1. Begin early.") {
		t.Errorf("an item was shown from its middle: %q", got)
	}
	endless := "Do this:\n- one\n- " + strings.Repeat("And then another thing is done. ", 60)
	if got, _ := r.snippet(endless, query("thing"), otherRoom); !strings.HasSuffix(got, ". …") || len(got) > otherRoom.list*5/4+longSentence+10 {
		t.Errorf("an item without end was not cut, or it was not marked: %d, %q", len(got), got)
	}
	if got, _ := r.snippet(filler+"It could be one of two things:", query("things"), otherRoom); strings.HasSuffix(got, ":") {
		t.Errorf("a line that opens what is not shown was shown last: %q", got)
	}
}

func TestChangesOfSubject(t *testing.T) {
	i, _ := built(t, guidance())
	turns := []Turn{{ByUser: true, Text: "when do I show the cookie banner?"}, {Text: "Show the cookie banner until the person has accepted or rejected cookies."}}
	for text, changed := range map[string]bool{
		"what is the weather in paris": true, // unknown words are words of its own
		"lunch?":                       true,
		"hello, where do API keys of a provider live": true,
		"and in the US?":                    false,
		"what about GDS?":                   false,
		"is that required?":                 false,
		"how long does it take?":            false,
		"until when is it accepted":         false,
		"why?":                              false,
		"yes, on every page of the service": false,
	} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text, Turns: turns})
		if err != nil {
			t.Fatal(err)
		}
		if results.NewSubject != changed {
			t.Errorf("%q: new subject %v, want %v", text, results.NewSubject, changed)
		}
	}
}

func TestStemsTellWordsApart(t *testing.T) {
	r := newLexicon(nil, nil).reader()
	for _, pair := range [][2]string{{"access", "accessibility"}, {"author", "authority"}, {"import", "important"}, {"intern", "internal"}, {"programme", "programming"}, {"public", "publication"}} {
		if a, _ := r.term(pair[0]); a == first(r.term(pair[1])) {
			t.Errorf("%s and %s are one to it: %s", pair[0], pair[1], a)
		}
	}
	for _, pair := range [][2]string{{"accessible", "accessibility"}, {"authorised", "authorization"}, {"authority", "authorise"}, {"lost", "losing"}, {"retro", "retrospectives"}, {"disco", "discovery"}, {"reqs", "requirement"}, {"deps", "dependency"}, {"perms", "permission"}, {"vulns", "vulnerability"}, {"appts", "appointment"}, {"notifs", "notification"}, {"programmer", "programming"}, {"children", "child"}} {
		if a, _ := r.term(pair[0]); a != first(r.term(pair[1])) {
			t.Errorf("%s and %s are not one to it: %s, %s", pair[0], pair[1], a, first(r.term(pair[1])))
		}
	}
}

func first(term, _ string) string { return term }

// TestALongFormToldOftenCountsMore: one document alone may use an acronym in a sense of its own.
func TestALongFormToldOftenCountsMore(t *testing.T) {
	told := func(documents int) float64 {
		var docs []*record
		for range documents {
			docs = append(docs, &record{Acronyms: []acronym{{"ATO", "authority to operate"}}})
		}
		mined, err := minedExpander(newLexicon(nil, nil), docs, func(string) (int, error) { return 1, nil })
		if err != nil || len(mined["ato"]) != 1 {
			t.Fatalf("mined %v: %v", mined, err)
		}
		return mined["ato"][0].weight
	}
	if one, many := told(1), told(9); one >= many || many >= ranking.LongForm || one < ranking.LongForm/2 {
		t.Errorf("weights %v and %v of %v", one, many, ranking.LongForm)
	}
}

// TestInLinesWordsAreNearerInRarity: less than in texts, but in the same order.
func TestInLinesWordsAreNearerInRarity(t *testing.T) {
	common, rare := ranking.rarity(1000, 300), ranking.rarity(1000, 2)
	if idf(1000, 2)/idf(1000, 300) <= rare/common || rare <= common {
		t.Errorf("a rare word weighs %v, a common one %v", rare, common)
	}
}

// TestTheFirstHitHasMoreRoom: it is the answer, the others say what else there is.
func TestTheFirstHitHasMoreRoom(t *testing.T) {
	long := strings.Repeat("Every team keeps keys in the secret store, and nowhere else. ", 20)
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Keys", long), "b.md": page("Keys", long)}))
	results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "where do keys go, in the secret store?"})
	if err != nil || len(results.Hits) != 2 {
		t.Fatal(results, err)
	}
	if first, second := len(results.Hits[0].Snippet), len(results.Hits[1].Snippet); first <= second || first > firstRoom.text*5/4 {
		t.Errorf("%d characters of the first are shown and %d of the second", first, second)
	}
}

// TestWordsWithOthersAreNoSlips: a word that is known by what else it is called is not mended.
func TestWordsWithOthersAreNoSlips(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for n := range 4 {
		docs[fmt.Sprint(n, ".md")] = page("Tools", "A paysllip is here.")
	}
	i, _ := built(t, fake(docs))
	q, _ := prepared(t, i, "my payslip")
	if !slices.ContainsFunc(q.terms, func(w weighted) bool { return w.text == "payslip" }) {
		t.Errorf("looked for %v", q.terms)
	}
}

// TestOtherWordsAreLookedForWherePagesHardlySayThem: who goes on "hols" finds the leave that pages speak of; where many
// pages say it, it stands for itself.
func TestOtherWordsAreLookedForWherePagesHardlySayThem(t *testing.T) {
	docs := map[string]knowledge.Document{
		"leave.md": page("Time away", "Annual leave is booked with the calendar."),
		"holes.md": page("Networks", "Firewalls have holes. Find holes, and mend holes."),
		"more.md":  page("More networks", "All holes are written down: the holes, who mended them and when."),
		"last.md":  page("Last of networks", "Holes that nobody mends stay."),
	}
	find := func() (first string, added []string) {
		i, _ := built(t, fake(docs))
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "booking my hols"})
		if err != nil || len(results.Hits) == 0 {
			t.Fatal(results, err)
		}
		return results.Hits[0].Document.Path, results.Added
	}
	if first, added := find(); first != "leave.md" || !slices.Equal(added, []string{"annual leave"}) {
		t.Errorf("hols find %s, with %v", first, added)
	}
	for n := range seldomIn {
		docs[fmt.Sprint("hols", n, ".md")] = page("Hols", fmt.Sprint("Hols of team ", n, ": booking hols is for everybody."))
	}
	if first, added := find(); !strings.HasPrefix(first, "hols") || added != nil {
		t.Errorf("where they are spoken of, hols find %s, with %v", first, added)
	}
}

func TestEveryOtherWordIsRead(t *testing.T) {
	e := expander{}
	newLexicon(nil, nil).reader().addOtherWords(e, map[string]bool{"hols": true})
	lines := 0
	for line := range strings.Lines(otherWords) {
		said, others, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		lines++
		if first := sequence(newLexicon(nil, nil).reader().read(said)); !ok || others == "" || said != "hols" && (len(first) == 0 || len(e[first[0]]) == 0) {
			t.Errorf("nothing is looked for because of %q", line)
		}
	}
	if lines < 50 || len(e["hol"]) > 0 {
		t.Errorf("%d lines, and a protected word has %v", lines, e["hol"])
	}
}

// TestOneWordIsAlsoLookedForByWhatItIsCalled: who types "k8s" or "mfa" wants the page that is named for it, though few
// pages write it so.
func TestOneWordIsAlsoLookedForByWhatItIsCalled(t *testing.T) {
	docs := map[string]knowledge.Document{
		"cluster.md":  page("Kubernetes clusters", "Each team has a cluster. Ask for access at the desk."),
		"report.md":   page("Report of the year", "The pilot ran on k8s for a month, and was a success."),
		"mfa.md":      page("Multi-factor authentication", "Everybody sets it up. Multi-factor authentication (MFA) keeps accounts safe, and is asked for wherever somebody signs in."),
		"accounts.md": page("MFA keys", "Hand in the MFA key of multi-factor authentication."),
	}
	for n := range 30 {
		docs[fmt.Sprint("other/", n, ".md")] = page(fmt.Sprint("Desk ", n), "The desk is open all day.")
	}
	for n := range 6 {
		docs[fmt.Sprint("run/", n, ".md")] = page(fmt.Sprint("Running ", n), "What teams write runs on Kubernetes, with what they need beside it.")
	}
	i, _ := built(t, fake(docs))
	if got := paths(t, i, access.Audience{}, "k8s"); got[0] != "cluster.md" {
		t.Errorf("k8s finds %q", got)
	}
	for text, want := range map[string]bool{"k8s": true, "k8s pilot": false, "access": false} {
		if _, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1); err != nil || seen.called != want {
			t.Errorf("%q names a page by what it is called: %v, %v", text, seen.called, err)
		}
	}
	for text, want := range map[string]map[string]float64{
		"k8s":       {"k8s": 1, "kubernet": 2},
		"mfa":       {"mfa": 1, "authent": ranking.LongForm},
		"mfa desks": {"mfa": 1, "authent": ranking.LongForm / 2}, // one document tells
		"k8s desks": {"k8s": 1, "kubernet": ranking.OtherWord},
	} {
		q, _ := prepared(t, i, text)
		for _, term := range q.terms {
			if weight, ok := want[term.text]; ok && weight != term.weight {
				t.Errorf("%q: %q counts %v, not %v", text, term.text, term.weight, weight)
			}
			delete(want, term.text)
		}
		if len(want) > 0 {
			t.Errorf("%q is not looked for by %v", text, want)
		}
	}
}

// weighs returns what terms are worth in a query together.
func (q *query) weighs(terms ...string) float64 {
	sum := 0.
	for _, t := range terms {
		sum += q.weight[t]
	}
	return sum
}

// TestAdditionsAreWorthNoMoreThanWhatTheyStandFor, however rare their words are.
func TestAdditionsAreWorthNoMoreThanWhatTheyStandFor(t *testing.T) {
	docs := map[string]knowledge.Document{
		"joined.md":  page("Helpdesk", "The helpdesk opens at nine."),
		"joined2.md": page("Helpdesk again", "Ask the helpdesk."),
		"rare.md":    page("Zeta", "Quarterly zebra council (QZC) and a helpdesk."),
		"often.md":   page("Forms", "The annual order (AO) is a form."),
	}
	for n := range 5 { // the last word is not the rarest
		docs[fmt.Sprint("more/", n, ".md")] = page(fmt.Sprint("More ", n), "The zebra council has an order.")
	}
	for n := range 20 {
		docs[fmt.Sprint("qzc/", n, ".md")] = page(fmt.Sprint("Minutes ", n), "QZC met. Who wants help asks at the desk. The annual order was read, and the order is annual.")
	}
	i, _ := built(t, fake(docs))
	q, _ := prepared(t, i, "QZC minutes of spring")
	if got, most := q.weighs("quarter"), ranking.LongForm/2*q.weighs("qzc"); math.Abs(got-most) > 1e-9 || q.weighs("zebra") >= got || q.weighs("zebra") == 0 {
		t.Errorf("the rarest word of a long form is worth %v, not %v, and another %v", got, most, q.weighs("zebra"))
	}
	q, _ = prepared(t, i, "AO minutes of spring")
	if got := q.weighs("annual"); math.Abs(got-ranking.LongForm/2*q.idfs["annual"]) > 1e-9 || got == 0 {
		t.Errorf("a word of a common long form is worth %v: %v", got, q.weight)
	}
	q, _ = prepared(t, i, "annual order of spring") // two words for one, the rarer of which counts
	if got, most := q.weighs("ao"), ranking.ShortForm*max(q.weighs("annual"), q.weighs("order")); math.Abs(got-most) > 1e-9 || got == 0 {
		t.Errorf("the acronym is worth %v, not %v: %v", got, most, q.weight)
	}
	q, _ = prepared(t, i, "help desk in spring")
	if got, most := q.weighs("helpdesk"), ranking.Joined*max(q.weighs("help"), q.weighs("desk")); math.Abs(got-most) > 1e-9 || got == 0 {
		t.Errorf("two words as one are worth %v, not %v: %v", got, most, q.weight)
	}
}

func TestAPageIsNamedForWhatAWordIsCalled(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Multi-factor authentication", "# Keys for it\nHand in the hardware.")}))
	s := searching(t, i, access.Audience{})
	for added, want := range map[string]bool{
		"authent": true, "factor authent": true, "key": true, "key authent": true, "hardwar": false, "authent hardwar": false, "": false,
	} {
		var all []addition
		if added != "" {
			all = []addition{{added, strings.Fields(added)}}
		}
		if got := s.headedBy(0, all); got != want {
			t.Errorf("%q: %v", added, got)
		}
	}
}

// TestACompoundIsAWordOfItsTitle: "wifi" names the page on Wi-Fi.
func TestACompoundIsAWordOfItsTitle(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"a.md": page("Wi-Fi options", "# Cables\nAsk at the desk for one."), "b.md": page("Desks", "The e-mail of the desk is on the wall."),
		"c.md": page("Walls", "Paint."), "d.md": page("Chairs", "Wood."),
	}))
	for text, want := range map[string]bool{"wifi": true, "email": false, "desk": true, "hello": false} {
		_, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: text}, 1)
		if err != nil || seen.called != want {
			t.Errorf("%q: named %v, %v", text, seen.called, err)
		}
	}
}

func TestANumberThatStandsNowhereIsToldBesides(t *testing.T) {
	asked := page("Plans", "What comes next.")
	asked.AskedAs = []string{"what happens in 2031"}
	i, _ := built(t, fake(map[string]knowledge.Document{"a.md": page("Python", "Use Python 3.9 or newer."), "b.md": asked}))
	for text, want := range map[string]bool{"python 3.99": true, "python 3.9": false, "plans 2031": false, "plans 2032": true, "plans x99": false} {
		if q, _ := prepared(t, i, text); (q.asked[1].aside > 0) != want || q.asked[0].aside > 0 {
			t.Errorf("%q: %+v", text, q.asked)
		}
	}
}

// TestARunOfSpacesIsCut: a piece of text may be nothing but spaces.
func TestARunOfSpacesIsCut(t *testing.T) {
	if got := lead(strings.Repeat("A sentence. ", 10) + strings.Repeat(" ", 2000) + "X"); !strings.HasSuffix(got, " …") {
		t.Errorf("the text shown is %q", got)
	}
}

// TestAbout finds what is about a question that this one goes on with, too, and says how much each passage is about that.
func TestAbout(t *testing.T) {
	i, _ := built(t, guidance())
	about := func(question string) (string, map[string]float64) {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: "on which page?", About: question})
		if err != nil || len(results.Hits) == 0 {
			t.Fatalf("about %q: %+v, %v", question, results, err)
		}
		shares := map[string]float64{}
		for _, hit := range results.Hits {
			shares[hit.Document.Path] = hit.Fits[0].About
		}
		return results.Hits[0].Document.Path, shares
	}
	first, shares := about("when do I show the cookie banner?")
	if first != "a/cookies.md" || shares[first] < .99 {
		t.Errorf("about cookies, %s is first: %v", first, shares)
	}
	for path, share := range shares {
		if path != first && share > .5 {
			t.Errorf("%s is about cookies by %.2f", path, share)
		}
	}
	if first, shares := about("where do the qwertz cookies go"); shares[first] < .99 {
		t.Errorf("a word that stands nowhere tells of pages: %v", shares)
	}
}
