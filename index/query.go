package index

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
)

// query is a question as it is looked for.
type query struct {
	terms  []weighted // single terms, no two alike
	pairs  []weighted
	asked  []word             // the words of the question itself, in order, chat words left out
	idfs   map[string]float64 // of the terms, filled while they are scored
	weight map[string]float64 // by term: its idf times its weight in the question
	known  map[string]bool    // whether a term stands anywhere, filled with idfs

	ownPairs  int      // pairs of the question itself
	pairShare float64  // share of them that stand anywhere
	added     []string // what was looked for besides, to be told
	// small says that the question held nothing but chat: greetings, thanks.
	small      bool
	points     bool // it points at what was said before
	newSubject bool
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
	how_do_i_go_about what_about as_well`)

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
	said := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !isWordRune(c) })
	return len(said) > 0 && reactions[said[0]] && len(words) < 4 && !strings.Contains(text, "?") &&
		!slices.ContainsFunc(said, func(w string) bool { return questionWords[w] })
}

// stripChat takes greetings, thanks and other chat from a question.
func stripChat(text string) string {
	words := strings.Fields(text)
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = strings.ReplaceAll(strings.ToLower(strings.Trim(w, ".,!?;:()\"'“”‘’…-")), "’", "'")
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
	out := &query{idfs: map[string]float64{}, known: map[string]bool{}, weight: map[string]float64{}}
	text := clip(q.Text)
	out.asked, out.points = words.read(stripChat(text)), points(text)
	if len(out.asked) == 0 {
		out.asked = words.read(text)
		out.small = len(q.Turns) == 0
	}
	if isRemark(text, out.asked) {
		out.small = true
	}
	if len(out.asked) > maxTerms {
		out.asked = out.asked[:maxTerms]
	}
	collect := collector{at: map[string]int{}, joined: s.weights.Joined}
	if err := s.mend(ctx, words, out); err != nil {
		return nil, err
	}
	collect.words(out.asked, 1)
	out.ownPairs = len(collect.pairs)
	if err := s.expand(words, text, out, &collect); err != nil {
		return nil, err
	}
	s.context(words, q.Turns, out, &collect)
	out.terms, out.pairs = collect.terms, collect.pairs
	return out, nil
}

// maxQuestion is how much of a question is read, in bytes: a pasted page is cut.
const maxQuestion = 4000

func clip(text string) string {
	if len(text) <= maxQuestion {
		return text
	}
	return strings.ToValidUTF8(text[:maxQuestion], "")
}

// collector gathers terms, adding up the weights of those that come again.
type collector struct {
	at    map[string]int // term → place in terms; pairs hold a space and have places in pairs
	terms []weighted
	pairs []weighted

	joined float64 // weight of compounds read as one word
}

func (c *collector) add(list *[]weighted, text string, weight float64) {
	if i, ok := c.at[text]; ok {
		(*list)[i].weight += weight
		return
	}
	if len(*list) < maxTerms {
		c.at[text] = len(*list)
		*list = append(*list, weighted{text, weight})
	}
}

func (c *collector) words(words []word, weight float64) {
	for _, w := range words {
		if w.extra {
			c.add(&c.terms, w.term, weight*c.joined)
		} else {
			c.add(&c.terms, w.term, weight)
		}
	}
	for _, pair := range pairs(nil, words) {
		c.add(&c.pairs, pair, weight)
	}
}

// pointing are words that point at what was said before, or go on from it.
var pointing = set(strings.Fields(`it its it's that that's this these those they them their theirs he she his her him there then else other others
	another same one ones instead too also and but or so because why more still again either neither both such yes no`))

// keptTurns is how many turns back are read.
const keptTurns = 8

// context adds the words of earlier turns, the latest first, each turn back for less; or none, when the
// question changes the subject.
func (s *search) context(words *reader, turns []Turn, out *query, collect *collector) {
	turns = turns[max(0, len(turns)-keptTurns):]
	read := make([][]word, len(turns))
	for i, turn := range turns {
		read[i] = words.read(stripChat(clip(turn.Text)))
	}
	if out.newSubject = changesSubject(out, read); out.newSubject {
		return
	}
	weight := s.weights.TurnDecay
	for i := range slices.Backward(turns) {
		share := s.weights.BotTurn
		if turns[i].ByUser {
			share = s.weights.UserTurn
		}
		collect.words(read[i], weight*share)
		weight *= s.weights.TurnDecay
	}
}

// changesSubject reports whether a question stands alone: it has enough words of its own, points at
// nothing, and shares no word with the turns before it.
func changesSubject(q *query, turns [][]word) bool {
	if len(turns) == 0 || q.points || len(sequence(q.asked)) < ownWords {
		return false
	}
	own := map[string]bool{}
	for _, w := range q.asked {
		own[w.term] = true
	}
	for _, turn := range turns {
		if slices.ContainsFunc(turn, func(w word) bool { return own[w.term] }) {
			return false
		}
	}
	return true
}

// ownWords is how many words a question needs to stand alone.
const ownWords = 4

// points reports whether a text has a word that points at what was said before.
func points(text string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(text)), func(w string) bool {
		return pointing[strings.ReplaceAll(strings.Trim(w, ".,!?;:()\"“”"), "’", "'")]
	})
}

// idf is the weight of a term that stands in df of n texts: ln(1 + (n-df+½)/(df+½)), never negative.
func idf(n, df int) float64 {
	return math.Log1p((float64(n-df) + .5) / (float64(df) + .5))
}
