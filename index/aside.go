package index

import "strings"

// Not all words of a question ask. Many a message tells before it asks: "I look after my mother and work two
// days a week. Can I get a tax credit?" What it asks counts in full; what it tells besides counts asideShare,
// so that it chooses among pages about what is asked and brings up no others.

// asideShare is what the words of a sentence count that asks nothing, beside one that does (here: rules of
// GOV.UK with the circumstances of who asks, .796/.667 with 1, .800/.667 with .7, .805/.685 with .4,
// .804/.681 with .3; other collections hardly have such questions).
const asideShare = .4

// isPronoun are words that stand for what was told before. "This" and "these" mostly stand beside what they
// point at ("this benefit").
var isPronoun = set(strings.Fields("it its it's they them their theirs that he she him her his one mine"))

// ownWords is how many words a question must have to stand by itself.
const ownWords = 2

// setAside marks the words of a text whose sentences ask nothing, when others do that stand by themselves.
func setAside(text string, words []word) {
	all := wholeSentences(text)
	asks := make([]bool, len(all))
	for i, sentence := range all {
		asks[i] = isQuestion(sentence)
		if asks[i] && pointsBack(sentence) {
			return
		}
	}
	own, at, end := 0, 0, 0
	marked := make([]bool, len(words))
	for i, w := range words {
		for ; w.start >= end; at++ {
			end += len(all[at])
		}
		marked[i] = !asks[at-1]
		if asks[at-1] && !w.extra {
			own++
		}
	}
	if own < ownWords {
		return
	}
	for i := range words {
		words[i].aside = marked[i]
	}
}

// isQuestion reports whether a sentence asks something.
func isQuestion(sentence string) bool {
	sentence = strings.TrimSpace(sentence)
	first, _, _ := strings.Cut(strings.ToLower(sentence), " ")
	return strings.HasSuffix(sentence, "?") || questionWords[first]
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

// share returns what a word of the question counts.
func (w word) share() float64 {
	share := float64(1 + w.again)
	if w.aside {
		share *= asideShare
	}
	if isAsking[w.form] {
		share *= askingShare
	}
	return share
}
