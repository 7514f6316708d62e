package index

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// What a message is about shows in how it is put, whatever the pages hold: "flip a coin for me" and "can I claim a taxi"
// share none of their words, nor how they begin. A naive Bayes model knows of words, and of pairs of them, how much oftener
// people write them about their work than of something else.

// sounds are what words and pairs of them are worth, by hash32: the log of how much oftener they stand in messages about
// work than in others, as FitSound learnt it. In sound.txt a line is a worth, and what has it.
//
//go:embed sound.txt
var soundText string

var sounds = sync.OnceValue(func() map[uint32]float64 {
	known := map[uint32]float64{}
	for line := range strings.Lines(soundText) {
		words := strings.Fields(line)
		worth, err := strconv.ParseFloat(words[0], 64)
		if err != nil {
			panic(fmt.Sprintf("sound.txt: %v", err)) // compiled in
		}
		for _, w := range words[1:] {
			known[hash32(w)] = worth
		}
	}
	return known
})

// heardOf returns what of a message is heard: the sentences that ask, if any do, without the greetings and thanks round them.
// Who hopes that all are well, and asks what a discovery is, asks about work.
func heardOf(text string) string {
	all := sentencesBy(text, endsTyped)
	asks, _ := whichAsk(all)
	if slices.Contains(asks, true) {
		kept := all[:0:0]
		for i, sentence := range all {
			if asks[i] {
				kept = append(kept, sentence)
			}
		}
		text = strings.Join(kept, " ")
	}
	if asked := stripChat(text); strings.TrimSpace(asked) != "" {
		return asked
	}
	return text
}

// soundOf returns how much a message sounds like work: what those of its words and pairs are worth on average that are
// known, 0 where none is. (Their sum goes by how long it is.)
func soundOf(text string) float64 {
	return meanWorth(text, func(s string) (float64, bool) {
		worth, ok := sounds()[hash32(s)]
		return worth, ok
	})
}

func meanWorth(text string, of func(s string) (worth float64, known bool)) float64 {
	sum, n := 0., 0
	for _, s := range soundsIn(text) {
		if worth, ok := of(s); ok {
			sum += worth
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// soundsIn returns the words of a message, in small letters and without apostrophes, as people leave them out; its pairs of
// neighbours ("flip_a"); and with what it begins and ends ("_flip", "me_"); each once.
func soundsIn(text string) []string {
	words := strings.FieldsFunc(apostrophes.Replace(strings.ToLower(text)), func(c rune) bool { return !isWordRune(c) })
	in, seen := make([]string, 0, 2*len(words)+1), make(map[string]bool, 2*len(words)+1)
	say := func(s string) {
		if !seen[s] {
			in, seen[s] = append(in, s), true
		}
	}
	last := ""
	for _, w := range words {
		say(w)
		say(last + "_" + w)
		last = w
	}
	if last != "" {
		say(last + "_")
	}
	return in
}

var apostrophes = strings.NewReplacer("'", "", "’", "")

// messageCounts counts in how many messages about something else, and about work, words and pairs stand.
type messageCounts struct {
	messages [2]float64
	with     map[string][2]float64
	counted  map[string]int // the messages, with their kind
}

// Kinds of message in a messageCounts.
const (
	aside = iota
	atWork
)

// messageCountsOf counts the messages that FitSound learns from.
func messageCountsOf(o FitOptions) (*messageCounts, error) {
	t := &messageCounts{with: map[string][2]float64{}, counted: map[string]int{}}
	for kind, files := range [][]string{aside: o.Aside, atWork: slices.Concat(o.AtWork, o.Typed)} {
		messages, err := readMessages(files, kind == atWork)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			t.counted[m.Text] = kind
			t.add(m.Text, kind, 1)
		}
	}
	return t, nil
}

// add counts a message so many times.
func (t *messageCounts) add(text string, kind int, times float64) {
	t.messages[kind] += times
	for _, s := range soundsIn(heardOf(text)) {
		in := t.with[s]
		in[kind] += times
		t.with[s] = in
	}
}

// soundPrior is how many messages of each kind everything is taken to stand in besides (here: .1 to .5 tell alike).
const soundPrior = .25

// worth returns the log of how much oftener something stands in messages about work, and whether enough of them have it to
// tell: one a word, two a pair, of which there are many more.
func (t *messageCounts) worth(s string) (float64, bool) {
	in, mean := t.with[s], (t.messages[aside]+t.messages[atWork])/2
	share := func(kind int) float64 { return in[kind]/max(t.messages[kind], 1) + soundPrior/mean }
	return math.Log(share(atWork) / share(aside)), in[aside]+in[atWork] >= 1+one(strings.Contains(s, "_"))
}

// soundOf returns how a message sounds by all others that were counted: what it says itself is no news of it.
func (t *messageCounts) soundOf(text string) float64 {
	if kind, ok := t.counted[text]; ok {
		t.add(text, kind, -1)
		defer t.add(text, kind, 1)
	}
	return meanWorth(heardOf(text), t.worth)
}

// FitSound learns sound.txt from the messages of o.Aside, o.AtWork and o.Typed, and writes it to out.
func FitSound(_ context.Context, o FitOptions, out io.Writer) error {
	t, err := messageCountsOf(o)
	if err != nil {
		return fmt.Errorf("fit how messages sound: %w", err)
	}
	by := map[int][]string{} // by tenths
	for s := range t.with {
		if worth, ok := t.worth(s); ok {
			tenths := int(math.Round(10 * worth))
			by[tenths] = append(by[tenths], s)
		}
	}
	for _, tenths := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[tenths])
		if _, err := fmt.Fprintf(out, "%.1f %s\n", float64(tenths)/10, strings.Join(by[tenths], " ")); err != nil {
			return err
		}
	}
	return nil
}
