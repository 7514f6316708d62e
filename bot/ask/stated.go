package ask

import (
	"cmp"
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
	`(?:here|we|(?:my|our) (?:\S+ )?(?:team|job|role|day|week|month|year)) at (?:the )?(?:§ )?§`,
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

// starting is what is told beside where somebody works when they are new there: "it's my first week at §".
var starting = regexp.MustCompile(`(?i)\b(?:my|our) (?:\S+ )?(?:day|week|month|year) at `)

// introducing are words by which people say that they say it: "I forgot to say that I work for §".
var introducing = words(`i we should have meant wanted forgot need to say said mention mentioned add tell told explain you that didn't did not just`)

// ofNobody is how people say that they are of no organisation.
var ofNobody = regexp.MustCompile(`(?i)^(?:i'm|im|i am|we're|we are) (?:(?:just|only|actually|really) )*(?:not (?:a member of )?staff|not a (?:civil|public) servant|(?:an? |the )?(?:member of the (?:general )?public|(?:private )?citizen|general public))$`)

// round are words that stand round where somebody works and ask nothing.
var round = words(`as since because given so and but also btw well ok hi hello hey no yes actually sorry oops wait
	now today really correction`)

// stated returns the organisation that the asker of a text says they are of, "" when they say none, and the text
// without the clauses that say nothing else, or only of which they are not: their words would find pages about working there.
func (s *Service) stated(text string) (rest, home string) {
	var kept strings.Builder
	said := false
	for _, part := range clause.FindAllString(text, -1) {
		organisation, more := s.statedIn(part)
		left := organisation == "" && s.deniedIn(part)
		switch said = said || organisation != "" || left; {
		case organisation != "" && more:
			kept.WriteString(withoutPlace(part))
		case organisation == "" && !left:
			kept.WriteString(part)
		}
		home = cmp.Or(home, organisation)
	}
	if !said {
		return text, ""
	}
	rest = strings.TrimSpace(kept.String())
	if all := strings.Fields(asName(rest)); !saysMore(all) || introduces(all) {
		rest = ""
	}
	return rest, home
}

// withoutPlace returns a clause that tells how somebody stands to where they work, without where, which it ends with.
func withoutPlace(part string) string {
	if at := strings.LastIndex(part, " at "); at > 0 && starting.MatchString(part) {
		return part[:at] + ","
	}
	return part
}

// saysMore reports whether some words ask or tell anything.
func saysMore(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return !round.has(word) })
}

// afterRound returns words from the first on that asks or tells anything.
func afterRound(all []string) []string {
	for len(all) > 0 && round.has(all[0]) {
		all = all[1:]
	}
	return all
}

// introduces reports whether some words only say that something is said.
func introduces(all []string) bool {
	all = afterRound(all)
	if len(all) == 0 || singular(all[0]) != "i" && singular(all[0]) != "we" {
		return false
	}
	return !slices.ContainsFunc(all, func(word string) bool { return !introducing.has(word) })
}

// statedIn is stated for one clause; more reports whether it says anything else.
func (s *Service) statedIn(part string) (home string, more bool) {
	if !mayState.MatchString(strings.ReplaceAll(part, "’", "'")) {
		return "", false
	}
	marked, each := s.sidesAt(part)
	for _, at := range stating.FindAllStringSubmatchIndex(marked, -1) {
		before := strings.Fields(marked[:max(at[0], at[3])])
		if introduces(before) {
			before = nil
		} else if at[2] >= 0 && unstated.has(marked[at[2]:at[3]]) {
			continue
		}
		if next, _, _ := strings.Cut(marked[at[1]:], " "); ofTheirs.has(next) {
			continue
		}
		if f := each[strings.Count(marked[:at[1]], gap)-1]; !f.country {
			others := append(before, strings.Fields(marked[at[1]:])...)
			return f.ids[0], saysMore(others) || starting.MatchString(marked)
		}
	}
	return "", false
}

// WorksAt returns the id of the organisation that the asker said last they are of, in earlier turns, oldest first, and did
// not take back since; "" when they said none. What others said in the same conversation is of themselves.
func (s *Service) WorksAt(turns []index.Turn) string {
	for i, turn := range slices.Backward(turns) {
		if !turn.ByAsker {
			continue
		}
		_, home := s.stated(turn.Text)
		if home = cmp.Or(home, s.moved(turn.Text, turns[:i])); home != "" {
			return home
		}
		if s.denies(turn.Text) {
			return ""
		}
	}
	return ""
}

// moved returns the organisation that a text names which corrects where its asker just said they work: "I work at GDS",
// "sorry, I mean GSA"; "" for any other.
func (s *Service) moved(text string, turns []index.Turn) string {
	last := len(turns) - 1
	for last >= 0 && !turns[last].ByUser {
		last--
	}
	meant := s.corrected(text)
	if last < 0 || meant == text || !s.onlyStates(turns[last].Text, turns[:last]) {
		return ""
	}
	marked, named := s.sides(meant)
	if len(named) != 1 || named[0].country || !onlyNames(marked) {
		return ""
	}
	return named[0].ids[0]
}

// onlyStates reports whether a text, after turns, says nothing but where its asker works, or does not.
func (s *Service) onlyStates(text string, turns []index.Turn) bool {
	rest, _ := s.stated(text)
	return rest == "" || s.moved(text, turns) != ""
}

// denies reports whether a text says that its asker does not work somewhere.
func (s *Service) denies(text string) bool {
	if isOfNobody(text) {
		return true
	}
	if !mayState.MatchString(strings.ReplaceAll(text, "’", "'")) && !strings.Contains(strings.ToLower(text), "left") {
		return false
	}
	marked, _ := s.sides(text)
	return denied.MatchString(marked)
}

// isOfNobody reports whether a text says that its asker is of no organisation.
func isOfNobody(text string) bool {
	return slices.ContainsFunc(clause.FindAllString(text, -1), func(part string) bool {
		return ofNobody.MatchString(strings.Join(afterRound(strings.Fields(asName(part))), " "))
	})
}

// deniedIn reports whether a clause says only that its asker does not work somewhere.
func (s *Service) deniedIn(part string) bool {
	if isOfNobody(part) {
		return true
	}
	if !s.denies(part) {
		return false
	}
	marked, _ := s.sides(part)
	at := denied.FindStringIndex(marked)
	if at == nil {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(marked[:at[0]]+" "+marked[at[1]:]), func(word string) bool {
		return !round.has(word) && !ofOneself.has(word)
	})
}

// ofOneself are words of who says so.
var ofOneself = words(`i i'm im i've ive am have just we we're are anymore any more either`)

// singular returns a word as lists have it: in small letters, of one.
func singular(word string) string { return strings.TrimSuffix(strings.ToLower(word), "s") }

// asking returns the turns but those in which a user said nothing but where they work, with what they corrected as they meant
// it; none when nothing else was asked.
func (s *Service) asking(turns []index.Turn) []index.Turn {
	var left []index.Turn
	asked := false
	for i, turn := range turns {
		if turn.ByUser && s.onlyStates(turn.Text, turns[:i]) {
			continue
		}
		if turn.ByUser && i > 0 {
			turn.Text, _ = s.meant(turn.Text, left)
		}
		left, asked = append(left, turn), asked || turn.ByUser
	}
	if !asked {
		return nil
	}
	return left
}
