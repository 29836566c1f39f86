package runner

import (
	"container/heap"
	"context"

	"github.com/llm-city/gorod/core/llm"
)

// turn is the place of a job under way in its schedule.
type turn struct {
	schedule *schedule
	lane     *lane
	job      *job
}

type turnKey struct{}

// inTurn is a layer before a model: a job stands aside before a question while
// another is more urgent, and says how urgent its own is.
type inTurn struct{ llm.Provider }

// Generate implements llm.Provider.
func (p inTurn) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	if t, ok := ctx.Value(turnKey{}).(*turn); ok {
		var err error
		if req.Urgency, err = t.take(ctx); err != nil {
			return llm.Response{}, err
		}
	}
	return p.Provider.Generate(ctx, req)
}

// take waits for the job's turn to ask a question.
func (t *turn) take(ctx context.Context) (urgency int, err error) {
	s, l, j := t.schedule, t.lane, t.job
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped && l.over(j) {
		j.resumed = make(chan struct{})
		wait := j.resumed
		heap.Push(&l.ready, j)
		l.jobs++
		s.fill(ctx, l)
		s.mu.Unlock()
		<-wait
		s.mu.Lock()
		switch {
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		case s.stopped:
			return 0, ErrStopped
		}
	}
	if l.urgent(j) {
		urgency = j.rank()
	}
	if j.left > 1 {
		j.left--
		l.left--
	}
	return urgency, nil
}

// urgent reports whether the questions of a job, one after another, take about
// as long as all that is left of the lane: if it does not go on now, the slots
// will wait for it in the end, idle.
func (l *lane) urgent(j *job) bool { return 10*l.slots*j.rank() >= 7*l.left }

// over reports whether a job is to stand aside for the first that is ready.
// Conversations change places only where their lengths differ by more than an
// eighth: a server reads one anew that was away.
func (l *lane) over(j *job) bool {
	if len(l.ready) == 0 {
		return false
	}
	first, own := l.ready[0], j.rank()
	return first.rank() > own+max(1, own/8) && l.urgent(first)
}

// goOn wakes a job that stands aside.
func (j *job) goOn() {
	if j.resumed != nil {
		close(j.resumed)
		j.resumed = nil
	}
}
