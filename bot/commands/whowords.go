package commands

import (
	"regexp"
	"strings"
)

// People are asked for in sentences: "who works on Login.gov?", "can you put me in touch with somebody who
// knows about user research?" What is recognised here names a person to look for and a topic; whatever could
// as well be a question about the topic itself stays one, as under its answer stands "Who knows".

// The parts of such sentences.
const (
	onePerson  = `(?:some(?:body|one)|any(?:body|one)|an?\s+(?:real\s+)?(?:person|colleague|contact|expert|specialist))`
	somePerson = `(?:` + onePerson + `|(?:some\s+|any\s+|the\s+)?(?:experts?|specialists?))`
	somePeople = `(?:` + somePerson + `|(?:some\s+|any\s+|the\s+)?(?:people|persons?|colleagues|folks)|the\s+(?:right\s+|best\s+)?(?:person|people|team))`
	which      = `(?:\s+(?:else|here|there|out\s+there|new))*(?:\s+(?:who|that)(?:['’]s)?)?`
	speakTo    = `(?:ask|talk\s+(?:to|with)|speak\s+(?:to|with)|chat\s+(?:to|with)|contact|meet|turn\s+to|go\s+to|approach|see|email|message|write\s+to|get\s+in\s+touch\s+with|reach\s+out\s+to)`
	aboutWord  = `(?:\s+(?:about|of|on|with|in|for|at|regarding|concerning))?`

	// knowing is what follows "who" when it is about knowing something.
	knowing = `(?:(?:might\s+|would\s+|may\s+|will\s+)?knows?(?:\s+(?:anything|something|a\s+lot|lots|a\s+bit|most|more|much|all))?` +
		`|(?:can|could|should|do|would|might)\s+(?:i|we|you)\s+(?:best\s+)?` + speakTo +
		`|to\s+` + speakTo +
		`|(?:can|could|might|would)\s+(?:help|tell|advise)(?:\s+(?:me|us))?(?:\s+out)?` +
		`|(?:(?:has|have|had|with)\s+)?(?:(?:any|some|a\s+lot\s+of|much|good|real)\s+)?(?:experience|expertise|knowledge)` +
		`|(?:(?:has|have|had|with)\s+)(?:any\s+)?(?:done(?:\s+(?:any\s+|some\s+)?work)?|worked|dealt|used|built)` +
		`|(?:works?|working|is\s+working|are\s+working|worked)\s+(?:on|with|in|for)` +
		`|(?:deals?|dealing|dealt)\s+with|(?:looks?|looking)\s+after|(?:takes?|taking)\s+care\s+of|handles?|handling|understands?|covers?` +
		`|speciali[sz](?:es?|ing)\s+in|(?:is\s+|are\s+)?good\s+(?:at|with)` +
		`|(?:(?:is|are)\s+)?(?:the\s+(?:person|people|one|ones|team)\s+)?(?:responsible|accountable|in\s+charge)\s+(?:for|of)` +
		`|(?:(?:is|are)\s+)?(?:(?:an?|the|our|your)\s+)?(?:right\s+|best\s+|main\s+|go-to\s+)*(?:experts?|specialists?|persons?|people|contacts?)(?:\s+(?:who\s+knows?|to\s+` + speakTo + `))?\s+(?:about|on|in|for|at|with|regarding))`
)

var (
	// whoLead is what stands between "who" and the topic when somebody asks in a sentence.
	whoLead = regexp.MustCompile(`(?i)^(?:(?:here|there|else|exactly)\s+)*` + knowing + aboutWord + `(?:\s+|$)`)
	// statement is how a question begins that wants an answer, not a list of people: "who is responsible for …?"
	statement = regexp.MustCompile(`(?i)^(?:is|are|was|were|am|does|did|do|will|would|should|must|may|might|can|could|has|have|had|gets?|owns?|runs?|pays?|signs?|approves?|decides?|needs?|makes?|wrote|built|made|sits?|sees|reads|says|uses|checks|reviews|gives|sets|chooses|counts|qualifies|joins|attends)\b`)
	// duty is what an answer says better than a list of people, though it reads as one who knows.
	duty = regexp.MustCompile(`(?i)^(?:(?:is|are)\s+.*\b(?:responsible|accountable|in\s+charge)\s+(?:for|of)\b|d(?:oes|id)\b)`)
	// groupOf is a group called by its topic: "who are the accessibility people?"
	groupOf = regexp.MustCompile(`(?i)^(?:is|are)\s+(?:the|your|our)\s+(.{2,60}?)\s+(?:people|experts?|specialists?|folks)[?! ]*$`)

	whoBegins = regexp.MustCompile(`(?i)^whom?(['’]s)?\s+`)
	// asIf is what may stand before "who" without another meaning, and what is said instead of it.
	asIf      = regexp.MustCompile(`(?i)^(?:(?:(?:can|could|would)\s+you\s+)?(?:please\s+)?(?:tell|show)\s+(?:me|us)|any\s+idea|(?:do|would)\s+(?:you|we)\s+know|i\s+wonder|i(?:['’]d|\s+would)\s+like\s+to\s+know|(?:i\s+)?(?:want|need)\s+to\s+know),?\s+(whom?\s+.+)$`)
	whichOne  = regexp.MustCompile(`(?i)^(?:which|what)\s+(?:person|people|colleagues?|experts?)\s+(.+)$`)
	politely  = regexp.MustCompile(`(?i)^(?:(?:hi|hello|hey|ok|okay|please|so|and|then|also|liaison|well)[,!.:]*\s+)+`)
	sayPlease = regexp.MustCompile(`(?i)(?:[,\s]+(?:please|thanks|thank\s+you|for\s+me))+[?!. ]*$`)

	// whenAsking is what says no more than that somebody asks: "who can I contact if I have questions about …"
	whenAsking = regexp.MustCompile(`(?i)^(?:if|when|for|with)\s+(?:(?:i|we)\s+have\s+)?(?:an?\s+|any\s+|some\s+|my\s+|our\s+)?(?:questions?|problems?|issues?|concerns?|help|advice)\s+(?:about|with|on|regarding)\s+`)

	willYou  = `(?:(?:can|could|would|will)\s+(?:you|u)\s+(?:please\s+|kindly\s+|maybe\s+)?)?`
	iWant    = `(?:i(?:['’]d|\s+would)?\s+(?:really\s+)?(?:like|love|want|need|wish|hope)\s+(?:you\s+)?to\s+|i\s+(?:wanna|gotta)\s+|(?:can|could|may|might)\s+i\s+|(?:how|where)\s+(?:can|do|could)\s+i\s+)`
	bringing = regexp.MustCompile(`(?i)^` + willYou + `(?:introduce|connect|match|hook)\s+(?:me|us)(?:\s+up)?\s+(?:with|to)\s+(.+)$|^` +
		willYou + `(?:put|get|bring)\s+(?:me|us)\s+(?:in\s+(?:touch|contact)|together|through)\s+(?:with|to)\s+(.+)$|^` +
		iWant + `be\s+(?:introduced|connected|put\s+in\s+(?:touch|contact))\s+(?:to|with)\s+(.+)$`)
	meeting  = regexp.MustCompile(`(?i)^(?:` + iWant + `|` + willYou + `(?:find|get)\s+(?:(?:me|us)\s+)?)(?:` + speakTo + `\s+)?(` + somePerson + `\s+(?:else\s+|here\s+)?(?:who|that|about|with|in|from|on|at|for|working|regarding|doing)\b.+)$`)
	expertIn = regexp.MustCompile(`(?i)^(?:is|are)\s+there\s+((?:an?|any)\s+(?:experts?|specialists?)\s+(?:on|in|for|at|with)\s+.+)$`)
	seeking  = regexp.MustCompile(`(?i)^(?:` + willYou + `(?:(?:find|get|show|recommend|suggest)\s+(?:(?:me|us)\s+)?|(?:point|direct|refer|send)\s+(?:me|us)\s+(?:to|towards?|at)\s+)|(?:i(?:['’]m|\s+am)\s+|we(?:['’]re|\s+are)\s+)?(?:looking\s+for|after)\s+|(?:i|we)\s+need\s+(?:to\s+find\s+)?|(?:is|are)\s+there\s+|do\s+(?:you|we|u)\s+(?:know|have)\s+)(` +
		somePeople + which + `)\s+((?:does|doing)|` + knowing + aboutWord + `)\s+(\S.*)$`)
	calling = regexp.MustCompile(`(?i)^(?:(?:does|has|is)\s+)?(any(?:body|one)` + which + `)\s+(` + knowing + aboutWord + `)\s+(\S.*)$`)
	oneOf   = regexp.MustCompile(`(?i)^` + onePerson + which + `(?:\s+(?:does|doing|did|about|with|in|from|on|at|of|for|working\s+on|regarding))?(?:\s+|$)`)
	someOf  = regexp.MustCompile(`(?i)^` + somePeople + which + `\s+(?:(?:does|doing|did)|` + knowing + aboutWord + `)\s+`)
	// openly is a question that everybody in a room is asked, for what they know and not for who they are.
	openly = regexp.MustCompile(`(?i)^(?:can|could|would|will)\s+any(?:body|one)\b|^d(?:oes|o|id)\s+any(?:body|one)\s+(?:else\s+|here\s+|out\s+there\s+)*(?:know|have|remember|understand)\b|\bknows?\s+(?:how|why|what|where|when|whether|if|which|who)\b`)
)

// wantsPeople returns the command for a sentence that asks for people in other words than "who", with what it
// is about; not ok for any other.
func wantsPeople(text string) (c command, rest string, ok bool) {
	text = politely.ReplaceAllString(strings.TrimSpace(text), "")
	if rest, ok = afterWho(text); ok {
		whom := strings.EqualFold(text[:min(len(text), len("whom"))], "whom") // "whom to interview" is about the work
		return whoCommand(), rest, asksWho(rest) && (!whom || few(12)(rest) && whoLead.MatchString(rest))
	}
	if rest, ok = insteadOfWho(text); ok {
		return whoCommand(), rest, true
	}
	switch plainWords(text) {
	case "introduce me", "introduce us", "introduce me to", "can you introduce me":
		return introduceCommand(), "", true
	}
	if found := bringing.FindStringSubmatch(text); found != nil {
		return introduceCommand(), "me to " + found[1] + found[2] + found[3], true
	}
	switch {
	case openly.MatchString(text):
		return command{}, "", false
	case sought(text) != nil:
		return whoCommand(), strings.Join(sought(text), " "), true
	case !ofPeople.MatchString(text):
	case expertIn.MatchString(text):
		return whoCommand(), expertIn.FindStringSubmatch(text)[1], true
	case meeting.MatchString(text):
		return introduceCommand(), "me to " + meeting.FindStringSubmatch(text)[1], true
	}
	return command{}, "", false
}

// afterWho returns what follows "who", with the verb of "who's".
func afterWho(text string) (rest string, ok bool) {
	lead := whoBegins.FindStringSubmatch(text)
	switch {
	case lead == nil:
		return "", false
	case lead[1] != "":
		return "is " + text[len(lead[0]):], true
	}
	return text[len(lead[0]):], true
}

// sought returns the parts of a sentence in which somebody looks for people: for whom, what they do, and the
// topic; nil for any other.
func sought(text string) []string {
	if !ofPeople.MatchString(text) {
		return nil
	}
	for _, sentence := range []*regexp.Regexp{seeking, calling} {
		if found := sentence.FindStringSubmatch(text); found != nil {
			return found[1:]
		}
	}
	return nil
}

// ofPeople are the words without which no sentence here is about looking for somebody: most texts have none.
var ofPeople = regexp.MustCompile(`(?i)\b(?:some|any)(?:body|one)\b|\b(?:persons?|people|colleagues?|folks|contact|experts?|specialists?|team)\b`)

// insteadOfWho returns what follows "who" in a sentence that has it further on or puts it in other words: "any
// idea who knows about X?", "which person should I ask about X?"
func insteadOfWho(text string) (rest string, ok bool) {
	if found := asIf.FindStringSubmatch(text); found != nil {
		rest, _ = afterWho(found[1])
	} else if found = whichOne.FindStringSubmatch(text); found != nil {
		rest = found[1]
	}
	return rest, rest != "" && few(12)(rest) && whoLead.MatchString(rest) && !duty.MatchString(rest)
}

// asksWho reports whether what follows "who" names a topic to know about: "who knows about X", or a few
// words that are no question of another kind.
func asksWho(rest string) bool {
	if groupOf.MatchString(rest) || whoLead.MatchString(rest) && !duty.MatchString(rest) {
		return true
	}
	return !statement.MatchString(rest) && !doesThat.MatchString(rest) && few(8)(rest)
}

// doesThat is what follows "who" in a question about what was just talked about: "who reviews it?"
var doesThat = regexp.MustCompile(`(?i)^\S+s\s+(?:it|this|that|them|these|those|one)[?!. ]*$`)

// Topic returns the topic in what follows "who", in a message somebody pointed at, or in a sentence that
// describes whom somebody looks for; "" when it names none.
func Topic(text string) string {
	text = sayPlease.ReplaceAllString(politely.ReplaceAllString(strings.TrimSpace(text), ""), "")
	if rest, ok := afterWho(text); ok && (asksWho(rest) || whoLead.MatchString(rest)) {
		text = rest // "who who knows about X", or a message that asks it
	} else if rest, ok = insteadOfWho(text); ok {
		text = rest
	}
	if found := sought(text); found != nil && !openly.MatchString(text) {
		text = found[2]
	}
	if described(text) {
		text = topicDescribed(text)
	}
	if found := groupOf.FindStringSubmatch(text); found != nil {
		text = found[1]
	}
	if !openly.MatchString(text) {
		text = whoLead.ReplaceAllString(text, "")
	}
	text = whenAsking.ReplaceAllString(text, "")
	return strings.TrimSpace(strings.TrimRight(text, "?!., "))
}

// topicDescribed is what somebody who is described knows: what stands after "about", else what is left
// without the words for a person.
func topicDescribed(text string) string {
	if at := aboutIt.FindAllStringIndex(text+" ", -1); len(at) > 0 {
		if topic := strings.TrimSpace(text[min(at[len(at)-1][1], len(text)):]); topic != "" {
			return topic
		}
	}
	return oneOf.ReplaceAllString(someOf.ReplaceAllString(text, ""), "")
}

// described reports whether a text begins with a person who has no name: "somebody who …".
func described(text string) bool { return oneOf.MatchString(text) || someOf.MatchString(text) }
