package babyagi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of record.
const (
	kindList   = "list"
	kindResult = "result"
)

// mind is what the planner keeps of one agent.
type mind struct {
	list    list
	results []result // oldest first

	listed  bool    // the list changed
	dropped []int64 // results that the host still has
}

func (m *mind) clone() *mind {
	c := &mind{list: m.list, results: slices.Clone(m.results)}
	c.list.Tasks = slices.Clone(m.list.Tasks)
	return c
}

// ready reports whether there is a task to do. It begins a list where there is
// none, where the agent has another first objective, and where the list has come
// to its end and the agent is to go on with the next objective.
func (m *mind) ready(objectives []string, c *config, first string) bool {
	goal := 0
	switch {
	case m.list.First != objectives[0]:
	case len(m.list.Tasks) > 0 && m.list.Turns < c.MaxTurns:
		return true
	case c.OnEmpty != onEmptyRestart:
		return false
	default:
		goal = (m.list.Goal + 1) % len(objectives)
	}
	m.list.begin(objectives, goal, first)
	m.listed = true
	return true
}

// changes of records since the mind was cloned; there are none afterwards.
func (m *mind) changes(agent string) []sdk.RecordChange {
	var out []sdk.RecordChange
	if m.listed {
		out = append(out, sdk.RecordChange{Record: record(agent, kindList, kindList, &m.list)})
	}
	for i := range m.results {
		if r := &m.results[i]; r.changed {
			out = append(out, sdk.RecordChange{Record: record(agent, resultKey(r.Seq), kindResult, r)})
			r.changed = false
		}
	}
	for _, seq := range m.dropped {
		out = append(out, sdk.RecordChange{Record: sdk.Record{Agent: agent, Key: resultKey(seq), Kind: kindResult}, Delete: true})
	}
	m.listed, m.dropped = false, nil
	return out
}

func resultKey(seq int64) string { return fmt.Sprintf("result/%08d", seq) }

func record(agent, key, kind string, value any) sdk.Record {
	data, err := json.Marshal(value)
	if err != nil {
		panic("babyagi: " + err.Error()) // strings and numbers do marshal
	}
	return sdk.Record{Agent: agent, Key: key, Kind: kind, JSON: data}
}

// restore takes in one record. Kinds of other versions are left alone.
func (m *mind) restore(r sdk.Record) error {
	switch r.Kind {
	case kindList:
		return decode(r.JSON, &m.list)
	case kindResult:
		var kept result
		err := decode(r.JSON, &kept)
		m.results = append(m.results, kept)
		return err
	}
	return nil
}

func decode(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	return nil
}

// settle puts restored results in order.
func (m *mind) settle() {
	slices.SortFunc(m.results, func(a, b result) int { return cmp.Compare(a.Seq, b.Seq) })
}
