package stream

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/llm-city/gorod/plugins/memory/vectors"
)

// entry is one memory of the stream: what was observed, or what was made of
// that by reflection.
type entry struct {
	Seq        int64    `json:"seq"`
	Tick       int64    `json:"tick"`
	Time       int64    `json:"time"`           // simulated, seconds since 1970; of a world without a clock, 3600 a tick
	Used       int64    `json:"used"`           // the same, of the last access
	Kind       string   `json:"kind"`           // of the item seen, or did, failed or reflection
	Who        string   `json:"who,omitempty"`  // agent id
	Name       string   `json:"name,omitempty"` // of who
	Text       string   `json:"text,omitempty"`
	Place      string   `json:"place,omitempty"`
	Importance int      `json:"importance"`         // 1 to 10
	Evidence   []string `json:"evidence,omitempty"` // keys of the memories that a reflection rests on
	Sources    []string `json:"sources,omitempty"`  // the items it came from: several, where they say the same
}

func (e *entry) kind() string {
	if e.Kind == kindReflection {
		return kindReflection
	}
	return kindMemory
}

func (e *entry) key() string { return fmt.Sprintf("%s/%08d", e.kind(), e.Seq) }

func (e *entry) vectorKey() string { return fmt.Sprintf("%s/%08d", kindVector, e.Seq) }

// cursor says how far a mind has come.
type cursor struct {
	Next        int64      `json:"next"` // number of the next memory
	Tick        int64      `json:"tick"` // of the last observation
	Now         int64      `json:"now"`  // its time
	Outcomes    string     `json:"outcomes,omitempty"`
	Unreflected int        `json:"unreflected,omitempty"` // importance since the last reflection
	Focus       string     `json:"focus,omitempty"`       // digest of what was recalled about at Tick
	Recalled    []recalled `json:"recalled,omitempty"`    // the best first
}

type recalled struct {
	Seq   int64   `json:"seq"`
	Score float64 `json:"score"`
}

// mind is what one agent remembers.
type mind struct {
	config *config
	turn   sync.Mutex // held while the agent lives through a tick

	mu      sync.RWMutex // guards what follows; only the holder of turn writes
	entries []*entry     // by Seq
	sources map[string]int
	cursor  cursor
	table   *vectors.Table // by vectorKey

	// What search goes over, at the place of each entry.
	used       []int64
	importance []uint8
	rows       []int32 // of the table; -1 for a memory without a vector
	order      []int32 // places by last access, the oldest first; where ranks count
}

func newMind(c *config) *mind {
	return &mind{config: c, sources: map[string]int{}, table: vectors.New()}
}

// place of a memory among all, if there still is one.
func (m *mind) place(seq int64) (int, bool) {
	return slices.BinarySearchFunc(m.entries, seq, func(e *entry, seq int64) int { return cmp.Compare(e.Seq, seq) })
}

// hold takes a numbered memory in, after all others. v may be nil.
func (m *mind) hold(e *entry, v []float32) error {
	if n := len(m.entries); n > 0 && e.Seq <= m.entries[n-1].Seq {
		return fmt.Errorf("memory %d does not follow memory %d", e.Seq, m.entries[n-1].Seq)
	}
	row := -1
	if v != nil {
		row = m.table.Len()
		if err := m.table.Put(e.vectorKey(), v); err != nil {
			return fmt.Errorf("keep its vector: %w", err)
		}
	}
	for _, source := range e.Sources {
		m.sources[source]++
	}
	m.entries = append(m.entries, e)
	m.used = append(m.used, e.Used)
	m.importance = append(m.importance, uint8(e.Importance)) //nolint:gosec // 1 to 10
	m.rows = append(m.rows, int32(row))                      //nolint:gosec // rows fit: a vector takes a kilobyte
	m.rank(len(m.entries) - 1)
	return nil
}

// access sets the last access of memories.
func (m *mind) access(places []int, now int64) {
	if m.config.formula.ranked {
		moved := make(map[int32]bool, len(places))
		for _, at := range places {
			moved[int32(at)] = true //nolint:gosec // places fit
		}
		m.order = slices.DeleteFunc(m.order, func(at int32) bool { return moved[at] })
	}
	for _, at := range places {
		m.entries[at].Used, m.used[at] = now, now
		m.rank(at)
	}
}

// rank puts a place among those sorted by last access. Of the same time come,
// as in the authors' program, observations first and the newest of them first.
func (m *mind) rank(at int) {
	if !m.config.formula.ranked {
		return
	}
	place := int32(at) //nolint:gosec // places fit
	to, _ := slices.BinarySearchFunc(m.order, place, m.compareAccess)
	m.order = slices.Insert(m.order, to, place)
}

func (m *mind) compareAccess(a, b int32) int {
	if c := cmp.Compare(m.used[a], m.used[b]); c != 0 {
		return c
	}
	reflection := func(at int32) int {
		if m.entries[at].Kind == kindReflection {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(reflection(a), reflection(b)), cmp.Compare(b, a))
}
