package index

// weights are all the numbers of ranking. "Lab" is the study of Bleve 2.6.3 over nine judged collections
// that came before this package; "here" is eval on the development sets, as the package doc tells.
type weights struct {
	K1 float64 // saturation of BM25

	Title, TitleB            float64 // weight and length share b of each field of BM25F
	Head, HeadB              float64
	Body, BodyB              float64
	Pair, PairB              float64 // neighbouring terms as terms of their own, all text: of the second look
	HeadPair                 float64 // the same of title and headings, by how much of them is asked: of the second look
	Slug, SlugB              float64 // the page's file name
	Parent, ParentB, ParentK float64 // the whole page the passage is from

	// What people would ask, per page: all lines as one text; the best single line, with its pairs;
	// whole text and lines as one. How much each counts depends on the question: fusion.json.
	AskedK, AskedB         float64
	LineK, LineB, LinePair float64
	LineRarity             float64 // power of the idf of a word in lines, as a share of the greatest there is
	BothK                  float64
	Unasked                float64 // what each of these is taken to be where nobody has said what people would ask, by the text
	Lift                   float64 // of the passage that the best line was written for, by the line's score

	Near, Soft float64 // of the second look: neighbouring words near each other, words nearly alike

	First float64 // of the first passage of a page, as a share of the question

	Bare, Full float64 // the share of its score that a passage keeps which is but its headings; from how many words on it keeps all

	Second, Third float64 // a document is its best passage and these shares of the next two

	Absent float64 // what passages that a short document does not have count for, of its best

	Post float64 // factor of a dated post, which tells what happened, not what to do

	UserTurn, BotTurn, TurnDecay float64 // words of earlier turns, each turn back for less

	OtherWord           float64 // words of the other side of the Atlantic, see otherwords.txt
	Phrase              float64 // words for a phrase of words that mean something else by themselves, there
	LongForm, ShortForm float64 // words added for an acronym, and the acronym for its words
	Joined              float64 // two words of the question written as one ("front end", "frontend")
}

// ranking are the weights in use.
var ranking = weights{
	K1: 1.2, // lab: the usual 1.2 and .75 beat .9/.4 on passages by .01–.04 nDCG@10

	Title: 2.5, TitleB: .5, // lab: 2, with pairs of title and headings as a field; here, with HeadPair: macro .717/.597 → .718/.596, doc2dial by page .794/.667 → .804/.684, by passage .705/.570 → .709/.577
	Head: 2, HeadB: .5, // lab
	Body: 1, BodyB: .75, // lab
	Pair: .4, PairB: .75, // lab: +.026
	// Here, with Title: macro .712/.583 with a field of pairs at .4 → .718/.596; .4 to .8 .715/.592 to .718/.598.
	HeadPair: .6,
	Slug:     .4, SlugB: .5, // lab
	Parent: .2, ParentB: .75, ParentK: .4, // lab: .4, +.004 with k1 1.2; here: k1 .4, near to "does it have the word", everyday +.01; .2 instead of .4, macro +.001/+.005, gov Success@5 +.02

	// Here, cross-validated: b .6 instead of .3 for lines gives Success@1 +.01, pairs of .3 nDCG@10 +.003;
	// k1 .4 to 3 rank alike.
	AskedK: 1.2, AskedB: .6,
	LineK: 1.2, LineB: .6, LinePair: .3,
	// Lines are short and seldom say a thing in all of its words, so one rare word tells less there than in a text
	// (here: .8 instead of 1, paraphrases .612/.866 → .642/.896, gov .741/.889 → .778/.889, what ships alike;
	// .6: gov .833/.870, everyday .696/.893).
	LineRarity: .8,
	BothK:      1,
	// Here, with the lines of 40 % of the pages taken away: questions in the words of such pages .18/.41 → .59/.73 (without
	// any lines .50/.77), all questions of the others .75/.98 → .74/.97; .25 finds .55/.73, .5 .64/.82 and .66/.91.
	// With one line left of each, .32/.55 → .59/.77, with two .41/.64 → .68/.77.
	Unasked: .35,
	Lift:    1,

	Near: .2, Soft: .2,

	First: .04, // here: with pages made of parts, doc2dial by passage .684/.540 → .700/.570, gov_faq by heading .415/.226 → .412/.226

	// Here: macro .706/.577 → .708/.580, no collection worse; 25 words .706/.575, doc2dial by passage loses; .7 and
	// .9 instead of .8 rank alike. Words are those that are indexed.
	Bare: .8, Full: 15,

	Second: .3, Third: .15, // lab: +.03 on gov questions

	Absent: .7, // here: macro nDCG@10 .683 → .700 over eight collections, gov questions as before

	Post: .85, // here: gov questions .61/.74 → .65/.76, everyday +.01; eight collections -.002

	UserTurn: .5, BotTurn: .3, TurnDecay: .7, // lab: .419 → .656 nDCG@10 on follow-ups

	OtherWord: .5,                // here: .2 to .7 rank alike
	Phrase:    1,                 // here: no judged question has one; what is asked for ("time off") has no word of its own
	LongForm:  .5, ShortForm: .7, // lab
	Joined: .7,
}

// secondLook is how many of the best passages are looked at again (here: 200, 100 and
// 50 rank alike).
const secondLook = 50

// likelyPassages is of how many of the best passages the pages are put together, whatever these score as a whole (here, of
// the questions over real pages: with secondLook one finds another page among the first ten than when all are put
// together, where a title alone holds its word; with this none).
const likelyPassages = 2 * secondLook

// mostPages is how many pages are put together for one search, at least, see gatherDocs (here, of 2,397 questions: none
// finds another page among the first five than when all are put together, one among the first ten; with 200 five).
const mostPages = 500

// maxTerms bounds the terms of one search, whatever was asked.
const maxTerms = 64
