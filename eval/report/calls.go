package report

import (
	"cmp"
	"slices"
	"time"
)

// callSum adds up model calls.
type callSum struct {
	calls, prompt, reply int64
	latency              time.Duration
}

func (c *callSum) add(s CallStat) {
	c.calls += s.Calls
	c.prompt += s.PromptTokens
	c.reply += s.ReplyTokens
	c.latency += s.Latency
}

// use is what a model was asked for.
type use struct{ model, purpose string }

// callSums adds up a run's model calls, all of them and by use.
type callSums struct {
	callSum
	uses map[use]*callSum
}

func sumCalls(stats []CallStat) callSums {
	out := callSums{uses: map[use]*callSum{}}
	for _, s := range stats {
		out.add(s)
		key := use{s.Model, s.Purpose}
		if out.uses[key] == nil {
			out.uses[key] = &callSum{}
		}
		out.uses[key].add(s)
	}
	return out
}

// uses are those of all runs, in order.
func (s *study) uses() []use {
	seen := map[use]bool{}
	var out []use
	for _, r := range s.runs {
		for u := range r.calls.uses {
			if !seen[u] {
				seen[u] = true
				out = append(out, u)
			}
		}
	}
	slices.SortFunc(out, func(a, b use) int { return cmp.Or(cmp.Compare(a.model, b.model), cmp.Compare(a.purpose, b.purpose)) })
	return out
}

// of takes a number from a run's calls for a use: 0 where there were none.
func (u use) of(number func(callSum) float64) func(*run) float64 {
	return func(r *run) float64 {
		if c := r.calls.uses[u]; c != nil {
			return number(*c)
		}
		return 0
	}
}
