package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"sync"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// meters are the metric plugins of a run, started when they are first asked.
type meters struct {
	run *run

	mu        sync.Mutex
	instances map[string]*host.Instance // by plugin and config
}

func newMeters(r *run) *meters {
	return &meters{run: r, instances: map[string]*host.Instance{}}
}

// get is the process of a metric plugin with a config.
func (m *meters) get(ctx context.Context, p spec.Plugin) (*host.Instance, error) {
	var config bytes.Buffer
	if err := json.Compact(&config, p.Config); err != nil && len(p.Config) > 0 {
		return nil, fmt.Errorf("config of %s: %w", p.Plugin, err)
	}
	key := p.Plugin + " " + config.String()
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.instances[key]; i != nil {
		return i, nil
	}
	instance, err := m.run.startPlugin(ctx, p, "")
	if err == nil {
		m.instances[key] = instance
	}
	return instance, err
}

func (m *meters) close(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for _, i := range m.instances {
		errs = append(errs, i.Close(context.WithoutCancel(ctx)))
	}
	return errors.Join(errs...)
}

// measure implements intervene.Measure.
func (m *meters) measure(ctx context.Context, c spec.MetricCondition, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	instance, err := m.get(ctx, spec.Plugin{Plugin: c.Plugin, Config: c.Config})
	if err != nil {
		return nil, err
	}
	scores, err := instance.Metric().Measure(ctx, run, events)
	if err != nil {
		return nil, fmt.Errorf("measure %s: %w", c.Plugin, err)
	}
	return scores, nil
}

// described is the run as metrics see it, before its ticks and agents.
func (r *run) described() sdk.Run {
	return sdk.Run{
		Study: r.study.Name, Cell: r.planned.Cell.Name, Seed: r.planned.Seed, Language: r.study.Language,
		Start: r.study.Clock.Start, Step: r.study.Clock.Step,
	}
}

// measureAll measures a run that is whole with the study's metrics, and keeps
// the scores.
func (r *run) measureAll(ctx context.Context, book *journal.Journal, ticks int64) error {
	whole := r.described()
	whole.Ticks = ticks
	for _, a := range r.engine.Residents() {
		whole.Agents = append(whole.Agents, sdk.Agent{ID: a.ID, Persona: a.Persona, Goals: a.Goals, Group: a.Group})
	}
	for _, p := range r.study.Metrics {
		instance, err := r.meters.get(ctx, p)
		if err != nil {
			return err
		}
		scores, err := instance.Metric().Measure(ctx, whole, eventsOf(ctx, book))
		if err != nil {
			return fmt.Errorf("measure %s: %w", p.Plugin, err)
		}
		kept := make([]event.Score, len(scores))
		for i, s := range scores {
			kept[i] = event.Score{Score: s, Source: p.Plugin}
		}
		if err := book.SetScores(ctx, p.Plugin, kept); err != nil {
			return err
		}
	}
	return nil
}

// kindSurvey is the kind under which metrics read answers: they are no events of
// the run, but what was asked after a tick follows its events.
const kindSurvey = "survey"

// eventsOf are what metrics read of a run: its events, and after those of each
// tick the answers to what was asked then.
func eventsOf(ctx context.Context, book *journal.Journal) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		nextAnswer, stop := iter.Pull2(book.Answers(ctx))
		defer stop()
		answer, err, left := nextAnswer()
		last, seq := int64(0), 0
		answers := func(before int64) bool { // of ticks before that one
			for left && err == nil && answer.Tick < before {
				if answer.Tick != last {
					last, seq = answer.Tick, 0
				}
				data, encodeErr := json.Marshal(answer)
				if !yield(sdk.Event{Tick: answer.Tick, Seq: seq, Agent: answer.Agent, Kind: kindSurvey, Data: data}, encodeErr) {
					return false
				}
				seq++
				answer, err, left = nextAnswer()
			}
			return err == nil || yield(sdk.Event{}, err) && false
		}
		for e, err := range book.Events(ctx, journal.Filter{}) {
			if !answers(e.Tick) || !yield(intervene.ForMetric(e), err) {
				return
			}
			last, seq = e.Tick, e.Seq+1
		}
		answers(math.MaxInt64)
	}
}
