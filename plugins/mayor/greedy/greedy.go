// Package greedy is the mayor who counts: every hour it does what it expects to
// bring the town the most money until the deadline, and nothing where nothing
// pays. Where the goal asks for residents, it recruits for it first, as cheaply
// as it can.
//
// A resident is worth what it will spend: its cash, and what it earns where
// there is a desk for it, at the rate at which residents have spent so far,
// until the deadline. Building and recruiting are worth what they add to that,
// less what they cost.
package greedy

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/plugins/mayor/hire"
	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "spending": {
      "description": "coins that a resident is expected to spend in an hour before anything is known of it",
      "type": "number", "minimum": 0, "default": 25
    },
    "trust": {
      "description": "how many hours of a resident the expectation counts for, against what was seen",
      "type": "number", "exclusiveMinimum": 0, "default": 20
    }
  }
}`

type config struct {
	Spending float64 `json:"spending"`
	Trust    float64 `json:"trust"`
}

// Plugin is mayor/greedy.
func Plugin() sdk.Plugin {
	return sdk.MayorPlugin{
		Name: "greedy", Version: "1.0.0", Summary: "does what is expected to bring the most money until the deadline, residents first where the goal asks for them",
		Schema: configSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Mayor, error) {
			c := config{Spending: 25, Trust: 20}
			if len(setup.Config) > 0 {
				if err := json.Unmarshal(setup.Config, &c); err != nil {
					return nil, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
				}
			}
			return &counting{config: c, language: setup.Language}, nil
		},
	}
}

// counting is the mayor. What it has seen is a record of the host's.
type counting struct {
	config
	language string
	seen     seen
}

// seen sums over decisions how many residents there were: hours in which
// somebody could have spent.
type seen struct {
	ResidentHours float64 `json:"resident_hours"`
}

const recordSeen = "seen"

// Restore implements sdk.Restorer.
func (m *counting) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		if r.Key == recordSeen {
			if err := json.Unmarshal(r.JSON, &m.seen); err != nil {
				return fmt.Errorf("record %s: %w", r.Key, err)
			}
		}
	}
	return nil
}

// Decide implements sdk.Mayor.
func (m *counting) Decide(_ context.Context, req sdk.MayorRequest) (sdk.MayorDecision, error) {
	best := plan{action: sdk.Action{Kind: "nothing"}}
	for _, p := range m.plans(req) {
		if p.worth > best.worth {
			best = p
		}
	}
	m.seen.ResidentHours += float64(len(req.Town.Citizens))
	data, err := json.Marshal(m.seen)
	return sdk.MayorDecision{
		Action: best.action, Thought: best.why,
		Changes: []sdk.RecordChange{{Record: sdk.Record{Key: recordSeen, Kind: "count", JSON: data}}},
	}, err
}

// plan is something to do and what it is worth, in coins.
type plan struct {
	action sdk.Action
	worth  float64
	why    string
}

// spends is what a resident is expected to spend in an hour: the mean of what
// was expected and what was seen, each weighed with its hours.
func (m *counting) spends(town sdk.Town) float64 {
	spent := 0.0
	for _, b := range town.Buildings {
		if b.Desks == 0 {
			spent += float64(b.Income)
		}
	}
	return (m.Spending*m.Trust + spent) / (m.Trust + m.seen.ResidentHours)
}

// plans are what could be done now and is worth more than nothing.
func (m *counting) plans(req sdk.MayorRequest) []plan {
	t := outlook{Town: req.Town, rate: m.spends(req.Town), specs: req.Actions}
	var all []plan
	if p, ok := t.recruit(m.language); ok {
		all = append(all, p)
	}
	for _, kind := range t.Types {
		if p, ok := t.build(kind); ok {
			all = append(all, p)
		}
	}
	return all
}

// newcomer are the arguments of the next newcomer.
func newcomer(language string, town sdk.Town) map[string]string {
	return hire.Newcomer(language, len(town.Citizens), town)
}
