package index

import (
	"context"
	"math"
	"regexp"
	"strings"
)

// People write together what pages write apart: "opensource", "python3", "utf8" where a page says UTF-8. A word that stands
// nowhere by itself is read as its two parts, and besides as the whole, as compounds with a hyphen are.

const (
	maxApart   = 24 // letters of a word that is taken apart
	shortApart = 3  // the fewest letters of a part
)

// takeApart replaces the words that hardly stand anywhere, the first maxUnknown of them, by their parts.
func (s *search) takeApart(ctx context.Context, r *reader, asked []word) ([]word, error) {
	out := make([]word, 0, len(asked))
	tried := 0
	for i, w := range asked {
		var parts []string
		if tried < maxUnknown {
			n, hardly, err := s.hardlyStands(r, w)
			if err != nil {
				return nil, err
			}
			if hardly {
				tried++
				if parts, err = s.partsOfWord(ctx, r, w, n); err != nil {
					return nil, err
				}
			}
		}
		for _, part := range parts {
			p := w
			p.term, p.form = r.term(part)
			p.extra = isShortNumber(part) && !sharesPlace(asked, i)
			out = append(out, p)
		}
		w.extra = w.extra || len(parts) > 0
		out = append(out, w)
	}
	return out, nil
}

// hardlyStands reports whether a word stands in too few passages, so many, to be taken as written, and people do not ask in
// it either.
func (s *search) hardlyStands(r *reader, w word) (count int, hardly bool, err error) {
	if w.extra || len(w.form) > maxApart || r.protected[w.form] || isCommon()[w.term] || len(s.generation.expander[w.term]) > 0 {
		return 0, false, nil
	}
	if count, err = s.countForm(w.form); err != nil || count >= rareForm {
		return count, false, err
	}
	asked, err := s.countIn(fieldLine, w.term)
	return count, asked == 0, err
}

// isShortNumber reports whether a part is the number of a version ("python3", "node18"), which pages about the thing seldom
// name: it is looked for, and says nothing of how much of the question they hold.
func isShortNumber(part string) bool { return len(part) < 3 && strings.Trim(part, "0123456789") == "" }

// sharesPlace reports whether a word was written together with others, as those of "M23-22".
func sharesPlace(asked []word, i int) bool {
	return i > 0 && asked[i-1].start == asked[i].start || i+1 < len(asked) && asked[i+1].start == asked[i].start
}

// partsOfWord returns the two words that a word is put together of which stands in so many passages, nil when it is none
// such.
func (s *search) partsOfWord(ctx context.Context, r *reader, w word, count int) ([]string, error) {
	if found := letterDigit.FindStringSubmatch(w.form); found != nil {
		letters := found[1] + found[4]
		if known, err := s.countForm(letters); err != nil || known <= 10*count {
			return nil, err
		}
		return []string{found[1] + found[3], found[2] + found[4]}, nil
	}
	stands, err := s.count(w.term)
	if err != nil || count+stands > 0 || strings.Trim(w.form, "abcdefghijklmnopqrstuvwxyz") != "" {
		return nil, err // it is a word, if a rare one
	}
	var best []string
	most := rareForm - 1
	for i := shortApart; i <= len(w.form)-shortApart; i++ {
		n, err := s.standTogether(ctx, r, w.form[:i], w.form[i:])
		if err != nil {
			return nil, err
		}
		if n > most {
			most, best = n, []string{w.form[:i], w.form[i:]}
		}
	}
	return best, nil
}

// letterDigit parts a word where letters and digits meet, if they do once.
var letterDigit = regexp.MustCompile(`^(?:(\p{L}+)(\d+)|(\d+)(\p{L}+))$`)

// standTogether returns in how many passages the rarer of two words stands, when they stand side by side in a line or, where
// there are no lines, in one passage; else 0.
func (s *search) standTogether(ctx context.Context, r *reader, first, second string) (int, error) {
	least := math.MaxInt
	for _, part := range []string{first, second} {
		n, err := s.countForm(part)
		if err != nil {
			return 0, err
		}
		least = min(least, n)
	}
	if least < rareForm {
		return 0, nil
	}
	a, _ := r.term(first)
	b, _ := r.term(second)
	if s.lines > 0 {
		n, err := s.countIn(fieldLPair, a+" "+b)
		return least * min(n, 1), err
	}
	parts, err := s.impactsOf(ctx, []weighted{{text: a}, {text: b}})
	if err != nil || !meet(parts[0].passages, parts[1].passages) {
		return 0, err
	}
	return least, nil
}

// fileName is the name of a page's file. What it ends with says how it is written, not what it is about.
var fileName = regexp.MustCompile(`([\w)])(?:\.(?:html?|mdx?|markdown|erb))+\b`)

// withoutEndings returns a text without the endings of pages' file names.
func withoutEndings(text string) string {
	for _, ending := range []string{".htm", ".md", ".markdown", ".erb"} {
		if strings.Contains(text, ending) { // few texts do, and to look through a long one takes half as long as a search
			return fileName.ReplaceAllString(text, "$1")
		}
	}
	return text
}
