package groups_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/groups"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

type key = metrictest.Key

// city is a run of one tick in which each resident says one thing about the
// bridge.
func city(opinions ...float64) *metrictest.Run {
	r := metrictest.New(1)
	for i, x := range opinions {
		id := fmt.Sprintf("a%03d", i)
		r.Agents = append(r.Agents, metrictest.New(0, id).Agents...)
		r.Says(0, id, "bridge", "мнение", x)
	}
	return r
}

func TestOpinionsByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config   string
		opinions []float64
		want     map[string]float64
	}{
		"two camps at the ends": {`{"alpha":0.7}`, []float64{-1, 1, -1, 1}, map[string]float64{
			"opinion_mean": 0, "opinion_variance": 1, "opinion_entropy": math.Log(2) / math.Log(5), "opinion_clusters": 2,
			"opinion_clusters_effective": 2, "polarization": 1}},
		"all agree": {``, []float64{0.3, 0.3, 0.3}, map[string]float64{
			"opinion_mean": 0.3, "opinion_variance": 0, "opinion_entropy": 0, "opinion_clusters": 1,
			"opinion_clusters_effective": 1, "polarization": 0}},
		"camps half as far apart": {`{"alpha":1}`, []float64{-0.5, 0.5}, map[string]float64{
			"opinion_variance": 0.25, "polarization": 0.5}},
		"a small camp": {`{"alpha":1,"bins":2}`, []float64{-1, -1, -1, 1}, map[string]float64{
			// 2·2·(¾²·¼ + ¼²·¾) = 4·(9+3)/64
			"polarization": 0.75, "opinion_clusters_effective": 1 / (9.0/16 + 1.0/16), "opinion_clusters": 2}},
		"one of each part": {`{"alpha":1,"bins":5,"gap":0.4}`, []float64{-0.8, -0.4, 0, 0.4, 0.8}, map[string]float64{
			// 2·(1/5)³·Σ|yᵢ-yⱼ| = 2/125·16
			"opinion_entropy": 1, "opinion_clusters": 1, "polarization": 2.0 / 125 * 16, "opinion_variance": 0.32}},
		"a narrower gap": {`{"gap":0.39}`, []float64{-0.8, -0.4, 0, 0.4, 0.8}, map[string]float64{
			"opinion_clusters": 5, "opinion_clusters_effective": 5}},
	} {
		got := city(c.opinions...).Measure(t, groups.Plugin(), c.config, nil)
		for metric, want := range c.want {
			for _, k := range []key{{Metric: metric, Item: "bridge"}, {Metric: metric}, {Metric: metric, Item: "bridge", At: 1}} {
				if x := got.Value(k); !(math.Abs(x-want) < 1e-9) {
					t.Errorf("%s: %+v is %v, want %v", name, k, x, want)
				}
			}
		}
	}
}

// Whatever opinions are held, no society is more polarised than two camps.
func TestTwoCampsAreThePolarisedExtreme(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for n := range 300 {
		opinions := make([]float64, 2+n%30)
		for i := range opinions {
			opinions[i] = math.Cbrt(2*random.Float64() - 1)
		}
		config := fmt.Sprintf(`{"alpha":%v,"bins":%d}`, 0.05+random.Float64()*1.5, 2+n%9)
		got := city(opinions...).Measure(t, groups.Plugin(), config, nil) // which checks ranges
		if x := got.Value(key{Metric: "polarization", Item: "bridge"}); !(x < 1) {
			t.Errorf("%v at %s: %v", opinions, config, x)
		}
	}
}

// A city that was rigged to be torn scores above one of the same spread of
// voices that mixes.
func TestAPolarisedCityScoresAboveAMixedOne(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 2))
	wins := 0
	const runs = 200
	for range runs {
		var torn, mixed []float64
		for i := range 60 {
			camp := 0.7
			if i%2 == 0 {
				camp = -0.7
			}
			noise := 0.2 * random.NormFloat64()
			torn, mixed = append(torn, clamp(camp+noise)), append(mixed, clamp(2*random.Float64()-1))
		}
		a := city(torn...).Measure(t, groups.Plugin(), "", nil).Value(key{Metric: "polarization"})
		b := city(mixed...).Measure(t, groups.Plugin(), "", nil).Value(key{Metric: "polarization"})
		if a > b {
			wins++
		}
	}
	if wins != runs {
		t.Errorf("the polarised city scored above the mixed one in %d of %d runs", wins, runs)
	}
}

func clamp(x float64) float64 { return max(-1, min(x, 1)) }

func TestOpinionsAreFollowedThroughADiscussion(t *testing.T) {
	t.Parallel()
	r := metrictest.New(4, "a1", "a2")
	r.Says(0, "a1", "bridge", "х", -1)
	r.Says(0, "a2", "bridge", "х", 1)
	r.Says(3, "a1", "bridge", "х", 0.4) // they meet
	r.Says(3, "a2", "bridge", "х", 0.4)
	r.Measure(t, groups.Plugin(), `{"window":2}`, nil).Want(t, map[key]float64{
		{Metric: "polarization", Item: "bridge", At: 2}: 1,
		{Metric: "polarization", Item: "bridge", At: 4}: 0,
		{Metric: "opinion_mean", Item: "bridge", At: 4}: 0.4,
		{Metric: "opinion_variance", Item: "bridge"}:    0.25, // -0.3 and 0.7
	})
}

func TestBeliefsOfPersonasAreOpinions(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a1", "a2", "a3")
	r.Agents[0].Persona.Beliefs = map[string]float64{"Мост нужен": 1}
	r.Agents[1].Persona.Beliefs = map[string]float64{"Мост нужен": -1, "Снег — благо": 1}
	r.Agents[2].Persona = nil
	got := r.Measure(t, groups.Plugin(), "", nil)
	got.Want(t, map[key]float64{{Metric: "polarization", Item: "belief/Мост нужен"}: 1})
	if got.Has(key{Metric: "polarization", Item: "belief/Снег — благо"}) {
		t.Error("a belief of one resident is scored")
	}
	if got := r.Measure(t, groups.Plugin(), `{"beliefs":false}`, nil); got.Has(key{Metric: "polarization", Item: "belief/Мост нужен"}) {
		t.Error("beliefs are scored although they should not be")
	}
}
