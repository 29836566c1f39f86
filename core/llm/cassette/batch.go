package cassette

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// A batch is written when it is this large, or at the end of the tick.
const (
	batchRows  = 4096
	batchBytes = 16 << 20
)

// batch is what is to be written in one transaction.
type batch struct {
	calls      []callRow
	texts      []textRow
	schemas    map[Key][]byte
	callAt     map[Key]int
	textAt     map[Key]int
	totalBytes int
}

func newBatch() *batch {
	return &batch{schemas: map[Key][]byte{}, callAt: map[Key]int{}, textAt: map[Key]int{}}
}

func (b *batch) rows() int { return len(b.calls) + len(b.texts) }

func (b *batch) addCall(r callRow) {
	b.callAt[r.key] = len(b.calls)
	b.calls = append(b.calls, r)
	b.totalBytes += len(r.prompt) + len(r.text)
}

func (b *batch) addText(r textRow) {
	b.textAt[r.key] = len(b.texts)
	b.texts = append(b.texts, r)
	b.totalBytes += len(r.vector) + len(r.text)
}

// reply is what is recorded of an answer.
type reply struct {
	text         string
	truncated    bool
	promptTokens int
	replyTokens  int
	latency      time.Duration
	endpoint     string
	hit          bool // found, not asked for
}

func replyOf(r *llm.Response) reply {
	return reply{r.Text, r.Truncated, r.PromptTokens, r.ReplyTokens, r.Latency, r.Endpoint, false}
}

func (r reply) response(key Key, cached bool) llm.Response {
	return llm.Response{
		Text: r.text, Truncated: r.truncated, PromptTokens: r.promptTokens, ReplyTokens: r.replyTokens,
		Latency: r.latency, Endpoint: r.endpoint, Cached: cached, Key: key.String(),
	}
}

type callRow struct {
	reply
	key            Key
	agent, purpose string
	tick           int64
	index, attempt int
	model          string
	prompt         []byte
	schema         []byte // hash; nil for none
}

// vector holds float32s, little-endian.
type vector []byte

func vectorOf(floats []float32) vector {
	v := make(vector, 0, 4*len(floats))
	for _, f := range floats {
		v = binary.LittleEndian.AppendUint32(v, math.Float32bits(f))
	}
	return v
}

func (v vector) floats() []float32 {
	out := make([]float32, len(v)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(v[4*i:]))
	}
	return out
}

type textRow struct {
	key             Key
	model, endpoint string
	asked           bool
	tokens          int
	latency         time.Duration
	vector          vector
	text            []byte
}

// keep adds a reply to the batch.
func (c *Cassette) keep(ctx context.Context, key Key, req *llm.Request, r reply) error {
	w := c.borrow()
	defer c.buffer.Put(w)
	data, err := appendPrompt(*w, req)
	if err != nil {
		return err
	}
	*w = data
	row := callRow{
		reply: r, key: key, agent: req.Agent, purpose: req.Purpose, tick: req.Tick, index: req.Index, attempt: req.Attempt,
		model: req.Model, prompt: c.zip.EncodeAll(data, make([]byte, 0, len(data)/2)),
	}
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
	c.flushLarge(ctx)
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
			vector: vectorOf(resp.Vectors[i]), text: c.zip.EncodeAll([]byte(t.text), nil),
		}
	}
	rows[0].asked, rows[0].latency = true, resp.Latency
	c.mu.Lock()
	for _, r := range rows {
		c.fresh.addText(r)
		c.known.add(r.key)
	}
	c.mu.Unlock()
	c.flushLarge(ctx)
	return nil
}
