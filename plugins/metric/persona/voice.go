package persona

import (
	"math"

	"github.com/llm-city/gorod/plugins/metric/internal/stat"
)

// voice is how one resident writes, by the embeddings of its texts. The
// distance of a unit vector v from a fixed one c is 1 - v·c: the slope of
// distances over time, for whatever c, follows from the sums of v and of t·v.
type voice struct {
	n          int
	early      vector // sum of the first texts; then their direction
	drift      stat.Pairs
	distance   stat.Mean
	sum, timed vector // of v and of t·v
	times      stat.Mean
	waiting    []waiting
	batches    int
	taken      int // texts, waiting ones included
}

// waiting is a text that is not yet embedded, written at a time in days.
type waiting struct {
	text string
	at   float64
	tick int64
}

// vector is a sum of embeddings.
type vector []float64

func (v *vector) add(weight float64, u vector) {
	if *v == nil {
		*v = make(vector, len(u))
	}
	for i, x := range u {
		(*v)[i] += weight * x
	}
}

func (v vector) dot(u vector) (sum float64) {
	for i, x := range v {
		sum += x * u[i]
	}
	return sum
}

// unit is the direction of v, false where it has none.
func (v vector) unit() (vector, bool) {
	length := math.Sqrt(v.dot(v))
	if length < 1e-9 || math.IsNaN(length) || math.IsInf(length, 0) {
		return nil, false
	}
	out := make(vector, len(v))
	for i, x := range v {
		out[i] = x / length
	}
	return out, true
}

// hear takes in the embedding of a text.
func (v *voice) hear(at float64, u vector, early int) {
	v.n++
	v.sum.add(1, u)
	v.timed.add(at, u)
	v.times.Add(at)
	if v.n <= early {
		v.early.add(1, u)
		if v.n == early {
			v.early, _ = v.early.unit()
		}
		return
	}
	if v.early != nil {
		d := distance(u, v.early)
		v.drift.Add(at, d)
		v.distance.Add(d)
	}
}

// distance of unit vectors.
func distance(a, b vector) float64 { return max(0, min(1-a.dot(b), 2)) }

// towards is the slope over time of the distance from a direction.
func (v *voice) towards(c vector) float64 {
	spread := v.times.Variance() * float64(v.n)
	if spread <= 1e-12 {
		return math.NaN()
	}
	return -(v.timed.dot(c) - v.times.Value()*v.sum.dot(c)) / spread
}
