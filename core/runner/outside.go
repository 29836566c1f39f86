package runner

import (
	"context"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/plugins/sdk"
)

// directors act on the run from outside its residents: people first.
func (r *run) directors(ctx context.Context, s *session) ([]sim.Director, error) {
	people, err := r.people(ctx, s)
	if err != nil {
		return nil, err
	}
	all := []sim.Director{people}
	if place, ok := r.place.(env.Governed); ok && r.study.Environment.Town.Mayor.Plugin.Plugin != "" {
		all = append(all, &mayor{place, func() sdk.Mayor { return r.minds.mayor.Mayor() }})
	}
	if len(r.study.Interventions) == 0 {
		return all, nil
	}
	judge, err := probe.NewJudge(r.study, r.services)
	if err != nil {
		return nil, err
	}
	return append(all, intervene.New(intervene.Options{
		Study: r.study, Judge: judge, Measure: r.meters.measure, Run: r.described(), Environment: r.place, Log: r.log,
	})), nil
}

// probes ask about the run. A replay has no use for them: what they find is no
// part of what happened.
func (r *run) probes(replay bool) ([]sim.Probe, error) {
	if replay || !probe.Wanted(r.study) {
		return nil, nil
	}
	desk, err := r.desk()
	return []sim.Probe{desk}, err
}

// desk asks about the run.
func (r *run) desk() (*probe.Desk, error) {
	options := probe.Options{
		Study: r.study, Models: r.services, Memory: func() sdk.Memory { return r.minds.memory.Memory() }, Log: r.log,
	}
	if place, ok := r.place.(env.Leavable); ok {
		options.Absent = place.Absent
	}
	return probe.New(options)
}
