package llm

import (
	"fmt"
	"math"
)

// CheckVectors scales a server's embeddings of want texts to unit length in
// place. A wrong number of them, unequal lengths, and vectors of zeros or of
// values that are no numbers are errors.
func CheckVectors(vectors [][]float32, want int) error {
	if len(vectors) != want {
		return fmt.Errorf("%d vectors for %d texts", len(vectors), want)
	}
	for i, v := range vectors {
		if len(v) == 0 || len(v) != len(vectors[0]) {
			return fmt.Errorf("vector %d has %d dimensions, the first has %d", i, len(v), len(vectors[0]))
		}
		if err := unit(v); err != nil {
			return fmt.Errorf("vector %d: %w", i, err)
		}
	}
	return nil
}

func unit(v []float32) error {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return fmt.Errorf("its length is %v", math.Sqrt(sum))
	}
	// Vectors that are of unit length already stay as they are, to the bit.
	if math.Abs(sum-1) < 1e-6 {
		return nil
	}
	scale := 1 / math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) * scale)
	}
	return nil
}
