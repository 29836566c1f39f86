package sdk

import "encoding/json"

// Agent is a resident as a plugin sees it in a tick.
type Agent struct {
	ID      string   `json:"id"`
	Persona *Persona `json:"persona,omitempty"`
	Mood    Mood     `json:"mood"`
	Goals   []string `json:"goals,omitempty"`
	Plan    Plan     `json:"plan,omitzero"`
	Group   string   `json:"group,omitempty"`
}

// Name is the persona's name, or the id where there is none.
func (a Agent) Name() string {
	if a.Persona == nil || a.Persona.Name == "" {
		return a.ID
	}
	return a.Persona.Name
}

// Persona says who a resident is. Traits lie in -1…1; Beliefs map a statement
// to how strongly it is held, from -1 (rejects it) to 1 (is sure of it);
// Relationships map another resident's id or name to what it is to this one.
// Goals are the persona's own; Agent.Goals has those of its group besides.
// A Persona is shared between ticks and must not be changed.
type Persona struct {
	Name          string             `json:"name"`
	Age           int                `json:"age,omitempty"`
	Gender        string             `json:"gender,omitempty"`
	Occupation    string             `json:"occupation,omitempty"`
	Residence     string             `json:"residence,omitempty"`
	Bio           string             `json:"bio,omitempty"`
	Style         string             `json:"style,omitempty"`
	Interests     []string           `json:"interests,omitempty"`
	Traits        map[string]float64 `json:"traits,omitempty"`
	Beliefs       map[string]float64 `json:"beliefs,omitempty"`
	Relationships map[string]string  `json:"relationships,omitempty"`
	Routine       []string           `json:"routine,omitempty"`
	Goals         []string           `json:"goals,omitempty"`
	Extra         json.RawMessage    `json:"extra,omitempty"`
}

// Mood is how a resident feels: Valence from -1 (bad) to 1 (good), Arousal from
// 0 (calm) to 1 (stirred).
type Mood struct {
	Valence float64 `json:"valence"`
	Arousal float64 `json:"arousal"`
}

// Plan is what a resident is about to do, where, and since which tick.
type Plan struct {
	Purpose string `json:"purpose,omitempty"`
	Place   string `json:"place,omitempty"`
	Since   int64  `json:"since,omitempty"`
}
