package index

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// rareForm is in how many permitted passages a word must stand to be taken as written (lab: 3).
const rareForm = 3

// mend replaces words of the question that the permitted passages hardly know by the most likely word
// that they do know: one slip away and the same first letter, or in words of more than six letters two
// slips and the same two letters; best log(count)/slips². Nothing outside the permitted partitions suggests a word.
func (s *search) mend(ctx context.Context, r *reader, out *query) error {
	for i, w := range out.asked {
		if w.extra || len(w.form) < 4 || r.protected[w.form] || strings.ContainsAny(w.form, "0123456789.") || capitals[w.term] {
			continue
		}
		n, err := s.count(fieldForm, w.form)
		if err != nil {
			return err
		}
		stemmed, err := s.count(fieldBody, w.term)
		if err != nil {
			return err
		}
		if max(n, stemmed) >= rareForm {
			continue
		}
		better, err := s.remembered(ctx, w.form, n)
		if err != nil {
			return err
		}
		if better != "" {
			term, form := r.term(better)
			out.asked[i].term, out.asked[i].form = term, form
			out.added = append(out.added, better)
		}
	}
	return nil
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

// nearest returns the known word most likely meant by form, or "".
func (s *search) nearest(ctx context.Context, form string, count int) (string, error) {
	slips := 1
	if utf8.RuneCountInString(form) > 6 {
		slips = 2
	}
	_, size := utf8.DecodeRuneInString(form)
	known := map[string]bool{}
	for _, c := range s.cursors {
		forms, err := c.formsBetween(ctx, form[:size])
		if err != nil {
			return "", err
		}
		for _, f := range forms {
			known[f] = true
		}
	}
	best, bestScore := "", 0.
	for f := range known {
		d := distance(form, f, slips)
		if d == 0 || d > slips || d == 2 && form[:2] != f[:2] || len(form) < 6 && !forgotten(form, f) {
			continue
		}
		n, err := s.count(fieldForm, f)
		if err != nil {
			return "", err
		}
		score := math.Log(float64(n)) / float64(d*d)
		if n >= rareForm && n > 4*count && (score > bestScore || score == bestScore && f < best) {
			best, bestScore = f, score
		}
	}
	return best, nil
}

// forgotten reports whether the word meant has a letter more than what was typed, or the same letters:
// in short words any other slip makes another word ("Spain", "spin"; "mate", "make").
func forgotten(typed, meant string) bool {
	x, y := []byte(typed), []byte(meant)
	slices.Sort(x)
	slices.Sort(y)
	return len(y) > len(x) || slices.Equal(x, y)
}

// slip returns what it costs to take one letter for another: a vowel for a vowel is one slip, and so is
// a neighbour on the keyboard; any other is another word ("beaver" is not "bearer").
func slip(x, y rune) int {
	switch {
	case x == y:
		return 0
	case strings.ContainsRune("aeiouy", x) && strings.ContainsRune("aeiouy", y), strings.Contains(neighbours[x], string(y)):
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
