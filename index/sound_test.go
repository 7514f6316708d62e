package index

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

func TestWordsAndPairsAreHeard(t *testing.T) {
	for text, want := range map[string]string{
		"Don’t flip a coin":  "dont _dont flip dont_flip a flip_a coin a_coin coin_",
		"dont, dont DON'T":   "dont _dont dont_dont dont_",
		"":                   "",
		"?!":                 "",
		"naïve café in 2026": "naïve _naïve café naïve_café in café_in 2026 in_2026 2026_",
	} {
		if got := strings.Join(soundsIn(text), " "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestMessagesSoundLikeWhatTheyAre: none of these was learnt from.
func TestMessagesSoundLikeWhatTheyAre(t *testing.T) {
	for _, text := range []string{"can I claim for a night in a hotel in Leeds", "who signs off our accessibility statement", "do we have to put our repo on github"} {
		if soundOf(text) <= 0 {
			t.Errorf("%q does not sound like work: %v", text, soundOf(text))
		}
	}
	for _, text := range []string{"flip a coin for me and write a poem", "what is the best recipe for banana bread", "who won the match last night"} {
		if soundOf(text) >= 0 {
			t.Errorf("%q sounds like work: %v", text, soundOf(text))
		}
	}
	if got := soundOf("zzyzx"); got != 0 {
		t.Errorf("what nobody ever said sounds like %v", got)
	}
}

// TestWhatIsLearntIsNotHeardAgain: a message that was learnt from sounds by the others, and the table on disk says what was
// counted.
func TestWhatIsLearntIsNotHeardAgain(t *testing.T) {
	dir := t.TempDir()
	write := func(name, lines string) []string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{path}
	}
	o := fitOptions{
		Aside:  write("aside.jsonl", `{"text": "feed a giraffe"}`+"\n"+`{"text": "ride a giraffe"}`),
		AtWork: write("atwork.jsonl", `{"text": "order a laptop"}`),
		Typed:  write("typed.jsonl", `{"text": "order a chair"}`),
	}
	counts, err := messageCountsOf(o)
	if err != nil {
		t.Fatal(err)
	}
	alone := math.Log((1./2 + soundPrior/2) / (0 + soundPrior/2)) // in one of two messages at work
	if got, known := counts.worth("laptop"); got != alone || !known {
		t.Errorf("laptop is worth %v, want %v", got, alone)
	}
	if _, known := counts.worth("a_laptop"); known {
		t.Error("a pair of one message tells")
	}
	if got := counts.soundOf("feed a giraffe"); got >= 0 {
		t.Errorf("by the other one about a giraffe it sounds like work: %v", got)
	}
	for text, want := range map[string]float64{"feed": -alone, "laptop": alone} {
		if got := counts.soundOf(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	counts.with["order"] = [2]float64{0, 2}
	if before := counts.soundOf("order a laptop"); before != counts.soundOf("order a laptop") || counts.with["laptop"] != [2]float64{0, 1} {
		t.Error("hearing a message changes what was counted")
	}
	var table strings.Builder
	if err := learnSound(t.Context(), o, &table); err != nil {
		t.Fatal(err)
	}
	if want := "\n1.6 chair laptop\n"; !strings.Contains(table.String(), want) {
		t.Errorf("no line %q in\n%s", want, &table)
	}
	if _, err := messageCountsOf(fitOptions{Aside: []string{filepath.Join(dir, "none")}}); err == nil {
		t.Error("a file of messages that is not there is no error")
	}
}

// TestHowAQuestionSoundsIsSeen where pages have lines; after other turns, it does not speak against a question.
func TestHowAQuestionSoundsIsSeen(t *testing.T) {
	docs := map[string]knowledge.Document{"coin.md": {Title: "Coins", Passages: []knowledge.Passage{{Text: "Flip a coin to choose who speaks. Claim expenses within a month."}}, AskedAs: []string{"who speaks first"}}}
	i, _ := built(t, fake(docs))
	claim := []Turn{{Text: "how do I claim expenses", ByUser: true}}
	for _, c := range []struct {
		text  string
		turns []Turn
		want  float64
	}{
		{"flip a coin for me", nil, soundOf("flip a coin for me")},
		{"flip a coin for me", claim, 0},
		{"and do we have to claim", claim, soundOf("and do we have to claim")},
	} {
		_, seen, err := i.searchInto(t.Context(), access.Audience{}, Question{Text: c.text, Turns: c.turns}, 1)
		if err != nil || seen.Sound != c.want {
			t.Errorf("%q after %d turns: %v, want %v (%v)", c.text, len(c.turns), seen.Sound, c.want, err)
		}
	}
	unlike, like := features{Asked: 1, Sound: soundOf("flip a coin for me")}, features{Asked: 1, Sound: soundOf("do we have to claim")}
	if here := confidence.Asked.Here.probability; here(unlike) > here(like)/2 {
		t.Errorf("how they sound makes nothing of it: %v and %v are likely to be about something here", here(unlike), here(like))
	}
}

// TestTheTableIsLearntFromTheMessages in testdata/fit: go test ./index -run TestFit -fit sound writes it anew, where
// LIAISON_TESTDATA is set; fit asked then, too, and judge both.
func TestTheTableIsLearntFromTheMessages(t *testing.T) {
	written := func(name string) []string { return []string{filepath.Join("testdata", "fit", name+".jsonl")} }
	var table strings.Builder
	if err := learnSound(t.Context(), fitOptions{Aside: written("aside"), AtWork: written("atwork"), Typed: written("questions")}, &table); err != nil {
		t.Fatal(err)
	}
	if table.String() != soundText {
		t.Error("sound.txt is not what the messages teach: fit it anew")
	}
}
