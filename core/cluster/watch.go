package cluster

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"
)

// slowest is how rarely a cluster that does not answer is asked.
const slowest = 30 * time.Second

// watch asks every poll what changed.
func watch(ctx context.Context, s Scheduler, poll time.Duration, ids []string) iter.Seq2[Status, error] {
	return func(yield func(Status, error) bool) {
		w := watcher{ids: slices.Clone(ids), seen: map[string]Status{}}
		for delay := poll; len(w.ids) > 0; {
			statuses, err := s.Status(ctx, w.ids...)
			switch {
			case IsKind(err, Unreachable):
				delay = min(2*delay, slowest)
				if !yield(Status{}, err) {
					return
				}
			case err != nil && !IsKind(err, NotFound):
				yield(Status{}, err)
				return
			default:
				delay = poll
				if !w.report(yield, statuses, err) || len(w.ids) == 0 {
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

// watcher remembers what was told.
type watcher struct {
	ids  []string // that have not ended
	seen map[string]Status
}

// report gives what changed, and leaves out of the next question what has ended;
// false once nobody listens.
func (w *watcher) report(yield func(Status, error) bool, statuses []Status, err error) bool {
	statuses = append(statuses, w.vanished(statuses)...)
	for _, s := range statuses {
		was, known := w.seen[s.Name()]
		w.seen[s.Name()] = s
		if (!known || was.changed(s)) && !yield(s, nil) {
			return false
		}
	}
	if err == nil {
		err = &Error{Kind: NotFound, Op: "watch", Err: errors.New("a job is not listed")}
	}
	told := true
	w.ids = slices.DeleteFunc(w.ids, func(id string) bool {
		listed := slices.ContainsFunc(statuses, func(s Status) bool { return s.of(id) })
		if !listed && told && !w.ended(id) {
			told = yield(Status{}, err)
		}
		return !listed || w.ended(id)
	})
	return told
}

// vanished are tasks of an array that are no more listed although others are: a
// scheduler forgets those at once that are cancelled before they start.
func (w *watcher) vanished(statuses []Status) []Status {
	var gone []Status
	for name, was := range w.seen {
		same := func(s Status) bool { return s.ID == was.ID }
		if was.State.Final() || !slices.ContainsFunc(statuses, same) ||
			slices.ContainsFunc(statuses, func(s Status) bool { return s.Name() == name }) {
			continue
		}
		was.State = Cancelled
		was.Reason = Reason{Word: "Gone", Meaning: "it is no more listed, as a task that was cancelled before it started"}
		gone = append(gone, was)
	}
	slices.SortFunc(gone, func(a, b Status) int { return a.Task - b.Task })
	return gone
}

// ended reports whether all tasks of an id have been seen to end.
func (w *watcher) ended(id string) bool {
	known := false
	for _, s := range w.seen {
		if s.of(id) {
			if !s.State.Final() {
				return false
			}
			known = true
		}
	}
	return known
}

// of reports whether a status belongs to an id.
func (s Status) of(id string) bool { return s.ID == id || s.Name() == id }

// ended reports whether all have.
func ended(statuses []Status) bool {
	return !slices.ContainsFunc(statuses, func(s Status) bool { return !s.State.Final() })
}
