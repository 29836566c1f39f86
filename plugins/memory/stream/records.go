package stream

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of record. A key is its kind, a slash and a number; a memory and its
// vector have the same number. Vectors stand apart because they never change,
// while a memory changes with every access.
const (
	kindMemory     = "memory"
	kindReflection = "reflection"
	kindVector     = "vector"
	kindCursor     = "cursor"
)

// packed is a vector as it is in records: base64 of its float32s, little-endian,
// so that it comes back bit by bit.
type packed []float32

// MarshalJSON implements json.Marshaler.
func (v packed) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 4*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(raw))
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *packed) UnmarshalJSON(data []byte) error {
	var raw []byte
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if len(raw)%4 != 0 {
		return errors.New("a vector that ends within a number")
	}
	*v = make(packed, len(raw)/4)
	for i := range *v {
		(*v)[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return nil
}

// changeSet collects what changed in one agent's records.
type changeSet struct {
	agent   string
	changes []sdk.RecordChange
}

func (c *changeSet) put(kind, key string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode record %s: %w", key, err)
	}
	c.changes = append(c.changes, sdk.RecordChange{Record: sdk.Record{Agent: c.agent, Key: key, Kind: kind, JSON: data}})
	return nil
}

func (c *changeSet) remove(kind, key string) {
	c.changes = append(c.changes, sdk.RecordChange{Record: sdk.Record{Agent: c.agent, Key: key, Kind: kind}, Delete: true})
}

// restored is an agent's mind while its records come in.
type restored struct {
	mind    *mind
	entries []*entry
	vectors map[string]packed
}

// Kinds of other versions are left alone.
func (r *restored) take(record sdk.Record) error {
	switch record.Kind {
	case kindMemory, kindReflection:
		e := new(entry)
		if err := decode(record.JSON, e); err != nil {
			return err
		}
		if e.key() != record.Key || e.Importance < least || e.Importance > most {
			return fmt.Errorf("it holds memory %s of importance %d", e.key(), e.Importance)
		}
		r.entries = append(r.entries, e)
	case kindVector:
		var v packed
		if err := decode(record.JSON, &v); err != nil {
			return err
		}
		r.vectors[record.Key] = v
	case kindCursor:
		return decode(record.JSON, &r.mind.cursor)
	}
	return nil
}

func decode(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	return nil
}

// settle puts memories in order and gives them their vectors.
func (r *restored) settle() error {
	slices.SortFunc(r.entries, func(a, b *entry) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, e := range r.entries {
		v := r.vectors[e.vectorKey()]
		delete(r.vectors, e.vectorKey())
		if err := r.mind.hold(e, v); err != nil {
			return fmt.Errorf("%s: %w", e.key(), err)
		}
	}
	if len(r.vectors) > 0 {
		return fmt.Errorf("%s belongs to no memory", slices.Min(slices.Collect(maps.Keys(r.vectors))))
	}
	return nil
}

// Restore implements sdk.Restorer. Records are grouped by agent.
func (m *memory) Restore(_ context.Context, records []sdk.Record) error {
	minds := map[string]*restored{}
	for _, r := range records {
		if r.Agent == "" {
			continue
		}
		if minds[r.Agent] == nil {
			minds[r.Agent] = &restored{mind: m.mind(r.Agent, true), vectors: map[string]packed{}}
		}
		if err := minds[r.Agent].take(r); err != nil {
			return fmt.Errorf("restore %s of %s: %w", r.Key, r.Agent, err)
		}
	}
	for _, agent := range slices.Sorted(maps.Keys(minds)) {
		if err := minds[agent].settle(); err != nil {
			return fmt.Errorf("restore %s: %w", agent, err)
		}
	}
	return nil
}
