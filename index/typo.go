package index

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	// Walks only the words of the index that are a few slips away, instead of all of them; it is the
	// automaton that Bleve's own dictionaries are made to take.
	"github.com/blevesearch/vellum"
	"github.com/blevesearch/vellum/levenshtein"
	"github.com/kljensen/snowball/english"
)

// rareForm is in how many permitted passages a word must stand to be taken as written (lab: 3).
const rareForm = 3

// maxUnknown is how many unknown words of a question are mended: more of them are another language.
const maxUnknown = 6

// longWord is the most letters of a word in which one slip is all that is forgiven; in short words a
// second one makes another word.
const longWord = 7

// commonWords are words of everyday life, names of places and of people: our own list. The knowledge may
// hold none of them, and yet nobody who types one means another ("weather" is not "whether"): they stay
// as they are, unknown, so that a question about something else is seen to be.
//
//go:embed commonwords.txt
var commonWords string

// publicWords are those that most public pages use, of any subject: they stay as they are, too ("currency" is not
// "current").
//
//go:embed publicwords.txt
var publicWords string

// isCommon knows the common words by stem.
var isCommon = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for w := range strings.FieldsSeq(commonWords + " " + publicWords + " " + chatterText) {
		known[english.Stem(foldRule(w), true)] = true
	}
	return known
})

// isEveryday knows those of everyday life as they are written, also of several: by stem, leaves would be leave.
var isEveryday = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for w := range strings.FieldsSeq(commonWords + " " + chatterText) {
		known[foldRule(w)], known[foldRule(w)+"s"] = true, true
	}
	return known
})

// mend replaces words of the question that the permitted passages hardly know, and that are no common
// words, by the word that was most likely meant; see nearest. Nothing outside the permitted partitions
// suggests a word. A stop word that was mistyped is left out like any.
func (s *search) mend(ctx context.Context, r *reader, out *query) error {
	mended := make([]word, 0, len(out.asked))
	unknown := 0
	for _, w := range out.asked {
		better, err := s.meant(ctx, r, w, &unknown)
		switch {
		case err != nil:
			return err
		case better == "":
			nothing, err := s.tellsNothing(w)
			if err != nil {
				return err
			}
			if nothing && w.aside == 0 {
				w.aside = asideShare
			}
			mended = append(mended, w)
		case !r.stop[better]:
			w.term, w.form = r.term(better)
			mended = append(mended, w)
			out.added = append(out.added, addition{better, []string{w.term}})
		}
	}
	if len(mended) > 0 {
		out.asked = mended
	}
	return nil
}

// tellsNothing reports whether a word is the number of a version or year that stands nowhere ("python 3.99"), which nobody
// can have written about: it counts as one that is told besides.
func (s *search) tellsNothing(w word) (bool, error) {
	if strings.Trim(w.form, "0123456789.") != "" {
		return false, nil
	}
	n, err := s.countForm(w.form)
	if err != nil || n > 0 {
		return false, err
	}
	n, err = s.countIn(fieldLine, w.term)
	return n == 0, err
}

// meant returns the word that was meant by one that nobody knows, or "" when it may stay.
func (s *search) meant(ctx context.Context, r *reader, w word, unknown *int) (string, error) {
	if w.extra || len(w.form) < 4 || r.protected[w.form] || strings.ContainsAny(w.form, "0123456789.") || capitals[w.term] || isCommon()[w.term] {
		return "", nil
	}
	if len(s.generation.expander[w.term]) > 0 {
		return "", nil // it is known by what else it is called
	}
	n, err := s.countForm(w.form)
	if err != nil {
		return "", err
	}
	stemmed, err := s.count(w.term)
	if err != nil || max(n, stemmed) >= rareForm || *unknown >= maxUnknown {
		return "", err
	}
	if asked, err := s.countIn(fieldLine, w.term); err != nil || asked > 0 {
		return "", err // people are known to ask in this word
	}
	*unknown++
	return s.remembered(ctx, w.form, n)
}

// maxMended bounds the mended words a view remembers.
const maxMended = 4096

// remembered is nearest, remembering the answer: it depends on the view alone.
func (s *search) remembered(ctx context.Context, form string, count int) (string, error) {
	s.mu.Lock()
	better, ok := s.mended[form]
	s.mu.Unlock()
	if ok {
		return better, nil
	}
	better, err := s.nearest(ctx, form, count)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mended) >= maxMended {
		clear(s.mended)
	}
	s.mended[form] = better
	return better, nil
}

// nearest returns the known word most likely meant by form, or "": it begins with the same letter (two
// slips away, with the same two), stands in many more passages than what was typed, and has the best
// log(passages) · likelihood of the slips. Stop words, which stand everywhere, are known, too.
func (s *search) nearest(ctx context.Context, form string, count int) (string, error) {
	known, err := s.formsNear(ctx, form)
	if err != nil {
		return "", err
	}
	best, bestScore := "", 0.
	for f := range known {
		likely := likelihood(form, f)
		if likely == 0 {
			continue
		}
		n := s.passages
		if !s.generation.lexicon.stop[f] {
			if n, err = s.countForm(f); err != nil {
				return "", err
			}
		}
		score := math.Log(float64(n)) * likely
		if n >= rareForm && n > 10*count && (score > bestScore || score == bestScore && f < best) {
			best, bestScore = f, score
		}
	}
	return best, nil
}

// automata builds what finds words within two slips, two swapped letters being one slip. It is costly
// to make and may be shared.
var automata = sync.OnceValues(func() (*levenshtein.LevenshteinAutomatonBuilder, error) {
	return levenshtein.NewLevenshteinAutomatonBuilder(2, true)
})

// formsNear returns the words as written, and stop words, that are as far from form as nearest takes
// and begin with its letter.
func (s *search) formsNear(ctx context.Context, form string) (map[string]bool, error) {
	builder, err := automata()
	if err != nil {
		return nil, fmt.Errorf("prepare for typing errors: %w", err)
	}
	slips := uint8(1)
	if utf8.RuneCountInString(form) > longWord {
		slips = 2
	}
	near, err := builder.BuildDfa(form, slips)
	if err != nil {
		return nil, fmt.Errorf("prepare for typing errors: %w", err)
	}
	_, size := utf8.DecodeRuneInString(form)
	first := form[:size]
	end := append([]byte(first[:size-1]), first[size-1]+1)
	known := map[string]bool{}
	for w := range s.generation.lexicon.stop {
		if w[0] == form[0] && !strings.Contains(w, "'") {
			known[w] = true
		}
	}
	for _, c := range s.cursors {
		it, err := c.sequences.numbers.Search(near, []byte(first), end)
		for ; err == nil; err = it.Next() {
			found, _ := it.Current()
			known[string(found)] = true
		}
		if !errors.Is(err, vellum.ErrIteratorDone) {
			return nil, fmt.Errorf("read the words of %s: %w", c.dir, err)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return known, nil
}

// How likely each slip is, the commonest being 1. The order is what studies of typing and of spelling
// agree on (a letter left out, two swapped, one for another, one too many); the figures are ours.
const (
	slipDouble = 1.  // one of a pair forgotten, or doubled, as in "acount"
	slipSwap   = .9  // two swapped
	slipLeft   = .8  // a letter left out
	slipVowel  = .7  // a vowel for a vowel
	slipMore   = .5  // one too many
	slipKey    = .4  // the key beside it
	slipTwo    = .25 // two slips, whichever
	vowels     = "aeiouy"
)

// likelihood returns how likely it is that typed stands for meant, from 0 to 1; 0 is another word.
func likelihood(typed, meant string) float64 {
	letters := utf8.RuneCountInString(typed)
	switch d := distance(typed, meant, 2); {
	case d == 1:
		return oneSlip(typed, meant, letters)
	case d == 2 && letters > longWord && typed[:2] == meant[:2]:
		return slipTwo
	}
	return 0
}

// oneSlip is likelihood for words that one slip parts. Below six letters, only a letter doubled, swapped
// or left out is forgiven: any other slip makes another word ("Spain", "spin"; "mate", "make").
func oneSlip(typed, meant string, letters int) float64 {
	x, y := []rune(typed), []rune(meant)
	at := 0
	for at < len(x) && at < len(y) && x[at] == y[at] {
		at++
	}
	switch {
	case len(y) > len(x) && y[at] == y[at-1], len(x) > len(y) && x[at] == x[at-1]:
		return slipDouble
	case len(y) > len(x):
		return slipLeft
	case len(x) == len(y) && at+1 < len(x) && x[at] == y[at+1] && x[at+1] == y[at]:
		return slipSwap
	case letters < 6:
		return 0
	case len(x) > len(y):
		return slipMore
	case strings.ContainsRune(vowels, x[at]) && strings.ContainsRune(vowels, y[at]):
		return slipVowel
	case letters > longWord:
		return slipKey
	}
	return 0
}

// slip returns what it costs to take one letter for another: a vowel for a vowel is one slip, and so is
// a neighbour on the keyboard; any other is another word ("beaver" is not "bearer").
func slip(x, y rune) int {
	switch {
	case x == y:
		return 0
	case strings.ContainsRune(vowels, x) && strings.ContainsRune(vowels, y), strings.Contains(neighbours[x], string(y)):
		return 1
	}
	return 3
}

// neighbours are the letters around each on a QWERTY keyboard, and those that sound alike.
var neighbours = map[rune]string{
	'q': "wak", 'w': "qesad", 'e': "wrsd", 'r': "etdf", 't': "ryfg", 'y': "tugh", 'u': "yihj", 'i': "uojk", 'o': "ipkl", 'p': "ol",
	'a': "qwsz", 's': "awedzxc", 'd': "serfxc", 'f': "drtgcv", 'g': "ftyhvbj", 'h': "gyujbn", 'j': "huiknmg", 'k': "jiolmcq", 'l': "kop",
	'z': "asx", 'x': "zsdc", 'c': "xdfvsk", 'v': "cfgb", 'b': "vghn", 'n': "bhjm", 'm': "njk",
}

// distance returns how many slips part two words: a letter more, less, other (see slip), or two swapped.
// Anything over limit comes back as limit+1.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+slip(x[i-1], y[j-1]))
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
