package babyagi

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxResult   = 400 // runes of a result, and of what became of its actions
	keepResults = 64  // of one agent: the latest
	maxOutcomes = 6
)

// result is what came of a task.
type result struct {
	Seq      int64  `json:"seq"`
	Tick     int64  `json:"tick"`
	Task     string `json:"task"`
	Text     string `json:"text"`               // in the agent's words
	Outcomes string `json:"outcomes,omitempty"` // what became of its actions
	Open     bool   `json:"open,omitempty"`     // that is still to be seen
	Vector   []byte `json:"vector,omitempty"`   // float32, little-endian; none until it is wanted

	changed bool
}

// whole is what is embedded and shown.
func (r *result) whole() string {
	return strings.TrimSpace(r.Text + " " + r.Outcomes)
}

// conclude adds what became of the last turn's actions to its result.
func (m *mind) conclude(outcomes []sdk.Outcome, words *words) {
	if len(m.results) == 0 {
		return
	}
	last := &m.results[len(m.results)-1]
	if !last.Open {
		return
	}
	var parts []string
	for _, o := range outcomes[:min(len(outcomes), maxOutcomes)] {
		parts = append(parts, words.outcome(&o))
	}
	last.Outcomes = text.Quote(strings.Join(parts, "; "), maxResult)
	last.Open, last.Vector, last.changed = false, nil, true
}

// store keeps a result and lets go of the oldest beyond the bound.
func (m *mind) store(r result) {
	if n := len(m.results); n > 0 {
		r.Seq = m.results[n-1].Seq + 1
	}
	r.changed = true
	m.results = append(m.results, r)
	for len(m.results) > keepResults {
		m.dropped = append(m.dropped, m.results[0].Seq)
		m.results = m.results[1:]
	}
}

// relevant are the results most similar to a task, the most similar first; of
// equally similar ones the latest.
func (t *turn) relevant(ctx context.Context, task string) ([]result, error) {
	results := t.mind.results
	if len(results) == 0 || t.config.Context <= 0 {
		return nil, nil
	}
	to, err := t.embed(ctx, task)
	if err != nil {
		return nil, err
	}
	type scored struct {
		result
		similarity float64
	}
	ranked := make([]scored, len(results))
	for i := range results {
		ranked[i] = scored{results[i], cosine(to, vector(results[i].Vector))}
	}
	slices.SortFunc(ranked, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.similarity, a.similarity), cmp.Compare(b.Seq, a.Seq))
	})
	out := make([]result, min(len(ranked), t.config.Context))
	for i := range out {
		out[i] = ranked[i].result
	}
	return out, nil
}

// embed is a task's vector. Results that have none get theirs in the same call.
func (t *turn) embed(ctx context.Context, task string) ([]float32, error) {
	texts, of := []string{task}, []*result{}
	for i := range t.mind.results {
		if r := &t.mind.results[i]; len(r.Vector) == 0 {
			texts, of = append(texts, r.Task+": "+r.whole()), append(of, r)
		}
	}
	call := sdk.Call{Agent: t.req.Agent.ID, Tick: t.req.Tick, Purpose: "context"}
	vectors, err := t.host.Embed(ctx, call, texts)
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(texts) {
		return nil, sdk.Errorf(sdk.ErrModel, "%d vectors for %d texts", len(vectors), len(texts))
	}
	for i, r := range of {
		r.Vector, r.changed = packed(vectors[i+1]), true
	}
	return vectors[0], nil
}

func packed(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

func vector(data []byte) []float32 {
	out := make([]float32, len(data)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return out
}

// cosine similarity; 0 where there is none, as between vectors of two models.
func cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return 0
	}
	var dot, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, aa, bb = dot+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return dot / math.Sqrt(aa*bb)
}
