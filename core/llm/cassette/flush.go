package cassette

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/sqlite"
)

// Flush writes what was recorded since the last one, in one transaction. When
// it fails nothing is lost: the next Flush writes it.
func (c *Cassette) Flush(ctx context.Context) error {
	if c.mode != Record {
		return nil
	}
	c.flush.Lock()
	defer c.flush.Unlock()
	return c.flushNow(ctx)
}

// flushDue flushes a batch that has grown large or old within a tick. A failure
// is left for Flush to report.
func (c *Cassette) flushDue(ctx context.Context) {
	c.mu.Lock()
	due := !c.stuck && c.fresh.due()
	c.mu.Unlock()
	if !due || !c.flush.TryLock() {
		return
	}
	defer c.flush.Unlock()
	_ = c.flushNow(ctx) // kept, and tried again by Flush
}

func (c *Cassette) flushNow(ctx context.Context) error {
	b := c.swap()
	if b == nil {
		return nil
	}
	err := sqlite.Explain("record model calls in", c.path, c.write(ctx, b))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.old, c.stuck = nil, err != nil
	if err != nil {
		b.append(c.fresh)
		c.fresh = b
	}
	return err
}

// swap begins a new batch, and gives the one that was filled; nil where there is
// nothing to write.
func (c *Cassette) swap() *batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.fresh
	if b.rows() == 0 {
		return nil
	}
	c.old, c.fresh = b, newBatch()
	return b
}

// append adds a later batch.
func (b *batch) append(later *batch) {
	for _, r := range later.calls {
		b.addCall(r)
	}
	for _, r := range later.texts {
		b.addText(r)
	}
	for hash, text := range later.schemas {
		b.schemas[hash] = text
	}
	b.samples = append(b.samples, later.samples...)
}

const (
	insertCall = `INSERT OR IGNORE INTO calls (key, agent, tick, purpose, idx, attempt, model, endpoint, reply, truncated,
		prompt_tokens, reply_tokens, latency_us, prompt, sample, schema) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertText = `INSERT OR IGNORE INTO embeddings (key, model, endpoint, asked, tokens, latency_us, vector, text)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	insertSample = `INSERT OR IGNORE INTO samples (id, purpose, dictionary) VALUES (?, ?, ?)`
	insertSchema = `INSERT OR IGNORE INTO schemas (hash, json) VALUES (?, ?)`
)

func (c *Cassette) write(ctx context.Context, b *batch) error {
	tx, err := c.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // of no effect after Commit
	for hash, text := range b.schemas {
		if _, err := tx.ExecContext(ctx, insertSchema, hash[:], text); err != nil {
			return fmt.Errorf("write a schema: %w", err)
		}
	}
	if err := writeRows(ctx, tx, insertSample, b.samples, (*sample).values); err != nil {
		return fmt.Errorf("write a sample: %w", err)
	}
	if err := writeRows(ctx, tx, insertCall, b.calls, callRow.values); err != nil {
		return fmt.Errorf("write a call: %w", err)
	}
	if err := writeRows(ctx, tx, insertText, b.texts, textRow.values); err != nil {
		return fmt.Errorf("write an embedding: %w", err)
	}
	return tx.Commit()
}

func writeRows[T any](ctx context.Context, tx *sql.Tx, query string, rows []T, values func(T) []any) error {
	if len(rows) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := insert.ExecContext(ctx, values(r)...); err != nil {
			return errors.Join(err, insert.Close())
		}
	}
	return insert.Close()
}

func (r callRow) values() []any {
	return []any{
		r.key[:], r.agent, r.tick, r.purpose, r.index, r.attempt, r.model, r.endpoint, r.text, r.truncated,
		r.promptTokens, r.replyTokens, r.latency.Microseconds(), r.prompt, r.sample, r.schema,
	}
}

func (one *sample) values() []any { return []any{one.id, one.purpose, one.dict.Bytes()} }

func (r textRow) values() []any {
	return []any{r.key[:], r.model, r.endpoint, r.asked, r.tokens, r.latency.Microseconds(), []byte(r.vector), r.text}
}
