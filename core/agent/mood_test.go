package agent_test

import (
	"math"
	"testing"

	"github.com/llm-city/gorod/core/agent"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestMoodFollowsItsFormula(t *testing.T) {
	t.Parallel()
	rule := agent.MoodRule{Decay: 0.5, Gain: 0.4}
	calm := &sdk.Persona{}
	nervous := &sdk.Persona{Traits: map[string]float64{"neuroticism": 1}}
	bad := []agent.Stimulus{{Valence: -1, Weight: 1}}
	mixed := []agent.Stimulus{{Valence: 1, Weight: 1}, {Valence: -1, Weight: 0.25}}
	for name, c := range map[string]struct {
		persona *sdk.Persona
		mood    float64
		stimuli []agent.Stimulus
		want    float64
		mean    float64
	}{
		"returns half-way to the baseline":         {calm, 0.8, nil, 0.4, 0},
		"bad news pulls down":                      {calm, 0, bad, -0.4, -1},
		"bad news pulls nervous people down more":  {nervous, -0.15, bad, -0.75, -1},
		"weights count: (1 − 0.25)/1.25 = 0.6":     {calm, 0, mixed, 0.24, 0.6},
		"never leaves the scale":                   {calm, -1, []agent.Stimulus{{Valence: -9, Weight: 1}}, -1, -9},
		"good news moves nervous people no more":   {nervous, -0.15, []agent.Stimulus{{Valence: 1, Weight: 1}}, 0.25, 1},
		"no persona behaves as one without traits": {nil, 0, bad, -0.4, -1},
	} {
		got, mean := rule.Next(sdk.Mood{Valence: c.mood}, c.persona, c.stimuli)
		if got.Valence != c.want || mean != c.mean {
			t.Errorf("%s: mood %v, mean %v; want %v, %v", name, got.Valence, mean, c.want, c.mean)
		}
	}
}

func TestArousalSettlesAtWhatStirs(t *testing.T) {
	t.Parallel()
	rule := agent.MoodRule{Decay: 0.8, Gain: 0.2}
	for _, level := range []float64{0, 0.1, 0.5, 1} {
		mood := agent.Baseline(nil)
		for range 100 {
			mood, _ = rule.Next(mood, nil, []agent.Stimulus{{Valence: 0.4, Arousal: level, Weight: 1}})
		}
		if math.Abs(mood.Arousal-level) > 1e-4 || math.Abs(mood.Valence-0.4) > 1e-4 {
			t.Errorf("a stream of valence 0.4 and arousal %g ends at %+v", level, mood)
		}
		for range 100 {
			mood, _ = rule.Next(mood, nil, nil)
		}
		if rest := agent.Baseline(nil); math.Abs(mood.Arousal-rest.Arousal) > 1e-4 {
			t.Errorf("at rest arousal is %g, not %g", mood.Arousal, rest.Arousal)
		}
	}
}

func TestExtravertsRestHigherThanNervousPeople(t *testing.T) {
	t.Parallel()
	out := agent.Baseline(&sdk.Persona{Traits: map[string]float64{"extraversion": 1}})
	worried := agent.Baseline(&sdk.Persona{Traits: map[string]float64{"neuroticism": 1}})
	if out.Valence <= 0 || worried.Valence >= 0 || worried.Arousal <= 0.3 {
		t.Errorf("extravert %+v, nervous %+v", out, worried)
	}
}
