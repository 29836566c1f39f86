package stats_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

func plain() stats.Plan { return stats.Plan{Alpha: 0.05, Power: 0.8} }

// The numbers are those of statsmodels 0.15, TTestPower; 34 pairs for d = 0.5 is
// Cohen 1988's own example, too.
func TestThePowerOfAPairedTestIsThatOfStatsmodels(t *testing.T) {
	t.Parallel()
	near(t, "power", plain().MeanPower(34, 0.5), 0.8077775012792737, 1e-6)
	n, why := plain().ItemsForMean(0.5, 1)
	if n != 34 || why != "" { // 33.37
		t.Errorf("%d items (%s)", n, why)
	}
	for _, c := range []struct {
		plan stats.Plan
		n    int
		want float64
	}{
		{stats.Plan{Alpha: 0.05, Comparisons: 5, Power: 0.8}, 200, 0.24368560656524443},
		{stats.Plan{Alpha: 0.05, Power: 0.9}, 20, 0.7644577489062363},
		{plain(), 10_000, 0.02801842456534891},
	} {
		got, why := c.plan.DetectableMean(c.n, 1)
		near(t, fmt.Sprintf("detectable by %d (%s)", c.n, why), got, c.want, 1e-5)
	}
}

// The numbers were summed up over all tables in Python.
func TestThePowerOfMcNemarsTestIsExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n                       int
		delta, discordant, want float64
	}{{100, 0.15, 0.3, 0.7465970434823215}, {400, 0.06, 0.2, 0.7377824686796814}, {60, 0.2, 0.2, 0.9878938299814286}} {
		near(t, "power", plain().SharePower(c.n, c.delta, c.discordant), c.want, 1e-9)
	}
	delta, why := plain().DetectableShare(400, 0.2)
	near(t, "power at what is detectable"+string(why), plain().SharePower(400, delta, 0.2), 0.8, 1e-6)
	n, why := plain().ItemsForShare(0.06, 0.2)
	if power := plain().SharePower(n, 0.06, 0.2); power < 0.8 || power > 0.81 || why != "" {
		t.Errorf("%d items have the power %.3f (%s)", n, power, why)
	}
	// Beyond 5,000 that differ the formula is another, and about the same.
	near(t, "the seam", plain().SharePower(25_001, 0.008, 0.2), plain().SharePower(24_999, 0.008, 0.2), 0.005)
}

func TestClustersCallForMoreItems(t *testing.T) {
	t.Parallel()
	p := plain()
	single, _ := p.ItemsForMean(0.2, 1)
	p.ClusterSize, p.ICC = 10, 0.1
	clustered, _ := p.ItemsForMean(0.2, 1)
	near(t, "the design effect", float64(clustered)/float64(single), 1.9, 0.15)
}

func TestWhatNoNumberReachesIsSaid(t *testing.T) {
	t.Parallel()
	for what, why := range map[string]stats.Why{
		"1 item":        second(plain().DetectableMean(1, 1)),
		"3 items":       second(plain().DetectableShare(3, 0.5)),
		"no difference": second(plain().ItemsForMean(0, 1)),
		"a tiny one":    second(plain().ItemsForMean(1e-6, 1)),
		"no α":          second(stats.Plan{Power: 0.8}.DetectableMean(10, 1)),
		"beyond":        second(plain().ItemsForShare(0.4, 0.2)),
	} {
		if why != stats.Unreachable && why != stats.OutOfRange {
			t.Errorf("%s: %q", what, why)
		}
	}
}

func second[T, U any](_ T, u U) U { return u }

func TestPromisedPowerIsKept(t *testing.T) {
	t.Parallel()
	const runs = 2000 / fewer
	p := stats.Plan{Alpha: 0.05, Comparisons: 3, Power: 0.8, ClusterSize: 4, ICC: 0.3}
	mean, _ := p.DetectableMean(160, 1)
	share, _ := plain().DetectableShare(200, 0.3)
	draw, found, told := stats.Stream(3, "power"), 0, 0
	for range runs {
		clusters := make([]float64, 40)
		for c := range clusters { // means of clusters, as a t-test over clusters takes them
			shared := math.Sqrt(0.3) * draw.NormFloat64()
			for range 4 {
				clusters[c] += (mean + shared + math.Sqrt(0.7)*draw.NormFloat64()) / 4
			}
		}
		_, test := stats.Student(against0(clusters...), stats.Options{})
		found += int(one(test.P <= 0.05/3))
		var f stats.Fourfold
		for range 200 {
			switch u := draw.Float64(); {
			case u < (0.3+share)/2:
				f.OnlyA++
			case u < 0.3:
				f.OnlyB++
			default:
				f.Both++
			}
		}
		told += int(one(f.McNemar().P <= 0.05))
	}
	near(t, "power of the mean", float64(found)/runs, 0.8, 0.03+slack)
	near(t, "power of the share", float64(told)/runs, 0.8, 0.03+slack)
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func TestSimilarityWithinClustersIsFound(t *testing.T) {
	t.Parallel()
	draw := stats.Stream(1, "icc")
	var pairs []stats.Pair
	for c := range 2000 {
		shared := math.Sqrt(0.3) * draw.NormFloat64()
		for range 3 + c%3 {
			pairs = append(pairs, stats.Pair{ID: fmt.Sprint(len(pairs)), Cluster: fmt.Sprint(c), A: shared + math.Sqrt(0.7)*draw.NormFloat64()})
		}
	}
	icc, size, why := stats.Similarity(pairs)
	near(t, "the correlation"+string(why), icc, 0.3, 0.03)
	near(t, "the size", size, 4, 0.01)
}

func TestNothingIsDetectedByFewerThanATestOfSignsTakes(t *testing.T) {
	t.Parallel()
	p := stats.Plan{Alpha: 0.05, Power: 0.8, ClusterSize: 5, ICC: 0.4}
	if _, why := p.DetectableMean(25, 1); why != stats.Unreachable { // 5 clusters: p is 1/16 at the least
		t.Errorf("a mean of 5 clusters: %q", why)
	}
	if _, why := p.DetectableShare(25, 1); why != stats.Unreachable {
		t.Errorf("a share of 5 clusters: %q", why)
	}
	if _, why := p.DetectableMean(30, 1); why != "" {
		t.Errorf("a mean of 6 clusters: %q", why)
	}
	p.Comparisons = 2
	if _, why := p.DetectableMean(30, 1); why != stats.Unreachable {
		t.Errorf("a mean of 6 clusters, one of two comparisons: %q", why)
	}
}
