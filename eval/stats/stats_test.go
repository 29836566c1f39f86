package stats_test

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// Not parallel: it sets the number of CPUs.
func TestResultsDoNotDependOnTheNumberOfCPUs(t *testing.T) {
	draw := stats.Stream(7, "data")
	pairs, verdicts := clustered(40, 0.2, draw), played(3, 20, 0.2, 0.1, draw)
	var a, b []stats.Value
	for _, p := range pairs {
		a, b = append(a, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.A}), append(b, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.B})
	}
	all := func() []any {
		return []any{
			stats.Compare(a, b, false, seeded("compare")),
			stats.Rank(verdicts, true, stats.Options{Resamples: 500, Rand: stats.Stream(1, "rank")}),
			stats.Permutation(a, b, stats.Options{Resamples: 500, Rand: stats.Stream(1, "permutation")}),
			stats.BCaOf(len(pairs), len(pairs), seeded("any"), func(w []float64) (sum float64, ok bool) {
				for i := range w {
					sum += w[i] * pairs[i].A
				}
				return sum, true
			}),
		}
	}
	before := runtime.GOMAXPROCS(1)
	alone := all()
	runtime.GOMAXPROCS(8)
	together := all()
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(alone, together) {
		t.Errorf("one CPU:\n%+v\neight:\n%+v", alone, together)
	}
}

func TestStreamsOfOtherNamesAreOthers(t *testing.T) {
	t.Parallel()
	seen := map[uint64]string{}
	for _, names := range [][]string{{"a"}, {"b"}, {"a", "b"}, {"ab"}, {"a", ""}, {}} {
		first := stats.Stream(1, names...).Uint64()
		if other, ok := seen[first]; ok {
			t.Errorf("%q is the stream of %s", names, other)
		}
		seen[first] = fmt.Sprintf("%q", names)
	}
	if stats.Stream(1, "a").Uint64() != stats.Stream(1, "a").Uint64() || stats.Stream(1, "a").Uint64() == stats.Stream(2, "a").Uint64() {
		t.Error("a stream is not that of its seed and name")
	}
}

func TestTheRuleChoosesTheTestByKindAndClusters(t *testing.T) {
	t.Parallel()
	draw := stats.Stream(1, "rule")
	single, groups := against0(normals(30, draw)...), clustered(20, 0.5, draw)
	for _, c := range []struct {
		what       string
		pairs      []stats.Pair
		binary     bool
		test       stats.Method
		difference stats.Method
		a          stats.Method
	}{
		{"binary", binary(single), true, stats.McNemarExact, stats.Newcombe, stats.Wilson},
		{"binary in clusters", binary(clustered(30, 0.5, draw)), true, stats.ClusterFlipRandom, stats.BCaExpanded, stats.WilsonCluster},
		{"marks", against0(normals(30, draw)...), false, stats.WilcoxonExact, stats.BCaExpanded, stats.BCaExpanded},
		{"marks of clusters", groups, false, stats.ClusterFlipRandom, stats.BCaExpanded, stats.BCaExpanded},
		{"many marks", against0(normals(1000, draw)...), false, stats.WilcoxonNormal, stats.BCa, stats.StudentCluster},
		{"called binary, and not", against0(normals(30, draw)...), true, stats.WilcoxonExact, stats.BCaExpanded, stats.BCaExpanded},
	} {
		var a, b []stats.Value
		for _, p := range c.pairs {
			a, b = append(a, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.A}), append(b, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.B})
		}
		got := stats.Compare(a, b, c.binary, seeded(c.what))
		if got.Test.Method != c.test || got.Difference.Method != c.difference || got.A.Method != c.a {
			t.Errorf("%s: %s, %s, %s", c.what, got.Test.Method, got.Difference.Method, got.A.Method)
		}
		near(t, c.what+": the difference", got.Difference.Value, got.A.Value-got.B.Value, 1e-9)
	}
}

func TestTheMeanOfManyItemsIsTheSameByStudentAndByBootstrap(t *testing.T) {
	t.Parallel()
	var values []stats.Value
	for _, p := range clustered(300, 0.5, stats.Stream(1, "many")) {
		values = append(values, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.A})
	}
	e, boot := stats.ClusterMean(values, stats.Options{}), stats.Mean(values, seeded("many"))
	interval(t, e, boot.Low, boot.High, 0.01)
	near(t, "the mean", e.Value, boot.Value, 1e-12)
}

func TestNeitherOrderNorSidesMatter(t *testing.T) {
	t.Parallel()
	var a, b []stats.Value
	for _, p := range clustered(30, 0.4, stats.Stream(1, "sides")) {
		a, b = append(a, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.A}), append(b, stats.Value{ID: p.ID, Cluster: p.Cluster, Value: p.B})
	}
	want := stats.Compare(a, b, false, seeded("sides"))
	back := stats.Compare(b, a, false, seeded("sides"))
	near(t, "the difference the other way round", back.Difference.Value, -want.Difference.Value, 1e-12)
	near(t, "p the other way round", back.Test.P, want.Test.P, 1e-12)
	interval(t, back.Difference, -want.Difference.High, -want.Difference.Low, 1e-9)
	slices.Reverse(a)
	if got := stats.Compare(a, b, false, seeded("sides")); !reflect.DeepEqual(got, want) {
		t.Errorf("in another order:\n%+v\nnot\n%+v", got, want)
	}
}
