package sim

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/agent"
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Agents step in batches, several batches at once. Both sizes are fixed, so
// that no batch depends on the machine. Together they bound how many agents
// wait for a model at once and how much of a tick is in memory.
const (
	batchSize    = 256
	batchesAhead = 4
	plansAtOnce  = 256
)

// step is one agent's part in a tick.
type step struct {
	*resident
	acts        bool
	observation sdk.Observation
	exposures   []event.Event
	mood        sdk.Mood
	moodEvent   event.Mood
	recall      sdk.Recollection
	actions     []sdk.ActionSpec
	decision    sdk.Decision
	unusable    error // a reply that stayed bad: the agent skips the tick
}

// batch is a run of agents that step together, and the records they changed.
type batch struct {
	number  int
	steps   []*step
	changes []event.PluginChanges
}

// step computes one tick. Nothing that it changed is visible in the store
// before the commit that it returns is.
func (e *Engine) step(ctx context.Context, t env.Tick, committer *committer, tick Span) (draft, Progress, error) {
	log := tickLog{tick: t.Number}
	span := e.phase(tick, Part{Name: "direct", Tick: t.Number})
	changed, err := e.open(ctx, t, &World{engine: e, committer: committer}, &log)
	span.End(traceable(err))
	if err != nil {
		return draft{}, Progress{}, err
	}
	span = e.phase(tick, Part{Name: "turns", Tick: t.Number})
	turns, err := e.opts.Environment.Turns(ctx, t, e.awake(t))
	span.End(err)
	if err != nil {
		return draft{}, Progress{}, fmt.Errorf("take turns: %w", err)
	}
	batches := e.batches(turns)
	if err := e.think(ctx, t, batches, tick); err != nil {
		return draft{}, Progress{}, err
	}
	span = e.phase(tick, Part{Name: "act", Tick: t.Number, Agents: len(turns)})
	acted, err := e.act(ctx, t, batches, &log)
	span.End(err)
	if err != nil {
		return draft{}, Progress{}, err
	}
	span = e.phase(tick, Part{Name: "probe", Tick: t.Number})
	findings, err := e.probe(ctx, t, &World{e, committer, &log, e.ends(t, changed)})
	span.End(err)
	if err != nil {
		return draft{}, Progress{}, err
	}
	progress := Progress{Tick: t.Number, Ticks: int64(e.opts.Clock.Ticks), Steps: acted, Awake: len(turns)}
	commit := e.commit(t, batches, changed)
	commit.Steps, commit.Findings = acted, changed.findings.And(findings)
	return draft{commit, log, tick}, progress, nil
}

// open tells what is due in a tick and lets directors act.
func (e *Engine) open(ctx context.Context, t env.Tick, w *World, log *tickLog) (changed, error) {
	e.tellAll(t, e.due(t), log)
	changed, err := e.direct(ctx, t, w, log)
	if err != nil {
		return changed, fmt.Errorf("direct: %w", err)
	}
	return changed, e.voices.hear(ctx, t.Number, log.told())
}

func (e *Engine) batches(turns []env.Turn) []*batch {
	all := e.population.Load()
	batches := make([]*batch, 0, len(turns)/batchSize+1)
	for start := 0; start < len(turns); start += batchSize {
		b := &batch{number: len(batches)}
		for _, turn := range turns[start:min(start+batchSize, len(turns))] {
			a, _ := all.find(turn.Agent)
			b.steps = append(b.steps, &step{resident: a, acts: turn.Acts})
		}
		batches = append(batches, b)
	}
	return batches
}

// think takes every batch from observation to decision.
func (e *Engine) think(ctx context.Context, t env.Tick, batches []*batch, tick Span) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(batchesAhead)
	for _, b := range batches {
		group.Go(func() error {
			for _, phase := range []struct {
				name string
				do   func(context.Context, env.Tick, *batch) error
			}{
				{"observe", e.observe}, {"appraise", e.appraise}, {"remember", e.remember}, {"recall", e.recallAll}, {"plan", e.plan},
			} {
				span := e.phaseOf(b, tick, Part{Name: phase.name, Tick: t.Number})
				err := phase.do(ctx, t, b)
				span.End(err)
				if err != nil {
					return err
				}
			}
			if e.traced {
				b.in(nil)
			}
			return nil
		})
	}
	return group.Wait()
}

func (e *Engine) observe(ctx context.Context, t env.Tick, b *batch) error {
	for _, s := range b.steps {
		observation, events, err := e.opts.Environment.Observe(ctx, t, s.ID)
		if err != nil {
			return fmt.Errorf("%s observes: %w", s.ID, err)
		}
		observation.Outcomes = s.state.Outcomes
		s.observation, s.exposures = observation, events
		if s.acts {
			s.actions = e.opts.Environment.Actions(s.ID)
		}
	}
	return nil
}

// appraise turns what the agents read into moods.
func (e *Engine) appraise(ctx context.Context, t env.Tick, b *batch) error {
	read := make([][]stimulus, len(b.steps))
	var texts []string
	for i, s := range b.steps {
		read[i] = stimuli(s.ID, t, e.opts.Clock.Step, &s.observation)
		for _, r := range read[i] {
			texts = append(texts, r.text)
		}
	}
	sentiments, err := e.voices.classify(ctx, t.Number, texts)
	if err != nil {
		return fmt.Errorf("appraise: %w", err)
	}
	next := 0
	for i, s := range b.steps {
		felt := make([]agent.Stimulus, len(read[i]))
		for j, r := range read[i] {
			felt[j] = agent.Stimulus{Valence: sentiments[next].Valence, Arousal: sentiments[next].Arousal, Weight: r.weight}
			next++
		}
		mood, mean := e.opts.Mood.Next(s.state.Mood, s.Persona, felt)
		s.mood = mood
		s.moodEvent = event.Mood{Valence: mood.Valence, Arousal: mood.Arousal, Stimuli: len(felt), Mean: mean}
		s.situation.Store(e.situation(t, s))
	}
	return nil
}

// situation is a step as a plugin sees it so far.
func (e *Engine) situation(t env.Tick, s *step) *sdk.PlanRequest {
	return &sdk.PlanRequest{
		Tick: t.Number,
		Agent: sdk.Agent{
			ID: s.ID, Persona: s.Persona, Mood: s.mood, Goals: s.state.Goals, Plan: s.state.Plan, Group: s.Group,
		},
		Observation: s.observation, Recollection: s.recall,
		Actions: s.actions, MaxActions: e.opts.MaxActions,
	}
}

func (e *Engine) remember(ctx context.Context, t env.Tick, b *batch) error {
	seen := make([]sdk.Seen, len(b.steps))
	for i, s := range b.steps {
		req := s.situation.Load()
		seen[i] = sdk.Seen{Agent: req.Agent, Observation: req.Observation}
	}
	changes, err := e.minds.Memory.Observe(ctx, t.Number, seen)
	if err != nil {
		return fmt.Errorf("remember: %w", err)
	}
	e.keep(t.Number, b, SlotMemory, changes)
	return nil
}

// keep holds changes for the commit, and until then for a plugin that must be
// restarted.
func (e *Engine) keep(tick int64, b *batch, slot string, changes []sdk.RecordChange) {
	if len(changes) == 0 {
		return
	}
	c := event.PluginChanges{Plugin: slot, Changes: changes}
	e.keepRecords(tick, c)
	if b != nil {
		b.changes = append(b.changes, c)
	}
}

func (e *Engine) keepRecords(tick int64, c event.PluginChanges) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending[tick] = append(e.pending[tick], c)
}

func (e *Engine) recallAll(ctx context.Context, t env.Tick, b *batch) error {
	queries, asking := []sdk.Query{}, []*step{}
	for _, s := range b.steps {
		if s.acts {
			req := s.situation.Load()
			queries = append(queries, sdk.Query{Agent: req.Agent, Observation: req.Observation})
			asking = append(asking, s)
		}
	}
	if len(queries) == 0 {
		return nil
	}
	found, err := e.minds.Memory.Recall(ctx, t.Number, queries)
	if err != nil {
		return fmt.Errorf("recall: %w", err)
	}
	if len(found) != len(queries) {
		return fmt.Errorf("recall: the memory plugin answered %d of %d queries", len(found), len(queries))
	}
	for i, s := range asking {
		s.recall = found[i]
		s.situation.Store(e.situation(t, s))
	}
	return nil
}

// plan asks the planner for every acting agent at once. Changes of records are
// kept in agent order when all have answered.
func (e *Engine) plan(ctx context.Context, t env.Tick, b *batch) error {
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(plansAtOnce)
	for _, s := range b.steps {
		if !s.acts {
			continue
		}
		group.Go(func() error {
			decision, err := e.minds.Planner.Plan(gctx, *s.situation.Load())
			if isUnusable(err) {
				s.unusable, err = err, nil
			}
			if err != nil {
				return fmt.Errorf("%s plans: %w", s.ID, err)
			}
			s.decision = decision
			e.keep(t.Number, nil, SlotPlanner, decision.Changes)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, s := range b.steps {
		if len(s.decision.Changes) > 0 {
			b.changes = append(b.changes, event.PluginChanges{Plugin: SlotPlanner, Changes: s.decision.Changes})
		}
	}
	return nil
}

// isUnusable reports whether a model's reply stayed bad after its repair: the
// agent skips the tick, the run goes on.
func isUnusable(err error) bool {
	var domain *sdk.Error
	return errors.As(err, &domain) && domain.Kind == sdk.ErrModel
}
