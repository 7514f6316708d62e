package ask

import (
	"strings"
	"unicode"
)

// Liaison stems and compares English words, so that a question in another language finds nothing, or chance words. Then it
// says so.

const sayEnglish = "I only understand English. Ask me in English, in a few words, for example: how do we test with users?"

// smallWords are words that hardly any sentence of a language does without, and that no English one has (French, German,
// Spanish, Portuguese, Italian, Dutch, Polish and Welsh).
var smallWords = setOf(`comment est les des une pour avec dans nous vous je sont quel quelle où qui que sur
	wie ist der das und wir ich nicht für eine einen mit zu auf kann können wo welche
	cómo como el los las para qué dónde nosotros una con por es son está
	como os as uma não são onde fazer
	il lo gli che per sono dove posso facciamo
	het een niet wij hoe voor met van zijn
	jak czy nie gdzie jest się dla
	sut mae yn yr ydw ydym beth ble ydy rydym gallaf gwneud ar`)

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
	latin, other, small, english := 0, 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if englishWords[word] {
			english++
		} else if smallWords[word] {
			small++
		}
	}
	return other > latin || small > 1 && english == 0
}
