package stats_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// The numbers come of the paper's formulas, written down anew in Python.
func TestTheCapitalIsThatOfThePaper(t *testing.T) {
	t.Parallel()
	s, why := stats.NewSequence(-1, 1, 0.05)
	if why != "" {
		t.Fatal(why)
	}
	for k := 1; k <= 60; k++ {
		if err := s.Add(math.Sin(float64(k)*1.3)*0.5 + 0.15); err != nil {
			t.Fatal(err)
		}
	}
	near(t, "the capital", s.Test().Statistic, math.Exp(3.1440468369237617), 1e-9)
	near(t, "p", s.Test().P, 0.043107993418434444, 1e-9)
	e := s.Difference()
	if e.Low < 0 && e.Low > -0.01 || e.Low > e.Value || e.High < e.Value || e.N != 60 {
		t.Errorf("%+v", e)
	}
}

func TestWhatIsBeyondTheBoundsIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := stats.NewSequence(-1, 1, 0.05)
	for _, x := range []float64{1.5, -1.5, math.NaN(), math.Inf(1)} {
		if err := s.Add(x); !errors.Is(err, stats.BeyondBounds) {
			t.Errorf("%v: %v", x, err)
		}
	}
	if s.Test().Why != stats.NoItems {
		t.Error("what was refused counts")
	}
	if _, why := stats.NewSequence(0, 1, 0.05); why != stats.OutOfRange {
		t.Error("a difference that cannot be 0 is no difference")
	}
}

// A thousand sequences without a difference, looked at after each item: continuous
// values, binary ones, and skewed ones.
func TestLookingAfterEachItemKeepsTheErrorRate(t *testing.T) {
	t.Parallel()
	const sequences, items = 1000 / fewer, 500
	for name, next := range map[string]func(*rand.Rand) float64{
		"uniform": func(draw *rand.Rand) float64 { return draw.Float64() - draw.Float64() },
		"binary":  func(draw *rand.Rand) float64 { return float64(draw.IntN(2) - draw.IntN(2)) },
		"rare":    func(draw *rand.Rand) float64 { return one(draw.Float64() < 0.05) - one(draw.Float64() < 0.05) },
	} {
		draw, stopped, missed := stats.Stream(1, name), 0, 0
		for range sequences {
			s, _ := stats.NewSequence(-1, 1, 0.05)
			for range items {
				if err := s.Add(next(draw)); err != nil {
					t.Fatal(err)
				}
			}
			// Neither p nor the interval ever goes back, so that the end tells of all looks.
			e := s.Difference()
			stopped += int(one(s.Test().P <= 0.05))
			missed += int(one(e.Open != "" || e.Low > 0 || e.High < 0))
		}
		t.Logf("%s: %d of %d stopped, %d intervals missed", name, stopped, sequences, missed)
		if most := (0.06 + slack) * sequences; float64(max(stopped, missed)) > most {
			t.Errorf("%s: %d of %d stopped, %d intervals missed: more than 6 %%", name, stopped, sequences, missed)
		}
	}
}

func TestARealDifferenceStopsEarly(t *testing.T) {
	t.Parallel()
	draw, sum := stats.Stream(1, "early"), 0
	for range 50 {
		s, _ := stats.NewSequence(-1, 1, 0.05)
		n := 0
		for ; n < 5000 && s.Test().P > 0.05 || n == 0; n++ {
			_ = s.Add(one(draw.Float64() < 0.7) - one(draw.Float64() < 0.5))
		}
		sum += n
	}
	// A test of fixed size needs about 100 items for it.
	if mean := sum / 50; mean > 350 {
		t.Errorf("it takes %d items", mean)
	}
}

// Three comparisons, two of which have nothing to find, are looked at after each
// item and corrected by Holm: one of the two comes off wrongly in 5 % of families
// at most.
func TestAFamilyThatIsLookedAtKeepsItsErrorRate(t *testing.T) {
	t.Parallel()
	const families = 500 / fewer
	draw, wrong, decided := stats.Stream(1, "family"), 0, 0
	for range families {
		var s [3]*stats.Sequence
		for i := range s {
			s[i], _ = stats.NewSequence(-1, 1, 0.05)
		}
		for range 400 {
			_ = s[0].Add(one(draw.Float64() < 0.8) - one(draw.Float64() < 0.4))
			_ = s[1].Add(draw.Float64() - draw.Float64())
			_ = s[2].Add(draw.Float64() - draw.Float64())
		}
		family := []stats.Test{s[0].Test(), s[1].Test(), s[2].Test()}
		adjusted := stats.Holm(family)
		wrong += int(one(min(adjusted[1].P, adjusted[2].P) <= 0.05))
		decided += int(one(stats.Decided(family[:1], 0.05)))
	}
	if float64(wrong)/families > 0.06+slack || decided < families*9/10 {
		t.Errorf("of %d families %d are wrong; %d found what there is", families, wrong, decided)
	}
}
