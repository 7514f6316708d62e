package index

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// What a message is about shows in how it is put, whatever the pages hold: "flip a coin for me" and "can I claim a taxi"
// share none of their words, nor how they begin. A naive Bayes model knows of words, and of pairs of them, how much oftener
// people write them about their work than of something else.

// sounds are what words and pairs of them are worth, by hash32: the log of how much oftener they stand in messages about
// work than in others, as TestFit learnt it. In sound.txt a line is a worth, and what has it.
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
