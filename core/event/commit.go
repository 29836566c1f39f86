package event

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Row is one row of an environment's state, identified by (Kind, ID): a post, a
// follow, a membership. A nil JSON removes it.
type Row struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	JSON json.RawMessage `json:"json"`
}

// AgentState is what a run keeps of a resident between ticks, beside its
// memory.
type AgentState struct {
	ID       string        `json:"id"`
	Mood     sdk.Mood      `json:"mood"`
	Goals    []string      `json:"goals,omitempty"`
	Plan     sdk.Plan      `json:"plan,omitzero"`
	Model    string        `json:"model,omitempty"`    // entry of models, where an intervention changed it
	Outcomes []sdk.Outcome `json:"outcomes,omitempty"` // of the last tick it acted in
}

// Newcomer is a resident who came after the run began.
type Newcomer struct {
	ID, Name, Group, Model string
	Persona                json.RawMessage
}

// PluginChanges are the records that one plugin changed.
type PluginChanges struct {
	Plugin  string // the plugin's slot in the run: memory, planner
	Changes []sdk.RecordChange
}

// Incident is something that went wrong with a part of the machinery and was
// survived: a plugin restarted. It is stored and reported, not digested.
type Incident struct {
	Tick   int64  `json:"tick"`
	Kind   string `json:"kind"`
	Source string `json:"source"`
	Detail string `json:"detail"`
}

// Usage is what a tick asked of models, with what was asked out of band since the
// one before. It is stored and shown, not digested.
type Usage struct {
	Calls  int64 `json:"calls"`  // answered by a model
	Hits   int64 `json:"hits"`   // answered by the cassette
	Errors int64 `json:"errors"` // not answered
	Peak   int64 `json:"peak"`   // most that were under way or waited for an endpoint at once
}

// Commit is everything a tick changed. It is stored whole or not at all.
type Commit struct {
	Tick   int64
	Time   string // simulated, RFC 3339
	Events []Event
	Agents []AgentState // those that changed
	// Newcomers came in this tick, in order.
	Newcomers []Newcomer
	Rows      []Row
	// Records in the order in which the plugins gave them.
	Records   []PluginChanges
	Incidents []Incident
	Findings  Findings
	Usage     Usage
	Steps     int    // agents that acted
	Digest    []byte // state of the running SHA-256 after Events
	Done      bool   // the environment has nothing left to do
}
