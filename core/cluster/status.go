package cluster

import (
	"fmt"
	"time"
)

// State is where a task stands.
type State string

// The states. Requeued is pending again after it has run. The last eight are
// final, unless somebody requeues the job.
const (
	Pending     State = "pending"
	Running     State = "running"
	Requeued    State = "requeued"
	Completed   State = "completed"
	FailedState State = "failed"
	Cancelled   State = "cancelled"
	Timeout     State = "timeout"
	OutOfMemory State = "out_of_memory"
	NodeFail    State = "node_fail"
	Preempted   State = "preempted"
	Unknown     State = "unknown" // a word of the scheduler that gorod does not know
)

// Final reports whether a task in this state has ended.
func (s State) Final() bool {
	switch s {
	case Pending, Running, Requeued, Unknown:
		return false
	default:
		return true
	}
}

// NoTask is the Task of a job that is no array.
const NoTask = -1

// Status is what a scheduler says about one task.
type Status struct {
	ID       string `json:"id"`   // of the job
	Task     int    `json:"task"` // of the array, or NoTask
	State    State  `json:"state"`
	Reason   Reason `json:"reason,omitzero"` // why it is pending, or why it ended
	ExitCode int    `json:"exit_code"`       // 0 until it has ended
	Signal   int    `json:"signal,omitempty"`
	Node     string `json:"node,omitempty"`
	Restarts int    `json:"restarts"` // times it was started again

	Submitted time.Time `json:"submitted,omitzero"`
	Started   time.Time `json:"started,omitzero"` // last start; one that is only expected is not given
	Ended     time.Time `json:"ended,omitzero"`
}

// Reason is why a task waits or ended.
type Reason struct {
	Word    string `json:"word,omitempty"`    // the scheduler's own
	Meaning string `json:"meaning,omitempty"` // what it says
	Advice  string `json:"advice,omitempty"`  // what to do; empty where waiting is all there is
	// Stuck is set where the task never runs unless somebody does something.
	Stuck bool `json:"stuck,omitempty"`
}

// Name is the id of the task, "12" or "12_3".
func (s Status) Name() string {
	if s.Task == NoTask {
		return s.ID
	}
	return fmt.Sprintf("%s_%d", s.ID, s.Task)
}

// changed reports whether a watcher wants to hear of next after s.
func (s Status) changed(next Status) bool {
	return s.State != next.State || s.Reason != next.Reason || s.Restarts != next.Restarts ||
		s.Node != next.Node || s.ExitCode != next.ExitCode || !s.Started.Equal(next.Started)
}
