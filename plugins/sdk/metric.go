package sdk

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// Metric measures a run by its events. Measure is called for one run at a time.
type Metric interface {
	// Measure reads the events of a run in order and returns its scores. It must
	// not keep the iterator, and hands an error of it back.
	Measure(ctx context.Context, run Run, events iter.Seq2[Event, error]) ([]Score, error)
}

// MetricInfo says what a score of a name means.
type MetricInfo struct {
	Name       string   `json:"name"`       // lower-case letters, digits and underscores
	Definition string   `json:"definition"` // one or two sentences, or a formula
	Unit       string   `json:"unit,omitempty"`
	Low        *float64 `json:"low,omitempty"`  // of the range; nil: unbounded
	High       *float64 `json:"high,omitempty"` // of the range; nil: unbounded
	Source     string   `json:"source,omitempty"`
	// Better says which way is better: "up", "down", or "" where neither is.
	Better string `json:"better,omitempty"`
}

// Run is what a metric knows of a run before it reads its events.
type Run struct {
	Study    string        `json:"study"`
	Cell     string        `json:"cell"`
	Seed     uint64        `json:"seed"`
	Language string        `json:"language"`
	Start    time.Time     `json:"start"` // simulated time of tick 0
	Step     time.Duration `json:"step"`  // between ticks
	Ticks    int64         `json:"ticks"` // that the run has computed
	Agents   []Agent       `json:"agents"`
}

// Event is a row of the journal. (Tick, Seq) orders the events of a run. What
// Data holds for a Kind is the journal's documented schema.
type Event struct {
	Tick  int64           `json:"tick"`
	Seq   int             `json:"seq"`
	Agent string          `json:"agent,omitempty"`
	Kind  string          `json:"kind"`
	Data  json.RawMessage `json:"data"`
}

// Score is one value of a metric. It is about the whole run, or where Agent,
// Group or Tick is set about that; NoTick stands for "no tick in particular".
type Score struct {
	Metric string  `json:"metric"`
	Agent  string  `json:"agent,omitempty"`
	Group  string  `json:"group,omitempty"`
	Item   string  `json:"item,omitempty"` // what else it is about: an event's id, a question's
	Tick   int64   `json:"tick"`
	Value  float64 `json:"value"`
	N      int     `json:"n,omitempty"` // how many observations it rests on
}

// NoTick is the Tick of a Score that is about no tick in particular.
const NoTick int64 = -1
