// Package control lets people act on a run from outside while it goes on: an
// operator at a panel, a visitor of the residents' network. What they ask waits
// in a queue beside the run's journal; what was carried out is an event of the
// run, so that the run replays without the queue.
package control

import (
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// Order is what somebody asks of a run. Exactly one field is set.
type Order struct {
	Pause  bool `json:"pause,omitempty"`
	Resume bool `json:"resume,omitempty"`
	Step   int  `json:"step,omitempty"` // ticks to compute, then pause
	Stop   bool `json:"stop,omitempty"` // end the run here; it can be resumed

	Effect *spec.Effect  `json:"effect,omitempty"` // what interventions of a study do
	Visit  *social.Visit `json:"visit,omitempty"`
	Ask    *Ask          `json:"ask,omitempty"`
}

// Kind is what an order is for: pause, resume, step, stop, effect, visit or ask.
func (o Order) Kind() string {
	switch {
	case o.Pause:
		return "pause"
	case o.Resume:
		return "resume"
	case o.Stop:
		return "stop"
	case o.Effect != nil:
		return "effect"
	case o.Visit != nil:
		return "visit"
	case o.Ask != nil:
		return "ask"
	default:
		return "step"
	}
}

// Ask puts questions to residents out of band, at once, even while the run
// pauses.
type Ask struct {
	Audience spec.Audience `json:"audience"`
	// Questions of a poll are all put to everybody alone. Of a talk there is one:
	// the guest's next remark.
	Questions []spec.Question `json:"questions"`
	// Table seats the audience at one table: each hears what those before it
	// answered.
	Table bool `json:"table,omitempty"`
	// Said is what was said before in this talk, oldest first.
	Said []Remark `json:"said,omitempty"`
	// Remember tells those asked, in the next tick, what was asked and answered.
	Remember bool `json:"remember,omitempty"`
}

// Remark is something said in a talk. Who is the id of a resident, or empty for
// the guest.
type Remark struct {
	Who  string `json:"who,omitempty"`
	Text string `json:"text"`
}

// State of a command.
type State string

// The states.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Refused State = "refused" // Why says why
)

// Command is an order in the queue.
type Command struct {
	ID    int64     `json:"id"` // from 1, in the order of arrival
	At    time.Time `json:"at"` // when it arrived, by the clock of who took it
	Who   string    `json:"who"`
	Key   string    `json:"key,omitempty"` // given by who asks: the same key twice is one command
	Order Order     `json:"order"`
	State State     `json:"state"`
	Tick  int64     `json:"tick"`            // in which it was carried out; -1 before
	Reply []Remark  `json:"reply,omitempty"` // answers to an Ask, in the order of the residents
	// Answers are those of the Reply as the journal keeps them.
	Answers []event.Answer `json:"answers,omitempty"`
	Why     string         `json:"why,omitempty"`
}
