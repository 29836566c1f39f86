package longshort

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

// note is one interaction, kept word for word.
type note struct {
	Seq   int64  `json:"seq"`
	Tick  int64  `json:"tick"`
	Kind  string `json:"kind"`          // of the item seen, or did or failed
	Who   string `json:"who,omitempty"` // agent id; empty for news and what the agent did itself
	Name  string `json:"name,omitempty"`
	Text  string `json:"text,omitempty"`
	Place string `json:"place,omitempty"`
}

// portrait is what a resident makes of a person or a place.
type portrait struct {
	Name         string    `json:"name"`
	Relationship string    `json:"relationship,omitempty"`
	Impression   string    `json:"impression,omitempty"`
	Episodes     []episode `json:"episodes,omitempty"` // oldest first
	Met          int       `json:"met"`                // interactions so far
	Tick         int64     `json:"tick"`               // of the last change
}

type episode struct {
	Tick int64  `json:"tick"`
	Text string `json:"text"`
}

// experience is a plan that worked.
type experience struct {
	Purpose string       `json:"purpose"`
	Place   string       `json:"place,omitempty"`
	Actions []sdk.Action `json:"actions"`
	Tick    int64        `json:"tick"`
}

// cursor says how far a mind has come.
type cursor struct {
	Next     int64  `json:"next"`               // number of the next note
	Done     int64  `json:"done"`               // notes before it are consolidated
	Tried    int64  `json:"tried,omitempty"`    // notes there were when consolidation failed last
	Message  string `json:"message,omitempty"`  // last one read of a conversation
	Outcomes string `json:"outcomes,omitempty"` // digest of the last actions' outcomes
}

// mind is what one agent remembers.
type mind struct {
	config *config
	mu     sync.Mutex
	notes  []note // by Seq, at most config.Buffer
	cursor cursor
	saved  cursor // as the host holds it

	people, places map[string]*portrait // by agent id, by name
	experiences    map[string]*experience
}

func newMind(c *config) *mind { return &mind{config: c} }

// take adds what is new.
func (m *mind) take(tick int64, n news, changes *minds.Changes) {
	for _, fresh := range n.notes {
		fresh.Seq, fresh.Tick = m.cursor.Next, tick
		m.cursor.Next++
		if len(m.notes) == m.config.Buffer {
			m.notes = slices.Delete(m.notes, 0, 1)
		}
		m.notes = append(m.notes, fresh)
		changes.Put(kindBuffer, slot(fresh.Seq, m.config.Buffer), fresh)
	}
	m.cursor.Message, m.cursor.Outcomes = n.message, n.outcomes
}

// slot is the record that a note is kept in: a new note takes the place of the
// oldest.
func slot(seq int64, buffer int) string { return fmt.Sprintf("%s/%03d", kindBuffer, seq%int64(buffer)) }

// save puts the cursor among the changes, if it moved.
func (m *mind) save(changes *minds.Changes) {
	if m.cursor != m.saved {
		changes.Put(kindBuffer, cursorKey, m.cursor)
		m.saved = m.cursor
	}
}

// pending are the notes that are not consolidated yet.
func (m *mind) pending() []note {
	at, _ := slices.BinarySearchFunc(m.notes, m.cursor.Done, func(n note, seq int64) int { return cmp.Compare(n.Seq, seq) })
	return m.notes[at:]
}

// due reports whether it is time to consolidate.
func (m *mind) due() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	since := max(m.cursor.Done, m.cursor.Tried)
	return m.config.Consolidate != never && m.cursor.Next-since >= int64(m.config.UpdateAfter)
}

// keep puts a portrait among those of a kind and forgets the one left alone for
// longest when there are too many.
func (m *mind) keep(kind, id string, p *portrait, changes *minds.Changes) {
	all, limit := &m.people, m.config.People
	if kind == kindPlace {
		all, limit = &m.places, m.config.Places
	}
	if *all == nil {
		*all = map[string]*portrait{}
	}
	(*all)[id] = p
	changes.Put(kind, kind+"/"+id, p)
	for len(*all) > limit {
		oldest := oldest(*all, func(p *portrait) int64 { return p.Tick })
		delete(*all, oldest)
		changes.Remove(kind, kind+"/"+oldest)
	}
}

// oldest is the key with the lowest tick, the first of them by name.
func oldest[T any](all map[string]T, tick func(T) int64) string {
	return slices.MinFunc(slices.Collect(maps.Keys(all)), func(a, b string) int {
		return cmp.Or(cmp.Compare(tick(all[a]), tick(all[b])), cmp.Compare(a, b))
	})
}
