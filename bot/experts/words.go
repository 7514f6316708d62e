package experts

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/kljensen/snowball/english" // "testing" is what "tests" is about; package index reads words by the same stemmer
)

// little are words that say nothing of a topic.
var little = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(`a about all also am an and any anybody anyone are as at be been but by can could did do does doing done
		else everything experience expert experts for from get had has have he help helps her him his how i if in into is it its
		know knows knowledge like me more my need needs no not of on or our out people person please say she should so some somebody
		someone talk team tell than that the their them there these they thing things this those to up us use using was we were
		what when where which who whom whose why will with would you your`) {
		set[word] = true
	}
	return set
}()

// NamesTopic reports whether a text has a word that says what it is about: "who can help me with that?"
// has none.
func NamesTopic(text string) bool { return len(stems(text)) > 0 }

// stems returns the words of a text that say what it is about, each as its stem, in order.
func stems(text string) []string {
	return stemsBy(text, func(word string) string { return english.Stem(word, false) })
}

func stemsBy(text string, stem func(string) string) []string {
	var all []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !little[word] {
			all = append(all, stem(word))
		}
	}
	return all
}

// phrase is a few words in which somebody, or a team, says what they know.
type phrase struct {
	text  string
	words []string // stems, sorted, each once
}

// phraser reads phrases. It remembers the stems of words, which takes most of the time that "who knows"
// would take without; not whose words they were. It is safe for concurrent use.
type phraser struct {
	mu    sync.Mutex
	stems map[string]string
}

// mostStems bounds what a phraser remembers.
const mostStems = 20_000

func (p *phraser) read(texts ...string) []phrase {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stems == nil || len(p.stems) > mostStems {
		p.stems = map[string]string{}
	}
	stem := func(word string) string {
		found, ok := p.stems[word]
		if !ok {
			found = english.Stem(word, false)
			p.stems[word] = found
		}
		return found
	}
	all := make([]phrase, len(texts))
	for i, text := range texts {
		words := stemsBy(text, stem)
		slices.Sort(words)
		all[i] = phrase{text, slices.Compact(words)}
	}
	return all
}

// topic is what is asked about: words with what each is worth.
type topic map[string]float64

// addedShare is what a word counts that the search added to those typed.
const addedShare = .5

// newTopic reads a topic: the words typed, and those that the search added to them.
func newTopic(text string, added []string) topic {
	t := topic{}
	for _, other := range added {
		for _, word := range stems(other) {
			t[word] = addedShare
		}
	}
	for _, word := range stems(text) {
		t[word] = 1
	}
	return t
}

// rarity is how telling each word is among the phrases that people and teams describe themselves with:
// the logarithm of their number by that of those that hold it.
type rarity struct {
	phrases int
	with    map[string]int
	wide    bool // one word of the topic is enough, where it is all that somebody says
}

// rarityOf counts the phrases. SECURITY: give it only those that the audience may see, as a rare word
// tells of them.
func rarityOf(phrases []phrase) rarity {
	r := rarity{phrases: len(phrases), with: map[string]int{}}
	for _, p := range phrases {
		for _, word := range p.words {
			r.with[word]++
		}
	}
	return r
}

func (r rarity) of(word string) float64 {
	return math.Log(1 + float64(r.phrases+1)/float64(r.with[word]+1))
}

// fit says how well a phrase fits a topic, from 0 to 1: the share of the topic that the phrase has, by the
// root of the share of the phrase that the topic asks for. Words count by their rarity. A phrase that has
// less than most of the topic does not fit, unless the topic, as a message may, holds all of the phrase.
func (r rarity) fit(t topic, p phrase) float64 {
	var asked, has, said float64
	for _, word := range p.words {
		said += r.of(word)
		if t[word] > 0 {
			has += r.of(word) * t[word]
		}
	}
	for word, worth := range t {
		if worth == 1 {
			asked += r.of(word)
		}
	}
	if asked == 0 || has == 0 {
		return 0
	}
	ofTopic, ofPhrase := min(has/asked, 1), min(has/said, 1)
	whole := (len(p.words) > 1 || r.wide) && ofPhrase > .999
	if ofTopic < mostOf && !whole {
		return 0 // "load testing" is not about accessibility testing
	}
	if whole {
		return max(ofTopic, wholly)
	}
	return ofTopic * math.Sqrt(ofPhrase)
}

// named says which share of a name, its words by their rarity, a topic asks for, from 0 to 1.
func (r rarity) named(t topic, name string) float64 {
	var said, has float64
	for _, word := range stems(name) {
		said += r.of(word)
		if t[word] > 0 {
			has += r.of(word) * t[word]
		}
	}
	return has / max(said, 1e-9)
}

// fitting are the phrases of somebody that fit a topic, best first, and how well they do together.
type fitting struct {
	phrases []string
	score   float64 // 0 to 1
}

const (
	mostOf = .6 // the least share of a topic that a phrase about it has
	wholly = .5 // how well a phrase fits at least that stands in the topic whole
)

// enough is the least fit at which a phrase is about the topic.
const enough = .3

// best returns the phrases that fit. The second best adds a quarter, so that who says it twice in
// different words is before who says it once.
func (r rarity) best(t topic, phrases []phrase) fitting {
	type one struct {
		text string
		fit  float64
	}
	var found []one
	for _, p := range phrases {
		if fit := r.fit(t, p); fit >= enough {
			found = append(found, one{p.text, fit})
		}
	}
	slices.SortStableFunc(found, func(a, b one) int { return cmp.Compare(b.fit, a.fit) })
	var f fitting
	for i, o := range found {
		f.phrases = append(f.phrases, o.text)
		switch i {
		case 0:
			f.score = o.fit
		case 1:
			f.score += o.fit / 4
		}
	}
	f.score = min(f.score, 1)
	return f
}

// names finds people in texts by what they are called.
type names struct {
	ids   map[string]string // by the name in lower case, its words single-spaced
	first map[string][]int  // lengths, in words, of the names that begin with a word, longest first
}

// newNames returns an empty set of names.
func newNames() *names { return &names{ids: map[string]string{}, first: map[string][]int{}} }

// add makes a name stand for somebody. A name that is another's already stands for neither: naming the
// wrong person is worse than naming none.
func (n *names) add(name, id string) {
	words := nameWords(name)
	key := strings.Join(words, " ")
	if key == "" {
		return
	}
	if other, taken := n.ids[key]; taken && other != id {
		id = ""
	}
	n.ids[key] = id
	if lengths := n.first[words[0]]; !slices.Contains(lengths, len(words)) {
		lengths = append(lengths, len(words))
		slices.SortFunc(lengths, func(a, b int) int { return b - a })
		n.first[words[0]] = lengths
	}
}

// is returns whose name a text is; "" for nobody's.
func (n *names) is(text string) string { return n.ids[strings.Join(nameWords(text), " ")] }

// in returns whom a text names by a name of two words or more, or by a channel (#design), each once:
// other single words are too often something else.
func (n *names) in(text string) []string {
	words := nameWords(text)
	var found []string
	for i := 0; i < len(words); i++ {
		for _, length := range n.first[words[i]] {
			if length < 2 && !strings.HasPrefix(words[i], "#") || i+length > len(words) {
				continue
			}
			if id := n.ids[strings.Join(words[i:i+length], " ")]; id != "" {
				if !slices.Contains(found, id) {
					found = append(found, id)
				}
				i += length - 1
				break
			}
		}
	}
	return found
}

// nameWords parts a text into words in lower case. Channels keep their mark: "#design" is no word.
func nameWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '#' && r != '-' && r != '\'' && r != '’'
	})
}
