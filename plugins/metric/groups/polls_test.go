package groups_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/groups"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

// asks lets a survey ask residents a0, a1, … at a tick, who answer on a scale.
func asks(r *metrictest.Run, tick int64, question string, low, high float64, answers ...float64) {
	for i, x := range answers {
		r.Add(tick, fmt.Sprint("a", i), "survey", metrictest.Fields{
			"survey": "views", "question": question, "type": "scale", "number": x, "low": low, "high": high,
		})
	}
}

func TestAnswersOnAScaleByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config    string
		low, high float64
		answers   []float64
		want      map[string]float64
	}{
		"two camps at the ends": {``, 1, 7, []float64{1, 7, 1, 7}, map[string]float64{
			"opinion_mean": 0, "opinion_variance": 1, "opinion_entropy": math.Log(2) / math.Log(5), "opinion_clusters": 2,
			"opinion_clusters_effective": 2, "polarization": 1}},
		"all agree": {``, 1, 5, []float64{4, 4, 4}, map[string]float64{
			"opinion_mean": 0.5, "opinion_variance": 0, "opinion_entropy": 0, "opinion_clusters": 1, "polarization": 0}},
		"camps half as far apart": {`{"alpha":1}`, -10, 10, []float64{-5, 5}, map[string]float64{
			"opinion_variance": 0.25, "polarization": 0.5, "opinion_clusters": 2}},
		"one at each point": {`{"alpha":1}`, 1, 6, []float64{1, 2, 3, 4, 5, 6}, map[string]float64{ // -1 -0.6 … 1
			"opinion_clusters": 1, "opinion_mean": 0, "opinion_variance": 2 * (1 + 0.36 + 0.04) / 6}},
		"one in each part":           {`{"bins":6}`, 1, 6, []float64{1, 2, 3, 4, 5, 6}, map[string]float64{"opinion_entropy": 1}},
		"points on borders of parts": {`{"bins":6}`, 1, 7, []float64{1, 2, 3, 4, 5, 6}, map[string]float64{"opinion_entropy": 1}},
		"a point left out": {``, 1, 7, []float64{3, 3, 3, 5}, map[string]float64{
			"opinion_clusters": 2, "opinion_clusters_effective": 1 / (9.0/16 + 1.0/16)}},
		"three points, all held": {``, 1, 3, []float64{1, 2, 3}, map[string]float64{"opinion_clusters": 1}},
		"three points, two held": {``, 1, 3, []float64{1, 3}, map[string]float64{"opinion_clusters": 2}},
		"two points":             {``, 0, 1, []float64{0, 1}, map[string]float64{"opinion_clusters": 2, "polarization": 1}},
		"beyond the ends":        {``, 1, 5, []float64{-3, 9}, map[string]float64{"opinion_variance": 1}},
	} {
		r := metrictest.New(4, "a0", "a1", "a2", "a3", "a4", "a5")
		asks(r, 2, "bridge", c.low, c.high, c.answers...)
		got := r.Measure(t, groups.Plugin(), c.config, nil)
		for metric, want := range c.want {
			for _, k := range []key{{Metric: metric, Item: "survey/views/bridge"}, {Metric: metric, Item: "survey/views/bridge", At: 3}} {
				if x := got.Value(k); !(math.Abs(x-want) < 1e-9) {
					t.Errorf("%s: %+v is %v, want %v", name, k, x, want)
				}
			}
		}
		if got.Has(key{Metric: "opinion_mean"}) {
			t.Errorf("%s: answers count as what is said", name)
		}
	}
}

func TestAnswersAreScoredAtTheTickWhenTheyWereAsked(t *testing.T) {
	t.Parallel()
	r := metrictest.New(20, "a0", "a1", "a2")
	asks(r, 3, "bridge", 1, 5, 1, 5) // torn
	r.Says(4, "a0", "", "мост нужен", 0.5)
	asks(r, 9, "bridge", 1, 5, 3, 5)
	asks(r, 9, "tax", 0, 10, 10, 10, 10)
	asks(r, 19, "bridge", 1, 5, 4, 4) // at one
	got := r.Measure(t, groups.Plugin(), `{"window":20}`, nil)
	got.Want(t, map[key]float64{
		{Metric: "polarization", Item: "survey/views/bridge", At: 4}:      1,
		{Metric: "opinion_variance", Item: "survey/views/bridge", At: 10}: 0.25,
		{Metric: "opinion_mean", Item: "survey/views/tax", At: 10}:        1,
		{Metric: "polarization", Item: "survey/views/bridge", At: 20}:     0,
		{Metric: "opinion_mean", Item: "survey/views/bridge", At: 20}:     0.5,
		// over the run a0 is at (-1 + 0 + 0.5)/3 and a1 at (1 + 1 + 0.5)/3
		{Metric: "opinion_mean", Item: "survey/views/bridge"}:     1.0 / 3,
		{Metric: "opinion_variance", Item: "survey/views/bridge"}: 0.25,
	})
	for _, s := range got {
		if s.Item == "survey/views/tax" && s.N != 3 || s.Item == "survey/views/bridge" && s.N != 2 {
			t.Errorf("%+v rests on another number of answers", s)
		}
	}
	if got.Has(key{Metric: "polarization", Item: "survey/views/bridge", At: 5}) {
		t.Error("a tick is scored in which nobody was asked")
	}
}

func TestAnswersWithoutAScaleAreNoOpinions(t *testing.T) {
	t.Parallel()
	r := metrictest.New(3, "a0", "a1")
	for _, agent := range []string{"a0", "a1", "stranger"} {
		for question, fields := range map[string]metrictest.Fields{
			"unknown range": {"number": 3}, "missing": {"low": 1, "high": 7, "missing": "left"}, "open": {"text": "да"},
			"backwards": {"number": 3, "low": 7, "high": 1},
		} {
			fields["survey"], fields["question"] = "views", question
			r.Add(1, agent, "survey", fields)
		}
	}
	asks(r, 1, "asked of one", 1, 7, 3)
	if got := r.Measure(t, groups.Plugin(), "", nil); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestTheNumberOfQuestionsIsBounded(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a0", "a1")
	for i := range 100 {
		asks(r, 0, fmt.Sprintf("q%03d", i), 1, 7, 1, 7)
	}
	items := map[string]bool{}
	for _, s := range r.Measure(t, groups.Plugin(), "", nil) {
		items[s.Item] = true
	}
	if len(items) != 64 || !items["survey/views/q063"] || items["survey/views/q064"] {
		t.Errorf("%d questions are followed", len(items))
	}
}
