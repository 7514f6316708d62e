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

// hostile are questions that have broken search elsewhere.
var hostile = []string{
	"", " ", "\x00", "\xff\xfe", "?", "\"", "+", "-", "(", ")", ":", "*", "a*", "*a*", "a* b* c* d*", "-stuff", "+body:*e*", "title:x^1e309",
	"/.*/", "[a TO z]", "{a TO z}", "a && b || !c", "~", "a~99", "\\", "\u202ereversed", "\u200bzero\u200bwidth", "🎉🎉🎉", "ﷺ", "جل جلاله ﷻ", "İstanbul",
	"e\u0301\u0301\u0301", strings.Repeat("a", 100_000), strings.Repeat("word ", 10_000), strings.Repeat("-", 5000), strings.Repeat("a-", 3000),
	strings.Repeat("ab.cd_ef'gh ", 2000), "日本語の質問", "<script>alert(1)</script>", "'; DROP TABLE x; --", "%s%n%d", "${jndi:ldap://x}", "\x00p1", "a\x1fb",
	"..", "v1.2.3.4.5.6.7", "1,2,3,4", "camelCaseNameOfAThing", "’s", "'s", "it's", "IT", "U.S.", "e.g.",
}

func TestHostileQuestionsFindOrFindNothing(t *testing.T) {
	i, _ := built(t, spread(40, 2))
	for _, text := range hostile {
		checkQuestion(t, i, text)
	}
}

func FuzzSearch(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	i, _ := built(f, spread(40, 2))
	f.Fuzz(func(t *testing.T, text string) { checkQuestion(t, i, text) })
}

// checkQuestion asks and checks what holds for any text: no error, few terms, a known band, snippets
// that are of their passages.
func checkQuestion(t *testing.T, i *Index, text string) {
	t.Helper()
	who := access.StaffOf(organisations...)
	results, err := i.Search(t.Context(), who, Question{Text: text, Turns: []Turn{{Text: text}, {ByUser: true, Text: text}}})
	if err != nil {
		t.Fatalf("%.60q: %v", text, err)
	}
	if !slices.Contains([]Band{BandAnswer, BandMaybe, BandNone}, results.Band) || results.Confidence < 0 || results.Confidence > 1 {
		t.Errorf("%.60q: band %q, confidence %v", text, results.Band, results.Confidence)
	}
	if (results.Band == BandNone) != (results.Reason != "") {
		t.Errorf("%.60q: band %q for the reason %q", text, results.Band, results.Reason)
	}
	for _, hit := range results.Hits {
		cut := strings.TrimRight(strings.TrimSuffix(hit.Snippet, "…"), " \n") // the mark of a cut is ours
		if !strings.Contains(hit.Passage.Text, hit.Snippet) && !strings.Contains(hit.Passage.Text, cut) {
			t.Errorf("%.60q: the snippet %q is not of its passage", text, hit.Snippet)
		}
	}
	search := searching(t, i, who)
	query, err := search.prepare(t.Context(), search.generation.lexicon.reader(), Question{Text: text})
	if err != nil || len(query.terms) > maxTerms || len(query.pairs) > maxTerms {
		t.Errorf("%.60q: %d terms and %d pairs: %v", text, len(query.terms), len(query.pairs), err)
	}
}

func TestStripChat(t *testing.T) {
	for text, want := range map[string]string{
		"Hi all, does anyone know how to rotate API keys? Thanks!": "how to rotate API keys?",
		"quick question: which licence do we use":                  "which licence do we use",
		"hi all\nI am new\nhow do I get a badge, please":           "\nI am new\nhow do I get a badge,", // a line may be a sentence
		"“Hello” all… I’m looking for a badge – thanks!!":          "for a badge –",
		"“Please”, who may wear one?":                              "who may wear one?",
		"thanks":                                                   "",
		"please":                                                   "",
	} {
		if got := stripChat(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}

func TestRemarksAreNotQuestions(t *testing.T) {
	i, _ := built(t, guidance())
	for text, none := range map[string]bool{"thanks so much, that worked!": true, "lol same": true, "happy friday everyone": true, "hello": true,
		"thanks, and where do api keys go": false, "cookie banner": false} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if none != strings.HasPrefix(results.Reason, "That does not look like a question") {
			t.Errorf("%q: band %s, because %q", text, results.Band, results.Reason)
		}
	}
}

// TestALongConversationIsReadByItsRarestWords: of a talk only the words that weigh most are looked for, with the
// pairs that are left of them.
func TestALongConversationIsReadByItsRarestWords(t *testing.T) {
	docs := map[string]knowledge.Document{"rare.md": page("Badges", "Eagle badges are common.")}
	for n := range 9 {
		docs[fmt.Sprintf("%d.md", n)] = page("Common things", "Common things are told everywhere.")
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	thread := collector{at: map[string]int{}, most: threadRead}
	thread.words(s.generation.lexicon.reader().read("common things told everywhere, eagle badges"), 1)
	if err := s.heaviest(&thread, 2); err != nil {
		t.Fatal(err)
	}
	if len(thread.terms) != 2 || thread.terms[0].text != "eagl" || thread.terms[1].text != "badg" {
		t.Errorf("kept %v", thread.terms)
	}
	if len(thread.pairs) != 1 || thread.pairs[0].text != "eagl badg" {
		t.Errorf("kept the pairs %v", thread.pairs)
	}
}

// TestALongMessageIsReadByWhatItTellsMost: of more words than are looked for those that come often and stand in few
// pages, in their order, each for as often as it comes; what is only told besides, and what nobody knows, last.
func TestALongMessageIsReadByWhatItTellsMost(t *testing.T) {
	docs := map[string]knowledge.Document{}
	for n := range 60 {
		docs[fmt.Sprintf("%d.md", n)] = page(fmt.Sprintf("Page%d", n), "Common"+strings.Repeat(fmt.Sprintf(" rare%d", n), 2))
	}
	i, _ := built(t, fake(docs))
	s := searching(t, i, access.Audience{})
	read := func(text string) []word {
		all := s.generation.lexicon.reader().read(text)
		if err := s.setAside(text, all); err != nil {
			t.Fatal(err)
		}
		out, err := s.weightiest(all)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var many []string
	for n := range maxAsked {
		many = append(many, fmt.Sprintf("rare%d", n))
	}
	got := read("unheard com-mon " + strings.Join(many, " ") + " rare50 common rare50")
	if n := len(got); n != maxAsked || got[0].term != "rare0" || got[n-1].term != "rare50" {
		t.Fatalf("of a long message %+v is looked for", got)
	}
	if twice := got[maxAsked-1].often() / got[0].often(); math.Abs(twice-(1+math.Ln2)) > 1e-9 {
		t.Errorf("what comes twice counts %v times what comes once", twice)
	}
	sum := 0.
	for _, w := range got {
		if sum += w.often(); w.term == "unheard" || w.term == "common" || w.extra {
			t.Errorf("what tells little is looked for: %+v", got)
		}
	}
	if math.Abs(sum-maxAsked) > 1e-9 {
		t.Errorf("%d words that are as rare count for %v", maxAsked, sum)
	}
	got = read(strings.Join(many, " ") + " rare50. What is rare50 and rare51?")
	if n := len(got); got[n-1].term != "rare51" || got[n-2].term != "rare50" || got[n-2].share() != 1 || got[n-3].share() != asideShare {
		t.Errorf("what is asked is not looked for first: %+v", got)
	}
	if got := read(strings.Repeat("rare50 ", maxAsked+1)); len(got) != 1 || got[0].often() != 1 {
		t.Errorf("one word again and again is looked for as %+v", got)
	}
	if got := read(strings.Repeat("unheard ", maxAsked+1)); len(got) != 1 || got[0].often() != 1 {
		t.Errorf("an unknown word again and again is looked for as %+v", got)
	}
	if got := read("common rare1 common"); len(got) != 3 {
		t.Errorf("of a short one only %+v", got)
	}
}

// TestWhatShowsAsNothingPartsNoWord: soft hyphens and zero-width spaces come with copied texts, in a question and in the
// talk before it.
func TestWhatShowsAsNothingPartsNoWord(t *testing.T) {
	i, _ := built(t, guidance())
	plain, hidden := "storing API keys of a provider", "sto\u00adring A\u200bPI ke\u00adys of a pro\ufeffvider"
	for _, q := range [][2]Question{{{Text: plain}, {Text: hidden}}, {{Text: "and where?", Turns: []Turn{{ByUser: true, Text: plain}}}, {Text: "and where?", Turns: []Turn{{ByUser: true, Text: hidden}}}}} {
		var first [2]string
		for n := range q {
			results, err := i.Search(t.Context(), access.Audience{}, q[n])
			if err != nil || len(results.Hits) == 0 {
				t.Fatal(results, err)
			}
			first[n] = fmt.Sprint(results.Hits[0].Document.Path, results.Hits[0].Score)
		}
		if first[0] != first[1] {
			t.Errorf("%+v finds %s, as it is seen %s", q[1], first[1], first[0])
		}
	}
}

// TestAPhraseIsNotItsWords: "time off" is leave, and time is time; a second job is no job that is second.
func TestAPhraseIsNotItsWords(t *testing.T) {
	docs := map[string]knowledge.Document{"leave.md": page("Leave", "Ask your manager for leave with this form.")}
	for n := range 20 { // what it stands for is rarer than its words, and counts in full
		docs[fmt.Sprint("other", n, ".md")] = page("Other", fmt.Sprint("The time and the days of team ", n, " are its own. The job takes a second."))
	}
	docs["outside.md"] = page("Outside", "Tell us of outside employment.")
	docs["time.md"] = page("Records", "Ask for a change of the time that is recorded.")
	i, _ := built(t, fake(docs))
	for text, want := range map[string]string{"how do I ask for time off": "leave.md", "Days off, how do I ask?": "leave.md", "how do I ask for time offline": "time.md", "how do I ask for time": "time.md"} {
		results, err := i.Search(t.Context(), access.Audience{}, Question{Text: text})
		if err != nil || len(results.Hits) == 0 || results.Hits[0].Document.Path != want || slices.Contains(results.Added, "leave") != (want == "leave.md") {
			t.Errorf("%q finds %v, adds %v, %v", text, paths(t, i, access.Audience{}, text), results.Added, err)
		}
	}
	for text, want := range map[string]bool{"may I have a second job": true, "a job in a second": false} {
		if got := paths(t, i, access.Audience{}, text); slices.Contains(got, "outside.md") != want {
			t.Errorf("%q finds %v", text, got)
		}
	}
}

// TestAParticleMakesAnotherWord where the texts know it: whoever logs in looks for the login too.
func TestAParticleMakesAnotherWord(t *testing.T) {
	i, _ := built(t, fake(map[string]knowledge.Document{
		"account.md": page("Accounts", "The login asks for a password.", "Each login ends after an hour."), "office.md": page("Office", "The desk is in the hall."),
		"other.md": page("Other", "Come forthwith.", "Go forthwith.", "Stay whatoff.", "Leave whatoff."),
	}))
	for text, found := range map[string]bool{"how does logging in work": true, "where do I log in?": true, "where is the log": false, "is it in the log": false, "on the log of us": false, "forth with it": false, "so what off": false} {
		if got := paths(t, i, access.Audience{}, text); (len(got) > 0) != found {
			t.Errorf("%q finds %v", text, got)
		}
	}
}
