package cassette

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

// Timing is a recorded call without its texts.
type Timing struct {
	Seq          int64 // of the recording, from 1
	Tick         int64
	Purpose      string
	Model        string
	Endpoint     string
	Repair       bool // asked again after a bad reply
	Truncated    bool
	PromptTokens int64
	ReplyTokens  int64
	Latency      time.Duration
}

// Timings are the calls written after one, in the order in which they were
// recorded: what a watcher of the run has not seen yet.
func (c *Cassette) Timings(ctx context.Context, after int64) iter.Seq2[Timing, error] {
	return func(yield func(Timing, error) bool) {
		if c.mode == Off {
			return
		}
		rows, err := c.reader.QueryContext(ctx, `SELECT seq, tick, purpose, model, endpoint, attempt > 0, truncated,
			prompt_tokens, reply_tokens, latency_us FROM calls WHERE seq > ? ORDER BY seq`, after)
		if err != nil {
			yield(Timing{}, sqlite.Explain("read", c.path, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var t Timing
			var us int64
			err := rows.Scan(&t.Seq, &t.Tick, &t.Purpose, &t.Model, &t.Endpoint, &t.Repair, &t.Truncated, &t.PromptTokens, &t.ReplyTokens, &us)
			t.Latency = time.Duration(us) * time.Microsecond
			if !yield(t, sqlite.Explain("read", c.path, err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Timing{}, sqlite.Explain("read", c.path, err))
		}
	}
}

// LastCalls are the last calls of an agent up to a tick that were written, the
// newest first.
func (c *Cassette) LastCalls(ctx context.Context, agent string, until int64, limit int) ([]Call, error) {
	if c.mode == Off {
		return nil, nil
	}
	rows, err := c.reader.QueryContext(ctx, `SELECT key, agent, tick, purpose, idx, attempt, model, endpoint, reply, truncated,
		prompt_tokens, reply_tokens, latency_us, sample, prompt FROM calls WHERE agent = ? AND tick <= ? ORDER BY seq DESC LIMIT ?`, agent, until, limit)
	if err != nil {
		return nil, sqlite.Explain("read", c.path, err)
	}
	defer rows.Close()
	dicts := dictionaries{cassette: c}
	var calls []Call
	for rows.Next() {
		call, err := dicts.call(ctx, rows)
		if err != nil {
			return nil, fmt.Errorf("read the cassette: %w", err)
		}
		calls = append(calls, call)
	}
	return calls, sqlite.Explain("read", c.path, rows.Err())
}

// call reads a row of all columns that a Call needs.
func (d *dictionaries) call(ctx context.Context, rows *sql.Rows) (call Call, err error) {
	var key, zipped []byte
	var us, sample int64
	if err := rows.Scan(&key, &call.Agent, &call.Tick, &call.Purpose, &call.Index, &call.Attempt, &call.Model, &call.Endpoint,
		&call.Reply, &call.Truncated, &call.PromptTokens, &call.ReplyTokens, &us, &sample, &zipped); err != nil {
		return call, sqlite.Explain("read", d.cassette.path, err)
	}
	p, err := d.prompt(ctx, sample, zipped)
	if err != nil {
		return call, sqlite.Explain("read", d.cassette.path, err)
	}
	messages, err := json.Marshal(p.Messages)
	if err != nil {
		return call, err
	}
	call.Key, call.Prompt, call.Latency = fmt.Sprintf("%x", key), string(messages), time.Duration(us)*time.Microsecond
	return call, nil
}

// Written is how many calls have been written.
func (c *Cassette) Written(ctx context.Context) (n int64, err error) {
	if c.mode == Off {
		return 0, nil
	}
	err = c.reader.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM calls").Scan(&n)
	return n, sqlite.Explain("read", c.path, err)
}
