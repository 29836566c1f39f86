package curious

import (
	"math"

	"github.com/llm-city/gorod/plugins/memory/vectors"
)

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// centroid is the unit vector between memories, each with the weight of its
// score; nil where there are none, or none with a score above 0. So what is
// remembered once is expected, whatever else is not like it.
func (m *mind) centroid(of []rated) vectors.Vector {
	if len(of) == 0 {
		return nil
	}
	sum := make([]float64, m.table.Dim())
	for _, r := range of {
		for i, x := range m.vector(r.trace) {
			sum[i] += max(0, r.score) * float64(x)
		}
	}
	var square float64
	for _, x := range sum {
		square += x * x
	}
	if square == 0 {
		return nil
	}
	out, length := make(vectors.Vector, len(sum)), math.Sqrt(square)
	for i, x := range sum {
		out[i] = float32(x / length)
	}
	return out
}
