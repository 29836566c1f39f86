package curious

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
)

// trace is one memory: an experience, or a lesson drawn from some.
type trace struct {
	Seq    int64   `json:"seq"`
	Tick   int64   `json:"tick"`
	Time   int64   `json:"time,omitempty"` // simulated, seconds since 1970; 0 where it is not known
	Kind   string  `json:"kind"`           // of the item seen, or did, failed or lesson
	Who    string  `json:"who,omitempty"`  // agent id; empty for news and what the agent did itself
	Name   string  `json:"name,omitempty"`
	Text   string  `json:"text,omitempty"`
	Place  string  `json:"place,omitempty"`
	Source string  `json:"source,omitempty"` // what it is a memory of
	From   []int64 `json:"from,omitempty"`   // experiences that a lesson was drawn from

	// Surprise is L, measured the way that By names; By is empty where it was
	// not measured.
	Surprise   float64        `json:"surprise"`
	By         string         `json:"by,omitempty"`
	Replays    int            `json:"replays"`
	Importance float64        `json:"importance"`       // from 1 down to 0
	Vector     vectors.Vector `json:"vector,omitempty"` // in a record or on its way to the table

	row int // in the table of vectors; -1 for none
}

func (t *trace) kind() string {
	if t.Kind == kindLesson {
		return kindLesson
	}
	return kindMemory
}

func (t *trace) key() string { return fmt.Sprintf("%s/%08d", t.kind(), t.Seq) }

func bySeq(a, b *trace) int { return cmp.Compare(a.Seq, b.Seq) }

// cursor says how far a mind has come.
type cursor struct {
	Next     int64  `json:"next"`               // number of the next memory
	Night    string `json:"night,omitempty"`    // date of the last night
	Outcomes string `json:"outcomes,omitempty"` // digest of the last actions' outcomes
}

// mind is what one agent remembers.
type mind struct {
	config *config
	turn   sync.Mutex // held while the agent lives through a tick

	mu      sync.RWMutex // guards what follows; only the holder of turn writes
	traces  []*trace     // by Seq, without gaps
	marks   []mark       // of the traces, one by one
	order   []rank       // experiences by priority, the highest first
	sources map[string]int
	table   *vectors.Table
	rows    []*trace // by row of the table
	cursor  cursor
	saved   cursor // as the host holds it

	unscored bool // the agent's server gives no log-probabilities
}

func newMind(c *config) *mind {
	return &mind{config: c, sources: map[string]int{}, table: vectors.New()}
}

// place of a memory among all.
func (m *mind) place(t *trace) int { return m.at(t.Seq) }

func (m *mind) at(seq int64) int { return int(seq - m.traces[0].Seq) }

// hold takes a numbered memory in.
func (m *mind) hold(t *trace) error {
	if n := len(m.traces); n > 0 && t.Seq != m.traces[n-1].Seq+1 {
		return fmt.Errorf("memory %d does not follow memory %d", t.Seq, m.traces[n-1].Seq)
	}
	t.row = -1
	if len(t.Vector) > 0 {
		if err := m.table.Put(t.key(), t.Vector); err != nil {
			return fmt.Errorf("keep its vector: %w", err)
		}
		t.row, t.Vector = len(m.rows), nil
		m.rows = append(m.rows, t)
	}
	m.traces, m.marks = append(m.traces, t), append(m.marks, markOf(t))
	if t.Source != "" {
		m.sources[t.Source]++
	}
	if t.Kind != kindLesson {
		m.enqueue(t)
	}
	return nil
}

// learn numbers a new memory, takes it in and forgets the oldest where there
// are too many.
func (m *mind) learn(t *trace, changes *minds.Changes) error {
	t.Seq = m.cursor.Next
	if err := m.hold(t); err != nil {
		return err
	}
	m.cursor.Next++
	for len(m.traces) > m.config.Capacity {
		oldest := m.traces[0]
		m.forget(oldest)
		changes.Remove(oldest.kind(), oldest.key())
	}
	m.store(t, changes)
	return nil
}

// store puts a memory among the changes, with its vector.
func (m *mind) store(t *trace, changes *minds.Changes) {
	record := *t
	record.Vector = m.vector(t)
	changes.Put(t.kind(), t.key(), record)
}

// vector of a memory; nil where it has none.
func (m *mind) vector(t *trace) vectors.Vector {
	if t.row < 0 {
		return nil
	}
	return m.table.Vector(t.row)
}

// forget drops the oldest memory.
func (m *mind) forget(t *trace) {
	m.dequeue(t)
	m.traces[0] = nil
	m.traces, m.marks = m.traces[1:], m.marks[1:]
	if m.sources[t.Source]--; m.sources[t.Source] <= 0 {
		delete(m.sources, t.Source)
	}
	if t.row < 0 {
		return
	}
	m.table.Remove(t.key())
	end := len(m.rows) - 1
	if moved := m.rows[end]; moved != t { // as the table does
		m.rows[t.row], moved.row = moved, t.row
		m.marks[m.place(moved)] = markOf(moved)
	}
	m.rows = m.rows[:end]
}

// save puts the cursor among the changes, if it moved.
func (m *mind) save(changes *minds.Changes) {
	if m.cursor == m.saved {
		return
	}
	m.saved = m.cursor
	changes.Put(kindCursor, kindCursor, m.cursor)
}

// instant is an observation's simulated time, if it has one.
func instant(o *sdk.Observation) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, o.Time)
	return t, err == nil
}
