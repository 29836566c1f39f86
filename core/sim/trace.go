package sim

import "errors"

// Span is a piece of a run's work that has begun: the run, a tick of it, a phase
// of a tick. Whoever traces a run makes them; what they tell is no part of the
// run. Methods are called from several goroutines.
type Span interface {
	// Begin begins a part of the piece.
	Begin(p Part) Span
	// End ends it, with the error that it failed with or nil.
	End(err error)
}

// Part is a piece of work within another. Agents that think together are a batch:
// there is one Part a phase for all of them.
type Part struct {
	Name   string // tick, or a phase: direct, turns, observe, appraise, remember, recall, plan, act, probe, commit
	Tick   int64
	Batch  int // of a phase in which agents think, from 0
	Agents int // of a batch, or who act; 0 for what concerns nobody in particular
}

// untraced is the span of a run that nobody traces.
type untraced struct{}

// Begin implements Span.
func (untraced) Begin(Part) Span { return untraced{} }

// End implements Span.
func (untraced) End(error) {}

// Span is the piece of work that an agent is part of just now; for one who is
// not deciding, or no resident, that of the whole run. It is safe to call from
// any goroutine while the engine runs.
func (e *Engine) Span(agent string) Span {
	if a, ok := e.population.Load().find(agent); ok {
		if span := a.span.Load(); span != nil {
			return *span
		}
	}
	if span := e.span.Load(); span != nil {
		return *span
	}
	return e.opts.Trace
}

// phase begins a phase of all agents.
func (e *Engine) phase(tick Span, p Part) Span {
	span := tick.Begin(p)
	if e.traced {
		e.span.Store(&span)
	}
	return span
}

// phaseOf begins a phase of a batch.
func (e *Engine) phaseOf(b *batch, tick Span, p Part) Span {
	p.Batch, p.Agents = b.number, len(b.steps)
	span := tick.Begin(p)
	if e.traced {
		b.in(&span)
	}
	return span
}

// in notes what the agents of a batch are part of; nil is nothing.
func (b *batch) in(span *Span) {
	for _, s := range b.steps {
		s.span.Store(span)
	}
}

// traceable is the error of a piece of work as its span tells it: to be stopped
// is no failure.
func traceable(err error) error {
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}
