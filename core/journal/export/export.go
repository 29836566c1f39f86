// Package export writes runs as Parquet files that DuckDB, pandas and R read
// without gorod: one file a table, all runs of a study in it. SCHEMAS.md
// documents every column; the metadata of each file says which runs it holds.
package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
)

// Source is a run to export.
type Source struct {
	Journal string // path of its run.db
	// Calls are the model calls of the run, from its cassette; nil for none.
	Calls func(context.Context) iter.Seq2[Call, error]
	// Extracts are what the run's study reads out.
	Extracts []Extraction
}

// Call is one call of a language model.
type Call struct {
	Tick           int64
	Agent, Purpose string
	Index, Attempt int
	Model          string
	Endpoint       string
	PromptTokens   int
	ReplyTokens    int
	Latency        time.Duration
	Key            string // of the call in the cassette
	Prompt         string // JSON: the messages
	Reply          string
}

// Progress says how far an export is.
type Progress struct {
	Run, Runs     int   // at work on this one, from 1
	Events, Total int64 // of this run
}

// everyEvents is how often an export reports and looks whether it is to stop.
const everyEvents = 5000

// Run exports runs into outDir, which it makes when it is not there. The files
// of an earlier export are replaced when everything has been written, and left
// alone when it fails. Memory does not grow with the number of events. progress
// may be nil.
func Run(ctx context.Context, sources []Source, outDir string, progress func(Progress)) error {
	if progress == nil {
		progress = func(Progress) {}
	}
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	columns, err := columnsOfAll(sources)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	t, err := createTables(outDir, columns)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer t.discard()
	var metas []journal.Meta
	for i, source := range sources {
		meta, err := t.addRun(ctx, source, func(done, total int64) { progress(Progress{i + 1, len(sources), done, total}) })
		if err != nil {
			return fmt.Errorf("export %s: %w", source.Journal, err)
		}
		metas = append(metas, meta)
	}
	metadata, err := describe(metas)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := t.publish(metadata); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// run is a run being exported.
type run struct {
	*tables
	journal *journal.Journal
	meta    journal.Meta
	last    journal.Checkpoint
}

type resident = journal.Resident

func (t *tables) addRun(ctx context.Context, source Source, progress func(done, total int64)) (meta journal.Meta, err error) {
	j, err := journal.OpenReadOnly(ctx, source.Journal)
	if err != nil {
		return meta, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	r := &run{tables: t, journal: j, meta: j.Meta()}
	if r.last, _, err = j.Last(ctx); err != nil {
		return meta, err
	}
	if err := r.addEvents(ctx, progress); err != nil {
		return meta, err
	}
	if err := r.addState(ctx); err != nil {
		return meta, err
	}
	if err := r.addFindings(ctx); err != nil {
		return meta, err
	}
	if source.Calls == nil {
		return r.meta, nil
	}
	return r.meta, r.addCalls(source.Calls(ctx))
}

// base are the first columns of a row of some tick.
func (r *run) base(tick int64) Base {
	at := r.meta.Clock.At(tick)
	_, offset := at.Zone()
	return Base{r.meta.Study, r.meta.Cell, r.meta.Seed, tick, at.Add(time.Duration(offset) * time.Second).UnixMicro()}
}

func (r *run) addEvents(ctx context.Context, progress func(done, total int64)) error {
	var done int64
	for e, err := range r.journal.Events(ctx, journal.Filter{To: r.last.Tick + 1}) {
		if err != nil {
			return err
		}
		if err := r.addEvent(r.base(e.Tick), e); err != nil {
			return err
		}
		if done++; done%everyEvents == 0 {
			progress(done, r.last.Events)
		}
	}
	progress(done, r.last.Events)
	return ctx.Err()
}

func (r *run) addState(ctx context.Context) error {
	states, err := r.journal.Agents(ctx)
	if err != nil {
		return err
	}
	byID := make(map[string]*event.AgentState, len(states))
	for i := range states {
		byID[states[i].ID] = &states[i]
	}
	for _, resident := range r.meta.Residents {
		if err := r.agents.Add(agentRow(r.base(r.last.Tick), resident, byID[resident.ID])); err != nil {
			return err
		}
	}
	for s, err := range r.journal.StoredRecords(ctx) {
		if err != nil {
			return err
		}
		if err := r.records.Add(recordRow(r.base(s.Tick), s.Plugin, s.Record)); err != nil {
			return err
		}
	}
	for s, err := range r.journal.StoredRows(ctx) {
		if err != nil {
			return err
		}
		if err := r.rows.Add(Row{r.base(s.Tick), s.Kind, s.ID, string(s.JSON)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) addCalls(calls iter.Seq2[Call, error]) error {
	for c, err := range calls {
		if err != nil {
			return fmt.Errorf("model calls: %w", err)
		}
		err := r.calls.Add(LLMCall{
			Base: r.base(c.Tick), Agent: c.Agent, Purpose: c.Purpose, Index: int32(c.Index), Attempt: int32(c.Attempt), Model: c.Model,
			Endpoint: c.Endpoint, PromptTokens: int32(c.PromptTokens), ReplyTokens: int32(c.ReplyTokens),
			LatencyMS: float64(c.Latency) / float64(time.Millisecond), Key: c.Key, Prompt: c.Prompt, Reply: c.Reply,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
