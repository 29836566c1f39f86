package minds

import (
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Changes collects what changed in one agent's records: the last change of each,
// in the order of the first.
type Changes struct {
	Agent string
	at    map[string]int
	list  []sdk.RecordChange
	err   error // the first
}

// Put sets a record. A value that is no JSON is an error of Join.
func (c *Changes) Put(kind, key string, value any) {
	data, err := json.Marshal(value)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("encode record %s of %s: %w", key, c.Agent, err)
	}
	c.set(sdk.RecordChange{Record: sdk.Record{Agent: c.Agent, Key: key, Kind: kind, JSON: data}})
}

// Remove deletes a record.
func (c *Changes) Remove(kind, key string) {
	c.set(sdk.RecordChange{Record: sdk.Record{Agent: c.Agent, Key: key, Kind: kind}, Delete: true})
}

func (c *Changes) set(change sdk.RecordChange) {
	if at, ok := c.at[change.Key]; ok {
		c.list[at] = change
		return
	}
	if c.at == nil {
		c.at = map[string]int{}
	}
	c.at[change.Key] = len(c.list)
	c.list = append(c.list, change)
}

// Join is what changed of all agents, in their order.
func Join(all []Changes) (list []sdk.RecordChange, err error) {
	for i := range all {
		if all[i].err != nil {
			return nil, all[i].err
		}
		list = append(list, all[i].list...)
	}
	return list, nil
}

// Decode reads a record's value.
func Decode(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	return nil
}
