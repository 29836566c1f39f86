package panel

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/sim"
)

// runRow is a run in the list.
type runRow struct {
	Name      string
	Title     string
	URL       string
	Status    string
	Message   string
	Tick      int64 // committed
	Ticks     int
	Digest    string
	Calls     int64
	Hits      int64 // of the cassette
	Residents int
	Created   time.Time
	Time      time.Time // simulated
}

type runList struct{ Rows []runRow }

// listRuns shows how every run stands.
func (p *Panel) listRuns(ctx context.Context, q *request) error {
	var list runList
	for _, w := range p.runs {
		row, err := rowOf(ctx, w)
		if err != nil && ctx.Err() == nil { // one that is damaged hides no other
			p.opts.Log.Error("a run cannot be read", "run", w.Name, "error", err)
			row.Status = unreadable
		}
		list.Rows = append(list.Rows, row)
	}
	return q.show("runs", q.words.T("runs.title"), list)
}

// States of a run that no journal holds.
const (
	notBegun   = "notbegun" // it has no journal
	pausing    = "paused"
	unreadable = "unreadable"
)

func rowOf(ctx context.Context, w *watched) (row runRow, err error) {
	row = runRow{Name: w.Name, Title: strings.ReplaceAll(w.Name, "/", " / "), URL: "/r/" + url.PathEscape(w.slug) + "/", Status: notBegun}
	state, err := w.city.State(ctx)
	if errors.Is(err, city.ErrNotBegun) {
		return row, nil
	}
	if err != nil {
		return row, err
	}
	row.Status, row.Message, row.Tick, row.Ticks = string(state.Status), state.Message, state.Checkpoint.Tick+1, state.Meta.Clock.Ticks
	row.Calls, row.Hits, row.Residents, row.Created = state.Calls, state.Usage.Hits, len(state.Meta.Residents), state.Meta.Created
	if state.Checkpoint.Tick >= 0 {
		row.Time = state.Meta.Clock.At(state.Checkpoint.Tick)
		if row.Digest, err = digest(state.Checkpoint); err != nil {
			return row, err
		}
	}
	if row.Status == string(journal.Running) {
		paused, err := w.paused(ctx, row.Tick)
		if err != nil {
			return row, err
		}
		if paused {
			row.Status = pausing
		}
	}
	return row, nil
}

// paused reports whether a run was told not to compute a tick.
func (w *watched) paused(ctx context.Context, tick int64) (bool, error) {
	queue, err := w.commands(ctx)
	if err != nil {
		return false, err
	}
	pace, err := queue.Pace(ctx)
	return tick >= pace.PauseAt, err
}

func digest(c journal.Checkpoint) (string, error) {
	d, err := sim.NewDigest(c.Digest)
	if err != nil {
		return "", fmt.Errorf("digest of the run: %w", err)
	}
	return d.Sum(), nil
}
