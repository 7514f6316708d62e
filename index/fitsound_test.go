package index

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

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

// messageCountsOf counts the messages that learnSound learns from.
func messageCountsOf(o fitOptions) (*messageCounts, error) {
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

// learnSound learns sound.txt from the messages of o.Aside, o.AtWork and o.Typed, and writes it to out.
func learnSound(_ context.Context, o fitOptions, out io.Writer) error {
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
