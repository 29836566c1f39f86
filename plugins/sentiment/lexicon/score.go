package lexicon

import (
	"math"

	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	// alpha bounds the sum x of weights as x/√(x²+α): VADER's 15 for weights up
	// to 4, here for weights up to 1.
	alpha         = 15.0 / 16
	exclaimWeight = 0.07
	maxExclaims   = 4
)

// sentiment sums up what was read.
func (r *reading) sentiment(c config) sdk.Sentiment {
	shouts := r.caps >= 3 && r.caps > r.small
	sum, stir, felt := r.sum(shouts)
	exclaims := float64(min(r.exclaims, maxExclaims)) * exclaimWeight
	stir += exclaims
	if sum != 0 {
		sum += math.Copysign(exclaims, sum)
	}
	if shouts {
		stir += 0.3
	}
	if r.longs > 0 {
		stir += 0.1
	}
	out := sdk.Sentiment{Valence: bounded(sum, alpha), Arousal: bounded(stir, 1), Label: sdk.Neutral}
	switch {
	case out.Valence >= c.PositiveFrom:
		out.Label = sdk.Positive
	case out.Valence <= c.NegativeFrom:
		out.Label = sdk.Negative
	}
	out.Emotion, out.Scores = strongest(felt)
	return out
}

// sum adds up the weights of hits, how much they stir, and the emotions. Words
// of a script that is another language's are left out.
func (r *reading) sum(shouts bool) (sum, stir float64, felt [emotions]float64) {
	var skip [cyrillic + 1]bool
	skip[latin] = r.foreign > r.english && r.foreign > 1
	skip[cyrillic] = 4*r.cyrForeign >= r.cyr && r.cyrForeign > 0
	for _, h := range r.hits {
		if skip[h.script] {
			continue
		}
		if h.caps && !shouts && r.small > 0 {
			h.weight *= 1 + capsBoost
		}
		sum += h.weight
		stir += math.Abs(h.weight) * h.emotion.arousal()
		felt[h.emotion] += math.Abs(h.weight)
	}
	return sum, stir, felt
}

// bounded brings x into -1…1, to four digits: what a report shows, and the same
// on machines that round differently in between.
func bounded(x, a float64) float64 {
	return math.Round(x/math.Sqrt(x*x+a)*1e4) / 1e4
}

// strongest is the emotion that is shown most, and each one's share.
func strongest(felt [emotions]float64) (string, map[string]float64) {
	var total float64
	best := none
	for e := joy; e < emotions; e++ {
		total += felt[e]
		if felt[e] > 0 && (best == none || felt[e] > felt[best]) {
			best = e
		}
	}
	if total == 0 {
		return "", nil
	}
	scores := make(map[string]float64, 2)
	for e := joy; e < emotions; e++ {
		if felt[e] > 0 {
			scores[e.String()] = math.Round(felt[e]/total*1e4) / 1e4
		}
	}
	return best.String(), scores
}
