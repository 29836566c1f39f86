package panel

import (
	"context"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/panel/internal/chart"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

const mostIncidents = 50

type modelsBody struct {
	at
	Models, Purposes []callRow
	Figures          []named
	Plugins          []pluginRow
	Incidents        []event.Incident // the newest first
	Total            int              // incidents
	Invalid          int
	Waiting          int // orders
	Pace             time.Duration
	Usage            event.Usage
	Counted          bool // Usage is known
}

// callRow is what a model was asked, and how it did.
type callRow struct {
	city.Calls
	Mean, Half, Most time.Duration // latency: mean, p50, p95
	State            string        // of the endpoint: well, slow, drained
	Since            int64         // tick in which it came into its state
}

// models shows the health of what the residents think with.
func (p *Panel) models(ctx context.Context, q *request) error {
	var body modelsBody
	err := q.read(ctx, "models", &body.at, func(v *city.View) error {
		models, purposes := v.ByModel()
		body.Models, body.Purposes = callRows(models), callRows(purposes)
		var each []event.Usage
		each, body.Usage, body.Counted = v.Usages()
		body.Figures = q.callFigures(v, each, body.Counted)
		moments := v.Moments()
		for _, m := range moments {
			body.Invalid += m.Invalid
		}
		body.Pace = paceOf(moments)
		return nil
	})
	if err != nil {
		return err
	}
	incidents, err := q.run.incidents(ctx, body.moment.Tick)
	if err != nil {
		return err
	}
	body.Plugins = pluginRows(incidents, q.run.plugins())
	states := endpoints(incidents)
	for i := range body.Models {
		if s, ok := states[body.Models[i].Endpoint]; ok {
			body.Models[i].State, body.Models[i].Since = s.name, s.tick
		}
	}
	slices.Reverse(incidents)
	body.Total, body.Incidents = len(incidents), incidents[:min(mostIncidents, len(incidents))]
	if body.Waiting, err = q.run.waiting(ctx); err != nil {
		return err
	}
	return q.show("models", q.words.T("menu.models"), body)
}

// callFigures are how many calls there were by ticks, and what became of them.
func (q *request) callFigures(v *city.View, each []event.Usage, counted bool) []named {
	calls, tokens := v.CallsPerTick()
	figures := []named{
		q.figure("calls", []chart.Series{{Name: q.words.T("calls.calls"), Values: calls}}, chart.Options{Fill: true}, nil),
		q.figure("tokens", []chart.Series{{Name: q.words.T("calls.tokens"), Values: tokens}}, chart.Options{Fill: true}, nil),
	}
	if !counted {
		return figures
	}
	col := func(of func(event.Usage) int64) (out []float64) {
		for _, u := range each {
			out = append(out, float64(of(u)))
		}
		return out
	}
	return append(figures,
		q.figure("answers", []chart.Series{
			{Name: q.words.T("calls.hits"), Values: col(func(u event.Usage) int64 { return u.Hits })},
			{Name: q.words.T("calls.asked"), Values: col(func(u event.Usage) int64 { return u.Calls })},
			{Name: q.words.T("calls.errors"), Values: col(func(u event.Usage) int64 { return u.Errors })},
		}, chart.Options{Stack: true}, nil),
		q.figure("queue", []chart.Series{{Name: q.words.T("calls.peak"), Values: col(func(u event.Usage) int64 { return u.Peak })}}, chart.Options{Fill: true}, nil),
	)
}

func callRows(calls []city.Calls) (rows []callRow) {
	for _, c := range calls {
		rows = append(rows, callRow{Calls: c, Mean: c.Latency / time.Duration(max(c.Calls, 1)), Half: c.Quantile(0.5), Most: c.Quantile(0.95)})
	}
	return rows
}

// paceOf is the time that a tick took of the last ones.
func paceOf(moments []city.Moment) time.Duration {
	last := moments[max(0, len(moments)-10):]
	if len(last) < 2 {
		return 0
	}
	return last[len(last)-1].Wall.Sub(last[0].Wall) / time.Duration(len(last)-1)
}

// waiting is how many orders the run has not taken yet.
func (w *watched) waiting(ctx context.Context) (int, error) {
	queue, err := w.commands(ctx)
	if err != nil {
		return 0, err
	}
	waiting, err := queue.Waiting(ctx)
	return len(waiting), err
}
