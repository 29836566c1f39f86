// Package sim is the tick engine: it asks the environment what residents see,
// lets their minds appraise, remember, recall and plan, carries out what they
// decide in agent order, and commits what the tick changed. It does no I/O of
// its own and knows neither plugins nor files.
package sim

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/llm-city/gorod/core/agent"
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Minds are the plugins that all residents of a run share.
type Minds struct {
	Memory     sdk.Memory
	Planner    sdk.Planner
	Classifier sdk.Classifier
}

// Slots of Minds that keep records.
const (
	SlotMemory  = "memory"
	SlotPlanner = "planner"
)

// Store keeps what a run committed.
type Store interface {
	// Commit stores a tick whole or not at all. It is called for one tick at a
	// time, in order, while the next tick is computed.
	Commit(ctx context.Context, c event.Commit) error
	// Records are the committed records of a slot in (agent, key) order.
	Records(ctx context.Context, slot string) iter.Seq2[sdk.Record, error]
	// Events are the committed events from a tick on, in order. It is asked only
	// by directors and probes, and never during a Commit.
	Events(ctx context.Context, from int64) iter.Seq2[event.Event, error]
}

// Options are what an Engine is made of. All fields are required but
// Directors, Probes, Resume, Trace, Stop and Progress.
type Options struct {
	Seed        uint64
	Clock       spec.Clock
	Residents   []spec.Resident
	Activity    []float64 // chance of being awake by hour: 24 values, or 1 for all
	MaxActions  int
	Mood        agent.MoodRule
	Events      []Due
	Environment env.Environment
	Minds       func() Minds // asked once, when the run starts
	Store       Store
	Directors   []Director
	Probes      []Probe
	Resume      *Checkpoint
	Trace       Span // of the run; its caller ends it
	// Stop is asked between ticks; true ends the run there.
	Stop func() bool
	// Progress is called after every tick, by one goroutine.
	Progress func(Progress)
}

// Due is an event with its tick and its audience: Agents by id, or where Has is
// set those of the moment of whom it is true, newcomers among them.
type Due struct {
	Tick   int64
	Told   event.Told
	Agents []string
	Has    func(spec.Resident) bool
}

func (d Due) audience(p *population) []string {
	if d.Has == nil {
		return d.Agents
	}
	var agents []string
	for _, a := range p.agents {
		if d.Has(a.Resident) {
			agents = append(agents, a.ID)
		}
	}
	return agents
}

// Checkpoint is where a run goes on. The environment must have been restored
// to it.
type Checkpoint struct {
	Tick   int64 // last committed
	Digest []byte
	Agents []event.AgentState
	Done   bool
}

// Progress says how far a run is.
type Progress struct {
	Tick  int64 // computed last
	Ticks int64
	Steps int // agents that acted in it
	Awake int
}

// Outcome is how a run ended.
type Outcome struct {
	Tick   int64 // last committed, -1 if none
	Digest string
	Done   bool // all ticks are there, or the environment has nothing left to do
}

// Engine runs the ticks of one run.
type Engine struct {
	opts       Options
	minds      Minds
	population atomic.Pointer[population]
	digest     *Digest
	next       int64
	done       bool
	voices     *appraiser
	traced     bool
	span       atomic.Pointer[Span] // the phase that all agents are in

	mu        sync.Mutex
	pending   map[int64][]event.PluginChanges // by tick, not yet committed
	incidents []event.Incident
	tick      atomic.Int64
}

// New makes an engine, at the start or at the tick after a checkpoint.
func New(opts Options) (*Engine, error) {
	e := &Engine{opts: opts, pending: map[int64][]event.PluginChanges{}, traced: opts.Trace != nil}
	if !e.traced {
		e.opts.Trace = untraced{}
	}
	all, err := (&population{}).with(opts.Residents)
	if err != nil {
		return nil, fmt.Errorf("make engine: %w", err)
	}
	e.population.Store(all)
	return e, e.resume(opts.Resume)
}

func (e *Engine) resume(c *Checkpoint) (err error) {
	if c == nil {
		e.digest, err = NewDigest(nil)
		return err
	}
	if e.digest, err = NewDigest(c.Digest); err != nil {
		return err
	}
	e.next, e.done = c.Tick+1, c.Done
	for _, state := range c.Agents {
		a, ok := e.population.Load().find(state.ID)
		if !ok {
			return fmt.Errorf("resume: the run knows resident %s, the study does not", state.ID)
		}
		a.restore(state)
	}
	return nil
}

// Residents are all agents, those who came since the start among them.
func (e *Engine) Residents() []spec.Resident {
	agents := e.population.Load().agents
	out := make([]spec.Resident, len(agents))
	for i, a := range agents {
		out[i] = a.Resident
	}
	return out
}

// Situation is what an agent is deciding about just now. It is safe to call
// from any goroutine while the engine runs.
func (e *Engine) Situation(agent string) (sdk.PlanRequest, bool) {
	a, ok := e.population.Load().find(agent)
	if !ok {
		return sdk.PlanRequest{}, false
	}
	req := a.situation.Load()
	if req == nil {
		return sdk.PlanRequest{}, false
	}
	return *req, true
}

// Model is the entry of models that an agent thinks with.
func (e *Engine) Model(agent string) (string, bool) {
	a, ok := e.population.Load().find(agent)
	if !ok {
		return "", false
	}
	return *a.model.Load(), true
}

// Incident notes something that went wrong and was survived; it is committed
// with the tick that is being computed.
func (e *Engine) Incident(kind, source, detail string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.incidents = append(e.incidents, event.Incident{Tick: e.tick.Load(), Kind: kind, Source: source, Detail: detail})
}

// Run computes ticks until the clock ends, the environment has nothing left to
// do, Stop says so or ctx ends. A tick that did not finish is discarded; what
// was committed stays. The error is the cause of ctx's end where it has one.
func (e *Engine) Run(ctx context.Context) (Outcome, error) {
	e.minds = e.opts.Minds()
	e.voices = newAppraiser(e.minds.Classifier)
	if e.opts.Resume != nil {
		study := map[string]bool{}
		for _, due := range e.opts.Events {
			study[due.Told.Event] = true
		}
		if err := e.voices.restore(ctx, study, e.opts.Store.Events(ctx, 0)); err != nil {
			return Outcome{Tick: e.firstTick() - 1, Digest: e.digest.Sum()}, err
		}
	}
	committer := newCommitter(e.opts.Store, e.digest, e.committed, e.firstTick()-1)
	err := e.ticks(ctx, committer)
	if closeErr := committer.wait(); err == nil {
		err = closeErr
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	return Outcome{Tick: committer.last.tick, Digest: committer.last.sum, Done: err == nil && e.finished()}, err
}

func (e *Engine) firstTick() int64 {
	if e.opts.Resume == nil {
		return 0
	}
	return e.opts.Resume.Tick + 1
}

func (e *Engine) finished() bool { return e.done || e.next >= int64(e.opts.Clock.Ticks) }

// ends reports whether the run ends with a tick.
func (e *Engine) ends(t env.Tick, by changed) bool {
	return by.end || e.opts.Environment.Done() || t.Number+1 >= int64(e.opts.Clock.Ticks)
}

func (e *Engine) ticks(ctx context.Context, committer *committer) error {
	for !e.finished() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.opts.Stop != nil && e.opts.Stop() {
			return nil
		}
		e.tick.Store(e.next)
		span := e.opts.Trace.Begin(Part{Name: "tick", Tick: e.next})
		draft, progress, err := e.step(ctx, e.moment(e.next), committer, span)
		span.End(traceable(err))
		if errors.Is(err, ErrStop) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("tick %d: %w", e.next, err)
		}
		if err := committer.add(ctx, draft); err != nil {
			return err
		}
		e.next++
		if e.opts.Progress != nil {
			e.opts.Progress(progress)
		}
	}
	return nil
}

// moment is a tick as environments see it.
func (e *Engine) moment(n int64) env.Tick {
	return env.Tick{Number: n, Time: e.opts.Clock.At(n), Rand: func(agent, purpose string, index int) *rand.Rand {
		return Stream{Seed: e.opts.Seed, Agent: agent, Tick: n, Purpose: purpose, Index: index}.Rand()
	}}
}

// awake are the agents that the hour finds awake, in order.
func (e *Engine) awake(t env.Tick) []string {
	p := e.opts.Activity[t.Time.Hour()%len(e.opts.Activity)]
	agents := e.population.Load().agents
	ids := make([]string, 0, len(agents))
	for _, a := range agents {
		if p >= 1 || t.Rand(a.ID, "awake", 0).Float64() < p {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// due are the study's events of a tick.
func (e *Engine) due(t env.Tick) []Due {
	return slices.DeleteFunc(slices.Clone(e.opts.Events), func(d Due) bool { return d.Tick != t.Number })
}

// tellAll tells residents what is due, and notes it.
func (e *Engine) tellAll(t env.Tick, all []Due, log *tickLog) {
	for _, due := range all {
		agents := due.audience(e.population.Load())
		e.opts.Environment.Tell(t, due.Told, agents)
		for _, id := range agents {
			log.record(id, event.KindTold, due.Told)
		}
	}
}
