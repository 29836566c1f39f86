package network_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/spec"
)

func degrees(edges [][]int32) (out []int, total int) {
	for _, e := range edges {
		out = append(out, len(e))
		total += len(e)
	}
	return out, total
}

// mutual is the share of ties that go both ways.
func mutual(edges [][]int32) float64 {
	both, total := 0, 0
	for a, follows := range edges {
		for _, b := range follows {
			total++
			if slices.Contains(edges[b], int32(a)) {
				both++
			}
		}
	}
	return float64(both) / float64(total)
}

// clustering is the share of pairs of followed that are tied themselves.
func clustering(edges [][]int32) float64 {
	closed, pairs := 0, 0
	for _, follows := range edges {
		for i, a := range follows {
			for _, b := range follows[i+1:] {
				pairs++
				if slices.Contains(edges[a], b) {
					closed++
				}
			}
		}
	}
	return float64(closed) / float64(pairs)
}

func TestFollowGraphsHaveTheirProperties(t *testing.T) {
	t.Parallel()
	const count = 200
	all := func(n int) func(*testing.T, [][]int32) {
		return func(t *testing.T, edges [][]int32) {
			if d, _ := degrees(edges); slices.Min(d) != n || slices.Max(d) != n {
				t.Errorf("degrees from %d to %d, want %d", slices.Min(d), slices.Max(d), n)
			}
		}
	}
	for _, c := range []struct {
		name    string
		follows spec.Follows
		check   func(*testing.T, [][]int32)
	}{
		{"none", spec.Follows{Graph: "none", Degree: 3}, all(0)},
		{"complete", spec.Follows{Graph: "complete"}, all(count - 1)},
		{"random", spec.Follows{Graph: "random", Degree: 7}, all(7)},
		{"random in-degrees vary", spec.Follows{Graph: "random", Degree: 7}, func(t *testing.T, edges [][]int32) {
			in := make([]int, count)
			for _, follows := range edges {
				for _, b := range follows {
					in[b]++
				}
			}
			if slices.Min(in) == slices.Max(in) || mutual(edges) > 0.2 {
				t.Errorf("in-degrees %d to %d, %.2f mutual: not random", slices.Min(in), slices.Max(in), mutual(edges))
			}
		}},
		{"more than there are", spec.Follows{Graph: "random", Degree: 500}, all(count - 1)},
		{"ring", spec.Follows{Graph: "ring", Degree: 4}, func(t *testing.T, edges [][]int32) {
			if !slices.Equal(edges[0], []int32{1, 2, 198, 199}) || !slices.Equal(edges[100], []int32{98, 99, 101, 102}) {
				t.Errorf("follows of the first %v, of the hundredth %v", edges[0], edges[100])
			}
		}},
		{"odd ring", spec.Follows{Graph: "ring", Degree: 3}, all(3)},
		{"small-world without rewiring is the ring", spec.Follows{Graph: "small-world", Degree: 4}, func(t *testing.T, edges [][]int32) {
			if mutual(edges) != 1 || clustering(edges) != 0.5 {
				t.Errorf("mutual %.2f, clustering %.2f", mutual(edges), clustering(edges))
			}
		}},
		{"small-world keeps ties and clustering", spec.Follows{Graph: "small-world", Degree: 8, Rewire: 0.1}, func(t *testing.T, edges [][]int32) {
			_, total := degrees(edges)
			if total != 8*count || mutual(edges) != 1 {
				t.Errorf("%d ties, %.2f mutual", total, mutual(edges))
			}
			// 3(k−2)/4(k−1)·(1−p)³ = 0.47 in the limit
			if c := clustering(edges); c < 0.35 || c > 0.6 {
				t.Errorf("clustering %.2f", c)
			}
		}},
		{"small-world rewired wholly", spec.Follows{Graph: "small-world", Degree: 8, Rewire: 1}, func(t *testing.T, edges [][]int32) {
			_, total := degrees(edges)
			if c := clustering(edges); total != 8*count || c > 0.12 {
				t.Errorf("%d ties, clustering %.2f", total, c)
			}
		}},
		{"groups apart", spec.Follows{Graph: "groups"}, func(t *testing.T, edges [][]int32) {
			all(count/2-1)(t, edges)
			if across(edges) != 0 {
				t.Errorf("%d ties across", across(edges))
			}
		}},
		{"groups with a degree", spec.Follows{Graph: "groups", Degree: 5}, all(5)},
		{"groups with ties between", spec.Follows{Graph: "groups", Degree: 5, Between: 0.1}, func(t *testing.T, edges [][]int32) {
			pairs := float64(count * count / 2)
			if got, sd := float64(across(edges)), math.Sqrt(pairs*0.1*0.9); math.Abs(got-pairs*0.1) > 4*sd {
				t.Errorf("%.0f ties across, expected %.0f ± %.0f", got, pairs*0.1, sd)
			}
		}},
		{"groups wholly mixed", spec.Follows{Graph: "groups", Between: 1}, all(count - 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			edges, err := network.Graph(c.follows, crowd(count), 5)
			if err != nil {
				t.Fatal(err)
			}
			for a, follows := range edges {
				if !slices.IsSorted(follows) || len(slices.Compact(slices.Clone(follows))) != len(follows) || slices.Contains(follows, int32(a)) {
					t.Fatalf("resident %d follows %v", a, follows)
				}
			}
			c.check(t, edges)
			again, _ := network.Graph(c.follows, crowd(count), 5)
			if fmt.Sprint(edges) != fmt.Sprint(again) {
				t.Error("the same seed draws another graph")
			}
		})
	}
}

// across counts the ties between the two groups, which alternate.
func across(edges [][]int32) int {
	n := 0
	for a, follows := range edges {
		for _, b := range follows {
			if (a+int(b))%2 == 1 {
				n++
			}
		}
	}
	return n
}

func TestGraphsOfTinySocieties(t *testing.T) {
	t.Parallel()
	for _, graph := range []string{"none", "complete", "random", "ring", "small-world", "groups"} {
		for count := range 5 {
			edges, err := network.Graph(spec.Follows{Graph: graph, Degree: 4, Rewire: 0.5, Between: 0.5}, crowd(count), 1)
			if err != nil || len(edges) != count {
				t.Errorf("%s of %d: %d lists, %v", graph, count, len(edges), err)
			}
			for a, follows := range edges {
				if slices.Contains(follows, int32(a)) || len(follows) >= max(count, 1) {
					t.Errorf("%s of %d: %v", graph, count, edges)
				}
			}
		}
	}
}

func TestImpossibleGraphsAndGroupsAreRefused(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]network.Options{
		"no graph is called": {Settings: spec.Network{Follows: spec.Follows{Graph: "star"}}, Residents: crowd(3)},
		"too large":          {Settings: spec.Network{Follows: spec.Follows{Graph: "complete"}}, Residents: crowd(3000)},
		"too many":           {Settings: spec.Network{Follows: spec.Follows{Graph: "groups"}}, Residents: crowd(4000)},
		"Луна":               {Settings: spec.Network{Groups: []spec.NetGroup{{Name: "Клуб", Members: []string{"Луна"}}}}, Residents: crowd(3)},
		"group of that name": {Settings: spec.Network{Groups: []spec.NetGroup{{Name: "Клуб"}, {Name: "клуб"}}}, Residents: crowd(3)},
		"share an id":        {Residents: append(crowd(1), crowd(1)...)},
	} {
		if _, err := network.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
