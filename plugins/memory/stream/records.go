package stream

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/vectors"
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

// restored is an agent's mind while its records come in.
type restored struct {
	mind    *mind
	entries []*entry
	vectors map[string]vectors.Vector
}

// Kinds of other versions are left alone.
func (r *restored) take(record sdk.Record) error {
	switch record.Kind {
	case kindMemory, kindReflection:
		e := new(entry)
		if err := minds.Decode(record.JSON, e); err != nil {
			return err
		}
		if e.key() != record.Key || e.Importance < least || e.Importance > most {
			return fmt.Errorf("it holds memory %s of importance %d", e.key(), e.Importance)
		}
		r.entries = append(r.entries, e)
	case kindVector:
		var v vectors.Vector
		if err := minds.Decode(record.JSON, &v); err != nil {
			return err
		}
		r.vectors[record.Key] = v
	case kindCursor:
		return minds.Decode(record.JSON, &r.mind.cursor)
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
			minds[r.Agent] = &restored{mind: m.minds.Of(r.Agent, m.newMind), vectors: map[string]vectors.Vector{}}
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
