package runner

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/plugins/sdk"
)

// memory is the training split of a dataset, to be searched as gorod dataset
// search does: by the cosine of hashed character n-grams, which Russian stems
// share whatever their endings.
type memory struct {
	k         int
	exchanges []exchange
	embed     llm.Provider
}

type exchange struct {
	turn, reply string
	vector      []float32
}

// embedBatch is how many exchanges are embedded at a time.
const embedBatch = 256

// recollect reads what is searched.
func (s *session) recollect(ctx context.Context, r *suite.Retrieve) (*memory, error) {
	file, err := sample.Split(r.Dataset, "train")
	if err != nil {
		return nil, fmt.Errorf("retrieve: %w", err)
	}
	m := &memory{k: r.K, embed: reference.New()}
	err = sample.Examples(file, func(e *sample.Example) error {
		if turn, reply := e.Asked(), e.Reply(); turn != "" && reply != "" {
			m.exchanges = append(m.exchanges, exchange{turn: turn, reply: reply})
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("retrieve: %w", err)
	}
	if len(m.exchanges) == 0 {
		return nil, fmt.Errorf("retrieve: %s holds no exchanges: every reply in it answers nothing", file)
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(m.exchanges, embedBatch) {
		group.Go(func() error { return m.place(gctx, part) })
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("retrieve: %w", err)
	}
	return m, nil
}

func (m *memory) place(ctx context.Context, part []exchange) error {
	texts := make([]string, len(part))
	for i, e := range part {
		texts[i] = e.turn + "\n" + e.reply
	}
	resp, err := m.embed.Embed(ctx, llm.EmbedRequest{Texts: texts})
	if err != nil {
		return err
	}
	for i := range part {
		part[i].vector = resp.Vectors[i]
	}
	return nil
}

type hit struct {
	at    int
	score float32
}

// like are the exchanges most like what is to be answered, as trainers and gorod
// finetune chat put them. The very exchange that is asked is never among them.
func (m *memory) like(ctx context.Context, messages []sample.Message, reference string) ([]string, error) {
	query := ""
	for _, one := range messages {
		if one.Role == sdk.RoleUser {
			query = one.Content
		}
	}
	if query == "" {
		return nil, nil
	}
	resp, err := m.embed.Embed(ctx, llm.EmbedRequest{Texts: []string{query}})
	if err != nil {
		return nil, err
	}
	best := make([]hit, 0, m.k+1)
	for i := range m.exchanges {
		e := &m.exchanges[i]
		h := hit{i, dot(resp.Vectors[0], e.vector)}
		if len(best) == m.k && h.score <= best[m.k-1].score || e.turn == query && e.reply == reference {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, h, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at)) })
		best = slices.Insert(best, at, h)
		best = best[:min(len(best), m.k)]
	}
	out := make([]string, len(best))
	for i, h := range best {
		out[i] = m.exchanges[h.at].turn + "\n→ " + m.exchanges[h.at].reply
	}
	return out, nil
}

// dot is the cosine of unit vectors. Four sums at a time keep the processor busy.
func dot(a, b []float32) float32 {
	var sum [4]float32
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		sum[0] += a[0] * b[0]
		sum[1] += a[1] * b[1]
		sum[2] += a[2] * b[2]
		sum[3] += a[3] * b[3]
	}
	for i, x := range a {
		sum[0] += x * b[i]
	}
	return sum[0] + sum[1] + sum[2] + sum[3]
}
