package planning

import (
	"bytes"
	"encoding/json"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const maxValue = 4000 // runes of an argument

// reply is what the schema asks a model for.
type reply struct {
	Thought string                       `json:"thought"`
	Purpose string                       `json:"purpose"`
	Place   string                       `json:"place"`
	Actions []map[string]json.RawMessage `json:"actions"`
}

// decision takes a reply as it is: whether an action makes sense is for the
// environment to say. No purpose leaves the agent its plan.
func (r *reply) decision(req *sdk.PlanRequest) sdk.Decision {
	d := sdk.Decision{Thought: text.Plain(r.Thought, maxThought)}
	if purpose := text.Plain(r.Purpose, maxPurpose); purpose != "" {
		d.Plan = &sdk.Plan{Purpose: purpose, Place: text.Plain(r.Place, maxPlace)}
		if d.Plan.Place == "" {
			d.Plan.Place = req.Observation.Place
		}
	}
	d.Actions = actions(r.Actions, req.MaxActions)
	return d
}

// actions are those of a reply, at most so many.
func actions(raw []map[string]json.RawMessage, most int) []sdk.Action {
	var out []sdk.Action
	for _, fields := range raw[:min(len(raw), max(most, 0))] {
		out = append(out, action(fields))
	}
	return out
}

// action leaves out arguments that are empty: models fill in what they do not
// use.
func action(fields map[string]json.RawMessage) sdk.Action {
	a := sdk.Action{Args: map[string]string{}}
	for name, raw := range fields {
		value := argument(raw)
		switch {
		case value == "":
		case name == "kind":
			a.Kind = value
		default:
			a.Args[name] = value
		}
	}
	return a
}

// argument is a JSON value as an argument of an action.
func argument(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		if s = string(raw); bytes.Equal(raw, []byte("null")) {
			return ""
		}
	}
	return text.Cut(s, maxValue)
}
