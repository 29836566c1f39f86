package pool

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// longestAfter is the longest Retry-After that is waited for.
const longestAfter = 10 * time.Minute

// do asks until there is an answer or no sense in another try, and returns how
// long the last request took.
func (p *Pool) do(ctx context.Context, m *model, w *waiter, call func(context.Context, *seat) error) (time.Duration, error) {
	if len(m.seats) == 0 {
		return 0, &llm.Error{Kind: llm.Unavailable, Model: w.model, Err: fmt.Errorf("%s has no endpoints", m.Name)}
	}
	w.ready = make(chan grant, 1)
	for {
		took, g, err := p.attempt(ctx, m, w, call)
		if g.seat == nil {
			return 0, err
		}
		switch verdict, pause := p.release(w, g, took, err); verdict {
		case retry:
			if err := sleep(ctx, pause); err != nil {
				return 0, fmt.Errorf("wait for %s: %w", m.Name, err)
			}
		case spent:
			return took, p.gaveUp(m, w)
		case over:
			return took, err
		}
	}
}

// attempt waits for a seat and tries there; without a seat there is an error.
func (p *Pool) attempt(ctx context.Context, m *model, w *waiter, call func(context.Context, *seat) error) (time.Duration, grant, error) {
	flight, off := context.WithCancelCause(ctx)
	defer off(nil)
	w.off = off
	g, err := p.acquire(ctx, m, w)
	if err != nil {
		return 0, grant{}, err
	}
	began := time.Now()
	defer p.watch(g)()
	err = try(ctx, flight, w, g.seat, call)
	return time.Since(began), g, err
}

// try is one try, bounded in time. Its flight is called off when the server is
// found to be gone.
func try(parent, flight context.Context, w *waiter, s *seat, call func(context.Context, *seat) error) error {
	ctx, cancel := context.WithTimeout(flight, s.model.Timeout)
	defer cancel()
	err := call(ctx, s)
	var gone *llm.Error
	switch {
	case err == nil:
		return nil
	case parent.Err() != nil:
		return fmt.Errorf("ask %s: %w", s.server.name, context.Cause(parent))
	case errors.As(context.Cause(flight), &gone):
		return &llm.Error{Kind: llm.Unavailable, Endpoint: s.server.name, Model: w.model, Err: fmt.Errorf("it is gone in the middle of an answer: %w", gone.Err), Hint: gone.Hint}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &llm.Error{
			Kind: llm.Timeout, Endpoint: s.server.name, Model: w.model, Err: fmt.Errorf("no answer in %s", s.model.Timeout),
			Hint: "raise the model's `timeout` or lower its `max_tokens`",
		}
	default:
		return err
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// gaveUp says what was tried, at every endpoint.
func (p *Pool) gaveUp(m *model, w *waiter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := *w.errs[w.last]
	if last.After > longestAfter {
		last.Hint = fmt.Sprintf("the server asks to wait %s: resume then", last.After.Round(time.Second))
		return &last
	}
	if w.tries == 1 && len(m.seats) == 1 {
		return &last
	}
	if len(m.seats) == 1 {
		last.Err = fmt.Errorf("after %d tries: %w", w.tries, last.Err)
		return &last
	}
	var each []string
	for _, s := range m.seats {
		switch {
		case w.errs[s] != nil:
			each = append(each, w.errs[s].Error())
		case s.server.err != nil:
			each = append(each, s.server.err.Error())
		default:
			each = append(each, s.server.name+": not asked")
		}
	}
	return &llm.Error{
		Kind: last.Kind, Model: last.Model, Status: last.Status,
		Err: fmt.Errorf("no answer from %d endpoints after %d tries: %s", len(m.seats), w.tries, strings.Join(each, "; ")),
	}
}
