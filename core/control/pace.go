package control

import (
	"context"
	"math"
)

// Pace is how a run was told to go on.
type Pace struct {
	// PauseAt is the tick before which the run pauses; Never where it does not.
	PauseAt int64
	// By is the command that said so; its ID is 0 where nobody did.
	By Command
}

// Never is the PauseAt of a run that does not pause.
const Never = math.MaxInt64

// Pace is how the run was told to go on last. It outlives the process that runs
// it: a run that pauses and is stopped pauses when it is resumed, unless an order
// stopped it.
func (q *Queue) Pace(ctx context.Context) (Pace, error) {
	last, err := q.query(ctx, ofPace+" ORDER BY id DESC LIMIT 1")
	if err != nil || len(last) == 0 {
		return Pace{PauseAt: Never}, err
	}
	return Pace{pauseAt(last[0].Order, last[0].Tick), last[0]}, nil
}

// pauseAt is the tick before which a run pauses after an order that it got
// before a tick.
func pauseAt(o Order, tick int64) int64 {
	switch {
	case o.Pause:
		return tick
	case o.Step > 0:
		return tick + int64(o.Step)
	default:
		return Never
	}
}
