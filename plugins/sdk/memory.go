package sdk

import "context"

// Memory keeps what residents live through and finds it again. Methods are
// called from several goroutines.
type Memory interface {
	// Observe stores what agents saw. It returns what changed in the plugin's
	// state; the host commits it with the tick.
	Observe(ctx context.Context, tick int64, seen []Seen) ([]RecordChange, error)
	// Recall answers every query, in order. It changes nothing.
	Recall(ctx context.Context, tick int64, queries []Query) ([]Recollection, error)
}

// Seen is one agent's observation.
type Seen struct {
	Agent       Agent
	Observation Observation
}

// Query asks what an agent remembers: about Text, or where that is empty about
// what Observation shows.
type Query struct {
	Agent       Agent
	Observation Observation
	Text        string
	Limit       int // at most so many items; 0 leaves it to the plugin
}

// Recollection is what an agent remembers.
type Recollection struct {
	// Text goes into a prompt as it is.
	Text  string        `json:"text,omitempty"`
	Items []Remembrance `json:"items,omitempty"`
	// Experience holds actions that once fulfilled the agent's present plan.
	Experience []Action `json:"experience,omitempty"`
}

// Remembrance is one memory found.
type Remembrance struct {
	Key   string  `json:"key"` // of the record it comes from
	Text  string  `json:"text"`
	Score float64 `json:"score,omitempty"`
	Tick  int64   `json:"tick,omitempty"`
}
