package mastodon

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/journal"
)

// collect takes what was committed into the outbox, tick by tick.
func (b *Bridge) collect(ctx context.Context) {
	for failing := false; ; {
		err := b.catchUp(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			b.Log.Warn("what residents did cannot be put into the outbox for now", "error", err)
		}
		failing = err != nil
		var again <-chan time.Time
		if failing {
			timer := time.NewTimer(b.Network.Reach.Retry)
			defer timer.Stop()
			again = timer.C
		}
		select {
		case <-ctx.Done():
			return
		case <-b.tick:
		case <-again:
		}
	}
}

// catchUp takes every tick that is committed and not taken.
func (b *Bridge) catchUp(ctx context.Context) error {
	last, any, err := b.Journal.Last(ctx)
	if err != nil || !any {
		return err
	}
	tick, _, _, err := b.store.position(ctx)
	if err != nil || tick >= last.Tick {
		return err
	}
	var jobs []job
	if tick < 0 {
		if jobs, err = begun(ctx, b.Journal, b.accounts); err != nil {
			return err
		}
	}
	for tick++; tick <= last.Tick; tick++ {
		done, err := taken(ctx, b.Journal, tick)
		if err != nil {
			return err
		}
		jobs = append(jobs, done...)
		if err := b.store.take(ctx, b.server, tick, jobs); err != nil {
			return err
		}
		for _, j := range jobs {
			if a := b.accounts[j.Agent]; a != nil {
				a.stir()
			}
		}
		jobs = nil
	}
	return nil
}

// Standing says how the outbox stands.
type Standing struct {
	Left    int    // deeds that the server does not have yet
	Trouble string // what keeps them; empty: nothing
}

// Standing says how the outbox stands.
func (b *Bridge) Standing(ctx context.Context) (Standing, error) {
	left, err := b.store.left(ctx)
	s := Standing{Trouble: b.saying()}
	for _, n := range left {
		s.Left += n
	}
	return s, err
}

// telling is how often Flush tells how it goes on.
const telling = 2 * time.Second

// Flush waits until the server has all that residents did, or nothing more can
// be done, or ctx ends. It tells now and then how it stands, and how it stands in
// the end. Nothing comes in any more.
func (b *Bridge) Flush(ctx context.Context, tell func(Standing)) (Standing, error) {
	b.deaf()
	if err := b.catchUp(ctx); err != nil {
		return Standing{}, err
	}
	beat := time.NewTicker(telling)
	defer beat.Stop()
	for {
		b.mu.Lock()
		settled := b.settled
		b.mu.Unlock()
		s, err := b.Standing(context.WithoutCancel(ctx))
		if err != nil || s.Left == 0 || ctx.Err() != nil {
			return s, err
		}
		if stuck, err := b.stuck(ctx); err != nil || stuck {
			return s, err
		}
		select {
		case <-ctx.Done():
		case <-settled:
		case <-beat.C:
			tell(s)
		}
	}
}

// stuck reports whether all that is left is of accounts that the server does not
// let in, or waits for those.
func (b *Bridge) stuck(ctx context.Context) (bool, error) {
	left, err := b.store.left(ctx)
	if err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	barred := slices.ContainsFunc(b.order, func(a *account) bool { return a.barred != nil })
	for agent := range left {
		if a := b.accounts[agent]; a != nil && a.barred == nil && !a.stalled {
			return false, nil
		}
	}
	return barred, nil
}

// hostOf is the host of an address.
func hostOf(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	return u.Host
}

// ended reports whether an error is the end of a context.
func ended(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, context.Canceled)
}

// Left reports whether the server of a run in a folder does not have all that
// residents did.
func Left(ctx context.Context, dir string, book *journal.Journal) (bool, error) {
	s, err := openStore(ctx, filepath.Join(dir, File))
	if err != nil {
		return false, err
	}
	defer s.close() //nolint:errcheck // nothing was written
	last, _, err := book.Last(ctx)
	if err != nil {
		return false, err
	}
	tick, _, _, err := s.position(ctx)
	if err != nil || tick < last.Tick {
		return true, err
	}
	left, err := s.left(ctx)
	return len(left) > 0, err
}
