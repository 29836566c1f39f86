package activity_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/activity"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

type key = metrictest.Key

func TestActionsAreCountedPerResidentAndTick(t *testing.T) {
	t.Parallel()
	r := metrictest.New(4, "a1", "a2", "a3", "a4")
	r.Says(0, "a1", "", "раз", 0)
	r.Says(0, "a1", "", "два", 0)
	r.Add(1, "a2", "action", metrictest.Fields{"kind": "like"})
	r.Says(3, "a1", "", "три", 0)
	r.Add(3, "a1", "invalid", metrictest.Fields{"why": "нельзя"})
	r.Says(3, "stranger", "", "мимо", 0)
	got := r.Measure(t, activity.Plugin(), `{"window":2}`, nil)
	got.Want(t, map[key]float64{
		{Metric: "actions_per_agent_tick"}:              4.0 / 16,
		{Metric: "actions_per_agent_tick", Agent: "a1"}: 3.0 / 4,
		{Metric: "actions_per_agent_tick", Agent: "a4"}: 0,
		{Metric: "actions_per_agent_tick", At: 2}:       3.0 / 8,
		{Metric: "actions_per_agent_tick", At: 4}:       1.0 / 8,
		{Metric: "texts_per_agent_tick"}:                3.0 / 16,
		{Metric: "active_share"}:                        2.0 / 4,
		{Metric: "active_share", At: 2}:                 2.0 / 4,
		{Metric: "active_share", At: 4}:                 1.0 / 4,
		{Metric: "active_tick_share"}:                   3.0 / 16,
		{Metric: "kind_per_agent_tick", Item: "post"}:   3.0 / 16,
		{Metric: "kind_per_agent_tick", Item: "like"}:   1.0 / 16,
	})
}

func TestTheLastWindowMayBeShorter(t *testing.T) {
	t.Parallel()
	r := metrictest.New(3, "a1")
	r.Says(2, "a1", "", "раз", 0)
	r.Measure(t, activity.Plugin(), `{"window":2}`, nil).Want(t, map[key]float64{
		{Metric: "actions_per_agent_tick", At: 2}: 0,
		{Metric: "actions_per_agent_tick", At: 3}: 1,
	})
}

func TestARunOfNobodyHasNoScores(t *testing.T) {
	t.Parallel()
	for _, r := range []*metrictest.Run{metrictest.New(0), metrictest.New(5), metrictest.New(0, "a1")} {
		for _, s := range r.Measure(t, activity.Plugin(), "", nil) {
			if s.Metric != "active_share" {
				t.Errorf("%+v", s)
			}
		}
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, activity.Plugin(), "", nil) }
