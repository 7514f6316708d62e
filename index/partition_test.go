package index

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"liaison/bot/access"
	"liaison/knowledge"
)

// organisations are the visibilities that texts are spread over, with public.
var organisations = []string{"a", "b", "c", "d", "e", "f", "g"}

// syllables make words that look enough like English for stems, typing errors and acronyms to happen.
var syllables = strings.Fields("pay ser vice data gov form user de sign team cloud host test plan code open stand ard pub lish con tent")

// someText makes repeatable text of n words out of few, so that ties and shared words abound.
func someText(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		for range 1 + r.IntN(3) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		switch {
		case i%11 == 10:
			b.WriteString(". ")
		case i%17 == 16:
			b.WriteString(" Payment Service Plan (PSP) ")
		default:
			b.WriteString(" ")
		}
	}
	return b.String()
}

// spread makes the same n documents over the first of public and the organisations.
func spread(n, partitions int) *fakeSource {
	r := rand.New(rand.NewPCG(1, 2))
	docs := map[string]knowledge.Document{}
	for i := range n {
		doc := page(someText(r, 3), "# "+someText(r, 3)+"\n"+someText(r, 40), someText(r, 60), "# "+someText(r, 2)+"\n"+someText(r, 20))
		doc.AskedAs = []string{someText(r, 6), someText(r, 5)}
		if at := i % partitions; at > 0 {
			doc.Visibility = access.Organisation(organisations[at-1])
		}
		docs[fmt.Sprintf("docs/%s-%03d.md", syllables[i%len(syllables)], i)] = doc
	}
	return fake(docs)
}

func someQuestions(n int) []string {
	r := rand.New(rand.NewPCG(3, 4))
	out := []string{"PSP", "payment service plan", "how do i plann a testteam"}
	for range n {
		out = append(out, someText(r, 1+r.IntN(8)))
	}
	return out
}

// exact is all of a search's outcome that may not differ, scores to the last bit.
func exact(t *testing.T, i *Index, who access.Audience, q Question) string {
	t.Helper()
	results, err := i.Search(t.Context(), who, q)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, hit := range results.Hits {
		fmt.Fprintf(&b, "%s %x %d %q\n", hit.Document.Path, math.Float64bits(hit.Score), hit.Passage.Line, hit.Snippet)
	}
	fmt.Fprintln(&b, results.Band, math.Float64bits(results.Confidence), results.Added, results.Reason)
	return b.String()
}

func TestPartitionsRankAsOneIndexWould(t *testing.T) {
	everybody := access.StaffOf(organisations...)
	whole, _ := built(t, spread(120, 1))
	for _, partitions := range []int{2, 4, 8} {
		parted, _ := built(t, spread(120, partitions))
		for _, text := range someQuestions(60) {
			q := Question{Text: text, Turns: []Turn{{ByUser: true, Text: "what about the design team"}}}
			if want, got := exact(t, whole, everybody, q), exact(t, parted, everybody, q); got != want {
				t.Fatalf("%q over %d partitions:\n%s\nin one:\n%s", text, partitions, got, want)
			}
		}
	}
}

func TestChangesRankAsANewIndexWould(t *testing.T) {
	source := spread(120, 1)
	changed, dir := built(t, source)
	for i, path := range []string{"docs/pay-000.md", "docs/ser-001.md", "docs/gov-004.md"} {
		switch i {
		case 0:
			delete(source.docs, path)
		default:
			source.docs[path] = page("Payment service", "# plan\nhosting the payment service plan", "cloud hosting")
			source.docs["docs/new.md"] = page("New", "open standards for payment")
		}
		rebuild(t, source, dir)
	}
	fresh, _ := built(t, source)
	for _, text := range someQuestions(60) {
		if want, got := exact(t, fresh, access.Audience{}, Question{Text: text}), exact(t, changed, access.Audience{}, Question{Text: text}); got != want {
			t.Fatalf("%q after changes:\n%s\nbuilt anew:\n%s", text, got, want)
		}
	}
}

// TestShardsRankAsOneIndexWould also takes documents out of the second shard, and puts others in.
func TestShardsRankAsOneIndexWould(t *testing.T) {
	whole, wholeDir := built(t, spread(120, 1))
	before, processors := shardFrom, runtime.GOMAXPROCS(2)
	defer func() {
		shardFrom = before
		runtime.GOMAXPROCS(processors)
	}()
	shardFrom = 20
	source := spread(120, 1)
	sharded, dir := built(t, source)
	if found, err := filepath.Glob(filepath.Join(dir, "*", "public", indexFolder+"-1", "*.zap")); err != nil || len(found) != 1 {
		t.Fatalf("there is no second shard: %v, %v", found, err)
	}
	compare := func(when string) {
		for _, text := range someQuestions(25) {
			if want, got := exact(t, whole, access.Audience{}, Question{Text: text}), exact(t, sharded, access.Audience{}, Question{Text: text}); got != want {
				t.Fatalf("%q %s:\n%s\nin one:\n%s", text, when, got, want)
			}
		}
	}
	compare("over two shards")
	for _, path := range slices.Sorted(maps.Keys(source.docs))[:9] {
		source.docs[path] = page("Payment service", "# plan\nhosting the payment service plan", "cloud hosting")
	}
	delete(source.docs, slices.Max(slices.Collect(maps.Keys(source.docs))))
	rebuild(t, source, dir)
	rebuild(t, source, wholeDir)
	compare("after changes")
}

// TestHiddenMaterialChangesNothing compares two programs' worth of answers: one never held it.
func TestHiddenMaterialChangesNothing(t *testing.T) {
	innocent := spread(60, 1)
	innocent.terms = []knowledge.Term{{Term: "open standard", Aliases: []string{"OS"}, Visibility: access.Public}}
	knowing := spread(60, 1)
	knowing.terms = append(innocent.terms, knowledge.Term{Term: "payment service", Aliases: []string{"user plan", "PSP"}, Visibility: access.Organisation("gds")})
	for i := range 30 {
		hidden := page("Payment service plan", "# payment\nThe canarybird pays the Purple Secret Panda (PSP). "+strings.Repeat("payment service data ", 20))
		hidden.Visibility = access.Organisation("gds")
		knowing.docs[fmt.Sprintf("docs/hidden-%d.md", i)] = hidden
	}
	a, _ := built(t, innocent)
	b, _ := built(t, knowing)
	for _, who := range []access.Audience{{}, access.StaffOf(), access.StaffOf("usds")} {
		for _, text := range append(someQuestions(60), "canarybirt", "canarybird", "purple secret panda", "user plan") {
			x, err := a.Search(t.Context(), who, Question{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			y, err := b.Search(t.Context(), who, Question{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			want, _ := json.Marshal(x)
			got, _ := json.Marshal(y)
			if string(got) != string(want) {
				t.Fatalf("%s asking %q learns of hidden material:\n%s\nwithout it:\n%s", who, text, got, want)
			}
		}
	}
}
