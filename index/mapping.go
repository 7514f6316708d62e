package index

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	// Bleve's English stop list: 174 words, among them what, how, I and my. Against a list of 33 it is
	// worth .05 nDCG@10 on chatty questions.
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/kljensen/snowball/english" // the Snowball English stemmer, in Go
	"golang.org/x/text/unicode/norm"       // letters with marks as letters
)

// The fields of a passage in the index. Each is a separate list of terms with its own lengths.
const (
	fieldTitle = "title" // the document's title
	fieldHead  = "head"  // the headings above the passage
	fieldBody  = "body"  // its text
	fieldSlug  = "slug"  // the last two parts of the path
	fieldLine  = "line"  // one line of what people would ask; a document of its own in the index
	fieldLPair = "lpair" // neighbouring terms of such a line
)

// maxWord is the longest word that is indexed, in bytes; longer ones are keys and hashes.
const maxWord = 48

// word is one word of a text as the index knows it.
type word struct {
	term       string  // folded and stemmed: what is compared
	form       string  // lower case and spelling folded, not stemmed
	start, end int     // bytes of the text it was read from
	extra      bool    // a second reading of a compound ("govukfrontend"), outside the sequence
	times      float64 // what it counts where words come again, see weigh; 0: once
	aside      float64 // what it counts, of a sentence that asks nothing beside one that does (see setAside); 0: in full
}

// lexicon says how words are read. It is fixed for a generation of the index, and the same for texts
// and questions.
type lexicon struct {
	spelling  map[string]string // spelling → the one it is folded to
	protected map[string]bool   // lower-case words that are neither folded, stemmed nor mended
	stop      map[string]bool
	readers   sync.Pool
}

// capitals are words that mean something else in capitals: the IT department, the US, the WHO. They
// keep their capitals as terms, so that "it", "us" and "who" can be left out.
var capitals = map[string]bool{"IT": true, "US": true, "WHO": true}

// alwaysProtected are words whose stems are those of other words: digitise and digits are not digital.
var alwaysProtected = []string{"digital", "digitally"}

// shorthand are words as people type them in a hurry, each before the word it is read as. None of them
// means anything else at work: "app", "dev" and "hr" do.
var shorthand = strings.Fields(`ppl people govt government dept department depts departments mgmt management mgr manager
	msg message msgs messages info information creds credentials
	repo repository repos repositories doc document docs documents env environment envs environments
	admin administrator admins administrators db database dbs databases pwd password passwd password
	stats statistics pic picture pics pictures photo photograph photos photographs
	wk week wks weeks yr year yrs years mins minutes comms communications intro introduction
	retro retrospective retros retrospectives disco discovery discos discoveries reqs requirements deps dependencies
	perms permissions vuln vulnerability vulns vulnerabilities appt appointment appts appointments notifs notifications`)

// irregular are forms that the stemmer does not bring together with their verb or noun, each before it. Left out
// are those with a meaning of their own ("left", "found", "felt").
var irregular = strings.Fields(`lost lose losing lose bought buy sent send paid pay built build spent spend kept keep held hold told tell
	taught teach chosen choose chose choose written write wrote write given give gave give taken take took take
	broken break broke break stolen steal stole steal spoken speak spoke speak hidden hide hid hide driven drive drove drive
	begun begin began begin ran run met meet sold sell brought bring caught catch frozen freeze froze freeze
	forgotten forget forgot forget children child women woman men man analyses analysis`)

// newLexicon takes pairs of UK and US spelling, and protected words.
func newLexicon(spellings [][2]string, protected []string) *lexicon {
	l := &lexicon{spelling: map[string]string{}, protected: map[string]bool{}, stop: stopWords()}
	for _, w := range append(alwaysProtected, protected...) {
		l.protected[strings.ToLower(w)] = true
	}
	for _, list := range [][]string{shorthand, irregular} {
		for i := 0; i < len(list); i += 2 {
			if !l.protected[list[i]] {
				l.spelling[list[i]] = foldRule(list[i+1])
			}
		}
	}
	for _, pair := range spellings {
		from, to := strings.ToLower(pair[0]), strings.ToLower(pair[1])
		if !strings.ContainsAny(from+to, " -") && !l.protected[from] && !l.protected[to] {
			l.spelling[from] = foldRule(to)
		}
	}
	return l
}

func stopWords() map[string]bool {
	tokens := analysis.NewTokenMap()
	if err := tokens.LoadBytes(en.EnglishStopWords); err != nil {
		panic(err) // the list is compiled in
	}
	stop := map[string]bool(tokens)
	for _, w := range strings.Fields("us eg ie etc dont cant im ive whats theres isnt doesnt shouldnt wouldnt couldnt id youre theyre weve") {
		stop[w] = true
	}
	return stop
}

// reader reads texts with a lexicon and remembers words. It is for one goroutine.
type reader struct {
	*lexicon
	known  map[string][2]string // lower-case word → its term and form
	chunks map[string][]word    // what stands in a text between spaces → its words, without places
	words  []word               // room for those of a passage, see snippet
}

// maxKnown bounds the words a reader remembers, and the chunks; past it, it starts again.
const maxKnown = 50_000

func (l *lexicon) reader() *reader {
	return &reader{lexicon: l, known: map[string][2]string{}, chunks: map[string][]word{}}
}

// borrow returns a reader that may remember words from earlier use; give it back.
func (l *lexicon) borrow() *reader {
	if r, ok := l.readers.Get().(*reader); ok {
		return r
	}
	return l.reader()
}

func (l *lexicon) giveBack(r *reader) { l.readers.Put(r) }

// read returns the words of a text in order, without stop words. Compounds give their parts in the
// sequence and, marked extra, the whole.
func (r *reader) read(text string) []word { return r.readInto(make([]word, 0, len(text)/8), text) }

// readInto is read, appending to words.
func (r *reader) readInto(words []word, text string) []word {
	for at := 0; at < len(text); {
		start, end := chunk(text, at)
		if start == end {
			break
		}
		end += languageSign(text, start, end)
		words = r.remembered(words, text[start:end], start, end)
		at = end
	}
	return words
}

// remembered adds the words of a chunk that stands at text[start:end]. Texts repeat their chunks: one
// look-up instead of cutting, folding and stemming reads three times as fast.
func (r *reader) remembered(words []word, chunk string, start, end int) []word {
	if len(chunk) > maxWord {
		return r.readChunk(words, chunk, start, end)
	}
	known, ok := r.chunks[chunk]
	if !ok {
		chunk = strings.Clone(chunk) // not to keep the text
		known = r.readChunk(nil, chunk, 0, 0)
		if len(r.chunks) >= maxKnown {
			clear(r.chunks)
		}
		r.chunks[chunk] = known
	}
	for _, w := range known {
		w.start, w.end = start, end
		words = append(words, w)
	}
	return words
}

// languageSign returns how long the sign is that makes a programming language of a letter: of C# and C++.
func languageSign(text string, start, end int) int {
	if end-start != 1 || !strings.ContainsAny(text[start:end], "cCfF") {
		return 0
	}
	for _, sign := range []string{"#", "++"} {
		if rest, ok := strings.CutPrefix(text[end:], sign); ok && (rest == "" || !strings.ContainsAny(rest[:1], "#+") && !isWordRune(rune(rest[0]))) {
			return len(sign)
		}
	}
	return 0
}

// chunk finds the next run of letters and digits from at, joined by single connectors (- _ . ' and,
// between digits, a comma).
func chunk(text string, at int) (start, end int) {
	start = -1
	for i := at; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case isWordRune(c):
			if start < 0 {
				start = i
			}
		case start < 0:
		case isConnector(c) && i+size < len(text) && joins(text, i, i+size, c):
		default:
			return start, i
		}
		i += size
	}
	if start < 0 {
		return len(text), len(text)
	}
	return start, len(text)
}

func isWordRune(c rune) bool {
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
}

func isConnector(c rune) bool {
	return c == '-' || c == '_' || c == '.' || c == '\'' || c == '’' || c == ','
}

// joins reports whether the connector c at text[i:j] has a word on both sides of it.
func joins(text string, i, j int, c rune) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[j:])
	if c == ',' {
		return before >= '0' && before <= '9' && after >= '0' && after <= '9'
	}
	return isWordRune(before) && isWordRune(after)
}

// readChunk adds the words of a chunk. All of them stand where the chunk does.
func (r *reader) readChunk(words []word, raw string, start, end int) []word {
	if len(raw) > 4*maxWord {
		return words
	}
	if !strings.ContainsAny(raw, "-_.,'’") {
		return r.readPlain(words, raw, start, end)
	}
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "’", "'"), ",", "")
	if isVersion(raw) {
		return append(words, word{term: strings.TrimLeft(raw, "vV"), form: raw, start: start, end: end})
	}
	if found := namedVersion.FindStringSubmatch(raw); found != nil { // "TLS1.2", "wcag-2.2"
		words = r.readPlain(words, found[1], start, end)
		return append(words, word{term: found[2], form: found[2], start: start, end: end})
	}
	if before, ok := strings.CutSuffix(strings.ToLower(raw), "'s"); ok {
		raw = raw[:len(before)]
	}
	if r.stop[strings.ToLower(raw)] {
		return words
	}
	parts := strings.FieldsFunc(strings.ReplaceAll(raw, "'", ""), func(c rune) bool { return c == '-' || c == '_' || c == '.' })
	whole := strings.Join(parts, "")
	if len(whole) == len(parts) { // U.S., e.g., i.e.
		return r.readPlain(words, whole, start, end)
	}
	first := len(words)
	for _, part := range parts {
		words = r.readPlain(words, part, start, end)
	}
	if len(parts) > 1 && len(parts) < 5 && len(whole) <= maxWord {
		if len(words) == first { // nothing but stop words: "to-do", "how-to"
			return r.readPlain(words, whole, start, end)
		}
		term, form := r.term(whole)
		words = append(words, word{term: term, form: form, start: start, end: end, extra: true})
	}
	return words
}

// namedVersion is a version with the name of what it is of.
var namedVersion = regexp.MustCompile(`^(\p{L}{2,})[-_]?[vV]?(\d+(?:\.\d+)+)$`)

// readPlain adds one word without connectors, unless it is a stop word. A name in camel case gives its
// parts too.
func (r *reader) readPlain(words []word, raw string, start, end int) []word {
	if len(raw) > maxWord {
		return words
	}
	if c, _ := utf8.DecodeRuneInString(raw); c >= 0x2E80 && unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		for _, one := range raw { // these scripts leave no space between words
			words = append(words, word{term: string(one), form: string(one), start: start, end: end})
		}
		return words
	}
	if capitals[raw] {
		return append(words, word{term: raw, form: raw, start: start, end: end})
	}
	term, form := r.term(raw)
	if term == "" || r.stop[form] && !r.protected[form] {
		return words
	}
	words = append(words, word{term: term, form: form, start: start, end: end})
	for _, part := range camelParts(raw) {
		if term, form := r.term(part); !r.stop[form] {
			words = append(words, word{term: term, form: form, start: start, end: end, extra: true})
		}
	}
	return words
}

// term returns what a word is compared by, and its form before stemming.
func (r *reader) term(raw string) (term, form string) {
	lower := strings.ToLower(raw)
	if known, ok := r.known[lower]; ok {
		return known[0], known[1]
	}
	term, form = r.readTerm(lower)
	if len(r.known) > maxKnown {
		clear(r.known)
	}
	r.known[strings.Clone(lower)] = [2]string{term, form}
	return term, form
}

func (l *lexicon) readTerm(lower string) (term, form string) {
	form = plainLetters(lower)
	if l.protected[form] {
		return form, form
	}
	if to, ok := l.spelling[form]; ok {
		form = to
	} else {
		form = foldRule(form)
	}
	if strings.ContainsAny(form, "0123456789") {
		return form, form
	}
	return stem(form), form
}

// apart are beginnings of words that the stemmer takes for another word ("accessibility" and "access" are one
// to it), each before the stem that such words get instead. The two must not be told apart where they are
// one thing, as authority and authorised.
var apart = strings.Fields(`accessib accessib authorit authoris authoris authoris authoriz authoris department department
	experiment experiment important important international internat internal internal programmer programming
	programming programming publication publicat severit severit universit universit`)

// severalOf are several of an acronym that ends in its only vowel ("kpis", "sros"), which the stemmer takes for one word.
var severalOf = regexp.MustCompile(`^[bcdfghjklmnpqrstvwxz]+[io]s$`)

// stem returns what is left of a word without its endings.
func stem(form string) string {
	for i := 0; i < len(apart); i += 2 {
		if strings.HasPrefix(form, apart[i]) {
			return apart[i+1]
		}
	}
	if severalOf.MatchString(form) {
		return strings.TrimSuffix(form, "s")
	}
	return english.Stem(form, true)
}

// plainLetters takes the marks off letters: "café" is found by "cafe". A letter that stands for several words
// ("ﷺ") is one word all the same: no term holds a space, which parts the two of a pair.
func plainLetters(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			decomposed := norm.NFKD.String(s)
			return strings.Map(func(c rune) rune {
				if unicode.Is(unicode.Mn, c) || unicode.IsSpace(c) {
					return -1
				}
				return c
			}, decomposed)
		}
	}
	return s
}

// isVersion reports whether s is digits parted by dots, perhaps after a v: 2.2, v1.26.0.
func isVersion(s string) bool {
	s = strings.TrimLeft(s, "vV")
	if !strings.Contains(s, ".") {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool { return c != '.' && (c < '0' || c > '9') })
}

// camelParts splits names like includeSubDomains. Names like GitHub stay whole: their parts are other
// words.
func camelParts(s string) []string {
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.ToLower(s) == s {
		return nil
	}
	var parts []string
	from := 0
	for i := 1; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' && (s[i-1] < 'A' || s[i-1] > 'Z') {
			parts = append(parts, s[from:i])
			from = i
		}
	}
	parts = append(parts, s[from:])
	return slices.DeleteFunc(parts, func(p string) bool { return len(p) < 3 })
}

// terms returns the terms of words, and pairs the neighbouring ones of the sequence, gaps ignored.
func terms(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.term
	}
	return out
}

// adjacent yields the neighbouring words of a sequence.
func adjacent(words []word) iter.Seq2[word, word] {
	return func(yield func(word, word) bool) {
		last := word{}
		for _, w := range words {
			if w.extra {
				continue
			}
			if last.term != "" && !yield(last, w) {
				return
			}
			last = w
		}
	}
}

func pairs(words []word) []string {
	var out []string
	for first, second := range adjacent(words) {
		out = append(out, first.term+" "+second.term)
	}
	return out
}
