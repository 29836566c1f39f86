package runner

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// minds are the plugin processes of one run; mayor is nil where there is none.
type minds struct{ memory, planner, sentiment, mayor *host.Instance }

// startMinds starts a run's plugins at once. If one fails, those that started
// are closed.
func (r *run) startMinds(ctx context.Context) (*minds, error) {
	m := &minds{}
	a := r.study.Agents
	group, gctx := errgroup.WithContext(ctx)
	type start struct {
		plugin spec.Plugin
		slot   string
		into   **host.Instance
	}
	starts := []start{{a.Memory, sim.SlotMemory, &m.memory}, {a.Planner, sim.SlotPlanner, &m.planner}, {a.Sentiment, "sentiment", &m.sentiment}}
	if town := r.study.Environment.Town; town != nil && town.Mayor.Plugin.Plugin != "" {
		starts = append(starts, start{town.Mayor.Plugin, slotMayor, &m.mayor})
	}
	for _, p := range starts {
		group.Go(func() (err error) {
			*p.into, err = r.startPlugin(gctx, p.plugin, p.slot)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, errors.Join(err, m.close(ctx))
	}
	return m, nil
}

func (r *run) startPlugin(ctx context.Context, p spec.Plugin, slot string) (*host.Instance, error) {
	entry, err := r.opts.Catalog.Find(p.Plugin)
	if err != nil {
		return nil, err
	}
	instance, err := host.Start(ctx, host.Options{
		Entry: entry, SHA256: p.SHA256, Config: p.Config, Seed: r.planned.Seed, RunID: r.id(), Language: r.study.Language,
		Records: func(ctx context.Context) iter.Seq2[sdk.Record, error] { return r.engine.Records(ctx, slot) },
		Host:    r.services, OnCrash: r.study.Agents.OnCrash, MaxMemory: int64(r.study.Agents.PluginMemory) << 20, Now: r.opts.Now, Log: r.log,
		OnIncident: func(detail string) { r.engine.Incident("plugin restarted", p.Plugin, detail) },
	})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Plugin, err)
	}
	return instance, nil
}

func (m *minds) use() sim.Minds {
	return sim.Minds{Memory: m.memory.Memory(), Planner: m.planner.Planner(), Classifier: m.sentiment.Classifier()}
}

// close stops the processes; it is bounded by the host.
func (m *minds) close(ctx context.Context) error {
	var group errgroup.Group
	for _, instance := range []*host.Instance{m.memory, m.planner, m.sentiment, m.mayor} {
		if instance != nil {
			group.Go(func() error { return instance.Close(context.WithoutCancel(ctx)) })
		}
	}
	return group.Wait()
}
