package runner

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sequential"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// watch ends the asking of a task as soon as its declared comparisons are
// decided. What it decides by are whole clusters in their order, so that neither
// the order of replies nor an interruption changes where it ends.
type watch struct {
	mu       sync.Mutex
	families []watched
	clusters []*cluster
	of       []*cluster // by place of the result
	next     int        // cluster that is looked at next
	end      int        // results that count
	ended    bool
}

// watched is a comparison under way.
type watched struct {
	*sequential.Comparison
	declared *suite.Comparison
}

// cluster is a stretch of results.
type cluster struct {
	results []*result
	left    int // that are not answered
	to      int // place of the first result behind it
}

// decidable checks that comparisons can be decided on the way.
func decidable(ctx context.Context, s *suite.Suite, kinds []task.Kind) (problems spec.Problems) {
	if !s.Analysis.Sequential {
		return nil
	}
	if len(s.Comparisons) == 0 {
		return spec.Problems{s.Problem("analysis.sequential", "sequential without comparisons", "there is nothing to decide", "declare comparisons, or remove it")}
	}
	for i := range s.Comparisons {
		t := s.Task(s.Comparisons[i].Task)
		var m *task.Measure
		if kind := kindOf(kinds, t); kind != nil {
			m = measureOf(kind.Measures(ctx, t), s.Comparisons[i].Measure)
		}
		if m == nil || m.Per != task.PerItem || m.Judged || m.Low >= m.High {
			problems = append(problems, s.Problem(fmt.Sprintf("comparisons[%d].measure", i), s.Comparisons[i].Measure+" cannot be decided on the way",
				"analysis.sequential needs measures of single items that are computed and have bounds", "compare another measure, or remove sequential"))
		}
	}
	return problems
}

func measureOf(measures []task.Measure, name string) *task.Measure {
	at := slices.IndexFunc(measures, func(m task.Measure) bool { return m.Name == name })
	if at < 0 {
		return nil
	}
	return &measures[at]
}

// shuffle puts the items of a task into the order in which they are asked where
// asking may end early: an early end must not favour what stands first.
func (p *planned) shuffle(seed uint64) {
	var names []string
	of := map[string][]task.Item{}
	for _, item := range p.items {
		name := clusterOf(item)
		if of[name] == nil {
			names = append(names, name)
		}
		of[name] = append(of[name], item)
	}
	p.items = p.items[:0:0]
	for _, name := range sequential.Order(seed, p.suite.Name, names) {
		p.items = append(p.items, of[name]...)
	}
}

// watching is nil for a task that is asked to its end.
func (s *session) watching(p *planned, results []*result) (*watch, error) {
	what := s.options.Suite
	if !what.Analysis.Sequential {
		return nil, nil
	}
	w := &watch{end: len(results)}
	for i := range what.Comparisons {
		declared := &what.Comparisons[i]
		if declared.Task != p.suite.Name {
			continue
		}
		m := measureOf(p.measures, declared.Measure)
		c, why := sequential.New(m.Low, m.High, what.Analysis.Alpha, len(what.Comparisons))
		if why != "" {
			return nil, fmt.Errorf("decide %s on the way: %w", declared.Name, why)
		}
		w.families = append(w.families, watched{c, declared})
	}
	if len(w.families) == 0 {
		return nil, nil
	}
	name := ""
	for i, r := range results {
		if own := clusterOf(r.item); i == 0 || own != name {
			name = own
			w.clusters = append(w.clusters, &cluster{})
		}
		c := w.clusters[len(w.clusters)-1]
		c.results, c.left, c.to = append(c.results, r), c.left+1, i+1
		w.of = append(w.of, c)
	}
	return w, nil
}

// over reports whether a result counts no more.
func (w *watch) over(at int) bool {
	if w == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return at >= w.end
}

// answered takes a result, and decides when all before it are answered, too.
func (w *watch) answered(at int) error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of[at].left--
	for ; !w.ended && w.next < len(w.clusters) && w.clusters[w.next].left == 0; w.next++ {
		decided := true
		for _, f := range w.families {
			if err := f.Add(w.clusters[w.next].pairs(f.declared)); err != nil {
				return fmt.Errorf("comparison %s: %w", f.declared.Name, err)
			}
			decided = decided && f.Decided()
		}
		if decided {
			w.ended, w.end = true, w.clusters[w.next].to
		}
	}
	return nil
}

// pairs are the items of a cluster with a value of both subjects: the mean over
// repeats and turns.
func (c *cluster) pairs(of *suite.Comparison) (pairs []stats.Pair) {
	type mean struct {
		sum float64
		n   int
	}
	sums := map[[2]string]*mean{}
	var items []string
	for _, r := range c.results {
		key := [2]string{r.item.ID, r.subject}
		if sums[key] == nil {
			sums[key] = &mean{}
		}
		if !slices.Contains(items, r.item.ID) {
			items = append(items, r.item.ID)
		}
		for i := range r.outcome.Scores {
			if x := &r.outcome.Scores[i]; x.Measure == of.Measure && x.Missing == "" {
				sums[key].sum += x.Value
				sums[key].n++
			}
		}
	}
	for _, id := range items {
		a, b := sums[[2]string{id, of.A}], sums[[2]string{id, of.B}]
		if a != nil && b != nil && a.n > 0 && b.n > 0 {
			pairs = append(pairs, stats.Pair{ID: id, A: a.sum / float64(a.n), B: b.sum / float64(b.n)})
		}
	}
	return pairs
}
