package cassette

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Call is a recorded call. Prompt is JSON, the messages.
type Call struct {
	Key          string
	Agent        string
	Tick         int64
	Purpose      string
	Index        int
	Attempt      int
	Model        string
	Endpoint     string
	Prompt       string
	Reply        string
	Truncated    bool
	PromptTokens int
	ReplyTokens  int
	Latency      time.Duration
}

// Calls are the recorded calls by tick, agent, purpose, index and attempt.
func (c *Cassette) Calls(ctx context.Context) iter.Seq2[Call, error] {
	return func(yield func(Call, error) bool) {
		if err := c.each(ctx, func(call Call) bool { return yield(call, nil) }); err != nil {
			yield(Call{}, fmt.Errorf("read the cassette: %w", err))
		}
	}
}

func (c *Cassette) each(ctx context.Context, do func(Call) bool) error {
	if c.mode == Off {
		return nil
	}
	if err := c.Flush(ctx); err != nil {
		return err
	}
	dicts := dictionaries{cassette: c}
	rows, err := c.reader.QueryContext(ctx, `SELECT key, agent, tick, purpose, idx, attempt, model, endpoint, reply, truncated,
		prompt_tokens, reply_tokens, latency_us, sample, prompt FROM calls ORDER BY tick, agent, purpose, idx, attempt, seq`)
	if err != nil {
		return sqlite.Explain("read", c.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		call, err := dicts.call(ctx, rows)
		if err != nil {
			return err
		}
		if !do(call) {
			return nil
		}
	}
	return sqlite.Explain("read", c.path, rows.Err())
}

// Prompt is what a call asked.
type Prompt struct {
	Messages []sdk.Message   `json:"messages"`
	Schema   json.RawMessage `json:"schema,omitempty"`
	Sampling llm.Sampling    `json:"sampling"`
}

// Prompt is what the call with a key asked. A key that is not there gives an
// error that is fs.ErrNotExist.
func (c *Cassette) Prompt(ctx context.Context, key string) (Prompt, error) {
	p, err := c.prompt(ctx, key)
	if err != nil {
		return p, fmt.Errorf("read a prompt of the cassette: %w", err)
	}
	return p, nil
}

func (c *Cassette) prompt(ctx context.Context, key string) (out Prompt, err error) {
	k, err := ParseKey(key)
	if err != nil {
		return out, err
	}
	if c.mode == Off {
		return out, fmt.Errorf("call %s: %w", key, fs.ErrNotExist)
	}
	if err := c.Flush(ctx); err != nil {
		return out, err
	}
	var sample int64
	var zipped, schema []byte
	err = c.reader.QueryRowContext(ctx, `SELECT c.sample, c.prompt, s.json FROM calls c LEFT JOIN schemas s ON s.hash = c.schema WHERE c.key = ?`, k[:]).
		Scan(&sample, &zipped, &schema)
	if errors.Is(err, sql.ErrNoRows) {
		return out, fmt.Errorf("call %s: %w", key, fs.ErrNotExist)
	}
	if err != nil {
		return out, sqlite.Explain("read", c.path, err)
	}
	p, err := (&dictionaries{cassette: c}).prompt(ctx, sample, zipped)
	return Prompt{p.Messages, schema, p.Sampling}, err
}
