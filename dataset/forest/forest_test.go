package forest_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/llm-city/gorod/dataset/forest"
)

func TestSetsAreTheSameInWhateverOrderTheyAreJoined(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pairs := make([][2]uint32, 150)
	for i := range pairs {
		pairs[i] = [2]uint32{r.Uint32N(200), r.Uint32N(200)}
	}
	joined := func() forest.Forest {
		f := forest.New(200)
		for _, p := range pairs {
			f.Union(p[0], p[1])
		}
		f.Flatten()
		return f
	}
	first := joined()
	r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	if second := joined(); !slices.Equal(first, second) {
		t.Error("the order of unions tells")
	}
	for i, root := range first {
		if root > uint32(i) || first[root] != root {
			t.Errorf("item %d has the root %d, which is no least root", i, root)
		}
	}
	for _, p := range pairs {
		if first[p[0]] != first[p[1]] {
			t.Errorf("%v are joined and have the roots %d and %d", p, first[p[0]], first[p[1]])
		}
	}
}
