package index

import "strings"

// British and American spellings are folded to one, the American: by pairs from the glossary, by the
// short list below, and by the rule that -ise is -ize. What a fold gets wrong it gets wrong alike in
// texts and in questions, so only a clash of two real words does harm.

// stemFolds are beginnings of words spelt differently, British first, with endings alike.
var stemFolds = [][2]string{
	{"behaviour", "behavior"}, {"colour", "color"}, {"favour", "favor"}, {"labour", "labor"},
	{"neighbour", "neighbor"}, {"honour", "honor"}, {"harbour", "harbor"}, {"humour", "humor"},
	{"rumour", "rumor"}, {"endeavour", "endeavor"}, {"flavour", "flavor"}, {"armour", "armor"},
	{"centred", "centered"}, {"centre", "center"}, {"centring", "centering"}, {"theatre", "theater"}, {"fibre", "fiber"},
	{"licenc", "licens"}, {"defence", "defense"}, {"offence", "offense"}, {"pretence", "pretense"},
	{"catalogue", "catalog"}, {"dialogue", "dialog"}, {"analogue", "analog"}, {"grey", "gray"},
	{"modell", "model"}, {"labell", "label"}, {"cancell", "cancel"}, {"travell", "travel"},
	{"counsell", "counsel"}, {"signall", "signal"}, {"fuell", "fuel"}, {"levell", "level"},
	{"judgement", "judgment"}, {"acknowledgement", "acknowledgment"}, {"ageing", "aging"},
	{"practis", "practic"}, {"programmes", "programs"}, {"sceptic", "skeptic"}, {"tyre", "tire"},
	{"kerb", "curb"}, {"aluminium", "aluminum"}, {"manoeuvr", "maneuver"}, {"enquir", "inquir"},
}

// wordFolds are whole words spelt differently. One that folds to itself is spelt alike on both sides, and only stands here to
// keep a stem from it: "cancell" would make "cancelation" of it.
var wordFolds = map[string]string{
	"programme": "program", "enrol": "enroll", "enrols": "enrolls", "fulfil": "fulfill", "fulfils": "fulfills",
	"fulfilment": "fulfillment", "enrolment": "enrollment", "skilful": "skillful", "instalment": "installment",
	"cheque": "check", "cheques": "checks", "metre": "meter", "metres": "meters", "litre": "liter", "whilst": "while",
	"amongst": "among", "cancellation": "cancellation", "cancellations": "cancellations",
	"analyse": "analyze", "analysed": "analyzed", "analyses": "analyzes", "analysing": "analyzing", "analyser": "analyzer",
	"catalyse": "catalyze", "paralyse": "paralyze",
}

// keepISE are words whose -ise is no suffix; they are American spellings too.
var keepISE = func() map[string]bool {
	keep := map[string]bool{}
	for _, w := range strings.Fields(`advise exercise raise rise arise wise otherwise likewise enterprise expertise
		franchise surprise supervise revise promise premise precise concise noise poise cruise disguise merchandise
		compromise comprise devise improvise televise advertise paradise treatise turquoise praise appraise excise
		incise demise despise apprise bruise chastise anise malaise moise liaise prise reprise enfranchise
		disenfranchise circumcise clockwise`) {
		keep[w] = true
	}
	return keep
}()

// iseEndings are the endings that -ise takes, longest first, with their American form.
var iseEndings = [][2]string{
	{"isations", "izations"}, {"isation", "ization"}, {"ising", "izing"}, {"isers", "izers"}, {"iser", "izer"},
	{"ised", "ized"}, {"ises", "izes"}, {"ise", "ize"},
}

// foldRule returns the American spelling of a lower-case word, by list and by rule.
func foldRule(w string) string {
	if len(w) < 4 {
		return w
	}
	if to, ok := wordFolds[w]; ok {
		return to
	}
	for _, fold := range stemFolds {
		if rest, ok := strings.CutPrefix(w, fold[0]); ok {
			return fold[1] + rest
		}
	}
	for _, ending := range iseEndings {
		stem, ok := strings.CutSuffix(w, ending[0])
		if !ok {
			continue
		}
		if len(stem) < 3 || keepISE[stem+"ise"] || strings.HasSuffix(stem, "w") {
			return w
		}
		return stem + ending[1]
	}
	return w
}
