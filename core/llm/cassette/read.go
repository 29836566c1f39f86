package cassette

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

const (
	findCall      = `SELECT reply, truncated, prompt_tokens, reply_tokens, latency_us, endpoint FROM calls WHERE key = ?`
	findEmbedding = `SELECT vector FROM embeddings WHERE key = ?`
)

// lookUp finds a call, written or not.
func (c *Cassette) lookUp(ctx context.Context, key Key) (r reply, ok bool, err error) {
	c.mu.Lock()
	for _, b := range []*batch{c.fresh, c.old} {
		if b == nil {
			continue
		}
		if i, found := b.callAt[key]; found {
			r, ok = b.calls[i].reply, true
		}
	}
	written := c.mode == Replay || c.known.maybe(key)
	c.mu.Unlock()
	if ok || !written {
		return r, ok, nil
	}
	var us int64
	err = c.find.QueryRowContext(ctx, key[:]).Scan(&r.text, &r.truncated, &r.promptTokens, &r.replyTokens, &us, &r.endpoint)
	r.latency = time.Duration(us) * time.Microsecond
	return r, err == nil, c.miss(err)
}

// lookUpText finds an embedding, written or not.
func (c *Cassette) lookUpText(ctx context.Context, key Key) (v vector, ok bool, err error) {
	c.mu.Lock()
	for _, b := range []*batch{c.fresh, c.old} {
		if b == nil {
			continue
		}
		if i, found := b.textAt[key]; found {
			v, ok = b.texts[i].vector, true
		}
	}
	written := c.mode == Replay || c.known.maybe(key)
	c.mu.Unlock()
	if ok || !written {
		return v, ok, nil
	}
	err = c.seek.QueryRowContext(ctx, key[:]).Scan((*[]byte)(&v))
	return v, err == nil, c.miss(err)
}

// miss turns "no such row" into no error.
func (c *Cassette) miss(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return sqlite.Explain("read", c.path, err)
}
