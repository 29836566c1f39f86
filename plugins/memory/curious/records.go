package curious

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of record. A key is its kind, a slash and a number.
const (
	kindMemory = "memory"
	kindLesson = "lesson"
	kindCursor = "cursor"
)

// restore takes in one record. Kinds of other versions are left alone.
func (m *mind) restore(r sdk.Record) error {
	switch r.Kind {
	case kindMemory, kindLesson:
		t := new(trace)
		if err := minds.Decode(r.JSON, t); err != nil {
			return err
		}
		if t.key() != r.Key {
			return fmt.Errorf("record %s holds memory %s", r.Key, t.key())
		}
		m.traces = append(m.traces, t)
	case kindCursor:
		return minds.Decode(r.JSON, &m.cursor)
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
