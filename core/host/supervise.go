package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// A plugin may die so many times in so much time.
const (
	maxRestarts   = 3
	restartWindow = time.Hour
)

// revival is a restart under way; all calls that found the process dead wait
// for it.
type revival struct {
	done   chan struct{}
	cancel context.CancelFunc
}

// call makes one call to the plugin, on as many processes as it takes.
func (i *Instance) call(ctx context.Context, operation string, f func(context.Context, *process) error) error {
	for {
		p, err := i.current(ctx)
		if err != nil {
			return err
		}
		if err = p.do(ctx, f); err == nil {
			return nil
		}
		if !i.isCrash(ctx, p, err) {
			return i.explain(ctx, operation, err)
		}
		if err := i.revive(ctx, p); err != nil {
			return err
		}
	}
}

// current is the process to call, once there is one.
func (i *Instance) current(ctx context.Context) (*process, error) {
	for {
		i.mu.Lock()
		p, revival, failed, closed := i.process, i.reviving, i.failed, i.closed
		i.mu.Unlock()
		switch {
		case failed != nil:
			return nil, failed
		case closed:
			return nil, fmt.Errorf("%s: %w", i.opts.Entry.ID, ErrClosed)
		case revival == nil:
			return p, nil
		}
		select {
		case <-revival.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// isCrash tells the death of the process from what a living plugin answers and
// from a call that its caller gave up. A process that cannot be reached is as
// good as dead.
func (i *Instance) isCrash(ctx context.Context, p *process, err error) bool {
	var domain *sdk.Error
	switch {
	case errors.As(err, &domain), errors.Is(err, wire.ErrContract), ctx.Err() != nil:
		return false
	case errors.Is(err, errGone):
		return true
	}
	// The end of the process, or of the caller's patience, may be seen a moment
	// after the call that it ended.
	select {
	case <-ctx.Done():
		return false
	case <-p.child.done:
		return true
	case <-time.After(exitGrace):
		return status.Code(err) == codes.Unavailable
	}
}

// explain names the plugin in an error that is no crash.
func (i *Instance) explain(ctx context.Context, operation string, err error) error {
	id := i.opts.Entry.ID
	var domain *sdk.Error
	switch {
	case errors.As(err, &domain):
		return fmt.Errorf("%s: %w", id, err)
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %s: %w", id, operation, context.Cause(ctx))
	case errors.Is(err, wire.ErrContract):
		return fmt.Errorf("%s: %s: %w", id, operation, err)
	default:
		return fmt.Errorf("%s: %s: %w: %s", id, operation, wire.ErrContract, status.Convert(err).Message())
	}
}

// revive waits until there is a process in place of the dead one.
func (i *Instance) revive(ctx context.Context, dead *process) error {
	i.mu.Lock()
	if i.process != dead || i.failed != nil || i.closed {
		i.mu.Unlock()
		return nil // current says what there is
	}
	r := i.reviving
	if r == nil {
		// The restart is for all callers, so it does not end with one of them.
		restartCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		r = &revival{make(chan struct{}), cancel}
		i.reviving = r
		go i.replace(restartCtx, r, dead)
	}
	i.mu.Unlock()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", i.opts.Entry.ID, context.Cause(ctx))
	}
}

// replace puts a new process in place of a dead one, or gives up.
func (i *Instance) replace(ctx context.Context, r *revival, dead *process) {
	defer r.cancel()
	dead.discard()
	cause, stderr := dead.death(), dead.tail.String()
	i.opts.Log.Warn("the plugin crashed", "error", cause, "stderr", lastLine(stderr))
	var next *process
	why := i.mayRestart()
	for why == "" && next == nil {
		var err error
		if next, err = i.launch(ctx); err != nil {
			if ctx.Err() != nil || !isStartError(err) {
				cause, stderr, why = err, "", "it cannot be started again"
				break
			}
			cause, stderr, why = err, "", i.mayRestart()
		}
	}
	i.mu.Lock()
	if next != nil {
		i.process = next
		i.count++
	} else {
		i.failed = &CrashError{Plugin: i.opts.Entry.ID, Err: cause, Why: why, Stderr: stderr}
	}
	n := len(i.restarts)
	i.reviving = nil
	i.mu.Unlock()
	if next != nil {
		i.opts.Log.Warn("the plugin was restarted with its records", "pid", next.child.PID())
		i.opts.OnIncident(strings.TrimSpace(fmt.Sprintf("%v; restarted with its records (%d of %d an hour) %s", cause, n, maxRestarts, lastLine(stderr))))
	}
	close(r.done)
}

func isStartError(err error) bool {
	var e *StartError
	return errors.As(err, &e)
}

// mayRestart counts a restart, or says why there is to be none.
func (i *Instance) mayRestart() string {
	if i.opts.OnCrash == Fail {
		return "on_crash is fail"
	}
	now := i.opts.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.restarts) > 0 && now.Sub(i.restarts[0]) >= restartWindow {
		i.restarts = i.restarts[1:]
	}
	if len(i.restarts) >= maxRestarts {
		return fmt.Sprintf("it was restarted %d times within an hour", maxRestarts)
	}
	i.restarts = append(i.restarts, now)
	return ""
}

// lastLine is the last line of a text, cut.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	line := text[strings.LastIndexByte(text, '\n')+1:]
	return strings.ToValidUTF8(line[:min(len(line), 300)], "")
}
