package longshort

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of record. A key is its kind, a slash and what it is about.
const (
	kindPerson     = "person"
	kindPlace      = "place"
	kindExperience = "experience"
	kindBuffer     = "buffer"

	cursorKey = kindBuffer + "/cursor"
)

// changeSet collects what changed in one agent's records: the last change of
// each, in the order of the first.
type changeSet struct {
	agent   string
	changes []sdk.RecordChange
}

func (c *changeSet) put(kind, key string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic("longshort: " + err.Error()) // strings and numbers do marshal
	}
	c.set(sdk.RecordChange{Record: sdk.Record{Agent: c.agent, Key: key, Kind: kind, JSON: data}})
}

func (c *changeSet) remove(kind, key string) {
	c.set(sdk.RecordChange{Record: sdk.Record{Agent: c.agent, Key: key, Kind: kind}, Delete: true})
}

func (c *changeSet) set(change sdk.RecordChange) {
	at := slices.IndexFunc(c.changes, func(r sdk.RecordChange) bool { return r.Key == change.Key })
	if at < 0 {
		c.changes = append(c.changes, change)
		return
	}
	c.changes[at] = change
}

func (c *changeSet) list() []sdk.RecordChange { return c.changes }

// restore takes in one record. Kinds of other versions are left alone.
func (m *mind) restore(r sdk.Record) error {
	_, id, _ := strings.Cut(r.Key, "/")
	switch r.Kind {
	case kindPerson:
		return restoreInto(&m.people, id, r.JSON)
	case kindPlace:
		return restoreInto(&m.places, id, r.JSON)
	case kindExperience:
		return restoreInto(&m.experiences, id, r.JSON)
	case kindBuffer:
		if r.Key == cursorKey {
			return decode(r.JSON, &m.cursor)
		}
		var n note
		err := decode(r.JSON, &n)
		m.notes = append(m.notes, n)
		return err
	}
	return nil
}

func restoreInto[T any](all *map[string]*T, id string, raw json.RawMessage) error {
	if *all == nil {
		*all = map[string]*T{}
	}
	value := new(T)
	(*all)[id] = value
	return decode(raw, value)
}

func decode(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	return nil
}

// settle puts restored notes in order.
func (m *mind) settle() {
	slices.SortFunc(m.notes, func(a, b note) int { return cmp.Compare(a.Seq, b.Seq) })
	m.saved = m.cursor
}
