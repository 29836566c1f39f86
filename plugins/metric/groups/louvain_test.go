package groups_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"

	"github.com/llm-city/gorod/plugins/metric/groups"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

// Modularity of random networks with some circles in them, beside another
// library's: of the groups it must be the same, of the communities found about
// as good.
func TestModularityAgreesWithAnotherLibrary(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 4))
		const n = 60
		r, g := metrictest.New(1), simple.NewWeightedDirectedGraph(0, 0)
		parts := make([][]graph.Node, 3)
		for i := range n {
			r.Agents = append(r.Agents, metrictest.New(0, fmt.Sprintf("a%d@g%d", i, i%3)).Agents...)
			g.AddNode(simple.Node(i))
			parts[i%3] = append(parts[i%3], simple.Node(i))
		}
		for range 300 {
			from, to := random.IntN(n), random.IntN(n)
			if from == to || from%5 != to%5 && random.Float64() < 0.6 {
				continue
			}
			r.Writes(0, fmt.Sprint("a", from), fmt.Sprint("a", to))
			weight, _ := g.Weight(int64(from), int64(to))
			g.SetWeightedEdge(g.NewWeightedEdge(simple.Node(from), simple.Node(to), weight+1))
		}
		got := r.Measure(t, groups.Plugin(), "", nil)
		got.Want(t, map[key]float64{{Metric: "modularity_groups"}: community.Q(g, parts, 1)})
		theirs := community.Q(g, community.Modularize(g, 1, rand.NewPCG(seed, 5)).Communities(), 1)
		if ours := got.Value(key{Metric: "modularity_communities"}); !(ours > theirs-0.03) {
			t.Errorf("seed %d: modularity %v, theirs is %v", seed, ours, theirs)
		}
	}
}

func TestTenThousandResidentsAreParted(t *testing.T) {
	t.Parallel()
	const n, circle = 10000, 100
	r := metrictest.New(1)
	for i := range n {
		r.Agents = append(r.Agents, metrictest.New(0, fmt.Sprint("a", i)).Agents...)
		for j := range 10 {
			to := i/circle*circle + (i*7+j*j*3+1)%circle
			if j == 0 {
				to = (i * 7919) % n
			}
			r.Writes(0, fmt.Sprint("a", i), fmt.Sprint("a", to))
		}
	}
	got := r.Measure(t, groups.Plugin(), "", nil)
	if q, found := got.Value(key{Metric: "modularity_communities"}), got.Value(key{Metric: "communities"}); !(q > 0.85) || found != n/circle {
		t.Errorf("%v communities with modularity %v", found, q)
	}
}
