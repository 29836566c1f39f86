package tally

import (
	"cmp"
	"math"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	topReasons = 10
	topTies    = 400
)

// Result is one run added up.
type Result struct {
	Bins []Bin

	Steps    int // residents' turns to act
	Actions  int // carried out
	Invalid  int // actions refused and replies of no use
	Messages int // actions with a text
	Plans    int
	Reused   int // plans taken from experience
	Shown    int // posts that feeds showed

	Kinds      []Counted[string] // of actions, the most frequent first
	Reasons    []Counted[string] // of Invalid, the most frequent first
	Ties       []Counted[Tie]    // the strongest first
	TiesPruned bool              // there were too many: rare ties are missing

	Start, End Mood // of residents, at their first and last appraisal
	Sentiment  Mean // valence of messages
	Labels     Labels
	Exposure   Exposure
	Spreads    []Spread // of the study's events, in the order in which they came up
	Thread     *Thread  // the one with the most answers; nil where nobody answered
	Opening    []Post   // the first messages
	Town       *Town    // nil where there is none

	Interventions     []Intervened // that came about, in order; the first of them
	InterventionCount int          // all of them
}

// Bin is a stretch of ticks.
type Bin struct {
	Steps, Actions, Invalid, Messages int
	Valence, Arousal                  Mean // of moods
	Sentiment                         Mean // valence of messages
	// Town as it stands at the end of the bin, with the decisions of all of it;
	// nil where there is none.
	Town *event.Town
}

// Mean adds up numbers.
type Mean struct {
	Sum float64
	N   int
}

func (m *Mean) add(x float64) { m.Sum += x; m.N++ }

// Value is the mean, or NaN of nothing.
func (m Mean) Value() float64 { return Ratio(m.Sum, float64(m.N)) }

// Ratio is a/b, or NaN where b is 0.
func Ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// Mood is the mean mood of several residents.
type Mood struct{ Valence, Arousal Mean }

func (m *Mood) add(e event.Mood) {
	m.Valence.add(e.Valence)
	m.Arousal.add(e.Arousal)
}

// moods are a resident's first and last.
type moods struct{ first, last event.Mood }

// Labels count messages by how they sound.
type Labels struct{ Negative, Neutral, Positive int }

func (l *Labels) add(label string) {
	switch label {
	case sdk.Negative:
		l.Negative++
	case sdk.Positive:
		l.Positive++
	default:
		l.Neutral++
	}
}

// Tie is who wrote to whom.
type Tie struct{ From, To string }

func compareTies(a, b Tie) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) }
