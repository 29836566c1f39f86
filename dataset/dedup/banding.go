package dedup

import "math"

// Banding parts a signature in bands of rows: two texts are compared when all
// rows of one band are the same.
type Banding struct{ Bands, Rows int }

const (
	bandRecall = 0.99 // of pairs just at the threshold
	maxHashes  = 128
)

// NewBanding is the banding with the most rows, and so the fewest needless
// comparisons, that finds 99 % of the pairs at a threshold in (0,1) with a
// signature of at most 128 hashes. It finds more of those above.
func NewBanding(threshold float64) Banding {
	best := Banding{Bands: maxHashes, Rows: 1}
	for rows := 1; rows <= maxHashes; rows++ {
		bands := int(math.Ceil(math.Log(1-bandRecall) / math.Log1p(-math.Pow(threshold, float64(rows)))))
		if bands < 1 || bands*rows > maxHashes {
			break
		}
		best = Banding{Bands: bands, Rows: rows}
	}
	return best
}

// Probability is the S-curve: how likely texts of a Jaccard similarity are
// compared.
func (b Banding) Probability(similarity float64) float64 {
	return 1 - math.Pow(1-math.Pow(similarity, float64(b.Rows)), float64(b.Bands))
}

// Hashes is the length of the signature.
func (b Banding) Hashes() int { return b.Bands * b.Rows }
