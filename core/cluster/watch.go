package cluster

import (
	"context"
	"iter"
	"slices"
	"time"
)

// slowest is how rarely a cluster that does not answer is asked.
const slowest = 30 * time.Second

// watch asks every poll what changed.
func watch(ctx context.Context, s Scheduler, poll time.Duration, ids []string) iter.Seq2[Status, error] {
	return func(yield func(Status, error) bool) {
		seen := map[string]Status{}
		for delay := poll; ; {
			statuses, err := s.Status(ctx, ids...)
			if err != nil && !IsKind(err, Unreachable) {
				report(yield, seen, statuses)
				yield(Status{}, err)
				return
			}
			if err != nil {
				delay = min(2*delay, slowest)
				if !yield(Status{}, err) {
					return
				}
			} else {
				delay = poll
				if !report(yield, seen, statuses) || ended(statuses) {
					return
				}
			}
			if err := pause(ctx, delay); err != nil {
				yield(Status{}, err)
				return
			}
		}
	}
}

// report gives what changed; false once nobody listens.
func report(yield func(Status, error) bool, seen map[string]Status, statuses []Status) bool {
	for _, s := range statuses {
		was, known := seen[s.Name()]
		seen[s.Name()] = s
		if (!known || was.changed(s)) && !yield(s, nil) {
			return false
		}
	}
	return true
}

func ended(statuses []Status) bool {
	return !slices.ContainsFunc(statuses, func(s Status) bool { return !s.State.Final() })
}
