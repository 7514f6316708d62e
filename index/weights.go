package index

// The weights of ranking, all of them. "Lab" is the study of Bleve 2.6.3 over nine judged collections
// that came before this package; "here" is eval on the development sets, as the package doc tells.
const (
	// BM25F over title, headings and body, k1 and the b of each field (lab: the usual 1.2 and .75
	// beat .9/.4 on passages by .01–.04 nDCG@10; a milder b suits short fields).
	k1 = 1.2

	titleWeight, titleB = 2.0, .5
	headWeight, headB   = 2.0, .5
	bodyWeight, bodyB   = 1.0, .75

	// Neighbouring terms as terms of their own (lab: +.026 for all text, +.007 for headings).
	pairWeight, hpairWeight, pairB = .4, .4, .75

	slugWeight, slugB     = .4, .5  // the page's file name (lab)
	parentWeight, parentB = .4, .75 // the whole document the passage is from (lab: +.004)

	// What people would ask, per page: all lines as one text, and the best single line (measured on
	// gov questions: .408 → .606 Success@1 with both at 1; low until such lines exist and are judged).
	askedWeight, askedLineWeight, askedB = .3, .3, .3

	// A document is its best passage and a share of the next two (lab: +.03 on gov questions).
	secondShare, thirdShare = .3, .15

	// Words of earlier turns (lab: .419 → .656 nDCG@10 on follow-ups).
	userTurnWeight, botTurnWeight, turnDecay = .5, .3, .7

	// Words added for an acronym, and the acronym for its words (lab).
	longFormWeight, shortFormWeight = .5, .7

	joinedWeight = .7 // two words of the question written as one ("front end", "frontend")
)

// secondLook is how many of the best passages are looked at again from their text.
const secondLook = 200

// maxTerms bounds the terms of one search, whatever was asked.
const maxTerms = 64
