package commands

import (
	"regexp"
	"strings"
)

const (
	sayBye   = "Goodbye. I am here whenever you want to look something up."
	sayNoted = "All right. Ask me whenever there is something to look up."
)

// courtesy is what people say to be polite, or to end a talk, in more ways than a pattern can tell: a text that begins
// as it does, and of which every other word is one of it. A word more, and it may be a question.
type courtesy struct {
	name, sentence string
	begins         *regexp.Regexp
	words          map[string]bool
}

// is reports whether a text, as spoken makes it, is nothing else.
func (c courtesy) is(said string) bool {
	rest := strings.Fields(said[len(c.begins.FindString(said)):])
	if len(rest) == len(strings.Fields(said)) {
		return false
	}
	for _, w := range rest {
		if !c.words[w] {
			return false
		}
	}
	return true
}

// courtesies are looked at in this order, after all else that people say.
var courtesies = []courtesy{
	{"hello", sayHello, begins(`hi+|hello+|he+y+|hiya+|howdy|yo|greetings|morning|mornin|good (?:morning|afternoon|evening|day)|welcome back|alright|sup|wassup|whats up` +
		`|happy (?:\w+day|new year|easter|christmas|holidays|diwali|eid)`), polite("")},
	{"bye", sayBye, begins(`(?:(?:ok|okay|right|well|anyway) )*(?:bye+|goodbye|cya|see (?:ya|you|u)|seeya|laters?|ttfn|good ?night|night(?: night)?|take care` +
		`|have an? (?:good|great|nice|lovely)|(?:i ?m |i am )?off home|(?:i ?m|i am) off|(?:gotta|got to|have to) (?:run|go)|(?:signing|logging) off)`), polite("home off out one rest laters")},
	{"thanks", sayThanks, begins(`(?:(?:ah|oh|ok|okay|great|perfect|brilliant|amazing|lovely|excellent|super|wow|yes|yay|phew|nice one) )*(?:many thanks|thanks?|thank you|thankyou|thx|tnx|tysm|ty` +
		`|ta|cheers|much appreciated|appreciated?(?: (?:it|that|this|you))?|i owe you|(?:i )?love (?:it|this|you)|(?:(?:very|so|super|really) )?(?:helpful|useful)` +
		`|(?:good|great|nice) (?:bot|answer|job|work|one)|(?:youre|you are|ur) (?:(?:so|very|really|such) )*(?:(?:an?|the) )?(?:star|legend|lifesaver|hero|gem|angel|genius|champ|best|great|amazing|awesome|brilliant|helpful|clever|smart|funny|kind))`),
		polite("help helps helped helping helpful sorting sorted fixing fixed answering answer answers explaining quick quickly fast massive huge big million bunch lot lots indeed kind time saved always as ever pint beer coffee drink one amazing brilliant awesome perfect excellent just what needed exactly worked works")},
	{"noted", sayNoted, begins(`(?:ok|okay|k|kk|yep|yup|yeah|yes|yea|no|nah|nope|sure|agreed|(?:i )?(?:(?:totally|completely|fully|quite) )?agree|totally|exactly|fair (?:enough|point)` +
		`|(?:(?:that|it) )?makes (?:(?:total|perfect) )?sense|(?:(?:that|it|this) )?sounds (?:good|great|fine|right)|got it|gotcha|understood|noted|right|oh|ah|hm+|i see|true|indeed|of course|fine|all good` +
		`|no (?:worries|problem|bother)|never ?mind|nvm|ignore (?:me|that|this)|forget (?:it|that|i asked)|oops|whoops|my (?:bad|mistake)|sorry|wrong (?:window|channel|chat|thread)` +
		`|lo+l+|lmao|rofl|(?:ha){2,}h?|(?:he){2,}|hilarious|that (?:cracked me up|made me laugh)|wow|same|me too|done|will do)`),
		set("ok okay right now then that thats it is was me i see all good great fine to you with so oh ah well yeah yes no fair enough makes sense sounds understood got found sorted fixed solved worked works already one wrong window channel chat thread never mind too again x lol haha sorry about didnt mean send asked ignore worry cool thanks")},
}

// begins matches a text that begins so, with whole words.
func begins(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)(?: |$)`) }

// polite returns the words that any courtesy may have, and those given.
func polite(more string) map[string]bool {
	return set(more + ` you your youre u a an the is it its this that thats to of and with for me my i im us all everyone everybody team there here
		bot liaison again today tonight tomorrow now then so very really much well good great nice lovely happy have had hope hoping
		week weeks weekend day morning afternoon evening night monday tuesday wednesday thursday friday saturday sunday new year mate pal buddy
		friend friends folks guys people doing going keeping treating how hows are be been back soon later on see ya was x xx`)
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// courteous returns the command for a text that is nothing but polite.
func courteous(said string) (command, bool) {
	for _, c := range courtesies {
		if c.is(said) {
			return saying(c.name, c.sentence), true
		}
	}
	return command{}, false
}
