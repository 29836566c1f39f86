package curious

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of record. A key is its kind, a slash and a number.
const (
	kindMemory = "memory"
	kindLesson = "lesson"
	kindCursor = "cursor"
)

// vector is a unit vector, in records base64 of its float32s, little-endian, so
// that it comes back bit by bit.
type vector []float32

// MarshalJSON implements json.Marshaler.
func (v vector) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 4*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(raw))
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *vector) UnmarshalJSON(data []byte) error {
	var raw []byte
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if len(raw)%4 != 0 {
		return errors.New("a vector that ends within a number")
	}
	*v = make(vector, len(raw)/4)
	for i := range *v {
		(*v)[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return nil
}

// changeSet collects what changed in one agent's records: the last change of
// each, in the order of the first.
type changeSet struct {
	agent   string
	at      map[string]int
	changes []sdk.RecordChange
}

func (c *changeSet) put(kind, key string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode record %s: %w", key, err)
	}
	c.set(sdk.RecordChange{Record: sdk.Record{Agent: c.agent, Key: key, Kind: kind, JSON: data}})
	return nil
}

func (c *changeSet) remove(kind, key string) {
	c.set(sdk.RecordChange{Record: sdk.Record{Agent: c.agent, Key: key, Kind: kind}, Delete: true})
}

func (c *changeSet) set(change sdk.RecordChange) {
	if at, ok := c.at[change.Key]; ok {
		c.changes[at] = change
		return
	}
	if c.at == nil {
		c.at = map[string]int{}
	}
	c.at[change.Key] = len(c.changes)
	c.changes = append(c.changes, change)
}

// restore takes in one record. Kinds of other versions are left alone.
func (m *mind) restore(r sdk.Record) error {
	switch r.Kind {
	case kindMemory, kindLesson:
		t := new(trace)
		if err := decode(r.JSON, t); err != nil {
			return err
		}
		if t.key() != r.Key {
			return fmt.Errorf("record %s holds memory %s", r.Key, t.key())
		}
		m.traces = append(m.traces, t)
	case kindCursor:
		return decode(r.JSON, &m.cursor)
	}
	return nil
}

func decode(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	return nil
}

// settle puts restored memories in order.
func (m *mind) settle() error {
	restored := m.traces
	slices.SortFunc(restored, bySeq)
	m.traces, m.marks, m.saved = nil, nil, m.cursor
	for _, t := range restored {
		if err := m.hold(t); err != nil {
			return fmt.Errorf("%s: %w", t.key(), err)
		}
	}
	return nil
}
