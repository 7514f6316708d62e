package ask

import (
	"regexp"
	"slices"
	"strings"

	"liaison/index"
)

// Who asks from no workspace of theirs may say where they work: "I work at GDS, how much leave do I get?" That says whose
// guidance is theirs. It never says what they may see.

// stating is how people say where they work, in a text with gaps.
var stating = regexp.MustCompile(`(?i)(?:^|(\S+) )(?:` + strings.Join([]string{
	`(?:i|we) (?:actually |currently |now |both |all )?work (?:at|for|in) (?:the )?(?:§ )?§`,
	`(?:i'm|im|i am|we're|we are|i've been|we've been) (?:actually |really |currently |now |here |based |employed |just |new ){0,2}(?:at|from|by) (?:the )?(?:§ )?§`,
	`(?:i'm|im|i am) (?:an?|the|one of the) (?:\S+ ){1,3}at (?:the )?(?:§ )?§`,
	`(?:i|i've|ive|i have) (?:just |recently |only )?(?:joined|moved to) (?:the )?(?:§ )?§`,
	`(?:here|we|(?:my|our) (?:\S+ )?(?:team|job|role)) at (?:the )?(?:§ )?§`,
}, "|") + `)(?: |$)`)

// mayState is what a text that states it has at the least: most have not, and need not be searched for names.
var mayState = regexp.MustCompile(`(?i)\b(?:i|i'm|im|i am|i've|ive|we|we're|we've|my|our|here)\b.*\b(?:at|for|in|from|by|joined|moved)\b`)

// unstated are words after which the same asks something, or supposes it: "can I work for §", "if we work at §".
var unstated = words(`can could do did does should may might must shall will would to when how why where if whether that unless before asked suppose imagine pretend assuming say`)

// ofTheirs are words after which it is somebody else who works there: "I work for § suppliers".
var ofTheirs = words(`supplier customer contractor client partner vendor user`)

// denied is how people say that they do not work somewhere.
var denied = regexp.MustCompile(`(?i)\b(?:don't|dont|do not|no longer|never|not) (?:work )?(?:at|for|in) (?:the )?§|\bleft (?:the )?§`)

// clause is a part of a text up to where it halts.
var clause = regexp.MustCompile(`[^.,;:?!\n]+[.,;:?!\n]*|[.,;:?!\n]+`)

// round are words that stand round where somebody works and ask nothing.
var round = words(`as since because given so and but also btw well ok hi hello hey no yes actually sorry oops wait
	now today really correction`)

// stated returns the organisation that the asker of a text says they are of, "" when they say none, and the text
// without the clauses that say nothing else: their words would find pages about working there.
func (s *Service) stated(text string) (rest, home string) {
	var kept strings.Builder
	for _, part := range clause.FindAllString(text, -1) {
		organisation, more := "", false
		if mayState.MatchString(strings.ReplaceAll(part, "’", "'")) {
			organisation, more = s.statedIn(part)
		}
		if organisation == "" || more {
			kept.WriteString(part)
		}
		home = cmpOr(home, organisation)
	}
	if home == "" {
		return text, ""
	}
	rest = strings.TrimSpace(kept.String())
	if !saysMore(strings.Fields(asName(rest))) {
		rest = ""
	}
	return rest, home
}

// saysMore reports whether some words ask or tell anything.
func saysMore(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return !round[singular(word)] })
}

// statedIn is stated for one clause; more reports whether it says anything else.
func (s *Service) statedIn(part string) (home string, more bool) {
	marked, each := s.sidesAt(part)
	for _, at := range stating.FindAllStringSubmatchIndex(marked, -1) {
		if at[2] >= 0 && unstated[singular(marked[at[2]:at[3]])] {
			continue
		}
		if next, _, _ := strings.Cut(marked[at[1]:], " "); ofTheirs[singular(next)] {
			continue
		}
		if f := each[strings.Count(marked[:at[1]], gap)-1]; !f.country {
			others := strings.Fields(marked[:max(at[0], at[3])] + " " + marked[at[1]:])
			return f.ids[0], saysMore(others)
		}
	}
	return "", false
}

// WorksAt returns the id of the organisation that the asker said last they are of, in earlier turns, oldest first, and did
// not take back since; "" when they said none. What others said in the same conversation is of themselves.
func (s *Service) WorksAt(turns []index.Turn) string {
	for _, turn := range slices.Backward(turns) {
		if !turn.ByAsker {
			continue
		}
		if _, home := s.stated(turn.Text); home != "" {
			return home
		}
		if s.denies(turn.Text) {
			return ""
		}
	}
	return ""
}

// denies reports whether a text says that its asker does not work somewhere.
func (s *Service) denies(text string) bool {
	if !mayState.MatchString(strings.ReplaceAll(text, "’", "'")) && !strings.Contains(strings.ToLower(text), "left") {
		return false
	}
	marked, _ := s.sides(text)
	return denied.MatchString(marked)
}

// singular returns a word as lists have it: in small letters, of one.
func singular(word string) string { return strings.TrimSuffix(strings.ToLower(word), "s") }

// asking returns the turns but those in which a user said nothing but where they work, with what they corrected as they meant
// it; none when nothing else was asked.
func (s *Service) asking(turns []index.Turn) []index.Turn {
	left := slices.DeleteFunc(slices.Clone(turns), func(turn index.Turn) bool {
		if !turn.ByUser {
			return false
		}
		rest, home := s.stated(turn.Text)
		return home != "" && rest == ""
	})
	if !slices.ContainsFunc(left, func(turn index.Turn) bool { return turn.ByUser }) {
		return nil
	}
	for i := range left {
		if left[i].ByUser && i > 0 {
			left[i].Text = s.corrected(left[i].Text)
		}
	}
	return left
}
