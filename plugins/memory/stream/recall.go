package stream

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const maxRecall = 4000 // runes

// Recall implements sdk.Memory.
func (m *memory) Recall(ctx context.Context, tick int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	out := make([]sdk.Recollection, len(queries))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(minds.CallsAtOnce)
	for i := range queries {
		q := &queries[i]
		mind := m.minds.Find(q.Agent.ID)
		if mind == nil {
			continue
		}
		group.Go(func() (err error) {
			if out[i], err = m.recall(gctx, tick, mind, q); err != nil {
				return fmt.Errorf("%s recalls: %w", q.Agent.ID, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

func (m *memory) recall(ctx context.Context, tick int64, mind *mind, q *sdk.Query) (sdk.Recollection, error) {
	asked, limit := text.Quote(q.Text, maxQuery), m.config.Recall
	if q.Limit > 0 {
		limit = q.Limit
	}
	if asked == "" {
		asked = focusOf(&q.Agent, &q.Observation)
		if out, ok, err := m.reminded(tick, mind, asked, limit); ok || err != nil {
			return out, err
		}
	}
	mind.mu.RLock()
	size, empty := mind.table.Dim(), len(mind.entries) == 0
	mind.mu.RUnlock()
	if empty {
		return sdk.Recollection{}, nil
	}
	var direction vectors.Vector
	if asked != "" && size > 0 {
		found, err := m.Embed(ctx, sdk.Call{Agent: q.Agent.ID, Tick: tick, Purpose: purposeRecall}, size, []string{asked})
		if err != nil {
			return sdk.Recollection{}, err
		}
		direction = found[0]
	}
	mind.mu.RLock()
	defer mind.mu.RUnlock()
	p := probe{now: mind.cursor.at(tick, &q.Observation), before: tick, vector: direction, count: limit}
	if q.Text != "" {
		p.before = math.MaxInt64 // what was just seen may answer a question
	}
	return m.tell(mind, mind.search(p, &m.buffers))
}

// reminded is what the tick's observation brought to mind when it was taken in,
// if this is the same one and as many were looked for.
func (m *memory) reminded(tick int64, mind *mind, focus string, limit int) (out sdk.Recollection, ok bool, err error) {
	mind.mu.RLock()
	defer mind.mu.RUnlock()
	c := &mind.cursor
	if c.Tick != tick || c.Focus != perception.Digest([]byte(focus)) || limit > m.config.Recall {
		return out, false, nil
	}
	var found []hit
	for _, r := range c.Recalled[:min(len(c.Recalled), limit)] {
		if at, ok := mind.place(r.Seq); ok { // else it is forgotten by now
			found = append(found, hit{at, r.Score})
		}
	}
	out, err = m.tell(mind, found)
	return out, true, err
}

// tell puts memories found into words, in the order of time; items stand by
// their score.
func (m *memory) tell(mind *mind, found []hit) (sdk.Recollection, error) {
	var out sdk.Recollection
	for _, h := range found {
		e := mind.entries[h.place]
		out.Items = append(out.Items, sdk.Remembrance{Key: e.key(), Text: m.words.tell(e), Score: h.score, Tick: e.Tick})
	}
	view := map[string][]string{}
	for _, h := range slices.SortedFunc(slices.Values(found), func(a, b hit) int { return cmp.Compare(a.place, b.place) }) {
		e := mind.entries[h.place]
		list := "Memories"
		if e.Kind == kindReflection {
			list = "Insights"
		}
		view[list] = append(view[list], m.words.tell(e))
	}
	rendered, err := m.Render("recall", view)
	out.Text = text.Cut(strings.TrimSpace(rendered), maxRecall)
	return out, err
}
