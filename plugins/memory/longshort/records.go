package longshort

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/memory/minds"
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
			return minds.Decode(r.JSON, &m.cursor)
		}
		var n note
		err := minds.Decode(r.JSON, &n)
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
	return minds.Decode(raw, value)
}

// settle puts restored notes in order.
func (m *mind) settle() {
	slices.SortFunc(m.notes, func(a, b note) int { return cmp.Compare(a.Seq, b.Seq) })
	m.saved = m.cursor
}
