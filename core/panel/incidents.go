package panel

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

// Kinds of incident that say how a plugin or a server stands. They are those of
// the package core/runner; those of an endpoint go on with its new state.
const (
	restarted    = "plugin restarted"
	endpointMark = "endpoint "
	drained      = "drained"
	returned     = "returned"
)

// incidents are those up to a tick, in order.
func (w *watched) incidents(ctx context.Context, until int64) ([]event.Incident, error) {
	j, err := w.city.Journal(ctx)
	if err != nil {
		return nil, err
	}
	all, err := j.Incidents(ctx)
	return slices.DeleteFunc(all, func(i event.Incident) bool { return i.Tick > until }), err
}

// pluginRow is a plugin with how it does.
type pluginRow struct {
	Source   string
	Slots    []string // what for
	Restarts int
	Last     int64 // tick of the last restart
}

// plugins are those that the study names.
func (w *watched) plugins() (rows []pluginRow) {
	if w.Study == nil {
		return nil
	}
	a := w.Study.Agents
	slots := map[string][]spec.Plugin{"memory": {a.Memory}, "planner": {a.Planner}, "sentiment": {a.Sentiment}, "metric": w.Study.Metrics}
	if t := w.Study.Environment.Town; t != nil {
		slots["mayor"] = []spec.Plugin{t.Mayor.Plugin}
	}
	for _, slot := range []string{"memory", "planner", "sentiment", "mayor", "metric"} {
		for _, p := range slots[slot] {
			if p.Plugin == "" {
				continue
			}
			row := rowIn(&rows, p.Plugin)
			row.Slots = append(row.Slots, slot)
		}
	}
	return rows
}

// rowIn is the row of a plugin, a new one where it has none.
func rowIn(rows *[]pluginRow, source string) *pluginRow {
	at := slices.IndexFunc(*rows, func(r pluginRow) bool { return r.Source == source })
	if at < 0 {
		at = len(*rows)
		*rows = append(*rows, pluginRow{Source: source})
	}
	return &(*rows)[at]
}

// pluginRows are plugins with what befell them.
func pluginRows(incidents []event.Incident, rows []pluginRow) []pluginRow {
	for _, i := range incidents {
		if i.Kind == restarted {
			row := rowIn(&rows, i.Source)
			row.Restarts++
			row.Last = i.Tick
		}
	}
	slices.SortStableFunc(rows, func(a, b pluginRow) int { return cmp.Compare(a.Source, b.Source) })
	return rows
}

// standing is how an endpoint stands since a tick.
type standing struct {
	name string // well, slow, drained
	tick int64
}

// endpoints are how those stand that came or went.
func endpoints(incidents []event.Incident) map[string]standing {
	all := map[string]standing{}
	for _, i := range incidents {
		if state, ok := strings.CutPrefix(i.Kind, endpointMark); ok {
			if state == returned {
				state = "well"
			}
			all[i.Source] = standing{state, i.Tick}
		}
	}
	return all
}
