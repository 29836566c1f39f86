package persona_test

import (
	"math"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
	"github.com/llm-city/gorod/plugins/metric/persona"
	"github.com/llm-city/gorod/plugins/sdk"
)

// few lets six texts of a resident be enough.
const few = `{"early":2,"min_texts":4}`

// believer is a resident of certain traits and beliefs.
func believer(id string, traits, beliefs map[string]float64) sdk.Agent {
	return sdk.Agent{ID: id, Persona: &sdk.Persona{Name: id, Traits: traits, Beliefs: beliefs}}
}

func near(t *testing.T, got metrictest.Scores, want map[key]float64) {
	t.Helper()
	for k, want := range want { // embeddings have 24 bits
		if x := got.Value(k); !(math.Abs(x-want) < 1e-6) {
			t.Errorf("%+v: %v, want %v", k, x, want)
		}
	}
}

func TestDistanceFromTheOpposite(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(24), &rigged{}
	r.Agents = []sdk.Agent{believer("a1", map[string]float64{"openness": 0.5}, nil), believer("a2", map[string]float64{"openness": -0.9}, nil)}
	for tick := int64(0); tick < 24; tick += 4 {
		host.speak(r, tick, "a1", 1, 0)
		host.speak(r, tick, "a2", 0.5, math.Sqrt(0.75))
	}
	near(t, r.Measure(t, persona.Plugin(), few, host), map[key]float64{
		{Metric: "opposite_distance", Agent: "a1"}: 0.5,
		{Metric: "opposite_distance", Agent: "a2"}: 0.5,
		{Metric: "opposite_distance"}:              0.5,
		{Metric: "opposite_margin", Agent: "a1"}:   0.5,
		{Metric: "opposite_margin"}:                0.5,
		{Metric: "opposite_slope", Agent: "a1"}:    0,
		{Metric: "opposite_slope"}:                 0,
	})
}

// One comes to speak like its opposite by 1 a day, the other keeps its way.
func TestAResidentThatTurnsIntoItsOpposite(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(25), &rigged{}
	r.Agents = []sdk.Agent{believer("a1", nil, map[string]float64{"Мост нужен": 1}), believer("a2", nil, map[string]float64{"Мост нужен": -1})}
	var sum [2]float64
	later := 0.0
	for tick := int64(0); tick <= 24; tick += 4 {
		x := float64(tick) / 24
		y := math.Sqrt(1 - x*x)
		host.speak(r, tick, "a1", y, x)
		host.speak(r, tick, "a2", 0, 1)
		sum[0], sum[1] = sum[0]+y, sum[1]+x
		if tick == 0 {
			host.speak(r, tick, "a1", 1, 0) // its early texts are alike
			sum[0]++
		} else {
			later += (1 - y) / 6
		}
	}
	length := math.Hypot(sum[0], sum[1])
	got := r.Measure(t, persona.Plugin(), few, host)
	near(t, got, map[key]float64{
		{Metric: "persona_distance", Agent: "a1"}:  later,
		{Metric: "opposite_slope", Agent: "a1"}:    -1,
		{Metric: "opposite_slope", Agent: "a2"}:    0,
		{Metric: "opposite_slope"}:                 -0.5,
		{Metric: "opposite_slope_se"}:              0.5,
		{Metric: "opposite_slope_p"}:               0.5, // t = -1 with one degree of freedom
		{Metric: "opposite_distance", Agent: "a1"}: 1 - sum[1]/length,
		{Metric: "opposite_margin", Agent: "a1"}:   1 - sum[1]/length - later,
		{Metric: "opposite_margin", Agent: "a2"}:   1 - sum[1]/length,
	})
}

func TestAConvertIsCloserToItsOpposite(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(8), &rigged{}
	r.Agents = []sdk.Agent{believer("a1", map[string]float64{"a": 1}, nil), believer("a2", map[string]float64{"a": -1}, nil)}
	for tick := range int64(8) {
		host.speak(r, tick, "a2", 0, 1)
		if tick < 2 {
			host.speak(r, tick, "a1", 1, 0)
		} else {
			host.speak(r, tick, "a1", 0, 1)
		}
	}
	near(t, r.Measure(t, persona.Plugin(), few, host), map[key]float64{
		{Metric: "opposite_margin", Agent: "a1"}: 1 - 6/math.Sqrt(40) - 1,
	})
}

// Everybody says one thing all the time, each at another angle, so that the
// distance tells who the opposite is.
func TestWhoTheOppositeIs(t *testing.T) {
	t.Parallel()
	type strengths = map[string]float64
	const none = -1
	for name, tt := range map[string]struct {
		own    sdk.Agent
		others []sdk.Agent
		want   int // of others
	}{
		"the most opposed": {believer("a", strengths{"x": 1}, nil),
			[]sdk.Agent{believer("b", strengths{"x": -0.1, "y": 1}, nil), believer("c", strengths{"x": -0.5}, nil)}, 1},
		"traits and beliefs together": {believer("a", strengths{"x": 1}, strengths{"s": 1}),
			[]sdk.Agent{believer("b", strengths{"x": -1}, strengths{"s": 1}), believer("c", strengths{"x": 0.5}, strengths{"s": -1})}, 1},
		"of several the first by id": {believer("a", strengths{"x": 1, "y": 0.3}, nil),
			[]sdk.Agent{believer("d", strengths{"x": -0.1, "y": -0.03}, nil), believer("c", strengths{"x": -1, "y": -0.3}, nil), believer("e", strengths{"x": -1, "y": -0.3}, nil)}, 1},
		"a trait is no belief of that name": {believer("a", strengths{"x": 1}, nil), []sdk.Agent{believer("b", nil, strengths{"x": -1})}, none},
		"nobody is opposed":                 {believer("a", strengths{"x": 1}, nil), []sdk.Agent{believer("b", strengths{"x": 0.1}, nil), believer("c", strengths{"y": -1}, nil)}, none},
		"at a right angle": {believer("a", strengths{"x": 0.3, "y": 0.1}, nil), // rounded, the cosine is below 0
			[]sdk.Agent{believer("b", strengths{"x": 0.3, "y": -0.9}, nil)}, none},
		"no persona":                 {sdk.Agent{ID: "a"}, []sdk.Agent{believer("b", strengths{"x": 1}, nil)}, none},
		"no traits":                  {believer("a", nil, nil), []sdk.Agent{believer("b", strengths{"x": 1}, nil)}, none},
		"traits of zero":             {believer("a", strengths{"x": 0}, nil), []sdk.Agent{believer("b", strengths{"x": -1}, nil)}, none},
		"traits that are no numbers": {believer("a", strengths{"x": math.NaN()}, nil), []sdk.Agent{believer("b", strengths{"x": -1}, nil)}, none},
		"the weakest of beliefs":     {believer("a", nil, strengths{"x": 1e-300, "y": 5e-301}), []sdk.Agent{believer("b", nil, strengths{"x": -1e-300, "y": 5e-301})}, 0},
	} {
		r, host := metrictest.New(6), &rigged{}
		r.Agents = append(r.Agents, tt.own)
		r.Agents = append(r.Agents, tt.others...)
		for tick := range int64(6) {
			for i, a := range r.Agents {
				host.speak(r, tick, a.ID, math.Cos(float64(i)), math.Sin(float64(i)))
			}
		}
		got := r.Measure(t, persona.Plugin(), few, host)
		own := key{Metric: "opposite_distance", Agent: "a"}
		if tt.want == none {
			if got.Has(own) {
				t.Errorf("%s: scored at %v", name, got.Value(own))
			}
			continue
		}
		if x, want := got.Value(own), 1-math.Cos(float64(tt.want+1)); !(math.Abs(x-want) < 1e-6) {
			t.Errorf("%s: distance %v, want %v", name, x, want)
		}
	}
}

func TestAnOppositeThatIsSilentIsNotScored(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(6), &rigged{}
	r.Agents = []sdk.Agent{
		believer("a1", map[string]float64{"x": 1}, nil), believer("a2", map[string]float64{"x": -1}, nil), believer("a3", map[string]float64{"x": -0.5, "y": 0.5}, nil),
	}
	for tick := range int64(6) {
		host.speak(r, tick, "a1", 1, 0)
		host.speak(r, tick, "a3", 0, 1)
	}
	host.speak(r, 5, "a2", 0, 1) // once
	got := r.Measure(t, persona.Plugin(), few, host)
	if got.Has(key{Metric: "opposite_distance", Agent: "a1"}) || got.Has(key{Metric: "opposite_distance", Agent: "a2"}) {
		t.Error("a resident is compared with one who said too little")
	}
	near(t, got, map[key]float64{{Metric: "opposite_distance", Agent: "a3"}: 1, {Metric: "opposite_distance"}: 1})
}
