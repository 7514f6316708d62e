package ask

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"liaison/index"
	"liaison/knowledge"
)

// Within a conversation the search reads what was said before, and Liaison's own answers are whole passages
// of a page: they outweigh the two or three words of a follow-up, and it finds the passage that was just
// shown. So the conversation says which pages it is about, and the new words choose among their sections,
// those that were shown already last.
//
// A follow-up with little subject of its own ("is there a limit?") shares its words with pages about anything. So the question
// that it goes on with is searched for beside it, in full, and only a passage that speaks of that, too, answers it (here: of
// 1,453 follow-ups of doc2dial .611 → .617 find their page first; of 298 questions asked after one about something else .681 →
// .688 do, and are as sure).

// section is one that may be shown for a follow-up.
type section struct {
	hit    index.Hit // with the section as its passage
	match  index.Match
	theme  float64 // 1 when its page is one the conversation is about, ½ when it may be
	shown  int     // answers ago, 1 for the last; 0 for never
	found  float64 // how high the searches put it
	worth  float64
	speaks bool // of what is asked
}

// How much each sign counts. A section that was just shown comes last whatever else fits; one shown earlier
// only when it fits much better.
const (
	themeCounts   = .4
	headingCounts = .2
	sectionCounts = .4 // of a heading of its own, on a page the conversation is about
	shownCosts    = .4
	lastCosts     = 2
	mostSections  = 5  // pages of each search that are looked at
	themePages    = 5  // first pages found for its subject that the conversation is about
	themeHeld     = .3 // of the subject that they hold
	maybeTheme    = 3  // first pages found within it that it may be about
	enough        = .5
)

// goOn finds what a follow-up asks for in its own words, within the conversation that found results. It
// reports whether a page that the conversation is about speaks of that.
func (s *Service) goOn(ctx context.Context, q Question, text string, within index.Results) (index.Results, bool, error) {
	wanted, since := wantedBy(text), sinceSubject(q.Turns)
	wanted.leans = q.leans(text)
	if rankOf(within) == 0 && !wanted.nothing {
		return within, false, nil
	}
	turns := since
	if wanted.nothing {
		text, turns = carried(text, since)
	}
	var searches []index.Results
	subject, goal := subjectOf(since), ""
	if wanted.leans && !strings.HasPrefix(text, subject) { // which it is not carried with
		goal = subject
	}
	for _, as := range []heard{{text: text, turns: asTitles(turns), about: goal}, {text: text, turns: ofPeople(turns), about: goal}, {text: subject}} {
		results, _, err := s.search(ctx, q, as)
		if err != nil {
			return within, false, err
		}
		searches = append(searches, results)
	}
	about := theme(since, searches)
	pool := searches[:2]
	if !wanted.nothing { // what a question that was carried on finds without it says nothing
		pool = append(pool[:2:2], within)
	}
	sections := sectionsOf(pool)
	if len(sections) == 0 {
		return within, false, nil
	}
	for i := range sections {
		if sections[i].theme = about[sections[i].hit.Document.Path]; sections[i].match.About >= enough {
			sections[i].theme = 1
		}
		sections[i].shown = shownAgo(q.Turns, sections[i].hit.Document, sections[i].hit.Passage)
		sections[i].judge(wanted)
		if under := sections[i].hit.Passage.Headings; sections[i].theme == 1 && namesOne(strings.Join(under, " "), text) {
			sections[i].worth += sectionCounts
		}
	}
	slices.SortStableFunc(sections, func(a, b section) int { return cmp.Compare(b.worth, a.worth) })
	told := retold(within, sections, pool)
	if wanted.leans && sections[0].theme < 1 {
		told = doubted(told)
	}
	return told, sections[0].speaks && sections[0].theme == 1, nil
}

// theme says of pages whether the conversation is about them: 1 for those found for its subject and those
// quoted in it, ½ for others that it finds. The last search is for the subject.
func theme(turns []index.Turn, searches []index.Results) map[string]float64 {
	about := map[string]float64{}
	last := len(searches) - 1
	for _, r := range searches[:last] {
		for i, hit := range r.Hits[:min(len(r.Hits), mostSections)] {
			if quotedIn(turns, hit.Document.Title) {
				about[hit.Document.Path] = 1
			} else if i < maybeTheme {
				about[hit.Document.Path] = max(about[hit.Document.Path], .5)
			}
		}
	}
	for _, hit := range searches[last].Hits[:min(len(searches[last].Hits), themePages)] {
		if len(hit.Fits) == 0 || hit.Fits[0].Held >= themeHeld {
			about[hit.Document.Path] = 1
		}
	}
	return about
}

// quotedIn reports whether one of Liaison's answers quotes a page of a title.
func quotedIn(turns []index.Turn, title string) bool {
	return slices.ContainsFunc(asTitles(turns), func(t index.Turn) bool { return !t.ByUser && t.Text == title })
}

// subjectOf returns the last question that has a subject of its own; the first of all when none has.
func subjectOf(turns []index.Turn) string {
	first := ""
	for _, turn := range slices.Backward(turns) {
		if !turn.ByUser {
			continue
		}
		if first = turn.Text; !leansOn(first) {
			break
		}
	}
	return first
}

// onlyAName reports whether a text is nothing but words that say what it is about: "timesheets".
func onlyAName(text string) bool {
	n := namingWords(text)
	return n > 0 && n == len(strings.Fields(text))
}

func ofPeople(turns []index.Turn) []index.Turn {
	return slices.DeleteFunc(slices.Clone(turns), func(t index.Turn) bool { return !t.ByUser })
}

// retold puts the first section before the other pages found: those that speak of what is asked, then those
// that the conversation is about.
func retold(within index.Results, sections []section, others []index.Results) index.Results {
	first := sections[0]
	out := within
	out.Hits = nil
	for _, want := range []func(section) bool{
		func(s section) bool { return s.speaks }, func(s section) bool { return s.theme == 1 }, func(section) bool { return true },
	} {
		for _, s := range sections {
			same := func(h index.Hit) bool { return h.Document.Path == s.hit.Document.Path }
			if (want(s) || len(out.Hits) == 0) && !slices.ContainsFunc(out.Hits, same) && len(out.Hits) < max(len(within.Hits), 1) {
				out.Hits = append(out.Hits, s.hit)
			}
		}
	}
	sure := within.Band == index.BandAnswer
	for _, r := range others {
		sure = sure || r.Band == index.BandAnswer
		out.Confidence = max(out.Confidence, r.Confidence)
	}
	out.Band, out.Reason = index.BandMaybe, ""
	if first.speaks && first.shown == 0 && (sure || first.match.Headed >= enough && first.theme == 1) {
		out.Band = index.BandAnswer
	}
	return out
}

// doubted returns what was found as what may help at the most.
func doubted(r index.Results) index.Results {
	if r.Band == index.BandAnswer {
		r.Band = index.BandMaybe
	}
	return r
}

// sectionsOf lists the sections of the first pages that some searches found, each once.
func sectionsOf(searches []index.Results) []section {
	var all []section
	for _, r := range searches {
		for rank, hit := range r.Hits[:min(len(r.Hits), mostSections)] {
			for i, p := range append([]knowledge.Passage{hit.Passage}, hit.Also...) {
				at := slices.IndexFunc(all, func(s section) bool {
					return s.hit.Document.Path == hit.Document.Path && s.hit.Passage.Text == p.Text && slices.Equal(s.hit.Passage.Headings, p.Headings)
				})
				switch {
				case at < 0:
					at = len(all)
					all = append(all, section{hit: withPassage(hit, i), match: matchOf(hit, i)})
				case i == 0 && all[at].hit.Matched == nil:
					all[at].hit = hit // which quotes the sentences that answer
				}
				all[at].found += (.2 - .04*float64(i)) / float64(1+rank)
			}
		}
	}
	return all
}

// matchOf returns how a passage of a hit fits.
func matchOf(hit index.Hit, i int) index.Match {
	if i < len(hit.Fits) {
		return hit.Fits[i]
	}
	return index.Match{}
}

// judge says what a section is worth for what is wanted.
func (s *section) judge(wanted want) {
	held := s.match.Held
	if wanted.leans && s.theme < 1 { // "it" is what the conversation is about
		held = 0
	}
	if wanted.nothing { // held is of the question before
		held *= enough
	}
	if wanted.number != nil && (s.theme == 1 || held >= enough) && wanted.number.MatchString(s.hit.Passage.Text) {
		held += enough
	}
	s.speaks = held >= enough
	s.worth = held + headingCounts*s.match.Headed*held + s.found + themeCounts*s.theme
	switch s.shown {
	case 0:
	case 1:
		s.worth -= lastCosts
	default:
		s.worth -= shownCosts
	}
}

// want is what the words of a follow-up ask for.
type want struct {
	nothing bool           // they name nothing: "how many?"
	leans   bool           // they lean on what was said before: "who signs it?"
	number  *regexp.Regexp // what an answer of the kind asked for holds; nil for anything
}

var (
	howMuch   = regexp.MustCompile(`(?i)\bhow much\b|\b(costs?|price|budget|expensive)\b`)
	howMany   = regexp.MustCompile(`(?i)\bhow (many|long|often|big|large|small|old|soon|far|fast|quickly)\b`)
	money     = regexp.MustCompile(`[£$€]\s?\d|\d\s?(?:pounds|dollars|euros|%|per cent|percent)`)
	anyNumber = regexp.MustCompile(`(?i)\d|\b(two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|thousand)\b`)
)

func wantedBy(text string) want {
	w := want{nothing: namesNothing(text), leans: leansOn(text)}
	switch {
	case howMuch.MatchString(text):
		w.number = money
	case howMany.MatchString(text):
		w.number = anyNumber
	}
	return w
}

// little are words of a follow-up that name nothing.
var little = words(`a an and any are am as at be been but by can did do for from get go got had has he her here him his how i if in is it
	its may me more most my no not of off ok on one or other our out over she so some still than that the their them then there these they
	this those to too up us was we were who why yes you say look happen happens ever just again else much many long often big soon far fast take takes last come comes coming first next after before quickly quick something
	anything everything nothing thing somebody anybody must should`)

// leansOn reports whether a text has so little of a subject of its own that it is about what was said before it. "What about
// meals?" has one: it takes the place of what was asked about.
func leansOn(text string) bool {
	switch namingWords(text) {
	case 0:
		return true
	case 1:
		return !turnsTo.MatchString(text) && !anew.MatchString(text) && !onlyAName(text)
	case 2:
		return pointsBack(text) && !turnsTo.MatchString(text)
	}
	return false
}

// leans is leansOn of what is asked now: a name that corrects what was asked ("I meant GitHub") narrows that.
func (q Question) leans(text string) bool {
	return leansOn(text) || q.corrects && namingWords(text) < 2
}

// anew is how a question names a thing that was not talked of: "how do I get a laptop?" But "is there a limit?" is one to
// what was.
var anew = regexp.MustCompile(`(?i)^(?:how (?:do|can|should|would|to)|what(?:'s| is| are)|where (?:do|can)) .*\b(?:an?)\b`)

// turnsTo is how a question turns to another thing of the same kind.
var turnsTo = regexp.MustCompile(`(?i)^\s*(?:(?:and|but|so|ok|okay|then) )*(?:what|how) about\b`)

// namesNothing reports whether no word of a text says what it is about.
func namesNothing(text string) bool { return namingWords(text) == 0 }

// namingWords counts the words of a text that say what it is about, short ones too.
func namingWords(text string) int {
	n := 0
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !isLetter(r) && r != '\'' && r != '’' }) {
		bare, _, _ := strings.Cut(strings.ReplaceAll(word, "’", "'"), "'")
		if !little.has(bare) && !empty.has(bare) {
			n++
		}
	}
	return n
}

// namesOne reports whether a heading has a word of a text that says what it is about, in whatever form: a title that
// has it speaks for all sections of its page, a heading for its own.
func namesOne(heading, text string) bool {
	under := plainWords(heading)
	return slices.ContainsFunc(plainWords(text), func(word string) bool {
		return len(word) > 2 && !namesNothing(word) && slices.ContainsFunc(under, func(h string) bool { return strings.HasPrefix(h, word) })
	})
}

// carried returns, for a question that names nothing ("how many?"), the one before it that does, to be asked
// again with it, and the turns before that.
func carried(text string, turns []index.Turn) (string, []index.Turn) {
	for i, turn := range slices.Backward(turns) {
		if turn.ByUser && !namesNothing(turn.Text) {
			return turn.Text + " " + text, turns[:i]
		}
	}
	return text, turns
}

// sinceSubject returns the turns from the last question on that says by itself what it is about.
func sinceSubject(turns []index.Turn) []index.Turn {
	for i, turn := range slices.Backward(turns) {
		if turn.ByUser && !pointsBack(turn.Text) && (namingWords(turn.Text) > 1 || naming.MatchString(turn.Text) && contentWords(turn.Text) > 0) {
			return turns[i:]
		}
	}
	return turns
}

// asTitles leaves of Liaison's answers only the titles of the pages, which their first lines are.
func asTitles(turns []index.Turn) []index.Turn {
	out := slices.Clone(turns)
	for i, turn := range out {
		if first, _, more := strings.Cut(turn.Text, "\n"); !turn.ByUser && more {
			out[i].Text, _, _ = strings.Cut(first, parting)
		}
	}
	return out
}

// parting stands between the title of a page and its headings.
const parting = " › "

// Place names the page and the section of it that is quoted: "Keeping secrets › In the cloud".
func (c Citation) Place() string { return place(c.Document, c.Passage) }

func place(d knowledge.Document, p knowledge.Passage) string {
	return strings.Join(append([]string{d.Title}, p.Headings...), parting)
}

// shownAgo returns how many answers ago a section was quoted, 1 for the last answer; 0 for never.
func shownAgo(turns []index.Turn, d knowledge.Document, p knowledge.Passage) int {
	ago := 0
	quoted, title := letters(p.Text), letters(place(d, p))
	quoted = quoted[:min(len(quoted), 60)]
	for _, turn := range slices.Backward(turns) {
		if turn.ByUser {
			continue
		}
		ago++
		first, rest, _ := strings.Cut(turn.Text, "\n")
		if title == letters(first) && rest != "" || len(quoted) > 30 && strings.Contains(letters(turn.Text), quoted) {
			return ago
		}
	}
	return 0
}

// letters returns the letters and digits of a text alone, in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
