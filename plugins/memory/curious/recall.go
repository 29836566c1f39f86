package curious

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxRecall = 4000 // runes
	maxQuery  = 1000
	itemsSeen = 4 // of each kind that go into a query
)

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
	mind.mu.RLock()
	size, empty := mind.table.Dim(), len(mind.traces) == 0
	mind.mu.RUnlock()
	if empty {
		return sdk.Recollection{}, nil
	}
	asked := queryOf(q)
	var direction vectors.Vector
	if asked != "" && size > 0 {
		vectors, err := m.Embed(ctx, sdk.Call{Agent: q.Agent.ID, Tick: tick, Purpose: purposeRecall}, size, []string{asked})
		if err != nil {
			return sdk.Recollection{}, err
		}
		direction = vectors[0]
	}
	mind.mu.RLock()
	defer mind.mu.RUnlock()
	return m.recollect(mind.search(tick, q, direction), q.Text != "")
}

// queryOf is what memories are compared with: the question, or the plan and
// what is seen.
func queryOf(q *sdk.Query) string {
	if q.Text != "" {
		return text.Quote(q.Text, maxQuery)
	}
	o := &q.Observation
	parts := []string{q.Agent.Plan.Purpose}
	for _, items := range [][]sdk.Item{perception.Last(o.Notifications, itemsSeen), perception.Last(o.Messages, itemsSeen), o.Timeline[:min(len(o.Timeline), itemsSeen)]} {
		for _, item := range items {
			parts = append(parts, text.Cut(item.Text, maxText))
		}
	}
	return text.Quote(strings.TrimSpace(strings.Join(parts, " ")), maxQuery)
}

// recollect tells what was found: what stands out first, then lessons, then the
// rest in the order of time.
// Items stand in the same order, those that answer a question by their score.
func (m *memory) recollect(f found, question bool) (sdk.Recollection, error) {
	view := map[string][]string{}
	var out sdk.Recollection
	item := func(r rated) {
		out.Items = append(out.Items, sdk.Remembrance{Key: r.key(), Text: m.words.tell(r.trace), Score: r.score, Tick: r.Tick})
	}
	for _, r := range f.novel {
		item(r)
		view["Novel"] = append(view["Novel"], m.words.tell(r.trace))
	}
	for _, r := range f.rest {
		item(r)
	}
	if question {
		slices.SortStableFunc(out.Items, func(a, b sdk.Remembrance) int { return cmp.Compare(b.Score, a.Score) })
	}
	told := slices.SortedFunc(slices.Values(f.rest), func(a, b rated) int { return bySeq(a.trace, b.trace) })
	for _, r := range told {
		list := "Memories"
		if r.Kind == kindLesson {
			list = "Lessons"
		}
		view[list] = append(view[list], m.words.tell(r.trace))
	}
	rendered, err := m.Render("recall", view)
	out.Text = text.Cut(strings.TrimSpace(rendered), maxRecall)
	return out, err
}
