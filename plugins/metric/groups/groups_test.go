package groups_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/metric/groups"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

func TestMembersComeAndGo(t *testing.T) {
	t.Parallel()
	r := metrictest.New(6, "a1@север", "a2@север", "a3@юг", "a4@юг")
	act := func(tick int64, agent, kind string) {
		r.Add(tick, agent, "action", metrictest.Fields{"kind": kind, "group": "Рыбаки"})
	}
	act(0, "a1", "create_group")
	act(1, "a2", "join_group")
	act(2, "a3", "join_group")
	act(3, "a2", "leave_group")
	r.Add(4, "a4", "action", metrictest.Fields{"kind": "post", "group": "Рыбаки", "text": "был здесь всегда"})
	r.Measure(t, groups.Plugin(), `{"window":2}`, nil).Want(t, map[key]float64{
		{Metric: "group_churn", Group: "Рыбаки", At: 2}:               1,       // nobody → a1 a2
		{Metric: "group_churn", Group: "Рыбаки", At: 4}:               2.0 / 3, // a1 a2 → a1 a3
		{Metric: "group_churn", Group: "Рыбаки", At: 6}:               0,       // a1 a3 a4 all along
		{Metric: "group_churn"}:                                       (1 + 2.0/3) / 3,
		{Metric: "group_size", Group: "Рыбаки"}:                       3,
		{Metric: "group_joins", Group: "Рыбаки"}:                      3,
		{Metric: "group_leaves"}:                                      1,
		{Metric: "group_composition", Group: "Рыбаки", Item: "юг"}:    2.0 / 3,
		{Metric: "group_composition", Group: "Рыбаки", Item: "север"}: 1.0 / 3,
		{Metric: "group_diversity", Group: "Рыбаки"}:                  4.0 / 9,
	})
}

// circles are two triangles with one bridge from the first to the second.
func circles() *metrictest.Run {
	r := metrictest.New(1, "a1@север", "a2@север", "a3@север", "b1@юг", "b2@юг", "b3@юг")
	for _, p := range []string{"a1a2", "a2a3", "a3a1", "b1b2", "b2b3", "b3b1", "a1b1"} {
		r.Writes(0, p[:2], p[2:])
	}
	return r
}

func TestTiesByHand(t *testing.T) {
	t.Parallel()
	r := circles()
	r.Add(0, "b1", "action", metrictest.Fields{"kind": "follow", "target_agent": "a1"}) // says nothing
	r.Writes(0, "b1", "b1")
	r.Writes(0, "b1", "nobody")
	r.Measure(t, groups.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "ties"}:                   7,
		{Metric: "reciprocity"}:            0,
		{Metric: "reciprocity_rho"}:        -7.0 / 23, // of 30 pairs 7 are tied
		{Metric: "modularity_groups"}:      6.0/7 - (4.0*3+3*4)/49,
		{Metric: "modularity_communities"}: 6.0/7 - (4.0*3+3*4)/49,
		{Metric: "communities"}:            2,
		{Metric: "ei_index"}:               -5.0 / 7,
		{Metric: "attention_gini"}:         (-5 - 3 - 1 + 1 + 3 + 2*5) / (6.0 * 7), // b1 twice, the others once
	})
	r.Measure(t, groups.Plugin(), `{"ties":"all"}`, nil).Want(t, map[key]float64{
		{Metric: "ties"}: 8, {Metric: "reciprocity"}: 2.0 / 8,
	})
}

func TestTiesWeighByHowOftenTheyAreUsed(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a1@север", "a2@север", "b1@юг")
	r.Writes(0, "a1", "a2")
	r.Writes(0, "a1", "a2")
	r.Writes(0, "a1", "a2")
	r.Writes(0, "a2", "b1")
	r.Measure(t, groups.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "modularity_groups"}: 0.75 - 1*0.75,
		{Metric: "ei_index"}:          -0.5,
		{Metric: "activity_gini"}:     (0*-2 + 1*0 + 3*2) / (3.0 * 4),
	})
}

func TestGroupsThatTalkAcrossHaveNegativeModularity(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a1@север", "b1@юг")
	r.Writes(0, "a1", "b1")
	r.Writes(0, "b1", "a1")
	r.Measure(t, groups.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "modularity_groups"}: -0.5, {Metric: "ei_index"}: 1, {Metric: "reciprocity"}: 1,
	})
}

func TestCommunitiesAreFoundAlikeEachTime(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1)
	const n = 120
	for i := range n {
		r.Agents = append(r.Agents, metrictest.New(0, fmt.Sprintf("a%d@g%d", i, i%2)).Agents...)
	}
	for i := range n {
		for j := range 6 {
			r.Writes(0, fmt.Sprint("a", i), fmt.Sprint("a", (i/20*20+(i*7+j*j*3+1)%23)%n))
		}
	}
	want := r.Measure(t, groups.Plugin(), "", nil)
	for range 10 {
		if d := cmp.Diff(want, r.Measure(t, groups.Plugin(), "", nil)); d != "" {
			t.Fatal(d)
		}
	}
	if q := want.Value(key{Metric: "modularity_communities"}); !(q > 0.4) {
		t.Errorf("modularity %v of six circles", q)
	}
}

func TestAnEmptyRunHasNoScores(t *testing.T) {
	t.Parallel()
	for _, r := range []*metrictest.Run{metrictest.New(0), metrictest.New(5, "a1@x", "a2@y")} {
		if got := r.Measure(t, groups.Plugin(), "", nil); len(got) > 0 {
			t.Errorf("%+v", got)
		}
	}
}

func TestConfigsOutOfBoundsAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []string{`{"alpha":0}`, `{"alpha":1.7}`, `{"bins":1}`, `{"gap":0}`, `{"ties":"likes"}`, `[]`} {
		if _, err := metrictest.New(1).Try(t, groups.Plugin(), config, nil); err == nil {
			t.Errorf("%s is accepted", config)
		}
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, groups.Plugin(), "", nil) }
