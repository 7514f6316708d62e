package ask

import (
	"regexp"
	"slices"
	"strings"

	"liaison/bot/access"
	"liaison/knowledge"
)

// Some questions only name a thing: "ATO?", "what is a discovery phase", "who are the PIFs", "when was 18F
// closed". A page that ranks first for them often only mentions it, as a name stands in many pages; the
// glossary and teams.yaml say it in a sentence, so they speak first and the pages follow.

// mostNaming is the most words of a question that only names something.
const mostNaming = 12

var (
	naming  = regexp.MustCompile(`(?i)^(?:so |and |but |then |sorry |hi |hello |please )*(?:(?:what|who|which|where)(?:'s| is| are| was| were|s)|what do (?:you|we|they|people) mean by|what(?:'s| is) meant by|what(?:'s| is) the meaning of|(?:can|could) you explain|explain|describe|tell me about|tell me what|what do you know about) (.+)$`)
	article = regexp.MustCompile(`(?i)^(?:a|an|the|this|that|our|your) `)
	trailer = regexp.MustCompile(`(?i)(?: (?:again|exactly|anyway|please|thing|thingy|is|are|for|about|mean|means|all about|then))+$`)
	kindOf  = regexp.MustCompile(`(?i) (?:phase|stage|process|programme|program|team|organisation|organization|agency|department|people)$`)
)

// named returns the entries of the glossary and teams.yaml, among those the audience may see, that a
// question asks about and about nothing else; none for any other question.
func (s *Service) named(who access.Audience, text string) []knowledge.Term {
	text = strings.TrimRight(strings.Join(strings.Fields(strings.ReplaceAll(text, "’", "'")), " "), "?!. ")
	if text == "" || len(strings.Fields(text)) > mostNaming {
		return nil
	}
	thing := text
	if asked := naming.FindStringSubmatch(text); asked != nil {
		thing = trailer.ReplaceAllString(asked[1], "")
	}
	thing = strings.Trim(article.ReplaceAllString(thing, ""), `"'“”‘ `)
	bare, all := withoutChat(text), byName(s.known(who))
	for _, name := range []string{thing, kindOf.ReplaceAllString(thing, ""), bare, kindOf.ReplaceAllString(bare, "")} {
		if entries := all.exactly(name); len(entries) > 0 {
			return entries
		}
	}
	return s.lived(text)
}

// Around the thing they name people put a question word, spelled as fast fingers do, and chat. What these leave
// is the thing, when it bears the very name that the glossary has.
var (
	opening = words(`hi hey hello hiya yo um umm uh er erm hmm so ok okay well and but then sorry please pls plz just quick question anyone
		anybody someone somebody does do know knows i im am dont not sure can could u you ya me tell explain describe define the heck hell on earth exactly even actually is iz are was means meaning definition of
		meant by a an this that these those thing about heard keep hearing`)
	ending = words(`is are mean means meaning meant stand stands for definition defined please pls plz again exactly thing thingy even
		actually to me then about all anyway everyone everybody people keep keeps talks talk talking on here short`)
)

var (
	// likeWhat is "what", or what fast fingers make of it: its letters in another order, or one of them missing.
	likeWhat = regexp.MustCompile(`(?i)^(?:w[hatou]{2,3}|hwat)s?$`)
	// whatWord is one by which people ask what a thing is.
	whatWord = regexp.MustCompile(`(?i)\b(?:w[hatou]{2,3}s?|hwats?|explain|describe|define|means?|meaning|definition|stands?)\b`)
)

// asksMeaning reports whether a text that names a thing asks what it is, whatever was said before.
func asksMeaning(text string) bool {
	text = strings.ReplaceAll(text, "’", "'")
	return naming.MatchString(text) || whatWord.MatchString(text) && !goesOn.MatchString(text)
}

// withoutChat returns a text without the words round the thing it names.
func withoutChat(text string) string {
	in := func(list wordList, word string) bool {
		word = strings.ToLower(strings.ReplaceAll(strings.Trim(word, `,.:;!?"“”()`), "'", ""))
		return word == "" || list.has(word) || likeWhat.MatchString(word)
	}
	all := strings.Fields(text)
	for len(all) > 0 && in(opening, all[0]) {
		all = all[1:]
	}
	for len(all) > 0 && in(ending, all[len(all)-1]) {
		all = all[:len(all)-1]
	}
	return strings.Trim(strings.Join(all, " "), `,.:;!?"'“”‘() `)
}

// exactly returns what bears a name. A name that is also a common word ("IT", "who") must be written as
// the glossary does.
func (e entries) exactly(name string) []knowledge.Term {
	name, _ = shorten(name)
	found := e.called(name)
	if !common[strings.ToLower(name)] {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(t knowledge.Term) bool { return !slices.Contains(names(t), name) })
}

// common are words of which some are also acronyms of somebody. They are looked up as they stand: "us" and "as" are among
// them, while a plural of one may be a name ("ONS").
var common = setOf(`a an the it is are was were be am as at by do go he i in me my no of on or so to up us we who what when where why how
	this that these those they them there here and but for from with not all any can may will him her his she you your one two new old
	help hi hello ok yes thanks test start end page home name people team place date time`)

// life are the words of a question for when and how an organisation began, changed its name or ended.
var life = words(`when what who where why how did was were is are has been to of the a an in by happened happen became become closed close
	closing closure shut down end ended ending finish finished over founded founding found created create set up started start began begin
	begun established establish launched launch renamed rename called call name named new old now today still exist existing exists around
	alive thing do does doing going open gone replaced replace replaces took take over after successor merged merge into moved move run runs part year date formed form and`)

// joining is how people ask whether they may work for an organisation: of one that has closed, its life is the answer.
var joining = regexp.MustCompile(`(?i)^(?:(?:can|could|may|how (?:do|can|could|would)) (?:i|we|you|people|one) (?:still )?(?:join|apply (?:to|for|at)|work (?:at|for)|get (?:a job (?:at|with|in)|into|hired (?:by|at))|apply for (?:a job|jobs|work) (?:at|with)) (?:the )?§|(?:i|we)(?:'d)? (?:want|would like|like) to (?:join|work (?:at|for)) (?:the )?§|(?:is|are) (?:the )?§ (?:still )?(?:hiring|recruiting)|(?:any )?(?:jobs?|vacanc(?:y|ies)|openings?|internships?) (?:at|with|in) (?:the )?§)(?: now| today| please)?$`)

// lived returns the organisation whose life a question asks after: "when was 18F closed", "what is USDS
// called now"; "can I join 18F", when it has closed. Of several named in it the question is about how they differ, and
// a page tells that.
func (s *Service) lived(text string) []knowledge.Term {
	marked, sides := s.sides(text)
	if len(sides) != 1 || sides[0].country {
		return nil
	}
	o := s.organisation(sides[0].ids[0])
	if o.About != "" && closed(o, s.Now()) && joining.MatchString(marked) {
		return []knowledge.Term{organisationTerm(o)}
	}
	asks := 0
	for word := range strings.FieldsSeq(strings.ToLower(marked)) {
		switch {
		case word == gap:
		case life.has(word):
			asks++
		default:
			return nil
		}
	}
	if asks == 0 || o.About == "" {
		return nil
	}
	return []knowledge.Term{organisationTerm(o)}
}
