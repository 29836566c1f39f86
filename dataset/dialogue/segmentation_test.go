package dialogue

import (
	"math"
	"testing"
)

// The borders of a text of eight turns with topics of four: k is 2.
func TestSegmentationErrorsOfWorkedExamples(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reference, found []int
		n                int
		pk, diff         float64
	}{
		"the same":        {[]int{4}, []int{4}, 8, 0, 0},
		"none found":      {[]int{4}, nil, 8, 2. / 6, 2. / 6},
		"one place off":   {[]int{4}, []int{5}, 8, 2. / 6, 2. / 6},
		"one too many":    {[]int{4}, []int{4, 5}, 8, 1. / 6, 2. / 6},
		"everywhere":      {[]int{4}, []int{1, 2, 3, 4, 5, 6, 7}, 8, 4. / 6, 1},
		"out of range":    {[]int{4}, []int{-1, 0, 4, 8, 99}, 8, 0, 0},
		"nothing to part": {nil, nil, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Pk(c.reference, c.found, c.n); math.Abs(got-c.pk) > 1e-12 {
				t.Errorf("Pk %v, want %v", got, c.pk)
			}
			if got := WindowDiff(c.reference, c.found, c.n); math.Abs(got-c.diff) > 1e-12 {
				t.Errorf("WindowDiff %v, want %v", got, c.diff)
			}
		})
	}
}
