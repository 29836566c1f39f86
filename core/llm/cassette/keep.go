package cassette

import (
	"bytes"
	"context"
	"crypto/sha256"

	"github.com/klauspost/compress/s2"

	"github.com/llm-city/gorod/core/llm"
)

// keep adds a reply to the batch.
func (c *Cassette) keep(ctx context.Context, key Key, req *llm.Request, r reply) error {
	w := c.borrow()
	defer c.buffer.Put(w)
	if err := w.prompt(req); err != nil {
		return err
	}
	c.mu.Lock()
	like, fresh := c.samples.find(req.Purpose, *w)
	if fresh {
		c.fresh.samples = append(c.fresh.samples, like)
	}
	c.mu.Unlock()
	row := callRow{
		reply: r, key: key, agent: req.Agent, purpose: req.Purpose, tick: req.Tick, index: req.Index, attempt: req.Attempt,
		model: req.Model, sample: like.number(),
	}
	out := c.borrow()
	defer c.buffer.Put(out)
	*out = like.zip(*out, *w)
	row.prompt = bytes.Clone(*out) // without the room that zip works in
	var hash Key
	if len(req.Schema) > 0 {
		hash = sha256.Sum256(req.Schema)
		row.schema = hash[:]
	}
	c.mu.Lock()
	if row.schema != nil && c.fresh.schemas[hash] == nil {
		c.fresh.schemas[hash] = req.Schema
	}
	c.fresh.addCall(row)
	c.known.add(key)
	c.mu.Unlock()
	c.flushDue(ctx)
	return nil
}

// keepTexts adds a request's embeddings to the batch. Its tokens are shared out
// by the texts' lengths.
func (c *Cassette) keepTexts(ctx context.Context, model string, texts []text, resp *llm.EmbedResponse) error {
	total, upTo := 0, 0
	for _, t := range texts {
		total += len(t.text)
	}
	rows := make([]textRow, len(texts))
	for i, t := range texts {
		before := resp.Tokens * upTo / max(total, 1)
		upTo += len(t.text)
		rows[i] = textRow{
			key: t.key, model: model, endpoint: resp.Endpoint, tokens: resp.Tokens*upTo/max(total, 1) - before,
			vector: vectorOf(resp.Vectors[i]), text: s2.Encode(nil, []byte(t.text)),
		}
	}
	rows[0].asked, rows[0].latency = true, resp.Latency
	c.mu.Lock()
	for _, r := range rows {
		c.fresh.addText(r)
		c.known.add(r.key)
	}
	c.mu.Unlock()
	c.flushDue(ctx)
	return nil
}
