package items

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
)

// Tally collects the scores of an Outcome.
type Tally struct{ Outcome task.Outcome }

// Add keeps a sample and gives its index.
func (t *Tally) Add(s sample.Sample) int {
	t.Outcome.Samples = append(t.Outcome.Samples, s)
	return len(t.Outcome.Samples) - 1
}

// Judge has judges see a sample.
func (t *Tally) Judge(index int) { t.Outcome.Judged = append(t.Outcome.Judged, index) }

// Unjudged says why judges do not see a sample that they would see had it a reply
// that is any use.
func (t *Tally) Unjudged(index int, why string) {
	if t.Outcome.Unjudged == nil {
		t.Outcome.Unjudged = map[int]string{}
	}
	t.Outcome.Unjudged[index] = why
}

// Score adds a value of a measure. What is no number is missing instead.
func (t *Tally) Score(index int, measure string, value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		t.Missing(index, measure, "not a number")
		return
	}
	t.add(index, sample.Score{Measure: measure, Value: value})
}

// Truth adds 1 or 0.
func (t *Tally) Truth(index int, measure string, value bool) {
	t.Score(index, measure, Binary(value))
}

// Missing adds why there is no value of each of the measures.
func (t *Tally) Missing(index int, measure, why string) {
	t.add(index, sample.Score{Measure: measure, Missing: why})
}

func (t *Tally) add(index int, score sample.Score) {
	s := &t.Outcome.Samples[index]
	score.Sample, score.Turn = strconv.Itoa(index), s.Turn
	score.Length = int32(min(utf8.RuneCountInString(s.Reply), math.MaxInt32))
	t.Outcome.Scores = append(t.Outcome.Scores, score)
}

// Binary is 1 for true and 0 for false.
func Binary(value bool) float64 {
	if value {
		return 1
	}
	return 0
}
