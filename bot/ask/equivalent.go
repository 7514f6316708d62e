package ask

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/access"
	"liaison/index"
	"liaison/knowledge"
)

// "What is the UK version of Section 508?" names one thing and asks for another: what the other side has in its
// place. A search for those words finds the page of the thing itself. The glossary says what is nearest to what,
// so it answers, whichever way that is asked.

const (
	sideWords = `(?:uk|u\.k\.|united kingdom|british|brit|english|scottish|us|u\.s\.|usa|american|stateside|canadian|transatlantic|other side'?s|their|our|your)`
	kinWords  = `(?:version|equivalent|counterpart|analogue|analog|alternative|answer|name|word|term|match|parallel|cousin)`
	whatWords = `(?:so |and |but |ok |please )*(?:what(?:'s| is| was| would be| would| are|s)|who(?:'s| is| are|s)|which is|is there|are there|do (?:they|we|you) have|does (?:the )?(?:uk|us) have|tell me|name|give me|find me|i need|looking for)(?: the| a| an| any| your| our| some)?`
	placeIn   = `(?: (?:in|over in|for|across|on) (?:the )?[a-z .]+)?`
)

// kin are the ways to ask for an equivalent; the last group is the thing.
var kin = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(?:` + whatWords + ` )?(?:` + sideWords + `(?:'s)? )?(?:nearest |closest )?` + kinWords + `s? (?:of|to|for) (.+)$`),
	regexp.MustCompile(`(?i)^(?:` + whatWords + ` )?(?:nearest|closest)(?: thing)? (?:to|equivalent to) (.+)$`),
	regexp.MustCompile(`(?i)^(?:and |so )?(?:what|how) (?:do|would|does|did) (?:the |people |they |folks )*(?:americans?|brits?|british|english|us|uk|usa|america|britain|washington|london|over there|in the us|in the uk|in america|on the other side) ?(?:in (?:the )?(?:us|uk|usa|america|britain) |people |side |government |govt )*(?:call|name|say|have for|have instead of|use instead of|use for) (.+)$`),
	regexp.MustCompile(`(?i)^(?:and |so )?what (?:do|would) they (?:call|say for|have for|have instead of|use instead of|use for) (.+)$`),
	regexp.MustCompile(`(?i)^(?:and |so )?what (?:do|would) (?:you|we|people|folks) (?:call|say for|have for|have instead of|use instead of) (.+? (?:(?:in|over in) (?:the )?(?:us|uk|usa|united states|united kingdom|america|britain|england)|over there|across the (?:atlantic|pond)|on the other side))$`),
	regexp.MustCompile(`(?i)^(?:and |so )?what(?:'s| is| are| was|s) (.+?) (?:called|known as|named) (?:(?:in|over in|across|on) (?:the )?[a-z .]+|over there)$`),
	regexp.MustCompile(`(?i)^(?:and |so )?(?:what|who)(?: in the (?:uk|us))? (?:corresponds|is similar|is equivalent|is comparable|compares|is analogous) to (.+)$`),
	regexp.MustCompile(`(?i)^(?:what(?:'s| is) (?:something |anything )?like|something like|anything like) (.+?) (?:in|on|over in) (?:the )?[a-z ]+$`),
	regexp.MustCompile(`(?i)^(?:is|are) there (?:a|an|any) (?:british|american|uk|us) (.+)$`),
	regexp.MustCompile(`(?i)^(?:do|does) (?:the )?(?:uk|us|americans|brits|british|america|britain) have (?:a|an|any|something like) (.+)$`),
	regexp.MustCompile(`(?i)^(?:the )?(.+?)(?:'s)? (?:` + sideWords + ` )?(?:version|equivalent|counterpart)` + placeIn + `$`),
}

// elsewhereTail is where an equivalent is wanted, said at the end.
var elsewhereTail = regexp.MustCompile(`(?i)(?: (?:in|over in|on|for|across|used in|that) (?:the )?(?:uk|us|u\.s\.|u\.k\.|usa|united states|united kingdom|britain|england|scotland|america|states|government|federal government|other side|atlantic|pond|british|american|americans|brits|other country)(?: (?:government|side|have|has|use|uses))?| over (?:there|here)| here| called| be| please| then)+$`)

// pronoun is what stands for the thing that was just talked about.
var pronoun = regexp.MustCompile(`(?i)^(?:that|this|it|those|these|them|one|that one)$`)

// kinOfThat asks for the equivalent of what was just talked about: "what's the UK version?", "is there an equivalent?"
var kinOfThat = regexp.MustCompile(`(?i)^(?:and |so |but |ok )*(?:` + whatWords + ` )?(?:the |an? |any |your |our )?(?:` + sideWords + `(?:'s)? )?(?:nearest |closest )?(?:version|equivalent|counterpart|analogue|analog|parallel)` + placeIn + `$`)

// having asks whether somebody has a thing, too: "do we have that in the UK?"
var having = regexp.MustCompile(`(?i)\bhave\b|\b(?:is|are) there\b`)

// termIn returns the longest name in a text of something that the glossary knows a nearest of; "" when it holds none.
func (s *Service) termIn(who access.Audience, text string) string {
	text = " " + asName(text) + " "
	longest := ""
	for _, t := range s.known(who) {
		for _, name := range names(t) {
			if len(t.Nearest) > 0 && len(name) > len(longest) && nameAt(text, strings.ToLower(text), name) >= 0 {
				longest = name
			}
		}
	}
	return longest
}

// equivalents returns, for a question that asks for the equivalent of something, the entries of that with what
// is nearest to it, and the entries of the nearest, among those the audience may see. thing is what it asks of.
// Of a question for something that nobody knows an equivalent of, or for anything else, there are none.
func (s *Service) equivalents(who access.Audience, text string, turns []index.Turn) (entries []knowledge.Term, thing string) {
	thing = kinOf(text)
	if country := s.onlyCountry(text); thing == "" && country != "" { // "what is Login.gov?", "and in the UK?"
		name := s.lastNamed(who, turns)
		if name == "" && having.MatchString(text) {
			name = s.termIn(who, subjectOf(turns))
		}
		of := s.withNearest(who, name)
		near := s.nearestOf(who, of)
		if slices.ContainsFunc(near, func(t knowledge.Term) bool { return sourceCountry(t) == country }) {
			return append(of, near...), of[0].Term
		}
	}
	if thing == "" {
		return nil, ""
	}
	if pronoun.MatchString(thing) {
		thing = s.lastNamed(who, turns)
	}
	for _, name := range []string{thing, article.ReplaceAllString(thing, ""), kindOf.ReplaceAllString(thing, "")} {
		if of := s.withNearest(who, name); len(of) > 0 {
			return append(of, s.nearestOf(who, of)...), thing
		}
	}
	return nil, thing
}

// kinOf returns the thing that a question asks for the equivalent of; "" when it asks anything else.
func kinOf(text string) string {
	text = strings.TrimRight(strings.Join(strings.Fields(strings.ReplaceAll(text, "’", "'")), " "), "?!. ")
	if len(strings.Fields(text)) > mostNaming+4 {
		return ""
	}
	if kinOfThat.MatchString(text) {
		return "that"
	}
	for _, way := range kin {
		if asked := way.FindStringSubmatch(text); asked != nil {
			thing := elsewhereTail.ReplaceAllString(asked[len(asked)-1], "")
			return strings.Trim(article.ReplaceAllString(thing, ""), `"'“”‘ `)
		}
	}
	return ""
}

// onlyCountry returns the country of a text that names nothing else, "" of any other.
func (s *Service) onlyCountry(text string) string {
	marked, named := s.sides(text)
	if len(named) != 1 || !named[0].country || !onlyNames(marked) {
		return ""
	}
	return s.countryOf(named[0])
}

// sourceCountry returns the country of the government that tells of a term, by its address, "" for any other source.
func sourceCountry(t knowledge.Term) string {
	source, err := url.Parse(t.Source)
	switch {
	case err != nil:
		return ""
	case strings.HasSuffix(source.Hostname(), ".uk"):
		return "gb"
	case strings.HasSuffix(source.Hostname(), ".gov"):
		return "us"
	}
	return ""
}

// withNearest returns the entries of a name that have something nearest: its own, or those of a term that begins
// with it ("FedRAMP" is explained under "FedRAMP authorization").
func (s *Service) withNearest(who access.Audience, name string) []knowledge.Term {
	if termKey(name) == "" {
		return nil
	}
	var found []knowledge.Term
	for _, t := range s.Define(who, name).Entries {
		if len(t.Nearest) > 0 {
			found = append(found, t)
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, t := range s.known(who) {
		if len(t.Nearest) > 0 && slices.ContainsFunc(names(t), func(n string) bool {
			return len(n) > len(name) && strings.EqualFold(n[:len(name)], name) && n[len(name)] == ' '
		}) {
			return []knowledge.Term{t}
		}
	}
	return nil
}

// nearestOf returns the entries of what is nearest to some, which need not say again what those are near to.
func (s *Service) nearestOf(who access.Audience, of []knowledge.Term) []knowledge.Term {
	var found []knowledge.Term
	all := byName(s.known(who))
	for _, t := range of {
		for _, n := range t.Nearest {
			for _, entry := range all.exactly(n.Term) {
				same := func(o knowledge.Term) bool { return o.Term == entry.Term }
				if !slices.ContainsFunc(of, same) && !slices.ContainsFunc(found, same) {
					entry.Nearest = nil
					found = append(found, entry)
				}
			}
		}
	}
	return found
}

// lastNamed returns what the question before named, when that is all it did.
func (s *Service) lastNamed(who access.Audience, turns []index.Turn) string {
	for _, turn := range slices.Backward(turns) {
		if !turn.ByUser {
			continue
		}
		if entries := s.named(who, turn.Text); len(entries) > 0 {
			return entries[0].Term
		}
		switch thing := kinOf(turn.Text); {
		case pronoun.MatchString(thing) || s.onlyCountry(turn.Text) != "": // it leans on what was named before
		default:
			return thing
		}
	}
	return ""
}
