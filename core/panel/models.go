package panel

import (
	"cmp"
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
}

// pluginRow is a plugin with what befell it.
type pluginRow struct {
	Source   string
	Restarts int
	Others   int
	Last     int64 // tick
}

// models shows the health of what the residents think with.
func (p *Panel) models(ctx context.Context, q *request) error {
	var body modelsBody
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return err
	}
	err = q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		body.at = here("models", v, j.Meta().Clock.Ticks)
		models, purposes := v.ByModel()
		body.Models, body.Purposes = callRows(models), callRows(purposes)
		calls, tokens := v.CallsPerTick()
		body.Figures = []named{
			q.figure("calls", []chart.Series{{Name: q.words.T("calls.calls"), Values: calls}}, chart.Options{Fill: true}, nil),
			q.figure("tokens", []chart.Series{{Name: q.words.T("calls.tokens"), Values: tokens}}, chart.Options{Fill: true}, nil),
		}
		body.Usage, body.Counted = v.Usage()
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
	if body.Incidents, err = j.Incidents(ctx); err != nil {
		return err
	}
	body.Incidents = slices.DeleteFunc(body.Incidents, func(i event.Incident) bool { return i.Tick > body.moment.Tick })
	body.Plugins = pluginRows(body.Incidents)
	slices.Reverse(body.Incidents)
	body.Incidents = body.Incidents[:min(mostIncidents, len(body.Incidents))]
	if body.Waiting, err = q.run.waiting(ctx); err != nil {
		return err
	}
	return q.show("models", q.words.T("menu.models"), body)
}

func callRows(calls []city.Calls) (rows []callRow) {
	for _, c := range calls {
		rows = append(rows, callRow{c, c.Latency / time.Duration(max(c.Calls, 1)), c.Quantile(0.5), c.Quantile(0.95)})
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

func pluginRows(incidents []event.Incident) []pluginRow {
	at := map[string]int{}
	var rows []pluginRow
	for _, i := range incidents {
		n, ok := at[i.Source]
		if !ok {
			n = len(rows)
			at[i.Source], rows = n, append(rows, pluginRow{Source: i.Source})
		}
		if i.Kind == "restart" {
			rows[n].Restarts++
		} else {
			rows[n].Others++
		}
		rows[n].Last = i.Tick
	}
	slices.SortFunc(rows, func(a, b pluginRow) int { return cmp.Compare(a.Source, b.Source) })
	return rows
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
