package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Checkpoint is where a run stands.
type Checkpoint struct {
	Tick   int64  // last committed
	Time   string // its simulated time, RFC 3339
	Digest []byte // state of the running SHA-256 over all events so far
	Events int64  // so far
	Steps  int64  // so far: agents that acted, summed over the ticks
	Done   bool   // the environment has nothing left to do
}

// Last says where the run stands; false when no tick is committed.
func (j *Journal) Last(ctx context.Context) (Checkpoint, bool, error) {
	const last = `SELECT tick, time, digest, done, (SELECT sum(events) FROM ticks), (SELECT sum(steps) FROM ticks)
		FROM ticks ORDER BY tick DESC LIMIT 1`
	for c, err := range read(ctx, j, scanCheckpoint, last) {
		return c, err == nil, err
	}
	return Checkpoint{}, false, nil
}

func scanCheckpoint(scan func(...any) error) (c Checkpoint, err error) {
	err = scan(&c.Tick, &c.Time, &c.Digest, &c.Done, &c.Events, &c.Steps)
	return c, err
}

// Tick is one committed tick.
type Tick struct {
	Tick   int64
	Time   string // simulated, RFC 3339
	Steps  int    // agents that acted
	Events int
	Wall   time.Time // of its commit, to the millisecond
}

// Ticks lists the committed ticks.
func (j *Journal) Ticks(ctx context.Context) iter.Seq2[Tick, error] {
	return j.TicksFrom(ctx, 0)
}

// TicksFrom lists the committed ticks from one on.
func (j *Journal) TicksFrom(ctx context.Context, from int64) iter.Seq2[Tick, error] {
	return read(ctx, j, scanTick, `SELECT tick, time, steps, events, wall_ms FROM ticks WHERE tick >= ? ORDER BY tick`, from)
}

func scanTick(scan func(...any) error) (t Tick, err error) {
	var wall int64
	err = scan(&t.Tick, &t.Time, &t.Steps, &t.Events, &wall)
	t.Wall = time.UnixMilli(wall)
	return t, err
}

// Records are the committed records of a plugin in (agent, key) order, bytewise:
// the state that it is restored from.
func (j *Journal) Records(ctx context.Context, plugin string) iter.Seq2[sdk.Record, error] {
	return read(ctx, j, scanRecord, `SELECT agent, key, kind, json FROM records WHERE plugin = ? ORDER BY agent, key`, plugin)
}

func scanRecord(scan func(...any) error) (r sdk.Record, err error) {
	err = scan(&r.Agent, &r.Key, &r.Kind, (*[]byte)(&r.JSON))
	return r, err
}

// Rows are the environment's rows in (kind, id) order, bytewise: p10 stands
// before p2.
func (j *Journal) Rows(ctx context.Context) iter.Seq2[event.Row, error] {
	return read(ctx, j, scanRow, `SELECT kind, id, json FROM rows ORDER BY kind, id`)
}

func scanRow(scan func(...any) error) (r event.Row, err error) {
	err = scan(&r.Kind, &r.ID, (*[]byte)(&r.JSON))
	return r, err
}

// Agents are the agents that some tick changed, in order of their ids.
func (j *Journal) Agents(ctx context.Context) ([]event.AgentState, error) {
	return collect(read(ctx, j, scanAgent, `SELECT state FROM agents ORDER BY id`))
}

func scanAgent(scan func(...any) error) (a event.AgentState, err error) {
	var state []byte
	if err := scan(&state); err != nil {
		return a, err
	}
	if err := json.Unmarshal(state, &a); err != nil {
		return a, fmt.Errorf("state of an agent: %w", err)
	}
	return a, nil
}

// Incidents are what went wrong and was survived, in order.
func (j *Journal) Incidents(ctx context.Context) ([]event.Incident, error) {
	return collect(read(ctx, j, scanIncident, `SELECT tick, kind, source, detail FROM incidents ORDER BY id`))
}

func scanIncident(scan func(...any) error) (i event.Incident, err error) {
	err = scan(&i.Tick, &i.Kind, &i.Source, &i.Detail)
	return i, err
}

// read runs a query on the reader's side and names the file in its errors.
func read[T any](ctx context.Context, j *Journal, scan scanner[T], text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range query(ctx, j.reader, scan, text, args...) {
			if !yield(v, sqlite.Explain("read", j.path, err)) {
				return
			}
		}
	}
}

// scanner reads one row.
type scanner[T any] func(scan func(...any) error) (T, error)

// querier is a database or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// query streams the rows of one snapshot. An error is the last thing yielded.
func query[T any](ctx context.Context, db querier, scan scanner[T], text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := db.QueryContext(ctx, text, args...)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows.Scan)
			if err != nil {
				yield(none, err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}

func collect[T any](seq iter.Seq2[T, error]) (all []T, err error) {
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
