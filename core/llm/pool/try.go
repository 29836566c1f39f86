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
		g, err := p.acquire(ctx, m, w)
		if err != nil {
			return 0, err
		}
		began := time.Now()
		err = try(ctx, w, g.seat, call)
		took := time.Since(began)
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

// try is one try, bounded in time.
func try(parent context.Context, w *waiter, s *seat, call func(context.Context, *seat) error) error {
	ctx, cancel := context.WithTimeout(parent, s.model.Timeout)
	defer cancel()
	err := call(ctx, s)
	switch {
	case err == nil:
		return nil
	case parent.Err() != nil:
		return fmt.Errorf("ask %s: %w", s.server.name, context.Cause(parent))
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
