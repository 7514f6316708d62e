package ask

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liaison/index"
)

// Talk wanders. The index sees whether a question goes on with its conversation or changes the subject;
// here the answer is held against the question: one found within a conversation must speak of what was
// asked, or the question is asked alone. Naming only a place or a team ("and in the US?") asks the last
// question again, there.

// heard is what a question was taken to ask.
type heard struct {
	text          string
	turns         []index.Turn
	about         string   // the question among them that it goes on with; "" when that is not known
	organisations []string // only of these; none for all
	note          string   // a sentence for the answer, on whose pages have nothing; "" for none
}

// find searches for a question within its conversation, and says as what it was heard.
func (s *Service) find(ctx context.Context, q Question, text string) (index.Results, heard, error) {
	q.Turns = beforeAsked(text, q.Turns)
	again, at := s.elsewhere(text, q.Turns)
	if again == "" && asksAcross(text) {
		var err error
		if again, at, err = s.across(ctx, q); err != nil {
			return index.Results{}, heard{}, err
		}
	}
	if again != "" {
		rest, _ := s.stated(text)
		if text, q.Turns = again, nil; len(at) > 0 {
			return s.askAgain(ctx, q, again, at, rest == "")
		}
	}
	plain, as, err := s.findWithin(ctx, q, text)
	if err != nil {
		return plain, as, err
	}
	if subject, named := s.asksOf(text); len(named) > 0 {
		turns := q.Turns
		if plain.NewSubject || !pointsBack(text) && contentWords(subject) > 1 { // it says by itself what it is about
			turns = nil
		}
		theirs, asTheirs, err := s.ask(ctx, q, heard{text: subject, turns: turns}, named)
		if err != nil || rankOf(theirs) >= rankOf(plain) && rankOf(theirs) > 0 {
			return theirs, asTheirs, err
		}
	}
	return plain, as, nil
}

// askAgain asks the last question of other sides; of all, when they have nothing, and says so. Who says that they work at one
// asks for what holds for them: what may help there is no more than what others answer.
func (s *Service) askAgain(ctx context.Context, q Question, again string, at []side, works bool) (index.Results, heard, error) {
	results, as, err := s.ask(ctx, q, heard{text: again}, at)
	if err != nil || rankOf(results) > 0 && (!works || results.Band == index.BandAnswer) {
		return results, as, err
	}
	results, as, err = s.search(ctx, q, heard{text: again})
	as.note = silence(at) + sayOthers
	return results, as, err
}

// sayOthers follows whose pages have nothing.
const sayOthers = " Here is what I have from others."

// leansOnNothing says what to say besides, of a text that only names places or organisations or only points back, where
// nothing was asked before it; "" of any other.
func (s *Service) leansOnNothing(text string, turns []index.Turn) string {
	marked, named := s.sides(text)
	switch {
	case len(turns) > 0:
	case len(named) > 0 && onlyNames(marked) && (pointsBack(text) || strings.Trim(marked, gap+" ") == ""):
		where := "at " + named[0].name
		if named[0].country {
			where = "in " + named[0].name
		}
		return fmt.Sprintf(sayWhatOf, named[0].name, where)
	case pointsBack(text) && namesNothing(text):
		return sayOfWhat
	}
	return ""
}

const (
	sayWhatOf = "What about %s? Tell me the subject too, for example: how do we store secrets %s?"
	sayOfWhat = "I do not know what that is about. Tell me the subject too, for example: how do we store secrets?"
)

// correcting is how somebody who was taken wrongly begins: "no, I mean …", "not GOV.UK Pay, my …". "Not sure, for how long?"
// is none.
var (
	correcting = regexp.MustCompile(`(?i)^\s*(?:(?:no|nope|nah|sorry|oh|ah|not (?:that|this|it|those|these))[,.! ]+)*(?:(?:i|what i) (?:actually |really )?(?:mean|meant)(?:(?: was|['’]s| is)\b)?[,: ]+|not ([^,;?!]{2,60})[,;]\s*(?:but |i (?:mean|meant) )?)(\S.*)$`)
	noThing    = regexp.MustCompile(`(?i)^(?:sure|certain|only|just|to|yet|really|all|found|working|so|that|a|an|being|necessarily|quite|exactly|long|bad|now|today|me|you|my|helpful|clear|too|very|much|many|everyone|everybody)\b|["“”]`)
)

// corrected returns what a text says is meant, without saying so; any other as it is.
func (s *Service) corrected(text string) string {
	if found := correcting.FindStringSubmatch(text); found != nil && !noThing.MatchString(found[1]) && (!namesNothing(found[2]) || s.onlyCountry(found[2]) != "") {
		return found[2]
	}
	return text
}

// narrowing begins what only says more closely what was asked before: "for GitHub".
var narrowing = regexp.MustCompile(`(?i)^(for|in|at|on|with|without|from|to|by|after|before|during|until|since|as|when) `)

// meant returns a text as it is meant after turns, and these: of a correction what it says is meant; of one that narrows the
// question before that question, which then says by itself what it is about.
func (s *Service) meant(text string, turns []index.Turn) (string, []index.Turn) {
	meant := s.corrected(text)
	narrows := narrowing.FindStringSubmatch(meant)
	asked := strings.TrimRight(subjectOf(turns), "?!. ")
	if marked, _ := s.sides(meant); meant == text || narrows == nil || asked == "" || onlyNames(marked) {
		return meant, turns
	}
	return narrowed(asked, narrows[1]) + " " + meant, nil
}

// narrowed returns a question without what it has after a word, in whose place something else is meant: "set up 2FA for our
// accounts" is narrowed "for GitHub".
func narrowed(asked, by string) string {
	if at := strings.LastIndex(strings.ToLower(asked), " "+strings.ToLower(by)+" "); at > 0 {
		return asked[:at]
	}
	return asked
}

// beforeAsked returns what was said before the same was first asked: asked twice, it means the same, unless it leans on
// what stands before it ("and then?").
func beforeAsked(text string, turns []index.Turn) []index.Turn {
	same := func(turn index.Turn) bool { return turn.ByUser && strings.EqualFold(asName(turn.Text), asName(text)) }
	if at := slices.IndexFunc(turns, same); at >= 0 && !pointsBack(text) && !namesNothing(text) {
		return turns[:at]
	}
	return turns
}

// findWithin searches with the conversation; and alone, when what that finds does not answer.
func (s *Service) findWithin(ctx context.Context, q Question, text string) (index.Results, heard, error) {
	results, as, err := s.search(ctx, q, heard{text: text, turns: q.Turns})
	if err != nil || len(q.Turns) == 0 || results.NewSubject {
		return results, as, err
	}
	back, leans := pointsBack(text), q.leans(text)
	whole := !back && !leans
	told, speaks, err := s.goOn(ctx, q, text, results)
	if leans {
		as.about = subjectOf(sinceSubject(q.Turns))
	}
	if err != nil || speaks && !whole {
		return told, as, err
	}
	if speaks = rankOf(told) > 0 && (back || mentions(told.Hits[0], text)); speaks && back {
		return told, as, nil
	}
	alone, asAlone, err := s.search(ctx, q, heard{text: text})
	if err != nil {
		return alone, asAlone, err
	}
	answers := rankOf(alone) == rank[index.BandAnswer] && mentions(alone.Hits[0], text)
	if answers && whole && shownAgo(q.Turns, alone.Hits[0].Document, alone.Hits[0].Passage) != 1 {
		alone.NewSubject = rankOf(told) < rank[index.BandAnswer]
		return alone, asAlone, nil
	}
	if (back || leans && rankOf(told) > 0) && !answers || speaks && rankOf(alone) <= rankOf(told) {
		return told, as, nil
	}
	alone.NewSubject = true
	if leans {
		alone = doubted(alone)
	}
	return alone, asAlone, nil
}

// rank orders the bands.
var rank = map[index.Band]int{index.BandNone: 0, index.BandMaybe: 1, index.BandAnswer: 2}

func rankOf(r index.Results) int {
	if len(r.Hits) == 0 {
		return 0
	}
	return rank[r.Band]
}

func (s *Service) search(ctx context.Context, q Question, as heard) (index.Results, heard, error) {
	results, err := s.Search.Search(ctx, q.Audience, index.Question{Text: as.text, Turns: as.turns, About: as.about, Limit: q.Limit, Organisations: as.organisations, Explain: q.Explain})
	if err != nil {
		return index.Results{}, as, fmt.Errorf("search the knowledge: %w", err)
	}
	return results, as, nil
}

// maxSides bounds what one question costs: sides that are searched.
const maxSides = 4

// ask searches the pages of each side: the best of each first, the surest before the others. When none
// has anything it searches all pages instead, and the note says so. It finds nothing when the only ones
// named are organisations without pages: then they are what is asked about.
func (s *Service) ask(ctx context.Context, q Question, as heard, of []side) (index.Results, heard, error) {
	var all []index.Results
	var silent []side
	known := false
	least, err := s.leastScore(ctx, q, as)
	if err != nil {
		return index.Results{}, as, err
	}
	for _, f := range of[:min(len(of), maxSides)] {
		if len(f.ids) == 0 { // nobody is known there
			silent, known = append(silent, f), true
			continue
		}
		results, _, err := s.search(ctx, q, heard{text: as.text, turns: as.turns, about: as.about, organisations: f.ids})
		if err != nil {
			return index.Results{}, as, err
		}
		known = known || results.Documents > 0 || f.country
		if rankOf(results) == 0 || results.Hits[0].Score < least {
			silent = append(silent, f)
			continue
		}
		all = append(all, results)
		as.organisations = append(as.organisations, f.ids...)
	}
	as.note = silence(silent)
	if len(all) == 0 {
		if !known {
			return index.Results{}, as, nil
		}
		results, _, err := s.search(ctx, q, as)
		if rankOf(results) == 0 {
			results.Reason = as.note
		}
		as.note += sayOthers
		return results, as, err
	}
	slices.SortStableFunc(all, func(a, b index.Results) int {
		return cmp.Or(cmp.Compare(rankOf(b), rankOf(a)), cmp.Compare(b.Confidence, a.Confidence))
	})
	best := all[0]
	hits := best.Hits[:1:1]
	for _, other := range all[1:] {
		hits = append(hits, other.Hits[0])
	}
	best.Hits = append(hits, best.Hits[1:]...)
	return best, as, nil
}

// leastScore returns what a page of one side must score at the least to be about a question: with few pages, one always comes
// first, and some look sure.
func (s *Service) leastScore(ctx context.Context, q Question, as heard) (float64, error) {
	results, _, err := s.search(ctx, q, heard{text: as.text, turns: as.turns, about: as.about})
	if err != nil || len(results.Hits) == 0 {
		return 0, err
	}
	return sideScore * results.Hits[0].Score, nil
}

// sideScore is which share of the score of the best page of all that is (here, of 176 and 40 questions asked of four
// organisations each: of 136 right pages none is lost, of 426 others .45 are left out; .7 loses .03).
const sideScore = .6

var (
	goesOn   = regexp.MustCompile(`(?i)^\s*(and|but|or|so|also|then|what about|how about|why|what if|even|only|for|in|at|on|with|without|from|to|by|after|before|during|until|since)\b`)
	backward = regexp.MustCompile(`(?i)\b(it|its|that|this|those|these|they|them|their|theirs|there|he|she|him|her|his|one|ones|same|else|another|other|instead|too)\b`)
)

// pointsBack reports whether a text leans on what was said before it.
func pointsBack(text string) bool { return goesOn.MatchString(text) || backward.MatchString(text) }

// mentions reports whether what was found speaks of the question itself, not only of what was said before.
func mentions(hit index.Hit, text string) bool {
	found := wordSet(hit.Document.Title + " " + strings.Join(hit.Passage.Headings, " ") + " " + hit.Passage.Text)
	for word := range wordSet(text) {
		if found[word] && !empty.has(word) {
			return true
		}
	}
	return false
}

// empty are words that say nothing of what a question is about.
var empty = words(`what which when where whom whose that this these those they them their there then have does did doing done with from
	into about would could should must shall will your mine ours make need needs want know tell please much many long often`)

// wordList is a list of words in which one is found in the singular and in the plural, so it holds each without its last "s":
// look words up with has alone.
type wordList map[string]bool

func (l wordList) has(word string) bool { return l[singular(word)] }

func words(list string) wordList {
	set := wordList{}
	for word := range strings.FieldsSeq(list) {
		set[singular(word)] = true
	}
	return set
}

// elsewhere reads a follow-up that names nothing but a country or organisations. It returns the last
// question that asked something, and the sides to ask it of; "" when the text asks something of its own.
// When that question was about an organisation, the new name takes its place instead: asked "what
// happened to 18F?", "and USDS?" means "what happened to USDS?"
func (s *Service) elsewhere(text string, turns []index.Turn) (string, []side) {
	marked, at := s.sides(text)
	if rest, home := s.stated(text); rest == "" { // it asks as "and at GDS?" does; of nobody's, when that is denied
		at = s.sideOf(home)
	} else if len(at) == 0 || !onlyNames(marked) {
		return "", nil
	}
	for i, turn := range slices.Backward(turns) {
		asked, _ := s.stated(turn.Text)
		before, named := s.sides(asked)
		switch subject := topic(before); {
		case !turn.ByUser || asked == "" || len(named) > 0 && onlyNames(before) || asksAcross(asked):
		case len(named) == 0 || len(at) == 0:
			return carriedWith(asked, turns[:i]), at
		case contentWords(subject) > 1 || at[0].country && subject != "":
			return subject, at
		default:
			return strings.ReplaceAll(strings.Replace(before, gap, at[0].name, 1), gap, ""), nil
		}
	}
	return "", nil
}

// asksAcross reports whether a text only asks for the other side.
func asksAcross(text string) bool { return acrossWords.MatchString(asName(text)) }

// sideOf returns an organisation as a side; none for "".
func (s *Service) sideOf(id string) []side {
	if id == "" {
		return nil
	}
	return []side{{s.Name(id), []string{id}, false}}
}

// acrossWords ask the last question again, on the other side, wherever that is.
var acrossWords = regexp.MustCompile(`(?i)^\s*(?:and |so |but |yes |ok |please |show me |what about |how about |what do (?:they|you) (?:do|say) |how (?:is|does) (?:it|that) (?:done|work) |how do they do (?:it|that) )*(?:(?:how|what) do (?:the )?others? (?:people |teams |countries |governments )?do(?: it| that| this)?|(?:(?:on|from|for|at|about) )?(?:the )?(?:other side|other country|opposite side|across the atlantic|over the (?:pond|atlantic)|across the pond|over there))(?: of the (?:atlantic|pond|ocean))?(?: (?:do|say|think|please|then))*[?!. ]*$`)

// across returns the last question that asked something, and the side that its answer did not come from.
func (s *Service) across(ctx context.Context, q Question) (string, []side, error) {
	for i, turn := range slices.Backward(q.Turns) {
		marked, named := s.sides(turn.Text)
		asked, _ := s.stated(turn.Text)
		switch {
		case !turn.ByUser:
			continue
		case len(named) > 0 && onlyNames(marked): // "and in the US?"
			before, _ := s.elsewhere(turn.Text, q.Turns[:i])
			return before, s.oppositeOf(s.countryOf(named[0])), nil
		case asksAcross(turn.Text) || namesNothing(turn.Text):
			continue
		}
		then := q
		then.Turns = q.Turns[:i]
		results, _, err := s.find(ctx, then, asked)
		if err != nil || len(results.Hits) == 0 {
			return "", nil, err
		}
		return carriedWith(asked, q.Turns[:i]), s.oppositeOf(s.organisation(results.Hits[0].Document.Organisation).Country), nil
	}
	return "", nil, nil
}

// carriedWith puts, before a question that leans on it, the one that it leans on.
func carriedWith(text string, turns []index.Turn) string {
	if !pointsBack(text) && !namesNothing(text) {
		return text
	}
	for _, turn := range slices.Backward(turns) {
		if turn.ByUser && !pointsBack(turn.Text) && !namesNothing(turn.Text) {
			return turn.Text + " " + text
		}
	}
	return text
}

// InFull returns a question as somebody can read it who has not seen what was said before, turns, oldest first: after the
// one that it leans on, if it does ("and in the UK?"); and the topic that it is about, which leaves out what only says
// where.
func (s *Service) InFull(text string, turns []index.Turn) (full, topic string) {
	before, at := s.elsewhere(text, turns)
	switch {
	case before == "":
		full = carriedWith(text, turns)
		return full, full
	case len(at) == 0: // it is asked of another name
		return before, before
	}
	return before + " " + text, before
}

// countryOf returns the country of a side.
func (s *Service) countryOf(f side) string {
	if len(f.ids) == 0 {
		return ""
	}
	return s.organisation(f.ids[0]).Country
}

// oppositeOf returns the side across the Atlantic from a country; nil for one of neither.
func (s *Service) oppositeOf(country string) []side {
	at := slices.Index(sides, country)
	if at < 0 {
		return nil
	}
	other := sides[1-at]
	return []side{{countryNames[other], inCountry(s.Vocabulary().Organisations, other), true}}
}
