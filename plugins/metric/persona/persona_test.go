package persona_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
	"github.com/llm-city/gorod/plugins/metric/persona"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

type key = metrictest.Key

// rigged is a host that embeds each text as the test says.
type rigged struct {
	conformance.Host
	vectors map[string][]float32
	err     error
}

func (r *rigged) Embed(_ context.Context, _ sdk.Call, texts []string) (out [][]float32, _ error) {
	for _, t := range texts {
		out = append(out, r.vectors[t])
	}
	return out, r.err
}

// speak lets an agent write a text at a tick that embeds as given.
func (r *rigged) speak(run *metrictest.Run, tick int64, agent string, embedding ...float64) {
	s := fmt.Sprintf("текст номер %d %s", len(r.vectors), agent)
	var v []float32
	for _, x := range embedding {
		v = append(v, float32(x))
	}
	if r.vectors == nil {
		r.vectors = map[string][]float32{}
	}
	r.vectors[s] = v
	run.Says(tick, agent, "", s, 0)
}

// A resident that turns by an angle whose cosine falls evenly drifts along a
// line; distances from the neutral agent are known as well.
func TestAnEvenDriftIsALine(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(96, "a1", "a2"), &rigged{}
	for tick := int64(0); tick < 96; tick += 8 {
		c := 1.0
		if tick >= 16 {
			c = 1 - float64(tick)/240 // falls by 0.1 a day
		}
		host.speak(r, tick, "a1", c, math.Sqrt(1-c*c))
		host.speak(r, tick, "a2", 1, 0)
	}
	got := r.Measure(t, persona.Plugin(), `{"early":2,"min_texts":3}`, host)
	for k, want := range map[key]float64{
		{Metric: "persona_drift", Agent: "a1"}:    0.1,
		{Metric: "persona_drift_se", Agent: "a1"}: 0,
		{Metric: "persona_drift", Agent: "a2"}:    0,
		{Metric: "persona_drift"}:                 0.05,
		{Metric: "persona_drift_se"}:              0.05,
		{Metric: "persona_drift_p"}:               0.5, // t = 1 with one degree of freedom
		{Metric: "persona_distance", Agent: "a1"}: (16 + 88) / 2 / 240.0,
	} {
		if x := got.Value(k); !(math.Abs(x-want) < 1e-6) {
			t.Errorf("%+v: %v, want %v", k, x, want)
		}
	}
}

func TestDistanceFromTheNeutralAgent(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(24, "a1", "a2", "a3"), &rigged{}
	for tick := int64(0); tick < 24; tick += 4 {
		x := float64(tick) / 24
		host.speak(r, tick, "a1", 0, math.Sqrt(1-x*x), x) // turns towards the others
		host.speak(r, tick, "a2", 0, 0, 1)
		host.speak(r, tick, "a3", 0, 0, 1)
	}
	got := r.Measure(t, persona.Plugin(), `{"early":2,"min_texts":3}`, host)
	if x := got.Value(key{Metric: "neutral_slope", Agent: "a1"}); !(math.Abs(x+1) < 1e-6) {
		t.Errorf("the slope of one who comes nearer by 1 a day is %v", x)
	}
	a1, a2 := got.Value(key{Metric: "neutral_distance", Agent: "a1"}), got.Value(key{Metric: "neutral_distance", Agent: "a2"})
	if !(a1 > 0.3 && a2 < 0.2) {
		t.Errorf("distances %v and %v", a1, a2)
	}
}

// simulate is a run of one resident whose texts scatter about a direction that
// turns by so much a day.
func simulate(seed uint64, drift float64) (*metrictest.Run, *rigged) {
	random := rand.New(rand.NewPCG(seed, 3))
	r, host := metrictest.New(40*6, "a1"), &rigged{}
	for tick := int64(0); tick < 40*6; tick += 6 {
		v := make([]float64, 16)
		for i := range v {
			v[i] = 0.15 * random.NormFloat64()
		}
		angle := drift * float64(tick) / 24
		v[0] += math.Cos(angle)
		v[1] += math.Sin(angle)
		host.speak(r, tick, "a1", v...)
	}
	return r, host
}

// Of 200 steady residents about one in twenty is found to drift at p < 0.05,
// in either direction; of 200 that turn by two thirds of a right angle in ten
// days nearly all are.
func TestADriftingPersonaIsFoundAndASteadyOneIsNot(t *testing.T) {
	t.Parallel()
	const runs = 200
	found := func(drift float64) (n int) {
		for seed := range uint64(runs) {
			r, host := simulate(seed, drift)
			got := r.Measure(t, persona.Plugin(), "", host)
			if got.Value(key{Metric: "persona_drift_p", Agent: "a1"}) < 0.05 {
				n++
			}
		}
		return n
	}
	steady, drifting := found(0), found(math.Pi/30)
	t.Logf("found to drift: %d of %d steady residents, %d of %d drifting ones", steady, runs, drifting, runs)
	if steady < 2 || steady > 19 { // 10 expected, three standard deviations
		t.Errorf("%d of %d steady residents are found to drift", steady, runs)
	}
	if drifting < 190 {
		t.Errorf("%d of %d drifting residents are found to drift", drifting, runs)
	}
}

func TestTextsAreEmbeddedUpToALimitSpreadOverTheRun(t *testing.T) {
	t.Parallel()
	r, host := metrictest.New(100, "a1"), &rigged{}
	for tick := range int64(100) {
		for range 10 {
			host.speak(r, tick, "a1", 1, float64(tick)/1000)
		}
	}
	got := r.Measure(t, persona.Plugin(), `{"max_texts":50}`, host)
	for _, s := range got {
		if s.Metric == "neutral_distance" && s.Agent == "a1" {
			t.Error("there is nobody to compare with")
		}
		if s.Metric == "persona_drift" && s.Agent == "a1" && s.N != 45 {
			t.Errorf("%d later texts, want 45", s.N)
		}
	}
	if x := got.Value(key{Metric: "persona_drift", Agent: "a1"}); !(x > 0) {
		t.Errorf("slope %v", x)
	}
}

func TestAnswersOverTimeAreALineForAllEachWithItsLevel(t *testing.T) {
	t.Parallel()
	r := metrictest.New(97, "a1", "a2")
	answer := func(day int64, agent, question string, value any) {
		r.Add(24*day, agent, "survey", metrictest.Fields{"survey": "views", "question": question, "answer": "х", "value": value})
	}
	for day := range int64(4) {
		answer(day, "a1", "bridge", 1+float64(day)) // rises by 1 a day
		answer(day, "a2", "bridge", 9-float64(day)) // falls by 1
		answer(day, "a1", "tax", 2*float64(day))
		answer(day, "a2", "tax", 100+2*float64(day))
		answer(day, "a1", "why", nil)
	}
	got := r.Measure(t, persona.Plugin(), "", nil)
	got.Want(t, map[key]float64{
		{Metric: "survey_slope", Item: "views/tax"}:                 2,
		{Metric: "survey_slope_p", Item: "views/tax"}:               0,
		{Metric: "survey_slope", Item: "views/bridge"}:              0,
		{Metric: "survey_slope_p", Item: "views/bridge"}:            1,
		{Metric: "survey_slope_se", Item: "views/bridge"}:           math.Sqrt(10.0 / 5 / 10), // residuals 5+5, 8-2-1 df, Sxx 10
		{Metric: "survey_slope", Item: "views/bridge", Agent: "a2"}: -1,
	})
	if got.Has(key{Metric: "survey_slope", Item: "views/why"}) {
		t.Error("an open answer is scored")
	}
}

func TestAHostThatCannotEmbedLeavesTheSurveys(t *testing.T) {
	t.Parallel()
	r, host := simulate(1, 0)
	for tick := range int64(3) {
		r.Add(tick, "a1", "survey", metrictest.Fields{"survey": "s", "question": "q", "value": 1})
	}
	host.err = sdk.Errorf(sdk.ErrUnsupported, "no embeddings")
	got := r.Measure(t, persona.Plugin(), "", host)
	if !got.Has(key{Metric: "survey_slope", Item: "s/q"}) || got.Has(key{Metric: "persona_drift", Agent: "a1"}) {
		t.Errorf("%+v", got)
	}
	host.err = sdk.Errorf(sdk.ErrBudget, "spent")
	var domain *sdk.Error
	if _, err := r.Try(t, persona.Plugin(), "", host); !errors.As(err, &domain) || domain.Kind != sdk.ErrBudget {
		t.Errorf("%v", err)
	}
}

func TestBadEmbeddingsAreNamed(t *testing.T) {
	t.Parallel()
	r, host := simulate(1, 0)
	for s := range host.vectors {
		host.vectors[s] = host.vectors[s][:15]
		break
	}
	var domain *sdk.Error
	if _, err := r.Try(t, persona.Plugin(), "", host); !errors.As(err, &domain) || domain.Kind != sdk.ErrModel {
		t.Errorf("%v", err)
	}
}

func TestTooFewTextsAreNotScored(t *testing.T) {
	t.Parallel()
	r := metrictest.New(5, "a1", "a2")
	r.Says(0, "a1", "", "одно слово другое", 0)
	for _, run := range []*metrictest.Run{r, metrictest.New(0)} {
		if got := run.Measure(t, persona.Plugin(), "", nil); len(got) > 0 {
			t.Errorf("%+v", got)
		}
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, persona.Plugin(), "", &conformance.Host{}) }
