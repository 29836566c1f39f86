package sequential_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/sequential"
	"github.com/llm-city/gorod/eval/stats"
)

func TestTheOrderIsDrawnBeforehand(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 50 {
		names = append(names, fmt.Sprint(i))
	}
	one := sequential.Order(1, "a", names)
	backward := slices.Clone(names)
	slices.Reverse(backward)
	if !slices.Equal(one, sequential.Order(1, "a", backward)) {
		t.Error("it depends on the order of the file")
	}
	for _, other := range [][]string{names, sequential.Order(2, "a", names), sequential.Order(1, "b", names)} {
		if slices.Equal(one, other) {
			t.Error("nothing was shuffled")
		}
	}
}

// 1,000 families without a difference, looked at after every cluster.
func TestLookingAllTheTimeKeepsTheErrorRate(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	wrong := 0
	for range 1000 {
		c, why := sequential.New(0, 1, 0.05, 1)
		if why != "" {
			t.Fatal(why)
		}
		for range 100 {
			var pairs []stats.Pair
			for range 1 + random.IntN(3) {
				pairs = append(pairs, stats.Pair{A: float64(random.IntN(2)), B: float64(random.IntN(2))})
			}
			if err := c.Add(pairs); err != nil {
				t.Fatal(err)
			}
			if c.Decided() {
				wrong++
				break
			}
		}
	}
	t.Logf("%d of 1000 decided where nothing differs", wrong)
	if wrong > 60 {
		t.Error(wrong)
	}
}

func TestADifferenceIsFoundAndAFamilyIsStricter(t *testing.T) {
	t.Parallel()
	until := func(size int) int {
		c, why := sequential.New(0, 1, 0.05, size)
		if why != "" {
			t.Fatal(why)
		}
		for n := 1; n < 1000; n++ {
			if err := c.Add([]stats.Pair{{A: 1, B: float64(n % 3 / 2)}}); err != nil {
				t.Fatal(err)
			}
			if c.Decided() {
				return n
			}
		}
		return 1000
	}
	if one, ten := until(1), until(10); one > 60 || ten <= one || ten == 1000 {
		t.Error(one, ten)
	}
}

func TestTheWholeIsWhatWasSeenOnTheWay(t *testing.T) {
	t.Parallel()
	var pairs []stats.Pair
	for i := range 40 {
		pairs = append(pairs, stats.Pair{ID: fmt.Sprint("i", i), Cluster: fmt.Sprint("c", i/2), A: 1, B: float64(i % 2)})
	}
	difference, test := sequential.Of(1, "t", pairs, 0, 1, 0.05, 1)
	if difference.Why != "" || difference.Value != 0.5 || difference.N != 20 || difference.Low <= 0 || test.P > 0.05 || test.Method != stats.Betting {
		t.Errorf("%+v, %+v", difference, test)
	}
	if _, test := sequential.Of(1, "t", pairs, 0, 0.4, 0.05, 1); test.Why != stats.BeyondBounds {
		t.Errorf("%+v", test)
	}
	if _, test := sequential.Of(1, "t", pairs, 0, 0, 0.05, 1); test.Why != stats.OutOfRange {
		t.Errorf("%+v", test)
	}
	c, _ := sequential.New(0, 1, 0.05, 1)
	if err := c.Add(nil); err != nil || c.Decided() {
		t.Error(err)
	}
	if err := c.Add([]stats.Pair{{A: 3}}); !errors.Is(err, stats.BeyondBounds) {
		t.Error(err)
	}
}
