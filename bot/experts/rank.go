package experts

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// The weights of ranking. What each is worth, by eval, stands in the package doc.
const (
	depth     = 100 // documents that vote
	coAuthors = .3  // a page of n people counts n to the power of minus this for each
	mentioned = .45 // somebody whom a page names, but did not write it, of what its author gets
	further   = .88 // each further page of the same person, of the one before: many weak pages are not one good one
	sharper   = .9  // how much the power grows to which a page's share of the best score is taken, with how far the best leads
	namedFor  = .25 // a channel that is named for the topic, of the best score
	anyDoor   = .95 // the channel that most pages name, of the best score, where no page stands out
	knownDoor = .9  // how much less that is where one does

	pagesOfPlaces = .9 // what all pages say at the most of where to ask, of what a team says of itself

	rivals    = 20   // pages that tell how far the best stands out
	leadPower = 1.75 // the power to which that is taken: it counts little until it is much

	fadeTo   = .8                          // what very old evidence still counts
	halfLife = 4 * 365.25 * 24 * time.Hour // after this, half of what fades has faded
)

// vote is one document found, and whom it speaks for.
type vote struct {
	score     float64   // of the search
	date      time.Time // when the document was last known to be right; zero when unknown
	authors   []string  // those who wrote it, own it, or are asked about it
	mentioned []string  // those whom it names
}

// standing is what all votes together say of one person.
type standing struct {
	id    string
	score float64 // 0 to 1, 1 for the best
	best  float64 // weight of their best page, 0 to 1, without regard to its age and to how many wrote it
}

// leadOf returns how far the best of some votes, which are ordered best first, stands out from the next ones, from 0
// (they score alike) to 1 (it is alone). How sure a search is of an answer is another matter: a page may be the right one
// of many that tell of the same, whose people all know.
func leadOf(votes []vote) float64 {
	if len(votes) == 0 || votes[0].score <= 0 {
		return 0
	}
	others := votes[1:min(len(votes), rivals)]
	if len(others) == 0 {
		return 1
	}
	shares := 0.
	for _, v := range others {
		shares += max(v.score, 0) / votes[0].score
	}
	return math.Pow(max(1-shares/float64(len(others)), 0), leadPower)
}

// count adds up the votes of documents, which are ordered best first. A vote is the document's share of
// the best score; the further (0 to 1) the best leads, the less near misses count: the share is taken to a power
// from 1 to 1.9. It returns everybody a vote speaks for, best first, ties by id.
func count(votes []vote, lead float64, now time.Time) []standing {
	weights, greatest := map[string][]float64{}, map[string]float64{}
	for _, v := range votes[:min(len(votes), depth)] {
		if votes[0].score <= 0 {
			break
		}
		fits := math.Pow(max(v.score, 0)/votes[0].score, 1+sharper*lead)
		weight := fits * fresh(v.date, now)
		for _, id := range v.authors {
			weights[id] = append(weights[id], weight*math.Pow(float64(len(v.authors)), -coAuthors))
			greatest[id] = max(greatest[id], fits)
		}
		for _, id := range v.mentioned {
			if !slices.Contains(v.authors, id) {
				weights[id] = append(weights[id], weight*mentioned)
				greatest[id] = max(greatest[id], fits*mentioned)
			}
		}
	}
	var all []standing
	for id, of := range weights {
		all = append(all, standing{id: id, score: sum(of), best: greatest[id]})
	}
	slices.SortFunc(all, byScore)
	if len(all) > 0 && all[0].score > 0 {
		most := all[0].score
		for i := range all {
			all[i].score /= most
		}
	}
	return all
}

// door returns what being named by so many pages, of the most that any channel has, is worth where the best
// page leads so far (0 to 1): a channel whom everybody is sent to passes a question on.
// People are not ranked so: those who are asked most would be asked more.
func door(pages, most int, lead float64) float64 {
	if most == 0 {
		return 0
	}
	return anyDoor * (1 - knownDoor*lead) * math.Log1p(float64(pages)) / math.Log1p(float64(most))
}

// sum adds weights, the greatest first, each further one for a little less.
func sum(weights []float64) float64 {
	slices.SortFunc(weights, func(a, b float64) int { return cmp.Compare(b, a) })
	total, share := 0., 1.
	for _, w := range weights {
		total += w * share
		share *= further
	}
	return total
}

// fresh returns what evidence of a date still counts, from fadeTo to 1.
func fresh(date, now time.Time) float64 {
	if date.IsZero() || !date.Before(now) {
		return 1
	}
	return fadeTo + (1-fadeTo)*math.Exp2(-float64(now.Sub(date))/float64(halfLife))
}

func byScore(a, b standing) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
}
