package journal

import (
	"context"
	"database/sql"
	"iter"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sqlite"
)

// idsPerQuery is how many rows Snapshot.RowsOf asks for at once.
const idsPerQuery = 200

// Snapshot reads a run as it stood after one tick, whatever is committed
// meanwhile. One goroutine uses it, one sequence at a time.
type Snapshot struct {
	tick int64
	path string
	tx   *sql.Tx
}

// Snapshot begins to read the run as it stands. Close it soon: the file cannot
// be tidied up while it is open.
func (j *Journal) Snapshot(ctx context.Context) (*Snapshot, error) {
	tx, err := j.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, sqlite.Explain("read", j.path, err)
	}
	s := &Snapshot{path: j.path, tx: tx}
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(tick), -1) FROM ticks").Scan(&s.tick); err != nil {
		_ = tx.Rollback() // it has read nothing
		return nil, sqlite.Explain("read", j.path, err)
	}
	return s, nil
}

// Tick is the last committed one; -1 where there is none.
func (s *Snapshot) Tick() int64 { return s.tick }

// Close ends the reading.
func (s *Snapshot) Close() error { return sqlite.Explain("read", s.path, s.tx.Rollback()) }

// Rows are the environment's rows of one kind in the order of their ids,
// bytewise.
func (s *Snapshot) Rows(ctx context.Context, kind string) iter.Seq2[StoredRow, error] {
	return s.rows(ctx, `SELECT kind, id, json, tick FROM rows WHERE kind = ? ORDER BY id`, kind)
}

// RowsOf are those of the rows that there are.
func (s *Snapshot) RowsOf(ctx context.Context, kind string, ids ...string) iter.Seq2[StoredRow, error] {
	return func(yield func(StoredRow, error) bool) {
		for len(ids) > 0 {
			n := min(len(ids), idsPerQuery)
			args := []any{kind}
			for _, id := range ids[:n] {
				args = append(args, id)
			}
			ids = ids[n:]
			text := `SELECT kind, id, json, tick FROM rows WHERE kind = ? AND id IN (?` + strings.Repeat(",?", n-1) + `)`
			for row, err := range s.rows(ctx, text, args...) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *Snapshot) rows(ctx context.Context, text string, args ...any) iter.Seq2[StoredRow, error] {
	return explained(s, query(ctx, s.tx, scanStoredRow, text, args...))
}

// Events are the events that a filter chooses, in order.
func (s *Snapshot) Events(ctx context.Context, f Filter) iter.Seq2[event.Event, error] {
	text, args := f.query()
	return explained(s, query(ctx, s.tx, scanEvent, text, args...))
}

// Agents are the agents that some tick changed, in order of their ids.
func (s *Snapshot) Agents(ctx context.Context) ([]event.AgentState, error) {
	return collect(explained(s, query(ctx, s.tx, scanAgent, `SELECT state FROM agents ORDER BY id`)))
}

// Residents are those from a position on, in population order.
func (s *Snapshot) Residents(ctx context.Context, from int) ([]Resident, error) {
	const text = `SELECT id, name, "group", model, persona FROM residents WHERE position >= ? ORDER BY position`
	return collect(explained(s, query(ctx, s.tx, scanResident, text, from)))
}

// explained names the file in errors.
func explained[T any](s *Snapshot, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			if !yield(v, sqlite.Explain("read", s.path, err)) {
				return
			}
		}
	}
}
