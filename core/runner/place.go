package runner

import (
	"context"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/env/room"
	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
)

// dueEvents works out when and to whom the study tells its events.
func dueEvents(study *spec.Study) []sim.Due {
	var due []sim.Due
	for _, e := range study.Events {
		due = append(due, sim.Due{Tick: tickOf(e, study.Clock), Told: event.Told{Event: e.ID, Text: e.Text}, Has: e.Has})
	}
	return due
}

// tickOf is the first tick that is not before the event's time.
func tickOf(e spec.Event, clock spec.Clock) int64 {
	if e.Tick != nil {
		return *e.Tick
	}
	return clock.TickAt(*e.At)
}

// newPlace makes the study's environment and restores what was committed.
func (r *run) newPlace(ctx context.Context, s *session) (env.Environment, error) {
	place, err := r.freshPlace()
	if err != nil || !s.resumed {
		return place, err
	}
	if err := place.Restore(s.journal.Rows(ctx)); err != nil {
		return nil, fmt.Errorf("restore the environment: %w", err)
	}
	if g, ok := place.(env.Governed); ok {
		r.residents = slices.Concat(r.residents, g.Newcomers())
	}
	return place, nil
}

// freshPlace makes the study's environment as it is before the first tick.
func (r *run) freshPlace() (env.Environment, error) {
	where := r.study.Environment
	if where.Room != nil {
		return room.New(room.Options{
			Settings: *where.Room, Language: r.study.Language, Residents: r.residents,
		})
	}
	if where.Town != nil {
		return town.New(town.Options{
			Settings: *where.Town, Language: r.study.Language, Residents: r.residents, Start: r.study.Clock.Start, Step: r.study.Clock.Step,
			Model: r.study.Agents.Model, Ask: r.services.askResident,
		})
	}
	return network.New(network.Options{
		Settings: *where.Network, Language: r.study.Language, Residents: r.residents, Step: r.study.Clock.Step,
		Seed: r.planned.Seed, Embed: r.services.embed, Later: laterFeeds(r.study),
	})
}

// laterFeeds are the feeds that interventions may turn on.
func laterFeeds(study *spec.Study) (ranks []string) {
	for _, v := range study.Interventions {
		for _, e := range v.Do {
			if e.Feed != nil && e.Feed.Rank != "" {
				ranks = append(ranks, e.Feed.Rank)
			}
		}
	}
	return ranks
}
