package index

// weights are all the numbers of ranking. "Lab" is the study of Bleve 2.6.3 over nine judged collections
// that came before this package; "here" is eval on the development sets, as the package doc tells.
type weights struct {
	K1 float64 // saturation of BM25

	Title, TitleB            float64 // weight and length share b of each field of BM25F
	Head, HeadB              float64
	Body, BodyB              float64
	Pair, PairB              float64 // neighbouring terms as terms of their own, all text
	HPair, HPairB            float64 // the same of title and headings
	Slug, SlugB              float64 // the page's file name
	Parent, ParentB, ParentK float64 // the whole document the passage is from

	// What people would ask, per page: all lines as one text, and the best single line.
	Asked, AskedLine, AskedB float64

	Near, Soft float64 // of the second look: neighbouring words near each other, words nearly alike

	Second, Third float64 // a document is its best passage and these shares of the next two

	Absent float64 // what passages that a short document does not have count for, of its best

	Post float64 // factor of a dated post, which tells what happened, not what to do

	UserTurn, BotTurn, TurnDecay float64 // words of earlier turns, each turn back for less

	LongForm, ShortForm float64 // words added for an acronym, and the acronym for its words
	Joined              float64 // two words of the question written as one ("front end", "frontend")
}

// ranking are the weights in use.
var ranking = weights{
	K1: 1.2, // lab: the usual 1.2 and .75 beat .9/.4 on passages by .01–.04 nDCG@10

	Title: 2, TitleB: .5, // lab
	Head: 2, HeadB: .5, // lab
	Body: 1, BodyB: .75, // lab
	Pair: .4, PairB: .75, // lab: +.026
	HPair: .4, HPairB: .75, // lab: +.007
	Slug: .4, SlugB: .5, // lab
	Parent: .4, ParentB: .75, ParentK: .4, // lab: +.004 with k1 1.2; here: .4, near to "does it have the word", gov Success@5 and everyday +.01

	// Lab, gov questions: .408 → .606 Success@1 with both at 1. Low until such lines exist and are judged.
	Asked: .3, AskedLine: .3, AskedB: .3,

	Near: .2, Soft: .2,

	Second: .3, Third: .15, // lab: +.03 on gov questions

	Absent: .7, // here: macro nDCG@10 .683 → .700 over eight collections, gov questions as before

	Post: .85, // here: gov questions .61/.74 → .65/.76, everyday +.01; eight collections -.002

	UserTurn: .5, BotTurn: .3, TurnDecay: .7, // lab: .419 → .656 nDCG@10 on follow-ups

	LongForm: .5, ShortForm: .7, // lab
	Joined: .7,
}

// secondLook is how many of the best passages are looked at again from their text (here: 200, 100 and
// 50 rank alike).
const secondLook = 100

// maxTerms bounds the terms of one search, whatever was asked.
const maxTerms = 64
