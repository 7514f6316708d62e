package index

import (
	_ "embed"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"liaison/bot/access"
	"liaison/knowledge"
)

// acronym is a short form and the words it stands for, as they were found.
type acronym struct {
	Short string `json:"s"`
	Long  string `json:"l"`
}

// shortInBrackets finds "(ATO)" and "(SROs)" after words.
var shortInBrackets = regexp.MustCompile(`\(([A-Z][A-Za-z&-]{1,9})\)`)

// mineAcronyms finds "Long Form (LF)" in passages: capitals in brackets whose letters begin the words
// before them.
func mineAcronyms(passages []knowledge.Passage) []acronym {
	seen := map[acronym]bool{}
	var out []acronym
	for _, p := range passages {
		for _, at := range shortInBrackets.FindAllStringSubmatchIndex(p.Text, -1) {
			short := strings.TrimSuffix(p.Text[at[2]:at[3]], "s")
			if upper(short) < 2 || upper(short) < len(short)/2 {
				continue
			}
			a := acronym{short, longForm(short, p.Text[max(0, at[0]-120):at[0]])}
			if a.Long != "" && !seen[a] {
				seen[a] = true
				out = append(out, a)
			}
		}
	}
	return out
}

func upper(s string) int {
	n := 0
	for _, c := range s {
		if unicode.IsUpper(c) {
			n++
		}
	}
	return n
}

// smallWords may stand in a long form without a letter in the short one.
var smallWords = set(strings.Fields("of and the for to in on a an & with by"))

// longForm returns the last words of before whose first letters spell short, or "".
func longForm(short, before string) string {
	words := strings.FieldsFunc(before, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '\'' && c != '’' && c != '&'
	})
	letters := []rune(strings.ToLower(strings.NewReplacer("&", "", "-", "").Replace(short)))
	i := len(words)
	for at := len(letters) - 1; at >= 0; {
		i--
		if i < 0 || len(words)-i > len(letters)+4 {
			return ""
		}
		word := strings.ToLower(words[i])
		switch {
		case []rune(word)[0] == letters[at]:
			at--
		case smallWords[word]:
		default:
			return ""
		}
	}
	if len(words)-i < 2 {
		return ""
	}
	return strings.ToLower(strings.Join(words[i:], " "))
}

// expansion is something a question may say in another way.
type expansion struct {
	from    []string // terms that must follow each other in the question
	caps    bool     // only when typed in capitals: an everyday word otherwise
	words   []word   // what is looked for besides
	text    string   // the same, to be told
	weight  float64
	allowed func(access.Audience) bool // nil is everybody
	seldom  bool                       // only when a word of it stands in hardly any passage
	phrase  string                     // as it must be said, where its terms alone are something else ("time off")
}

// expander knows the ways of saying things differently that glossary and teams tell, by first term.
type expander map[string][]expansion

// maxLongForm is the most words a phrase may have to be expanded.
const maxLongForm = 8

// lexicon returns how words are read with this vocabulary. Protection keeps a word from being folded,
// cut to its stem, mended or expanded; it does not make a word of "it" or "us", which stay stop words
// unless they stand in capitals among small letters.
func (v vocabulary) lexicon() *lexicon {
	stop := stopWords()
	return newLexicon(v.Spellings, slices.DeleteFunc(slices.Clone(v.Protected), func(w string) bool { return stop[strings.ToLower(w)] }))
}

// otherWords are what else is looked for besides words of one side of the Atlantic, or of a hurry, where pages
// hardly use them (seldomIn). Here: among the first five for .92 of everyday questions instead of .90, .91 of gov
// questions as before, nDCG@10 .811 → .818; expanding them wherever they stand loses as much as it wins.
//
//go:embed otherwords.txt
var otherWords string

// seldomIn is in how many passages a word stands at the least that needs no other word (here: 3 wins nothing, 30
// loses two paraphrases).
const seldomIn = 10

func newExpander(l *lexicon, words vocabulary) expander {
	r, e := l.reader(), expander{}
	never := map[string]bool{}
	for _, w := range words.Protected {
		never[strings.ToLower(w)] = true
	}
	r.addOtherWords(e, never)
	for _, o := range words.Names {
		r.addNames(e, append([]string{o.Name, o.Short}, o.Aliases...), never, nil)
	}
	for _, t := range words.Terms {
		// SECURITY: a term of the glossary has a visibility of its own.
		r.addNames(e, append([]string{t.Term}, t.Aliases...), never, func(who access.Audience) bool { return who.May(t.Visibility) })
	}
	return e
}

// addOtherWords adds the lines of otherwords.txt: a word or phrase, in quotes where its words by themselves say something
// else, a colon, and what else is looked for.
func (r *reader) addOtherWords(into expander, never map[string]bool) {
	for line := range strings.Lines(otherWords) {
		said, others, _ := strings.Cut(strings.TrimSpace(line), ":")
		if strings.HasPrefix(said, "#") || never[said] {
			continue
		}
		quoted := strings.HasPrefix(said, `"`)
		said = strings.Trim(said, `"`)
		for other := range strings.SplitSeq(others, ",") {
			e := expansion{weight: ranking.OtherWord, seldom: true}
			if quoted || len(strings.Fields(said)) > len(sequence(r.read(said))) {
				e = expansion{weight: ranking.Phrase, phrase: said}
			}
			r.addExpansion(into, said, strings.TrimSpace(other), e)
		}
	}
}

// everyday is how many times more passages than documents that explain it a short form may stand in,
// small letters and capitals alike, before it is taken for an everyday word ("goes", GOES): then it
// must be typed in capitals.
const everyday = 200

// minedExpander knows what the texts of some partitions themselves tell: "Long Form (LF)". Votes are
// summed over the partitions, so that they tell the same as one would; count tells in how many
// passages a form stands.
func minedExpander(l *lexicon, docs []*record, count func(form string) (int, error)) (expander, error) {
	votes := map[acronym]int{}
	for _, doc := range docs {
		for _, a := range doc.Acronyms {
			votes[a]++
		}
	}
	best := map[string]acronym{}
	for a, n := range votes {
		b, ok := best[a.Short]
		if !ok || n > votes[b] || n == votes[b] && a.Long < b.Long {
			best[a.Short] = a
		}
	}
	r, e := l.reader(), expander{}
	for _, short := range slices.Sorted(maps.Keys(best)) {
		_, form := r.term(short)
		n, err := count(form)
		if err != nil {
			return nil, err
		}
		r.addExpansion(e, best[short].Long, short, expansion{weight: ranking.ShortForm})
		told := float64(votes[best[short]]) // by one document, it may be its own alone
		r.addExpansion(e, short, best[short].Long, expansion{weight: ranking.LongForm * told / (told + 1), caps: n > everyday*votes[best[short]]})
	}
	return e, nil
}

// addNames lets each other name of a thing stand for the first, and the first for its acronyms: the
// first name is what pages use, and more names of it would only crowd the question. Names in never are
// left alone.
func (r *reader) addNames(into expander, names []string, never map[string]bool, allowed func(access.Audience) bool) {
	if len(names) < 2 || never[strings.ToLower(names[0])] {
		return
	}
	for _, other := range names[1:] {
		if other == "" || never[strings.ToLower(other)] {
			continue
		}
		long := expansion{weight: ranking.LongForm, allowed: allowed}
		if parts := strings.Fields(unhyphened(other)); len(parts) > 1 && len(sequence(r.read(other))) < 2 {
			long.phrase = strings.ToLower(strings.Join(parts, " ")) // "call-off": call alone is something else
		}
		r.addExpansion(into, other, names[0], long)
		if isAcronym(other) {
			r.addExpansion(into, names[0], other, expansion{weight: ranking.ShortForm, allowed: allowed})
		}
	}
}

// isAcronym reports whether a name is one word, mostly of capitals and digits.
func isAcronym(name string) bool {
	return !strings.Contains(name, " ") && 2*upper(name) >= len(name)
}

// addExpansion lets a question that holds from be asked for to besides, as told by like: with its weight, for whom
// and when.
func (r *reader) addExpansion(into expander, from, to string, like expansion) {
	source := sequence(r.read(from))
	target := r.read(to)
	if len(source) == 0 || len(target) == 0 || len(source) > maxLongForm || len(target) > maxLongForm || slices.Equal(source, sequence(target)) {
		return
	}
	like.from, like.words, like.text = source, target, to
	like.caps = like.caps || len(source) == 1 && (len(from) < 3 || r.stop[strings.ToLower(from)] || isWord[strings.ToLower(from)])
	into[source[0]] = append(into[source[0]], like)
}

// isWord are acronyms that are everyday words in small letters.
var isWord = set(strings.Fields("it who us aim air also am an any app apt are arc art as at bad bar bat be best bid can cap car case cast cat cost do dot eat end face fact fast find fit for go hat he help hit hot if in is its lab law let lot low mad map mat may me men met mob nice no not now of off on one or our out past pay pet pie pop post ppl raise ram rest rid rise safe same sat see self set she six smart so soap some sow spa star stem step tap tech ten the tip to top two up use was we wet"))

func sequence(words []word) []string {
	var out []string
	for _, w := range words {
		if !w.extra {
			out = append(out, w.term)
		}
	}
	return out
}

// expand adds the other ways of saying what the question says. text is what its words were read from.
func (s *search) expand(words *reader, text string, out *query, collect *collector) error {
	tables := []expander{s.generation.expander, s.mined}
	said := map[string]bool{}
	sequenced := slices.DeleteFunc(slices.Clone(out.asked), func(w word) bool { return w.extra })
	for i, w := range sequenced {
		for _, table := range tables {
			for _, e := range table[w.term] {
				if !e.fits(sequenced[i:], text) || !says(text, e.phrase) || e.allowed != nil && !e.allowed(s.who) || said[e.text] {
					continue
				}
				needed, err := s.needs(e)
				if err != nil {
					return err
				}
				if !needed {
					continue
				}
				said[e.text] = true
				if err := s.askBesides(e, e.weightFor(w, len(sequenced)), out, collect); err != nil {
					return err
				}
			}
		}
	}
	for i := 1; i < len(sequenced); i++ {
		first, second := sequenced[i-1], sequenced[i]
		if err := s.join(words, first.form+second.form, []string{first.term, second.term}, collect); err != nil {
			return err
		}
	}
	return s.joinParticles(words, text, collect)
}

// askBesides adds the words of an expansion with a weight each, or less: see noMoreThan.
func (s *search) askBesides(e expansion, weight float64, out *query, collect *collector) error {
	besides := sequence(e.words)
	share, err := s.noMoreThan(e.from, besides)
	if e.phrase != "" { // its terms say nothing of how rare it is
		share = 1
	}
	if err == nil && s.addWords(collect, e.words, share*weight) {
		out.added = append(out.added, addition{e.text, besides})
	}
	return err
}

// weightFor returns what an expansion of a word counts in a question of so many. Beside one word there is nothing else
// to go by: then it counts twice as much, and more than the word itself where pages hardly use that.
func (e expansion) weightFor(w word, words int) float64 {
	switch {
	case words > 1:
		return e.weight * w.share()
	case e.seldom:
		return 4 * e.weight
	}
	return 2 * e.weight
}

// noMoreThan returns the share, up to 1, at which no other term is worth more, by idf, than the rarest of those it stands
// for: a word that hardly any page uses would outweigh what was asked (here: macro .7111/.5835 → .7124/.5830, scifact .686
// → .689, orsharc .811 → .813, everyday nDCG@10 .746 → .749, what ships .920 → .924 Success@1; with all words of a long
// form together worth no more than its acronym .7134/.5840, but what ships .916, and laws by their letters are refused).
func (s *search) noMoreThan(stoodFor, others []string) (float64, error) {
	rarest, rarestOther := 0., 0.
	for i, term := range slices.Concat(stoodFor, others) {
		n, err := s.count(term)
		switch rarity := idf(s.passages, n); {
		case err != nil:
			return 0, err
		case i < len(stoodFor):
			rarest = max(rarest, rarity)
		default:
			rarestOther = max(rarestOther, rarity)
		}
	}
	return rarest / max(rarest, rarestOther), nil
}

// needs reports whether a question is to be asked in the other way, too: see expansion.seldom.
func (s *search) needs(e expansion) (bool, error) {
	for _, term := range e.from {
		if n, err := s.count(term); !e.seldom || err != nil || n < seldomIn {
			return err == nil, err
		}
	}
	return false, nil
}

// fits reports whether the words begin with the expansion's terms.
func (e expansion) fits(words []word, text string) bool {
	if len(words) < len(e.from) {
		return false
	}
	for i, term := range e.from {
		if words[i].term != term {
			return false
		}
	}
	if !e.caps {
		return true
	}
	return words[0].end <= len(text) && text[words[0].start:words[0].end] == strings.ToUpper(text[words[0].start:words[0].end])
}

// addWords adds words with a weight each, and reports whether any was new.
func (s *search) addWords(collect *collector, words []word, weight float64) bool {
	fresh := false
	for _, w := range words {
		if _, ok := collect.at[w.term]; !ok && !w.extra {
			fresh = true
			collect.add(&collect.terms, w.term, weight)
		}
	}
	for _, pair := range pairs(words) {
		if _, ok := collect.at[pair]; !ok {
			collect.add(&collect.pairs, pair, weight)
		}
	}
	return fresh
}

// join adds two neighbouring words of the question as one, where the texts write them so: whole, of the terms it stands for.
func (s *search) join(r *reader, whole string, stoodFor []string, collect *collector) error {
	if len(whole) > maxWord {
		return nil
	}
	term, _ := r.term(whole)
	n, err := s.count(term)
	if err != nil || n < 2 {
		return err
	}
	share, err := s.noMoreThan(stoodFor, []string{term})
	if err == nil {
		s.addWords(collect, []word{{term: term}}, share*s.weights.Joined)
	}
	return err
}

// says reports whether a text holds a phrase; nothing is held by all.
func says(text, phrase string) bool {
	if phrase == "" {
		return true
	}
	words := strings.Fields(unhyphened(text))
	for i, w := range words {
		words[i] = plainWord(w)
	}
	return strings.Contains(" "+strings.Join(words, " ")+" ", " "+phrase+" ")
}

// unhyphened returns a text with spaces for its hyphens.
func unhyphened(text string) string { return strings.ReplaceAll(text, "-", " ") }

// particles make another word of the one before them, and are left out as words of their own: "log in", "hand over".
var particles = set(strings.Fields("in on off out up down over"))

// joinParticles adds words and the particles after them as one.
func (s *search) joinParticles(r *reader, text string, collect *collector) error {
	before := ""
	for word := range strings.FieldsSeq(text) {
		word = plainWord(word)
		if particles[word] && before != "" && !r.stop[before] {
			if term, _ := r.term(before); term != "" {
				if err := s.join(r, term+word, []string{term}, collect); err != nil {
					return err
				}
			}
		}
		before = word
	}
	return nil
}
