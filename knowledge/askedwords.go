package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english" // the stemmer of the index: "deploying" and "deploys" are one word
)

// Lines help where they bring words that the page does not have. These limits say when they do not; they
// were set by reading the packs that ship.
const (
	nearCopy   = 0.6 // share of content words in common, of all in either, from which two lines are copies
	titleShare = 0.5 // a line of which more than this share is of the title and headings is in the page's words
	wantFresh  = 5   // lines that a page of six or more should have in other words than its own
)

// smallWords carry the grammar of a question and say little of what it is about.
var smallWords = wordSet(`a about after all am an and any are as at be been before being but by can can't cannot could d did
	do does doesn't doing don't for from get gets getting give go going got had has have having he her him his how i i'd i'll i'm
	i've if in into is isn't it it's its just let ll m me my need needs no not now of off on one or our out own put re s she
	should so some someone somebody something still t than that that's the their them then there there's they they're this
	to too up us use using ve want was we we'd we'll we're we've were what what's when where where's which who who's whose why
	will with without won't would you you're your`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// wordsOf returns the words of a text in small letters; apostrophes stay within them.
func wordsOf(text string) []string {
	text = strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '\'' })
	kept := words[:0]
	for _, word := range words {
		if word = strings.Trim(word, "'"); word != "" {
			kept = append(kept, word)
		}
	}
	return kept
}

// contentWords returns the stems of the words that say what a text is about.
func contentWords(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range wordsOf(text) {
		if !smallWords[word] {
			set[english.Stem(strings.TrimSuffix(word, "'s"), false)] = true
		}
	}
	return set
}

// likeness is how much two sets of words have in common: 0 nothing, 1 they are the same.
func likeness(a, b map[string]bool) float64 {
	shared := common(a, b)
	if all := len(a) + len(b) - shared; all > 0 {
		return float64(shared) / float64(all)
	}
	return 0
}

// common returns how many words of a are in b.
func common(a, b map[string]bool) int {
	n := 0
	for word := range a {
		if b[word] {
			n++
		}
	}
	return n
}

// askedWords holds the words of a page against which its lines are judged.
type askedWords struct {
	title map[string]bool
	named []map[string]bool // of the title with each heading: a long page has so many headings that together they hold every word
}

func (d *Document) askedWords() askedWords {
	w := askedWords{title: contentWords(d.Title)}
	w.named = []map[string]bool{w.title}
	seen := map[string]bool{}
	for _, p := range d.Passages {
		for _, heading := range p.Headings {
			if !seen[heading] {
				seen[heading] = true
				w.named = append(w.named, contentWords(d.Title+"\n"+heading))
			}
		}
	}
	return w
}

// copies says which lines are near copies of an earlier line or of the title, a sentence each.
func (w askedWords) copies(lines []string) (reasons []string) {
	sets := make([]map[string]bool, len(lines))
	for i, line := range lines {
		sets[i] = contentWords(line)
		if len(w.title) > 1 && likeness(sets[i], w.title) >= nearCopy {
			reasons = append(reasons, fmt.Sprintf("%s says little more than the title", quoteLine(line)))
			continue
		}
		for j := range i {
			if likeness(sets[i], sets[j]) >= nearCopy {
				reasons = append(reasons, fmt.Sprintf("%s is nearly %s", quoteLine(line), quoteLine(lines[j])))
				break
			}
		}
	}
	return reasons
}

// fresh returns how many lines are in other words than the title and any one heading.
func (w askedWords) fresh(lines []string) int {
	n := 0
	for _, line := range lines {
		words := contentWords(line)
		if !slices.ContainsFunc(w.named, func(named map[string]bool) bool {
			return float64(common(words, named)) > titleShare*float64(len(words))
		}) {
			n++
		}
	}
	return n
}

// wanted returns how many of a page's lines should be in other words than its own: five; of the few that
// news and notes have, all but two.
func wanted(lines int) int {
	if lines > wantFresh {
		return wantFresh
	}
	return max(0, lines-2)
}

// quoteLine returns a line to be shown within a sentence, cut where it is long.
func quoteLine(line string) string {
	const most = 80
	if utf8.RuneCountInString(line) > most {
		line = string([]rune(line)[:most-1]) + "…"
	}
	return fmt.Sprintf("%q", line)
}
