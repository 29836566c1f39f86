package mastodon

import (
	"context"
	"sync"
	"time"
)

// maxPause is the longest pause between two tries.
const maxPause = time.Minute

// pacer shares what the server takes between all accounts: so many requests at
// once, none of an account that has spent its share, and none at all for a while
// after the server has failed.
type pacer struct {
	clock
	slots chan struct{}
	retry time.Duration

	mu    sync.Mutex
	until map[string]time.Time // by account and what it does
	down  time.Time            // nobody asks before
	fails int                  // one after the other
}

// clock is time as a bridge knows it.
type clock struct {
	now func() time.Time
	// wait returns after a while, or with the cause when ctx ends.
	wait func(ctx context.Context, d time.Duration) error
	// jitter is a number from 0 to 1.
	jitter func() float64
}

func newPacer(c clock, parallel int, retry time.Duration) *pacer {
	return &pacer{clock: c, slots: make(chan struct{}, max(parallel, 1)), retry: retry, until: map[string]time.Time{}}
}

// enter waits until a request may be made, and returns how to leave.
func (p *pacer) enter(ctx context.Context, who string) (leave func(), err error) {
	for {
		for d := p.delay(who); d > 0; d = p.delay(who) {
			if err := p.wait(ctx, d); err != nil {
				return nil, err
			}
		}
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if p.delay(who) <= 0 {
			return func() { <-p.slots }, nil
		}
		<-p.slots // it failed meanwhile
	}
}

func (p *pacer) delay(who string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	return max(p.until[who].Sub(now), p.down.Sub(now))
}

// hear takes in what the server said of an account's share.
func (p *pacer) hear(who string, a allowance) {
	if a.ok && a.left <= 0 {
		p.hold(who, a.reset)
	}
}

// hold lets an account wait.
func (p *pacer) hold(who string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[who] = until.Add(time.Duration(p.jitter() * float64(p.retry)))
}

// limited lets an account wait that was refused for the number of its requests.
// Where it may ask again at once already, it waits as after a failure.
func (p *pacer) limited(who string, until time.Time) {
	p.mu.Lock()
	p.fails = 0
	least := p.now().Add(p.retry)
	p.mu.Unlock()
	if until.Before(least) {
		until = least
	}
	p.hold(who, until)
}

// answered notes that the server works.
func (p *pacer) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails = 0
}

// failed lets everybody wait, each time longer. Failures of requests that were
// under way together count once. It returns how often the server has failed.
func (p *pacer) failed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.down.After(now) {
		return p.fails
	}
	p.fails++
	p.down = now.Add(pause(p.retry, p.fails, p.jitter()))
	return p.fails
}

// pause is how long to wait after so many failures: from half to all of a span
// that doubles.
func pause(first time.Duration, fails int, jitter float64) time.Duration {
	span := min(first<<min(fails-1, 16), max(maxPause, first))
	return span/2 + time.Duration(jitter*float64(span/2))
}
