package agent

import (
	"math"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Stimulus is one thing that a resident appraised: how it sounds, and how much
// it matters to the resident (1 for what is addressed to it).
type Stimulus struct {
	Valence float64 // -1…1
	Arousal float64 // 0…1
	Weight  float64 // > 0
}

// MoodRule is a leaky integrator: a mood returns to the persona's baseline and
// is pushed by what the resident reads. With baseline b, deviation d = mood − b
// and weighted mean stimulus s of a tick,
//
//	valence' = clamp(b + Decay·d + Gain·k·s)
//	arousal' = clamp(b + Decay·d + Gain·(s − b))
//
// where k = 1 + neuroticism/2 for bad news and 1 otherwise: negative events
// move neurotic people more (Suls & Martin 2005, J. Personality 73(6)). A tick
// without stimuli only returns. What stirs less than the baseline calms. With
// Gain = 1 − Decay, a resident in an unchanging stream ends at b + s in
// valence and at s in arousal. The exponential return to a baseline is the
// usual choice in affect simulation (Gebhard 2005, ALMA, AAMAS).
type MoodRule struct {
	Decay float64 // share of the deviation kept a tick, 0…1
	Gain  float64 // weight of what is appraised, 0…1
}

// Baseline is the mood a persona returns to: extraverts a little above
// neutral, neurotics a little below and more stirred.
func Baseline(p *sdk.Persona) sdk.Mood {
	if p == nil {
		return sdk.Mood{Arousal: 0.3}
	}
	e, n := p.Traits["extraversion"], p.Traits["neuroticism"]
	return sdk.Mood{
		Valence: round(clamp(0.15*e-0.15*n, -1, 1)),
		Arousal: round(clamp(0.3+0.1*e+0.15*n, 0, 1)),
	}
}

// Next is the mood after a tick, and the weighted mean valence of its stimuli.
// Results are rounded to 1e-6, so that they are the same on every machine.
func (r MoodRule) Next(m sdk.Mood, p *sdk.Persona, stimuli []Stimulus) (sdk.Mood, float64) {
	base := Baseline(p)
	valence, arousal := mean(stimuli)
	k := 1.0
	if p != nil && valence < 0 {
		k += p.Traits["neuroticism"] / 2
	}
	next := sdk.Mood{
		Valence: base.Valence + r.Decay*(m.Valence-base.Valence),
		Arousal: base.Arousal + r.Decay*(m.Arousal-base.Arousal),
	}
	if len(stimuli) > 0 {
		next.Valence += r.Gain * k * valence
		next.Arousal += r.Gain * (arousal - base.Arousal)
	}
	next.Valence = round(clamp(next.Valence, -1, 1))
	next.Arousal = round(clamp(next.Arousal, 0, 1))
	return next, round(valence)
}

func mean(stimuli []Stimulus) (valence, arousal float64) {
	var weight float64
	for _, s := range stimuli {
		valence += s.Weight * s.Valence
		arousal += s.Weight * s.Arousal
		weight += s.Weight
	}
	if weight == 0 {
		return 0, 0
	}
	return valence / weight, arousal / weight
}

func clamp(x, low, high float64) float64 { return min(max(x, low), high) }

func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }
