package commands

import "regexp"

const sayIdle = "I know nothing of that: I have read only what government digital teams have published about their work. Ask me about that, for example: how do we test with users?"

// idle is what people say to a machine to see what it does, of the weather and of jokes. As all talk it is
// recognised by the whole text. Nobody in government need be asked about it.
var idle = regexp.MustCompile(`^(?:(?:please|ok|okay|hey|hi|hello|so|liaison|and) )*(?:` +
	`(?:(?:whats|what is|what will|how is|hows|hows about|what about|how will|do you know|tell me|give me)(?: be)? )?(?:the |todays |tomorrows )?(?:weather|temperature|forecast|weather forecast)(?: be)?(?: (?:like|be like|report|forecast|please))?` + when +
	`|(?:will|is|does) it (?:be |going to |gonna )*(?:rain|raining|snow|snowing|sunny|cold|hot|warm|wet|windy)(?: outside)?` + when +
	`|(?:(?:can|could|will|would|do) you )?(?:please )?(?:tell|give|say|sing|write|make up|know|crack)(?: (?:me|us))? (?:a|an|another|some|any)(?: (?:good|funny|silly|short|new|dad|bad|knock knock|better))* (?:jokes?|puns?|riddles?|poems?|haikus?|songs?|limericks?|funny ones?)(?: (?:please|now|then|about \w+(?: \w+)?))?` +
	`|make (?:me|us) laugh|another joke|jokes?|knock knock|sing(?: (?:to|for) (?:me|us))?|say something funny|im bored|i am bored` +
	`|what(?: is|s)? the meaning of life|what time is it(?: (?:now|there|please))?|what day is it(?: today)?|who won the (?:\w+ ){0,2}(?:match|game|cup|football|cricket|league|final)(?: (?:yesterday|last night|today))?` +
	`|(?:do you|will you|can you) (?:love me|like me|marry me|dream|sleep|eat|dance|sing)|(?:whats|what is) your favou?rite (?:colou?r|food|film|movie|song|book|animal)|(?:whats|what is) the news(?: today)?)$`)

// when is what may follow, of the weather: when and where it is.
const when = `(?: (?:today|tonight|tomorrow|now|right now|outside|there|here|later|please|like|on \w+day|(?:this|next|at the) (?:week|weekend|afternoon|evening|morning|week end)|in (?:the )?\w+(?: (?:dc|york|francisco|city))?))*`
