package ask

import (
	"regexp"
	"strings"
)

// Words of two questions in one search find what lies between them, which answers neither. So a message of several is
// answered by the first, and says which it leaves.

// also is what joins a further question.
var also = regexp.MustCompile(`(?i)^(?:(?:and|also|then|plus|next|secondly|finally|oh|lastly)[, ]+)+`)

// several parts a message that is nothing but questions, each about something of its own, into the first and the others.
// Of any other, the whole is the first: questions about one thing are one, and what is told beside a question belongs to it.
func several(text string) (first string, others []string) {
	var all []string
	for part := range strings.SplitAfterSeq(text, "?") {
		if part = also.ReplaceAllString(strings.TrimSpace(part), ""); contentWords(part) > 0 {
			all = append(all, part)
		}
	}
	for i, part := range all {
		if !strings.HasSuffix(part, "?") || strings.ContainsAny(part, ".!\n;") || pointsBack(part) || i > 0 && shares(all[:i], part) {
			return text, nil
		}
	}
	if len(all) < 2 {
		return text, nil
	}
	return all[0], all[1:]
}

// shares reports whether a text has a word that says what it is about in common with any of others.
func shares(others []string, text string) bool {
	words := wordSet(text)
	for _, other := range others {
		for word := range wordSet(other) {
			if words[word] && !empty.has(word) {
				return true
			}
		}
	}
	return false
}
