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
	coAuthors = .2  // a page of n people counts n to the power of minus this for each
	mentioned = .5  // somebody whom a page names, but did not write it, of what its author gets
	further   = .95 // each further page of the same person, of the one before: many weak pages are not one good one
	sharper   = 2.  // how much the power grows to which a page's share of the best score is taken, with how sure the search is
	namedFor  = .3  // a channel that is named for the topic, of the best score
	anyDoor   = .8  // the channel that most pages name, of the best score, as far as the search is unsure

	fadeTo   = .7                          // what very old evidence still counts
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
	best  float64 // weight of their best page, 0 to 1
}

// count adds up the votes of documents, which are ordered best first. A vote is the document's share of
// the best score; the surer the search is (0 to 1) that the best is right, the less near misses count: the
// share is taken to a power from 1 to 3. It returns everybody a vote speaks for, best first, ties by id.
func count(votes []vote, sure float64, now time.Time) []standing {
	weights := map[string][]float64{}
	for _, v := range votes[:min(len(votes), depth)] {
		if votes[0].score <= 0 {
			break
		}
		weight := math.Pow(max(v.score, 0)/votes[0].score, 1+sharper*sure) * fresh(v.date, now)
		for _, id := range v.authors {
			weights[id] = append(weights[id], weight*math.Pow(float64(len(v.authors)), -coAuthors))
		}
		for _, id := range v.mentioned {
			if !slices.Contains(v.authors, id) {
				weights[id] = append(weights[id], weight*mentioned)
			}
		}
	}
	var all []standing
	for id, of := range weights {
		all = append(all, standing{id: id, score: sum(of), best: slices.Max(of)})
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

// door returns what being named by so many pages, of the most that any channel has, is worth where the
// search is so sure (0 to 1) of what it found: a channel whom everybody is sent to passes a question on.
// People are not ranked so: those who are asked most would be asked more.
func door(pages, most int, sure float64) float64 {
	if most == 0 {
		return 0
	}
	return anyDoor * (1 - sure) * math.Log1p(float64(pages)) / math.Log1p(float64(most))
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
