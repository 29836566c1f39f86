package registry

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// XY is a point of a curve.
type XY struct{ X, Y float64 }

// Curves are the losses of training and of the held-out split by step. A step
// that was done again after a restart counts as it was the last time.
func Curves(points []Point) (train, held []XY) {
	loss, eval := map[int]float64{}, map[int]float64{}
	for _, p := range points {
		if p.Event == "resume" { // what came after the checkpoint is done again
			maps.DeleteFunc(loss, func(step int, _ float64) bool { return step > p.Step })
			maps.DeleteFunc(eval, func(step int, _ float64) bool { return step > p.Step })
		}
		if p.Loss != nil {
			loss[p.Step] = *p.Loss
		}
		if p.EvalLoss != nil {
			eval[p.Step] = *p.EvalLoss
		}
	}
	return ordered(loss), ordered(eval)
}

func ordered(by map[int]float64) []XY {
	out := make([]XY, 0, len(by))
	for step, y := range by {
		out = append(out, XY{float64(step), y})
	}
	slices.SortFunc(out, func(a, b XY) int { return cmp.Compare(a.X, b.X) })
	return out
}

// Progress is how far a task is.
type Progress struct {
	Step            int      `json:"step"`
	Of              int      `json:"of"`
	Epoch           float64  `json:"epoch"`
	Loss            *float64 `json:"loss,omitempty"` // the last; nil: none yet
	EvalLoss        *float64 `json:"eval_loss,omitempty"`
	BestEvalLoss    *float64 `json:"best_eval_loss,omitempty"`
	LR              float64  `json:"lr"`
	TokensPerSecond float64  `json:"tokens_per_second"`
	PeakGB          float64  `json:"peak_gb"` // most memory that was measured
	Resumed         int      `json:"resumed"` // times that it went on from a checkpoint
	// Left is how long it will take, in nanoseconds; 0 is not known, or nothing.
	Left time.Duration `json:"left"`
}

// window is how many of the last steps the speed is taken from.
const window = 50

// ProgressOf sums up what a task has measured.
func ProgressOf(points []Point) Progress {
	var t Tally
	for i := range points {
		t.Add(points[i])
	}
	return t.Progress()
}

// Tally sums up what a task measures, a line at a time. The zero value has seen
// none.
type Tally struct {
	sum  Progress
	pace []float64 // seconds of a step, the last ones
	// step and time of the last line that has a pace; time 0 is none.
	step int
	time float64
}

// Add takes in the next line.
func (t *Tally) Add(q Point) {
	p := &t.sum
	p.Step, p.Of = q.Step, cmp.Or(q.Of, p.Of)
	p.Epoch, p.LR, p.TokensPerSecond = or(q.Epoch, p.Epoch), or(q.LR, p.LR), or(q.TokensPerSecond, p.TokensPerSecond)
	p.PeakGB = max(p.PeakGB, or(q.MemoryGB, 0))
	if q.Loss != nil {
		p.Loss = q.Loss
	}
	if q.EvalLoss != nil {
		p.EvalLoss = q.EvalLoss
		if p.BestEvalLoss == nil || *q.EvalLoss < *p.BestEvalLoss {
			p.BestEvalLoss = q.EvalLoss
		}
	}
	if q.Event == "resume" {
		p.Resumed++
		t.time = 0 // the time that it waited is none of its pace
	}
	if q.Event != "log" {
		return
	}
	if t.time > 0 && q.Step > t.step && q.Time > t.time {
		t.pace = append(t.pace[max(0, len(t.pace)-window+1):], (q.Time-t.time)/float64(q.Step-t.step))
	}
	t.step, t.time = q.Step, q.Time
}

// longest bounds what is said to be left, below what a Duration holds.
const longest = 100 * 365 * 24 * time.Hour

// Progress is the sum.
func (t *Tally) Progress() Progress {
	p := t.sum
	if len(t.pace) > 0 && p.Of > p.Step {
		seconds := mean(t.pace) * float64(p.Of-p.Step)
		p.Left = time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
	}
	return p
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, x := range all {
		sum += x
	}
	return sum / float64(len(all))
}

func or(x *float64, otherwise float64) float64 {
	if x == nil {
		return otherwise
	}
	return *x
}
