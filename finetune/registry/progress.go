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
	var p Progress
	var pace []float64
	var before *Point
	for i := range points {
		q := &points[i]
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
			before = nil // the time that it waited is none of its pace
		}
		if q.Event != "log" {
			continue
		}
		if before != nil && q.Step > before.Step && q.Time > before.Time {
			pace = append(pace, (q.Time-before.Time)/float64(q.Step-before.Step))
		}
		before = q
	}
	if n := len(pace); n > 0 && p.Of > p.Step {
		p.Left = time.Duration(mean(pace[max(0, n-window):]) * float64(p.Of-p.Step) * float64(time.Second))
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
