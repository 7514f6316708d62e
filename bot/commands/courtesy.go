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
// as it does, and of which every other word is one of it or begins another. A word more, and it may be a question.
type courtesy struct {
	name, sentence string
	begins         *regexp.Regexp
	words          map[string]bool
}

// courtesies are looked at in this order, after all else that people say.
var courtesies = []courtesy{
	{"hello", sayHello, begins(`hi+|hello+|helo|he+y+|hiya+|howdy|yo|greetings|morning|mornin|good (?:morning|afternoon|evening|day)|welcome back|alright|sup|wassup|whats up` +
		`|happy (?:\w+day|new year|easter|christmas|holidays|diwali|eid)|nice to (?:meet|see) (?:you|u)|long time no see|im back` +
		`|(?:how are|hows|how r) (?:you|u|things|it)(?: (?:all|both|doing|going|keeping|today))*`), wordSet(wishes)},
	{"bye", sayBye, begins(`bye+|goodbye|cya|see (?:ya|you|u)|seeya|laters?|ttfn|good ?night|night(?: night)?|take care|speak soon|have an? (?:good|great|nice|lovely)` +
		`|(?:i ?m |i am )?off home|(?:i ?m|i am) off now|(?:gotta|got to) (?:run|go)|(?:signing|logging) off(?: now| for (?:today|the day))`), wordSet(wishes + " home off")},
	{"thanks", sayThanks, begins(`many thanks|no thanks?(?: you)?|thanks?|thank you|thankyou|tha?nks|thnaks|tahnks|thx|tnx|tysm|ty|ta|cheers|merci|gracias|danke|much appreciated|appreciated?(?: (?:it|that|this|you))?|i owe you(?: (?:a|one|big|pint|beer|coffee|drink))*` +
		`|(?:i )?love (?:it|this|you)|(?:very|so|super|really) (?:helpful|useful)|helpful|(?:good|great|nice) (?:bot|answer|job|work|one)|legend|spot on|well done|great|perfect|brilliant|amazing|awesome|lovely|excellent|(?:that|this) (?:helps|helped|works|worked)|(?:that|this) (?:was|is) (?:helpful|useful|great|perfect)|exactly what i (?:needed|wanted|was (?:looking|hoping) for)` +
		`|(?:youre|you are|ur|u r) (?:(?:so|very|really|such) )*(?:(?:an?|the) )?(?:star|legend|lifesaver|hero|gem|angel|genius|champ|best|great|amazing|awesome|brilliant|helpful|clever|smart|funny|kind)`),
		wordSet(wishes + ` help helps helped helping sorting sorted fixing fixed answering answer answers explaining quickly massive huge big million bunch lot lots
		indeed kind time saved saving always as ever amazing brilliant awesome perfect excellent just worked works me my your that thats this was is the it`)},
	{"noted", sayNoted, begins(`ok|okay|k|kk|yep|yup|yeah|yes(?: please)?|yea|no|nah|nope|sure(?: thing)?|agreed|(?:i )?(?:(?:totally|completely|fully|quite) )?agree|totally|exactly|fair (?:enough|point)` +
		`|(?:(?:that|it) )?makes (?:(?:total|perfect) )?sense|(?:(?:that|it|this) )?sounds (?:good|great|fine|right)(?: to me)?|got it|gotcha|understood|noted|right|oh|ah|hm+|i see|true|indeed|of course|fine|all (?:good|done|sorted|clear)|good to know` +
		`|(?:that )?answers (?:my|the) question|thats (?:all|everything|it)|(?:i )?found it|im (?:good|fine|done)|no (?:worries|problem|bother|more questions)|dont worry|maybe later|you too|same to you|likewise` +
		`|(?:let me|ill|i will|will) (?:try|check|look)(?: (?:that|it|this|into it|into that))?|never ?mind|nvm|ignore (?:me|that|this)|forget (?:it|that)|cancel|oops|whoops|(?:i )?didnt mean to(?: (?:send|post|ask|do))?(?: (?:that|it))?|my (?:bad|mistake)|sorry|wrong (?:window|channel|chat|thread)` +
		`|lo+l+|lmao|rofl|(?:ha){2,}h?|(?:he){2,}|hilarious|that (?:cracked me up|made me laugh)|wow|huh|pardon|me too|done|will do|nice|cool|super|yay|phew|testing (?:testing )*1 ?2 ?3`),
		wordSet(`ok okay right now then thats it me i all good great fine with so oh ah well yeah yes no enough got found sorted solved already one too again x lol
		haha about asked myself cool everyone everybody`)},
}

// begins matches as much as it can of a text that begins so, with whole words.
func begins(pattern string) *regexp.Regexp {
	re := regexp.MustCompile(`^(?:` + pattern + `)(?: |$)`)
	re.Longest()
	return re
}

// wishes are the words of greetings and good wishes. None of them asks.
const wishes = `you your u a an and to too the for of from all everyone everybody team there here bot liaison again today tonight tomorrow now then so very
	really much well good great nice lovely happy rest have had hope hoping week weeks weekend day morning afternoon evening night
	monday tuesday wednesday thursday friday saturday sunday new year mate pal buddy friend friends folks guys both going treating
	be been back soon later on x xx xxx`

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

// courteous returns the command for a text that is nothing but polite: the first that is more than a word of assent. Who
// asks with a question mark asks something, but for how somebody is.
func courteous(text, said string) (command, bool) {
	if strings.ContainsAny(text, "?？") && !greets.MatchString(said) {
		return command{}, false
	}
	kind := politeness(said, map[string]*courtesy{})
	if kind == nil {
		return command{}, false
	}
	return saying(kind.name, kind.sentence), true
}

// greets are greetings that are put as questions.
var greets = regexp.MustCompile(`^(?:(?:hi+|hello+|hey+|hiya|yo|morning|good (?:morning|afternoon|evening)|alright)(?: (?:all|there|team|everyone|mate|liaison|bot))* )?(?:(?:how are|hows|how r) (?:you|u|things|it)(?: (?:all|both|doing|going|keeping|today))*|whats up|sup|alright)$`)

// politeness takes a text apart into courtesies, as often as one begins where another may go on. known holds what was
// found of its ends, so that none is taken apart twice.
func politeness(said string, known map[string]*courtesy) *courtesy {
	if kind, ok := known[said]; ok {
		return kind
	}
	known[said] = nil
	for i := range courtesies {
		c := &courtesies[i]
		begin := c.begins.FindString(said)
		if begin == "" {
			continue
		}
		if kind := c.goesOn(said[len(begin):], known); kind != nil {
			known[said] = kind
			return kind
		}
	}
	return nil
}

// goesOn returns what a text is that began as a courtesy and goes on so: that, or the next one when it is a word of
// assent; nil when it is more than polite.
func (c *courtesy) goesOn(rest string, known map[string]*courtesy) *courtesy {
	for rest != "" {
		if next := politeness(rest, known); next != nil && c.name == "noted" {
			return next
		} else if next != nil {
			return c
		}
		word, more, _ := strings.Cut(rest, " ")
		if !c.words[word] {
			return nil
		}
		rest = more
	}
	return c
}
