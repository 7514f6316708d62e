package index

import (
	"regexp"
	"slices"
	"strings"
)

// Not all words of a question ask. Many a message tells before it asks: "I look after my mother and work two
// days a week. Can I get a tax credit?" What it asks counts in full; what it tells besides counts asideShare,
// so that it chooses among pages about what is asked and brings up few others. Where the question itself says
// little ("My laptop broke on the train. What now?"), what is told is what is asked about, and counts more.

// asideShare is what the words of a sentence count that asks nothing, beside one that does (here: rules of
// GOV.UK with the circumstances of who asks, .796/.667 with 1, .800/.667 with .7, .805/.685 with .4,
// .804/.681 with .3; other collections hardly have such questions).
const asideShare = .4

// What is told counts as much as what is asked where that says no more than saysLittle, and asideShare where it says
// saysEnough, in words that stand nowhere else: others count less, by idf. A question with a pronoun may point at what
// is told, so it must say more (here: the 166 questions over the real pages within five messages of other matters
// .435/.667 → .590/.814, and within five that these were not chosen by .410/.669 → .540/.781, the eight collections
// .711/.582 → .711/.584, two of the 166 questions as they are lost. From .01 on for both, doc2dial by passage loses
// .005; 1 and 2, OR-ShARC .01).
const (
	saysLittle, saysEnough         = .6, 1.
	pointingLittle, pointingEnough = 1., 1.8
)

// isPronoun are words that stand for what was told before. "This" and "these" mostly stand beside what they
// point at ("this benefit").
var isPronoun = set(strings.Fields("it its it's they them their theirs that he she him her his one mine"))

// setAside marks the words of a text whose sentences ask nothing, when others do, with what they count.
func (s *search) setAside(text string, words []word) error {
	all := sentencesBy(text, endsTyped)
	if len(all) < 2 {
		return nil
	}
	asks, points := whichAsk(all)
	told := toldOf(all, asks, words)
	if !slices.Contains(told, true) {
		return nil
	}
	says, err := s.saysItself(words, told)
	if err != nil || says == 0 {
		return err
	}
	share := shareOfTold(says, points)
	for i := range words {
		if told[i] && share < 1 {
			words[i].aside = share
		}
	}
	return nil
}

// whichAsk tells which sentences ask something: those that are questions or, where none is, those that hold one or say
// what is wanted. points reports whether one of them may point at what the others tell.
func whichAsk(all []string) (asks []bool, points bool) {
	asks = make([]bool, len(all))
	for _, does := range []func(string) bool{isQuestion, isWish} {
		for i, sentence := range all {
			asks[i] = does(sentence)
			points = points || asks[i] && pointsBack(sentence)
		}
		if slices.Contains(asks, true) {
			break
		}
	}
	return asks, points
}

// toldOf reports of each word whether its sentence asks nothing.
func toldOf(all []string, asks []bool, words []word) []bool {
	out := make([]bool, len(words))
	at, end := 0, 0
	for i, w := range words {
		for ; w.start >= end; at++ {
			end += len(all[at])
		}
		out[i] = !asks[at-1]
	}
	return out
}

// saysItself returns how much the words of a question say that are not told besides it, each once: one that stands
// nowhere else counts 1. From pointingEnough on it makes no difference how much more.
func (s *search) saysItself(words []word, told []bool) (float64, error) {
	says, seen := 0., map[string]bool{}
	for i, w := range words {
		if told[i] || w.extra || seen[w.term] {
			continue
		}
		if says >= pointingEnough {
			break
		}
		seen[w.term] = true
		n, err := s.count(w.term)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			says += w.share() * idf(s.passages, n) / idf(s.passages, 0)
		}
	}
	return says, nil
}

// shareOfTold returns what the words told count beside a question that says so much.
func shareOfTold(says float64, points bool) float64 {
	little, enough := saysLittle, saysEnough
	if points {
		little, enough = pointingLittle, pointingEnough
	}
	missing := min(max((enough-says)/(enough-little), 0), 1)
	return asideShare + (1-asideShare)*missing
}

// isQuestion reports whether a sentence asks something.
func isQuestion(sentence string) bool {
	sentence = strings.TrimSpace(sentence)
	first, _, _ := strings.Cut(strings.ToLower(sentence), " ")
	return strings.HasSuffix(sentence, "?") || questionWords[first]
}

// wishes open a sentence that says what is wanted.
var wishes = set(strings.Fields("need want trying looking wondering struggling stuck"))

// within is a question inside a sentence: "moving to paas, how do i pick the version".
var within = regexp.MustCompile(`\b(how (do|can|should|to|much|many|long|often)|(can|should|do|must|may) (i|we|he|she|you)|what (do|should|now)|any way|where (do|can))\b`)

// isWish reports whether a sentence that is no question says what is wanted, or holds one.
func isWish(sentence string) bool {
	sentence = strings.ToLower(strings.TrimSpace(sentence))
	first, _, _ := strings.Cut(sentence, " ")
	return wishes[first] || within.MatchString(sentence)
}

// pointsBack reports whether a sentence holds a pronoun: it asks about what the others tell.
func pointsBack(sentence string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(sentence), func(c rune) bool { return !isWordRune(c) }) {
		if isPronoun[w] {
			return true
		}
	}
	return false
}

// askingShare is what a word counts that tells that something is asked, not what (here: macro .709/.582 →
// .711/.582, gov questions nDCG@10 .808 → .811; .2 to .8 rank alike; "need", "want" and "get" lose).
const askingShare = .5

var isAsking = set(strings.Fields(`information info question questions regarding related concerning help looking look trying try know
	knowing find finding tell understand interested learn advice thinking think heard reading possible assistance assist
	explain`))

// often returns what a word counts for coming so often.
func (w word) often() float64 {
	if w.times == 0 {
		return 1
	}
	return w.times
}

// share returns what a word of the question counts.
func (w word) share() float64 {
	share := 1.
	if w.aside > 0 {
		share *= w.aside
	}
	if isAsking[w.form] {
		share *= askingShare
	}
	return share
}
