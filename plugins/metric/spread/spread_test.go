package spread_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
	"github.com/llm-city/gorod/plugins/metric/spread"
)

type key = metrictest.Key

func TestAChainOfHearsayIsMeasuredByHand(t *testing.T) {
	t.Parallel()
	r := metrictest.New(8, "a1", "a2", "a3", "a4", "a5", "a6")
	r.Add(1, "a1", "told", metrictest.Fields{"event": "flood", "text": "Река вышла из берегов"})
	r.Hears(2, "a1", "flood", "", 0)
	r.Hears(3, "a2", "flood", "a1", 1)
	r.Hears(4, "a3", "flood", "a2", 2)
	r.Hears(4, "a3", "flood", "a1", 1) // is no news to it
	r.Hears(6, "a4", "flood", "a2", 2)
	// The tree is study–a1–a2–{a3, a4}: of its 10 pairs 4 are 1 apart, 4 are 2,
	// 2 are 3. a3–a4 is one of the 4 that are 2 apart.
	r.Measure(t, spread.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "cascade_reach", Item: "flood"}:       4.0 / 6,
		{Metric: "cascade_size", Item: "flood"}:        4,
		{Metric: "cascade_depth", Item: "flood"}:       2,
		{Metric: "cascade_breadth", Item: "flood"}:     2,
		{Metric: "cascade_mean_hops", Item: "flood"}:   5.0 / 4,
		{Metric: "half_time", Item: "flood"}:           3, // the second of four, at the end of tick 3
		{Metric: "structural_virality", Item: "flood"}: (4*1 + 4*2 + 2*3) / 10.0,
	})
}

func TestTimeToHalfIsInterpolatedWithinATick(t *testing.T) {
	t.Parallel()
	r := metrictest.New(5, "a1", "a2", "a3", "a4", "a5", "a6")
	r.Hears(0, "a1", "e", "", 0)
	for _, a := range []string{"a2", "a3", "a4", "a5"} {
		r.Hears(2, a, "e", "a1", 1)
	}
	r.Hears(4, "a6", "e", "a2", 2)
	// Half of 6 is 3: two of the four who hear in tick 2, so half of that tick.
	r.Measure(t, spread.Plugin(), "", nil).Want(t, map[key]float64{{Metric: "half_time", Item: "e"}: 2.5})
}

func TestABroadcastIsAStar(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1)
	for i := range 9 {
		r.Agents = append(r.Agents, metrictest.New(0, fmt.Sprint("a", i)).Agents...)
		r.Hears(0, fmt.Sprint("a", i), "e", "", 0)
	}
	r.Measure(t, spread.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "structural_virality", Item: "e"}: 2 - 2.0/10,
		{Metric: "cascade_breadth", Item: "e"}:     9,
		{Metric: "cascade_depth", Item: "e"}:       0,
	})
}

func TestNewsDoesNotReachAGroupWithoutTies(t *testing.T) {
	t.Parallel()
	r := metrictest.New(3, "a1@север", "a2@север", "b1@юг", "b2@юг")
	r.Hears(0, "a1", "e", "", 0)
	r.Hears(1, "a2", "e", "a1", 1)
	r.Measure(t, spread.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "cascade_reach", Item: "e", Group: "север"}: 1,
		{Metric: "cascade_reach", Item: "e", Group: "юг"}:    0,
		{Metric: "cascade_reach", Item: "e"}:                 0.5,
	})
}

func TestPlansAreComparedBeforeAndAfterHearing(t *testing.T) {
	t.Parallel()
	r := metrictest.New(4, "a1", "a2", "a3", "a4")
	plans := func(tick int64, agent, purpose string) {
		r.Add(tick, agent, "plan", metrictest.Fields{"purpose": purpose, "thought": fmt.Sprint(tick)})
	}
	for _, a := range []string{"a1", "a2", "a3"} {
		plans(0, a, "гулять")
		r.Hears(1, a, "e", "", 0)
	}
	r.Hears(1, "a4", "e", "", 0) // had no plan that could change
	plans(1, "a1", "помогать")
	plans(1, "a2", "гулять")
	plans(2, "a2", "спать") // later, over something else
	r.Add(1, "a3", "action", metrictest.Fields{"kind": "change_plan"})
	plans(2, "a3", "гулять")
	plans(2, "a4", "гулять")
	plans(3, "a4", "гулять")
	r.Measure(t, spread.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "plan_changes", Item: "e"}:      2,
		{Metric: "plan_change_share", Item: "e"}: 2.0 / 3,
		{Metric: "plan_change_lift", Item: "e"}:  2.0/3 - 3.0/5,
	})
}

func TestNewsThatNobodyHeardHasNoSpeed(t *testing.T) {
	t.Parallel()
	r := metrictest.New(2, "a1")
	r.Add(0, "a1", "told", metrictest.Fields{"event": "e", "text": "слух"})
	got := r.Measure(t, spread.Plugin(), "", nil)
	got.Want(t, map[key]float64{{Metric: "cascade_reach", Item: "e"}: 0})
	if len(got) != 2 {
		t.Errorf("%+v", got)
	}
}

// Virality by its definition, on every pair, for random trees.
func TestViralityIsTheMeanDistance(t *testing.T) {
	t.Parallel()
	for n := 2; n < 40; n += 7 {
		r := metrictest.New(1)
		parent := []int{0} // node 0 is the study
		for i := 1; i < n; i++ {
			p := (i * i * 31) % i
			parent = append(parent, p)
			r.Agents = append(r.Agents, metrictest.New(0, fmt.Sprint("a", i)).Agents...)
			from := ""
			if p > 0 {
				from = fmt.Sprint("a", p)
			}
			r.Hears(0, fmt.Sprint("a", i), "e", from, 0)
		}
		sum, pairs := 0, 0
		for a := range n {
			for b := range a {
				sum, pairs = sum+distance(parent, a, b), pairs+1
			}
		}
		got := r.Measure(t, spread.Plugin(), "", nil).Value(key{Metric: "structural_virality", Item: "e"})
		if want := float64(sum) / float64(pairs); !(math.Abs(got-want) < 1e-9) {
			t.Errorf("%d nodes: %v, want %v", n, got, want)
		}
	}
}

func distance(parent []int, a, b int) (d int) {
	for ; a != b; d++ {
		if a > b {
			a = parent[a]
		} else {
			b = parent[b]
		}
	}
	return d
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, spread.Plugin(), "", nil) }

func TestTalksThatResidentsRememberAreNoNews(t *testing.T) {
	t.Parallel()
	r := metrictest.New(4, "a1", "a2")
	for i := range 300 { // residents were asked from outside, and remember it: each its own exchange
		talk := fmt.Sprintf("control-%d#a1", i)
		r.Add(0, "a1", "told", metrictest.Fields{"event": talk, "text": "С тобой говорил гость."})
		r.Hears(0, "a1", talk, "", 0)
	}
	r.Hears(1, "a1", "control-7", "", 0)
	r.Hears(1, "a1", "flood", "", 0)
	got := r.Measure(t, spread.Plugin(), "", nil)
	got.Want(t, map[key]float64{{Metric: "cascade_reach", Item: "flood"}: 0.5, {Metric: "cascade_reach", Item: "control-7"}: 0.5})
	for _, s := range got {
		if s.Item != "flood" && s.Item != "control-7" && s.Item != "" {
			t.Fatalf("%+v", s)
		}
	}
}
