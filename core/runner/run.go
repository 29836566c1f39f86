package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/llm-city/gorod/core/agent"
	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/social/mastodon"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/core/telemetry"
)

// Result is how a run stands.
type Result struct {
	Cell   string         `json:"cell"`
	Seed   uint64         `json:"seed"`
	Digest string         `json:"digest"`
	Dir    string         `json:"dir"`
	Status journal.Status `json:"status"`
	Ticks  int64          `json:"ticks"` // committed
	Error  string         `json:"error,omitempty"`
	Err    error          `json:"-"`
}

// run is one run under way: a cell with a seed.
type run struct {
	opts      *Options
	planned   Planned
	study     *spec.Study // of the cell
	residents []spec.Resident
	log       *slog.Logger
	services  *services
	engine    *sim.Engine
	place     env.Environment
	minds     *minds
	meters    *meters
	usage     *meter
	control   *control.Director // nil in a replay
	bridge    *mastodon.Bridge  // nil but where residents are on a real server
	guests    *control.Queue    // of the bridge
	trace     sim.Span          // nil where nothing is traced
}

func newRun(opts *Options, p Planned) *run {
	r := &run{
		opts: opts, planned: p, study: p.Cell.Study, residents: p.Cell.Study.Residents(),
		log: opts.Log.With("cell", p.Cell.Name, "seed", p.Seed), usage: &meter{},
	}
	r.meters = newMeters(r)
	return r
}

// id names the run to its plugins. It holds nothing but what the study says,
// so that a plugin cannot come to depend on the day.
func (r *run) id() string {
	return fmt.Sprintf("%s/%s/%d", r.study.Name, r.planned.Cell.Name, r.planned.Seed)
}

// execute does what is left of the run and says how it stands.
func (r *run) execute(ctx context.Context) Result {
	result := Result{Cell: r.planned.Cell.Name, Seed: r.planned.Seed, Dir: r.planned.Dir}
	outcome, err := r.recorded(ctx)
	err = stopCause(ctx, err)
	result.Ticks, result.Digest = outcome.Tick+1, outcome.Digest
	result.Status, result.Err = statusOf(outcome, err), err
	if result.Status == journal.Interrupted {
		result.Err = nil
	}
	if result.Err != nil {
		result.Error = result.Err.Error()
	}
	return result
}

// stopCause is ErrStopped for whatever went wrong because of it.
func stopCause(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), ErrStopped) {
		return ErrStopped
	}
	return err
}

func statusOf(outcome sim.Outcome, err error) journal.Status {
	switch {
	case llm.IsKind(err, llm.BudgetSpent):
		return journal.Budget
	case errors.Is(err, ErrStopped):
		return journal.Interrupted
	case err != nil:
		return journal.Failed
	case outcome.Done:
		return journal.Done
	default:
		return journal.Interrupted
	}
}

// recorded runs against the run's own journal and cassette.
func (r *run) recorded(ctx context.Context) (outcome sim.Outcome, err error) {
	outcome.Tick = -1
	book, err := r.openJournal(ctx)
	if err != nil {
		return outcome, err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	last, started, err := book.Last(ctx)
	if err != nil {
		return outcome, err
	}
	if started {
		if outcome, err = standing(last, r.study.Clock); err != nil {
			return outcome, err
		}
		status, _, err := book.Status(ctx)
		if err != nil || outcome.Done && (status == journal.Done || len(r.study.Metrics) == 0) {
			r.reconcile(ctx, book)
			r.deliverRest(ctx, book)
			return outcome, errors.Join(err, book.SetStatus(ctx, journal.Done, ""))
		}
	}
	calls, err := r.openCassette(ctx)
	if err != nil {
		return outcome, errors.Join(err, book.SetStatus(context.WithoutCancel(ctx), journal.Failed, err.Error()))
	}
	defer func() { err = errors.Join(err, calls.Close()) }()
	defer func() { err = errors.Join(err, r.closeBridge()) }()
	after, err := r.simulate(ctx, &session{
		store: &store{book, calls, r.usage, r.committed}, journal: book, cassette: calls, resumed: started, last: last,
		ticks: r.study.Clock.Ticks,
	})
	err = stopCause(ctx, err)
	if err != nil && after.Digest == "" {
		after = outcome // nothing was computed
	}
	err = errors.Join(err, book.SetStatus(context.WithoutCancel(ctx), statusOf(after, err), message(err)))
	if err == nil && after.Done {
		r.deliver(ctx)
	}
	return after, err
}

func (r *run) openCassette(ctx context.Context) (*cassette.Cassette, error) {
	path, mode := filepath.Join(r.planned.Dir, CassetteFile), cassette.Mode(r.study.Cassette)
	calls, err := cassette.Open(ctx, path, mode)
	if mode == cassette.Replay && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("`cassette: replay` answers from the recording of an earlier run, and %s is none: put one there and resume, or start anew with `cassette: record`: %w", path, err)
	}
	return calls, err
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// standing is the outcome that a journal already holds.
func standing(last journal.Checkpoint, clock spec.Clock) (sim.Outcome, error) {
	digest, err := sim.NewDigest(last.Digest)
	if err != nil {
		return sim.Outcome{}, err
	}
	return sim.Outcome{Tick: last.Tick, Digest: digest.Sum(), Done: last.Done || last.Tick+1 >= int64(clock.Ticks)}, nil
}

// openJournal opens the run's journal, or starts it.
func (r *run) openJournal(ctx context.Context) (*journal.Journal, error) {
	path := filepath.Join(r.planned.Dir, JournalFile)
	book, err := journal.Open(ctx, path)
	fresh := errors.Is(err, fs.ErrNotExist) || errors.Is(err, journal.ErrNoRun)
	if !fresh {
		return book, err
	}
	if err := os.MkdirAll(r.planned.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the run's folder: %w", err)
	}
	meta, err := r.meta()
	if err != nil {
		return nil, err
	}
	return journal.Create(ctx, path, meta)
}

// meta says what the run is.
func (r *run) meta() (journal.Meta, error) {
	text, err := r.study.Marshal()
	if err != nil {
		return journal.Meta{}, fmt.Errorf("describe the run: %w", err)
	}
	m := journal.Meta{
		Gorod: r.opts.Version, Study: r.study.Name, Cell: r.planned.Cell.Name, Seed: r.planned.Seed, RunID: r.id(),
		StudyDigest: digestOf(text), Language: r.study.Language, Created: r.opts.Now(),
		Clock: journal.Clock{Start: r.study.Clock.Start, Step: r.study.Clock.Step, Ticks: r.study.Clock.Ticks},
	}
	for _, resident := range r.residents {
		persona, err := json.Marshal(resident.Persona)
		if err != nil {
			return journal.Meta{}, fmt.Errorf("describe %s: %w", resident.ID, err)
		}
		m.Residents = append(m.Residents, journal.Resident{
			ID: resident.ID, Name: resident.Persona.Name, Group: resident.Group, Model: resident.Model, Persona: persona,
		})
	}
	return m, nil
}

// session is what a simulation runs against: the run's files, or for a replay
// the cassette alone.
type session struct {
	store    sim.Store
	journal  *journal.Journal // to resume from
	cassette *cassette.Cassette
	resumed  bool
	last     journal.Checkpoint
	ticks    int
	replay   *journal.Journal // the run that is replayed, if any
}

// simulate builds the run around a session and runs it to its end.
func (r *run) simulate(ctx context.Context, s *session) (outcome sim.Outcome, err error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	end := r.traced(ctx, s)
	defer func() { end(stopCause(ctx, err)) }()
	if r.services, err = r.newServices(ctx, s, fail); err != nil {
		return sim.Outcome{}, err
	}
	if r.place, err = r.newPlace(ctx, s); err != nil {
		return sim.Outcome{}, err
	}
	checkpoint, err := r.checkpoint(ctx, s)
	if err != nil {
		return sim.Outcome{}, err
	}
	options, err := r.engineOptions(ctx, s, checkpoint)
	if err != nil {
		return sim.Outcome{}, err
	}
	if r.engine, err = sim.New(options); err != nil {
		return sim.Outcome{}, err
	}
	if s.replay == nil {
		if err := r.openBridge(ctx, s.journal, false); err != nil {
			return sim.Outcome{}, err
		}
	}
	defer r.watchEndpoints(s)()
	if r.minds, err = r.startMinds(ctx); err != nil {
		return sim.Outcome{}, err
	}
	outcome, err = r.engine.Run(ctx)
	r.letGo(ctx)
	if err == nil && outcome.Done && s.journal != nil {
		err = r.measureAll(ctx, s.journal, outcome.Tick+1)
	}
	if closeErr := errors.Join(r.minds.close(ctx), r.meters.close(ctx)); closeErr != nil { // all they did is committed
		r.log.Warn("a plugin did not close well", "error", closeErr)
	}
	return outcome, err
}

// traced begins the span of the run where there is one; end ends it.
func (r *run) traced(ctx context.Context, s *session) (end func(error)) {
	if s.replay == nil {
		r.trace = r.opts.Traces.Begin(ctx, telemetry.Run{
			Study: r.study.Name, Cell: r.planned.Cell.Name, Seed: r.planned.Seed, Agents: len(r.residents), Ticks: s.ticks,
		})
	}
	if r.trace == nil {
		return func(error) {}
	}
	return func(err error) {
		if errors.Is(err, ErrStopped) {
			err = nil // asked for
		}
		r.trace.End(err)
	}
}

func (r *run) checkpoint(ctx context.Context, s *session) (*sim.Checkpoint, error) {
	if !s.resumed {
		return nil, nil
	}
	agents, err := s.journal.Agents(ctx)
	if err != nil {
		return nil, err
	}
	return &sim.Checkpoint{Tick: s.last.Tick, Digest: s.last.Digest, Agents: agents, Done: s.last.Done}, nil
}

func (r *run) engineOptions(ctx context.Context, s *session, c *sim.Checkpoint) (opts sim.Options, err error) {
	clock := r.study.Clock
	clock.Ticks = s.ticks
	opts = sim.Options{
		Seed: r.planned.Seed, Clock: clock, Residents: r.residents,
		Activity: r.study.Agents.Activity, MaxActions: r.study.Agents.MaxActions,
		Mood:        agent.MoodRule{Decay: r.study.Agents.Mood.Decay, Gain: r.study.Agents.Mood.Gain},
		Events:      dueEvents(r.study),
		Environment: r.place, Minds: func() sim.Minds { return r.minds.use() }, Store: s.store, Resume: c, Trace: r.trace,
		Progress: func(p sim.Progress) { r.opts.Observer.Ticked(r.planned, p, r.used()) },
	}
	if s.replay == nil {
		opts.Stop = r.opts.Stop
	}
	if opts.Directors, err = r.directors(ctx, s); err != nil {
		return opts, err
	}
	opts.Probes, err = r.probes(s.replay != nil)
	return opts, err
}
