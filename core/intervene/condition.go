package intervene

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// tally are the rows that a query has found so far.
type tally struct {
	next  int64 // tick from which rows were not looked at yet
	found []match
}

type match struct {
	tick  int64
	agent string
}

// counted counts what a query asks for. What the intervention told itself does
// not count: it would set itself off.
func (d *Director) counted(ctx context.Context, t env.Tick, w *sim.World, v *intervention) (string, error) {
	q := *v.When.Query
	members := map[string]bool{}
	for r := range w.Agents() {
		if q.Of.Has(r) {
			members[r.ID] = true
		}
	}
	for e, err := range w.Events(ctx, v.counts.next) {
		if err != nil {
			return "", err
		}
		if string(e.Kind) == q.Kind && members[e.Agent] && fits(q, v.ID, e) {
			v.counts.found = append(v.counts.found, match{e.Tick, e.Agent})
		}
	}
	v.counts.next = t.Number
	from := int64(0)
	if q.Within > 0 {
		from = t.Number - int64(q.Within/d.Study.Clock.Step)
	}
	n := v.counts.count(from, q.Count == "agents")
	if q.AtLeast != nil && n < *q.AtLeast || q.AtMost != nil && n > *q.AtMost {
		return "", nil
	}
	return fmt.Sprintf("the query finds %d %s", n, q.Count), nil
}

func (c *tally) count(from int64, agents bool) int {
	n, distinct := 0, map[string]bool{}
	for _, m := range c.found {
		if m.tick >= from {
			n++
			distinct[m.agent] = true
		}
	}
	if agents {
		return len(distinct)
	}
	return n
}

// fits reports whether an event is one that a query looks for.
func fits(q spec.Query, self string, e event.Event) bool {
	var row struct {
		Kind    string      `json:"kind"`
		Action  *sdk.Action `json:"action"` // of what was refused
		About   string      `json:"about"`
		Event   string      `json:"event"`
		Text    string      `json:"text"`
		Purpose string      `json:"purpose"`
	}
	if json.Unmarshal(e.Data, &row) != nil {
		return false
	}
	if row.Action != nil {
		row.Kind = row.Action.Kind
	}
	about := row.About + row.Event // a row has one of them
	switch {
	case event.Origin(about) == self, q.Action != "" && row.Kind != q.Action, q.About != "" && about != q.About:
		return false
	}
	return q.Contains == "" || strings.Contains(text.Fold(row.Text+" "+row.Purpose), text.Fold(q.Contains))
}

// measured compares a metric of the run so far with a value. A run without such
// a score meets nothing.
func (d *Director) measured(ctx context.Context, t env.Tick, w *sim.World, c spec.MetricCondition) (string, error) {
	run := d.Run
	run.Ticks = t.Number
	for r, s := range w.Agents() {
		run.Agents = append(run.Agents, sdk.Agent{ID: r.ID, Persona: r.Persona, Mood: s.Mood, Goals: s.Goals, Plan: s.Plan, Group: r.Group})
	}
	scores, err := d.Measure(ctx, c, run, forMetric(w.Events(ctx, 0)))
	if err != nil {
		return "", err
	}
	value, n := 0.0, 0
	for _, s := range scores {
		if s.Metric == c.Name && s.Agent == "" && s.Group == c.Group && s.Item == c.Item && s.Tick == sdk.NoTick {
			value, n = value+s.Value, n+1
		}
	}
	if n == 0 {
		return "", nil
	}
	value /= float64(n)
	if c.Above != nil && value <= *c.Above || c.Below != nil && value >= *c.Below {
		return "", nil
	}
	return fmt.Sprintf("%s is %g", c.Name, value), nil
}

func forMetric(events iter.Seq2[event.Event, error]) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		for e, err := range events {
			if !yield(ForMetric(e), err) {
				return
			}
		}
	}
}

// ForMetric is an event as metric plugins see it.
func ForMetric(e event.Event) sdk.Event {
	return sdk.Event{Tick: e.Tick, Seq: e.Seq, Agent: e.Agent, Kind: string(e.Kind), Data: e.Data}
}

// judged asks a judge. A judge without a verdict meets nothing.
func (d *Director) judged(ctx context.Context, t env.Tick, w *sim.World, id string, c spec.ClaimCondition) (string, error) {
	verdicts, err := d.Judge.Claim(ctx, t, w, id, c.Claim)
	if err != nil {
		return "", err
	}
	sum, n, why := 0.0, 0, ""
	for _, v := range verdicts {
		if v.Unusable != "" {
			d.Log.Warn("no verdict", "intervention", id, "tick", t.Number, "agent", v.Agent, "why", v.Unusable)
			continue
		}
		sum, n = sum+v.Value, n+1
		if why == "" {
			why = v.Justification
		}
	}
	if n == 0 {
		return "", nil
	}
	mean := sum / float64(n)
	if c.AtLeast != nil && mean < float64(*c.AtLeast) {
		return "", nil
	}
	if c.AtLeast == nil && (mean > 0.5) != c.Holds {
		return "", nil
	}
	return fmt.Sprintf("the judge says %.4g of %d: %s", mean, n, why), nil
}
