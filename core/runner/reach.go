package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social/mastodon"
	"github.com/llm-city/gorod/core/spec"
)

// Outbox says what a run that is over still has for the server of its network.
type Outbox = mastodon.Standing

// OutboxObserver is an Observer that is told how a run that is over hands the
// rest to its server.
type OutboxObserver interface {
	// Delivering: the run waits for the server. It is told now and then, and in
	// the end where something is left.
	Delivering(p Planned, o Outbox)
}

// remote is the network of a study that is on a real server, or nil.
func remote(study *spec.Study) *spec.Network {
	if n := study.Environment.Network; n != nil && n.Provider == spec.Remote {
		return n
	}
	return nil
}

// Tokens checks that residents of a study who are on a real server have accounts
// there or are to get them, and that no two runs write with the same ones.
func Tokens(study *spec.Study) error {
	runs, err := Plan(study, "")
	if err != nil {
		return err
	}
	users := map[[2]string]string{}
	for _, p := range runs {
		n := remote(p.Cell.Study)
		if n == nil {
			continue
		}
		place := [2]string{n.Server, n.Accounts}
		if other := users[place]; other != "" {
			return fmt.Errorf("%s and %s would write with the same accounts on %s: use `repeats: 1`, and in a matrix another environment.network.accounts for each cell",
				other, p.Key(), n.Server)
		}
		users[place] = p.Key()
		if err := mastodon.Ready(*n, p.Cell.Study.Residents()); err != nil {
			return err
		}
	}
	return nil
}

// Inspection is what a server says of the accounts of a study's residents.
type Inspection = mastodon.Inspection

// Inspect asks the servers on which residents of a study live about their
// accounts. It makes none, and changes nothing there.
func Inspect(ctx context.Context, study *spec.Study, now func() time.Time) ([]Inspection, error) {
	runs, err := Plan(study, "")
	if err != nil {
		return nil, err
	}
	var all []Inspection
	for _, p := range runs {
		if n := remote(p.Cell.Study); n != nil {
			found, err := mastodon.Inspect(ctx, mastodon.Enrolment{Network: *n, Residents: p.Cell.Study.Residents(), Language: p.Cell.Study.Language, Now: now})
			if err != nil {
				return nil, err
			}
			all = append(all, found)
		}
	}
	return all, nil
}

// openBridge lets the residents of a run live on a real server, where its study
// says so. Over is set of a run in which nothing happens any more.
func (r *run) openBridge(ctx context.Context, book *journal.Journal, over bool) error {
	n := remote(r.study)
	if n == nil {
		return nil
	}
	tokens, err := mastodon.Enrol(ctx, mastodon.Enrolment{Network: *n, Residents: r.residents, Language: r.study.Language, Now: r.opts.Now, Log: r.log})
	if err != nil {
		return err
	}
	o := mastodon.Options{
		Dir: r.planned.Dir, Journal: book, Network: *n, Tokens: tokens, Residents: r.residents, Language: r.study.Language, Now: r.opts.Now, Log: r.log,
	}
	if !over {
		if r.guests, err = control.Open(ctx, r.queuePath()); err != nil {
			return err
		}
		o.Queue, o.Incident = r.guests, r.engine.Incident
	}
	r.bridge, err = mastodon.Open(ctx, o)
	return err
}

// closeBridge lets go of the server.
func (r *run) closeBridge() error {
	var errs []error
	if r.bridge != nil {
		errs = append(errs, r.bridge.Close())
	}
	if r.guests != nil {
		errs = append(errs, r.guests.Close())
	}
	return errors.Join(errs...)
}

// deliver hands the server what it does not have yet of a run that is over.
func (r *run) deliver(ctx context.Context) {
	if r.bridge == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, remote(r.study).Reach.Flush)
	defer cancel()
	observer, watched := r.opts.Observer.(OutboxObserver)
	left, err := r.bridge.Flush(ctx, func(o Outbox) {
		if watched {
			observer.Delivering(r.planned, o)
		}
		if r.opts.stopping(ctx) {
			cancel()
		}
	})
	if err != nil {
		r.log.Warn("what the server does not have yet cannot be read", "error", err)
	}
	if left.Left == 0 {
		return
	}
	r.log.Warn("the server does not have all that residents did: resume the run to hand it the rest", "left", left.Left, "why", left.Trouble)
	if watched {
		observer.Delivering(r.planned, left)
	}
}

// deliverRest hands the server the rest of a run that is done already.
func (r *run) deliverRest(ctx context.Context, book *journal.Journal) {
	if remote(r.study) == nil {
		return
	}
	left, err := mastodon.Left(ctx, r.planned.Dir, book)
	if err == nil && left {
		err = r.openBridge(ctx, book, true)
	}
	if err == nil {
		r.deliver(ctx)
	}
	if err = errors.Join(err, r.closeBridge()); err != nil {
		r.log.Warn("the rest cannot be handed to the server", "error", err)
	}
}
