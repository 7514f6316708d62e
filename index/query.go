package index

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// query is a question as it is looked for.
type query struct {
	terms  []weighted // single terms, no two alike
	pairs  []weighted // those of the question itself first, own of them
	own    int
	asked  []word              // the words of the question itself, in order, chat words left out
	idfs   map[string]float64  // of the terms, filled while they are scored
	weight map[string]float64  // by term: its idf times its weight in the question
	found  map[string]*impacts // where a term stands, filled with idfs
	places map[string]int      // of terms with a weight in terms, filled for the snippet

	added []addition // what was looked for besides, to be told
	// small says that the question held nothing but chat: greetings, thanks.
	small      bool
	of         pronouns
	sound      float64 // see soundOf
	pasted     bool    // it is longer than what is looked for
	bare       bool    // it is no more than mostBare words
	newSubject bool
	withTurns  bool       // words of earlier turns are in it
	about      []weighted // those of Question.About
}

// addition is something that was looked for besides the words typed.
type addition struct {
	text  string
	terms []string
}

type weighted struct {
	text   string
	weight float64
}

// chatPhrases are what people say around a question. They are left out when enough remains.
var chatPhrases = strings.Fields(`anyone_know anybody_know does_anyone_know does_anybody_know can_anyone can_someone could_someone
	could_anyone someone_tell tell_me let_me_know i_was_wondering just_wondering im_wondering i'm_wondering was_wondering
	quick_question i_have_a_question have_a_question got_a_question a_question_about want_to_know need_to_know
	would_like_to_know like_to_know wanna_know trying_to_find_out find_out looking_for i'm_looking im_looking
	help_me_understand can_you could_you would_you please_help thank_you thanks_in_advance many_thanks good_morning
	good_afternoon good_evening not_sure i_think is_it_ok is_there_any any_idea any_ideas do_you_know we_are_trying
	how_do_i_go_about what_about as_well any_pointers any_help any_advice any_thoughts any_suggestions any_tips much_appreciated be_appreciated appreciate_it
	hope_you_are_well hope_you're_well hope_all_is_well hope_everyone_had hope_you_had had_a_good_weekend wrong_channel right_channel`)

// chatWords are single words of the same kind.
var chatWords = strings.Fields(`hi hello hey hiya morning afternoon evening please pls plz thanks thank cheers ta sorry
	folks guys all team everyone everybody somebody someone anyone anybody wondering wonder curious basically actually
	really just maybe perhaps also currently ok okay gonna wanna lol btw fyi yep yes no yeah bye goodbye congrats nice
	cool great awesome lovely haha hmm um uh oh wow ooh`)

var (
	isChatWord = set(chatWords)
	chatTrees  = phrases(chatPhrases)
)

func set(words []string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}

// phrases keys word sequences by their first word, longest first.
func phrases(joined []string) map[string][][]string {
	out := map[string][][]string{}
	for _, one := range joined {
		words := strings.Split(one, "_")
		out[words[0]] = append(out[words[0]], words)
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b []string) int { return cmp.Compare(len(b), len(a)) })
	}
	return out
}

// reactions open a remark, not a question, when no question follows.
var (
	reactions     = set(strings.Fields("thanks thank cheers ta lol haha brb congrats congratulations happy bye sorry yay woohoo"))
	questionWords = set(strings.Fields("what how who where when which why can could do does did is are should may must will would any"))
)

// isRemark reports whether a text reacts to something and asks nothing ("thanks, that worked").
func isRemark(text string, words []word) bool {
	if len(words) > 3 || strings.Contains(text, "?") {
		return false
	}
	said := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !isWordRune(c) })
	return len(said) > 0 && reactions[said[0]] && !slices.ContainsFunc(said, func(w string) bool { return questionWords[w] })
}

// stripChat takes greetings, thanks and other chat from a question, line by line.
func stripChat(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = stripChatLine(line)
	}
	return strings.Join(lines, "\n")
}

func stripChatLine(text string) string {
	words := strings.Fields(text)
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = plainWord(w)
	}
	var kept []string
	for i := 0; i < len(words); {
		if n := chatLength(plain[i:]); n > 0 {
			i += n
			continue
		}
		kept = append(kept, words[i])
		i++
	}
	return strings.Join(kept, " ")
}

// plainWord returns a word in small letters, without the marks around it. Most have none, and trimming is slow.
func plainWord(w string) string {
	inner := func(c byte) bool { return c < utf8.RuneSelf && isWordRune(rune(c)) }
	if !inner(w[0]) || !inner(w[len(w)-1]) {
		w = strings.Trim(w, ".,!?;:()\"'“”‘’…-")
	}
	return strings.ReplaceAll(strings.ToLower(w), "’", "'")
}

// chatLength returns how many of the first words are chat.
func chatLength(words []string) int {
	for _, phrase := range chatTrees[words[0]] {
		if len(words) >= len(phrase) && slices.Equal(words[:len(phrase)], phrase) {
			return len(phrase)
		}
	}
	if isChatWord[words[0]] {
		return 1
	}
	return 0
}

// prepare reads a question and its turns, mends and expands it with what the partitions know.
func (s *search) prepare(ctx context.Context, words *reader, q Question) (*query, error) {
	out := &query{idfs: map[string]float64{}, found: map[string]*impacts{}, weight: map[string]float64{}}
	text := withoutEndings(unshout(visible(clip(q.Text, maxQuestion))))
	asked := stripChat(text)
	out.asked = words.read(asked)
	if len(out.asked) == 0 {
		asked = text
		out.asked = words.read(asked)
		out.small = len(q.Turns) == 0
	}
	if err := s.setAside(asked, out.asked); err != nil {
		return nil, err
	}
	if isRemark(text, out.asked) {
		out.small = true
	}
	out.pasted, out.bare = len(out.asked) > maxAsked, len(strings.Fields(text)) <= mostBare
	if !out.pasted { // that speaks for whoever wrote it
		heard := heardOf(text)
		out.of, out.sound = pronounsOf(heard), soundOf(heard)
	}
	var err error
	if out.asked, err = s.weightiest(out.asked); err != nil {
		return nil, err
	}
	if out.asked, err = s.takeApart(ctx, words, out.asked); err != nil {
		return nil, err
	}
	collect := collector{at: map[string]int{}, joined: s.weights.Joined, most: maxTerms}
	if err := s.mend(ctx, words, out); err != nil {
		return nil, err
	}
	collect.words(out.asked, 1)
	out.own = len(collect.pairs)
	if err := s.expand(words, asked, out, &collect); err != nil {
		return nil, err
	}
	if err := s.context(ctx, words, q, out, &collect); err != nil {
		return nil, err
	}
	if out.withTurns { // "and what about my kids": what was said before says what it is about
		out.sound = max(out.sound, 0)
	}
	out.terms, out.pairs = collect.terms, collect.pairs
	return out, nil
}

// pronouns say of whom a question speaks. Of blind questions about work, .30 to .52 are asked for a team ("our form", "do
// we have to"), of those about something else .03; those speak to Liaison ("write me a poem, would you") and of what is
// somebody's own ("my dog") twice as often. "Us" tells nothing: people write the country so.
type pronouns struct{ we, you, my bool }

func pronounsOf(text string) pronouns {
	var p pronouns
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool { return !isWordRune(c) }) {
		switch word {
		case "we", "our", "ours", "ourselves":
			p.we = true
		case "you", "your", "yours", "yourself":
			p.you = true
		case "my", "mine", "myself":
			p.my = true
		}
	}
	return p
}

// mostBare is how many words a name has at the most, "burn up" or "M-23-22".
const mostBare = 2

// maxAsked is how many words of a question are looked for: of a pasted page those that tell most, so that it costs
// about as much as a long question.
const maxAsked = 24

// weightiest returns the words of a question that tell most, in order: those that are asked for, and among them those
// that come often and stand in few passages, unknown ones last. Of compounds there are only the parts when there are too
// many.
func (s *search) weightiest(words []word) ([]word, error) {
	if len(words) <= maxAsked {
		return words, nil
	}
	all := distinct(words)
	for i := range all {
		n, err := s.count(words[all[i].at].term)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			all[i].rarity = idf(s.passages, n)
			all[i].worth = all[i].rarity * all[i].often()
		}
	}
	slices.SortFunc(all, func(a, b distinctWord) int {
		switch told, other := a.aside > 0, b.aside > 0; {
		case told != other:
			return cmp.Compare(one(told), one(other))
		case a.worth != b.worth:
			return cmp.Compare(b.worth, a.worth)
		}
		return cmp.Compare(a.at, b.at)
	})
	all = all[:min(len(all), maxAsked)]
	slices.SortFunc(all, func(a, b distinctWord) int { return cmp.Compare(a.at, b.at) })
	return weighed(words, all), nil
}

// distinctWord is a word of a long message, once.
type distinctWord struct {
	at     int     // its first place
	aside  float64 // see word; 0 where it is asked anywhere
	times  int
	rarity float64 // its idf; 0 when nobody knows it
	worth  float64 // that times often
}

// often is what a word counts for coming so often: one that comes ten times is not ten times what is asked (here: to count
// every time ranks CISI .386 → .393, but finds a page by its own text first for .88 instead of .96, and answers 42 texts of
// another subject of 300 instead of 24).
func (a distinctWord) often() float64 { return 1 + math.Log(float64(a.times)) }

// distinct lists the words of a message, each once, second readings left out.
func distinct(words []word) []distinctWord {
	var all []distinctWord
	places := map[string]int{}
	for i, w := range words {
		known, again := places[w.term]
		switch {
		case w.extra:
		case again:
			all[known].times++
			all[known].aside = min(all[known].aside, w.aside)
		case len(all) < maxRead:
			places[w.term] = len(all)
			all = append(all, distinctWord{at: i, aside: w.aside, times: 1})
		}
	}
	return all
}

// weighed returns the words chosen, with what each counts for coming often, so that all of them count together what they
// would if each came once: how sure an answer is depends on what is asked, not on how often it is said.
func weighed(words []word, all []distinctWord) []word {
	once, often := 0., 0.
	out := make([]word, len(all))
	for i, a := range all {
		out[i] = words[a.at]
		out[i].aside = a.aside
		once += out[i].share() * a.rarity
		often += out[i].share() * a.worth
	}
	for i, a := range all {
		if often > 0 {
			out[i].times = a.often() * once / often
		}
	}
	return out
}

// maxRead bounds the different words of a message that are counted.
const maxRead = 200

// maxQuestion is how much of a question is read, in bytes: a pasted page is cut.
const maxQuestion = 4000

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// visible leaves out what shows as nothing, such as the soft hyphens and zero-width spaces of a copied text, which would
// part words.
func visible(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, text)
}

// unshout makes small letters of a text that is all capitals: in it, capitals tell no acronym from a
// word. A few words may be names.
func unshout(text string) string {
	if strings.ToUpper(text) == text && len(strings.Fields(text)) > 3 {
		return strings.ToLower(text)
	}
	return text
}

// collector gathers terms, adding up the weights of those that come again.
type collector struct {
	at    map[string]int // term → place in terms; pairs hold a space and have places in pairs
	terms []weighted
	pairs []weighted

	joined float64 // weight of compounds read as one word
	most   int     // terms, and pairs, that are gathered at the most
}

func (c *collector) add(list *[]weighted, text string, weight float64) {
	if i, ok := c.at[text]; ok {
		(*list)[i].weight += weight
		return
	}
	if len(*list) < c.most {
		c.at[text] = len(*list)
		*list = append(*list, weighted{text, weight})
	}
}

func (c *collector) words(words []word, weight float64) {
	for _, w := range words {
		if w.extra {
			c.add(&c.terms, w.term, weight*w.share()*w.often()*c.joined)
		} else {
			c.add(&c.terms, w.term, weight*w.share()*w.often())
		}
	}
	for first, second := range adjacent(words) {
		c.add(&c.pairs, first.term+" "+second.term, weight*min(first.share()*first.often(), second.share()*second.often()))
	}
}

// keptTurns is how many turns back are read.
const keptTurns = 8

// threadRead is how many words of them are read, the latest first, and threadTerms how many of those are
// looked for, those that weigh most, and as many pairs: more of them find follow-ups better, and make a long
// conversation dearer than two questions (here: 48 rank follow-ups .883/.782, 20 .874/.770, 16 .864/.755).
// maxTurn is how much of each turn is read, in bytes (here: 400 to 1,000 rank alike).
const (
	threadRead  = 64
	threadTerms = 20
	maxTurn     = 600
)

// context adds the words of earlier turns, the latest first, each turn back for less; or none, when the
// question changes the subject (see subject.go).
func (s *search) context(ctx context.Context, words *reader, q Question, out *query, collect *collector) error {
	if q.About != "" {
		about := collector{at: map[string]int{}, joined: collect.joined, most: threadTerms}
		about.words(words.read(stripChat(visible(clip(q.About, maxTurn)))), 1)
		out.about, out.withTurns = about.terms, true
		collect.merge(&about, 1)
	}
	turns := q.Turns[max(0, len(q.Turns)-keptTurns):]
	if len(turns) == 0 {
		return nil
	}
	said := make([][]word, len(turns))
	for i, turn := range turns {
		said[i] = words.read(stripChat(visible(clip(turn.Text, maxTurn))))
	}
	thread := collector{at: map[string]int{}, joined: collect.joined, most: threadRead}
	weight := s.weights.TurnDecay
	for i := range slices.Backward(turns) {
		share := s.weights.BotTurn
		if turns[i].ByUser {
			share = s.weights.UserTurn
		}
		thread.words(said[i], weight*share)
		weight *= s.weights.TurnDecay
	}
	if err := s.heaviest(&thread, threadTerms); err != nil {
		return err
	}
	seen, err := s.subject(ctx, q.Text, out, turns, said, &thread)
	if err != nil {
		return err
	}
	change := seen.change()
	if out.newSubject = change > newFrom; !out.newSubject {
		out.withTurns = true
		collect.merge(&thread, turnShare(change))
	}
	return nil
}

// heaviest keeps the terms that weigh most in a search, so many, and pairs of them.
func (s *search) heaviest(c *collector, most int) error {
	if len(c.terms) <= most {
		return nil
	}
	weights := make(map[string]float64, len(c.terms))
	for _, t := range c.terms {
		n, err := s.count(t.text)
		if err != nil {
			return err
		}
		weights[t.text] = t.weight * idf(s.passages, n)
	}
	byWeight := func(a, b weighted) int { return cmp.Compare(weights[b.text], weights[a.text]) }
	slices.SortStableFunc(c.terms, byWeight)
	for _, t := range c.terms[most:] {
		delete(weights, t.text)
	}
	c.terms = c.terms[:most]
	c.pairs = slices.DeleteFunc(c.pairs, func(p weighted) bool {
		first, second, _ := strings.Cut(p.text, " ")
		return weights[first] == 0 || weights[second] == 0
	})
	c.pairs = c.pairs[:min(len(c.pairs), most)]
	return nil
}

// merge adds a share of what another collector gathered.
func (c *collector) merge(other *collector, share float64) {
	for _, t := range other.terms {
		c.add(&c.terms, t.text, share*t.weight)
	}
	for _, p := range other.pairs {
		c.add(&c.pairs, p.text, share*p.weight)
	}
}

// idf is the weight of a term that stands in df of n texts: ln(1 + (n-df+½)/(df+½)), never negative.
func idf(n, df int) float64 {
	return math.Log1p((float64(n-df) + .5) / (float64(df) + .5))
}

// rarity is the idf of a term in lines, with the differences between terms made less: see LineRarity.
func (w weights) rarity(n, df int) float64 {
	most := idf(n, 0)
	return most * math.Pow(idf(n, df)/most, w.LineRarity)
}

// one returns 1 for true, 0 for false.
func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
