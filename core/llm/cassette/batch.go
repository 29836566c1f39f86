package cassette

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// A batch is written when it is this large or this old, or at the end of the
// tick. Whoever is killed in a long tick loses the calls of a second.
const (
	batchRows  = 4096
	batchBytes = 16 << 20
	batchAge   = time.Second
)

// batch is what is to be written in one transaction.
type batch struct {
	calls      []callRow
	texts      []textRow
	schemas    map[Key][]byte
	samples    []*sample
	callAt     map[Key]int
	textAt     map[Key]int
	totalBytes int
	since      time.Time // of the first row
}

func newBatch() *batch {
	return &batch{schemas: map[Key][]byte{}, callAt: map[Key]int{}, textAt: map[Key]int{}}
}

func (b *batch) rows() int { return len(b.calls) + len(b.texts) }

func (b *batch) begin() {
	if b.since.IsZero() {
		b.since = time.Now()
	}
}

func (b *batch) due() bool {
	return b.rows() >= batchRows || b.totalBytes >= batchBytes || b.rows() > 0 && time.Since(b.since) >= batchAge
}

func (b *batch) addCall(r callRow) {
	b.begin()
	b.callAt[r.key] = len(b.calls)
	b.calls = append(b.calls, r)
	b.totalBytes += len(r.prompt) + len(r.text)
}

func (b *batch) addText(r textRow) {
	b.begin()
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
	sample         int64
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
