package ask

import (
	"slices"
	"strings"
	"unicode"
)

// Liaison stems and compares English words, so that a question in another language finds nothing, or chance words. Then it
// says so.

const sayEnglish = "I only understand English. Ask me in English, in a few words, for example: how do we test with users?"

// smallWords are, by language (French, German, Spanish, Portuguese, Italian, Dutch, Polish, Welsh), words that hardly any
// of its sentences does without. Most of those that English has, too ("die", "met", "OS"), are left out.
var smallWords = []map[string]bool{
	setOf(`comment les des une avec dans nous vous je sont quel quelle où qui que peut`),
	setOf(`wie ist der das und wir ich nicht für eine einen auf kann können wo welche`),
	setOf(`cómo el los las para qué dónde nosotros una por es está`),
	setOf(`uma não são onde fazer para você como`),
	setOf(`gli che sono dove posso facciamo della una`),
	setOf(`het een niet wij hoe voor zijn`),
	setOf(`jak czy nie gdzie jest się dla`),
	setOf(`sut mae yn ydw ydym beth ble ydy rydym gallaf gwneud`),
}

// englishWords tell that a sentence is English, whatever else it holds.
var englishWords = setOf(`the a an is are of to and in for we i you do does how what where who when why can my our it on with`)

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// foreign reports whether a text is in another language: in another script, or with two small words of one and none of
// English.
func foreign(text string) bool {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	said := setOf(strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }), " "))
	return other > latin || !sharesMore(said, englishWords, 0) && slices.ContainsFunc(smallWords, func(of map[string]bool) bool { return sharesMore(said, of, 1) })
}

// sharesMore reports whether two sets of words have more than so many in common.
func sharesMore(a, b map[string]bool, than int) bool {
	n := 0
	for word := range a {
		if b[word] {
			n++
		}
	}
	return n > than
}
